"""Official lists made up for tests: known filings, written in every form of file."""

import csv
import html
import io
import math
import random
import re
import zlib
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from filings import places
from stdnum.iso7064 import mod_11_2

HEADER = ("序号", "服务名称", "主体名称", "备案编号", "备注")
_SYLLABLES = "云链信数智安达通华中天海金星宏远博创新睿恒泰嘉诚和盛源科"
_ENDINGS = ("科技有限公司", "（集团）股份有限公司", "区块链技术有限公司", "Lab 信息服务有限公司")


@dataclass(frozen=True)
class Filing:
    """One made-up filing; ``province`` is the truth a reader of its number must find."""

    service: str
    entity: str
    number: str
    province: str
    remark: str = ""


def number_for(code: str, year: int, filer: int, sequence: int) -> str:
    """The valid blockchain number of these parts."""
    abbreviation = places.provinces().at[places.province_by_code()[code[:2]], "abbreviation"]
    digits = f"{code}{year % 100:02}{filer:08}{sequence:03}"
    return f"{abbreviation}网信备{digits}{mod_11_2.calc_check_digit(digits)}号"


def filings(count: int, seed: int = 0) -> list[Filing]:
    """Filings of made-up companies all over the country, some with several services."""
    chance = random.Random(seed)
    table = places.counties()
    valid = table[(table["first_year"] <= 2019) & (table["last_year"] == 2024)]
    spots = list(valid[["county_adcode", "province_name"]].itertuples(index=False, name=None))
    short = {full: name for name, full in places.provinces()["name_zh_full"].items()}
    made: list[Filing] = []
    filer = 10_000_000 + seed * 100_000
    while len(made) < count:
        filer += 1
        code, province = chance.choice(spots)
        company = "".join(chance.choices(_SYLLABLES, k=4)) + f"{filer % 1000}"
        entity = short[province] + company + chance.choice(_ENDINGS)
        year = chance.randint(2019, 2024)
        for sequence in range(1, chance.choice((1, 1, 1, 2, 3)) + 1):
            service = "".join(chance.choices(_SYLLABLES, k=5)) + f"平台{sequence}"
            remark = "已注销" if chance.random() < 0.05 else ""
            number = number_for(code, year, filer, sequence)
            made.append(Filing(service, entity, number, short[province], remark))
    return made[:count]


def cells(made: list[Filing], header: tuple[str, ...] = HEADER) -> list[list[str]]:
    """Header and rows of a list, with the columns in the header's order."""
    rows = [list(header)]
    for order, each in enumerate(made, start=1):
        values = {
            "序号": str(order),
            "服务名称": each.service,
            "主体名称": each.entity,
            "备案编号": each.number,
            "备注": each.remark,
        }
        rows.append([values[name] for name in header])
    return rows


def write(path: Path, rows: list[list[str]], title: str = "") -> Path:
    """The rows as a file of the form its ending names; the title stands above the table."""
    _WRITERS[path.suffix](path, rows, title)
    return path


def pages(rows: list[list[str]], height: int, repeat: bool) -> list[list[list[str]]]:
    """Rows cut into pages of that many, the header on each page or on the first only."""
    body = rows[1:]
    cut = [body[start : start + height] for start in range(0, len(body), height)]
    return [[rows[0], *page] if repeat or not at else page for at, page in enumerate(cut)]


def _text(path: Path, rows: list[list[str]], title: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t" if path.suffix == ".tsv" else ",")
    writer.writerows([[title], *rows] if title else rows)
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")


def html_page(rows: list[list[str]], title: str = "", charset: str = "utf-8") -> str:
    """A web page with the rows as its table."""
    lines = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    head = f'<html><head><meta charset="{charset}"></head><body><p>{title}</p>'
    return f"{head}<table>{lines}</table></body></html>"


def _html(path: Path, rows: list[list[str]], title: str) -> None:
    path.write_text(html_page(rows, title), encoding="utf-8")


def _docx(path: Path, rows: list[list[str]], title: str) -> None:
    write_docx(path, [rows], title)


def write_docx(path: Path, tables: list[list[list[str]]], title: str = "") -> None:
    """A Word file with several tables."""
    import docx

    document = docx.Document()
    document.add_paragraph(title)
    for rows in tables:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, values in zip(table.rows, rows, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
        document.add_paragraph("")
    document.save(str(path))


def _xlsx(path: Path, rows: list[list[str]], title: str) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in [[title], *rows] if title else rows:
        sheet.append([int(cell) if cell.isdigit() and len(cell) < 6 else cell for cell in row])
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(path)


def _xls(path: Path, rows: list[list[str]], title: str) -> None:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate([[title], *rows] if title else rows):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    book.save(str(path))


def _pdf(path: Path, rows: list[list[str]], title: str) -> None:
    write_pdf(path, pages(rows, 12, repeat=True), title)


_WIDTHS = {"序号": 4, "服务名称": 12, "主体名称": 14, "备案编号": 11, "备注": 8}
_SIZE, _LEADING = 9, 12  # points


def write_pdf(
    path: Path,
    page_rows: list[list[list[str]]],
    title: str = "",
    ruled: bool = True,
    centred: bool = False,
    header: tuple[str, ...] = HEADER,
    footer: bool = False,
    missing: Set[tuple] = frozenset(),
    notes: Collection[tuple] = (),
    twice: float = 0,
    widths: Mapping[str, int] = MappingProxyType({}),
    colours: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """A pdf of these pages; long values wrap. ``centred``: cells are centred in both directions.

    ``missing`` names rules that are not drawn: (page from 1, "across" or "down", place from 0), and
    beside one cell only if the place along the rule follows.
    ``notes`` are further texts: (page, x, y, text) and, if need be, a style. Every sign is drawn
    ``twice`` so many points apart. ``widths`` and ``colours`` are of columns by name.
    """
    signs = {**_WIDTHS, **widths}  # in one line of a column
    deep = [signs[name] * _SIZE + 10 for name in header]
    lefts = [40 + sum(deep[:at]) for at in range(len(deep) + 1)]
    drawn: list[list[str]] = []

    def put(x, y, text, size=_SIZE, color="0", rotation=0):
        turn = math.radians(rotation)
        cos, sin = math.cos(turn), math.sin(turn)
        colour = {"red": "1 0 0 rg"}.get(color, f"{color} g")
        for shift in (0, twice) if twice else (0,):
            drawn[-1].append(
                f"BT {colour} /F {size} Tf {cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} "
                f"{x + shift:.2f} {_HEIGHT - y - 0.88 * size:.2f} Tm "
                f"<{text.encode('utf-16-be').hex()}> Tj ET"
            )

    def rule(x0, y0, x1, y1):
        drawn[-1].append(f"0.5 w {x0} {_HEIGHT - y0:.2f} m {x1} {_HEIGHT - y1:.2f} l S")

    for number, rows in enumerate(page_rows, start=1):
        drawn.append([])
        if number == 1 and title:
            put(40, 30, title)
        tops = [60.0]
        for row in rows:
            wrapped = [_wrapped(v, signs[n]) for v, n in zip(row, header, strict=True)]
            high = max(len(lines) for lines in wrapped) * _LEADING
            for at, lines in enumerate(wrapped):
                top = tops[-1] + 4 + ((high - len(lines) * _LEADING) / 2 if centred else 0)
                colour = colours.get(header[at], "0") if row is not rows[0] else "0"
                for line, text in enumerate(lines):
                    wide = sum(1 if ord(sign) > 255 else _NARROW for sign in text) * _SIZE
                    shift = max(0, (deep[at] - wide) / 2) if centred else 4
                    middle = top + (line + 0.5) * _LEADING
                    put(lefts[at] + shift, middle - _SIZE / 2, text, color=colour)
            tops.append(tops[-1] + high + 8)
        for at, top in enumerate(tops if ruled else ()):
            for along, (left, right) in enumerate(pairwise(lefts)):
                if not missing & {(number, "across", at), (number, "across", at, along)}:
                    rule(left, top, right, top)
        for at, left in enumerate(lefts if ruled else ()):
            for along, (top, bottom) in enumerate(pairwise(tops)):
                if not missing & {(number, "down", at), (number, "down", at, along)}:
                    rule(left, top, left, bottom)
        if footer:
            put(_WIDTH / 2 - 8, _HEIGHT - 30, f"- {number} -")
        for page, x, y, text, *style in notes:
            if page == number:
                put(x, y, text, **(style[0] if style else {}))
    path.write_bytes(_pdf_file(["\n".join(page) for page in drawn]))


_WIDTH, _HEIGHT = 595, 842  # points
_NARROW = 0.56  # of a Chinese sign: how wide others are


def _pdf_file(contents: list[str]) -> bytes:
    """A pdf of pages that draw this. No font lies in it: who reads its text needs none."""

    def stream(text: str) -> str:
        packed = zlib.compress(text.encode()).decode("latin-1")
        return f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed}\nendstream"

    codes = sorted(set(re.findall("....", "".join(re.findall("<(.*?)>", "".join(contents))))))
    pages = range(7, 7 + 2 * len(contents), 2)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} "
        f"/Kids [{' '.join(f'{page} 0 R' for page in pages)}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Made /Encoding /Identity-H "
        "/DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Made /FontDescriptor 5 0 R /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/W [0 255 {1000 * _NARROW:.0f}] >>",
        "<< /Type /FontDescriptor /FontName /Made /Flags 4 /FontBBox [0 -120 1000 880] "
        "/Ascent 880 /Descent -120 /CapHeight 700 /ItalicAngle 0 /StemV 80 >>",
        stream(
            f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(codes)} beginbfchar\n"
            + "".join(f"<{code}> <{code}>\n" for code in codes)
            + "endbfchar"
        ),
    ]
    for page, content in zip(pages, contents, strict=True):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] "
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {page + 1} 0 R >>",
            stream(content),
        ]
    whole, spots = "%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        spots.append(len(whole))
        whole += f"{number} 0 obj\n{written}\nendobj\n"
    size = len(objects) + 1
    table = "".join(f"{spot:010} 00000 n \n" for spot in spots)
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(whole)}\n%%EOF\n"
    return f"{whole}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def _wrapped(text: str, wide: int) -> list[str]:
    """The text in lines of at most so many Chinese characters; others count as half."""
    lines, line, used = [], "", 0.0
    for sign in text:
        need = 1 if ord(sign) > 255 else 0.6
        if used + need > wide:
            lines.append(line)
            line, used = "", 0.0
        line += sign
        used += need
    return [*lines, line]


_WRITERS = {
    ".csv": _text,
    ".tsv": _text,
    ".html": _html,
    ".docx": _docx,
    ".xlsx": _xlsx,
    ".xls": _xls,
    ".pdf": _pdf,
}
FORMS = tuple(_WRITERS)
