"""The evaluation of Jiang et al., Section VI: one file a table or a few figures, with the claims
read off them; and what the paper lacks."""

from pathlib import Path

from edgewise.study.published import read_published

PUBLISHED = read_published(Path(__file__).parents[1])
