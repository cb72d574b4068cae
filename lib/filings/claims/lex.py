"""A sentence's words that carry a claim, as tokens: places, batches, amounts, shares, ranks.

The lexer knows how the press writes a number and what word stands before and behind it; which
place and which batch an amount belongs to is the reader's work.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from filings import places
from filings.claims import lexicon
from filings.ledger import Batches

_DIGIT = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
NUMERALS = f"{_DIGIT}十百千万亿廿卅卌拾佰仟"
_LONGEST = 15
# Atomic, and never from its middle: a number is read as a whole or not at all.
_NUMBER = (
    rf"(?<![\d{NUMERALS}.])(?<!\d[ ,])"
    rf"(?>(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)[万千百十亿]*|[{NUMERALS}]+)"
    rf"(?![\d{NUMERALS}几]| \d)"
)
_NAMES = lexicon.names_that_begin_with(NUMERALS)  # no number in 数量是四川的5倍
_ORDINAL = rf"(?:\d{{1,2}}|[{_DIGIT}十]{{1,3}})"

# Wording before and behind a number → the relation of the ledger. Longest first.
BEFORE = {
    **dict.fromkeys(["不少于", "不低于", "至少", "超过", "突破", "超", "逾", "上"], ">="),
    **dict.fromkeys(["不足", "不到", "未及", "不超过", "至多"], "<="),
    **dict.fromkeys(["接近", "将近", "大约", "大概", "约为", "近", "约"], "~"),
    **dict.fromkeys(["多达", "高达"], "="),
}
BEHIND = {
    **dict.fromkeys(["以上", "余", "多", "强"], ">="),
    **dict.fromkeys(["以下", "弱"], "<="),
    **dict.fromkeys(["左右", "上下", "来"], "~"),
}
BEFORE_WORDS = "|".join(sorted(BEFORE, key=len, reverse=True)) + "|上(?=[百千万])"
_BEHIND = "以上|以下|左右|上下|多|余"

_NOT_SERVICES = (
    "月|工作日|百分点|城市|国家|地区|批|领域|行业|类|场景|应用场景|节点|园|试点|岗位|标准|专利|人|团队|方面|部门|"
    "算法|模型|网站|账户|钱包|币|基金|实验室|中心|基地|联盟|协会|小时|季度|年|概念|综合|特色|新增长|亿|万元|"
    "互联网司法|数字藏品|重大|典型|优秀|奖|统计|特点|看点|亮点|问题|原因|变化|趋势|阶段|步骤|维度|角度|梯队|板块|关键|要点|理由|"
    "层次|环节|窗口"
)
_COUNTER = "个|项|款|家|例|条|席"
_PROVINCES = (
    r"(?:省级行政区划?|省\(区、市\)|省\(自治区、直辖市\)|省\(直辖市\)|省\(市\)|省、?自治区、?直辖市|"
    r"省区市|省市区|省市|省份|省区|省)"
)
_GROUP = r"[两二三四五六七八](?:省一市|省市|省份|省区市?|省\((?:区、)?市\)|地区?|省|市|大城市|城)"

_PERCENT = (
    r"\d+(?:\.\d+)?%|百分之[零〇一二两三四五六七八九十百]+(?:[点點][零〇一二三四五六七八九]+)?"
)
_TENTHS = "[一二两三四五六七八九]成(?:半|[一二三四五六七八九])?"
_FRACTION = rf"[{_DIGIT}十]+分之[{_DIGIT}十](?!\S?分之)|(?<![\d/])\d/\d(?![\d/])"
_SHARE = rf"(?:{BEFORE_WORDS})?(?:{_PERCENT}|{_TENTHS}|{_FRACTION})(?:强|弱|{_BEHIND})?"
_ABOUT = rf"(?P<before>{BEFORE_WORDS})?(?P<number>{_NUMBER})(?P<more>余|多|来)?"
_ITEM = rf"(?:{BEFORE_WORDS})?(?:{_NUMBER})(?:余|多)?(?:{_COUNTER})?"
_PODIUM = {"状元": 1, "冠军": 1, "榜眼": 2, "亚军": 2, "探花": 3, "季军": 3}

_SPECS = (
    # A run, a list or a single batch; a count of batches (三批合计) is a run from the first.
    ("batch_run", rf"第(?P<first>{_ORDINAL})批?(?:至|到|-|~|—)第?(?P<last>{_ORDINAL})批次?"),
    ("batch_run", rf"首批(?:至|到|-|~)第?(?P<last>{_ORDINAL})批次?"),
    ("batch_run", rf"(?:截至到?|截止到?|(?<![^,;。(])[至到](?=第))第?(?P<last>{_ORDINAL})批次?"),
    ("batch_run", rf"[前头](?P<last>{_ORDINAL})(?:个?批次?|次备案)"),
    ("batch_list", rf"第{_ORDINAL}(?:(?:、|和|及|与|以及)第?{_ORDINAL})+批次?"),
    ("batch", rf"第(?P<last>{_ORDINAL})批次?"),
    ("batch", r"(?<!国内)(?<!全国)(?<!我国)首批(?!次)"
              r"(?=\S{0,14}(?:备案|清单|名单|区块链信息服务|\d))"),
    ("batch", r"次批(?=\d|共|备案|清单|名单)"),
    ("batch_same", r"[本此该这]批次?|这一批|此次|本次|新一批|最新一批"),
    ("batch_before", r"上一批|上批|前一批|前次|上次"),
    ("batch_count", r"(?<![第前头首几数\d十])(?P<number>[二两三四五六七八九十]{1,2}|\d{1,2})"
                    r"(?:个?批次|次备案(?!的)|批(?![量准复]))"),
    # Shares.
    ("shares", rf"{_SHARE}(?:(?:[、和及与]|以及)占?{_SHARE})+"),
    ("times", rf"{_ABOUT}倍(?P<behind>{_BEHIND})?"),
    ("share", _SHARE),
    ("half", r"(?<=的)一半(?!以上|多)|(?:将?近|接近|约)(?:半数|一半|半)(?![年个小月天百])"
             r"|(?:超过?|逾|占据?)?(?:半数|一半)(?:以上|多)|(?:超过?|逾)(?:一半|半数|半)|过半数?"),
    # Provinces that take part; but 四省市 right behind four places only sums them up.
    ("group", _GROUP),
    ("provinces", rf"{_ABOUT}个?{_PROVINCES}(?![内级外])"),
    ("most_provinces", rf"(?:绝?大多数|大部分|多数)的?{_PROVINCES}"),
    # Ranks.
    ("ranks", rf"第?{_ORDINAL}(?:至|到|-|~)第?{_ORDINAL}(?:位|名)"),
    ("ranks", rf"第?{_ORDINAL}(?:、第?{_ORDINAL})*[、和及与]第?{_ORDINAL}(?:位|名)"),
    ("ranks", rf"第{_ORDINAL}(?:、第{_ORDINAL})*[、和及与]第{_ORDINAL}(?![批次、\d届季])"),
    ("top", rf"前(?P<rank>{_ORDINAL})(?![\d,]*(?:[批季年月天日期轮次届家个款成沿.%]|大(?!省)))"
            r"(?:名|位|强|甲|列|大省份|大省|省份|省市)?"),
    ("rank", rf"(?P<rank>{'|'.join(_PODIUM)})"),
    ("rank", rf"第(?P<rank>{_ORDINAL})(?:位|名|把交椅)"),
    ("rank", rf"第(?P<rank>{_ORDINAL})(?![批、\d季届次期条款版代轮大部方家个步梯时章种类十百])"),
    ("first", r"首位|榜首|居首|头名|之首|魁首|拔得头筹|独占鳌头|领跑(?:全国)?"),
    ("most", r"(?:数量|备案|项目|服务|数)?(?:也|均|依旧|仍然|仍|依然)?最多"),
    ("next", r"紧随其后|紧追其后|紧随|次之|其次|位[居列]其后|列其后|排[名在]其后|随后"),
    ("none", r"没有(?:任何)?一[个项家](?:区块链)?(?:信息)?(?:服务|项目|企业)?"
             r"|一[个家项](?:服务|项目|备案|企业){0,2}[也都](?:没有|无)|(?:均|都|仍|依然|还)?[为是]零(?![\d点.])"
             r"|榜上无名|颗粒无收|无一(?:服务|项目|企业|[家个项])|尚无(?:区块链)?(?:信息)?(?:服务|项目|企业|备案)|零备案|(?<!填补)空白"),
    # Counts. The noun behind tells services from entities.
    ("amounts", rf"{_ITEM}(?:(?:[、和及与]|以及){_ITEM})*(?:[、和及与]|以及)"
                rf"(?:{BEFORE_WORDS})?(?:{_NUMBER})(?:余|多)?(?:{_COUNTER})(?!{_NOT_SERVICES})"),
    ("bare_amounts", rf"(?<=为|有|是|达|:)(?!{_NAMES})(?:{_NUMBER})(?:[、和及与](?:{_NUMBER}))+"
                     rf"(?![万千亿%.\d元年月日]|{_COUNTER})"),
    ("amount", rf"{_ABOUT}(?P<counter>{_COUNTER})(?!{_NOT_SERVICES})"
               r"(?P<behind>以上|以下|左右|上下)?"),
    # In a table that runs on in a line, the counter stands at its head: 备案数(个):北京83、广东44.
    ("listed_amount", rf"(?<=[\u4e00-\u9fff:])(?P<number>{_NUMBER})(?=[、,;。]|$)"),
    ("bare_amount", rf"(?<=数|量)(?:为|达到|达|是|有|共|:)(?!{_NAMES})(?P<number>{_NUMBER})"
                    rf"(?![万千亿%.\d元年月日倍]|{_COUNTER})"),
    # Small words that bind.
    ("in_order", r"依次(?:为|是|:)"),
    ("each", r"分别|先后|各自|各有|各占|各(?!地|省|市|类|种|方|界|行)|依次"),
    ("joint", r"合计|共计|总计|一共|总共|加起来|相加"),
    ("so_far", r"至此|累计|迄今|截[至止]目前|截至今|截至(?=20|去年|今年|当前)|目前|历次|历批|现已"),
    ("total", r"总数|总量"),
    ("both", r"均|都"),
    ("nameless", r"[我本全该][省市区](?![区份块])(?!内?外)|[省市](?:内|里)(?!外)|当地|该地区?"),
    ("nation", r"全国|我国|国内"),
    ("district", lexicon.shared_districts()),
    ("elsewhere", lexicon.ELSEWHERE),
    ("new", r"首次(?!备案的)|首度|新晋|初次|首现|第一次|头一次|零的?突破"),
    ("comma", r"[,;]"),
    ("colon", r":"),
    ("open", r"\("),
    ("close", r"\)"),
)  # fmt: skip


_NAMED = re.compile(r"\(\?P<\w+>")


@cache
def _patterns() -> tuple[re.Pattern[str], dict[str, tuple[str, re.Pattern[str]]]]:
    """All specifications in one alternation, which finds a word, and each alone for its parts."""
    alone = {f"t{index}": (kind, re.compile(spec)) for index, (kind, spec) in enumerate(_SPECS)}
    specs = {name: _NAMED.sub("(?:", one.pattern) for name, (_, one) in alone.items()}
    every = {"place": lexicon.place_pattern(), **specs}
    return re.compile("|".join(f"(?P<{name}>{spec})" for name, spec in every.items())), alone


@dataclass(frozen=True)
class Token:
    """A word that matters: ``kind``, offsets in the sentence, and what it says by kind.

    ``places``: names (place, group resolved); ``items``: batch selections, one for each batch
    listed; ``values``: numbers; ``relation`` and ``wording`` of an amount; ``unit`` if said;
    ``parts``: the amounts or shares of a list, one by one.
    """

    kind: str
    start: int
    end: int
    places: tuple[str, ...] = ()
    items: tuple[Batches, ...] = ()
    values: tuple[Decimal, ...] = ()
    relation: str = "="
    wording: str = ""
    unit: str = ""
    parts: tuple["Token", ...] = ()

    @property
    def whole(self) -> int:
        """The number, of a token that carries one, as a whole number."""
        return int(self.values[0])

    @property
    def batches(self) -> Batches:
        """All batches that a batch token names."""
        return Batches({batch for item in self.items for batch in item})


_AS_WRITTEN = str.maketrans(
    {**dict(zip("〇两壹贰叁肆伍陆柒捌玖拾佰仟", "零二一二三四五六七八九十百千", strict=True)),
     "廿": "二十", "卅": "三十", "卌": "四十"}
)  # fmt: skip
_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_DIGITS = str.maketrans("零一二三四五六七八九", "0123456789")


def number(text: str) -> Decimal:
    """The value of a number in digits, Chinese numerals or both: 三百零九, 1,015, 1.2万, 廿五.

    Raises
    ------
    ValueError
        For signs that are no number (一百零十) and for numbers of more than 15 signs.
    """
    text = text.replace(",", "").translate(_AS_WRITTEN)
    if len(text) > _LONGEST:
        raise ValueError(f"{text[:_LONGEST]}… is no number of filings")
    if mixed := re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万亿]*)", text):
        return Decimal(mixed[1]).scaleb(sum(_POWERS[sign] for sign in mixed[2]))
    if re.fullmatch("[零一二三四五六七八九](?:零|[零一二三四五六七八九]{2,})?", text):
        return Decimal(text.translate(_DIGITS))
    from cn2an import an2cn, cn2an  # slow to load

    full = re.sub("^(?=[百千万亿])", "一", re.sub("^一十", "十", text))
    if short := re.search("([百千万])[一二三四五六七八九]$", full):
        full += {"百": "十", "千": "百", "万": "千"}[short[1]]  # 三百五, 一万二
    value = cn2an(full, "normal")
    # It takes 十千万三 for a number, too: only what is written as it writes numbers is one.
    if full.endswith("零") or an2cn(value).replace("零", "") != full.replace("零", ""):
        raise ValueError(f"{text} is no number")
    return Decimal(str(value))


def tokens(text: str) -> list[Token]:
    """The tokens of a plain sentence in order; neighbouring places and batches are grouped."""
    found = []
    position = 0
    every, each = _patterns()
    while match := every.search(text, position):
        position = match.end()
        kind, alone = each.get(str(match.lastgroup), ("place", every))
        parts, token = alone.match(text, match.start()), Token(kind, *match.span())
        assert parts, "what matches among others matches alone"
        try:
            found.append(_READERS[kind](token, parts) if kind in _READERS else token)
        except (ValueError, ArithmeticError):
            continue  # a run of numeral signs that is no number
    return _grouped(found, text)


def _place(token: Token, match: re.Match[str]) -> Token:
    return replace(token, places=lexicon.places_named(match[0]))


def _batches(token: Token, match: re.Match[str]) -> Token:
    if token.kind == "batch_list":
        listed = [int(number(one)) for one in re.findall(_ORDINAL, match[0])]
        return replace(token, kind="batch", items=tuple(Batches([one]) for one in listed))
    said = match.groupdict()
    unnumbered = "二" if match[0].startswith("次") else "一"
    last = int(number(said.get("last") or unnumbered))
    first = int(number(said.get("first") or "一")) if token.kind == "batch_run" else last
    run = range(min(first, last), max(first, last) + 1)
    return replace(token, kind="batch", items=(Batches(run),))


def _relation(*words: str | None) -> tuple[str, str]:
    """The relation that the wording around a number gives it, and the wording."""
    said = [word for word in words if word]
    relations = (BEFORE.get(word) or BEHIND.get(word) or "=" for word in said)
    return next((one for one in relations if one != "="), "="), "".join(said)


_SHARE_PARTS = re.compile(
    rf"(?P<before>{BEFORE_WORDS})?(?:(?P<percent>{_PERCENT})|(?P<tenths>{_TENTHS})|(?P<fraction>{_FRACTION}))"
    rf"(?P<behind>强|弱|{_BEHIND})?"
)


def _share(token: Token, match: re.Match[str]) -> Token:
    part = _SHARE_PARTS.match(match[0])
    assert part, "a share has these parts"
    relation, wording = _relation(part["before"], part["behind"])
    if part["percent"]:
        value = number(part["percent"].rstrip("%").removeprefix("百分之").replace("點", "点"))
    elif part["tenths"]:
        tens, _, ones = part["tenths"].partition("成")
        value = number(tens) * 10 + (5 if ones == "半" else number(ones or "零"))
        wording = wording or "成"
    else:
        first, sign, last = re.split("(/|分之)", part["fraction"])
        above, below = (first, last) if sign == "/" else (last, first)
        value = round(100 * number(above) / number(below), 2).normalize() + 0
        relation, wording = (relation, wording) if wording else ("~", "分之")
    if value > 100:
        raise ValueError(match[0])
    return replace(token, values=(value,), relation=relation, wording=wording)


def _shares(token: Token, match: re.Match[str]) -> Token:
    each = re.compile(_SHARE).finditer(match.string, *match.span())
    return replace(token, parts=tuple(_share(Token("share", *one.span()), one) for one in each))


def _half(token: Token, match: re.Match[str]) -> Token:
    about = match[0] == "一半" or match[0][0] in "近将接约"
    relation, wording = ("~", "约") if about else (">=", "过半")
    return replace(token, kind="share", values=(Decimal(50),), relation=relation, wording=wording)


def _ranks(token: Token, match: re.Match[str]) -> Token:
    values = [number(one) for one in re.findall(_ORDINAL, match[0])]
    if re.search("[至到~-]", match[0]):
        values = [Decimal(rank) for rank in range(int(values[0]), int(values[1]) + 1)]
    return replace(token, values=tuple(values))


def _rank(token: Token, match: re.Match[str]) -> Token:
    said = match["rank"]
    value = Decimal(_PODIUM[said]) if said in _PODIUM else number(said)
    first = token.kind == "rank" and value == 1
    return replace(token, kind="first" if first else token.kind, values=(value,))


_ENTITY_NOUN = re.compile(
    r"(?:以上|左右|的|不同的?|新|已?备案|通过|获得?|区块链|科技|相关|信息|服务|北京|广东|浙江){0,4}"
    r"(?:企业|公司|主体|机构|单位|厂商|备案人)"
)
_SERVICE_NOUN = re.compile(
    r"(?:的|新|已?备案|通过|境内|区块链|相关|信息){0,4}(?:服务|项目|产品|平台|应用|编号)"
)
_ENTITY_BEFORE = re.compile(
    r"(?:企业|公司|主体)(?:数量|总数|数)?[已仅只共则]*(?:有|为|达到?|共计|合计)?$"
)


def _unit(counter: str, match: re.Match[str]) -> str:
    """Services or entities: by the noun behind, the counter, the noun before, in this order."""
    text = match.string
    if _ENTITY_NOUN.match(text, match.end()):
        return "entities"
    if _SERVICE_NOUN.match(text, match.end()):
        return "services"
    filers = counter == "家" or _ENTITY_BEFORE.search(text[: match.start()])
    return "entities" if filers else "services"


_HEAD = re.compile(r"\((?:单位:)?([个家项])\)")


def _amount(token: Token, match: re.Match[str]) -> Token:
    """A number with the words around it: of filings, of provinces, of times."""
    said = match.groupdict()
    value = number(said["number"])
    relation, wording = _relation(said.get("before"), said.get("more"), said.get("behind"))
    token = replace(token, values=(value,), relation=relation, wording=wording)
    if token.kind == "times":
        return replace(token, wording=f"{wording}倍")
    if value != int(value):
        raise ValueError(match[0])
    if token.kind in ("provinces", "batch_count"):
        return token
    if token.kind != "listed_amount":
        unit = _unit(said.get("counter") or "", match)
    elif head := _HEAD.search(match.string, 0, match.start()):
        unit = "entities" if head[1] == "家" else "services"
    else:
        raise ValueError("no table")
    start = match.start("number") if token.kind == "bare_amount" else token.start
    return replace(token, kind="amount", start=start, unit=unit)


def _amounts(token: Token, match: re.Match[str]) -> Token:
    unit = _unit(match[0][-1], match)
    each = _ITEM_PARTS.finditer(match.string, *match.span())
    parts = (replace(_amount(Token("amount", *part.span()), part), unit=unit) for part in each)
    return replace(token, kind="amounts", unit=unit, parts=tuple(parts))


_ITEM_PARTS = re.compile(_ABOUT)

_READERS: dict[str, Callable[[Token, re.Match[str]], Token]] = {
    "place": _place, "batch": _batches, "batch_run": _batches, "batch_list": _batches,
    "share": _share, "shares": _shares, "half": _half, "ranks": _ranks, "rank": _rank, "top": _rank,
    "times": _amount, "provinces": _amount, "batch_count": _amount, "amount": _amount,
    "bare_amount": _amount, "listed_amount": _amount, "amounts": _amounts, "bare_amounts": _amounts,
}  # fmt: skip

_COMPARED = re.compile(r"(?:备案|清单|名单)?相?[比较]")
_BETWEEN = re.compile(r"(?:[”\"》]|企业|地区|省|市)?(?:、|和|与|及|以及|\+|/)(?:[“\"《])?")


def _lies_in(inner: Token, outer: Token) -> bool:
    place, above = inner.places[0], outer.places[-1]
    if lexicon.region_members(place) or lexicon.region_members(above):
        return False
    return above in (places.find(place).parent, places.province_of(place)) and place != above


def _grouped(found: list[Token], text: str) -> list[Token]:
    """Join places listed side by side into one token, and batches likewise.

    A place right behind the one it lies in (广东深圳, 苏州市相城区) narrows it. A group word right
    behind its places (四地, 三省一市) belongs to them.
    """
    joined: list[Token] = []
    for token in found:
        if not joined:
            joined.append(token)
            continue
        last = joined[-1]
        gap = text[last.end : token.start]
        alike = token.kind == last.kind
        listed = _BETWEEN.fullmatch(gap) and not (gap == "与" and _COMPARED.match(text, token.end))
        sums_up = token.kind == "group" or (token.kind == "provinces" and not gap)
        if alike and token.kind in ("place", "batch") and listed:
            joined[-1] = replace(last, end=token.end, places=last.places + token.places,
                                 items=last.items + token.items)  # fmt: skip
        elif alike and token.kind == "place" and gap in ("", "的") and _lies_in(token, last):
            joined[-1] = replace(last, end=token.end, places=last.places[:-1] + token.places)
        elif last.kind == "place" and sums_up and gap in ("", "”", "等", "”等"):
            joined[-1] = replace(last, end=token.end)
        else:
            joined.append(token)
    return joined
