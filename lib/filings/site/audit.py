"""The audit as a page: every claim of the article, how it stands and who says so, as one table."""

from html import escape

import pandas as pd

from filings import paths, words
from filings.claims import STANDINGS
from filings.figures.words import Wording
from filings.site import notebook

_HEADS = (
    ("In the article", "文章原话"),
    ("What it claims", "论断（英文）"),
    ("How it stands", "判定"),
    ("Why", "理由"),
    ("By the statements of", "依据"),
)


def page(answer: str, picture: str, wording: Wording) -> str:
    """The page as Markdown: ``answer``, what notebook 05 says first, the picture and the table."""
    say = wording.say
    every = say("Every claim", "全部论断")
    return "\n\n".join(
        [
            "# " + say("Which claims of the article hold?", "文章的哪些说法成立？"),
            answer,
            picture,
            f"## {every}",
            f"```{{raw}} html\n{_controls(wording)}\n{_table(every, wording)}\n```",
        ]
    )


def _controls(wording: Wording) -> str:
    """Filters; hidden until the script that answers to them is there."""
    say = wording.say
    search, every, heading = say("Words", "关键词"), say("every one", "全部"), say(*_HEADS[2])
    choices = "".join(
        f'<option value="{name}">{escape(say(*text))}</option>' for name, text in STANDINGS.items()
    )
    return (
        f'<form class="filters" hidden><label>{search} <input type="search"></label>'
        f'<label>{heading} <select data-column="2"><option value="">{every}</option>{choices}'
        '</select></label><output aria-live="polite"></output></form>'
    )


def _table(label: str, wording: Wording) -> str:
    judged = pd.read_csv(paths.AUDIT, dtype=str, keep_default_na=False).map(paths.unquoted)
    heads = "".join(f'<th scope="col">{escape(wording.say(*head))}</th>' for head in _HEADS)
    rows = []
    for row in judged.itertuples():
        standing = wording.say(*STANDINGS[row.standing])
        reason = wording.say(row.reason_en, row.reason_zh)
        by = words.publications([one for one in row.publications.split(";") if one])
        rows.append(
            f'<tr id="{row.id}"><th scope="row">{escape(row.phrase)}</th>'
            f"<td>{escape(row.claim)}</td>"
            f'<td data-verdict="{row.standing}"><strong>{standing}</strong></td>'
            f"<td>{escape(reason)}</td><td>{words.linked(by)}</td></tr>"
        )
    opened, closed = notebook.box(label)
    body = "\n".join(rows)
    return (
        f'{opened}<table class="audit"><thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table>{closed}"
    )
