"""The figure of the article audit: how many claims hold."""

import pandas as pd

from filings.figures import style
from filings.figures.marks import Entry, box, open_with_key, plane
from filings.figures.page import Page, builder

VERDICTS = ("supported", "undecided", "contradicted", "outside the register")
_COLOURS = dict(zip(VERDICTS, ("#14406B", "#86AECB", "#A8322D", "#D5D8DC"), strict=True))
_ROW = 15.0


@builder("evidence", "verdict", "claims")
def verdicts(page: Page, table: pd.DataFrame) -> None:
    """How many claims of an article hold in every table, in none, in some, or lie outside.

    Columns: ``evidence`` (all | without_article; one bar each, in the order given), ``verdict``
    (supported | undecided | contradicted | outside the register), ``claims`` (their number).
    """
    words = {
        "supported": page.say("supported: true in every table", "成立：在每张表中为真"),
        "undecided": page.say("undecided: true in some", "未定：在部分表中为真"),
        "contradicted": page.say("contradicted: true in none", "不成立：在任何表中均不为真"),
        "outside the register": page.say("outside the register", "与备案清单无关"),
    }
    heading = {
        "all": page.say("With all evidence", "全部证据"),
        "without_article": page.say("Without the article's own statements", "不计文章自身的陈述"),
    }
    bars = list(dict.fromkeys(table["evidence"]))
    counts = table.pivot_table(
        index="evidence", columns="verdict", values="claims", aggfunc="sum", fill_value=0
    ).reindex(index=bars, columns=list(VERDICTS), fill_value=0)
    total = counts.sum(axis=1)
    first = counts.loc[bars[0]]
    title = page.say(
        f"Of {total[bars[0]]} claims, {first['supported']} are supported, "
        f"{first['contradicted']} contradicted, {first['undecided']} undecided",
        f"{total[bars[0]]}条论断中，{first['supported']}条成立，{first['contradicted']}条不成立，"
        f"{first['undecided']}条未定",
    )
    entries = [Entry(words[verdict], _COLOURS[verdict], "box") for verdict in VERDICTS]
    key = open_with_key(
        page,
        entries,
        plot=_ROW * len(bars),
        title=title,
        subtitle=page.say(
            "Number of claims by verdict, against all tables of counts that agree with the "
            "published statements",
            "按结论分的论断数；以与公开报道相符的全部备案数表为准",
        ),
        note=page.say(
            "Outside the register: opinion, event or news item that the filing lists cannot "
            "confirm or refute.",
            "与备案清单无关：清单无法证实或证伪的观点、事件或插入的消息。",
        ),
        alt=title + page.say(". Stacked bars.", "。堆叠横条图。"),
    )
    ax = plane(page)
    height = (page.plot_height - key) / len(bars)
    for k, name in enumerate(bars):
        top, x = key + k * height, 0.0
        page.write(0, top + 2.4, heading[name], fontweight="bold")
        for verdict in VERDICTS:
            count = counts.at[name, verdict]
            width = page.plot_width * count / total[name]
            box(ax, x, top + 5, width, min(height - 7, 8), _COLOURS[verdict], edge=style.PAPER)
            if style.text_width(str(count), style.TEXT, "bold") < width - 1:
                page.write(
                    x + width / 2,
                    top + 5 + min(height - 7, 8) / 2,
                    str(count),
                    ha="center",
                    fontsize=style.TEXT,
                    fontweight="bold",
                    color=style.ink_on(_COLOURS[verdict]),
                )
            x += width
