"""Official lists as tables of text, whatever their form. What a row means is not known here."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import docx.opc.package
import docx.oxml
import lxml.html
import python_calamine
from docx.oxml.ns import qn
from lxml import etree

from filings.lists import header, pdf, signs
from filings.lists.document import Document, ListError, Outside, Row, Shown, check_unpacked

_MOST_SPAN = 1000  # columns or rows that one merged cell may cover
_MOST_CELLS = 2_000_000  # of a table: real lists have less than a fiftieth
_SAMPLE = 2**16
_HEADER_WITHIN = 100  # lines of text
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

Element = Any
"""An element of lxml, which has no types."""


def read(path: Path) -> Document:
    """The tables of a docx, docm, xlsx, xls, pdf, html, csv or tsv file, told by its content.

    Meant for `apart`, which sets the limits.

    Raises
    ------
    ListError
        For a file that is missing, empty, cut off, damaged, encrypted, in no known form, or that
        would unpack to more than 1 GiB.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except OSError as error:
        raise ListError(path, f"cannot be opened ({error.strerror})", "check the path") from error
    if not start.strip():
        raise ListError(path, "is empty", "download it again")
    try:
        found = _reader(path, start)(path)
    except ListError:
        raise
    except csv.Error as error:
        problem = f"can't be split into cells ({error})"
        raise ListError(path, problem, "check that each quote is closed") from error
    except MemoryError:
        remedy = "delete what lies beyond the table, or save the list anew"
        raise ListError(path, "takes more than 1 GiB of memory to read", remedy) from None
    # The readers promise no set of errors for damaged files: pdf alone raises a dozen kinds,
    # and a panic of the spreadsheet reader is not even an Exception.
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        said = " ".join(str(error).split())[:120]
        kind = type(error).__name__
        problem = f"is damaged ({kind}: {said})" if said else f"is damaged ({kind})"
        raise ListError(path, problem, "download it again, or open and save it") from error
    for row in (row for table in found.tables for row in table if signs.odd(row)):
        row[:] = map(signs.meant, row)
    return found


def _gathered(path: Path, rows: Iterable[Row]) -> list[Row]:
    """The rows of a table, if there are no more than a list can have."""
    table, cells = [], 0
    for row in rows:
        cells += len(row)
        if cells > _MOST_CELLS:
            problem = f"has a table of more than {_MOST_CELLS:,} cells"
            raise ListError(path, problem, "delete what lies beyond the table")
        table.append(row)
    return table


def _reader(path: Path, start: bytes) -> Callable[[Path], Document]:
    """The function that reads files that begin like this; names of files are not trusted."""
    if start.startswith(b"PK"):
        names = _packed_names(path)
        if any(name.startswith("word/") for name in names):
            return _docx
        if any(name.startswith("xl/") for name in names):
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
        return pdf.read
    if re.search(rb"<(!doctype html|html|table|body)", start.replace(b"\0", b""), re.IGNORECASE):
        return _html
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if start.count(0) * 100 > len(start) and not wide:  # a single NUL is a damaged cell
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
            check_unpacked(path, packed, unpacked)
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


# --- Word ------------------------------------------------------------------------------------

_W = {
    name: qn(f"w:{name}")
    for name in ("tbl", "tr", "tc", "p", "t", "br", "cr", "tab", "tcPr", "gridSpan", "vMerge",
                 "val", "gridBefore")
}  # fmt: skip
_TEXT_TAGS = (_W["br"], _W["cr"], _W["tab"], _W["p"])
_NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
# What tracked changes took away, what is hidden, and what stands in for a text box of today.
_GONE = etree.XPath(
    ".//w:tr[w:trPr/w:del] | .//w:tc[w:tcPr/w:cellDel] | .//w:del | .//w:moveFrom"
    " | .//mc:Fallback[../mc:Choice//w:t]"
    " | .//w:r[w:rPr/w:vanish[not(@w:val = 'false' or @w:val = '0')]]",
    namespaces=_NAMES,
)
_ASIDE = re.compile(r"word/(header|footer|footnotes|endnotes)\d*\.xml|xl/drawings/drawing\d+\.xml")


def _docx(path: Path) -> Document:
    part = docx.opc.package.OpcPackage.open(str(path)).main_document_part
    # A part with macros is of no type that python-docx knows: it stays bytes, and inert.
    body = part.element if hasattr(part, "element") else docx.oxml.parse_xml(part.blob)
    for gone in _GONE(body):
        gone.getparent().remove(gone)
    title: list[str] = []
    found = Document()
    for item in body.iter(_W["p"], _W["tbl"]):
        if item.tag == _W["tbl"]:
            found.tables.append(_gathered(path, _docx_rows(item)))
        elif next(item.iterancestors(_W["tbl"], _W["p"]), None) is None:
            text = "".join(_words(item))
            if not found.tables:
                title.append(text)
            elif text.strip():
                where = f"below table {len(found.tables)}"
                found.outside.append(Outside(where, text, heading=True))
    found.title = "\n".join(title)
    found.outside += _aside(path)
    return found


def _aside(path: Path) -> Iterator[Outside]:
    """The texts of the parts of an office file that lie around its tables."""
    with zipfile.ZipFile(path) as archive:
        for name in filter(_ASIDE.fullmatch, archive.namelist()):
            root = docx.oxml.parse_xml(archive.read(name))
            for gone in _GONE(root):
                gone.getparent().remove(gone)
            for item in root.iter("{*}p"):
                yield Outside(name, "".join(each.text or "" for each in item.iter("{*}t")))


def _words(element: Element) -> Iterator[str]:
    """The text of an element without that of tables in it, which are read by themselves."""
    for item in element:
        if item.tag == _W["t"]:
            yield item.text or ""
        elif item.tag != _W["tbl"]:
            if item.tag in _TEXT_TAGS:
                yield "\n"
            yield from _words(item)


def _docx_rows(table: Element) -> Iterator[Row]:
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


def _spreadsheet(path: Path) -> Document:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise ListError(path, "is encrypted", "save it without a password") from error
    found = Document()
    for name in book.sheet_names:
        found.outside.append(Outside("name of a sheet", name, heading=True))
        sheet = book.get_sheet_by_name(name)
        cells = sheet.to_python(skip_empty_area=False)
        table = _gathered(path, ([_cell_text(value) for value in row] for row in cells))
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
            for row in table[top : bottom + 1]:
                covered = range(left, min(right + 1, len(row)))
                row[left : right + 1] = [table[top][left] for _ in covered]
        found.tables.append(table)
    if zipfile.is_zipfile(path):
        found.outside += _aside(path)
    return found


def _cell_text(value: object) -> str:
    if isinstance(value, str):
        return as_meant(value)
    return Shown(int(value) if isinstance(value, float) and value.is_integer() else value)


def as_meant(cell: str) -> str:
    """A cell without what makes a spreadsheet take it for text: ``'…`` and ``="…"``."""
    if cell[:1] == "'":
        return cell[1:]
    if cell[:2] == '="' and cell[-1] == '"' and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    return cell


# --- text ------------------------------------------------------------------------------------


def _decoded(path: Path) -> str:
    """The text of the whole file: UTF-8 or 16, else GB 18030."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListError(path, "is text in no known encoding", "save it as UTF-8")


def _text(path: Path) -> Document:
    text = _decoded(path)
    lines = filter(str.strip, io.StringIO(text, newline=""))
    delimiter = _delimiter(islice(lines, _HEADER_WITHIN))
    csv.field_size_limit(2**24)  # rows with longer cells than any is end in quarantine
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return Document(tables=[_gathered(path, ([as_meant(cell) for cell in row] for row in rows))])


def _delimiter(lines: Iterable[str]) -> str:
    """The sign that makes one of the lines a header; a comma where none does."""
    for line in lines:
        for delimiter in (",", "\t", ";", "|"):
            if header.find(line.split(delimiter)):
                return delimiter
    return ","


_UNSEEN = re.compile(
    r"<!--(?:-?>|.*?--!?>)|<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_MATCHING = {"namespaces": {"re": "http://exslt.org/regular-expressions"}}
_GONE_TOO = etree.XPath(
    "//del | //*[@hidden] | //*[re:test(@style, 'display\\s*:\\s*none', 'i')]", **_MATCHING
)
_BLANK = etree.XPath(
    "//*[re:test(@style, 'visibility\\s*:\\s*(hidden|collapse)', 'i')]", **_MATCHING
)
_MENU = etree.XPath(
    "//nav | //aside | //footer | //li | //a | //select"
    " | //*[re:test(concat(@role, ' ', @class, ' ', @id), 'nav|menu|crumb|sidebar|foot', 'i')]",
    **_MATCHING,
)


# The texts of a cell without those of tables in it.
_OWN = etree.XPath("descendant::text()[count(ancestor::table) = $own]")


def _html(path: Path) -> Document:
    text = _decoded(path).replace("\0", signs.DOUBT)
    text = _UNSEEN.sub("", text)
    if "<!--" in text or text.lower().count("<table") > text.lower().count("</table"):
        raise ListError(path, "is cut off inside a table or comment", "download it again")
    # The declared encoding is of the bytes; the parser refuses it in text.
    parser = lxml.html.HTMLParser(huge_tree=True)
    tree = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser)
    if any(error.level_name == "FATAL" for error in parser.error_log):
        raise ListError(path, "is damaged or nested too deeply", "open and save it")
    for each in _GONE_TOO(tree):
        each.drop_tree()
    for each in _BLANK(tree):
        each[:], each.text = [], None
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    menus = {text for menu in _MENU(tree) for text in menu.itertext()}
    above = tree.xpath("(//table)[1]/preceding::text()")
    found = Document(" ".join(text for text in above if text not in menus))
    tables = list(tree.iter("table"))
    found.tables += (_gathered(path, _html_rows(table)) for table in tables)
    for table in tables:
        table.drop_tree()
    found.outside.append(Outside("outside the tables", tree.text_content()))
    for heading in tree.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6"):
        found.outside.append(Outside("in a heading", heading.text_content(), heading=True))
    return found


def _html_rows(table: Element) -> Iterator[Row]:
    own = 1 + sum(1 for _ in table.iterancestors("table"))
    below: dict[int, tuple[str, int]] = {}  # column → what hangs down into it, for how many rows
    for tr in table.iter("tr"):
        if next(tr.iterancestors("table")) is not table:
            continue  # a row of a table inside a cell: that table is read by itself
        cells = [
            ("".join(_OWN(cell, own=own)).strip(), _span(cell, "colspan"), _span(cell, "rowspan"))
            for cell in tr.iterchildren("td", "th")
        ]
        cells.reverse()
        row: Row = []
        hung: dict[int, tuple[str, int]] = {}
        while cells or len(row) in below:
            if len(row) in below:
                text, rows = below.pop(len(row))
                width = 1
            else:
                text, width, rows = cells.pop()
            for column in range(len(row), len(row) + width):
                row.append(text)
                if rows > 1:
                    hung[column] = (text, rows - 1)
        below = {**below, **hung}
        yield row


def _span(cell: Element, name: str) -> int:
    """How many columns or rows a cell covers; nonsense counts as one."""
    digits = cell.get(name, "1").strip()
    return min(max(int(digits), 1), _MOST_SPAN) if digits.isdecimal() else 1
