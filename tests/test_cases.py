"""Case studies: what is found of a place, counted again from the files, and told in words."""

import re

import pandas as pd
import pytest
from filings import answers, cases, ledger, paths, places
from filings.bounds import IdentifiedSet
from made_registers import statement


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


# --- which place? ---


def test_every_place_of_the_tables_is_found_by_its_chinese_and_its_english_name():
    for name in ("四川", "娄底", "泰安", "乾安县", "深圳南山区"):
        assert cases.find(name).name == name
    assert cases.find("loudi").name == "娄底" and cases.find(" Sichuan ").name == "四川"


def test_near_matches_are_near_and_a_stranger_has_none():
    with pytest.raises(places.UnknownPlaceError, match="苏州"):
        cases.find("Suzho")
    with pytest.raises(places.UnknownPlaceError) as caught:
        cases.find("Timbuktu")
    assert caught.value.near == ()


def test_words_for_figures_are_ascii_and_differ():
    words = [cases.stem(name) for name in cases.studied()]
    assert all(re.fullmatch("[a-z-]+", word) for word in words) and len(set(words)) == len(words)


# --- the registers ---


def test_counts_are_those_of_the_register():
    kept = [
        statement("count", "全国", (1,), 10, id="N"),
        statement("count", "湖南", (1,), 4, id="P"),
        statement("count", "娄底", (1,), 1, ">=", id="C"),
    ]
    table = cases.counts(IdentifiedSet(kept), "娄底").set_index(["place", "batches"])
    assert table.loc[("娄底", "1"), ["low", "high"]].to_list() == [1, 4]
    assert table.loc[("湖南", "1"), ["low", "high"]].to_list() == [4, 4]
    assert pd.isna(table.loc[("全国", "5"), "high"])


def test_sister_filings_of_all_provinces_are_those_with_a_provinces_code():
    table = read(paths.SISTER_COUNTS).astype({"first_appearances": int})
    known = set(places.province_by_code())
    whole = table.loc[table["division_code"].str[:2].isin(known), "first_appearances"].sum()
    each = [cases.sister(name)["filings"].sum() for name in places.province_names()]
    assert sum(each) == whole
    ranks = [cases.sister_rank(name) for name in places.province_names()]
    assert min(ranks) == (1, 31) and len(places.province_names()) == 31
    first = places.province_names()[each.index(max(each))]
    assert cases.sister_rank(first)[0] == 1


def test_a_place_without_a_code_has_no_sister_filings():
    with pytest.raises(ValueError, match="no division code"):
        cases.sister("雄安新区")


# --- the record ---


def test_every_row_on_a_place_is_in_the_record_once_and_in_both_languages():
    for name in ("湖南", "江苏", "广东"):
        rows = cases.record(name)
        inside = {
            row.id
            for path in (paths.EVENTS, paths.INDICATORS)
            for row in read(path).itertuples()
            if row.place in places.names()
            and row.place != places.NATION
            and name in (places.find(row.place).name, *places.ancestors(row.place))
        }
        assert set(rows.index) == inside and rows.index.is_unique
        assert all(what.en and what.zh for what in rows["what"])


def test_every_metric_unit_and_event_of_a_place_has_its_words():
    for name in places.province_names():
        assert not cases.record(name).empty or name not in set(read(paths.EVENTS)["place"])
    events = read(paths.EVENTS)
    below = events[(events["level"] != "national") & events["place"].isin(list(places.names()))]
    assert (below["zh"] != "").all(), below.loc[below["zh"] == "", "id"].tolist()


@pytest.mark.parametrize(
    ("value", "unit", "relation", "en", "zh"),
    [
        ("200000000000", "CNY", "=", "200 billion yuan", "2000亿元"),
        ("3000000", "CNY", "~", "about 3 million yuan", "约300万元"),
        ("10", "companies", ">=", "at least 10 companies", "至少10家"),
        ("9", "rank", "rank", "number 9", "第9位"),
        ("3.5", "percent", "=", "3.5 percent", "3.5%"),
    ],
)
def test_values_are_said_as_people_say_them(value, unit, relation, en, zh):
    row = pd.Series({"value": value, "unit": unit, "relation": relation})
    assert cases.value_in_words(row) == (en, zh)


def test_dates_are_said_as_exactly_as_they_are_known():
    assert cases.day("2014") == ("2014", "2014年")
    assert cases.day("2018-05") == ("May 2018", "2018年5月")
    assert cases.day("2020-02-27") == ("27 February 2020", "2020年2月27日")


def test_a_promise_is_met_by_another_source_only():
    for name in places.province_names():
        plans, every = cases.promises(name), cases.record(name)
        for row in plans.itertuples():
            assert all(
                every.loc[one, "source"] != row.source for one in row.found if one in every.index
            )


def test_what_disagrees_has_several_sources_or_is_flagged():
    rows = cases.disagreements("海南")
    assert {"C339", "C340"} <= set(rows.index)  # two numbers of firms in one zone, one week
    assert cases.disagreements("西藏").empty


# --- stories ---


def test_stories_hold_no_number_of_their_own_and_rest_on_rows():
    table = read(paths.STORIES)
    rows = {
        *read(paths.EVENTS)["id"],
        *read(paths.INDICATORS)["id"],
        *(s.id for s in ledger.read()),
    }
    for story in table.itertuples():
        assert set(story.rows.split(";")) <= rows
        for text in (story.en, story.zh):
            named = set(re.findall(r"\{([A-Z]\d+)", text))
            assert named <= set(story.rows.split(";"))
            assert not re.search(r"\d", re.sub(r"\{[^}]+\}", "", text)), text
        assert set(re.findall(r"\{[^}]+\}", story.en)) == set(re.findall(r"\{[^}]+\}", story.zh))


def test_a_story_is_filled_from_its_rows():
    (first, *_) = cases.stories("娄底")["text"]
    assert "2014" in first.en and "118亿元" in first.zh and "{" not in first.en + first.zh


# --- the answer ---


def test_a_place_nobody_names_is_told_so_with_what_is_exact():
    said = answers.case(IdentifiedSet(ledger.used()), "泰安")
    assert "No publication on file names Tai'an" in said[2].en
    assert f"{cases.sister('泰安')['filings'].sum()} bear its code" in said[1].en


def test_loudi_has_no_count_of_its_own_and_no_algorithm():
    said = answers.case(IdentifiedSet(ledger.used()), "娄底")
    assert "not known" in said[1].en and "None of the" in said[1].en


def test_peers_are_two_others_of_the_same_kind():
    for name in cases.studied():
        found = cases.peers(name)
        assert len(set(found)) == 2 and name not in found
        level = places.find(name).level
        assert {places.find(one).level for one in found} == {
            "city" if level == "district" else level
        }
