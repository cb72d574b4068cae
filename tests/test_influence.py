"""Which statements carry a range, and which facts would narrow it: against every small table."""

from random import Random

import made_registers as made
from filings.bounds import IdentifiedSet, Sum, left_open, without_each
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registers import NATION, statement

QUESTION = Sum.parse("services:四川:1")
TOTALS = (4, 3)
randoms = st.integers(0, 2**32).map(Random)


def register_of(random):
    """A register told of one small table, its statements, and all tables that agree with them."""
    tables = made.services_tables(TOTALS)
    truth = tables[[random.randrange(len(tables))]]
    said = [*made.frame(TOTALS), *made.told(random, truth, made.SERVICE_KINDS, 5)]
    return IdentifiedSet(said), said, made.agreeing(tables, said)


def test_a_total_carries_what_it_limits():
    said = [
        statement("count", NATION, (1,), 10, id="T"),
        statement("count", "北京", (1,), 4, id="B"),
        statement("count", "上海", (2,), 1, id="S"),
    ]
    found = {group[0].id: kept for group, kept in without_each(IdentifiedSet(said), QUESTION)}
    assert {name: (kept.low, kept.high) for name, kept in found.items()} == {
        "T": (0, None),
        "B": (0, 10),
    }


def test_two_statements_of_one_fact_are_dropped_together():
    said = [
        statement("count", NATION, (1,), 10, id="T"),
        statement("count", "北京", (1,), 4, id="B"),
        statement("count", "北京", (1,), 4, id="C"),
    ]
    groups = [[one.id for one in group] for group, _ in without_each(IdentifiedSet(said), QUESTION)]
    assert groups == [["T"], ["B", "C"]]


@settings(max_examples=15)
@given(randoms)
def test_each_range_without_a_fact_is_that_of_the_others(random):
    register, said, left = register_of(random)
    now = register.sum(QUESTION)
    assert (now.low, now.high) == made.ends(left.value("services", ("四川",), (1,)))
    frame = {one.fact for one in made.frame(TOTALS)}
    for group, found in without_each(register, QUESTION):
        assert found.low < now.low or found.high is None or found.high > now.high
        if group[0].fact not in frame:  # the tables at hand are those of the frame
            others = [one for one in said if one.fact != group[0].fact]
            tables = made.agreeing(made.services_tables(TOTALS), others)
            assert (found.low, found.high) == made.ends(tables.value("services", ("四川",), (1,)))


def test_what_a_known_fact_leaves_open():
    said = [statement("count", NATION, (1,), 10)]
    told = [Sum.parse("services:北京:1"), QUESTION, Sum.parse("services:北京:2")]
    register = IdentifiedSet([*said, statement("count", NATION, (2,), 3)])
    # Beijing may turn out to have nothing: everything stays open; the question itself settles it.
    assert left_open(register, QUESTION, told) == [10, 0, 10]


@settings(max_examples=25)
@given(randoms)
def test_what_is_left_open_is_never_too_small(random):
    register, _, left = register_of(random)
    facts = [one for one in made.questions() if one != QUESTION]
    asked = left.value(QUESTION.unit, QUESTION.places, QUESTION.batches)
    for fact, most in zip(facts, left_open(register, QUESTION, facts), strict=True):
        values = left.value(fact.unit, fact.places, fact.batches)
        widths = [
            high - low for low, high in (made.ends(asked[values == one]) for one in set(values))
        ]
        assert max(widths) <= most
