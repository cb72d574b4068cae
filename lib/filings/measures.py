"""How concentrated counts are: small pure functions of one array, one value a province.

Counts are taken over all provinces, zeros included: leaving out empty provinces would make a
register look more even than it is. A share is a fraction between 0 and 1, never a percentage.
Every function refuses an empty, negative, not finite or all-zero array with ``ValueError``: none
of the measures is defined there.
"""

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _checked(counts: ArrayLike) -> NDArray[np.float64]:
    """The counts as a float array, or ValueError where no measure is defined."""
    values = np.asarray(counts, dtype=float)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"counts must be a non-empty list of numbers, got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("counts must be finite: a count is missing or infinite")
    if (values < 0).any():
        raise ValueError(f"counts must not be negative, got {values.min():g}")
    if not values.any():
        raise ValueError("counts are all zero: there is nothing to divide among the places")
    return values


def share(counts: ArrayLike) -> NDArray[np.float64]:
    """Each place's part of the whole: s_i = x_i / Σx, in the order of the counts.

    >>> share([3, 1, 0]).tolist()
    [0.75, 0.25, 0.0]
    """
    values = _checked(counts)
    return values / values.sum()


def concentration_ratio(counts: ArrayLike, k: int) -> float:
    """The share of the k largest places, CRk: the sum of the k largest s_i.

    Between k/n (all equal) and 1; k counts from 1 to the number of places. Source: the
    concentration ratio of industrial economics (Bain, Industrial Organization, 1959).

    >>> concentration_ratio([5, 3, 1, 1], 2)
    0.8
    """
    values = _checked(counts)
    if not 1 <= k <= values.size:
        raise ValueError(f"k must lie between 1 and the {values.size} places, got {k}")
    return float(np.sort(values)[-k:].sum() / values.sum())


def hhi(counts: ArrayLike) -> float:
    """The chance that two filings drawn with replacement lie in one place: H = Σ s_i².

    Herfindahl-Hirschman index on the 0-1 scale: 1/n where all are equal, 1 where one place has
    everything (antitrust offices print it times 10,000). Source: Hirschman, American Economic
    Review 54 (1964), 761.

    >>> hhi([1, 1, 1, 1])
    0.25
    >>> hhi([2, 1, 1])
    0.375
    """
    values = _checked(counts)
    return float((values**2).sum() / values.sum() ** 2)


def effective_number(counts: ArrayLike) -> float:
    """How many places of equal size would give the same HHI: N = 1 / H, between 1 and n.

    Source: Adelman, Review of Economics and Statistics 51 (1969), 99-101 ("numbers equivalent").

    >>> effective_number([5, 5, 5, 5, 0, 0])
    4.0
    """
    return 1 / hhi(counts)


def gini(counts: ArrayLike) -> float:
    """Half the mean difference between two places, as a multiple of the mean.

    G = Σ_i Σ_j |x_i - x_j| / (2 n² x̄), computed from the sorted counts as
    Σ_i (2i - n - 1) x_(i) / (n Σx). Between 0 (all equal) and 1 - 1/n (one place has everything):
    there is no small-sample factor n/(n-1). Source: Sen, On Economic Inequality (1973), 2.8.

    >>> gini([1, 1, 1])
    0.0
    >>> gini([0, 0, 0, 8])
    0.75
    """
    values = np.sort(_checked(counts))
    n = values.size
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(weights @ values / (n * values.sum()))


def theil(counts: ArrayLike) -> float:
    """How far the shares are from equal shares, in nats: T = Σ s_i ln(n s_i).

    Theil's T with natural logarithm; a zero adds nothing. Between 0 (all equal) and ln n (one
    place has everything). Source: Theil, Economics and Information Theory (1967), 4.

    >>> theil([7, 7])
    0.0
    >>> round(theil([9, 0]), 4)  # ln 2
    0.6931
    """
    shares = np.sort(share(counts))  # which place has which count must not tell in the last bits
    filled = shares[shares > 0]
    # Σ s ln(n s) is never negative; rounding can leave a few 1e-17 below zero.
    return max(0.0, float(filled @ np.log(filled * shares.size)))


def theil_between(counts: ArrayLike, groups: Sequence[Hashable]) -> float:
    """The part of Theil's T that lies between regions: Σ_r S_r ln(S_r / (n_r / n)).

    ``groups`` names the region of each place; S_r is the region's share of the filings, n_r / n
    its share of the places. Between 0 and T. Source: Theil (1967), 4; Shorrocks, Econometrica 48
    (1980), 613-625.

    >>> theil_between([3, 1, 2, 2], ["East", "East", "West", "West"])
    0.0
    """
    values = _checked(counts)
    if len(groups) != values.size:
        raise ValueError(f"{values.size} counts but {len(groups)} groups: name one group a place")
    parts: dict[Hashable, list[float]] = {}
    for group, count in zip(groups, values, strict=True):
        parts.setdefault(group, []).append(count)
    shares = [(sum(inside) / values.sum(), len(inside) / values.size) for inside in parts.values()]
    terms = [held * np.log(held / places) for held, places in shares if held > 0]
    return max(0.0, math.fsum(terms))


def theil_within(counts: ArrayLike, groups: Sequence[Hashable]) -> float:
    """The part of Theil's T that lies inside regions: T minus the part between them.

    Equal to Σ_r S_r T_r, each region's own T weighted by its share. Source: as `theil_between`.

    >>> round(theil_within([4, 4, 1, 1], ["East", "East", "West", "West"]), 12)
    0.0
    """
    return max(0.0, theil(counts) - theil_between(counts, groups))


def location_quotient(counts: ArrayLike, base: ArrayLike) -> NDArray[np.float64]:
    """How many times its part of the base each place has: LQ_i = (x_i / Σx) / (b_i / Σb).

    ``base`` is a positive amount for each place (population, GDP). 1 means a share of filings
    equal to the share of the base; the mean of LQ weighted by the base's shares is 1. Source:
    Isard, Methods of Regional Analysis (1960), 7.

    >>> location_quotient([6, 2], [50, 50]).tolist()
    [1.5, 0.5]
    """
    shares, bases = share(counts), share(base)
    if bases.size != shares.size:
        raise ValueError(f"{shares.size} counts but {bases.size} base values: give one a place")
    if (bases == 0).any():
        raise ValueError("every place needs a positive base: one of them is zero")
    return shares / bases


def lorenz(counts: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The Lorenz curve: what share of the filings the smallest places hold together.

    Two arrays of n + 1 points from (0, 0) to (1, 1): the share of places, smallest first, and the
    share of filings they hold. Twice the area between the curve and the diagonal is the Gini
    coefficient. Source: Lorenz, Publications of the American Statistical Association 9 (1905).

    >>> lorenz([3, 0, 1])[1].tolist()
    [0.0, 0.0, 0.25, 1.0]
    """
    values = np.sort(_checked(counts))
    held = np.concatenate([[0.0], np.cumsum(values)])
    return np.linspace(0, 1, values.size + 1), held / held[-1]
