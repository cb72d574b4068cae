"""Nothing on a list is lost or misread in silence: a filing is accepted as written, or refused."""

import re
import time
import zipfile
import zlib

import made_lists
import openpyxl
import pytest
from filings import lists
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_lists import HEADER, filings

MADE = filings(9, seed=3)
TRUTH = {each.number: each for each in MADE}
TITLE = "第五批清单"
SERVICE, ENTITY, NUMBER = 1, 2, 3


def assert_accounted_for(read: lists.ListRead, made=MADE) -> None:
    """Each filing is in one row, and what was accepted is as it was written."""
    assert len(read.entries) + len(read.quarantine) == read.rows == len(made)
    for entry in read.entries.itertuples():
        truth = TRUTH[entry.number]
        found = (entry.service, entry.entity, entry.remark)
        assert found == (truth.service, truth.entity.replace(" ", ""), truth.remark)


def assert_accepted(read: lists.ListRead, made=MADE) -> None:
    assert_accounted_for(read, made)
    assert len(read.entries) == len(made), read.quarantine["reason"].tolist()


# --- pdf ---------------------------------------------------------------------------------------

HEIGHT = 4
RULES = [
    (repeat, page, way, at)
    for repeat in (True, False)
    for page, rows in enumerate(made_lists.pages(made_lists.cells(MADE), HEIGHT, repeat), start=1)
    for way, count in (("across", len(rows) + 1), ("down", len(HEADER) + 1))
    for at in range(count)
]


@pytest.mark.parametrize(("repeat", "page", "way", "at"), RULES)
def test_pdf_with_one_rule_missing(tmp_path, repeat, page, way, at):
    path = tmp_path / "list.pdf"
    pages = made_lists.pages(made_lists.cells(MADE), HEIGHT, repeat)
    made_lists.write_pdf(path, pages, TITLE, missing={(page, way, at)})
    read = lists.read(path)
    assert_accounted_for(read)
    outer = at in (0, len(HEADER) if way == "down" else len(pages[page - 1]))
    assert len(read.entries) >= len(MADE) - (0 if outer or way == "down" else 2)


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pdf_with_any_rules_missing(tmp_path, data):
    draw = data.draw
    made = MADE[: draw(st.integers(1, len(MADE)), label="filings")]
    height = draw(st.integers(2, 5), label="rows a page")
    pages = made_lists.pages(made_lists.cells(made), height, draw(st.booleans(), label="repeat"))
    rules = [
        (page, way, at, *along)
        for page, rows in enumerate(pages, start=1)
        for way, count, length in (
            ("across", len(rows) + 1, len(HEADER)),
            ("down", len(HEADER) + 1, len(rows)),
        )
        for at in range(count)
        for along in ((), *((spot,) for spot in range(length)))
    ]
    missing = draw(st.sets(st.sampled_from(rules), max_size=3), label="missing")
    centred, footer = draw(st.booleans(), label="centred"), draw(st.booleans(), label="footer")
    path = tmp_path / "list.pdf"
    made_lists.write_pdf(path, pages, TITLE, True, centred, footer=footer, missing=missing)
    assert_accounted_for(lists.read(path), made)


def test_pdf_name_merged_over_the_rows_of_its_filer(tmp_path):
    made = [each for each in filings(40, seed=1) if "数创" not in each.service][:12]
    at = next(i for i in range(1, 10) if len({each.entity for each in made[i : i + 3]}) == 1)
    rows = made_lists.cells(made[at : at + 3])
    rows[1][ENTITY] = rows[3][ENTITY] = ""
    path = tmp_path / "list.pdf"
    merged = {(1, "across", 2, ENTITY), (1, "across", 3, ENTITY)}
    made_lists.write_pdf(path, [rows], TITLE, centred=True, missing=merged)
    read = lists.read(path)
    assert len(read.entries) == 3 and read.entries["entity"].nunique() == 1


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "unruled"])
def test_pdf_filing_outside_the_table(tmp_path, ruled):
    path = tmp_path / "list.pdf"
    pages = made_lists.pages(made_lists.cells(MADE[:-1]), HEIGHT, True)
    note = f"另有：{MADE[-1].entity}，{MADE[-1].number}"
    made_lists.write_pdf(path, pages, TITLE, ruled, notes=[(1, 60, 500, note)])
    read = lists.read(path)
    assert_accounted_for(read)
    assert read.quarantine["number"].tolist() == [MADE[-1].number]
    assert "page 1" in read.quarantine["reason"].iloc[0]


@pytest.mark.parametrize("repeat", [True, False])
def test_pdf_text_at_the_top_and_foot_of_each_page_is_of_no_row(tmp_path, repeat):
    path = tmp_path / "list.pdf"
    pages = made_lists.pages(made_lists.cells(MADE), HEIGHT, repeat)
    notes = [(page, 40, y, "区块链信息服务备案管理系统") for page in (1, 2, 3) for y in (12, 700)]
    made_lists.write_pdf(path, pages, TITLE, False, notes=notes)
    assert_accepted(lists.read(path))


def test_pdf_number_outside_the_table_in_several_lines(tmp_path):
    path = tmp_path / "list.pdf"
    number = MADE[-1].number
    notes = [(2, 60, 500, number[:9]), (2, 60, 512, number[9:])]
    pages = made_lists.pages(made_lists.cells(MADE[:-1]), HEIGHT, True)
    made_lists.write_pdf(path, pages, TITLE, notes=notes)
    read = lists.read(path)
    assert_accounted_for(read)
    assert read.quarantine["number"].tolist() == [number]


@pytest.mark.parametrize("repeat", [True, False])
def test_pdf_row_without_any_number_below_a_page_break_stays_a_row(tmp_path, repeat):
    rows = made_lists.cells(MADE)
    rows[5][0] = rows[5][NUMBER] = ""
    path = tmp_path / "list.pdf"
    made_lists.write_pdf(path, made_lists.pages(rows, HEIGHT, repeat), TITLE)
    read = lists.read(path)
    assert_accounted_for(read)
    assert len(read.quarantine) == 1 and read.quarantine["reason"].iloc[0] == "empty"


@pytest.mark.parametrize("repeat", [True, False])
@pytest.mark.parametrize("cut", [0, 2, 9, 24])
def test_pdf_row_cut_by_a_page_break_is_one(tmp_path, repeat, cut):
    rows = made_lists.cells(MADE)
    upper, lower = list(rows[4]), [""] * len(HEADER)
    upper[ENTITY], lower[ENTITY] = rows[4][ENTITY][:9], rows[4][ENTITY][9:]
    upper[NUMBER], lower[NUMBER] = rows[4][NUMBER][:cut], rows[4][NUMBER][cut:]
    pages = [[*rows[:4], upper], [*rows[:1] * repeat, lower, *rows[5:]]]
    path = tmp_path / "list.pdf"
    made_lists.write_pdf(path, pages, TITLE)
    assert_accepted(lists.read(path))


def test_pdf_row_with_a_number_of_its_own_is_joined_to_none(tmp_path):
    rows = made_lists.cells(MADE)
    rows[4][NUMBER], rows[5][0] = "", ""
    path = tmp_path / "list.pdf"
    made_lists.write_pdf(path, made_lists.pages(rows, HEIGHT, False), TITLE)
    read = lists.read(path)
    assert_accounted_for(read)
    assert len(read.quarantine) == 1


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "unruled"])
@pytest.mark.parametrize("apart", [0.2, 0.5, 1])
def test_pdf_signs_drawn_twice(tmp_path, ruled, apart):
    path = tmp_path / "list.pdf"
    pages = made_lists.pages(made_lists.cells(MADE), HEIGHT, True)
    made_lists.write_pdf(path, pages, TITLE, ruled, twice=apart)
    assert_accepted(lists.read(path))


@pytest.mark.parametrize(
    "style", [{"size": 50, "rotation": 30}, {"size": 9, "color": "0.8"}, {"size": 40}]
)
def test_pdf_watermark_is_no_text(tmp_path, style):
    path = tmp_path / "list.pdf"
    pages = made_lists.pages(made_lists.cells(MADE), HEIGHT, True)
    notes = [
        (page, 60 + 130 * across, 65 + 25 * down, "国家互联网信息办公室", style)
        for page in (1, 2, 3)
        for across in range(3)
        for down in range(6)
    ]
    made_lists.write_pdf(path, pages, TITLE, notes=notes)
    assert_accepted(lists.read(path))


def test_pdf_remark_in_another_colour_is_text(tmp_path):
    path = tmp_path / "list.pdf"
    made_lists.write_pdf(path, [made_lists.cells(MADE)], TITLE, colours={HEADER[-1]: "red"})
    assert_accepted(lists.read(path))


# --- docx --------------------------------------------------------------------------------------

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_BY = 'w:id="1" w:author="a" w:date="2024-01-01T00:00:00Z"'


def changed_docx(path, change, rows=None, title=TITLE, parts=None):
    """A Word file whose document's xml went through ``change``."""
    whole = path.with_name("whole.docx")
    made_lists.write(whole, rows or made_lists.cells(MADE), title)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name).decode("utf-8") if name == "word/document.xml" else None
            new.writestr(name, change(content) if content else old.read(name))
        for name, content in (parts or {}).items():
            new.writestr(name, content)
    return lists.read(path)


def run(text, tag="t"):
    return f"<w:r><w:{tag}>{text}</w:{tag}></w:r>"


def text_box(inside):
    def box(tag, content):
        return (
            f"<w:r><w:pict><{tag}><w:txbxContent>{content}</w:txbxContent></{tag}></w:pict></w:r>"
        )

    return (
        f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice Requires="wps">{box("w:x", inside)}'
        f"</mc:Choice><mc:Fallback>{box('w:y', inside)}</mc:Fallback></mc:AlternateContent>"
    )


TRACKED = {
    "deleted": f"<w:del {_BY}>{run('旧名', 'delText')}</w:del>",
    "deleted as text": f"<w:del {_BY}>{run('旧名')}</w:del>",
    "moved away": f"<w:moveFrom {_BY}>{run('旧名')}</w:moveFrom>",
    "hidden": "<w:r><w:rPr><w:vanish/></w:rPr><w:t>旧名</w:t></w:r>",
}


@pytest.mark.parametrize("what", TRACKED)
def test_docx_text_taken_away_is_not_there(tmp_path, what):
    old = run(MADE[3].service)
    read = changed_docx(tmp_path / "list.docx", lambda xml: xml.replace(old, old + TRACKED[what]))
    assert_accepted(read)


@pytest.mark.parametrize("tag", ["ins", "moveTo"])
def test_docx_text_put_in_is_there(tmp_path, tag):
    old = run(MADE[3].service)
    read = changed_docx(
        tmp_path / "list.docx", lambda xml: xml.replace(old, f"<w:{tag} {_BY}>{old}</w:{tag}>")
    )
    assert_accepted(read)


def test_docx_deleted_row_is_no_row(tmp_path):
    rows = made_lists.cells(MADE)
    gone = filings(1, seed=77)[0]
    rows.insert(3, ["0", gone.service, gone.entity, gone.number, ""])

    def change(xml):
        start = xml.rindex("<w:tr>", 0, xml.index(gone.service)) + len("<w:tr>")
        return f"{xml[:start]}<w:trPr><w:del {_BY}/></w:trPr>{xml[start:]}"

    assert_accepted(changed_docx(tmp_path / "list.docx", change, rows))


def test_docx_text_box_in_a_cell_is_read_once(tmp_path):
    old = run(MADE[3].service)
    box = text_box(f"<w:p>{old}</w:p>")
    assert_accepted(changed_docx(tmp_path / "list.docx", lambda xml: xml.replace(old, box)))


@pytest.mark.parametrize("around", ["text box", "cell", "cell of a cell"])
def test_docx_table_in_a_frame_is_read_once(tmp_path, around):
    def cell(inside):
        return f"<w:tbl><w:tr><w:tc>{inside}<w:p/></w:tc></w:tr></w:tbl>"

    def change(xml):
        table = re.search(r"<w:tbl>.*</w:tbl>", xml, re.DOTALL)[0]
        boxed = f"<w:p>{text_box(table)}</w:p>"
        framed = {"text box": boxed, "cell": cell(table), "cell of a cell": cell(cell(table))}
        return xml.replace(table, framed[around])

    read = changed_docx(tmp_path / "list.docx", change)
    assert_accepted(read)
    assert read.batch == 5


@pytest.mark.parametrize("width", [3, 4, 6])
@pytest.mark.parametrize("broken", [False, True])
def test_docx_second_table_of_another_width(tmp_path, width, broken):
    rows = made_lists.cells(MADE)
    below = [[*row[:4], "", ""][:width] if width > 3 else row[1:4] for row in rows[5:]]
    if broken:
        below[0] = [cell.replace("网信", "网\n信") for cell in below[0]]
    path = tmp_path / "list.docx"
    made_lists.write_docx(path, [rows[:5], below], TITLE)
    read = lists.read(path)
    assert_accounted_for(read)
    assert len(read.entries) == 4


def test_docx_row_without_a_number_in_a_narrower_table(tmp_path):
    rows = made_lists.cells(MADE)
    rows[6][NUMBER] = ""
    path = tmp_path / "list.docx"
    made_lists.write_docx(path, [rows[:5], [row[:4] for row in rows[5:]]], TITLE)
    assert_accounted_for(lists.read(path))


@pytest.mark.parametrize("where", ["paragraph", "footnote", "footer", "text box"])
def test_docx_filing_outside_every_table(tmp_path, where):
    last = MADE[-1]
    paragraph = f"<w:p>{run('另有' + last.number[:7])}{run(last.number[7:])}</w:p>"
    place = {"paragraph": paragraph, "text box": f"<w:p>{text_box(paragraph)}</w:p>"}.get(where, "")
    part = f'<w:x xmlns:w="{_W}">{paragraph}</w:x>'
    parts = {"footnote": {"word/footnotes.xml": part}, "footer": {"word/footer1.xml": part}}
    read = changed_docx(
        tmp_path / "list.docx",
        lambda xml: xml.replace("</w:tbl>", f"</w:tbl>{place}"),
        made_lists.cells(MADE[:-1]),
        parts=parts.get(where),
    )
    assert_accounted_for(read)
    assert read.quarantine["number"].tolist() == [last.number]


def test_a_filing_named_once_more_below_the_table_is_no_second(tmp_path):
    path = tmp_path / "list.docx"
    rows = made_lists.cells(MADE)
    made_lists.write_docx(path, [rows, [[f"{MADE[0].number}已更正"]]], TITLE)
    read = lists.read(path)
    assert len(read.entries) == len(MADE)


# --- columns -----------------------------------------------------------------------------------

OTHER = filings(9, seed=8)


@pytest.mark.parametrize("form", [".csv", ".xlsx", ".docx", ".html", ".pdf"])
@pytest.mark.parametrize(
    ("former", "now"),
    [("原备案编号", "备案编号"), ("备案编号（变更前）", "备案编号（变更后）"),
     ("变更前备案编号", "变更后备案编号"), ("旧备案号", "备案号"), ("原编号", "现编号"),
     ("备案编号", "现备案编号"), ("服务编号", "备案编号")],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_the_number_in_force_is_read(tmp_path, form, former, now, first):
    rows = made_lists.cells(MADE)
    for row, old in zip(rows, [former, *(each.number for each in OTHER)], strict=True):
        row.insert(NUMBER if first else NUMBER + 1, old)
    rows[0][NUMBER + first] = now
    path = tmp_path / f"list{form}"
    if form == ".pdf":
        made_lists.write_pdf(
            path,
            [rows],
            TITLE,
            header=tuple(rows[0]),
            widths={former: 11, now: 11, "备注": 4, "主体名称": 12},
        )
    else:
        made_lists.write(path, rows, TITLE)
    assert_accepted(lists.read(path))


@pytest.mark.parametrize(
    ("former", "now"),
    [("原主体名称", "主体名称"), ("主体名称", "现主体名称"), ("主体曾用名称", "主体名称"),
     ("主体名称（原）", "主体名称（现）"), ("变更前主体名称", "变更后主体名称")],
)  # fmt: skip
def test_the_name_in_force_is_read(tmp_path, former, now):
    rows = made_lists.cells(MADE)
    for row, old in zip(rows, [former, *(each.entity for each in OTHER)], strict=True):
        row.insert(ENTITY, old)
    rows[0][ENTITY + 1] = now
    assert_accepted(lists.read(made_lists.write(tmp_path / "list.csv", rows, TITLE)))


@pytest.mark.parametrize("at", [SERVICE, ENTITY, NUMBER])
def test_two_columns_of_one_meaning_are_read_where_they_agree(tmp_path, at):
    rows = made_lists.cells(MADE)
    for row in rows:
        row.insert(at, row[at])
    rows[3][at] = made_lists.cells(OTHER)[3][at]
    read = lists.read(made_lists.write(tmp_path / "list.csv", rows, TITLE))
    assert set(read.entries["number"]) == set(TRUTH) - {MADE[2].number}
    assert read.quarantine["row"].iloc[0] == 5 and "differ" in read.quarantine["reason"].iloc[0]
    # Of two numbers in a row, each may be a filing.
    assert len(read.quarantine) == (2 if at == NUMBER else 1)


def test_a_list_with_former_numbers_only_is_refused(tmp_path):
    rows = made_lists.cells(MADE)
    rows[0][NUMBER] = "原备案编号"
    with pytest.raises(lists.ListError, match="header"):
        lists.read(made_lists.write(tmp_path / "list.csv", rows))


def test_a_header_in_traditional_characters(tmp_path):
    rows = made_lists.cells(MADE)
    rows[0] = ["序號", "區塊鏈信息服務名稱", "備案主體", "備案編號", "備註"]
    for row in rows[1:]:
        row[NUMBER] = row[NUMBER].replace("号", "號").replace("网", "網").replace("备", "備")
    assert_accepted(lists.read(made_lists.write(tmp_path / "list.csv", rows, "第五批")))


@pytest.mark.parametrize("form", [".xlsx", ".html", ".docx"])
def test_one_value_for_service_and_filer_is_refused(tmp_path, form):
    rows = made_lists.cells(MADE)
    rows[2][ENTITY] = rows[2][SERVICE]
    read = lists.read(made_lists.write(tmp_path / f"list{form}", rows, TITLE))
    assert_accounted_for(read)
    assert len(read.quarantine) == 1


@pytest.mark.parametrize("form", [".xlsx", ".html", ".docx", ".csv"])
def test_several_filings_in_one_cell_are_all_in_quarantine(tmp_path, form):
    rows = made_lists.cells(MADE)
    for at in (SERVICE, ENTITY, NUMBER):
        rows[2][at] = "\n".join(row[at] for row in rows[2:5])
    del rows[3:5]
    read = lists.read(made_lists.write(tmp_path / f"list{form}", rows, TITLE))
    assert_accounted_for(read)
    assert set(read.quarantine["number"]) == {each.number for each in MADE[1:4]}


# --- batch -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "batch"),
    [("继第一批、第二批之后，现发布第三批清单", 3), ("继第一批发布以来，第2批清单", 2),
     ("自第一批发布后，现发布第十二批", 12), ("第五批（第五批）", 5), ("第6批", 6),
     ("境内区块链信息服务备案清单（第六批）", 6), ("备案清单", None)],
)  # fmt: skip
@pytest.mark.parametrize("form", [".csv", ".docx", ".pdf"])
def test_batch_of_a_title(tmp_path, title, batch, form):
    read = lists.read(made_lists.write(tmp_path / f"list{form}", made_lists.cells(MADE), title))
    assert read.batch == batch


SEVERAL = (
    "第一批、第二批清单", "第一至三批清单", "第3-5批", "第三、四批", "第三四批", "第十二三批",
    "前三批清单", "第1批和第2批", "截至第五批", "第一批至第四批", "继第一批",
)  # fmt: skip


@pytest.mark.parametrize("title", SEVERAL)
@pytest.mark.parametrize("form", [".csv", ".docx", ".html"])
def test_a_title_that_leaves_the_batch_open_is_refused_with_the_remedy(tmp_path, title, form):
    path = made_lists.write(tmp_path / f"list{form}", made_lists.cells(MADE), title)
    with pytest.raises(lists.ListError, match="name of the file"):
        lists.read(path)


@pytest.mark.parametrize(
    "name", ["batch-1-3", "batches 1 to 3", "第三四批", "第一批和第二批", "第2-4批", "第十、十一批"]
)
def test_a_name_of_several_batches_is_refused(tmp_path, name):
    path = made_lists.write(tmp_path / f"{name}.csv", made_lists.cells(MADE))
    with pytest.raises(lists.ListError, match="several batches"):
        lists.read(path)


def test_the_name_decides_which_batch_of_the_title_it_is(tmp_path):
    title = "第一批、第二批、第三批"
    path = made_lists.write(tmp_path / "batch-3.docx", made_lists.cells(MADE), title)
    assert lists.read(path).batch == 3


def test_a_batch_in_navigation_only_is_none(tmp_path):
    path = tmp_path / "list.html"
    for menu in (
        "<nav>第三批</nav>", '<div class="top-nav"><p>第三批</p></div>', "<ul><li>第三批</ul>",
        '<a href="x">第三批</a>',
    ):  # fmt: skip
        page = made_lists.html_page(made_lists.cells(MADE)).replace("<body>", f"<body>{menu}")
        path.write_text(page, encoding="utf-8")
        assert lists.read(path).batch is None


def test_lists_of_several_batches_in_one_file_are_refused(tmp_path):
    rows = made_lists.cells(MADE)
    book = openpyxl.Workbook()
    book.active.title = "第一批"
    for sheet, part in (
        (book.active, rows[:5]),
        (book.create_sheet("第二批"), rows[:1] + rows[5:]),
    ):
        for row in part:
            sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    made_lists.write(tmp_path / "list.csv", [["第一批"], *rows[:5]], "第一批")
    page = made_lists.html_page(rows[:5], "第一批")
    second = made_lists.html_page(rows[:1] + rows[5:], "x").replace("<p>x</p>", "<h2>第二批</h2>")
    (tmp_path / "list.html").write_text(page + second, encoding="utf-8")
    for form in ("xlsx", "html"):
        with pytest.raises(lists.ListError, match="several batches"):
            lists.read(tmp_path / f"list.{form}")


# --- html --------------------------------------------------------------------------------------

UNSEEN = (
    '<script>track("x")</script>', "<style>.a{}</style>", "<!-- 旧名 -->", "<del>旧名</del>",
    "<span hidden>旧名</span>", '<b style="display: none">旧名</b>', "<template>旧名</template>",
    '<i style="visibility:hidden">旧名</i>', "<!-- <table><tr> -->", "<script>'<table>'</script>",
    "<!--[if !IE]><!-->", "<!-->",
)  # fmt: skip


@pytest.mark.parametrize("what", UNSEEN)
@pytest.mark.parametrize("where", ["in a cell", "before the table", "between rows"])
def test_html_what_is_not_seen_is_no_text(tmp_path, what, where):
    page = made_lists.html_page(made_lists.cells(MADE), TITLE)
    spot = {"in a cell": MADE[3].service, "before the table": "<table>", "between rows": "<tr>"}[
        where
    ]
    path = tmp_path / "list.html"
    path.write_text(page.replace(spot, what + spot, 3), encoding="utf-8")
    assert_accepted(lists.read(path))


def test_html_hidden_row_is_no_row(tmp_path):
    page = made_lists.html_page(made_lists.cells(MADE), TITLE)
    gone = filings(1, seed=77)[0]
    row = f"<tr style='display:none'><td>0<td>{gone.service}<td>{gone.entity}<td>{gone.number}</tr>"
    path = tmp_path / "list.html"
    path.write_text(page.replace("</table>", row + "</table>"), encoding="utf-8")
    assert_accepted(lists.read(path))


@pytest.mark.parametrize(("tags", "read"), [("<b>" * 400, True), ("<div>" * 3000, False)])
def test_html_nested_deeply_loses_no_row(tmp_path, tags, read):
    page = made_lists.html_page(made_lists.cells(MADE), TITLE)
    path = tmp_path / "list.html"
    path.write_text(page.replace(MADE[3].service, tags + MADE[3].service), encoding="utf-8")
    if read:
        assert_accepted(lists.read(path))
    else:
        with pytest.raises(lists.ListError, match="nested"):
            lists.read(path)


def test_html_table_in_a_cell_is_read_once(tmp_path):
    page = made_lists.html_page(made_lists.cells(MADE), TITLE)
    page = page.replace("<table>", "<table><tr><td><table>").replace("</table>", "</table>" * 2)
    path = tmp_path / "list.html"
    path.write_text(page, encoding="utf-8")
    assert_accepted(lists.read(path))


def test_html_filing_outside_the_table(tmp_path):
    page = made_lists.html_page(made_lists.cells(MADE[:-1]), TITLE)
    number = MADE[-1].number
    note = f"<p>另有<b>{number[:8]}</b>{number[8:]}</p></body>"
    path = tmp_path / "list.html"
    path.write_text(page.replace("</body>", note), encoding="utf-8")
    read = lists.read(path)
    assert_accounted_for(read)
    assert read.quarantine["number"].tolist() == [number]


# --- spreadsheets and text -----------------------------------------------------------------------


@pytest.mark.parametrize("form", [".csv", ".tsv", ".xlsx", ".xls"])
@pytest.mark.parametrize("forced", ["'{}", '="{}"'])
def test_what_makes_a_cell_text_is_no_text(tmp_path, form, forced):
    rows = made_lists.cells(MADE)
    for row in rows[1:]:
        row[SERVICE:] = [forced.format(cell) if cell else "" for cell in row[SERVICE:]]
    assert_accepted(lists.read(made_lists.write(tmp_path / f"list{form}", rows, TITLE)))


@pytest.mark.parametrize("at", [SERVICE, ENTITY])
@pytest.mark.parametrize("value", [360.0, 0.1, 1e21, True])
def test_a_number_where_a_name_was_meant_is_refused(tmp_path, at, value):
    book = openpyxl.Workbook()
    for row in made_lists.cells(MADE):
        book.active.append(row)
    book.active.cell(4, at + 1).value = value
    book.save(tmp_path / "list.xlsx")
    read = lists.read(tmp_path / "list.xlsx")
    assert_accounted_for(read)
    assert read.quarantine["row"].tolist() == [4]


@pytest.mark.parametrize("form", [".csv", ".tsv", ".html"])
@pytest.mark.parametrize("at", [SERVICE, ENTITY, NUMBER])
@pytest.mark.parametrize("far", [False, True], ids=["near", "beyond 64 KiB"])
def test_a_nul_is_named_and_no_other_row_suffers(tmp_path, form, at, far):
    rows = made_lists.cells(MADE)
    rows[3][at] = rows[3][at][:2] + "\0" + rows[3][at][2:]
    title = TITLE + "\n" * (70_000 if far else 0)
    read = lists.read(made_lists.write(tmp_path / f"list{form}", rows, title))
    assert_accounted_for(read)
    assert len(read.quarantine) == 1 and "NUL" in read.quarantine["reason"].iloc[0]


@pytest.mark.parametrize("form", [".csv", ".docx", ".xlsx", ".html"])
def test_signs_that_stand_for_others(tmp_path, form):
    rows = made_lists.cells(MADE)
    for row in rows:
        row[:] = [cell.translate(str.maketrans("大金网长云", "⼤⾦⽹⻓云")) for cell in row]
    assert_accepted(lists.read(made_lists.write(tmp_path / f"list{form}", rows, TITLE)))


def test_a_filer_is_one_however_wide_its_signs(tmp_path):
    rows = made_lists.cells(MADE[:2])
    rows[1][ENTITY], rows[2][ENTITY] = "甲＆乙（北京）－Ａ．有限公司", "甲&乙(北京)-A.有限公司"
    read = lists.read(made_lists.write(tmp_path / "list.csv", rows))
    assert read.entries["entity"].nunique() == 1


# --- bombs ---------------------------------------------------------------------------------------


def sheet_with(path, cell, merged=""):
    """An xlsx whose sheet holds one more cell, written as given."""
    whole = made_lists.write(path.with_name("whole.xlsx"), made_lists.cells(MADE))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                row = f'<row r="1048576">{cell}</row></sheetData>'
                if merged:
                    row = f'</sheetData><mergeCells><mergeCell ref="{merged}"/></mergeCells>'
                content = content.decode().replace("</sheetData>", row).encode()
            new.writestr(name, content)


def html_spans(path):
    cell = '<td colspan="1000" rowspan="1000">甲</td>'
    path.write_text("<html><body><table>" + f"<tr>{cell * 200}</tr>" * 60 + "</table></html>")


def docx_spans(path):
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="1000"/></w:tcPr><w:p/></w:tc>'
    with pytest.raises(lists.ListError):
        changed_docx(path, lambda xml: xml.replace("</w:tr>", cell * 300 + "</w:tr>"))


def pdf_stream(path):
    made_lists.write_pdf(path, [made_lists.cells(MADE)])
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**24) for _ in range(6)) + packer.flush()
    stream = b"99 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed)
    content = path.read_bytes()
    start = content.rindex(b"startxref")
    at = start
    content = content[:start] + stream + packed + b"\nendstream\nendobj\n" + content[start:]
    xref = content.rindex(b"xref\n0 ", 0, at)
    entry = b"xref\n99 1\n%010d 00000 n \ntrailer\n<< /Size 100 /Root 1 0 R /Prev %d >>\n" % (
        at,
        xref,
    )
    end = content.rindex(b"startxref")
    path.write_bytes(content[:end] + entry + b"startxref\n%d\n%%%%EOF\n" % end)


def far_reference(path):
    sheet_with(path, '<c r="xfd1048576"><v>1</v></c>')


def spaced_reference(path):
    sheet_with(path, '<c r = "XFD1048576" ><v>1</v></c>')


def merged_whole(path):
    sheet_with(path, "", merged="F2:XFD1048576")


BOMBS = (html_spans, docx_spans, pdf_stream, far_reference, spaced_reference)


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda each: each.__name__)
def test_a_bomb_is_one_line_and_hinders_no_other_list(tmp_path, bomb):
    good = made_lists.write(tmp_path / "good.csv", made_lists.cells(MADE))
    path = tmp_path / "bomb"
    bomb(path)
    start = time.monotonic()
    read = lists.read_all([path, good])
    assert time.monotonic() - start < 30
    (error,) = read.errors
    assert str(error).startswith("bomb: ") and "\n" not in str(error)
    assert_accepted(read.lists[0])


def test_a_list_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(lists.apart, "_SECONDS", 0)
    monkeypatch.setattr(lists.apart, "_BYTES_A_SECOND", 2**30)
    path = tmp_path / "slow.html"
    cell = '<td colspan="900">甲</td>'
    path.write_text("<html><body><table>" + f"<tr>{cell}</tr>" * 3000 + "</table></html>")
    with pytest.raises(lists.ListError, match="seconds"):
        lists.read(path)


def test_cells_merged_beyond_the_table_do_no_harm(tmp_path):
    merged_whole(tmp_path / "list.xlsx")
    assert_accounted_for(lists.read(tmp_path / "list.xlsx"))


def test_a_list_that_is_refused_hinders_no_other(tmp_path):
    long = made_lists.write(tmp_path / "batch-4.csv", made_lists.cells(filings(3000)), TITLE)
    good = made_lists.write(tmp_path / "good.csv", made_lists.cells(MADE))
    with pytest.raises(lists.ListError, match="titled"):
        lists.read(long)
    assert_accepted(lists.read(good))
