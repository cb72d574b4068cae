"""What is set aside where statements contradict each other: against brute force, and on file."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations
from random import Random

import made_registers as made
import pandas as pd
import pytest
from filings import ledger, paths
from filings.bounds import (
    ContradictionError,
    IdentifiedSet,
    SetAside,
    reconcile,
    why,
    why_measure,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registers import NATION, statement

randoms = st.integers(0, 2**32).map(Random)
TABLES = made.services_tables((4, 3))
FRAME = made.frame((4, 3))


def can_hold(said) -> bool:
    try:
        IdentifiedSet(said)
    except ContradictionError:
        return False
    return True


def shown_to_hold(said) -> bool:
    """True if one of the small tables agrees with all, or the register finds another that does."""
    return len(made.agreeing(TABLES, said)) > 0 or can_hold(said)


def subsets(items):
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def aside(found) -> list[str]:
    return [item.statement.id for item in found.set_aside]


# --- by brute force ---


@settings(max_examples=25)
@given(randoms)
def test_the_lightest_choice_and_the_smallest_clashes(random):
    """Statements about several truths; the frame is said by so many that it never yields."""
    said = []
    for _ in range(4):
        truth = TABLES[[random.randrange(len(TABLES))]]
        said += made.told(random, truth, made.SERVICE_KINDS, 4)
    said = made.numbered({each.fact: each for each in said}.values())
    firm = [
        statement(
            each.kind, each.place, each.batches, each.value, each.relation, id=each.id,
            also=tuple(f"Z{n:02}" for n in range(1, 20)),
        )
        for each in FRAME
    ]  # fmt: skip
    frame = made.agreeing(TABLES, FRAME)
    true = {each.id: made.agrees(each, frame) for each in said}

    def hold(ids) -> bool:
        tables = True
        for one in ids:
            tables = tables & true[one]
        return bool(len(frame) if tables is True else tables.any())

    ids = [each.id for each in said]
    fewest = next(len(gone) for gone in subsets(ids) if hold(one for one in ids if one not in gone))
    found = reconcile([*firm, *said])
    gone = aside(found)
    assert len(gone) == fewest and all(item.weight == 1 for item in found.set_aside)
    kept = [one for one in ids if one not in gone]
    assert hold(kept)
    assert {each.id for each in found.kept} == {*kept, *(each.id for each in firm)}
    for item in found.set_aside:
        clash = [other.id for other in item.clashes_with]
        assert set(clash) <= {each.id for each in found.kept}
        assert not can_hold([item.statement, *item.clashes_with])
        for other in item.clashes_with:
            rest = [each for each in item.clashes_with if each is not other]
            assert shown_to_hold([item.statement, *rest])


@settings(max_examples=15)
@given(randoms)
def test_true_statements_are_all_kept_and_their_order_does_not_matter(random):
    truth = TABLES[[random.randrange(len(TABLES))]]
    said = [*FRAME, *made.told(random, truth, made.SERVICE_KINDS, 5)]
    assert reconcile(said).set_aside == ()
    wrong = [*said, statement("count", "湖南", (1,), 9, id="W")]
    shuffled = random.sample(wrong, len(wrong))
    first, second = reconcile(wrong), reconcile(shuffled)
    assert first.set_aside == second.set_aside
    assert set(first.kept) == set(second.kept)


@settings(max_examples=12)
@given(randoms)
def test_no_smaller_group_of_kept_statements_clashes(random):
    truth = TABLES[[random.randrange(len(TABLES))]]
    said = [*FRAME[:2], *made.told(random, truth, made.SERVICE_KINDS, 4)]
    wrong = statement("count", random.choice(made.PLACES), (1,), random.randint(5, 9), id="W")
    found = reconcile([*said, wrong])
    for item in found.set_aside:
        smaller = combinations(found.kept, max(0, len(item.clashes_with) - 1))
        assert all(can_hold([item.statement, *group]) for group in smaller)


# --- weights and ties ---


def test_independent_texts_outweigh_one():
    said = [
        statement("count", "四川", (1,), 5, id="A", source="S01"),
        statement("count", "四川", (1,), 6, id="B", source="S02"),
        statement("count", "四川", (1,), 6, id="C", source="S03"),
    ]
    (item,) = reconcile(said).set_aside
    assert (item.statement.id, item.weight) == ("A", 1)
    assert [each.fact for each in item.clashes_with] == [said[1].fact]


def test_both_rows_of_an_outweighed_fact_go():
    said = [
        statement("count", "四川", (1,), 6, id="B", source="S02"),
        statement("count", "四川", (1,), 6, id="C", source="S03"),
        statement("count", "四川", (1,), 5, id="D", source="S04", also=("S05", "S06")),
    ]
    found = reconcile(said)
    assert aside(found) == ["B", "C"] and {item.weight for item in found.set_aside} == {2}


def test_reprints_of_one_text_count_once():
    said = [
        statement("count", "四川", (1,), 6, id="B", source="S03"),
        statement("count", "四川", (1,), 6, id="C", source="S04"),
        statement("count", "四川", (1,), 5, id="E", source="S05", also=("S06",)),
    ]
    found = reconcile(said)
    assert aside(found) == ["B", "C"] and {item.weight for item in found.set_aside} == {1}


@pytest.mark.parametrize(
    "vague",
    [
        statement("share", "四川", (1,), Decimal("20"), of=NATION, id="A"),
        statement("rank", "四川", (1,), 1, id="A"),
        statement("order", NATION, (1,), ("四川", "湖南"), id="A"),
        statement("leaders", NATION, (1,), ("四川",), id="A"),
        statement("count", "四川", (1,), 6, ">=", id="A"),
    ],
    ids=lambda each: each.kind + each.relation,
)
def test_where_choices_weigh_the_same_the_vaguer_yields(vague):
    """Whatever its id: the counts 5 of 50, with 45 in 湖南, are told from one source each too."""
    said = [
        statement("count", NATION, (1,), 50, id="X", source="S02", also=("S05",)),
        statement("count", "四川", (1,), 5, id="Y", source="S03"),
        statement("count", "湖南", (1,), 45, id="Z", source="S04", also=("S06",)),
    ]
    for each in ("A", "ZZ"):
        named = made.replace(vague, id=each)
        assert aside(reconcile([named, *said])) == [each]


def test_a_statement_that_no_register_can_meet():
    (item,) = reconcile([statement("coverage", NATION, (1,), 32, unit="provinces")]).set_aside
    assert item.clashes_with == ()
    assert "what any register must be" in item.words("en")
    assert "登记的定义本身" in item.words("zh")


def test_nothing_and_what_binds_nothing():
    assert reconcile([]) == reconcile(())
    near = statement("count", "四川", (1,), 5, "~")
    found = reconcile([near])
    assert (found.kept, found.set_aside, found.context) == ((), (), (near,))


def test_without_explanation_the_same_is_set_aside():
    said = [
        statement("count", "四川", (1,), 5, id="A"),
        statement("count", "四川", (1,), 6, id="B", source="S02"),
    ]
    long, short = reconcile(said), reconcile(said, explain=False)
    assert aside(long) == aside(short) == ["B"]
    assert long.kept == short.kept and short.set_aside[0].clashes_with == ()


# --- the ledger on file ---


@pytest.fixture(scope="module")
def on_file():
    return ledger.sorted_out("used", "set aside", "context")


@pytest.fixture(scope="module")
def judged(on_file):
    """The ledger sorted, with the clashes that notebook 01 found: they take long to find."""
    found = reconcile(on_file, explain=False)
    known = {statement.id: statement for statement in on_file}
    reasons = pd.read_csv(paths.USED_STATEMENTS, index_col="id")["reason"]
    said = {item: re.findall(r"\((C\d+)\)", reasons[item.statement.id]) for item in found.set_aside}
    items = (
        replace(item, clashes_with=tuple(known[other] for other in ids[1:]))
        for item, ids in said.items()
    )
    return replace(found, set_aside=tuple(items))


def test_the_clashes_are_those_on_file(judged):
    reasons = pd.read_csv(paths.USED_STATEMENTS, index_col="id")["reason"].dropna()
    assert {item.statement.id: item.words() for item in judged.set_aside} == dict(reasons)


def test_every_statement_on_file_is_kept_set_aside_or_context(on_file, judged):
    ids = [*(s.id for s in judged.kept), *aside(judged), *(s.id for s in judged.context)]
    assert sorted(ids) == sorted(each.id for each in on_file)
    assert judged.set_aside, "the ledger is known to contradict itself"


def test_what_is_kept_on_file_can_hold_and_each_set_aside_cannot_be_added(judged):
    assert can_hold(judged.kept)
    for item in judged.set_aside:
        assert not can_hold([*judged.kept, item.statement]), item.statement.id


def test_no_fewer_would_do_on_file(judged):
    """Each clash alone asks for one of its facts; the clashes share none, so one each is least."""
    groups = [{item.statement.fact, *(c.fact for c in item.clashes_with)}
              for item in judged.set_aside]  # fmt: skip
    facts = [fact for group in groups for fact in group]
    assert len(facts) == len(set(facts)), "the clashes overlap: compare their hitting sets"
    for item in judged.set_aside:
        assert item.weight == 1


def test_the_clashes_on_file_are_minimal_and_made_of_kept_statements(judged):
    for item in judged.set_aside:
        assert set(item.clashes_with) <= set(judged.kept)
        assert not can_hold([item.statement, *item.clashes_with])
        for other in item.clashes_with:
            rest = [each for each in item.clashes_with if each is not other]
            assert can_hold([item.statement, *rest]), (item.statement.id, other.id)


def test_the_order_of_rows_on_file_does_not_matter(on_file, judged):
    turned = reconcile(tuple(reversed(on_file)), explain=False)
    assert aside(turned) == aside(judged)


def test_reasons_on_file_are_readable(judged):
    for item in judged.set_aside:
        assert isinstance(item, SetAside)
        english, chinese = item.words("en"), item.words("zh")
        assert "cannot hold with" in english and english.endswith(".")
        assert "不能同时成立" in chinese and chinese.endswith("。")
        for each in (item.statement, *item.clashes_with):
            assert each.id in english and each.id in chinese
        assert not any("一" <= letter <= "鿿" for letter in english), english


# --- why an end is where it is ---


@settings(max_examples=30)
@given(randoms)
def test_what_forces_an_end_forces_it_and_nothing_of_it_can_be_spared(random):
    truth = TABLES[[random.randrange(len(TABLES))]]
    said = made.told(random, truth, made.SERVICE_KINDS, 6)
    found = IdentifiedSet([*FRAME, *said])
    asked = random.choice(made.questions())
    for end, reason in why(found, asked).items():
        assert reason.value == getattr(found.sum(asked), end)
        if not reason.because:
            assert reason.value in (None, 0)
            continue
        alone = IdentifiedSet(reason.because, [asked]).sum(asked)
        assert getattr(alone, end) == reason.value
        for one in reason.because:
            rest = [other for other in reason.because if other != one]
            assert getattr(IdentifiedSet(rest, [asked]).sum(asked), end) != reason.value


def test_what_forces_a_measure_is_said_too():
    said = made.numbered(
        [statement("count", NATION, (1,), 5), statement("count", "北京", (1,), 3)], "M"
    )
    found = why_measure(IdentifiedSet(said), "hhi", (1,))
    assert [one.id for one in found["high"].because] == ["M001", "M002"]
    assert found["high"].value == pytest.approx((9 + 4) / 25)


def test_who_else_could_yield_at_the_same_weight_is_told():
    """The two ends weigh the same and contradict each other: one yields, the other could."""
    said = made.numbered([statement("count", "北京", (1,), n) for n in (3, 4)], "E")
    found = reconcile(said)
    (aside,) = found.set_aside
    ((out, instead),) = found.as_light
    assert out == aside.statement and instead in found.kept
