"""A place's record on a real time axis."""

import math

import pandas as pd

from filings.figures import style
from filings.figures.marks import dot, dots, spread, upright
from filings.figures.page import MARGIN, POINT, Page, builder, wrap
from filings.words import number

_KINDS = {
    "event": (style.FOCUS, "s", "event", "事件"),
    "planned": (style.SECOND, "^", "plan or promise", "计划或承诺"),
    "quoted": (style.OTHER, "o", "number somebody quotes", "引述的数字"),
    "counted": (style.MAIN, "D", "counted", "清点所得"),
}
_LINE = style.SMALL * 1.25 * POINT


@builder(
    "name_en", "name_zh", "date", "kind", "label_en", "label_zh", "main", "filings", "of", "since",
    "until",
)  # fmt: skip
def timeline(
    page: Page,
    table: pd.DataFrame,
    name_en: str,
    name_zh: str,
    filings: int,
    of: int,
    since: int,
    until: int,
) -> None:
    """What was reported of a place, on a real time axis that ends with its algorithm filings.

    Columns: ``name_en``, ``name_zh`` (the place), ``date`` (YYYY, YYYY-MM or YYYY-MM-DD), ``kind``
    (event | planned | quoted | counted), ``label_en``, ``label_zh`` (one short sentence), ``main``
    (True: also on a slide or card); one value each: ``filings`` (its algorithm filings, exact),
    ``of`` (all of the country), ``since``, ``until`` (first and last year of those registers).
    """
    table = table.assign(at=[_year(date) for date in table["date"]])
    table = table.sort_values("at", kind="stable")
    reports, years = len(table), f"{int(table['at'].min())}–{int(table['at'].max())}"
    own, total = number(filings), number(of)
    if page.brief:
        table = table[table["main"].astype(bool)].iloc[: 3 if page.narrow else 5]
    if table.empty:
        raise ValueError("timeline: no row is marked main, so nothing is left for a slide")
    last = page.say(
        f"{since}–{until}: {own} of {total} algorithm filings",
        f"{since}–{until}年：{total}条算法备案中{own}条",
    )
    room = page.room - 26
    texts = [
        wrap(f"{date[:7]}  {text}", room, style.SMALL)
        for date, text in zip(table["date"], table[f"label_{page.lang}"], strict=True)
    ]
    texts.append(wrap(last, room, style.SMALL, "bold"))
    heights = [len(lines) * _LINE + 1.0 for lines in texts]
    kinds = {kind: look for kind, look in _KINDS.items() if kind in set(table["kind"])}
    key = [dot(colour, page.say(*names), mark) for colour, mark, *names in kinds.values()]
    body = page.open(
        plot=max(math.fsum(heights) * 1.08 + 4, 60),
        title=page.say(
            f"{name_en}: {reports} reports from {years}; of {total} algorithm filings since "
            f"{since}, {own if filings else 'none'}",
            f"{name_zh}：{years}年有{reports}条报道；{since}年以来{total}条算法备案中，"
            + (f"占{own}条" if filings else "没有一条"),
        ),
        subtitle=page.say(
            "Dated events and figures in published reports; time runs downwards",
            "公开报道中有日期的事件与数字；时间自上而下",
        ),
        note=page.say(
            "What this project found in published reports. Where nothing stands, nothing was "
            "found; that is no proof that nothing happened.",
            "仅为本项目所查得的公开报道。空白处为未查得，并不证明没有发生。",
        ),
        alt=page.say("Vertical time axis.", "纵向时间轴。"),
        key=[] if page.brief else key,
    )
    ax = body.subplots()
    start, end = int(table["at"].min()), until + 1
    tall = body.bbox.height / page.dpi * 25.4 - 2 * MARGIN
    scale = tall / (end - start)
    points = [*table["at"], (since + end) / 2]
    wanted = [(at - start) * scale - height / 2 for at, height in zip(points, heights, strict=True)]
    tops = spread(wanted, heights[:-1], tall - heights[-1])
    for at, top, lines, height in zip(points, tops, texts, heights, strict=True):
        middle = start + (top + height / 2) / scale
        ax.plot([0.3, 4, 6], [at, middle, middle], color=style.RULE, linewidth=0.6)
        text = ax.text(7, middle, "\n".join(lines), va="center", linespacing=1.12)
    text.set(fontweight="bold", color=style.MAIN)
    ax.plot([0, 0], [since, end], color=style.MAIN, linewidth=4, solid_capstyle="butt")
    for kind, (colour, marker, *_) in kinds.items():
        at = table["at"][table["kind"] == kind]
        dots(ax, [0] * len(at), at, colour, marker)
    ax.set(xlim=(-0.5, page.room - 12), ylim=(end, start), xlabel="", ylabel="")
    ax.set_yticks(range(start, end, 1 if scale > 3.2 else 2 if scale > 1.6 else 4))
    upright(ax)
    ax.spines["left"].set_position(("data", 0))


def _year(date: str) -> float:
    """A date as a year with its fraction; one without month or day stands in the middle."""
    year, month, day = (*map(int, date.split("-")), 0, 0)[:3]
    if not month:
        return year + 0.5
    return year + (month - 1 + (day or 15) / 31) / 12
