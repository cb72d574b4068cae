"""Sphinx's settings for the site. Nothing here runs a notebook or asks the network."""

from pathlib import Path

project = "Blockchain filings in China"
language = "en"  # the Chinese edition sets language, html_title and files_up
extensions = ["myst_nb", "filings.site.extension"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = [str(Path(__file__).parent / "static")]
templates_path = [str(Path(__file__).parent / "templates")]
html_css_files = ["site.css"]
html_js_files = [("audit.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_search_language = "en-zh"
# The texts around what was found are fetched, which a page opened as a file must not do.
html_show_search_summary = False
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_domain_indices = False
html_use_index = False
html_theme_options = {
    "show_nav_level": 2,
    "show_toc_level": 1,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 6,
    "navbar_end": ["language", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
    "navbar_align": "left",
}
html_sidebars: dict[str, list[str]] = {
    page: [] for page in ("index", "audit", "sources", "figures/**", "data/**", "search")
}
html_context = {"default_mode": "auto"}
