"""The audit as a page: every claim of the article with its verdicts, in words, as one table."""

from collections.abc import Mapping
from html import escape

import pandas as pd
from nbformat import NotebookNode

from filings import paths
from filings.claims import VERDICTS
from filings.site import figure, notebook, table

_EVIDENCE = {"all": "With all evidence", "without_article": "Without the article's own statements"}


def page(book: NotebookNode, entries: Mapping[str, Mapping]) -> str:
    """The page as Markdown: what the notebook says first, the tally, and the table."""
    judged = pd.read_csv(paths.AUDIT, dtype=str, keep_default_na=False)
    statements = pd.read_csv(paths.USED_STATEMENTS, dtype=str, keep_default_na=False)
    words = statements.set_index("id")["words_en"].to_dict()
    return "\n\n".join(
        [
            "# Which claims of the article hold?",
            notebook.opening(book),
            f"How this is found: [{notebook.title(book)}](notebooks/05_article_audit.ipynb)",
            figure.block("article-verdicts", entries["article-verdicts"], ""),
            "## Every claim",
            figure.download("data/processed/audit.csv", paths.AUDIT.name),
            f"```{{raw}} html\n{_controls(judged)}\n{_table(judged, words)}\n```",
        ]
    )


def _controls(judged: pd.DataFrame) -> str:
    """Filters; hidden until the script that answers to them is there."""
    choices = "".join(f"<option>{verdict}</option>" for verdict in VERDICTS)
    chosen = "".join(
        f'<label>{escape(heading)} <select data-column="{number}">'
        f'<option value="">every verdict</option>{choices}</select></label>'
        for number, heading in enumerate(_EVIDENCE.values(), start=1)
    )
    return (
        '<form class="filters" hidden><label>Words <input type="search"></label>'
        f'{chosen}<output aria-live="polite"></output></form>'
    )


def _table(judged: pd.DataFrame, words: Mapping[str, str]) -> str:
    heads = "".join(
        f'<th scope="col">{escape(text)}</th>' for text in ("Claim", *_EVIDENCE.values())
    )
    rows = []
    for name, found in judged.groupby("id", sort=False):
        verdicts = found.set_index("evidence")
        cells = "".join(_verdict(verdicts.loc[evidence], words) for evidence in _EVIDENCE)
        claim = escape(found["claim"].iloc[0])
        rows.append(f'<tr id="{name}"><th scope="row">{name} {claim}</th>{cells}</tr>')
    opened, closed = table.box("Table: every claim")
    body = "\n".join(rows)
    return (
        f'{opened}<table class="audit"><thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table>{closed}"
    )


def _verdict(row: pd.Series, words: Mapping[str, str]) -> str:
    """A verdict with its reason; the statements that decide it can be unfolded."""
    said = f"<strong>{row['verdict']}</strong><p>{escape(row['reason'])}</p>"
    if row["decided_by"]:
        items = "".join(
            f"<li>{name}: {escape(words[name])}</li>" for name in row["decided_by"].split(";")
        )
        said += f"<details><summary>Decided by</summary><ul>{items}</ul></details>"
    return f'<td data-verdict="{row["verdict"]}">{said}</td>'
