"""The counts of a question from the largest down, and the ends of what depends on them alone.

HHI, Theil's T, the Gini coefficient and the k largest are each a sum over positions of a known
function of the position and the count there. Their ends are found in three steps:

- an outer set: for each k the lowest and the highest sum of the k largest, by the relaxation of a
  linear program; for each value the fewest and the most provinces that can have it or more; the
  counts that are exact;
- a dynamic program over it, from the largest value down. Its state is how many provinces have been
  given their count, and what these add up to;
- one program for a table in which the provinces have the counts found, in whatever order. If there
  is one, the end is attained and exact.

If there is none, one of the sums is made exact where the counts found reach it, and at last the
counts are sought with a switch for each value a province can have, of which the dynamic program
leaves few.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from filings.bounds.program import (
    INF,
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
from filings.bounds.table import Bounds

_EPS = 1e-9

Function = Callable[[int, np.ndarray], np.ndarray]
"""What the counts at a position (from 1) add, for an array of them."""


def squares(k: int, values: np.ndarray) -> np.ndarray:
    """What a count adds to the sum of squares, whatever its position."""
    return values**2


class Ordered:
    """What the counts can be, from the largest down.

    ``rows`` fix their total and have a table; ``forms`` are the counts, ``cells`` their ranges and
    ``present`` the switches that are 1 where a count is not 0. Raises ValueError if the relaxation
    has no point.
    """

    def __init__(
        self,
        rows: Rows,
        forms: Sequence[Form],
        cells: Sequence[Bounds],
        present: Sequence[int],
    ):
        self.rows, self.forms, self.cells = rows, forms, cells
        self.count = len(forms)
        lows, highs = (np.array([[getattr(c, end)] for c in cells]) for end in ("low", "high"))
        values = np.arange(highs.max() + 2)
        self.fewest, self.most = (lows >= values).sum(axis=0), (highs >= values).sum(axis=0)
        relaxed, there = Program(rows, relaxed=True), dict.fromkeys(present, 1)
        some = outermost(*(relaxed.optimise(there, end).value for end in ("low", "high")))
        self.fewest[1], self.most[1] = max(self.fewest[1], some[0]), min(self.most[1], some[1])
        self.certain = np.bincount(lows[lows == highs], minlength=len(values) - 1)
        self._programs: dict[tuple[str, bool], tuple[Program, Callable[[int], Form]]] = {}
        self.sums = {"low": [0], "high": [0]}
        for end, sums in self.sums.items():
            found = [self._sum(k, end, relaxed=True).value for k in range(1, self.count + 1)]
            sums += [outermost(value, value)[0 if end == "low" else 1] for value in found]
        self._exact: set[tuple[int, str]] = set()
        self._met: dict[tuple[int, ...], np.ndarray] = {}
        self._never: set[tuple[int, ...]] = set()
        self._optima: dict[tuple[Function, str], Outcome | None] = {}

    # --- the k largest -------------------------------------------------------------------------

    def _sum(self, k: int, end: str, relaxed: bool = False) -> Outcome | None:
        """The lowest or highest sum of the k largest."""
        if (end, relaxed) not in self._programs:
            rows = self.rows.copy()
            form = self._lowest_sums(rows) if end == "low" else self._highest_sums(rows)
            program = Program(rows, relaxed, SECONDS)
            program.branch_early()
            self._programs[end, relaxed] = program, form
        program, (size, form) = self._programs[end, relaxed]
        if end == "high":
            program.limit(np.array([size]), np.array([float(k)]), np.array([float(k)]))
            return program.optimise(form, end)
        return program.optimise(add((1, form), (k, {size: 1})), end)

    def _lowest_sums(self, rows: Rows) -> tuple[int, Form]:
        """A column t and a form u: the k largest are min k·t + u with u = Σ max(x − t, 0).

        The k-th largest count serves as t, so t is whole. Only so many provinces have anything, so
        of those whose count is open at most that many less the others can lose t each.
        """
        threshold, total = rows.column(), {}
        unsettled: Form = {}
        room = int(self.most[1])
        for form, cell in zip(self.forms, self.cells, strict=True):
            over = rows.column(integer=False)
            total[over] = 1
            rows.row(add((1, {over: 1, threshold: 1}), (-1, form)), low=0)
            if cell.low == cell.high:
                room -= cell.low > 0
            else:
                unsettled = add((1, unsettled), (1, {over: 1}), (-1, form))
        rows.row(add((1, unsettled), (room, {threshold: 1})), low=0)
        return threshold, total

    def _highest_sums(self, rows: Rows) -> tuple[int, Form]:
        """A column k and a form: the best choice of k counts."""
        size, total = rows.column(0, self.count), {}
        chosen: Form = {size: -1}
        for form, cell in zip(self.forms, self.cells, strict=True):
            switch, counted = rows.binary(), rows.column(upper=cell.high)
            chosen[switch], total[counted] = 1, 1
            rows.row(add((1, form), (-1, {counted: 1}), (cell.low, {switch: 1})), low=cell.low)
            rows.row({switch: cell.high, counted: -1}, low=0)
        rows.row(chosen, 0, 0)
        return size, total

    def largest(self, k: int, end: str) -> Outcome | None:
        """The lowest or highest sum of the k largest, and a table that has it."""
        bound = self.sums[end][k]
        for counts, point in self._met.items():
            if sum(counts[:k]) == bound:
                return Outcome(bound, bound, point, True)
        found = self._sum(k, end)
        if found is None:
            return None
        self._exact.add((k, end))
        self._meet(found.point)
        self.sums[end][k] = outermost(found.bound, found.bound)[0 if end == "low" else 1]
        return found

    def _counts(self, point: np.ndarray) -> tuple[int, ...]:
        counts = (round(value_at(point, form)) for form in self.forms)
        return tuple(sorted(counts, reverse=True))

    def _meet(self, point: np.ndarray) -> np.ndarray:
        return self._met.setdefault(self._counts(point), point)

    def majorizing(self, end: str) -> Outcome | None:
        """A table whose k largest add up to the lowest or the highest for every k; None if none is.

        It is the least, or the most, concentrated of all by every measure that a transfer from a
        smaller to a larger count never lowers, so if there is one, it has the end of the squares.
        """
        found = self.optimum(squares, end)
        if found is None or not found.proven:
            return None
        beyond = operator.gt if end == "high" else operator.lt
        sums = np.cumsum(self._counts(found.point)).tolist()
        if any(any(map(beyond, np.cumsum(met).tolist(), sums)) for met in self._met):
            return None
        for k, reached in enumerate(sums, start=1):
            if self._furthest(k, end) != reached and self.largest(k, end).bound != reached:
                return None
        return found

    def _furthest(self, k: int, end: str) -> int:
        """The lowest or highest sum of the k largest over the outer set."""
        gain = self._gain(lambda at, values: values * (at <= k), end)
        return sum(self._best(self._stages(gain), gain)[:k])

    # --- sums over positions -------------------------------------------------------------------

    def optimum(self, function: Function, end: str) -> Outcome | None:
        """The lowest or highest sum of the function over positions; None if no table exists."""
        if (function, end) not in self._optima:
            self._optima[function, end] = self._sought(function, end)
        return self._optima[function, end]

    def _gain(self, function: Function, end: str) -> np.ndarray:
        """What is to be as large as it can be, by position and value."""
        sign, values = 1 if end == "high" else -1, np.arange(len(self.certain))
        return np.array([sign * function(k, values) for k in range(self.count + 1)], float)

    def _sought(self, function: Function, end: str) -> Outcome | None:
        sign, gain = 1 if end == "high" else -1, self._gain(function, end)

        def worth(counts: Sequence[int]) -> float:
            return sum(gain[k, value] for k, value in enumerate(counts, start=1))

        for last in (False, True):
            stages = self._stages(gain)
            counts = self._best(stages, gain)
            if counts is None:
                return None
            best = max(self._met, key=worth, default=None)
            if best is not None and worth(best) >= worth(counts) - _EPS:
                counts = best
            point = self._show(counts)
            if point is not None:
                value = sign * worth(counts)
                return Outcome(value, value, point, True)
            if last or end == "low" or not self._tighten(counts):
                break
        floor = max(map(worth, self._met), default=-np.inf)
        rows = self.rows.copy()
        goal = self._levels(rows, *self._reached(stages, gain, floor), sign * gain, end)
        if self._met:
            cut = sign * (floor - 1e-3)
            rows.row(goal, *((cut, INF) if end == "high" else (-INF, cut)))
        found = solved(rows, goal, end)
        if found is None:
            return None
        self._meet(found.point)
        bound = found.bound if found.proven else sign * min(sign * found.bound, worth(counts))
        return replace(found, bound=bound)

    def _tighten(self, counts: Sequence[int]) -> bool:
        """Make the highest sums exact that these counts reach, up to the first that is lowered."""
        highest = self.sums["high"]
        for k, reached in enumerate(np.cumsum(counts).tolist(), start=1):
            if highest[k] == reached and (k, "high") not in self._exact:
                self.largest(k, "high")
                if highest[k] < reached:
                    return True
        return False

    def _stages(self, gain: np.ndarray) -> list[np.ndarray]:
        """For each value, what those who have it or more add at most: [how many, their sum].

        Sums are told from the lowest of so many largest on. −∞ is where nothing leads.
        """
        width = max(high - low for low, high in zip(*self.sums.values(), strict=True)) + 1
        state = np.full((self.count + 1, max(width, 1)), -np.inf)
        state[0, 0] = 0
        stages = [state]
        for value in range(len(self.certain) - 1, -1, -1):
            state = state.copy()
            for _ in range(self.certain[value]):
                for k in range(self.count, 0, -1):
                    state[k] = self._given(state[k - 1], k, value, gain)
                state[0] = -np.inf
            for k in range(1, self.most[value] + 1):
                np.maximum(state[k], self._given(state[k - 1], k, value, gain), out=state[k])
            state[: self.fewest[value]] = state[self.most[value] + 1 :] = -np.inf
            stages.append(state)
        return stages[::-1]

    def _given(self, state: np.ndarray, k: int, value: int, gain: np.ndarray) -> np.ndarray:
        """The states of k provinces that follow if the k-th largest count is the value."""
        low, high = self.sums["low"], self.sums["high"]
        moved = _moved(state, low[k - 1] + value - low[k]) + gain[k, value]
        moved[max(0, high[k] - low[k] + 1) :] = -np.inf
        return moved

    def _best(self, stages: list[np.ndarray], gain: np.ndarray) -> tuple[int, ...] | None:
        """The counts that add most, largest first."""
        low = self.sums["low"]
        k, total = self.count, low[self.count]
        if stages[0][k, 0] == -np.inf:
            return None
        counts: list[int] = []
        for value, above in enumerate(stages[1:]):
            best, added = (-np.inf, 0), 0.0
            for many in range(k + 1):
                left, before = k - many, total - many * value
                if not 0 <= before - low[left] <= self.sums["high"][left] - low[left]:
                    break
                if many >= self.certain[value]:
                    best = max(best, (above[left, before - low[left]] + added, many))
                added += gain[left, value]
            many = best[1]
            k, total = k - many, total - many * value
            counts += [value] * many
        return tuple(counts[::-1])

    def _reached(
        self, stages: list[np.ndarray], gain: np.ndarray, floor: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The fewest and the most that have each value or more where the counts add the floor."""
        low, high = self.sums["low"], self.sums["high"]
        fewest, most = np.zeros_like(self.fewest), np.zeros_like(self.most)
        rest = np.full_like(stages[0], -np.inf)
        rest[self.count, 0] = 0

        def taken(k: int, value: int) -> np.ndarray:
            state = rest[k].copy()
            state[max(0, high[k] - low[k] + 1) :] = -np.inf
            return _moved(state, low[k] - low[k - 1] - value) + gain[k, value]

        for value, state in enumerate(stages[:-1]):
            many = np.flatnonzero((state + rest > floor - _EPS).any(axis=1))
            fewest[value], most[value] = many[0], many[-1]
            rest[: fewest[value]] = rest[most[value] + 1 :] = -np.inf
            for k in range(self.count, 0, -1):
                rest[k - 1] = np.maximum(rest[k - 1], taken(k, value))
            for _ in range(self.certain[value]):
                for k in range(1, self.count + 1):
                    rest[k - 1] = taken(k, value)
                rest[self.count] = -np.inf
        return fewest, most

    # --- tables that have the counts -----------------------------------------------------------

    def _show(self, counts: tuple[int, ...]) -> np.ndarray | None:
        """A point at which the provinces have these counts in some order, if there is one."""
        if counts not in self._met and counts not in self._never:
            rows = self.rows.copy()
            reach = (np.array(counts)[:, None] >= np.arange(len(self.fewest))).sum(axis=0)
            self._levels(rows, reach, reach)
            found = solved(rows, {}, "low", sure=False)
            if found is None:
                self._never.add(counts)
            else:
                self._meet(found.point)
        return self._met.get(counts)

    def _levels(
        self,
        rows: Rows,
        fewest: np.ndarray,
        most: np.ndarray,
        function: np.ndarray | None = None,
        end: str = "low",
    ) -> Form:
        """Grow the rows so that for each value so many have it or more; returns the objective.

        Each province has a switch for each value it can have, and N[v], how many have v or more,
        follows from the largest value down. A sum over positions is one over values of
        Σ f(k, v) − f(k, v − 1) for k = 1 … N[v].
        """
        values = [v for v in range(len(fewest) - 1) if most[v] > fewest[v + 1]]
        having: dict[int, dict[int, float]] = {value: {} for value in values}
        for form, cell in zip(self.forms, self.cells, strict=True):
            switches = {v: rows.binary() for v in values if cell.low <= v <= cell.high}
            rows.row(dict.fromkeys(switches.values(), 1), 1, 1)
            chosen = {switch: value for value, switch in switches.items()}
            rows.row(add((1, form), (-1, chosen)), 0, 0)
            for value, switch in switches.items():
                having[value][switch] = 1
        goal: Form = {}
        above: Form = {}
        for value, below in pairwise([*values[::-1], None]):
            low, high = int(fewest[value]), int(most[value])
            reach = rows.column(low, high, integer=False)
            rows.row(add((1, above), (1, having[value]), (-1, {reach: 1})), 0, 0)
            above = {reach: 1}
            if function is not None:
                step = function[1:, value] - (function[1:, below] if below is not None else 0)
                images = np.cumsum([0, *step])[low : high + 1].tolist()
                goal = add((1, goal), (1, image(rows, images, above, low, end)))
        return goal


def _moved(state: np.ndarray, by: int) -> np.ndarray:
    """The array with each entry so many places further on, and −∞ where none comes from."""
    moved = np.full_like(state, -np.inf)
    size = len(state)
    if -size < by < size:
        moved[max(0, by) : size + min(0, by)] = state[max(0, -by) : size - max(0, by)]
    return moved
