"""Catch-up statistics against closed forms, independent libraries and enumeration."""

import doctest
import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from filings import convergence, places
from filings.bounds.table import Bounds
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

NEAR = pytest.approx

batches = st.lists(
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=4,
).filter(lambda rows: 0 < sum(hit for hit, _ in rows) < sum(total for _, total in rows))
counts = st.lists(st.integers(0, 30), min_size=2, max_size=8)


class AllTables:
    """A register whose every table is known: what the program's answers must come to."""

    def __init__(self, tables):
        self.tables = tables

    def attainable(self, sums):
        def answer(table, asked):
            return sum(table.get((p, b), 0) for p in asked.places for b in asked.batches)

        return sorted({tuple(answer(table, asked) for asked in sums) for table in self.tables})

    def extreme(self, sums, function, at_once=False):
        rows = sorted(self.attainable(sums), key=lambda row: function(*row))
        return Bounds(function(*rows[0]), function(*rows[-1])), {"low": rows[0], "high": rows[-1]}

    def bounds(self, sums):
        found = [[row[0] for row in self.attainable([asked])] for asked in sums]
        return [Bounds(values[0], values[-1]) for values in found]


def two_rows(hits, totals):
    return np.array([hits, np.subtract(totals, hits)])


def test_examples_in_the_docstrings():
    outcome = doctest.testmod(convergence)
    assert outcome.attempted > 5 and outcome.failed == 0


# --- Gaps ---------------------------------------------------------------------------------------


@given(st.integers(0, 100), st.integers(1, 100), st.integers(2, 9))
def test_a_place_that_grows_with_the_leader_keeps_its_relative_gap(behind, ahead, factor):
    before, after = convergence.gap(behind, ahead), convergence.gap(behind * factor, ahead * factor)
    assert after.relative == NEAR(before.relative)
    assert after.absolute == factor * before.absolute


def test_a_gap_needs_a_leader():
    with pytest.raises(ValueError, match="at least one filing"):
        convergence.gap(3, 0)


# --- Could it be chance? ------------------------------------------------------------------------


@given(batches)
def test_chi_square_is_that_of_scipy(rows):
    hits, totals = zip(*rows, strict=True)
    expected = stats.chi2_contingency(two_rows(hits, totals), correction=False).statistic
    assert convergence.homogeneity(hits, totals).statistic == NEAR(expected, abs=1e-9)


def p_by_labelling(hits, totals, statistic):
    """The share of all ways to hand out the hits among the single filings, counted one by one."""
    batch_of = np.repeat(range(len(totals)), totals)
    sizes = [
        abs(statistic(np.bincount(batch_of[list(chosen)], minlength=len(totals)), totals))
        for chosen in itertools.combinations(range(sum(totals)), sum(hits))
    ]
    return np.mean(np.array(sizes) >= abs(statistic(np.array(hits), totals)) - 1e-9)


def pearson(hits, totals):
    common = sum(hits) / sum(totals)
    expected = np.array(totals) * common
    return (((hits - expected) ** 2) / (expected * (1 - common))).sum()


def covariance(hits, totals):
    scores = np.arange(1, len(totals) + 1)
    return hits @ scores - sum(hits) * (scores @ totals) / sum(totals)


small = st.lists(
    st.integers(1, 5).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=3,
).filter(lambda rows: 0 < sum(hit for hit, _ in rows) < sum(total for _, total in rows))


@settings(max_examples=40, deadline=None)
@given(small)
def test_p_values_are_those_of_every_labelling_of_the_filings(rows):
    hits, totals = zip(*rows, strict=True)
    found = convergence.homogeneity(hits, totals), convergence.trend(hits, totals)
    assert all(outcome.exact for outcome in found)
    assert found[0].p == NEAR(p_by_labelling(hits, totals, pearson))
    assert found[1].p == NEAR(p_by_labelling(hits, totals, covariance))


@given(batches.filter(lambda rows: len(rows) == 2))
def test_two_batches_give_the_two_sided_exact_tests_of_scipy(rows):
    # For two columns the trend is the difference itself: both p-values must be one number.
    hits, totals = zip(*rows, strict=True)
    p = convergence.homogeneity(hits, totals).p
    assert convergence.trend(hits, totals).p == NEAR(p)
    null = stats.hypergeom(sum(totals), sum(hits), totals[0])
    mean = sum(hits) * totals[0] / sum(totals)
    every = np.arange(sum(hits) + 1)
    far = abs(every - mean) >= abs(hits[0] - mean) - 1e-9
    assert p == NEAR(null.pmf(every)[far].sum())


@given(batches)
def test_trend_is_that_of_statsmodels(rows):
    hits, totals = zip(*rows, strict=True)
    n = sum(totals)
    linear = Table(two_rows(hits, totals), shift_zeros=False).test_ordinal_association(
        row_scores=np.array([1, 0])
    )
    # statsmodels takes the variance given the margins, larger by the factor n / (n - 1).
    z = convergence.trend(hits, totals).statistic
    assert z * math.sqrt((n - 1) / n) == NEAR(linear.zscore, abs=1e-9)


@given(batches)
def test_squared_trend_is_the_correlation_of_hit_and_batch(rows):
    hits, totals = zip(*rows, strict=True)
    batch = np.repeat(range(len(totals)), totals)
    hit = np.concatenate([np.arange(total) < h for h, total in rows]).astype(float)
    z = convergence.trend(hits, totals).statistic
    assert z**2 == NEAR(len(hit) * np.corrcoef(batch, hit)[0, 1] ** 2, abs=1e-9)


def test_drawn_p_values_agree_with_the_tail_of_chi_square():
    hits, totals = (60, 85, 80, 75, 62), (200, 300, 220, 280, 210)
    found = convergence.homogeneity(hits, totals)
    assert not found.exact
    # Five large batches: the asymptotic p is near, and drawing errs by √(p (1 - p) / draws).
    expected = stats.chi2(4).sf(found.statistic)
    assert found.p == NEAR(expected, abs=0.01)
    assert convergence.homogeneity(hits, totals) == found, "seeded: the same answer every time"


def test_a_p_value_from_draws_is_never_zero():
    found = convergence.trend((200, 150, 100, 50, 1), (200, 200, 200, 200, 200))
    assert not found.exact and 0 < found.p < 1e-4


def test_no_difference_can_show_where_all_or_none_are_hits():
    assert convergence.homogeneity((0, 0), (3, 4)).p == convergence.trend((3, 4), (3, 4)).p == 1


@pytest.mark.parametrize(
    ("hits", "totals", "words"),
    [((1,), (2,), "two or more"), ((1, 2), (3,), "one each"), ((1, 5), (3, 4), "entry 2: 5 of 4")],
)
def test_impossible_batches_are_refused(hits, totals, words):
    with pytest.raises(ValueError, match=words):
        convergence.homogeneity(hits, totals)


@given(batches, st.data())
def test_ranges_of_p_are_those_of_enumeration(rows, data):
    _, totals = zip(*rows, strict=True)
    table = st.tuples(*[st.integers(0, total) for total in totals])
    tables = data.draw(st.lists(table, min_size=1, max_size=6, unique=True))
    register = AllTables([{("四川", b): n for b, n in enumerate(t, start=1)} for t in tables])
    sums = [convergence.services(("四川",), b) for b in range(1, len(totals) + 1)]
    span = convergence.over_tables(
        register, sums, lambda hits: convergence.homogeneity(hits, totals).p
    )
    each = {hits: convergence.homogeneity(hits, totals).p for hits in tables}
    assert (span.low, span.high) == (min(each.values()), max(each.values()))
    assert each[span.at_low] == span.low and each[span.at_high] == span.high


# --- Sizes of effects ---------------------------------------------------------------------------


@given(batches)
def test_newcombe_interval_is_made_of_two_score_intervals(rows):
    """d ∓ √((p₂ - l₂)² + (u₁ - p₁)²), with l, u the roots of (p - x)² = z² x (1 - x) / n."""
    (hits1, total1), (hits2, total2) = rows[:2]
    ends = []
    for hits, total in ((hits1, total1), (hits2, total2)):
        p, z2 = hits / total, stats.norm.ppf(0.975) ** 2
        a, b, c = 1 + z2 / total, -(2 * p + z2 / total), p * p
        root = math.sqrt(max(0, b * b - 4 * a * c))
        ends.append((p, (-b - root) / (2 * a), (-b + root) / (2 * a)))
    (p1, l1, u1), (p2, l2, u2) = ends
    low = p2 - p1 - math.hypot(p2 - l2, u1 - p1)
    high = p2 - p1 + math.hypot(u2 - p2, p1 - l1)
    found = convergence.difference_of_shares((hits1, total1), (hits2, total2))
    assert found == NEAR((p2 - p1, low, high), abs=1e-9)


@pytest.mark.parametrize(("share", "n1", "n2"), [(0.1, 197, 224), (0.3, 50, 400), (0.02, 900, 80)])
def test_detectable_share_has_the_power_statsmodels_finds(share, n1, n2):
    effect = proportion_effectsize(convergence.detectable_share(share, n1, n2), share)
    power = NormalIndPower().power(effect, n1, 0.05, ratio=n2 / n1, alternative="two-sided")
    # The two-sided power adds the far tail, a hundred-thousandth here, to the 0.8 asked for.
    assert power == NEAR(0.8, abs=1e-4)


def test_a_share_near_the_top_has_no_larger_one_to_detect():
    assert convergence.detectable_share(0.99, 5, 5) == 1


# --- Ranks, dispersion, growth ------------------------------------------------------------------


@given(st.permutations(range(7)), st.permutations(range(7)))
def test_kendall_without_ties_is_that_of_scipy(before, after):
    assert convergence.kendall_tau(before, after) == NEAR(stats.kendalltau(before, after).statistic)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=8))
def test_kendall_with_ties_counts_pairs(rows):
    pairs = list(itertools.combinations(rows, 2))
    same = sum((a[0] - b[0]) * (a[1] - b[1]) > 0 for a, b in pairs)
    opposite = sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in pairs)
    before, after = zip(*rows, strict=True)
    assert convergence.kendall_tau(before, after) == NEAR((same - opposite) / len(pairs))


boxes = st.lists(
    st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 2))] * 2), min_size=2, max_size=4
)


@given(counts.filter(any))
def test_variation_from_the_herfindahl_index_is_that_of_scipy(values):
    hhi = sum(v**2 for v in values) / sum(values) ** 2
    assert convergence.coefficient_of_variation(hhi, len(values)) == NEAR(
        stats.variation(values), abs=1e-6
    )


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=3, max_size=9).filter(
        lambda rows: len({b for b, a in rows if a > 0 and b > 0}) > 1
    )
)
def test_beta_is_the_regression_of_scipy(rows):
    grown = [(math.log(b), math.log(a / b)) for b, a in rows if b > 0 and a > 0]
    expected = stats.linregress(*zip(*grown, strict=True)).slope
    before, after = zip(*rows, strict=True)
    assert convergence.beta(before, after) == NEAR(expected, abs=1e-7)


@given(st.floats(-2, 1), st.floats(0.1, 9))
def test_beta_finds_the_power_a_register_grew_by(slope, factor):
    before = np.array([2.0, 5.0, 11.0, 60.0])
    assert convergence.beta(before, factor * before ** (1 + slope)) == NEAR(slope, abs=1e-9)


def test_beta_needs_two_unlike_starts():
    with pytest.raises(ValueError, match="two places"):
        convergence.beta([0, 3, 3], [5, 1, 2])


def test_beta_by_chance_between_equal_places_is_all_regression_to_the_mean():
    # Equal shares: what a place gets later has nothing to do with its start, so the slope of
    # ln after on ln before is 0 and that of the growth -1.
    found = convergence.beta_by_chance([1] * 40, 800, 800, draws=400)
    assert found.low < found.estimate < found.high
    assert found.estimate == NEAR(-1, abs=0.05)


def test_the_trap_of_small_starting_numbers_closes_as_numbers_grow():
    counts = [2] * 25 + [60, 90]
    few = convergence.beta_by_chance(counts, 100, 100, draws=400)
    many = convergence.beta_by_chance(counts, 100_000, 100_000, draws=400)
    assert few.estimate < 10 * many.estimate < 0


# --- Where a change comes from ------------------------------------------------------------------

cell = st.tuples(st.integers(0, 200), st.integers(1, 200))


@given(cell, cell)
def test_the_two_parts_add_up_to_the_change(before, after):
    split = convergence.decompose(before, after)
    change = after[0] / sum(after) - before[0] / sum(before)
    assert split.change == NEAR(change)
    assert split.more_there + split.fewer_elsewhere == NEAR(change, abs=1e-12)


@given(cell, cell)
def test_the_parts_mirror_those_of_everyone_else(before, after):
    # What is "more there" for the group is "fewer elsewhere" for the rest, with the sign turned.
    mine = convergence.decompose(before, after)
    rest = convergence.decompose(before[::-1], after[::-1]) if before[0] and after[0] else None
    if rest:
        assert mine.more_there == NEAR(-rest.fewer_elsewhere, abs=1e-12)


@given(cell, st.integers(1, 200))
def test_a_side_that_stands_still_has_no_part(before, other):
    assert convergence.decompose(before, (before[0], other)).more_there == NEAR(0, abs=1e-12)
    assert convergence.decompose(before, (other, before[1])).fewer_elsewhere == NEAR(0, abs=1e-12)


# --- Groups, verdicts, the control --------------------------------------------------------------


def test_interiors_follow_the_region_schemes():
    drawn = convergence.interiors()
    assert set(places.schemes()) < set(drawn) and len(drawn) == len(places.schemes()) + 3
    leaders = {"北京", "上海", "浙江", "广东"}
    for members in drawn.values():
        assert len(set(members)) == len(members)
        assert not leaders & set(members) and set(members) < set(places.province_names())
    nbs = next(iter(drawn.values()))
    assert set(nbs) == set(places.regions()["Central"] + places.regions()["West"])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_verdict_is_all_some_or_none(n):
    for holds in itertools.product([True, False, None], repeat=n):
        # Table k has k services, and the sentence is true, false or open as holds[k] says.
        register = AllTables([{("四川", 1): k} for k in range(n)])
        asked = [convergence.services(("四川",), 1)]
        found = convergence.verdict(register, asked, lambda counts, h=holds: h[counts[0]])
        alone = set(holds) if len(set(holds)) == 1 else None
        expected = {True: "supported", False: "contradicted"}.get(
            alone.pop() if alone else None, "undecided"
        )
        assert found == expected


def register_of(*rows):
    """Tables of three batches: (named, leaders, rest of the country in the East), each split."""
    tables = []
    for row in rows:
        table = {}
        for batch, (named, leaders, rest) in enumerate(row, start=1):
            for group, count in ((convergence.NAMED, named), (convergence.LEADERS, leaders)):
                for place, part in zip(
                    group, np.diff(np.linspace(0, count, len(group) + 1).round()), strict=True
                ):
                    table[place, batch] = int(part)
            table["江苏", batch] = rest
            table[places.NATION, batch] = named + leaders + rest
        tables.append(table)
    return AllTables(tables)


INTERIOR = ("四川", "湖南", "重庆", "湖北")


def test_a_large_rise_is_supported_and_a_fall_contradicted():
    up = register_of([(5, 150, 45), (60, 150, 90), (60, 150, 90)])
    down = register_of([(60, 100, 40), (5, 150, 45), (5, 150, 45)])
    assert convergence.catching_up(up, INTERIOR).verdict == "supported"
    assert convergence.catching_up(down, INTERIOR).verdict == "contradicted"
    both = AllTables(up.tables + register_of([(10, 150, 40), (2, 150, 148), (2, 150, 148)]).tables)
    found = convergence.catching_up(both, INTERIOR)
    assert found.verdict == "undecided"
    assert (found.low, found.high) == NEAR((4 / 600 - 10 / 200, 120 / 600 - 5 / 200))


def test_a_rise_that_chance_could_give_is_undecided():
    found = convergence.headline(
        register_of([(20, 150, 30), (22, 150, 28), (21, 150, 29)]), INTERIOR
    )
    assert found.change.low > 0 and found.p.low > 0.05 and found.verdict == "undecided"


def test_shares_without_exact_totals_are_refused():
    loose = register_of([(5, 150, 45)] * 3, [(5, 150, 46)] * 3)
    with pytest.raises(ValueError, match="exact totals"):
        convergence.headline(loose, INTERIOR)


def test_narrowing_step_by_step_in_new_filings_or_so_far():
    steady = [(3, 150, 9), (6, 150, 9), (9, 150, 9)]
    # New filings fall back in batch 3, but so far the gap still narrows.
    so_far = [(3, 150, 9), (30, 150, 9), (20, 150, 9)]
    widening = [(9, 150, 9), (6, 150, 9), (3, 150, 9)]
    standing = [(6, 120, 9), (6, 120, 9), (6, 120, 9)]
    verdicts = [convergence.narrowing(register_of(row)).verdict for row in (steady, so_far)]
    assert verdicts == ["supported"] * 2
    verdicts = [convergence.narrowing(register_of(row)).verdict for row in (widening, standing)]
    assert verdicts == ["contradicted"] * 2
    assert convergence.narrowing(register_of(steady, widening)).verdict == "undecided"
    found = convergence.narrowing(register_of(widening))
    assert found.low == found.high == NEAR((1 - 18 / 450) - (1 - 9 / 150))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=2, max_size=4))
def test_narrowing_compares_fractions(rows):
    behind, ahead = zip(*rows, strict=True)
    gaps = [1 - Fraction(x, y) for x, y in rows]
    expected = all(b < a for a, b in itertools.pairwise(gaps))
    assert convergence.narrows(behind, ahead) is expected


def test_a_considerable_gap_is_less_than_half_of_the_smallest_leader():
    wide = [(9, 120, 5)] * 3  # 9 of each named province against 90 of each leader
    close = [(60, 120, 5)] * 3
    assert convergence.gap_remains(register_of(wide)).verdict == "supported"
    assert convergence.gap_remains(register_of(close)).verdict == "contradicted"
    found = convergence.gap_remains(register_of(wide, close))
    assert found.verdict == "undecided"
    assert (found.low, found.high) == NEAR((9 / 90, 60 / 90))


def test_the_groups_are_those_of_the_article():
    named = pd.read_csv(convergence.paths.ARTICLE_CLAIMS).set_index("id")["place"]
    assert set(named["A12"].split("+")) == set(convergence.NAMED)
    assert set(named["A05"].split("+")) == set(convergence.LEADERS)


def test_a_gap_that_narrows_in_the_end_but_not_at_each_step_has_two_verdicts():
    wavering = [(6, 150, 9), (3, 150, 9), (12, 150, 9)]
    found = convergence.narrowing(register_of(wavering))
    assert found.readings == {"at each step": "contradicted", "smaller at the end": "supported"}


@pytest.mark.parametrize(
    ("later", "movement"),
    [((60, 150, 90), "rose"), ((1, 190, 9), "fell"), ((20, 150, 30), "stood still")],
)
def test_a_share_moves_only_where_no_test_calls_it_chance(later, movement):
    found = convergence.headline(register_of([(20, 150, 30), later, later]), INTERIOR)
    assert found.movement == movement


def test_a_share_that_may_have_risen_or_stood_still_is_unclear():
    tables = ([(20, 150, 30), (60, 150, 90), (60, 150, 90)], [(20, 150, 30)] + [(40, 225, 35)] * 2)
    assert convergence.headline(register_of(*tables), INTERIOR).movement == "unclear"


def test_sister_counts_keep_every_filing(monkeypatch, tmp_path):
    lists = "list,division_code,class,rows,first_appearances\n"
    lists += "algorithm-2022-08,110101,02,1,1\nalgorithm-2022-08,110105,04,3,2\n"
    lists += "deep_synthesis-2023-06,430100,02,4,4\ndeep_synthesis-2023-06,406301,02,1,1\n"
    lists += "deep_synthesis-2023-06,,,1,1\n"
    file = tmp_path / "counts.csv"
    file.write_text(lists, encoding="utf-8")
    monkeypatch.setattr(convergence.paths, "SISTER_COUNTS", file)
    found = convergence.sister_counts()
    assert found["count"].sum() == 9
    assert found[found["place"].isna()]["count"].sum() == 2
    named = found.set_index(["register", "month", "place"])["count"]
    assert named["algorithm", "2022-08", "北京"] == 3
    assert named["deep_synthesis", "2023-06", "湖南"] == 4


def test_the_sister_register_on_file_is_whole():
    raw = pd.read_csv(convergence.paths.SISTER_COUNTS)
    found = convergence.sister_counts()
    assert found["count"].sum() == raw["first_appearances"].sum()
    assert found.groupby(["register", "month"]).ngroups == raw["list"].nunique()
    assert found.duplicated(["register", "month", "place"]).sum() == 0


def test_changes_of_all_groups_add_up_to_nothing_and_are_the_counts():
    years = convergence.sister_years()
    changes = convergence.sister_changes(years)
    for register, table in changes.groupby("register"):
        assert table["change"].sum() == NEAR(0, abs=1e-12)
        counts = years[years["register"] == register].pivot(
            index="year", columns="group", values="filings"
        )
        for row in table.itertuples():
            first, last = counts.iloc[:2].sum(), counts.iloc[-2:].sum()
            expected = last[row.group] / last.sum() - first[row.group] / first.sum()
            assert row.change == NEAR(expected, abs=1e-12)
            moved = {"rose": row.low > 0, "fell": row.high < 0}
            assert moved.get(row.movement, True) and (row.p < 0.05 or row.movement == "unclear")
    assert sorted(sum(convergence.ACCOUNT.values(), ())) == sorted(places.province_names())
