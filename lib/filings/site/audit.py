"""The audit as a page: every claim of the article, how it stands and who says so, as one table."""

from collections.abc import Mapping
from html import escape

import pandas as pd

from filings import paths, words
from filings.claims import STANDINGS
from filings.site import figure, notebook
from filings.words import Text

_HEADS = (
    Text("In the article", "文章原话"),
    Text("What it claims", "论断（英文）"),
    Text("How it stands", "判定"),
    Text("Why", "理由"),
    Text("By the statements of", "依据"),
)
_TITLE = Text("Which claims of the article hold?", "文章的哪些说法成立？")


def page(entries: Mapping[str, Mapping], answer: str, lang: str, up: str) -> str:
    """The page as Markdown: ``answer``, what notebook 05 says first, the picture and the table."""
    judged = pd.read_csv(paths.AUDIT, dtype=str, keep_default_na=False).map(paths.unquoted)
    at = words.LANGUAGES.index(lang)
    every = Text("Every claim", "全部论断")[at]
    return "\n\n".join(
        [
            f"# {_TITLE[at]}",
            answer,
            figure.block("verdicts", entries["verdicts"], up, lang),
            f"## {every}",
            f"```{{raw}} html\n{_controls(lang)}\n{_table(judged, every, lang)}\n```",
        ]
    )


def _controls(lang: str) -> str:
    """Filters; hidden until the script that answers to them is there."""
    at = words.LANGUAGES.index(lang)
    search, every, heading = (
        Text("Words", "关键词")[at],
        Text("every one", "全部")[at],
        _HEADS[2][at],
    )
    choices = "".join(
        f'<option value="{name}">{escape(text[at])}</option>' for name, text in STANDINGS.items()
    )
    return (
        f'<form class="filters" hidden><label>{search} <input type="search"></label>'
        f'<label>{heading} <select data-column="2"><option value="">{every}</option>{choices}'
        '</select></label><output aria-live="polite"></output></form>'
    )


def _table(judged: pd.DataFrame, label: str, lang: str) -> str:
    at = words.LANGUAGES.index(lang)
    heads = "".join(f'<th scope="col">{escape(head[at])}</th>' for head in _HEADS)
    rows = []
    for row in judged.itertuples():
        by = words.publications([one for one in row.publications.split(";") if one])
        cells = (
            f"<td>{escape(row.claim)}</td>"
            f'<td data-verdict="{row.standing}"><strong>{STANDINGS[row.standing][at]}</strong></td>'
            f"<td>{escape((row.reason_en, row.reason_zh)[at])}</td><td>{words.linked(by)}</td>"
        )
        rows.append(f'<tr id="{row.id}"><th scope="row">{escape(row.phrase)}</th>{cells}</tr>')
    opened, closed = notebook.box(label)
    body = "\n".join(rows)
    return (
        f'{opened}<table class="audit"><thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table>{closed}"
    )
