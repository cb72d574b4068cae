"""A claim against the evidence: true in every table that agrees with it, in none, or in some.

The claim becomes rows over the counts (``wording`` says which numbers it allows). It is supported
if no table breaks a row, contradicted if no table meets all of them, undecided otherwise.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, product

from filings import convergence, ledger, places
from filings.bounds import IdentifiedSet, Sum
from filings.bounds.model import Model
from filings.bounds.program import Form, Outcome, Program, add
from filings.claims import lexicon, wording
from filings.claims.claim import Claim
from filings.ledger import Statement
from filings.words import Text

VERDICTS = ("supported", "contradicted", "undecided", "outside the register")
_EPS = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What the evidence says of a claim.

    ``verdict`` is one of ``VERDICTS``. ``low`` and ``high`` are what the evidence leaves for the
    claim's own quantity: a count, percent, a number of provinces, a rank (None: no such number, or
    no end). ``evidence`` holds the ids of kept statements from which the verdict follows, none of
    which can be spared; empty where nothing decides. ``reason`` says it in words.
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

    ``verdict`` is that of all the evidence, ``alone`` that of the evidence without the claim's own
    source. Supported by both, the claim is *confirmed*; by the first only, *unconfirmed*: its
    source is its own only witness. Contradicted by all the evidence, it is *not borne out*.
    """
    if verdict.verdict == "supported":
        return "confirmed" if alone.verdict == "supported" else "unconfirmed"
    return {
        "contradicted": "not borne out",
        "undecided": "undecided",
        "outside the register": "outside",
    }[verdict.verdict]


def without(statements: Iterable[Statement], sources: Iterable[str]) -> tuple[Statement, ...]:
    """The ledger less what only those sources say; reprints of one text count as the text.

    Raises ValueError for a source that the ledger does not know.
    """
    statements = tuple(statements)
    known = {source for one in statements for source in ledger.sources(one)}
    unknown = sorted(set(sources) - known)
    if unknown:
        raise ValueError(
            f"no statement of the ledger is from {', '.join(unknown)}; see sources.csv"
        )
    left_out = {ledger.text_of(source) for source in sources}
    return tuple(
        one
        for one in statements
        if {ledger.text_of(source) for source in ledger.sources(one)} - left_out
    )


def judge(claim: Claim, register: IdentifiedSet) -> Verdict:
    """The verdict of all registers that agree with the evidence on one claim."""
    if claim.kind == "trend":
        return _trend(claim, register)
    if not claim.batches:
        return Verdict("undecided", None, None, (), NO_BATCH)
    case = _Case(claim, register.statements, register.model.ceilings)
    low, high = _quantity(claim, register)
    if case.always_true():
        verdict = "supported"
    elif not case.ever_true():
        verdict = "contradicted"
    else:
        verdict = "undecided"
    evidence = () if verdict == "undecided" else _deciding(claim, register.statements, verdict)
    return Verdict(verdict, low, high, evidence, _reason(claim, verdict, low, high))


# --- the claim as rows ---------------------------------------------------------------------------


class _Case:
    """Statements and a claim in one program; the claim's rows can be asked about or imposed."""

    def __init__(
        self, claim: Claim, kept: Sequence[Statement], ceilings: dict[int, int] | None = None
    ):
        probes = _probes(claim)
        self._base = tuple(range(len(kept)))
        self._model = Model((*kept, *probes), _sums(claim), ceilings)
        self._own = tuple(range(len(kept), len(kept) + max(1, len(probes))))
        for form, low, high in _direct_rows(claim, self._model):
            self._model.rows.row(form, low, high, self._own[0])
        rows = self._model.rows
        self.rows = [
            (form, low, high)
            for form, low, high, owner in zip(
                rows.forms, rows.low, rows.high, rows.owner, strict=True
            )
            if owner in self._own
        ]
        self._programs: dict[bool, Program] = {}
        self._active: dict[bool, tuple[int, ...]] = {}
        self._ends: dict[tuple, Outcome] = {}

    def _program(self, relaxed: bool, active: tuple[int, ...]) -> Program:
        if relaxed not in self._programs:
            self._programs[relaxed] = Program(self._model.rows, relaxed)
        if self._active.get(relaxed) != active:
            self._programs[relaxed].activate(active)
            self._active[relaxed] = active
        return self._programs[relaxed]

    def always_true(self, active: Iterable[int] | None = None) -> bool:
        """True if no table that agrees with the active statements breaks a row of the claim."""
        active = self._base if active is None else tuple(active)
        return all(
            self._never(form, "low", low, active) and self._never(form, "high", high, active)
            for form, low, high in self.rows
        )

    def _never(self, form: Form, sense: str, limit: float, active: tuple[int, ...]) -> bool:
        """True if the form never passes the limit; the relaxed program often shows it at once."""
        if math.isinf(limit):
            return True
        for relaxed in (True, False):
            found = self._end(form, sense, relaxed, active)
            passed = found.bound < limit - _EPS if sense == "low" else found.bound > limit + _EPS
            if not passed:
                return True
        return False

    def _end(self, form: Form, sense: str, relaxed: bool, active: tuple[int, ...]) -> Outcome:
        """Lowest or highest value of a form; asked once, remembered."""
        key = tuple(form.items()), sense, relaxed, active
        if key not in self._ends:
            found = self._program(relaxed, active).optimise(form, sense)
            if found is None:
                raise ValueError("the statements cannot all hold; reconcile them first")
            self._ends[key] = found
        return self._ends[key]

    def ever_true(self, active: Iterable[int] | None = None) -> bool:
        """True if some table that agrees with the active statements meets all rows of the claim."""
        active = (*(self._base if active is None else active), *self._own)
        return all(self._program(relaxed, active).feasible() for relaxed in (True, False))


def _names(claim: Claim) -> tuple[str, ...]:
    """The claim's places, regions opened into their provinces."""
    return tuple(
        member for name in claim.places for member in lexicon.region_members(name) or (name,)
    )


def _part(claim: Claim) -> Sum:
    return Sum(claim.unit, _names(claim), claim.batches)


def _whole(claim: Claim) -> Sum:
    return Sum(claim.unit, (claim.of,), claim.batches)


def _before(claim: Claim) -> Sum:
    return Sum(claim.unit, _names(claim), claim.base)


def _sums(claim: Claim) -> tuple[Sum, ...]:
    if claim.kind in ("change", "growth"):
        return _part(claim), _before(claim)
    if claim.kind == "ratio":
        return _part(claim), _whole(claim)
    if claim.kind in ("count", "share", "rank"):
        return (_part(claim), _whole(claim)) if claim.kind == "share" else (_part(claim),)
    if claim.kind in ("order", "leaders"):
        return tuple(Sum(claim.unit, (name,), claim.batches) for name in claim.value)
    return ()


def _probes(claim: Claim) -> tuple[Statement, ...]:
    """Statements whose rows are the claim's, for the kinds that need unknowns of their own."""

    def probe(relation, value):
        return Statement("claim", "", claim.kind, claim.places, claim.batches, claim.unit, relation,
                         value, claim.of)  # fmt: skip

    if claim.kind in ("count", "share", "order", "leaders", "change", "growth", "ratio"):
        return ()
    if claim.kind == "coverage":
        limits = wording.limits(claim)
        least = _least(limits) if limits.low is not None else 0
        most = _most(limits) if limits.high is not None else len(places.province_names())
        return probe(">=", least), probe("<=", most)
    return (probe(claim.relation, claim.value),)


def _least(limits: wording.Limits) -> int:
    return math.ceil(limits.low) + (limits.low_open and limits.low == int(limits.low))


def _most(limits: wording.Limits) -> int:
    return math.floor(limits.high) - (limits.high_open and limits.high == int(limits.high))


def _direct_rows(claim: Claim, model: Model):
    """Rows of a count, a share, an order, and a lead by an absolute margin, in whole numbers."""
    infinity = math.inf
    if claim.kind == "count":
        limits = wording.limits(claim)
        low = -infinity if limits.low is None else _least(limits)
        high = infinity if limits.high is None else _most(limits)
        yield model.form(_part(claim)), low, high
    elif claim.kind == "change":
        grown = add((1, model.form(_part(claim))), (-1, model.form(_before(claim))))
        limits = wording.limits(claim)
        low = -infinity if limits.low is None else _least(limits)
        high = infinity if limits.high is None else _most(limits)
        yield (grown, low, high) if claim.value >= 0 else (grown, -high, -low)
    elif claim.kind in ("share", "growth", "ratio"):
        whole = _before(claim) if claim.kind == "growth" else _whole(claim)
        yield from _as_part(model.form(_part(claim)), model.form(whole), _percents(claim))
    elif claim.kind in ("order", "leaders"):
        for more, less in _pairs(claim):
            ahead, behind = (
                model.form(Sum(claim.unit, (name,), claim.batches)) for name in (more, less)
            )
            yield add((1, ahead), (-1, behind)), 0, infinity
    elif claim.kind == "rank" and claim.wording:
        scale = wording.MARGIN.as_integer_ratio()
        for name in places.province_names():
            if name not in claim.places:
                other = model.form(Sum(claim.unit, (name,), claim.batches))
                mine = model.form(_part(claim))
                yield add((scale[1], mine), (-scale[0], other)), 0, infinity


def _percents(claim: Claim) -> wording.Limits:
    """Limits of a share, a ratio or what a growth has led to, in percent of the other sum."""
    limits = wording.limits(claim)
    if claim.kind == "growth" and claim.value < 0:
        flipped = (None if end is None else 100 - end for end in (limits.high, limits.low))
        return wording.Limits(*flipped, limits.high_open, limits.low_open)
    shift = 100 if claim.kind == "growth" else 0
    scale = 100 if claim.kind == "ratio" and "倍" in claim.wording else 1
    ends = (None if end is None else shift + scale * end for end in (limits.low, limits.high))
    return wording.Limits(*ends, limits.low_open, limits.high_open)


def _as_part(part: Form, whole: Form, limits: wording.Limits):
    """Rows of: part, in percent of the whole, is within the limits."""
    if limits.low is not None:
        yield _above(part, whole, limits.low), int(limits.low_open), math.inf
    if limits.high is not None:
        yield _above(part, whole, limits.high), -math.inf, -int(limits.high_open)


def _pairs(claim: Claim) -> Iterable[tuple[str, str]]:
    """Who is not below whom, by an order or a set of leaders: (the one ahead, the other)."""
    named = claim.value
    others = [name for name in places.province_names() if name not in named]
    if claim.kind == "leaders":
        return product(named, others)
    return [*pairwise(named), *((named[-1], other) for other in others)]


def _above(part: Form, whole: Form, percent: Decimal) -> Form:
    """A form with whole coefficients that is positive where part is above the percent of whole."""
    above, below = (percent / 100).as_integer_ratio()
    return add((below, part), (-above, whole))


# --- the range of the claim's quantity -----------------------------------------------------------


def _quantity(claim: Claim, register: IdentifiedSet) -> tuple:
    """(low, high) of what the claim gives a number for; (None, None) where it gives none."""
    if claim.kind == "count":
        (found,) = register.bounds([_part(claim)])
        return found.low, found.high
    if claim.kind == "share":
        found = register.ratio(_part(claim), _whole(claim))
        return tuple(
            None if end is None else round(100 * end, 2) for end in (found.low, found.high)
        )
    if claim.kind == "coverage":
        found = register.coverage(claim.batches)
        return found.low, found.high
    if claim.kind == "rank":
        found = register.rank(claim.place, claim.batches, claim.unit)
        return found.low, found.high
    return None, None


# --- which statements decide ---------------------------------------------------------------------

_VAGUE = ("leaders", "order", "rank", "coverage", "first_batch", "share_of_multi_filers", "share")
"""Kinds in the order in which they are spared first, where either could carry a verdict."""


def _deciding(claim: Claim, kept: Sequence[Statement], verdict: str) -> tuple[str, ...]:
    """Ids of statements from which the verdict follows, none of which can be spared.

    Looked for among the statements about the same places first, then about the same batches, then
    among all; statements are dropped one by one, the vaguest first, while the verdict follows.
    """
    for circle in _circles(claim, kept):
        case = _Case(claim, circle)

        def follows(active, case=case):
            if verdict == "supported":
                return case.always_true(active)
            return not case.ever_true(active)

        active = list(range(len(circle)))
        if not follows(active):
            continue
        for index in sorted(active, key=lambda index: _spared_first(claim, circle[index])):
            fewer = [one for one in active if one != index]
            if follows(fewer):
                active = fewer
        return tuple(circle[index].id for index in active)
    raise AssertionError("a verdict follows from all kept statements together")


def _circles(claim: Claim, kept: Sequence[Statement]) -> Iterable[list[Statement]]:
    """Kept statements in widening circles around the claim."""
    mine = {*_names(claim), claim.of, *(claim.value if isinstance(claim.value, tuple) else ())}
    batches = set(claim.batches)

    def about(one: Statement) -> set[str]:
        return {*one.places, *(one.value if isinstance(one.value, tuple) else ()), one.of} - {""}

    overlap = [one for one in kept if set(one.batches) & batches]
    same = [one for one in overlap if one.unit == claim.unit and about(one) & mine]
    named = set(places.province_names()) if mine & {places.NATION} else mine
    provinces = {places.province_of(name) or name for name in named - {""}}
    near = [one for one in overlap if about(one) & (mine | provinces | {places.NATION})]
    return same, near, overlap, list(kept)


def _spared_first(claim: Claim, one: Statement) -> tuple:
    """Sorts statements: the vaguest and most distant first, the claim's own fact last."""
    fact = (one.kind, one.places, one.batches, one.unit) == (
        claim.kind, claim.places, claim.batches, claim.unit,
    )  # fmt: skip
    vague = _VAGUE.index(one.kind) if one.kind in _VAGUE else len(_VAGUE)
    return fact, vague, one.relation == "=", set(one.batches) == set(claim.batches), -one.row


# --- catching up ---------------------------------------------------------------------------------


def _trend(claim: Claim, register: IdentifiedSet) -> Verdict:
    """Sentences on catching up are judged by the tests of ``convergence``."""
    if "布局" in claim.span:
        return Verdict("outside the register", None, None, (),
                       Text("The register counts filings; it does not say who plans what.",
                            "备案清单只计备案，不说明谁在布局。"))  # fmt: skip
    test = None
    if claim.places == ("中西部",):
        test = "catching up"
    elif set(claim.places) == set(convergence.NAMED):
        narrows = "缩小" in claim.span or "收窄" in claim.span
        test = "narrowing" if narrows else "gap remains"
    if test is None:
        return Verdict(
            "undecided", None, None, (),
            Text("No test is laid down for this sentence.", "此类说法尚无检验办法。"),
        )  # fmt: skip
    try:
        finding = _finding(register, test)
    except ValueError as error:  # the joint values left are too many to go through
        return Verdict(
            "undecided", None, None, (),
            Text(
                f"The evidence leaves too much open: {error}.",
                "证据留下的可能过多，无法逐一检验。",
            ),
        )  # fmt: skip
    return Verdict(finding.verdict, finding.low, finding.high, (), finding.reason)


@lru_cache(maxsize=8)
def _finding(register: IdentifiedSet, test: str) -> convergence.Finding:
    """The finding of one test; it takes seconds, and an article may say a thing twice."""
    if test == "catching up":
        return convergence.catching_up(register, next(iter(convergence.interiors().values())))
    return (
        convergence.narrowing(register)
        if test == "narrowing"
        else convergence.gap_remains(register)
    )


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


def _reason(claim: Claim, verdict: str, low, high) -> Text:
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
    return Text(f"{en}.", f"{zh}。") + wording.rule(claim)
