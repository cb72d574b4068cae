"""Official lists as tables of text, whatever their form. What a row means is not known here."""

import codecs
import csv
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docx.opc.package
import docx.oxml
import lxml.html
import python_calamine
from docx.oxml.ns import qn

from filings.lists import header, pdf
from filings.lists.errors import ListError

Row = list[str]

_MOST_BYTES = 2**30
_SMALL_BYTES = 2**26  # 64 MiB: below this, however well packed, no harm is done
_MOST_RATIO = 200
_MOST_CELLS = 20_000_000
_FILLED_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'](?:[^>]*[^/>])?>""")
_MOST_SPAN = 1000  # columns or rows that one merged cell may cover
_SAMPLE = 2**16
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Document:
    """A list as read. ``title`` is the text above the tables; tables come in order, once."""

    title: str
    tables: Iterator[Iterable[Row]]


def read(path: Path) -> Document:
    """The tables of a docx, docm, xlsx, xls, pdf, html, csv or tsv file, told by its content.

    Raises ListError, now or while the tables are read, for a file that is missing, empty, cut
    off, encrypted, in no known form, or that would unpack to more than 1 GiB.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except OSError as error:
        raise ListError(path, f"cannot be opened ({error.strerror})", "check the path") from error
    if not start.strip():
        raise ListError(path, "is empty", "download it again")
    reader = _reader(path, start)
    parts = _guarded(path, reader(path))
    return Document(next(parts, ""), parts)


def _guarded(path: Path, parts: Iterator) -> Iterator:
    """The same parts and tables; whatever a reader raises becomes one clear error."""

    def step(iterator):
        try:
            return next(iterator, None)
        except ListError:
            raise
        except csv.Error as error:
            problem = f"can't be split into cells ({error})"
            raise ListError(path, problem, "check that each quote is closed") from error
        # The readers promise no set of errors for damaged files: pdf alone raises a dozen kinds,
        # and a panic of the spreadsheet reader is not even an Exception.
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            said = " ".join(str(error).split())[:120]
            kind = type(error).__name__
            problem = f"is damaged ({kind}: {said})" if said else f"is damaged ({kind})"
            raise ListError(path, problem, "download it again, or open and save it") from error

    def rows(table):
        iterator = iter(table)
        while (row := step(iterator)) is not None:
            yield row

    parts = iter(parts)
    while (part := step(parts)) is not None:
        yield part if isinstance(part, str) else rows(part)


def _reader(path: Path, start: bytes):
    """The function that reads files that begin like this; names of files are not trusted."""
    if start.startswith(b"PK"):
        names = _packed_names(path)
        if any(name.startswith("word/") for name in names):
            return _docx
        if any(name.startswith("xl/") for name in names):
            _check_area(path, [name for name in names if name.startswith("xl/worksheets/")])
            return _spreadsheet
        raise ListError(path, "is a zip archive without a list", "unpack it first")
    if start.startswith(_OLE):
        content = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise ListError(path, "is encrypted", "save it without a password")
        if "WordDocument".encode("utf-16-le") in content:
            raise ListError(path, "is an old Word file (.doc)", "save it as .docx")
        return _spreadsheet
    if start.startswith(b"%PDF"):
        return pdf.parts
    if re.search(rb"<(!doctype html|html|table|body)", start.replace(b"\0", b""), re.IGNORECASE):
        return _html
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        known = "docx, xlsx, xls, pdf, html, csv or tsv"
        raise ListError(path, "is in no form known here", f"save it as {known}")
    return _text


def _packed_names(path: Path) -> list[str]:
    """Names inside a zip file, after a look at its sizes: nothing harmful is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
            unpacked = sum(item.file_size for item in inside)
            packed = path.stat().st_size
            if unpacked > _MOST_BYTES or (
                unpacked > _SMALL_BYTES and unpacked > _MOST_RATIO * packed
            ):
                raise ListError(
                    path, f"would unpack from {packed:,} to {unpacked:,} bytes", "don't open it"
                )
            if any(item.flag_bits & 1 for item in inside):
                raise ListError(path, "is encrypted", "save it without a password")
            # Reads no more than the sizes promised, and compares checksums: sizes can't lie.
            broken = archive.testzip()
    except ListError:
        raise
    except Exception as error:  # a cut or forged archive raises a dozen kinds
        raise ListError(path, "is cut off or damaged", "download it again") from error
    if broken:
        raise ListError(path, f"is damaged (in {broken})", "download it again")
    return [item.filename for item in inside]


def _check_area(path: Path, sheets: list[str]) -> None:
    """Raise ListError for a sheet with cells so far apart that all between do not fit in memory.

    The reader lays out the whole area, and dies where it can't.
    """
    with zipfile.ZipFile(path) as archive:
        for sheet in sheets:
            columns, last, rest = set(), 0, b""
            with archive.open(sheet) as xml:
                while block := xml.read(2**20):
                    found = _FILLED_CELL.findall(rest + block)
                    columns |= {column for column, _ in found}
                    last = max([last, *{int(row) for _, row in found}])
                    rest = block[-200:]
            width = max((_column_number(column) for column in columns), default=0)
            if width * last > _MOST_CELLS:
                problem = f"has filled cells as far as column {width:,}, row {last:,}"
                raise ListError(path, problem, "delete what lies beyond the table")


def _column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


# --- Word ------------------------------------------------------------------------------------

_W = {
    name: qn(f"w:{name}")
    for name in ("tbl", "tr", "tc", "p", "t", "br", "cr", "tab", "tcPr", "gridSpan", "vMerge",
                 "val", "gridBefore")
}  # fmt: skip
_TEXT_TAGS = (_W["t"], _W["br"], _W["cr"], _W["tab"], _W["p"])


def _docx(path: Path) -> Iterator:
    part = docx.opc.package.OpcPackage.open(str(path)).main_document_part
    # A part with macros is of no type that python-docx knows: it stays bytes, and inert.
    body = part.element if hasattr(part, "element") else docx.oxml.parse_xml(part.blob)
    tables = list(body.iter(_W["tbl"]))
    before = []
    for paragraph in body.iter(_W["p"], _W["tbl"]):
        if paragraph.tag == _W["tbl"]:
            break
        before.append("".join(_words(paragraph)))
    yield "\n".join(before)
    for table in tables:
        yield _docx_rows(table)


def _words(element) -> Iterator[str]:
    for item in element.iter(*_TEXT_TAGS):
        yield (item.text or "") if item.tag == _W["t"] else "\n"


def _docx_rows(table) -> Iterator[Row]:
    above: Row = []
    for tr in table.iter(_W["tr"]):
        if next(tr.iterancestors(_W["tbl"])) is not table:
            continue  # a row of a table inside a cell: that table is read by itself
        row: Row = []
        for before in tr.iter(_W["gridBefore"]):
            row += [""] * min(int(before.get(_W["val"], 0)), _MOST_SPAN)
        for tc in tr.iter(_W["tc"]):
            if next(tc.iterancestors(_W["tr"])) is not tr:
                continue
            text, span = "".join(_words(tc)).strip(), 1
            properties = tc.find(_W["tcPr"])
            if properties is not None:
                merge = properties.find(_W["vMerge"])
                if merge is not None and merge.get(_W["val"], "continue") == "continue":
                    text = above[len(row)] if len(row) < len(above) else text
                grid = properties.find(_W["gridSpan"])
                span = int(grid.get(_W["val"], 1)) if grid is not None else 1
            row += [text] * min(max(span, 1), _MOST_SPAN)
        above = row
        yield row


# --- spreadsheets ----------------------------------------------------------------------------


def _spreadsheet(path: Path) -> Iterator:
    try:
        with _quiet():
            book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise ListError(path, "is encrypted", "save it without a password") from error
    yield ""
    for name in book.sheet_names:
        yield _sheet_rows(book.get_sheet_by_name(name))


@contextmanager
def _quiet() -> Iterator[None]:
    """Standard error shut: a panic writes a trace there, past Python, before it is an error."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _sheet_rows(sheet) -> Iterator[Row]:
    merged = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, sheet.total_height) + 1):
            for column in range(left, min(right, sheet.total_width) + 1):
                merged.setdefault(row, {})[column] = (top, left)
    origin = {spot: "" for cells in merged.values() for spot in cells.values()}
    for number, values in enumerate(sheet.to_python(skip_empty_area=False)):
        row = [_cell_text(value) for value in values]
        for column, spot in merged.get(number, {}).items():
            if spot == (number, column):
                origin[spot] = row[column]
            elif column < len(row):
                row[column] = origin[spot]
        yield row


def _cell_text(value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# --- text ------------------------------------------------------------------------------------


def _encoding(path: Path) -> str:
    """The encoding in which the whole file can be read: UTF-8 or 16, else GB 18030."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding) as file:
                while file.read(2**20):
                    pass
            return encoding
        except UnicodeDecodeError:
            continue
    raise ListError(path, "is text in no known encoding", "save it as UTF-8")


def _text(path: Path) -> Iterator:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE)
        delimiter = _delimiter(sample)
        file.seek(0)
        # One cell may not be longer than this; rows with such cells end in quarantine.
        csv.field_size_limit(2**24)
        yield ""
        yield csv.reader(file, delimiter=delimiter, strict=True)


def _delimiter(sample: str) -> str:
    """The sign that makes a line of the sample a header; a comma where none does."""
    lines = sample.splitlines()
    for delimiter in (",", "\t", ";", "|"):
        if any(header.find(line.split(delimiter)) for line in lines):
            return delimiter
    return ","


def _html(path: Path) -> Iterator:
    text = path.read_bytes().decode(_encoding(path))
    if text.lower().count("<table") > text.lower().count("</table"):
        raise ListError(path, "is cut off inside a table", "download it again")
    # The declared encoding is of the bytes; the parser refuses it in text.
    tree = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    above = "(//table)[1]/preceding::text()[not(parent::script or parent::style)]"
    yield " ".join(tree.xpath(above))
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    for table in tree.iter("table"):
        yield _html_rows(table)


def _html_rows(table) -> Iterator[Row]:
    below: dict[int, tuple[str, int]] = {}  # column → what hangs down into it, for how many rows
    for tr in table.iter("tr"):
        if next(tr.iterancestors("table")) is not table:
            continue  # a row of a table inside a cell: that table is read by itself
        cells = [
            (cell.text_content().strip(), _span(cell, "colspan"), _span(cell, "rowspan"))
            for cell in tr.iterchildren("td", "th")
        ]
        row: Row = []
        hung: dict[int, tuple[str, int]] = {}
        while cells or len(row) in below:
            if len(row) in below:
                text, rows = below.pop(len(row))
                width = 1
            else:
                text, width, rows = cells.pop(0)
            for column in range(len(row), len(row) + width):
                row.append(text)
                if rows > 1:
                    hung[column] = (text, rows - 1)
        below = {**below, **hung}
        yield row


def _span(cell, name: str) -> int:
    """How many columns or rows a cell covers; nonsense counts as one."""
    digits = cell.get(name, "1").strip()
    return min(max(int(digits), 1), _MOST_SPAN) if digits.isdecimal() else 1
