"""Case studies: places, rows of the record, peers, promises, ranges, words and the command."""

import ast
import json

import pandas as pd
import pytest
from click.testing import CliRunner
from filings import cases, figures, ledger, paths, places, run
from filings.bounds import IdentifiedSet
from filings.cases import drawn, record
from filings.cases.words import EVENTS_ZH, METRICS, THREADS, value_in_words
from filings.cli import main
from filings.figures import faults

STUDIED = sorted({path.stem for path in paths.CASES.glob("*.ipynb")} - {run.COMPARISON})
each_place = pytest.mark.parametrize("place", STUDIED)
each_known = pytest.mark.parametrize("place", cases.known())


def raw(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


# --- places ------------------------------------------------------------------------------------


def test_all_provinces_and_every_city_or_district_on_record_can_be_studied():
    known = set(cases.known())
    assert known >= set(places.province_names())
    named = {*raw(paths.EVENTS)["place"], *raw(paths.INDICATORS)["place"]}
    for name in named & places.names().keys() - {places.NATION}:
        assert places.find(name).name in known
    for statement in ledger.read():
        assert set(statement.places) - {places.NATION} <= known


@pytest.mark.parametrize("name", ["娄底", "娄底市", "Loudi", "loudi", " 娄底 "])
def test_a_place_is_found_by_any_of_its_names(name):
    assert cases.find(name).name == "娄底"


@pytest.mark.parametrize(
    ("name", "near"), [("娄地", "娄底"), ("Hunnan", "湖南"), ("株洲", "娄底"), ("Shenzen", "深圳")]
)
def test_any_other_place_is_refused_with_near_matches(name, near):
    with pytest.raises(places.UnknownPlaceError) as error:
        cases.find(name)
    assert near in error.value.near
    assert near in str(error.value)


@pytest.mark.parametrize("name", ["全国", "火星"])
def test_what_is_no_place_below_the_nation_is_refused_with_the_provinces(name):
    with pytest.raises(places.UnknownPlaceError) as error:
        cases.find(name)
    assert set(error.value.near) == set(places.province_names())


def test_figures_of_two_places_never_share_a_name():
    stems = [cases.stem(name) for name in cases.known()]
    assert len(set(stems)) == len(stems)
    assert all(stem.isascii() for stem in stems)


# --- what has been said ------------------------------------------------------------------------


@each_known
def test_every_row_on_a_place_is_there_once_with_its_source(place):
    said = cases.said(place)
    expected = set()
    for path in (paths.EVENTS, paths.INDICATORS):
        rows = raw(path)
        known = rows["place"].map(lambda name: name in places.names())
        expected |= set(rows["id"][known & (rows["place"] == place)])
    assert expected <= set(said.index[said["scope"] == "the place"])
    assert said.index.is_unique
    sources = set(raw(paths.SOURCES)["source_id"])
    assert all(set(source.split(";")) <= sources for source in said["source"])
    assert said["kind"].isin(record.KINDS).all()


def test_a_row_reaches_the_place_it_is_about_those_around_it_and_those_inside():
    scope = {place: cases.said(place)["scope"] for place in ("相城区", "苏州", "江苏", "浙江")}
    row = "C191"  # firms of Xiangcheng District
    assert scope["相城区"][row] == "the place"
    assert scope["苏州"][row] == scope["江苏"][row] == "inside it"
    assert row not in scope["浙江"]
    assert scope["相城区"]["C240"] == "around it"  # firms of Suzhou


def test_a_number_is_counted_only_in_the_register_and_planned_only_as_a_plan():
    said = pd.concat([cases.said(place) for place in places.province_names()])
    statements = {statement.id for statement in ledger.read()}
    counted = said[said["kind"] == "counted"]
    assert set(counted.index) - statements == {"C124"}  # an event that is a count of the list
    assert not {"C117", "C192"} & set(counted.index)  # "about 30"; batches not stated
    targets = said[said["metric"].str.startswith("target_")]
    assert len(targets) and (targets["kind"] == "planned").all()
    assert (said.loc[said["metric"] == "firms", "kind"] == "quoted").all()


def test_a_count_is_dated_by_the_publication_of_its_last_batch():
    dates = cases.said("北京")["date"]
    assert dates["C082"] == "2019-03-30"  # batch 1
    assert dates["C139"] == "2020-04-24"  # batch 3
    assert cases.said("深圳")["date"]["C192"] == ""  # batches not stated


def test_every_figure_and_event_of_a_place_has_words_in_both_languages():
    rows = raw(paths.INDICATORS)
    local = rows[rows["place"].map(lambda n: n in places.names() and n != places.NATION)]
    assert set(local["metric"]) <= METRICS.keys()
    events = raw(paths.EVENTS)
    below = events[(events["place"] != places.NATION)]
    assert set(below["id"]) == EVENTS_ZH.keys()


@pytest.mark.parametrize(
    ("relation", "value", "unit", "english", "chinese"),
    [
        (">=", "10", "companies", "at least 10 companies", "至少10家"),
        ("~", "40000000000", "CNY", "about 40 billion yuan", "约400亿元"),
        ("=", "2000000", "CNY", "2 million yuan", "200万元"),
        ("=", "142000000", "USD", "142 million US dollars", "1.42亿美元"),
        ("rank", "9", "rank", "number 9", "第9位"),
        ("=", "85.51", "points", "85.51 points", "85.51分"),
        ("=", "54.5", "percent", "54.5 percent", "54.5%"),
        ("=", "30000", "companies", "30,000 companies", "30,000家"),
    ],
)
def test_values_are_worded_with_relation_and_unit(relation, value, unit, english, chinese):
    row = pd.Series({"relation": relation, "value": value, "unit": unit})
    assert value_in_words(row, "en") == english
    assert value_in_words(row, "zh") == chinese


def test_no_count_of_firms_stands_on_a_time_line():
    lines = [cases.timeline(place) for place in cases.known()]
    metrics = pd.concat([cases.said(place)["metric"] for place in cases.known()])
    metrics = metrics[~metrics.index.duplicated()]
    drawn = {name for line in lines for name in line.index}
    assert drawn and not any(metrics[name].startswith("firms") for name in drawn)
    assert all((line["date"] != "").all() for line in lines)


def test_rows_that_differ_stand_side_by_side_and_none_is_merged():
    differing = cases.clashes("海南")
    assert {"C339", "C340"} <= set(differing.index)  # two numbers of firms in one zone
    assert {"C240", "C191"} <= set(cases.clashes("江苏").index)  # one number, two scopes
    assert {"C290", "C292"} <= set(cases.clashes("娄底").index)
    outcome = record.statement_outcomes()["status"]
    for place in STUDIED:
        aside = [n for n in cases.said(place).index if outcome.get(n) == "set aside"]
        assert set(aside) <= set(cases.clashes(place).index)


def test_a_national_list_gives_the_rank_of_each_place_it_names():
    said = {place: cases.said(place)["what_en"] for place in ("长沙", "重庆", "佛山")}
    assert said["长沙"]["C272"] == "Number 6 in the city index"
    assert said["长沙"]["C273"] == "Tier 2 of 3 in the city index"
    assert said["重庆"]["C271"] == "Number 6 in the CCID city index"  # the list begins with 6
    assert said["重庆"]["C283"] == "Tier 3 of 3 in the city index"
    assert not said["佛山"].str.contains("index").any()


# --- stories -----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", THREADS)
def test_a_story_is_told_of_rows_on_record_and_holds_no_number(place):
    assert cases.threads(place)
    for thread in cases.threads(place):
        assert list(cases.thread_rows(thread).index.sort_values()) == sorted(thread.rows)
        assert not any(letter.isdigit() for letter in thread.reading)


def test_stories_are_told_of_the_places_studied_only():
    assert THREADS.keys() <= set(STUDIED)
    assert cases.threads("西藏") == ()


def test_the_readings_on_the_first_park_follow_from_the_dates():
    dates = cases.said("湖南")["date"]
    assert dates["C289"] < dates["C313"]  # Loudi's park opens before Xingsha's
    assert dates["C295"] < dates["C315"]  # and is approved by the province before it


# --- promises ----------------------------------------------------------------------------------


def made_rows(*outcomes):
    columns = ["id", "place", "metric", "kind", "source", "date", "value", "relation", "note"]
    return pd.DataFrame(outcomes, columns=columns).set_index("id")


PLAN = ("P", "长沙", "target_firms", "planned", "A", "2022", "300", "=", "")


def verified(*outcomes):
    rows = made_rows(PLAN, *outcomes)
    return record._verified(next(rows.loc[["P"]].itertuples()), rows)


@pytest.mark.parametrize(
    "outcome",
    [
        ("Q", "长沙", "firms", "quoted", "B", "2021-12-31", "400", "=", ""),  # too early
        ("Q", "长沙", "firms", "quoted", "A", "2023", "400", "=", ""),  # the promiser's source
        ("Q", "娄底", "firms", "quoted", "B", "2023", "400", "=", ""),  # another place
        ("Q", "长沙", "firms_core", "quoted", "B", "2023", "400", "=", ""),  # another matter
        ("Q", "长沙", "firms", "quoted", "B", "2023", "400", "=", "UNRELIABLE: no source"),
        ("Q", "长沙", "target_firms", "planned", "B", "2023", "400", "=", ""),  # a promise again
        ("Q", "长沙", "firms", "quoted", "B", "", "400", "=", ""),  # not dated
    ],
)
def test_what_does_not_verify_a_promise(outcome):
    low, high, by = verified(outcome)
    assert pd.isna(low) and pd.isna(high) and by == ""


def test_what_verifies_a_promise_and_how_far():
    one = ("Q", "长沙", "firms", "quoted", "B", "2022-06", "400", "=", "")
    two = ("R", "长沙", "firms", "quoted", "C", "2023", "250", ">=", "")
    assert verified(one) == (400, 400, "Q")
    low, high, by = verified(one, two)
    assert (low, by) == (250, "Q, R") and pd.isna(high)


def test_parks_that_were_approved_count_towards_the_parks_promised():
    row = cases.promises("湖南").loc["C307"]
    parks = raw(paths.EVENTS).set_index("id").loc[row["by"].split(", ")]
    assert row["low"] == len(parks) and pd.isna(row["high"])
    assert (parks["date"] <= row["due"] + "-12-31").all()
    assert parks["value"].str.contains("湖南省区块链产业园").all()


def test_promises_of_the_province_reach_its_cities_under_its_own_name():
    drawn = cases.drawn_promises("娄底")
    assert set(drawn["place"]) == {"湖南"} and set(drawn["name_zh"]) == {"湖南"}
    assert set(cases.drawn_promises("长沙")["name_en"]) == {"Changsha and Hunan"}


# --- peers and the later register --------------------------------------------------------------


@each_known
def test_peers_are_two_other_places_of_the_same_level_if_there_are_two(place):
    peers = cases.peers(place)
    assert len({*peers, place}) == 3
    level = places.find(place).level
    alike = {name for name in cases.known() if places.find(name).level == level} - {place}
    assert len(alike.intersection(peers)) == min(2, len(alike))


@pytest.mark.parametrize("place", places.province_names())
def test_no_province_of_the_region_is_nearer_in_gdp_than_the_peers(place):
    table = places.provinces()
    region = table[table["region_en"] == table["region_en"][place]].drop(place)
    gdp = table["gdp_100m_yuan_2020"]
    apart = {o: max(gdp[o] / gdp[place], gdp[place] / gdp[o]) for o in region.index}
    assert set(cases.peers(place)) == set(sorted(apart, key=apart.get)[:2])


def test_the_nearest_peer_of_a_city_lies_in_its_province_if_one_is_on_record():
    assert cases.peers("娄底")[0] == "长沙"
    assert cases.peers("长沙")[0] == "娄底"


def test_later_filings_of_the_provinces_add_up_to_those_with_a_code_of_a_province():
    totals = sum(cases.sister(name)["filings"].sum() for name in places.province_names())
    counts = pd.read_csv(paths.SISTER_COUNTS, dtype={"division_code": str})
    in_one = counts["division_code"].str[:2].isin(places.province_by_code())
    assert totals == counts.loc[in_one, "first_appearances"].sum()
    assert cases.sister("娄底")["country"].sum() == counts["first_appearances"].sum()


def test_a_city_holds_the_later_filings_of_its_four_digits():
    counts = pd.read_csv(paths.SISTER_COUNTS, dtype={"division_code": str})
    here = counts["division_code"].fillna("").str.startswith("4313")
    assert cases.sister("娄底")["filings"].sum() == counts.loc[here, "first_appearances"].sum()
    with pytest.raises(ValueError, match="no division code"):
        cases.sister("雄安新区")


# --- ranges ------------------------------------------------------------------------------------


def made_register():
    """Batch 1 of eleven services: Hunan has four of them, Changsha two to three."""
    lines = [
        ("M1", "count", "全国", "1", "services", "=", "11"),
        ("M2", "count", "湖南", "1", "services", "=", "4"),
        ("M3", "count", "长沙", "1", "services", ">=", "2"),
        ("M4", "count", "长沙", "1", "services", "<=", "3"),
        ("M5", "count", "北京", "1", "services", "=", "7"),
    ]
    rows = [[name, "X", *rest, "", "", ""] for name, *rest in lines]
    return IdentifiedSet(ledger.from_rows([list(ledger.COLUMNS), *rows], "made up"))


def test_ranges_of_a_made_up_register():
    register = made_register()
    table = cases.counts(register, "长沙").set_index(["unit", "place", "batches"])
    assert tuple(table.loc[("services", "长沙", "1"), ["low", "high", "basis"]]) == (2, 3, "range")
    assert tuple(table.loc[("services", "湖南", "1"), ["low", "high", "basis"]]) == (4, 4, "exact")
    of_province = cases.share(register, "长沙", "湖南", "1")
    assert (of_province.low, of_province.high) == (2 / 4, 3 / 4)
    rank = cases.rank(register, "湖南", "1")
    assert (rank.low, rank.high) == (2, 2)
    assert cases.rank(register, "长沙", "1").high is None


def test_per_head_and_per_output_of_a_made_up_count():
    size = places.provinces().loc["湖南"]
    found = cases.per_size(made_register().sum(cases.services("湖南", "1")), "湖南")
    million = size[f"population_10k_{cases.YEAR}"] * 1e4 / 1e6
    assert found["per million residents"] == pytest.approx((4 / million, 4 / million))
    output = size[f"gdp_100m_yuan_{cases.YEAR}"] * 1e8 / 1e11
    assert found["per 100 billion yuan of GDP"] == pytest.approx((4 / output, 4 / output))


# --- figures and the command -------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@each_place
def test_the_figures_of_a_case_can_be_read(place, lang):
    tables = {
        "timeline": drawn.drawn_timeline(place),
        "case_algorithm": drawn.drawn_algorithm(place),
    }
    for builder, table in tables.items():
        assert faults(figures.BUILDERS[builder](table, lang, sources=("S01",))) == []


def test_the_algorithm_ranks_are_those_of_the_counts():
    table = pd.read_csv(paths.SISTER_COUNTS, dtype={"division_code": str})
    sums = table.groupby(table["division_code"].str[:2])["first_appearances"].sum()
    ordered = sums.sort_values(ascending=False)
    first = places.province_by_code()[ordered.index[0]]
    assert drawn.algorithm_ranks(first) == (ordered.iloc[0], 1, 31)
    assert drawn.algorithm_ranks("娄底")[0] == cases.sister("娄底")["filings"].sum()
    compared = drawn.drawn_comparison(("娄底", first, "四川"))
    assert compared["of"].nunique() == 1
    assert compared.loc[compared["place"] == first, "rank"].item() == 1


@each_place
def test_its_case_study_is_on_file_and_speaks_of_it(place):
    notebook = json.loads((paths.CASES / f"{place}.ipynb").read_text(encoding="utf-8"))
    [injected] = [
        ast.parse("".join(cell["source"]))
        for cell in notebook["cells"]
        if "injected-parameters" in cell["metadata"].get("tags", ())
    ]
    assert ast.unparse(injected) == f"place = '{place}'"


def test_the_comparison_comes_after_all_cases():
    jobs = run.jobs()
    comparison = jobs[f"cases/{run.COMPARISON}"]
    assert set(comparison.after) == {f"cases/{place}" for place in STUDIED}
    assert not comparison.parameters


def test_the_command_refuses_an_unknown_place_in_one_line():
    result = CliRunner().invoke(main, ["case", "娄地"])
    assert result.exit_code == 2
    assert "娄底" in result.output and result.output.count("\n") == 1


def test_the_command_makes_the_case_and_then_the_comparison(monkeypatch):
    calls = []

    def note(names=(), force=False, places=()):
        calls.append((list(names), force, list(places)))
        return True

    monkeypatch.setattr(run, "run", note)
    assert CliRunner().invoke(main, ["case", "Loudi"]).exit_code == 0
    assert calls == [(["cases/娄底"], False, ["娄底"]), ([f"cases/{run.COMPARISON}"], True, [])]
