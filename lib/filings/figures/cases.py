"""Figures of a case study: what happened when, the place in its province and country, promises."""

import pandas as pd

from filings.figures import style
from filings.figures.marks import (
    LINE,
    Entry,
    batch_panel,
    box,
    open_with_key,
    open_with_rows,
    plane,
    point,
)
from filings.figures.page import Page, builder, wrap
from filings.figures.words import batches, sentence, span, unit

_KINDS = {
    "counted": {"en": "counted", "zh": "清点所得"},
    "quoted": {"en": "quoted", "zh": "引述"},
    "planned": {"en": "planned", "zh": "计划"},
    "event": {"en": "event", "zh": "事件"},
}
_KIND_MARKS = {
    "counted": (style.SERIES[0], "o", False),
    "quoted": (style.SERIES[0], "o", True),
    "planned": (style.SERIES[2], "^", True),
    "event": (style.SERIES[1], "s", False),
}


def _name(page: Page, table: pd.DataFrame) -> str:
    return str(table.iloc[0][f"name_{page.lang}"])


@builder(
    "name_en",
    "name_zh",
    "date",
    "kind",
    "label_en",
    "label_zh",
    "source",
    once=("name_en", "name_zh"),
)
def timeline(page: Page, table: pd.DataFrame) -> None:
    """What was reported of a place, and when.

    Columns: ``name_en``, ``name_zh`` (the place, one value), ``date`` (YYYY, YYYY-MM or
    YYYY-MM-DD), ``kind`` (counted | quoted | planned | event), ``label_en``, ``label_zh``
    (one short sentence), ``source`` (id of sources.csv, printed behind it). Drawn in order of date.
    """
    table = table.sort_values("date", kind="stable")
    name, kinds = _name(page, table), table["kind"].value_counts()
    planned = int(kinds.get("planned", 0))
    first, last = (str(date)[:4] for date in (table["date"].iloc[0], table["date"].iloc[-1]))
    years = first if first == last else f"{first}–{last}"
    title = page.say(
        f"{name}: {len(table)} dated report{'s' if len(table) > 1 else ''}, {years}; "
        f"plans among them: {planned}",
        f"{name}：{years}年有{len(table)}条有日期的报道，其中{planned}条为计划",
    )
    entries = [
        Entry(words[page.lang], _KIND_MARKS[kind][0], _KIND_MARKS[kind][1], _KIND_MARKS[kind][2])
        for kind, words in _KINDS.items()
        if kind in kinds
    ]
    dates = max(style.text_width(date, style.SMALL, "bold") for date in table["date"])
    left = dates + 8
    texts = [
        wrap(f"{label} [{source}]", page.plot_width - left, style.SMALL)
        for label, source in zip(table[f"label_{page.lang}"], table["source"], strict=True)
    ]
    key = open_with_key(
        page,
        entries,
        plot=sum(len(lines) * LINE + 2.2 for lines in texts),
        title=title,
        subtitle=page.say(
            "Dated events and figures in published reports", "公开报道中有日期的事件与数字"
        ),
        note=page.say(
            "In brackets the source's id in data/raw/sources.csv. A hollow mark is somebody's "
            "word, not a count.",
            "方括号内为 data/raw/sources.csv 中的来源编号。空心标记为他人所述，未经清点。",
        ),
        alt=title + page.say(". Vertical time line.", "。纵向时间线。"),
    )
    ax = plane(page)
    axis, top = dates + 4, key
    ax.plot([axis, axis], [key, page.plot_height - 1], color=style.RULE, linewidth=1)
    for row, lines in zip(table.itertuples(), texts, strict=True):
        middle = top + LINE / 2
        page.write(0, middle, row.date, fontweight="bold", color=style.ACCENT)
        point(ax, axis, middle, *_KIND_MARKS[row.kind])
        for k, line in enumerate(lines):
            page.write(left, top + (k + 0.5) * LINE, line)
        top += len(lines) * LINE + 2.2


@builder("label_en", "label_zh", "unit", "batches", "low", "high", once=("unit",))
def place_in_context(page: Page, table: pd.DataFrame) -> None:
    """A place's filings by batch, with its province's and the country's below.

    Columns: ``label_en``, ``label_zh`` (one panel each, in the order given: the place first),
    ``unit`` (one value), ``batches`` (single batches), ``low``, ``high`` (empty: open
    above). The title speaks of the first batch selection of the place.
    """
    table = table.astype({"batches": str})
    label = f"label_{page.lang}"
    names = list(dict.fromkeys(table[label]))
    selection = table.loc[table[label] == names[0], "batches"].iloc[0]
    at = table[table["batches"] == selection].set_index(label)
    values = [
        f"{name} {span(at.at[name, 'low'], at.at[name, 'high'])}"
        for name in names
        if name in at.index
    ]
    unit_name = table["unit"].iloc[0]
    title = page.say(
        f"{sentence(batches(selection, 'en'))}, {unit(unit_name, 'en')}: {', '.join(values)}",
        f"{batches(selection, 'zh')}备案数：{'，'.join(values)}",
    )
    columns = 1 if page.narrow else len(names)
    lines = -(-len(names) // columns)
    page.open(
        title=title,
        subtitle=page.say(
            f"Number of {unit(unit_name, 'en')} registered, by batch; each panel has its own scale",
            f"备案数（{unit(unit_name, 'zh')[1:]}），分批；各图纵轴不同",
        ),
        note=page.say(
            "Bars run from the lowest to the highest possible value, points are exact; an arrow "
            "has no upper end.",
            "竖条为可能的最小值至最大值，圆点为准确值，箭头表示没有上限。",
        ),
        alt=title + page.say(". Small panels by batch.", "。分批小图。"),
        plot=38 * lines,
    )
    width = (page.plot_width + 6) / columns - 6
    height = page.plot_height / lines
    for k, name in enumerate(names):
        left, top = (k % columns) * (width + 6), (k // columns) * height
        page.write(left, top + 2.5, name, fontweight="bold", fontsize=style.TEXT)
        ax = page.panel(left + 8, top + 7, width - 8, height - 13.5)
        batch_panel(ax, table[table[label] == name], span)


@builder(
    "name_en",
    "name_zh",
    "label_en",
    "label_zh",
    "unit_en",
    "unit_zh",
    "promised",
    "low",
    "high",
    once=("name_en", "name_zh"),
)
def promised_verified(page: Page, table: pd.DataFrame) -> None:
    """What a place promised, and what can be verified of it.

    Columns: ``name_en``, ``name_zh`` (the place, one value), ``label_en``, ``label_zh`` (the
    target), ``unit_en``, ``unit_zh``, ``promised`` (the number), ``low``, ``high`` (the verified
    number; both empty: nothing on record; high empty: open above).
    """
    name = _name(page, table)
    known = table["low"].notna()
    met = int((table["low"] >= table["promised"]).sum())
    blank = int((~known).sum())
    title = page.say(
        f"{name}: {len(table)} promise{'s' if len(table) > 1 else ''} with a number; "
        f"verified as met: {met}, nothing on record: {blank}",
        f"{name}：{len(table)}项承诺中{met}项可证实达成，{blank}项无据可查",
    )
    entries = [
        Entry(page.say("promised", "承诺"), style.RULE),
        Entry(page.say("certainly verified", "确已证实"), style.SERIES[0]),
        Entry(page.say("possibly", "可能"), "#86AECB"),
    ]
    units = table[f"unit_{page.lang}"]
    numbers = [
        page.say(
            f"{span(row.promised, row.promised)} {unit_name} promised, {_verified(row, 'en')}",
            f"承诺{span(row.promised, row.promised)}{unit_name}，{_verified(row, 'zh')}",
        )
        for row, unit_name in zip(table.itertuples(), units, strict=True)
    ]
    labels = table[f"label_{page.lang}"] + page.say(": ", "：") + numbers
    _, left, width, middles = open_with_rows(
        page,
        entries,
        labels,
        title=title,
        subtitle=page.say(
            "Verified number as a share of the number promised", "已证实数占承诺数的比例"
        ),
        note=page.say(
            "The full bar is the promise. No dark bar: no published figure confirms any of it.",
            "整条为承诺数。无深色条：没有公开数字证实。",
        ),
        alt=title + page.say(". Bars of promise and proof.", "。承诺与证实的横条图。"),
    )
    ax = plane(page)
    for row, y in zip(table.itertuples(), middles, strict=True):
        box(ax, left, y - 1.2, width, 2.4, style.RULE)
        if pd.isna(row.low):
            continue
        most = row.promised if pd.isna(row.high) else row.high
        for value, colour in ((most, "#86AECB"), (row.low, style.SERIES[0])):
            share = min(value / row.promised, 1)
            box(ax, left, y - 1.2, width * share, 2.4, colour)


def _verified(row, lang: str) -> str:
    if pd.isna(row.low):
        return {"en": "nothing on record", "zh": "无据可查"}[lang]
    value = span(row.low, row.high)
    return {"en": f"{value} verified", "zh": f"证实{value}"}[lang]
