"""Run the notebooks through doit: the graph is ``dodo.py``, at the top of the repository."""

import importlib.util
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from types import ModuleType

from filings import paths


class UnknownNotebookError(ValueError):
    """A name that no notebook bears."""


def run(names: Iterable[str] = (), force: bool = False, lang: str | None = None) -> bool:
    """Run notebooks side by side, print a line for each, and return True if none failed.

    Another run that is underway is waited for.

    Parameters
    ----------
    names
        Those to run, with what they need; without any, all.
    force
        Rerun the named (or all) even if nothing changed.
    lang
        The language of the named case studies from now on (``en`` or ``zh``).

    Raises
    ------
    UnknownNotebookError
        For a name that no notebook bears.
    """
    from doit.cmd_base import ModuleTaskLoader
    from doit.doit_cmd import DoitMain

    # A backend chosen for scripts would keep the pictures out of the notebooks.
    os.environ.pop("MPLBACKEND", None)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_end_with_the_run)
    with paths.lock(paths.CACHE / "run.lock"), _interruptible():
        graph = _graph()
        known = graph.notebooks()
        chosen = [_found(name, known) for name in names]
        if force:
            graph.FORCED.update(chosen or known)
        if lang:
            graph.LANGUAGE.update(dict.fromkeys(chosen, lang))
        _discard_broken()
        tasks = [f"notebook:{name}" for name in chosen]
        loader = ModuleTaskLoader(vars(graph))
        return DoitMain(loader).run(["run", "-n", str(os.cpu_count() or 1), *tasks]) == 0


def study(places: Iterable[str], lang: str | None = None) -> bool:
    """Make the case studies of those places, and no others, as `run` does."""
    graph = _graph()
    template = (paths.NOTEBOOKS / f"{graph.TEMPLATE}.ipynb").read_bytes()
    cases = {place: paths.CASES / f"{place}.ipynb" for place in places}
    new = [path for path in cases.values() if not path.exists()]
    for path in new:
        paths.write(path, template)
    well = False
    try:
        well = run([f"cases/{place}" for place in cases], True, lang)
    finally:
        if not well:
            for path in new:
                if path.read_bytes() == template:  # it was never run
                    path.unlink()
    return well


def _graph() -> ModuleType:
    """``dodo.py`` as a module."""
    spec = importlib.util.spec_from_file_location("dodo", paths.ROOT / "dodo.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["dodo"] = module
    spec.loader.exec_module(module)
    return module


def _found(text: str, known: Iterable[str]) -> str:
    """The notebook meant by what a person types: 01, 01_ingestion, its path."""
    name = text.removeprefix("notebooks/").removesuffix(".ipynb")
    for each in known:
        if name in (each, each.partition("_")[0]):
            return each
    raise UnknownNotebookError(f"no notebook {text!r}; there are: {', '.join(known)}")


def _discard_broken() -> None:
    """Forget what is known of earlier runs if it cannot be read: everything runs anew."""
    try:
        json.loads(paths.RUNS.read_text("utf-8"))
    except FileNotFoundError:
        pass
    except (ValueError, OSError):
        with suppress(IsADirectoryError, PermissionError):
            paths.RUNS.unlink()


def _end_with_the_run() -> None:
    """Let a process that shares the work break off with the run, and if that has been killed.

    A terminal sends Ctrl-C to all at once; the run passes it on, so that it comes only once.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run = os.getppid()

    def watch() -> None:
        while os.getppid() == run:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let the signal that asks a process to end break off the run as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
