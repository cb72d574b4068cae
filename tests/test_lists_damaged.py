"""More than 200 damaged lists: each is read, refused or put in quarantine; no row gets lost."""

import codecs
import random
from collections.abc import Callable

import made_lists
import pytest
from filings import lists
from made_lists import FORMS, HEADER, filings

MADE = filings(24, seed=5)
TRUTH = {each.number: each for each in MADE}
VICTIM = 7  # the row, counted from 0 below the header, that damage to one row befalls
SERVICE, ENTITY, NUMBER = (HEADER.index(name) for name in ("服务名称", "主体名称", "备案编号"))


def plain(text: str) -> str:
    return text.replace(" ", "")


def assert_true(read: lists.ListRead) -> None:
    """Nothing but the truth was accepted, and each row is accounted for."""
    assert len(read.entries) + len(read.quarantine) == read.rows
    for entry in read.entries.itertuples():
        truth = TRUTH[entry.number]
        assert entry.province == truth.province
        assert plain(entry.service) == plain(truth.service)
        assert plain(entry.entity) == plain(truth.entity)
    explained = read.quarantine[["file", "field", "reason", "remedy"]]
    assert (explained != "").all(axis=None) and (read.quarantine["row"] > 0).all()


# --- one row is damaged ------------------------------------------------------------------------


def wrong_digit(row):
    row[NUMBER] = row[NUMBER][:9] + str((int(row[NUMBER][9]) + 3) % 10) + row[NUMBER][10:]


def swapped_digits(row):
    digits = list(row[NUMBER])
    at = next(at for at in range(10, 20) if digits[at] != digits[at + 1])
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    row[NUMBER] = "".join(digits)


def short_number(row):
    row[NUMBER] = row[NUMBER][:-3]


def letter_in_number(row):
    row[NUMBER] = row[NUMBER].replace("0", "O", 1)


def other_province(row):
    row[NUMBER] = ("沪" if row[NUMBER][0] != "沪" else "粤") + row[NUMBER][1:]


def no_number(row):
    row[NUMBER] = ""


def no_service(row):
    row[SERVICE] = ""


def no_entity(row):
    row[ENTITY] = "  "


def cells_swapped(row):
    row[ENTITY], row[NUMBER] = row[NUMBER], row[ENTITY]


def huge_cell(row):
    row[SERVICE] = "云" * 30_000


def two_in_one(row):
    row[ENTITY] = f"{row[ENTITY]} {row[NUMBER]}"


ROW_DAMAGE: list[Callable] = [
    wrong_digit, swapped_digits, short_number, letter_in_number, other_province, no_number,
    no_service, no_entity, cells_swapped, huge_cell, two_in_one,
]  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "form"),
    # A page has no room for a huge cell.
    [(d, f) for d in ROW_DAMAGE for f in FORMS if (d, f) != (huge_cell, ".pdf")],
)
def test_a_damaged_row_ends_in_quarantine_and_no_other(tmp_path, damage, form):
    rows = made_lists.cells(MADE)
    damage(rows[VICTIM + 1])
    read = lists.read(made_lists.write(tmp_path / f"list{form}", rows))
    assert_true(read)
    assert read.rows == len(MADE)
    assert set(read.entries["number"]) == set(TRUTH) - {MADE[VICTIM].number}
    assert len(read.quarantine["value"].iloc[0]) <= 201


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("changed", [False, True], ids=["same", "other service"])
def test_a_doubled_row_is_counted_once(tmp_path, form, changed):
    rows = made_lists.cells(MADE)
    double = list(rows[VICTIM + 1])
    if changed:
        double[SERVICE] = "别的平台"
    rows.insert(VICTIM + 4, double)
    read = lists.read(made_lists.write(tmp_path / f"list{form}", rows))
    assert_true(read)
    assert read.rows == len(MADE) + 1 and len(read.entries) == len(MADE)
    assert ("another service" in read.quarantine["reason"].iloc[0]) == changed


@pytest.mark.parametrize("cells", [2, 3, 6, 9])
@pytest.mark.parametrize("form", [".csv", ".tsv", ".html", ".xlsx"])
def test_too_few_or_too_many_cells(tmp_path, form, cells):
    rows = made_lists.cells(MADE)
    rows[VICTIM + 1] = (rows[VICTIM + 1] + ["甲"] * 4)[:cells]
    read = lists.read(made_lists.write(tmp_path / f"list{form}", rows))
    assert_true(read)
    assert read.quarantine["row"].tolist() == [VICTIM + 2]


# --- the header is damaged ---------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_columns_in_any_order(tmp_path, form, seed):
    header = random.Random(seed).sample(HEADER, len(HEADER))
    path = tmp_path / f"list{form}"
    rows = made_lists.cells(MADE, tuple(header))
    if form == ".pdf":
        made_lists.write_pdf(path, [rows], header=tuple(header), ruled=seed != 1)
    else:
        made_lists.write(path, rows)
    read = lists.read(path)
    assert_true(read)
    assert len(read.entries) == len(MADE)


@pytest.mark.parametrize("form", FORMS)
def test_columns_moved_under_a_header_that_stayed(tmp_path, form):
    rows = made_lists.cells(MADE)
    rows = [rows[0], *([row[-1], *row[:-1]] for row in rows[1:])]
    read = lists.read(made_lists.write(tmp_path / f"list{form}", rows))
    assert_true(read)
    assert read.entries.empty and read.rows == len(MADE)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("at", [SERVICE, ENTITY, NUMBER])
def test_a_header_without_a_needed_column_is_one_clear_error(tmp_path, form, at):
    rows = made_lists.cells(MADE)
    rows[0][at] = "栏目"
    path = made_lists.write(tmp_path / f"list{form}", rows)
    with pytest.raises(lists.ListError, match="header"):
        lists.read(path)


# --- the file is damaged -----------------------------------------------------------------------


def written(tmp_path, form):
    """The bytes of an undamaged list of the form, and a path to write damaged ones to."""
    source = made_lists.write(tmp_path / f"whole{form}", made_lists.cells(MADE))
    return source.read_bytes(), tmp_path / f"damaged{form}"


def read_or_refused(path) -> lists.ListRead | None:
    try:
        return lists.read(path)
    except lists.ListError as error:
        said = str(error)
        assert said.startswith(path.name) and "\n" not in said and len(said) < 300
        return None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kept", [0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_cut_off(tmp_path, form, kept):
    content, path = written(tmp_path, form)
    path.write_bytes(content[: int(len(content) * kept)])
    read = read_or_refused(path)
    if form in (".docx", ".xlsx", ".pdf", ".html"):
        assert read is None, "the end is missing, and that can be seen"
    if read:
        assert len(read.entries) + len(read.quarantine) == read.rows
        whole = read.entries.iloc[:-1]  # a cut may run through the last row's remark
        assert [TRUTH[n].province for n in whole["number"]] == whole["province"].tolist()
        assert read.entries["number"].tolist() == list(TRUTH)[: len(read.entries)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(6))
def test_bytes_changed(tmp_path, form, seed):
    content, path = written(tmp_path, form)
    chance = random.Random(seed)
    damaged = bytearray(content)
    for _ in range(4):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    path.write_bytes(damaged)
    read = read_or_refused(path)
    if read:
        assert len(read.entries) + len(read.quarantine) == read.rows
        assert set(read.entries["number"]) <= set(TRUTH)
        assert form not in (".docx", ".xlsx") or len(read.entries) == len(MADE)


@pytest.mark.parametrize("form", [".csv", ".tsv", ".html"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16", "utf-8"])
def test_encodings(tmp_path, form, encoding):
    content, path = written(tmp_path, form)
    path.write_bytes(content.decode("utf-8").encode(encoding))
    read = lists.read(path)
    assert_true(read)
    assert len(read.entries) == len(MADE)


@pytest.mark.parametrize("form", [".csv", ".tsv", ".html"])
@pytest.mark.parametrize("encoding", ["big5", "shift_jis", "euc_kr", "utf-16-le", "utf-32"])
def test_encodings_of_elsewhere_give_no_wrong_entry(tmp_path, form, encoding):
    content, path = written(tmp_path, form)
    path.write_bytes(content.decode("utf-8").encode(encoding, errors="replace"))
    read = read_or_refused(path)
    assert read is None or set(read.entries["number"]) <= set(TRUTH)


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_ending_does_not_matter(tmp_path, form):
    content, _ = written(tmp_path, form)
    path = tmp_path / "list.doc"
    path.write_bytes(content)
    assert len(lists.read(path).entries) == len(MADE)


@pytest.mark.parametrize("start", [b"\x7fELF", b"PK\x03\x04", b"%PDF-1.7\n", codecs.BOM_UTF8, b" "])
def test_files_that_are_no_lists(tmp_path, start):
    path = tmp_path / "list.xlsx"
    path.write_bytes(start + bytes(200))
    assert read_or_refused(path) is None


def test_an_open_quote_is_one_clear_error(tmp_path):
    content, path = written(tmp_path, ".csv")
    path.write_bytes(content.replace(b"3,", b'3,"', 1))
    with pytest.raises(lists.ListError, match="quote"):
        lists.read(path)
