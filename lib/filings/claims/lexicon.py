"""The words by which the trade press speaks of the register, and those that lead astray."""

import re
from functools import cache

from filings import places

# --- places ----------------------------------------------------------------------------------

REGIONS = {
    "中西部": "中西部", "东北三省": "东北", "东三省": "东北", "东北地区": "东北",
    "东部": "东部", "中部": "中部", "西部": "西部",
}  # fmt: skip
"""Words for regions → the region's name. A region stays a word; ``region_members`` opens it."""

# Compounds that stand for several places; the rest is read letter by letter below.
_COMPOUNDS = {
    "北上广浙": "北京 广东 上海 浙江", "长三角": "上海 江苏 浙江 安徽", "京津冀": "北京 天津 河北",
    "江浙沪": "江苏 浙江 上海", "江浙": "江苏 浙江", "成渝": "成都 重庆", "云贵": "云南 贵州",
    "云贵川": "云南 贵州 四川", "陕甘宁": "陕西 甘肃 宁夏", "黑吉辽": "黑龙江 吉林 辽宁",
}  # fmt: skip

# One-letter names safe to read in a compound (京沪粤浙). 新, 云, 贵, 青, 宁, 吉, 黑, 甘, 藏 and 蒙
# are ordinary words too and are not.
_LETTERS = {
    "京": "北京", "津": "天津", "沪": "上海", "渝": "重庆", "冀": "河北", "晋": "山西",
    "辽": "辽宁", "苏": "江苏", "浙": "浙江", "皖": "安徽", "闽": "福建", "赣": "江西",
    "鲁": "山东", "豫": "河南", "鄂": "湖北", "湘": "湖南", "粤": "广东", "桂": "广西",
    "琼": "海南", "川": "四川", "黔": "贵州", "滇": "云南", "陕": "陕西",
}  # fmt: skip

# 北上广… : provinces, unless 深 or 杭 shows that cities are meant.
_NORTH = re.compile("北(?=[上广深])[上广深杭浙苏渝川]{2,}")
_NORTH_PROVINCES = {"北": "北京", "上": "上海", "广": "广东", **_LETTERS}
_NORTH_CITIES = {**_NORTH_PROVINCES, "广": "广州", "深": "深圳", "杭": "杭州"}

# After a place's name, what makes it part of the name of a body, a paper, a firm, a clock.
_BODY = (
    "银行|大学|学院|日报|晚报|商报|晨报|早报|晚报|证券|网信办|互联网信息办|互联网法院|法院|政府|人民|时间|"
    "集团|股份|公司|研究院|研究所|交易所|农商行|信托|科技园|高院|电视台|卫视|市委|省委|通信管理局|白药|茅台|"
    "金融科技创新监管|自贸港(?=政策)|省政协|政协|人大|数字货币|链(?!上|服务|信息)"
)


@cache
def _names() -> dict[str, str]:
    """Names of provinces and cities, short and full, → short name; districts by full name."""
    names = {}
    for name, place in places.names().items():
        district = place.level == "district" and len(name) > 2 and name[-1] in "区县旗市"
        if name[0] >= "\u4e00" and (place.level in ("province", "city") or district):
            names[name] = place.name
        if district and name.startswith(place.parent):  # 南京鼓楼区: several cities have one
            names[f"{place.parent}市{name.removeprefix(place.parent)}"] = place.name
    return names


@cache
def place_pattern() -> re.Pattern:
    """One place or compound of places as the press names it."""
    names = sorted([*_names(), *REGIONS, *_COMPOUNDS], key=len, reverse=True)
    letters = "".join(_LETTERS)
    return re.compile(
        rf"{_NORTH.pattern}"
        rf"|(?:{'|'.join(names)})(?:市|省(?!份|级|市))?(?!(?:市|省)?(?:{_BODY}))"
        rf"|[{letters}](?:、[{letters}])+|[{letters}]{{2,}}"
        rf"|(?<![^,、;:()\s])[{letters}](?=\(?\d)"
    )


def places_named(text: str) -> tuple[str, ...]:
    """Places meant by one match of ``place_pattern``."""
    for name in (text, text.removesuffix("市").removesuffix("省")):
        if name in _COMPOUNDS:
            return tuple(_COMPOUNDS[name].split())
        if name in REGIONS:
            return (REGIONS[name],)
        if name in _names():
            return (_names()[name],)
    if _NORTH.fullmatch(text):
        letters = _NORTH_CITIES if set(text) & set("深杭") else _NORTH_PROVINCES
        return tuple(letters[letter] for letter in text)
    return tuple(_LETTERS[letter] for letter in text if letter != "、")


@cache
def region_members(name: str) -> tuple[str, ...]:
    """Provinces of a region by the National Bureau's four; () for a name that is no region."""
    regions = {places.REGION_NAMES[key]: members for key, members in places.regions().items()}
    regions["中西部"] = regions["中部"] + regions["西部"]
    return regions.get(name, ())


# --- what is not the register ------------------------------------------------------------------

OTHER_REGISTER = re.compile(
    r"算法|深度合成|生成式|大模型|ICP|版号|公安备案|私募|药品|化妆品|医疗器械|小程序|APP|APP备案|"
    r"比特币|BTC|以太|搜索热度|搜索指数|数字人民币"
)
"""A sentence with one of these speaks of another register, or of prices, and is left out."""

OFF_TOPIC = re.compile(
    r"专利|商标|论文|政策|规定》|条例|基金|融资|投资|营收|产值|GDP|市值|概念股|涨停|股票|产业园|园区|节点|"
    r"测试|标准|试点|示范|招聘|岗位|人才|薪|指数|竞争力|白皮书|大赛|奖|工作报告|论坛|课题|实验室|应用场景|"
    r"约谈|罚款|处罚|警方|查处|传销|规定第|注销|撤销|变更|驳回|未通过|不予|申请|通过率|存续|存量|注册资本|新注册|注册的|成立|工商|企查查|天眼查|"
    r"落地项目|重点项目|入驻|招商|全球|世界|美国|香港|澳门|台湾|日本|"
    r"韩国|欧洲|欧盟|新加坡|工信部|人民银行|央行|证监会|每家|单家|单个企业|平均|BSN|法院|平台上线|交易所|币"
)
"""A clause with one of these is left out, and what follows until the register is named again."""

PLAN = re.compile(r"力争|计划|目标|预计|有望|到20\d\d年|将达|将超|争取")
"""From such a word on, a sentence speaks of what shall be."""

CATEGORY = re.compile(
    r"金融|供应链|溯源|追溯|存证|版权|司法|医疗|政务|银行|大行|上市|数字藏品|数藏|NFT|元宇宙|BaaS|底层|防伪|"
    r"积分|支付|钱包|游戏|物流|能源|农业|教育|电商|保险|央企|国企|外资|独角兽|巨头|创业|初创|领域|行业|"
    r"(?<![同此这种各])类(?!似|型)|百度|腾讯|阿里|蚂蚁|京东|华为|微众|趣链|网易|迅雷|浪潮|金服|万向|欧科|火币"
)
"""A clause with one of these counts a kind of service or a firm's filings, not those of a place."""

FIRMS = re.compile(r"区块链(?:\S{0,4}?)(?:企业|公司)|(?:企业|公司)(?:数量|总数)")
REGISTERED = re.compile(r"备案|批|清单|名单|入选|入围|上榜|通过")
"""Firms are filers only where the clause says so."""

CUE = re.compile(r"备案|清单|名单|区块链(?:信息)?服务|[首前]\S?批")
"""Words that name the register."""

DIFFERENCE = re.compile(
    r"(?:减少|增加|增长|下降|回落|多|多出|少|高出|低于|高于|相差|差|领先|落后|上涨|上升|下滑|缩水|下跌|提高|提升|"
    r"扩大|同比|环比|增速|增幅|降幅|幅度|率为|率达|率|净增)(?:\S{1,2}省|了|约|近|超|超过|达|为|逾|北京|广东|其)?$"
)
"""Just before a number: it is a change, not a level."""
