"""The parts of README.md and README.zh.md that numbers stand in: what the notebooks say, never
typed by hand.
"""

import re

import nbformat

from filings import paths
from filings.site import notebook
from filings.words import LANGUAGES

FILES = {"en": "README.md", "zh": "README.zh.md"}

FINDINGS = (
    "02_regional_concentration",
    "03_central_western_catch_up",
    "cases/娄底",
    "05_article_audit",
)
"""The notebooks whose first paragraph is a finding, in the order of the page."""


def findings(lang: str) -> str:
    """The first paragraph that each of `FINDINGS` says, as a list."""
    lines = []
    for name in FINDINGS:
        book = nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)
        paragraphs = notebook.said(book, lang)[0].split("\n\n")
        first = next(text for text in paragraphs if not text.startswith("#"))
        lines.append(f"- {first.replace('**', '')}")
    return "\n".join(lines)


def rendered(text: str, lang: str) -> str:
    """The page with its written part renewed, between the marks that name it."""
    marked = re.compile(r"(<!-- findings -->\n).*?(<!-- /findings -->)", re.DOTALL)
    return marked.sub(lambda mark: f"{mark[1]}\n{findings(lang)}\n\n{mark[2]}", text)


def renew() -> None:
    """Write both pages anew where what the notebooks say has changed."""
    for lang in LANGUAGES:
        path = paths.ROOT / FILES[lang]
        text = path.read_text("utf-8")
        if (new := rendered(text, lang)) != text:
            paths.write(path, new.encode())
