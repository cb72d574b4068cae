"""Figures over batches and years: shares of groups, concentration, a place's own counts."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from seaborn import barplot, lineplot

from filings.figures import style
from filings.figures.marks import (
    ROW,
    bare,
    bars,
    beside,
    known,
    line,
    share_scale,
    spans,
    unknown,
)
from filings.figures.page import Page, builder, wrap
from filings.figures.words import REGISTERS
from filings.words import percent, sentence, span, useful_share

_PANEL = 42.0
_OF_THE_COUNTRY = (
    "Share of all filings of the country, by batch or year of publication",
    "占全国备案的份额，按批次或公布年份",
)


def _periods(page: Page, ax: Axes, periods: Sequence[str]) -> None:
    """Batches or years below the axis."""
    ax.set_xticks(range(len(periods)), list(periods))
    ax.set_xlim(-0.5, len(periods) - 0.5)
    ax.tick_params(axis="x", length=0)
    ax.set_xlabel(page.say("year", "年份") if _is_year(periods[0]) else page.say("batch", "批次"))


def _is_year(period: str) -> bool:
    return len(period) == 4 and period.isdigit()


def _across(page: Page, count: int, most: int) -> int:
    """How many panels stand side by side."""
    return min(count, 2 if page.narrow and not page.brief else most)


def _height(page: Page, count: int, most: int = 3) -> float:
    return _PANEL * -(-count // _across(page, count, most))


def _share_panels(
    page: Page, body: SubFigure, series: dict[str, pd.DataFrame], most: int = 3
) -> None:
    """A panel for each series of shares, by its heading, all on one scale from zero."""
    across = _across(page, len(series), most)
    grid = body.subplots(-(-len(series) // across), across, sharey=True, squeeze=False).ravel()
    for ax in grid[len(series) :]:
        ax.set_axis_off()
    share_scale(list(grid[: len(series)]), list(series.values()), 3 if page.brief else 5)
    for ax, (heading, table) in zip(grid, series.items(), strict=False):
        periods, ends = list(table["period"]), [0, len(table) - 1]
        crowded = page.narrow or most > 3
        line(ax, table, style.MAIN, ends if crowded else range(len(table)))
        _periods(page, ax, periods)
        ax.set_title("\n".join(wrap(heading, page.room / across - 8, style.TEXT, "bold")))
        if crowded and _is_year(periods[0]):
            ax.set_xticks(ends, [periods[k] for k in ends])


def _series(table: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    """The table's rows by the values of a column, in the order given."""
    groups = table.groupby(column, sort=False)
    return {name: rows.reset_index(drop=True) for name, rows in groups}


def _by_register(page: Page, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The table's rows by the heading of their register."""
    return {page.say(*REGISTERS[name]): rows for name, rows in _series(table, "register").items()}


def _verdicts(series: dict[str, pd.DataFrame]) -> dict[str, list[str]]:
    """The names of the series by the verdict of the notebook's test."""
    found: dict[str, list[str]] = {}
    for name, rows in series.items():
        found.setdefault(rows["verdict"].iloc[0], []).append(name)
    return found


@builder("panel", "register", "period", "place", "low", "high", "verdict")
def beijing(page: Page, table: pd.DataFrame) -> None:
    """One place's share by batch and by year in the sister registers, and where it went.

    Columns: ``panel`` (share | gain), ``register`` (blockchain | algorithm | deep_synthesis),
    ``period`` (a batch or a year; in gain rows the first and the last, 3-5 or 2022-2026),
    ``place``, ``low``, ``high`` (share from 0 to 1; in gain rows the change of a place's share),
    ``verdict`` (rose | fell | unclear: the test of the register's series; empty in gain rows).
    All share rows are of one place. The gain rows are of one register.
    """
    shares, gains = table[table["panel"] == "share"], table[table["panel"] == "gain"]
    who, series = page.place(shares["place"].iloc[0]), _series(shares, "register")
    lead = dict(list(series.items())[:2])
    parts = []
    for said, names in _verdicts(lead).items():
        told = [f"{page.register(n)}{page.say(' ', '')}{_said(page, lead[n])}" for n in names]
        parts.append(page.verdict(said) + page.say(": ", "：") + page.say("; ", "；").join(told))
    if page.brief:
        gains = gains.iloc[:0]
    heights = [_height(page, len(series)), ROW * len(gains) + 8]
    body = page.open(
        plot=sum(heights) if len(gains) else heights[0],
        title=page.say(f"{who}'s share {'; it '.join(parts)}", f"{who}份额{'；'.join(parts)}"),
        subtitle=page.say(*_OF_THE_COUNTRY),
        note=page.say(
            "One scale from zero. The registers began in different years.",
            "同一尺度，自零起。各备案起始年份不同。",
        ),
        alt=page.say("Lines, one panel a register.", "折线图，每种备案一幅。"),
    )
    if len(gains):
        body, below = body.subfigures(2, 1, squeeze=False, height_ratios=heights).ravel()
        _gains(page, below, gains)
    _share_panels(page, body, _by_register(page, shares))


def _said(page: Page, table: pd.DataFrame) -> str:
    """From its first to its last known value: 32% of batch 1, 17% of batch 5."""
    parts = []
    good = table[known(table, useful_share)]
    for row in good.iloc[[0, -1]].itertuples() if len(good) > 1 else ():
        value, year = percent(row.low, row.high), row.period
        if _is_year(row.period):
            parts.append(page.say(f"{value} in {year}", f"{year}年{value}"))
        else:
            when = page.batches(row.period)
            parts.append(page.say(f"{value} of {when}", f"{when}{value}"))
    return page.say(", ", "，").join(parts)


def _gains(page: Page, body: SubFigure, gains: pd.DataFrame) -> None:
    """Bars of the change in share, in percentage points; what may be nothing is pale."""
    ax = body.subplots()
    gains = gains.sort_values("low", ascending=False, kind="stable")
    first, last = gains["period"].iloc[0].split("-")
    register = gains["register"].iloc[0]
    texts = ["+" + span(row.low, row.high, 1, 100) for row in gains.itertuples()]
    names = [page.place(name) for name in gains["place"]]
    low, high = gains["low"].clip(lower=0) * 100, gains["high"] * 100
    bars(ax, names, low, high, [style.SECOND] * len(gains), texts)
    if _is_year(first):
        when = page.say(f"{first} to {last}", f"{first}年至{last}年")
    else:
        when = page.say(f"batch {first} to batch {last}", f"第{first}批至第{last}批")
    heading = page.say(
        f"Who gained: {page.register(register)}, {when}, percentage points",
        f"谁的份额增加：{page.register(register)}，{when}，百分点",
    )
    ax.set_title("\n".join(wrap(heading, page.room - 20, style.TEXT, "bold")))


@builder("register", "group", "period", "low", "high", "verdict")
def control(page: Page, table: pd.DataFrame, group: str) -> None:
    """Share of one group of provinces in the three registers of the same authority.

    Columns: ``register`` (blockchain | algorithm | deep_synthesis; one panel each), ``group``
    (one value: Central+West), ``period`` (batch or year), ``low``, ``high`` (share, 0 to 1),
    ``verdict`` (rose | fell | unclear: the test of the register's series).
    """
    parts = []
    for name, names in _verdicts(_series(table, "register")).items():
        said, which = page.verdict(name), page.joined([page.register(n) for n in names])
        parts.append(page.say(f"{said} in {which}", f"{which}{said}"))
    series = _by_register(page, table)
    body = page.open(
        plot=_height(page, len(series)),
        title=page.say(
            f"The share of {page.place(group)} {'; it '.join(parts)}",
            f"{page.place(group)}份额：{'，'.join(parts)}",
        ),
        subtitle=page.say(*_OF_THE_COUNTRY),
        note=page.say(
            "One scale from zero; a pale bar may go on beyond it. Whether a share rose is tested, "
            "not read off the two ends.",
            "同一尺度，自零起；浅色竖条可能超出图外。升降以检验为准，不以两端之差为准。",
        ),
        alt=page.say("Lines, one panel a register.", "折线图，每种备案一幅。"),
        key=unknown(page, table),
    )
    _share_panels(page, body, series)


@builder("unit", "group", "batches", "low", "high", "verdict")
def shares(page: Page, table: pd.DataFrame, unit: str) -> None:
    """Share of several groups batch by batch, on one scale.

    Columns: ``unit`` (one value), ``group`` (a province, several joined by ``+``, Leaders or
    Central+West; one panel each), ``batches`` (single), ``low``, ``high`` (share, 0 to 1),
    ``verdict`` (rose | fell | unclear: the test of the group's series).
    """
    table = table.rename(columns={"batches": "period"})
    series = _series(table, "group")
    lead = dict(list(series.items())[:2])
    parts = [
        page.place(name)
        + page.say(" ", "")
        + page.verdict(rows["verdict"].iloc[0], "+" in name or name == "Leaders")
        for name, rows in lead.items()
    ]
    shown = lead if page.brief else series
    body = page.open(
        plot=_height(page, len(shown), 4),
        title=page.say(f"Shares by batch: {', '.join(parts)}", f"各批份额：{'，'.join(parts)}"),
        subtitle=page.say(
            f"Share of all {page.unit(unit)} registered, by batch",
            f"占全国备案{page.noun(unit)}的份额，分批",
        ),
        note=page.say(
            "One scale from zero; a pale bar may go on beyond it.",
            "同一尺度，自零起；浅色竖条可能超出图外。",
        ),
        alt=page.say("Lines, one panel a group.", "折线图，每组一幅。"),
        key=unknown(page, table),
    )
    headed = {sentence(page.place(name)): rows for name, rows in shown.items()}
    _share_panels(page, body, headed, most=4)


@builder("measure", "unit", "batches", "low", "high", "proven", "verdict")
def concentration(page: Page, table: pd.DataFrame, unit: str) -> None:
    """One or two measures of concentration batch by batch, each from zero.

    Columns: ``measure`` (cr4, hhi, …; at most two), ``unit`` (one value), ``batches`` (single),
    ``low``, ``high``, ``proven`` (False: the true range may reach further), ``verdict`` (rose |
    fell | unclear from the first to the last batch). Both measures stand in the title.
    """
    rows = _series(table, "measure")
    if len(rows) > 2:
        raise ValueError(f"concentration: at most two measures a figure, got {', '.join(rows)}")
    parts = []
    for name, which in _verdicts(rows).items():
        said = page.verdict(name, len(which) > 1)
        whose = page.joined([page.measure(each) for each in which])
        parts.append(page.say(f"{whose} {said}", f"{whose}{said}"))
    first, last = (page.batches(table["batches"].iloc[k]) for k in (0, -1))
    proven = table["proven"].astype(bool).all()
    body = page.open(
        plot=_PANEL * (len(rows) if page.narrow and not page.brief else 1),
        title=page.say(
            f"From {first} to {last} {', '.join(parts)}", f"{first}至{last}：{'，'.join(parts)}"
        ),
        subtitle=page.say(
            f"Concentration of {page.unit(unit)} over the 31 provinces, by batch",
            f"备案{page.noun(unit)}在31个省（区、市）间的集中程度，分批",
        ),
        note=page.say(
            "Dark: certain; pale: possible."
            + " Where an end is not proven, the range may reach further." * (not proven),
            "深色为确定部分，浅色为可能部分。" + "未经证明的端点，范围可能更大。" * (not proven),
        ),
        alt=page.say("Bars by batch.", "分批柱状图。"),
    )
    names = list(rows)[: 1 if page.narrow and page.brief else 2]
    shape = (len(names), 1) if page.narrow else (1, len(names))
    panels = body.subplots(*shape, squeeze=False).ravel()
    for ax, name in zip(panels, names, strict=True):
        pairs = zip(rows[name]["low"], rows[name]["high"], strict=True)
        share = name.startswith("cr")
        texts = [percent(*pair) if share else span(*pair, 2) for pair in pairs]
        _columns(page, ax, rows[name], texts)
        ax.set_title(sentence(page.measure(name)))


def _columns(page: Page, ax: Axes, table: pd.DataFrame, texts: Sequence[str]) -> None:
    """Upright bars from zero, a batch each: certain dark, possible pale, the value above."""
    at = list(range(len(table)))
    look = {"width": 0.62, "saturation": 1, "linewidth": 0, "ax": ax}
    barplot(x=at, y=table["high"].tolist(), color=style.PALE, **look)
    barplot(x=at, y=table["low"].tolist(), color=style.MAIN, **look)
    for x, high, text in zip(at, table["high"], texts, strict=True):
        beside(ax, x, high, text, ha="center", va="bottom", xytext=(0, 2))
    ax.set_ylim(0, table["high"].max() * 1.15 or 1)
    ax.set_yticks([])
    bare(ax)
    _periods(page, ax, list(table["batches"]))


@builder("unit", "batches", "leader", "curve", "provinces", "share")
def lorenz(page: Page, table: pd.DataFrame, unit: str, batches: str, leader: str) -> None:
    """How filings pile up over the provinces, fewest first, in tables that agree with the evidence.

    Columns: ``unit``, ``batches``, ``leader`` (the first province; one value each), ``curve``
    (low | high: the table with the lowest and with the highest Gini), ``provinces`` and ``share``
    (cumulative, 0 to 1, one row a province plus the origin: ``measures.lorenz``). The two are
    examples, not the edges of what is possible.
    """
    curves = [rows for _, rows in table.groupby("curve")]
    units, when = page.unit(unit), page.batches(batches)
    count = len(curves[0]) - 1

    def between(values: Sequence[float]) -> str:
        return percent(min(values), max(values))

    first, four = (between([1 - c["share"].iloc[count - k] for c in curves]) for k in (1, 4))
    half = between([float(np.interp(0.5, c["provinces"], c["share"])) for c in curves])
    ginis = sorted(1 - 2 * np.trapezoid(c["share"], c["provinces"]) for c in curves)
    facts = [
        (first, page.place(leader)),
        (four, page.say("the first four", "前四名")),
        (half, page.say("the lower half of the provinces", "后一半省份")),
        (
            span(ginis[0], ginis[-1], 2),
            page.say("Gini (0 even, 1 all in one)", "基尼系数（0均等，1集于一省）"),
        ),
    ]
    body = page.open(
        plot=min(page.room, 84) + (26 if page.narrow else 6),
        title=page.say(
            f"Four of {count} provinces hold {four} of the {units} of {when}",
            f"{when}：{count}个省（区、市）中，前四名占全部备案的{four}",
        ),
        subtitle=page.say(
            f"Cumulative share of {units} by cumulative share of provinces, fewest first",
            "备案累计份额与省份累计份额，由少到多",
        ),
        note=page.say(
            "Two tables that agree with the published reports: the one with the lowest and the one "
            "with the highest Gini. Other tables may lie outside.",
            "两条曲线为与公开报道相符的两张表：基尼系数最低者与最高者；其他相符的表可能在两线之外。",
        ),
        alt=page.say("Lorenz curves.", "洛伦兹曲线。"),
    )
    if page.narrow and not page.brief:
        ax, words = body.subplots(2, 1, height_ratios=(4, 1))
        across = 2
    else:
        ax, words = body.subplots(1, 2, width_ratios=(3, 2))
        across = 1
    ax.plot([0, 1], [0, 1], color=style.OTHER, linewidth=0.8)
    beside(ax, 0.55, 0.6, page.say("all equal", "完全均等"), style.MUTED, ha="right")
    for curve, dashes in zip(curves, ("-", (0, (3, 1.5))), strict=False):
        lineplot(curve, x="provinces", y="share", color=style.MAIN, ax=ax, errorbar=None)
        ax.lines[-1].set_linestyle(dashes)
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
    for k, (value, what) in enumerate(facts):
        x, y = (k % across) / across, (k // across + 0.3) / -(-len(facts) // across)
        beside(words, x, y, value, style.MAIN, fontsize=11, fontweight="bold", xytext=(0, 0))
        beside(words, x, y, what, style.MUTED, xytext=(0, -12))


@builder("name_en", "name_zh", "unit", "batches", "low", "high")
def case_counts(page: Page, table: pd.DataFrame, name_en: str, name_zh: str, unit: str) -> None:
    """A place's filings batch by batch, where there is a story in them.

    Columns: ``name_en``, ``name_zh`` (the place), ``unit`` (one value each), ``batches`` (single),
    ``low``, ``high`` (empty: open above). What a reader can't use is written "not known".
    """
    name, units, good = page.say(name_en, name_zh), page.unit(unit), known(table)
    if sum(good) < 2:
        raise ValueError(f"case_counts: of {name} fewer than two batches are known: no figure")
    (first, then), ends = table["batches"][good].iloc[[0, -1]].map(page.batches), spans(table[good])
    body = page.open(
        plot=40,
        title=page.say(
            f"{name}: {ends[0]} {units} in {first}, then {ends[-1]} in {then}",
            f"{name}：{first}{ends[0]}{units}，{then}{ends[-1]}个",
        ),
        subtitle=page.say(
            f"Number of {units} registered, by batch", f"备案{page.noun(unit)}数，分批"
        ),
        note=page.say("Dark: certain; pale: possible.", "深色为确定部分，浅色为可能部分。"),
        alt=page.say("Bars by batch.", "分批柱状图。"),
    )
    missing = page.say("not\nknown", "不详")
    texts = [text if k else missing for text, k in zip(spans(table), good, strict=True)]
    drawn = table.assign(low=table["low"].where(good, 0), high=table["high"].where(good, 0))
    _columns(page, body.subplots(), drawn, texts)
