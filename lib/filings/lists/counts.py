"""What official lists count: by province, by division code, and as statements of the ledger."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from filings import ledger, paths, places
from filings.ledger import Statement
from filings.lists import numbers
from filings.lists.entries import SAME_ROW, ListRead, ListsRead, read_all
from filings.lists.errors import ListError

UNITS = ("services", "entities")


def counts(entries: pd.DataFrame) -> pd.DataFrame:
    """Services and entities by list and province: list, batch, province, services, entities.

    All 31 provinces of each list, zeros included. A service counts in the list where it first
    appears (``appearance`` 1), an entity once in each list and province where it has a service.
    """
    first = entries[entries["appearance"] == 1]
    grouped = first.groupby(["list", "province"], sort=False)["entity"]
    table = pd.DataFrame({"services": grouped.size(), "entities": grouped.nunique()})
    lists = entries[["list", "batch"]].drop_duplicates("list")
    every = pd.MultiIndex.from_product(
        [lists["list"], places.province_names()], names=["list", "province"]
    )
    table = table.reindex(every, fill_value=0).reset_index()
    table.insert(1, "batch", table["list"].map(lists.set_index("list")["batch"]))
    assert table["services"].sum() == len(first), "every filing lies in one of the 31 provinces"
    return table


def cumulative_entities(entries: pd.DataFrame, batches: Iterable[int]) -> pd.Series:
    """Distinct entities of these batches together, by province: all 31, zeros included.

    Not the sum over batches: an entity may file in several.
    """
    chosen = entries[(entries["appearance"] == 1) & entries["batch"].isin(list(batches))]
    found = chosen.groupby("province")["entity"].nunique()
    return found.reindex(places.province_names(), fill_value=0).rename("entities")


def counts_by_code(lists: Iterable[ListRead]) -> pd.DataFrame:
    """Rows of the algorithm register by list, division code and class, whatever became of them.

    Columns list, division_code, class, rows, first_appearances (of a number among these lists).
    Quarantined rows count as well; an empty code marks a number that can't be split. This is how
    the counts of the register published with this project were made.
    """
    frames = []
    for each in lists:
        kept = each.entries[["list", "number", "division_code", "class_code"]]
        refused = numbers.parse_column(each.quarantine["number"])
        refused = refused.rename(columns={"text": "number"}).assign(list=each.name)
        frames += [kept, refused[kept.columns]]
    rows = pd.concat(frames, ignore_index=True).rename(columns={"class_code": "class"})
    rows["first_appearances"] = ~rows["number"].duplicated()
    grouped = rows.groupby(["list", "division_code", "class"], sort=True)
    table = grouped.agg(rows=("number", "size"), first_appearances=("first_appearances", "sum"))
    return table.reset_index()


def listed_batches(read: ListsRead) -> tuple[int, ...]:
    """The batches of the blockchain register whose lists are there, in order.

    Raises ListError for a blockchain list whose batch is stated nowhere, and the first of
    ``read.errors`` if there is one: what a list that can't be read holds is not known.
    """
    if read.errors:
        raise read.errors[0]
    found = set()
    for each in read.lists:
        if not _is_blockchain(each):
            continue
        if each.batch is None:
            raise ListError(
                paths.LISTS / each.name,
                "states its batch neither in its name nor in its title",
                "put it in the name of the file: batch-5 or 第五批",
            )
        found.add(each.batch)
    return tuple(sorted(found))


def _is_blockchain(each: ListRead) -> bool:
    """Whether a list is one of the blockchain register; one with no entry at all counts as such."""
    registers = set(each.entries["register"])
    return numbers.BLOCKCHAIN.register in registers or not registers


def statements(read: ListsRead) -> list[dict[str, str]]:
    """What official blockchain lists say, as rows of the ledger (all columns, all text).

    For each batch listed: services and entities of each of the 31 provinces and of the nation,
    exactly. Entities also for each run of batches from the first (1-2, 1-3 …) that is listed in
    full. Where rows lie in quarantine the count is at least what was accepted and at most that
    and all those rows: two statements instead of one. A row that repeats another is no such row.
    """
    batches = listed_batches(read)
    entries = read.entries[read.entries["register"] == numbers.BLOCKCHAIN.register]
    first = entries[entries["appearance"] == 1]
    doubtful = {batch: 0 for batch in batches}
    for each in read.lists:
        if _is_blockchain(each):
            repeats = each.quarantine["reason"].str.startswith(SAME_ROW).sum()
            doubtful[each.batch] += len(each.quarantine) - int(repeats)
    rows: list[dict[str, str]] = []
    for batch in batches:
        inside = first[first["batch"] == batch]["province"].value_counts()
        services = inside.reindex(places.province_names(), fill_value=0)
        rows += _said("services", str(batch), services, doubtful[batch])
        entities = cumulative_entities(entries, [batch])
        rows += _said("entities", str(batch), entities, doubtful[batch])
    for last in range(2, len(batches) + 1):
        run = range(1, last + 1)
        if batches[:last] == tuple(run):
            open_rows = sum(doubtful[batch] for batch in run)
            rows += _said("entities", f"1-{last}", cumulative_entities(entries, run), open_rows)
    return rows


def _said(unit: str, batches: str, by_province: pd.Series, doubtful: int) -> list[dict[str, str]]:
    """Statements on one unit and selection: each province, then the nation."""
    said = []
    total = pd.Series({places.NATION: by_province.sum()})
    for place, count in pd.concat([by_province, total]).items():
        bounds = [("=", count)] if not doubtful else [(">=", count), ("<=", count + doubtful)]
        for relation, value in bounds:
            said.append(
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
            )
    return said


def evidence(path: Path = paths.STATEMENTS) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The statements in force: a ledger with the official lists at hand in the place of what was
    published about their batches. Everybody who asks the register begins here.

    Returns the statements, and those that the lists replace. Raises LedgerError and ListError.
    """
    read = read_all(paths.LISTS)
    rows = statements(read)
    official = ledger.from_rows(
        [list(ledger.COLUMNS), *(list(row.values()) for row in rows)], "official lists"
    )
    return ledger.replace_listed(ledger.read(path), official, listed_batches(read))
