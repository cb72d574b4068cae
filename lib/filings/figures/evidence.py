"""Figures of the evidence itself: what is on file, what would help, what carries a result."""

import pandas as pd

from filings import places
from filings.figures import style
from filings.figures.marks import (
    Entry,
    box,
    label_widths,
    open_with_key,
    open_with_rows,
    place_label,
    plane,
    range_across,
)
from filings.figures.page import Page, builder
from filings.figures.words import batch_tick, decimals, percent, place, span, unit

NARROW, WIDE = 5, 50
"""A range (high minus low) counts as narrow up to NARROW, as wide from WIDE on."""

_ROW, _HEADER, _GROUP_GAP, _PAD = 3.5, 9.0, 1.2, 0.4
_SHADES = ("exact", "narrow", "middling", "wide", "open", "nothing")
_COLOURS = {
    "exact": "#14406B",
    "narrow": "#86AECB",
    "middling": "#C3D6E4",
    "wide": "#EBF0F4",
    "open": style.PAPER,
    "nothing": style.PAPER,
}


def _shade(low: float, high: float) -> str:
    if pd.isna(high):
        return "open" if low > 0 else "nothing"
    if low == high:
        return "exact"
    if high - low <= NARROW:
        return "narrow"
    return "middling" if high - low < WIDE else "wide"


@builder("unit", "batches", "place", "low", "high")
def coverage(page: Page, table: pd.DataFrame) -> None:
    """What is known of each province and batch: exactly, within a range, or not at all.

    Columns: ``unit`` (services | entities), ``batches`` (1, 1-3, …; columns of the grid in the
    order given), ``place`` (province), ``low``, ``high`` (empty: open above). One panel a unit,
    side by side where the page is wide enough.
    """
    table = table[table["place"] != places.NATION].astype({"batches": str})
    shades = [_shade(*pair) for pair in zip(table["low"], table["high"], strict=True)]
    table = table.assign(shade=shades)
    total, exact = len(table), shades.count("exact")
    narrow, unknown = shades.count("narrow"), shades.count("nothing")
    labels = {
        "exact": page.say("known exactly", "准确可知"),
        "narrow": page.say(f"range up to {NARROW} wide", f"范围宽度不超过{NARROW}"),
        "middling": page.say(f"under {WIDE}", f"小于{WIDE}"),
        "wide": page.say(f"{WIDE} or more", f"{WIDE}及以上"),
        "open": page.say("a lower end only", "仅知下限"),
        "nothing": page.say("nothing known", "一无所知"),
    }
    entries = [
        Entry(labels[s], _COLOURS[s], "box", hatch=_hatch(s)) for s in _SHADES if s in shades
    ]
    units = list(dict.fromkeys(table["unit"]))
    rows = _HEADER + _ROW * table["place"].nunique() + _GROUP_GAP * 3
    beside = 1 if page.narrow else len(units)
    key = open_with_key(
        page,
        entries,
        plot=rows * (len(units) // beside),
        title=page.say(
            f"Of {total} counts by province and batch, {exact} are known exactly",
            f"{total}个分省分批数字中，{exact}个可以准确得知",
        ),
        subtitle=page.say(
            f"What published statements prove about the number of "
            f"{' and '.join(unit(u, 'en') for u in units)}, by province and batch",
            "公开报道所能证明的各省各批备案数（"
            + "、".join({"services": "服务", "entities": "主体"}[u] for u in units)
            + "）",
        ),
        note=page.say(
            "Numbers in the cells are the count, or its lowest and highest possible value; "
            "≥ has no upper end; where they do not fit, the shade alone tells. At the left edge, "
            "from above: East, Central, Northeast, West.",
            "格内数字为备案数，或其可能的最小值与最大值；≥ 表示没有上限；写不下时仅以颜色表示。"
            "左缘自上而下：东部、中部、东北、西部。",
        ),
        alt=page.say(
            f"Heat grid of provinces by batch: {exact} of {total} counts are exact, {narrow} lie "
            f"in a range of at most {NARROW}, of {unknown} nothing is known.",
            f"省份与批次的热力格：{total}个数字中{exact}个准确，{narrow}个范围不超过{NARROW}，"
            f"{unknown}个一无所知。",
        ),
    )
    height = (page.plot_height - key) / (len(units) // beside)
    width = (page.plot_width + 4) / beside - 4
    for k, name in enumerate(units):
        left, top = (k * (width + 4), key) if beside > 1 else (0, key + k * height)
        _grid(page, table[table["unit"] == name], name, left, top, width, height)


def _hatch(shade: str) -> str | None:
    return {"open": "//////", "nothing": "......"}.get(shade)


def _grid(page: Page, table: pd.DataFrame, unit_name: str, left, top, width, height) -> None:
    ax = plane(page)
    columns = list(dict.fromkeys(table["batches"]))
    groups = [(r, [p for p in names if p in set(table["place"])]) for r, names in _regions()]
    rows = sum(len(names) for _, names in groups)
    row = (height - _HEADER - _GROUP_GAP * 3) / rows
    labels = _row_labels(page, table, width)
    names = label_widths(labels.values()) + 3.5
    cell = (width - names) / len(columns)
    heading = {"services": page.say("Services", "服务"), "entities": page.say("Filers", "主体")}
    page.write(left, top + 2.5, heading[unit_name], fontweight="bold", fontsize=style.TEXT)
    for c, batch in enumerate(columns):
        x = left + names + (c + 0.5) * cell
        page.write(x, top + 6.8, batch_tick(batch, page.lang), ha="center", color=style.MUTED)
    found = {(r.place, r.batches): r for r in table.itertuples()}
    y = top + _HEADER
    for region, members in groups:
        box(ax, left, y, 0.9, row * len(members), style.REGION_COLOURS[region])
        for member in members:
            page.write(left + names - 1, y + row / 2, labels[member], ha="right")
            for c, batch in enumerate(columns):
                if (member, batch) in found:
                    _cell(page, ax, found[member, batch], left + names + c * cell, y, cell, row)
            y += row
        y += _GROUP_GAP


def _row_labels(page: Page, table: pd.DataFrame, width: float) -> dict[str, str]:
    """The provinces' labels, with the Chinese beside the English if that costs no number."""
    spans = [span(*pair) for pair in zip(table["low"], table["high"], strict=True)]
    cell = label_widths(spans) + _PAD
    full = {name: place_label(page, name) for name in table["place"]}
    room = width - label_widths(full.values()) - 3.5
    if room >= cell * table["batches"].nunique():
        return full
    return {name: place(name, page.lang) for name in full}


def _regions() -> list[tuple[str, tuple[str, ...]]]:
    return [(region, places.regions()[region]) for region in style.REGION_COLOURS]


def _cell(page: Page, ax, entry, x: float, y: float, width: float, height: float) -> None:
    colour = _COLOURS[entry.shade]
    inner = (x + 0.2, y + 0.2, width - 0.4, height - 0.4)
    hatch = _hatch(entry.shade) if entry.shade == "nothing" else None
    box(ax, *inner, colour, hatch=hatch, edge=style.RULE if colour == style.PAPER else "none")
    text = "" if entry.shade == "nothing" else span(entry.low, entry.high)
    if text and style.text_width(text, style.SMALL) < width - _PAD:
        page.write(x + width / 2, y + height / 2, text, ha="center", color=style.ink_on(colour))


@builder(
    "fact_en",
    "fact_zh",
    "what_en",
    "what_zh",
    "before",
    "after",
    once=("what_en", "what_zh", "before"),
)
def facts_that_help(page: Page, table: pd.DataFrame) -> None:
    """Which facts, if published, would narrow a range most.

    Columns: ``fact_en``, ``fact_zh`` (the fact, as a noun phrase), ``what_en``, ``what_zh`` (the
    range meant, one value), ``before`` (its width now, one value), ``after`` (the largest width
    that could remain once the fact is known). Drawn in falling order of the gain.
    """
    table = table.sort_values("after", kind="stable")
    first, what = table.iloc[0], table.iloc[0][f"what_{page.lang}"]
    gain = 1 - first["after"] / first["before"]
    title = page.say(
        f"One fact would narrow the range of {what} by at least {percent(gain, gain)}: "
        f"{first['fact_en']}",
        f"公布{first['fact_zh']}，可使{what}的范围至少收窄{percent(gain, gain)}",
    )
    entries = [
        Entry(page.say("width now", "目前宽度"), style.RULE),
        Entry(page.say("most that could remain", "最多剩余宽度"), style.SERIES[0]),
    ]
    digits = decimals([*table["before"], *table["after"]])
    _, left, width, middles = open_with_rows(
        page,
        entries,
        table[f"fact_{page.lang}"],
        title=title,
        subtitle=page.say(
            f"Width of the range of {what} (highest minus lowest possible value), now and after "
            "the fact is published",
            f"{what}的范围宽度（最大值减最小值），目前与公布之后",
        ),
        note=page.say(
            "The bar after is the worst case over every value the fact could take.",
            "公布后的宽度取该事实各种可能取值中最不利者。",
        ),
        alt=title + page.say(". Bar chart of facts.", "。各项事实的横条图。"),
    )
    ax, room = plane(page), width - 16
    for row, y in zip(table.itertuples(), middles, strict=True):
        box(ax, left, y - 1.1, room, 2.2, style.RULE)
        box(ax, left, y - 1.1, room * row.after / row.before, 2.2, style.SERIES[0])
        page.write(left + room + 1.5, y, span(row.after, row.after, digits), color=style.MUTED)


@builder(
    "id",
    "words_en",
    "words_zh",
    "what_en",
    "what_zh",
    "low",
    "high",
    "base_low",
    "base_high",
    once=("what_en", "what_zh", "base_low", "base_high"),
)
def drop_one(page: Page, table: pd.DataFrame) -> None:
    """Which statements carry a result: its range without each of them in turn.

    Columns: ``id``, ``words_en``, ``words_zh`` (the statement), ``what_en``, ``what_zh`` (the
    result, one value), ``low``, ``high`` (its range without the statement), ``base_low``,
    ``base_high`` (with all, one value each). Drawn in falling order of width.
    """
    width = table["high"] - table["low"]
    table = table.assign(width=width).sort_values("width", ascending=False, kind="stable")
    first, what = table.iloc[0], table.iloc[0][f"what_{page.lang}"]
    digits = decimals(table[["low", "high", "base_low", "base_high"]].to_numpy().ravel())
    base = span(first["base_low"], first["base_high"], digits)
    wider = span(first["low"], first["high"], digits)
    title = page.say(
        f"Without statement {first['id']}, {what} would lie in {wider} instead of {base}",
        f"若无陈述{first['id']}，{what}的范围将由{base}变为{wider}",
    )
    if base == wider:
        title = page.say(
            f"No single statement carries {what}: it stays at {base} without any one of them",
            f"{what}不依赖任何单一陈述：去掉任一条仍为{base}",
        )
    entries = [
        Entry(page.say("with all statements", "全部陈述"), style.RULE, "box"),
        Entry(page.say("without this one", "去掉该条"), style.SERIES[0]),
    ]
    words = table["id"] + page.say(": ", "：") + table[f"words_{page.lang}"]
    key, left, room, middles = open_with_rows(
        page,
        entries,
        words,
        title=title,
        subtitle=page.say(
            f"Range of {what} when one published statement is left out",
            f"逐条去掉公开陈述后{what}的范围",
        ),
        note=page.say(
            "Each row leaves out one statement and keeps all others.",
            "每行去掉一条陈述，保留其余。",
        ),
        alt=title + page.say(". Ranges, one a statement.", "。逐条陈述的范围图。"),
    )
    numbers = label_widths(
        span(*pair, digits) for pair in zip(table["low"], table["high"], strict=True)
    )
    ax = page.panel(left, key, room - numbers - 3, page.plot_height - key)
    low, high = table["low"].min(), table["high"].max()
    pad = 0.03 * (high - low or 1)
    ax.set(xlim=(low - pad, high + pad), ylim=(page.plot_height, key), xticks=[], yticks=[])
    ax.spines["bottom"].set_visible(False)
    base_width = first["base_high"] - first["base_low"]
    for row, y in zip(table.itertuples(), middles, strict=True):
        box(ax, first["base_low"], y - 2, base_width, 4, style.RULE)
        range_across(ax, y, row.low, row.high, style.SERIES[0])
        text = span(row.low, row.high, digits)
        page.write(page.plot_width - numbers, y, text, color=style.MUTED)
