"""Official lists in every form: entries with their places, and what becomes of the rest."""

import doctest
import json
import zipfile
from pathlib import Path

import docx
import made_lists
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from filings import cli, lists, paths, places
from made_lists import FORMS, HEADER, filings

MADE = filings(40, seed=1)
TITLE = "第五批境内区块链信息服务备案清单"


def assert_all_read(read: lists.ListRead, made=MADE) -> None:
    assert (read.rows, len(read.quarantine)) == (len(made), 0)
    assert read.entries["number"].tolist() == [each.number for each in made]
    assert read.entries["province"].tolist() == [each.province for each in made]
    assert read.entries["entity"].tolist() == [each.entity.replace(" ", "") for each in made]
    assert read.entries["service"].tolist() == [each.service for each in made]
    assert read.entries["remark"].tolist() == [each.remark for each in made]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_entries(tmp_path, form):
    read = lists.read(made_lists.write(tmp_path / f"list{form}", made_lists.cells(MADE), TITLE))
    assert_all_read(read)
    assert read.batch == 5 and set(read.entries["batch"]) == {5}
    plain = lists.read(made_lists.write(tmp_path / "list.csv", made_lists.cells(MADE), TITLE))
    columns = [name for name in lists.COLUMNS if name != "row"]
    pd.testing.assert_frame_equal(read.entries[columns], plain.entries[columns])
    assert tuple(read.entries.columns) == lists.COLUMNS


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "unruled"])
@pytest.mark.parametrize("repeat", [True, False], ids=["header on each page", "header once"])
@pytest.mark.parametrize("centred", [True, False], ids=["centred", "from the top"])
def test_pdf_tables_over_pages(tmp_path, ruled, repeat, centred):
    cut = made_lists.pages(made_lists.cells(MADE), 12, repeat)
    path = tmp_path / "list.pdf"
    made_lists.write_pdf(path, cut, TITLE, ruled, centred, footer=True)
    assert_all_read(lists.read(path))


def test_a_pdf_row_cut_in_two_by_a_page_break(tmp_path):
    rows = made_lists.cells(MADE[:8])
    first, second = list(rows[4]), [""] * len(HEADER)
    for at in (1, 2, 3):
        first[at], second[at] = rows[4][at][:9], rows[4][at][9:]
    path = tmp_path / "list.pdf"
    made_lists.write_pdf(path, [[*rows[:4], first], [second, *rows[5:]]])
    assert_all_read(lists.read(path), MADE[:8])


def test_word_tables_split_with_and_without_header(tmp_path):
    for repeat in (True, False):
        path = tmp_path / f"{repeat}.docx"
        made_lists.write_docx(path, made_lists.pages(made_lists.cells(MADE), 9, repeat))
        assert_all_read(lists.read(path))


@pytest.mark.parametrize("form", [".csv", ".html", ".docx", ".xlsx", ".xls", ".pdf"])
def test_headers_in_other_words(tmp_path, form):
    rows = made_lists.cells(MADE)
    rows[0] = ["序 号", "区块链信息\n服务名称", "备案主体名称", "备 案 号", "备注"]
    assert_all_read(lists.read(made_lists.write(tmp_path / f"list{form}", rows)))


def test_merged_cells(tmp_path):
    """A filer's name that stands once beside its services, in the three forms that merge cells."""
    made = [each for each in MADE if [e.entity for e in MADE].count(each.entity) == 3][:3]
    rows = made_lists.cells(made)
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("C2:C4")
    book.save(tmp_path / "list.xlsx")
    document = docx.Document()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for cells, values in zip(table.rows, rows, strict=True):
        for cell, value in zip(cells.cells, values, strict=True):
            cell.text = value
    for at in (2, 3):
        table.cell(at, 2).text = ""
    table.cell(1, 2).merge(table.cell(3, 2))
    document.save(str(tmp_path / "list.docx"))
    page = made_lists.html_page(rows)
    cell = f"<td>{made[0].entity}</td>"
    page = page.replace(cell, f'<td rowspan="3">{made[0].entity}</td>', 1).replace(cell, "")
    (tmp_path / "list.html").write_text(page, encoding="utf-8")
    for form in ("xlsx", "docx", "html"):
        assert_all_read(lists.read(tmp_path / f"list.{form}"), made)


def test_stray_blanks_line_breaks_and_wide_signs_in_cells(tmp_path):
    rows = made_lists.cells(MADE[:1])
    rows[1][1:4] = [
        "云 链\n平台２",
        "北京 某某(集团)\n有限公司 Lab  Two",
        rows[1][3].replace("网", "网　"),
    ]
    entry = lists.read(made_lists.write(tmp_path / "list.xlsx", rows)).entries.iloc[0]
    assert (entry["service"], entry["entity"]) == ("云链平台2", "北京某某（集团）有限公司Lab Two")
    assert entry["number"] == MADE[0].number


def test_places_and_parts_come_from_the_number(tmp_path):
    read = lists.read(made_lists.write(tmp_path / "list.csv", made_lists.cells(MADE)))
    for entry in read.entries.itertuples():
        where = places.locate(entry.division_code, entry.year)
        assert (entry.province, entry.prefecture, entry.county, entry.basis) == (
            where.province, where.prefecture, where.county, where.basis,
        )  # fmt: skip
        assert entry.province in places.regions()[entry.region]
        assert entry.number[4:24] == (
            f"{entry.division_code}{entry.year % 100}{entry.filer}{entry.sequence}"
            + entry.number[23]
        )


def test_cancelled_filings_stay_and_are_marked(tmp_path):
    read = lists.read(made_lists.write(tmp_path / "list.csv", made_lists.cells(MADE)))
    assert read.entries["cancelled"].tolist() == [bool(each.remark) for each in MADE]
    assert read.entries["cancelled"].any()


def test_a_filing_in_two_lists_is_one_filing_with_two_appearances(tmp_path):
    for batch, made in ((2, MADE[10:30]), (1, MADE[:15])):
        made_lists.write(tmp_path / f"batch-{batch}.csv", made_lists.cells(made))
    read = lists.read_all(tmp_path)
    assert [each.batch for each in read.lists] == [1, 2] and not read.errors
    assert len(read.entries) == 35 and read.entries["number"].nunique() == 30
    second = read.entries[read.entries["appearance"] == 2]
    assert set(second["list"]) == {"batch-2"}
    assert set(second["number"]) == {each.number for each in MADE[10:15]}


def test_former_names_are_kept_apart(tmp_path):
    rows = made_lists.cells(MADE[:2])
    rows[1][4] = "原主体名称“甲有限公司”变更为“乙（北京）有限公司”"
    rows[2][4] = "变更内容：主体名称由丙有限公司变更为丁有限公司，新增产品"
    read = lists.read(made_lists.write(tmp_path / "list.csv", rows))
    history = lists.entity_history(read.entries)
    assert history[["before", "after"]].to_numpy().tolist() == [
        ["甲有限公司", "乙（北京）有限公司"], ["丙有限公司", "丁有限公司"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "batch"),
    [("第一批", 1), ("第十批", 10), ("第十一批", 11), ("第二十批", 20), ("第二十三批", 23),
     ("第 5 批", 5), ("batch-5", 5), ("Batch_07 list", 7), ("batch12", 12),
     ("algorithm-2024-04", None), ("批", None), ("batch-123", None)],
)  # fmt: skip
def test_batch_in_a_name(text, batch):
    assert lists.batches.batch_of(Path(f"{text}.csv"), "", []) == batch


def test_name_and_title_of_different_batches_are_refused(tmp_path):
    path = made_lists.write(tmp_path / "batch-4.csv", made_lists.cells(MADE), TITLE)
    with pytest.raises(lists.ListError, match="batch 4 but titled batch 5"):
        lists.read(path)


# --- whole lists that can't be read ---------------------------------------------------------


def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(2**27))


def lying_zip(path):
    """An archive whose directory promises fewer bytes than it unpacks to."""
    zip_bomb(path)
    content = path.read_bytes()
    path.write_bytes(content.replace((2**27).to_bytes(4, "little"), (99).to_bytes(4, "little")))


def encrypted_office(path):
    path.write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    )


def old_word(path):
    path.write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "WordDocument".encode("utf-16-le")
    )


def encrypted_zip(path):
    made_lists.write(path.with_suffix(".docx"), made_lists.cells(MADE))
    content = bytearray(path.with_suffix(".docx").read_bytes())
    content[6] |= 1
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)


def encrypted_pdf(path):
    made_lists.write(path.with_suffix(".pdf"), made_lists.cells(MADE))
    content = path.with_suffix(".pdf").read_bytes()
    locked = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'61' * 32}> /U <{'62' * 32}> >>"
    identity = " /ID [<61> <61>]"
    path.write_bytes(content.replace(b"/Root", (locked + identity + " /Root").encode(), 1))


def stray_cell(path):
    book = openpyxl.Workbook()
    for row in made_lists.cells(MADE):
        book.active.append(row)
    book.active["XFD1048576"] = " "
    book.save(path.with_suffix(".xlsx"))
    path.with_suffix(".xlsx").rename(path)


def nothing(path):
    path.write_bytes(b"")


def no_table(path):
    docx.Document().save(str(path))


def header_only(path):
    made_lists.write(path.with_suffix(".csv"), [list(HEADER)])
    path.write_bytes(path.with_suffix(".csv").read_bytes())


def missing(path):
    pass


BROKEN = {
    zip_bomb: "would unpack", lying_zip: "damaged", encrypted_office: "encrypted",
    old_word: "old Word", encrypted_zip: "encrypted", encrypted_pdf: "encrypted",
    stray_cell: "beyond the table", nothing: "empty", no_table: "header", header_only: "header",
    missing: "cannot be opened",
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: each.__name__)
def test_a_list_that_cannot_be_read_is_one_clear_error_and_hinders_no_other(tmp_path, broken):
    path = tmp_path / "broken.docx"
    broken(path)
    with pytest.raises(lists.ListError, match=BROKEN[broken]) as refused:
        lists.read(path)
    assert str(refused.value).startswith("broken.docx: ") and "; " in str(refused.value)
    good = made_lists.write(tmp_path / "good.csv", made_lists.cells(MADE))
    read = lists.read_all([path, good])
    assert [str(error) for error in read.errors] == [str(refused.value)]
    assert_all_read(read.lists[0])


def test_entities_of_xml_and_macros_are_inert(tmp_path):
    whole = made_lists.write(tmp_path / "whole.docx", made_lists.cells(MADE))
    entity = '<!DOCTYPE x [<!ENTITY a "BOMB">]>'
    for name, change in (
        ("entity.docx", lambda xml: xml.replace("<w:document", f"{entity}<w:document", 1)
            .replace("</w:t>", "&a;</w:t>", 3)),
        ("macro.docm", None),
    ):  # fmt: skip
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / name, "w") as new:
            for item in old.namelist():
                content = old.read(item)
                if change and item == "word/document.xml":
                    content = change(content.decode("utf-8")).encode("utf-8")
                if not change and item == "[Content_Types].xml":
                    content = content.replace(
                        b"application/vnd.openxmlformats-officedocument.wordprocessingml."
                        b"document.main+xml",
                        b"application/vnd.ms-word.document.macroEnabled.main+xml",
                    )
                new.writestr(item, content)
    assert_all_read(lists.read(tmp_path / "macro.docm"))
    try:
        read = lists.read(tmp_path / "entity.docx")
    except lists.ListError:
        return
    assert not read.entries.astype(str).stack().str.contains("BOMB").any()


# --- the command ----------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(cli.main, ["ingest", *map(str, arguments)])


def test_command(tmp_path):
    rows = made_lists.cells(MADE)
    rows[3][3] = "京网信备XXX号"
    path = made_lists.write(tmp_path / "batch-3.xlsx", rows)
    done = run(path, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0 and done.stderr == ""
    (said,) = json.loads(done.stdout)
    by_province = said.pop("by_province")
    accepted = [each.province for at, each in enumerate(MADE) if at != 2]
    assert by_province == {name: accepted.count(name) for name in by_province}
    assert sum(by_province.values()) == len(accepted)
    assert said == {"list": "batch-3", "rows": 40, "accepted": 39, "quarantined": 1}
    entries = pd.read_csv(tmp_path / "out" / "entries.csv", dtype=str)
    quarantine = pd.read_csv(tmp_path / "out" / "quarantine.csv", dtype=str)
    assert tuple(entries.columns) == lists.COLUMNS and len(entries) == 39
    assert tuple(quarantine.columns) == lists.QUARANTINE
    assert quarantine.loc[0, ["file", "row", "field"]].tolist() == ["batch-3.xlsx", "4", "number"]


def test_command_says_one_line_per_broken_list_and_leaves_good_output_alone(tmp_path):
    good = made_lists.write(tmp_path / "good.csv", made_lists.cells(MADE))
    out = tmp_path / "out"
    assert run(good, "--out", out).exit_code == 0
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    nothing(tmp_path / "broken.docx")
    done = run(tmp_path / "broken.docx", "--out", out, "--json")
    assert done.exit_code == 2 and json.loads(done.stdout) == []
    assert done.stderr.splitlines() == ["Error: broken.docx: is empty; download it again"]
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    both = run(tmp_path / "broken.docx", good, "--out", out)
    assert both.exit_code == 2
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_formula_reaches_a_spreadsheet(tmp_path, sign):
    rows = made_lists.cells(MADE[:3])
    rows[1][1] = f"{sign}HYPERLINK(1)"
    rows[2][4] = f"{sign}1+1"
    rows[3][3] = f"{sign}cmd|x"
    for form in (".csv", ".xlsx"):
        path = made_lists.write(tmp_path / f"list{form}", rows)
        assert run(path, "--out", tmp_path / form).exit_code == 0
        for name in ("entries", "quarantine"):
            table = pd.read_csv(tmp_path / form / f"{name}.csv", dtype=str, keep_default_na=False)
            assert not table.map(lambda cell: cell.startswith(("=", "+", "-", "@"))).any(axis=None)
        entries = pd.read_csv(tmp_path / form / "entries.csv", dtype=str)
        assert entries["service"].iloc[0] == f"'{sign}HYPERLINK(1)"


def test_the_folder_for_lists_may_be_empty():
    read = lists.read_all(paths.LISTS)
    assert all(isinstance(each, lists.ListRead) for each in read.lists)


def test_examples_in_the_documentation():
    outcome = doctest.testmod(lists.batches)
    assert outcome.attempted and not outcome.failed
