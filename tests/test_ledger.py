"""The ledger: read whole or refused with file, row and remedy; said in two languages."""

import csv
import re
from decimal import Decimal

import pandas as pd
import pytest
from filings import ledger, paths
from filings.ledger import LedgerError
from hypothesis import given
from hypothesis import strategies as st

GOOD = {
    "id": "A1", "source": "S01", "kind": "count", "place": "四川", "batches": "2",
    "unit": "services", "relation": "=", "value": "12", "of": "", "phrase": "共12个", "note": "",
}  # fmt: skip
SAMPLES = {
    "count": {},
    "share": {"value": "28.15", "of": "全国"},
    "coverage": {"place": "全国", "unit": "provinces", "value": "19"},
    "order": {"place": "全国", "value": "北京>广东>浙江"},
    "leaders": {"place": "全国", "value": "北京+广东"},
    "rank": {"value": "8"},
    "first_batch": {"batches": "1-3", "value": "3"},
    "multi_filers": {"unit": "entities", "value": "3"},
    "single_filers": {"unit": "entities", "value": "3"},
    "max_per_entity": {"value": "5"},
    "services_of_multi_filers": {"value": "50"},
    "share_of_multi_filers": {"place": "全国", "value": "25.4", "of": "全国"},
    "published": {"place": "全国", "unit": "date", "value": "2019-03-30"},
    "category": {"place": "全国", "value": "40", "note": "category: finance"},
    "category_share": {"place": "全国", "unit": "percent", "value": "20"},
    "bank_filers": {"place": "全国", "unit": "entities", "value": "6"},
    "bank_services": {"place": "全国", "value": "9"},
    "listed_filers": {"place": "全国", "unit": "entities", "value": "30"},
    "trend": {"place": "全国", "unit": "", "value": "up", "phrase": "逐批上升"},
    "lists_released": {"place": "全国", "batches": "", "unit": "lists", "value": "19"},
}  # fmt: skip


def written(tmp_path, *rows, columns=ledger.COLUMNS):
    file = tmp_path / "ledger.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**GOOD, **row} for row in rows)
    return file


def one(tmp_path, **changed):
    (found,) = ledger.read(written(tmp_path, changed))
    return found


def refused(file) -> tuple[str, ...]:
    with pytest.raises(LedgerError) as caught:
        ledger.read(file)
    return caught.value.problems


# --- what is read ---


def test_the_ledger_on_file_is_read_whole():
    with paths.STATEMENTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = ledger.read()
    assert [each.id for each in found] == [row["id"] for row in rows]
    assert all(each.places and each.source for each in found)


def test_a_row_becomes_typed_fields(tmp_path):
    found = one(
        tmp_path, kind="share", value="28.10", of="中国", place="广东省+北京", batches="1-2+4"
    )
    assert found.places == ("广东", "北京") and found.place == "广东+北京"
    assert found.batches == (1, 2, 4) and found.of == "全国" and found.row == 2
    assert found.value == Decimal("28.1") and found.value.as_tuple().exponent == -2
    assert one(tmp_path, kind="order", place="全国", value="北京>深圳").value == ("北京", "深圳")


@pytest.mark.parametrize("kind", SAMPLES)
def test_written_rows_are_read_again(tmp_path, kind):
    found = one(tmp_path, kind=kind, **SAMPLES[kind])
    again = ledger.from_rows([[*ledger.COLUMNS], list(ledger.as_row(found).values())], "again")
    assert again == (found,)


def test_what_binds_and_what_does_not(tmp_path):
    for kind, changed in SAMPLES.items():
        assert one(tmp_path, kind=kind, **changed).binds == ledger.KINDS[kind].binds
    assert not one(tmp_path, relation="~").binds
    assert not one(tmp_path, batches="").binds


def test_blank_lines_a_byte_order_mark_and_other_columns_do_no_harm(tmp_path):
    file = written(tmp_path, {}, columns=(*reversed(ledger.COLUMNS), "mine"))
    file.write_bytes("\ufeff".encode() + file.read_bytes() + b"\r\n,,,,,,,,,,,\r\n")
    assert len(ledger.read(file)) == 1


@given(st.sets(st.integers(1, 99), min_size=1, max_size=8))
def test_selections_are_written_as_they_are_read(numbers):
    batches = ledger.Batches(numbers)
    assert ledger.Batches.parse(str(batches)) == batches


# --- what is refused ---


@pytest.mark.parametrize(
    ("changed", "remedy"),
    [
        ({"id": ""}, "give each statement its own"),
        ({"kind": "counts"}, "use one of count, share"),
        ({"relation": ">"}, "use one of = >= <= ~"),
        ({"unit": "firms"}, "use services or entities"),
        ({"kind": "multi_filers", "unit": "services"}, "use entities"),
        ({"place": "四川州"}, "near matches: .*四川"),
        ({"place": ""}, "unknown place"),
        ({"place": "鼓楼区"}, "name one of: .*南京鼓楼区"),
        ({"place": "四川+四川省"}, "twice"),
        ({"place": "广东+深圳"}, "深圳 twice: it lies in 广东"),
        ({"place": "深圳南山区+广东"}, "深圳南山区 twice: it lies in 广东"),
        ({"place": "全国+四川"}, "四川 twice: it lies in 全国"),
        ({"batches": "3-1"}, "write 1-3"),
        ({"batches": "0"}, "of the form 3, 1-3 or 2\\+3"),
        ({"batches": "2+1-3"}, "a batch twice"),
        ({"batches": "第二批"}, "of the form"),
        ({"value": "12.5"}, "write digits only"),
        ({"value": "1,200"}, "write digits only"),
        ({"value": "-3"}, "write digits only"),
        ({"value": "１２"}, "write digits only"),
        ({"value": ""}, "write digits only"),
        ({"kind": "share", "of": "全国", "value": "101"}, "not a percentage"),
        ({"kind": "share", "of": "全国", "value": "28.15%"}, "write 28.15 for 28.15 %"),
        ({"kind": "share", "of": "全国", "value": "1e1"}, "not a percentage"),
        ({"kind": "share", "of": "全国", "value": "1.23456"}, "no more than four decimals"),
        ({"kind": "share", "value": "20"}, "name the place whose count is 100 percent"),
        ({"kind": "share", "value": "20", "of": "四州"}, "near matches"),
        ({"kind": "order", "place": "全国", "value": "北京"}, "two places or more"),
        ({"kind": "order", "place": "全国", "value": "北京>北京市"}, "twice"),
        ({"kind": "order", "value": "北京>广东"}, "write 全国"),
        ({"kind": "order", "place": "全国", "value": "北京>广东", "relation": ">="}, "use = "),
        ({"kind": "leaders", "place": "全国", "value": "北京+深圳"}, "use order or rank"),
        ({"kind": "coverage", "unit": "provinces", "value": "19"}, "write 全国"),
        ({"kind": "rank", "place": "全国", "value": "3"}, "one place below the nation"),
        ({"kind": "rank", "place": "四川+湖南", "value": "3"}, "one place below the nation"),
        ({"kind": "rank", "value": "0"}, "ranks start at 1"),
        ({"kind": "first_batch", "value": "0"}, "batches are 1 to 99"),
        ({"kind": "first_batch", "value": "5000"}, "batches are 1 to 99"),
        ({"value": "12345678"}, "too large"),
        ({"kind": "max_per_entity", "relation": "<="}, "use = "),
    ],
    ids=lambda part: "" if isinstance(part, str) else ",".join(map("=".join, part.items())),
)  # fmt: skip
def test_a_row_that_cannot_be_taken_is_refused_with_file_row_and_remedy(tmp_path, changed, remedy):
    (problem,) = refused(written(tmp_path, {"id": "A0"}, changed))
    assert problem.startswith("ledger.csv, row 3 (")
    assert re.search(remedy, problem), problem


def test_an_id_given_twice_is_refused(tmp_path):
    (problem,) = refused(written(tmp_path, {}, {"value": "13"}))
    assert problem.startswith("ledger.csv, row 3") and "taken by row 2" in problem


def test_every_problem_is_told_at_once_and_nothing_is_taken(tmp_path):
    rows = [{"id": "A1"}, {"id": "A2", "kind": "sum"}, {"id": "A3"}, {"id": "A4", "value": "x"}]
    problems = refused(written(tmp_path, *rows))
    assert [problem.split(":")[0] for problem in problems] == [
        "ledger.csv, row 3 (A2)", "ledger.csv, row 5 (A4)",
    ]  # fmt: skip


@pytest.mark.parametrize("column", ledger.COLUMNS[:10])
def test_a_missing_column_is_named(tmp_path, column):
    left = [name for name in ledger.COLUMNS if name != column]
    (problem,) = refused(written(tmp_path, {}, columns=left))
    assert f"row 1: the header misses {column}; it must name id" in problem


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the header misses id, source"),
        ("id,source".encode("utf-16"), "save it as CSV UTF-8"),
        (",".join(ledger.COLUMNS).encode() + "\n四川".encode("gbk"), "save it as CSV UTF-8"),
        (",".join([*ledger.COLUMNS, "id"]).encode(), "names a column twice"),
        (",".join(ledger.COLUMNS).encode() + b'\nA1,"S01,count', "check the quotes"),
        (",".join(ledger.COLUMNS).encode() + b'\nA1,"S01"x,count', "check the quotes"),
        (",".join(ledger.COLUMNS).encode() + b"\nA1,S01,count", "3 fields where the header"),
    ],
    ids=["empty", "utf-16", "gbk", "doubled column", "open quote", "stray quote", "short row"],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content, said):
    file = tmp_path / "ledger.csv"
    file.write_bytes(content)
    (problem,) = refused(file)
    assert problem.startswith("ledger.csv") and said in problem


def test_a_file_that_is_missing(tmp_path):
    (problem,) = refused(tmp_path / "none.csv")
    assert problem.startswith("none.csv: cannot be read") and "check the path" in problem


# --- sources ---


def test_other_publications_that_say_the_same_count_too(tmp_path):
    found = one(tmp_path, source="S01;S02", also="S04;S06", note="seen in S99")
    assert ledger.sources(found) == ("S01", "S02", "S04", "S06")


def test_witnesses_count_for_themselves_or_for_the_text_they_copy(tmp_path):
    """S04 repeats S03 (data/raw/sources.csv), so a fact that both state has one witness."""
    rows = ledger.read(written(
        tmp_path,
        {"id": "A", "source": "S03", "also": "S04"},
        {"id": "B", "source": "S05", "value": "9"},
    ))  # fmt: skip
    table = ledger.witnesses(rows).set_index("source")
    assert table.loc["S04", "text_of"] == "S03" and table.loc["S03", "text_of"] == ""
    assert table.loc[["S03", "S05"], "alone"].to_list() == [1, 1]
    assert ledger.text_of("S04") == "S03" and ledger.text_of("S05") == "S05"


def test_a_text_that_a_spreadsheet_would_run_is_kept_and_read_back(tmp_path):
    from filings import paths

    for text in ("=1+1", "@x", "-y", "+z", "plain", "=", "-5"):
        table = pd.DataFrame({"phrase": [text]})
        paths.write_table(tmp_path / "t.csv", table)
        (written_text,) = pd.read_csv(tmp_path / "t.csv", dtype=str)["phrase"]
        assert paths.unquoted(written_text) == text
        assert written_text[0] not in "=+@-" or written_text in ("=", "-5")


# --- words ---


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_is_said_in_two_languages(tmp_path, kind):
    found = one(tmp_path, kind=kind, **SAMPLES[kind])
    english, chinese = ledger.words(found, "en"), ledger.words(found, "zh")
    assert set(SAMPLES) == {*ledger.KINDS}
    for text in (english, chinese):
        assert not re.search(r"[{}]|None|  |Decimal|\(\(|\.$", text), text
    assert re.search("[一-鿿]", chinese) and english[0].isupper()
    if kind != "trend":  # which has nothing to say but the source's phrase
        assert not re.search("[一-鿿]", english)
        shown = {"order": "北京", "leaders": "北京", "first_batch": "第三批"}.get(kind, found.value)
        assert str(shown) in chinese


@pytest.mark.parametrize("relation", [">=", "<=", "~"])
@pytest.mark.parametrize("kind", ["count", "share", "rank", "coverage", "multi_filers"])
def test_the_relation_is_heard(tmp_path, kind, relation):
    plain = one(tmp_path, kind=kind, **SAMPLES[kind])
    other = one(tmp_path, kind=kind, relation=relation, **SAMPLES[kind])
    for lang in ("en", "zh"):
        assert ledger.words(plain, lang) != ledger.words(other, lang)


def test_statements_that_differ_are_said_differently():
    """Two facts on file never read the same, or a reader could not tell them apart."""
    facts = {s.fact: s for s in ledger.read() if s.binds}.values()
    for lang in ("en", "zh"):
        said = [ledger.words(each, lang) for each in facts]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("changed", "english", "chinese"),
    [
        ({}, "Sichuan had 12 services in batch 2", "第二批四川共有12个服务"),
        ({"value": "1"}, "Sichuan had 1 service in batch 2", "第二批四川共有1个服务"),
        (
            {"relation": ">=", "batches": "1-2", "unit": "entities"},
            "Sichuan had at least 12 entities in batches 1-2 together",
            "前两批四川共有至少12家主体",
        ),
        (
            {"kind": "rank", "relation": "<=", "value": "10"},
            "Sichuan ranked among the first 10 by services in batch 2",
            "第二批四川的服务数不低于第10位",
        ),
        (
            {"kind": "order", "place": "全国", "value": "北京>陕西", "batches": "11"},
            "By services in batch 11 the order was Beijing > Shaanxi",
            "第十一批服务数由多到少依次为北京>陕西",
        ),
    ],
)
def test_how_statements_read(tmp_path, changed, english, chinese):
    found = one(tmp_path, **changed)
    assert ledger.words(found, "en") == english
    assert ledger.words(found, "zh") == chinese


@pytest.mark.parametrize(
    ("number", "chinese"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_chinese_numerals(number, chinese):
    assert ledger.Batches([number]).words("zh") == f"第{chinese}批"
