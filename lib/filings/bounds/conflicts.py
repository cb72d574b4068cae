"""Contradictions: the lightest statements to set aside so that the rest can hold, and why.

Statements that assert the same are one *fact*; its weight is the number of independent texts that
say so, reprints of one text counting once. The facts set aside are a minimum-weight hitting set
of all groups of facts that cannot hold together, found by implicit enumeration: set aside the
lightest choice that breaks every group found so far, look for a group left, repeat. Where two
choices weigh the same, the vaguer facts yield (a rounded share or an order before a count), then
those later in the order of their ids. Nothing depends on the order of the rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from filings.bounds.model import Model
from filings.bounds.program import Outcome, Program, Rows, add
from filings.ledger import Statement, sources, text_of, words

_PRECISION = {"share": 0, "share_of_multi_filers": 0, "order": 0, "leaders": 0, "rank": 0}
"""How precise a kind is: vague kinds 0, counts and the like 2; lower and upper limits 1."""


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
    """A ledger sorted: what is kept, what is set aside and why, what binds nothing."""

    kept: tuple[Statement, ...]
    set_aside: tuple[SetAside, ...]
    context: tuple[Statement, ...]


def reconcile(statements: Iterable[Statement], explain: bool = True) -> Evidence:
    """The ledger with the lightest set of statements set aside so that the others can all hold.

    Without ``explain`` the search for what each clashes with is spared; ``clashes_with`` is empty.
    """
    statements = tuple(statements)
    facts = _facts(statements)
    weights = _weights(facts)
    checker = _Checker([fact[0] for fact in facts])
    aside = _lightest(
        checker, [_cost(f, w, n) for n, (f, w) in enumerate(zip(facts, weights, strict=True))]
    )
    kept = [number for number in range(len(facts)) if number not in aside]
    dropped = []
    for number in sorted(aside):
        clash = _smallest_clash(checker, number, kept) if explain else ()
        against = tuple(facts[other][0] for other in sorted(clash))
        dropped += [SetAside(statement, weights[number], against) for statement in facts[number]]
    gone = {item.statement.id for item in dropped}
    return Evidence(
        tuple(s for s in statements if s.binds and s.id not in gone),
        tuple(sorted(dropped, key=lambda item: item.statement.id)),
        tuple(s for s in statements if not s.binds),
    )


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
    precise = _PRECISION.get(statement.kind, 2 if statement.relation == "=" else 1)
    return weight, precise, -position


_SMALL = 8


class _Checker:
    """Tells whether a group of facts can hold together."""

    def __init__(self, statements: list[Statement]):
        self.statements = statements
        self._rows = Model(statements).rows
        self._program, self._relaxed = Program(self._rows), Program(self._rows, relaxed=True)
        self._lower, self._upper = np.array(self._rows.lower), np.array(self._rows.upper)
        self._columns = np.arange(len(self._lower))
        self._points: list[np.ndarray] = []
        self._holding: list[frozenset[int]] = []

    def everything(self) -> range:
        """All facts, by position."""
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
            rows = Model([self.statements[number] for number in sorted(group)]).rows
            return Program(rows).feasible()
        return self._found_near(group) or (thorough and self._found(group))

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
        self._holding.append(frozenset(self.everything()) - self._rows.broken(point))
        return True


def _lightest(checker: _Checker, costs: list[tuple[int, int, int]]) -> set[int]:
    groups: list[set[int]] = []
    aside: set[int] = set()
    while not checker.holds(rest := [n for n in checker.everything() if n not in aside]):
        groups.append(_core(checker, [], rest))
        aside = _hitting_set(groups, costs)
    return aside


def _core(checker: _Checker, always: list[int], candidates: list[int]) -> set[int]:
    """Candidates that cannot hold together beside ``always``, none of them to spare (QuickXplain).

    As long as the relaxation shows the clash it is asked instead of the whole-number program: the
    group is then a clash all the same, if perhaps not one of the smallest.
    """
    relaxed = not checker.relaxed_holds([*always, *candidates])
    holds = checker.relaxed_holds if relaxed else checker.holds

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


def _smallest_clash(checker: _Checker, number: int, kept: list[int]) -> set[int]:
    """A smallest group of kept facts that cannot hold beside the given one.

    One fact is enough, or two, in most cases. Beyond that by duality: a clashing group meets every
    *correction*, a set of facts without which the rest can hold. The smallest choice that meets
    all corrections found so far either clashes, and is the answer, or is grown to a largest group
    that holds, which leaves one more correction.
    """
    if not checker.holds([number]):
        return set()
    core = sorted(_core(checker, [number], kept))
    beside = _grown(checker, {number}, kept)
    rest = [fact for fact in kept if fact not in beside]
    alone = next((fact for fact in rest if not checker.holds([number, fact])), None)
    if alone is not None:
        return {alone}
    if len(core) == 2:
        return set(core)
    by_position = [(1, position) for position in checker.everything()]
    # Facts of any one clash are likely to be needed in all: try each as a correction of its own.
    corrections = [
        {fact} for fact in core if checker.holds({number, *kept} - {fact}, thorough=False)
    ]
    while True:
        chosen = _hitting_set(corrections, by_position) if corrections else set()
        if not checker.holds({number, *chosen}):
            return chosen
        corrections.append(set(kept) - _grown(checker, {number, *chosen}, kept))


def _grown(checker: _Checker, group: set[int], candidates: list[int]) -> set[int]:
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
