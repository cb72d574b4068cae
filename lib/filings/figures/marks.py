"""Marks that several figures share: ranges as bars, exact values as points, keys, regions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from filings import places
from filings.figures import style
from filings.figures.page import Page, wrap
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


def open_with_key(page: Page, entries: list[Entry], plot: float, **words: str) -> float:
    """Open the page with the key, if it has entries, above a plot of that height.

    Returns how far down the plot begins. ``words`` are what ``Page.open`` prints.
    """
    height = key_height(entries, page.plot_width) if entries else 0
    page.open(plot=height + plot, **words)
    if entries:
        draw_key(page, entries)
    return height


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
    ax.add_artist(
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
    _range(ax, lambda value: (value, y), (low, high), ax.get_xlim, colour, (marker, ">"), quoted)


def range_up(ax: Axes, x: float, low: float, high: float, colour: str, marker="o") -> None:
    """The same on a vertical scale."""
    _range(ax, lambda value: (x, value), (low, high), ax.get_ylim, colour, (marker, "^"))


def _range(ax: Axes, at, ends, limits, colour: str, markers, quoted: bool = False) -> None:
    """The value with these ends; ``at`` says where on the axes a number lies."""
    low, high = ends
    exact, arrow = markers
    if low == high:
        point(ax, *at(low), colour, exact, hollow=quoted)
        return
    if pd.isna(high):
        end = limits()[1]
        line = zip(at(low), at(end), strict=True)
        ax.plot(*line, color=colour, linewidth=1, linestyle=(0, (4, 2)), zorder=3)
        ax.plot(*at(end), marker=arrow, color=colour, markersize=4, clip_on=False, zorder=4)
        return
    ax.plot(*zip(at(low), at(high), strict=True), color=colour, linewidth=_BAR, zorder=3)
    _least(ax, *at((low + high) / 2), colour)


def _least(ax: Axes, x: float, y: float, colour: str) -> None:
    """A short stretch in the middle of a bar, so that the narrowest range is still seen."""
    ax.plot(x, y, marker="s", markersize=2.6, markeredgewidth=0, color=colour, clip_on=False)


def band(ax: Axes, x, low, high, colour: str) -> None:
    """A range along an axis: a tinted band with its two edges drawn."""
    ax.fill_between(x, low, high, color=colour, alpha=0.22, linewidth=0, zorder=2)
    for edge in (low, high):
        ax.plot(x, edge, color=colour, linewidth=0.9, zorder=3)


def batch_panel(ax: Axes, table: pd.DataFrame, words: Callable[[float, float], str]) -> None:
    """One value by batch: single batches as points or bars with their number, and the cumulative
    selections (1-2, 1-3, …), where the table has any, as a line or band.

    Columns: ``batches``, ``low``, ``high``; ``words`` writes a range.
    """
    ends = table["batches"].str.split("-").str[-1].astype(int)
    table = table.assign(end=ends).sort_values("end", kind="stable")
    cumulative = table["batches"].str.contains("-")
    single, total = table[~cumulative], table[cumulative]
    if len(total):
        # The first batch alone is also where the cumulative line begins.
        total = pd.concat([single[single["end"] == 1], total])
        band(ax, total["end"], total["low"], total["high"], style.SERIES[1])
    _zoom(ax, table)
    ax.set_xlim(ends.min() - 0.45, ends.max() + 0.45)
    ax.set_xticks(single["end"], list(single["batches"]))
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="y")
    slot = ax.bbox.width / ax.figure.dpi * 25.4 / (ends.max() - ends.min() + 0.9)
    texts = [words(low, high) for low, high in zip(single["low"], single["high"], strict=True)]
    tight = label_widths(texts) > slot - 0.5
    for k, row in enumerate(single.itertuples()):
        range_up(ax, row.end, row.low, row.high, style.SERIES[0])
        if tight and 0 < k < len(single) - 1:
            continue
        other = total.loc[total["end"] == row.end, "high"]
        room_below = row.low - ax.get_ylim()[0] > 0.16 * np.diff(ax.get_ylim())[0]
        above = other.empty or not row.high < other.iloc[0] or not room_below
        ax.annotate(
            texts[k],
            (row.end, (row.low if pd.isna(row.high) else row.high) if above else row.low),
            xytext=(4 if pd.isna(row.high) else 0, 4 if above else -4),
            textcoords="offset points",
            ha="left" if pd.isna(row.high) else "center",
            va="bottom" if above else "top",
            fontsize=style.SMALL,
            # Paper behind the number, so that no grid line runs through it.
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4},
        )


def _zoom(ax: Axes, table: pd.DataFrame) -> None:
    """A vertical scale that shows the changes without blowing up small ones: it begins at zero
    unless all values are large, and never shows less than a quarter of the largest."""
    most = max(table[["low", "high"]].max(axis=None), 1e-9)
    spread = max(most - table["low"].min(), 0.25 * most)
    bottom, top = max(0, most - 1.6 * spread), most + 0.4 * spread
    ax.set_ylim(bottom, top)
    ax.set_yticks([tick for tick in round_ticks(bottom, top, 4) if tick < top])


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` + 1 round values from low to high, a step of 1, 2, 2.5 or 5 apart."""
    ticks = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]


def nice_top(value: float) -> float:
    """The least of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not below."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(min(step * power for step in _NICE if step * power >= value * (1 - 1e-9)))


def label_widths(names: Iterable[str]) -> float:
    """Width in millimetres of the widest of these row labels."""
    return max(style.text_width(name, style.SMALL) for name in names)


def percent_ticks(ax: Axes, axis: str = "y") -> None:
    """Tick labels in percent, none above 100, for an axis of shares between 0 and 1."""
    scale = getattr(ax, f"{axis}axis")
    scale.set_ticks([tick for tick in scale.get_ticklocs() if tick <= 1 + 1e-9])
    scale.set_major_formatter(lambda value, _: percent(value, value))


def place_label(page: Page, name: str) -> str:
    """A row label: English with Chinese beside it where there is room, else one of them."""
    plain = place(name, page.lang)
    return plain if page.narrow or page.lang == "zh" or plain == name else f"{plain} {name}"


def spread(wanted: list[float], apart: float, top: float, bottom: float) -> list[float]:
    """Places for labels as near to those wanted as possible, at least ``apart`` from each other.

    Pooled blocks of neighbours (isotonic regression of the positions less their due distance).
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    blocks: list[list[float]] = []
    for place_in_row, k in enumerate(order):
        blocks.append([wanted[k] - place_in_row * apart])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    flat = [float(np.mean(block)) for block in blocks for _ in block]
    last = bottom - (len(wanted) - 1) * apart
    found = dict(zip(order, (min(max(x, top), last) for x in flat), strict=True))
    rank = {k: place_in_row for place_in_row, k in enumerate(order)}
    return [found[k] + rank[k] * apart for k in range(len(wanted))]


@dataclass(frozen=True)
class WordedRow:
    """A row that begins with a sentence: its lines, and where its marks go (mm in the plot)."""

    lines: tuple[str, ...]
    height: float


LINE = 3.3


def worded_rows(page: Page, sentences: Iterable[str]) -> list[WordedRow]:
    """Sentences wrapped into rows: beside the marks on a wide page, above them on a narrow one."""
    rows = []
    for sentence in sentences:
        lines = tuple(wrap(sentence, words_width(page), style.SMALL))
        height = len(lines) * LINE + (6.5 if page.narrow else 2.6)
        rows.append(WordedRow(lines, height))
    return rows


def open_with_rows(
    page: Page, entries: list[Entry], sentences: Iterable[str], **words: str
) -> tuple[float, float, float, list[float]]:
    """Open the page with the key above a row for each sentence, and write the sentences.

    Returns how far down the rows begin, and what ``write_rows`` does.
    """
    rows = worded_rows(page, sentences)
    top = open_with_key(page, entries, sum(row.height for row in rows), **words)
    return top, *write_rows(page, rows, top)


def words_width(page: Page) -> float:
    """Width of the sentences' column in millimetres."""
    return page.plot_width if page.narrow else 0.46 * page.plot_width


def write_rows(page: Page, rows: list[WordedRow], top: float) -> tuple[float, float, list[float]]:
    """Write the rows' sentences; returns left edge and width of the marks, and each row's middle
    (mm from the top of the plot)."""
    left = 0 if page.narrow else words_width(page) + 4
    middles = []
    for row in rows:
        for k, line in enumerate(row.lines):
            page.write(0, top + (k + 0.5) * LINE, line)
        words = len(row.lines) * LINE
        middles.append(top + (words + 2.2 if page.narrow else words / 2))
        top += row.height
    return left, page.plot_width - left, middles
