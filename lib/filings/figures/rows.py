"""Figures in rows: who has how many, how claims fare, on which side of the average a place lies."""

import numpy as np
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from filings import places
from filings.figures import style
from filings.figures.marks import (
    PAPER,
    ROW,
    bare,
    bars,
    beside,
    dot,
    dots,
    known,
    label,
    row_axis,
    spans,
    upright,
)
from filings.figures.page import Page, builder, wrap
from filings.words import few, number, percent, sentence, span

_BRIEF_ROWS = 8
_DEEP = 5
_ROLE_COLOURS = {"leader": style.MAIN, "article": style.FOCUS, "rest": style.OTHER}


@builder("unit", "batches", "group", "role", "filings")
def register_730(page: Page, table: pd.DataFrame, unit: str, batches: str) -> None:
    """Every filing as a square, group by group: what the leaders, the article's examples and all
    others hold. All numbers are exact.

    Columns: ``unit``, ``batches`` (one value each), ``group`` (a province or several joined by
    ``+``; together all 31), ``role`` (leader | article | rest), ``filings`` (exact number). Rows
    are drawn in the order given.
    """
    units, when, total = page.unit(unit), page.batches(batches), int(table["filings"].sum())
    by_role = table.groupby("role")
    held = by_role["filings"].sum()
    members = by_role["group"].apply("+".join)
    leaders, article = members["leader"].count("+") + 1, page.place(members["article"])
    longest = -(-int(table["filings"].max()) // _DEEP)
    names = [page.together(group) for group in table["group"]]
    listed = page.say(", ", "，").join(
        f"{name} {number(count)}" for name, count in zip(names, table["filings"], strict=True)
    )
    body = page.open(
        plot=len(table) * min(13, (_DEEP + 2) * (page.room - 48) / longest),
        title=page.say(
            f"{sentence(few(leaders))} provinces hold {held['leader']} of {total} {units}; "
            f"{article} together have {held['article']}",
            f"{total}{units}中，{leaders}个省（市）占{held['leader']}个，"
            f"{article}合计{held['article']}个",
        ),
        subtitle=page.say(
            f"One square is one of the {total} {units} registered in {when}",
            f"一格为一个备案{page.noun(unit)}，{when}共{total}个",
        ),
        note=page.say(
            "All numbers are exact. How the last group divides among its provinces is not known "
            "for each of them.",
            "各数均为准确值。最后一组内各省（区、市）各有多少，并非都已知。",
        ),
        alt=page.say("Rows of squares: ", "方格图：") + listed,
    )
    ax = body.subplots()
    tops = [y * (_DEEP + 2) for y in range(len(table))]
    for top, row in zip(tops, table.itertuples(), strict=True):
        squares = [
            Rectangle((k // _DEEP + 0.08, top + k % _DEEP + 0.08), 0.84, 0.84)
            for k in range(int(row.filings))
        ]
        colour = _ROLE_COLOURS[row.role]
        ax.add_collection(PatchCollection(squares, facecolor=colour, linewidth=0))
        look = {"fontweight": "bold", "fontsize": style.TITLE}
        end = -(-int(row.filings) // _DEEP)
        beside(ax, end, top + _DEEP / 2, number(row.filings), colour, **look)
    ax.set_yticks(
        [top + _DEEP / 2 for top in tops],
        ["\n".join(wrap(sentence(name), 34, style.SMALL)) for name in names],
    )
    ax.set(xlim=(0, longest), ylim=(tops[-1] + _DEEP + 0.5, -0.5), xticks=[], aspect="equal")
    ax.set_anchor("W")
    ax.spines["bottom"].set_visible(False)
    bare(ax)


@builder("unit", "group", "batches", "low", "high", "total", "people", "verdict")
def standing_still(page: Page, table: pd.DataFrame, unit: str) -> None:
    """Share of each group in the first batch and in the next ones, beside its share of people.

    Columns: ``unit`` (one value), ``group`` (provinces joined by ``+``, or Leaders; one panel
    each, the article's examples first), ``batches`` (two selections, the earlier first), ``low``,
    ``high`` (filings of the group), ``total`` (filings of the selection), ``people`` (the group's
    share of the population, 0 to 1), ``verdict`` (rose | fell | unclear: the test of the first
    group's share from the earlier to the later selection).
    """
    table = table.assign(counted=spans(table), of=[number(total) for total in table["total"]])
    groups = list(dict.fromkeys(table["group"]))[: 1 if page.brief and page.narrow else None]
    first = table[table["group"] == groups[0]]
    begin, end = first.iloc[0], first.iloc[-1]
    who, said, units = page.place(groups[0]), page.verdict(begin["verdict"]), page.unit(unit)
    body = page.open(
        plot=len(groups) * 27,
        title=page.say(
            f"The share of {who} {said}: {begin['counted']} of the first {begin['of']} {units}, "
            f"{end['counted']} of the next {end['of']}",
            f"{who}份额{said}：前{begin['of']}{units}中{begin['counted']}个，"
            f"其后{end['of']}个中{end['counted']}个",
        ),
        subtitle=page.say(
            f"Share of all {units} registered, and share of the population",
            "占全国备案的份额与占全国人口的份额",
        ),
        note=page.say(
            "One scale for all groups. The thin pale end of a bar is possible, not certain.",
            "各组同一尺度。浅色细线为可能而未确定的部分。",
        ),
        alt=page.say("Bars, one panel a group.", "横条图，每组一幅。"),
    )
    panels = body.subplots(len(groups), 1, squeeze=False)[:, 0]
    table = table.assign(low=table["low"] / table["total"], high=table["high"] / table["total"])
    top = max(table["high"].max(), table["people"].max())
    for ax, name, colour in zip(panels, groups, (style.FOCUS, style.MAIN), strict=False):
        rows = table[table["group"] == name]
        people = rows["people"].iloc[0]
        labels = [sentence(page.batches(selection)) for selection in rows["batches"]]
        texts = [
            page.say(
                f"{row.counted} of {row.of} ({percent(row.low, row.high)})",
                f"{row.of}个中{row.counted}个（{percent(row.low, row.high)}）",
            )
            for row in rows.itertuples(index=False)
        ]
        bars(
            ax,
            [*labels, page.say("Share of people", "人口份额")],
            [*rows["low"], people],
            [*rows["high"], people],
            [colour, colour, style.OTHER],
            [*texts, percent(people, people)],
            top,
        )
        ax.set_title(sentence(page.place(name)))


@builder("unit", "batches", "place", "low", "high")
def ranking(page: Page, table: pd.DataFrame, unit: str, batches: str) -> None:
    """Who has most: exact bars, groups known together, the others named and not drawn.

    Columns: ``unit``, ``batches`` (one value each), ``place`` (each province, and as rows of their
    own the groups whose sum is worth a bar, joined by ``+``; the row of the nation gives the
    total), ``low``, ``high`` (empty: open above). A province is drawn where its number is exact
    or nearly so, or is no part of a group; the largest group stands last, as the others together.
    """
    units, when = page.unit(unit), page.batches(batches)
    total = [number(n) for n in table.loc[table["place"] == places.NATION, "low"]][:1]
    table = table[table["place"] != places.NATION]
    table = table.assign(others=table["place"].str.count(r"\+"))
    good = known(table)
    drawn = table[good].sort_values(["low", "high"], ascending=False, kind="stable")
    rest, drawn = drawn[drawn["others"] >= 3], drawn[drawn["others"] < 3]
    if page.brief and len(drawn) > _BRIEF_ROWS and rest.empty:
        drawn, tail = drawn.iloc[:_BRIEF_ROWS], drawn.iloc[_BRIEF_ROWS:]
        together = {"place": "+".join(tail["place"]), "others": len(tail) - 1}
        rest = pd.DataFrame([together | tail[["low", "high"]].sum().to_dict()])
    rows = pd.concat([drawn, rest])
    singles = rows[rows["others"] == 0]
    lead = (singles if len(singles) > 1 else rows).iloc[:2]
    values = list(zip(map(page.place, lead["place"]), spans(lead), strict=True))
    title = page.say(
        f"{values[0][0]} has {values[0][1]}{''.join(f' of {n}' for n in total)} {units} in {when}",
        f"{when}：{values[0][0]}{values[0][1]}{units}{''.join(f'（共{n}个）' for n in total)}",
    )
    for name, value in values[1:]:
        title += page.say(f", {name} {value}", f"，{name}{value}个")
    whiskers = bool((rows["low"] != rows["high"]).any())
    note = page.say(
        "Bars are exact" + ", thin pale lines possible" * whiskers + ".",
        "横条为准确值" + "，浅色细线为可能范围" * whiskers + "。",
    )
    hidden = [page.place(name) for name in table["place"][~good & (table["others"] == 0)]]
    if hidden:
        names = page.joined(hidden)
        note += page.say(
            f" Not known one by one, and counted above only together: {names}.",
            f"单独数值不详、仅合计计入者：{names}。",
        )
    body = page.open(
        plot=ROW * len(rows),
        title=title,
        subtitle=page.say(
            f"{sentence(units)} registered in {when}",
            f"各省（区、市）备案{page.noun(unit)}数，{when}",
        ),
        note=note,
        alt=page.say("Bars, the largest first.", "横条图，由大到小。"),
    )
    colours = [style.MAIN] * len(drawn) + [style.OTHER] * len(rest)
    labels = [
        sentence(page.together(row.place)) if row.others else label(page, row.place)
        for row in rows.itertuples()
    ]
    exactly = page.say("exactly ", "正好")
    texts = [
        exactly * (row.others >= 3 and row.low == row.high) + span(row.low, row.high)
        for row in rows.itertuples()
    ]
    bars(body.subplots(), labels, rows["low"], rows["high"], colours, texts)


@builder("unit", "batches", "place", "province", "low", "high", "of")
def cities(page: Page, table: pd.DataFrame, unit: str, batches: str) -> None:
    """Cities within their provinces: the city's filings upon those of its province.

    Columns: ``unit``, ``batches`` (one value each), ``place`` (city), ``province``, ``low``,
    ``high`` (the city's filings), ``of`` (the province's, exact). Sorted by the city's number.
    """
    table = table.sort_values(["low", "of"], ascending=False, kind="stable")
    units, noun, when = page.unit(unit), page.noun(unit), page.batches(batches)
    leads, texts = [], []
    for row, value in zip(table.itertuples(), spans(table), strict=True):
        city, province, of = page.place(row.place), page.place(row.province), number(row.of)
        leads.append(
            page.say(
                f"{city} has {value} of {province}'s {of}", f"{province}{of}个中{city}占{value}个"
            )
        )
        texts.append(page.say(f"{value} of {of} in {province}", f"{province}{of}个中{value}个"))
    lead = page.say(", ", "，").join(leads[:2])
    body = page.open(
        plot=ROW * len(table) + 4,
        title=lead + page.say(f" {units} in {when}", f"（{when}）"),
        subtitle=page.say(
            f"{sentence(units)} registered in the city and in its whole province",
            f"该市备案{noun}数与全省备案{noun}数",
        ),
        note=page.say("Only cities that a published report counts.", "仅列公开报道有数的城市。"),
        alt=page.say("Dots: cities and their provinces.", "点图：城市及所在省。"),
        key=[
            dot(style.MAIN, page.say("city", "市")),
            dot(style.OTHER, page.say("its province", "全省"), "s"),
        ],
    )
    ax = body.subplots()
    at = range(len(table))
    ax.hlines(at, 0, table["of"], color=style.RULE, linewidth=1)
    ax.hlines(at, table["low"], table["high"], color=style.PALE, linewidth=4)
    dots(ax, table["of"], at, style.OTHER, "s")
    dots(ax, (table["low"] + table["high"]) / 2, at, style.MAIN)
    row_axis(ax, [label(page, name) for name in table["place"]])
    for y, x, text in zip(at, table["of"], texts, strict=True):
        beside(ax, x, y, text, xytext=(6, 0))
    ax.set_xlim(0, table["of"].max())
    upright(ax)


@builder("place", "filings", "rank", "of")
def comparison(page: Page, table: pd.DataFrame, of: int) -> None:
    """Places side by side by their algorithm filings, exact for every place.

    Columns: ``place``, ``filings``, ``rank`` (among the places of its level), ``of`` (filings of
    the whole country, one value). Sorted by filings.
    """
    table = table.sort_values("filings", ascending=False, kind="stable")
    first, last = table.iloc[0], table.iloc[-1]
    most, least = page.place(first["place"]), page.place(last["place"])
    none = page.say("none", "没有")
    body = page.open(
        plot=ROW * len(table),
        title=page.say(
            f"Of {number(of)} algorithm filings, {most} has {number(first['filings'])} and "
            f"{least} {number(last['filings']) if last['filings'] else none}",
            f"{number(of)}条算法备案中，{most}{number(first['filings'])}条，{least}"
            + (f"{number(last['filings'])}条" if last["filings"] else none),
        ),
        subtitle=page.say(
            "Algorithm and deep-synthesis filings since 2022, by place; rank in brackets",
            "2022年以来的算法与深度合成备案数，按地方；括号内为位次",
        ),
        note=page.say(
            "Counted from the complete lists. Provinces rank among provinces, cities among cities.",
            "据完整清单清点。省（区、市）与省比，市与市比。",
        ),
        alt=page.say("Bars, the largest first.", "横条图，由大到小。"),
    )
    texts = [
        number(row.filings)
        + page.say(f" (no. {row.rank})", f"（第{row.rank}）") * (row.filings > 0)
        for row in table.itertuples()
    ]
    names = [label(page, name) for name in table["place"]]
    colours = [style.MAIN] * len(table)
    bars(body.subplots(), names, table["filings"], table["filings"], colours, texts)


CLAIM_VERDICTS = {
    "confirmed": (style.MAIN, "confirmed by somebody else", "有他方佐证"),
    "unconfirmed": ("#86AECB", "rest on the article alone", "仅文章自述"),
    "undecided": (style.PALE, "undecided", "未定"),
    "not borne out": (style.FOCUS, "not borne out", "不成立"),
    "outside": (style.RULE, "not about the register", "与备案无关"),
}


@builder("verdict", "claims")
def verdicts(page: Page, table: pd.DataFrame) -> None:
    """How many claims of an article somebody else confirms, and how the others fare.

    Columns: ``verdict`` (confirmed | unconfirmed: the article is its own only witness | undecided
    | not borne out | outside: not about the register), ``claims`` (their number).
    """
    counts = table.groupby("verdict")["claims"].sum()
    if strange := sorted(set(counts.index) - set(CLAIM_VERDICTS)):
        raise ValueError(f"verdicts: {', '.join(strange)} is none of {', '.join(CLAIM_VERDICTS)}")
    counts = counts.reindex(list(CLAIM_VERDICTS), fill_value=0)
    total, confirmed, alone = counts.sum(), counts["confirmed"], counts["unconfirmed"]
    checkable = total - counts["outside"]
    counts = counts[counts > 0]
    body = page.open(
        plot=ROW * len(counts),
        title=page.say(
            f"Of {checkable} claims that can be checked, {confirmed} are confirmed by "
            f"somebody else; {alone} rest on the article alone",
            f"{checkable}条可核查的论断中，{confirmed}条有他方佐证，{alone}条仅有文章自述",
        ),
        subtitle=page.say(
            f"Claims of the article by verdict; {total} claims in all",
            f"按结论分的文章论断数，共{total}条",
        ),
        note=page.say(
            "Undecided: what is published allows both. Not borne out: it does not follow from what "
            "is published.",
            "未定：公开资料两可。不成立：与公开资料不符。",
        ),
        alt=page.say("Bars by verdict.", "按结论分的横条图。"),
    )
    colours, *names = zip(*(CLAIM_VERDICTS[name] for name in counts.index), strict=True)
    labels = [sentence(page.say(*pair)) for pair in zip(*names, strict=True)]
    bars(body.subplots(), labels, counts, counts, colours, [number(n) for n in counts])


@builder("place", "base", "low", "high", "unit", "batches")
def location_quotient(page: Page, table: pd.DataFrame, unit: str, batches: str) -> None:
    """Share of filings over share of people or output, where the side of 1 is settled.

    Columns: ``place``, ``base`` (population | gdp; one panel each), ``low``, ``high``, ``unit``,
    ``batches`` (one value each). Logarithmic scale; 1 is the national average.
    """
    settled = table[(table["low"] > 1) | (table["high"] < 1)]
    if settled.empty:
        raise ValueError("location_quotient: no province's side of 1 is settled")
    bases = list(dict.fromkeys(settled["base"]))
    heading = {
        "population": page.say("Against people", "与人口相比"),
        "gdp": page.say("Against economic output", "与地区生产总值相比"),
    }
    measured = {"population": page.say("people", "人口"), "gdp": page.say("output", "产出")}
    what = measured[bases[0]]
    lead = settled[settled["base"] == bases[0]].sort_values("low", ascending=False)
    names, under = [page.place(name) for name in lead["place"][lead["low"] > 1]], lead["high"] < 1
    over = page.joined(names[:4]) if names else page.say("No province", "无一省")
    have, own = ("has", "its") if len(names) < 2 else ("have", "their")
    when, rows = page.batches(batches), max(settled.groupby("base").size())
    body = page.open(
        plot=ROW * rows * (len(bases) if page.narrow else 1) + 12,
        title=page.say(
            f"{over} certainly {have} more than {own} share of {what}, "
            f"{few(under.sum())} provinces less",
            f"{over}备案份额确定高于{what}份额，{under.sum()}个省（区、市）确定低于",
        ),
        subtitle=page.say(
            f"Share of filings divided by share of people or output, {when}; logarithmic "
            "scale, 1 is the national average",
            f"备案份额除以人口或产出份额，{when}；对数坐标，1为全国平均",
        ),
        note=page.say(
            "Only provinces whose side of 1 is certain. Pale: possible, not known.",
            "仅列确定高于或低于1者。浅色为可能范围。",
        ),
        alt=page.say("Dots on a logarithmic scale.", "对数坐标上的点图。"),
    )
    if page.brief:
        bases = bases[:1]
    shape = (len(bases), 1) if page.narrow else (1, len(bases))
    panels = body.subplots(*shape, sharex=True, squeeze=False).ravel()
    for ax, base in zip(panels, bases, strict=True):
        values = settled[settled["base"] == base].sort_values(["low", "high"], ascending=False)
        if page.brief:
            values = values.iloc[: 4 if page.narrow else _BRIEF_ROWS]
        at = np.arange(len(values))
        exact = (values["low"] == values["high"]).to_numpy()
        ax.set_xscale("log")
        ax.hlines(at, values["low"].clip(lower=0.02), values["high"], color=style.PALE, linewidth=4)
        dots(ax, values["low"][exact], at[exact], style.MAIN)
        row_axis(ax, [label(page, name) for name in values["place"]])
        for y, row in enumerate(values.itertuples()):
            text = span(row.low, row.high, 1 if row.high >= 1 else 2)
            beside(ax, row.high, y, text if row.low else f"<{number(row.high, 2)}", bbox=PAPER)
        ax.set_xlim(0.03, settled["high"].max() * 1.3)
        ax.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
        ax.set_xticks([], minor=True)
        ax.axvline(1, color=style.INK, linewidth=0.8)
        ax.grid(axis="x")
        ax.set_title(heading[base])


@builder(
    "what_en", "what_zh", "unit", "model_en", "model_zh", "low", "high", "likely_low",
    "likely_high", "middle",
)  # fmt: skip
def likely(page: Page, table: pd.DataFrame, what_en: str, what_zh: str, unit: str) -> None:
    """What models make of a proven range: pale and wide what is proven, dark inside what is likely.

    Columns: ``what_en``, ``what_zh`` (the quantity, one value), ``unit`` (count | share),
    ``model_en``, ``model_zh`` (an assumption; one row each), ``low``, ``high`` (proven),
    ``likely_low``, ``likely_high`` (the model's middle 90 %), ``middle`` (its median).
    """
    write = percent if unit == "share" else span
    highest = table["high"].max()
    widest = write(table["likely_low"].min(), table["likely_high"].max())
    proven = write(table["low"].min(), highest)
    names = [
        "\n".join(wrap(text, 40 if page.narrow else 55, style.SMALL))
        for text in table[f"model_{page.lang}"]
    ]
    lines = sum(name.count("\n") + 1 for name in names)
    body = page.open(
        plot=3.5 * lines + 3 * len(table) + 6,
        title=page.say(
            f"{sentence(what_en)}: certainly {proven}; models put it at {widest}",
            f"{what_zh}：必在{proven}之间，模型估计{widest}",
        ),
        subtitle=page.say(
            "A model's estimate, no count; a row for each assumption on who filed what nobody "
            "reports",
            "模型估计，并非清点；每行为一种关于未见报道之备案归属的假设",
        ),
        note=page.say(
            "The pale range is certain whatever the model; the dark one holds 90% of the model's "
            "draws, the diamond is its median.",
            "浅色范围与模型无关，必定成立；深色为模型90%的抽样所在，菱形为中位数。",
        ),
        alt=page.say("Ranges, one a model.", "范围图，每个模型一行。"),
    )
    ax = body.subplots()
    at = range(len(table))
    ax.hlines(at, table["low"], table["high"], color=style.PALE, linewidth=9)
    ax.hlines(at, table["likely_low"], table["likely_high"], color=style.MAIN, linewidth=4)
    dots(ax, table["middle"], at, style.SECOND, "d")
    row_axis(ax, names)
    for y, row in enumerate(table.itertuples()):
        beside(ax, row.high, y, write(row.likely_low, row.likely_high), xytext=(6, 0))
    ax.set_xlim(0, highest)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))  # whole percents
    ticks = [tick for tick in ax.get_xticks() if 0 <= tick <= highest]
    ax.set_xticks(ticks, [write(tick, tick) for tick in ticks])
    ax.grid(axis="x")
