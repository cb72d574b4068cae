"""Attained ranges of measures that are not linear.

With the total T of a selection known, each measure over the 31 provinces is a sum of known
functions of whole numbers:

- HHI: Σ x² / T²; Theil T: Σ x·ln x / T + ln(31/T); CRk: the k largest / T; Gini: Σ (32 − 2k)·x[k] /
  (31·T), with x[k] the k-th largest. They depend on the counts from the largest down alone, and
  ``ordered`` finds their ends.
- The between part of Theil T: Σ X·ln(X/n) / T + ln(31/T) over regions X with n provinces; its
  within part: the difference of the two. A function that is convex on the whole numbers is
  minimised by adding up its steps between neighbours, which is exact and needs no switches;
  otherwise its values are listed, one switch for each. The end is first sought without distinct
  entities over several batches: fewer rows, so it is not too narrow, and it counts if some table
  of the whole register has the same counts of the provinces.

Where T itself is not known, the measure is sought for every T it can have. Every end is the measure
of a witness table, computed by ``filings.measures``.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from filings import measures, paths, places
from filings.bounds.model import Model
from filings.bounds.ordered import Function, Ordered, squares
from filings.bounds.program import (
    SECONDS,
    Form,
    Outcome,
    Program,
    Rows,
    add,
    image,
    outermost,
    solved,
    value_at,
)  # fmt: skip
from filings.bounds.table import Bounds, Sum, Table
from filings.ledger import Batches

_MOST_TOTALS = 400
_GROUPS = np.array([places.provinces().at[p, "region_en"] for p in places.province_names()])


def _cr(k: int) -> Callable[[np.ndarray], float]:
    return lambda counts: measures.concentration_ratio(counts, k)


MEASURES: dict[str, Callable[[np.ndarray], float]] = {
    "hhi": measures.hhi,
    "effective_number": measures.effective_number,
    "gini": measures.gini,
    "theil": measures.theil,
    "theil_between": lambda counts: measures.theil_between(counts, _GROUPS),
    "theil_within": lambda counts: measures.theil_within(counts, _GROUPS),
    **{f"cr{k}": _cr(k) for k in range(1, 32)},
}
"""Name → function of the 31 counts."""


def parse_measure(query: str) -> tuple[str, Batches]:
    """Name and batches of a measure written ``name:batches`` (gini:1-3). Raises ValueError."""
    name, colon, batches = query.partition(":")
    if not colon:
        raise ValueError(f"query {query!r} is not of the form name:batches")
    _known(name)
    return name, Batches.parse(batches)


def proven_before(path: Path = paths.MEASURES) -> dict[tuple[str, Batches], Bounds]:
    """The ranges of measures of services that notebook 02 found, by name and batches."""
    if not path.exists():
        return {}
    found = pd.read_csv(path, dtype={"batches": str})
    return {
        (row.measure, Batches.parse(row.batches)): Bounds(row.low, row.high, row.proven)
        for row in found[found["unit"] == "services"].itertuples()
    }


def _known(name: str) -> None:
    if name not in MEASURES:
        raise ValueError(
            f"unknown measure {name!r}; use hhi, effective_number, gini, theil, theil_between, "
            "theil_within or cr1 to cr31"
        )


def _entropy(values: np.ndarray) -> np.ndarray:
    return values * np.log(np.maximum(values, 1))


_POSITIONS: dict[str, Function] = {
    "hhi": squares,
    "theil": lambda k, values: _entropy(values),
    "gini": lambda k, values: (32 - 2 * k) * values,
}
"""What the k-th largest count adds to a measure that depends on nothing else."""


@dataclass(frozen=True)
class Asked:
    """A measure's question: the 31 counts of its model, their ranges, and for each province the
    first one that is like it. The model is grown by what is asked.
    """

    model: Model
    provinces: Sequence[Sum]
    cells: Sequence[Bounds]
    alike: Sequence[str]
    _narrowed: dict = field(default_factory=dict, repr=False, compare=False)
    _ordered: dict = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self):
        _ = self.present  # grows the rows, before any copy of them is taken

    @cached_property
    def forms(self) -> list[Form]:
        """The counts as forms over the model's columns."""
        return [self.model.form(province) for province in self.provinces]

    @cached_property
    def present(self) -> list[int]:
        """For each province the switch that is 1 if it has a service in the batches at all."""
        return list(self.model.coverage(self.provinces[0].batches))

    def with_total(self, whole: int, regions: bool) -> tuple[Rows, list[Bounds]] | None:
        """Rows of the model where the counts add up to ``whole`` and interchangeable provinces
        come in falling order, and the ranges that this leaves; None if the relaxation has no point.
        """
        key = whole, regions
        if key not in self._narrowed:
            rows = self.model.rows.copy()
            rows.row(add(*((1, form) for form in self.forms)), whole, whole)
            for more, less in self._interchangeable(regions):
                rows.row(add((1, self.forms[more]), (-1, self.forms[less])), low=0)
            rows = rows.narrowed()
            cells = self._narrow(Program(rows, relaxed=True))
            self._narrowed[key] = cells and (rows, cells)
        return self._narrowed[key]

    def _narrow(self, relaxed: Program) -> list[Bounds] | None:
        if not relaxed.feasible():
            return None
        cells = []
        for form, cell in zip(self.forms, self.cells, strict=True):
            low, high = cell.low, cell.high
            if low != high:
                ends = outermost(*(relaxed.optimise(form, end).value for end in ("low", "high")))
                low, high = max(low, ends[0]), min(high, ends[1])
                if low > high:
                    return None
            cells.append(Bounds(low, high))
        return cells

    def _interchangeable(self, regions: bool) -> list[tuple[int, int]]:
        """Neighbours among provinces that can trade places (in one region, where those matter).

        The solver may take each to have at least as much as the next.
        """
        last: dict[tuple, int] = {}
        pairs = []
        for number, name in enumerate(self.alike):
            key = name, _GROUPS[number] if regions else ""
            if key in last:
                pairs.append((last[key], number))
            last[key] = number
        return pairs

    def ordered(self, whole: int) -> Ordered | None:
        """The counts from the largest down; None if they cannot add up to ``whole``."""
        if whole not in self._ordered:
            left = self.with_total(whole, regions=False)
            rows, cells = left or (None, None)
            self._ordered[whole] = left and Ordered(rows, self.forms, cells, self.present)
        return self._ordered[whole]

    def table(self, found: Outcome) -> tuple[np.ndarray, Table]:
        """The counts at a point, and its register."""
        counts = [round(value_at(found.point, form)) for form in self.forms]
        return np.array(counts), self.model.table(found.point)


def _by_region(rows: Rows, asked: Asked, cells: Sequence[Bounds], sense: str, within: bool) -> Form:
    """The objective of a part of Theil's T: Σ X·ln(X/n) over regions, or Σ x·ln x less that."""
    goal: Form = {}
    if within:
        for form, cell, there in zip(asked.forms, cells, asked.present, strict=True):
            images = _entropy(np.arange(cell.low, cell.high + 1)).tolist()
            goal = add((1, goal), (1, image(rows, images, form, cell.low, sense, there)))
    for region in dict.fromkeys(_GROUPS):
        inside = np.flatnonzero(region == _GROUPS)
        form = add(*((1, asked.forms[one]) for one in inside))
        low, high = (sum(getattr(cells[one], end) for one in inside) for end in ("low", "high"))
        values = np.arange(low, high + 1)
        images = (-1 if within else 1) * (_entropy(values) - values * math.log(len(inside)))
        goal = add((1, goal), (1, image(rows, images.tolist(), form, low, sense)))
    return goal


def _from_objective(name: str, value: float, total: int) -> float:
    """The measure that belongs to a value of its objective."""
    if name == "hhi":
        return value / total**2
    if name == "effective_number":
        return total**2 / value
    if name == "gini":
        return value / (31 * total)
    if name in ("theil", "theil_between"):
        return value / total + math.log(31 / total)
    return value / total


def measured(name: str, asked: Asked, total: Bounds) -> tuple[Bounds, dict[str, Table]]:
    """The range of a measure over all tables of a register, and the witness table of each end.

    ``total`` is the range of all counts together. Tables in which the total is nothing are left
    out. Raises ValueError for an unknown measure, where no statement bounds the total above, or
    where the total is nothing in every table.
    """
    _known(name)
    if total.high is None or total.high - total.low > _MOST_TOTALS:
        unit = asked.provinces[0].unit
        raise ValueError(
            f"{name}: the evidence does not bound the total of {unit} in these batches, "
            "so the measure has no range; ask for batches whose total is known"
        )
    if total.high == 0:
        raise ValueError(f"{name}: there is nothing in these batches, so nothing is concentrated")
    totals = range(max(1, total.low), total.high + 1)
    lows, highs = (
        [found for whole in totals if (found := _end(name, asked, whole, end))]
        for end in ("low", "high")
    )
    low, high = min(lows, key=lambda end: end.value), max(highs, key=lambda end: end.value)
    proven = asked.model.complete and all(end.proven for end in (*lows, *highs))
    return Bounds(low.value, high.value, proven), {"low": low.table, "high": high.table}


@dataclass(frozen=True)
class _End:
    """One end of a measure: its value, whether it is proven, and its table."""

    value: float
    proven: bool
    table: Table


def _end(name: str, asked: Asked, whole: int, end: str) -> _End | None:
    """One end of a measure for one total; None if no table has the total."""
    if name.startswith("theil_"):
        found = _regional(asked, whole, end, within=name == "theil_within")
    elif ordered := asked.ordered(whole):
        if name.startswith("cr"):
            found = ordered.largest(int(name[2:]), end)
        elif name == "effective_number":
            found = ordered.optimum(_POSITIONS["hhi"], {"low": "high", "high": "low"}[end])
        else:
            found = ordered.optimum(_POSITIONS[name], end)
    else:
        return None
    if found is None:
        return None
    counts, table = asked.table(found)
    value = MEASURES[name](counts)
    if not found.proven:
        value = _from_objective(name, found.bound, whole)
    return _End(value, found.proven, table)


def _regional(asked: Asked, whole: int, end: str, within: bool) -> Outcome | None:
    left = asked.with_total(whole, regions=True)
    if left is None:
        return None
    rows, cells = left[0].copy(), left[1]
    goal = _by_region(rows, asked, cells, end, within)
    rough = solved(rows.without(asked.model.over_several), goal, end)
    if rough is None:
        return None
    if rough.proven:
        shown = asked.model.rows.copy()
        for form in asked.forms:
            count = round(value_at(rough.point, form))
            shown.row(form, count, count)
        if found := Program(shown, seconds=SECONDS).optimise({}, "low"):
            return Outcome(rough.value, rough.bound, found.point, True)
    return solved(rows, goal, end)
