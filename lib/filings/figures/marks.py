"""Marks that several figures share: rows of bars from zero, dots, lines over periods, keys."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from seaborn import barplot, lineplot

from filings.figures import style
from filings.figures.page import Page
from filings.figures.words import percent, place, useful_share

ROW = 5.0
"""Height of a row in millimetres."""
_HEADROOM = 1.3
# Behind a number, so that no line runs through it.
PAPER = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.3}


def swatch(colour: str, label: str, hatch: str | None = None) -> Patch:
    """An entry of a key: a filled box."""
    return Patch(facecolor=colour, label=label, hatch=hatch, linewidth=0)


def dot(colour: str, label: str, marker: str = "o", hollow: bool = False) -> Line2D:
    """An entry of a key: a point."""
    face = style.PAPER if hollow else colour
    return Line2D(
        [], [], linestyle="none", marker=marker, markersize=4.5, color=colour, mfc=face, label=label
    )


def unknown(page: Page) -> Patch:
    """The entry for what is not known."""
    return swatch(style.PALE, page.say("possible, not known", "可能范围，数值不详"))


def label(page: Page, name: str) -> str:
    """A row label: English with Chinese beside it where there is room, else one of them."""
    plain = place(name, page.lang)
    alone = page.narrow or page.lang == "zh" or plain == name or "+" in name
    return plain if alone else f"{plain} {name}"


def bare(ax: Axes) -> None:
    """No names on the axes, no ticks on the rows."""
    ax.set(xlabel="", ylabel="")
    ax.tick_params(axis="y", length=0)


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
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(True)
    row_axis(ax, labels)
    for y, x, text in zip(at, high, texts, strict=True):
        beside(ax, x, y, text)


def beside(ax: Axes, x: float, y: float, text: str, colour: str = style.INK, **options) -> None:
    """Text to the right of a mark."""
    options = {"va": "center", "ha": "left", "xytext": (3.5, 0)} | options
    ax.annotate(text, (x, y), textcoords="offset points", color=colour, **options)


def dots(ax: Axes, x: Sequence[float], y: Sequence[float], colour: str, marker: str = "o") -> None:
    """Exact values as points."""
    ax.scatter(x, y, 24, colour, marker, linewidth=0, zorder=4, clip_on=False)


def line(ax: Axes, table: pd.DataFrame, colour: str, labelled: Sequence[int]) -> None:
    """A share over periods 0, 1, 2, …: known values as points, neighbours joined by a line; the
    possible range of the others as a pale bar. The rows ``labelled`` bear their number, on the
    outer side of the bend. The axes have their scale already."""
    at = np.arange(len(table))
    known = known_shares(table)
    middle = (table["low"].to_numpy() + table["high"].fillna(table["low"]).to_numpy()) / 2
    ax.vlines(at, table["low"], table["high"], color=style.PALE, linewidth=5)
    stretch = np.cumsum(~known)[known]  # neighbours that are known have the same number
    lineplot(x=at[known], y=middle[known], units=stretch, estimator=None, color=colour, ax=ax)
    dots(ax, at[known], middle[known], colour)
    for k in labelled:
        if known[k]:
            low, high = table["low"].iloc[k], table["high"].iloc[k]
            near = middle[max(k - 1, 0) : k + 2][known[max(k - 1, 0) : k + 2]]
            under = middle[k] < near.mean() and middle[k] > 0.3 * ax.get_ylim()[1]
            look = {"va": "top" if under else "bottom", "xytext": (0, -4 if under else 4)}
            beside(ax, k, low if under else high, percent(low, high), ha="center", **look)
    bare(ax)


def share_scale(panels: Sequence[Axes], tables: Sequence[pd.DataFrame], most: int) -> None:
    """One vertical scale of shares from zero for all panels, with at most ``most`` steps.

    It ends a third beyond the largest known value, so that what is not known never towers
    over what is.
    """
    values = pd.concat([table.loc[known_shares(table), "high"] for table in tables])
    top = min(_HEADROOM * values.max(), 1.12) if len(values) else 1.12
    step = next((s for s in (0.02, 0.05, 0.1, 0.2, 0.25) if top / s <= most), 0.5)
    ticks = np.arange(0, top, step)
    for ax in panels:
        ax.set_ylim(0, top)
        ax.set_yticks(ticks, [percent(tick, tick) for tick in ticks])
        ax.grid(axis="y")


def known_shares(table: pd.DataFrame) -> np.ndarray:
    """Which rows of a table of shares (``low``, ``high``) a reader can use."""
    pairs = zip(table["low"], table["high"], strict=True)
    return np.array([useful_share(*pair) for pair in pairs])


def spread(wanted: Sequence[float], apart: Sequence[float], last: float) -> list[float]:
    """Places for labels, in order, as near to those wanted as possible.

    ``apart[k]`` is the least distance of label k + 1 from label k; none lies beyond ``last`` or
    before 0. Pooled blocks of neighbours (isotonic regression of the positions less their due
    distance).
    """
    due = np.concatenate([[0], np.cumsum(apart)])[: len(wanted)]
    blocks: list[list[float]] = []
    for place_wanted in np.asarray(wanted) - due:
        blocks.append([place_wanted])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    flat = np.array([np.mean(block) for block in blocks for _ in block])
    return list(np.clip(flat, 0, max(last - due[-1], 0)) + due)
