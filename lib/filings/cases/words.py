"""Words for the rows of the record, in English and Chinese, and which rows tell one story."""

import re
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
from cn2an import an2cn

from filings.figures.words import number

METRICS = MappingProxyType(
    {
        "applications_disclosed": ("applications disclosed", "已披露应用"),
        "blockchain_firms_at_meeting": ("blockchain firms at a meeting", "参会区块链企业"),
        "blockchain_invoices": ("blockchain invoices issued so far", "累计开出区块链发票"),
        "ccid_city_score": ("score in the CCID city index", "赛迪城市指数得分"),
        "city_blockchain_level_rank": (
            "rank in the white paper on city development",
            "城市区块链发展水平排名",
        ),
        "city_index_policy_score": (
            "policy score in the city index",
            "城市区块链综合指数政策得分",
        ),
        "city_index_rank": ("rank in the city index", "城市区块链综合指数排名"),
        "city_index_risk_score": ("risk score in the city index", "城市区块链综合指数风险得分"),
        "city_index_safety_rank": ("safety rank in the city index", "城市指数安全排名"),
        "firms": ("blockchain firms", "区块链企业"),
        "firms_core": ("core blockchain firms", "区块链核心企业"),
        "firms_in_mobile_internet_park": (
            "firms in the mobile-internet park, not only blockchain",
            "移动互联网产业园企业（不限区块链）",
        ),
        "firms_in_park": ("blockchain firms in the park", "园区区块链企业"),
        "firms_in_zone": ("blockchain firms in the zone", "试验区区块链企业"),
        "firms_share_pct": ("share of the country's blockchain firms", "占全国区块链企业比例"),
        "fund_cny": ("fund announced", "宣布设立基金"),
        "fund_usd": ("fund announced", "宣布设立基金"),
        "gdp_cny": ("gross domestic product", "地区生产总值"),
        "investment_plan_cny": ("investment planned", "计划投资"),
        "key_projects_blockchain": ("key projects on blockchain", "区块链重点项目"),
        "key_projects_started": ("key projects started", "启动重点项目"),
        "mentions_in_ftp_plan": (
            "mentions of blockchain in the free-trade-port plan",
            "自贸港方案提及区块链",
        ),
        "national_pilots": ("national pilots", "国家试点"),
        "park_area_km2": ("area of the base", "基地面积"),
        "park_rank_order": ("place in the order of the country's parks", "全国产业园次序"),
        "park_revenue_cny_since_2017": ("revenue of the park since 2017", "园区2017年以来收入"),
        "parks": ("blockchain parks", "区块链产业园"),
        "pilot_scenes": ("application scenes of the pilot", "试点应用场景"),
        "private_lending_cny": ("private lending", "民间借贷规模"),
        "private_lending_problem_cny": ("private lending in trouble", "出现问题的民间借贷"),
        "rank": ("national rank", "全国排名"),
        "rank_firms": ("rank by number of firms", "企业数排名"),
        "rank_parks": ("rank by parks", "产业园排名"),
        "scenes_landed": ("application scenes in use", "落地应用场景"),
        "subsidy_max_cny": ("subsidy offered, at most", "最高补助"),
        "target_firms": ("blockchain firms", "区块链企业"),
        "target_firms_above_scale": ("blockchain firms above scale", "规模以上区块链企业"),
        "target_firms_on_chain": ("firms that use a chain", "上链企业"),
        "target_output_cny": ("output of the industry", "产业产值"),
        "target_parks": ("blockchain parks", "区块链产业园"),
        "target_platforms": ("public service platforms", "公共服务平台"),
        "target_revenue_cny": ("revenue of the industry", "产业收入"),
    }
)
"""What an indicator measures, in English and Chinese."""

_UNITS_ZH = MappingProxyType(
    {
        "companies": "家",
        "organisations": "家",
        "parks": "个",
        "scenes": "个",
        "platforms": "个",
        "projects": "个",
        "pilots": "个",
        "mentions": "次",
        "invoices": "张",
        "km2": "平方公里",
        "points": "分",
        "percent": "%",
    }
)
_RELATIONS = MappingProxyType({">=": ("at least ", "至少"), "~": ("about ", "约")})
_MONEY = MappingProxyType({"CNY": ("yuan", "元"), "USD": ("US dollars", "美元")})

EVENTS_ZH = MappingProxyType(
    {
        "C124": "首批清单中有4家备案主体（由列表清点）",
        "C284": "开始探索区块链产业",
        "C288": "首次提出“链城”构想",
        "C289": "娄底区块链产业园挂牌",
        "C291": "不动产平台入选2019年区块链应用技术案例20强",
        "C294": "区块链领导小组办公室揭牌",
        "C295": "湖南省区块链产业园（娄底万宝）获批，为首个省级园区",
        "C296": "平台入选第四届“互联网+政务”50强案例",
        "C297": "编制《娄底市区块链产业发展规划》",
        "C298": "市长赴杭州拜访四家企业",
        "C299": "市本级启用区块链不动产登记电子证照",
        "C304": "发布2020—2022年三年行动计划",
        "C309": "发布2020—2025年总体规划",
        "C312": "首批6项区块链安全地方标准施行",
        "C313": "星沙区块链产业园开园，10家企业签约",
        "C315": "湖南省区块链产业园（长沙星沙）获批，为第二个省级园区",
        "C317": "2020年政府工作报告四次提到区块链",
        "C318": "发布2021—2023年三年计划",
        "C327": "第二次获核心集聚区奖",
        "C329": "省区块链中心启用",
        "C331": "国家试点公示：贵阳综合试点，省与师范大学特色试点",
        "C332": "发布首份地方政府区块链白皮书",
        "C334": "发布城市级区块链底层系统1.0",
        "C335": "财政建设资金区块链系统上线",
        "C336": "成立区块链实验室",
        "C337": "首个授牌的区块链试验区（生态软件园）",
        "C342": "工信部批复首个区块链发展先导区",
        "C349": "国家区块链示范区揭牌",
        "C368": "开出首张区块链电子发票",
    }
)
"""Events of places in Chinese; the table of events holds them in English."""


def value_in_words(row, lang: str) -> str:
    """An indicator's value with its relation and unit: at least 10 companies, 至少10家."""
    chinese = lang == "zh"
    about = _RELATIONS.get(row.relation, ("", ""))[chinese]
    if row.unit == "rank":
        return f"第{row.value}位" if chinese else f"number {row.value}"
    value = pd.to_numeric(row.value)
    if row.unit in _MONEY:
        scales = ((1e8, "亿"), (1e4, "万")) if chinese else ((1e9, " billion "), (1e6, " million "))
        scale, word = next((s for s in scales if value >= s[0]), scales[-1])
        return f"{about}{value / scale:g}{word}{_MONEY[row.unit][chinese]}"
    digits = number(value, len(row.value.partition(".")[2]))
    unit = _UNITS_ZH[row.unit] if chinese else f" {row.unit}"
    return f"{about}{digits}{unit}"


# National lists of cities in falling order: their names, and the rank of the first one listed.
_ORDERED = MappingProxyType(
    {
        "city_index_ranking": ("city index", "城市区块链综合指数", 1),
        "ccid_city_ranking_6_10": ("CCID city index", "赛迪城市指数", 6),
    }
)


def listed_in_words(row, place: str) -> tuple[str, str] | None:
    """What a national list says of the place, in both languages; None if it does not name it."""
    groups = [re.findall(r"[一-鿿]+", part.split("等")[0]) for part in row.value.split("|")]
    at = next((k for k, names in enumerate(groups) if place in names), None)
    if at is None:
        return None
    if row.metric in _ORDERED:
        english, chinese, first = _ORDERED[row.metric]
        rank = first + groups[at].index(place)
        return f"Number {rank} in the {english}", f"{chinese}第{rank}位"
    if row.metric == "city_index_tiers":
        return (
            f"Tier {at + 1} of {len(groups)} in the city index",
            f"城市区块链综合指数第{an2cn(at + 1)}梯队（共{len(groups)}档）",
        )
    return None


@dataclass(frozen=True)
class Thread:
    """Rows of the record, picked by reading, that tell one story of a place.

    ``rows`` are ids of events, indicators, statements and of the article's claims; ``reading``
    says how to take them and holds no number.
    """

    title: str
    rows: tuple[str, ...]
    reading: str


THREADS = MappingProxyType(
    {
        "娄底": (
            Thread(
                "Scenes for industry (以应用场景换产业)",
                ("C285", "C286", "C284", "C288", "C294", "C298", "C300", "C303", "A34"),
                "The article's phrase for the model: the city offers scenes of application and "
                "gets firms in return; another source traces it to the repair of the city's "
                "credit. The rows hold no list of the scenes, and nobody counts the firms that "
                "came for one.",
            ),
            Thread(
                "The park (区块链产业园)",
                ("C289", "C293", "C295", "C297", "C301", "C302", "C307", "C310"),
                "Firms and revenue are those of the whole mobile-internet park where the note says "
                "so; they are no count of blockchain firms. The province's two plans also set "
                "different numbers of parks.",
            ),
            Thread(
                "Whose park was first?",
                ("C289", "C290", "C292", "C295", "A31", "C313", "C315"),
                "Several titles are at stake, and each source counts another one: a park that "
                "opens, a park that is approved as a provincial one, a place in a national order "
                "of parks, a place in a ranking of technology. By the dates given, Loudi (娄底) "
                "opened before Xingsha (星沙, in Changsha 长沙), which the report of its opening "
                "calls the first; the provincial title also went to Loudi first. The order holds "
                "if the dates do: no source here compares the two openings.",
            ),
            Thread(
                "The real-estate platform (不动产区块链信息共享平台)",
                ("C291", "C296", "A33", "C299"),
                "The same platform under two awards. An award is a jury's word: the record has no "
                "figure of use, and no filing that can be tied to the platform by name.",
            ),
            Thread(
                "The filing that can be tied to Loudi",
                ("C122", "C123"),
                "The list names a filer whose patents carry an address in the district. Only "
                "that link ties it to Loudi; where it registered its company is not on record.",
            ),
        ),
        "长沙": (
            Thread(
                "Whose park was first?",
                ("C313", "C289", "C295", "C315", "C316"),
                "The report of its opening calls Xingsha (星沙) the first; a source on Loudi "
                "(娄底) dates that city's park earlier.",
            ),
            Thread(
                "Ranks that differ within one year",
                ("C274", "C360", "C276", "C277", "C278", "C279", "C280"),
                "Ranks of an index and of its parts: none is a count of filings.",
            ),
        ),
        "重庆": (
            Thread(
                "Yuzhong District (渝中区): firms and targets",
                ("C323", "C324", "C325", "C326", "C322", "C321", "C320", "C327"),
                "Reported firms and promised firms of one district; the reports differ, and the "
                "targets were raised before the earlier one could be checked.",
            ),
            Thread(
                "Words and plans of the municipality",
                ("C317", "A30", "C318", "C319", "C328"),
                "A figure that the compilers call unreliable is shown with that note.",
            ),
        ),
        "四川": (
            Thread(
                "Firms of Chengdu (成都) and firms of the province",
                ("C235", "C236", "C237", "C253"),
                "Firms with the word in their business scope, and core firms: two definitions.",
            ),
        ),
        "云南": (
            Thread(
                "From a late start to the first ten",
                ("C329", "C330", "C179", "C180", "C181", "C182"),
                "Filings by batch as one report counts them. What the subsidy paid for is not on "
                "record.",
            ),
        ),
        "浙江": (
            Thread(
                "The platform makers of Hangzhou (杭州)",
                ("C119", "C120", "C248", "C268", "C234", "C261", "C263", "C264"),
                "What ties the province to its capital: the city's part of the first batch, then "
                "applications, firms and parks as others counted them. The record does not say "
                "which filers make platforms for others.",
            ),
        ),
        "广东": (
            Thread(
                "The electronic invoices of Shenzhen (深圳)",
                ("C368", "C366", "C367"),
                "Running totals as the press gave them. They count invoices, not services: one "
                "filing can stand behind all of them.",
            ),
            Thread(
                "Shenzhen and Guangzhou (广州) in the register",
                ("C115", "C116", "C344", "C345", "C192", "C193"),
                "A total without a batch binds nothing: it can't be compared with a batch.",
            ),
        ),
        "海南": (
            Thread(
                "The pilot zone and its firms",
                ("C337", "C338", "C339", "C340", "C341"),
                "Two reports of the same week give two numbers of firms in the same zone.",
            ),
        ),
        "江苏": (
            Thread(
                "Xiangcheng District (相城区) of Suzhou (苏州)",
                ("C184", "C185", "C186", "C190", "C191", "C240", "D031", "C342"),
                "One district reports its filings with its share of the city and the province. "
                "The number of firms is given once for the district and once for the whole city.",
            ),
        ),
    }
)
"""The stories of the places studied, by place."""
