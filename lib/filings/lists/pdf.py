"""Tables of pdf files, with rules or without."""

import re
import zlib
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import LITERALS_FLATE_DECODE, PDFStream
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.table import Table, merge_edges
from pdfplumber.utils.clustering import cluster_objects
from pdfplumber.utils.text import extract_text, extract_words

from filings.lists import header, signs
from filings.lists.document import Document, ListError, Outside, Row, check_unpacked

_PAGE_NUMBER = re.compile(r"[-—–－\s]*第?\s*\d{1,4}\s*(页|/\s*\d{1,4})?[-—–－\s]*")
_BLOCK = 2**20
_DOUBLE = 0.3  # of a sign's width: nearer to each other, two of a kind are one drawn twice
_OVER = 0.2  # of a sign's area: neighbours in a line share less
_NEAR = 3  # points: rules no further apart meet, as pdfplumber has it
_GAP = 4  # heights of a line: what stands below such a gap belongs to no row
_WORDS: dict[str, Any] = {"keep_blank_chars": True, "x_tolerance_ratio": 0.7}

Sign = dict[str, Any]
"""A sign, word or rule as pdfplumber has it: where it stands and how it looks."""
Style = tuple[int, str, tuple[float, ...]]


def read(path: Path) -> Document:
    """The text above the first table, one table for the whole file, page after page, and what
    looks like a filing outside it.
    """
    try:
        document = pdfplumber.open(path)
    except Exception as error:
        if isinstance(error.__cause__ or error, PDFPasswordIncorrect) or "Password" in repr(error):
            raise ListError(path, "is encrypted", "save it without a password") from error
        raise
    with document:
        _check_whole(path, document)
        first, _ = _legible(path, document.pages[0], set())
        ruled = _ruled(first)
        if ruled:
            above = [sign for sign in first.chars if sign["bottom"] <= ruled[0].bbox[1]]
        else:
            _, _, above, _ = _unruled(first, [], None, first.height)
        found = Document(extract_text(above))
        found.tables.append(list(_joined(path, document.pages, found.outside)))
    return found


def _check_whole(path: Path, document: PDF) -> None:
    """Raise ListError for a file cut off or a damaged part: the reader itself would pass over
    both, and over the rows in them.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1024))
        if b"%%EOF" not in file.read():
            raise ListError(path, "is cut off", "download it again")
    if not document.doc.encryption:
        objects = {number for table in document.doc.xrefs for number in table.get_objids()}
        for number in sorted(objects):
            if not _unpacks(path, document.doc.getobj(number)):
                raise ListError(path, f"is damaged (in object {number})", "download it again")


def _unpacks(path: Path, part: object) -> bool:
    """Whether a part of the file is packed without damage, or not packed."""
    if not isinstance(part, PDFStream) or part.get_filters()[:1] == []:
        return True
    packed, rawdata = part.get_filters()[0][0] in LITERALS_FLATE_DECODE, part.get_rawdata()
    if not packed or rawdata is None:
        return True
    unpacker, rest, unpacked = zlib.decompressobj(), rawdata, 0
    try:
        while rest and not unpacker.eof:
            unpacked += len(unpacker.decompress(rest, _BLOCK))
            rest = unpacker.unconsumed_tail
            check_unpacked(path, len(rawdata), unpacked)
    except zlib.error:
        return False
    return unpacker.eof


# --- what is legible on a page ------------------------------------------------------------------


def _legible(path: Path, page: Page, strange: set[Style]) -> tuple[Any, list[Sign]]:
    """The page with each sign once and without watermarks, and the signs of these watermarks.

    ``strange`` holds the styles of watermarks on the pages before.
    """
    if page.images and not page.chars:
        problem = f"is a picture on page {page.page_number}"
        raise ListError(path, problem, "turn it into text (OCR) and check the result")
    once = _once(page.chars)
    strange |= _watermarks(once)
    dropped = [sign for sign in once if _style(sign) in strange]
    kept = {id(sign) for sign in once} - {id(sign) for sign in dropped}
    page = page.filter(lambda each: each["object_type"] != "char" or id(each) in kept)
    return page, dropped


def _once(drawn: list[Sign]) -> list[Sign]:
    """The signs less those drawn once more beside themselves, as converters do for bold type."""
    kept: dict[str, list[Sign]] = {}
    once = []
    for sign in drawn:
        near = _DOUBLE * (sign["x1"] - sign["x0"])
        same = kept.setdefault(sign["text"], [])
        if not any(
            abs(sign["x0"] - each["x0"]) < near and abs(sign["top"] - each["top"]) < near
            for each in same
        ):
            same.append(sign)
            once.append(sign)
    return once


def _style(sign: Sign) -> Style:
    """Size, colour and angle."""
    turned = tuple(round(part / (sign["size"] or 1), 1) for part in sign["matrix"][:4])
    return round(sign["size"]), str(sign["non_stroking_color"]), turned[1:3]


def _watermarks(drawn: list[Sign]) -> set[Style]:
    """Styles unlike that of most digits on a page, if their signs lie over signs in that style."""
    styles = [_style(sign) for sign in drawn]
    digits = [style for sign, style in zip(drawn, styles, strict=True) if sign["text"].isdigit()]
    if not digits or len(set(styles)) == 1:
        return set()
    common = max(set(digits), key=digits.count)
    boxes = np.array([[sign[side] for side in ("x0", "top", "x1", "bottom")] for sign in drawn])
    usual = boxes[[style == common for style in styles]]
    areas = np.prod(usual[:, 2:] - usual[:, :2], axis=1)
    found = set()
    for style, box in zip(styles, boxes, strict=True):
        if style != common and style not in found:
            shared = np.minimum(usual[:, 2:], box[2:]) - np.maximum(usual[:, :2], box[:2])
            smaller = np.minimum(areas, np.prod(box[2:] - box[:2]))
            if (np.prod(shared.clip(0), axis=1) > _OVER * smaller).any():
                found.add(style)
    return found


# --- tables with rules --------------------------------------------------------------------------


def _ruled(page: Page, columns: tuple[float, ...] = ()) -> list[Table]:
    """Tables drawn with rules; a frame around the text is none.

    An outer rule that is missing is put where the rules across it end, and one between columns
    where it was on the pages before: ``columns`` are their rules.
    """
    edges = merge_edges(page.edges, *[_NEAR] * 4)
    across = [edge for edge in edges if edge["orientation"] == "h"]
    down = [edge for edge in edges if edge["orientation"] == "v"]
    whole = [edge for edge in across if sum(_meet(edge, each) for each in down) >= 3]
    down = [edge for edge in down if any(_meet(each, edge) for each in whole)]
    across = [edge for edge in across if any(_meet(edge, each) for each in down)]
    if not down:
        return []
    left, right = min(edge["x0"] for edge in whole), max(edge["x1"] for edge in whole)
    top, bottom = min(edge["top"] for edge in down), max(edge["bottom"] for edge in down)
    same = columns and abs(columns[0] - left) < _NEAR and abs(columns[-1] - right) < _NEAR
    down += [_rule(x, top, x, bottom) for x in (columns if same else (left, right))]
    across += [_rule(left, y, right, y) for y in (top, bottom)]
    rules = {
        "vertical_strategy": "explicit", "explicit_vertical_lines": down,
        "horizontal_strategy": "explicit", "explicit_horizontal_lines": across,
    }  # fmt: skip
    return [table for table in page.find_tables(rules) if len(table.rows[0].cells) >= 3]


def _rule(x0: float, top: float, x1: float, bottom: float) -> Sign:
    sides = {"x0": x0, "top": top, "x1": x1, "bottom": bottom}
    return {"object_type": "line", **sides, "width": x1 - x0, "height": bottom - top}


def _meet(across: Sign, down: Sign) -> bool:
    return (
        across["x0"] - _NEAR <= down["x0"] <= across["x1"] + _NEAR
        and down["top"] - _NEAR <= across["top"] <= down["bottom"] + _NEAR
    )


def _joined(path: Path, pages: Sequence[Page], outside: list[Outside]) -> Iterator[Row]:
    """Rows of all pages; a row that a page break cut in two is put together again.

    What may be a filing in no row is added to ``outside``.
    """
    known: header.Header | None = None
    centres: list[float] = []
    columns: tuple[float, ...] = ()
    held: Row | None = None
    strange: set[Style] = set()
    for page in pages:
        legible, lost = _legible(path, page, strange)
        tables = _ruled(legible, columns)
        rows, left = [], legible.chars
        for table in tables:
            more, left = _rows_of(table, left)
            rows += more
        if rows and (known or any(map(header.find, rows))):
            lost += left
            if not columns and any(map(header.find, rows)):
                cells = [cell for table in tables for cell in table.cells]
                columns = tuple(sorted({x for cell in cells for x in (cell[0], cell[2])}))
        else:
            bottom = max((table.bbox[3] for table in tables), default=legible.height)
            centres, unruled, above, below = _unruled(legible, centres, known, bottom)
            rows = unruled or rows
            lost += above + below
        outside += _filings(lost, page.page_number)
        headers = []
        top = True  # no row of this page but headers so far
        for row in rows:
            if found := header.find(row):
                known = found
                headers.append(row)
                continue
            if top and held and known and _continues(held, row, known):
                held = [a + b for a, b in zip(held, row, strict=True)]
            else:
                yield from chain([held] if held else [], headers)
                held, headers = row, []
            top = False
        if headers:
            yield from chain([held] if held else [], headers)
            held = None
        page.close()
    if held:
        yield held


def _continues(above: Row, row: Row, known: header.Header) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before.

    It is where that row has no whole number, and has one with what this row adds, unless this
    row could stand alone.
    """
    if len(above) != len(row) or len(row) <= max(known.service, known.entity, known.number):
        return False
    if known.order >= 0 and row[known.order].strip():
        return False
    begun, rest = signs.tight(above[known.number]), signs.tight(row[known.number])
    alone = signs.is_number(rest) and row[known.service].strip() and row[known.entity].strip()
    return bool(rest) and not alone and signs.is_number(begun + rest)


def _rows_of(table: Table, drawn: list[Sign]) -> tuple[list[Row], list[Sign]]:
    """The rows of a table, and the signs in none of its cells.

    A cell that covers several rows stands in each of them, one that covers several columns in the
    first. Where its text stands in more than one, or not in its middle, a rule may be missing: the
    text is marked.
    """
    held: dict[tuple[float, ...], list[Sign]] = {cell: [] for cell in table.cells}
    lost: list[Sign] = []
    for sign in drawn:
        x, y = (sign["x0"] + sign["x1"]) / 2, (sign["top"] + sign["bottom"]) / 2
        cell = next((c for c in held if c[0] <= x < c[2] and c[1] <= y < c[3]), None)
        (lost if cell is None else held[cell]).append(sign)
    lefts = sorted({cell[0] for cell in held})
    tops = sorted({cell[1] for cell in held})
    rows = [[""] * len(lefts) for _ in tops]
    for (left, top, _, bottom), inside in held.items():
        covered = [at for at, y in enumerate(tops) if top <= y < bottom]
        spread = [bisect(tops, (sign["top"] + sign["bottom"]) / 2) - 1 for sign in inside]
        columns = {bisect(lefts, (sign["x0"] + sign["x1"]) / 2) for sign in inside}
        middle = sum(sign["top"] + sign["bottom"] - top - bottom for sign in inside)
        aside = len(covered) > 1 and abs(middle) > sum(sign["height"] for sign in inside)
        mark = signs.DOUBT if len(set(spread)) > 1 or len(columns) > 1 or aside else ""
        for at in covered:
            own = [s for s, where in zip(inside, spread, strict=True) if where == at or not mark]
            text = extract_text(own) if own else ""
            rows[at][bisect(lefts, left) - 1] = mark + text
    return rows, lost


def _filings(lost: list[Sign], page: int) -> Iterator[Outside]:
    """What may be filing numbers among signs in no row, each with its further lines."""
    words = extract_words(lost, **_WORDS) if lost else []
    for word in words:
        text, above = word["text"], word
        while signs.FILING.search(signs.tight(text)) and not text.endswith("号"):
            below = [
                each
                for each in words
                if 0 < each["top"] - above["top"] < 2 * (above["bottom"] - above["top"])
                and each["x0"] < above["x1"]
                and each["x1"] > above["x0"]
            ]
            if not below:
                break
            above = min(below, key=lambda each: each["top"])
            text += above["text"]
        yield Outside(f"page {page}", text, heading=page > 1)


# --- tables without rules ---------------------------------------------------------------------


def _unruled(
    page: Page, centres: list[float], known: header.Header | None, bottom: float
) -> tuple[list[float], list[Row], list[Sign], list[Sign]]:
    """Middles of the columns, from the header on this page or before, the page's rows, and the
    signs above and below them.

    Columns are parted where no line of the page has a character.
    """
    words = page.extract_words(**_WORDS)
    lines = _lines(words)
    head = None
    for index, line in enumerate(lines):
        if found := header.find([word["text"] for word in line]):
            head, known = index, found
            centres = [(word["x0"] + word["x1"]) / 2 for word in line]
            break
    if not known or not centres:
        return centres, [], page.chars, []
    body = _together(lines[head or 0 :], bottom, head is not None)
    if body and _PAGE_NUMBER.fullmatch("".join(word["text"] for word in body[-1])):
        body = body[:-1]
    if not body:
        return centres, [], page.chars, []
    top = body[0][0]["top"] - 1
    end = max(word["bottom"] for word in body[-1]) + 1
    inside = [s for s in page.chars if s["top"] >= top and s["bottom"] <= end and s["text"].strip()]
    above = [s for s in page.chars if s["top"] < top]
    below = [s for s in page.chars if s["bottom"] > end]
    edges = _edges(inside, centres)
    cells = [(line[0]["top"], _cells(line, page.chars, edges)) for line in body]
    rows = [cells.pop(0)[1]] if head is not None else []
    return centres, rows + _grouped(cells, known), above, below


def _together(lines: list[list[Sign]], bottom: float, headed: bool) -> list[list[Sign]]:
    """Of the lines down to the bottom, those between gaps of several lines: the first such block
    if it has the header, else the longest.
    """
    blocks: list[list[list[Sign]]] = [[]]
    for line in lines:
        above = blocks[-1][-1][0] if blocks[-1] else line[0]
        if line[0]["top"] > bottom:
            break
        if line[0]["top"] - above["top"] > _GAP * (above["bottom"] - above["top"]):
            blocks.append([])
        blocks[-1].append(line)
    return blocks[0] if headed else max(blocks, key=len)


def _lines(words: list[Sign]) -> list[list[Sign]]:
    """Words by line, from the top and from the left."""
    lines = cluster_objects(words, "top", tolerance=3)
    return [sorted(line, key=lambda word: word["x0"]) for line in lines]


def _edges(drawn: list[Sign], centres: list[float]) -> list[float]:
    """Where columns part: the middle of the widest gap between the middles of two headers."""
    spans = sorted((sign["x0"], sign["x1"]) for sign in drawn)
    edges = []
    for left, right in pairwise(centres):
        widest, edge, reached = 0.0, (left + right) / 2, left
        for start, end in [*spans, (right, right)]:
            if end <= left or start > right:
                continue
            if start - reached > widest:
                widest, edge = start - reached, (start + reached) / 2
            reached = max(reached, end)
        edges.append(edge)
    return edges


def _cells(line: list[Sign], drawn: list[Sign], edges: list[float]) -> Row:
    top, bottom = min(w["top"] for w in line) - 1, max(w["bottom"] for w in line) + 1
    row = [""] * (len(edges) + 1)
    inside = (s for s in drawn if s["top"] >= top and s["bottom"] <= bottom)
    for sign in sorted(inside, key=lambda sign: sign["x0"]):
        middle = (sign["x0"] + sign["x1"]) / 2
        row[sum(edge < middle for edge in edges)] += sign["text"]
    return [cell.strip() for cell in row]


def _grouped(lines: list[tuple[float, Row]], known: header.Header) -> list[Row]:
    """Lines of text put together to rows of the table.

    A row has one line with its order number or, where none is given, with the begin of its filing
    number. Further lines belong to the row above; or to the nearest, where a line stands above
    the first such one, as it does with cells centred in height.
    """
    starts = [at for at, (_, row) in enumerate(lines) if known.order >= 0 and row[known.order]]
    starts = starts or [at for at, (_, row) in enumerate(lines) if "网信" in row[known.number]]
    if not starts:
        return [row for _, row in lines]
    rows = {at: [""] * len(lines[0][1]) for at in starts}
    for at, (top, row) in enumerate(lines):
        if starts[0] == 0:
            home = max(start for start in starts if start <= at)
        else:
            home = min(starts, key=lambda start: abs(lines[start][0] - top))
        rows[home] = [a + b for a, b in zip(rows[home], row, strict=True)]
    return list(rows.values())
