"""A toy repository for tests that run notebooks; the fixture ``project`` makes an empty one."""

import shutil
from pathlib import Path

import nbformat
from filings import nursery, paths, run
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

Nursery = nursery.Nursery
"""What the runner really forks kernels from; ``project`` puts one of its own in its place."""


def write_notebook(root: Path, name: str, *cells: str, parameters: bool = False) -> Path:
    """A notebook of these code cells; the first holds the parameters if asked."""
    notebook = new_notebook(cells=[new_markdown_cell(f"# {name}"), *map(new_code_cell, cells)])
    if parameters:
        notebook.cells[1].metadata["tags"] = ["parameters"]
    path = root / "notebooks" / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def copy_library() -> None:
    """Put the library into the toy repository, for processes that run on it."""
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(run.__file__).parent, paths.LIBRARY, ignore=without, dirs_exist_ok=True)


def content(root: Path) -> dict[str, bytes]:
    """Every file of the project but the cache, with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".cache" not in path.parts and "__pycache__" not in path.parts
    }
