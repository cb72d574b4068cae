"""Grids: the provinces as squares of equal size, and what is known of each by batch."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from seaborn import heatmap

from filings import paths, places
from filings.figures import style
from filings.figures.marks import label, swatch
from filings.figures.page import Page, TooTallError, builder
from filings.figures.words import batches, few, noun, number, place, span, unit, useful

CLASSES = (0, 1, 5, 10, 20, 100, 200)
"""Lower ends of the seven shades: none, 1-4, 5-9, 10-19, 20-99, 100-199, 200 and more."""

NOT_COVERED = {
    "香港": (7, 5, "HK港", "Hong Kong"),
    "澳门": (7, 4, "MO澳", "Macao"),
    "台湾": (6, 6.5, "TW台", "Taiwan"),
}
"""What the register does not cover: row and column of the square, letters, English name."""


@cache
def tiles() -> pd.DataFrame:
    """Where each province lies: ``row`` and ``column`` of its square (columns come in halves) and
    its letters in ISO 3166-2:CN, indexed by short Chinese name."""
    return pd.read_csv(paths.TILE_GRID).set_index("place")


def touching() -> list[tuple[str, str]]:
    """The real borders between provinces that the grid keeps: the two squares share an edge."""
    where = tiles()

    def touch(a: str, b: str) -> bool:
        down = abs(where.at[a, "row"] - where.at[b, "row"])
        across = abs(where.at[a, "column"] - where.at[b, "column"])
        return (down, across) in {(0, 1.0), (1, 0.5)}

    return [pair for pair in places.neighbours() if touch(*pair)]


def shade(value: float) -> str:
    """The colour of a count: the darker, the more; one step a class of ``CLASSES``."""
    return style.SEQUENTIAL[_step(value)]


def _step(value: float) -> int:
    return sum(value >= low for low in CLASSES) - 1


def _class(k: int) -> str:
    return span(CLASSES[k], CLASSES[k + 1] - 1) if k + 1 < len(CLASSES) else f"{CLASSES[k]}+"


@builder("unit", "batches", "place", "low", "high", once=("unit", "batches"))
def tile_map(page: Page, table: pd.DataFrame) -> None:
    """The provinces as squares, shaded where the number is known and empty where it is not.

    Columns: ``unit``, ``batches`` (one value each), ``place`` (31 provinces and the nation, whose
    row gives the total), ``low``, ``high`` (empty: open above).
    """
    unit_name, selection = table["unit"].iloc[0], table["batches"].iloc[0]
    total = table.loc[table["place"] == places.NATION, "low"]
    table = table[table["place"] != places.NATION].sort_values("low", ascending=False)
    good = [useful(*pair) for pair in zip(table["low"], table["high"], strict=True)]
    known, hidden = table[good], len(table) - sum(good)
    lead = [
        f"{place(row.place, page.lang)}{page.say(' ', '')}{span(row.low, row.high)}"
        for row in known.iloc[:2].itertuples()
    ]
    of = (
        page.say(f" of {number(total.iloc[0])}", f"全部{number(total.iloc[0])}个中")
        if len(total)
        else ""
    )
    title = page.say(
        f"{' and '.join(lead)}{of} {unit(unit_name, 'en')} in {batches(selection, 'en')}",
        f"{batches(selection, 'zh')}：{of}{'、'.join(lead)}",
    )
    none = int((table["high"] == 0).sum())
    if none:
        title += page.say(f"; {few(none, 'en')} provinces have none", f"；{none}个省（区、市）没有")
    elif hidden:
        title += page.say(
            f"; for {few(hidden, 'en')} provinces the number is not known",
            f"；{hidden}个省（区、市）数目不详",
        )
    if page.brief and page.narrow:
        raise TooTallError("tile_map: a card has no room for 34 squares: choose a slide")
    rows, columns = int(tiles()["row"].max()) + 1, tiles()["column"].max() + 1
    letters = page.lang == "en" and page.narrow
    short = {"en": tiles()["code"], "zh": places.provinces()["abbreviation"]}[page.lang]
    codes = ", ".join(f"{code} {place(name, 'en')}" for name, code in tiles()["code"].items())
    page.open(
        plot=min(page.room / columns, 19) * rows,
        title=title,
        subtitle=page.say(
            f"Number of {unit(unit_name, 'en')} registered, {batches(selection, 'en')}",
            f"备案{noun(unit_name, 'zh')}数，{batches(selection, 'zh')}",
        ),
        note=page.say(
            "One square a province; not a map of boundaries. The register covers the mainland; "
            "Hong Kong, Macao and Taiwan are not in it."
            + f" Not known: {hidden}." * (hidden > 0)
            + (f" {codes}." * letters),
            "每省（区、市）一格，非行政区划地图。备案清单不含港澳台地区。"
            + f"数目不详者{hidden}个。" * (hidden > 0),
        ),
        alt=page.say("Squares in the places of provinces.", "按方位排列的方格图。"),
        key=[
            *(
                swatch(style.SEQUENTIAL[k], _class(k))
                for k in range(1, _step(known["low"].max()) + 1)
            ),
            swatch(style.PAPER, page.say("not in the register", "不在清单内"), "//////"),
        ],
    )
    ax = page.body.subplots()
    for row, usable in zip(table.itertuples(), good, strict=True):
        where = tiles().loc[row.place]
        name = short[row.place] if letters or page.brief else place(row.place, page.lang)
        colour = shade(row.low) if usable else style.PAPER
        value = span(row.low, row.high) if usable else page.say("?", "不详")
        value = "" if page.brief else value
        _tile(ax, where["row"], where["column"], name, value, colour)
    for chinese, (down, across, letter, english) in NOT_COVERED.items():
        name = page.say(english, chinese)
        if letters or page.brief:
            name = page.say(letter[:2], letter[2])
        _tile(ax, down, across, name, "", None)
    ax.set(xlim=(-0.1, columns + 0.1), ylim=(rows, -0.1), aspect="equal", anchor="C")
    ax.set_axis_off()


def _tile(ax, down: float, across: float, name: str, value: str, colour: str | None) -> None:
    """One square, with the name above the value; hatched where the register ends."""
    square = Rectangle((across + 0.03, down + 0.03), 0.94, 0.94, linewidth=0.4)
    square.set(facecolor=colour or style.PAPER, edgecolor=style.RULE)
    if colour is None:
        square.set(hatch="//////", edgecolor=style.PALE)
    ax.add_patch(square)
    ink = style.ink_on(colour or style.PAPER)
    quiet = style.MUTED if colour in (None, style.PAPER) else ink
    middle = {"ha": "center", "va": "center", "xytext": (0, 0), "textcoords": "offset points"}
    ax.annotate(
        name, (across + 0.5, down + (0.3 if value else 0.5)), color=quiet, zorder=3, **middle
    )
    if value:
        bold = {"fontweight": "bold"} if colour != style.PAPER else {}
        ax.annotate(value, (across + 0.5, down + 0.7), color=quiet, **middle, **bold)


_SHADES = ("exact", "near", "range", "nothing")
_COVERAGE = dict(zip(_SHADES, (style.MAIN, "#A3C3DA", "#DCE6EE", style.PAPER), strict=True))
_NEAR = 5


def _shade(low: float, high: float) -> int:
    if pd.isna(high):
        return 2 if low > 0 else 3
    return 0 if low == high else 1 if high - low <= _NEAR else 2


@builder("unit", "batches", "place", "low", "high", once=("unit",))
def coverage(page: Page, table: pd.DataFrame) -> None:
    """What is known of each province and batch: exactly, within a range, or not at all.

    Columns: ``unit`` (one value), ``batches`` (columns of the grid in the order given), ``place``
    (province), ``low``, ``high`` (empty: open above).
    """
    if page.brief:
        raise TooTallError("coverage: 31 rows of numbers are for print, not for a screen")
    table = table[table["place"] != places.NATION]
    shades = [_shade(*pair) for pair in zip(table["low"], table["high"], strict=True)]
    table = table.assign(
        shade=shades,
        text=[span(*pair) for pair in zip(table["low"], table["high"], strict=True)],
    )
    order = [name for names in places.regions().values() for name in names]
    selections = list(dict.fromkeys(table["batches"]))
    grid = table.pivot(index="place", columns="batches", values="shade")
    grid = grid.reindex(index=[name for name in order if name in grid.index], columns=selections)
    text = table.pivot(index="place", columns="batches", values="text").reindex_like(grid)
    unit_name, total, exact = table["unit"].iloc[0], len(table), shades.count(0)
    labels = {
        "exact": page.say("known exactly", "准确可知"),
        "near": page.say(f"within {_NEAR}", f"范围不超过{_NEAR}"),
        "range": page.say("a wider range", "范围更宽"),
        "nothing": page.say("nothing", "一无所知"),
    }
    page.open(
        plot=4.2 * len(grid) + 8,
        title=page.say(
            f"Of {total} counts of {unit(unit_name, 'en')} by province and batch, {exact} are "
            "known exactly",
            f"{total}个分省分批的{noun(unit_name, 'zh')}数中，{exact}个可以准确得知",
        ),
        subtitle=page.say(
            f"What published reports prove about the number of {unit(unit_name, 'en')}",
            f"公开报道所能证明的备案{noun(unit_name, 'zh')}数",
        ),
        note=page.say(
            "In the cells the count, or its lowest and highest possible value.",
            "格内为备案数，或可能的最小值与最大值。",
        ),
        alt=page.say("A grid of provinces by batch.", "省份与批次的格子图。"),
        key=[swatch(_COVERAGE[name], labels[name]) for name in _SHADES[:3]],
    )
    ax = page.body.subplots()
    heatmap(
        grid.astype(float),
        cmap=list(_COVERAGE.values()),
        vmin=0,
        vmax=len(_SHADES) - 1,
        annot=text.to_numpy(dtype=object),
        fmt="",
        annot_kws={"fontsize": style.SMALL},
        cbar=False,
        linewidths=0.8,
        linecolor=style.PAPER,
        ax=ax,
    )
    names = [label(page, name) for name in grid.index]
    ax.set_yticks(np.arange(len(names)) + 0.5, names, rotation=0)
    ax.set_xticks(
        np.arange(len(selections)) + 0.5, [s.replace("-", "–") for s in selections], rotation=0
    )
    ax.set(xlabel=page.say("batch", "批次"), ylabel="")
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
