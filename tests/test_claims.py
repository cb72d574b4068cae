"""Finding claims in press text: measured on sentences written for it; offsets; bad input."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from filings import claims, paths
from filings.claims import lex, text
from hypothesis import given
from hypothesis import strategies as st

PRESS = Path(__file__).parent / "press"
SETS = ("practice", "exam", "second_exam", "third_exam", "typed_practice", "typed_exam")
ARTICLE = paths.SHARED / "article" / "article.txt"


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
    assert article[count.start : count.end] == count.span == "北京市共有８７項"
    assert (share.value, share.span) == (
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
        assert article[claim.start : claim.end] == claim.span
        assert 0 <= claim.start < claim.end <= len(article)


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
