"""Filing numbers: real ones pass, invented ones don't, and no single slip gets through."""

import doctest
import json

import pandas as pd
import pytest
from click.testing import CliRunner
from filings import cli, paths, places
from filings.lists import numbers
from hypothesis import given
from hypothesis import strategies as st
from made_lists import number_for
from stdnum.iso7064 import mod_11_2

REAL = "粤网信备44030520701478930010号"


def algorithm_number(code: str, filer: int, kind: int, year: int, sequence: int) -> str:
    """A number of the algorithm register, its check digit found by trial of the published sum."""
    digits = f"{code}{filer:07}{kind:02}{year % 100:02}{sequence:03}"
    for check in "0123456789":
        whole = digits + check
        if sum(int(d) * 2 ** (21 - i) for i, d in enumerate(whole, start=1)) % 10 == 1:
            return f"网信算备{whole}号"
    raise AssertionError("one of ten digits must fit")


CODES = st.sampled_from(sorted(places.counties()["county_adcode"].unique()))
BLOCKCHAIN = st.builds(
    number_for, CODES, st.integers(2019, 2026), st.integers(0, 10**8 - 1), st.integers(0, 999)
)
ALGORITHM = st.builds(
    algorithm_number, CODES, st.integers(0, 10**7 - 1), st.integers(0, 99),
    st.integers(2022, 2026), st.integers(0, 999),
)  # fmt: skip


def raw(name: str) -> pd.DataFrame:
    return pd.read_csv(paths.RAW / name, dtype=str)


def test_every_real_number_is_valid_and_lies_in_its_county():
    for row in raw("filing_numbers_seen.csv").itertuples():
        number = numbers.parse(row.number_as_written)
        where = places.locate(number.division_code, number.year)
        assert number.valid, number.reason
        assert (where.county, where.basis) == (row.county, "county")
        assert where.province == places.find(row.province).name
        if row.city != "市辖区":
            assert where.prefecture == places.find(row.city).name


def test_every_invented_number_is_invalid_for_a_sensible_reason():
    for written in raw("filing_numbers_not_real.csv")["number_as_written"]:
        number = numbers.parse(written)
        assert not number.valid
        assert any(word in number.reason for word in ("digit", "begin"))


def test_fields():
    number = numbers.parse(REAL)
    assert (number.register, number.division_code, number.year) == ("blockchain", "440305", 2020)
    assert (number.filer, number.sequence, number.check) == ("70147893", "001", "0")
    sister = numbers.parse(algorithm_number("310141", 1234567, 4, 2024, 12))
    assert sister.valid and (sister.filer, sister.class_code) == ("1234567", "04")
    assert (sister.year, sister.sequence, sister.division_code) == (2024, "012", "310141")


@pytest.mark.parametrize(
    "written",
    [
        REAL[:-1],
        f" {REAL} ",
        "粤网信备 44030520701478930010 号",
        "粤网信备　4403052070147\n8930010号",
        "粤网信备４４０３０５20701478930010号",
        "\ufeff粤 网 信 备\xa044030520701478930010\u200b号",
    ],
)
def test_ways_to_write_one_number(written):
    assert numbers.parse(written) == numbers.parse(REAL)
    assert numbers.parse(written).text == REAL


@pytest.mark.parametrize("ten", "xXＸｘ")
def test_small_and_wide_x(ten):
    number = numbers.parse(f"京网信备1101081971596078003{ten}号")
    assert number.valid and number.text.endswith("X号")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "empty"),
        ("京ICP备12345678号", "does not begin"),
        ("京津网信备44030520701478930010号", "does not begin"),
        ("港网信备44030520701478930010号", "no province's abbreviation"),
        (REAL.replace("0010", "010"), "has 19 digits where 20 belong"),
        (REAL.replace("30010", "3O010"), "holds 'O'"),
        (REAL.replace("粤", "京"), "京 stands for 北京"),
        (number_for("440305", 2018, 1, 1), "2018"),
        (algorithm_number("440305", 1, 1, 2021, 1), "2021"),
        (algorithm_number("406301", 1, 1, 2025, 1), "lies in no province"),
        (REAL.replace("0010号", "0011号"), "should be 0, not 1"),
        ("网信算备44030520701478930010X号", "holds 'X'"),
    ],
)
def test_the_first_fault_is_named(written, reason):
    number = numbers.parse(written)
    assert not number.valid and reason in number.reason


@given(BLOCKCHAIN, st.data())
def test_a_wrong_digit_in_a_blockchain_number_is_always_caught(number, data):
    assert numbers.parse(number).valid
    for at in range(4, 24):
        for sign in "0123456789X":
            if sign != number[at]:
                assert not numbers.parse(number[:at] + sign + number[at + 1 :]).valid
    abbreviation = data.draw(st.sampled_from(places.provinces()["abbreviation"].tolist()))
    assert numbers.parse(abbreviation + number[1:]).valid == (abbreviation == number[0])


@given(BLOCKCHAIN)
def test_a_swap_of_neighbours_in_a_blockchain_number_is_always_caught(number):
    for at in range(len(number) - 1):
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        # A swap with the closing 号 leaves a number without it, one sign short of a digit.
        assert numbers.parse(swapped).valid == (swapped == number)


@given(BLOCKCHAIN)
def test_check_characters_are_those_of_an_independent_library(number):
    assert mod_11_2.is_valid(number[4:24])
    assert numbers.BLOCKCHAIN.check_for(number[4:23]) == number[23]


@given(ALGORITHM)
def test_algorithm_numbers_follow_the_published_sum(number):
    parsed = numbers.parse(number)
    assert parsed.valid, parsed.reason
    others = [number[:24] + digit + "号" for digit in "0123456789"]
    assert [numbers.parse(other).valid for other in others].count(True) == 1


def run(*arguments: str):
    return CliRunner().invoke(cli.main, ["number", *arguments])


def test_command():

    done = run("--json", REAL[:-1], "京网信备XXX号")
    assert done.exit_code == 1
    first, second = json.loads(done.stdout)
    assert first["valid"] and first["number"] == REAL[:-1] and first["text"] == REAL
    assert (first["province"], first["county"]) == ("广东", "南山区")
    assert not second["valid"] and "digit" in second["reason"]
    assert run(REAL).exit_code == 0 and "南山区" in run(REAL).stdout
    missing = run()
    assert missing.exit_code == 2 and len(missing.stderr.splitlines()) == 1


def test_examples_in_the_documentation():
    outcome = doctest.testmod(numbers)
    assert outcome.attempted and not outcome.failed
