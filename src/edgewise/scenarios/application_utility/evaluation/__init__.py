"""The evaluation of AlQerm and Pan 2020, Section V: by what it is about, each with its claims."""
