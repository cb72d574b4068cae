"""What an output of a notebook carries for its readers, beside what it shows.

A figure is named in the output's metadata; a text stands in the language that is not shown as
well. The site and the runner read both.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

LANGUAGES = ("en", "zh")

SHOWN = "filings_figure"
"""The key of an output's metadata that names the figure it shows."""

OTHER = "text/x-markdown-{}"
"""The MIME type under which an output keeps its text in the language that it does not show."""


def shown(notebook: "NotebookNode") -> list[str]:
    """The names of the figures whose pictures stand in an executed notebook, in order."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    named = (output.get("metadata", {}).get(SHOWN) for output in outputs)
    return list(dict.fromkeys(name for name in named if name))


def said(output: Mapping[str, str], lang: str) -> str | None:
    """What an output of `words.say` says in that language; None for any other output."""
    if not any(OTHER.format(name) in output for name in LANGUAGES):
        return None
    return output.get(OTHER.format(lang), output["text/markdown"])
