"""A committed notebook as a page: what it says in one language, its code behind a toggle."""

import re
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from filings.figures.output import Entry
from filings.notebook import outputs
from filings.notebook.outputs import SHOWN
from filings.site import figure

_ENGLISH_BELOW = "*以下正文为英文；结论、图和图注为中文。*"


class UnnamedError(ValueError):
    """A picture in a notebook that is no figure of the manifest, so has no alt text."""


def said(notebook: NotebookNode, lang: str) -> list[str]:
    """What the notebook says in both languages (`words.say`), in order; the first is its
    answer.
    """
    every = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    texts = (outputs.said(output.get("data", {}), lang) for output in every)
    return [text for text in texts if text is not None]


def title(notebook: NotebookNode, lang: str) -> str:
    """The heading of the notebook.

    Where it stands in a text of its own it holds both languages: ``# English · 中文``. A case
    study, whose heading is the place, says it.
    """
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for text in (*cells[:1], *said(notebook, lang)):
        if text.startswith("# "):
            return _heading(text.partition("\n")[0][2:], lang)
    raise UnnamedError("a notebook has no heading")


def _heading(line: str, lang: str) -> str:
    english, _, chinese = line.partition(" · ")
    return chinese if lang == "zh" and chinese else english


def page(notebook: NotebookNode, entries: Mapping[str, Entry], up: str, lang: str) -> NotebookNode:
    """The notebook as MyST-NB is to read it.

    Text and headings that code wrote become text and headings of the page. In Chinese, what is
    said in both languages is Chinese and the text between stays English.

    Parameters
    ----------
    notebook
        As it is committed.
    entries
        The manifest of the figures.
    up
        Leads from the page to the folder of the files.
    lang
        The language of the edition.

    Raises
    ------
    UnnamedError
        For a picture that is no figure of the manifest.
    """
    cells, answer = list(_cells(notebook, entries, up, lang)), next(iter(said(notebook, lang)), "")
    if answer and (lang == "zh" or answer.startswith("# ")):
        cells = _answer_first(cells, answer, lang)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.source = re.sub(
                r"\A# (.*)", lambda found: f"# {_heading(found[1], lang)}", cell.source
            )
    return new_notebook(cells=cells, metadata=notebook.metadata)


def _answer_first(cells: list[NotebookNode], answer: str, lang: str) -> list[NotebookNode]:
    """The cells with the answer above what is code or, on a Chinese page, English text."""
    rest = [cell for cell in cells if cell.source != answer]
    first = [answer, *([_ENGLISH_BELOW] if lang == "zh" else [])]
    if not answer.startswith("# "):
        heading, _, text = rest.pop(0).source.partition("\n")
        first = [heading, *first, text.strip()]
    return [*map(new_markdown_cell, first), *rest]


def _cells(
    notebook: NotebookNode, entries: Mapping[str, Entry], up: str, lang: str
) -> Iterator[NotebookNode]:
    """Texts, and code with what it printed; everything richer stands on the page by itself."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            yield new_markdown_cell(cell.source)
            continue
        code: NotebookNode | None = _code(cell, "hide-input")
        for output in cell.outputs:
            rich = _markdown(output, entries, up, lang)
            if rich is None:
                if code is None:
                    code = _code(cell, "remove-input")
                code.outputs.append(output)
                continue
            if code:
                yield code
            code = None
            yield new_markdown_cell(rich)
        if code:
            yield code


def _code(cell: NotebookNode, tag: str) -> NotebookNode:
    about = {"tags": [tag]}
    return new_code_cell(cell.source, execution_count=cell.execution_count, metadata=about)


def _markdown(output: NotebookNode, entries: Mapping[str, Entry], up: str, lang: str) -> str | None:
    """An output that is more than plain text, as it stands on the page."""
    data, about = output.get("data", {}), output.get("metadata", {})
    if SHOWN in about:
        name = about[SHOWN]
        if name not in entries:
            raise UnnamedError(f"the manifest has no figure {name!r}: run the notebooks")
        return figure.block(name, entries[name], up, lang)
    if "image/png" in data:
        raise UnnamedError("a notebook shows a picture that no figures.exhibit drew")
    if "text/markdown" in data:
        return outputs.said(data, lang) or data["text/markdown"]
    if "text/html" in data:
        return boxed(data["text/html"])
    return None


def boxed(table: str) -> str:
    """A table as Markdown, in a box of its own that is named by its caption."""
    caption = re.search(r"<caption>(.*?)</caption>", table)
    opened, closed = box(caption[1] if caption else "table")
    # A blank line would end the HTML in the Markdown around it.
    inside = re.sub(r"\n\s*", "\n", table).strip()
    return f"```{{raw}} html\n{opened}{inside}{closed}\n```"


def box(label: str) -> tuple[str, str]:
    """Begin and end of a box that scrolls sideways and can take the focus, named for a reader."""
    opened = f'<div class="table-box" role="group" tabindex="0" aria-label="{label}">'
    return opened, "</div>"
