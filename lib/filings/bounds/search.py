"""The lowest and highest value of whole-number sums over one set of rows, with a memory."""

import math
from collections.abc import Collection, Sequence

import numpy as np

from filings.bounds.program import Form, Outcome, Program, Rows, value_at

_EPS = 1e-6
_FEW = 4


class InfeasibleError(ValueError):
    """No point meets the rows."""


class Search:
    """Ends of whole-number forms over the points that meet the rows.

    The bound of the linear relaxation proves most ends once some point attains it, so each end is
    sought in steps, from cheap to dear: the relaxation; the points met before; the whole-number
    program with columns held fast, those that the relaxation has whole, or those on which it
    agrees with the best point met; the program without the rows that mention columns ``aside``,
    which may show that nothing goes beyond that; the whole-number program. All columns must be
    integer. ``known`` is a point of the first columns where a search has decided those already.
    Raises InfeasibleError.
    """

    def __init__(
        self,
        rows: Rows,
        known: Sequence[float] = (),
        aside: Collection[int] = (),
        seconds: float = 120.0,
    ):
        self.rows = rows
        fewer = _narrowed(rows)
        program = Program(fewer, seconds=seconds)
        if len(known):
            program.limit(np.arange(len(known)), np.array(known), np.array(known))
        start = program.optimise({}, "low")
        if start is None:
            raise InfeasibleError("no point meets the rows")
        self.points = [np.round(start.point)]
        self._known, self._aside, self._seconds = len(known), aside, seconds
        self._tight, self._hard = False, 0
        self._set_up(fewer)

    def _set_up(self, fewer: Rows) -> None:
        self.rows.lower, self.rows.upper = fewer.lower, fewer.upper
        self._lower, self._upper = np.array(fewer.lower), np.array(fewer.upper)
        self._relaxed, self._near, self._program = (
            Program(fewer, relaxed, self._seconds) for relaxed in (True, False, False)
        )
        self._near.branch_early(guess=False)
        less = fewer.without(self._aside)
        self._fewer = Program(less, seconds=self._seconds) if self._aside else None
        self._rows = fewer

    def _tighten(self) -> None:
        """Fix each binary column, but those known, that the relaxation allows one value only.

        Big-M rows say little while their switch is open, so this is what makes the relaxation
        tight. A fixed switch changes no answer: no point has the other value. It takes as long as
        some hard questions do, so it waits until there are more than `_FEW`.
        """
        rows, decided = self._rows, self._known
        relaxed, start = Program(rows, relaxed=True), self.points[0]
        lower, upper = np.array(rows.lower), np.array(rows.upper)
        open_ = np.flatnonzero((lower == 0) & (upper == 1))
        untried = {int(column) for column in open_ if column >= decided}
        for column in sorted(untried):
            if column not in untried:
                continue
            one = np.array([column])
            relaxed.limit(one, 1 - start[one], 1 - start[one])
            found = relaxed.optimise({}, "low")
            if found is None:
                lower[one] = upper[one] = start[one]
            else:  # the point shows the other value of more switches than this one
                untried -= {c for c in untried if abs(found.point[c] - start[c]) > 1 - _EPS}
            relaxed.limit(one, lower[one], upper[one])
        rows.lower, rows.upper = list(lower), list(upper)
        self._tight = True
        self._set_up(_narrowed(rows))

    def optimum(self, form: Form, sense: str) -> Outcome:
        """Lowest ("low") or highest ("high") value of a form with whole coefficients."""
        sign = 1 if sense == "high" else -1
        relaxed = self._relaxed.optimise(form, sense)
        if relaxed is None:
            raise InfeasibleError("no point meets the rows")
        bound = sign * math.floor(sign * relaxed.value + _EPS)
        best = max(self.points, key=lambda point: sign * value_at(point, form))
        if round(value_at(best, form)) == bound:
            return Outcome(bound, bound, best, True)
        whole = np.round(relaxed.point)
        for point in (whole, best):
            near = self._search_near(form, sense, point, np.abs(point - relaxed.point) < _EPS)
            if near is not None and round(near.value) == bound:
                return self._met(near, form, bound)
            if near is not None and sign * near.value > sign * value_at(best, form):
                best = np.round(near.point)
        self._hard += 1
        if self._hard > _FEW and not self._tight:
            self._tighten()
            return self.optimum(form, sense)
        if self._fewer and (outer := self._fewer.optimise(form, sense)).proven:
            value = round(outer.value)
            if round(value_at(best, form)) == value:
                return Outcome(value, value, best, True)
            its_own = np.isin(np.arange(len(best)), list(form))
            near = self._search_near(form, sense, np.round(outer.point), its_own)
            if near is not None:
                return self._met(near, form, value)
        found = self._program.optimise(form, sense)
        proven = found.proven and abs(found.bound - found.value) < 0.5
        return self._met(found, form, round(found.value) if proven else found.bound)

    def _search_near(self, form: Form, sense: str, point: np.ndarray, held: np.ndarray):
        """The best point that agrees with that one on the columns held; None if there is none."""
        lower = np.where(held, point, self._lower)
        upper = np.where(held, point, self._upper)
        self._near.limit(np.arange(len(lower)), lower, upper)
        return self._near.optimise(form, sense, sure=False)

    def _met(self, found: Outcome, form: Form, bound: float) -> Outcome:
        """The outcome at its rounded point, which is remembered."""
        point = np.round(found.point)
        self.points.append(point)
        value = round(value_at(point, form))
        return Outcome(value, bound, point, value == bound)


def _narrowed(rows: Rows) -> Rows:
    fewer = rows.narrowed()
    if any(low > high for low, high in zip(fewer.lower, fewer.upper, strict=True)):
        raise InfeasibleError("no point meets the rows")
    return fewer
