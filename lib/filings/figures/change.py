"""Figures of change over the batches: shares, gaps, ranks, what a change is made of, a control."""

import numpy as np
import pandas as pd

from filings.figures import style
from filings.figures.marks import (
    Entry,
    band,
    batch_panel,
    label_widths,
    open_with_key,
    percent_ticks,
    place_label,
    plane,
    range_across,
    range_up,
    region_entries,
    region_of,
    round_ticks,
    spread,
)
from filings.figures.page import Page, builder
from filings.figures.words import (
    batches,
    moved,
    movement,
    percent,
    place,
    sentence,
    span,
    unit,
)

_PANEL = 36
_RANGES = {
    "en": "Bars run from the lowest to the highest value that agrees with the published "
    "statements; points are exact. Scales differ.",
    "zh": "竖条为与公开报道相符的最小值至最大值，圆点为准确值。各图纵轴不同。",
}


def _panels(page: Page, names: list[str], top: float) -> list[tuple[str, tuple[float, ...]]]:
    """Boxes (left, top, width, height in mm) for small panels, two a row on a wide page."""
    columns = 1 if page.narrow or len(names) == 1 else 2
    lines = -(-len(names) // columns)
    width = (page.plot_width + 8) / columns - 8
    height = (page.plot_height - top) / lines
    return [
        (name, ((k % columns) * (width + 8), top + (k // columns) * height, width, height))
        for k, name in enumerate(names)
    ]


def _panels_height(page: Page, names: list[str]) -> float:
    columns = 1 if page.narrow or len(names) == 1 else 2
    return _PANEL * -(-len(names) // columns)


def _series_key(page: Page, table: pd.DataFrame) -> list[Entry]:
    if not table["batches"].str.contains("-").any():
        return []
    return [
        Entry(page.say("each batch on its own", "单批"), style.SERIES[0], "o"),
        Entry(page.say("all batches up to it", "累计至该批"), style.SERIES[1], "line"),
    ]


def _draw_panel(page: Page, name: str, table, area, words, shares: bool) -> None:
    left, top, width, height = area
    page.write(left, top + 2.5, name, fontweight="bold", fontsize=style.TEXT)
    ax = page.panel(left + 8, top + 6, width - 8, height - 12.5)
    batch_panel(ax, table, words)
    if shares:
        percent_ticks(ax)


def _single(table: pd.DataFrame) -> pd.DataFrame:
    return table[~table["batches"].str.contains("-")].sort_values(
        "batches", key=lambda column: column.astype(int)
    )


@builder("unit", "group", "batches", "low", "high", once=("unit",))
def shares_over_batches(page: Page, table: pd.DataFrame) -> None:
    """Shares of groups of provinces in the country's filings, batch by batch.

    Columns: ``unit`` (one value), ``group`` (a province, a region, ``Central+West``, ``Leaders``,
    or places joined by ``+``; one panel each in the order given), ``batches`` (1, 2, …; also 1-2,
    1-3, … for cumulative shares), ``low``, ``high`` (shares between 0 and 1). The title speaks of
    the first group.
    """
    table = table.astype({"batches": str})
    names = list(dict.fromkeys(table["group"]))
    single = _single(table[table["group"] == names[0]])
    first, last = single.iloc[0], single.iloc[-1]
    group = place(names[0], page.lang)
    begin, end = (percent(r["low"], r["high"], 1) for r in (first, last))
    title = page.say(
        f"The share of {group} {moved(first, last, 'en')}: {begin} in "
        f"{batches(first['batches'], 'en')}, {end} in {batches(last['batches'], 'en')}",
        f"{group}份额{moved(first, last, 'zh')}：{batches(first['batches'], 'zh')}{begin}，"
        f"{batches(last['batches'], 'zh')}{end}",
    )
    top = open_with_key(
        page,
        _series_key(page, table),
        plot=_panels_height(page, names),
        title=title,
        subtitle=page.say(
            f"Share of all {unit(table['unit'].iloc[0], 'en')} in the country, by batch",
            f"占全国备案（{unit(table['unit'].iloc[0], 'zh')[1:]}）的份额，分批",
        ),
        note=_RANGES[page.lang],
        alt=title
        + page.say(
            f". Small panels for {len(names)} groups of provinces, with ranges.",
            f"。{len(names)}组省份的小图，均示范围。",
        ),
    )
    for name, area in _panels(page, names, top):
        rows = table[table["group"] == name]
        _draw_panel(page, place(name, page.lang), rows, area, percent, shares=True)


@builder(
    "unit", "ahead", "behind", "measure", "batches", "low", "high", once=("unit", "ahead", "behind")
)
def gap(page: Page, table: pd.DataFrame) -> None:
    """How far one group is behind another, in filings and in proportion: the two can disagree.

    Columns: ``unit``, ``ahead`` and ``behind`` (one group each), ``measure`` (absolute: filings
    of ahead minus filings of behind; relative: 1 - behind / ahead), ``batches``, ``low``,
    ``high``.
    """
    table = table.astype({"batches": str})
    row = table.iloc[0]
    ahead, behind = place(row["ahead"], page.lang), place(row["behind"], page.lang)
    ends = {}
    for name in ("absolute", "relative"):
        single = _single(table[table["measure"] == name])
        ends[name] = single.iloc[0], single.iloc[-1]
    words = {"absolute": span, "relative": percent}

    def change(name: str) -> str:
        first, last = ends[name]
        values = [words[name](r["low"], r["high"]) for r in (first, last)]
        verb = _GAP_MOVES[movement(first, last)][page.lang]
        return verb + page.say(f" ({values[0]} to {values[1]})", f"（{values[0]}至{values[1]}）")

    title = page.say(
        f"{behind} behind {ahead}: the gap {change('absolute')} in number and "
        f"{change('relative')} in proportion",
        f"{behind}与{ahead}的差距：绝对差距{change('absolute')}，相对差距{change('relative')}",
    )
    names = {
        "absolute": page.say(
            f"Absolute gap, {unit(row['unit'], 'en')}", f"绝对差距（{unit(row['unit'], 'zh')}）"
        ),
        "relative": page.say("Relative gap, share of the leader's", "相对差距（占领先者之比）"),
    }
    top = open_with_key(
        page,
        _series_key(page, table),
        plot=_panels_height(page, list(names)),
        title=title,
        subtitle=page.say(
            f"{ahead} minus {behind}, and the same as a share of {ahead}; by batch",
            f"{ahead}减{behind}，及其占{ahead}的比例；分批",
        ),
        note=_RANGES[page.lang],
        alt=title + page.say(". Two panels by batch.", "。两幅分批小图。"),
    )
    for name, area in _panels(page, list(names), top):
        rows = table[table["measure"] == name]
        _draw_panel(page, names[name], rows, area, words[name], name == "relative")


_GAP_MOVES = {
    "fell": {"en": "narrowed", "zh": "缩小"},
    "rose": {"en": "widened", "zh": "扩大"},
    "same": {"en": "stayed the same", "zh": "不变"},
    "unclear": {"en": "shows no certain change", "zh": "无确定变化"},
}


@builder("unit", "place", "batches", "low", "high", once=("unit",))
def rank_slope(page: Page, table: pd.DataFrame) -> None:
    """Ranks of provinces from batch to batch, rank 1 on top, each with its range.

    Columns: ``unit`` (one value), ``place`` (those to draw), ``batches`` (two or more, in the
    order given), ``low``, ``high`` (best and worst possible rank).
    """
    table = table.astype({"batches": str})
    stages = list(dict.fromkeys(table["batches"]))
    names = list(dict.fromkeys(table["place"]))
    at = {(r.place, r.batches): r for r in table.itertuples()}
    rose, fell = [], []
    for name in names:
        first, last = at[name, stages[0]], at[name, stages[-1]]
        rose += [name] if last.high < first.low else []
        fell += [name] if last.low > first.high else []
    title = page.say(
        f"{len(rose)} of {len(names)} provinces certainly rose in rank from "
        f"{batches(stages[0], 'en')} to {batches(stages[-1], 'en')}, {len(fell)} certainly fell",
        f"{batches(stages[0], 'zh')}至{batches(stages[-1], 'zh')}：{len(names)}个省份中"
        f"{len(rose)}个位次确定上升，{len(fell)}个确定下降",
    )
    entries = region_entries(page, [region_of(name) for name in names])
    worst = int(table["high"].max())
    key = open_with_key(
        page,
        entries,
        plot=7 + max(3.4 * len(names), 2.6 * worst),
        title=title,
        subtitle=page.say(
            f"Rank by number of {unit(table['unit'].iloc[0], 'en')}, best to worst possible",
            f"按备案数（{unit(table['unit'].iloc[0], 'zh')[1:]}）排位，最好至最差的可能",
        ),
        note=page.say(
            "Bars run from the best to the worst possible rank; ties share the better rank.",
            "竖条为可能的最好至最差位次；并列者同取较好位次。",
        ),
        alt=title + page.say(". Slope chart of ranks.", "。位次斜率图。"),
    )
    side = label_widths([place_label(page, name) for name in names]) + 9
    height = page.plot_height - key - 7
    width = page.plot_width - 2 * side
    ax = page.panel(side, key + 5, width, height)
    ax.set(ylim=(worst + 0.6, 0.4), xlim=(-0.04, len(stages) - 0.96), xticks=[], yticks=[])
    ax.spines["bottom"].set_visible(False)
    for k, stage in enumerate(stages):
        x = side + width * (k + 0.04) / (len(stages) - 0.92)
        words = sentence(batches(stage, page.lang))
        page.write(x, key + 2, words, ha="center", fontweight="bold")
    for order, name in enumerate(names):
        aside = 0.1 * (order / len(names) - 0.5) / len(stages)  # so that no bar hides another
        rows = [at[name, stage] for stage in stages]
        region = region_of(name)
        colour, marker = style.REGION_COLOURS[region], style.REGION_MARKERS[region]
        middle = [(row.low + row.high) / 2 for row in rows]
        ax.plot(aside + np.arange(len(stages)), middle, color=colour, linewidth=1, zorder=2)
        for k, row in enumerate(rows):
            range_up(ax, k + aside, row.low, row.high, colour, marker)
    lines = plane(page)
    for k, ha, edge in ((0, "right", side), (len(stages) - 1, "left", side + width)):
        away = -1 if k == 0 else 1
        rows = [at[name, stages[k]] for name in names]
        wanted = [
            key + 5 + height * ((row.low + row.high) / 2 - 0.4) / (worst + 0.2) for row in rows
        ]
        found = spread(wanted, 3.2, key + 6, page.plot_height - 1.5)
        for name, row, y, target in zip(names, rows, found, wanted, strict=True):
            text = f"{place_label(page, name)} {span(row.low, row.high)}"
            page.write(edge + away * 3.2, y, text, ha=ha)
            lines.plot(
                [edge + away * 0.6, edge + away * 2.8], [target, y], color=style.RULE, linewidth=0.5
            )


_PARTS = {
    "total": {"en": "change in share", "zh": "份额变化"},
    "more_there": {"en": "more there", "zh": "本地增加"},
    "fewer_elsewhere": {"en": "fewer elsewhere", "zh": "他处减少"},
}


@builder("unit", "group", "before", "after", "part", "low", "high", once=("unit",))
def decomposition(page: Page, table: pd.DataFrame) -> None:
    """What a change in share is made of: more filings there, or fewer elsewhere.

    Columns: ``unit``; ``group``; ``before`` and ``after`` (batch selections); ``part`` (total |
    more_there | fewer_elsewhere, which add up to total in every table); ``low``, ``high``
    (fractions: 0.02 is two percentage points). Rows come in the order given; the title speaks of
    the first group.
    """
    table = table.astype({"before": str, "after": str})
    blocks = list(dict.fromkeys(zip(table["group"], table["before"], table["after"], strict=True)))
    lead = table[(table["group"] == blocks[0][0]) & (table["after"] == blocks[0][2])]
    lead = lead.set_index("part")
    group = place(blocks[0][0], page.lang)

    def points(part: str) -> str:
        return span(lead.at[part, "low"], lead.at[part, "high"], 1, 100)

    title = page.say(
        f"{group}: {points('total')} points of share, of which {points('more_there')} from more "
        f"filings there, {points('fewer_elsewhere')} from fewer elsewhere",
        f"{group}份额变化{points('total')}个百分点，其中本地增加贡献{points('more_there')}，"
        f"他处减少贡献{points('fewer_elsewhere')}",
    )
    height = 17.0
    page.open(
        title=title,
        subtitle=page.say(
            f"Change in share of all {unit(table['unit'].iloc[0], 'en')}, percentage points",
            f"占全国备案（{unit(table['unit'].iloc[0], 'zh')[1:]}）份额的变化，百分点",
        ),
        note=page.say(
            "The parts add up to the change in every table that agrees with the published "
            "statements, though their ranges need not. Points are exact.",
            "在每张与公开报道相符的表中，两部分之和等于总变化；其范围不必相加。圆点为准确值。",
        ),
        alt=title + page.say(". Bars around zero.", "。以零为中心的横条图。"),
        plot=height * len(blocks) + 6,
    )
    height = (page.plot_height - 6) / len(blocks)
    parts = {part: words[page.lang] for part, words in _PARTS.items()}
    left = label_widths(parts.values()) + 3
    numbers = label_widths(
        span(*pair, 1, 100) for pair in zip(table["low"], table["high"], strict=True)
    )
    ax = page.panel(left, 0, page.plot_width - left - numbers - 3, page.plot_height - 6)
    low, high = min(0, table["low"].min()), max(0, table["high"].max())
    pad = 0.04 * (high - low or 1)
    ax.set(xlim=(low - pad, high + pad), ylim=(height * len(blocks), 0), yticks=[])
    ax.xaxis.set_major_formatter(lambda value, _: span(value, value, 1, 100).removesuffix(".0"))
    ticks = round_ticks(low - pad, high + pad, 6)
    ax.set_xticks(ticks)
    for k, (name, before, after) in enumerate(blocks):
        top = k * height
        heading = page.say(
            f"{place(name, 'en')}, {batches(before, 'en')} to {batches(after, 'en')}",
            f"{place(name, 'zh')}，{batches(before, 'zh')}至{batches(after, 'zh')}",
        )
        page.write(0, top + 2.2, heading, fontweight="bold")
        for tick in ticks:
            colour, width = (style.INK, 0.8) if tick == 0 else (style.RULE, 0.5)
            ax.vlines(tick, top + 4.6, top + height, color=colour, linewidth=width)
        rows = table[
            (table["group"] == name) & (table["before"] == before) & (table["after"] == after)
        ]
        for j, row in enumerate(rows.itertuples()):
            y = top + 6.2 + j * (height - 6) / 3
            page.write(left - 1.5, y, parts[row.part], ha="right")
            colour = style.SERIES[0] if row.part == "total" else style.SERIES[1 + j % 2]
            range_across(ax, y, row.low, row.high, colour)
            text = span(row.low, row.high, 1, 100)
            page.write(page.plot_width - numbers, y, text, color=style.MUTED)


@builder("register", "group", "period", "low", "high")
def control(page: Page, table: pd.DataFrame) -> None:
    """The blockchain register beside a sister register: does the same thing happen there?

    Columns: ``register`` (blockchain | algorithm), ``group`` (a province, region,
    ``Central+West``, …; one row of panels each), ``period`` (batch, or year or month of the
    list, in the order given), ``low``, ``high`` (shares between 0 and 1; equal where exact).
    """
    table = table.astype({"period": str})
    groups = list(dict.fromkeys(table["group"]))
    registers = list(dict.fromkeys(table["register"]))
    heading = {
        "blockchain": page.say("Blockchain register", "区块链备案"),
        "algorithm": page.say("Algorithm register", "算法备案"),
    }

    def series(register: str, group: str) -> pd.DataFrame:
        return table[(table["register"] == register) & (table["group"] == group)]

    def change(group: str) -> str:
        ends = [series(register, group).iloc[[0, -1]] for register in registers]
        verbs = [moved(rows.iloc[0], rows.iloc[1], page.lang) for rows in ends]
        if len(set(verbs)) == 1:
            return verbs[0] + page.say(" in both", "（两者皆然）")
        both = zip(verbs, registers, strict=True)
        return page.say(", ", "，").join(
            page.say(f"{verb} in the {r} one", f"{heading[r]}{verb}") for verb, r in both
        )

    title = page.say("; ", "；").join(
        page.say(f"share of {place(g, 'en')} {change(g)}", f"{place(g, 'zh')}份额{change(g)}")
        for g in groups[:2]
    )
    page.open(
        title=sentence(title),
        subtitle=page.say(
            "Share of all filings in the country, list by list, in two registers of the same "
            "agency",
            "占全国备案的份额，逐批；同一主管部门的两个备案登记",
        ),
        note=page.say(
            "Where there is room between two lines, the published statements leave a range; one "
            "line is exact. Registers start years apart.",
            "两线之间为公开报道所允许的范围；单线为准确值。两个登记起始年份不同。",
        ),
        alt=sentence(title) + page.say(". Lines side by side.", "。并列折线图。"),
        plot=6 + 33 * len(groups),
    )
    width = (page.plot_width + 6) / len(registers) - 6
    height = (page.plot_height - 6) / len(groups)
    for c, register in enumerate(registers):
        left = c * (width + 6)
        page.write(left, 2, heading[register], fontweight="bold", fontsize=style.TEXT)
        for k, group in enumerate(groups):
            top = 6 + k * height
            if c == 0 or not page.narrow:
                page.write(left, top + 2.2, place(group, page.lang), color=style.MUTED)
            ax = page.panel(left + 8, top + 5, width - 8, height - 11)
            rows = series(register, group)
            x = np.arange(len(rows))
            band(ax, x, rows["low"], rows["high"], style.SERIES[k % len(style.SERIES)])
            both = table.loc[table["group"] == group, "high"].max()
            ax.set(ylim=(0, both * 1.1), xlim=(-0.3, len(rows) - 0.7))
            ax.set_yticks(round_ticks(0, both * 1.1, 3))
            percent_ticks(ax)
            ax.grid(axis="y")
            periods = [
                sentence(batches(p, page.lang)) if p.isdigit() and len(p) < 4 else p
                for p in rows["period"]
            ]
            ax.set_xticks([0, len(rows) - 1], [periods[0], periods[-1]])
            for tick, ha in zip(ax.get_xticklabels(), ("left", "right"), strict=True):
                tick.set_ha(ha)
