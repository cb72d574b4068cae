"""Execute one notebook with papermill, follow what it reads and writes, and store it cleanly.

A failure leaves every file as it was; a notebook that did not change gives the same bytes.
"""

import json
import os
import re
import shutil
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from filings import paths, trace


class UnknownParameterError(ValueError):
    """A parameter that the notebook does not have."""


class FailureError(Exception):
    """A notebook that did not come to its end; says the cell, its code and the traceback."""


def execute(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, object] | None = None,
    nursery=None,
) -> dict:
    """Execute a notebook, write it to ``output`` in normal form, and tell what it read and wrote.

    ``output`` lies under ``notebooks/`` and may be the notebook itself; it is written at the end,
    in one step; its folder is the one the notebook runs in. ``nursery`` forks the kernel; without
    it an ordinary one is started, with the same results. Returns ``inputs`` and ``outputs``
    (file, relative to the repository, to sha256) and ``shared``: outputs that it only added to.
    Raises ``UnknownParameterError`` for a parameter that the cell tagged ``parameters`` does not
    set, and ``FailureError`` where a cell raises: then every file has its last content again, and
    the notebook as far as it came lies in ``paths.FAILED``.
    """
    papermill = _papermill()
    import nbformat

    parameters = dict(parameters or {})
    source = _cleared(nbformat.read(notebook, as_version=4))
    _refuse_unknown(parameters, source, _shown(notebook))
    name = output.relative_to(paths.NOTEBOOKS).with_suffix("").as_posix()
    journal, partial = paths.UNDERWAY / name, paths.FAILED / f"{name}.ipynb"
    trace.restore(paths.ROOT, journal)
    journal.mkdir(parents=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    resources = {"metadata": {"path": str(output.parent)}, "journal": journal, "nursery": nursery}
    try:
        executed = papermill.execute_notebook(
            source,
            None,
            parameters=parameters,
            engine_name="filings",
            kernel_name="python3",
            progress_bar=False,
            resources=resources,
        )
    except BaseException as error:
        trace.restore(paths.ROOT, journal)
        if "notebook" in resources:
            paths.write(partial, _bytes(resources["notebook"]))
        raise FailureError(f"{_told(error)}\nAs far as it came: {_shown(partial)}") from None
    paths.write(output, _bytes(_normal(executed)))
    partial.unlink(missing_ok=True)
    traced = json.loads((journal / "trace.json").read_text(encoding="utf-8"))
    shutil.rmtree(journal)
    written = [name for name in traced["writes"] if (paths.ROOT / name).exists()]
    return {
        "inputs": traced["reads"] | fingerprints([_shown(paths.PINS), _shown(notebook)]),
        "outputs": fingerprints([*written, _shown(output)]),
        "shared": [name for name in written if traced["writes"][name]],
    }


_kernels: list = []
_stopping = threading.Event()
"""Managers of the kernels started, and whether no more may start."""


def stop_kernels() -> None:
    """End every kernel at once and let no other start; their notebooks end in ``FailureError``."""
    _stopping.set()
    for manager in _kernels:
        if process := getattr(manager.provisioner, "process", None):
            process.kill()


@cache
def _papermill():
    """papermill with an engine that follows what the kernel reads and writes.

    Loaded on first use: a run with nothing to do need not wait for it.
    """
    import papermill
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines
    from traitlets.config import Config

    class Client(PapermillNotebookClient):
        def create_kernel_manager(self):
            if _stopping.is_set():
                raise FailureError("interrupted")
            manager = super().create_kernel_manager()
            if nursery := self.resources["nursery"]:
                from filings.nursery import Provisioner

                manager.provisioner = Provisioner(
                    kernel_id=self.resources["journal"].name,
                    kernel_spec=manager.kernel_spec,
                    parent=manager,
                )
                manager.provisioner.nursery = nursery
            _kernels.append(manager)
            return manager

        def papermill_execute_cells(self):
            root, folder = str(paths.ROOT), str(self.resources["journal"])
            self._aside(f"__import__('filings.trace').trace.start({root!r}, {folder!r})")
            super().papermill_execute_cells()
            self._aside("__import__('filings.trace').trace.finish()")

        def _aside(self, code: str) -> None:
            """Execute code that leaves no mark in the notebook: no output, no number."""
            message = self.kc.execute(code, silent=True, store_history=False)
            reply = self.wait_for_reply(message)["content"]
            if reply["status"] != "ok":
                raise FailureError(_plain("\n".join(reply["traceback"])))

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, log_output=False, **options):
            options["resources"]["notebook"] = nb_man.nb
            # A backend chosen for scripts would keep the pictures out of the notebook.
            environment = {name: os.environ[name] for name in os.environ if name != "MPLBACKEND"}
            # Without it every kernel warns about its connection when it starts.
            connection = {"transport_encryption": "auto"}
            with TemporaryDirectory() as folder:
                if os.name != "nt":
                    # Sockets that are files: a free port, once found, can be taken by another run.
                    connection |= {"transport": "ipc", "ip": f"{folder}/kernel"}
                Client(
                    nb_man,
                    kernel_name=kernel_name,
                    resources=options["resources"],
                    startup_timeout=options["start_timeout"],
                    timeout=None,
                    coalesce_streams=True,
                    # A graceful end stalls for seconds now and then; nothing here waits for it.
                    shutdown_kernel="immediate",
                    config=Config({"KernelManager": connection}),
                ).execute(env=environment)

    papermill_engines.register("filings", Engine)
    return papermill


def _refuse_unknown(parameters: Mapping[str, object], notebook, name: str) -> None:
    """papermill itself only warns of a parameter that is not there, and runs."""
    if parameters:
        known = _papermill().inspect_notebook(notebook)
        for unknown in sorted(parameters.keys() - known.keys()):
            raise UnknownParameterError(
                f"{name} has no parameter {unknown!r}; it has: {', '.join(known) or 'none'}"
            )


def _cleared(notebook):
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


def _normal(notebook):
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


def _tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def _bytes(notebook) -> bytes:
    import nbformat

    return f"{nbformat.writes(notebook)}\n".encode()


def _told(error: BaseException) -> str:
    """What went wrong, for a person: the cell and the traceback, without packages' own lines."""
    if not hasattr(error, "traceback"):
        return _plain(f"{type(error).__name__}: {error}")
    lines = "\n".join(part for part in error.traceback if "site-packages" not in part)
    return _plain(f"in cell [{error.exec_count}]:\n\n{error.source.strip()}\n\n{lines}")


def _plain(text: str) -> str:
    """Text without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _shown(path: Path) -> str:
    """A path as a reader knows it: from the repository's folder on."""
    return path.relative_to(paths.ROOT).as_posix()


def fingerprints(names: Iterable[str]) -> dict[str, str]:
    """Files of the repository (relative to it) with what they hold."""
    return {name: paths.fingerprint(paths.ROOT / name) for name in names}
