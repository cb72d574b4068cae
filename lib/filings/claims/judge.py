"""A claim against the evidence: true in every table that agrees with it, in none, or in some.

The claim becomes rows over the counts (``wording`` says which numbers it allows). It is supported
if no table breaks a row, contradicted if no table meets all of them, undecided otherwise.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache, partial

from filings import convergence, ledger, places
from filings.bounds import IdentifiedSet, Sum
from filings.bounds.explain import Checker, Limit, Supposed, core_of
from filings.bounds.model import Model
from filings.bounds.program import Form, add
from filings.claims import wording
from filings.claims.claim import Claim
from filings.ledger import KINDS, Statement
from filings.ledger.kinds import Order
from filings.words import Text

VERDICTS = ("supported", "contradicted", "undecided", "outside the register")


@dataclass(frozen=True)
class Verdict:
    """What the evidence says of a claim.

    Attributes
    ----------
    verdict
        One of `VERDICTS`.
    low, high
        What the evidence leaves for the claim's own quantity: a count, percent, a number of
        provinces, a rank (None: no such number, or no end).
    evidence
        Ids of kept statements from which the verdict follows, none to spare; empty where nothing
        decides.
    reason
        The verdict in words.
    """

    verdict: str
    low: float | None
    high: float | None
    evidence: tuple[str, ...]
    reason: Text


NO_BATCH = Text("The text does not say of which batches.", "原文未说明批次。")

STANDINGS = {
    "confirmed": Text("confirmed by others", "有他方佐证"),
    "unconfirmed": Text("only the article says so", "仅有文章自述"),
    "undecided": Text("undecided", "证据不足以判定"),
    "not borne out": Text("not borne out", "未获证实"),
    "outside": Text("outside the register", "不属备案范围"),
}
"""How a claim stands once its own source is no witness: see `standing`."""


def standing(verdict: Verdict, alone: Verdict) -> str:
    """How a claim stands, as one of `STANDINGS`.

    Parameters
    ----------
    verdict, alone
        That of all the evidence, and that of the evidence without the claim's own source.

    Notes
    -----
    Supported by both, the claim is *confirmed*; by the first only, *unconfirmed*: its source is
    its own only witness. Contradicted by all the evidence, it is *not borne out*.
    """
    if verdict.verdict == "supported":
        return "confirmed" if alone.verdict == "supported" else "unconfirmed"
    other = {"contradicted": "not borne out", "outside the register": "outside"}
    return other.get(verdict.verdict, "undecided")


def without(statements: Iterable[Statement], sources: Iterable[str]) -> tuple[Statement, ...]:
    """The ledger less what only those sources say; reprints of one text count as the text.

    Raises
    ------
    ValueError
        For a source that the ledger does not know.
    """
    statements = tuple(statements)
    known = {source for one in statements for source in ledger.sources(one)}
    unknown = sorted(set(sources) - known)
    if unknown:
        raise ValueError(
            f"no statement of the ledger is from {', '.join(unknown)}; see sources.csv"
        )
    left_out = {ledger.text_of(source) for source in sources}
    told = ((one, {ledger.text_of(source) for source in ledger.sources(one)}) for one in statements)
    return tuple(one for one, texts in told if texts - left_out)


def judge(claim: Claim, register: IdentifiedSet) -> Verdict:
    """The verdict of all registers that agree with the evidence on one claim.

    Parameters
    ----------
    claim
        As `extract` or `claim_of` gives it; where it stands in a text does not matter.
    register
        All tables that agree with the evidence.
    """
    return judge_all([claim], register)[0]


def judge_all(claims: Iterable[Claim], register: IdentifiedSet) -> list[Verdict]:
    """The verdicts on the claims of one text, in their order: all are put to one program."""
    said = [_case(claim) for claim in claims]
    cases = list(dict.fromkeys(said))
    decided = _decided([one for one in cases if one.kind != "trend" and one.batches], register)
    verdicts = {}
    for one in cases:
        if one.kind == "trend":
            verdicts[one] = _trend(one, register)
        elif not one.batches:
            verdicts[one] = Verdict("undecided", None, None, (), NO_BATCH)
        else:
            verdict, evidence = decided[one]
            low, high = _quantity(one, register)
            reason = _reason(one, verdict, low, high)
            verdicts[one] = Verdict(verdict, low, high, evidence, reason)
    return [verdicts[one] for one in said]


def _case(claim: Claim) -> Claim:
    """The claim wherever it stands, as a text may say a thing twice; regions as their provinces."""
    if claim.kind == "trend":
        return replace(claim, start=0, end=0)
    return replace(claim, places=claim.members, start=0, end=0, phrase="")


# --- claims as rows ------------------------------------------------------------------------------


def _decided(
    claims: list[Claim], register: IdentifiedSet
) -> dict[Claim, tuple[str, tuple[str, ...]]]:
    """Each claim's verdict, and the ids of statements from which it follows, none to spare."""
    kept = register.statements
    whole = {one: _supposed(one) for one in claims}
    sums = [question for case in whole.values() for question in case.sums]
    model = Model(kept, sums, about=[said for case in whole.values() for said in case.about])
    supposed: list[Supposed] = []
    true: dict[Claim, int] = {}
    false: dict[Claim, list[int]] = {}
    for one, case in whole.items():
        ends = [
            (number, end)
            for number, (_, *limits) in enumerate(_rows(one, model))
            for end, limit in enumerate(limits)
            if limit is not None
        ]
        true[one] = len(kept) + len(supposed)
        false[one] = [true[one] + 1 + n for n in range(len(ends))]
        supposed.append(case)
        supposed += [replace(case, rows=partial(_broken, one, *end)) for end in ends]
    room = max([4, *map(_room, claims)])
    known = {b: c for b, c in register.model.ceilings.items() if b not in register.open_batches}
    ceilings = {b: known.get(b, room * c) for b, c in model.ceilings.items()}
    quick = Checker(kept, supposed, ceilings)
    everything = list(range(len(kept)))
    found: dict[Claim, tuple[str, list[int]]] = {}
    for one in claims:
        if not any(quick.holds([*everything, way]) for way in false[one]):
            found[one] = "supported", false[one]
        elif not quick.holds([*everything, true[one]]):
            found[one] = "contradicted", [true[one]]
        else:
            found[one] = "undecided", []
    # Totals that follow from statements must not stand in for them here.
    checker = Checker(kept, supposed, room=room)
    return {
        one: (verdict, _deciding(checker, quick, one, impossible))
        for one, (verdict, impossible) in found.items()
    }


def _room(claim: Claim) -> int:
    """How many times what the statements need a claim may need: a whole for a small share."""
    if claim.kind in ("order", "leaders") or not claim.value:
        return 1
    part = abs(claim.amount) / 100
    return math.ceil(4 / part if claim.kind in ("share", "growth", "ratio") else 4 * part)


def _deciding(
    checker: Checker, quick: Checker, claim: Claim, impossible: Sequence[int]
) -> tuple[str, ...]:
    """Ids of statements beside which none of that can hold; none of them is to spare.

    ``quick`` takes the totals of batches for granted: where only whole numbers decide, it tells
    ``checker`` where to look.
    """
    kept = checker.statements
    ordered = sorted(checker.everything(), key=lambda n: _spared_first(claim, kept[n]))[::-1]
    chosen: list[int] = []
    # What the relaxation rules out is quick to explain, and may rule out the others, too.
    whole = {way: checker.relaxed_holds([*ordered, way]) for way in impossible}
    for way in sorted(impossible, key=lambda way: whole[way]):
        if chosen and not checker.holds([*chosen, way]):
            continue
        if not chosen and not checker.relaxed_holds([*ordered[:1], way]):
            chosen = ordered[:1]  # the claim's own fact, as a rule
            continue
        pool = [*chosen, *(number for number in ordered if number not in chosen)]
        if whole[way]:
            likely = core_of(quick, [way], pool) | {n for n in pool if _is_total(kept[n])}
            if not checker.holds([*likely, way]):
                pool = [number for number in pool if number in likely]
        chosen = sorted(core_of(checker, [way], pool) | {*chosen}, key=ordered.index)
    for number in reversed(chosen):
        fewer = [one for one in chosen if one != number]
        if not any(checker.holds([*fewer, way]) for way in impossible):
            chosen = fewer
    return tuple(kept[number].id for number in sorted(chosen))


def _is_total(one: Statement) -> bool:
    return one.kind == "count" and one.places == (places.NATION,)


def _part(claim: Claim) -> Sum:
    return Sum(claim.unit, claim.places, claim.batches)


def _other(claim: Claim) -> Sum:
    """What a share, a ratio, a change or a growth compares that with."""
    if claim.base:
        return Sum(claim.unit, claim.places, claim.base)
    return Sum(claim.unit, (claim.of,), claim.batches)


def _supposed(claim: Claim) -> Supposed:
    """The claim, supposed to be true."""
    known = claim.kind in KINDS
    sums = () if known else (_part(claim), _other(claim))
    return Supposed(sums, partial(_rows, claim), (claim,) if known else ())


def _rows(claim: Claim, model: Model) -> Iterator[Limit]:
    """What must be so for the claim to be true, in whole numbers."""
    kind = KINDS.get(claim.kind)
    if claim.kind == "count":
        yield model.form(_part(claim)), *_whole_ends(claim)
    elif claim.kind == "coverage":
        yield model.coverage(claim.batches), *_whole_ends(claim)
    elif claim.kind == "change":
        sign = 1 if claim.amount >= 0 else -1
        form = add((sign, model.form(_part(claim))), (-sign, model.form(_other(claim))))
        yield form, *_whole_ends(claim)
    elif claim.kind in ("share", "growth", "ratio"):
        part, whole, limits = model.form(_part(claim)), model.form(_other(claim)), _percents(claim)
        if limits.low is not None:
            yield _above(part, whole, limits.low), int(limits.low_open), None
        if limits.high is not None:
            yield _above(part, whole, limits.high), None, -int(limits.high_open)
    elif isinstance(kind, Order):
        for pair in kind.pairs(claim, model):
            ahead, behind = (model.form(Sum(claim.unit, (name,), claim.batches)) for name in pair)
            yield add((1, ahead), (-1, behind)), 0, None
    elif kind:
        yield from kind.rule(claim, model)
    if claim.kind == "rank" and claim.wording:
        above, below = wording.MARGIN.as_integer_ratio()
        for name in places.province_names():
            if name not in claim.places:
                other = model.form(Sum(claim.unit, (name,), claim.batches))
                yield add((below, model.form(_part(claim))), (-above, other)), 0, None


def _broken(claim: Claim, number: int, end: int, model: Model) -> list[Limit]:
    """One of these is not so: the form lies below its lowest (0) or above its highest (1) value."""
    form, low, high = list(_rows(claim, model))[number]
    if end == 0 and low is not None:
        return [(form, None, low - 1)]
    return [] if high is None else [(form, high + 1, None)]


def _whole_ends(claim: Claim) -> tuple[int | None, int | None]:
    """The lowest and the highest whole number that the claim allows (None: no end)."""
    limits = wording.limits(claim)
    low, high = limits.low, limits.high
    return (
        None if low is None else math.ceil(low) + (limits.low_open and low == int(low)),
        None if high is None else math.floor(high) - (limits.high_open and high == int(high)),
    )


def _percents(claim: Claim) -> wording.Limits:
    """Limits of a share, a ratio or what a growth has led to, in percent of the other sum."""
    limits = wording.limits(claim)
    if claim.kind == "growth" and claim.amount < 0:
        low, high = (None if end is None else 100 - end for end in (limits.high, limits.low))
        return wording.Limits(low, high, limits.high_open, limits.low_open)
    shift = 100 if claim.kind == "growth" else 0
    scale = 100 if claim.kind == "ratio" and "倍" in claim.wording else 1
    low, high = (None if end is None else shift + scale * end for end in (limits.low, limits.high))
    return replace(limits, low=low, high=high)


def _above(part: Form, whole: Form, percent: Decimal) -> Form:
    """A form with whole coefficients that is positive where part is above the percent of whole."""
    above, below = (percent / 100).as_integer_ratio()
    return add((below, part), (-above, whole))


# --- the range of the claim's quantity -----------------------------------------------------------


def _quantity(claim: Claim, register: IdentifiedSet) -> tuple[float | None, float | None]:
    """(low, high) of what the claim gives a number for; (None, None) where it gives none."""
    if claim.kind == "share":
        found = register.ratio(_part(claim), _other(claim))
        low, high = (
            None if end is None else round(100 * end, 2) for end in (found.low, found.high)
        )
        return low, high
    if claim.kind == "count":
        found = register.sum(_part(claim))
    elif claim.kind == "coverage":
        found = register.coverage(claim.batches)
    elif claim.kind == "rank":
        found = register.rank(claim.place, claim.batches, claim.unit)
    else:
        return None, None
    return found.low, found.high


# --- which statements decide ---------------------------------------------------------------------


def _spared_first(claim: Claim, one: Statement) -> tuple[bool, bool, bool, bool, int]:
    """Sorts statements: the vaguest and most distant first, the claim's own fact last."""
    fact = one.fact[:4] == claim.fact[:4]  # kind, places, batches, unit
    precise = not KINDS[one.kind].vague
    return fact, precise, one.relation == "=", set(one.batches) == set(claim.batches), -one.row


# --- catching up ---------------------------------------------------------------------------------


def _trend(claim: Claim, register: IdentifiedSet) -> Verdict:
    """Sentences on catching up are judged by the tests of ``convergence``."""
    reason = Text("No test is laid down for this sentence.", "此类说法尚无检验办法。")
    if "布局" in claim.phrase:
        reason = Text("The register counts filings; it does not say who plans what.",
                      "备案清单只计备案，不说明谁在布局。")  # fmt: skip
        return Verdict("outside the register", None, None, (), reason)
    test: Callable[[IdentifiedSet], convergence.Finding]
    if claim.places == ("中西部",):
        test = _catching_up
    elif set(claim.places) == set(convergence.NAMED):
        narrows = "缩小" in claim.phrase or "收窄" in claim.phrase
        test = convergence.narrowing if narrows else convergence.gap_remains
    else:
        return Verdict("undecided", None, None, (), reason)
    try:
        finding = _finding(test, register)
    except ValueError as error:  # the joint values left are too many to go through
        reason = Text(f"The evidence leaves too much open: {error}.",
                      "证据留下的可能过多，无法逐一检验。")  # fmt: skip
        return Verdict("undecided", None, None, (), reason)
    return Verdict(finding.verdict, finding.low, finding.high, (), finding.reason)


def _catching_up(register: IdentifiedSet) -> convergence.Finding:
    return convergence.catching_up(register, next(iter(convergence.interiors().values())))


@lru_cache(maxsize=8)
def _finding(
    test: Callable[[IdentifiedSet], convergence.Finding], register: IdentifiedSet
) -> convergence.Finding:
    """The finding of one test; it takes seconds, and an article may say a thing twice."""
    return test(register)


# --- words ---------------------------------------------------------------------------------------

_WHAT = {
    "count": Text("the count", "数量"),
    "share": Text("the share in percent", "占比（%）"),
    "coverage": Text("the number of provinces", "省份数"),
    "rank": Text("the rank", "位次"),
}
_HOW = {
    "supported": Text(
        "True in every table that agrees with the evidence", "在与证据一致的所有计数表中均成立"
    ),
    "contradicted": Text(
        "True in no table that agrees with the evidence", "在与证据一致的任何计数表中都不成立"
    ),
    "undecided": Text(
        "True in some tables that agree with the evidence, false in others",
        "在与证据一致的计数表中，有的成立，有的不成立",
    ),
}


def _reason(claim: Claim, verdict: str, low: float | None, high: float | None) -> Text:
    """Why, in a sentence or two."""
    en, zh = _HOW[verdict]
    if claim.kind in _WHAT and low is not None:
        what = _WHAT[claim.kind]
        if low == high:
            en, zh = f"{en}: {what.en} is {low:g}", f"{zh}：{what.zh}为{low:g}"
        elif high is None:
            en = f"{en}: {what.en} is {low:g} or more, with no upper end"
            zh = f"{zh}：{what.zh}至少为{low:g}，没有上限"
        else:
            en = f"{en}: {what.en} lies between {low:g} and {high:g}"
            zh = f"{zh}：{what.zh}在{low:g}与{high:g}之间"
    return Text(f"{en}.", f"{zh}。").then(wording.rule(claim))
