"""What an audit tells people: the sentence, how it was read, the verdict, who says so."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from filings import ledger, places, words
from filings.claims.claim import Claim, Unjudged
from filings.claims.judge import Verdict
from filings.ledger import KINDS, Statement
from filings.words import Text

VERDICT = {
    "supported": Text("holds", "成立"),
    "contradicted": Text("does not hold", "不成立"),
    "undecided": Text("the evidence does not decide it", "证据不足以判定"),
    "outside the register": Text("not a matter of the register", "不属备案范围"),
}

WHY_NOT = {
    "no filing": Text("not said to be a number of filings", "未言明是备案数"),
    "no batch": Text("of which batch is not said", "未言明批次"),
    "no place": Text(
        "of which place is not said, or not a place known here", "未言明地点或地点不详"
    ),
    "not understood": Text("not understood", "未能读懂"),
}


@dataclass(frozen=True)
class Audited:
    """An article with its claims, their verdicts, and the numbers of which none was made.

    ``said`` are the statements that verdicts may rest on, by id.
    """

    article: str
    judged: tuple[tuple[Claim, Verdict], ...]
    not_judged: tuple[Unjudged, ...]
    said: Mapping[str, Statement]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentence around those offsets begins and ends."""
        stops = [match.end() for match in re.finditer(r"[。！？!?；;]|\n", self.article)]
        first = max((stop for stop in stops if stop <= start), default=0)
        last = min((stop for stop in stops if stop >= end), default=len(self.article))
        return first, last

    def quoted(self, claim: Claim) -> str:
        """The claim's sentence with its words in brackets 【】."""
        first, last = self.sentence(claim.start, claim.end)
        before, after = self.article[first : claim.start], self.article[claim.end : last]
        marked = f"{before}【{self.article[claim.start : claim.end]}】{after}"
        return " ".join(marked.split())

    def publications(self, verdict: Verdict) -> list[str]:
        """Ids of the publications whose statements decide."""
        by = (source for one in verdict.evidence for source in ledger.sources(self.said[one]))
        return list(dict.fromkeys(by))

    def as_json(self) -> list[dict]:
        """The list that ``filings audit --json`` prints: an object a claim.

        ``not_judged`` are the numbers of the claim's sentence of which no claim was made.
        """
        return [
            _fields(claim, verdict)
            | {
                "sentence": self.article[slice(*self.sentence(claim.start, claim.end))].strip(),
                "reading": reading(claim).en,
                "publications": [words.cited(one) for one in self.publications(verdict)],
                "not_judged": self._beside(claim),
            }
            for claim, verdict in self.judged
        ]

    def _beside(self, claim: Claim) -> list[dict]:
        first, last = self.sentence(claim.start, claim.end)
        return [
            {"start": one.start, "end": one.end, "span": one.span, "reason": one.reason}
            for one in self.not_judged
            if first <= one.start < last
        ]

    def in_words(self, lang: str = "en") -> str:
        """Every claim and its verdict, for a reader at the terminal."""
        if not self.judged:
            return (
                "没有发现关于备案的论断。"
                if lang == "zh"
                else "No claim about the register was found."
            )
        return "\n\n".join(self._told(claim, verdict, lang) for claim, verdict in self.judged)

    def _told(self, claim: Claim, verdict: Verdict, lang: str) -> str:
        zh, at = lang == "zh", words.LANGUAGES.index(lang)
        reason, read = verdict.reason[at], reading(claim)[at]
        lines = [self.quoted(claim), f"  {'读作' if zh else 'Read as'}: {read}"]
        lines.append(f"  {VERDICT[verdict.verdict][at]}. {reason}")
        if by := self.publications(verdict):
            shown = "; ".join(words.cited(one) for one in by[:3])
            more = len(by) - 3
            tail = (f" 等{len(by)}处" if zh else f", and {more} more") if more > 0 else ""
            lines.append(f"  {'依据' if zh else 'By'}: {shown}{tail}")
        return "\n".join(lines)

    def left_out(self, lang: str = "en") -> list[str]:
        """A line for every number of which no claim was made, with the reason."""
        at = words.LANGUAGES.index(lang)
        name = "未判定" if lang == "zh" else "not judged"
        return [
            f"{name}: {self._around(one)} ({WHY_NOT[one.reason][at]})" for one in self.not_judged
        ]

    def _around(self, one: Unjudged) -> str:
        first, last = self.sentence(one.start, one.end)
        first, last = max(first, one.start - _AROUND), min(last, one.end + _AROUND)
        span = self.article[one.start : one.end]
        span = span if len(span) <= _LONG else f"{span[:_LONG]}…"
        parts = (self.article[first : one.start], f"【{span}】", self.article[one.end : last])
        return " ".join("".join(parts).split())


_AROUND, _LONG = 12, 40


def _fields(claim: Claim, verdict: Verdict) -> dict:
    value = float(claim.value) if isinstance(claim.value, Decimal) else claim.value
    return {
        "start": claim.start,
        "end": claim.end,
        "span": claim.span,
        "kind": claim.kind,
        "place": claim.place,
        "batches": claim.written_batches,
        "unit": claim.unit,
        "relation": claim.relation,
        "value": claim.written_value if isinstance(value, tuple) else value,
        "of": claim.of,
        "verdict": verdict.verdict,
        "low": verdict.low,
        "high": verdict.high,
        "evidence": list(verdict.evidence),
        "reason": verdict.reason.en,
    }


def reading(claim: Claim) -> Text:
    """How a claim was read, as a sentence: whose number, in which batches, which value.

    A region that has no English name here keeps its Chinese one.
    """
    try:
        return _reading(claim)
    except places.UnknownPlaceError:
        batches = Text(*(ledger.Batches(claim.batches).words(lang) for lang in words.LANGUAGES))
        value = claim.written_value
        return Text(
            f"{claim.place}, {claim.unit} in {batches.en}: {value}".rstrip(": "),
            f"{batches.zh}{claim.place}：{value}".rstrip("："),
        )


_ABOUT = {
    "=": Text("", ""),
    "~": Text("about ", "约为"),
    ">=": Text("at least ", "不少于"),
    ">": Text("more than ", "多于"),
    "<=": Text("at most ", "不多于"),
    "<": Text("less than ", "少于"),
}


def _reading(claim: Claim) -> Text:
    if claim.kind in KINDS and claim.kind != "trend":
        relation = {">": ">=", "<": "<="}.get(claim.relation, claim.relation)
        said = Statement(
            "", "", claim.kind, claim.places, claim.batches, claim.unit, relation, claim.value,
            claim.of,
        )  # fmt: skip
        return Text(ledger.words(said, "en"), ledger.words(said, "zh"))
    en, zh = (words.named(claim.places, lang) for lang in words.LANGUAGES)
    if claim.kind == "trend":
        return Text(f"How {en} moved against others", f"{zh}的相对变化")
    what = Text(
        claim.unit, {"services": "服务数", "entities": "主体数"}.get(claim.unit, claim.unit)
    )
    to = Text(*(ledger.Batches(claim.batches).words(lang) for lang in words.LANGUAGES))
    value = f"{claim.written_value}{'%' if claim.kind == 'growth' else ''}"
    if claim.kind == "ratio":
        of = Text(*(words.named((claim.of,), lang) for lang in words.LANGUAGES))
        times = "倍" in claim.wording
        about = _ABOUT[claim.relation]
        return Text(
            f"{en} had {about.en}{value} {'times' if times else '% of'} the {what.en} of {of.en} "
            f"in {to.en}",
            f"{to.zh}{zh}的{what.zh}{about.zh or '是'}{of.zh}的{value}{'倍' if times else '%'}",
        )
    base = Text(*(ledger.Batches(claim.base).words(lang) for lang in words.LANGUAGES))
    return Text(
        f"Change of {what.en} of {en} from {base.en} to {to.en}: {value}",
        f"{zh}的{what.zh}由{base.zh}到{to.zh}的变化：{value}",
    )
