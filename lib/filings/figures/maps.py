"""Grids: the provinces as squares of equal size, and what is known of each by batch."""

from functools import cache

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from seaborn import heatmap

from filings import paths, places
from filings.figures import style
from filings.figures.marks import beside, known, label, spans, swatch
from filings.figures.page import Page, TooTallError, builder
from filings.words import few, number, span

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


@builder("unit", "batches", "place", "low", "high")
def tile_map(page: Page, table: pd.DataFrame, unit: str, batches: str) -> None:
    """The provinces as squares, shaded where the number is known and empty where it is not.

    Columns: ``unit``, ``batches`` (one value each), ``place`` (31 provinces and the nation, whose
    row gives the total), ``low``, ``high`` (empty: open above).
    """
    if page.brief and page.narrow:
        raise TooTallError("tile_map: a card has no room for 34 squares: choose a slide")
    total = [number(n) for n in table.loc[table["place"] == places.NATION, "low"]][:1]
    table = table[table["place"] != places.NATION].sort_values("low", ascending=False)
    table = table.assign(known=known(table), text=spans(table))
    shown, hidden = table[table["known"]], sum(~table["known"])
    units, when = page.unit(unit), page.batches(batches)
    lead = [
        f"{page.place(row.place)}{page.say(' ', '')}{row.text}"
        for row in shown.iloc[:2].itertuples()
    ]
    title = page.say(
        f"{' and '.join(lead)}{''.join(f' of {n}' for n in total)} {units} in {when}",
        f"{when}：{''.join(f'全部{n}个中' for n in total)}{'、'.join(lead)}",
    )
    if none := int((table["high"] == 0).sum()):
        title += page.say(f"; {few(none)} provinces have none", f"；{none}个省（区、市）没有")
    elif hidden:
        title += page.say(
            f"; for {few(hidden)} provinces the number is not known",
            f"；{hidden}个省（区、市）数目不详",
        )
    rows, columns = int(tiles()["row"].max()) + 1, tiles()["column"].max() + 1
    letters = page.lang == "en" and page.narrow
    codes = ", ".join(f"{code} {places.english(name)}" for name, code in tiles()["code"].items())
    classes = range(1, _step(shown["low"].max()) + 1)
    body = page.open(
        plot=min(page.room / columns, 19) * rows,
        title=title,
        subtitle=page.say(
            f"Number of {units} registered, {when}", f"备案{page.noun(unit)}数，{when}"
        ),
        note=page.say(
            "One square a province; not a map of boundaries. The register covers the mainland; "
            "Hong Kong, Macao and Taiwan are not in it."
            + f" Not known: {hidden}." * (hidden > 0)
            + f" {codes}." * letters,
            "每省（区、市）一格，非行政区划地图。备案清单不含港澳台地区。"
            + f"数目不详者{hidden}个。" * (hidden > 0),
        ),
        alt=page.say("Squares in the places of provinces.", "按方位排列的方格图。"),
        key=[
            *(swatch(style.SEQUENTIAL[k], _class(k)) for k in classes),
            swatch(style.PAPER, page.say("not in the register", "不在清单内"), "//////"),
        ],
    )
    ax = body.subplots()
    brief = letters or page.brief
    short = tiles()["code"] if page.lang == "en" else places.provinces()["abbreviation"]
    for row in table.itertuples():
        name = short[row.place] if brief else page.place(row.place)
        value = row.text if row.known else page.say("?", "不详")
        colour = shade(row.low) if row.known else style.PAPER
        down, across = tiles().loc[row.place, ["row", "column"]]
        _tile(ax, down, across, name, "" if page.brief else value, colour)
    for chinese, (down, across, letter, english) in NOT_COVERED.items():
        name = page.say(letter[:2], letter[2]) if brief else page.say(english, chinese)
        _tile(ax, down, across, name, "", None)
    ax.set(xlim=(-0.1, columns + 0.1), ylim=(rows, -0.1), aspect="equal", anchor="C")
    ax.set_axis_off()


def _tile(ax: Axes, down: float, across: float, name: str, value: str, colour: str | None) -> None:
    """One square, with the name above the value; hatched where the register ends."""
    face = colour or style.PAPER
    square = Rectangle((across + 0.03, down + 0.03), 0.94, 0.94, linewidth=0.4, facecolor=face)
    square.set(edgecolor=style.RULE if colour else style.PALE, hatch=None if colour else "//////")
    ax.add_patch(square)
    blank = face == style.PAPER
    ink = style.MUTED if blank else style.ink_on(face)
    middle = {"ha": "center", "xytext": (0, 0)}
    beside(ax, across + 0.5, down + (0.3 if value else 0.5), name, ink, zorder=3, **middle)
    if value:
        weight = "normal" if blank else "bold"
        beside(ax, across + 0.5, down + 0.7, value, ink, fontweight=weight, **middle)


_COVERAGE = (style.MAIN, "#A3C3DA", "#DCE6EE", style.PAPER)
"""Known exactly, nearly, within a wider range, not at all."""
_NEAR = 5


def _shade(low: float, high: float) -> int:
    if pd.isna(high):
        return 2 if low > 0 else 3
    return 0 if low == high else 1 if high - low <= _NEAR else 2


@builder("unit", "batches", "place", "low", "high")
def coverage(page: Page, table: pd.DataFrame, unit: str) -> None:
    """What is known of each province and batch: exactly, within a range, or not at all.

    Columns: ``unit`` (one value), ``batches`` (columns of the grid in the order given), ``place``
    (province), ``low``, ``high`` (empty: open above).
    """
    if page.brief:
        raise TooTallError("coverage: 31 rows of numbers are for print, not for a screen")
    table = table[table["place"] != places.NATION]
    shades = [_shade(*pair) for pair in zip(table["low"], table["high"], strict=True)]
    table = table.assign(shade=shades, text=spans(table))
    total, exact, units, noun = len(table), shades.count(0), page.unit(unit), page.noun(unit)
    order = [name for names in places.regions().values() for name in names]
    selections = list(dict.fromkeys(table["batches"]))
    cells = table.set_index(["place", "batches"])[["shade", "text"]].unstack()
    grid = cells.reindex([name for name in order if name in cells.index])
    labels = (
        page.say("known exactly", "准确可知"),
        page.say(f"within {_NEAR}", f"范围不超过{_NEAR}"),
        page.say("a wider range", "范围更宽"),
    )
    body = page.open(
        plot=4.2 * len(grid) + 8,
        title=page.say(
            f"Of {total} counts of {units} by province and batch, {exact} are known exactly",
            f"{total}个分省分批的{noun}数中，{exact}个可以准确得知",
        ),
        subtitle=page.say(
            f"What published reports prove about the number of {units}",
            f"公开报道所能证明的备案{noun}数",
        ),
        note=page.say(
            "In the cells the count, or its lowest and highest possible value.",
            "格内为备案数，或可能的最小值与最大值。",
        ),
        alt=page.say("A grid of provinces by batch.", "省份与批次的格子图。"),
        key=[swatch(*pair) for pair in zip(_COVERAGE, labels, strict=False)],
    )
    ax = body.subplots()
    heatmap(
        grid["shade"][selections].astype(float), cmap=list(_COVERAGE), vmin=0, vmax=3,
        annot=grid["text"][selections].to_numpy(dtype=object), fmt="",
        annot_kws={"fontsize": style.SMALL}, cbar=False, linewidths=0.8, linecolor=style.PAPER,
        xticklabels=[s.replace("-", "–") for s in selections],
        yticklabels=[label(page, name) for name in grid.index], ax=ax,
    )  # fmt: skip
    ax.tick_params(length=0, rotation=0)
    ax.set(xlabel=page.say("batch", "批次"), ylabel="")
    for spine in ax.spines.values():
        spine.set_visible(False)
