"""What ``filings audit`` and ``filings why`` tell people."""

import json

import pytest
from click.testing import CliRunner
from filings import claims, ledger, lists
from filings.claims import Claim
from filings.cli import main
from filings.ledger import Batches

ROWS = (
    "T1|S03|count|全国|1|services|=|7||",
    "T2|S03|count|北京|1|services|=|4||",
)
ARTICLE = "标题\n第一批区块链信息服务备案共 7 个，其中北京4个；我省有3个项目入围。\n"


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Runs the command on the article and a small ledger."""
    columns = ("id", "source", "kind", "place", "batches", "unit", "relation", "value", "of",
               "phrase")  # fmt: skip
    rows = ledger.from_rows([list(columns), *(row.split("|") for row in ROWS)], "made up")
    monkeypatch.setattr(lists, "evidence", lambda *_: (rows, ()))
    article = tmp_path / "news.txt"
    article.write_text(ARTICLE, "utf-8")

    def run(*arguments):
        done = CliRunner().invoke(main, [word.replace("NEWS", str(article)) for word in arguments])
        assert done.exit_code == 0, done.output
        return done

    return run


def test_a_reader_sees_the_sentence_the_reading_the_verdict_and_who_says_so(told):
    said = told("audit", "NEWS").stdout
    assert "其中【北京4个】" in said
    assert "Read as: Beijing had 4 services in batch 1" in said
    assert "holds. True in every table" in said and "By: 证券日报" in said
    assert "T2" not in said and "S03" not in said
    chinese = told("audit", "NEWS", "--lang", "zh").stdout
    assert "读作: 第一批北京共有4个服务" in chinese and "成立" in chinese


def test_numbers_of_which_no_claim_was_made_are_listed_with_the_reason(told):
    done = told("audit", "NEWS")
    assert "not judged: 我省有【3个】项目入围" in done.stderr
    assert "of which place is not said" in done.stderr
    first, _ = json.loads(told("audit", "NEWS", "--json").stdout)
    assert ARTICLE[first["start"] : first["end"]] == first["span"] == "7 个"
    assert first["reading"] == "China had 7 services in batch 1"
    assert first["sentence"].startswith("第一批") and first["publications"]
    assert first["not_judged"] == []


@pytest.mark.parametrize(
    ("claim", "en", "zh"),
    [
        (Claim("", "", "change", ("四川",), (2,), "services", "=", 5, base=Batches([1])),
         "Change of services of Sichuan from batch 1 to batch 2: 5",
         "四川的服务数由第一批到第二批的变化：5"),
        (Claim("", "", "ratio", ("四川",), (2,), "services", "=", 9, "湖南", wording="倍"),
         "Sichuan had 9 times the services of Hunan in batch 2",
         "第二批四川的服务数是湖南的9倍"),
        (Claim("", "", "ratio", ("四川",), (2,), "services", "<", 9, "湖南", wording="不足分之"),
         "Sichuan had less than 9 % of the services of Hunan in batch 2",
         "第二批四川的服务数少于湖南的9%"),
        (Claim("", "", "count", ("中西部",), (2,), "services", "=", 9),
         "中西部, services in batch 2: 9", "第二批中西部：9"),
    ],
    ids=["change", "times", "ratio", "region"],
)  # fmt: skip
def test_every_kind_of_claim_is_read_aloud(claim, en, zh):
    assert claims.reading(claim) == (en, zh)


def test_why_names_statements_with_their_publications(told):
    said = told("why", "services:上海:1").stdout
    assert "Lowest 0: no statement is needed." in said
    assert "Highest 3, forced by 2 statements, none to spare:" in said
    assert "Beijing had 4 services in batch 1. [T2; 证券日报" in said
    found = json.loads(told("why", "services:上海:1", "--json").stdout)
    assert found["query"] == "services:上海:1"
    assert found["high"] == {"value": 3, "because": ["T1", "T2"], "smallest": True}


def test_an_error_is_json_too_where_json_was_asked_for(told):
    done = CliRunner().invoke(main, ["why", "services:四州:1", "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"] in done.stderr
    assert CliRunner().invoke(main, ["why", "services:四州:1"]).stdout == ""
