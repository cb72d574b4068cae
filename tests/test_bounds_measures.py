"""Ranges of measures against every table of small made-up registers."""

from random import Random

import made_registers as made
import numpy as np
import pytest
from filings.bounds import MEASURES, IdentifiedSet, Sum, holds, parse_measure
from filings.bounds import measures as bound_measures
from filings.places import province_names
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registers import BOTH, NATION, statement

randoms = st.integers(0, 2**32).map(Random)
NAMES = ("hhi", "effective_number", "gini", "theil", "theil_between", "theil_within",
         "cr1", "cr2", "cr3", "cr4", "cr30", "cr31")  # fmt: skip


def told(random, tables, kinds, totals, exact):
    """The frame and true statements, with the totals of batches or only their limits."""
    truth = tables[[random.randrange(len(tables))]]
    said = [*made.frame(totals), *made.told(random, truth, kinds, 4)]
    if exact:
        for batch in range(1, len(totals) + 1):
            total = int(truth.value("services", (NATION,), (batch,))[0])
            said.append(statement("count", NATION, (batch,), total, id=f"T{batch}"))
    return said, made.agreeing(tables, said)


def assert_measured(register, left, name, unit, batches):
    values = made.measured(left, name, unit, batches)
    if not values:
        with pytest.raises(ValueError, match="nothing"):
            register.measure(name, batches, unit)
        return
    found, tables = register.measured(name, batches, unit)
    assert found.proven, (name, batches)
    assert (found.low, found.high) == pytest.approx(made.ends(values), abs=1e-12), (name, batches)
    for end in ("low", "high"):
        counts = tables[end].over_provinces(unit, batches)
        assert MEASURES[name](counts.to_numpy()) == getattr(found, end), (name, batches, end)
        for said in register.statements:
            assert holds(said, tables[end]), (name, batches, end, said)


@settings(max_examples=10)
@given(randoms, st.booleans())
def test_services(random, exact):
    said, left = told(random, made.services_tables((4, 3)), made.SERVICE_KINDS, (4, 3), exact)
    register = IdentifiedSet(said)
    for name in NAMES:
        assert_measured(register, left, name, "services", random.choice(((1,), (2,), BOTH)))


@settings(max_examples=8)
@given(randoms)
def test_entities(random):
    said, left = told(random, made.filer_tables(4), made.FILER_KINDS, (4,), random.random() < 0.5)
    register = IdentifiedSet(said)
    for name in random.sample(NAMES, 6):
        assert_measured(register, left, name, "entities", (1,))


@settings(max_examples=6)
@given(st.lists(st.integers(0, 90), min_size=31, max_size=31).filter(any))
def test_with_every_cell_stated_the_range_is_the_measure(counts):
    said = made.numbered(
        statement("count", name, (1,), count)
        for name, count in zip(province_names(), counts, strict=True)
    )
    register = IdentifiedSet(said)
    for name in ("hhi", "effective_number", "gini", "theil", "theil_between", "theil_within"):
        found = register.measure(name, (1,))
        assert found.low == found.high == MEASURES[name](counts) and found.proven


@settings(max_examples=20)
@given(randoms)
def test_a_majorizing_table_is_one_that_no_other_exceeds_in_any_sum_of_the_largest(random):
    said, left = told(random, made.services_tables((4, 3)), made.SERVICE_KINDS, (4, 3), True)
    batches = random.choice(((1,), (2,), BOTH))
    counts = np.stack([left.value("services", (p,), batches) for p in province_names()], axis=1)
    sums = np.cumsum(np.sort(counts, axis=1)[:, ::-1], axis=1)
    if not counts.any():
        return
    found = IdentifiedSet(said).majorizing(batches)
    for end, furthest in (("low", sums.min(axis=0)), ("high", sums.max(axis=0))):
        there = (sums == furthest).all(axis=1).any()
        assert (end in found) == there
        if there:
            mine = found[end].over_provinces("services", batches).to_numpy()
            assert (np.cumsum(np.sort(mine)[::-1]) == furthest).all()


def test_only_the_total_known():
    """Nine filings anywhere: all in one province, or in nine; the Theil parts follow."""
    register = IdentifiedSet([statement("count", NATION, (1,), 9)])
    hhi = register.measure("hhi", (1,))
    assert (hhi.low, hhi.high) == (pytest.approx(1 / 9), 1)
    gini = register.measure("gini", (1,))
    assert (gini.low, gini.high) == (pytest.approx(22 / 31), pytest.approx(30 / 31))
    number = register.measure("effective_number", (1,))
    assert (number.low, number.high) == (pytest.approx(1), pytest.approx(9))
    cr4 = register.measure("cr4", (1,))
    assert (cr4.low, cr4.high) == (pytest.approx(4 / 9), 1)


def test_unbounded_totals_are_refused_with_the_remedy():
    register = IdentifiedSet([statement("count", "四川", (6,), 5)])
    with pytest.raises(ValueError, match="ask for batches whose total is known"):
        register.measure("hhi", (6,))
    with pytest.raises(ValueError, match="ask where it is known"):
        register.majorizing((6,))


@pytest.mark.parametrize("name", ["cr0", "cr32", "herfindahl", ""])
def test_unknown_measures_are_refused(name):
    with pytest.raises(ValueError, match="unknown measure"):
        IdentifiedSet([statement("count", NATION, (1,), 9)]).measure(name, (1,))
    with pytest.raises(ValueError, match="unknown measure"):
        parse_measure(f"{name}:1")


def test_queries_of_measures():
    assert parse_measure("gini:1-3") == ("gini", (1, 2, 3))
    assert parse_measure("cr4:2") == ("cr4", (2,))
    with pytest.raises(ValueError, match="name:batches"):
        parse_measure("gini")
    with pytest.raises(ValueError, match="backwards"):
        parse_measure("gini:3-1")


def test_a_measure_leaves_the_register_as_it_was():
    said = [statement("count", NATION, (1,), 9), statement("count", "四川", (1,), 2, ">=", id="N")]
    asked = [Sum("services", (name,), (1,)) for name in ("四川", "湖南")]
    fresh, used = IdentifiedSet(said), IdentifiedSet(said)
    used.measure("gini", (1,))
    assert used.bounds(asked) == fresh.bounds(asked)
    assert used.measure("hhi", (1,)) == fresh.measure("hhi", (1,))


def test_a_total_that_the_counts_rule_out_has_no_table():
    register = IdentifiedSet([statement("count", NATION, (1,), 2, "<=")])
    asked = register._asked("services", (1,))
    assert bound_measures._end("hhi", asked, 1, "low").value == 1
    asked = register._asked("services", (1,))
    for form in asked.forms:
        asked.model.rows.row(form, high=0)
    for name in ("hhi", "cr4", "theil_between"):
        assert bound_measures._end(name, asked, 1, "low") is None
