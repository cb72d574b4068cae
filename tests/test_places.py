"""Places: every name leads to one place or is refused with the choices; codes to their year."""

import doctest

import pandas as pd
import pytest
from filings import paths, places


def everything() -> set[places.Place]:
    return {place for same in places._tree().values() for place in same}


def test_every_place_is_found_under_its_own_name():
    for place in everything():
        assert places.find(place.name) == place
        assert place.parent is None or places.find(place.parent).level != "district"


def test_every_place_lies_in_one_of_31_provinces_and_its_code_says_which():
    for place in everything():
        province = places.province_of(place.name)
        if place.code and place.level != "nation":
            assert places.province_by_code()[place.code[:2]] == province


@pytest.mark.parametrize(
    ("name", "level", "province"),
    [
        ("全国", "nation", None), ("Hunan", "province", "湖南"), ("广东省", "province", "广东"),
        ("深圳", "city", "广东"), ("深圳市", "city", "广东"), ("东莞", "city", "广东"),
        ("中山市", "city", "广东"), ("儋州", "city", "海南"), ("嘉峪关", "city", "甘肃"),
        ("三沙", "city", "海南"), ("雄安新区", "city", "河北"), ("雄安", "city", "河北"),
        ("大理", "city", "云南"), ("恩施", "city", "湖北"), ("湘西", "city", "湖南"),
        ("凉山", "city", "四川"), ("凉山州", "city", "四川"), ("大理市", "district", "云南"),
        ("恩施土家族苗族自治州", "city", "湖北"), ("海南", "province", "海南"),
        ("海南州", "city", "青海"), ("共和县", "district", "青海"), ("吉林市", "city", "吉林"),
        ("昆山", "district", "江苏"), ("相城区", "district", "江苏"), ("娄底", "city", "湖南"),
        ("济源", "district", "河南"), ("南京鼓楼区", "district", "江苏"),
    ],
)  # fmt: skip
def test_names_as_the_press_writes_them(name, level, province):
    assert places.find(name).level == level
    assert places.province_of(name) == province


def test_a_shared_name_is_refused_with_choices_that_work():
    with pytest.raises(places.UnknownPlaceError, match="several") as refused:
        places.find("鼓楼区")
    assert len(refused.value.near) > 1
    for choice in refused.value.near:
        assert places.find(choice).name == choice


def test_an_unknown_name_is_refused_with_near_ones():
    with pytest.raises(places.UnknownPlaceError, match="深圳"):
        places.find("深玔")


def test_every_place_of_the_ledger_is_known():
    ledger = pd.read_csv(paths.STATEMENTS, dtype=str, keep_default_na=False)
    for names in ledger["place"]:
        for name in filter(None, names.split("+")):
            places.find(name)


@pytest.mark.parametrize("scheme", places.schemes())
def test_each_scheme_groups_each_province_once(scheme):
    grouped = [name for inside in places.schemes()[scheme].values() for name in inside]
    assert sorted(grouped) == sorted(places.province_names())


def test_the_belts_differ_from_the_four_regions_in_the_northeast_only():
    belt = {name: each for each, inside in places.belts().items() for name in inside}
    region = {name: each for each, inside in places.regions().items() for name in inside}
    assert {name for name in belt if belt[name] != region[name]} == set(
        places.regions()["Northeast"]
    )
    assert (belt["辽宁"], belt["吉林"], belt["黑龙江"]) == ("East", "Central", "Central")
    assert (belt["广西"], belt["内蒙古"], belt["海南"]) == ("West", "West", "East")
    assert len(places.belts()["West"]) == 12


@pytest.mark.parametrize(
    ("name", "english"),
    [("全国", "China"), ("陕西", "Shaanxi"), ("深圳", "Shenzhen"), ("西安", "Xi'an"),
     ("相城区", "Xiangcheng District"), ("雄安新区", "Xiong'an New Area")],
)  # fmt: skip
def test_english(name, english):
    assert places.english(name) == english


@pytest.mark.parametrize(
    ("code", "year", "expected"),
    [
        ("440305", 2020, ("广东", "深圳", "南山区", "county")),
        ("110108", 2019, ("北京", "北京", "海淀区", "county")),
        ("310141", 2023, ("上海", "上海", "", "prefecture")),
        ("510109", 2021, ("四川", "成都", "", "prefecture")),
        ("441901", 2022, ("广东", "东莞", "", "prefecture")),
        ("442001", 2022, ("广东", "中山", "", "prefecture")),
        ("419001", 2020, ("河南", "", "济源市", "county")),
        ("419099", 2020, ("河南", "", "", "province")),
        ("371202", 2018, ("山东", "莱芜", "莱城区", "county")),
        ("371202", 2023, ("山东", "", "", "province")),
        ("130502", 2019, ("河北", "邢台", "桥东区", "county")),
        ("130502", 2020, ("河北", "邢台", "襄都区", "county")),
        ("406301", 2025, ("", "", "", "none")),
    ],
)
def test_codes_lead_to_the_place_of_their_year(code, year, expected):
    found = places.locate(code, year)
    assert (found.province, found.prefecture, found.county, found.basis) == expected


def test_a_code_has_one_year_of_grace_after_the_last_list_that_holds_it():
    table = places.counties()
    newest = table["last_year"].max()
    gone = table[(table["last_year"] < newest) & ~table["county_adcode"].duplicated(keep=False)]
    for row in gone.itertuples():
        assert places.locate(row.county_adcode, row.last_year + 1).county == row.county_name
        assert places.locate(row.county_adcode, row.last_year + 2).county == ""
        assert places.locate(row.county_adcode, row.first_year - 1).county == ""


def test_codes_of_the_newest_edition_hold_on():
    table = places.counties()
    for row in table[table["last_year"] == table["last_year"].max()].itertuples():
        assert places.locate(row.county_adcode, 2030).county == row.county_name


def test_examples_in_the_documentation():
    outcome = doctest.testmod(places)
    assert outcome.attempted and not outcome.failed
