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
    label,
    row_axis,
)
from filings.figures.page import Page, builder, wrap
from filings.figures.words import (
    batches,
    few,
    joined,
    noun,
    number,
    percent,
    place,
    sentence,
    span,
    together,
    unit,
    useful,
    verdict,
)

_BRIEF_ROWS = 8
_DEEP = 5
_ROLE_COLOURS = {"leader": style.MAIN, "article": style.FOCUS, "rest": style.OTHER}


@builder("unit", "batches", "group", "role", "filings", once=("unit", "batches"))
def register_730(page: Page, table: pd.DataFrame) -> None:
    """Every filing as a square, group by group: what the leaders, the article's examples and all
    others hold. All numbers are exact.

    Columns: ``unit``, ``batches`` (one value each), ``group`` (a province or several joined by
    ``+``; together all 31), ``role`` (leader | article | rest), ``filings`` (exact number). Rows
    are drawn in the order given.
    """
    unit_name, selection = table["unit"].iloc[0], table["batches"].iloc[0]
    total = int(table["filings"].sum())
    held = table.groupby("role")["filings"].sum()
    members = table.groupby("role")["group"].apply(lambda names: "+".join(names).split("+"))
    leaders, article = len(members["leader"]), place("+".join(members["article"]), page.lang)
    title = page.say(
        f"{sentence(few(leaders, 'en'))} provinces hold {held['leader']} of {total} "
        f"{unit(unit_name, 'en')}; "
        f"{article} together have {held['article']}",
        f"{total}{unit(unit_name, 'zh')}中，{leaders}个省（市）占{held['leader']}个，"
        f"{article}合计{held['article']}个",
    )
    longest = -(-int(table["filings"].max()) // _DEEP)
    body = page.open(
        plot=len(table) * min(13, (_DEEP + 2) * (page.room - 48) / longest),
        title=title,
        subtitle=page.say(
            f"One square is one of the {total} {unit(unit_name, 'en')} registered in "
            f"{batches(selection, 'en')}",
            f"一格为一个备案{noun(unit_name, 'zh')}，{batches(selection, 'zh')}共{total}个",
        ),
        note=page.say(
            "All numbers are exact. How the last group divides among its provinces is not known "
            "for each of them.",
            "各数均为准确值。最后一组内各省（区、市）各有多少，并非都已知。",
        ),
        alt=page.say("Rows of squares: " + _listed(page, table), "方格图：" + _listed(page, table)),
    )
    ax = body.subplots()
    for y, row in enumerate(table.itertuples()):
        squares = [
            Rectangle((k // _DEEP + 0.08, y * (_DEEP + 2) + k % _DEEP + 0.08), 0.84, 0.84)
            for k in range(int(row.filings))
        ]
        colour = _ROLE_COLOURS[row.role]
        ax.add_collection(PatchCollection(squares, facecolor=colour, linewidth=0))
        columns = -(-int(row.filings) // _DEEP)
        middle = y * (_DEEP + 2) + _DEEP / 2
        look = {"fontweight": "bold", "fontsize": style.TITLE}
        beside(ax, columns, middle, number(row.filings), colour, **look)
    names = ["\n".join(wrap(_name(page, group), 34, style.SMALL)) for group in table["group"]]
    ax.set_yticks([y * (_DEEP + 2) + _DEEP / 2 for y in range(len(table))], names)
    ax.set(
        xlim=(0, longest), ylim=(len(table) * (_DEEP + 2) - 1.5, -0.5), xticks=[], aspect="equal"
    )
    ax.set_anchor("W")
    ax.spines["bottom"].set_visible(False)
    bare(ax)


def _name(page: Page, group: str) -> str:
    return sentence(together(group, page.lang))


def _listed(page: Page, table: pd.DataFrame) -> str:
    """The groups with their numbers, for the alt text."""
    pairs = zip(table["group"], table["filings"], strict=True)
    comma = page.say(", ", "，")
    return comma.join(f"{together(group, page.lang)} {number(count)}" for group, count in pairs)


@builder("unit", "group", "batches", "low", "high", "total", "people", "verdict", once=("unit",))
def standing_still(page: Page, table: pd.DataFrame) -> None:
    """Share of each group in the first batch and in the next ones, beside its share of people.

    Columns: ``unit`` (one value), ``group`` (provinces joined by ``+``, or Leaders; one panel
    each, the article's examples first), ``batches`` (two selections, the earlier first), ``low``,
    ``high`` (filings of the group), ``total`` (filings of the selection), ``people`` (the group's
    share of the population, 0 to 1), ``verdict`` (rose | fell | unclear: the test of the first
    group's share from the earlier to the later selection).
    """
    groups = list(dict.fromkeys(table["group"]))[: 1 if page.brief and page.narrow else None]
    first = table[table["group"] == groups[0]]
    begin, end = first.iloc[0], first.iloc[-1]
    counts = [span(row["low"], row["high"]) for row in (begin, end)]
    said = verdict(begin["verdict"], page.lang)
    who = place(groups[0], page.lang)
    title = page.say(
        f"The share of {who} {said}: {counts[0]} of the first {number(begin['total'])} "
        f"{unit(begin['unit'], 'en')}, {counts[1]} of the next {number(end['total'])}",
        f"{who}份额{said}：前{number(begin['total'])}{unit(begin['unit'], 'zh')}中{counts[0]}个，"
        f"其后{number(end['total'])}个中{counts[1]}个",
    )
    body = page.open(
        plot=len(groups) * 27,
        title=title,
        subtitle=page.say(
            f"Share of all {unit(begin['unit'], 'en')} registered, and share of the population",
            "占全国备案的份额与占全国人口的份额",
        ),
        note=page.say(
            "One scale for all groups. The thin pale end of a bar is possible, not certain.",
            "各组同一尺度。浅色细线为可能而未确定的部分。",
        ),
        alt=page.say("Bars, one panel a group.", "横条图，每组一幅。"),
    )
    panels = body.subplots(len(groups), 1, squeeze=False)[:, 0]
    top = max((table["high"] / table["total"]).max(), table["people"].max())
    for ax, name, colour in zip(panels, groups, (style.FOCUS, style.MAIN), strict=False):
        rows = table[table["group"] == name]
        low, high = rows["low"] / rows["total"], rows["high"] / rows["total"]
        texts = [
            page.say(
                f"{span(row.low, row.high)} of {number(row.total)} ({percent(a, b)})",
                f"{number(row.total)}个中{span(row.low, row.high)}个（{percent(a, b)}）",
            )
            for row, a, b in zip(rows.itertuples(), low, high, strict=True)
        ]
        people = rows["people"].iloc[0]
        bars(
            ax,
            [
                *(sentence(batches(selection, page.lang)) for selection in rows["batches"]),
                page.say("Share of people", "人口份额"),
            ],
            [*low, people],
            [*high, people],
            [colour, colour, style.OTHER],
            [*texts, percent(people, people)],
            top,
        )
        ax.set_title(sentence(place(name, page.lang)))


@builder("unit", "batches", "place", "low", "high", once=("unit", "batches"))
def ranking(page: Page, table: pd.DataFrame) -> None:
    """Who has most: exact bars, groups known together, the others named and not drawn.

    Columns: ``unit``, ``batches`` (one value each), ``place`` (each province, and as rows of their
    own the groups whose sum is worth a bar, joined by ``+``; the row of the nation gives the
    total), ``low``, ``high`` (empty: open above). A province is drawn where its number is exact
    or nearly so, or is no part of a group; the largest group stands last, as the others together.
    """
    unit_name, selection = table["unit"].iloc[0], table["batches"].iloc[0]
    total = table.loc[table["place"] == places.NATION, "low"]
    table = table[table["place"] != places.NATION]
    good = np.array([useful(*pair) for pair in zip(table["low"], table["high"], strict=True)])
    drawn = table[good].sort_values(["low", "high"], ascending=False, kind="stable")
    sizes = drawn["place"].str.count(r"\+")
    rest = drawn[sizes >= 3]
    drawn = drawn[sizes < 3]
    hidden = table[~good & ~table["place"].str.contains("+", regex=False)]
    if page.brief and len(drawn) > _BRIEF_ROWS and rest.empty:
        drawn, tail = drawn.iloc[:_BRIEF_ROWS], drawn.iloc[_BRIEF_ROWS:]
        rest = pd.DataFrame([{"place": "+".join(tail["place"]), **tail[["low", "high"]].sum()}])
    rows = pd.concat([drawn, rest])
    singles = rows[~rows["place"].str.contains("+", regex=False)]
    lead = [
        (place(row.place, page.lang), span(row.low, row.high))
        for row in (singles if len(singles) > 1 else rows).iloc[:2].itertuples()
    ]
    when = batches(selection, page.lang)
    of = f" of {number(total.iloc[0])}" if len(total) else ""
    of_zh = f"（共{number(total.iloc[0])}个）" if len(total) else ""
    title = page.say(
        f"{lead[0][0]} has {lead[0][1]}{of} {unit(unit_name, 'en')} in {when}"
        + "".join(f", {name} {value}" for name, value in lead[1:]),
        f"{when}：{lead[0][0]}{lead[0][1]}{unit(unit_name, 'zh')}{of_zh}"
        + "".join(f"，{name}{value}个" for name, value in lead[1:]),
    )
    unknown_names = (
        joined([place(p, page.lang) for p in hidden["place"]], page.lang) if len(hidden) else ""
    )
    whiskers = (rows["low"] != rows["high"]).any()
    note = page.say(
        "Bars are exact" + (", thin pale lines possible." if whiskers else "."),
        "横条为准确值" + ("，浅色细线为可能范围。" if whiskers else "。"),
    )
    if unknown_names:
        note += page.say(
            f" Not known one by one, and counted above only together: {unknown_names}.",
            f"单独数值不详、仅合计计入者：{unknown_names}。",
        )
    body = page.open(
        plot=ROW * len(rows),
        title=title,
        subtitle=page.say(
            f"{sentence(unit(unit_name, 'en'))} registered in {batches(selection, 'en')}",
            f"各省（区、市）备案{noun(unit_name, 'zh')}数，{batches(selection, 'zh')}",
        ),
        note=note,
        alt=page.say("Bars, the largest first.", "横条图，由大到小。"),
    )
    largest = len(rest) > 0
    colours = [style.MAIN] * (len(rows) - largest) + [style.OTHER] * largest
    names = [
        sentence(together(p, page.lang)) if "+" in p else label(page, p) for p in rows["place"]
    ]
    texts = [
        page.say("exactly ", "正好") * (p.count("+") >= 3 and low == high) + span(low, high)
        for p, low, high in zip(rows["place"], rows["low"], rows["high"], strict=True)
    ]
    bars(body.subplots(), names, rows["low"], rows["high"], colours, texts)


@builder("unit", "batches", "place", "province", "low", "high", "of", once=("unit", "batches"))
def cities(page: Page, table: pd.DataFrame) -> None:
    """Cities within their provinces: the city's filings upon those of its province.

    Columns: ``unit``, ``batches`` (one value each), ``place`` (city), ``province``, ``low``,
    ``high`` (the city's filings), ``of`` (the province's, exact). Sorted by the city's number.
    """
    table = table.sort_values(["low", "of"], ascending=False, kind="stable")
    unit_name, selection = table["unit"].iloc[0], table["batches"].iloc[0]

    def said(row) -> str:
        value = span(row.low, row.high)
        city, province = place(row.place, page.lang), place(row.province, page.lang)
        return page.say(
            f"{city} has {value} of {province}'s {number(row.of)}",
            f"{province}{number(row.of)}个中{city}占{value}个",
        )

    lead = list(table.itertuples())[:2]
    title = page.say(", ", "，").join(said(row) for row in lead)
    title += page.say(
        f" {unit(unit_name, 'en')} in {batches(selection, 'en')}", f"（{batches(selection, 'zh')}）"
    )
    body = page.open(
        plot=ROW * len(table) + 4,
        title=title,
        subtitle=page.say(
            f"{sentence(unit(unit_name, 'en'))} registered in the city and in its whole province",
            f"该市备案{noun(unit_name, 'zh')}数与全省备案{noun(unit_name, 'zh')}数",
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
    for y, row in enumerate(table.itertuples()):
        value, province = span(row.low, row.high), place(row.province, page.lang)
        text = page.say(
            f"{value} of {number(row.of)} in {province}", f"{province}{number(row.of)}个中{value}个"
        )
        beside(ax, row.of, y, text, xytext=(6, 0))
    ax.set(xlim=(0, table["of"].max()), xticks=[])
    ax.spines["bottom"].set_visible(False)
    ax.spines["left"].set_visible(True)


@builder("place", "filings", "rank", "of", once=("of",))
def comparison(page: Page, table: pd.DataFrame) -> None:
    """Places side by side by their algorithm filings, exact for every place.

    Columns: ``place``, ``filings``, ``rank`` (among the places of its level), ``of`` (filings of
    the whole country, one value). Sorted by filings.
    """
    table = table.sort_values("filings", ascending=False, kind="stable")
    total = int(table["of"].iloc[0])
    first, last = table.iloc[0], table.iloc[-1]
    most = f"{place(first['place'], page.lang)}{page.say(' has ', '')}{number(first['filings'])}"
    least = number(last["filings"]) if last["filings"] else page.say("none", "没有")
    least = f"{place(last['place'], page.lang)}{page.say(' ', '')}{least}"
    title = page.say(
        f"Of {number(total)} algorithm filings, {most} and {least}",
        f"{number(total)}条算法备案中，{most}条，{least}" + ("条" if last["filings"] else ""),
    )
    body = page.open(
        plot=ROW * len(table),
        title=title,
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
        page.say(
            f"{number(row.filings)} (no. {row.rank})", f"{number(row.filings)}（第{row.rank}）"
        )
        if row.filings
        else "0"
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
    strange = set(counts.index) - set(CLAIM_VERDICTS)
    if strange:
        raise ValueError(
            f"verdicts: {', '.join(sorted(strange))} is none of {', '.join(CLAIM_VERDICTS)}"
        )
    counts = counts.reindex(list(CLAIM_VERDICTS), fill_value=0)
    checkable = counts.sum() - counts["outside"]
    title = page.say(
        f"Of {checkable} claims that can be checked, {counts['confirmed']} are confirmed by "
        f"somebody else; {counts['unconfirmed']} rest on the article alone",
        f"{checkable}条可核查的论断中，{counts['confirmed']}条有他方佐证，"
        f"{counts['unconfirmed']}条仅有文章自述",
    )
    counts = counts[counts > 0]
    body = page.open(
        plot=ROW * len(counts),
        title=title,
        subtitle=page.say(
            f"Claims of the article by verdict; {counts.sum()} claims in all",
            f"按结论分的文章论断数，共{counts.sum()}条",
        ),
        note=page.say(
            "Undecided: what is published allows both. Not borne out: it does not follow from what "
            "is published.",
            "未定：公开资料两可。不成立：与公开资料不符。",
        ),
        alt=page.say("Bars by verdict.", "按结论分的横条图。"),
    )
    names = [sentence(page.say(*CLAIM_VERDICTS[name][1:])) for name in counts.index]
    colours = [CLAIM_VERDICTS[name][0] for name in counts.index]
    bars(body.subplots(), names, counts, counts, colours, [number(n) for n in counts])


@builder("place", "base", "low", "high", "unit", "batches", once=("unit", "batches"))
def location_quotient(page: Page, table: pd.DataFrame) -> None:
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
    lead = settled[settled["base"] == bases[0]].sort_values("low", ascending=False)
    over, under = lead[lead["low"] > 1], lead[lead["high"] < 1]
    names = [place(name, page.lang) for name in over["place"]]
    measured = {"population": page.say("people", "人口"), "gdp": page.say("output", "产出")}[
        bases[0]
    ]
    own = "its" if len(names) < 2 else "their"
    title = page.say(
        f"{joined(names[:4], 'en') if names else 'No province'} certainly "
        f"{'has' if len(names) < 2 else 'have'} more than {own} share of "
        f"{measured}, "
        f"{few(len(under), 'en')} provinces less",
        f"{joined(names[:4], 'zh') if names else '无一省'}备案份额确定高于{measured}份额，"
        f"{len(under)}个省（区、市）确定低于",
    )
    selection = batches(table["batches"].iloc[0], page.lang)
    rows = max(settled.groupby("base").size())
    body = page.open(
        plot=ROW * rows * (len(bases) if page.narrow else 1) + 12,
        title=title,
        subtitle=page.say(
            f"Share of filings divided by share of people or output, {selection}; logarithmic "
            "scale, 1 is the national average",
            f"备案份额除以人口或产出份额，{selection}；对数坐标，1为全国平均",
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
    top = settled["high"].max() * 1.3
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
        for y, row in zip(at, values.itertuples(), strict=True):
            beside(ax, row.high, y, _times(row.low, row.high), bbox=PAPER)
        ax.set_xlim(0.03, top)
        ax.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
        ax.set_xticks([], minor=True)
        ax.axvline(1, color=style.INK, linewidth=0.8)
        ax.grid(axis="x")
        ax.set_title(heading[base])


def _times(low: float, high: float) -> str:
    return span(low, high, 1 if high >= 1 else 2) if low else f"<{number(high, 2)}"


@builder(
    "what_en", "what_zh", "unit", "model_en", "model_zh", "low", "high", "likely_low",
    "likely_high", "middle", once=("what_en", "what_zh", "unit"),
)  # fmt: skip
def likely(page: Page, table: pd.DataFrame) -> None:
    """What models make of a proven range: pale and wide what is proven, dark inside what is likely.

    Columns: ``what_en``, ``what_zh`` (the quantity, one value), ``unit`` (count | share),
    ``model_en``, ``model_zh`` (an assumption; one row each), ``low``, ``high`` (proven),
    ``likely_low``, ``likely_high`` (the model's middle 90 %), ``middle`` (its median).
    """
    write = percent if table["unit"].iloc[0] == "share" else span
    what = table.iloc[0][f"what_{page.lang}"]
    widest = write(table["likely_low"].min(), table["likely_high"].max())
    proven = write(table["low"].min(), table["high"].max())
    title = page.say(
        f"{sentence(what)}: certainly {proven}; models put it at {widest}",
        f"{what}：必在{proven}之间，模型估计{widest}",
    )
    names = [
        "\n".join(wrap(text, 40 if page.narrow else 55, style.SMALL))
        for text in table[f"model_{page.lang}"]
    ]
    lines = sum(name.count("\n") + 1 for name in names)
    body = page.open(
        plot=3.5 * lines + 3 * len(table) + 6,
        title=title,
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
    ax.set_xlim(0, table["high"].max())
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))  # whole percents
    ticks = [tick for tick in ax.get_xticks() if 0 <= tick <= table["high"].max()]
    ax.set_xticks(ticks, [write(tick, tick) for tick in ticks])
    ax.grid(axis="x")
