"""Writing that leaves no half-written file, and a lock between processes."""

import hashlib
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write the file in one step: readers see the old content or the new, nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def lock(path: Path):
    """Hold the lock of that file; another process that wants it waits.

    SQLite's file lock works on every system and is let go when the process dies.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=24 * 3600, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield


def fingerprint(path: Path) -> str:
    """What a file or folder holds, as sha256; ``missing`` where there is nothing.

    A folder counts with its names and the content of the files that lie directly in it.
    """
    if path.is_dir():
        inside = (f"{p.name} {'' if p.is_dir() else fingerprint(p)}\n" for p in path.iterdir())
        return hashlib.sha256("".join(sorted(inside)).encode()).hexdigest()
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "missing"
