"""Finding claims in press text: measured on sentences written for it; offsets; bad input."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from filings import claims, paths, places
from filings.claims import lex, text
from hypothesis import given
from hypothesis import strategies as st
from shared import SHARED

PRESS = Path(__file__).parent / "press"
SETS = (
    *("practice", "exam", "second_exam", "third_exam"),
    *("typed_practice", "typed_exam", "typed_second_exam"),
    *("dense_practice", "everyday_exam", "everyday_second_exam"),
)
ARTICLE = SHARED / "article" / "article.txt"


@dataclass(frozen=True)
class Block:
    """A text, what is tricky about it, and the claims to be found."""

    text: str
    trap: str
    claims: tuple[tuple[str, ...], ...]


def blocks(name: str) -> list[Block]:
    """The blocks of a file of sentences (its head says how they are written)."""
    found = []
    for part in (PRESS / f"{name}.txt").read_text("utf-8").split("\n\n"):
        lines = [line for line in part.splitlines() if line and not line.startswith("#")]
        told = "\n".join(line[2:] for line in lines if line.startswith("> "))
        trap = "".join(line[2:] for line in lines if line.startswith("! "))
        rows = [line.split("|") for line in lines if not line.startswith(("> ", "! "))]
        if told:
            cells = tuple(tuple(cell.strip() for cell in row) for row in rows)
            found.append(Block(told, trap, cells))
    return found


def cells(claim: claims.Claim) -> tuple[str, ...]:
    """A claim as the blocks write it."""
    told = (
        claim.kind,
        claim.place,
        claim.written_batches or "-",
        claim.unit,
        claim.relation,
        claim.written_value,
    )
    return (*told, claim.of) if claim.of else told


def unordered(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row in which the order of joined places does not matter."""
    kind, place, batches, unit, relation, value, *of = row
    if kind == "leaders":
        value = "+".join(sorted(value.split("+")))
    return (kind, "+".join(sorted(place.split("+"))), batches, unit, relation, value, *of)


def compare(block: Block) -> tuple[list, list, int]:
    """Claims missed, claims invented, and the number found."""
    wanted = Counter(map(unordered, block.claims))
    found = Counter(unordered(cells(claim)) for claim in claims.extract(block.text))
    hits = (wanted & found).total()
    return list((wanted - found).elements()), list((found - wanted).elements()), hits


def test_sentences_are_many_and_a_third_of_them_tricky():
    written = [block for name in SETS for block in blocks(name)]
    assert len(written) >= 120
    assert len({block.text for block in written}) == len(written)
    assert sum(bool(block.trap) for block in written) >= len(written) / 3


@pytest.mark.parametrize("name", SETS)
def test_precision_and_recall(name):
    missed = invented = hits = 0
    for block in blocks(name):
        misses, extras, found = compare(block)
        missed, invented, hits = missed + len(misses), invented + len(extras), hits + found
        if misses or extras:
            print(f"{block.text}\n  missed {misses}\n  invented {extras}")
    precision, recall = hits / (hits + invented), hits / (hits + missed)
    print(f"{name}: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.98
    assert recall >= 0.9


def test_a_long_article_is_read_sentence_by_sentence():
    """Blocks that name their batch at once, on one line each: the sum is what the parts are."""
    told = [b for b in blocks("practice") if b.claims and not b.trap and "\n" not in b.text]
    told = [b for b in told if "批" in b.text.split(",")[0]]
    assert len(told) > 40
    whole = "\n".join(block.text for block in told)
    found = Counter(unordered(cells(claim)) for claim in claims.extract(whole))
    wanted = Counter(unordered(row) for block in told for row in block.claims)
    assert found == wanted


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_give_the_same_claims(encoding):
    block = blocks("practice")[5]  # in traditional characters
    read = claims.decode(block.text.encode(encoding))
    assert claims.extract(read) == claims.extract(block.text) != []


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x01", b"PK\x03\x04\x00\x00", b"\x80\x80\xff"])
def test_what_is_no_text_is_refused_by_name(data):
    with pytest.raises(claims.TextError, match=r"article\.txt: neither UTF-8 nor GB 18030"):
        claims.decode(data, "article.txt")


def test_offsets_lead_to_the_words_in_the_original():
    """Full-width digits and traditional characters are read, and given back as they stand."""
    article = "據統計，第二批備案中，北京市共有８７項，占２８．１５％。"
    count, share = claims.extract(article)
    assert article[count.start : count.end] == count.phrase == "北京市共有８７項"
    assert (share.value, share.phrase) == (
        claims.extract("第二批备案北京占28.15%。")[0].value,
        "２８．１５％",
    )


@given(
    st.text(
        alphabet="第一二三批备案共北京上海、，。（）()《》“”\n个家项占%成分之近超0123456789 |[]/"
    )
)
def test_any_text_is_read_and_every_span_is_its_own(article):
    for claim in claims.extract(article):
        assert article[claim.start : claim.end] == claim.phrase
        assert 0 <= claim.start < claim.end <= len(article)


@pytest.mark.parametrize(
    ("written", "value"),
    [("二百卅三", 233), ("廿五", 25), ("贰拾", 20), ("一万二", 12_000), ("三百五", 350),
     ("二〇", 20), ("1 015", 1015), ("1, 015", 1015), ("百", 100), ("十八", 18)],
)  # fmt: skip
def test_numerals_as_people_write_them(written, value):
    (claim,) = claims.extract(f"前三批备案中，北京共有 {written} 个。")
    assert claim.value == value


@pytest.mark.parametrize(
    "written", ["一百零十", "两三", "一百二三十", "三十几", "7 2", "1千2", "8、9"]
)
def test_what_is_no_one_number_is_named_and_not_judged(written):
    found = claims.extract(f"前三批备案中，北京有{written}个。")
    assert found == []
    assert {one.reason for one in found.not_judged} == {"not understood"}


@pytest.mark.parametrize(
    ("article", "wanted"),
    [
        ("备案名单:至第三批共有5个服务。", ("count", "全国", "3", "services", "=", "5")),
        ("第三批至第一批备案共5个服务。", ("count", "全国", "1-3", "services", "=", "5")),
        ("第三批备案覆盖十来个省份。", ("coverage", "全国", "3", "provinces", "~", "10")),
        ("第二批备案的数量为12.5。", None),
    ],
)
def test_odd_ways_to_write_a_batch_or_a_number(article, wanted):
    assert [cells(claim) for claim in claims.extract(article)] == [wanted] * bool(wanted)


@pytest.mark.parametrize(
    ("article", "span", "reason"),
    [
        ("上海已有 34 款大模型通过备案。", "34 款", "no filing"),
        ("第四批备案公布，我省 9 个项目入围。", "9 个", "no place"),
        ("第四批备案公布，张江 9 个项目入围。", "9 个", "no place"),
        ("第三批备案中，北京增加 8 个。", "8 个", "no batch"),
        ("第三批备案中，数量超过 20 个的省份不少。", "超过 20 个", "not understood"),
    ],
)
def test_every_number_that_is_no_claim_is_listed_with_a_reason(article, span, reason):
    found = claims.extract(article)
    assert found == []
    assert [(one.phrase, one.reason) for one in found.not_judged] == [(span, reason)]
    (one,) = found.not_judged
    assert article[one.start : one.end] == span


@pytest.mark.parametrize("space", [" ", "\u3000", "\u2009", "\xa0", "\u200b"])
def test_spaces_of_typesetting_are_read_over_and_offsets_kept(space):
    article = f"第{space}四{space}批备案，云南省{space}17{space}个项目通过。"
    (claim,) = claims.extract(article)
    assert (claim.place, claim.batches, claim.value) == ("云南", (4,), 17)
    assert article[claim.start : claim.end] == claim.phrase == f"云南省{space}17{space}个"


@pytest.mark.parametrize(
    "article",
    [
        "第二批备案共有" + "1" * 100_000 + "个服务。",
        "第二批备案共有" + "一" * 100_000 + "个服务。",
        "第二批备案" + "1-" * 50_000,
        "第二批备案" + "12%、" * 25_000,
        "北" * 100_000,
    ],
    ids=["digits", "numerals", "dashes", "list", "names"],
)
def test_a_number_without_end_is_not_judged_and_takes_no_time(article):
    began = time.monotonic()
    assert claims.extract(article) == []
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "word", ["我省", "全省", "本市", "全市", "该省", "当地", "某省", "省会城市"]
)
def test_a_place_without_a_name_is_never_the_nation(word):
    assert claims.extract(f"第四批备案名单公布，{word}共有 22 个项目通过。") == []


def test_regions_with_a_list_are_made_of_places():
    table = pd.read_csv(paths.REGIONS, dtype=str)
    for row in table.itertuples():
        (claim,) = claims.extract(f"第四批备案中，{row.name_zh}共有99个。")
        assert claim.places == tuple(row.members.split("+"))
        assert all(places.find(name).level in ("province", "city") for name in claim.places)


@given(st.integers(1, 99_999_999))
def test_numbers_are_read_as_they_are_written(value):
    import cn2an

    assert lex.number(f"{value:,}") == value
    assert lex.number(str(value)) == value
    assert lex.number(cn2an.an2cn(value)) == value


@given(st.text())
def test_the_plain_copy_keeps_every_offset(article):
    assert len(text.plain(article)) == len(article)


def test_an_insert_ends_with_its_date_or_with_its_paragraph():
    dated = "第一批备案共197个。\n动态 | 甲\n乙[2019/2/1]第二批备案共309个。"
    undated = "第一批备案共197个。\n行情 | 第三批备案共224个。\n第二批备案共309个。"
    for article in (dated, undated):
        assert [claim.value for claim in claims.extract(article)] == [197, 309]


def test_a_claim_without_a_batch_is_told_apart():
    (claim,) = claims.extract("区块链信息服务备案共730个。")
    assert (claim.batches, claim.written_batches, claim.value) == ((), "", 730)


@pytest.fixture(scope="module")
def article():
    if not ARTICLE.exists():
        pytest.skip("the article is not part of the project and is not at hand here")
    return claims.extract(claims.decode(ARTICLE.read_bytes(), ARTICLE.name))


def test_every_numeric_claim_of_the_article_is_found_and_none_invented(article):
    listed = pd.read_csv(paths.ARTICLE_CLAIMS, dtype=str, keep_default_na=False)
    listed = listed[(listed["topic"] == "register") & (listed["value"] != "")]
    wanted = {
        unordered(tuple(row))
        for row in listed[["kind", "place", "batches", "unit", "relation", "value"]].to_numpy()
    }
    found = {unordered(cells(claim)[:6]) for claim in article if claim.kind != "trend"}
    assert found == wanted


def test_the_catch_up_sentences_of_the_article_are_found(article):
    listed = pd.read_csv(paths.ARTICLE_CLAIMS, dtype=str, keep_default_na=False)
    wanted = listed[listed["topic"] == "catch-up"]["place"].tolist()
    assert [claim.place for claim in article if claim.kind == "trend"] == wanted
