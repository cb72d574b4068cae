"""Which statements carry a result, and which facts, if published, would narrow it most."""

import math
from collections.abc import Iterable

import numpy as np

from filings.feasible.model import Model
from filings.feasible.program import Form, Program, add
from filings.feasible.register import Register
from filings.feasible.table import Range, Sum
from filings.statements import Statement

_EPS = 1e-6


def without_each(register: Register, question: Sum) -> list[tuple[tuple[Statement, ...], Range]]:
    """The range of a sum without each fact in turn, for the facts without which it is wider.

    Statements of one fact are dropped together. Only facts that move an end of the linear
    relaxation are tried; each of those is bounded anew, exactly.
    """
    now = register.sum(question)
    facts: dict[tuple, list[Statement]] = {}
    for statement in register.statements:
        facts.setdefault(statement.fact, []).append(statement)
    groups = list(facts.values())
    model = Model([group[0] for group in groups], [question], register.model.ceilings)
    relaxed, form = Program(model.rows, relaxed=True), model.form(question)

    def ends(active: Iterable[int]) -> list[int]:
        relaxed.activate(active)
        return _ends(relaxed, form)

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
    model = Model(register.statements, [question, *facts], register.model.ceilings)
    return [
        _left(model, question, fact, known)
        for fact, known in zip(facts, register.bounds(facts), strict=True)
    ]


def _left(model: Model, question: Sum, fact: Sum, known: Range) -> int:
    if known.high is None:
        raise ValueError(f"{fact} is open above: it could turn out to be any number")
    rows = model.rows.copy()
    column = np.array([rows.column(known.low, known.high)])
    rows.row(add((1, model.form(fact)), (-1, {int(column[0]): 1})), low=0, high=0)
    relaxed, form = Program(rows, relaxed=True), model.form(question)
    widths = []
    for value in range(known.low, known.high + 1):
        relaxed.limit(column, np.array([value], float), np.array([value], float))
        if relaxed.feasible():
            low, high = _ends(relaxed, form)
            widths.append(high - low)
    return max(widths)


def _ends(relaxed: Program, form: Form) -> list[int]:
    low, high = (relaxed.optimise(form, end).value for end in ("low", "high"))
    return [math.ceil(low - _EPS), math.floor(high + _EPS)]
