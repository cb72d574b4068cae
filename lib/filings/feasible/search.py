"""The lowest and highest value of whole-number sums over one set of rows, with a memory."""

import math

import numpy as np

from filings.feasible.program import Form, Outcome, Program, Rows, value_at

_EPS = 1e-6


class Infeasible(ValueError):
    """No point meets the rows."""


class Search:
    """Ends of whole-number forms over the points that meet the rows.

    The bound of the linear relaxation proves most ends once some point attains it, so each end is
    sought in five steps, from cheap to dear: the relaxation; the points met before; the
    whole-number program near the best of them (columns on which it agrees with the relaxation
    held fast); whether any point goes beyond that one; the whole-number program. All columns must
    be integer. Raises Infeasible.
    """

    def __init__(self, rows: Rows, seconds: float = 120.0):
        self.rows, self._seconds = rows, seconds
        self._relaxed = Program(rows, relaxed=True)
        self._lower, self._upper = np.array(rows.lower, float), np.array(rows.upper, float)
        start = Program(rows, seconds=seconds).optimise({}, "low")
        if start is None:
            raise Infeasible("no point meets the rows")
        self.points = [np.round(start.point)]
        self._decide_switches()
        self._program = Program(rows, seconds=seconds)
        self._near = Program(rows, seconds=seconds)

    def _decide_switches(self) -> None:
        """Fix each binary column that the relaxation allows one value only.

        Big-M rows say little while their switch is open, so this is what makes the relaxation
        tight. A fixed switch changes no answer: no point has the other value.
        """
        for column in np.flatnonzero((self._lower == 0) & (self._upper == 1)):
            one = np.array([column])
            other = 1 - self.points[0][one]
            self._relaxed.limit(one, other, other)
            if not self._relaxed.feasible():
                self._lower[one] = self._upper[one] = 1 - other
            self._relaxed.limit(one, self._lower[one], self._upper[one])
        self.rows.lower, self.rows.upper = list(self._lower), list(self._upper)

    def optimum(self, form: Form, sense: str) -> Outcome:
        """Lowest ("low") or highest ("high") value of a form with whole coefficients."""
        sign = 1 if sense == "high" else -1
        relaxed = self._relaxed.optimise(form, sense)
        if relaxed is None:
            raise Infeasible("no point meets the rows")
        bound = sign * math.floor(sign * relaxed.value + _EPS)
        best = max(self.points, key=lambda point: sign * value_at(point, form))
        if round(value_at(best, form)) == bound:
            return Outcome(bound, bound, best, True)
        near = self._search_near(form, sense, best, relaxed.point)
        if near is not None:
            met = self._met(near, form, bound)
            if met.proven or not self._passed(form, sense, met.value):
                return Outcome(met.value, met.value, met.point, True)
        found = self._program.optimise(form, sense)
        proven = found.proven and abs(found.bound - found.value) < 0.5
        return self._met(found, form, round(found.value) if proven else found.bound)

    def _search_near(self, form, sense, best, relaxed) -> Outcome | None:
        agreed = np.abs(best - relaxed) < _EPS
        lower = np.where(agreed, best, self._lower)
        upper = np.where(agreed, best, self._upper)
        self._near.limit(np.arange(len(lower)), lower, upper)
        return self._near.optimise(form, sense, sure=False)

    def _passed(self, form: Form, sense: str, value: int) -> bool:
        """Whether some point goes beyond the value. To deny it takes less than to find an end."""
        rows = self.rows.copy()
        if sense == "low":
            rows.row(form, high=value - 1)
        else:
            rows.row(form, low=value + 1)
        return Program(rows, seconds=self._seconds).feasible()

    def _met(self, found: Outcome, form: Form, bound: float) -> Outcome:
        """The outcome at its rounded point, which is remembered."""
        point = np.round(found.point)
        self.points.append(point)
        value = round(value_at(point, form))
        return Outcome(value, bound, point, value == bound)
