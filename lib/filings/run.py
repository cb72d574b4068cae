"""Run the notebooks with papermill: in order, side by side, and only those a change can reach.

A notebook is current while everything it read, everything it wrote, the notebook itself and the
pinned packages have the content of its last run (``filings.trace`` notes what that is). Rerun, it
changes no byte of a committed file unless a result changed.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path

from filings import datapackage, paths, trace
from filings.notebook import FailureError, execute, fingerprints, stop_kernels

AFTER: dict[str, tuple[str, ...]] = {
    "02_regional_concentration": ("01_ingestion",),
    "03_central_western_catch_up": ("01_ingestion", "02_regional_concentration"),
    "04_case_study": ("01_ingestion",),
    "05_article_audit": ("01_ingestion",),
    "06_appendix": ("01_ingestion",),
}
"""Which notebooks come after which, by file name. What they really read is held against it."""

TEMPLATE = "04_case_study"
"""The notebook behind every notebook in ``notebooks/cases/``, whose file name is the place."""

COMPARISON = "00_comparison"
"""The one notebook in ``notebooks/cases/`` that is about all the others."""


class UnknownNotebookError(ValueError):
    """A name that no notebook bears."""


class WrongOrderError(ValueError):
    """A notebook read what another writes, and is not said to come after it."""


@dataclass(frozen=True)
class Job:
    """One notebook to execute: ``source`` with ``parameters`` becomes ``output``."""

    name: str
    source: Path
    output: Path
    after: tuple[str, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)


def jobs(places: Iterable[str] = ()) -> dict[str, Job]:
    """Every notebook of the repository by name: ``01_ingestion``, …, ``cases/娄底``, …

    ``places`` adds the case studies of places that have none yet.
    """
    found = {}
    for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        found[path.stem] = Job(path.stem, path, path, AFTER.get(path.stem, ()))
    template = paths.NOTEBOOKS / f"{TEMPLATE}.ipynb"
    made = {path.stem for path in paths.CASES.glob("*.ipynb")}
    studied = sorted(made.union(places) - {COMPARISON})
    for place in studied:
        output = paths.CASES / f"{place}.ipynb"
        found[f"cases/{place}"] = Job(
            f"cases/{place}", template, output, (TEMPLATE,), {"place": place}
        )
    if COMPARISON in made:
        path = paths.CASES / f"{COMPARISON}.ipynb"
        after = tuple(f"cases/{place}" for place in studied)
        found[f"cases/{COMPARISON}"] = Job(f"cases/{COMPARISON}", path, path, after)
    return {
        name: replace(job, after=tuple(earlier for earlier in job.after if earlier in found))
        for name, job in found.items()
    }


# ---------------------------------------------------------------- what is known of the last run


def _record_of(job: Job) -> Path:
    return paths.RUNS / f"{job.name}.json"


def _recall(job: Job) -> dict:
    """What the job's last run read and wrote; empty if it has not run here."""
    path = _record_of(job)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _remember(job: Job, record: dict) -> None:
    paths.write(_record_of(job), json.dumps(record, ensure_ascii=False, indent=1).encode())


def current(job: Job) -> bool:
    """Whether running the job again could not change anything."""
    record = _recall(job)
    if not record or record["python"] != sys.version:
        return False
    known = record["inputs"] | record["outputs"]
    return known == fingerprints(known)


def _settle(all_jobs: Mapping[str, Job]) -> None:
    """Take the files that several notebooks add to as they are now, as outputs and not as inputs;
    then check the declared order against what was read and written.
    """
    records = {job.name: record for job in all_jobs.values() if (record := _recall(job))}
    shared = {name for record in records.values() for name in record["shared"]}
    for name, record in records.items():
        fresh = record | {
            "inputs": {k: v for k, v in record["inputs"].items() if k not in shared},
            "outputs": record["outputs"] | fingerprints(shared & record["outputs"].keys()),
        }
        if fresh != record:
            _remember(all_jobs[name], fresh)
            records[name] = fresh
    for reader, record in records.items():
        for writer in records.keys() - _ancestors(all_jobs, reader) - {reader}:
            for name in sorted(record["inputs"].keys() & records[writer]["outputs"].keys()):
                raise WrongOrderError(
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
    named (or all) even if nothing changed. Prints a line for each. ``data/datapackage.json``
    follows, as it describes what they wrote.
    """
    with paths.lock(paths.CACHE / "run.lock"), _interruptible():
        for folder in paths.UNDERWAY.glob("**/written"):  # left by a run that was killed
            trace.restore(paths.ROOT, folder.parent)
        all_jobs = jobs(places)
        chosen = {job.name for job in map(_finder(all_jobs), names)} or set(all_jobs)
        forced = chosen if force else set()
        needed = chosen.union(*(_ancestors(all_jobs, name) for name in chosen))
        failed = _Runner({name: all_jobs[name] for name in needed}, forced).run()
        datapackage.renew()
        _settle(all_jobs)
        return not failed


def _finder(all_jobs: Mapping[str, Job]):
    """A function from what a person types (01, 01_ingestion, its path) to the job."""

    def find(text: str) -> Job:
        name = text.removeprefix("notebooks/").removesuffix(".ipynb")
        for job in all_jobs.values():
            if name in (job.name, job.name.partition("_")[0]):
                return job
        raise UnknownNotebookError(f"no notebook {text!r}; there are: {', '.join(all_jobs)}")

    return find


class _Runner:
    """One run over the graph of jobs."""

    def __init__(self, all_jobs: Mapping[str, Job], forced: set[str]):
        self.jobs, self.forced = all_jobs, forced
        self.failed: set[str] = set()
        self.width = max(map(len, all_jobs), default=0)
        self.nursery = None
        self.interrupted = False

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
                self.interrupted = True
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
        except FailureError as failure:
            self.failed.add(job.name)
            if not self.interrupted:
                self._say(job, f"failed {failure}")
        else:
            _remember(job, record | {"python": sys.version})
            self._say(job, f"{time.perf_counter() - started:.1f} s")

    def _say(self, job: Job, text: str) -> None:
        print(f"{job.name:<{self.width}}  {text}", flush=True)


def _stop(underway: Iterable[Future]) -> None:
    """End the kernels and wait until every notebook underway has put its files back."""
    for future in underway:
        future.cancel()
    stop_kernels()
    while wait(underway, timeout=0.1).not_done:
        stop_kernels()


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
