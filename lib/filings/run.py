"""Run the notebooks with papermill: in order, side by side, and only those a change can reach.

A notebook is current while everything it read, everything it wrote, the notebook itself and the
pinned packages have the content of its last run (``filings.trace`` notes what that is). Rerun, it
changes no byte of a committed file unless a result changed.
"""

import json
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from filings import files, paths, trace

AFTER: dict[str, tuple[str, ...]] = {
    "02_regional_concentration": ("01_ingestion",),
    "03_central_western_catch_up": ("01_ingestion",),
    "04_case_study": ("01_ingestion",),
    "05_article_audit": ("01_ingestion",),
}
"""Which notebooks come after which, by file name. What they really read is held against it."""

TEMPLATE = "04_case_study"
"""The notebook behind every notebook in ``notebooks/cases/``, whose file name is the place."""


class UnknownNotebook(ValueError):
    """A name that no notebook bears."""


class UnknownParameter(ValueError):
    """A parameter that the notebook does not have."""


class WrongOrder(ValueError):
    """A notebook read what another writes, and is not said to come after it."""


@dataclass(frozen=True)
class Job:
    """One notebook to execute: ``source`` with ``parameters`` becomes ``output``."""

    name: str
    source: Path
    output: Path
    after: tuple[str, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)


class Failure(Exception):
    """A notebook that did not come to its end; says the cell, its code and the traceback."""


def jobs(places: Iterable[str] = ()) -> dict[str, Job]:
    """Every notebook of the repository by name: ``01_ingestion``, …, ``cases/娄底``, …

    ``places`` adds the case studies of places that have none yet.
    """
    found = {}
    for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        found[path.stem] = Job(path.stem, path, path, AFTER.get(path.stem, ()))
    template = paths.NOTEBOOKS / f"{TEMPLATE}.ipynb"
    for place in sorted({path.stem for path in paths.CASES.glob("*.ipynb")}.union(places)):
        output = paths.CASES / f"{place}.ipynb"
        found[f"cases/{place}"] = Job(
            f"cases/{place}", template, output, (TEMPLATE,), {"place": place}
        )
    return {
        name: replace(job, after=tuple(earlier for earlier in job.after if earlier in found))
        for name, job in found.items()
    }


# ---------------------------------------------------------------- one notebook


@cache
def _papermill():
    """papermill with an engine that follows what the kernel reads and writes.

    Loaded on first use: a run with nothing to do need not wait for it.
    """
    # jsonschema takes most of a second to load a grammar of addresses that no notebook needs.
    sys.modules.setdefault("rfc3987_syntax", None)
    import papermill
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines
    from traitlets.config import Config

    class Client(PapermillNotebookClient):
        def create_kernel_manager(self):
            if _stopping.is_set():
                raise Failure("interrupted")
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
                raise Failure(_plain("\n".join(reply["traceback"])))

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, log_output=False, **options):
            options["resources"]["notebook"] = nb_man.nb
            Client(
                nb_man,
                kernel_name=kernel_name,
                resources=options["resources"],
                startup_timeout=options["start_timeout"],
                timeout=None,
                coalesce_streams=True,
                # A graceful end stalls for seconds now and then; nothing here waits for it.
                shutdown_kernel="immediate",
                # Without it every kernel warns about its connection when it starts.
                config=Config({"KernelManager": {"transport_encryption": "auto"}}),
            ).execute()

    papermill_engines.register("filings", Engine)
    return papermill


_kernels: list = []
_stopping = threading.Event()
"""Managers of the kernels started, and whether the run is being broken off."""


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
    Raises ``UnknownParameter`` for a parameter that the cell tagged ``parameters`` does not set,
    and ``Failure`` where a cell raises: then every file has its last content again, and the
    notebook as far as it came lies in ``paths.FAILED``.
    """
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
        executed = _papermill().execute_notebook(
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
            files.write(partial, _bytes(resources["notebook"]))
        raise Failure(f"{_told(error)}\nAs far as it came: {_shown(partial)}") from None
    files.write(output, _bytes(_normal(executed)))
    partial.unlink(missing_ok=True)
    traced = json.loads((journal / "trace.json").read_text(encoding="utf-8"))
    shutil.rmtree(journal)
    written = [name for name in traced["writes"] if (paths.ROOT / name).exists()]
    return {
        "inputs": traced["reads"] | _fingerprints([_shown(paths.PINS), _shown(notebook)]),
        "outputs": _fingerprints([*written, _shown(output)]),
        "shared": [name for name in written if traced["writes"][name]],
    }


def _refuse_unknown(parameters: Mapping[str, object], notebook, name: str) -> None:
    """papermill itself only warns of a parameter that is not there, and runs."""
    if parameters:
        known = _papermill().inspect_notebook(notebook)
        for unknown in sorted(parameters.keys() - known.keys()):
            raise UnknownParameter(
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


def _fingerprints(names: Iterable[str]) -> dict[str, str]:
    return {name: files.fingerprint(paths.ROOT / name) for name in names}


# ---------------------------------------------------------------- what is known of the last run


def _record_of(job: Job) -> Path:
    return paths.RUNS / f"{job.name}.json"


def _recall(job: Job) -> dict:
    """What the job's last run read and wrote; empty if it has not run here."""
    path = _record_of(job)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _remember(job: Job, record: dict) -> None:
    files.write(_record_of(job), json.dumps(record, ensure_ascii=False, indent=1).encode())


def current(job: Job) -> bool:
    """Whether running the job again could not change anything."""
    record = _recall(job)
    if not record or record["python"] != sys.version:
        return False
    known = record["inputs"] | record["outputs"]
    return known == _fingerprints(known)


def _settle(all_jobs: Mapping[str, Job]) -> None:
    """Take the files that several notebooks add to as they are now, as outputs and not as inputs;
    then check the declared order against what was read and written.
    """
    records = {job.name: record for job in all_jobs.values() if (record := _recall(job))}
    shared = {name for record in records.values() for name in record["shared"]}
    for name, record in records.items():
        fresh = record | {
            "inputs": {k: v for k, v in record["inputs"].items() if k not in shared},
            "outputs": record["outputs"] | _fingerprints(record["shared"]),
        }
        if fresh != record:
            _remember(all_jobs[name], fresh)
            records[name] = fresh
    for reader, record in records.items():
        for writer in records.keys() - _ancestors(all_jobs, reader) - {reader}:
            for name in sorted(record["inputs"].keys() & records[writer]["outputs"].keys()):
                raise WrongOrder(
                    f"{reader} reads {name}, which {writer} writes: "
                    f"name {writer!r} in filings.run.AFTER[{reader!r}] and run again"
                )


def _ancestors(all_jobs: Mapping[str, Job], name: str) -> set[str]:
    """Every job that comes before that one, directly or not."""
    direct = all_jobs[name].after
    return set(direct).union(*(_ancestors(all_jobs, job) for job in direct))


# ---------------------------------------------------------------- all of them


def run(names: Iterable[str] = (), force: bool = False, places: Iterable[str] = ()) -> bool:
    """Run the named notebooks, or all, and those they need; True if none failed.

    ``places`` adds case studies that do not exist yet (named ``cases/PLACE``).

    Notebooks that do not depend on each other run side by side, one a core. ``force`` reruns the
    named (or all) even if nothing changed. Prints a line for each.
    """
    with files.lock(paths.CACHE / "run.lock"), _interruptible():
        for folder in paths.UNDERWAY.glob("**/written"):  # left by a run that was killed
            trace.restore(paths.ROOT, folder.parent)
        all_jobs = jobs(places)
        chosen = {job.name for job in map(_finder(all_jobs), names)} or set(all_jobs)
        forced = chosen if force else set()
        needed = chosen.union(*(_ancestors(all_jobs, name) for name in chosen))
        failed = _Runner({name: all_jobs[name] for name in needed}, forced).run()
        _settle(all_jobs)
        return not failed


def _finder(all_jobs: Mapping[str, Job]):
    """A function from what a person types (01, 01_ingestion, its path) to the job."""

    def find(text: str) -> Job:
        name = text.removeprefix("notebooks/").removesuffix(".ipynb")
        for job in all_jobs.values():
            if name in (job.name, job.name.partition("_")[0]):
                return job
        raise UnknownNotebook(f"no notebook {text!r}; there are: {', '.join(all_jobs)}")

    return find


class _Runner:
    """One run over the graph of jobs."""

    def __init__(self, all_jobs: Mapping[str, Job], forced: set[str]):
        self.jobs, self.forced = all_jobs, forced
        self.failed: set[str] = set()
        self.width = max(map(len, all_jobs), default=0)
        self.nursery = None

    def run(self) -> set[str]:
        """Run everything that is not current; return the names of what failed or was left out."""
        order = TopologicalSorter({name: job.after for name, job in self.jobs.items()})
        order.prepare()
        underway: dict[Future, str] = {}
        with ThreadPoolExecutor(os.cpu_count()) as pool, closing(self):
            try:
                while order.is_active():
                    for name in sorted(order.get_ready()):
                        if self._to_run(self.jobs[name]):
                            self._open()
                            underway[pool.submit(self._execute, self.jobs[name])] = name
                        else:
                            order.done(name)
                    if underway:
                        for future in wait(underway, return_when=FIRST_COMPLETED).done:
                            future.result()
                            order.done(underway.pop(future))
            except BaseException:
                _stop(underway)
                raise
        return self.failed

    def _open(self) -> None:
        """Start the process that forks kernels, once there is something to run."""
        if not self.nursery and sys.platform == "linux":
            from filings.nursery import Nursery

            self.nursery = Nursery()

    def close(self) -> None:
        """End the process that forks kernels."""
        if self.nursery:
            self.nursery.close()

    def _to_run(self, job: Job) -> bool:
        if missing := sorted(self.failed.intersection(job.after)):
            self.failed.add(job.name)
            self._say(job, f"not run: it needs {', '.join(missing)}")
        elif job.name not in self.forced and current(job):
            self._say(job, "unchanged")
        else:
            return True
        return False

    def _execute(self, job: Job) -> None:
        started = time.perf_counter()
        try:
            record = execute(job.source, job.output, job.parameters, self.nursery)
        except Failure as failure:
            self.failed.add(job.name)
            if not _stopping.is_set():
                self._say(job, f"failed {failure}")
        else:
            _remember(job, record | {"python": sys.version})
            self._say(job, f"{time.perf_counter() - started:.1f} s")

    def _say(self, job: Job, text: str) -> None:
        print(f"{job.name:<{self.width}}  {text}", flush=True)


def _stop(underway: Iterable[Future]) -> None:
    """End the kernels and wait until every notebook underway has put its files back."""
    _stopping.set()
    for future in underway:
        future.cancel()
    while wait(underway, timeout=0.1).not_done:
        for manager in _kernels:
            process = getattr(manager.provisioner, "process", None)
            if process is not None:
                process.kill()


@contextmanager
def _interruptible():
    """Let the signal that asks a process to end break off the run as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
