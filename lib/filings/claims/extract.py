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
from typing import TypeVar

from filings import places
from filings.claims import lex, lexicon, text
from filings.claims.claim import Claim, Claims, Unjudged
from filings.claims.clause import NUMBERED, OBJECT, PRONOUN, Clause, Spoken
from filings.claims.discourse import Discourse
from filings.claims.lex import Token

Read = TypeVar("Read", Claim, Unjudged)

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
    """All claims about the register in a text, in its order.

    Parameters
    ----------
    article
        Press text in Chinese, simplified or traditional.

    Returns
    -------
    Claims
        A list; its ``not_judged`` holds every number of which no claim was made, and why.
    """
    mind = Discourse()
    found: list[Claim] = []
    rest: list[Unjudged] = []
    copy, stood = text.closed_up(text.plain(article))

    def original(one: Read, sentence: text.Sentence) -> Read:
        first, last = stood[sentence.start + one.start], stood[sentence.start + one.end - 1] + 1
        return replace(one, start=first, end=last, phrase=article[first:last])

    for sentence in text.sentences(copy):
        claims, unjudged = _read(sentence, mind)
        found += [original(one, sentence) for one in claims]
        rest += [original(one, sentence) for one in unjudged]
    return Claims(sorted(found, key=lambda claim: (claim.start, claim.end)), rest)


def _read(sentence: text.Sentence, mind: Discourse) -> tuple[list[Claim], list[Unjudged]]:
    """Claims of one plain sentence, and its other numbers, with offsets in it."""
    words = sentence.text
    if len(words) <= _LONGEST:
        words = mind.open(words, sentence.headline)
    if len(words) > _LONGEST or lexicon.OTHER_REGISTER.search(words):
        mind.on, mind.unsure = False, True
        reason = "not understood" if len(words) > _LONGEST else "no filing"
        return [], [Unjudged(*one.span("number"), "", reason) for one in _numbers(words)]
    state = Spoken(words, lex.tokens(words))
    if mind.subject and PRONOUN.search(words):
        state.subject = replace(mind.subject, start=-1, end=-1)
    named = bool(lexicon.CUE.search(words)) or any(
        token.kind.startswith("batch") for token in state.tokens
    )
    mind.on = mind.on or named
    mind.entities = mind.entities and not named
    off, start = "", 0
    for clause in _clauses(state.tokens):
        end = clause[-1].end if clause and clause[-1].kind == "comma" else len(words)
        off = _off(words[start:end], clause, off)
        Clause(mind, state, clause, start, end, silent=bool(off) or not mind.on).read()
        start = end
    if mind.on and not off:
        _catching_up(state, mind)
    for place in state.seen:
        if len(place.places) > 1:
            mind.group = place.places
        elif not lexicon.region_members(place.places[0]):
            mind.named += place.places
    if len(state.counts) > 1:
        mind.group = tuple(state.counts)
    mind.unsure = mind.unsure and not state.seen
    mind.subject = state.subject
    return state.claims, _unjudged(state)


def _numbers(sentence: str) -> Iterable[re.Match[str]]:
    return (match for match in _NUMBERS.finditer(sentence) if match["number"])


def _unjudged(state: Spoken) -> list[Unjudged]:
    """Numbers no claim was made of, and why."""
    tokens = [part for token in state.tokens for part in token.parts or (token,)]
    rest = [Unjudged(token.start, token.end, "", state.why[token.start]) for token in tokens
            if token.kind in NUMBERED and token.start not in state.judged]  # fmt: skip
    for match in _numbers(state.text):
        if not any(token.start < match.end() and match.start() < token.end for token in tokens):
            rest.append(Unjudged(*match.span("number"), "", state.reason(match.start())))
    return sorted(rest, key=lambda one: (one.start, one.end))


def _catching_up(state: Spoken, mind: Discourse) -> None:
    """Add what a sentence says of places that catch up, or still lag (a trend has no value)."""
    behind = [place for place in state.seen
              if not OBJECT.search(state.text[: place.start])
              and not set(place.places) <= _AHEAD]  # fmt: skip
    for match in _NARROWING.finditer(state.text):
        before = [place for place in behind if place.start < match.start()]
        largest = max(behind, key=lambda place: len(place.places), default=None)
        if place := before[-1] if before else largest:
            said = Token("trend", match.start(), match.end(), relation="")
            first, last = sorted((said, place), key=lambda one: one.start)
            if not re.search("[,;]", state.text[first.end : last.start]):
                said = replace(said, start=first.start, end=max(first.end, last.end))
            state.emit("trend", place.places, mind.batches, said, value="", unit="services")


def _clauses(tokens: list[Token]) -> Iterable[list[Token]]:
    clause: list[Token] = []
    for token in tokens:
        clause.append(token)
        if token.kind == "comma":
            yield clause
            clause = []
    yield clause


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
    again = {"topic": {"batch"}, "category": {"batch", "place", "nation"}}.get(before, set())
    on_topic = before == "topic" and lexicon.ON_TOPIC.search(clause)
    return "" if on_topic or kinds & again else before
