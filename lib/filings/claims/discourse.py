"""What a reader of an article keeps in mind from sentence to sentence: whose 全省 is meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from filings import places
from filings.claims import lexicon
from filings.claims.lex import Token
from filings.claims.text import blanked
from filings.ledger import Batches

_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
_AUTONOMOUS = ("内蒙古", "广西", "西藏", "宁夏", "新疆")
_BODY = re.compile(
    r"(?:省|市|自治区)?(?:委|政府)?(?:网信|互联网信息办|通信管理局|通管局|工信|经信|日报|晚报|政府)"
)
# 新华社昆明3月30日电, 本报杭州讯: where the article was written, which is no subject.
_AGENCY = re.compile(r"[\u4e00-\u9fff]{0,6}(?:社|网|报|台|客户端)$")
_WIRED = re.compile(r"(?:\d{1,2}月)?(?:\d{1,2}日)?(?:专?电|讯|消息)")
_DATED = re.compile(r"(?:\d{1,2}月)?\d{1,2}日(?:专?电|讯)")


def _datelines(sentence: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Start, end and place of each dateline."""
    for match, named in lexicon.mentions(sentence):
        agency = _AGENCY.search(sentence, 0, match.start())
        behind = (_WIRED if agency else _DATED).match(sentence, match.end())
        if behind and (agency or match.start() == 0):
            start = agency.start() if agency else 0
            yield start, behind.end(), named


def at_level(name: str, level: str) -> str | None:
    """The province (省), autonomous region (区) or city (市) a place is or lies in, or None."""
    if lexicon.region_members(name):
        return None
    province = places.province_of(name)
    if level == "市":
        chain = (name, *places.ancestors(name))
        cities = (n for n in chain if places.find(n).level == "city" or n in _MUNICIPALITIES)
        return next(cities, None)
    autonomous, municipal = province in _AUTONOMOUS, province in _MUNICIPALITIES
    right = autonomous if level == "区" else not (autonomous or municipal)
    return province if right else None


@dataclass
class Discourse:
    """What carries over from sentence to sentence of an article.

    ``home``: whose it is by headline, dateline or a body. ``local``: it speaks of 我省, or its
    headline or dateline names a place: a bare number is not the country's. A body (湖南省网信办)
    makes only its own sentence local.
    """

    on: bool = False  # the talk is of the register
    home: list[str] = field(default_factory=list)
    local: bool = False
    named: list[str] = field(default_factory=list)  # places, one by one
    group: tuple[str, ...] = ()  # the places last named together
    subject: Token | None = None  # the place the sentence before spoke of
    broken: bool = False  # the place last spoken of is not known
    unsure: bool = False  # the sentence before was passed over: whose a number is, who knows
    batches: Batches = field(default_factory=Batches)  # the batches last spoken of
    newest: int = 0  # the newest batch named
    entities: bool = False  # the count before was one of filers
    totals: set[int] = field(default_factory=set)  # entities of the whole country, as told
    several: int | None = None  # filers of several services, as told
    _by_body: bool = False

    def up_to_last(self) -> Batches:
        """From here on the talk is of all batches up to the last one spoken of."""
        self.batches = Batches(range(1, max(self.batches, default=0) + 1))
        return self.batches

    def open(self, sentence: str, headline: bool) -> str:
        """Note a dateline, a body (湖南省网信办) or a headline's place; the sentence without it."""
        if self._by_body:
            self.local = self._by_body = False
        for start, end, named in _datelines(sentence):
            self.home += named
            self.local = self.local or named != ("北京",)  # where the national agencies sit
            sentence = blanked(sentence, start, end)
        found = set()
        for match, named in lexicon.mentions(sentence):
            if _BODY.match(sentence, match.end()):
                found.add(named)
                sentence = blanked(sentence, *match.span())
        self._by_body = bool(found) and not self.local
        if headline and not found:
            found = {named for _, named in lexicon.mentions(sentence) if len(named) == 1}
        if len(found) == 1:
            self.home += found.pop()
            self.local = True
        return sentence

    def is_local(self) -> None:
        """From here on a bare number is not the country's."""
        self.local, self._by_body = True, False

    def meant(self, word: str, subject: tuple[str, ...], before: str) -> str | None:
        """The place that 全省, 我市, 当地 stand for; None if the text does not say.

        ``subject``: the place the sentence speaks of; ``before``: the sentence up to the word.
        我省 is the article's own; 该省 the last named; 全省 the subject's, or else the article's.
        Where none is known, it is the only one that was named at all.
        """
        level = next((sign for sign in "省市区" if sign in word), "")
        here = [one for _, named in lexicon.mentions(before) for one in named]

        def fit(*names: str) -> list[str]:
            found = (at_level(name, level) if level else name for name in names)
            return [name for name in found if name]

        if word[0] not in "我本":
            if len(subject) > 1:
                kin = {*fit(*subject)}
                alike = len(kin) == 1 and len(fit(*subject)) == len(subject)
                return kin.pop() if alike else None
            if found := fit(*subject):
                return found[0]
            if word[0] in "该当" and self.broken:
                return None
            if word[0] in "该当" and (found := fit(*here) or fit(*self.named)):
                return found[-1]
        if found := fit(*self.home):
            return found[-1]
        every = {name for name in (*self.named, *here)
                 if name != places.NATION and not lexicon.region_members(name)}  # fmt: skip
        only = {*fit(*every)}
        compared = len({places.province_of(name) for name in every}) > 1
        return only.pop() if len(only) == 1 and not compared else None
