"""Is one group of places catching up with another? The statistics of notebook 03.

A *group* is a set of provinces, a *hit* one filing of the group; ``hits[j]`` of ``totals[j]``
filings in batch j are the group's. Where the evidence leaves several tables of counts possible,
a statistic is taken over all of them (`over_tables`), so what is printed is its attained range.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial, reduce
from itertools import accumulate, pairwise
from math import asin, pi, sin, sqrt
from operator import and_
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from filings import ledger, paths, places, words
from filings.bounds import IdentifiedSet, Sum
from filings.words import Text

SEED = 20200424
"""Start of every random draw here: the day batch 3 came out. Any other number would do."""

LEVEL = 0.95
"""Confidence of every interval; 1 - LEVEL is where a p-value begins to speak against chance."""

_Statistic = Callable[[ArrayLike, tuple[int, ...]], NDArray[np.float64]]

_MOST_TABLES = 200_000
_DRAWS = 99_999


class Span(NamedTuple):
    """Lowest and highest value of a statistic over all tables, and the counts at each end."""

    low: float
    high: float
    at_low: tuple[int, ...]
    at_high: tuple[int, ...]


def over_tables(
    identified: IdentifiedSet,
    sums: Sequence[Sum],
    statistic: Callable[[tuple[int, ...]], float],
    at_once: bool = False,
) -> Span:
    """The attained range of a statistic of a few sums over all tables that agree with the evidence.

    ``statistic`` takes the joint values of the sums, in their order; ``at_once`` says that it can
    take arrays of them, which is faster. Both ends are attained, and the counts there are given
    (``IdentifiedSet.extreme``).
    """
    ranges = identified.bounds(sums)
    loose = [k for k, found in enumerate(ranges) if not found.exact]
    least = [found.whole()[0] if found.exact else 0 for found in ranges]

    def whole(values: Sequence[int]) -> tuple[int, ...]:
        """The joint values of all sums, given those of the sums that are not exact."""
        joint = least.copy()
        for k, value in zip(loose, values, strict=True):
            joint[k] = value
        return tuple(joint)

    if not loose:
        value = float(statistic(whole(())))
        return Span(value, value, whole(()), whole(()))
    found, at = identified.extreme(
        [sums[k] for k in loose], lambda *free: statistic(whole(free)), at_once
    )
    assert found.low is not None and found.high is not None, "each end is that of a table"
    return Span(found.low, found.high, whole(at["low"]), whole(at["high"]))


# --- Gaps ---------------------------------------------------------------------------------------


class Gap(NamedTuple):
    """How far one place is behind another: ``absolute`` in filings, ``relative`` as a fraction."""

    absolute: int
    relative: float


def gap(behind: int, ahead: int) -> Gap:
    """Absolute gap ``ahead - behind`` and relative gap ``1 - behind / ahead``.

    Both fall when a place catches up, and they can move in opposite directions: from 2 against
    10 to 30 against 100 the relative gap falls from 80 to 70 %, the absolute one grows from 8
    to 70. ``ahead`` must be positive.

    >>> gap(2, 10), gap(30, 100)
    (Gap(absolute=8, relative=0.8), Gap(absolute=70, relative=0.7))
    """
    if ahead <= 0:
        raise ValueError(f"the place ahead needs at least one filing, got {ahead}")
    return Gap(ahead - behind, 1 - behind / ahead)


# --- Could it be chance? ------------------------------------------------------------------------


class Outcome(NamedTuple):
    """A test's statistic and p-value; ``exact`` is False for a p-value from random draws."""

    statistic: float
    p: float
    exact: bool


def _counts(hits: Sequence[int], totals: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Hits and totals as tuples of integers, or ValueError naming the batch that can't be."""
    if len(hits) != len(totals) or len(totals) < 2:
        raise ValueError(f"{len(hits)} hits for {len(totals)} batches: give one each, two or more")
    for j, (hit, total) in enumerate(zip(hits, totals, strict=True), start=1):
        if not 0 <= hit <= total or total < 1:
            raise ValueError(f"entry {j}: {hit} of {total} filings is not possible")
    return tuple(map(int, hits)), tuple(map(int, totals))


def _every_table(totals: tuple[int, ...], hits: int) -> NDArray[np.int64]:
    """All ways to spread ``hits`` over batches of these sizes, one a row."""
    rows = np.zeros((1, 0), dtype=np.int64)
    for j, total in enumerate(totals):
        left = hits - rows.sum(axis=1)
        room = sum(totals[j + 1 :])
        # Keep what can still be completed: later batches take at most their size.
        fewest, most = np.maximum(0, left - room), np.minimum(total, left)
        ways = most - fewest + 1
        nth = np.arange(ways.sum()) - np.repeat(np.cumsum(ways) - ways, ways)
        rows = np.column_stack([np.repeat(rows, ways, axis=0), np.repeat(fewest, ways) + nth])
    return rows


@cache
def _null(
    totals: tuple[int, ...], hits: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], bool]:
    """Tables under pure chance, the chance of each (multivariate hypergeometric), whether all.

    Every table where there are few enough of them, else equally likely random draws.
    """
    ways = np.prod([min(total, hits) + 1.0 for total in sorted(totals)[:-1]])
    if ways > _MOST_TABLES:
        rng = np.random.default_rng(SEED)
        drawn = rng.multivariate_hypergeometric(totals, hits, size=_DRAWS, method="marginals")
        return drawn, np.full(_DRAWS, 1 / (_DRAWS + 1)), False
    tables, sizes = _every_table(totals, hits), np.array(totals)
    logs = gammaln(sizes + 1) - gammaln(tables + 1) - gammaln(sizes - tables + 1)
    whole = gammaln(sizes.sum() + 1) - gammaln(hits + 1) - gammaln(sizes.sum() - hits + 1)
    return tables, np.exp(logs.sum(axis=1) - whole), True


def _chi_square(tables: ArrayLike, totals: tuple[int, ...]) -> NDArray[np.float64]:
    """Pearson's statistic of each row of hits against one common share."""
    tables, sizes = np.atleast_2d(tables), np.array(totals)
    common = tables.sum(axis=1, keepdims=True) / sizes.sum()
    return ((tables - sizes * common) ** 2 / sizes).sum(axis=1) / (common * (1 - common)).ravel()


def _slope(tables: ArrayLike, totals: tuple[int, ...]) -> NDArray[np.float64]:
    """Cochran-Armitage's z of each row of hits, batches scored 1, 2, 3, …"""
    tables, sizes = np.atleast_2d(tables), np.array(totals)
    scores = np.arange(1, sizes.size + 1) - np.average(np.arange(1, sizes.size + 1), weights=sizes)
    common = tables.sum(axis=1) / sizes.sum()
    return tables @ scores / np.sqrt(common * (1 - common) * (sizes @ scores**2))


@cache
def _tail(
    statistic: _Statistic, totals: tuple[int, ...], hits: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Sizes of the statistic under chance, falling, with the chance of at least each size."""
    tables, chances, exact = _null(totals, hits)
    sizes = np.abs(statistic(tables, totals))
    order = np.argsort(-sizes, kind="stable")
    return sizes[order], np.cumsum(chances[order]), exact


def _tested(statistic: _Statistic, hits: Sequence[int], totals: Sequence[int]) -> Outcome:
    hits, totals = _counts(hits, totals)
    if sum(hits) in (0, sum(totals)):
        return Outcome(0.0, 1.0, True)  # none or all of the filings: no difference can show
    observed = float(statistic(hits, totals)[0])
    sizes, chances, exact = _tail(statistic, totals, sum(hits))
    # Tables that tie with the observed one differ from it in the last digits only.
    reached = int(np.searchsorted(-sizes, -abs(observed) * (1 - 1e-9), side="right"))
    p = float(chances[reached - 1]) if reached else 0.0
    if not exact:
        p += 1 / (_DRAWS + 1)  # the table that was observed counts as one of the draws
    return Outcome(observed, min(1.0, p), exact)


def homogeneity(hits: Sequence[int], totals: Sequence[int]) -> Outcome:
    """Could one share have produced all batches? Pearson's χ² and its p-value given the margins.

    χ² = Σ_j (x_j - n_j s)² / (n_j s (1 - s)), s the share over all batches. The p-value is the
    chance of a χ² as large or larger when the same number of hits falls on the batches at random
    (multivariate hypergeometric): summed over every table, or over 99,999 seeded draws where
    there are too many. Source: Agresti, Categorical Data Analysis (2013), 16.5.

    >>> homogeneity([5, 5], [10, 10])
    Outcome(statistic=0.0, p=1.0, exact=True)
    """
    return _tested(_chi_square, hits, totals)


def trend(hits: Sequence[int], totals: Sequence[int]) -> Outcome:
    """Does the share rise or fall steadily? Cochran-Armitage's z, scores 1, 2, 3, …; two-sided p.

    z = Σ_j (t_j - t̄) x_j / √(s (1 - s) Σ_j n_j (t_j - t̄)²); above zero the share rises. The
    p-value, as in `homogeneity`, is given the margins: the chance of a |z| as large or larger.
    Source: Armitage, Biometrics 11 (1955), 375-386.

    >>> trend([1, 5, 9], [10, 10, 10]).statistic > 3
    True
    """
    return _tested(_slope, hits, totals)


class Interval(NamedTuple):
    """An estimate with its confidence interval (LEVEL)."""

    estimate: float
    low: float
    high: float


def difference_of_shares(before: tuple[int, int], after: tuple[int, int]) -> Interval:
    """Share after minus share before, each given as (hits, total), with Newcombe's interval.

    Source: Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.

    >>> difference_of_shares((0, 10), (5, 10)).estimate
    0.5
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(*after, *before, method="newcomb", alpha=1 - LEVEL)
    return Interval(after[0] / after[1] - before[0] / before[1], float(low), float(high))


def detectable_share(share: float, before: int, after: int, power: float = 0.8) -> float:
    """The share a group must rise to before a test notices it with this power.

    Two-sided test at 1 - LEVEL between batches of ``before`` and ``after`` filings, by Cohen's
    effect size h = 2 asin √p₂ - 2 asin √p₁. Source: Cohen, Statistical Power Analysis (1988), 6.
    """
    from statsmodels.stats.power import NormalIndPower

    step = NormalIndPower().solve_power(
        nobs1=before, ratio=after / before, alpha=1 - LEVEL, power=power
    )
    return sin(min(asin(sqrt(share)) + step / 2, pi / 2)) ** 2


# --- Ranks, dispersion, growth ------------------------------------------------------------------


def kendall_tau(before: ArrayLike, after: ArrayLike) -> float:
    """How far two rankings agree: (pairs in the same order - in opposite order) / all pairs.

    Kendall's τ_a, -1 to 1; a pair tied in either ranking adds nothing, so ties keep it below 1.
    Source: Kendall, Biometrika 30 (1938), 81-93.

    >>> kendall_tau([9, 5, 1], [8, 6, 2]), kendall_tau([9, 5, 1], [2, 6, 8])
    (1.0, -1.0)
    """
    first, last = _pairs(before), _pairs(after)
    return float(np.mean(np.sign(first) * np.sign(last)))


def _pairs(counts: ArrayLike) -> NDArray[np.float64]:
    """Differences of counts, one a pair of places."""
    values = np.asarray(counts, dtype=float)
    i, j = np.triu_indices(values.size, k=1)
    return values[i] - values[j]


def coefficient_of_variation(hhi: float, n: int = 31) -> float:
    """Standard deviation of the counts of n places over their mean: CV = √(n H - 1).

    The dispersion that sigma convergence watches: a falling CV is convergence. Taken from the
    Herfindahl index H, of which it is a rising function, so a range of H gives the range of CV.
    Source: Barro and Sala-i-Martin, Journal of Political Economy 100 (1992), 223-251 (σ).

    >>> coefficient_of_variation(1.0, n=5), coefficient_of_variation(0.2, n=5)
    (2.0, 0.0)
    """
    return sqrt(max(0.0, n * hhi - 1))


def beta(before: ArrayLike, after: ArrayLike) -> float:
    """Do small places grow faster? Slope of ln(after / before) on ln(before), least squares.

    Below zero small places grow faster (beta convergence). Only places with filings in both
    batches have a growth rate; at least two with different counts are needed. Source: Barro and
    Sala-i-Martin (1992). Mind the trap: see `beta_by_chance`.

    >>> round(beta([1, 4, 16], [4, 8, 16]), 12)  # growth falls by half of each step up
    -0.5
    """
    first, last = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    both = (first > 0) & (last > 0)
    first, last = np.log(first[both]), np.log(last[both])
    if np.unique(first).size < 2:
        raise ValueError("a slope needs two places with filings in both batches and unlike counts")
    return float(np.polyfit(first, last - first, 1)[0])


def beta_by_chance(counts: ArrayLike, before: int, after: int, draws: int = 2000) -> Interval:
    """The slope `beta` finds where nothing converges: median and central interval (LEVEL).

    Two batches of ``before`` and ``after`` filings are drawn, again and again, from the same
    shares (those of ``counts``). Whoever starts low by bad luck then seems to grow fast, so the
    slope falls below zero although every place keeps its share: regression to the mean. Source:
    Friedman, Journal of Economic Literature 30 (1992), 2129-2132.
    """
    shares = np.asarray(counts, dtype=float) / np.sum(counts)
    rng = np.random.default_rng(SEED)
    pairs = zip(
        rng.multinomial(before, shares, size=draws),
        rng.multinomial(after, shares, size=draws),
        strict=True,
    )
    slopes = [beta(*pair) for pair in pairs]
    tail = (1 - LEVEL) / 2
    low, middle, high = np.quantile(slopes, [tail, 0.5, 1 - tail])
    return Interval(float(middle), float(low), float(high))


# --- Where a change comes from ------------------------------------------------------------------


class Split(NamedTuple):
    """A change in share, and its two parts, which add up to it (fractions, not percent)."""

    change: float
    more_there: float
    fewer_elsewhere: float


def decompose(before: tuple[int, int], after: tuple[int, int]) -> Split:
    """A change in share split into "more there" and "fewer elsewhere".

    ``before`` and ``after`` are (filings there, filings elsewhere). With f(x, y) = x / (x + y),
    "more there" is the mean of what the change of x does before and after y has changed,
    ½ [f(x₂, y₁) - f(x₁, y₁) + f(x₂, y₂) - f(x₁, y₂)], and "fewer elsewhere" the same for y. The
    two add up exactly and neither comes first: the Shapley value of two players. Source:
    Shorrocks, Journal of Economic Inequality 11 (2013), 99-126.

    >>> decompose((1, 3), (1, 1))
    Split(change=0.25, more_there=0.0, fewer_elsewhere=0.25)
    """
    (x1, y1), (x2, y2) = before, after

    def part(x: int, y: int) -> float:
        return x / (x + y)

    there = (part(x2, y1) - part(x1, y1) + part(x2, y2) - part(x1, y2)) / 2
    elsewhere = (part(x1, y2) - part(x1, y1) + part(x2, y2) - part(x2, y1)) / 2
    return Split(part(x2, y2) - part(x1, y1), there, elsewhere)


# --- Groups of provinces --------------------------------------------------------------------------

LEADERS = ("北京", "上海", "浙江", "广东")
"""The four provinces the article calls the developed regions: Beijing, Shanghai, Zhejiang,
Guangdong (北上广浙)."""

NAMED = ("四川", "湖南", "重庆")
"""The three it says are closing in: Sichuan, Hunan, Chongqing."""


def interiors() -> dict[str, tuple[str, ...]]:
    """What "the centre and the west" (中西部) can mean: provinces by name of the drawing.

    The two region schemes in use (``places.schemes``), and the first of them with the Northeast,
    with Hainan, or with both: none is a leader and each is often counted with the interior.
    """
    drawn = {
        scheme: regions["Central"] + regions["West"] for scheme, regions in places.schemes().items()
    }
    scheme, interior = next(iter(drawn.items()))
    northeast, hainan = places.regions()["Northeast"], ("海南",)
    return drawn | {
        f"{scheme}, with the Northeast": interior + northeast,
        f"{scheme}, with Hainan": interior + hainan,
        f"{scheme}, with both": interior + northeast + hainan,
    }


def services(group: Sequence[str], *batches: int) -> Sum:
    """The question how many services a group has in the batches together."""
    return Sum("services", group, batches)


# --- The article's sentences on catching up ------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """The verdict on one sentence of the article, with the number it rests on.

    ``verdict`` is supported, contradicted, undecided or outside the register, by the reading that
    the article's words ask for; ``readings`` gives the verdict of each reading, strictest first.
    ``low`` and ``high`` are the range of ``measure`` over all tables that agree with the evidence
    (None where the register says nothing on the matter).
    """

    claim: str
    verdict: str
    measure: str
    low: float | None
    high: float | None
    reason: Text
    readings: Mapping[str, str] = field(default_factory=dict)


def verdict(
    identified: IdentifiedSet,
    sums: Sequence[Sum],
    holds: Callable[[tuple[int, ...]], bool | None],
    at_once: bool = False,
) -> str:
    """``supported`` if true of every table, ``contradicted`` if false of every, else ``undecided``.

    ``holds`` takes the joint values of the sums; None stands for a table by which the sentence
    can't be told true or false. ``at_once`` as for `over_tables`; it then says true or false.
    """
    degree = {False: 0.0, None: 0.5, True: 1.0}

    def measured(counts: tuple[int, ...]) -> Any:
        return np.asarray(holds(counts), float) if at_once else degree[holds(counts)]

    found = over_tables(identified, sums, measured, at_once)
    return "supported" if found.low == 1 else "contradicted" if found.high == 0 else "undecided"


def rises(hits: Sequence[int], totals: Sequence[int]) -> bool | None:
    """Has the share risen from the first batch to the last? None where chance alone could do it.

    False if the share is equal or lower; True if it is higher and a test of homogeneity gives p
    below 1 - LEVEL.
    """
    if hits[-1] * totals[0] <= hits[0] * totals[-1]:
        return False
    return True if homogeneity(hits, totals).p < 1 - LEVEL else None


def narrows(behind: Sequence[int], ahead: Sequence[int]) -> bool:
    """Is the relative gap smaller after each step than before it?

    Compared as whole numbers, x₂ y₁ > x₁ y₂, so that equal gaps are equal. Of arrays of counts
    each is compared with its like.
    """
    pairs = pairwise(zip(behind, ahead, strict=True))
    return reduce(and_, (x2 * y1 > x1 * y2 for (x1, y1), (x2, y2) in pairs), True)


def totals_of(identified: IdentifiedSet, *selections: Sequence[int]) -> tuple[int, ...]:
    """Services of the whole country in each selection of batches; ValueError if not exact."""
    found = identified.bounds([services((places.NATION,), *batches) for batches in selections])
    if not all(total.exact for total in found):
        raise ValueError("a share needs exact totals: state the count of 全国 for each batch")
    return tuple(total.whole()[0] for total in found)


VERDICTS_ZH = {
    "supported": "成立",
    "contradicted": "不成立",
    "undecided": "证据不足以判定",
    "outside the register": "不属备案范围",
}


class Headline(NamedTuple):
    """A group's filings and share in an early and a later selection of batches.

    ``counts`` and ``shares`` hold (low, high) for each of the two, ``totals`` the filings of all.
    ``change`` is the later share minus the early one, ``p`` that of `homogeneity`, each over all
    tables; ``verdict`` says whether the share has risen, by more than chance.
    """

    counts: tuple[tuple[int, int], tuple[int, int]]
    shares: tuple[tuple[float, float], tuple[float, float]]
    totals: tuple[int, int]
    change: Span
    p: Span
    verdict: str

    @property
    def movement(self) -> str:
        """``rose`` or ``fell`` where every table says so and no test calls it chance; ``stood
        still`` where a test calls it chance in every table; else ``unclear``.
        """
        if self.p.low >= 1 - LEVEL:
            return "stood still"
        if self.p.high < 1 - LEVEL and (self.change.low > 0 or self.change.high < 0):
            return "rose" if self.change.low > 0 else "fell"
        return "unclear"


def headline(
    identified: IdentifiedSet,
    group: Sequence[str],
    early: Sequence[int] = (1,),
    later: Sequence[int] = (2, 3),
) -> Headline:
    """Has the group's share of the services risen, and could it be chance?"""
    first, then = totals = totals_of(identified, early, later)
    sums = [services(group, *early), services(group, *later)]
    before, after = (found.whole() for found in identified.bounds(sums))
    return Headline(
        (before, after),
        ((before[0] / first, before[1] / first), (after[0] / then, after[1] / then)),
        (first, then),
        over_tables(identified, sums, lambda hits: hits[1] / totals[1] - hits[0] / totals[0]),
        over_tables(identified, sums, lambda hits: homogeneity(hits, totals).p),
        verdict(identified, sums, lambda hits: rises(hits, totals)),
    )


def catching_up(identified: IdentifiedSet, interior: Sequence[str]) -> Finding:
    """A08, "the centre and the west are catching up": has their share of new filings risen?

    Read as: a larger share of batches 2 and 3 than of batch 1, by more than chance would give.
    """
    found = headline(identified, interior)
    early, later = (words.percent(*share, 1) for share in found.shares)
    low, high = words.points(found.change.low), words.points(found.change.high)
    return Finding(
        "A08",
        found.verdict,
        "change in the interior's share of new filings, batch 1 to batches 2-3 (fraction)",
        found.change.low,
        found.change.high,
        Text(
            f"The centre and the west filed {early} of batch 1 and {later} of batches 2 and 3 "
            f"together: a change of {low} to {high} points.",
            f"中西部占第一批的{early}、第二、三批合计的{later}，变化为{low}至{high}个百分点。",
        ),
    )


def each_step(counts: Sequence[int]) -> bool:
    """Does the gap narrow at each step, in each batch's new filings or in the filings so far?

    ``counts`` are those of the ones behind in batches 1, 2 and 3, then of the ones ahead.
    """
    behind, ahead = counts[:3], counts[3:]
    return narrows(behind, ahead) | narrows(*(list(accumulate(c)) for c in (behind, ahead)))


def at_end(counts: Sequence[int]) -> bool:
    """Is the gap smaller in all three batches together than in the first? See `each_step`."""
    return narrows((counts[0], sum(counts[:3])), (counts[3], sum(counts[3:])))


def narrowing(identified: IdentifiedSet) -> Finding:
    """A12, "the gap to the developed regions narrows step by step": does it, batch by batch?

    Strict reading: the relative gap of the named provinces to the leaders falls at each step,
    either in the filings so far (after batch 1, 2, 3) or in each batch's new filings. Weak
    reading: it is smaller after batch 3 than after batch 1, by however little.
    """
    sums = [services(group, batch) for group in (NAMED, LEADERS) for batch in (1, 2, 3)]

    def ratio(counts: tuple[int, ...], last: int) -> float:
        """Filings of the three for 100 of the four, up to a batch."""
        return 100 * sum(counts[:last]) / sum(counts[3 : 3 + last])

    readings = {
        "at each step": verdict(identified, sums, each_step, at_once=True),
        "smaller at the end": verdict(identified, sums, at_end, at_once=True),
    }
    change = over_tables(identified, sums, lambda c: (ratio(c, 1) - ratio(c, 3)) / 100, True)
    first, last = (over_tables(identified, sums, partial(ratio, last=k), True) for k in (1, 3))
    before, after = words.span(first.low, first.high, 1), words.span(last.low, last.high, 1)
    return Finding(
        "A12",
        readings["at each step"],
        "change in the relative gap of the three to the four, filings after batch 1 to after "
        "batch 3 (fraction)",
        change.low,
        change.high,
        Text(
            f"For every 100 filings of the four leaders the three had {before} in the first batch "
            f"and {after} in the first three together.",
            f"四个领先省市每备案100个，三省市第一批有{before}个，前三批合计有{after}个。",
        ),
        readings,
    )


def gap_remains(identified: IdentifiedSet) -> Finding:
    """A29, "a considerable gap to the four remains".

    Read as: each of the named provinces has less than half the services of the smallest leader,
    batches 1-3 together.
    """
    sums = [services((place,), 1, 2, 3) for place in NAMED + LEADERS]
    n = len(NAMED)
    ratio = over_tables(identified, sums, lambda counts: max(counts[:n]) / min(counts[n:]))
    most, least = max(ratio.at_high[:n]), min(ratio.at_high[n:])
    return Finding(
        "A29",
        verdict(identified, sums, lambda counts: max(counts[:n]) < min(counts[n:]) / 2),
        "services of the largest of the three for one of the smallest of the four, batches 1-3",
        ratio.low,
        ratio.high,
        Text(
            f"Where it comes nearest, the largest of the three has {most} services and the "
            f"smallest of the four {least}.",
            f"差距最小时，三省市中最多者有{most}个，四省市中最少者有{least}个。",
        ),
    )


# --- Tables over groups ---------------------------------------------------------------------------


def group_shares(
    identified: IdentifiedSet, groups: Mapping[str, Sequence[str]], selections: Sequence[str]
) -> pd.DataFrame:
    """Each group's filings and share in each selection of batches, one row a group and selection.

    Columns ``group``, ``batches`` (as written: 3, 1-3), ``least`` and ``most`` (filings), ``low``
    and ``high`` (fractions of all filings). The totals must be exact (`totals_of`).
    """
    chosen = {written: ledger.Batches.parse(written) for written in selections}
    totals = dict(zip(chosen, totals_of(identified, *chosen.values()), strict=True))
    asked = [(name, written) for name in groups for written in chosen]
    sums = [services(groups[name], *chosen[written]) for name, written in asked]
    found = identified.bounds(sums)
    table = pd.DataFrame(asked, columns=["group", "batches"])
    table["least"], table["most"] = [f.low for f in found], [f.high for f in found]
    whole = table["batches"].map(totals)
    return table.assign(low=table["least"] / whole, high=table["most"] / whole)


def tested(
    identified: IdentifiedSet,
    questions: Sequence[tuple[str, Sequence[str], Sequence[int], Sequence[int]]],
) -> pd.DataFrame:
    """Whether shares moved, and whether it could be chance: one row a question.

    A question is a label, a group, and an early and a later selection of batches. Columns
    ``group``, ``early`` and ``later`` (batches as written), ``low`` and ``high`` (change of the
    share, fractions), ``least`` and ``most`` (the outermost ends of Newcombe's interval over all
    tables), ``p_low`` and ``p_high``, ``movement`` (`Headline.movement`).
    """
    rows = []
    for label, group, early, later in questions:
        found = headline(identified, group, early, later)
        sums = [services(group, *early), services(group, *later)]

        def end(counts: tuple[int, ...], of: str, n: tuple[int, int] = found.totals) -> float:
            return getattr(difference_of_shares((counts[0], n[0]), (counts[1], n[1])), of)

        least = over_tables(identified, sums, partial(end, of="low"))
        most = over_tables(identified, sums, partial(end, of="high"))
        rows.append(
            {
                "group": label,
                "early": str(ledger.Batches(early)),
                "later": str(ledger.Batches(later)),
                "low": found.change.low,
                "high": found.change.high,
                "least": least.low,
                "most": most.high,
                "p_low": found.p.low,
                "p_high": found.p.high,
                "movement": found.movement,
            }
        )
    return pd.DataFrame(rows)


# --- In words and in size -------------------------------------------------------------------------

MOVEMENTS = {
    "rose": Text("gained ground", "份额上升"),
    "fell": Text("lost ground", "份额下降"),
    "stood still": Text("stood still", "原地踏步"),
    "unclear": Text("may have moved either way", "升降不明"),
}
"""A group's movement (`Headline.movement`) in words."""


REGISTERS = {
    "algorithm": Text("algorithms", "算法"),
    "deep_synthesis": Text("deep synthesis", "深度合成"),
}
"""The sister registers in words."""

CHANGES = {
    "rose": Text("rose", "上升"),
    "fell": Text("fell", "下降"),
    "unclear": Text("did not change clearly", "无明显变化"),
}
"""A movement of `sister_changes` in words."""


def size_of(group: Sequence[str], year: int = 2020) -> tuple[float, float]:
    """A group's part of the mainland's people and of its output in a year, as fractions.

    Source: National Bureau of Statistics, ``data/reference/provinces.csv``.
    """
    table = places.provinces()[[f"population_10k_{year}", f"gdp_100m_yuan_{year}"]]
    people, output = table.loc[list(group)].sum() / table.sum()
    return float(people), float(output)


def gains(
    identified: IdentifiedSet, before: Sequence[int] = (1, 2, 3), after: Sequence[int] = (5,)
) -> pd.DataFrame:
    """Provinces whose share of the services certainly rose, most first, by name.

    Columns ``before`` and ``after``: (low, high) counts; ``gain``: the least rise of the share
    over all tables, as a fraction.
    """
    totals = totals_of(identified, before, after)
    rows = {}
    for name in places.province_names():
        first, last = identified.bounds([services((name,), *before), services((name,), *after)])
        counts = first.whole(), last.whole()
        gain = counts[1][0] / totals[1] - counts[0][1] / totals[0]
        if gain > 0:
            rows[name] = (*counts, gain)
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["before", "after", "gain"])
    return found.sort_values("gain", ascending=False)


# --- The control: the sister register -----------------------------------------------------------


def sister_counts() -> pd.DataFrame:
    """New filings of the sister register (algorithms, 算法备案), one row a list and province.

    Columns ``register`` (algorithm, deep_synthesis), ``month`` (of the list, YYYY-MM), ``place``
    (short Chinese name; missing where a number's division code lies in no province) and ``count``
    (first appearances: a number listed twice counts once). Complete, filing by filing.
    """
    rows = pd.read_csv(paths.SISTER_COUNTS, dtype={"division_code": str})
    named = rows["list"].str.extract(r"^(?P<register>\w+)-(?P<month>\d{4}-\d{2})$")
    codes = {code[:2]: name for name, code in places.provinces()["adcode"].items()}
    named["place"] = rows["division_code"].str[:2].map(codes)
    named["count"] = rows["first_appearances"]
    keys = ["register", "month", "place"]
    return named.groupby(keys, dropna=False, as_index=False)["count"].sum()


ACCOUNT = {
    "Beijing": ("北京",),
    "other leaders": tuple(name for name in LEADERS if name != "北京"),
    "rest of the East": tuple(name for name in places.regions()["East"] if name not in LEADERS),
    "centre and west": places.regions()["Central"] + places.regions()["West"],
    "Northeast": places.regions()["Northeast"],
}
"""Five groups that hold each province once, to follow where a share went."""


def sister_years() -> pd.DataFrame:
    """New filings of the sister registers by year and group of `ACCOUNT`.

    Columns ``register``, ``year``, ``group``, ``filings``, ``total`` (of that register and year)
    and ``share``. Numbers whose code lies in no province are left out.
    """
    found = sister_counts().dropna(subset="place")
    group_of = {name: group for group, members in ACCOUNT.items() for name in members}
    found = found.assign(year=found["month"].str[:4], group=found["place"].map(group_of))
    keys = ["register", "year", "group"]
    table = found.groupby(keys)["count"].sum().unstack(fill_value=0)[list(ACCOUNT)].stack()
    table = table.rename("filings").reset_index()
    table["total"] = table.groupby(["register", "year"])["filings"].transform("sum")
    return table.assign(share=table["filings"] / table["total"])


def sister_changes(years: pd.DataFrame) -> pd.DataFrame:
    """How the shares of `sister_years` moved: the first two years against the last two.

    Columns ``register``, ``group``, ``change``, ``low`` and ``high`` (Newcombe's interval),
    ``trend`` and ``p`` (Cochran and Armitage's z over all years but the first, which has the
    fewest filings) and ``movement``: ``rose`` or ``fell`` where the interval leaves out zero and
    the trend agrees, else ``unclear``.
    """
    rows = []
    for register, table in years.groupby("register"):
        wide = table.pivot(index="year", columns="group", values="filings")[list(ACCOUNT)]
        first, last = wide.iloc[:2].sum(), wide.iloc[-2:].sum()
        for group in ACCOUNT:
            change = difference_of_shares((first[group], first.sum()), (last[group], last.sum()))
            later = trend(wide[group].iloc[1:].to_list(), wide.iloc[1:].sum(axis=1).to_list())
            sure = later.p < 1 - LEVEL and not change.low <= 0 <= change.high
            agree = sure and (later.statistic > 0) == (change.estimate > 0)
            movement = ("rose" if change.estimate > 0 else "fell") if agree else "unclear"
            rows.append((register, group, *change, later.statistic, later.p, movement))
    columns = ["register", "group", "change", "low", "high", "trend", "p", "movement"]
    return pd.DataFrame(rows, columns=columns)
