"""Attained ranges of measures that are not linear, by exact whole-number formulations.

With the total T of a selection known, each measure over the 31 provinces is a sum of known
functions of whole-number sums L (a province's count, a region's count):

- HHI: Σ x² / T²; Theil T: Σ x·ln x / T + ln(31/T); its between part: Σ X·ln(X/n) / T + ln(31/T)
  over regions X with n provinces; its within part: the difference of the two.
- CRk: the k largest. Lowest: min k·t + Σ u with u ≥ x − t, u ≥ 0; highest: the best choice of k.
- Gini: Σ |x − y| over pairs / (31·T) = (2·Σ of the k largest, k = 1 … 31, − 32·T) / (31·T). Lowest:
  each of those sums a whole number, as for CRk; highest: Σ N·(31 − N) over levels v, with N the
  number of provinces that have v or more.

A function that is convex on the whole numbers is minimised by adding up its steps between
neighbours, which is exact and needs no switches; otherwise the values of L are listed, one switch
for each. Where T itself is not known, the measure is sought for every T it can have.

Each end is first sought among the tables of a *part* of the register, the statements on few
batches: fewer rows, so no end is too narrow. It counts once some table of the whole register has
the same counts of the provinces; else the next larger part is asked, and at last the whole. Every
end is the measure of such a witness table, computed by ``filings.measures``.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from filings import measures, places
from filings.bounds.model import Model
from filings.bounds.program import Form, Outcome, Program, Rows, add, outermost, value_at
from filings.bounds.table import Bounds, Sum, Table
from filings.ledger import parse_batches

_SECONDS = 120.0
_EPS = 1e-6
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


def parse_measure(query: str) -> tuple[str, tuple[int, ...]]:
    """Name and batches of a measure written ``name:batches`` (gini:1-3). Raises ValueError."""
    name, colon, batches = query.partition(":")
    if not colon:
        raise ValueError(f"query {query!r} is not of the form name:batches")
    _known(name)
    return name, parse_batches(batches)


def _known(name: str) -> None:
    if name not in MEASURES:
        raise ValueError(
            f"unknown measure {name!r}; use hhi, effective_number, gini, theil, theil_between, "
            "theil_within or cr1 to cr31"
        )


def _entropy(x: int) -> float:
    return x * math.log(x) if x else 0.0


@dataclass(frozen=True)
class _Term:
    """weight × function(form), with the form between low and high.

    ``present``, if given, is a switch that is 1 where the form is not 0.
    """

    weight: float
    function: Callable[[int], float]
    form: Form
    low: int
    high: int
    present: int | None = None

    def add_to(self, rows: Rows, sense: str) -> Form:
        """Grow the rows by this term; returns the form that stands for it in the objective."""
        values = range(self.low, self.high + 1)
        images = [self.weight * self.function(value) for value in values]
        if len(images) <= 2:
            slope = images[-1] - images[0]
            shifted = add((slope, self.form), (images[0] - slope * self.low, {_one(rows): 1}))
            return shifted
        slopes = [b - a for a, b in pairwise(images)]
        rising, falling = (all(b >= a for a, b in pairwise(way)) for way in (slopes, slopes[::-1]))
        if rising if sense == "low" else falling:
            # The best steps are taken first, so none needs a switch.
            steps = [rows.column(0, 1, integer=False) for _ in slopes]
            rows.row(add((1, self.form), (-1, dict.fromkeys(steps, 1))), self.low, self.low)
            if self.present is not None and images[0] == self.low == 0:
                # A place that is there in part has but that part of a step: tighter, and as true.
                for step in steps:
                    rows.row({self.present: 1, step: -1}, low=0)
            taken = dict(zip(steps, slopes, strict=True))
            return add((1, taken), (images[0], {_one(rows): 1}))
        switches = [rows.binary() for _ in values]
        rows.row(dict.fromkeys(switches, 1), 1, 1)
        chosen = {switch: value for switch, value in zip(switches, values, strict=True)}
        rows.row(add((1, self.form), (-1, chosen)), 0, 0)
        return {switch: image for switch, image in zip(switches, images, strict=True) if image}


def _one(rows: Rows) -> int:
    """A column that is always 1, for constants in an objective."""
    return rows.column(1, 1)


@dataclass(frozen=True)
class Asked:
    """A measure's question to a part of the register: the 31 counts of its model, their ranges,
    and for each province the first one that is like it. The model is grown by what is asked.
    """

    model: Model
    provinces: Sequence[Sum]
    cells: Sequence[Bounds]
    alike: Sequence[str]
    _narrowed: dict = field(default_factory=dict, repr=False, compare=False)

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

    @cached_property
    def most_present(self) -> int:
        """At most so many provinces have anything."""
        highest = Program(self.model.rows, relaxed=True).optimise(
            dict.fromkeys(self.present, 1), "high"
        )
        return math.floor(highest.value + _EPS)

    def with_total(self, whole: int, groups: Sequence[str] | None) -> tuple[Rows, "Asked"]:
        """Rows of the model where the counts add up to ``whole`` and interchangeable provinces
        come in falling order, and the question with the ranges that this leaves.
        """
        key = whole, groups is None
        if key not in self._narrowed:
            rows = self.model.rows.copy()
            rows.row(add(*((1, form) for form in self.forms)), whole, whole)
            for more, less in self.interchangeable(groups):
                rows.row(add((1, self.forms[more]), (-1, self.forms[less])), low=0)
            rows = rows.narrowed()
            cells = self._narrow(Program(rows, relaxed=True))
            self._narrowed[key] = rows, Asked(self.model, self.provinces, cells, self.alike)
        rows, narrowed = self._narrowed[key]
        return rows.copy(), narrowed

    def _narrow(self, relaxed: Program) -> list[Bounds]:
        cells = list(self.cells)
        if not relaxed.feasible():
            return cells
        for number, (form, cell) in enumerate(zip(self.forms, self.cells, strict=True)):
            if cell.exact:
                continue
            low, high = outermost(*(relaxed.optimise(form, end).value for end in ("low", "high")))
            low, high = max(cell.low, low), min(cell.high, high)
            if low <= high:
                cells[number] = Bounds(low, high)
        return cells

    def interchangeable(self, groups: Sequence[str] | None) -> list[tuple[int, int]]:
        """Neighbours among provinces that can trade places (in one region, where those matter).

        The solver may take each to have at least as much as the next.
        """
        last: dict[tuple, int] = {}
        pairs = []
        for one, name in enumerate(self.alike):
            key = name, groups[one] if groups is not None else ""
            if key in last:
                pairs.append((last[key], one))
            last[key] = one
        return pairs


def _separable(functions: Callable[[Asked], list[_Term]]):
    """The objective of a measure that is a sum of functions of sums."""

    def objective(rows: Rows, asked: Asked, sense: str) -> Form:
        terms = functions(asked)
        return add(*((1, term.add_to(rows, sense)) for term in terms))

    return objective


def _provinces(weight: float, function: Callable[[int], float]):
    def terms(asked: Asked) -> list[_Term]:
        each = zip(asked.forms, asked.cells, asked.present, strict=True)
        return [_Term(weight, function, form, c.low, c.high, there) for form, c, there in each]

    return terms


def _regions(weight: float):
    def terms(asked: Asked) -> list[_Term]:
        forms, cells = asked.forms, asked.cells
        found = []
        for region in dict.fromkeys(_GROUPS):
            inside = np.flatnonzero(region == _GROUPS)
            size = len(inside)
            form = add(*((1, forms[one]) for one in inside))
            low, high = (sum(getattr(cells[one], end) for one in inside) for end in ("low", "high"))
            found.append(
                _Term(weight, lambda x, n=size: _entropy(x) - x * math.log(n), form, low, high)
            )
        return found

    return terms


def _k_largest(rows: Rows, asked: Asked, k: int) -> Form:
    """A form that is never below the k largest together, and equals them where it is made small.

    min k·t + Σ u with u ≥ x − t, u ≥ 0; the k-th largest count serves as t, so t is whole. No
    more than ``most_present`` provinces have anything, so of those whose count is open at most
    that many less the others can lose t each.
    """
    threshold = rows.column()
    total: dict[int, float] = {threshold: k}
    unsettled: Form = {}
    room = asked.most_present
    for form, cell in zip(asked.forms, asked.cells, strict=True):
        over = rows.column(integer=False)
        total[over] = 1
        rows.row(add((1, {over: 1, threshold: 1}), (-1, form)), low=0)
        if cell.low == cell.high:
            room -= cell.low > 0
        else:
            unsettled = add((1, unsettled), (1, {over: 1}), (-1, form))
    rows.row(add((1, unsettled), (room, {threshold: 1})), low=0)
    return total


def _largest(k: int):
    def objective(rows: Rows, asked: Asked, sense: str) -> Form:
        if sense == "low":
            return _k_largest(rows, asked, k)
        chosen, total = {}, {}
        for form, cell in zip(asked.forms, asked.cells, strict=True):
            switch, counted = rows.binary(), rows.column(upper=cell.high)
            chosen[switch], total[counted] = 1, 1
            rows.row(add((1, form), (-1, {counted: 1})), low=0)
            rows.row({switch: cell.high, counted: -1}, low=0)
        rows.row(chosen, k, k)
        return total

    return objective


def _sums_of_largest(rows: Rows, asked: Asked) -> Form:
    """Σ over k of the k largest together, to be made small.

    Each is a whole number, and saying so is what makes the relaxation tight.
    """
    total: dict[int, float] = {}
    for k in range(1, len(asked.forms)):
        largest = rows.column()
        total[largest] = 1
        rows.row(add((1, {largest: 1}), (-1, _k_largest(rows, asked, k))), low=0)
    return total


def _differences_by_level(rows: Rows, asked: Asked) -> Form:
    """Σ |x − y| over pairs, to be made large: at each level v, those that reach it times the rest.

    y[p,v] = 1 where x[p] ≥ v, so x[p] = Σ y; N[v] = Σ y; N·(31 − N) is concave, so its chords do.
    """
    count = len(asked.forms)
    reached: dict[int, dict[int, float]] = {}
    sure: dict[int, int] = {}
    for form, cell in zip(asked.forms, asked.cells, strict=True):
        levels = {v: rows.binary() for v in range(cell.low + 1, cell.high + 1)}
        rows.row(add((1, form), (-1, dict.fromkeys(levels.values(), 1))), cell.low, cell.low)
        for below, above in pairwise(levels.values()):
            rows.row({below: 1, above: -1}, low=0)
        for v, switch in levels.items():
            reached.setdefault(v, {})[switch] = 1
        for v in range(1, cell.low + 1):
            sure[v] = sure.get(v, 0) + 1
    total: dict[int, float] = {}
    for v in sorted({*reached, *sure}):
        at_least, switches = sure.get(v, 0), reached.get(v, {})
        term = _Term(1, lambda n, a=at_least: (n + a) * (count - n - a), switches, 0, len(switches))
        total = add((1, total), (1, term.add_to(rows, "high")))
    return total


def _gini(rows: Rows, asked: Asked, sense: str) -> Form:
    return (_sums_of_largest if sense == "low" else _differences_by_level)(rows, asked)


def _formulation(name: str):
    """How the measure is put to the solver: the objective, and regions if they matter."""
    if name in ("hhi", "effective_number"):
        return _separable(_provinces(1, lambda x: x * x)), None
    if name == "theil":
        return _separable(_provinces(1, _entropy)), None
    if name == "theil_between":
        return _separable(_regions(1)), _GROUPS
    if name == "theil_within":
        parts = _provinces(1, _entropy), _regions(-1)
        return _separable(lambda asked: [term for part in parts for term in part(asked)]), _GROUPS
    if name == "gini":
        return _gini, None
    return _largest(int(name[2:])), None


def _from_objective(name: str, sense: str, value: float, total: int) -> float:
    """The measure that belongs to a value of its objective."""
    if name == "hhi":
        return value / total**2
    if name == "effective_number":
        return total**2 / value
    if name == "gini":
        differences = value if sense == "high" else 2 * (value + total) - 32 * total
        return differences / (31 * total)
    if name in ("theil", "theil_between"):
        return value / total + math.log(31 / total)
    return value / total


def measured(
    name: str,
    asked: Sequence[Asked],
    total: Bounds,
) -> tuple[Bounds, dict[str, Table]]:
    """The range of a measure over all tables of a register, and the witness table of each end.

    ``asked`` is the question to more and more of its statements, at last to all of them, and
    ``total`` the range of all counts together. Tables in which the total is nothing are left out.
    Raises ValueError for an unknown measure, where no statement bounds the total above, or where
    the total is nothing in every table.
    """
    _known(name)
    if total.high is None or total.high - total.low > _MOST_TOTALS:
        unit = asked[0].provinces[0].unit
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
    proven = all(end.proven for end in (*lows, *highs))
    return Bounds(low.value, high.value, proven), {"low": low.table, "high": high.table}


@dataclass(frozen=True)
class _End:
    """One end of a measure: its value, whether it is proven, and its table."""

    value: float
    proven: bool
    table: Table


def _end(name: str, asked: Sequence[Asked], whole: int, end: str) -> _End | None:
    """One end of a measure for one total; None if no table has the total."""
    sense = {"low": "high", "high": "low"}[end] if name == "effective_number" else end
    objective, groups = _formulation(name)

    def program(part: Asked) -> tuple[Rows, Form]:
        rows, narrowed = part.with_total(whole, groups)
        return rows, objective(rows, narrowed, sense)

    *parts, everything = asked
    rows, goal = program(everything)
    relaxed = Program(rows, relaxed=True).optimise(goal, sense)
    if relaxed is None:
        return None
    for part in parts:
        fewer, its_goal = program(part)
        rough = Program(fewer, relaxed=True).optimise(its_goal, sense)
        if rough is None:  # the ranges of the counts, which the part holds, rule the total out
            return None
        if abs(rough.value - relaxed.value) > _EPS * max(1, abs(relaxed.value)):
            continue  # what this part leaves out matters
        found = _solved(fewer, its_goal, sense)
        if found is None:
            return None
        counts = [round(value_at(found.point, form)) for form in part.forms]
        if found.proven and (table := _table_with(everything, counts)):
            return _End(MEASURES[name](np.array(counts)), True, table)
    found = _solved(rows, goal, sense)
    if found is None:
        return None
    counts = [round(value_at(found.point, form)) for form in everything.forms]
    value = MEASURES[name](np.array(counts))
    if not found.proven:
        value = _from_objective(name, sense, found.bound, whole)
    return _End(value, found.proven, everything.model.table(found.point))


def _solved(rows: Rows, goal: Form, sense: str) -> Outcome | None:
    program = Program(rows, seconds=_SECONDS)
    program.branch_early()
    return program.optimise(goal, sense)


def _table_with(asked: Asked, counts: Sequence[int]) -> Table | None:
    """A table of the whole register in which the provinces have these counts, if there is one."""
    rows = asked.model.rows.copy()
    for form, count in zip(asked.forms, counts, strict=True):
        rows.row(form, count, count)
    found = Program(rows, seconds=_SECONDS).optimise({}, "low")
    return asked.model.table(found.point) if found else None
