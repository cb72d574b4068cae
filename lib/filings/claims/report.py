"""What an audit tells people: the sentence, how it was read, the verdict, who says so."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from filings import ledger, places, words
from filings.claims.claim import Claim, Unjudged
from filings.claims.judge import Verdict
from filings.ledger import KINDS, Statement
from filings.ledger.words import RELATION_EN, RELATION_ZH
from filings.notebook.outputs import LANGUAGES
from filings.words import Text

VERDICT = {
    "supported": Text("holds", "成立"),
    "contradicted": Text("does not hold", "不成立"),
    "undecided": Text("the evidence does not decide it", "证据不足以判定"),
    "outside the register": Text("not a matter of the register", "不属备案范围"),
}

Json = dict[str, Any]

WHY_NOT = {
    "no filing": Text("not said to be a number of filings", "未言明是备案数"),
    "no batch": Text("of which batch is not said", "未言明批次"),
    "no place": Text(
        "of which place is not said, or not a place known here", "未言明地点或地点不详"
    ),
    "not understood": Text("not understood", "未能读懂"),
}
"""Why no claim was made of a number."""


_AROUND, _LONG = 12, 40  # signs shown


@dataclass(frozen=True)
class Audited:
    """An article with its claims, their verdicts, and the numbers of which none was made.

    Attributes
    ----------
    article
        Its text, in which claims have their offsets.
    judged, not_judged
        Each claim with its verdict, and the other numbers.
    said
        The statements that verdicts may rest on, by id.
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

    def as_json(self) -> list[Json]:
        """The list that ``filings audit --json`` prints: an object a claim.

        ``not_judged`` are the numbers of the claim's sentence of which no claim was made.
        """
        return [self._told_in_json(claim, verdict) for claim, verdict in self.judged]

    def _told_in_json(self, claim: Claim, verdict: Verdict) -> Json:
        first, last = self.sentence(claim.start, claim.end)
        beside = (one for one in self.not_judged if first <= one.start < last)
        value = claim.value if isinstance(claim.value, int) else claim.written_value or None
        return {
            "start": claim.start,
            "end": claim.end,
            "span": claim.phrase,
            "kind": claim.kind,
            "place": claim.place,
            "batches": claim.written_batches,
            "unit": claim.unit,
            "relation": claim.relation,
            "value": float(claim.value) if isinstance(claim.value, Decimal) else value,
            "of": claim.of,
            "verdict": verdict.verdict,
            "low": verdict.low,
            "high": verdict.high,
            "evidence": list(verdict.evidence),
            "reason": verdict.reason.en,
            "sentence": self.article[first:last].strip(),
            "reading": reading(claim).en,
            "publications": [words.cited(one) for one in self.publications(verdict)],
            "not_judged": [
                {"start": one.start, "end": one.end, "span": one.phrase, "reason": one.reason}
                for one in beside
            ],
        }

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
        zh, at = lang == "zh", LANGUAGES.index(lang)
        lines = [
            self.quoted(claim),
            f"  {'读作' if zh else 'Read as'}: {reading(claim)[at]}",
            f"  {VERDICT[verdict.verdict][at]}. {verdict.reason[at]}",
        ]
        if by := self.publications(verdict):
            shown = "; ".join(words.cited(one) for one in by[:3])
            more = len(by) - 3
            tail = (f" 等{len(by)}处" if zh else f", and {more} more") if more > 0 else ""
            lines.append(f"  {'依据' if zh else 'By'}: {shown}{tail}")
        return "\n".join(lines)

    def left_out(self, lang: str = "en") -> list[str]:
        """A line for every number of which no claim was made, with the reason."""
        at = LANGUAGES.index(lang)
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


def reading(claim: Claim) -> Text:
    """How a claim was read, as a sentence: whose number, in which batches, which value.

    A region that has no English name here keeps its Chinese one.
    """
    try:
        return _reading(claim)
    except places.UnknownPlaceError:
        to, value = _in_both(claim.batches.words), claim.written_value
        return Text(
            f"{claim.place}, {claim.unit} in {to.en}: {value}".rstrip(": "),
            f"{to.zh}{claim.place}：{value}".rstrip("："),
        )


def _in_both(said: Callable[[str], str]) -> Text:
    return Text(*map(said, LANGUAGES))


_NOUN_ZH = {"services": "服务数", "entities": "主体数"}


def _reading(claim: Claim) -> Text:
    if claim.kind in KINDS and claim.kind != "trend":
        return _in_both(partial(ledger.words, claim))
    at = _in_both(partial(words.named, claim.places))
    if claim.kind == "trend":
        return Text(f"How {at.en} moved against others", f"{at.zh}的相对变化")
    to, base, value = *map(_in_both, (claim.batches.words, claim.base.words)), claim.written_value
    noun = Text(claim.unit, _NOUN_ZH[claim.unit])
    if claim.kind != "ratio":
        value += "%" if claim.kind == "growth" else ""
        return Text(
            f"Change of {noun.en} of {at.en} from {base.en} to {to.en}: {value}",
            f"{at.zh}的{noun.zh}由{base.zh}到{to.zh}的变化：{value}",
        )
    of = _in_both(partial(words.named, (claim.of,)))
    about = Text(RELATION_EN[claim.relation], RELATION_ZH[claim.relation])
    is_zh = "是" if claim.relation == "=" else "" if claim.relation in "<>" else "为"
    times = Text("times", "倍") if "倍" in claim.wording else Text("% of", "%")
    return Text(
        f"{at.en} had {about.en}{value} {times.en} the {noun.en} of {of.en} in {to.en}",
        f"{to.zh}{at.zh}的{noun.zh}{about.zh}{is_zh}{of.zh}的{value}{times.zh}",
    )
