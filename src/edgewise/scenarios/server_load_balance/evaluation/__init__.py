"""The evaluation of Zhang et al. 2021: one file a figure or two, with the claims read off it."""
