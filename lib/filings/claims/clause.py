"""One clause of a sentence: which place and which batch each of its amounts belongs to."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import takewhile

from filings import places
from filings.claims import lex, lexicon
from filings.claims.claim import Claim
from filings.claims.discourse import Discourse, at_level
from filings.claims.lex import Token
from filings.ledger import Batches

MOST_PROVINCES = len(places.province_names()) // 2
"""大多数省市: more than this many of the 31."""

# Behind an amount, the verb that leads to its place; for a share, some more.
_FROM = re.compile(
    r"\S{0,12}?(?:来自|出自|落户|位于|注册于|花落|归属|属于|落在|集中在|集中于)(?:了|于|在)?[“\"]?"
)
_OF_SHARE = re.compile(
    r"\S{0,14}?(?:来自|出自|落户|位于|注册于|集中|聚集|分布|由|为|归|被|在)(?:了|于|在)?[“\"]?"
)
_SHARE_WORD = re.compile(r"占|比重|份额|比例")
_SHARE_SAID = re.compile(r"(?:占比|比重|份额|比例)[^,;。\d]{0,5},[^,;。\d]{0,3}$")
_SHARED = re.compile(r"(?:的|以上|多)?(?:份额|比例|比重|席位|备案|服务|名额)")
_HEDGED_SHARE = re.compile(r"(近|约|超过?|逾|接近|大约|不足|不到)占[^,;。]{0,14}$")
_HEDGED = re.compile(rf"({lex.BEFORE_WORDS})(?:有|了|为|达到?|计|拥有|收获)$")
OBJECT = re.compile(
    r"(?:超过|反超|高于|多于|低于|不及|落后于|赶超|仅次于|与|较|比|逊于|少于|同|跟)了?[“\"]?$"
)
_OF_NATION = re.compile(
    rf"(?:是|为|相当于|达到?|({lex.BEFORE_WORDS}))了?全国(?:总数|总量|备案|总额)?的?$"
)
_OTHER_HALF = re.compile(r"(?:占|占到|占据|占了|贡献了?)$")
_COMPARED = re.compile(
    r"(?:与|同|和|不及|超过|高于|低于|(?:较于?|比|相比|环比)(?:自己|自身|该省|当地|各自)?"
    r"(?:\d{4}年)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:公布|发布)?的?)$"
)
_COMPARED_GAP = re.compile(r"(?:备案|通过|公布|的|共|\()*")
_ADDED = re.compile(r"(?:算上|加上|连同|连上|计入|叠加|外加)(?:此前|之前|先前|前面|此)?的?$")
_NEGATED = re.compile(r"没有|无一|尚无|未能|未有|未进|跌出|无缘|不在|退出|掉出")
# Some filers picked out, of whom what follows speaks: 这18家公司, 18家公司的服务数量.
_SOME_FILERS = re.compile(r"\S{0,8}的(?:服务|项目|备案)(?:数量|总数|数)")
_OTHERS = re.compile(r"其余|其他|其它|剩余|余下|[前后两三四几]者")
_NO_NUMBER = re.compile(r"(?:[第前]|若干|最多|至少|单个|一家)$")
_SEVERAL_EACH = re.compile(
    r"(?:两|二|多|2)(?:项|个|款)?(?:及)?以上|多个服务|多项服务|各?仅?获得?1[项个]|最少[一两二\d]"
)
_FILED = (
    r"(?:企业|公司|主体|机构|单位|备案人)*(?:都|均|各自?|分别|仅|只)*"
    r"(?:获得?|拿到|手握|手持|握有|拥有|持有?|有|通过|备案|完成|提交|取得)*了?"
)
_FILED_SEVERAL = re.compile(
    rf"{_FILED}(?:[两二2][个项款]?(?:及|或|和)?(?:以上|更多)|多[个项款]|不止[一1][个项款])"
)
_FILED_MANY = re.compile(rf"{_FILED}(?<![各仅只均都])\d+[个项款](?:及|或|和)?以上")
_SEVERAL_FILED = re.compile(
    r"(?:[两二2][个项款]?(?:及|或|和)?以上|多[个项款])(?:备案|服务|项目|编号)*的"
    r"(?:企业|公司|主体)?[共有为达到计]+$"
)
_FILED_ONE = re.compile(rf"{_FILED}(?<=[各仅只均都有持])(?:一|1)[个项款](?!以上|及)")
_CHANGE = re.compile(
    r"(?<!新)(?:增加|增长|增多|[多少][出收拿添得]?|净增|上升|增幅|涨幅|升幅|增|减少|下降|回落|下滑|缩减|缩水|萎缩|收缩"
    r"|降幅|跌幅|降低|降|减)"
    r"(?:了|约|近|超过|超|逾|达到|达|为|至少|分别)*$"
)
_MORE_THAN = re.compile(r"(?:超过|超出|反超|高于|多于|低于|领先|落后|少于|逊于|不及)$")
_APPEARS = re.compile(
    r"(?:各|均|都)?(?:有|出现|实现|获|通过|入选|上榜|入围|现身|备案|亮相|榜上|进入[名清]单|[,。;]|$)"
)
_RISEN_TO = re.compile(r"[增升降减落跌缩扩涨滑加跳蹿窜攀掉][^,;。\d]{0,2}[到至为]了?$")
_MOVES = re.compile(
    r"[由从][^,;。]{1,12}[增升降减落跌缩扩涨滑加跳蹿窜攀掉变][^,;。\d]{0,2}[到至为]"
)
PRONOUN = re.compile(r"它们?|自己|自身|其(?!中|余|他|它|次|实|后|间)")

_AS_MUCH = re.compile(
    r"(?:(?:数量?|总量|总数|之和|合计|也|还|仍|已|就|更)*(?:是|为|仅为|仅是|相当于|达到?|仅及|只有|只及)?(?:了)?"
    rf"(?:({lex.BEFORE_WORDS})|(?<=[是为于及到有达]))(?:了)?)$"
)
_NATIONAL = re.compile(
    r"全国|我国|国内|全部|总[数量]|(?:发布|公布|公示|下发|批准|核准|通过)(?:了|共|合计|总计|累计)*$"
)
_ITS_LIST, _COMES_OUT = (
    "(?:备案|名单|清单|编号|区块链|信息|服务|的)*",
    "(?:发布|公布|公示|出炉|下发)",
)
_AFTER = re.compile(rf"{_ITS_LIST}{_COMES_OUT}?(?:之|以)?后")
_UNTIL = re.compile(rf"{_ITS_LIST}{_COMES_OUT}(?:之|以)?前")
_SOME_PLACES = re.compile(
    r"(?:省份|省市|省区市?|城市|地区)的|半数|多数|部分|有的|一些|每个?省|各省"
)
_WHOLE = re.compile(r"\S{0,10}?(?:中|里|当中)(?:[,;占有]|$)")

_COVERS = re.compile(
    r"遍布|来自|出自|源自|覆盖|分布|涉及|涵盖|横跨|分属|遍及|散布|散落|铺[到开向]|扩大|扩展|扩容|分散|注册于|落户|落地"
    r"|涉|囊括|触及"
)
_TAKES_PART = re.compile(r"有|通过|入选|上榜|榜上有名|拥有|实现|参与|出现")
_PROVINCES_COUNTED = re.compile(
    r"(?:省市|省份|省区市|省区)(?:的?数量?)?(?:扩大|增加|扩展|增|升)?(?:到|至|为|达到?|有|共)$"
)
_NOT_COVERAGE = re.compile(r"超过|超|不足|减少|增加|下降|增长|数量|未|没有|以来|较|均值|出台|印发")
_WITHIN = re.compile(
    r"(?:西部|中部|东部|东北|中西部|华东|西南|华中|华南|西北|华北|全省|省内|全市|行业|国际)\S{0,3}$"
)
_A_FIRM = re.compile(r"\S{0,4}?(?:企业|公司)")
_ONE = re.compile(r"(?:[这一某那]家|旗下|该)[^,;。:]{0,24}$")
_FILERS_HEAD = re.compile(r"备案的?(?:企业|主体|单位)(?:里|中|当中|集中|,)")
_AMONG = re.compile("(?:之?中|里|当中)")
_MARGIN = re.compile("绝对优势|遥遥领先|大幅领先")
_UNKNOWN_PART = re.compile(r"[^\s,、。;:()\d省地个的]{1,3}[区县](?!块)")
# The lower end of 由63个增至87个, where no batch stands before it.
_RISES_FROM = re.compile("[由从]$")
_RISES = re.compile(r"\S{0,4}?[增升扩降减回提猛滑跌涨跳蹿窜缩落掉攀]\S{0,3}?[到至为]")
_NOUN = re.compile(r"\S{0,4}?(?:服务|项目|企业|公司|主体|单位|机构|备案|编号|区块链)")
_AGAIN = re.compile(r"\S{0,6}?(?:首次|首度|初次|再次|多次|连续|重复|[为是属系]新)")
_CONDITION = re.compile("(?:企业|公司|服务|项目|备案)*的(?:共|仅|只)?(?:有|省|城市|地|企业|公司)")
_ITS_SHARE = re.compile("占[去据了到]?(?:全部|全国|总共|总数|全体)?的?$")
_OF_ALL = re.compile("(?:总量|总数|备案|服务|项目|企业|主体|单位)*的")
_FILERS_SHARE = re.compile(r"(?:企业|公司|主体)(?:数量?)?(?:占|占比)\S{0,14}$")
_OF_FILERS = re.compile("的?(?:备案)?(?:企业|公司|主体)")
_RANKED = re.compile(r"[^,;]{0,8}?(?:是|为|的|的省市|属|包括|:)[“\"]?")
_MOST = re.compile("的(?:省|是|为|当|地|,)|的?[,;。]|[是为(]")
_RANKS = ("rank", "first", "top", "ranks", "most")

NUMBERED = ("amount", "share", "times", "rank", "ranks", "provinces")
"""Kinds of tokens that carry a number."""

_CLAIMING = {*NUMBERED, *_RANKS, "amounts", "shares", "most_provinces", "none", "in_order", "next",
             "new"}  # fmt: skip
"""Kinds of tokens that make claims; the others only tell of what."""

NATION = (places.NATION,)
_PARTS = ("share", "growth", "ratio", "share_of_multi_filers")  # kinds whose value is no count


@dataclass
class Spoken:
    """What is known in the course of one sentence. Places are tokens, with those they name."""

    text: str
    tokens: list[Token]
    claims: list[Claim] = field(default_factory=list)
    subject: Token | None = None
    seen: list[Token] = field(default_factory=list)
    named: bool = False  # a batch was named in this sentence
    items: tuple[Batches, ...] = ()  # the batches last listed, one by one
    singles: set[int] = field(default_factory=set)  # single batches named
    chain: list[str] = field(default_factory=list)  # places in falling order so far
    counts: dict[str, int] = field(default_factory=dict)
    unit: str = "services"
    all_provinces: bool = False  # "of the 31 provinces": a bare amount next counts provinces
    share_said: bool = False
    some_filers: bool = False  # the talk is of some filers only
    so_far: bool = False  # 至此, 累计: up to the batch last named
    compared: Batches = field(default_factory=Batches)  # what another batch is compared with
    risen_from: Batches | None = None  # the batch spoken of before 从第一批的63个
    aside: Token | None = None  # the place spoken of before a bracket
    after: bool = False  # 第四批发布后: of that batch or up to it
    part: bool = False  # the place spoken of is a part (其中北京)
    lost: bool = False  # the talk is of a place that is not known
    of_several: bool = False  # the talk is of the filers with several services
    judged: set[int] = field(default_factory=set)  # where the tokens of claims start
    why: dict[int, str] = field(default_factory=dict)  # start of a token → why it is no claim
    clauses: list[tuple[int, str]] = field(default_factory=list)  # end, why nothing is read there

    def reason(self, position: int) -> str:
        """Why a number that is no token is not judged."""
        return next((why for end, why in self.clauses if position < end), "not understood")

    def emit(
        self, kind: str, names: tuple[str, ...], batches: Batches, token: Token,
        place: Token | None = None, *, value: int | Decimal | tuple[str, ...] | str | None = None,
        unit: str = "", of: str = "", base: Batches | None = None,
    ) -> None:  # fmt: skip
        """Add a claim that spans the token, and the place if it stands in the clause.

        Value, unit, relation and wording are the token's where nothing else is given.
        """
        first = min(place or token, token, key=lambda one: one.start)
        start, end = first.start, max((place or token).end, token.end)
        self.judged |= {start, token.start, (place or token).start}
        if self.text[start:end].count("(") > self.text[start:end].count(")"):
            end += self.text[end : end + 1] == ")"
        if value is None:
            value = token.values[0] if kind in _PARTS else token.whole
        claim = Claim(
            "", "", kind, names, batches, unit or token.unit, token.relation, value, of,
            start=start, end=end, wording=token.wording, base=base or Batches(),
        )  # fmt: skip
        if not any(replace(claim, start=one.start, end=one.end) == one for one in self.claims):
            self.claims.append(claim)


@dataclass
class Clause:
    """One clause: tokens from left to right, each kind with its own small rule."""

    mind: Discourse
    state: Spoken
    tokens: list[Token]
    start: int
    end: int
    silent: bool  # nothing said here is of the register
    place: Token | None = None  # the nearest place before
    previous: Token | None = None  # the one before that
    of: str = ""  # the whole of a share; "?" if it is not known
    whole: Token | None = None  # the place of the amount that a share is of
    said: set[str] = field(default_factory=set)  # kinds of the tokens so far
    total: bool = False  # 总数达: of all batches so far
    nation: bool = False  # 全国: the next amount is the country's
    batch_unknown: bool = False
    conditional: bool = False  # 超过50个的有5个
    batch_token: Token | None = None
    compared: Token | None = None  # the batch that another is compared with
    pending: list[Token] = field(default_factory=list)  # amounts that wait for the place behind

    def read(self) -> None:
        """Add the claims of the clause, and note why its other numbers are none."""
        text = self.state.text
        again = text[self.start - 1 : self.start] == ";" and re.match("[^;]*批", text[self.start :])
        if again and self.state.part:
            self.state.subject = None  # of 其中北京63个; a new batch speaks no more
        for token in self.tokens:
            handler = getattr(self, f"on_{token.kind}", None)
            if handler and not (self.silent and token.kind in _CLAIMING):
                handler(token)
            self.said.add(token.kind)
            for part in token.parts or (token,):
                self.state.why.setdefault(part.start, self.reason())
        self.state.clauses.append((self.end, self.reason()))

    def reason(self) -> str:
        """Why what is not read in this clause is not."""
        if self.silent:
            return "no filing"
        return "no place" if self.state.lost else "not understood"

    # --- the text around a token ---------------------------------------------------------------

    @property
    def text(self) -> str:
        """The clause as it stands in the plain text."""
        return self.state.text[self.start : self.end]

    def before(self, token: Token) -> str:
        """The text of the clause before a token."""
        return self.state.text[self.start : token.start]

    def after(self, token: Token) -> str:
        """The text of the clause behind a token."""
        return self.state.text[token.end : self.end]

    def written(self, token: Token) -> str:
        """The token as it stands in the plain text."""
        return self.state.text[token.start : token.end]

    def between(self, token: Token, following: Token) -> str:
        """The text from the end of one token to the start of another."""
        return self.state.text[token.end : following.start]

    def ahead(self, token: Token, *skip: str) -> list[Token]:
        """The tokens of the clause behind a token that are not of the kinds to skip."""
        return [one for one in self.tokens if one.start >= token.end and one.kind not in skip]

    def next_token(self, token: Token, *skip: str) -> Token:
        """The first of those, brackets skipped; at the end of the clause one without a kind."""
        nothing = Token("", self.end, self.end)
        return next(iter(self.ahead(token, "open", "close", *skip)), nothing)

    def clear(self, token: Token, start: int = 0) -> bool:
        """True if every word of the clause before an amount, and its noun, is understood.

        What stands before a colon only introduces a place named behind it.
        """
        text, start = self.state.text, max(start, self.start)
        if self.place and (colon := text.rfind(":", start, self.place.start)) >= 0:
            start = colon
        lead = list(text[start : token.start])
        for other in self.tokens:
            for at in range(max(start, other.start), min(other.end, token.start)):
                lead[at - start] = "_"
        noun = re.match(
            r"([^,;。:()\d、]{0,8}?)(?:服务|项目|企业|公司|产品|应用)", text[token.end :]
        )
        return lexicon.understood("".join(lead)) and (not noun or lexicon.understood(noun[1]))

    def hedged(self, token: Token, hedge: re.Match[str] | None) -> Token:
        """The amount with the relation of a word that stands further ahead: 近占四成, 超过了."""
        if not hedge or not hedge[1]:
            return token
        return replace(token, relation=lex.BEFORE[hedge[1]], wording=hedge[1])

    # --- batches -------------------------------------------------------------------------------

    def on_batch(self, token: Token) -> None:
        mind, state, chosen, lead = self.mind, self.state, token.batches, self.before(token)
        if _COMPARED.search(lead):
            self.compared, state.compared = token, chosen
        elif self.adds(token):
            pass
        elif _UNTIL.match(self.after(token)):
            # 第三批公布前: what follows is of those before
            mind.newest = max((mind.newest, *chosen))
        elif (
            len(token.items) == 1
            and chosen.run
            and lead.endswith(("从", "自"))
            and _MOVES.search(state.text)
        ):
            # 从第三批到第四批,由9个增至13个: each end has a batch of its own
            state.compared, state.named = Batches(chosen[:1]), True
            mind.batches = Batches(chosen[-1:])
        elif re.match(r"[^,;。]{0,8}以来", self.after(token)):
            self.batch_unknown = True  # up to which batch is not said
        else:
            state.risen_from = None
            if lead.endswith(("从", "由")):
                state.compared, state.risen_from = chosen, mind.batches
            state.after = bool(_AFTER.match(state.text, token.end))
            state.singles |= {item[0] for item in token.items if len(item) == 1}
            self.speak_of(token)

    def speak_of(self, token: Token) -> None:
        """From here on the talk is of the batches that the token names."""
        mind, state = self.mind, self.state
        mind.batches, state.items, state.named = token.batches, token.items, True
        mind.newest = max((mind.newest, *token.batches))
        self.batch_token, state.so_far, self.compared = token, False, None

    def adds(self, token: Token) -> bool:
        """加上前三批: from here on those batches together with the one spoken of."""
        if not self.mind.batches or not _ADDED.search(self.before(token)):
            return False
        self.compared, self.state.named = token, True
        self.mind.batches = Batches({*self.mind.batches, *token.batches})
        return True

    def on_batch_count(self, token: Token) -> None:
        """四批次: the batches named one by one in the sentence, or all from the first to that one.

        Where more batches are known and 此前 is not said, nobody knows which are meant.
        """
        size, newest, lead = token.whole, self.mind.newest, self.before(token)
        earlier = re.search(r"此前|之前|先前|以前|前后|先后|已", lead[-8:])
        together = re.match("合计|累计|总计", self.after(token))
        every = size >= newest or (earlier and size == newest - 1) or together
        if len(self.state.singles) == size:
            chosen = Batches(self.state.singles)
        elif every and not re.search(r"年内?$|今年", lead[-4:]):
            chosen = Batches(range(1, size + 1))
        else:
            self.batch_unknown = True
            return
        self.batch_unknown = False
        token = replace(token, items=(chosen,))
        if not self.adds(token):
            self.speak_of(token)

    def on_batch_same(self, token: Token) -> None:
        """此次, 本批: the newest batch named so far."""
        if self.mind.newest:
            self.mind.batches = Batches([self.mind.newest])
        self.batch_token, self.state.named = token, True
        self.state.so_far = self.state.after = False

    def on_batch_before(self, token: Token) -> None:
        """较上一批: what is compared with the batch before the one spoken of."""
        if len(self.mind.batches) == 1 and self.mind.batches > (1,):
            self.state.compared = Batches([self.mind.batches[0] - 1])
            self.compared = replace(token, items=(self.state.compared,))
        else:
            self.batch_unknown = True

    def on_so_far(self, token: Token) -> None:
        self.state.so_far = True

    def on_total(self, token: Token) -> None:
        """总数达: a total that has grown to a number is that of all batches so far."""
        grown = re.match(r"\S{0,3}?(?:[升增达超扩]|突破)", self.after(token))
        self.total = bool(grown) and "其中" not in self.before(token)

    def batches_of(self, token: Token, cumulates: bool = True) -> Batches | None:
        """The batches an amount speaks of; () if none was ever named, None if it is not sure."""
        mind, state = self.mind, self.state
        if self.batch_unknown:
            return None
        if state.risen_from is not None and _RISEN_TO.search(self.before(token)):
            if len(state.risen_from) != 1 or state.risen_from == state.compared:
                return None
            mind.batches, state.risen_from = state.risen_from, None
        if state.after:
            if not ("joint" in self.said or self.total or state.so_far):
                return None
            state.after = False
            return mind.up_to_last()
        if self.compared and _COMPARED_GAP.fullmatch(self.between(self.compared, token)):
            return self.compared.batches
        if not state.named:
            kinds = ("batch", "amount", "share", "amounts")
            later = next((one for one in self.ahead(token) if one.kind in kinds), token)
            gap = self.between(token, later)
            if later.kind == "batch" and not re.search("[增升降扩减至较比]", gap):
                return later.batches
            further = [t for t in state.tokens if t.kind == "batch" and t.start > token.end]
            if further and not mind.batches and (self.about or not cumulates):
                return further[0].batches
        chosen = mind.batches
        if not chosen or (chosen.run and chosen[0] == 1) or not cumulates:
            return chosen
        alone = "joint" in self.said and not self.batch_token and not self.about
        if alone and len(state.singles) > 1:
            return Batches(state.singles)
        if not state.so_far and not self.total:
            return chosen
        if self.batch_token:
            gap = self.between(self.batch_token, token)
            if self.total and not state.so_far and "后" not in gap:
                return chosen
            if "后" not in gap and not gap.startswith((",", "以来", "止")):
                return None
        return mind.up_to_last()

    # --- places --------------------------------------------------------------------------------

    @property
    def about(self) -> Token | None:
        """The place spoken of, in the clause or carried over from the one before."""
        return self.place or self.state.subject

    @property
    def names(self) -> tuple[str, ...]:
        """The places of that; the nation where none is spoken of."""
        return self.about.places if self.about else NATION

    def here(self, place: Token | None) -> Token | None:
        """The place if it stands in this clause, so that a claim spans it."""
        return place if place and place.start >= self.start else None

    def on_place(self, token: Token) -> None:
        tail = self.after(token)
        if tail.startswith("城市") and lexicon.region_members(token.places[-1]):
            return
        part = _UNKNOWN_PART.match(self.state.text, token.end)
        firm = _A_FIRM.match(tail) and _ONE.search(self.before(token))
        self.meet(token)
        if part or firm or tail.startswith("某"):
            self.lose()

    def lose(self) -> None:
        """What is said from here on is said of a place that the tables do not know."""
        self.place = self.state.subject = None
        self.state.lost = self.mind.broken = True

    def meet_or_lose(self, token: Token, names: tuple[str, ...]) -> None:
        """A word that stands for those places comes up, or for one that is not known."""
        if names:
            self.meet(replace(token, places=names))
        else:
            self.lose()

    def on_elsewhere(self, token: Token) -> None:
        """大湾区, 省会城市: no place of the tables, or only a part of the one before it."""
        lead = self.before(token)
        share = re.search(r"占\S{0,6}$", lead) and self.next_token(token).kind == "share"
        if share or _OTHER_HALF.search(re.sub(r"\S{0,6}$", "", lead)):
            self.of = "?"
        else:
            self.lose()

    def on_group(self, token: Token) -> None:
        """四地: as many places as were named one by one in the sentence, or the group before."""
        size = int(lex.number(self.written(token)[0])) + ("一市" in self.written(token))
        named = tuple(dict.fromkeys(name for place in self.state.seen for name in place.places))
        group = self.mind.group if len(self.mind.group) == size else ()
        self.meet_or_lose(token, named[-size:] if len(named) >= size else group)

    def on_district(self, token: Token) -> None:
        """朝阳区: that of the city spoken of."""
        spoken = self.about.places[:1] if self.about else ()
        known = (at_level(name, "市") for name in (*spoken, *reversed(self.mind.home)))
        districts = (lexicon.district_of(city, self.written(token)) for city in known if city)
        name = next(filter(None, districts), None)
        self.meet_or_lose(token, (name,) if name else ())

    def on_nameless(self, token: Token) -> None:
        """全省, 我市: the place that is meant, as the subject or as the whole of a share."""
        if self.whole or self.of:
            return
        word, lead = self.written(token), self.before(token)
        names = self.about.places if self.about else ()
        name = self.mind.meant(word, names, self.state.text[: token.start])
        kind = self.next_token(token).kind
        of_it = re.search(r"占(?:据|到|了)?$", lead)
        if of_it and kind in ("share", "shares"):
            self.of = name or "?"
        elif of_it and name and [one.kind for one in self.ahead(token)][:2] == ["amount", "share"]:
            self.of, self.whole = name, replace(token, places=(name,))
        elif kind == "share" and self.place and name not in (None, *names):
            self.of = str(name)
        elif re.search(r"[居列位占在]$", lead) and kind in _RANKS:
            return
        else:
            others = re.match(r"的?(?:其他|其它|其余|各|以?外|多|部分)", self.after(token))
            if not name or others or name not in names or not self.place:
                self.meet_or_lose(token, (name,) if name and not others else ())
            self.mind.is_local()

    def meet(self, place: Token) -> None:
        """A place comes up: the whole of a share, what another is compared with, or the subject."""
        lead, state = self.before(place), self.state
        following = self.next_token(place, "nameless")
        kinds = [one.kind for one in self.ahead(place, "nameless") if one.start > place.end]
        waits = kinds[:2] == ["amount", "share"]
        if _OTHER_HALF.search(lead) and (waits or following.kind in ("share", "shares")):
            self.of = place.places[0] if len(place.places) == 1 else "?"
            if waits:
                self.whole = place
            return
        self.previous = self.about
        state.lost = state.of_several = self.mind.broken = False
        for token in self.pending:
            self.bind_behind(token, place, following)
        self.pending, self.place, self.of = [], place, ""
        if not OBJECT.search(lead):
            state.subject = place
            state.part = state.part or "其中" in lead
        state.seen.append(place)

    def on_nation(self, token: Token) -> None:
        lead = self.before(token)
        self.state.lost = self.state.lost and bool(re.search(r"[占居列位名]$", lead))
        self.nation = not re.search(r"(?:占|占到|居|列|位|名|前|进入|跻身|约|至|到|在)$", lead)

    def on_open(self, token: Token) -> None:
        self.state.aside = self.about

    def on_close(self, token: Token) -> None:
        """Behind an aside, the talk is again of what it was of before."""
        opened = self.state.text.rfind("(", 0, token.start)
        if any(place.start > opened for place in self.state.seen):
            self.place = self.state.subject = self.state.aside

    # --- amounts -------------------------------------------------------------------------------

    def on_amount(self, token: Token) -> None:
        state, lead = self.state, self.before(token)
        if state.lost and not self.nation:
            return
        countable = self.countable(token)
        token = self.hedged(token, _HEDGED.search(lead))
        if self.of_filers(token) or self.changes(token) or state.some_filers or not countable:
            return
        following = self.next_token(token)
        gap = self.between(token, following)
        if state.all_provinces and token.unit == "services" and not self.place:
            state.all_provinces = False
            self.emit_coverage(token, without="none" in [one.kind for one in self.ahead(token)])
        elif following.kind == "place" and (
            _FROM.fullmatch(gap) or (not self.place and re.fullmatch(r"\S{0,8}?(?:在|由)", gap))
        ):
            self.pending.append(token)
        elif not self.place and _PROVINCES_COUNTED.search(lead):
            self.emit_coverage(token)
        elif not self.clear(token):
            if not self.place or not self.clear(token, self.place.end):
                self.lose()
        elif _RISES_FROM.search(lead) and _RISES.match(self.after(token)):
            if state.compared and self.about:
                self.emit_count(token, self.about, state.compared)  # 由63个增至87个
        elif not self.place and any(
            one.kind == "provinces" and not _COVERS.search(self.before(one))
            for one in self.tokens
            if one.start < token.start
        ):
            return  # 12个省市的备案数不足3个
        elif self.whole:
            self.emit_count(token, self.whole)
            self.whole = None
        elif self.whole_country(token) or (not self.about and self.national(token)):
            self.emit_count(token)
        elif not self.about:
            state.why[token.start] = "no place"
        elif "joint" in self.said and not self.place and len(state.counts) > 1:
            if sum(state.counts.values()) == token.values[0]:
                state.subject = replace(token, places=tuple(state.counts))
                self.emit_count(token, state.subject)
        else:
            for place in self.each_of(self.about, token, "each", "both"):
                self.emit_count(token, place)

    def one_by_one(self, place: Token) -> list[Token]:
        """Each of the places alone."""
        return [replace(place, places=(name,)) for name in place.places]

    def each_of(self, place: Token, token: Token, *words: str) -> list[Token]:
        """The places together, or each where such a word says so; none where 分别 needs a list."""
        if len(place.places) == 1 or not self.said & {*words}:
            return [place]
        return [] if "分别" in self.before(token) else self.one_by_one(place)

    def add(self, token: Token, place: Token | None = None, batches: Batches | None = None) -> None:
        """Add the share or the count that a token gives for the place."""
        if token.kind == "share":
            self.emit_share(token, place, batches)
        else:
            self.emit_count(token, place, batches)

    def national(self, token: Token) -> bool:
        """True if an amount without a place is the country's: unless the text is local."""
        state, mind = self.state, self.mind
        last = state.claims[-1] if state.claims else None
        covered = last and last.kind == "coverage" and state.text[last.end : token.start] == "的"
        if _SOME_PLACES.search(self.before(token)) and not covered:  # but 18个省市的165家企业
            return False
        opening = state.text[: state.tokens[0].start]  # 张江这片热土上,…
        strange = state.tokens[0].kind == "comma" and not lexicon.understood(opening)
        if mind.local or mind.broken or mind.unsure or strange:
            return bool(_NATIONAL.search(state.text[: token.start]))
        # An amount that opens a clause without a noun is too little to go by.
        lead = self.before(token)
        opens = not lead.strip(' “"') or re.fullmatch("[问答]:", lead)
        return not opens or bool(_NOUN.match(self.after(token)))

    def of_filers(self, token: Token) -> bool:
        """Filers with several services or with one, and what the former filed."""
        state, tail, lead = self.state, self.after(token), self.before(token)
        if token.start in state.judged:
            return True
        if state.of_several and not self.written(token).endswith("家"):
            token = replace(token, unit="services")
        if token.unit == "services":
            if not state.of_several or self.place or not self.clear(token):
                return False
            kind = "services_of_multi_filers"
        elif lead.endswith(("这", "上述", "该")) and token.whole == self.mind.several:
            state.of_several = True
            state.judged.add(token.start)
            return True
        elif _FILED_SEVERAL.match(tail) or _SEVERAL_FILED.search(lead):
            kind, state.of_several, self.mind.several = "multi_filers", True, token.whole
        elif _FILED_ONE.match(tail):
            kind, state.of_several = "single_filers", False
        else:
            return False
        if batches := self.batches_of(token):
            state.emit(kind, self.names, batches, token)
            following = [one for one in self.ahead(token) if one.kind == "amount"]
            if kind != "services_of_multi_filers" and following:
                state.judged.add(following[0].start)  # the 两项 of 两项以上
        return True

    def changes(self, token: Token, said: str = "", place: Token | None = None) -> bool:
        """增加85个, 降幅27.5% after 较第二批: from one batch to another, of one place or all."""
        found = _CHANGE.search(self.before(token))
        word = said or (found[0] if found else "")
        if not word:
            return False
        state, batches, base = self.state, self.mind.batches, self.state.compared
        known = state.named or (base and len(batches) == len(base) == 1 and base < batches)
        if not base or not batches or base == batches or self.batch_unknown or not known:
            state.why[token.start] = "no batch"
            return True
        place = place or self.about
        if not said:
            compared = self.place and OBJECT.search(state.text[: self.place.start])
            covered = state.claims and state.claims[-1].kind == "coverage"
            several = "each" in self.said and len(self.names) > 1
            if compared or covered or not self.clear(token) or several:
                return True
        if place or self.national(token):
            falls = re.search("[减少降落滑低缩跌]", word)
            kind = "growth" if token.kind == "share" else "change"
            value = token.values[0] if kind == "growth" else token.whole
            if falls:
                turned = {">=": "<=", "<=": ">="}.get(token.relation, token.relation)
                token, value = replace(token, relation=turned), -value
            state.emit(kind, place.places if place else NATION, batches, token, self.here(place),
                       value=value, unit=token.unit or state.unit, base=base)  # fmt: skip
        return True

    def ratio(self, token: Token) -> bool:
        """浙江是四川的9倍多: how many times, or which part, of the place right before it."""
        whole, part = self.place, self.previous
        if not whole or not part or self.between(whole, token) != "的":
            return False
        lead, (name, *more) = _AS_MUCH.search(self.before(whole)), whole.places
        if not lead or more or name in (places.NATION, *part.places, *_above(part.places)):
            return False
        if not lexicon.understood(lead.string[: lead.start()]) and part.start < self.start:
            return True
        if lead[1]:
            token = replace(self.hedged(token, lead), wording=f"{lead[1]}{token.wording}")
        batches = self.batches_of(token)
        if batches is not None:
            if re.search("不足|不到|未及", token.wording):
                token = replace(token, relation="<")
            self.state.emit("ratio", part.places, batches, token, value=token.values[0],
                            unit=self.state.unit, of=name)  # fmt: skip
        self.state.subject = part
        return True

    on_times = ratio

    def on_none(self, token: Token) -> None:
        """没有一个项目: a place has none; provinces that have none do not take part."""
        if self.state.lost or "除" in self.text or not self.clear(token):
            return
        counted = [one for one in self.tokens if one.start < token.start
                   and one.kind == "provinces" and not _AMONG.match(self.after(one))]  # fmt: skip
        batches = self.batches_of(token, cumulates=False)
        if not batches:
            return
        if counted and counted[-1].relation == "=":
            value = len(places.province_names()) - counted[-1].whole
            self.state.emit("coverage", NATION, batches, token, counted[-1], value=value,
                            unit="provinces")  # fmt: skip
        elif self.about:
            for name in self.about.places:
                if not lexicon.region_members(name):
                    self.state.emit("count", (name,), batches, token, self.here(self.about),
                                    value=0, unit="services")  # fmt: skip

    def countable(self, token: Token) -> bool:
        """False for a change, a denial, "one" without weight, several-each and bare "most"."""
        lead, tail, written = self.before(token), self.after(token), self.written(token)
        if any(rule.search(lead) for rule in (lexicon.DIFFERENCE, _NEGATED, _OTHERS, _NO_NUMBER)):
            return False
        if lead.endswith(("数", "几")) and written[0] in "十百千万":
            return False
        if self.conditional or _AGAIN.match(tail):
            return False
        if _CONDITION.match(tail):
            self.conditional = True  # 超过50个的有5个: neither is a count of filings
            return False
        if _SEVERAL_EACH.search(self.text):
            return False
        entities = token.unit == "entities"
        if entities and (lead.endswith("这") or _SOME_FILERS.match(tail.lstrip("公司企业主体"))):
            self.state.some_filers = token.values[0] not in self.mind.totals
            return False
        if re.search(r"其中共?有?$", lead) and not self.place:
            return bool(self.state.subject)
        if tail.startswith(("百分点", "以内", "对")) or "倍" in tail[:3] or lead.endswith("对"):
            return False  # 87个对3个
        place = self.place or token
        if _MORE_THAN.search(self.before(place)) and token.start - place.end in (0, 1):
            return False  # 超过上海12个
        if lead.endswith("每") or _FILED_MANY.match(tail):
            self.conditional = True  # 每10个中有3个, 3家企业获得5个以上
            return False
        if re.search(r"[家企业公司主体]各[^,;。\d]{0,4}$", lead):
            return False
        if (token.values[0] == 1 and "一" in written) or token.wording == "至少":
            return bool(re.search(r"(?:各|各有|仅|仅有|只有|\()$", lead))
        said = lexicon.REGISTERED.search(self.state.text[: self.end] + tail[:2])
        return not entities or bool(said) or self.mind.entities

    def whole_country(self, token: Token) -> bool:
        """True if the amount is the country's although a place may be spoken of."""
        if _ITS_SHARE.search(self.before(token)) and _OF_ALL.match(self.after(token)):
            return True
        in_it = _WHOLE.match(self.after(token)) and self.clear(token)
        return not self.place and (self.nation or bool(in_it))

    def emit_count(
        self, token: Token, place: Token | None = None, batches: Batches | None = None
    ) -> None:
        """Add a count; several places with one region word among them are left out."""
        names = place.places if place else NATION
        if batches is None:
            batches = self.batches_of(token)
        if batches is None or (len(names) > 1 and any(map(lexicon.region_members, names))):
            return
        self.state.emit("count", names, batches, token, self.here(place))
        self.state.unit = token.unit
        self.mind.entities = token.unit == "entities"
        if self.mind.entities and names == NATION:
            self.mind.totals.add(token.whole)
        if len(names) == 1 and names != NATION:
            self.state.counts[names[0]] = token.whole

    def on_amounts(self, token: Token) -> None:
        """27个、17个 after 分别: one each for the places, or the batches, listed before."""
        lead, state, size = self.before(token), self.state, len(token.parts)
        if state.lost or not self.clear(token):
            return
        place = self.about
        if not self.place and len(state.counts) == size:
            place = replace(token, places=tuple(state.counts))  # 北京37个,广东35个,分别占…
        fits = place is not None and len(place.places) == size
        if change := _CHANGE.search(lead):
            if "each" in self.said and place and fits:
                for each, one in zip(self.one_by_one(place), token.parts, strict=True):
                    self.changes(one, change[0], each)
            return
        if re.search("(?<!新)[增减升降跌涨]|平均", lead[-8:]):
            return
        if token.kind == "shares" and not (_SHARE_WORD.search(lead) or state.share_said):
            return
        following = self.next_token(token, "each")
        behind = following.kind == "place" and re.search(
            "分别(?:来自|属于|为|是|位于)$", self.between(token, following)
        )
        if behind:
            place, fits = following, len(following.places) == size
        elif "each" not in self.said and "依次" not in self.text:
            return
        items = state.items if len(state.items) != 1 else [Batches([b]) for b in state.items[0]]
        if place and fits:
            for each, one in zip(self.one_by_one(place), token.parts, strict=True):
                self.add(one, each)
        elif not behind and len(items) == size and (place is None or len(place.places) == 1):
            for batches, one in zip(items, token.parts, strict=True):
                self.add(one, place, batches)

    on_shares = on_amounts

    # --- shares --------------------------------------------------------------------------------

    def on_share(self, token: Token) -> None:
        lead, tail, state = self.before(token), self.after(token), self.state
        if state.lost or self.changes(token) or lexicon.DIFFERENCE.search(lead):
            return
        if self.ratio(token):
            return
        said: object = _SHARE_WORD.search(lead)
        if state.of_several and not self.place and said:
            last = state.claims[-1].kind if state.claims else ""
            if re.search("服务|项目|备案", lead) or last == "services_of_multi_filers":
                batches = self.batches_of(token, cumulates=False)
                names = state.subject.places if state.subject else NATION
                if batches and self.clear(token) and len(names) == 1:
                    state.emit("share_of_multi_filers", names, batches, token, unit="services",
                               of=names[0])  # fmt: skip
                return
        token = self.hedged(token, _HEDGED_SHARE.search(lead))
        following = self.next_token(token, "both")
        if re.search("占[去了据]?其中[^,;。]{0,3}$", lead):
            return
        gap = self.between(token, following)
        named = re.match("的(不?)[是为]", tail)  # 占比最高的是 is said otherwise
        leads_on = following.kind == "place" and (
            not named[1] if named else not self.of and "," not in gap and _OF_SHARE.fullmatch(gap)
        )
        if leads_on:
            self.pending.append(token)
        if leads_on or named:
            return
        as_much = _OF_NATION.search(lead)
        token = self.hedged(token, as_much)
        said = said or _SHARE_SAID.search(state.text[: token.start]) or _SHARED.match(tail)
        said = said or as_much or state.share_said or "过半" in self.written(token)
        place = self.about
        if not place or not said or not self.clear(token):
            return
        if self.place and "其中" in lead and "全国" not in lead:
            self.of = self.of or self.counted_above(place)  # 我省29个,其中武汉占九成
        if not self.place and "joint" not in self.said and self.several_counted(place, lead):
            return
        if "joint" in self.said and not self.place and len(state.counts) > 1:
            place = replace(token, places=tuple(state.counts))
        if self.of not in ("", "?") and any(
            self.of not in places.ancestors(name)
            for name in place.places
            if not lexicon.region_members(name)
        ):
            return
        for one in self.each_of(place, token, "each"):
            self.emit_share(token, one)

    def counted_above(self, place: Token) -> str:
        """The place counted just before in which all of these lie; "" if there is none."""
        above = [set(places.ancestors(name)) for name in place.places
                 if not lexicon.region_members(name)]  # fmt: skip
        last = next((one for one in reversed(self.state.claims) if one.kind == "count"), None)
        inside = last and above and all(last.place in one for one in above)
        return last.place if last and inside and last.place != places.NATION else ""

    def several_counted(self, place: Token, lead: str) -> bool:
        """True if it is not said whose share it is: 青岛3个,济南2个,占全省七成; or of what it is.

        广东72个,其中深圳38个,占52.8% is a share of 广东 or of the country.
        """
        if self.state.share_said:
            return False
        since, above = self.state.text.rfind(";", 0, self.start), _above(place.places)
        counted = {claim.place for claim in self.state.claims if claim.kind == "count"
                   and claim.start > since and len(claim.places) == 1}  # fmt: skip
        counted -= {places.NATION, *place.places}
        whole = counted & above and not self.of and "全国" not in lead
        return bool(whole or counted - above)

    def emit_share(self, token: Token, place: Token | None, batches: Batches | None = None) -> None:
        """Add a share of the country, or of the province or city named as the whole."""
        batches = batches or self.batches_of(token, cumulates=False)
        if batches is None or not place or place.places == NATION:
            return
        if self.of in ("?", *place.places) or lexicon.region_members(self.of):
            return
        filers = _FILERS_SHARE.search(self.before(token)) or _OF_FILERS.match(self.after(token))
        filers = filers or _FILERS_HEAD.search(self.state.text[: token.start])
        unit = "entities" if filers or self.state.unit == "entities" else "services"
        self.state.emit("share", place.places, batches, token, self.here(place), unit=unit,
                        of=self.of or places.NATION)  # fmt: skip
        self.state.share_said = True

    def bind_behind(self, token: Token, place: Token, following: Token) -> None:
        """Give a waiting amount or share the place behind it, unless that has its own number."""
        numbered = following.kind in ("amount", "share")
        if not numbered or self.between(place, following) not in ("", "(", ":"):
            self.add(token, place)
        elif token.kind == "amount" and not self.about:
            self.emit_count(token)

    # --- provinces that take part --------------------------------------------------------------

    def on_provinces(self, token: Token) -> None:
        lead, tail = self.before(token), self.after(token)
        if self.conditional or lexicon.DIFFERENCE.search(lead) or _OTHERS.search(lead[-4:]):
            return
        self.state.all_provinces = bool(_AMONG.match(tail))
        if lead.rstrip(")").endswith("等"):
            lead = self.state.text[: token.start]
        covers = _COVERS.search(lead) or _TAKES_PART.search(tail)
        denied = _NOT_COVERAGE.search(tail) or _NEGATED.search(self.text)
        if covers and not denied and not self.state.all_provinces:
            self.emit_coverage(token)

    def emit_coverage(self, token: Token, without: bool = False) -> None:
        """Add the number of provinces with at least one, told as such or ``without`` any."""
        batches, every = self.batches_of(token), len(places.province_names())
        value = every - token.whole if without else token.whole
        exact = token.relation == "=" or not without
        if batches is not None and exact and 0 <= value <= every:
            self.state.emit("coverage", NATION, batches, token, value=value, unit="provinces")

    def on_most_provinces(self, token: Token) -> None:
        tail = self.after(token)
        if _TAKES_PART.search(tail) and not _NOT_COVERAGE.search(tail):
            most = Decimal(MOST_PROVINCES)
            self.emit_coverage(replace(token, values=(most,), relation=">", wording="多数"))

    # --- ranks and order -----------------------------------------------------------------------

    def ranked(self, token: Token) -> tuple[Token | None, bool]:
        """The places a rank speaks of, and whether they stand behind it (第一的是北京)."""
        following = self.next_token(token, "each", "in_order", "colon", "nation")
        gap = self.between(token, following)
        named = not gap and self.written(token).endswith(("名", "位"))  # 第二名广东
        if following.kind == "place" and (named or _RANKED.fullmatch(gap)):
            own = self.after(following)[:1] in ("(", *"0123456789")
            names = following.places
            if own and len(names) == 1 and token.kind == "top":
                names = self.each_counted(following)  # 前三名为北京(62个)、广东(48个)和…
            return (replace(following, places=names) if names else None), True
        return self.about, False

    def each_counted(self, first: Token) -> tuple[str, ...]:
        """Places listed one by one from that token on, each with its own number behind it."""
        kinds = ("place", "amount", "share", "open", "close")
        listed = takewhile(lambda one: one.kind in kinds, [first, *self.ahead(first)])
        named = [one.places for one in listed if one.kind == "place"]
        several = len(named) > 1 and all(len(names) == 1 for names in named)
        return tuple(names[0] for names in named) if several else ()

    def rankable(self, token: Token) -> bool:
        """False for a denial, a rank within a region, and what follows a place compared with."""
        lead = self.before(token)
        return not (_NEGATED.search(lead) or _WITHIN.search(lead) or "仅次于" in lead)

    def emit_rank(self, name: str, value: int, token: Token, place: Token | None) -> None:
        """Add the rank of a province by its count."""
        batches = self.batches_of(token, cumulates=False)
        if re.search("[由从](?:全国)?$", self.before(token)):
            batches = self.state.compared or None  # 由第九升至第六
        if name in places.province_names() and batches is not None:
            self.state.emit("rank", (name,), batches, token, self.here(place), value=value,
                            unit=self.state.unit)  # fmt: skip

    def on_rank(self, token: Token) -> None:
        """第二位, 居首, 二至四位: as many ranks as places; the first begins a falling chain."""
        place, _ = self.ranked(token)
        ranks = [int(value) for value in token.values] or [1]
        if not self.rankable(token) or not place or len(place.places) != len(ranks):
            return
        for name, rank in zip(place.places, ranks, strict=True):
            self.emit_rank(name, rank, token, place)
        if token.kind in ("first", "most"):
            self.state.chain = []
        if token.kind != "ranks":
            self.state.chain.append(place.places[0])

    on_ranks = on_rank

    def on_first(self, token: Token) -> None:
        margin = _MARGIN.search(self.before(token))
        self.on_rank(replace(token, wording=margin[0] if margin else ""))

    def on_most(self, token: Token) -> None:
        if _MOST.match(self.after(token) + "。"):
            self.on_rank(token)

    def emit_order(self, kind: str, names: tuple[str, ...], token: Token, place: Token) -> None:
        """Add places in falling order, or the leaders."""
        batches = self.batches_of(token, cumulates=False)
        if batches is not None:
            self.state.emit(kind, NATION, batches, token, self.here(place), value=names,
                            unit=self.state.unit)  # fmt: skip

    def on_top(self, token: Token) -> None:
        """前十: as many places as ranks are the leaders, fewer are each among the first."""
        place, behind = self.ranked(token)
        if not self.rankable(token) or not place:
            return
        size, names = token.whole, place.places
        if not self.place and not behind and "both" in self.said and len(names) == 1:
            names = tuple(dict.fromkeys(name for one in self.state.seen for name in one.places))
        if not set(names) <= set(places.province_names()) or len(names) > size:
            return
        if len(names) < size:
            for name in names:
                self.emit_rank(name, size, replace(token, relation="<="), place)
        elif len(names) > 1:
            first, last = sorted((token, place), key=lambda one: one.start)
            between = self.state.text[first.start : max(first.end, last.end)]
            ordered = "依次" in between or (behind and re.search(r"分别(?:是|为)", between))
            self.emit_order("order" if ordered else "leaders", names, token, place)

    def on_in_order(self, token: Token) -> None:
        """备案数量由多到少依次为 A、B、C."""
        following = next(iter(self.ahead(token, "colon")), token)
        sorted_by = re.search(r"排序|排名|排列|多到少|高到低", self.state.text[: token.start])
        if sorted_by and len(following.places) > 1:
            self.emit_order("order", following.places, token, following)

    def on_next(self, token: Token) -> None:
        """次之, 位居其后: the chain of places in falling order goes on."""
        place, behind = self.ranked(token)
        if not place:
            return
        state = self.state
        chain = list(dict.fromkeys(n for one in [*state.seen, place] for n in one.places))
        if state.chain:
            chain = chain[chain.index(state.chain[0]) :] if state.chain[0] in chain else []
        counts = [state.counts[name] for name in chain if name in state.counts]
        earlier = [name for name in chain if name not in place.places]
        if not earlier or counts != sorted(counts, reverse=True):
            return
        if len(earlier) == 1 and state.chain == earlier and len(place.places) == 1:
            self.emit_rank(place.places[0], 2, token, None if behind else place)
            state.chain.append(place.places[0])
        elif state.chain or len(state.counts) > 1:
            self.emit_order("order", tuple(chain), token, place)

    # --- first appearance ----------------------------------------------------------------------

    def on_new(self, token: Token) -> None:
        place, batches = self.about, self.mind.batches
        if not place or not self.state.named or len(batches) != 1:
            return
        for name in place.places if _APPEARS.match(self.after(token)) else ():
            if name in places.province_names():
                self.state.emit("first_batch", (name,), batches, token, self.here(place),
                                value=batches[0], unit="services")  # fmt: skip


def _above(names: tuple[str, ...]) -> set[str]:
    """The places in which any of these lies."""
    known = (name for name in names if not lexicon.region_members(name))
    return {above for name in known for above in places.ancestors(name)}
