"""The evaluation of AlQerm and Pan 2020, Section V: one file a subject, its figures with the claims
that are read off them."""

from pathlib import Path

from edgewise.study.published import read_published

PUBLISHED = read_published(Path(__file__).parents[1])
