"""Settings of Sphinx; the language comes from the command line (``-D language=ru``)."""

from __future__ import annotations

project = "converter"
author = ""
project_copyright = ""
html_show_copyright = False
extensions = ["myst_parser"]
myst_heading_anchors = 4
#: a block without a language is a picture or what a command says
highlight_language = "none"
#: two hyphens are an option, not a dash
smartquotes = False
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
templates_path = ["templates"]
html_title = "converter"
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
