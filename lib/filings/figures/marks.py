"""Marks that several figures share: ranges as bars, exact values as points, keys, regions."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from filings import places
from filings.figures import style
from filings.figures.page import Page
from filings.figures.words import REGIONS_EN, percent, place

KEY_LINE = 4.2
_BAR = 3.6
_NICE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_SWATCH, _GAP, _APART = 3.4, 1.2, 4.5


@dataclass(frozen=True)
class Entry:
    """One entry of a key: a label beside a bar, a point (with its marker) or a filled box.

    ``shape`` is ``bar``, ``box``, ``line``, or a matplotlib marker; a hollow point has no fill.
    """

    label: str
    colour: str
    shape: str = "bar"
    hollow: bool = False
    hatch: str | None = None


def region_of(name: str) -> str | None:
    """The region (English) of a province, or of a place inside one; None for anything else."""
    by_province = places.provinces()["region_en"]
    return by_province.get(name) or by_province.get(places.province_of(name))


def region_entries(page: Page, regions: list[str] | None = None) -> list[Entry]:
    """Key entries for the regions, in the order East, Central, Northeast, West."""
    names = REGIONS_EN if page.lang == "en" else places.REGION_NAMES
    return [
        Entry(names[region], colour, style.REGION_MARKERS[region])
        for region, colour in style.REGION_COLOURS.items()
        if regions is None or region in regions
    ]


def key_rows(entries: list[Entry], room: float) -> list[list[Entry]]:
    """The entries broken into rows that fit ``room`` millimetres."""
    rows, used = [[]], 0.0
    for entry in entries:
        width = _entry_width(entry)
        if rows[-1] and used + width > room:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += width + _APART
    return rows


def key_height(entries: list[Entry], room: float) -> float:
    """Height in millimetres that ``draw_key`` will take."""
    return KEY_LINE * len(key_rows(entries, room)) + 1.5


def draw_key(page: Page, entries: list[Entry], top: float = 0, left: float = 0, room=None) -> None:
    """Draw the key from ``top``; its marks look like those in the plot."""
    ax = plane(page)
    for line, row in enumerate(key_rows(entries, room or page.plot_width - left)):
        x, y = left, top + KEY_LINE * (line + 0.5)
        for entry in row:
            _draw_entry(ax, entry, x, y)
            page.write(x + _SWATCH + _GAP, y, entry.label)
            x += _entry_width(entry) + _APART


def _entry_width(entry: Entry) -> float:
    return _SWATCH + _GAP + style.text_width(entry.label, style.SMALL)


def _draw_entry(ax: Axes, entry: Entry, x: float, y: float) -> None:
    middle = x + _SWATCH / 2
    if entry.shape == "line":
        ax.plot([x, x + _SWATCH], [y, y], color=entry.colour)
    elif entry.shape in ("bar", "box"):
        half = 0.6 if entry.shape == "bar" else 1.3
        box(ax, x, y - half, _SWATCH, 2 * half, entry.colour, hatch=entry.hatch)
    else:
        point(ax, middle, y, entry.colour, entry.shape, entry.hollow)


def plane(page: Page) -> Axes:
    """Invisible axes over the whole plot, measured in millimetres from its upper left corner."""
    ax = page.panel(0, 0, page.plot_width, page.plot_height)
    ax.set(xlim=(0, page.plot_width), ylim=(page.plot_height, 0))
    ax.set_axis_off()
    ax.set_zorder(-1)
    return ax


def box(ax: Axes, x, y, width, height, colour: str, hatch=None, edge: str = "none") -> None:
    """A filled rectangle; a hatch is drawn in the muted ink."""
    ax.add_patch(
        Rectangle(
            (x, y),
            width,
            height,
            facecolor=colour,
            edgecolor=style.MUTED if hatch else edge,
            linewidth=0 if hatch else 0.5,
            hatch=hatch,
        )
    )


def point(ax: Axes, x, y, colour: str, marker: str = "o", hollow: bool = False) -> None:
    """An exact value: a filled point; a quoted one, not counted, is hollow."""
    ax.plot(
        x,
        y,
        marker=marker,
        markersize=4.2,
        markerfacecolor=style.PAPER if hollow else colour,
        markeredgecolor=colour,
        markeredgewidth=1.0,
        linestyle="none",
        clip_on=False,
        zorder=4,
    )


def range_across(
    ax: Axes, y: float, low: float, high: float, colour: str, marker="o", quoted=False
) -> None:
    """A value on a horizontal scale: a point where it is exact, a bar from low to high where it
    is a range, a broken line with an arrow where it is open above."""
    if low == high:
        point(ax, low, y, colour, marker, hollow=quoted)
        return
    if pd.isna(high):
        end = ax.get_xlim()[1]
        ax.plot([low, end], [y, y], color=colour, linewidth=1, linestyle=(0, (4, 2)), zorder=3)
        ax.plot(end, y, marker=">", color=colour, markersize=4, clip_on=False, zorder=4)
        return
    ax.plot([low, high], [y, y], color=colour, linewidth=_BAR, zorder=3)
    _least(ax, (low + high) / 2, y, colour)


def range_up(ax: Axes, x: float, low: float, high: float, colour: str, marker="o") -> None:
    """The same on a vertical scale."""
    if low == high:
        point(ax, x, low, colour, marker)
        return
    ax.plot([x, x], [low, high], color=colour, linewidth=_BAR, zorder=3)
    _least(ax, x, (low + high) / 2, colour)


def _least(ax: Axes, x: float, y: float, colour: str) -> None:
    """A short stretch in the middle of a bar, so that the narrowest range is still seen."""
    ax.plot(x, y, marker="s", markersize=2.6, markeredgewidth=0, color=colour, clip_on=False)


def band(ax: Axes, x, low, high, colour: str) -> None:
    """A range along an axis: a tinted band with its two edges drawn."""
    ax.fill_between(x, low, high, color=colour, alpha=0.22, linewidth=0, zorder=2)
    for edge in (low, high):
        ax.plot(x, edge, color=colour, linewidth=0.9, zorder=3)


def nice_top(value: float) -> float:
    """The least of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not below."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(min(step * power for step in _NICE if step * power >= value * (1 - 1e-9)))


def label_widths(names: list[str]) -> float:
    """Width in millimetres of the widest of these row labels."""
    return max(style.text_width(name, style.SMALL) for name in names)


def percent_ticks(ax: Axes, axis: str = "y") -> None:
    """Tick labels in percent for an axis of shares between 0 and 1."""
    getattr(ax, f"{axis}axis").set_major_formatter(lambda value, _: percent(value, value))


def by_code(names) -> list[str]:
    """Provinces in the order of their codes, others after them as they come."""
    order = {name: k for k, name in enumerate(places.province_names())}
    return sorted(dict.fromkeys(names), key=lambda name: order.get(name, len(order)))


def place_label(page: Page, name: str) -> str:
    """A row label: English with Chinese beside it where there is room, else one of them."""
    plain = place(name, page.lang)
    return plain if page.narrow or page.lang == "zh" or plain == name else f"{plain} {name}"
