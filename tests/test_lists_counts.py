"""From lists to counts and statements: the truth of made-up registers, and of the real control."""

import random
from collections import defaultdict

import made_lists
import pandas as pd
import pytest
from filings import ledger, lists, paths, places
from filings.bounds import IdentifiedSet, Sum, reconcile
from filings.lists import numbers
from made_lists import filings
from shared import SHARED

REGISTER = {1: filings(60, seed=11), 2: filings(90, seed=12), 3: filings(40, seed=13)}
# Filers of the first batch file again in the third.
REGISTER[3] += [
    made_lists.Filing(f"{each.service}二期", each.entity, number, each.province)
    for at, each in enumerate(REGISTER[1][:20])
    for number in [made_lists.number_for(each.number[4:10], 2020, 77_000_000 + at, 9)]
]


def write(folder, batches) -> lists.ListsRead:
    forms = {1: ".docx", 2: ".xlsx", 3: ".html"}
    for batch in batches:
        rows = made_lists.cells(REGISTER[batch])
        made_lists.write(folder / f"第{'一二三'[batch - 1]}批{forms[batch]}", rows)
    return lists.read_all(folder)


def truth(batches, unit: str) -> dict[str, int]:
    """Counts by province straight from the made-up filings."""
    found = defaultdict(set)
    for batch in batches:
        for each in REGISTER[batch]:
            found[each.province].add(each.number if unit == "services" else each.entity)
    return {name: len(found[name]) for name in places.province_names()}


def said(rows: list[dict], unit: str, batches: str) -> dict[tuple[str, str], int]:
    return {
        (row["place"], row["relation"]): int(row["value"])
        for row in rows
        if (row["unit"], row["batches"]) == (unit, batches)
    }


def test_entities_of_several_batches_are_counted_once(tmp_path):
    entries = write(tmp_path, REGISTER).entries
    together = lists.cumulative_entities(entries, [1, 3])
    assert together.to_dict() == truth([1, 3], "entities")
    alone = [lists.cumulative_entities(entries, [batch]).sum() for batch in (1, 3)]
    assert together.sum() < sum(alone)


def test_statements_are_exact_and_the_ledger_takes_them(tmp_path):
    rows = lists.statements(write(tmp_path, REGISTER))
    statements = ledger.from_rows(
        [list(ledger.COLUMNS), *([row[name] for name in ledger.COLUMNS] for row in rows)],
        "official lists",
    )
    assert len(statements) == len(rows) == 32 * (2 * len(REGISTER) + 2)
    for unit in ("services", "entities"):
        for batch in REGISTER:
            expected = truth([batch], unit)
            expected["全国"] = sum(expected.values())
            assert said(rows, unit, str(batch)) == {(p, "="): n for p, n in expected.items()}
    for last in (2, 3):
        run = truth(range(1, last + 1), "entities")
        run["全国"] = sum(run.values())
        assert said(rows, "entities", f"1-{last}") == {(p, "="): n for p, n in run.items()}


def test_runs_need_every_list_from_the_first(tmp_path):
    rows = lists.statements(write(tmp_path, (1, 3)))
    assert {row["batches"] for row in rows} == {"1", "3"}


def test_rows_in_quarantine_leave_room(tmp_path):
    rows = made_lists.cells(REGISTER[1])
    rows[4][3] = rows[4][3][:-3]  # no number any more
    rows.append(list(rows[9]))  # the same filing twice: no doubt about that
    made_lists.write(tmp_path / "batch-1.csv", rows)
    made = lists.statements(lists.read_all(tmp_path))
    for unit in ("services", "entities"):
        bounds = said(made, unit, "1")
        for name, count in truth([1], unit).items():
            low, high = bounds[name, ">="], bounds[name, "<="]
            assert low <= count <= high == low + 1
    assert {row["relation"] for row in made} == {">=", "<="}


def test_a_filing_listed_again_counts_in_its_first_batch(tmp_path):
    made_lists.write(tmp_path / "batch-1.csv", made_lists.cells(REGISTER[1]))
    made_lists.write(tmp_path / "batch-2.csv", made_lists.cells(REGISTER[1][:5] + REGISTER[2]))
    rows = lists.statements(lists.read_all(tmp_path))
    assert said(rows, "services", "2")["全国", "="] == len(REGISTER[2])


def test_a_blockchain_list_without_a_batch_is_refused_with_the_remedy(tmp_path):
    made_lists.write(tmp_path / "liste.csv", made_lists.cells(REGISTER[1]))
    with pytest.raises(lists.ListError, match="batch-5 or 第五批"):
        lists.statements(lists.read_all(tmp_path))


def test_a_list_that_cannot_be_read_stops_the_statements(tmp_path):
    (tmp_path / "batch-1.docx").write_bytes(b"PK")
    with pytest.raises(lists.ListError, match=r"batch-1\.docx"):
        lists.statements(lists.read_all(tmp_path))


def test_no_lists_no_statements(tmp_path):
    assert lists.statements(lists.read_all(tmp_path)) == []


def published(unit: str) -> list[dict]:
    """What the press might have printed of the made-up register: totals and some provinces."""
    chance = random.Random(3)
    rows = []
    for batch in REGISTER:
        counts = truth([batch], unit)
        rows.append(("count", "全国", batch, "=", sum(counts.values())))
        for name in chance.sample(places.province_names(), 6):
            rows.append(("count", name, batch, "=", counts[name]))
    return [
        {"id": f"P{at}", "source": "press", "kind": kind, "place": place, "batches": str(batch),
         "unit": unit, "relation": relation, "value": str(value), "of": "", "phrase": "",
         "note": ""}
        for at, (kind, place, batch, relation, value) in enumerate(rows)
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["services", "entities"])
def test_lists_in_exact_out_and_lists_withheld_ranges_that_hold_the_truth(tmp_path, unit):
    def bounds(rows: list[dict], batch: int) -> dict:
        statements = ledger.from_rows(
            [list(ledger.COLUMNS), *([r.get(c, "") for c in ledger.COLUMNS] for r in rows)], "made"
        )
        register = IdentifiedSet(reconcile(statements).kept)
        sums = [Sum.parse(f"{unit}:{p}:{batch}") for p in places.province_names()]
        return dict(zip(places.province_names(), register.bounds(sums), strict=True))

    with_list = [row for row in published(unit) if row["batches"] != "2"]
    with_list += lists.statements(write(tmp_path, [2]))
    counts = truth([2], unit)
    for name, found in bounds(with_list, 2).items():
        assert found.low == found.high == counts[name]
    withheld = bounds(published(unit), 2)
    for name, found in withheld.items():
        assert found.low <= counts[name] <= found.high
    assert any(found.low < found.high for found in withheld.values())


# --- the real control: 28 lists of the sister register --------------------------------------

OFFICIAL = SHARED / "official_lists"
real = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official lists are not at hand")


@pytest.fixture(scope="module")
def control() -> lists.ListsRead:
    return lists.read_all(sorted(OFFICIAL.glob("*.docx")))


@real
def test_every_row_of_the_real_lists_is_accounted_for(control):
    assert not control.errors and len(control.lists) == 28
    table = pd.read_csv(paths.SISTER_COUNTS, dtype={"division_code": str, "class": str})
    rows = table.groupby("list")["rows"].sum()
    for each in control.lists:
        assert len(each.entries) + len(each.quarantine) == each.rows == rows[each.name]
        assert sum(each.summary["by_province"].values()) == len(each.entries)


def counted_by_code(read: lists.ListsRead) -> pd.DataFrame:
    """The table of reference as it was made: rows by list, division code and class, whatever
    became of them, and first appearances of a number. An empty code: it can't be split.
    """
    rows = pd.DataFrame(
        [
            (each.name, number.division_code, number.class_code, number.text)
            for each in read.lists
            for text in (*each.entries["number"], *each.quarantine["number"])
            for number in [numbers.parse(text)]
        ],
        columns=["list", "division_code", "class", "number"],
    )
    rows["first"] = ~rows["number"].duplicated()
    grouped = rows.groupby(["list", "division_code", "class"])
    return grouped.agg(rows=("number", "size"), first_appearances=("first", "sum")).reset_index()


@real
def test_the_real_lists_count_as_the_table_of_reference_row_by_row(control):
    table = pd.read_csv(paths.SISTER_COUNTS, dtype={"division_code": str, "class": str})
    table = table.fillna("")[table["list"].isin({each.name for each in control.lists})]
    mine = counted_by_code(control)
    order = ["list", "division_code", "class"]
    pd.testing.assert_frame_equal(
        mine.sort_values(order, ignore_index=True),
        table.sort_values(order, ignore_index=True),
        check_dtype=False,
    )


@real
def test_of_the_real_numbers_only_known_oddities_are_refused(control):
    """One of 22 digits, one with a wrong check digit, and those of a code no edition knows."""
    reasons = control.quarantine["reason"]
    assert (control.quarantine["field"] == "number").all()
    assert reasons.str.contains("22 digits").sum() == 1
    assert reasons.str.contains("check character").sum() == 1
    unknown = control.quarantine["number"].str.contains("网信算备406301")
    assert unknown.sum() == len(reasons) - 2
    assert reasons[unknown].str.contains("no province").all()


@real
def test_provinces_of_the_real_lists_are_those_of_the_codes(control):
    table = pd.read_csv(paths.SISTER_COUNTS, dtype={"division_code": str, "class": str})
    table = table[table["division_code"].notna()]
    table["province"] = table["division_code"].str[:2].map(places.province_by_code())
    for each in control.lists:
        expected = table[table["list"] == each.name].groupby("province")["rows"].sum().to_dict()
        for code in (numbers.parse(text).division_code for text in each.quarantine["number"]):
            if code[:2] in places.province_by_code():
                expected[places.province_by_code()[code[:2]]] -= 1
        assert each.summary["by_province"] == {p: n for p, n in expected.items() if n}


@real
def test_zones_and_cities_without_counties_fall_back_by_name(control):
    entries = control.entries
    fallback = entries[entries["basis"] != "county"]
    assert set(fallback["county"]) == {""} and set(fallback["basis"]) <= set(places.BASES)
    cities = entries[entries["division_code"].isin(["441901", "442001"])]
    assert set(cities["prefecture"]) == {"东莞", "中山"} and set(cities["basis"]) == {"prefecture"}
