"""One clause of a sentence: which place and which batch each of its amounts belongs to."""

import re
from dataclasses import dataclass, field, replace

from filings import places
from filings.claims import lex, lexicon
from filings.claims.claim import Claim
from filings.claims.discourse import at_level
from filings.claims.lex import Token

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


def _selection(token: Token) -> tuple[int, ...]:
    """All batches that a batch token names, in rising order."""
    return tuple(sorted({batch for item in token.items for batch in item}))


NUMBERED = ("amount", "share", "half", "times", "rank", "ranks", "provinces")
"""Kinds of tokens that carry a number."""


@dataclass
class Named:
    """A group of places in the sentence and where it stands."""

    names: tuple[str, ...]
    token: Token


@dataclass
class Spoken:
    """What is known in the course of one sentence."""

    text: str
    tokens: list[Token]
    claims: list[Claim] = field(default_factory=list)
    subject: Named | None = None
    seen: list[Named] = field(default_factory=list)
    named: bool = False  # a batch was named in this sentence
    items: tuple[tuple[int, ...], ...] = ()  # the batches last listed, one by one
    singles: list[int] = field(default_factory=list)  # single batches named
    chain: list[str] = field(default_factory=list)  # places in falling order so far
    counts: dict[str, int] = field(default_factory=dict)
    unit: str = "services"
    all_provinces: bool = False  # "of the 31 provinces": a bare amount next counts provinces
    share_said: bool = False
    some_filers: bool = False  # the talk is of some filers only
    so_far: bool = False  # 至此, 累计: up to the batch last named
    compared: tuple[int, ...] = ()  # the batch that another is compared with
    risen_from: tuple[int, ...] | None = None  # the batch spoken of before 从第一批的63个
    aside: Named | None = None  # the place spoken of before a bracket
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

    def emit(self, kind, names, batches, unit, relation, value, first, last, of="", wording="",
             base=()):  # fmt: skip
        """Add a claim that spans two tokens."""
        self.judged |= {first.start, last.start}
        start, end = min(first.start, last.start), max(first.end, last.end)
        if self.text[start:end].count("(") > self.text[start:end].count(")"):
            end += self.text[end : end + 1] == ")"
        claim = Claim(start, end, "", kind, names, batches, unit, relation, value, of, wording,
                      base)  # fmt: skip
        if not any(replace(claim, start=one.start, end=one.end) == one for one in self.claims):
            self.claims.append(claim)


class Clause:
    """One clause: tokens from left to right, each kind with its own small rule."""

    def __init__(self, reader, state, tokens, start, end, silent):
        if (
            state.text[start - 1 : start] == ";"
            and state.part
            and re.match("[^;]*批", state.text[start:])
        ):
            state.subject = None  # of 其中北京63个; a new batch speaks no more
        self.reader, self.state, self.tokens = reader, state, tokens
        self.start, self.end, self.silent = start, end, silent
        self.text = state.text[start:end]
        self.place: Named | None = None  # the nearest place before
        self.previous: Named | None = None  # the one before that
        self.of = ""
        self.whole: Named | None = None  # the place of the amount that a share is of
        self.joint = self.each = self.both = False
        self.total = self.nation = self.batch_unknown = self.conditional = False
        self.batch_token: Token | None = None
        self.compared: tuple[Token, tuple[int, ...]] | None = None
        self.pending: list[Token] = []  # amounts that wait for the place behind them

    def reason(self) -> str:
        """Why what is not read in this clause is not."""
        if self.silent:
            return "no filing"
        return "no place" if self.state.lost else "not understood"

    def clear(self, token: Token, start: int = 0) -> bool:
        """True if every word of the clause before an amount, and its noun, is understood.

        What stands before a colon only introduces a place named behind it.
        """
        text, start = self.state.text, max(start, self.start)
        if self.place and (colon := text.rfind(":", start, self.place.token.start)) >= 0:
            start = colon
        lead = list(text[start : token.start])
        for other in self.tokens:
            for at in range(max(start, other.start), min(other.end, token.start)):
                lead[at - start] = "_"
        noun = re.match(
            r"([^,;。:()\d、]{0,8}?)(?:服务|项目|企业|公司|产品|应用)", text[token.end :]
        )
        return lexicon.understood("".join(lead)) and (not noun or lexicon.understood(noun[1]))

    def before(self, token: Token) -> str:
        """The text of the clause before a token."""
        return self.state.text[self.start : token.start]

    def after(self, token: Token) -> str:
        """The text of the clause behind a token."""
        return self.state.text[token.end : self.end]

    def next_token(self, index: int, skip: tuple[str, ...] = ("open", "close")) -> Token | None:
        """The next token of the clause that is not one of the kinds to skip."""
        for token in self.tokens[index + 1 :]:
            if token.kind not in skip:
                return token
        return None

    # --- batches -------------------------------------------------------------------------------

    def on_batch(self, index: int, token: Token):
        state = self.state
        selection = _selection(token)
        if _COMPARED.search(self.before(token)):
            self.compared = token, selection
            state.compared = selection
            return
        if self.adds(token, selection):
            return
        if _UNTIL.match(self.after(token)):
            self.reader.newest = max(self.reader.newest, *selection)
            return  # 第三批公布前: what follows is of those before
        run = len(token.items) == 1 and len(selection) > 1
        if run and self.before(token).endswith(("从", "自")) and _MOVES.search(state.text):
            # 从第三批到第四批,由9个增至13个: each end has a batch of its own
            state.compared, self.reader.batches, state.named = selection[:1], selection[-1:], True
            return
        if re.match(r"[^,;。]{0,8}以来", self.after(token)):
            self.batch_unknown = True  # up to which batch is not said
            return
        state.risen_from = None
        if self.before(token).endswith(("从", "由")):
            state.compared, state.risen_from = selection, self.reader.batches
        state.after = bool(_AFTER.match(state.text, token.end))
        self.reader.batches, state.items, state.named = selection, token.items, True
        self.reader.newest = max(self.reader.newest, *selection)
        state.singles += [item[0] for item in token.items if len(item) == 1]
        self.batch_token, state.so_far, self.compared = token, False, None

    def adds(self, token: Token, selection: tuple[int, ...]) -> bool:
        """加上前三批: from here on those batches together with the one spoken of."""
        if not self.reader.batches or not _ADDED.search(self.before(token)):
            return False
        self.compared = token, selection
        together = tuple(sorted({*self.reader.batches, *selection}))
        self.reader.batches, self.state.named = together, True
        return True

    def on_batch_count(self, index: int, token: Token):
        """四批次: the batches named one by one in the sentence, or all from the first to that one.

        Where more batches are known and 此前 is not said, nobody knows which are meant.
        """
        size, state = int(token.values[0]), self.state
        singles = tuple(sorted(set(state.singles)))
        earlier = re.search(r"此前|之前|先前|以前|前后|先后|已", self.before(token)[-8:])
        this_year = re.search(r"年内?$|今年", self.before(token)[-4:])
        if len(singles) == size:
            chosen = singles
        elif not this_year and (
            size >= self.reader.newest
            or (earlier and size == self.reader.newest - 1)
            or re.match("合计|累计|总计", self.after(token))
        ):
            chosen = tuple(range(1, size + 1))
        else:
            chosen = None
        if chosen is None:
            self.batch_unknown = True
            return
        self.batch_unknown = False
        if self.adds(token, chosen):
            return
        self.reader.batches, state.items, state.named = chosen, (chosen,), True
        self.reader.newest = max(self.reader.newest, *chosen)
        self.batch_token, state.so_far, self.compared = token, False, None

    def on_batch_same(self, index: int, token: Token):
        """此次, 本批: the newest batch named so far."""
        if self.reader.newest:
            self.reader.batches = (self.reader.newest,)
        self.batch_token, self.state.named = token, True
        self.state.so_far = self.state.after = False

    def on_batch_before(self, index: int, token: Token):
        """较上一批: what is compared with the batch before the one spoken of."""
        if len(self.reader.batches) == 1 and self.reader.batches > (1,):
            selection = (self.reader.batches[0] - 1,)
            self.compared, self.state.compared = (token, selection), selection
        else:
            self.batch_unknown = True

    def on_so_far(self, index: int, token: Token):
        self.state.so_far = True

    def on_total(self, index: int, token: Token):
        """总数达: a total that has grown to a number is that of all batches so far."""
        grown = re.match(r"\S{0,3}?(?:[升增达超扩]|突破)", self.after(token))
        self.total = bool(grown) and "其中" not in self.before(token)

    def batches_of(
        self, token: Token, index: int, cumulates: bool = True
    ) -> tuple[int, ...] | None:
        """The batches an amount speaks of; () if none was ever named, None if it is not sure."""
        if self.batch_unknown:
            return None
        if self.state.risen_from is not None and _RISEN_TO.search(self.before(token)):
            if len(self.state.risen_from) != 1 or self.state.risen_from == self.state.compared:
                return None
            self.reader.batches, self.state.risen_from = self.state.risen_from, None
        if self.state.after:
            if not (self.joint or self.total or self.state.so_far):
                return None
            self.state.after = False
            self.reader.batches = tuple(range(1, self.reader.batches[-1] + 1))
            return self.reader.batches
        if self.compared:
            named, selection = self.compared
            if _COMPARED_GAP.fullmatch(self.state.text[named.end : token.start]):
                return selection
        if not self.state.named:
            later = next((t for t in self.tokens[index + 1 :]
                          if t.kind in ("batch", "amount", "share", "amounts")), None)  # fmt: skip
            gap = self.state.text[token.end : later.start] if later else ""
            if later and later.kind == "batch" and not re.search("[增升降扩减至较比]", gap):
                return _selection(later)
            ahead = next((t for t in self.state.tokens
                          if t.kind == "batch" and t.start > token.end), None)  # fmt: skip
            if ahead and not self.reader.batches and (self.places_known() or not cumulates):
                return _selection(ahead)
        chosen = self.reader.batches
        run = chosen == tuple(range(1, len(chosen) + 1)) and len(chosen) > 1
        if not chosen or run or not cumulates:
            return chosen
        if self.joint and not self.batch_token and not self.places_known():
            singles = tuple(sorted(set(self.state.singles)))
            if len(singles) > 1:
                return singles
        if self.state.so_far or self.total:
            if self.batch_token:
                gap = self.state.text[self.batch_token.end : token.start]
                if self.total and not self.state.so_far and "后" not in gap:
                    return chosen
                if "后" not in gap and not gap.startswith((",", "以来", "止")):
                    return None
            self.reader.batches = tuple(range(1, chosen[-1] + 1))
            return self.reader.batches
        return chosen

    # --- places --------------------------------------------------------------------------------

    def on_place(self, index: int, token: Token):
        if self.after(token).startswith("城市") and lexicon.region_members(token.places[-1]):
            return
        part = _UNKNOWN_PART.match(self.state.text, token.end)
        firm = _A_FIRM.match(self.after(token)) and _ONE.search(self.before(token))
        self.meet(Named(token.places, token), index)
        if part or firm or self.after(token).startswith("某"):
            self.lose(token)

    def lose(self, token: Token):
        """What is said from here on is said of a place that the tables do not know."""
        self.place = self.state.subject = None
        self.state.lost = self.reader.discourse.broken = True

    def on_elsewhere(self, index: int, token: Token):
        """大湾区, 省会城市: no place of the tables, or only a part of the one before it."""
        following = self.next_token(index)
        if _OTHER_HALF.search(re.sub(r"\S{0,6}$", "", self.before(token))) or (
            re.search(r"占\S{0,6}$", self.before(token)) and following and following.kind == "share"
        ):
            self.of = "?"
        else:
            self.lose(token)

    def on_group(self, index: int, token: Token):
        """四地: as many places as were named one by one in the sentence, or the group before."""
        size = int(lex.number(self.state.text[token.start])) + ("一市" in self.written(token))
        named = list(dict.fromkeys(name for place in self.state.seen for name in place.names))
        if len(named) >= size:
            names = tuple(named[-size:])
        elif len(self.reader.group) == size:
            names = self.reader.group
        else:
            self.lose(token)
            return
        self.meet(Named(names, token), index)

    def on_district(self, index: int, token: Token):
        """朝阳区: that of the city spoken of."""
        known = [*(self.place or self.state.subject or Named((), token)).names[:1],
                 *reversed(self.reader.discourse.home)]  # fmt: skip
        cities = filter(None, (at_level(name, "市") for name in known))
        name = next(
            filter(None, (lexicon.district_of(city, self.written(token)) for city in cities)), None
        )
        if name:
            self.meet(Named((name,), token), index)
        else:
            self.lose(token)

    def on_nameless(self, index: int, token: Token):
        """全省, 我市: the place that is meant, as the subject or as the whole of a share."""
        if self.whole or self.of:
            return
        word, lead = self.written(token), self.before(token)
        subject = self.place or self.state.subject
        names = subject.names if subject else ()
        name = self.reader.discourse.meant(word, names, self.state.text[: token.start])
        following = self.next_token(index)
        kind = following.kind if following else ""
        ahead = [one.kind for one in self.tokens[index + 1 :]][:2]
        if re.search(r"占(?:据|到|了)?$", lead) and kind in ("share", "shares"):
            self.of = name or "?"
        elif re.search(r"占(?:据|到|了)?$", lead) and ahead == ["amount", "share"] and name:
            self.of, self.whole = name, Named((name,), token)
        elif kind == "share" and self.place and name not in (None, *names):
            self.of = name
        elif re.search(r"[居列位占在]$", lead) and kind in (
            "rank",
            "first",
            "top",
            "ranks",
            "most",
        ):
            return
        elif (
            name and re.match(r"的?(?:其他|其它|其余|各|以?外|多|部分)", self.after(token)) is None
        ):
            if name not in names or not self.place:
                self.meet(Named((name,), token), index)
            self.reader.discourse.is_local()
        else:
            self.lose(token)
            self.reader.discourse.is_local()

    def written(self, token: Token) -> str:
        """The token as it stands in the plain text."""
        return self.state.text[token.start : token.end]

    def meet(self, place: Named, index: int):
        """A place comes up: the whole of a share, what another is compared with, or the subject."""
        before = self.before(place.token)
        following = self.next_token(index, ("open", "close", "nameless"))
        ahead = [t.kind for t in self.tokens if t.start > place.token.end and t.kind != "nameless"]
        if _OTHER_HALF.search(before) and ahead[:2] == ["amount", "share"]:
            self.of, self.whole = place.names[0] if len(place.names) == 1 else "?", place
            return
        if _OTHER_HALF.search(before) and following and following.kind in ("share", "shares"):
            self.of = place.names[0] if len(place.names) == 1 else "?"
            return
        self.previous = self.place or self.state.subject
        self.state.lost = self.state.of_several = self.reader.discourse.broken = False
        for token in self.pending:
            self.bind_behind(token, place, following)
        self.pending = []
        self.place = place
        self.of = ""
        if not OBJECT.search(before):
            self.state.subject = place
            self.state.part = "其中" in before or (self.state.part and "其中" not in before)
        self.state.seen.append(place)

    def places_known(self) -> bool:
        """True if a place stands before in the clause or carries over from the clause before."""
        return bool(self.place or self.state.subject)

    def on_nation(self, index: int, token: Token):
        lead = self.before(token)
        self.state.lost = self.state.lost and bool(re.search(r"[占居列位名]$", lead))
        self.nation = not re.search(r"(?:占|占到|居|列|位|名|前|进入|跻身|约|至|到|在)$", lead)

    # --- small words ---------------------------------------------------------------------------

    def on_joint(self, index: int, token: Token):
        self.joint = True

    def on_each(self, index: int, token: Token):
        self.each = True

    def on_open(self, index: int, token: Token):
        self.state.aside = self.place or self.state.subject

    def on_close(self, index: int, token: Token):
        """Behind an aside, the talk is again of what it was of before."""
        if any(one.token.start > self.state.text.rfind("(", 0, token.start)
               for one in self.state.seen):  # fmt: skip
            self.place = self.state.subject = self.state.aside

    def on_both(self, index: int, token: Token):
        self.both = True

    # --- amounts -------------------------------------------------------------------------------

    def on_amount(self, index: int, token: Token):
        if self.silent or (self.state.lost and not self.nation):
            return
        countable = self.countable(token)
        if hedge := _HEDGED.search(self.before(token)):
            token = replace(token, relation=lex.BEFORE[hedge[1]], wording=hedge[1])
        if self.of_filers(index, token) or self.changes(index, token):
            return
        if self.state.some_filers or not countable:
            return
        if self.state.all_provinces and token.unit == "services" and not self.place:
            self.state.all_provinces = False
            none = any(one.kind == "none" for one in self.tokens[index + 1 :])
            self.emit_coverage(index, token, without=none)
            return
        following = self.next_token(index)
        if following and following.kind == "place":
            gap = self.state.text[token.end : following.start]
            if _FROM.fullmatch(gap):
                self.pending.append(token)
                return
            if re.fullmatch(r"\S{0,8}?(?:在|由)", gap) and not self.place:
                self.pending.append(token)
                return
        if not self.place and _PROVINCES_COUNTED.search(self.before(token)):
            self.emit_coverage(index, token)
            return
        if not self.clear(token):
            if not self.place or not self.clear(token, self.place.token.end):
                self.lose(token)
            return
        if self.rises(token):
            if self.state.compared and self.places_known():
                place = self.place or self.state.subject
                self.emit_count(place.names, index, token, place, self.state.compared)
            return
        if not self.place and any(
            one.kind == "provinces" and not _COVERS.search(self.before(one))
            for one in self.tokens[:index]
        ):
            return  # 12个省市的备案数不足3个
        if self.whole:
            self.emit_count(self.whole.names, index, token, self.whole)
            self.whole = None
            return
        if self.whole_country(token):
            self.emit_count((places.NATION,), index, token)
            return
        place = self.place or self.state.subject
        if place is None:
            if self.national(token):
                self.emit_count((places.NATION,), index, token)
            else:
                self.state.why[token.start] = "no place"
            return
        if self.joint and not self.place and len(self.state.counts) > 1:
            listed = self.state.counts
            if sum(listed.values()) == token.values[0]:
                self.emit_count(tuple(listed), index, token)
                self.state.subject = Named(tuple(listed), token)
            return
        if (self.each or self.both) and len(place.names) > 1:
            if "分别" in self.before(token):
                return
            for name in place.names:
                self.emit_count((name,), index, token, place)
            return
        self.emit_count(place.names, index, token, place)

    def national(self, token: Token) -> bool:
        """True if an amount without a place is the country's: unless the text is local."""
        state, discourse = self.state, self.reader.discourse
        covered = state.claims and state.claims[-1].kind == "coverage"  # 18个省市的165家企业
        if _SOME_PLACES.search(self.before(token)) and not (
            covered and state.text[state.claims[-1].end : token.start] == "的"
        ):
            return False
        opening = state.text[: state.tokens[0].start]  # 张江这片热土上,…
        strange = state.tokens[0].kind == "comma" and not lexicon.understood(opening)
        if discourse.local or discourse.broken or self.reader.unsure or strange:
            return bool(_NATIONAL.search(self.state.text[: token.start]))
        return not self.opens_loosely(token)

    def of_filers(self, index: int, token: Token) -> bool:
        """Filers with several services or with one, and what the former filed."""
        state, tail, value = self.state, self.after(token), int(token.values[0])
        if token.start in state.judged:
            return True
        if state.of_several and not self.written(token).endswith("家"):
            token = replace(token, unit="services")
        place = self.place or state.subject
        names = place.names if place else (places.NATION,)
        kind = ""
        if token.unit == "services":
            if state.of_several and not self.place and self.clear(token):
                kind = "services_of_multi_filers"
        elif self.before(token).endswith(("这", "上述", "该")) and value == self.reader.several:
            state.of_several = True
            state.judged.add(token.start)
            return True
        elif _FILED_SEVERAL.match(tail) or _SEVERAL_FILED.search(self.before(token)):
            kind, state.of_several, self.reader.several = "multi_filers", True, value
        elif _FILED_ONE.match(tail):
            kind, state.of_several = "single_filers", False
        if not kind:
            return False
        batches = self.batches_of(token, index)
        if batches:
            state.emit(kind, names, batches, token.unit, token.relation, value, token, token,
                       wording=token.wording)  # fmt: skip
            following = [one for one in self.tokens[index + 1 :] if one.kind == "amount"]
            if kind != "services_of_multi_filers" and following:
                state.judged.add(following[0].start)  # the 两项 of 两项以上
        return True

    def changes(self, index: int, token: Token, said: str = "", place: Named | None = None) -> bool:
        """增加85个, 降幅27.5% after 较第二批: from one batch to another, of one place or all."""
        change = [said] if said else _CHANGE.search(self.before(token))
        if not change:
            return False
        state, batches = self.state, self.reader.batches
        object_last = self.place and OBJECT.search(state.text[: self.place.token.start])
        base = state.compared
        known = state.named or (base and len(batches) == len(base) == 1 and base < batches)
        if not base or not batches or base == batches or self.batch_unknown or not known:
            state.why[token.start] = "no batch"
        elif said or not (
            object_last
            or not self.clear(token)
            or (state.claims and state.claims[-1].kind == "coverage")
        ):
            place = place or self.place or state.subject
            names = place.names if place else (places.NATION,)
            if self.each and not said and len(names) > 1:
                return True
            sign = -1 if re.search("[减少降落滑低缩跌]", change[0]) else 1
            kind = "growth" if token.kind == "share" else "change"
            if place or self.national(token):
                value = token.values[0] if kind == "growth" else int(token.values[0])
                first = place.token if place and place.token.start >= self.start else token
                relation = token.relation
                if sign < 0:
                    relation = {">=": "<=", "<=": ">="}.get(relation, relation)
                state.emit(kind, names, batches, token.unit or state.unit, relation, sign * value,
                           first, token, wording=token.wording, base=base)  # fmt: skip
        return True

    def on_times(self, index: int, token: Token):
        """浙江是四川的9倍多: one place's count against another's."""
        self.ratio(index, token)

    def ratio(self, index: int, token: Token) -> bool:
        """Add how many times, or which part, of the place right before it another has."""
        of, part = self.place, self.previous
        if self.silent or not of or not part or self.state.text[of.token.end : token.start] != "的":
            return False
        lead = _AS_MUCH.search(self.state.text[self.start : of.token.start])
        if (
            not lead
            or len(of.names) > 1
            or of.names[0] in part.names
            or of.names[0] == places.NATION
        ):
            return False
        if any(of.names[0] in places.ancestors(name) for name in part.names
               if not lexicon.region_members(name)):  # fmt: skip
            return False
        if not lexicon.understood(lead.string[: lead.start()]) and part.token.start < self.start:
            return True
        relation, wording = token.relation, token.wording
        if lead[1]:
            relation, wording = lex.BEFORE[lead[1]], f"{lead[1]}{wording}"
        batches = self.batches_of(token, index)
        if batches is not None:
            relation = "<" if re.search("不足|不到|未及", wording) else relation
            self.state.emit("ratio", part.names, batches, self.state.unit, relation,
                            token.values[0], token, token, of.names[0], wording)  # fmt: skip
        self.state.subject = part
        return True

    def on_none(self, index: int, token: Token):
        """没有一个项目: a place has none; provinces that have none do not take part."""
        if self.silent or self.state.lost or "除" in self.text or not self.clear(token):
            return
        counted = [one for one in self.tokens[:index]
                   if one.kind == "provinces" and not _AMONG.match(self.after(one))]  # fmt: skip
        batches = self.batches_of(token, index, cumulates=False)
        if not batches:
            return
        if counted and counted[-1].relation == "=":
            value = len(places.province_names()) - int(counted[-1].values[0])
            self.state.emit("coverage", (places.NATION,), batches, "provinces", "=", value,
                            counted[-1], token)  # fmt: skip
        elif place := self.place or self.state.subject:
            first = place.token if place.token.start >= self.start else token
            for name in place.names:
                if not lexicon.region_members(name):
                    self.state.emit("count", (name,), batches, "services", "=", 0, first, token)

    def countable(self, token: Token) -> bool:
        """False for a change, a denial, "one" without weight, several-each and bare "most"."""
        lead = self.before(token)
        if any(rule.search(lead) for rule in (lexicon.DIFFERENCE, _NEGATED, _OTHERS, _NO_NUMBER)):
            return False
        if lead.endswith(("数", "几")) and self.written(token)[0] in "十百千万":
            return False
        if self.conditional or re.match(
            r"\S{0,6}?(?:首次|首度|初次|再次|多次|连续|重复|[为是属系]新)", self.after(token)
        ):
            return False
        if re.match(
            "(?:企业|公司|服务|项目|备案)*的(?:共|仅|只)?(?:有|省|城市|地|企业|公司)",
            self.after(token),
        ):
            self.conditional = True  # 超过50个的有5个: neither is a count of filings
            return False
        if _SEVERAL_EACH.search(self.text):
            return False
        if token.unit == "entities" and (
            lead.endswith("这") or _SOME_FILERS.match(self.after(token).lstrip("公司企业主体"))
        ):
            known = token.values[0] in self.reader.totals
            self.state.some_filers = not known
            return False
        if re.search(r"其中共?有?$", lead) and not self.place:
            return bool(self.state.subject)
        if self.after(token).startswith(("百分点", "以内")) or "倍" in self.after(token)[:3]:
            return False
        place = self.place.token if self.place else token
        if _MORE_THAN.search(self.before(place)) and token.start - place.end in (0, 1):
            return False  # 超过上海12个
        if lead.endswith("对") or self.after(token).startswith("对"):
            return False  # 87个对3个
        if lead.endswith("每") or _FILED_MANY.match(self.after(token)):
            self.conditional = True  # 每10个中有3个, 3家企业获得5个以上
            return False
        if re.search(r"[家企业公司主体]各[^,;。\d]{0,4}$", lead):
            return False
        one = token.values[0] == 1 and "一" in self.written(token)
        if one or token.wording == "至少":
            return bool(re.search(r"(?:各|各有|仅|仅有|只有|\()$", lead))
        if token.unit == "entities":
            said = lexicon.REGISTERED.search(self.state.text[: self.end] + self.after(token)[:2])
            return bool(said) or self.reader.entities
        return True

    def rises(self, token: Token) -> bool:
        """True for the lower end of 由63个增至87个 where no batch stands before it."""
        return bool(
            re.search(r"(?:由|从)$", self.before(token))
            and re.match(
                r"\S{0,4}?[增升扩降减回提猛滑跌涨跳蹿窜缩落掉攀]\S{0,3}?[到至为]", self.after(token)
            )
        )

    def whole_country(self, token: Token) -> bool:
        """True if the amount is the country's although a place may be spoken of."""
        lead = self.before(token)
        if re.search(r"占[去据了到]?(?:全部|全国|总共|总数|全体)?(?:的)?$", lead) and re.match(
            "(?:总量|总数|备案|服务|项目|企业|主体|单位)*的", self.after(token)
        ):
            return True
        if self.place:
            return False
        if self.nation:
            return True
        return bool(_WHOLE.match(self.after(token))) and self.clear(token)

    def opens_loosely(self, token: Token) -> bool:
        """True for an amount that opens a clause without a noun: too little to go by."""
        lead = self.before(token)
        if lead.strip(' “"') and not re.fullmatch("[问答]:", lead):
            return False
        return not re.match(
            r"\S{0,4}?(?:服务|项目|企业|公司|主体|单位|机构|备案|编号|区块链)", self.after(token)
        )

    def emit_count(self, names, index, token, place=None, batches=None, value=None, last=None):
        """Add a count; several places with one region word among them are left out."""
        if batches is None:
            batches = self.batches_of(token, index)
        if batches is None or (
            any(lexicon.region_members(name) for name in names) and len(names) > 1
        ):
            return
        value = int(token.values[0]) if value is None else int(value)
        first = place.token if place and place.token.start >= self.start else token
        self.state.emit("count", names, batches, token.unit, token.relation, value, first,
                        last or token, wording=token.wording)  # fmt: skip
        self.state.unit = token.unit
        self.reader.entities = token.unit == "entities"
        if self.reader.entities and names == (places.NATION,):
            self.reader.totals.add(value)
        if len(names) == 1 and names != (places.NATION,):
            self.state.counts[names[0]] = value

    def on_amounts(self, index: int, token: Token):
        """27个、17个 after 分别: one each for the places, or the batches, listed before."""
        lead = self.before(token)
        if self.silent or self.state.lost or not self.clear(token):
            return
        place = self.place or self.state.subject
        if not self.place and len(self.state.counts) == len(token.parts):
            place = Named(tuple(self.state.counts), token)  # 北京37个,广东35个,分别占…
        if change := _CHANGE.search(lead):
            if self.each and place and len(place.names) == len(token.parts):
                for name, one in zip(place.names, token.parts, strict=True):
                    self.changes(index, one, change[0], Named((name,), place.token))
            return
        if re.search("(?<!新)[增减升降跌涨]|平均", lead[-8:]):
            return
        shares_said = _SHARE_WORD.search(lead) or self.state.share_said
        if token.kind == "shares" and not shares_said:
            return
        following = self.next_token(index, ("open", "close", "each"))
        behind = self.state.text[token.end : following.start] if following else ""
        size = len(token.parts)
        if (
            following
            and following.kind == "place"
            and re.search("分别(?:来自|属于|为|是|位于)$", behind)
        ):
            if len(following.places) == size:
                self.spread(Named(following.places, following), index, token)
            return
        if not self.each and "依次" not in self.text:
            return
        items = self.state.items
        if len(items) == 1:
            items = tuple((batch,) for batch in items[0])
        if place and len(place.names) == size:
            self.spread(place, index, token)
        elif len(items) == size and (place is None or len(place.names) == 1):
            names = place.names if place else (places.NATION,)
            for batches, one in zip(items, token.parts, strict=True):
                if one.kind == "amount":
                    self.emit_count(names, index, one, place, tuple(batches))
                elif place:
                    self.emit_share(place, index, one, tuple(batches))

    on_shares = on_amounts

    def spread(self, place: Named, index: int, token: Token):
        """Give each place of the group its own number of the list."""
        for name, one in zip(place.names, token.parts, strict=True):
            one_place = Named((name,), place.token)
            if token.kind == "shares":
                self.emit_share(one_place, index, one)
            else:
                self.emit_count((name,), index, one, one_place)

    # --- shares --------------------------------------------------------------------------------

    def on_share(self, index: int, token: Token):
        lead = self.before(token)
        if self.silent or self.state.lost or self.changes(index, token):
            return
        if lexicon.DIFFERENCE.search(lead) or self.ratio(index, token):
            return
        kinds = [claim.kind for claim in self.state.claims[-1:]]
        if (
            self.state.of_several
            and not self.place
            and _SHARE_WORD.search(lead)
            and (re.search("服务|项目|备案", lead) or "services_of_multi_filers" in kinds)
        ):
            self.share_of_several(index, token)
            return
        if hedge := _HEDGED_SHARE.search(lead):
            token = replace(token, relation=lex.BEFORE[hedge[1]], wording=hedge[1])
        following = self.next_token(index, ("open", "close", "both"))
        if re.search("占[去了据]?其中[^,;。]{0,3}$", lead):
            return
        if named := re.match("的(不?)[是为]", self.after(token)):  # 占比最高的是 is said otherwise
            if not named[1] and following and following.kind == "place":
                self.pending.append(token)
            return
        if following and following.kind == "place" and not self.of:
            gap = self.state.text[token.end : following.start]
            if _OF_SHARE.fullmatch(gap) and "," not in gap:
                self.pending.append(token)
                return
        place = self.place or self.state.subject
        said = _SHARE_WORD.search(lead) or _SHARE_SAID.search(self.state.text[: token.start])
        said = said or _SHARED.match(self.after(token))
        if as_much := _OF_NATION.search(lead):
            said = True
            if as_much[1]:
                token = replace(token, relation=lex.BEFORE[as_much[1]], wording=as_much[1])
        if not place or not (said or self.state.share_said or "过半" in self.written(token)):
            return
        if not self.clear(token):
            return
        if self.place and "其中" in lead and "全国" not in lead:
            self.of = self.of or self.counted_above(place)  # 我省29个,其中武汉占九成
        if not self.place and not self.joint and self.several_counted(place, lead):
            return
        if self.joint and not self.place and len(self.state.counts) > 1:
            place = Named(tuple(self.state.counts), token)
        if self.of and any(self.of not in places.ancestors(name) for name in place.names
                           if self.of != "?" and not lexicon.region_members(name)):  # fmt: skip
            return
        if self.each and len(place.names) > 1:
            if "分别" in lead:
                return
            for name in place.names:
                self.emit_share(Named((name,), place.token), index, token)
            return
        self.emit_share(place, index, token)

    def counted_above(self, place: Named) -> str:
        """The place counted just before in which all of these lie; "" if there is none."""
        above = [set(places.ancestors(name)) for name in place.names
                 if not lexicon.region_members(name)]  # fmt: skip
        last = next((one for one in reversed(self.state.claims) if one.kind == "count"), None)
        inside = last and above and all(last.place in one for one in above)
        return last.place if inside and last.place != places.NATION else ""

    def several_counted(self, place: Named, lead: str) -> bool:
        """True if it is not said whose share it is: 青岛3个,济南2个,占全省七成; or of what it is.

        广东72个,其中深圳38个,占52.8% is a share of 广东 or of the country.
        """
        if self.state.share_said:
            return False
        since = self.state.text.rfind(";", 0, self.start)
        counted = {name for claim in self.state.claims if claim.kind == "count"
                   and claim.start > since and len(claim.places) == 1
                   for name in claim.places} - {places.NATION, *place.names}  # fmt: skip
        above = {one for name in place.names if not lexicon.region_members(name)
                 for one in places.ancestors(name)}  # fmt: skip
        if counted & above and not self.of and "全国" not in lead:
            return True
        return bool(counted - above)

    def share_of_several(self, index: int, token: Token):
        """Add the share of the services that belongs to filers of several."""
        place = self.state.subject
        names = place.names if place else (places.NATION,)
        batches = self.batches_of(token, index, cumulates=False)
        if batches and self.clear(token) and len(names) == 1:
            self.state.emit("share_of_multi_filers", names, batches, "services", token.relation,
                            token.values[0], token, token, names[0], token.wording)  # fmt: skip

    def emit_share(self, place: Named, index: int, token: Token, batches=()):
        """Add a share of the country, or of the province or city named as the whole."""
        batches = batches or self.batches_of(token, index, cumulates=False)
        if batches is None or self.of == "?" or place.names == (places.NATION,):
            return
        if lexicon.region_members(self.of) or self.of in place.names:
            return
        lead, tail = self.before(token), self.after(token)
        entities = re.search(r"(?:企业|公司|主体)(?:数量?)?(?:占|占比)\S{0,14}$", lead) or re.match(
            r"的?(?:备案)?(?:企业|公司|主体)", tail
        )
        filers = _FILERS_HEAD.search(self.state.text[: token.start])
        unit = "entities" if entities or filers or self.state.unit == "entities" else "services"
        first = place.token if place.token.start >= self.start else token
        last = token if place.token.start < token.start else place.token
        self.state.emit("share", place.names, batches, unit, token.relation, token.values[0],
                        first if last is token else token, last,
                        of=self.of or places.NATION, wording=token.wording)  # fmt: skip
        self.state.share_said = True

    def bind_behind(self, token: Token, place: Named, following: Token | None):
        """Give a waiting amount or share the place behind it, unless that has its own number."""
        own = following and following.kind in ("amount", "share") and (
            self.state.text[place.token.end : following.start] in ("", "(", ":")
        )  # fmt: skip
        index = self.tokens.index(next(t for t in self.tokens if t.start == token.start))
        if own:
            if token.kind == "amount" and not self.places_known():
                self.emit_count((places.NATION,), index, token)
            return
        if token.kind == "share":
            self.emit_share(place, index, token)
        else:
            self.emit_count(place.names, index, token, place, last=token)

    # --- provinces that take part --------------------------------------------------------------

    def on_provinces(self, index: int, token: Token):
        if self.silent or lexicon.DIFFERENCE.search(self.before(token)):
            return
        lead, tail = self.before(token), self.after(token)
        if _OTHERS.search(lead[-4:]) or self.conditional:
            return
        if _AMONG.match(tail):
            self.state.all_provinces = True
            return
        self.state.all_provinces = False
        if lead.rstrip(")").endswith("等"):
            lead = self.state.text[: token.start]
        covers = _COVERS.search(lead) or _TAKES_PART.search(tail)
        if covers and not _NOT_COVERAGE.search(tail) and not _NEGATED.search(self.text):
            self.emit_coverage(index, token)

    def emit_coverage(self, index: int, token: Token, without: bool = False):
        """Add the number of provinces with at least one, told as such or ``without`` any."""
        batches, every = self.batches_of(token, index), len(places.province_names())
        value = every - int(token.values[0]) if without else int(token.values[0])
        if without and token.relation != "=":
            return
        if batches is not None and 0 <= value <= every:
            self.state.emit("coverage", (places.NATION,), batches, "provinces", token.relation,
                            value, token, token, wording=token.wording)  # fmt: skip

    def on_most_provinces(self, index: int, token: Token):
        tail = self.after(token)
        if self.silent or not _TAKES_PART.search(tail) or _NOT_COVERAGE.search(tail):
            return
        batches = self.batches_of(token, index)
        if batches is not None:
            self.state.emit("coverage", (places.NATION,), batches, "provinces", ">",
                            MOST_PROVINCES, token, token, wording="多数")  # fmt: skip

    # --- ranks and order -----------------------------------------------------------------------

    def ranked(self, index: int, token: Token) -> tuple[Named | None, bool]:
        """The places a rank speaks of, and whether they stand behind it (第一的是北京)."""
        following = self.next_token(index, ("open", "close", "each", "in_order", "colon", "nation"))
        if following and following.kind == "place":
            gap = self.state.text[token.end : following.start]
            named = not gap and self.written(token).endswith(("名", "位"))  # 第二名广东
            if named or re.fullmatch(r"[^,;]{0,8}?(?:是|为|的|的省市|属|包括|:)[“\"]?", gap):
                own = self.state.text[following.end : following.end + 1] in ("(", *"0123456789")
                listed = following.places
                if own and len(listed) == 1 and token.kind == "top":
                    listed = self.each_counted(following)  # 前三名为北京(62个)、广东(48个)和…
                return (Named(listed, following) if listed else None), True
        if self.place:
            return self.place, False
        return self.state.subject, False

    def each_counted(self, first: Token) -> tuple[str, ...]:
        """Places listed one by one from that token on, each with its own number behind it."""
        listed = self.tokens[self.tokens.index(first) :]
        kinds = {"place", "amount", "share", "open", "close"}
        until = next((n for n, one in enumerate(listed) if one.kind not in kinds), len(listed))
        named = [one for one in listed[:until] if one.kind == "place"]
        several = len(named) > 1 and all(len(one.places) == 1 for one in named)
        return tuple(one.places[0] for one in named) if several else ()

    def rankable(self, token: Token) -> bool:
        """False for a denial, a rank within a region, and what follows a place compared with."""
        lead = self.before(token)
        return not (
            self.silent or _NEGATED.search(lead) or _WITHIN.search(lead) or "仅次于" in lead
        )

    def emit_rank(self, name, relation, value, first: Token, last: Token, index, wording=""):
        """Add the rank of a province by its count."""
        batches = self.batches_of(last, index, cumulates=False)
        if re.search("[由从](?:全国)?$", self.before(last)):
            batches = self.state.compared or None  # 由第九升至第六
        if name not in places.province_names() or batches is None:
            return
        if first.start < self.start:
            first = last
        self.state.emit("rank", (name,), batches, self.state.unit, relation, value, first, last,
                        wording=wording)  # fmt: skip

    def on_first(self, index: int, token: Token):
        place, _ = self.ranked(index, token)
        if not self.rankable(token) or not place or len(place.names) > 1:
            return
        margin = _MARGIN.search(self.before(token))
        self.emit_rank(
            place.names[0], "=", 1, place.token, token, index, margin[0] if margin else ""
        )
        self.state.chain = [place.names[0]]

    def on_most(self, index: int, token: Token):
        place, _ = self.ranked(index, token)
        if not re.match(
            r"的(?:省|是|为|当|地|,)|的?[,;。]|$|[是为,。;]|\(|,", self.after(token) + "。"
        ):
            return
        if not self.rankable(token) or not place or len(place.names) > 1:
            return
        self.emit_rank(place.names[0], "=", 1, place.token, token, index)
        self.state.chain = [place.names[0]]

    def on_rank(self, index: int, token: Token):
        place, _ = self.ranked(index, token)
        if not self.rankable(token) or not place or len(place.names) > 1:
            return
        self.emit_rank(place.names[0], "=", int(token.values[0]), place.token, token, index)
        self.state.chain.append(place.names[0])

    def on_ranks(self, index: int, token: Token):
        place, _ = self.ranked(index, token)
        if not self.rankable(token) or not place or len(place.names) != len(token.values):
            return
        for name, value in zip(place.names, token.values, strict=True):
            self.emit_rank(name, "=", int(value), place.token, token, index)

    def on_top(self, index: int, token: Token):
        """前十: as many places as ranks are the leaders, fewer are each among the first."""
        place, behind = self.ranked(index, token)
        if not self.rankable(token) or not place:
            return
        size = int(token.values[0])
        names = place.names
        if not self.place and not behind and self.both and len(names) == 1:
            names = tuple(dict.fromkeys(n for one in self.state.seen for n in one.names))
        provinces = set(names) <= set(places.province_names())
        batches = self.batches_of(token, index, cumulates=False)
        if batches is None or not provinces or len(names) > size:
            return
        if len(names) < size:
            for name in names:
                self.emit_rank(name, "<=", size, place.token, token, index)
            return
        if len(names) < 2:
            return
        between = self.state.text[min(token.start, place.token.start) :
                                  max(token.end, place.token.end)]  # fmt: skip
        ordered = "依次" in between or (behind and re.search(r"分别(?:是|为)", between))
        kind = "order" if ordered else "leaders"
        first = place.token if place.token.start >= self.start else token
        self.state.emit(kind, (places.NATION,), batches, self.state.unit, "=", names, first, token)

    def on_in_order(self, index: int, token: Token):
        """备案数量由多到少依次为 A、B、C."""
        following = self.next_token(index, ("colon",))
        sorted_by = re.search(r"排序|排名|排列|多到少|高到低", self.state.text[: token.start])
        if self.silent or not sorted_by or not following or following.kind != "place":
            return
        batches = self.batches_of(token, index, cumulates=False)
        if batches is not None and len(following.places) > 1:
            self.state.emit("order", (places.NATION,), batches, self.state.unit, "=",
                            following.places, token, following)  # fmt: skip

    def on_next(self, index: int, token: Token):
        """次之, 位居其后: the chain of places in falling order goes on."""
        place, behind = self.ranked(index, token)
        if self.silent or not place:
            return
        state = self.state
        listed = [name for one in state.seen for name in one.names] + list(place.names)
        chain = list(dict.fromkeys(listed))
        if state.chain:
            chain = chain[chain.index(state.chain[0]) :] if state.chain[0] in chain else []
        counts = [state.counts[name] for name in chain if name in state.counts]
        earlier = [name for name in chain if name not in place.names]
        if not earlier or counts != sorted(counts, reverse=True):
            return
        batches = self.batches_of(token, index, cumulates=False)
        second = len(earlier) == 1 and state.chain == earlier and len(place.names) == 1
        if second:
            self.emit_rank(place.names[0], "=", 2, token if behind else place.token, token, index)
            state.chain.append(place.names[0])
        elif batches is not None and (state.chain or len(state.counts) > 1):
            first = place.token if place.token.start >= self.start else token
            state.emit("order", (places.NATION,), batches, state.unit, "=", tuple(chain), first,
                       token)  # fmt: skip

    # --- first appearance, catching up ---------------------------------------------------------

    def on_new(self, index: int, token: Token):
        place = self.place or self.state.subject
        batches = self.reader.batches
        if self.silent or not place or not self.state.named or len(batches) != 1:
            return
        if not _APPEARS.match(self.after(token)):
            return
        for name in place.names:
            if name in places.province_names():
                first = place.token if place.token.start >= self.start else token
                self.state.emit("first_batch", (name,), batches, "services", "=", batches[0],
                                first, token)  # fmt: skip
