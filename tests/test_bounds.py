"""Ranges, witnesses and joint values against every table of small made-up registers."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import made_registers as made
import numpy as np
import pytest
from filings import ledger, places
from filings.bounds import ContradictionError, IdentifiedSet, Sum, holds, reconcile
from hypothesis import given, settings
from hypothesis import strategies as st
from made_registers import BOTH, NATION, statement

randoms = st.integers(0, 2**32).map(Random)


def told(random, tables, kinds, totals, atoms=5, most=5):
    """The frame, with statements true of one of its tables; and the tables that agree with all."""
    truth = tables[[random.randrange(len(tables))]]
    said = [*made.frame(totals, atoms), *made.told(random, truth, kinds, most)]
    return said, made.agreeing(tables, said), truth


def assert_ends(register, asked, tables):
    """Every range equals brute force; where laws of filers are left out it holds that range."""
    for question, found in zip(asked, register.bounds(asked), strict=True):
        values = tables.value(question.unit, question.places, question.batches)
        assert found.proven == register.model.complete, str(question)
        if found.proven:
            assert (found.low, found.high) == made.ends(values), str(question)
        else:
            assert found.low <= values.min() and values.max() <= found.high, str(question)


def assert_witnesses(register, asked):
    for question, found in zip(asked, register.bounds(asked), strict=True):
        for end in ("low", "high"):
            table = register.witness(question, end)
            ours = made.read_back(table)
            assert table.value(question) == getattr(found, end), str(question)
            for said in register.statements:
                assert made.agrees(said, ours)[0], (said, end, str(question))
                assert holds(said, table), (said, end, str(question))


# --- every range is what brute force says ---


@settings(max_examples=40)
@given(randoms)
def test_services(random):
    said, left, truth = told(random, made.services_tables((4, 3)), made.SERVICE_KINDS, (4, 3))
    register, asked = IdentifiedSet(said), made.questions()
    assert register.model.complete
    assert_ends(register, asked, left)
    assert_witnesses(register, random.sample(asked, 2))
    for question, found in zip(asked, register.bounds(asked), strict=True):
        true = truth.value(question.unit, question.places, question.batches)[0]
        assert found.low <= true <= found.high


@settings(max_examples=40)
@given(randoms)
def test_entities_and_multi_filers(random):
    said, left, _ = told(random, made.filer_tables(4), made.FILER_KINDS, (4,))
    register, asked = IdentifiedSet(said), made.questions(("services", "entities"), ((1,),))
    assert_ends(register, asked, left)
    assert_witnesses(register, random.sample(asked, 2))


@settings(max_examples=25)
@given(randoms)
def test_entities_that_file_again(random):
    tables = made.returning_tables((4, 3))
    said, left, _ = told(random, tables, made.RETURNING_KINDS, (4, 3), atoms=3)
    asked = made.questions(("services", "entities"))
    register = IdentifiedSet(said, asked)
    assert_ends(register, asked, left)
    assert_witnesses(register, random.sample(asked, 2))


@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize("totals", [(4, 3), (2, 2, 2)], ids=["two batches", "three batches"])
def test_random_registers_of_filers(totals, block):
    """Who files what in which batch: the truth is inside, and ends are brute force's where proven.

    500 registers in all, with statements of every kind and each selection of batches.
    """
    tables, complete = made.registers_of_filers(totals), 0
    selections = [chosen for unit, chosen in tables.counts if unit == "entities"]
    every = made.questions(("services", "entities"), selections)
    for seed in range(25 * block, 25 * (block + 1)):
        random = Random(seed)
        kinds = random.choice((made.FILER_KINDS, made.RETURNING_KINDS[:-1], made.SERVICE_KINDS))
        truth = tables[[random.randrange(len(tables))]]
        said = [*made.frame(totals, 2), *made.told(random, truth, kinds, 5)]
        asked = random.sample(every, 8)
        register = IdentifiedSet(said, asked)
        complete += register.model.complete
        assert_ends(register, asked, made.agreeing(tables, said))
    assert complete > 5, "or this test says little"


def test_who_is_in_three_batches_is_nobody_at_the_least():
    """Two filers a batch, four in any two: so six in all three, as nobody comes back."""
    singles = [statement("count", "北京", (b,), 2, unit="entities") for b in (1, 2, 3)]
    pairs = [statement("count", "北京", chosen, 4, unit="entities")
             for chosen in ((1, 2), (1, 3), (2, 3))]  # fmt: skip
    asked = Sum("entities", ("北京",), (1, 2, 3))
    found = IdentifiedSet(made.numbered([*singles, *pairs]), [asked]).sum(asked)
    assert (found.low, found.high, found.proven) == (6, 6, True)


def test_a_largest_filer_of_several_batches_is_no_larger_in_one():
    said = [
        statement("max_per_entity", "北京", BOTH, 2),
        statement("count", "北京", (1,), 1, unit="entities"),
    ]
    asked = Sum("services", ("北京",), (1,))
    found = IdentifiedSet(made.numbered(said), [asked]).sum(asked)
    assert (found.low, found.high) == (1, 2)


@settings(max_examples=60)
@given(randoms)
def test_the_contract_of_each_kind_is_read_alike_twice(random):
    """``holds`` against the arrays of made_registers, on tables that need not agree."""
    for tables, kinds in (
        (made.services_tables((4, 3)), made.SERVICE_KINDS),
        (made.filer_tables(4), made.FILER_KINDS),
        (made.returning_tables((4, 3)), made.RETURNING_KINDS),
    ):
        truth, other = (tables[[random.randrange(len(tables))]] for _ in range(2))
        for said in made.told(random, truth, kinds, 5):
            agrees = made.agrees(said, other)[0]
            if said.kind == "max_per_entity":
                assert holds(said, other.table(0)) or not agrees
            else:
                assert holds(said, other.table(0)) == agrees, said


@pytest.mark.parametrize("kind", [name for name, kind in ledger.KINDS.items() if kind.binds])
def test_every_kind_rules_out_some_tables(kind):
    """Or the tests above would say little of it."""
    multi = kind in made.FILER_KINDS and kind not in made.SERVICE_KINDS
    tables = made.filer_tables(4) if multi else made.services_tables((4, 3))
    random, ruled_out = Random(1), 0
    for _ in range(40):
        truth = tables[[random.randrange(len(tables))]]
        for said in made.told(random, truth, (kind,), 1):
            agree = made.agrees(said, tables)
            assert agree.any()
            ruled_out += not agree.all()
    assert ruled_out


def test_a_register_that_the_solver_once_called_empty():
    """Presolve in HiGHS 1.15.1 finds no table here though there are many."""
    said = [
        *made.frame((4, 3)),
        statement("leaders", NATION, (2,), ("湖南", "上海", "广东"), id="M1"),
        statement("order", NATION, BOTH, ("上海", "湖南"), id="M2"),
        statement("order", NATION, (2,), ("上海", "北京", "广东"), id="M3"),
    ]
    left = made.agreeing(made.services_tables((4, 3)), said)
    assert_ends(IdentifiedSet(said), made.questions(), left)


# --- what follows from having more or all statements ---


@settings(max_examples=12)
@given(randoms)
def test_a_true_statement_more_never_widens(random):
    said, _, _ = told(random, made.services_tables((4, 3)), made.SERVICE_KINDS, (4, 3), most=4)
    frame, asked = made.frame((4, 3)), made.questions()
    ranges = [
        IdentifiedSet(said[:count]).bounds(asked) for count in range(len(frame), len(said) + 1)
    ]
    for before, after in pairwise(ranges):
        for wide, narrow in zip(before, after, strict=True):
            assert wide.low <= narrow.low <= narrow.high <= wide.high


@settings(max_examples=8)
@given(st.integers(0, 2**32))
def test_with_every_cell_stated_ranges_collapse(seed):
    cells = np.random.default_rng(seed).integers(0, 400, (31, 2))
    said = made.numbered(
        statement("count", name, (batch,), int(cells[row, batch - 1]))
        for row, name in enumerate(places.province_names())
        for batch in BOTH
    )
    register = IdentifiedSet(said)
    asked = [
        Sum("services", (name,), batches)
        for name in (*places.province_names(), NATION)
        for batches in ((1,), (2,), BOTH)
    ]
    for question, found in zip(asked, register.bounds(asked), strict=True):
        rows = [
            n for n, p in enumerate(places.province_names()) if question.places in ((p,), (NATION,))
        ]
        true = cells[rows][:, [b - 1 for b in question.batches]].sum()
        assert (found.low, found.high, found.exact, found.basis) == (true, true, True, "exact")


def test_interchangeable_provinces_answer_alike_and_their_witnesses_too():
    said = made.numbered([
        statement("count", NATION, (1,), 9),
        statement("count", "北京", (1,), 3),
        statement("coverage", NATION, (1,), 4, unit="provinces"),
    ])  # fmt: skip
    register = IdentifiedSet(said)
    others = [Sum("services", (name,), (1,)) for name in places.province_names()[1:]]
    found = set(register.bounds(others))
    # Three others share six, so one can have none or all but two of them.
    assert {(each.low, each.high) for each in found} == {(0, 4)}
    for question in (others[0], others[-1]):
        assert register.witness(question, "high").value(question) == 4


# --- ratios, differences, ranks, coverage, joint values ---


@settings(max_examples=20)
@given(randoms)
def test_ratios(random):
    said, left, _ = told(random, made.services_tables((4, 3)), made.SERVICE_KINDS, (4, 3))
    register, asked = IdentifiedSet(said), made.questions()
    for _ in range(6):
        part, whole = random.sample(asked, 2)
        above, below = (left.value(q.unit, q.places, q.batches) for q in (part, whole))
        if not below.any():
            with pytest.raises(ValueError, match="nothing"):
                register.ratio(part, whole)
            continue
        pairs = set(zip(above.tolist(), below.tolist(), strict=True))
        exact = [Fraction(a, b) for a, b in pairs if b]
        unbounded = bool((above[below == 0] > 0).any())
        found = register.ratio(part, whole)
        assert found.proven
        assert found.low == float(min(exact))
        assert found.high == (None if unbounded else float(max(exact)))


@settings(max_examples=20)
@given(randoms)
def test_differences_ranks_coverage(random):
    said, left, _ = told(random, made.services_tables((4, 3)), made.SERVICE_KINDS, (4, 3))
    register, asked = IdentifiedSet(said), made.questions()
    for _ in range(5):
        more, less = random.sample(asked, 2)
        gaps = left.value("services", more.places, more.batches)
        gaps = gaps - left.value("services", less.places, less.batches)
        found = register.difference(more, less)
        assert (found.low, found.high) == made.ends(gaps)
    for batches in ((1,), BOTH):
        counts = left.over_provinces("services", batches)
        for name in ("北京", "西藏"):
            mine = counts[:, [places.province_names().index(name)]]
            found = register.rank(name, batches)
            assert (found.low, found.high) == made.ends(1 + (counts > mine).sum(axis=1))
        found = register.coverage(batches)
        assert (found.low, found.high) == made.ends((counts > 0).sum(axis=1))


@settings(max_examples=15)
@given(randoms)
def test_joint_values_and_any_function_of_them(random):
    said, left, _ = told(random, made.services_tables((4, 3)), made.SERVICE_KINDS, (4, 3))
    register = IdentifiedSet(said)
    asked = random.sample(made.questions(), 3)
    values = np.stack([left.value("services", q.places, q.batches) for q in asked], axis=1)
    every = sorted({tuple(int(v) for v in row) for row in values})
    assert register.attainable(asked) == every

    def function(a, b, c):
        return a * a - 2 * b * c

    found, at = register.extreme(asked, function)
    assert register.extreme(asked, function, at_once=True) == (found, at)
    assert (found.low, found.high) == made.ends([function(*v) for v in every])
    assert {at["low"], at["high"]} <= set(every)
    assert (function(*at["low"]), function(*at["high"])) == (found.low, found.high)


# --- what bounds nothing, and very little ---


def test_without_statements_everything_is_open():
    register = IdentifiedSet([])
    asked = [Sum.parse(text) for text in (
        "services:四川:1", "entities:四川:1", "entities:全国:1-3", "services:深圳+相城区:2",
    )]  # fmt: skip
    for found in register.bounds(asked):
        assert (found.low, found.high, found.basis) == (0, None, "open")
    assert (register.rank("四川", (1,)).low, register.rank("四川", (1,)).high) == (1, 31)
    assert (register.coverage((1,)).low, register.coverage((1,)).high) == (0, 31)


def test_one_statement_about_a_place_says_what_it_says_of_others():
    register = IdentifiedSet([statement("count", "深圳", (2,), 7)])
    asked = {
        "services:深圳:2": (7, 7),
        "services:广东:2": (7, None),
        "services:全国:2": (7, None),
        "services:全国:1-2": (7, None),
        "services:广州:2": (0, None),
        "entities:深圳:2": (1, 7),
        "entities:深圳:1-2": (1, None),
        "services:四川:3": (0, None),
    }
    found = register.bounds([Sum.parse(text) for text in asked])
    assert [(each.low, each.high) for each in found] == list(asked.values())


def test_a_batch_without_total_is_open_above_and_a_limit_closes_it():
    open_above = [statement("count", "四川", (6,), 5, ">=")]
    question = Sum.parse("services:四川:6")
    assert IdentifiedSet(open_above).sum(question).high is None
    closed = [*open_above, statement("count", NATION, (6,), 9, "<=", id="N")]
    assert (IdentifiedSet(closed).sum(question).low, IdentifiedSet(closed).sum(question).high) == (
        5,
        9,
    )


def test_ratio_of_a_batch_without_total():
    said = [statement("count", "四川", (6,), 5), statement("count", "湖南", (6,), 2, ">=", id="N")]
    register = IdentifiedSet(said)
    of_two = register.ratio(Sum.parse("services:湖南:6"), Sum.parse("services:四川:6"))
    assert (of_two.low, of_two.high) == (0.4, None)
    share = register.ratio(Sum.parse("services:四川:6"), Sum.parse("services:全国:6"))
    assert (share.low, share.high) == (0, 5 / 7)


@pytest.mark.parametrize(
    ("said", "asked", "low", "high"),
    [
        # A whole of which a part and its share are stated: 4.5/1000 or 5/1000 ≤ 5/X < 6/1000.
        (
            [
                statement("count", "西藏", (1,), 5),
                statement("share", "西藏", (1,), Decimal("0.5"), of=NATION, id="N"),
            ],
            "services:全国:1",
            834,
            1111,
        ),
        # Entities known, and the most that one of them has.
        (
            [
                statement("count", "湖南", (1,), 300, unit="entities"),
                statement("max_per_entity", "湖南", (1,), 50, id="N"),
            ],
            "services:湖南:1",
            349,
            15000,
        ),
        # More in all than ten times the largest number stated.
        (
            [statement("count", name, (1,), 200, id=name) for name in places.province_names()],
            "services:全国:1",
            6200,
            6200,
        ),
    ],
    ids=["share", "most", "sum"],
)
def test_large_totals_that_nobody_states(said, asked, low, high):
    assert reconcile(said).set_aside == ()
    found = IdentifiedSet(said).sum(Sum.parse(asked))
    assert (found.low, found.high) == (low, high)


def test_statements_that_cannot_hold_together_are_refused():
    said = [statement("count", "四川", (1,), 5), statement("count", "四川", (1,), 6, id="N")]
    with pytest.raises(ContradictionError, match="reconcile"):
        IdentifiedSet(said)


def test_what_only_the_whole_numbers_rule_out_is_refused_too():
    """Two provinces with as much each cannot have five together."""
    said = [
        statement("order", NATION, (1,), ("四川", "湖南")),
        statement("order", NATION, (1,), ("湖南", "四川"), id="N"),
        statement("count", "四川+湖南", (1,), 5, id="O"),
    ]
    with pytest.raises(ContradictionError):
        IdentifiedSet(said)


@pytest.mark.parametrize(
    "text",
    ["四川:1", "firms:四川:1", "services:四州:1", "services:四川:3-1", "services:广东+深圳:1"],
)
def test_a_question_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError):
        Sum.parse(text)


def test_too_many_combinations_are_refused():
    said = [statement("count", NATION, (1,), 900)]
    names = places.province_names()[:3]
    with pytest.raises(ValueError, match="fewer or narrower"):
        IdentifiedSet(said).attainable([Sum("services", (name,), (1,)) for name in names])


def test_open_sums_have_no_list_of_values():
    with pytest.raises(ValueError, match="open above"):
        IdentifiedSet([]).attainable([Sum.parse("services:四川:1")])


# --- the ledger on file ---


@pytest.fixture(scope="module")
def on_file():
    return IdentifiedSet(ledger.used())


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        # What the evidence as first transcribed must show.
        ("services:四川:2-3", 9, 12),
        ("services:湖南:2-3", 9, 9),
        ("services:江苏:1", 10, 13),
        ("services:北京:4", 76, 76),
        ("services:北京+广东+上海+浙江:1", 153, 153),
        ("services:北京+广东+上海+浙江:2", 247, 247),
        ("services:北京+广东+上海+浙江:3", 171, 171),
    ],
)
def test_what_the_evidence_on_file_must_show(on_file, query, low, high):
    found = on_file.sum(Sum.parse(query))
    assert (found.low, found.high, found.proven) == (low, high, True)


def test_what_batches_without_a_total_say_on_file(on_file):
    for batch in on_file.open_batches:
        assert on_file.sum(Sum("services", (NATION,), (batch,))).high is None


def test_witnesses_on_file_agree_with_every_statement(on_file):
    question = Sum.parse("services:四川:2-3")
    for end in ("low", "high"):
        table = on_file.witness(question, end)
        for said in on_file.statements:
            assert holds(said, table), said.id
