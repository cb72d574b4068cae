"""Figures over batches and years: shares of groups, concentration, a place's own counts."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from seaborn import barplot, lineplot

from filings.figures import style
from filings.figures.marks import (
    ROW,
    bare,
    bars,
    beside,
    known_shares,
    line,
    share_scale,
    unknown,
)
from filings.figures.page import Page, builder, wrap
from filings.figures.words import (
    REGISTERS,
    batches,
    joined,
    measure,
    noun,
    percent,
    place,
    sentence,
    span,
    unit,
    useful,
    verdict,
)

_PANEL = 42.0
_OF_THE_COUNTRY = {
    "en": "Share of all filings of the country, by batch or year of publication",
    "zh": "占全国备案的份额，按批次或公布年份",
}


def _known(table: pd.DataFrame) -> np.ndarray:
    """Which rows of a table of counts a reader can use."""
    pairs = zip(table["low"], table["high"], strict=True)
    return np.array([useful(*pair) for pair in pairs])


def _periods(page: Page, ax: Axes, periods: Sequence[str], numbered: bool) -> None:
    """Batches (``numbered``) or years below the axis."""
    ax.set_xticks(range(len(periods)), list(periods))
    ax.set_xlim(-0.5, len(periods) - 0.5)
    ax.tick_params(axis="x", length=0)
    ax.set_xlabel(page.say("batch", "批次") if numbered else page.say("year", "年份"))


def _across(page: Page, count: int, most: int) -> int:
    """How many panels stand side by side."""
    return min(count, 2 if page.narrow and not page.brief else most)


def _height(page: Page, count: int, most: int = 3) -> float:
    return _PANEL * -(-count // _across(page, count, most))


def _share_panels(page: Page, body, series: dict[str, pd.DataFrame], most: int = 3) -> None:
    """A panel for each series of shares, by its heading, all on one scale from zero."""
    across = _across(page, len(series), most)
    grid = body.subplots(-(-len(series) // across), across, sharey=True, squeeze=False).ravel()
    panels = grid[: len(series)]
    for ax in grid[len(series) :]:
        ax.set_axis_off()
    share_scale(panels, list(series.values()), 3 if page.brief else 5)
    for ax, (heading, table) in zip(panels, series.items(), strict=True):
        last = len(table) - 1
        crowded = page.narrow or most > 3
        line(ax, table, style.MAIN, [0, last] if crowded else range(last + 1))
        _periods(page, ax, table["period"], table["period"].iloc[0] == "1")
        room = page.room / across - 8
        ax.set_title("\n".join(wrap(heading, room, style.TEXT, "bold")))
        if crowded and table["period"].iloc[0] != "1":
            ax.set_xticks([0, last], [table["period"].iloc[0], table["period"].iloc[last]])


def _said(page: Page, table: pd.DataFrame) -> str:
    """From its first to its last known value: 32% of batch 1, 17% of batch 5."""
    parts = []
    known = table[known_shares(table)]
    for row in known.iloc[[0, -1]].itertuples() if len(known) > 1 else ():
        value = percent(row.low, row.high)
        if len(row.period) < 4:
            when = batches(row.period, page.lang)
            parts.append(page.say(f"{value} of {when}", f"{when}{value}"))
        else:
            parts.append(page.say(f"{value} in {row.period}", f"{row.period}年{value}"))
    return page.say(", ", "，").join(parts)


def _series(table: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    """The table's rows by the values of a column, in the order given."""
    groups = table.groupby(column, sort=False)
    return {name: rows.reset_index(drop=True) for name, rows in groups}


def _verdicts(series: dict[str, pd.DataFrame]) -> dict[str, list[str]]:
    """The names of the series by the verdict of the notebook's test."""
    found: dict[str, list[str]] = {}
    for name, rows in series.items():
        found.setdefault(rows["verdict"].iloc[0], []).append(name)
    return found


def _register(page: Page, name: str) -> str:
    """A register in running text."""
    return page.say(REGISTERS[name]["en"].lower(), REGISTERS[name]["zh"])


@builder("panel", "register", "period", "place", "low", "high", "verdict")
def beijing(page: Page, table: pd.DataFrame) -> None:
    """One place's share by batch and by year in the sister registers, and where it went.

    Columns: ``panel`` (share | gain), ``register`` (blockchain | algorithm | deep_synthesis),
    ``period`` (a batch or a year; in gain rows the first and the last, 3-5 or 2022-2026),
    ``place``, ``low``, ``high`` (share from 0 to 1; in gain rows the change of a place's share),
    ``verdict`` (rose | fell | unclear: the test of the register's series; empty in gain rows).
    All share rows are of one place. The gain rows are of one register.
    """
    series, gains = table[table["panel"] == "share"], table[table["panel"] == "gain"]
    who, series = place(series["place"].iloc[0], page.lang), _series(series, "register")
    lead = dict(list(series.items())[:2])
    parts = []
    for name, names in _verdicts(lead).items():
        said = verdict(name, page.lang)
        told = [f"{_register(page, n)}{page.say(' ', '')}{_said(page, lead[n])}" for n in names]
        parts.append(page.say(f"{said}: {'; '.join(told)}", f"{said}：{'；'.join(told)}"))
    title = page.say(f"{who}'s share {'; it '.join(parts)}", f"{who}份额{'；'.join(parts)}")
    if page.brief:
        gains = gains.iloc[:0]
    heights = [_height(page, len(series)), ROW * len(gains) + 8]
    body = page.open(
        plot=math.fsum(heights) if len(gains) else heights[0],
        title=title,
        subtitle=_OF_THE_COUNTRY[page.lang],
        note=page.say(
            "One scale from zero. The registers began in different years.",
            "同一尺度，自零起。各备案起始年份不同。",
        ),
        alt=page.say("Lines, one panel a register.", "折线图，每种备案一幅。"),
    )
    if len(gains):
        body, below = body.subfigures(2, 1, height_ratios=heights)
        _gains(page, below, gains)
    _share_panels(page, body, {REGISTERS[name][page.lang]: s for name, s in series.items()})


def _gains(page: Page, body, gains: pd.DataFrame) -> None:
    """Bars of the change in share, in percentage points; what may be nothing is pale."""
    ax = body.subplots()
    gains = gains.sort_values("low", ascending=False, kind="stable")
    first, last = gains["period"].iloc[0].split("-")
    register = gains["register"].iloc[0]
    texts = ["+" + span(row.low, row.high, 1, 100) for row in gains.itertuples()]
    names = [place(name, page.lang) for name in gains["place"]]
    bars(
        ax,
        names,
        gains["low"].clip(lower=0) * 100,
        gains["high"] * 100,
        [style.SECOND] * len(gains),
        texts,
    )
    when = (
        page.say(f"batch {first} to batch {last}", f"第{first}批至第{last}批")
        if register == "blockchain"
        else page.say(f"{first} to {last}", f"{first}年至{last}年")
    )
    heading = page.say(
        f"Who gained: {REGISTERS[register]['en'].lower()}, {when}, percentage points",
        f"谁的份额增加：{REGISTERS[register]['zh']}，{when}，百分点",
    )
    ax.set_title("\n".join(wrap(heading, page.room - 20, style.TEXT, "bold")))


@builder("register", "group", "period", "low", "high", "verdict", once=("group",))
def control(page: Page, table: pd.DataFrame) -> None:
    """Share of one group of provinces in the three registers of the same authority.

    Columns: ``register`` (blockchain | algorithm | deep_synthesis; one panel each), ``group``
    (one value: Central+West), ``period`` (batch or year), ``low``, ``high`` (share, 0 to 1),
    ``verdict`` (rose | fell | unclear: the test of the register's series).
    """
    group = place(table["group"].iloc[0], page.lang)
    series = _series(table, "register")
    parts = []
    for name, names in _verdicts(series).items():
        said, which = (
            verdict(name, page.lang),
            joined([_register(page, n) for n in names], page.lang),
        )
        parts.append(page.say(f"{said} in {which}", f"{which}{said}"))
    title = page.say(
        f"The share of {group} {'; it '.join(parts)}", f"{group}份额：{'，'.join(parts)}"
    )
    body = page.open(
        plot=_height(page, len(series)),
        title=title,
        subtitle=_OF_THE_COUNTRY[page.lang],
        note=page.say(
            "One scale from zero; a pale bar may go on beyond it. Whether a share rose is tested, "
            "not read off the two ends.",
            "同一尺度，自零起；浅色竖条可能超出图外。升降以检验为准，不以两端之差为准。",
        ),
        alt=page.say("Lines, one panel a register.", "折线图，每种备案一幅。"),
        key=[] if page.brief or known_shares(table).all() else [unknown(page)],
    )
    _share_panels(page, body, {REGISTERS[name][page.lang]: s for name, s in series.items()})


@builder("unit", "group", "batches", "low", "high", "verdict", once=("unit",))
def shares(page: Page, table: pd.DataFrame) -> None:
    """Share of several groups batch by batch, on one scale.

    Columns: ``unit`` (one value), ``group`` (a province, several joined by ``+``, Leaders or
    Central+West; one panel each), ``batches`` (single), ``low``, ``high`` (share, 0 to 1),
    ``verdict`` (rose | fell | unclear: the test of the group's series).
    """
    table = table.rename(columns={"batches": "period"})
    unit_name = table["unit"].iloc[0]
    series = _series(table, "group")
    lead = dict(list(series.items())[:2])
    parts = [
        place(name, page.lang)
        + page.say(" ", "")
        + verdict(rows["verdict"].iloc[0], page.lang, "+" in name or name == "Leaders")
        for name, rows in lead.items()
    ]
    title = page.say(f"Shares by batch: {', '.join(parts)}", f"各批份额：{'，'.join(parts)}")
    shown = lead if page.brief else series
    body = page.open(
        plot=_height(page, len(shown), 4),
        title=title,
        subtitle=page.say(
            f"Share of all {unit(unit_name, 'en')} registered, by batch",
            f"占全国备案{noun(unit_name, 'zh')}的份额，分批",
        ),
        note=page.say(
            "One scale from zero; a pale bar may go on beyond it.",
            "同一尺度，自零起；浅色竖条可能超出图外。",
        ),
        alt=page.say("Lines, one panel a group.", "折线图，每组一幅。"),
        key=[] if page.brief or known_shares(table).all() else [unknown(page)],
    )
    headed = {sentence(place(name, page.lang)): rows for name, rows in shown.items()}
    _share_panels(page, body, headed, most=4)


@builder("measure", "unit", "batches", "low", "high", "proven", "verdict", once=("unit",))
def concentration(page: Page, table: pd.DataFrame) -> None:
    """One or two measures of concentration batch by batch, each from zero.

    Columns: ``measure`` (cr4, hhi, …; at most two), ``unit`` (one value), ``batches`` (single),
    ``low``, ``high``, ``proven`` (False: the true range may reach further), ``verdict`` (rose |
    fell | unclear from the first to the last batch). Both measures stand in the title.
    """
    names = list(dict.fromkeys(table["measure"]))
    if len(names) > 2:
        raise ValueError(f"concentration: at most two measures a figure, got {', '.join(names)}")
    rows = _series(table, "measure")
    parts = []
    for name, which in _verdicts(rows).items():
        said = verdict(name, page.lang, len(which) > 1)
        whose = joined([measure(each, page.lang) for each in which], page.lang)
        parts.append(page.say(f"{whose} {said}", f"{whose}{said}"))
    first, last = (batches(table["batches"].iloc[k], page.lang) for k in (0, -1))
    title = page.say(
        f"From {first} to {last} {', '.join(parts)}", f"{first}至{last}：{'，'.join(parts)}"
    )
    proven = table["proven"].astype(bool).all()
    body = page.open(
        plot=_PANEL * (len(names) if page.narrow and not page.brief else 1),
        title=title,
        subtitle=page.say(
            f"Concentration of {unit(table['unit'].iloc[0], 'en')} over the 31 provinces, by batch",
            f"备案{noun(table['unit'].iloc[0], 'zh')}在31个省（区、市）间的集中程度，分批",
        ),
        note=page.say(
            "Dark: certain; pale: possible."
            + ("" if proven else " Where an end is not proven, the range may reach further."),
            "深色为确定部分，浅色为可能部分。"
            + ("" if proven else "未经证明的端点，范围可能更大。"),
        ),
        alt=page.say("Bars by batch.", "分批柱状图。"),
    )
    if page.narrow:
        names = names[:1] if page.brief else names
        panels = body.subplots(len(names), 1, squeeze=False).ravel()
    else:
        panels = body.subplots(1, len(names), squeeze=False).ravel()
    for ax, name in zip(panels, names, strict=True):
        write = percent if name.startswith("cr") else lambda low, high: span(low, high, 2)
        _columns(page, ax, rows[name], style.MAIN, write)
        ax.set_title(sentence(measure(name, page.lang)))


def _columns(page: Page, ax: Axes, table: pd.DataFrame, colour: str, write: Callable) -> None:
    """Upright bars from zero, a batch each: certain dark, possible pale, the value above."""
    at = list(range(len(table)))
    look = {"width": 0.62, "saturation": 1, "linewidth": 0, "ax": ax}
    barplot(x=at, y=table["high"].tolist(), color=style.PALE, **look)
    barplot(x=at, y=table["low"].tolist(), color=colour, **look)
    for x, low, high in zip(at, table["low"], table["high"], strict=True):
        beside(ax, x, high, write(low, high), ha="center", va="bottom", xytext=(0, 2))
    ax.set_ylim(0, table["high"].max() * 1.15 or 1)
    ax.set_yticks([])
    bare(ax)
    _periods(page, ax, table["batches"], True)


@builder(
    "unit", "batches", "leader", "curve", "provinces", "share", once=("unit", "batches", "leader")
)
def lorenz(page: Page, table: pd.DataFrame) -> None:
    """How filings pile up over the provinces, fewest first, in tables that agree with the evidence.

    Columns: ``unit``, ``batches``, ``leader`` (the first province; one value each), ``curve``
    (low | high: the table with the lowest and with the highest Gini), ``provinces`` and ``share``
    (cumulative, 0 to 1, one row a province plus the origin: ``measures.lorenz``). The two are
    examples, not the edges of what is possible.
    """
    curves = {name: rows for name, rows in table.groupby("curve", sort=True)}
    unit_name, selection = table["unit"].iloc[0], table["batches"].iloc[0]
    ginis = sorted(1 - 2 * np.trapezoid(c["share"], c["provinces"]) for c in curves.values())
    count = len(next(iter(curves.values()))) - 1

    def held(first: int) -> str:
        shares_held = [1 - c["share"].iloc[count - first] for c in curves.values()]
        return percent(min(shares_held), max(shares_held))

    half = [float(np.interp(0.5, c["provinces"], c["share"])) for c in curves.values()]
    facts = [
        (held(1), place(table["leader"].iloc[0], page.lang)),
        (held(4), page.say("the first four", "前四名")),
        (percent(min(half), max(half)), page.say("the lower half of the provinces", "后一半省份")),
        (
            span(ginis[0], ginis[-1], 2),
            page.say("Gini (0 even, 1 all in one)", "基尼系数（0均等，1集于一省）"),
        ),
    ]
    title = page.say(
        f"Four of {count} provinces hold {held(4)} of the {unit(unit_name, 'en')} of "
        f"{batches(selection, 'en')}",
        f"{batches(selection, 'zh')}：{count}个省（区、市）中，前四名占全部备案的{held(4)}",
    )
    body = page.open(
        plot=min(page.room, 84) + (26 if page.narrow else 6),
        title=title,
        subtitle=page.say(
            f"Cumulative share of {unit(unit_name, 'en')} by cumulative share of provinces, "
            "fewest first",
            "备案累计份额与省份累计份额，由少到多",
        ),
        note=page.say(
            "Two tables that agree with the published reports: the one with the lowest and the one "
            "with the highest Gini. Other tables may lie outside.",
            "两条曲线为与公开报道相符的两张表：基尼系数最低者与最高者；其他相符的表可能在两线之外。",
        ),
        alt=page.say("Lorenz curves.", "洛伦兹曲线。"),
    )
    stacked = page.narrow and not page.brief
    shape = (
        {"nrows": 2, "height_ratios": (4, 1)} if stacked else {"ncols": 2, "width_ratios": (3, 2)}
    )
    ax, words = body.subplots(**shape)
    ax.plot([0, 1], [0, 1], color=style.OTHER, linewidth=0.8)
    beside(ax, 0.55, 0.6, page.say("all equal", "完全均等"), style.MUTED, ha="right")
    for (_, curve), dashes in zip(curves.items(), ("", (3, 1.5)), strict=False):
        x, y = curve["provinces"].tolist(), curve["share"].tolist()
        lineplot(x=x, y=y, color=style.MAIN, dashes=dashes or None, ax=ax, errorbar=None)
        ax.lines[-1].set_linestyle((0, dashes) if dashes else "-")
    ticks = [0, 0.5, 1] if page.brief else [0, 0.25, 0.5, 0.75, 1]
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", anchor="W")
    ax.set_xticks(ticks, [percent(t, t) for t in ticks])
    ax.set_yticks(ticks, [percent(t, t) for t in ticks])
    ax.grid()
    bare(ax)
    if page.brief and page.narrow:
        facts = facts[:2]
    words.set_axis_off()
    words.set(xlim=(0, 1), ylim=(1, 0))
    across = 2 if stacked else 1
    for k, (value, what) in enumerate(facts):
        x, y = (k % across) / across, (k // across + 0.3) / -(-len(facts) // across)
        beside(words, x, y, value, style.MAIN, fontsize=11, fontweight="bold", xytext=(0, 0))
        beside(words, x, y, what, style.MUTED, xytext=(0, -12))


@builder(
    "name_en", "name_zh", "unit", "batches", "low", "high", once=("name_en", "name_zh", "unit")
)
def case_counts(page: Page, table: pd.DataFrame) -> None:
    """A place's filings batch by batch, where there is a story in them.

    Columns: ``name_en``, ``name_zh`` (the place), ``unit`` (one value each), ``batches`` (single),
    ``low``, ``high`` (empty: open above). What a reader can't use is written "not known".
    """
    name, unit_name = table.iloc[0][f"name_{page.lang}"], table["unit"].iloc[0]
    good = _known(table)
    known = table[good]
    if len(known) < 2:
        raise ValueError(f"case_counts: of {name} fewer than two batches are known: no figure")
    ends = []
    for k, (_, row) in enumerate((known.iloc[[0, -1]]).iterrows()):
        value, when = span(row["low"], row["high"]), batches(row["batches"], page.lang)
        what = page.say(
            f" {unit(unit_name, 'en')}" if k == 0 else "", unit(unit_name, "zh") if k == 0 else "个"
        )
        ends.append(page.say(f"{value}{what} in {when}", f"{when}{value}{what}"))
    title = page.say(f"{name}: {', then '.join(ends)}", f"{name}：{'，'.join(ends)}")
    body = page.open(
        plot=40,
        title=title,
        subtitle=page.say(
            f"Number of {unit(unit_name, 'en')} registered, by batch",
            f"备案{noun(unit_name, 'zh')}数，分批",
        ),
        note=page.say("Dark: certain; pale: possible.", "深色为确定部分，浅色为可能部分。"),
        alt=page.say("Bars by batch.", "分批柱状图。"),
    )
    drawn = table.assign(low=table["low"].where(good, 0), high=table["high"].where(good, 0))
    texts = iter(
        [
            span(r.low, r.high) if k else page.say("not\nknown", "不详")
            for r, k in zip(table.itertuples(), good, strict=True)
        ]
    )
    _columns(page, body.subplots(), drawn, style.MAIN, lambda low, high: next(texts))
