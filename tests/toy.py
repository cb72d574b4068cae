"""A toy repository for tests that run notebooks; the fixture ``project`` makes an empty one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from filings import paths
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def write_notebook(root: Path, name: str, *cells: str, parameters: bool = False) -> Path:
    """A notebook of these code cells; the first holds the parameters if asked."""
    notebook = new_notebook(cells=[new_markdown_cell(f"# {name}"), *map(new_code_cell, cells)])
    if parameters:
        notebook.cells[1].metadata["tags"] = ["parameters"]
    path = root / "notebooks" / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def make_project(root: Path) -> Path:
    """An empty repository with the library and its graph, in that folder."""
    for name in ("notebooks/cases", "data/raw", "data/reference", "data/processed", "figures"):
        (root / name).mkdir(parents=True)
    (root / "requirements.txt").write_text("pins\n")
    (root / "data/raw/numbers.txt").write_text("1 2")
    shutil.copy(paths.ROOT / "dodo.py", root)
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.LIBRARY, root / "lib/filings", ignore=without)
    return root


def start(root: Path, *arguments: str) -> subprocess.Popen:
    """The command ``filings`` of that repository, as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "filings", *arguments],
        env={**os.environ, "PYTHONPATH": str(root / "lib")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def content(root: Path) -> dict[str, bytes]:
    """Every file of the project but the cache and the library, with its bytes."""
    left_out = {".cache", "__pycache__", "lib"}
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not left_out.intersection(path.relative_to(root).parts)
    }


def copy_repository(folder: Path) -> Path:
    """A copy of the whole repository, without environments, caches, history and site."""

    def left_out(directory: str, names: list[str]) -> set[str]:
        top = Path(directory) == paths.ROOT
        return {
            name
            for name in names
            if name == "__pycache__" or (top and (name.startswith(".") or name == "site"))
        }

    return Path(shutil.copytree(paths.ROOT, folder / "repository", ignore=left_out))
