"""Entries and quarantine as files that a spreadsheet can open without harm."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from filings import paths
from filings.lists.entries import ListsRead, entity_history, read_all

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def ingest(sources: Iterable[Path], folder: Path, progress: bool = False) -> ListsRead:
    """Read lists and write entries.csv, quarantine.csv and entity_history.csv to the folder.

    Lists that can't be read end in ``errors`` and hinder no others. If none can be read, nothing
    is written. Each file is replaced in one step.
    """
    read = read_all(sources, progress)
    if read.lists:
        for name, table in (
            ("entries", read.entries),
            ("quarantine", read.quarantine),
            ("entity_history", entity_history(read.entries)),
        ):
            paths.write(folder / f"{name}.csv", harmless(table).to_csv(index=False).encode())
    return read


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would run as a formula."""
    safe = table.copy()
    for name in safe.select_dtypes(["object", "str"]).columns:
        risky = safe[name].str.startswith(_FORMULA, na=False)
        if risky.any():
            safe.loc[risky, name] = "'" + safe.loc[risky, name]
    return safe


def in_words(summary: dict) -> str:
    """The summary of a list on one line."""
    said = f"{summary['rows']} rows, {summary['accepted']} accepted"
    if summary["quarantined"]:
        said += f", {summary['quarantined']} in quarantine"
    provinces = "、".join(f"{name} {count}" for name, count in summary["by_province"].items())
    return f"{summary['list']}: {said}" + (f" ({provinces})" if provinces else "")
