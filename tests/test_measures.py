"""Measures against closed forms, brute force from the definition, and their known properties."""

import doctest

import numpy as np
import pytest
from filings import measures
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import entropy

NEAR = pytest.approx

registers = st.lists(st.integers(0, 500), min_size=2, max_size=31).filter(any)
grouped = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from("ECWN")), min_size=2, max_size=31
).filter(lambda rows: any(count for count, _ in rows))


def test_examples_in_the_docstrings():
    outcome = doctest.testmod(measures)
    assert outcome.attempted > 10 and outcome.failed == 0


@given(registers)
def test_gini_is_half_the_relative_mean_difference(counts):
    x = np.array(counts, dtype=float)
    mean_difference = np.abs(x[:, None] - x[None, :]).mean()
    assert measures.gini(counts) == NEAR(mean_difference / (2 * x.mean()), abs=1e-12)


@given(registers)
def test_gini_is_twice_the_area_above_the_lorenz_curve(counts):
    x, y = measures.lorenz(counts)
    assert measures.gini(counts) == NEAR(1 - 2 * np.trapezoid(y, x), abs=1e-12)


@given(registers)
def test_lorenz_is_convex_and_runs_from_corner_to_corner(counts):
    x, y = measures.lorenz(counts)
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert (np.diff(y, 2) >= -1e-12).all() and (y <= x + 1e-12).all()


@given(registers)
def test_theil_is_the_entropy_short_of_an_even_register(counts):
    # scipy's relative entropy of the shares to equal shares is an independent Theil T.
    even = np.full(len(counts), 1 / len(counts))
    assert measures.theil(counts) == NEAR(entropy(counts, even), abs=1e-12)


@given(registers)
def test_hhi_is_the_chance_that_two_draws_meet(counts):
    filings = np.repeat(np.arange(len(counts)), counts)[:400]
    meet = (filings[:, None] == filings[None, :]).mean()
    assert measures.hhi(np.bincount(filings, minlength=len(counts))) == NEAR(meet)


@given(registers)
def test_hhi_follows_from_the_coefficient_of_variation(counts):
    # Closed form: H = (1 + CV²) / n.
    cv = np.std(counts) / np.mean(counts)
    assert measures.hhi(counts) == NEAR((1 + cv**2) / len(counts))
    assert measures.effective_number(counts) == NEAR(len(counts) / (1 + cv**2))


@given(registers, st.integers(1, 31))
def test_concentration_ratio_is_the_best_choice_of_k_places(counts, k):
    assume(k <= len(counts))
    total, largest = sum(counts), sorted(counts, reverse=True)
    expected = 0
    for count in largest[:k]:
        expected += count
    assert measures.concentration_ratio(counts, k) == NEAR(expected / total)
    assert measures.concentration_ratio(counts, k) >= k / len(counts) - 1e-12


@pytest.mark.parametrize("n", [2, 5, 31])
def test_closed_forms_of_an_even_and_a_one_place_register(n):
    even, single = np.full(n, 7), np.eye(n)[0] * 7
    assert measures.hhi(even) == NEAR(1 / n) and measures.hhi(single) == 1
    assert measures.gini(even) == NEAR(0) and measures.gini(single) == NEAR(1 - 1 / n)
    assert measures.theil(even) == NEAR(0) and measures.theil(single) == NEAR(np.log(n))
    assert measures.effective_number(even) == NEAR(n)
    assert measures.concentration_ratio(even, 1) == NEAR(1 / n)


MEASURES = {
    "hhi": measures.hhi,
    "gini": measures.gini,
    "theil": measures.theil,
    "cr1": lambda counts: measures.concentration_ratio(counts, 1),
}


@pytest.mark.parametrize("name", MEASURES)
@given(counts=registers, factor=st.integers(2, 50), seed=st.integers(0, 2**32 - 1))
def test_scale_and_order_change_nothing(name, counts, factor, seed):
    measure = MEASURES[name]
    shuffled = np.random.default_rng(seed).permutation(counts)
    assert measure(np.array(counts) * factor) == NEAR(measure(counts), abs=1e-12)
    assert measure(shuffled) == NEAR(measure(counts), abs=1e-12)


@pytest.mark.parametrize("name", ["hhi", "gini", "theil"])
@given(counts=registers, data=st.data())
def test_a_filing_moved_to_a_larger_place_never_lowers_inequality(name, counts, data):
    order = np.argsort(counts, kind="stable")
    i, j = sorted(data.draw(st.tuples(*[st.integers(0, len(counts) - 1)] * 2)))
    poor, rich = order[i], order[j]
    assume(poor != rich and counts[poor] > 0)
    moved = np.array(counts)
    moved[poor] -= 1
    moved[rich] += 1
    assert MEASURES[name](moved) > MEASURES[name](counts)


@given(grouped)
def test_theil_between_and_within_add_up(rows):
    counts, groups = zip(*rows, strict=True)
    between = measures.theil_between(counts, groups)
    within = measures.theil_within(counts, groups)
    own = 0
    for group in set(groups):
        inside = [count for count, name in rows if name == group]
        if any(inside):
            own += sum(inside) / sum(counts) * measures.theil(inside)
    assert within == NEAR(own, abs=1e-12)
    assert between + within == NEAR(measures.theil(counts), abs=1e-12)


@given(grouped)
def test_theil_between_is_the_theil_of_regions_spread_evenly(rows):
    counts, groups = zip(*rows, strict=True)
    means = {g: np.mean([c for c, name in rows if name == g]) for g in groups}
    spread = [means[g] for g in groups]
    assert measures.theil_between(counts, groups) == NEAR(measures.theil(spread), abs=1e-12)


@given(registers)
def test_theil_with_each_place_its_own_region_lies_all_between(counts):
    places = range(len(counts))
    assert measures.theil_between(counts, places) == NEAR(measures.theil(counts), abs=1e-12)
    assert measures.theil_between(counts, ["one"] * len(counts)) == NEAR(0, abs=1e-12)


@given(registers, st.data())
def test_location_quotients_average_to_one_over_the_base(counts, data):
    n = len(counts)
    base = data.draw(st.lists(st.floats(0.1, 1e5), min_size=n, max_size=n))
    quotients = measures.location_quotient(counts, base)
    assert np.average(quotients, weights=base) == NEAR(1)
    assert quotients == NEAR(
        [c / b * sum(base) / sum(counts) for c, b in zip(counts, base, strict=True)]
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([], "non-empty"),
        ([[1, 2], [3, 4]], "shape"),
        ([1, -2], "negative"),
        ([0, 0, 0], "all zero"),
        ([1, float("nan")], "finite"),
        ([1, float("inf")], "finite"),
    ],
)
@pytest.mark.parametrize("name", ["share", "hhi", "effective_number", "gini", "theil", "lorenz"])
def test_what_has_no_measure_is_refused(name, counts, words):
    with pytest.raises(ValueError, match=words):
        getattr(measures, name)(counts)


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="between 1 and the 2 places"):
        measures.concentration_ratio([1, 2], 3)
    with pytest.raises(ValueError, match="between 1 and the 2 places"):
        measures.concentration_ratio([1, 2], 0)
    with pytest.raises(ValueError, match="one group a place"):
        measures.theil_between([1, 2], ["East"])
    with pytest.raises(ValueError, match="one a place"):
        measures.location_quotient([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="positive base"):
        measures.location_quotient([1, 2], [1, 0])
