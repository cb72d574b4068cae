"""What depends on what, for doit; ``filings run`` and ``python3 run.py`` read it.

A notebook is run again if its own file is not as its last run left it, or if something else
changed: the evidence, what another notebook writes for it, the modules of the library that it
imports (and those that they import), the pinned packages.
"""

import json
import re
import sys
import time
from functools import cache

from filings import paths

WRITES = {
    "01_ingestion": ("statements.csv", "cells.csv"),
    "02_regional_concentration": ("measures.csv",),
    "05_article_audit": ("audit.csv",),
    "07_likely": ("likely.csv", "chances.csv", "calibration.csv"),
}
"""What a notebook writes into data/processed."""

READS = {
    "01_ingestion": (),
    "03_central_western_catch_up": ("statements.csv", "cells.csv", "likely.csv", "chances.csv"),
    "05_article_audit": ("statements.csv", "cells.csv", "likely.csv", "chances.csv"),
    "06_appendix": ("statements.csv", "cells.csv", "measures.csv"),
}
"""What a notebook reads there, where it is not `USUAL`."""

USUAL = ("statements.csv", "cells.csv")

TEMPLATE = "04_case_study"
"""The notebook behind every notebook in notebooks/cases/, whose file name is the place."""

COMPARISON = "cases/00_comparison"
"""The one notebook there that is about all the others."""

FORCED = set()
"""Notebooks to run even if nothing changed."""

LANGUAGE = {}
"""The language asked for a case study, by its name; without one it keeps the language it has."""

PAGES = ("README.md", "README.zh.md", "data/README.md", "data/datapackage.json")


class Lines:
    """doit's reporter: a line a notebook."""

    desc = "a line a notebook"

    def __init__(self, stream, options):
        self.stream, self.started, self.failed = stream, {}, []

    def initialize(self, tasks, selected_tasks):
        self.width = max((len(_name(task)) for task in tasks.values()), default=0)

    def _say(self, task, text):
        if task.name.startswith("notebook:"):
            self.stream.write(f"{_name(task):<{self.width}}  {text}\n")
            self.stream.flush()

    def execute_task(self, task):
        self.started[task.name] = time.perf_counter()

    def add_success(self, task):
        if task.name in self.started:
            self._say(task, f"{time.perf_counter() - self.started[task.name]:.1f} s")

    def skip_uptodate(self, task):
        self._say(task, "unchanged")

    def add_failure(self, task, failure):
        self.failed.append(_name(task))
        if missing := [name for name in map(_name_of, task.task_dep) if name in self.failed]:
            self._say(task, f"not run: it needs {', '.join(missing)}")
        elif task.name.startswith("notebook:"):
            self._say(task, f"failed {failure.get_msg().strip()}")
        else:
            self.runtime_error(failure.get_msg())

    def runtime_error(self, message):
        self.stream.write(f"{message}\n")

    cleanup_error = runtime_error

    def get_status(self, task):
        pass

    skip_ignore = teardown_task = get_status

    def complete_run(self):
        pass


DOIT_CONFIG = {
    "backend": "json",
    "continue": True,
    "default_tasks": ["notebook", "pages"],
    "dep_file": str(paths.RUNS),
    "reporter": Lines,
    "verbosity": 0,
}


@cache
def notebooks():
    """Every notebook by name: ``01_ingestion``, …, ``cases/娄底``; copies are passed over."""
    found = {}
    for path in sorted(paths.NOTEBOOKS.rglob("*.ipynb")):
        name = path.relative_to(paths.NOTEBOOKS).with_suffix("").as_posix()
        if re.fullmatch(r"\d\d_\w+|cases/(00_\w+|[㐀-鿿]+)", name):
            found[name] = path
        elif ".ipynb_checkpoints" not in path.parts:
            print(f"passed over: notebooks/{name}.ipynb is no notebook of this project", flush=True)
    return found


def task_notebook():
    """Run a notebook."""
    known = notebooks()
    cases = [name for name in known if name.startswith("cases/") and name != COMPARISON]
    evidence = [*paths.RAW.rglob("*"), *paths.REFERENCE.rglob("*"), paths.PINS]
    writer = {file: name for name, files in WRITES.items() for file in files if name in known}
    for name in known:
        case = name in cases
        reads = READS.get(name, USUAL)
        before = [writer[file] for file in reads if file in writer]
        before += [TEMPLATE] if case else cases if name == COMPARISON else []
        source = known[TEMPLATE if case else name]
        yield {
            "name": name,
            "actions": [(run_notebook, [name, str(source), case])],
            "task_dep": [f"notebook:{other}" for other in dict.fromkeys(before) if other in known],
            "file_dep": [
                *(str(path) for path in evidence if path.is_file()),
                *(str(path) for path in modules(source)),
                *(str(paths.PROCESSED / file) for file in reads if file in writer),
                *([str(source)] if case else []),
                *(str(known[other]) for other in cases if name == COMPARISON),
            ],
            "uptodate": [unchanged(name)],
        }


def task_pages():
    """Renew what the pages say of the notebooks and of the tables."""
    books = notebooks()
    pages = [path for name in PAGES if (path := paths.ROOT / name).exists()]
    return {
        "actions": [renew_pages] if pages else [],
        "task_dep": [f"notebook:{name}" for name in books],
        "file_dep": [str(path) for path in (*books.values(), *pages)],
    }


def run_notebook(name, source, case):
    """Execute it, and note what it wrote."""
    from doit.exceptions import TaskFailed
    from filings.notebook.execute import FailureError, execute

    output = paths.NOTEBOOKS / f"{name}.ipynb"
    writes = [paths.PROCESSED / file for file in WRITES.get(name, ())]
    parameters = {"place": output.stem, **language(name, output)} if case else {}
    try:
        written = execute(source, output, parameters, writes)
    except FailureError as failure:
        return TaskFailed(str(failure), report=True)
    return {"written": state(written), "python": sys.version}


def language(name, notebook):
    """The parameter for a language other than English: the one asked, or that of its last run."""
    given = [
        "".join(cell["source"])
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        if "injected-parameters" in cell["metadata"].get("tags", ())
    ]
    had = "zh" if any('lang = "zh"' in text for text in given) else "en"
    chosen = LANGUAGE.get(name) or had
    return {} if chosen == "en" else {"lang": chosen}


def renew_pages():
    """Write the pages whose words come from elsewhere."""
    from filings.site import readme

    readme.renew()


def unchanged(name):
    """A question to doit: is what the last run of this notebook wrote still as it left it?"""

    def answer(task, values):
        written = values.get("written", {})
        return (
            name not in FORCED
            and bool(written)
            and values["python"] == sys.version
            and written == state(paths.ROOT / file for file in written)
        )

    return answer


def state(files):
    """Each file (by its name from the repository's folder on) with a sum of what it holds."""
    return {file.relative_to(paths.ROOT).as_posix(): paths.fingerprint(file) for file in files}


def modules(notebook):
    """The modules of the library that a notebook imports, and all those that they import."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    todo, found = [path for text in code for path in imported(text)], set()
    while todo:
        if (path := todo.pop()) not in found:
            found.add(path)
            todo += imported(path.read_text("utf-8"))
    return sorted(found)


@cache
def imported(code):
    """The files of the library that the import statements of that code name."""
    files = []
    for package, names, module in IMPORT.findall(code):
        wanted = [package, *(f"{package}.{name}" for name in re.findall(r"\w+", names))]
        for name in wanted if package else [module]:
            place = paths.LIBRARY.joinpath(*name.split(".")[1:])
            files += [f for f in (place.with_suffix(".py"), place / "__init__.py") if f.exists()]
    return files


IMPORT = re.compile(
    r"^[ \t]*(?:from (filings[.\w]*) import (\([^)]*\)|.*)|import (filings[.\w]*))", re.MULTILINE
)


def _name(task):
    return _name_of(task.name)


def _name_of(task_name):
    return task_name.removeprefix("notebook:")
