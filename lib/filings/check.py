"""Recompute everything elsewhere and compare it, byte for byte, with what lies here."""

import os
import shutil
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from filings import paths


def check() -> list[str]:
    """Every difference between the results on file and the same results computed afresh.

    One line a file: notebooks with their outputs, ``data/processed/``, ``data/datapackage.json``
    and ``figures/``. Empty if everything agrees. Works on a temporary copy and writes nothing
    here; prints the copy's progress. A notebook that fails there counts as a difference.
    """
    with TemporaryDirectory() as folder:
        copy = copy_into(Path(folder))
        for name, path in _results(copy).items():
            if not name.endswith(".ipynb"):
                path.unlink()
        library = copy / paths.LIBRARY.relative_to(paths.ROOT).parent
        run = subprocess.run(
            [sys.executable, "-m", "filings", "run"],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(library)},
        )
        failed = ["the run failed; what it says stands above"] if run.returncode else []
        return failed + differences(_results(paths.ROOT), _results(copy))


def copy_into(folder: Path) -> Path:
    """A copy of the repository in that folder, without environments, caches, history and site."""

    def left_out(directory: str, names: list[str]) -> set[str]:
        top = Path(directory) == paths.ROOT
        return {
            name
            for name in names
            if name == "__pycache__" or (top and (name.startswith(".") or name == "site"))
        }

    return Path(shutil.copytree(paths.ROOT, folder / "repository", ignore=left_out))


def differences(here: dict[str, Path], afresh: dict[str, Path]) -> list[str]:
    """A line for each file (by name) that is missing on one side or not the same."""
    found = []
    for name in sorted(here.keys() | afresh.keys()):
        if name not in afresh:
            found.append(f"{name}: nothing makes it any more")
        elif name not in here:
            found.append(f"{name}: is made, but is not on file")
        elif here[name].read_bytes() != afresh[name].read_bytes():
            found.append(f"{name}: differs from line {_first_different(here[name], afresh[name])}")
    return found


def _first_different(one: Path, other: Path) -> int:
    lines = zip_longest(one.read_bytes().split(b"\n"), other.read_bytes().split(b"\n"))
    return next(number for number, (a, b) in enumerate(lines, start=1) if a != b)


def _results(root: Path) -> dict[str, Path]:
    """Every result in that copy of the repository, by its name from the repository's folder on."""
    folders = {paths.NOTEBOOKS: "*.ipynb", paths.CASES: "*.ipynb"}
    folders |= {paths.PROCESSED: "*", paths.FIGURES: "*", paths.DATA: paths.DATAPACKAGE.name}
    found = (
        path
        for folder, pattern in folders.items()
        for path in (root / folder.relative_to(paths.ROOT)).glob(pattern)
        if path.is_file() and not path.name.startswith(".")
    )
    return {path.relative_to(root).as_posix(): path for path in found}
