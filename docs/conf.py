"""How the site is built: `make docs`. What is generated is in pages.py beside it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pages

from edgewise.version import VERSION

project = "edgewise"
author = "The edgewise developers"
project_copyright = author
release = VERSION

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "generated/parts"]
nitpicky = True
highlight_language = "none"

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
default_role = "code"
smartquotes = False  # `--set` is two hyphens.
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# Types in signatures: of libraries, whose pages are elsewhere (a build asks no network), or of our
# own, which are called by another name in public.
nitpick_ignore_regex = [("py:(class|obj)", ".*")]

html_theme = "furo"
html_title = f"edgewise {VERSION}"
html_copy_source = False


def setup(app):
    """Writes the generated pages first, and points links of the repository into the site."""
    app.connect("builder-inited", lambda app: pages.write(Path(app.srcdir)))
    app.connect("source-read", pages.as_on_the_site)
    app.connect("builder-inited", pages.undocumented)
    app.connect("autodoc-process-signature", pages.with_short_types)
