"""All registers that agree with the evidence: the lowest and highest value of any question."""

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from filings import places
from filings.bounds import measures as bound_measures
from filings.bounds.model import Model
from filings.bounds.program import Form, Program, add, value_at
from filings.bounds.search import InfeasibleError, Search
from filings.bounds.table import Bounds, Sum, Table
from filings.ledger import Statement

_EPS = 1e-6
_MOST_COMBINATIONS = 2_000_000


class ContradictionError(ValueError):
    """No table agrees with all the statements. ``reconcile`` finds which to set aside."""


class IdentifiedSet:
    """Every table of whole numbers that agrees with the statements, and what all of them share.

    ``statements`` must be able to hold together (``reconcile(ledger).kept``); those that bind
    nothing are passed over. Raises ContradictionError if no table agrees. ``questions`` names sums
    that will be asked; others are taken in as they come, at the price of building the rows anew.

    Provinces of which the statements say the same are interchangeable: any table in which two of
    them trade places agrees as well, so one answer serves them all.
    """

    def __init__(self, statements: Iterable[Statement], questions: Iterable[Sum] = ()):
        self.statements = tuple(statement for statement in statements if statement.binds)
        self._questions = tuple(questions)
        self._ranges: dict[Sum, Bounds] = {}
        self._switches: dict[object, Bounds] = {}
        self._joints: dict[tuple[Sum, ...], _Joint] = {}
        self._measured: dict[tuple[str, tuple[int, ...]], bound_measures.Asked] = {}
        self._build()

    def _build(self) -> None:
        # Rows written with the totals that the statements imply are tighter than with ceilings.
        self._ceilings, self.open_batches = highest_totals(self.statements, self._questions)
        self.model = Model(self.statements, self._questions, self._ceilings)
        try:
            self._search = Search(self.model.rows)
        except InfeasibleError:
            raise ContradictionError(
                "the statements cannot all hold together; reconcile them first"
            ) from None
        self._wider: IdentifiedSet | None = None
        self._alike = _representatives(self.statements, self.model.places)

    def _take_in(self, questions: Iterable[Sum]) -> None:
        """Build the rows anew if a question speaks of what they do not hold."""
        new = [q for q in dict.fromkeys(questions) if not self.model.can_answer(q)]
        if new:
            self._questions += tuple(new)
            self._build()

    # --- sums ------------------------------------------------------------------------------

    def bounds(self, questions: Iterable[Sum]) -> list[Bounds]:
        """Ranges of the sums, in the order asked."""
        asked = [self._representative(question) for question in questions]
        self._take_in(asked)
        for question in dict.fromkeys(asked):
            if question not in self._ranges:
                form = self.model.form(question)
                self._ranges[question] = self._range(form, question.batches)
        return [self._ranges[question] for question in asked]

    def sum(self, question: Sum) -> Bounds:
        """Bounds of one sum."""
        return self.bounds([question])[0]

    def difference(self, more: Sum, less: Sum) -> Bounds:
        """Bounds of one sum minus another in the same table."""
        self._take_in([more, less])
        form = add((1, self.model.form(more)), (-1, self.model.form(less)))
        return self._range(form, (*more.batches, *less.batches))

    def alike(self, place: str) -> str:
        """The first province of which the statements say the same: its ranges are this one's."""
        return self._alike.get(place, place)

    def witness(self, question: Sum, end: str) -> Table:
        """A table that agrees with the evidence and attains the "low" or "high" end of the sum.

        Where the sum is open above, the "high" table is merely one with a very large value.
        """
        self._take_in([question])
        return self.model.table(self._search.optimum(self.model.form(question), end).point)

    def _proven(self, *found: bool) -> bool:
        """Whether the solver came to its end and no law of filers is left out."""
        return all(found) and self.model.complete

    def _representative(self, question: Sum) -> Sum:
        if len(question.places) == 1:
            alike = self._alike.get(question.places[0], question.places[0])
            return Sum(question.unit, (alike,), question.batches)
        return question

    def _range(self, form: Form, batches: Iterable[int]) -> Bounds:
        low, high = (self._search.optimum(form, end) for end in ("low", "high"))
        ends = {"low": int(low.bound), "high": int(high.bound)}
        if self.open_batches & set(batches):
            # Only a number that stays put when the ceilings are raised comes from the evidence.
            for end, kept in ends.items():
                if self._wide.optimum(form, end).bound != kept:
                    ends[end] = None
        return Bounds(ends["low"], ends["high"], self._proven(low.proven, high.proven))

    @property
    def _wide(self) -> Search:
        """The search with twice the ceilings where no statement bounds a batch. Same columns."""
        if self._wider is None:
            raised = {
                b: c * (2 if b in self.open_batches else 1) for b, c in self._ceilings.items()
            }
            self._wider = Search(Model(self.statements, self._questions, raised).rows)
        return self._wider

    # --- ratios, ranks, coverage ---------------------------------------------------------------

    def table(self, questions: Iterable[Sum]) -> pd.DataFrame:
        """The bounds of sums of one place each, one row a question.

        Columns ``unit``, ``batches`` (as written), ``place``, ``low``, ``high`` (missing: open
        above) and ``basis``.
        """
        questions = tuple(questions)
        rows = [
            (q.unit, str(q.batches), "+".join(q.places), b.low, b.high, b.basis)
            for q, b in zip(questions, self.bounds(questions), strict=True)
        ]
        columns = ["unit", "batches", "place", "low", "high", "basis"]
        return pd.DataFrame(rows, columns=columns).astype({"high": "Int64"})

    def ratio(self, part: Sum, whole: Sum) -> Bounds:
        """Bounds of one sum divided by another in the same table: a share, a ratio of two places.

        Tables in which the whole is nothing are left out; ``high`` is None if some of them have a
        part all the same (the ratio has no highest value), or if a batch without a known total
        leaves it open. Found by Dinkelbach's method on whole-number forms, so the ends are exact.
        """
        self._take_in([part, whole])
        forms = self.model.form(part), self.model.form(whole)
        total = self.sum(whole)
        if total.low == 0 and total.high == 0:
            raise ValueError(f"{whole} is nothing in every table, so nothing can be divided by it")
        if total.exact:
            found = self.sum(part)
            high = None if found.high is None else found.high / total.high
            return Bounds(found.low / total.high, high, found.proven)
        ends = [self._extreme_ratio(*forms, sense) for sense in ("low", "high")]
        if self.open_batches & {*part.batches, *whole.batches}:
            wide = [self._extreme_ratio(*forms, s, self._wide) for s in ("low", "high")]
            # A share that keeps falling as the whole grows comes as near to nothing as one likes.
            low = 0.0 if wide[0].low != ends[0].low else ends[0].low
            high = None if wide[1].high != ends[1].high else ends[1].high
            return Bounds(
                low, high, low == ends[0].low and self._proven(ends[0].proven, ends[1].proven)
            )
        return Bounds(ends[0].low, ends[1].high, self._proven(ends[0].proven, ends[1].proven))

    def _extreme_ratio(
        self, part: Form, whole: Form, sense: str, search: Search | None = None
    ) -> Bounds:
        search = search or self._search
        at = search.optimum(whole, "high")
        if sense == "high" and search.optimum(whole, "low").value == 0:
            # Is there a table with a part but no whole? One unit of whole outweighs any part.
            weight = search.optimum(part, "high").value + 1
            if search.optimum(add((1, part), (-weight, whole)), "high").value > 0:
                return Bounds(None, None)
        ratio, proven = Fraction(round(value_at(at.point, part)), at.value), at.proven
        while True:
            gain = add((ratio.denominator, part), (-ratio.numerator, whole))
            better = search.optimum(gain, sense)
            proven = proven and better.proven
            if better.value == 0 or round(value_at(better.point, whole)) == 0:
                return Bounds(float(ratio), float(ratio), proven)
            ratio = Fraction(
                round(value_at(better.point, part)), round(value_at(better.point, whole))
            )

    def rank(self, place: str, batches: tuple[int, ...], unit: str = "services") -> Bounds:
        """Bounds of the place's rank by count: one more than the number of places above it.

        Provinces rank among the 31; cities among those that the statements name.
        """
        mine = Sum(unit, (place,), tuple(batches))
        self._take_in([mine])
        return self._counted(mine, lambda model: model.others(">", unit, place, mine.batches), 1)

    def coverage(self, batches: tuple[int, ...]) -> Bounds:
        """Bounds of the number of provinces with at least one service in the batches."""
        self._take_in([Sum("services", (places.NATION,), tuple(batches))])
        return self._counted(tuple(batches), lambda model: model.coverage(tuple(batches)), 0)

    def _counted(self, key: object, switches: Callable[[Model], Form], more: int) -> Bounds:
        """Bounds of a sum of switches that the model grows on demand; each is sought once."""
        if key in self._switches:
            return self._switches[key]
        model = self._grown()
        form = switches(model)
        search = Search(model.rows, self._search.points[0], model.over_several)
        low, high = (search.optimum(form, end) for end in ("low", "high"))
        proven = self._proven(low.proven, high.proven)
        found = Bounds(int(low.bound) + more, int(high.bound) + more, proven)
        self._switches[key] = found
        return found

    def _grown(self) -> Model:
        """The model anew, to be extended: same columns, with the switches decided by now."""
        model, rows = Model(self.statements, self._questions, self._ceilings), self.model.rows
        model.rows.lower, model.rows.upper = list(rows.lower), list(rows.upper)
        return model

    # --- measures ------------------------------------------------------------------------------

    def measure(self, name: str, batches: tuple[int, ...], unit: str = "services") -> Bounds:
        """Bounds of a measure of concentration or inequality over the 31 provinces.

        ``name``: hhi, effective_number, gini, theil, theil_between, theil_within, cr1 … cr31 (see
        ``filings.measures`` for their definitions). Raises ValueError for any other.
        """
        return self.measured(name, batches, unit)[0]

    def measured(
        self, name: str, batches: tuple[int, ...], unit: str = "services"
    ) -> tuple[Bounds, Mapping[str, Table]]:
        """The range of a measure, with the witness table of its "low" and its "high" end."""
        batches = tuple(batches)
        total = self.sum(Sum(unit, (places.NATION,), batches))
        return bound_measures.measured(name, self._to_measure(unit, batches), total)

    def _to_measure(self, unit: str, batches: tuple[int, ...]) -> bound_measures.Asked:
        if (unit, batches) not in self._measured:
            self._measured[unit, batches] = self._asked(unit, batches)
        return self._measured[unit, batches]

    def majorizing(self, batches: tuple[int, ...], unit: str = "services") -> dict[str, Table]:
        """The "low" table that is less concentrated over the provinces than any other, and the
        "high" one that is more so, by every measure that a transfer from a smaller to a larger
        count never lowers. An end is missing where there is no such table, or none is proven.

        Raises ValueError where the total of the batches is not exact.
        """
        total = self.sum(Sum(unit, (places.NATION,), tuple(batches)))
        if not total.exact:
            raise ValueError("tables of different totals are not compared; ask where it is known")
        asked = self._to_measure(unit, tuple(batches))
        ordered = asked.ordered(total.low)
        ends = ("low", "high") if self.model.complete else ()
        found = {end: ordered.majorizing(end) for end in ends}
        return {end: asked.table(one)[1] for end, one in found.items() if one}

    def _asked(self, unit: str, batches: tuple[int, ...]) -> bound_measures.Asked:
        provinces = [Sum(unit, (name,), batches) for name in places.province_names()]
        total = self.sum(Sum(unit, (places.NATION,), batches))
        cells = [self._ranges.get(q, Bounds(0, total.high)) for q in provinces]
        alike = [self._alike[province.places[0]] for province in provinces]
        return bound_measures.Asked(self._grown(), provinces, cells, alike)

    @property
    def points(self) -> list[np.ndarray]:
        """Points of the program met so far; ``model.table`` tells the register each stands for."""
        return self._search.points

    def _joint(self, questions: Iterable[Sum]) -> "_Joint":
        questions = tuple(questions)
        if questions not in self._joints:
            self._joints[questions] = _Joint(self, questions)
        return self._joints[questions]

    # --- any function of a few sums --------------------------------------------------------------

    def attainable(self, questions: Iterable[Sum]) -> list[tuple[int, ...]]:
        """Every joint value of the sums that some table has, in rising order.

        Raises ValueError if a sum is open above or the combinations to be tried are too many.
        """
        joint = self._joint(questions)
        every = map(tuple, joint.candidates.tolist())
        return [values for values in every if joint.possible(values)]

    def extreme(
        self, questions: Iterable[Sum], function: Callable[..., float], at_once: bool = False
    ) -> tuple[Bounds, dict[str, tuple[int, ...]]]:
        """Bounds of any function of a few sums over all tables, and the joint values at each end.

        Candidates within the sums' ranges are tried from the extreme inwards; the first that some
        table has is the end. ``at_once``: the function takes arrays, one a sum, of all candidates.
        Raises ValueError as ``attainable`` does.
        """
        joint = self._joint(questions)
        grid = joint.candidates
        if at_once:
            worth = np.broadcast_to(function(*grid.T), len(grid)).astype(float)
        else:
            worth = np.array([function(*values) for values in grid.tolist()], float)
        order = np.lexsort((*grid.T[::-1], worth))
        ends, values = {}, {}
        for end, ranked in (("low", order), ("high", order[::-1])):
            at = next(n for n in ranked if joint.possible(tuple(grid[n].tolist())))
            ends[end], values[end] = float(worth[at]), tuple(grid[at].tolist())
        return Bounds(ends["low"], ends["high"]), values


class _Joint:
    """Joint values of a few sums: which combinations some table has."""

    def __init__(self, register: IdentifiedSet, questions: tuple[Sum, ...]):
        register._take_in(questions)
        self._ranges = [found.whole() for found in register.bounds(questions)]
        rows = register.model.rows.copy()
        forms = [register.model.form(question) for question in questions]
        self._columns = []
        for form, ends in zip(forms, self._ranges, strict=True):
            column = rows.column(*ends)
            rows.row(add((1, form), (-1, {column: 1})), low=0, high=0)
            self._columns.append(column)
        self._program, self._relaxed = Program(rows), Program(rows, relaxed=True)
        # Tables met before show some combinations without a search.
        self._known = {
            tuple(round(value_at(point, form)) for form in forms): True for point in register.points
        }

    @cached_property
    def candidates(self) -> np.ndarray:
        """Combinations that the relaxation does not rule out by sums of neighbours, one a row."""
        spans = [range(low, high + 1) for low, high in self._ranges]
        if math.prod(len(span) for span in spans) > _MOST_COMBINATIONS:
            raise ValueError("too many combinations to try; ask for fewer or narrower sums")
        grid = np.stack(np.meshgrid(*spans, indexing="ij"), -1).reshape(-1, len(spans))
        count = len(spans)
        for weights in product((-1, 0, 1), repeat=count):
            if sum(map(abs, weights)) < 2 or weights < tuple(-w for w in weights):
                continue
            form = add(*((w, {c: 1}) for w, c in zip(weights, self._columns, strict=True)))
            low, high = (self._relaxed.optimise(form, end).value for end in ("low", "high"))
            value = grid @ np.array(weights)
            grid = grid[(value >= low - _EPS) & (value <= high + _EPS)]
        return grid

    def possible(self, values: tuple[int, ...]) -> bool:
        """True if some table has these values together."""
        if values not in self._known:
            columns, at = np.array(self._columns), np.array(values, float)
            self._relaxed.limit(columns, at, at)
            self._program.limit(columns, at, at)
            self._known[values] = self._relaxed.feasible() and self._program.feasible()
            self._relaxed.limit(columns, *np.array(self._ranges, float).T)
        return self._known[values]


def highest_totals(
    statements: Iterable[Statement], questions: Iterable[Sum]
) -> tuple[dict[int, int], frozenset[int]]:
    """Batch → the most services that the relaxation lets it have, and the batches of which no
    statement bounds this. Raises ContradictionError.
    """
    statements, questions = tuple(statements), tuple(questions)
    loose = Model(statements, questions)
    doubled = {batch: 2 * ceiling for batch, ceiling in loose.ceilings.items()}
    highest = _relaxed_totals(loose)
    wider = _relaxed_totals(Model(statements, questions, doubled))
    return highest, frozenset(batch for batch in wider if wider[batch] != highest[batch])


def _relaxed_totals(model: Model) -> dict[int, int]:
    relaxed = Program(model.rows, relaxed=True)
    totals = {  # those that are stated need not be sought
        s.batches[0]: s.value
        for s in model.statements
        if (s.kind, s.places, s.unit, s.relation) == ("count", (places.NATION,), "services", "=")
        and len(s.batches) == 1
    }
    for batch in sorted(set(model.batches) - totals.keys()):
        total = model.form(Sum("services", (places.NATION,), (batch,)))
        highest = relaxed.optimise(total, "high")
        if highest is None:
            raise ContradictionError(
                "the statements cannot all hold together; reconcile them first"
            )
        totals[batch] = math.floor(highest.value + _EPS)
    return totals


def _representatives(statements: tuple[Statement, ...], known: tuple[str, ...]) -> dict[str, str]:
    """Province → the first province that the statements treat alike.

    Two provinces are alike if trading their names turns the set of statements into itself: the
    same facts are stated of each alone, and they stand in the same places of every statement that
    names several. A province with named cities is like no other.
    """
    roles: dict[str, list] = {name: [] for name in places.province_names()}
    for number, statement in enumerate(statements):
        named = statement.places
        listed = statement.value if isinstance(statement.value, tuple) else ()
        for name in named:
            alone = ("alone", *map(repr, statement.fact[:1] + statement.fact[2:]))
            roles.get(name, []).append(alone if len(named) == 1 else (number, "among"))
        for position, name in enumerate(listed):
            roles.get(name, []).append((number, position if statement.kind == "order" else "led"))
        roles.get(statement.of, []).append((number, "whole"))
    for name in known:
        if places.find(name).level in ("city", "district"):
            province = places.province_of(name)
            roles[province].append(("parts of", province))
    first: dict[tuple, str] = {}
    return {
        name: first.setdefault(tuple(sorted(map(repr, said))), name) for name, said in roles.items()
    }
