"""Execute one notebook with papermill and store it cleanly.

A failure leaves every file as it was; a notebook that did not change gives the same bytes.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from filings import paths
from filings.notebook import outputs


class UnknownParameterError(ValueError):
    """A parameter that the notebook does not have."""


class FailureError(Exception):
    """A notebook that did not come to its end; says the cell, its code and the traceback."""


def execute(
    notebook: Path | str,
    output: Path,
    parameters: Mapping[str, object] | None = None,
    writes: Iterable[Path] = (),
) -> list[Path]:
    """Execute a notebook and write it to ``output`` in normal form, in one step.

    Parameters
    ----------
    notebook
        The notebook as its author wrote it.
    output
        Where the executed one goes (it may be the same file); its folder is the one it runs in.
    parameters
        Values for names that the cell tagged ``parameters`` sets.
    writes
        Files that it writes, besides figures.

    Returns
    -------
    list of Path
        What it wrote: ``writes``, the figures it showed, the executed notebook.

    Raises
    ------
    UnknownParameterError
        For a parameter that the notebook does not set.
    FailureError
        Where a cell raises: then its files and figures are what they were before, and the
        notebook as far as it came lies in ``paths.FAILED``.
    """
    parameters, writes = dict(parameters or {}), list(writes)
    name = output.relative_to(paths.NOTEBOOKS).as_posix()
    source = _cleared(nbformat.read(notebook, as_version=4))
    _refuse_unknown(parameters, source, name)
    before = outputs.shown(nbformat.read(output, as_version=4)) if output.exists() else []
    partial = paths.FAILED / name
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _figures_kept(before), paths.kept(writes):
            executed = _executed(source, output.parent, parameters, partial)
    except PapermillExecutionError as error:
        raise FailureError(f"{_told(error)}\nAs far as it came: {_shown(partial)}") from None
    except OSError as error:
        raise FailureError(f"{error}") from None
    paths.write(output, f"{nbformat.writes(_normal(executed))}\n".encode())
    partial.unlink(missing_ok=True)
    return [*(path for path in writes if path.exists()), *_files(outputs.shown(executed)), output]


def _figures_kept(names: list[str]) -> AbstractContextManager[None]:
    """Those figures put back if what follows fails. The room is slow to load, so only if asked."""
    if not names:
        return nullcontext()
    from filings import figures

    return figures.kept(names)


def _files(names: list[str]) -> list[Path]:
    """Every file of those figures."""
    if not names:
        return []
    from filings import figures

    return figures.files(names)


def _executed(
    source: NotebookNode, folder: Path, parameters: dict[str, object], partial: Path
) -> NotebookNode:
    """The notebook executed by papermill, which keeps ``partial`` as far as it came."""
    # Without it every kernel warns about its connection when it starts.
    connection = {"transport_encryption": "auto"}
    with TemporaryDirectory(dir="/tmp" if Path("/tmp").is_dir() else None) as sockets:
        if os.name != "nt":
            # Sockets that are files (their names must be short): a free port, once found, can be
            # taken by another run.
            connection |= {"transport": "ipc", "ip": f"{sockets}/kernel"}
        return papermill.execute_notebook(
            source,
            partial,
            parameters=parameters,
            cwd=folder,
            kernel_name="python3",
            progress_bar=False,
            coalesce_streams=True,
            # A graceful end stalls for seconds now and then; nothing here waits for it.
            shutdown_kernel="immediate",
            config=Config({"KernelManager": connection}),
        )


def _refuse_unknown(parameters: Mapping[str, object], notebook: NotebookNode, name: str) -> None:
    """papermill itself only warns of a parameter that is not there, and runs."""
    if parameters:
        known = papermill.inspect_notebook(notebook)
        for unknown in sorted(parameters.keys() - known.keys()):
            raise UnknownParameterError(
                f"{name} has no parameter {unknown!r}; it has: {', '.join(known) or 'none'}"
            )


def _cleared(notebook: NotebookNode) -> NotebookNode:
    """The notebook as its author wrote it, for the stock kernel, and each cell with an id."""
    notebook.metadata.kernelspec = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    notebook.cells = [c for c in notebook.cells if "injected-parameters" not in _tags(c)]
    if notebook.nbformat_minor < 5:
        notebook.nbformat_minor = 5
        for number, cell in enumerate(notebook.cells):
            cell.id = f"cell-{number}"
    return notebook


def _normal(notebook: NotebookNode) -> NotebookNode:
    """The notebook with nothing in it that differs from run to run or machine to machine."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.language_info.pop("version", None)
    for cell in notebook.cells:
        for passing in ("papermill", "execution", "ExecuteTime"):
            cell.metadata.pop(passing, None)
        if not _tags(cell):
            cell.metadata.pop("tags", None)
        if "injected-parameters" in _tags(cell):
            cell.id = "injected-parameters"
    return notebook


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _told(error: PapermillExecutionError) -> str:
    """The cell and the traceback, without packages' own lines and terminal colours."""
    lines = "\n".join(part for part in error.traceback if "site-packages" not in part)
    text = f"in cell [{error.exec_count}]:\n\n{error.source.strip()}\n\n{lines}"
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _shown(path: Path) -> str:
    """A path as a reader knows it: from the repository's folder on."""
    return path.relative_to(paths.ROOT).as_posix()
