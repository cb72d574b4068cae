"""Judging claims: against every table of made-up registers, and the rule for wording."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from click.testing import CliRunner
from filings import claims, ledger, lists, paths
from filings.bounds import IdentifiedSet
from filings.claims import wording
from filings.cli import main
from hypothesis import given, settings
from hypothesis import strategies as st

TRIO = ("北京", "上海", "广东")
NATION = ("全国",)
TOTAL = 7

# --- a register of three provinces whose every table can be written down -------------------------


def made(*rows: str) -> tuple[ledger.Statement, ...]:
    """Statements from rows "id source kind place batches unit relation value of note"."""
    cells = [row.split("|") for row in rows]
    blank = [""] * 5
    full = [[*c[:8], c[8] if len(c) > 8 else "", *blank, c[9] if len(c) > 9 else ""] for c in cells]
    return ledger.from_rows([list(ledger.COLUMNS), *full], "made up")


FRAME = (
    f"T1|S1|count|全国|1|services|=|{TOTAL}",
    f"T2|S2|count|北京+上海+广东|1|services|=|{TOTAL}",
)


def claim(kind, places, relation, value, wording="", of="", batches=(1,)):
    unit = "provinces" if kind == "coverage" else "services"
    return claims.Claim("", "", kind, places, batches, unit, relation, value, of, wording=wording)


def tables(least: int, most: int) -> list[dict[str, int]]:
    """Every register of the frame in which 北京 has at least and 上海 at most so many."""
    return [
        dict(zip(TRIO, counts, strict=True))
        for counts in product(range(TOTAL + 1), repeat=3)
        if sum(counts) == TOTAL and counts[0] >= least and counts[1] <= most
    ]


def true_of(one: claims.Claim, table: dict[str, int]) -> bool:
    """The meaning of a claim, read from the rule and not from the code that judges."""
    count = sum(table[name] for name in one.places if name in table)
    match one.kind:
        case "count":
            return wording.limits(one).allows(count)
        case "share":
            return wording.limits(one).allows(Decimal(100 * count) / TOTAL)
        case "coverage":
            return wording.limits(one).allows(sum(number > 0 for number in table.values()))
        case "rank":
            others = [table[name] for name in TRIO if name not in one.places] + [0] * 28
            above = sum(other > count for other in others)
            level = sum(other >= count for other in others)
            lead = all(2 * count >= 3 * other for other in others) if one.wording else True
            first = above <= one.value - 1
            return first and lead and (one.relation == "<=" or level >= one.value - 1)
        case "order":
            chain = [table[name] for name in one.value]
            rest = [table[name] for name in TRIO if name not in one.value]
            return chain == sorted(chain, reverse=True) and chain[-1] >= max(rest, default=0)
        case "leaders":
            rest = [table[name] for name in TRIO if name not in one.value]
            return min(table[name] for name in one.value) >= max(rest, default=0)


PLACES = st.lists(st.sampled_from(TRIO), min_size=1, max_size=2, unique=True).map(tuple)
NUMBER = st.integers(0, TOTAL)
CLAIMS = st.one_of(
    st.builds(claim, st.just("count"), PLACES, st.sampled_from(["=", ">=", "<="]), NUMBER),
    st.builds(claim, st.just("count"), PLACES, st.just("~"), NUMBER, st.sampled_from(["近", "约"])),
    st.builds(
        claim, st.just("share"), PLACES, st.sampled_from(["=", ">=", "<="]),
        st.decimals(0, 100, places=1), st.just(""), st.just("全国"),
    ),
    st.builds(claim, st.just("coverage"), st.just(NATION), st.just("="), st.integers(1, 4)),
    st.builds(
        claim, st.just("rank"), st.sampled_from(TRIO).map(lambda name: (name,)),
        st.sampled_from(["=", "<="]), st.integers(1, 4), st.sampled_from(["", "绝对优势"]),
    ),
    st.builds(
        claim, st.just("order"), st.just(NATION), st.just("="),
        st.lists(st.sampled_from(TRIO), min_size=2, max_size=3, unique=True).map(tuple),
    ),
    st.builds(claim, st.just("leaders"), st.just(NATION), st.just("="), PLACES),
)  # fmt: skip


@settings(max_examples=120)
@given(CLAIMS, st.integers(0, 4), st.integers(1, 4))
def test_verdicts_are_those_of_every_table_written_down(one, least, most):
    kept = made(
        *FRAME,
        f"T3|S3|count|北京|1|services|>=|{least}",
        f"T4|S4|count|上海|1|services|<=|{most}",
    )
    truth = {true_of(one, table) for table in tables(least, most)}
    found = claims.judge(one, IdentifiedSet(kept))
    wanted = {(True,): "supported", (False,): "contradicted"}.get(tuple(truth), "undecided")
    assert found.verdict == wanted
    if one.kind == "count":
        counts = [sum(table[name] for name in one.places) for table in tables(least, most)]
        assert (found.low, found.high) == (min(counts), max(counts))
    if found.verdict != "undecided" and found.evidence:
        again = IdentifiedSet([row for row in kept if row.id in found.evidence])
        assert claims.judge(one, again).verdict == found.verdict
        for spared in found.evidence:
            fewer = [row for row in kept if row.id in found.evidence and row.id != spared]
            assert not fewer or claims.judge(one, IdentifiedSet(fewer)).verdict == "undecided"


def test_the_evidence_named_is_what_decides():
    kept = made(*FRAME, "T3|S3|count|北京|1|services|=|4", "T4|S4|count|上海|1|services|=|2")
    found = claims.judge(claim("count", ("广东",), "=", 1), IdentifiedSet(kept))
    assert (found.verdict, found.evidence) == ("supported", ("T2", "T3", "T4"))
    assert (found.low, found.high) == (1, 1)
    direct = claims.judge(claim("count", ("上海",), "=", 3), IdentifiedSet(kept))
    assert (direct.verdict, direct.evidence) == ("contradicted", ("T4",))


def test_an_order_of_cities_is_one_among_cities():
    """北京 has more than either, and is none of them; the ledger pairs places alike."""
    cities = made("T3|S3|count|深圳|1|services|=|2", "T4|S4|count|广州|1|services|=|1")
    kept = (*made(*FRAME, "T5|S5|count|北京|1|services|=|4"), *cities)
    order = [claims.judge(claim("order", NATION, "=", names), IdentifiedSet(kept)).verdict
             for names in (("深圳", "广州"), ("广州", "深圳"))]  # fmt: skip
    assert order == ["supported", "contradicted"]


def test_a_claim_without_a_batch_is_undecided_and_says_so():
    found = claims.judge(claim("count", NATION, "=", 7, batches=()), IdentifiedSet(made(*FRAME)))
    assert (found.verdict, found.low, found.high) == ("undecided", None, None)
    assert "does not say" in found.reason.en


def test_a_batch_nobody_speaks_of_leaves_a_claim_undecided():
    found = claims.judge(
        claim("count", NATION, "=", 120, batches=(9,)), IdentifiedSet(made(*FRAME))
    )
    assert (found.verdict, found.low, found.high) == ("undecided", 0, None)


# --- the rule for wording ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "holds", "fails"),
    [
        (claim("count", TRIO, "=", 200), [200], [199, 201]),
        (claim("count", TRIO, "~", 200, "近"), [180, 199], [179, 200]),
        (claim("count", TRIO, "~", 200, "约"), [190, 210], [189, 211]),
        (claim("count", TRIO, ">=", 200, "超过"), [201], [200]),
        (claim("count", TRIO, ">=", 200, "余"), [201, 299], [200, 300]),
        (claim("count", TRIO, ">=", 250, "多"), [251, 259], [250, 260]),
        (claim("count", TRIO, ">=", 200, "以上"), [200], [199]),
        (claim("count", TRIO, "<=", 200, "不足"), [199], [200]),
        (claim("count", TRIO, "<=", 200, "不超过"), [200], [201]),
        (claim("coverage", NATION, ">", 15, "多数"), [16], [15]),
        (claim("share", TRIO, "=", Decimal("28.15")), ["28.145", "28.1599"], ["28.1449", "28.16"]),
        (claim("share", TRIO, "=", Decimal(78)), ["77.5", "78.99"], ["77.49", "79"]),
        (claim("share", TRIO, "=", Decimal(40), "成"), ["35", "49.9"], ["34.9", "50"]),
        (claim("share", TRIO, ">=", Decimal(50), "过半"), ["50.01"], ["50"]),
        (claim("share", TRIO, "~", Decimal(25), "分之"), ["23.75", "26.25"], ["23.7", "26.3"]),
    ],
)
def test_wording_is_read_by_the_rule(said, holds, fails):
    limits = wording.limits(said)
    assert all(limits.allows(Decimal(number)) for number in holds)
    assert not any(limits.allows(Decimal(number)) for number in fails)


@given(st.decimals(0, 100, places=2), st.integers(1, 500), st.integers(0, 500))
def test_a_printed_share_is_judged_as_the_ledger_reads_it(value, whole, part):
    """The rule for claims and the contract of the ledger agree on what a percentage can mean."""
    scale, low, high = ledger.share_limits(value)
    exact = Fraction(100 * part, whole)
    limits = wording.limits(claim("share", ("北京",), "=", value))
    assert limits.allows(exact) == (low * whole <= scale * part < high * whole)


# --- leaving a source out ------------------------------------------------------------------------


def test_a_statement_falls_with_its_last_independent_source():
    """S04 repeats the text of S03 (data/raw/sources.csv)."""
    first, second, *others = made(
        "T1|S03|count|北京|1|services|=|1",
        "T2|S03|count|上海|1|services|=|2",
        "T3|S04|count|广东|1|services|=|3",
        "T4|S05|count|浙江|1|services|=|4",
    )
    rows = (first, replace(second, also=("S02",)), *others)
    assert [row.id for row in claims.without(rows, ["S03"])] == ["T2", "T4"]
    assert [row.id for row in claims.without(rows, ["S03", "S02"])] == ["T4"]
    with pytest.raises(ValueError, match="S99"):
        claims.without(rows, ["S99"])


# --- drafts and the command ----------------------------------------------------------------------

NEWS = (
    "第三批区块链信息服务备案共224个,北京83个,占比约37%。三批累计,全国大多数省市均有服务备案,"
    "中西部地区合计90余个。北京、广东、上海、浙江稳居前四名。"
)


def test_a_draft_is_a_ledger_a_person_can_confirm(tmp_path):
    found = claims.extract(NEWS)
    file = tmp_path / "draft.csv"
    file.write_bytes(claims.draft(found, "news"))
    drafted = ledger.read(file)
    assert [row.id for row in drafted] == [f"N{i:03d}" for i in range(1, len(found) + 1)]
    assert all("to be confirmed" in row.note for row in drafted)
    most = next(row for row in drafted if row.kind == "coverage")
    assert (most.relation, most.value) == (">=", 16)


@pytest.fixture
def small_ledger(monkeypatch):
    """The command reads this ledger instead of the project's, so that it answers at once."""
    rows = made(*FRAME, "T3|S3|count|北京|1|services|=|4")
    monkeypatch.setattr(lists, "evidence", lambda *_: (rows, ()))


def test_the_command_prints_json_with_offsets_and_writes_a_draft(tmp_path, small_ledger):
    article, drafted = tmp_path / "news.txt", tmp_path / "draft.csv"
    article.write_text("第一批备案中，北京4個、上海9個。", "gb18030")
    ran = CliRunner().invoke(main, ["audit", str(article), "--json", "--draft", str(drafted)])
    assert ran.exit_code == 0
    beijing, shanghai = json.loads(ran.stdout)
    assert (beijing["verdict"], beijing["evidence"]) == ("supported", ["T3"])
    assert (shanghai["verdict"], shanghai["low"], shanghai["high"]) == ("contradicted", 0, 3)
    assert (shanghai["start"], shanghai["end"], shanghai["span"]) == (12, 16, "上海9個")
    assert len(drafted.read_text("utf-8").splitlines()) == 3


def test_the_command_leaves_a_source_out(tmp_path, small_ledger):
    article = tmp_path / "news.txt"
    article.write_text("第一批备案中，北京4个。", "utf-8")
    ran = CliRunner().invoke(main, ["audit", str(article), "--json", "--without", "S3"])
    (beijing,) = json.loads(ran.stdout)
    assert (beijing["verdict"], beijing["low"], beijing["high"]) == ("undecided", 0, TOTAL)


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"\xff\xfe\x00", (), "neither UTF-8 nor GB 18030"),
        (None, (), "cannot be read"),
        ("第一批备案共7个。".encode(), ("--without", "S77"), "S77"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(tmp_path, small_ledger, content, options, said):
    article = tmp_path / "news.txt"
    if content:
        article.write_bytes(content)
    ran = CliRunner().invoke(main, ["audit", str(article), *options])
    assert ran.exit_code == 2
    assert said in ran.stderr and ran.stderr.count("\n") == 1


def test_an_article_without_claims_is_an_empty_list(tmp_path, small_ledger):
    article = tmp_path / "news.txt"
    article.write_text("今天天气很好。", "utf-8")
    ran = CliRunner().invoke(main, ["audit", str(article), "--json"])
    assert (ran.exit_code, json.loads(ran.stdout)) == (0, [])


def test_the_transcribed_claims_become_claims_where_the_register_can_tell():
    listed = claims.listed(paths.ARTICLE_CLAIMS)
    told = {name: claims.claim_of(row) for name, row in listed.iterrows()}
    register = listed[listed["topic"].isin(["register", "catch-up"])].index
    assert [name for name, one in told.items() if one] == list(register)
    assert all(told[name].kind == listed.loc[name, "kind"] for name in register)


def test_what_holds_of_any_register_needs_no_statement():
    claim = claims.Claim("", "", "coverage", ("全国",), (1,), "provinces", "<=", 31)
    found = claims.judge(claim, IdentifiedSet([]))
    assert (found.verdict, found.evidence) == ("supported", ())
