"""Tile-grid maps: one equal square a province, rows set off by half a square like bricks."""

from functools import cache

import pandas as pd

from filings import paths, places
from filings.figures import style
from filings.figures.marks import box, plane
from filings.figures.page import Page, builder
from filings.figures.words import batches, place, sentence, span, unit

CLASSES = (0, 1, 3, 10, 30, 100, 300)
"""Lower ends of the seven shades: none, 1-2, 3-9, 10-29, 30-99, 100-299, 300 and more."""

# The map's title counts the provinces at or above the highest class that holds at least three,
# and those certainly below ten.
_SEVERAL, _FEW = 3, 10

# The square of a small map, in millimetres, where the page's height is given.
_TILE = 6.0


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
    if pd.isna(value):
        return style.SEQUENTIAL[-1]
    return style.SEQUENTIAL[sum(value >= low for low in CLASSES) - 1]


def _extent() -> tuple[float, int]:
    where = tiles()
    return where["column"].max() + 1, int(where["row"].max()) + 1


def _class_label(k: int) -> str:
    low = CLASSES[k]
    if k == len(CLASSES) - 1:
        return f"{low}+"
    return span(low, CLASSES[k + 1] - 1)


def _codes(page: Page) -> str:
    """What the letters in the squares mean, for English figures that have no room for names."""
    names = [f"{code} {place(name, 'en')}" for name, code in tiles()["code"].items()]
    return ", ".join(names) + "."


def _tile(ax, name: str, low: float, high: float, left: float, top: float, size: float) -> None:
    """The square of a province: upper half shaded by the highest possible count, lower by the
    lowest; of one shade where the count is exact."""
    x = left + tiles().at[name, "column"] * size
    y = top + tiles().at[name, "row"] * size
    inner, gap = size * 0.95, size * 0.025
    box(ax, x + gap, y + gap, inner, inner / 2, shade(high))
    box(ax, x + gap, y + gap + inner / 2, inner, inner / 2, shade(low))


@builder("unit", "batches", "place", "low", "high", once=("unit", "batches"))
def tile_map(page: Page, table: pd.DataFrame) -> None:
    """The 31 provinces as squares, each with its range written and shaded.

    Columns: ``unit`` and ``batches`` (one value each), ``place``, ``low``, ``high`` (empty: open
    above). The upper half of a square is shaded by the highest possible count, the lower half by
    the lowest.
    """
    table = table[table["place"] != places.NATION]
    selection, unit_name = str(table["batches"].iloc[0]), table["unit"].iloc[0]
    none = int((table["high"] == 0).sum())
    sure = int((table["low"] > 0).sum())
    total = len(table)
    mark = max(low for low in CLASSES if (table["low"] >= low).sum() >= _SEVERAL)
    many = int((table["low"] >= mark).sum())
    few = int((table["high"] < _FEW).sum())
    title = page.say(
        f"{many} provinces certainly have {mark} or more {unit(unit_name, 'en')} in "
        f"{batches(selection, 'en')}, {few} certainly fewer than {_FEW}",
        f"{batches(selection, 'zh')}：{many}个省份确有{mark}{unit(unit_name, 'zh')}以上，"
        f"{few}个确定不足{_FEW}{unit(unit_name, 'zh')[:1]}",
    )
    across, down = _extent()
    columns = page.plot_width
    size = min(columns / across, 19)
    letters = page.narrow and page.lang == "en"
    page.open(
        title=title,
        subtitle=page.say(
            f"Number of {unit(unit_name, 'en')} registered, {batches(selection, 'en')}; lowest "
            "and highest possible value",
            f"各省备案数（{unit(unit_name, 'zh')[1:]}），{batches(selection, 'zh')}；"
            "可能的最小值与最大值",
        ),
        note=page.say(
            f"One equal square a province; {len(touching())} of {len(places.neighbours())} real "
            "borders touch. Not a map of boundaries." + (" " + _codes(page) if letters else ""),
            f"每省一格，面积相等；{len(places.neighbours())}条省界中{len(touching())}条相接。"
            "非行政区划地图。",
        ),
        alt=page.say(
            f"Tile-grid map of {total} provinces: {sure} certainly have {unit(unit_name, 'en')}, "
            f"{none} certainly have none, {total - sure - none} may have some.",
            f"{total}个省份的格网地图：{sure}个确有备案，{none}个确无，"
            f"{total - sure - none}个可能有。",
        ),
        plot=size * down + 1,
    )
    size = min(page.plot_height / down, page.plot_width / across)
    left = (page.plot_width - size * across) / 2
    ax = plane(page)
    for row in table.itertuples():
        _tile(ax, row.place, row.low, row.high, left, 0, size)
        x = left + (tiles().at[row.place, "column"] + 0.5) * size
        y = tiles().at[row.place, "row"] * size
        name = tiles().at[row.place, "code"] if letters else place(row.place, page.lang)
        page.write(
            x,
            y + size * 0.3,
            name,
            ha="center",
            color=style.ink_on(shade(row.high)),
            fontsize=style.SMALL,
        )
        page.write(
            x,
            y + size * 0.72,
            span(row.low, row.high),
            ha="center",
            fontweight="bold",
            color=style.ink_on(shade(row.low)),
            fontsize=style.SMALL if page.narrow else 8,
        )
    _legend(page, ax, left, size)


def _legend(page: Page, ax, left: float, size: float) -> None:
    """Shades and how to read a square, in the empty north-west of the grid."""
    step = min(size * 0.62, 8)
    x = left if left + 3.9 * size >= 7 * step else 0
    heading = page.say("Registered", "备案数")
    page.write(x, 2.2, heading, fontweight="bold")
    for k, colour in enumerate(style.SEQUENTIAL):
        box(ax, x + k * step, 4.4, step, 2.6, colour)
        page.write(x + (k + 0.5) * step, 9.0, str(CLASSES[k]), ha="center", color=style.MUTED)
    page.write(x, 14, page.say("upper half: highest possible", "上半格：可能的最大值"))
    page.write(x, 17.6, page.say("lower half: lowest possible", "下半格：可能的最小值"))


@builder("unit", "batches", "place", "low", "high", once=("unit",))
def small_multiples(page: Page, table: pd.DataFrame) -> None:
    """One small tile-grid map a batch, on one scale, to see the filings spread.

    Columns: ``unit`` (one value), ``batches`` (one map each, in the order given), ``place``,
    ``low``, ``high`` (empty: open above).
    """
    table = table[table["place"] != places.NATION].astype({"batches": str})
    selections = list(dict.fromkeys(table["batches"]))
    by_batch = table.groupby("batches")
    sure = by_batch["low"].apply(lambda low: int((low > 0).sum()))
    may = by_batch["high"].apply(lambda high: int((high != 0).sum()))
    first, last = selections[0], selections[-1]
    unit_name = table["unit"].iloc[0]
    title = page.say(
        f"Provinces with {unit(unit_name, 'en')}: {span(sure[first], may[first])} in "
        f"{batches(first, 'en')}, {span(sure[last], may[last])} in {batches(last, 'en')}",
        f"有备案的省份：{batches(first, 'zh')}{span(sure[first], may[first])}个，"
        f"{batches(last, 'zh')}{span(sure[last], may[last])}个",
    )
    columns = 2 if page.narrow else 3
    lines = -(-(len(selections) + 1) // columns)
    across, down = _extent()
    width = (page.plot_width + 5) / columns - 5
    size = min(_TILE, width / across) if page.aspect else width / across
    page.open(
        title=title,
        subtitle=page.say(
            f"Number of {unit(unit_name, 'en')} registered, batch by batch; upper half of a "
            "square: highest possible, lower half: lowest possible",
            f"各省各批备案数（{unit(unit_name, 'zh')[1:]}）；上半格为可能的最大值，"
            "下半格为可能的最小值",
        ),
        note=page.say(
            f"One equal square a province; {len(touching())} of {len(places.neighbours())} real "
            "borders touch. " + _codes(page),
            f"每省一格，面积相等；{len(places.neighbours())}条省界中{len(touching())}条相接。"
            "格内为各省简称。",
        ),
        alt=title + page.say(". Small tile-grid maps, one a batch.", "。每批一张小格网地图。"),
        plot=lines * (down * size + 10),
    )
    height = page.plot_height / lines
    size = min(width / across, (height - 10) / down)
    ax = plane(page)
    short = places.provinces()["abbreviation"]
    for k, selection in enumerate(selections):
        left, top = (k % columns) * (width + 5), (k // columns) * height
        words = sentence(batches(selection, page.lang))
        page.write(left, top + 2.5, words, fontweight="bold", fontsize=style.TEXT)
        for row in table[table["batches"] == selection].itertuples():
            _tile(ax, row.place, row.low, row.high, left, top + 5, size)
            where = tiles().loc[row.place]
            page.write(
                left + (where["column"] + 0.5) * size,
                top + 5 + (where["row"] + 0.28) * size,
                where["code"] if page.lang == "en" else short[row.place],
                ha="center",
                color=style.ink_on(shade(row.high)),
            )
    k = len(selections)
    _shades(page, ax, (k % columns) * (width + 5), (k // columns) * height, width)


def _shades(page: Page, ax, left: float, top: float, width: float) -> None:
    page.write(left, top + 2.5, page.say("Registered", "备案数"), fontweight="bold")
    for k, colour in enumerate(style.SEQUENTIAL):
        y = top + 6 + k * 4
        box(ax, left, y, 6, 3.2, colour)
        page.write(left + 8, y + 1.6, _class_label(k), color=style.MUTED)
