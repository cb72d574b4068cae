"""The words by which the trade press speaks of the register, and those that lead astray."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pandas as pd

from filings import paths, places
from filings.claims.text import plain

# --- places ----------------------------------------------------------------------------------

REGIONS = {
    "中西部": "中西部", "东北三省": "东北", "东三省": "东北", "东北地区": "东北", "东北": "东北",
    "中部六省": "中部", "东部": "东部", "中部": "中部", "西部": "西部",
}  # fmt: skip
"""Words for regions → the region's name. A region stays a word; ``region_members`` opens it."""


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


# County-level cities whose short name is a word, too.
_ALSO_WORDS = re.compile("东方|江山|大安|安达|永安|新民|尚志|五常|临江|同江|开平")


@cache
def _names() -> dict[str, str]:
    """Names of provinces and cities, short and full, → short name; districts by full name."""
    names = {}
    for name, place in places.names().items():
        district = place.level == "district" and len(name) > 2 and name[-1] in "区县旗市"
        if name[0] >= "\u4e00" and (place.level in ("province", "city") or district):
            names[name] = place.name
        # 南京鼓楼区: several cities have one.
        if district and place.parent and name.startswith(place.parent):
            names[f"{place.parent}市{name.removeprefix(place.parent)}"] = place.name
    # County-level cities as the press calls them (昆山, 义乌), if no other place or word is meant.
    short = Counter(name[:-1] for name in names if name[-1] == "市" and len(name) > 2
                    and names[name] == name)  # fmt: skip
    for name, count in short.items():
        if count == 1 and name not in names and not _ALSO_WORDS.fullmatch(name):
            names[name] = names[f"{name}市"]
    return {plain(name): short for name, short in names.items()}  # 乾安县 is read as 干安县


@cache
def _meanings() -> dict[str, tuple[str, ...]]:
    """Every name of a place, a region or a fixed list of places → the places meant."""
    lists = pd.read_csv(paths.REGIONS, dtype=str).set_index("name_zh")["members"]
    return {
        **{name: (place,) for name, place in _names().items()},
        **{name: (region,) for name, region in REGIONS.items()},
        **{str(name): tuple(members.split("+")) for name, members in lists.items()},
    }


def shared_districts() -> str:
    """Districts whose name several cities have (鼓楼区): which is meant, the text has to say."""
    table = places.counties()
    newest = table[table["last_year"] == table["last_year"].max()]["county_name"]
    shared = sorted(set(newest[newest.duplicated()]) - {"市辖区"}, key=len, reverse=True)
    return "|".join(shared)


def names_that_begin_with(signs: str) -> str:
    """The names of places whose first character is one of these, as a pattern."""
    return "|".join(sorted(filter(lambda name: name[0] in signs, _names()), key=len, reverse=True))


def district_of(city: str, name: str) -> str | None:
    """The district of that name in a city; None if there is none."""
    return _names().get(f"{city}{name}")


@cache
def _name_pattern() -> str:
    """A name of one place or region, longest first; no part of a larger name (粤港澳大湾区)."""
    names = sorted(_meanings(), key=len, reverse=True)
    return rf"(?:(?<!粤港澳)(?<![泛环])(?:{'|'.join(names)})(?![区县旗](?![块域别间分内])))"


def place_pattern() -> str:
    """One place or compound of places as the press names it."""
    letters = "".join(_LETTERS)
    return (
        rf"{_NORTH.pattern}"
        rf"|{_name_pattern()}(?:市|省(?!份|级|市))?(?!(?:市|省)?(?:{_BODY}))"
        rf"|[{letters}](?:、[{letters}])+|[{letters}]{{2,}}"
        rf"|(?<![^,、;:()\s])[{letters}](?=\(?\d)"
    )


def places_named(text: str) -> tuple[str, ...]:
    """Places meant by one match of ``place_pattern``."""
    for name in (text, text.removesuffix("市").removesuffix("省")):
        if name in _meanings():
            return _meanings()[name]
    if _NORTH.fullmatch(text):
        letters = _NORTH_CITIES if set(text) & set("深杭") else _NORTH_PROVINCES
        return tuple(letters[letter] for letter in text)
    return tuple(_LETTERS[letter] for letter in text if letter != "、")


def mentions(text: str) -> Iterator[tuple[re.Match[str], tuple[str, ...]]]:
    """Where a text names a place or a region, and which."""
    return ((match, _meanings()[match[0]]) for match in _mention().finditer(text))


@cache
def _mention() -> re.Pattern[str]:
    return re.compile(_name_pattern())


@cache
def region_members(name: str) -> tuple[str, ...]:
    """Provinces of a region by the National Bureau's four; () for a name that is no region."""
    regions = {places.REGION_NAMES[key]: members for key, members in places.regions().items()}
    regions["中西部"] = regions["中部"] + regions["西部"]
    return regions.get(name, ())


ELSEWHERE = (
    r"省会城市|副省级城市|计划单列市|[一二三四]线城市|沿海(?:地区|省份|城市)|直辖市|自治区|兄弟省|某[省市地]|"
    r"[新特]区|开发区|高新区|经开区|自贸区|试验区|示范区|大湾区|湾区|城市群|经济圈|经济带|都市圈|小镇|街道|科技城|软件园|"
    r"(?:内地|中心|沿海)[一二三四五六七八九十]+市"
)
"""What tells of a place that no table holds: what is counted there is nobody else's."""

# Words that others of the list make up are left out of it.
_PRESS_WORDS = """
国家互联网信息办公室 值得一提的是 值得注意的是 国家网信办 通信管理局 不相上下 主管部门 分析人士
备案系统 委网信办 尘埃落定 工作人员 换句话说 数字经济 旗鼓相当 有关部门 榜上有名 满打满算 监管部门
管理系统 绝大多数 网信部门 运营主体 一口气 一览表 上榜者 不久前 事实上 互联网 信息化 入围者 公告栏
公示栏 办公室 区块链 发布会 发言人 合起来 国家级 地级市 备案人 备案号 备案者 实际上 宣传部 工信厅
差不多 平均数 当年底 成绩单 所在地 所在市 所在省 拥有着 换言之 接下来 提供者 数字化 服务商 注册地
现阶段 申报者 紧接着 花名册 论省份 负责人 运营者 通管局 一举 一共 一半 一地 一年 一批 一是 一样
一经 一览 一项 三地 上旬 上榜 上述 下发 下旬 下滑 不俗 不到 不少 不菲 不足 不过 不难 专家 业内 业已
业界 两地 个别 中国 中央 中旬 中榜 中选 主体 主管 了解 二是 五成 产品 亮相 亮眼 人士 仅剩 今天 今年
今日 介绍 仍然 份额 企业 体量 余下 依法 依然 保持 信息 光是 党委 入列 入围 入选 全体 全国 全境 全榜
公司 公告 公布 公开 公示 共享 其余 其实 具体 内地 再度 冲入 冲进 净增 出炉 分别 分布 分榜 刊发 刊登
划入 列入 列明 列示 刚刚 刚好 到场 前述 剩下 加快 加速 包含 包括 包揽 区县 区域 升幅 半年 半数 单位
单单 单批 单是 单榜 单看 单论 历批 历次 去年 县区 参与 双双 反观 反超 发展 发布 发现 发稿 取得 变为
变成 另外 只剩 可见 可观 各地 合共 合格 合法 合规 合计 同行 名册 名单 名录 后续 告诉 周边 哪里 唯一
喜人 囊中 囊括 四地 回升 回落 因此 国内 地区 地域 坐拥 坐落 垫底 城市 境内 境域 增幅 增长 备查 备案
备注 大概 大盘 大陆 头一 如下 如今 如果 季度 完成 官微 官方 官网 实现 审批 审查 审核 家底 寥寥 对外
尚且 尚未 尤为 尤其 层面 属地 工作 左右 已然 已经 市榜 市级 平台 年初 年底 年度 序列 应用 引发 强调
归入 归口 当中 当前 当天 当年 当批 当日 当时 当选 得知 总体 总榜 总盘 恰好 恰恰 情况 成为 成功 成绩
我国 截止 截至 所以 所占 所属 所有 手中 手握 手里 才有 打开 批准 批号 承办 技术 折合 抢眼 报告 报送
报道 披露 拆分 拆开 拆解 拔得 拥有 拿下 拿到 持平 持有 持续 指出 按照 挤入 挤进 换算 排序 排行 接着
接近 接连 推出 推动 推进 提供 握有 揭晓 揭榜 援引 揽入 摊开 摘下 摘得 攀升 收入 收归 收录 收窄 收获
收进 放出 放榜 放行 散落 数字 数目 整个 整体 整整 文件 斩获 新添 新闻 方面 无缘 日常 时隔 明显 昨天
昨日 显示 显著 智库 曲线 更新 更有 最终 有关 有效 有望 有着 有限 服务 本刊 本报 机构 杀入 杀进 来源
板块 查询 查阅 核准 根据 格局 梯队 梳理 检索 榜单 榜首 横向 正好 正式 此外 步入 殿后 每批 比例 比率
比肩 比重 注册 注明 消息 涨幅 涵盖 清单 滑落 激增 热议 然而 照旧 版图 特别 独占 猛增 率先 现存 现已
现有 瓜分 甚少 申报 登上 登记 登载 登陆 盘子 目前 相关 相加 相差 相当 相比 相较 省份 省会 省城 省域
省榜 省级 真正 眼下 科技 稀少 稳居 稳步 空缺 突出 突破 第一 第几 答卷 答案 算上 紧咬 紧跟 紧追 紧随
累计 约合 纳入 纵向 结果 统计 继续 编入 编号 缩减 缩水 缺席 网信 网站 翻开 翻检 翻阅 而言 聚集 背后
能够 至今 花落 若干 荣登 获准 获选 落地 落定 落空 落选 蝉联 行列 表明 表格 表现 表示 覆盖 规模 计入
记者 记载 贡献 账本 资料 赋能 走入 走进 赶超 超越 超过 足足 跌幅 跨入 跨进 跻身 踏入 踏进 身后 载明
辖内 辖区 达成 迄今 迈入 迎来 这些 进入 连续 追赶 透露 逐年 逐批 逐步 通告 通报 通知 通过 逼近 逾越
遥遥 那些 锐减 门下 门槛 闯入 闯进 队伍 阵容 阵营 附件 附表 降幅 随即 随后 随着 隶属 集中 集聚 项目
顺利 领先 领到 领取 领衔 首府 首度 骤降 上 下 与 且 东 个 中 为 主 之 也 了 于 交 亦 仅 仍 从 他 以
们 但 位 低 使 依 便 倍 先 全 共 其 内 再 减 出 分 列 则 到 前 力 办 加 升 占 即 却 又 及 另 只 可
各 同 名 后 含 和 在 均 增 多 大 头 夺 它 家 对 将 小 少 就 居 属 已 市 席 年 并 弱 强 归 得 总 悉
户 批 把 按 据 排 提 揽 数 新 日 旧 早 时 是 最 月 有 期 末 本 来 样 次 款 此 比 涉 涵 由 的 省 看
称 第 等 类 约 给 网 而 能 自 至 若 获 落 被 西 要 计 让 该 说 走 起 超 跌 轮 较 达 近 还 这 逾 那
部 都 里 量 间 降 项 额 首 高
"""


@cache
def _known() -> re.Pattern[str]:
    return re.compile("|".join(_PRESS_WORDS.split()))


def understood(words: str) -> bool:
    """True if nothing but the press's common words stands there: no firm, park or place unknown."""
    rest = _known().sub("_", words)
    return not re.search(rf"[\u4e00-\u9fff]{{2,}}|[A-Za-z]{{3,}}|[{''.join(_LETTERS)}]", rest)


# --- what is not the register ------------------------------------------------------------------

OTHER_REGISTER = re.compile(
    r"算法|深度合成|生成式|大模型|ICP|版号|公安备案|私募|药品|化妆品|医疗器械|小程序|APP|APP备案|"
    r"可信区块链|评测|测评|高新技术企业|科技型|专精特新|报备|金融信息服务|新闻信息|网络文化|网络视听|直播|短剧|电影|图书|培训机构|民办|"
    r"社会组织|房地产|预售|物业|疫苗|食品|农药|兽药|化肥|律师|会计师|旅行社|网约车|出租车|无人机|矿山|煤矿|排污|环评|"
    r"境外投资|跨境电商|海关|报关|债券|信托|理财|电信业务|域名|等级保护|数据出境|标准合同|个人信息|人脸|商用密码|"
    r"比特币|BTC|以太|搜索热度|搜索指数|数字人民币"
)
"""A sentence with one of these speaks of another register, or of prices, and is left out."""

OFF_TOPIC = re.compile(
    r"专利|商标|论文|政策|规定》|条例|基金|融资|投资|营收|产值|GDP|市值|概念股|涨停|股票|产业园|园区|节点|"
    r"[该这某]家?(?:公司|企业|集团)|旗下|递交|材料|受理|网传|误读|不实|谣言|有误|测试|标准|试点|示范|招聘|岗位|人才|薪|指数|竞争力|白皮书|大赛|奖|工作报告|论坛|课题|实验室|应用场景|"
    r"约谈|罚款|处罚|警方|查处|传销|规定第|注销|撤销|变更|驳回|未通过|不予|申请|通过率|存续|存量|注册资本|新注册|注册的|成立|工商|企查查|天眼查|"
    r"落地项目|重点项目|入驻|招商|全球|世界|美国|香港|澳门|台湾|日本|"
    r"韩国|欧洲|欧盟|新加坡|工信部|人民银行|央行|证监会|每家|单家|单个企业|平均|[年月人户]均|BSN|法院|平台上线|交易所|币"
)
"""A clause with one of these is left out, and what follows until the register is named again."""

PLAN = re.compile(r"力争|计划|目标|预计|有望|(?<!年)到20\d\d年|将达|将超|争取")
"""From such a word on, a sentence speaks of what shall be."""

CATEGORY = re.compile(
    r"金融|供应链|溯源|追溯|存证|版权|司法|医疗|政务|银行|大行|上市|数字藏品|数藏|NFT|元宇宙|BaaS|底层|防伪|"
    r"积分|支付|钱包|游戏|物流|能源|农业|教育|电商|保险|央企|国企|外资|独角兽|巨头|创业|初创|领域|行业|"
    r"(?<![同此这种各])类(?!似|型)|百度|腾讯|阿里|蚂蚁|京东|华为|微众|趣链|网易|迅雷|浪潮|金服|万向|欧科|火币"
)
"""A clause with one of these counts a kind of service or a firm's filings, not those of a place."""

ON_TOPIC = re.compile(r"备案|[上入]榜")
"""A clause with one of these speaks of the register again."""

FIRMS = re.compile(r"区块链(?:\S{0,4}?)(?:企业|公司)|(?:企业|公司)(?:数量|总数)")
REGISTERED = re.compile(r"备案|批|清单|名单|入选|入围|上榜|通过|主体$")
"""Firms are filers only where the clause says so."""

CUE = re.compile(r"备案|清单|名单|区块链(?:信息)?服务|[首前]\S?批")
"""Words that name the register."""

DIFFERENCE = re.compile(
    r"(?:减少|增加|增长|下降|回落|多|多出|少|高出|低于|高于|相差|差|领先|落后|上涨|上升|下滑|缩水|下跌|提高|提升|"
    r"扩大|同比|环比|增速|增幅|降幅|幅度|率为|率达|率|净增)(?:\S{1,2}省|了|约|近|超|超过|达|为|逾|北京|广东|其)?$"
)
"""Just before a number: it is a change, not a level."""
