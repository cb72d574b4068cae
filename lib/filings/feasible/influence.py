"""Which statements carry a result, and which facts, if published, would narrow it most."""

import math
from collections.abc import Iterable
from functools import cache

import numpy as np

from filings import places
from filings.feasible.model import Model
from filings.feasible.program import Form, Program, add
from filings.feasible.register import Register
from filings.feasible.table import Range, Sum
from filings.statements import Statement

_EPS = 1e-6


def without_each(register: Register, question: Sum) -> list[tuple[tuple[Statement, ...], Range]]:
    """The range of a sum without each fact in turn, for the facts without which it is wider.

    Statements of one fact are dropped together. Only facts that move an end of the linear
    relaxation, or the total of a batch in it, are tried; each of those is bounded anew, exactly.
    """
    now = register.sum(question)
    facts: dict[tuple, list[Statement]] = {}
    for statement in register.statements:
        facts.setdefault(statement.fact, []).append(statement)
    groups = list(facts.values())
    said = [group[0] for group in groups]
    model, loose = Model(said, [question], register.model.ceilings), Model(said, [question])
    relaxed, unlimited = (Program(each.rows, relaxed=True) for each in (model, loose))
    form = model.form(question)
    totals = [loose.form(Sum("services", (places.NATION,), (b,))) for b in question.batches]

    def ends(active: Iterable[int]) -> list[int]:
        """Ends of the question, and the highest totals, by which ``model`` limits its columns."""
        active = list(active)
        relaxed.activate(active)
        unlimited.activate(active)
        highest = [unlimited.optimise(total, "high").value for total in totals]
        return [*_ends(relaxed, form), *(math.floor(value + _EPS) for value in highest)]

    everything = range(len(groups))
    usual = ends(everything)
    carried = []
    for number, group in enumerate(groups):
        if ends(other for other in everything if other != number) != usual:
            others = [s for s in register.statements if s.fact != group[0].fact]
            found = Register(others, [question]).sum(question)
            if found != now:
                carried.append((tuple(group), found))
    return carried


def left_open(register: Register, question: Sum, facts: Iterable[Sum]) -> list[int]:
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


def _left(model: Model, question: Sum, fact: Sum, known: Range) -> int:
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
    return math.floor(high + _EPS) - math.ceil(low - _EPS)


def _ends(relaxed: Program, form: Form) -> list[int]:
    low, high = (relaxed.optimise(form, end).value for end in ("low", "high"))
    return [math.ceil(low - _EPS), math.floor(high + _EPS)]
