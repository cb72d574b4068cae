"""A committed notebook as a page: what it says in one language, its code behind a toggle."""

import re
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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


def page(
    notebook: NotebookNode, entries: Mapping[str, Mapping], up: str, lang: str
) -> NotebookNode:
    """The notebook as MyST-NB is to read it.

    ``entries`` is the manifest; ``up`` leads from the page to the folder of the files. Text and
    headings that code wrote become text and headings of the page. In Chinese, what is said in both
    languages is Chinese and the text between stays English. Raises ``UnnamedError``.
    """
    cells, answered = [], lang == "en"
    for what, content in _answer_first(notebook, lang):
        if what == "markdown":
            content = re.sub(r"\A# (.*)", lambda found: f"# {_heading(found[1], lang)}", content)
            cell = new_markdown_cell(content)
        elif what == "figure":
            if content not in entries:
                raise UnnamedError(f"the manifest has no figure {content!r}: run the notebooks")
            cell = new_markdown_cell(figure.block(content, entries[content], up, lang))
        elif what == "table":
            cell = new_markdown_cell(f"```{{raw}} html\n{boxed(content)}\n```")
        else:
            cell = content
        cells.append(cell)
        if what == "markdown" and not answered and content in said(notebook, lang)[:1]:
            cells.append(new_markdown_cell(_ENGLISH_BELOW))
            answered = True
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return new_notebook(cells=cells, metadata=notebook.metadata)


def _answer_first(notebook: NotebookNode, lang: str) -> list[tuple[str, str | NotebookNode]]:
    """The parts with the answer above what is code or, on a Chinese page, English text."""
    parts, answers = list(_parts(notebook, lang)), said(notebook, lang)[:1]
    rest = [part for part in parts if part != ("markdown", *answers)]
    if not answers or (lang == "en" and not answers[0].startswith("# ")):
        return parts
    if answers[0].startswith("# "):
        return [("markdown", answers[0]), *rest]
    heading, _, text = rest[0][1].partition("\n")
    return [("markdown", heading), ("markdown", answers[0]), ("markdown", text.strip()), *rest[1:]]


def boxed(table: str) -> str:
    """A table in a box of its own, named by its caption."""
    caption = re.search(r"<caption>(.*?)</caption>", table)
    opened, closed = box(caption[1] if caption else "table")
    # A blank line would end the HTML in the Markdown around it.
    return opened + re.sub(r"\n\s*", "\n", table).strip() + closed


def box(label: str) -> tuple[str, str]:
    """Begin and end of a box that scrolls sideways and can take the focus, named for a reader."""
    opened = f'<div class="table-box" role="group" tabindex="0" aria-label="{label}">'
    return opened, "</div>"


def _parts(notebook: NotebookNode, lang: str) -> Iterator[tuple[str, str | NotebookNode]]:
    """What stands on the page, in order: what kind it is, and its content."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from _parts_of_code(cell, lang)
        else:
            yield "markdown", cell.source


def _parts_of_code(cell: NotebookNode, lang: str) -> Iterator[tuple[str, str | NotebookNode]]:
    """The code with what it printed; everything richer stands on the page by itself."""
    code = _code(cell, "hide-input")
    for output in cell.outputs:
        rich = _rich(output, lang)
        if not rich:
            code = code or _code(cell, "remove-input")
            code.outputs.append(output)
            continue
        if code:
            yield "code", code
        code = None
        yield rich
    if code:
        yield "code", code


def _rich(output: NotebookNode, lang: str) -> tuple[str, str] | None:
    """The kind and content of an output that is more than plain text."""
    data, about = output.get("data", {}), output.get("metadata", {})
    if SHOWN in about:
        return "figure", about[SHOWN]
    if "image/png" in data:
        raise UnnamedError("a notebook shows a picture that no figures.exhibit drew")
    if "text/markdown" in data:
        return "markdown", outputs.said(data, lang) or data["text/markdown"]
    if "text/html" in data:
        return "table", data["text/html"]
    return None


def _code(cell: NotebookNode, tag: str) -> NotebookNode:
    about = {"tags": [tag]}
    return new_code_cell(cell.source, execution_count=cell.execution_count, metadata=about)
