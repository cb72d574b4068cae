"""What a reader sees of a value: numbers, ranges, names, publications and tables, in two languages.

Every sentence that is printed stands once, as a `Text`: its English and its Chinese side by side.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from typing import NamedTuple

import pandas as pd

from filings import ledger, paths, places
from filings.notebook.outputs import LANGUAGES, OTHER

_HANDFUL = 5
_TENTH = 0.1


class Text(NamedTuple):
    """One text in English and in Chinese."""

    en: str
    zh: str

    def then(self, other: "Text") -> "Text":
        """Both texts, one after the other; English gets a space between them."""
        return Text(f"{self.en} {other.en}".strip(), f"{self.zh}{other.zh}")


# --- numbers -----------------------------------------------------------------------------------


def number(value: float, digits: int = 0) -> str:
    """A number as printed: thousands apart, a true minus, no decimals unless asked for."""
    return f"{value:,.{digits}f}".replace("-", "−")


def span(low: float, high: float, digits: int = 0, scale: float = 1, suffix: str = "") -> str:
    """A range as printed: 12, 9–12, or ≥9 where it is open above. ``scale`` multiplies first."""
    first = number(low * scale, digits)
    if pd.isna(high):
        return f"≥{first}{suffix}"
    last = number(high * scale, digits)
    if first == last:
        return f"{first}{suffix}"
    joint = " – " if "−" in first + last else "–"
    return f"{first}{joint}{last}{suffix}"


def percent(low: float, high: float | None = None, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage, or a range of shares as a range of percentages."""
    return span(low, low if high is None else high, digits, scale=100, suffix="%")


def points(change: float, digits: int = 1) -> str:
    """A change of a share, given as a fraction, in percentage points with its sign: +4.3."""
    return f"{change * 100:+.{digits}f}".replace("-", "−")


def useful(low: float, high: float | None) -> bool:
    """Whether a reader can use this range of a count: it is no wider than what is certain of it,
    or than a handful. What is wider is printed as *not known*; its ends stand in the tables.
    """
    return high is not None and not pd.isna(high) and high - low <= max(low, _HANDFUL)


def useful_share(low: float, high: float | None) -> bool:
    """The same for a share between 0 and 1: no wider than a tenth of all."""
    return high is not None and not pd.isna(high) and high - low <= _TENTH


def known(low: float, high: float | None, lang: str = "en") -> str:
    """A count as printed, or *not known* where its range is too wide to use."""
    if high is not None and useful(low, high):
        return span(low, high)
    return "not known" if lang == "en" else "不详"


def few(count: int, lang: str = "en") -> str:
    """A small number as a title has it: in English a word up to ten."""
    names = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return names[count] if lang == "en" and count <= 10 else number(count)


def ordinal(rank: int) -> str:
    """An English rank: 1st, 2nd, 3rd, 11th.

    >>> [ordinal(n) for n in (1, 2, 3, 11, 22)]
    ['1st', '2nd', '3rd', '11th', '22nd']
    """
    tail = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{'th' if rank % 100 in (11, 12, 13) else tail}"


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 filing, 2 filings.

    >>> counted(1, "filing"), counted(1200, "filing"), counted(2, "city", "cities")
    ('1 filing', '1,200 filings', '2 cities')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


# --- names -------------------------------------------------------------------------------------


def joined(names: Sequence[str], lang: str = "en") -> str:
    """A list in running text: A, B and C; 甲、乙和丙."""
    if len(names) == 1:
        return names[0]
    comma, last = (", ", " and ") if lang == "en" else ("、", "和")
    return comma.join(names[:-1]) + last + names[-1]


def named(names: Iterable[str], lang: str = "en") -> str:
    """Places in running text, each by its name in the language."""
    return joined([name if lang == "zh" else places.english(name) for name in names], lang)


def batches(selection: object, lang: str = "en") -> str:
    """A selection of batches in words: 3 → batch 3, 第三批; 1-3 → batches 1–3, 前三批."""
    return ledger.Batches.parse(str(selection)).words(lang, brief=True)


@cache
def _sources() -> pd.DataFrame:
    return pd.read_csv(paths.SOURCES, dtype=str, keep_default_na=False, index_col="source_id")


def publication(source: str) -> str:
    """A publication as Markdown: publisher and date, linked where an address is on file.

    Raises KeyError for an id that ``data/raw/sources.csv`` does not hold.
    """
    row = _sources().loc[source]
    name = row["publisher"] or row["title"]
    when = f", {row['published_date']}" if row["published_date"] else ""
    label = markdown(f"{name}{when}")
    return f"[{label}]({row['url']})" if row["url"].startswith("http") else label


def publications(sources: Iterable[str], most: int = 4) -> str:
    """Publications as Markdown, the first ``most`` by name, the others counted."""
    ids = list(dict.fromkeys(sources))
    shown = "; ".join(publication(source) for source in ids[:most])
    return shown + (f" and {len(ids) - most} more" if len(ids) > most else "")


def cited(source: str) -> str:
    """A publication as plain text: publisher, date and address, as far as they are on file.

    Of a source that is not on file, as in a ledger of one's own, the id.
    """
    if source not in _sources().index:
        return source
    row = _sources().loc[source]
    parts = (row["publisher"] or row["title"], row["published_date"], row["url"])
    return ", ".join(part for part in parts if part)


def forced(end: str, value: float | None, because: Sequence[ledger.Statement],
           smallest: bool, lang: str = "en") -> str:  # fmt: skip
    """Why the "low" or the "high" end of a range is where it is, as lines of plain text."""
    zh = lang == "zh"
    name = {"low": "最低值" if zh else "Lowest", "high": "最高值" if zh else "Highest"}[end]
    if value is None:
        return f"{name}{'：没有说法加以限制。' if zh else ': nothing on file bounds it.'}"
    if not because:
        return f"{name} {value:g}{'：无需任何说法。' if zh else ': no statement is needed.'}"
    if zh:
        head = f"{name} {value:g}，依据以下{len(because)}条说法，缺一不可"
        head += "：" if smallest else "（未证明不存在更少的一组）："
    else:
        head = f"{name} {value:g}, forced by {counted(len(because), 'statement')}, none to spare"
        head += ":" if smallest else " (that no fewer would do is not proven):"
    lines = [
        f"  {ledger.words(one, lang)}{'。' if zh else '.'} [{one.id}; {_first(one, zh)}]"
        for one in because
    ]
    return "\n".join([head, *lines])


def _first(statement: ledger.Statement, zh: bool) -> str:
    """The first publication that says it, and how many others do."""
    first, *others = ledger.sources(statement)
    more = f"等{len(others) + 1}处" if zh else f", and {len(others)} more"
    return cited(first) + (more if others else "")


# --- pages -------------------------------------------------------------------------------------


def markdown(text: str) -> str:
    """Text that Markdown shows as it is: nothing in it marks, links, calculates or runs."""
    return re.sub(r"([\\`*_{}\[\]<>#|$~])", r"\\\1", text)


def say(*texts: Text, lang: str = "en") -> None:
    """Show paragraphs in a notebook, and keep them in the other language beside.

    ``lang`` is the language shown. The site shows either (`outputs.said`).
    """
    from IPython.display import display

    both = ("\n\n".join(text[k] for text in texts) for k in range(len(LANGUAGES)))
    kept = {OTHER.format(name): text for name, text in zip(LANGUAGES, both, strict=True)}
    shown = kept.pop(OTHER.format(lang))
    display({"text/markdown": shown, **kept, "text/plain": shown}, raw=True)


def table(rows: pd.DataFrame, caption: str, links: Iterable[str] = (), index: bool = False) -> None:
    """Show a table for readers in a notebook: words for heads, no index unless it holds names.

    ``caption`` says what the table holds. Columns in ``links`` hold Markdown links; of all others
    every character is shown as it is. Raises ValueError for heads that are names of code.
    """
    from IPython.display import HTML, display

    if index:
        rows = rows.reset_index()
    display(HTML(html_table(rows, caption, frozenset(links), 1 if index else 0)))


def html_table(rows: pd.DataFrame, caption: str, links: Iterable[str] = (), heads: int = 0) -> str:
    """The table as HTML; the first ``heads`` columns head their rows. See `table`."""
    for name in rows.columns:
        if re.search(r"[a-z]_[a-z]", str(name)):
            raise ValueError(f"table {caption!r}: {name!r} is a name of code, not a word")
    numeric = [all(map(_is_number, rows[name])) and len(rows) > 0 for name in rows.columns]
    head = "".join(
        f'<th scope="col"{_align(right)}>{_plain(name)}</th>'
        for name, right in zip(rows.columns, numeric, strict=True)
    )
    body = []
    for values in rows.itertuples(index=False, name=None):
        cells = []
        for at, (name, value, right) in enumerate(zip(rows.columns, values, numeric, strict=True)):
            text = linked(value) if name in links else _plain(value)
            tag, scope = ("th", ' scope="row"') if at < heads else ("td", "")
            cells.append(f"<{tag}{scope}{_align(right)}>{text}</{tag}>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<table><caption>{_plain(caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(body)
        + "\n</tbody></table>"
    )


_NUMBER = re.compile(r"[≥≤<+−-]?[\d,.]+ ?%?( ?– ?[+−-]?[\d,.]+%?)?|not known|")


def _is_number(value: object) -> bool:
    return bool(_NUMBER.fullmatch(_shown(value)))


def _shown(value: object) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _plain(value: object) -> str:
    """A cell's text as HTML; a dollar sign would begin a formula."""
    text = "".join(mark for mark in _shown(value) if mark.isprintable() or mark in "\n\t")
    return escape(text).replace("$", "&#36;")


def linked(value: object) -> str:
    """Text with Markdown links as HTML: the links work, all else is shown as it is."""
    parts = re.split(r"\[((?:[^\]\\]|\\.)*)\]\((https?://[^)\s]+)\)", _shown(value))
    found = []
    for at, part in enumerate(parts):
        if at % 3 == 0:
            found.append(_plain(re.sub(r"\\(.)", r"\1", part)))
        elif at % 3 == 1:
            label = _plain(re.sub(r"\\(.)", r"\1", part))
            found.append(f'<a href="{escape(parts[at + 1])}">{label}</a>')
    return "".join(found)


def _align(right: bool) -> str:
    return ' style="text-align: right"' if right else ' style="text-align: left"'
