"""Figures of concentration: ranking, measures over the batches, Lorenz curve, quotients."""

from functools import partial

import numpy as np
import pandas as pd

from filings import places
from filings.figures import style
from filings.figures.marks import (
    Entry,
    band,
    batch_panel,
    label_widths,
    nice_top,
    open_with_key,
    percent_ticks,
    place_label,
    range_across,
    region_entries,
    region_of,
)
from filings.figures.page import Page, builder
from filings.figures.words import (
    batches,
    joined,
    measure,
    moved,
    percent,
    place,
    span,
    unit,
)

_ROW = 3.6


@builder("unit", "batches", "place", "low", "high", "basis", once=("unit", "batches"))
def ranking(page: Page, table: pd.DataFrame) -> None:
    """Provinces by their number of filings, each with its range, most first.

    Columns: ``unit`` and ``batches`` (one value each), ``place``, ``low``, ``high`` (empty: open
    above), ``basis`` (exact | range | open, or ``quoted`` for a value taken over, not counted,
    which is drawn hollow).
    """
    table = table[table["place"] != places.NATION]
    table = table.sort_values(["low", "high", "place"], ascending=False, kind="stable")
    selection, unit_name = str(table["batches"].iloc[0]), table["unit"].iloc[0]
    regions = [region_of(name) for name in table["place"]]
    entries = region_entries(page, regions)
    if (table["low"] != table["high"]).any():
        label = page.say("bar: lowest to highest possible", "横条：可能的最小值至最大值")
        entries.append(Entry(label, style.MUTED))
    if (table["basis"] == "quoted").any():
        entries.append(
            Entry(page.say("quoted, not counted", "引述值，未经清点"), style.MUTED, "o", True)
        )
    first = table.iloc[0]
    leader, value = place(first["place"], page.lang), span(first["low"], first["high"])
    certain = first["low"] > table["high"].fillna(np.inf).iloc[1:].max()
    exact = int((table["low"] == table["high"]).sum())
    title = page.say(
        f"{leader} {'leads' if certain else 'leads or shares the lead'} with {value} "
        f"{unit(unit_name, 'en')} in {batches(selection, 'en')}",
        f"{batches(selection, 'zh')}：{leader}以{value}{unit(unit_name, 'zh')}"
        f"{'居首' if certain else '领先或并列领先'}",
    )
    key = open_with_key(
        page,
        entries,
        plot=_ROW * len(table),
        title=title,
        subtitle=page.say(
            f"Number of {unit(unit_name, 'en')} registered, {batches(selection, 'en')}; "
            f"{len(table)} provinces",
            f"各省备案数（{unit(unit_name, 'zh')[1:]}），{batches(selection, 'zh')}，"
            f"{len(table)}个省份",
        ),
        note=page.say(
            f"Exact for {exact} of {len(table)} provinces; elsewhere the published statements "
            "leave the range shown. Sorted by the lowest possible value.",
            f"{len(table)}个省份中{exact}个准确；其余为公开报道所允许的范围。按最小可能值排序。",
        ),
        alt=title
        + page.say(
            f". Dot and bar chart of {len(table)} provinces, sorted; {exact} values are exact.",
            f"。{len(table)}个省份的点与横条图，按大小排序；{exact}个数值准确。",
        ),
    )
    names = label_widths([place_label(page, p) for p in table["place"]]) + 2
    height = page.plot_height - key
    top = table[["low", "high"]].max(axis=None)
    numbers = label_widths([span(*p) for p in zip(table["low"], table["high"], strict=True)])
    ax = page.panel(names, key, page.plot_width - names - numbers - 3, height)
    ax.set(xlim=(0, top), ylim=(len(table) - 0.5, -0.5), xticks=[], yticks=[])
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(True)
    scale = (page.plot_width - names - numbers - 3) / top
    step = height / len(table)
    for k, row in enumerate(table.itertuples()):
        colour = style.REGION_COLOURS[regions[k]]
        marker = style.REGION_MARKERS[regions[k]]
        range_across(ax, k, row.low, row.high, colour, marker, quoted=row.basis == "quoted")
        y = key + step * (k + 0.5)
        page.write(names - 1.8, y, place_label(page, row.place), ha="right")
        end = top if pd.isna(row.high) else row.high
        page.write(names + end * scale + 1.6, y, span(row.low, row.high), color=style.MUTED)


@builder("measure", "unit", "batches", "low", "high", "proven", once=("unit",))
def concentration(page: Page, table: pd.DataFrame) -> None:
    """Measures of concentration batch by batch and cumulatively, one panel a measure.

    Columns: ``measure`` (hhi, cr4, gini, theil, …; panels in the order given), ``unit`` (one
    value), ``batches`` (single: 1, 2, …; cumulative: 1-2, 1-3, …), ``low``, ``high``,
    ``proven`` (False: the true range may reach further). The title speaks of the first measure.
    """
    table = table.astype({"batches": str})
    names = list(dict.fromkeys(table["measure"]))
    single = table[~table["batches"].str.contains("-")]
    lead = single[single["measure"] == names[0]].sort_values("batches")
    first, last = lead.iloc[0], lead.iloc[-1]
    label = measure(names[0], page.lang)
    begin, end = (_value(names[0], r["low"], r["high"]) for r in (first, last))
    title = page.say(
        f"By {label}, concentration {moved(first, last, 'en')}: {begin} in "
        f"{batches(first['batches'], 'en')}, {end} in {batches(last['batches'], 'en')}",
        f"按{label}，集中度{moved(first, last, 'zh')}：{batches(first['batches'], 'zh')}为{begin}，"
        f"{batches(last['batches'], 'zh')}为{end}",
    )
    entries = [
        Entry(page.say("each batch on its own", "单批"), style.SERIES[0], "o"),
        Entry(page.say("all batches up to it", "累计至该批"), style.SERIES[1], "line"),
    ]
    proven = table["proven"].astype(bool).all()
    columns = 1 if page.narrow else 2
    lines = -(-len(names) // columns)
    key = open_with_key(
        page,
        entries,
        plot=lines * 38,
        title=title,
        subtitle=page.say(
            f"Concentration of {unit(table['unit'].iloc[0], 'en')} over the 31 provinces, "
            "by batch and cumulatively",
            f"备案（{unit(table['unit'].iloc[0], 'zh')[1:]}）在31个省份间的集中程度，分批与累计",
        ),
        note=page.say(
            "Bars and bands run from the lowest to the highest value that agrees with the "
            "published statements; points are exact. Scales do not begin at zero. "
            + ("" if proven else "Where an end is not proven, the true range may reach further."),
            "竖条与色带为与公开报道相符的最小值至最大值；圆点为准确值。纵轴不从零起。"
            + ("" if proven else "未经证明的端点，真实范围可能更大。"),
        ).strip(),
        alt=title
        + page.say(
            f". Small panels for {len(names)} measures, with ranges.",
            f"。{len(names)}项指标的小图，均示范围。",
        ),
    )
    width = (page.plot_width + 8) / columns - 8
    height = (page.plot_height - key) / lines
    for k, name in enumerate(names):
        left, top = (k % columns) * (width + 8), key + (k // columns) * height
        page.write(
            left, top + 2.5, measure(name, page.lang), fontweight="bold", fontsize=style.TEXT
        )
        ax = page.panel(left + 8, top + 7, width - 8, height - 14)
        batch_panel(ax, table[table["measure"] == name], partial(_value, name))
        if name.startswith("cr"):
            percent_ticks(ax)


def _value(name: str, low: float, high: float) -> str:
    if name.startswith("cr"):
        return percent(low, high)
    return span(low, high, 1 if name == "effective_number" else 2)


@builder("unit", "batches", "curve", "provinces", "share", once=("unit", "batches"))
def lorenz(page: Page, table: pd.DataFrame) -> None:
    """How filings pile up over the provinces, least first: the band between two Lorenz curves.

    Columns: ``unit`` and ``batches`` (one value each), ``curve`` (low | high: the table of counts
    with the lowest and with the highest Gini), ``provinces`` and ``share`` (cumulative shares,
    both from 0 to 1, one row a province plus the origin: ``measures.lorenz``).
    """
    curves = {name: rows for name, rows in table.groupby("curve", sort=True)}
    selection, unit_name = str(table["batches"].iloc[0]), table["unit"].iloc[0]
    ginis = sorted(1 - 2 * np.trapezoid(c["share"], c["provinces"]) for c in curves.values())
    n = len(next(iter(curves.values()))) - 1

    def held_by_top(k: int) -> str:
        held = [1 - c["share"].iloc[n - k] for c in curves.values()]
        return percent(min(held), max(held))

    half = [np.interp(0.5, c["provinces"], c["share"]) for c in curves.values()]
    gini = span(ginis[0], ginis[-1], 2)
    title = page.say(
        f"Four of {n} provinces hold {held_by_top(4)} of all {unit(unit_name, 'en')}",
        f"{n}个省份中，前四名占全部备案的{held_by_top(4)}",
    )
    facts = [
        (held_by_top(1), page.say("the first province", "第一名")),
        (held_by_top(4), page.say("the first four", "前四名")),
        (percent(min(half), max(half)), page.say("the lower half of provinces", "后一半省份")),
        (gini, page.say("Gini (0 even, 1 all in one)", "基尼系数（0均等，1集于一省）")),
    ]
    side = min(page.plot_width - 12, 84)
    below = page.plot_width < side + 60
    page.open(
        title=title,
        subtitle=page.say(
            f"Cumulative share of {unit(unit_name, 'en')} by cumulative share of provinces, "
            f"fewest first; {batches(selection, 'en')}",
            f"备案累计份额与省份累计份额（由少到多），{batches(selection, 'zh')}",
        ),
        note=page.say(
            "The band lies between the tables with the lowest and the highest Gini that agree "
            "with the published statements; single shares can reach a little further.",
            "色带介于与公开报道相符、基尼系数最低与最高的两张表之间；个别份额的范围可能略大。",
        ),
        alt=title + page.say(f". Lorenz curve; Gini {gini}.", f"。洛伦兹曲线，基尼系数{gini}。"),
        plot=side + 9 + (22 if below else 0),
    )
    side = min(page.plot_height - 9 - (22 if below else 0), page.plot_width - 12)
    ax = page.panel(11, 1, side, side)
    ax.plot([0, 1], [0, 1], color=style.MUTED, linewidth=0.8)
    ax.text(
        0.6,
        0.66,
        page.say("all equal", "完全均等"),
        ha="right",
        fontsize=style.SMALL,
        color=style.MUTED,
    )
    x = next(iter(curves.values()))["provinces"].to_numpy()
    shares = np.array([c["share"].to_numpy() for c in curves.values()])
    band(ax, x, shares.min(axis=0), shares.max(axis=0), style.SERIES[0])
    ax.set(xlim=(0, 1), ylim=(0, 1), xticks=np.arange(0, 1.1, 0.25), yticks=np.arange(0, 1.1, 0.25))
    percent_ticks(ax, "x")
    percent_ticks(ax, "y")
    ax.grid()
    for k, (value, words) in enumerate(facts):
        if below:
            across, down = (k % 2) * page.plot_width / 2, side + 13 + (k // 2) * 10
        else:
            across, down = side + 24, 8 + k * 15
        page.write(across, down, value, fontsize=11, fontweight="bold", color=style.ACCENT)
        page.write(across, down + 5, words, color=style.MUTED)


@builder("place", "base", "low", "high")
def location_quotient(page: Page, table: pd.DataFrame) -> None:
    """Each province's share of filings against its share of population or GDP; 1 is the average.

    Columns: ``place``, ``base`` (population | gdp; one panel each), ``low``, ``high``.
    Optional: ``unit``, ``batches``. The scale is logarithmic; a low end of 0 runs off to the left.
    """
    bases = list(dict.fromkeys(table["base"]))
    heading = {
        "population": page.say("Against population", "与人口相比"),
        "gdp": page.say("Against GDP", "与地区生产总值相比"),
    }
    order = table[table["base"] == bases[0]].sort_values(
        ["low", "high"], ascending=False, kind="stable"
    )["place"]
    sure = table[table["low"] > 1].groupby("base")["place"].apply(list).to_dict()
    counts = [len(sure.get(base, [])) for base in bases]
    first = [place(name, page.lang) for name in order[:3]]
    measured = {
        "population": page.say("population", "人口"),
        "gdp": page.say("GDP", "地区生产总值"),
    }[bases[0]]
    title = page.say(
        f"{counts[0]} of {len(order)} provinces certainly have more filings than their "
        f"{measured} would give them: {joined(first, 'en')} first",
        f"{len(order)}个省份中{counts[0]}个备案份额确定高于其{measured}份额，"
        f"{joined(first, 'zh')}居前",
    )
    entries = region_entries(page)
    key = open_with_key(
        page,
        entries,
        plot=6 + _ROW * len(order) + 5,
        title=title,
        subtitle=page.say(
            "Location quotient: share of filings divided by share of "
            + " or ".join({"population": "population", "gdp": "GDP"}[b] for b in bases)
            + _sample(table, "en"),
            "区位商：备案份额除以"
            + "或".join({"population": "人口", "gdp": "地区生产总值"}[b] for b in bases)
            + "份额"
            + _sample(table, "zh"),
        ),
        note=page.say(
            "Logarithmic scale. Bars run from the lowest to the highest possible value; a bar "
            "that begins at the left edge may be zero.",
            "对数坐标。横条为可能的最小值至最大值；自左缘起的横条可能为零。",
        ),
        alt=title + page.say(". Dots and bars on a logarithmic scale.", "。对数坐标上的点与横条。"),
    )
    names = label_widths([place_label(page, p) for p in order]) + 2
    width = (page.plot_width - names + 6) / len(bases) - 6
    height = page.plot_height - key - 11
    least = min(0.05, table.loc[table["low"] > 0, "low"].min())
    for k, base in enumerate(bases):
        left = names + k * (width + 6)
        page.write(left, key + 2.5, heading[base], fontweight="bold", fontsize=style.TEXT)
        ax = page.panel(left, key + 6, width, height)
        ax.set_xscale("log")
        ax.set(
            xlim=(least, nice_top(table["high"].max())), ylim=(len(order) - 0.5, -0.5), yticks=[]
        )
        ticks = [t for t in (0.1, 0.3, 1, 3, 10, 30) if t < ax.get_xlim()[1]]
        ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
        ax.set_xticks([], minor=True)
        ax.grid(axis="x")
        ax.axvline(1, color=style.INK, linewidth=0.8)
        ax.spines["bottom"].set_visible(False)
        values = table[table["base"] == base].set_index("place")
        for y, name in enumerate(order):
            region, row = region_of(name), values.loc[name]
            if row["high"] > 0:
                range_across(
                    ax,
                    y,
                    max(row["low"], least),
                    row["high"],
                    style.REGION_COLOURS[region],
                    style.REGION_MARKERS[region],
                )
    for y, name in enumerate(order):
        middle = key + 6 + height * (y + 0.5) / len(order)
        page.write(names - 1.8, middle, place_label(page, name), ha="right")


def _sample(table: pd.DataFrame, lang: str) -> str:
    if "batches" not in table:
        return ""
    selection = str(table["batches"].iloc[0])
    return f"; {batches(selection, lang)}" if lang == "en" else f"，{batches(selection, lang)}"
