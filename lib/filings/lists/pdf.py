"""Tables of pdf files, with rules or without."""

import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import LITERALS_FLATE_DECODE, PDFStream

from filings import numbers
from filings.lists import header
from filings.lists.errors import ListError

Row = list[str]
_PAGE_NUMBER = re.compile(r"[-—–－\s]*第?\s*\d{1,4}\s*(页|/\s*\d{1,4})?[-—–－\s]*")
_MARKER = "网信"


def parts(path: Path) -> Iterator:
    """The text above the first table, then one table for the whole file, page after page."""
    try:
        document = pdfplumber.open(path)
    except Exception as error:
        if isinstance(error.__cause__ or error, PDFPasswordIncorrect) or "Password" in repr(error):
            raise ListError(path, "is encrypted", "save it without a password") from error
        raise
    with document:
        _check_whole(path, document)
        first = document.pages[0]
        ruled = _ruled(first)
        top = ruled[0].bbox[1] if ruled else None
        above = first.crop((0, 0, first.width, top)) if top else first
        yield (above.extract_text() or "")[:1000]
        yield _joined(document.pages)


def _check_whole(path: Path, document) -> None:
    """Raise ListError for a file cut off, a damaged part, or a page that is a picture.

    The reader itself would pass over all three, and over the rows in them.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1024))
        if b"%%EOF" not in file.read():
            raise ListError(path, "is cut off", "download it again")
    if not document.doc.encryption:
        objects = {number for table in document.doc.xrefs for number in table.get_objids()}
        for number in sorted(objects):
            if not _unpacks(document.doc.getobj(number)):
                raise ListError(path, f"is damaged (in object {number})", "download it again")
    for number, page in enumerate(document.pages, start=1):
        if page.images and not page.chars:
            problem = f"is a picture on page {number}"
            raise ListError(path, problem, "turn it into text (OCR) and check the result")


def _unpacks(part) -> bool:
    """Whether a part of the file is packed without damage, or not packed."""
    if not isinstance(part, PDFStream) or part.get_filters()[:1] == []:
        return True
    packed, rawdata = part.get_filters()[0][0] in LITERALS_FLATE_DECODE, part.get_rawdata()
    if not packed or rawdata is None:
        return True
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(rawdata)
    except zlib.error:
        return False
    return unpacker.eof


def _ruled(page) -> list:
    """Tables drawn with rules; a frame around the text is none."""
    return [table for table in page.find_tables() if len(table.rows[0].cells) >= 3]


def _joined(pages) -> Iterator[Row]:
    """Rows of all pages; a row that a page break cut in two is put together again."""
    known: header.Header | None = None
    centres: list[float] = []
    held: Row | None = None
    for page in pages:
        tables = [_filled(table.extract()) for table in _ruled(page)]
        if not tables:
            centres, rows = _unruled(page, centres, known)
            tables = [rows]
        for rows in tables:
            for index, row in enumerate(rows):
                found = header.find(row)
                known = found or known
                if held is None:
                    held = row
                elif index == 0 and not found and known and _continues(held, row, known):
                    held = [a + b for a, b in zip(held, row, strict=True)]
                else:
                    yield held
                    held = row
        page.close()
    if held is not None:
        yield held


def _continues(above: Row, row: Row, known: header.Header) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before."""
    if len(above) != len(row) or len(row) <= max(known.number, known.order):
        return False
    if _MARKER in row[known.number]:
        return False
    if known.order >= 0:
        return not row[known.order].strip() and any(row)
    return numbers.parse(above[known.number] + row[known.number]).valid and bool(row[known.number])


def _filled(rows: list[list[str | None]]) -> list[Row]:
    """Cells that a merged cell covers (None) take the text above, or beside in the first row."""
    filled: list[Row] = []
    for row in rows:
        above = filled[-1] if filled else [""] * len(row)
        filled.append([above[at] if cell is None else cell for at, cell in enumerate(row)])
    return filled


# --- tables without rules ---------------------------------------------------------------------


def _unruled(
    page, centres: list[float], known: header.Header | None
) -> tuple[list[float], list[Row]]:
    """Middles of the columns, from the header on this page or before, and the page's rows.

    Columns are parted where no line of the page has a character.
    """
    words = page.extract_words(keep_blank_chars=True, x_tolerance_ratio=0.7)
    lines = _lines(words)
    head = None
    for index, line in enumerate(lines):
        if header.find([word["text"] for word in line]):
            head = index
            known = header.find([word["text"] for word in line])
            centres = [(word["x0"] + word["x1"]) / 2 for word in line]
            break
    if not centres:
        return centres, []
    body = lines if head is None else lines[head:]
    if body and _PAGE_NUMBER.fullmatch("".join(word["text"] for word in body[-1])):
        body = body[:-1]
    if not body:
        return centres, []
    top = body[0][0]["top"] - 1
    signs = [sign for sign in page.chars if sign["top"] >= top and sign["text"].strip()]
    edges = _edges(signs, centres)
    cells = [(line[0]["top"], _cells(line, page.chars, edges)) for line in body]
    rows = [cells.pop(0)[1]] if head is not None else []
    return centres, rows + _grouped(cells, known)


def _lines(words: list[dict]) -> list[list[dict]]:
    """Words by line, from the top and from the left."""
    lines = pdfplumber.utils.cluster_objects(words, "top", tolerance=3)
    return [sorted(line, key=lambda word: word["x0"]) for line in lines]


def _edges(signs: list[dict], centres: list[float]) -> list[float]:
    """Where columns part: the middle of the widest gap between the middles of two headers."""
    spans = sorted((sign["x0"], sign["x1"]) for sign in signs)
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


def _cells(line: list[dict], signs: list[dict], edges: list[float]) -> Row:
    top, bottom = min(w["top"] for w in line) - 1, max(w["bottom"] for w in line) + 1
    row = [""] * (len(edges) + 1)
    inside = (s for s in signs if s["top"] >= top and s["bottom"] <= bottom)
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
    starts = starts or [at for at, (_, row) in enumerate(lines) if _MARKER in row[known.number]]
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
