"""How long a run of all notebooks takes, against other ways to run the same notebooks.

``python tests/benchmarks/runs.py [--rounds N] [WORD...]`` prints a table of ratios, of all ways or
of those whose names hold one of the words; ratios to a way that did not take part are left out.
Every way runs in a copy of the repository; the ways take turns, so that a busy machine slows them
all, and the median of the rounds counts. nbmake and snakemake take part where they are installed.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from filings import check, paths, run

LOOP, FLOOR = "papermill, shell loop", "floor: plain scripts, two at a time"
TWO_AT_A_TIME = """
import subprocess, sys
from concurrent.futures import ThreadPoolExecutor, wait, FIRST_COMPLETED
from graphlib import TopologicalSorter
import json
graph = json.load(open("graph.json"))
order = TopologicalSorter({name: after for name, (after, command) in graph.items()})
order.prepare()
underway = {}
with ThreadPoolExecutor(2) as pool:
    while order.is_active():
        for name in order.get_ready():
            underway[pool.submit(subprocess.run, graph[name][1], shell=True, check=True)] = name
        for future in wait(underway, return_when=FIRST_COMPLETED).done:
            future.result()
            order.done(underway.pop(future))
"""
ONE_PROCESS = """
import json, os, papermill
for source, output, parameters, folder in json.load(open("notebooks.json")):
    papermill.execute_notebook(source, output, parameters, cwd=folder, progress_bar=False)
"""


def main() -> None:
    """Time the ways in turns and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        copy = check.copy_into(Path(folder))
        ways = {
            name: way
            for name, way in prepare(copy).items()
            if any(word in name for word in asked.words or [""])
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(asked.rounds):
            for name, (before, command) in ways.items():
                before()
                started = time.perf_counter()
                call(copy, command)
                times[name].append(time.perf_counter() - started)
                print(f"{name}: {times[name][-1]:.1f} s", file=sys.stderr, flush=True)
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    print("| way | of the shell loop | of the floor | seconds here |\n|---|---|---|---|")
    for name, seconds in medians.items():
        ratios = (
            f"{seconds / medians[way]:.2f}" if way in medians else "" for way in (LOOP, FLOOR)
        )
        print(f"| {name} | {' | '.join(ratios)} | {seconds:.1f} |")


def prepare(copy: Path) -> dict[str, tuple[Callable[[], object], str]]:
    """Each way by name: what to do before it is timed, and its shell command."""
    python, outputs = sys.executable, copy / "elsewhere"
    all_jobs = run.jobs()
    listed, graph, loop, nbmake = [], {}, [], []
    (copy / "scripts").mkdir()
    (copy / "elsewhere/cases").mkdir(parents=True)
    for job in all_jobs.values():
        source = copy / job.source.relative_to(paths.ROOT)
        folder = (copy / job.output.relative_to(paths.ROOT)).parent
        output = outputs / f"{job.name}.ipynb"
        listed.append([str(source), str(output), dict(job.parameters), str(folder)])
        given = " ".join(f"-p {name} {value}" for name, value in job.parameters.items())
        loop.append(
            f"{python} -m papermill --no-progress-bar --cwd {folder} {given} {source} {output}"
        )
        nbmake.append(str(source))
        script = copy / "scripts" / f"{job.name.replace('/', '-')}.py"
        script.write_text(as_script(source, job.parameters), encoding="utf-8")
        graph[job.name] = [list(job.after), f"cd {folder} && {python} {script}"]
    (copy / "notebooks.json").write_text(json.dumps(listed))
    (copy / "graph.json").write_text(json.dumps(graph))
    (copy / "two.py").write_text(TWO_AT_A_TIME)
    (copy / "one.py").write_text(ONE_PROCESS)
    edited = copy / "notebooks" / f"{sorted(all_jobs)[1]}.ipynb"
    filings = f"{python} -m filings run"
    ways = {
        LOOP: (nothing, " && ".join(loop)),
        "papermill, one process": (nothing, f"{python} one.py"),
        FLOOR: (nothing, f"{python} two.py"),
        "filings run, cold": (lambda: shutil.rmtree(copy / ".cache", True), filings),
        "filings run, nothing changed": (nothing, filings),
        f"filings run, {edited.stem} edited": (lambda: edit(edited), filings),
        "filings run, a module edited that none imports": (
            lambda: append(copy / "lib/filings/check.py"),
            filings,
        ),
        "filings run, measures edited": (lambda: append(copy / "lib/filings/measures.py"), filings),
    }
    if find_spec("nbmake"):
        command = f"{python} -m pytest -q --nbmake -n 2 {' '.join(nbmake)}"
        ways["nbmake, two workers (without order)"] = (nothing, command)
    if shutil.which("snakemake"):
        (copy / "Snakefile").write_text(snakefile(graph, loop))
        command = "rm -rf done && snakemake --quiet all --cores 2"
        ways["snakemake with papermill, cold"] = (nothing, command)
    return ways


def call(copy: Path, command: str) -> None:
    """Run a shell command in the copy, on the copy's library; it must succeed."""
    environment = os.environ | {"PYTHONPATH": str(copy / "lib"), "MPLBACKEND": "agg"}
    done = subprocess.run(
        command, shell=True, cwd=copy, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stdout}\n{done.stderr}")


def as_script(notebook: Path, parameters) -> str:
    """The notebook's code as a plain script, its parameters set after the cell that holds them."""
    lines = ["from IPython.display import display"]
    for cell in nbformat.read(notebook, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and "injected-parameters" not in tags:
            lines.append(cell.source)
            if "parameters" in tags:
                lines += [f"{name} = {value!r}" for name, value in parameters.items()]
    return "\n".join(lines) + "\n"


def snakefile(graph: dict, loop: list[str]) -> str:
    """One rule a notebook, with the same order."""
    targets = ", ".join(repr(f"done/{name}") for name in graph)
    rules = [f"rule all:\n    input: {targets}\n"]
    for number, ((name, (after, _)), command) in enumerate(zip(graph.items(), loop, strict=True)):
        inputs = ", ".join(repr(f"done/{earlier}") for earlier in after)
        rules.append(
            f"rule r{number}:\n    input: {inputs}\n    output: {f'done/{name}'!r}\n"
            f"    shell: {command + ' && touch {output}'!r}\n"
        )
    return "\n".join(rules)


def nothing() -> None:
    """Some ways need no preparation."""


def edit(notebook: Path) -> None:
    """Add a comment to the last code cell."""
    content = nbformat.read(notebook, as_version=4)
    last = [cell for cell in content.cells if cell.cell_type == "code"][-1]
    last.source += f"\n# {time.time_ns()}"
    nbformat.write(content, notebook)


def append(module: Path) -> None:
    """Add a comment to a module."""
    with module.open("a", encoding="utf-8") as file:
        file.write(f"# {time.time_ns()}\n")


if __name__ == "__main__":
    main()
