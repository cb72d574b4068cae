"""True sentences stay true: whatever is read from a sentence made of a table holds in the table."""

from decimal import Decimal

from filings import claims, places
from filings.claims import lexicon, wording
from hypothesis import assume, given, settings
from hypothesis import strategies as st

BATCHES = 5
NAMES = places.province_names()
_SPACES = ("", "", "", " ", "\u2009", "\u3000")

TABLES = st.lists(
    st.tuples(*[st.integers(0, 90)] * BATCHES), min_size=len(NAMES), max_size=len(NAMES)
).map(lambda rows: dict(zip(NAMES, rows, strict=True)))


def count(table, names, batches):
    """The services of the places in the batches."""
    members = [one for name in names for one in lexicon.region_members(name) or (name,)]
    chosen = NAMES if places.NATION in names else members
    return sum(table[name][batch - 1] for name in chosen for batch in batches)


def holds(claim, table):
    """The meaning of a claim, told from the table alone."""
    mine = count(table, claim.places, claim.batches)
    limits = wording.limits(claim) if isinstance(claim.value, int | Decimal) else None
    match claim.kind:
        case "count":
            return limits.allows(mine)
        case "share":
            return limits.allows(Decimal(100 * mine) / count(table, [claim.of], claim.batches))
        case "change":
            return mine - count(table, claim.places, claim.base) == claim.value
        case "growth":
            before = count(table, claim.places, claim.base)
            return limits.allows(abs(Decimal(100 * (mine - before)) / before))
        case "ratio":
            scale = 1 if "倍" in claim.wording else 100
            return limits.allows(Decimal(scale * mine) / count(table, [claim.of], claim.batches))
        case "rank":
            above = sum(count(table, [name], claim.batches) > mine for name in NAMES)
            return above <= claim.value - 1
        case "coverage":
            return limits.allows(sum(count(table, [name], claim.batches) > 0 for name in NAMES))
    raise AssertionError(f"no template speaks of {claim.kind}")


def percent(part, whole):
    return f"{Decimal(100 * part) / whole:.1f}"


def sentence(template, table, names, batch, base, sign):
    """A sentence of the template that is true of the table, or "" where none can be made."""
    a, b, c = names
    here, there = count(table, [a], [batch]), count(table, [b], [batch])
    nation = [places.NATION]
    total = count(table, nation, [batch])
    run = range(1, batch + 1)
    rank = 1 + sum(count(table, [name], [batch]) > here for name in NAMES)
    before = count(table, [a], [base])
    if not (total and here and there and before and batch > base):
        return ""
    nth, first = sign[batch], sign[base]
    third = count(table, [c], [batch])
    change = here - before
    grew = "增加" if change >= 0 else "减少"
    return (
        f"第{nth}批备案中,{a}有{here}个,{b}有{there}个。",
        f"{a}日报讯 第{nth}批备案名单公布,我省共有{here}个项目通过,全国共{total}个。",
        f"新华社{a}4月2日电 第{nth}批备案清单公布。全省共有{here}个项目入选,居全国第{rank}位。",
        f"第{nth}批备案中,{a}、{b}和{c}分别有{here}个、{there}个和{third}个。",
        f"第{nth}批备案中,{a}、{b}分别占{percent(here, total)}%和{percent(there, total)}%。",
        f"前{nth}批备案合计{count(table, nation, run)}个,其中{a}{count(table, [a], run)}个。",
        f"国家网信办已分{nth}批次发布{count(table, nation, run)}个备案编号。",
        f"第{nth}批备案,{a}{here}个,张江{there + 1}个,其他城市共{third + 1}个。",
        f"第{nth}批{a}备案{here}个,比第{first}批{grew}{abs(change)}个。",
        f"第{nth}批备案,{a}是{b}的{Decimal(here) / there:.1f}倍。",
        f"{a}从第{first}批的{before}个变为第{nth}批的{here}个,某市共有{third + 1}个。",
        f"第{nth}批备案公布,至此,我国共有{count(table, nation, run)}个服务备案,某省{third + 1}个。",
        f"第{nth}批备案中,共有{sum(table[name][batch - 1] > 0 for name in NAMES)}个省市有项目通过,"
        f"省会城市{third + 1}个。",
    )[template]


@settings(max_examples=300, deadline=None)
@given(
    st.data(), TABLES, st.integers(0, 12), st.permutations(NAMES), st.integers(2, BATCHES),
    st.sampled_from(["012345", "零一二三四五"]),
)  # fmt: skip
def test_no_claim_read_from_a_true_sentence_is_false(data, table, template, names, batch, sign):
    base = data.draw(st.integers(1, batch - 1))
    text = sentence(template, table, names[:3], batch, base, sign)
    assume(text)
    gaps = data.draw(st.lists(st.sampled_from(_SPACES), min_size=len(text), max_size=len(text)))
    apart = [
        sign + ("" if sign.isdigit() and next_sign.isdigit() else gap)
        for sign, next_sign, gap in zip(text, text[1:] + " ", gaps, strict=True)
    ]
    for claim in claims.extract("".join(apart)):
        assert holds(claim, table), (text, claim)
