"""The evaluation of Jiang et al., Section VI: one file a table or a few figures, with the claims
read off them; and what the paper lacks."""
