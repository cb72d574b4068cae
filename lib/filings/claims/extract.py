"""Claims about the register in Chinese press text, each with its place in the text.

The reader goes through the tokens of a sentence from left to right and keeps what a human reader
keeps in mind: the batch last named, the place spoken of, whether the talk is of the register at
all. It prefers silence to error: an amount whose place, batch or noun it is not sure of is left
out. The one exception is a claim that names no batch anywhere before it; that is reported with
empty batches.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from filings import places
from filings.claims import lex, lexicon, text
from filings.claims.claim import Claim
from filings.claims.clause import OBJECT, Clause, Spoken
from filings.claims.lex import Token

_NARROWING = re.compile(
    r"追赶|迎头赶上|缩小.{0,10}差距|差距.{0,8}(?:缩小|收窄)|(?:加速|加快)布局|"
    r"有(?:着)?(?:不小|较大|很大|明显)的?差距|差距.{0,4}(?:仍|依然|明显|较大|不小)"
)


def extract(article: str) -> list[Claim]:
    """All claims about the register in the text of an article, in the order of the text."""
    reader = _Reader()
    found = []
    copy, stood = text.closed_up(text.plain(article))
    for sentence in text.sentences(copy):
        for claim in reader.read(sentence.text):
            start = stood[sentence.start + claim.start]
            end = stood[sentence.start + claim.end - 1] + 1
            found.append(replace(claim, start=start, end=end, span=article[start:end]))
    return sorted(found, key=lambda claim: (claim.start, claim.end))


class _Reader:
    """Reads sentence after sentence; what carries over is held here."""

    def __init__(self):
        self.on = False
        self.batches: tuple[int, ...] = ()
        self.group: tuple[str, ...] = ()
        self.entities = False
        self.newest = 0  # the newest batch named
        self.totals: set[int] = set()  # entities of the whole country, as told

    # --- a sentence, clause by clause ----------------------------------------------------------

    def read(self, sentence: str) -> list[Claim]:
        """Claims of one plain sentence, with offsets in it."""
        if lexicon.OTHER_REGISTER.search(sentence):
            self.on = False
            return []
        state = Spoken(sentence, lex.tokens(sentence))
        named = bool(lexicon.CUE.search(sentence)) or any(t.kind == "batch" for t in state.tokens)
        self.on = self.on or named
        self.entities = self.entities and not named
        off = ""
        start = 0
        for clause in self._clauses(state.tokens):
            end = clause[-1].end if clause and clause[-1].kind == "comma" else len(sentence)
            off = self._off(sentence[start:end], clause, off)
            self._clause(state, clause, start, end, silent=bool(off) or not self.on)
            start = end
        if self.on and not off:
            self._catching_up(state)
        for one in state.seen:
            if len(one.names) > 1:
                self.group = one.names
        return state.claims

    def _catching_up(self, state: Spoken):
        """Add what a sentence says of places that catch up, or still lag (a trend has no value)."""
        for match in _NARROWING.finditer(state.text):
            named = [one for one in state.seen
                     if not OBJECT.search(state.text[: one.token.start])
                     and one.names not in ((places.NATION,), ("东部",))]  # fmt: skip
            before = [one for one in named if one.token.start < match.start()]
            place = (
                before[-1] if before else max(named, key=lambda one: len(one.names), default=None)
            )
            if place:
                first, last = place.token, Token("trend", match.start(), match.end())
                if re.search(
                    "[,;]", state.text[min(first.end, last.end) : max(first.start, last.start)]
                ):
                    first = last
                state.emit("trend", place.names, self.batches, "services", "", None, first, last)

    @staticmethod
    def _clauses(tokens: list[Token]) -> Iterable[list[Token]]:
        clause: list[Token] = []
        for token in tokens:
            clause.append(token)
            if token.kind == "comma":
                yield clause
                clause = []
        yield clause

    @staticmethod
    def _off(clause: str, tokens: list[Token], before: str) -> str:
        """Why a clause says nothing of the register: plan, topic, category; "" if it may."""
        if before == "plan" or lexicon.PLAN.search(clause):
            return "plan"
        if lexicon.OFF_TOPIC.search(clause):
            return "topic"
        if lexicon.FIRMS.search(clause) and not lexicon.REGISTERED.search(clause):
            return "topic"
        if lexicon.CATEGORY.search(clause):
            return "category"
        kinds = {token.kind for token in tokens}
        if before == "topic" and ("batch" in kinds or "备案" in clause):
            return ""
        if before == "category" and kinds & {"batch", "place", "nation"}:
            return ""
        return before

    def _clause(self, state: Spoken, tokens: list[Token], start: int, end: int, silent: bool):
        clause = Clause(self, state, tokens, start, end, silent)
        for index, token in enumerate(tokens):
            handler = getattr(clause, f"on_{token.kind}", None)
            if handler:
                handler(index, token)
