"""What official lists count, and that as statements of the ledger."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from filings import ledger, paths, places
from filings.ledger import Statement
from filings.lists import numbers
from filings.lists.document import ListError
from filings.lists.entries import SAME_ROW, ListsRead, read_all


def cumulative_entities(entries: pd.DataFrame, batches: Iterable[int]) -> pd.Series:
    """Distinct entities of these batches together, by province: all 31, zeros included.

    Not the sum over batches: an entity may file in several.
    """
    chosen = entries[(entries["appearance"] == 1) & entries["batch"].isin(list(batches))]
    found = chosen.groupby("province")["entity"].nunique()
    return found.reindex(places.province_names(), fill_value=0)


def _listed(read: ListsRead) -> dict[int, int]:
    """The batches of the blockchain register whose lists are there, and how many rows of each lie
    in quarantine; a row that repeats another is no such row.
    """
    if read.errors:
        raise read.errors[0]  # what a list that can't be read holds is not known
    found: dict[int, int] = {}
    for each in read.lists:
        registers = set(each.entries["register"])
        if registers and numbers.BLOCKCHAIN.register not in registers:
            continue  # a list with no entry at all counts as one of this register
        if each.batch is None:
            raise ListError(
                paths.LISTS / each.name,
                "states its batch neither in its name nor in its title",
                "put it in the name of the file: batch-5 or 第五批",
            )
        repeats = each.quarantine["reason"].str.startswith(SAME_ROW).sum()
        found[each.batch] = found.get(each.batch, 0) + len(each.quarantine) - int(repeats)
    return found


def statements(read: ListsRead) -> list[dict[str, str]]:
    """What official blockchain lists say, as rows of the ledger (all columns, all text).

    For each batch listed: services and entities of each of the 31 provinces and of the nation,
    exactly. Entities also for each run of batches from the first (1-2, 1-3 …) that is listed in
    full. Where rows lie in quarantine the count is at least what was accepted and at most that
    and all those rows: two statements instead of one.

    Raises
    ------
    ListError
        For a blockchain list whose batch is stated nowhere, and the first of ``read.errors`` if
        there is one.
    """
    doubtful = _listed(read)
    entries = read.entries[read.entries["register"] == numbers.BLOCKCHAIN.register]
    first = entries[entries["appearance"] == 1]
    rows: list[dict[str, str]] = []
    for batch in sorted(doubtful):
        inside = first[first["batch"] == batch]["province"].value_counts()
        services = inside.reindex(places.province_names(), fill_value=0)
        rows += _said("services", str(batch), services, doubtful[batch])
        rows += _said(
            "entities", str(batch), cumulative_entities(entries, [batch]), doubtful[batch]
        )
    last = 2
    while doubtful.keys() >= set(run := range(1, last + 1)):
        room = sum(doubtful[batch] for batch in run)
        rows += _said("entities", f"1-{last}", cumulative_entities(entries, run), room)
        last += 1
    return rows


def _said(unit: str, batches: str, by_province: pd.Series, doubtful: int) -> list[dict[str, str]]:
    """Statements on one unit and selection: each province, then the nation."""
    counts = {**by_province, places.NATION: by_province.sum()}
    return [
        dict.fromkeys(ledger.COLUMNS, "")
        | {
            "id": f"list {batches} {unit} {place} {relation}",
            "source": "official list",
            "kind": "count",
            "place": place,
            "batches": batches,
            "unit": unit,
            "relation": relation,
            "value": str(value),
            "note": f"{doubtful} rows in quarantine" if doubtful else "",
        }
        for place, count in counts.items()
        for relation, value in (
            [(">=", count), ("<=", count + doubtful)] if doubtful else [("=", count)]
        )
    ]


def evidence(path: Path = paths.STATEMENTS) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The statements in force: a ledger with the official lists at hand in the place of what was
    published about their batches. Everybody who asks the register begins here.

    Returns
    -------
    The statements, and those that the lists replace.

    Raises
    ------
    LedgerError, ListError
        For a ledger or a list that can't be read.
    """
    read = read_all(paths.LISTS)
    rows = [[*ledger.COLUMNS], *([*row.values()] for row in statements(read))]
    official = ledger.from_rows(rows, "official lists")
    return ledger.replace_listed(ledger.read(path), official, _listed(read))
