"""A committed notebook as a page: its text, its outputs in order, its code behind a toggle."""

import re
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from filings.figures.output import SHOWN
from filings.site import figure, table


class UnnamedError(ValueError):
    """A picture in a notebook that is no figure of the manifest, so has no alt text."""


def shown(notebook: NotebookNode) -> list[str]:
    """The names of the figures that the notebook shows, in order."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return [o.metadata[SHOWN] for o in outputs if SHOWN in o.get("metadata", {})]


def title(notebook: NotebookNode) -> str:
    """The heading of the notebook."""
    return notebook.cells[0].source.partition("\n")[0].removeprefix("# ")


def opening(notebook: NotebookNode) -> str:
    """The text below the heading of the notebook."""
    return notebook.cells[0].source.partition("\n")[2].strip()


def page(notebook: NotebookNode, entries: Mapping[str, Mapping], up: str) -> NotebookNode:
    """The notebook as MyST-NB is to read it.

    ``entries`` is the manifest; ``up`` leads from the page to the repository's folder. Text and
    headings that code wrote become text and headings of the page. Raises ``UnnamedError``.
    """
    cells, heading = [], ""
    for what, content in _parts(notebook):
        if what == "markdown":
            heading = (re.findall(r"^#+ (.*)$", content, flags=re.M) or [heading])[-1]
            cell = new_markdown_cell(content)
        elif what == "figure":
            if content not in entries:
                raise UnnamedError(f"the manifest has no figure {content!r}: run the notebooks")
            cell = new_markdown_cell(figure.block(content, entries[content], up))
        elif what == "table":
            boxed = table.boxed(content, f"Table: {heading}")
            cell = new_markdown_cell(f"```{{raw}} html\n{boxed}\n```")
        else:
            cell = content
        cell.id = f"cell-{len(cells)}"
        cells.append(cell)
    return new_notebook(cells=cells, metadata=notebook.metadata)


def _parts(notebook: NotebookNode) -> Iterator[tuple[str, str | NotebookNode]]:
    """What stands on the page, in order: what kind it is, and its content."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from _parts_of_code(cell)
        else:
            yield "markdown", cell.source


def _parts_of_code(cell: NotebookNode) -> Iterator[tuple[str, str | NotebookNode]]:
    """The code with what it printed; everything richer stands on the page by itself."""
    code = _code(cell, "hide-input")
    for output in cell.outputs:
        rich = _rich(output)
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


def _rich(output: NotebookNode) -> tuple[str, str] | None:
    """The kind and content of an output that is more than plain text."""
    data, about = output.get("data", {}), output.get("metadata", {})
    if SHOWN in about:
        return "figure", about[SHOWN]
    if "image/png" in data:
        raise UnnamedError("a notebook shows a picture that filings.figures.show did not draw")
    if "text/markdown" in data:
        return "markdown", data["text/markdown"]
    if "text/html" in data:
        return "table", data["text/html"]
    return None


def _code(cell: NotebookNode, tag: str) -> NotebookNode:
    about = {"tags": [tag]}
    return new_code_cell(cell.source, execution_count=cell.execution_count, metadata=about)
