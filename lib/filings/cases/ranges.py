"""What the register says of a place: counts, shares and ranks with their ranges."""

import pandas as pd

from filings import ledger, places
from filings.bounds import Bounds, IdentifiedSet, Sum
from filings.cases.record import statement_outcomes
from filings.ledger import parse_batches, write_batches

SELECTIONS = ("1", "2", "3", "4", "5", "1-3", "1-5")
"""The single batches with a known total, and the two runs most statements speak of."""

YEAR = 2020
"""The year of the population and GDP that counts are set against: the middle of batches 1 to 5."""


def services(place: str, selection: str) -> Sum:
    """The question how many services the place has in a selection of batches (3, 1-3)."""
    return Sum("services", (place,), parse_batches(selection))


def register(*names: str) -> IdentifiedSet:
    """All tables that agree with the statements that notebook 01 kept, for asking of the places."""
    outcome = statement_outcomes()["status"]
    kept = [s for s in ledger.read() if outcome[s.id] == "used"]
    asked = [services(name, selection) for name in names for selection in SELECTIONS]
    return IdentifiedSet(kept, asked)


def selections(register: IdentifiedSet, place: str) -> tuple[str, ...]:
    """``SELECTIONS``, and whatever else a kept statement on the place speaks of."""
    more = {s.batches for s in register.statements if place in s.places} - {()}
    written = [write_batches(batches) for batches in sorted(more, key=lambda b: (len(b), b))]
    return tuple(dict.fromkeys([*SELECTIONS, *written]))


def counts(register: IdentifiedSet, place: str) -> pd.DataFrame:
    """Services and filers of the place, its province and the country, by selection of batches.

    Columns ``place``, ``unit``, ``batches``, ``low``, ``high`` (missing: open above), ``basis``.
    Filers only where a kept statement counts filers of the place.
    """
    rows = []
    around = dict.fromkeys([place, places.province_of(place), places.NATION])
    filers = {
        write_batches(s.batches)
        for s in register.statements
        if s.unit == "entities" and s.kind == "count" and place in s.places
    }
    for selection in selections(register, place):
        rows += [("services", name, selection) for name in around]
        rows += [("entities", name, selection) for name in around if selection in filers]
    found = register.bounds(Sum(unit, (at,), parse_batches(b)) for unit, at, b in rows)
    table = pd.DataFrame(rows, columns=["unit", "place", "batches"])
    return table.assign(
        low=[answer.low for answer in found],
        high=pd.array([answer.high for answer in found], dtype="Int64"),
        basis=[answer.basis for answer in found],
    )


def share(register: IdentifiedSet, place: str, of: str, selection: str) -> Bounds:
    """Bounds of a place's share of the services of another, between 0 and 1."""
    return register.ratio(services(place, selection), services(of, selection))


def rank(register: IdentifiedSet, place: str, selection: str) -> Bounds:
    """Bounds of a place's rank by services: of a province among the 31, else of its level.

    Of cities and districts the statements name but a few, so nothing bounds their rank from
    above: ``high`` is None, and ``low`` counts those that are certainly ahead.
    """
    found = register.rank(place, parse_batches(selection))
    if places.find(place).level == "province":
        return found
    return Bounds(found.low, None, found.proven)


def per_size(found: Bounds, province: str) -> dict[str, tuple[float, float]]:
    """Services per million residents, and per 100 billion yuan of GDP, of the year ``YEAR``.

    ``found`` is the range of the province's services; each value is (low, high).
    """
    row = places.provinces().loc[province]
    sizes = {
        "per million residents": row[f"population_10k_{YEAR}"] / 100,
        "per 100 billion yuan of GDP": row[f"gdp_100m_yuan_{YEAR}"] / 1000,
    }
    return {name: (found.low / size, found.high / size) for name, size in sizes.items()}


def in_context(table: pd.DataFrame) -> pd.DataFrame:
    """Counts by single batch as the figure ``place_in_context`` takes them."""
    single = table[(table["unit"] == "services") & table["batches"].isin(SELECTIONS[:5])]
    single = single.assign(
        label_en=[places.english(name) for name in single["place"]], label_zh=single["place"]
    )
    order = {name: k for k, name in enumerate(dict.fromkeys(table["place"]))}
    single = single.assign(order=single["place"].map(order))
    single = single.sort_values(["order", "batches"], kind="stable")
    return single[["label_en", "label_zh", "unit", "batches", "low", "high"]]


def compared(register: IdentifiedSet, names: tuple[str, ...]) -> pd.DataFrame:
    """Places side by side, one row each, by place.

    ``services`` and ``share`` of the country, for batches 1-3 and 1-5, and ``per_million``
    residents in batches 1–5 (None below provinces) are (low, high) pairs; ``rank 1-3`` is a Bounds.
    """
    rows = {}
    for name in names:
        row = {}
        for selection in ("1-3", "1-5"):
            found = register.sum(services(name, selection))
            row[f"services {selection}"] = (found.low, found.high)
            part = share(register, name, places.NATION, selection)
            row[f"share {selection}"] = (part.low, part.high)
            if selection == "1-5":
                row["per_million"] = (
                    per_size(found, name)["per million residents"]
                    if places.find(name).level == "province"
                    else None
                )
        rows[name] = row | {"rank 1-3": rank(register, name, "1-3")}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("place")
