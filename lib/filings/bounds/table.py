"""Questions, answers and tables of counts: what the other files of this room talk about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from filings import places
from filings.ledger import KINDS, UNITS, Batches, Rule, Statement, parse_places


@dataclass(frozen=True, init=False)
class Sum:
    """A question: how many services or entities the places have in the batches together.

    Entities of several batches are distinct filers, not the sum of the batches.

    Parameters
    ----------
    unit
        "services" or "entities".
    places, batches
        Places are given by their short names, batches by their numbers.
    """

    unit: str
    places: tuple[str, ...]
    batches: Batches

    def __init__(self, unit: str, places: Iterable[str], batches: Iterable[int]):
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "places", tuple(places))
        object.__setattr__(self, "batches", Batches(batches))

    @classmethod
    def parse(cls, query: str) -> "Sum":
        """The sum written ``unit:places:batches`` (services:四川+重庆:2-3).

        Raises
        ------
        ValueError
            Another form, a unit, a place or a batch that there is not.
        """
        parts = query.split(":")
        if len(parts) != 3:
            raise ValueError(f"query {query!r} is not of the form unit:places:batches")
        if parts[0] not in UNITS:
            raise ValueError(f"query {query!r}: unit {parts[0]!r} is not services or entities")
        return cls(parts[0], parse_places(parts[1]), Batches.parse(parts[2]))

    def __str__(self) -> str:
        return f"{self.unit}:{'+'.join(self.places)}:{self.batches}"


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest value over all tables that agree with the evidence.

    Attributes
    ----------
    low, high
        Each is attained by some table. None where nothing bounds it: the high end of what is open
        above, the low end of a difference.
    proven
        False where the solver stopped at a limit, or where filers obey more laws than the rows
        hold (see ``Model``): the ends are then outer bounds.
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

    def whole(self) -> tuple[int, int]:
        """Both ends of a number of filings. Raises ValueError where one is open."""
        if self.low is None or self.high is None:
            raise ValueError("a sum that is open above has no list of values")
        return int(self.low), int(self.high)


@dataclass(frozen=True)
class Table:
    """One full register of counts: for every place and selection of batches, a whole number.

    Attributes
    ----------
    counts
        (unit, batches) → place → count, for provinces, the named cities and districts below them,
        and 全国. Units are ``services``, ``entities`` and ``multi``, the entities with two or more
        services. Services of several batches add up and need no entry.
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
            said.setdefault(unit, {})[str(Batches(batches))] = there
        return said

    def over_provinces(self, unit: str, batches: Iterable[int]) -> pd.Series:
        """Counts of the 31 provinces in code order."""
        names, chosen = places.province_names(), Batches(batches)
        return pd.Series({name: self.value(Sum(unit, (name,), chosen)) for name in names})

    # --- what the rules of `filings.ledger.kinds` ask of counts ---

    def sum(self, unit: str, names: Sequence[str], batches: Sequence[int]) -> int:
        """How many the places have together."""
        return self.value(Sum(unit, names, batches)) if batches else 0

    def named(self) -> Iterable[str]:
        """Every place that it counts."""
        return next(iter(self.counts.values())).keys()

    def coverage(self, batches: Sequence[int]) -> int:
        """How many provinces have a service."""
        return sum(self.sum("services", (p,), batches) > 0 for p in places.province_names())

    def others(self, comparison: str, unit: str, place: str, batches: Sequence[int]) -> int:
        """How many other places of its level are above it (>), or not below it (>=)."""
        level, mine = places.find(place).level, self.sum(unit, (place,), batches)
        rest = (n for n in self.named() if n != place and places.find(n).level == level)
        least = mine + 1 if comparison == ">" else mine
        return sum(self.sum(unit, (name,), batches) >= least for name in rest)

    def lead(self, unit: str, more: str, less: str, batches: Sequence[int]) -> int:
        """By how much the first place is above the second."""
        return self.sum(unit, (more,), batches) - self.sum(unit, (less,), batches)

    def parts(self, names: Sequence[str]) -> Iterable[str]:
        """The places themselves, or the provinces of the nation."""
        return places.province_names() if tuple(names) == (places.NATION,) else names

    def knows(self, unit: str, batches: Sequence[int]) -> bool:
        """Whether it counts that unit for the selection."""
        return (unit, tuple(batches)) in self.counts

    def most(self, names: Sequence[str], batches: Sequence[int]) -> None:
        """Counts do not show what single filers have."""

    def somewhere(self, cases: Iterable[Sequence[tuple[int, int]]]) -> Rule[int]:
        """In one case at least, each number is its least value or more."""
        yield any(all(number >= least for number, least in case) for case in cases), 1, None


def holds(statement: Statement, table: Table) -> bool:
    """True if the statement is true of the table.

    Raises
    ------
    ValueError
        The statement is of a kind that puts no constraint on counts.

    Notes
    -----
    ``max_per_entity`` and a city's rank are checked only as far as counts can show them.
    """
    kind = KINDS[statement.kind]
    if not kind.binds:
        raise ValueError(f"kind {statement.kind!r} puts no constraint on counts")
    return all(
        (low is None or low <= number) and (high is None or number <= high)
        for number, low, high in kind.rule(statement, table)
    )
