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
from filings.claims.claim import Claim, Claims, Unjudged
from filings.claims.clause import NUMBERED, OBJECT, PRONOUN, Clause, Named, Spoken
from filings.claims.discourse import Discourse
from filings.claims.lex import Token

_LONGEST = 2000  # signs of a sentence; what is longer is no prose
_NARROWING = re.compile(
    r"追赶|迎头赶上|缩小.{0,10}差距|差距.{0,8}(?:缩小|收窄)|(?:加速|加快)布局|"
    r"有(?:着)?(?:不小|较大|很大|明显)的?差距|差距.{0,4}(?:仍|依然|明显|较大|不小)"
)
_AHEAD = {places.NATION, "东部", *lexicon.region_members("东部")}

# Dates and ordinals, which count nothing, and then numbers.
_NUMBERS = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{2,4}年(?:\d{1,2}月)?|\d{1,2}[月日号时点](?!以)"
    r"|\d{1,4}[-/:]\d{1,2}(?:[-/:]\d{1,4})?(?!\d)|第[零一二三四五六七八九十百\d]+"
    rf"|(?P<number>(?:{lex.BEFORE_WORDS})?(?:\d+(?:[,.]\d+)*|[{lex.NUMERALS}几数]{{2,}}"
    rf"|[{lex.NUMERALS}几数](?=[个项家款成倍%])(?<!一))[万千百亿余多]*(?:[个项家款成倍%]|[万亿]?元|人|座|户)?)"
)


def extract(article: str) -> Claims:
    """All claims about the register in an article's text, and every number that is none."""
    reader = _Reader()
    found, rest = [], []
    copy, stood = text.closed_up(text.plain(article))

    def original(sentence, start, end):
        first, last = stood[sentence.start + start], stood[sentence.start + end - 1] + 1
        return {"start": first, "end": last, "span": article[first:last]}

    for sentence in text.sentences(copy):
        claims, unjudged = reader.read(sentence.text, sentence.headline)
        found += [replace(one, **original(sentence, one.start, one.end)) for one in claims]
        rest += [
            Unjudged(**original(sentence, start, end), reason=why) for start, end, why in unjudged
        ]
    return Claims(sorted(found, key=lambda claim: (claim.start, claim.end)), rest)


class _Reader:
    """Reads sentence after sentence; what carries over is held here."""

    def __init__(self):
        self.on = False
        self.discourse = Discourse()
        self.batches: tuple[int, ...] = ()
        self.group: tuple[str, ...] = ()
        self.entities = False
        self.newest = 0  # the newest batch named
        self.totals: set[int] = set()  # entities of the whole country, as told
        self.several: int | None = None  # filers of several services, as told
        self.subject: Named | None = None  # the place the sentence before spoke of
        self.unsure = False  # the sentence before was passed over: whose a number is, who knows

    # --- a sentence, clause by clause ----------------------------------------------------------

    def read(self, sentence: str, headline: bool = False) -> tuple[list[Claim], list[tuple]]:
        """Claims of one plain sentence, and its other numbers, with offsets in it."""
        if len(sentence) <= _LONGEST:
            sentence = self.discourse.open(sentence, headline)
        if len(sentence) > _LONGEST or lexicon.OTHER_REGISTER.search(sentence):
            self.on, self.unsure = False, True
            reason = "not understood" if len(sentence) > _LONGEST else "no filing"
            return [], [(*one.span("number"), reason) for one in self._numbers(sentence)]
        state = Spoken(sentence, lex.tokens(sentence))
        if self.subject and PRONOUN.search(sentence):
            state.subject = Named(self.subject.names, Token("place", -1, -1))
        named = bool(lexicon.CUE.search(sentence)) or any(
            t.kind.startswith("batch") for t in state.tokens
        )
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
            elif not lexicon.region_members(one.names[0]):
                self.discourse.named += one.names
        if len(state.counts) > 1:
            self.group = tuple(state.counts)
        if state.seen:
            self.unsure = False
        self.subject = state.subject
        return state.claims, self._unjudged(state)

    @staticmethod
    def _numbers(sentence: str) -> Iterable[re.Match]:
        return (match for match in _NUMBERS.finditer(sentence) if match["number"])

    def _unjudged(self, state: Spoken) -> list[tuple[int, int, str]]:
        """Numbers no claim was made of: (start, end, why)."""
        tokens = [part for token in state.tokens for part in token.parts or (token,)]
        rest = [(token.start, token.end, state.why[token.start]) for token in tokens
                if token.kind in NUMBERED and token.start not in state.judged]  # fmt: skip
        for match in self._numbers(state.text):
            if not any(token.start < match.end() and match.start() < token.end for token in tokens):
                rest.append((*match.span("number"), state.reason(match.start())))
        return sorted(rest)

    def _catching_up(self, state: Spoken):
        """Add what a sentence says of places that catch up, or still lag (a trend has no value)."""
        for match in _NARROWING.finditer(state.text):
            named = [one for one in state.seen
                     if not OBJECT.search(state.text[: one.token.start])
                     and not set(one.names) <= _AHEAD]  # fmt: skip
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
        if before == "topic" and ("batch" in kinds or lexicon.ON_TOPIC.search(clause)):
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
            for part in token.parts or (token,):
                state.why.setdefault(part.start, clause.reason())
        state.clauses.append((end, clause.reason()))
