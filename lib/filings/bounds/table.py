"""Questions, answers and tables of counts: what the other files of this room talk about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from filings import places
from filings.ledger import UNITS, Statement, parse_batches, parse_places, write_batches


@dataclass(frozen=True)
class Sum:
    """A question: how many services or entities the places have in the batches together.

    Entities of several batches are distinct filers, not the sum of the batches.
    """

    unit: str
    places: tuple[str, ...]
    batches: tuple[int, ...]

    @classmethod
    def parse(cls, query: str) -> "Sum":
        """The sum written ``unit:places:batches`` (services:四川+重庆:2-3). Raises ValueError."""
        parts = query.split(":")
        if len(parts) != 3:
            raise ValueError(f"query {query!r} is not of the form unit:places:batches")
        if parts[0] not in UNITS:
            raise ValueError(f"query {query!r}: unit {parts[0]!r} is not services or entities")
        return cls(parts[0], parse_places(parts[1]), parse_batches(parts[2]))

    def __str__(self) -> str:
        return f"{self.unit}:{'+'.join(self.places)}:{write_batches(self.batches)}"


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest value over all tables that agree with the evidence.

    Both ends are attained by some table; ``high`` is None where nothing bounds it above, ``low``
    None where nothing bounds it below (ratios with a whole that may be nothing). ``proven`` is
    False where the solver stopped at a limit: the ends are then outer bounds.
    """

    low: int | float | None
    high: int | float | None
    proven: bool = True

    @property
    def exact(self) -> bool:
        """True if every table agrees on the value."""
        return self.proven and self.low is not None and self.low == self.high

    @property
    def basis(self) -> str:
        """``exact``, ``range`` or ``open`` (no upper end)."""
        return "exact" if self.exact else "open" if self.high is None else "range"


@dataclass(frozen=True)
class Table:
    """One full register of counts: for every place and selection of batches, a whole number.

    ``counts`` maps (unit, batches) to the counts by place (provinces, the named cities and
    districts below them, and 全国). Units are ``services``, ``entities`` and ``multi``, the
    entities with two or more services. Services of several batches add up and need no entry.
    """

    counts: Mapping[tuple[str, tuple[int, ...]], Mapping[str, int]] = field(repr=False)

    def value(self, question: Sum) -> int:
        """This table's answer to the question. Raises KeyError for what it does not hold."""
        unit, batches = question.unit, question.batches
        selections = [(batch,) for batch in batches] if unit == "services" else [batches]
        counts = [self.counts[unit, chosen] for chosen in selections]
        return sum(each[name] for each in counts for name in question.places)

    def as_dict(self) -> dict[str, dict[str, dict[str, int]]]:
        """Unit → batches → place → count, places with nothing left out; for JSON."""
        said: dict[str, dict[str, dict[str, int]]] = {}
        for (unit, batches), counts in self.counts.items():
            there = {name: count for name, count in counts.items() if count}
            said.setdefault(unit, {})[write_batches(batches)] = there
        return said

    def over_provinces(self, unit: str, batches: tuple[int, ...]) -> pd.Series:
        """Counts of the 31 provinces in code order."""
        names = places.province_names()
        return pd.Series({name: self.value(Sum(unit, (name,), batches)) for name in names})


def holds(statement: Statement, table: Table) -> bool:
    """True if the table agrees with the statement: the contract of each kind, read literally.

    This is written without the rows that ``model`` builds, so that each can check the other.
    ``max_per_entity`` and a city's rank are checked only as far as counts can show them.
    """
    unit = "entities" if statement.unit == "entities" else "services"
    value, batches, where = statement.value, statement.batches, statement.places

    def count(names, unit=unit):
        return table.value(Sum(unit, tuple(names), batches))

    def compared(number, relation=statement.relation):
        return {"=": number == value, ">=": number >= value, "<=": number <= value}[relation]

    def several(names=where):
        """Services of the entities with two or more."""
        return count(names, "services") - count(names, "entities") + count(names, "multi")

    match statement.kind:
        case "count":
            return compared(count(where))
        case "share":
            return share_agrees(statement, count(where), count([statement.of]))
        case "share_of_multi_filers":
            return share_agrees(statement, several(), count([statement.of]))
        case "coverage":
            return compared(sum(count([name]) > 0 for name in places.province_names()))
        case "order":
            chain = [*(count([name]) for name in value)]
            rest = [count([name]) for name in rivals(value, table.counts["services", batches[:1]])]
            return chain == sorted(chain, reverse=True) and chain[-1] >= max(rest, default=0)
        case "leaders":
            rest = [count([name]) for name in places.province_names() if name not in value]
            return min(count([name]) for name in value) >= max(rest)
        case "rank":
            mine = count(where)
            level = places.find(where[0]).level
            others = [
                count([name])
                for name in table.counts["services", batches[:1]]
                if name not in where and places.find(name).level == level
            ]
            not_below = level != "province" or sum(o >= mine for o in others) >= value - 1
            above = sum(o > mine for o in others) <= value - 1
            return {"=": not_below and above, "<=": above, ">=": not_below}[statement.relation]
        case "first_batch":
            has = {
                batch: table.value(Sum("services", where, (batch,))) > 0
                for batch in range(1, value + 1)
            }
            before = any(has[batch] for batch in range(1, value))
            return {"=": has[value] and not before, "<=": has[value] or before, ">=": not before}[
                statement.relation
            ]
        case "multi_filers":
            return compared(count(where, "multi"))
        case "single_filers":
            return compared(count(where, "entities") - count(where, "multi"))
        case "services_of_multi_filers":
            return compared(several())
        case "max_per_entity":
            names = places.province_names() if where == (places.NATION,) else where
            cells = [(count([name], "services"), count([name], "entities")) for name in names]
            nowhere_more = all(services <= value * entities for services, entities in cells)
            return nowhere_more and any(e and s >= e + value - 1 for s, e in cells)
    raise ValueError(f"kind {statement.kind!r} puts no constraint on counts")


def rivals(named: tuple[str, ...], known) -> list[str]:
    """Places an order ranks below those it names: of a level it names, and holding none of them."""
    levels = {places.find(name).level for name in named}
    holders = set(named)
    for name in named:
        holders.update(places.ancestors(name))
    return [name for name in known if name not in holders and places.find(name).level in levels]


def share_limits(statement: Statement) -> tuple[int, int, int]:
    """(scale, low, high): the count x of a whole X agrees if low·X <= scale·x < high·X.

    An author who prints v with d decimals has rounded (v − ½ unit to v + ½ unit) or cut (v to
    v + 1 unit of the last decimal); both readings are honoured, so the share lies in
    [v − ½ unit, v + 1 unit). All three numbers are whole.
    """
    decimals = max(0, -statement.value.as_tuple().exponent)
    shown = int(statement.value * 10**decimals)
    return 200 * 10**decimals, 2 * shown - 1, 2 * shown + 2


def share_agrees(statement: Statement, part: int, whole: int) -> bool:
    """True if part of whole prints as the statement's percentage, rounded or cut."""
    if statement.relation != "=":
        percent, least = 100 * Decimal(part), statement.value * whole
        return percent >= least if statement.relation == ">=" else percent <= least
    scale, low, high = share_limits(statement)
    return low * whole <= scale * part < high * whole
