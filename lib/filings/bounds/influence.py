"""Which statements carry a result, and which facts, if published, would narrow it most."""

import math
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np

from filings.bounds.identified import IdentifiedSet, highest_totals
from filings.bounds.model import Model
from filings.bounds.program import INF, Program, add, outermost
from filings.bounds.table import Bounds, Sum
from filings.ledger import Statement

_EPS = 1e-6
_POOL = 12  # facts dropped at once where none is likely to matter


def without_each(
    register: IdentifiedSet, question: Sum
) -> list[tuple[tuple[Statement, ...], Bounds]]:
    """The range of a sum without each fact in turn, for the facts without which it is wider.

    Statements of one fact are dropped together.
    """
    now = register.sum(question)
    facts: dict[tuple, list[Statement]] = {}
    for statement in register.statements:
        facts.setdefault(statement.fact, []).append(statement)

    def wider(pool: list[tuple]) -> dict[tuple, Bounds]:
        """The facts of the pool that carry the range: none if it stays put without all of them."""
        found = _among([s for s in register.statements if s.fact not in pool], question, now)
        if found == now:
            return {}
        if len(pool) == 1:
            return {pool[0]: found}
        half = len(pool) // 2
        return wider(pool[:half]) | wider(pool[half:])

    # One by one those that look as if they carried it, and the others together.
    likely = _moving(register, question, facts)
    unlikely = [fact for fact in facts if fact not in likely]
    pools = [[fact] for fact in likely]
    pools += [unlikely[start : start + _POOL] for start in range(0, len(unlikely), _POOL)]
    carried = {}
    for pool in pools:
        carried |= wider(pool)
    return [(tuple(facts[fact]), carried[fact]) for fact in facts if fact in carried]


def _moving(
    register: IdentifiedSet, question: Sum, facts: Mapping[tuple, list[Statement]]
) -> list[tuple]:
    """The facts, each given with its statements, without which an end of the relaxation moves."""
    said = [group[0] for group in facts.values()]
    model = Model(said, [question], register.model.ceilings)
    relaxed, form = Program(model.rows, relaxed=True), model.form(question)

    def ends(active: set[int]) -> tuple[int, int]:
        relaxed.activate(active)
        return outermost(*(relaxed.optimise(form, end).value for end in ("low", "high")))

    everything = set(range(len(facts)))
    usual = ends(everything)
    return [fact for number, fact in enumerate(facts) if ends(everything - {number}) != usual]


def _among(fewer: list[Statement], question: Sum, now: Bounds) -> Bounds:
    """The range of a sum by fewer statements than those by which it is ``now``.

    It can only be wider, so tables are sought beyond its ends alone.
    """
    totals, unbounded = highest_totals(fewer, [question])
    if unbounded.intersection(question.batches):
        return IdentifiedSet(fewer, [question]).sum(question)
    model = Model(fewer, [question], totals)
    form, rows = model.form(question), model.rows.narrowed()
    relaxed, found, proven = Program(rows, relaxed=True), {}, now.proven
    for end, beyond in (("low", (-INF, now.low - 1)), ("high", (now.high + 1, INF))):
        found[end] = getattr(now, end)
        if beyond[0] - _EPS <= relaxed.optimise(form, end).value <= beyond[1] + _EPS:
            wider = rows.copy()
            wider.row(form, *beyond)
            if further := Program(wider.narrowed()).optimise(form, end):
                found[end] = round(further.value if further.proven else further.bound)
                proven = proven and further.proven
    return Bounds(found["low"], found["high"], proven)


def left_open(register: IdentifiedSet, question: Sum, facts: Iterable[Sum]) -> list[int]:
    """For each fact, the width that could at most remain of the question's range if it were known.

    The worst over all values the fact may turn out to have, on the relaxation: never too small.
    Raises ValueError for a fact that is open above.
    """
    facts = list(facts)
    _, *ranges = register.bounds([question, *facts])
    return [
        _left(register.model, question, fact, known)
        for fact, known in zip(facts, ranges, strict=True)
    ]


def _left(model: Model, question: Sum, fact: Sum, known: Bounds) -> int:
    if known.high is None:
        raise ValueError(f"{fact} is open above: it could turn out to be any number")
    rows = model.rows.copy()
    column = np.array([rows.column(known.low, known.high)])
    rows.row(add((1, model.form(fact)), (-1, {int(column[0]): 1})), low=0, high=0)
    relaxed, form = Program(rows.narrowed(), relaxed=True), model.form(question)

    @cache
    def ends(value: int) -> tuple[float, float]:
        """What the relaxation leaves to the question if the fact turns out to be the value."""
        relaxed.limit(column, np.array([value], float), np.array([value], float))
        return tuple(relaxed.optimise(form, end).value for end in ("low", "high"))

    def width(value: int) -> float:
        low, high = ends(value)
        return high - low

    # The width is concave in the value, so it has one peak, and falls off on both sides.
    first, last = known.low, known.high
    while first < last:
        middle = (first + last) // 2
        if width(middle + 1) > width(middle) + _EPS:
            first = middle + 1
        else:
            last = middle
    widest = _whole(*ends(first))
    for values in (range(first - 1, known.low - 1, -1), range(first + 1, known.high + 1)):
        for value in values:
            if math.floor(width(value) + _EPS) <= widest:
                break
            widest = max(widest, _whole(*ends(value)))
    return widest


def _whole(low: float, high: float) -> int:
    """How far apart the outermost whole numbers between the two ends are."""
    first, last = outermost(low, high)
    return last - first
