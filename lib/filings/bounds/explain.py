"""Why: which statements cannot hold together, and which force the end of a range or a verdict.

All of it is one question, whether a group of statements, and what is supposed beside them, can
hold in some table. A *minimal unsatisfiable subset* is a group that cannot, none of it to spare
(QuickXplain); a *correction set* is what to leave out so that the rest can. ``reconcile`` finds
the lightest correction set of a ledger, ``forced`` a smallest unsatisfiable subset.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from filings.bounds.identified import ContradictionError, IdentifiedSet, highest_totals
from filings.bounds.model import Model
from filings.bounds.program import Form, Outcome, Program, Rows, add
from filings.bounds.table import Bounds, Sum
from filings.ledger import KINDS, Statement, sources, text_of, words

Limit = tuple[Form, int | None, int | None]
"""A form, and the lowest and the highest value it may have (None: no end)."""


@dataclass(frozen=True)
class Supposed:
    """What is supposed beside the statements: rows over the counts.

    ``sums`` and ``about`` are what the rows speak of, ``rows`` gives them for a model.
    """

    sums: tuple[Sum, ...]
    rows: Callable[[Model], Iterable[Limit]]
    about: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class SetAside:
    """A statement that cannot hold beside the kept ones, its weight, and what it clashes with.

    ``weight`` counts the independent texts that assert it; ``clashes_with`` is a smallest group of
    kept statements that leaves it no table (one statement per fact).
    """

    statement: Statement
    weight: int
    clashes_with: tuple[Statement, ...]

    def words(self, lang: str = "en") -> str:
        """Why it was set aside, as one sentence in English or Chinese."""
        against = [f"{words(other, lang)} ({other.id})" for other in self.clashes_with]
        said = f"{words(self.statement, lang)} ({self.statement.id})"
        if lang == "zh":
            reason = "；".join(against) if against else "登记的定义本身"
            return f"“{said}”与以下说法不能同时成立：{reason}。"
        against = [text[0].upper() + text[1:] for text in against]
        reason = "; ".join(against) if against else "what any register must be"
        return f"“{said}” cannot hold with: {reason}."


@dataclass(frozen=True)
class Evidence:
    """A ledger sorted: what is kept, what is set aside and why, what binds nothing.

    ``as_light`` are the other facts whose exchange for a fact set aside would weigh the same:
    pairs of the statement set aside and the one that could yield in its place. The rule that
    decides between them: the vaguer yields, then the one whose id is later in order.
    """

    kept: tuple[Statement, ...]
    set_aside: tuple[SetAside, ...]
    context: tuple[Statement, ...]
    as_light: tuple[tuple[Statement, Statement], ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why an end of a range is where it is.

    ``because`` are statements, one a fact, that leave no table beyond the end, and none of them to
    spare. ``smallest`` is True if it is proven that no fewer statements do. ``value`` is None, and
    there are no statements, where nothing bounds it.
    """

    value: int | float | None
    because: tuple[Statement, ...] = ()
    smallest: bool = True


def reconcile(statements: Iterable[Statement], explain: bool = True) -> Evidence:
    """The ledger with the lightest set of statements set aside so that the others can all hold.

    Without ``explain`` the search for what each clashes with is spared; ``clashes_with`` is empty.
    """
    statements = tuple(statements)
    facts = _facts(statements)
    weights = _weights(facts)
    checker = Checker([fact[0] for fact in facts])
    costs = [_cost(f, w, n) for n, (f, w) in enumerate(zip(facts, weights, strict=True))]
    aside = _lightest(checker, costs)
    kept = [number for number in range(len(facts)) if number not in aside]
    dropped = []
    for number in sorted(aside):
        clash = forced(checker, number, kept)[0] if explain else ()
        against = tuple(facts[other][0] for other in sorted(clash))
        dropped += [SetAside(statement, weights[number], against) for statement in facts[number]]
    gone = {item.statement.id for item in dropped}
    ties = _ties(checker, aside, kept, weights) if explain else ()
    return Evidence(
        tuple(s for s in statements if s.binds and s.id not in gone),
        tuple(sorted(dropped, key=lambda item: item.statement.id)),
        tuple(s for s in statements if not s.binds),
        tuple((facts[out][0], facts[instead][0]) for out, instead in ties),
    )


def _ties(
    checker: "Checker", aside: set[int], kept: list[int], weights: list[int]
) -> list[tuple[int, int]]:
    """Facts set aside, each with a kept one of the same weight that could yield in its place."""
    found = []
    for out in sorted(aside):
        core = core_of(checker, [out], kept)
        same = (other for other in sorted(core) if weights[other] == weights[out])
        found += [(out, other) for other in same if checker.holds({*kept, out} - {other})]
    return found


def why(identified: IdentifiedSet, question: Sum) -> dict[str, Reason]:
    """Which statements force the "low" and the "high" end of a sum."""
    found = identified.sum(question)
    facts = [fact[0] for fact in _facts(identified.statements)]
    beyond = {
        "low": _limit(question, None, None if found.low is None else found.low - 1),
        "high": _limit(question, None if found.high is None else found.high + 1, None),
    }
    checker = Checker(facts, list(beyond.values()))
    reasons = {}
    for number, (end, value) in enumerate((("low", found.low), ("high", found.high))):
        if value is None or (end == "low" and value == 0):  # a count is never less than none
            reasons[end] = Reason(value)
            continue
        group, smallest = forced(checker, len(facts) + number, range(len(facts)), _PATIENCE)
        because = tuple(facts[fact] for fact in sorted(group))
        reasons[end] = Reason(value, because, smallest)
    return reasons


def why_measure(
    identified: IdentifiedSet, name: str, batches: tuple[int, ...]
) -> dict[str, Reason]:
    """The same for a measure of concentration (see ``IdentifiedSet.measure``).

    None of the statements is to spare, but a smaller set of others is not ruled out. Looked for
    among the statements about these batches first.
    """
    found = identified.measure(name, batches)
    facts = [fact[0] for fact in _facts(identified.statements)]
    overlap = [fact for fact in facts if set(fact.batches) & set(batches)]
    pool = overlap if _as_narrow(overlap, name, batches, found, "both") else facts
    return {end: _why_end(pool, name, batches, found, end) for end in ("low", "high")}


def _as_narrow(
    statements: Sequence[Statement], name: str, batches: tuple[int, ...], found: Bounds, end: str
) -> bool:
    """Whether the statements alone leave the measure no value beyond the end."""
    try:
        alone = IdentifiedSet(statements).measure(name, batches)
    except ValueError:  # no total: the measure could be anything
        return False
    low = alone.low is not None and alone.low >= found.low - _EPS
    high = alone.high is not None and alone.high <= found.high + _EPS
    return {"low": low, "high": high, "both": low and high}[end]


_EPS = 1e-9


def _why_end(
    pool: Sequence[Statement], name: str, batches: tuple[int, ...], found: Bounds, end: str
) -> Reason:
    ordered = sorted(pool, key=lambda one: (KINDS[one.kind].vague, len(one.batches)))
    group = _quick_explain(
        lambda numbers: not _as_narrow([ordered[n] for n in numbers], name, batches, found, end),
        [],
        list(range(len(ordered))),
    )
    because = tuple(ordered[number] for number in sorted(group))
    return Reason(getattr(found, end), because, smallest=len(because) < 2)


def _limit(question: Sum, low: int | None, high: int | None) -> Supposed:
    """The sum is between the two."""
    return Supposed((question,), lambda model: [(model.form(question), low, high)])


def _facts(statements: Sequence[Statement]) -> list[list[Statement]]:
    """Binding statements grouped by what they assert, each group and the groups in id order."""
    groups: dict[tuple, list[Statement]] = {}
    for statement in sorted(statements, key=lambda statement: statement.id):
        if statement.binds:
            groups.setdefault(statement.fact, []).append(statement)
    return list(groups.values())


def _weights(facts: list[list[Statement]]) -> list[int]:
    return [
        max(1, len({text_of(source) for statement in fact for source in sources(statement)}))
        for fact in facts
    ]


def _cost(fact: list[Statement], weight: int, position: int) -> tuple[int, int, int]:
    """What setting the fact aside costs, most important first; lower goes first."""
    statement = fact[0]
    precise = 0 if KINDS[statement.kind].vague else 2 if statement.relation == "=" else 1
    return weight, precise, -position


_SMALL, _MIDDLING = 8, 40


class Checker:
    """Tells whether a group of statements, and of what is supposed, can hold together.

    ``statements`` and then ``supposed`` are numbered in one row. ``ceilings`` as for ``Model``; it
    makes programs tighter where all statements are in every group. Else ``room`` says how many
    times what the statements need there is for what is supposed.
    """

    def __init__(
        self,
        statements: Sequence[Statement],
        supposed: Sequence[Supposed] = (),
        ceilings: dict[int, int] | None = None,
        room: int = 4,
    ):
        self.statements, self.supposed = list(statements), list(supposed)
        self._ceilings = ceilings
        if supposed and not ceilings:
            # It may need more room than the statements, and any group of them as much.
            sums = [question for one in supposed for question in one.sums]
            about = [said for one in supposed for said in one.about]
            ceilings = Model(self.statements, sums, about=about).ceilings
            self._ceilings = {batch: room * ceiling for batch, ceiling in ceilings.items()}
        self._rows = self._rows_of(range(len(self.statements) + len(self.supposed)))
        self._program, self._relaxed = Program(self._rows), Program(self._rows, relaxed=True)
        self._lower, self._upper = np.array(self._rows.lower), np.array(self._rows.upper)
        self._columns = np.arange(len(self._lower))
        self._points: list[np.ndarray] = []
        self._holding: list[frozenset[int]] = []

    def _tighter(self, group: Iterable[int]) -> dict[int, int]:
        """The ceilings, lowered to the totals that the statements of the group imply."""
        said = [self.statements[n] for n in group if n < len(self.statements)]
        implied, open_ = highest_totals(said, ())
        return self._ceilings | {b: c for b, c in implied.items() if b not in open_}

    def _rows_of(self, group: Iterable[int], ceilings: dict[int, int] | None = None) -> Rows:
        """The rows of a group, owned by their numbers."""
        group = sorted(group)
        said = [number for number in group if number < len(self.statements)]
        beside = [number for number in group if number >= len(self.statements)]
        supposed = {number: self.supposed[number - len(self.statements)] for number in beside}
        sums = [question for one in supposed.values() for question in one.sums]
        about = [each for one in supposed.values() for each in one.about]
        model = Model([self.statements[n] for n in said], sums, ceilings or self._ceilings, about)
        rows = model.rows
        rows.owner = [owner if owner is None else said[owner] for owner in rows.owner]
        for number, one in supposed.items():
            for form, low, high in one.rows(model):
                rows.row(form, low, high, number)
        return rows

    def everything(self) -> range:
        """All statements, by number."""
        return range(len(self.statements))

    def relaxed_holds(self, group: Iterable[int]) -> bool:
        """False only if no table agrees with every fact of the group; quick."""
        self._relaxed.activate(group)
        return self._relaxed.feasible()

    def holds(self, group: Iterable[int], thorough: bool = True) -> bool:
        """True if some table agrees with every fact of the group.

        Without ``thorough`` only tables near those met before are tried, so True can be missed.
        """
        group = frozenset(group)
        if any(group <= holding for holding in self._holding):
            return True
        if not self.relaxed_holds(group):
            return False
        if len(group) <= _SMALL:
            # Rows for these facts alone make a far smaller program.
            return Program(self._rows_of(group)).feasible()
        if self._found_near(group):
            return True
        if thorough and self.supposed and len(group) <= _MIDDLING:
            try:
                return Program(self._rows_of(group, self._tighter(group))).feasible()
            except ContradictionError:
                return False
        return thorough and self._found(group)

    def known_to_hold(self, group: set[int], candidates: Iterable[int]) -> set[int]:
        """The group with the most candidates that some table met before agrees with beside it."""
        shown = (holding.intersection(candidates) for holding in self._holding if group <= holding)
        return group | max(shown, key=len, default=frozenset())

    def _found(self, group: frozenset[int]) -> bool:
        self._program.limit(self._columns, self._lower, self._upper)
        self._program.activate(group)
        return self._met(self._program.optimise({}, "low"))

    def _found_near(self, group: frozenset[int]) -> bool:
        """Look near the table met before that breaks the fewest facts of the group."""
        if not self._points:
            return False
        nearest = max(range(len(self._points)), key=lambda n: len(self._holding[n] & group))
        start = self._points[nearest]
        # Pull the relaxation towards that table wherever it stands at a bound.
        pull = np.where(start == self._lower, 1.0, np.where(start == self._upper, -1.0, 0.0))
        self._relaxed.activate(group)
        form = {int(column): pull[column] for column in np.flatnonzero(pull)}
        point = self._relaxed.optimise(form, "low").point
        agreed = np.abs(point - start) < 1e-6
        lower = np.where(agreed, start, self._lower)
        upper = np.where(agreed, start, self._upper)
        self._program.limit(self._columns, lower, upper)
        self._program.activate(group)
        return self._met(self._program.optimise({}, "low", sure=False))

    def _met(self, found: Outcome | None) -> bool:
        """Remember a point and which facts its table agrees with."""
        if found is None:
            return False
        point = np.round(found.point)
        self._points.append(point)
        everything = range(len(self.statements) + len(self.supposed))
        self._holding.append(frozenset(everything) - self._rows.broken(point))
        return True


def _lightest(checker: Checker, costs: list[tuple[int, int, int]]) -> set[int]:
    # What two say of one number is the usual clash, and is seen at once.
    groups = [set(pair) for pair in _rivals(checker) if not checker.relaxed_holds(pair)]
    aside = _hitting_set(groups, costs) if groups else set()
    while not checker.holds(rest := [n for n in checker.everything() if n not in aside]):
        groups.append(core_of(checker, [], rest))
        aside = _hitting_set(groups, costs)
    return aside


def _rivals(checker: Checker) -> Iterable[tuple[int, int]]:
    """Pairs of statements about one number of the register."""
    about: dict[tuple, list[int]] = {}
    for number, said in enumerate(checker.statements):
        about.setdefault((said.kind, said.places, said.batches, said.unit, said.of), []).append(
            number
        )
    return (pair for numbers in about.values() for pair in combinations(numbers, 2))


def core_of(checker: Checker, always: list[int], candidates: Iterable[int]) -> set[int]:
    """Candidates that cannot hold together beside ``always``, none of them to spare.

    Those that come first are preferred. As long as the relaxation shows the clash it is asked
    instead of the whole-number program: the group is then a clash all the same, if perhaps not one
    of the smallest.
    """
    candidates = list(candidates)
    relaxed = not checker.relaxed_holds([*always, *candidates])
    return _quick_explain(checker.relaxed_holds if relaxed else checker.holds, always, candidates)


def _quick_explain(
    holds: Callable[[list[int]], bool], always: list[int], candidates: list[int]
) -> set[int]:
    """QuickXplain: a minimal group of the candidates with which ``always`` does not hold."""

    def explain(base: list[int], fresh: bool, pool: list[int]) -> list[int]:
        if fresh and not holds(base):
            return []
        if len(pool) == 1:
            return pool
        first, second = pool[: len(pool) // 2], pool[len(pool) // 2 :]
        right = explain(base + first, True, second)
        left = explain(base + right, bool(right), first)
        return left + right

    return set(explain(always, bool(always), candidates))


def _hitting_set(groups: list[set[int]], costs: Sequence[tuple[int, ...]]) -> set[int]:
    """The choice that meets every group at the least cost, costs compared part by part."""
    rows = Rows()
    columns = {number: rows.binary() for number in sorted(set().union(*groups))}
    for group in groups:
        rows.row({columns[number]: 1 for number in group}, low=1)
    point = None
    for part in range(len(costs[0])):
        form = add((1, {column: costs[number][part] for number, column in columns.items()}))
        found = Program(rows).optimise(form, "low")
        point = found.point
        rows.row(form, high=round(found.value))
    return {number for number, column in columns.items() if point[column] > 0.5}


_PATIENCE = 3.0
"""Seconds after which the search for a smaller group ends."""


def forced(
    checker: Checker, number: int, kept: Iterable[int], patience: float = math.inf
) -> tuple[set[int], bool]:
    """A smallest group of kept facts that cannot hold beside the given one; and if that is proven.

    One fact is enough, or two, in most cases. Beyond that by duality: a clashing group meets every
    *correction*, a set of facts without which the rest can hold. The smallest choice that meets
    all corrections found so far either clashes, and is the answer, or is grown to a largest group
    that holds, which leaves one more correction. After so many seconds of patience a group is
    answered that has none to spare, but may not be the smallest.
    """
    started = time.monotonic()
    kept = list(kept)
    if not checker.holds([number]):
        return set(), True
    core = sorted(core_of(checker, [number], kept))
    beside = _grown(checker, {number}, kept)
    rest = [fact for fact in kept if fact not in beside]
    alone = next((fact for fact in rest if not checker.holds([number, fact])), None)
    if alone is not None:
        return {alone}, True
    if len(core) <= 2:
        return set(core), True
    by_position = [(1, position) for position in checker.everything()]
    # Facts of any one clash are likely to be needed in all: try each as a correction of its own.
    corrections = [
        {fact} for fact in core if checker.holds({number, *kept} - {fact}, thorough=False)
    ]
    while time.monotonic() - started < patience:
        chosen = _hitting_set(corrections, by_position) if corrections else set()
        if len(chosen) == len(core) or not checker.holds({number, *chosen}):
            return (set(core) if len(chosen) == len(core) else chosen), True
        corrections.append(set(kept) - _grown(checker, {number, *chosen}, kept))
    return set(core), False


def _grown(checker: Checker, group: set[int], candidates: list[int]) -> set[int]:
    """The group, which holds, with candidates added as far as they are seen to hold with it."""

    def add_all(group: set[int], pool: list[int]) -> set[int]:
        pool = [fact for fact in pool if fact not in group]
        if not pool:
            return group
        if checker.holds(group | set(pool), thorough=False):
            return checker.known_to_hold(group | set(pool), candidates)
        if len(pool) == 1:
            return group
        half = len(pool) // 2
        return add_all(add_all(group, pool[:half]), pool[half:])

    return add_all(checker.known_to_hold(group, candidates), candidates)
