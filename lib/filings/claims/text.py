"""From the bytes of an article to sentences that can be read, every offset kept.

The reader works on a plain copy of the text: simplified characters, half-width digits and
punctuation, one character for one character. `closed_up` takes out the spaces that typesetting
puts between Chinese and digits, and keeps for every character where it stood.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import opencc

# News items of other kinds that aggregators set between the paragraphs of an article. They open
# with a rubric and a bar ("动态 | …") and close with their date in brackets ("[2019/2/1]").
_RUBRIC = re.compile(
    r"(?m)^\s*(?:动态|声音|行情|快讯|公告|分析|观点|首发|独家|数据|消息|研报|政策|前沿|要闻|金色\S{2,4})"
    r"\s*[|丨│]"
)
_DATED = re.compile(r"\[\d{4}[/.-]\d{1,2}[/.-]\d{1,2}(?: [\d:]+)?\]")
_PARAGRAPHS = re.compile(r"([^\n]*\n?)(?:[^\n]*\n?){2}")  # the next, and two more

_PUNCTUATION = str.maketrans("【】〔〕〇\u3000\xa0", "[]()零  ")  # the rest is NFKC's work
_STOP = re.compile("[。!?]")
_END = re.compile(r"[。!?\n]+[”」』\"]?")


# A number in groups of three (1 015; 1, 015), and what typesetting puts between characters.
_GROUPED = re.compile(r"(?<![\d.])\d{1,3}(?:,?[^\S\n]\d{3})+(?!\d)")
_GAP = re.compile(r"[^\S\n]+|[\u200b-\u200d\u2060\ufeff\xad]+")
_ASCII_WORD = re.compile(r"[0-9A-Za-z]")


class TextError(ValueError):
    """A file that is not readable press text."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of the plain copy. ``start``: its offset; ``headline``: a first line, no stop."""

    text: str
    start: int
    headline: bool


def decode(data: bytes, name: str = "text") -> str:
    """The text of an article's bytes: UTF-8 (with or without mark), else GB 18030.

    Parameters
    ----------
    data
        The article as it is stored.
    name
        What stands for the file in messages.

    Raises
    ------
    TextError
        With the remedy, for anything else.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TextError(f"{name}: neither UTF-8 nor GB 18030 text; save the article as UTF-8 text")


_SIMPLIFIED = opencc.OpenCC("t2s")


@cache
def _plain(character: str) -> str:
    character = character.translate(_PUNCTUATION)
    for change in (partial(unicodedata.normalize, "NFKC"), _SIMPLIFIED.convert):
        changed = change(character)
        character = changed if len(changed) == 1 else character
    return character


def plain(text: str) -> str:
    """The text in simplified characters and half-width signs; as long as the original."""
    return "".join(map(_plain, text))


def closed_up(copy: str) -> tuple[str, tuple[int, ...]]:
    """A plain copy without the spaces of typesetting, and where each of its characters stood.

    A space stays, as one, between words or numbers in ASCII that it keeps apart.
    """
    grouped = [match.span() for match in _GROUPED.finditer(copy)]
    kept: list[int] = []
    position = 0
    for gap in _GAP.finditer(copy):
        kept += range(position, gap.start())
        position = gap.end()
        while grouped and grouped[0][1] <= gap.start():
            grouped.pop(0)
        in_number = bool(grouped) and grouped[0][0] < gap.start()
        around = copy[gap.start() - 1 : gap.start()], copy[gap.end() : gap.end() + 1]
        apart = all(map(_ASCII_WORD.fullmatch, around))
        if gap[0].isspace() and apart and not in_number:
            kept.append(gap.start())
    kept += range(position, len(copy))
    signs = (copy[at] for at in kept)
    return "".join(" " if s.isspace() and s != "\n" else s for s in signs), tuple(kept)


def blanked(text: str, start: int, end: int) -> str:
    """The text with blanks for what stands between two offsets; lines stay lines."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def inserts(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets (start, end) of inserted news items: from the rubric to the date in brackets.

    An item without a date within three paragraphs ends with its own paragraph.
    """
    found: list[tuple[int, int]] = []
    for rubric in _RUBRIC.finditer(text):
        reach = _PARAGRAPHS.match(text, rubric.end())
        if not reach or (found and rubric.start() < found[-1][1]):
            continue
        following = _RUBRIC.search(text, *reach.span())
        limit = following.start() if following else reach.end()
        dated = _DATED.search(text, rubric.end(), limit)
        found.append((rubric.start(), dated.end() if dated else reach.end(1)))
    return tuple(found)


def sentences(text: str) -> Iterator[Sentence]:
    """Sentences of a plain text in order, inserted news items left out."""
    for span in inserts(text):
        text = blanked(text, *span)
    start, first = 0, True
    for end in [match.end() for match in _END.finditer(text)] + [len(text)]:
        piece = text[start:end]
        if piece.strip():
            yield Sentence(piece, start, first and piece.endswith("\n") and not _STOP.search(piece))
            first = False
        start = end
