"""The one module that knows where things lie. Every other path is built from these."""

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
"""The repository: the folder that holds README.md, notebooks/, data/ and figures/."""

README = ROOT / "README.md"
DATA = ROOT / "data"
RAW = DATA / "raw"
LISTS = RAW / "lists"
REFERENCE = DATA / "reference"
PROCESSED = DATA / "processed"
DICTIONARY = DATA / "README.md"
DATAPACKAGE = DATA / "datapackage.json"
NOTEBOOKS = ROOT / "notebooks"
CASES = NOTEBOOKS / "cases"
FIGURES = ROOT / "figures"
MANIFEST = FIGURES / "manifest.json"
GALLERY = FIGURES / "README.md"
SITE = ROOT / "site"
LIBRARY = ROOT / "lib" / "filings"
PINS = ROOT / "requirements.txt"

CACHE = ROOT / ".cache"
RUNS = CACHE / "runs.json"
FAILED = CACHE / "failed"

FONTS = Path(__file__).resolve().parent / "fonts"

STATEMENTS = RAW / "register_statements.csv"
USED_STATEMENTS = PROCESSED / "statements.csv"
MEASURES = PROCESSED / "measures.csv"
AUDIT = PROCESSED / "audit.csv"
SOURCES = RAW / "sources.csv"
INDICATORS = RAW / "indicators.csv"
EVENTS = RAW / "events.csv"
ARTICLE_CLAIMS = RAW / "article_claims.csv"
STORIES = RAW / "stories.csv"

PROVINCES = REFERENCE / "provinces.csv"
NEIGHBOURS = REFERENCE / "province_neighbours.csv"
COUNTIES = REFERENCE / "divisions_county_2015_2024.csv"
SISTER_COUNTS = REFERENCE / "sister_register_counts.csv"
WORDS = REFERENCE / "words.csv"
OFFICIAL_LISTS = REFERENCE / "official_lists.csv"
REGIONS = REFERENCE / "regions.csv"
TILE_GRID = REFERENCE / "tile_grid.csv"


def write(path: Path, content: bytes) -> None:
    """Write the file in one step: readers see the old content or the new, nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_changed(path: Path, content: bytes) -> None:
    """Write the file as `write` does, unless it holds that already."""
    if not path.exists() or path.read_bytes() != content:
        write(path, content)


@contextmanager
def kept(files: Iterable[Path]) -> Iterator[None]:
    """Give those files their content back, or remove them, if what follows fails."""
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                write(path, content)
        raise


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the lock of that file; another process that wants it waits.

    Raises
    ------
    OSError
        Where nothing can be written.

    Notes
    -----
    SQLite's file lock works on every system and is let go when the process dies.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        raise OSError(f"{path.parent}: nothing can be written there; copy the repository elsewhere")
    if path.is_file() and path.stat().st_size:  # a lock is an empty file: whatever else lies there
        path.unlink()
    with closing(sqlite3.connect(path, timeout=24 * 3600, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield


def fingerprint(path: Path) -> str:
    """What a file holds, as sha256; ``missing`` where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "missing"


def write_table(path: Path, table: "pd.DataFrame") -> None:
    """Write a data frame as csv in one step, so that no spreadsheet takes a text for a formula.

    A text that begins with =, +, -, @, a tab or a return gets an apostrophe in front, as
    spreadsheets write it; `unquoted` takes it off again.
    """
    safe = table.map(
        lambda value: f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
    )
    write(path, safe.to_csv(index=False, lineterminator="\n").encode())


def unquoted(text: str) -> str:
    """A field that `write_table` wrote, without the apostrophe that kept it a text."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text[1:]) else text


# What a spreadsheet would work out; a lone sign and a number are what they are.
_FORMULA = re.compile(r"[=+\-@\t\r](?!$|[\d.,]+%?$)")
