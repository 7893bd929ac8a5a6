"""The evaluation of Liu, Yu, Gao 2020: one file a figure or two, with the claims read off it."""

from pathlib import Path

from edgewise.study.published import read_published

PUBLISHED = read_published(Path(__file__).parents[1])
