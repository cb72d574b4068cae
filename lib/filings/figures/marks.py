"""Marks that several figures share: rows of bars from zero, dots, lines over periods, keys."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression
from seaborn import barplot, lineplot

from filings.figures import style
from filings.figures.page import Page
from filings.words import percent, span, useful, useful_share

ROW = 5.0
"""Height of a row in millimetres."""
PAPER = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.3}
"""Behind a number, so that no line runs through it."""
_HEADROOM = 1.3


def swatch(colour: str, label: str, hatch: str | None = None) -> Patch:
    """An entry of a key: a filled box."""
    return Patch(facecolor=colour, label=label, hatch=hatch, linewidth=0)


def dot(colour: str, label: str, marker: str = "o") -> Line2D:
    """An entry of a key: a point."""
    return Line2D(
        [], [], linestyle="none", marker=marker, markersize=4.5, color=colour, label=label
    )


def unknown(page: Page, shares: pd.DataFrame) -> list[Patch]:
    """The entry for what is not known, where something is not and there is room."""
    if page.brief or known(shares, useful_share).all():
        return []
    return [swatch(style.PALE, page.say("possible, not known", "可能范围，数值不详"))]


def known(table: pd.DataFrame, usable: Callable[..., bool] = useful) -> np.ndarray:
    """Which rows of a table of counts (of shares: ``useful_share``) a reader can use."""
    pairs = zip(table["low"], table["high"], strict=True)
    return np.array([usable(*pair) for pair in pairs], bool)


def spans(table: pd.DataFrame) -> list[str]:
    """The range of each row as printed."""
    return [span(*pair) for pair in zip(table["low"], table["high"], strict=True)]


def label(page: Page, name: str) -> str:
    """A row label: English with Chinese beside it where there is room, else one of them."""
    plain = page.place(name)
    alone = page.narrow or page.lang == "zh" or plain == name or "+" in name
    return plain if alone else f"{plain} {name}"


def bare(ax: Axes) -> None:
    """No names on the axes, no ticks on the rows."""
    ax.set(xlabel="", ylabel="")
    ax.tick_params(axis="y", length=0)


def upright(ax: Axes) -> None:
    """A line at the left, where the marks begin, and no scale below: the numbers are written."""
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(True)


def row_axis(ax: Axes, labels: Sequence[str]) -> None:
    """One row a label, from the top."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    bare(ax)


def bars(
    ax: Axes,
    labels: Sequence[str],
    low: Sequence[float],
    high: Sequence[float],
    colours: Sequence[str],
    texts: Sequence[str],
    top: float | None = None,
) -> None:
    """Rows of bars that begin at zero: what is certain in colour, what is possible beyond it as a
    thin pale line, the value written behind."""
    at = list(range(len(labels)))
    look = {"width": 0.62, "saturation": 1, "legend": False, "linewidth": 0}
    barplot(x=list(low), y=at, hue=at, palette=list(colours), orient="h", ax=ax, **look)
    ax.hlines(at, low, high, color=style.PALE, linewidth=3)
    ax.set_xlim(0, top or max(max(high), 1e-9))
    upright(ax)
    row_axis(ax, labels)
    for y, x, text in zip(at, high, texts, strict=True):
        beside(ax, x, y, text)


def beside(
    ax: Axes, x: float, y: float, text: str, colour: str = style.INK, **options: Any
) -> None:
    """Text to the right of a mark."""
    options = {"va": "center", "ha": "left", "xytext": (3.5, 0)} | options
    ax.annotate(text, (x, y), textcoords="offset points", color=colour, **options)


def dots(ax: Axes, x: ArrayLike, y: ArrayLike, colour: str, marker: str = "o") -> None:
    """Exact values as points."""
    # No edge is drawn; a PDF keeps its colour nevertheless.
    ax.scatter(
        x, y, s=24, c=colour, marker=marker, linewidth=0, edgecolor="w", zorder=4, clip_on=False
    )


def line(ax: Axes, table: pd.DataFrame, colour: str, labelled: Sequence[int]) -> None:
    """A share over periods 0, 1, 2, …: known values as points, neighbours joined by a line; the
    possible range of the others as a pale bar. The rows ``labelled`` bear their number, on the
    outer side of the bend. The axes have their scale already."""
    at, good = np.arange(len(table)), known(table, useful_share)
    middle = (table["low"].to_numpy() + table["high"].fillna(table["low"]).to_numpy()) / 2
    ax.vlines(at, table["low"], table["high"], color=style.PALE, linewidth=5)
    stretch = np.cumsum(~good)[good]  # neighbours that are known have the same number
    lineplot(x=at[good], y=middle[good], units=stretch, estimator=None, color=colour, ax=ax)
    dots(ax, at[good], middle[good], colour)
    for k in labelled:
        if good[k]:
            low, high = table["low"].iloc[k], table["high"].iloc[k]
            near = slice(max(k - 1, 0), k + 2)
            under = (
                middle[k] < middle[near][good[near]].mean() and middle[k] > 0.3 * ax.get_ylim()[1]
            )
            at_end, va, gap = (low, "top", -4) if under else (high, "bottom", 4)
            beside(ax, k, at_end, percent(low, high), ha="center", va=va, xytext=(0, gap))
    bare(ax)


def share_scale(panels: Sequence[Axes], tables: Sequence[pd.DataFrame], most: int) -> None:
    """One vertical scale of shares from zero for all panels, with at most ``most`` steps.

    It ends a third beyond the largest known value, so that what is not known never towers
    over what is.
    """
    values = pd.concat([table.loc[known(table, useful_share), "high"] for table in tables])
    top = min(_HEADROOM * values.max(), 1.12) if len(values) else 1.12
    step = next((s for s in (0.02, 0.05, 0.1, 0.2, 0.25) if top / s <= most), 0.5)
    ticks = np.arange(0, top, step)
    for ax in panels:
        ax.set_ylim(0, top)
        ax.set_yticks(ticks, [percent(tick, tick) for tick in ticks])
        ax.grid(axis="y")


def spread(wanted: Sequence[float], apart: Sequence[float], last: float) -> list[float]:
    """Places for labels, in order, as near to those wanted as possible.

    ``apart[k]`` is the least distance of label k + 1 from label k; none lies beyond ``last`` or
    before 0. Isotonic regression of the positions less their due distance.
    """
    due = np.concatenate([[0], np.cumsum(apart)])[: len(wanted)]
    flat = isotonic_regression(np.asarray(wanted) - due).x
    return list(np.clip(flat, 0, max(last - due[-1], 0)) + due)
