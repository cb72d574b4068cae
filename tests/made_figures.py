"""A made-up register, and from it one table for every figure: for tests of drawing, not of facts.

The counts are drawn at random (fixed seed); every third province is given as a range around its
count, every eleventh as open above.
"""

from functools import cache

import numpy as np
import pandas as pd
from filings import measures, places

PROVINCES = places.province_names()
BATCHES = ("1", "2", "3", "4", "5")
RUNS = {"1-2": (0, 1), "1-3": (0, 1, 2), "1-4": (0, 1, 2, 3), "1-5": (0, 1, 2, 3, 4)}
SELECTIONS = {batch: (k,) for k, batch in enumerate(BATCHES)} | RUNS
GROUPS = ("Central+West", "北京", "四川+湖南+重庆", "Leaders")


@cache
def counts() -> np.ndarray:
    """Services by batch (5) and province (31)."""
    generator = np.random.default_rng(7)
    weight = np.array([30.0 if p == "北京" else 20.0 if p == "广东" else 1.0 for p in PROVINCES])
    for name in ("上海", "浙江"):
        weight[PROVINCES.index(name)] = 10
    totals = (180, 300, 220, 260, 210)
    return np.array([generator.multinomial(n, weight / weight.sum()) for n in totals])


def total(selection: str) -> np.ndarray:
    """Services by province in a batch selection."""
    return counts()[list(SELECTIONS[selection])].sum(axis=0)


def members(group: str) -> list[int]:
    if group == "Central+West":
        names = places.regions()["Central"] + places.regions()["West"]
    elif group == "Leaders":
        names = ("北京", "广东", "上海", "浙江")
    else:
        names = group.split("+")
    return [PROVINCES.index(name) for name in names]


def cells() -> pd.DataFrame:
    rows = []
    for unit in ("services", "entities"):
        for batches in (*BATCHES, "1-3", "1-5"):
            for k, (place, value) in enumerate(zip(PROVINCES, total(batches), strict=True)):
                value = int(value)
                low, high = value, float(value)
                if k % 3 == 1:
                    low, high = max(0, value - 2), float(value + k)
                elif k % 11 == 5:
                    low, high = max(0, value - k % 2 * 90), np.nan
                basis = "open" if np.isnan(high) else "exact" if low == high else "range"
                rows.append((unit, batches, place, low, high, basis))
    return pd.DataFrame(rows, columns=["unit", "batches", "place", "low", "high", "basis"])


def one(batches: str) -> pd.DataFrame:
    table = cells()
    return table[(table["unit"] == "services") & (table["batches"] == batches)]


def concentration() -> pd.DataFrame:
    functions = {
        "hhi": measures.hhi,
        "cr4": lambda values: measures.concentration_ratio(values, 4),
        "gini": measures.gini,
        "theil": measures.theil,
    }
    rows = [
        (name, "services", batches, value, value * (1.03 if int(batches[-1]) > 2 else 1), True)
        for name, function in functions.items()
        for batches in SELECTIONS
        for value in [function(total(batches))]
    ]
    return pd.DataFrame(rows, columns=["measure", "unit", "batches", "low", "high", "proven"])


def lorenz() -> pd.DataFrame:
    rows = []
    for curve, values in (("low", total("1-3")), ("high", total("1-3") ** 2)):
        heights = np.cumsum(np.sort(values)) / values.sum()
        for k, height in enumerate([0.0, *heights]):
            rows.append(("services", "1-3", curve, k / 31, height))
    return pd.DataFrame(rows, columns=["unit", "batches", "curve", "provinces", "share"])


def shares() -> pd.DataFrame:
    rows = []
    for group in GROUPS:
        for batches in SELECTIONS:
            share = total(batches)[members(group)].sum() / total(batches).sum()
            spare = 0 if batches in ("1", "4") else 0.01
            rows.append(("services", group, batches, max(0, share - spare), share + spare))
    return pd.DataFrame(rows, columns=["unit", "group", "batches", "low", "high"])


def gap() -> pd.DataFrame:
    rows = []
    for k, batches in enumerate(BATCHES):
        ahead = counts()[k, members("北京")].sum()
        behind = counts()[k, members("四川+湖南+重庆")].sum()
        groups = ("services", "北京", "四川+湖南+重庆")
        rows.append((*groups, "absolute", batches, ahead - behind - k, ahead - behind + k))
        low, high = 1 - (behind + k) / ahead, min(1, 1 - (behind - k) / ahead)
        rows.append((*groups, "relative", batches, low, high))
    columns = ["unit", "ahead", "behind", "measure", "batches", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def ranks() -> pd.DataFrame:
    rows = []
    for place in (
        "北京",
        "广东",
        "上海",
        "浙江",
        "江苏",
        "四川",
        "湖南",
        "重庆",
        "黑龙江",
        "内蒙古",
    ):
        for k in (0, 2, 4):
            rank = 1 + int((counts()[k] > counts()[k, PROVINCES.index(place)]).sum())
            spare = 0 if rank < 5 else 3
            low, high = max(1, rank - spare), min(31, rank + spare)
            rows.append(("services", place, BATCHES[k], low, high))
    return pd.DataFrame(rows, columns=["unit", "place", "batches", "low", "high"])


def decomposition() -> pd.DataFrame:
    rows = [
        ("services", group, "1", after, part, low, high)
        for group, after in (("Central+West", "3"), ("四川+湖南+重庆", "5"))
        for part, low, high in (
            ("total", 0.02, 0.035),
            ("more_there", 0.012, 0.012),
            ("fewer_elsewhere", -0.008, 0.023),
        )
    ]
    columns = ["unit", "group", "before", "after", "part", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def control() -> pd.DataFrame:
    blockchain = shares()
    blockchain = blockchain[blockchain["batches"].isin(BATCHES)]
    rows = []
    for group, start, step in (("北京", 0.4, -0.006), ("Central+West", 0.1, 0.004)):
        for row in blockchain[blockchain["group"] == group].itertuples():
            rows.append(("blockchain", group, row.batches, row.low, row.high))
        for k in range(14):
            period = f"{2022 + k // 4}-{1 + 3 * (k % 4):02d}"
            rows.append(("algorithm", group, period, start + k * step, start + k * step))
    return pd.DataFrame(rows, columns=["register", "group", "period", "low", "high"])


def quotients() -> pd.DataFrame:
    rows = []
    for base, column in (("population", "population_10k_2020"), ("gdp", "gdp_100m_yuan_2020")):
        size = places.provinces()[column].to_numpy()
        values = measures.location_quotient(total("1-5"), size)
        for k, (place, value) in enumerate(zip(PROVINCES, values, strict=True)):
            low = 0 if k % 7 == 3 else value * (0.7 if k % 3 == 1 else 1)
            rows.append((place, base, low, value, "services", "1-5"))
    return pd.DataFrame(rows, columns=["place", "base", "low", "high", "unit", "batches"])


def timeline() -> pd.DataFrame:
    rows = [
        ("2018-06", "event", "A park opens", "产业园开园", "S05"),
        (
            "2018-11-28",
            "planned",
            "A plan to bring many firms to the park within three years and to set up a fund for "
            "them, with offices free of rent and a school",
            "计划三年内引进多家企业，设立基金，提供免租办公场地并开办学校，形成完整的产业生态体系",
            "S12",
        ),
        ("2019-03-30", "counted", "One filing of the place is found", "清单中有一项备案", "S03"),
        ("2020", "quoted", "Firms in the park, as a paper has it", "报道引述的企业数", "S41"),
    ]
    table = pd.DataFrame(rows, columns=["date", "kind", "label_en", "label_zh", "source"])
    return table.assign(name_en="Loudi", name_zh="娄底")


def context() -> pd.DataFrame:
    rows = [
        (english, chinese, "services", batches, low, high)
        for english, chinese, ranges in (
            ("Loudi", "娄底", [(1, np.nan), (0, 5), (0, 4)]),
            ("Hunan", "湖南", [(4, 4), (3, 6), (3, 6)]),
            ("China", "全国", [(180, 180), (300, 300), (220, 220)]),
        )
        for batches, (low, high) in zip(BATCHES, ranges, strict=False)
    ]
    columns = ["label_en", "label_zh", "unit", "batches", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def promises() -> pd.DataFrame:
    rows = [
        ("Firms in the park", "园区企业", "firms", "家", 200, 60, 90),
        ("A fund", "基金", "million yuan", "百万元", 1000, np.nan, np.nan),
        ("Platforms with a filing", "有备案的平台", "services", "项", 10, 1, np.nan),
        ("Patents", "专利", "patents", "件", 20, 25, 25),
    ]
    columns = ["label_en", "label_zh", "unit_en", "unit_zh", "promised", "low", "high"]
    return pd.DataFrame(rows, columns=columns).assign(name_en="Loudi", name_zh="娄底")


def verdicts() -> pd.DataFrame:
    numbers = {
        "all": {"supported": 17, "undecided": 6, "contradicted": 1, "outside the register": 14},
        "without_article": {"supported": 11, "undecided": 13, "outside the register": 14},
    }
    rows = [(e, v, n) for e, tally in numbers.items() for v, n in tally.items()]
    return pd.DataFrame(rows, columns=["evidence", "verdict", "claims"])


def facts() -> pd.DataFrame:
    rows = [
        ("the services of Jiangsu in batches 1–3", "江苏前三批服务数", 0.004),
        (
            "the services of Shanghai in batch 2, district by district and with their filers",
            "上海第二批各区服务数及其备案主体数",
            0.006,
        ),
        ("the services of Shandong", "山东服务数", 0.0115),
    ]
    table = pd.DataFrame(rows, columns=["fact_en", "fact_zh", "after"])
    return table.assign(what_en="the HHI", what_zh="赫芬达尔指数", before=0.012)


def dropped() -> pd.DataFrame:
    rows = [
        ("C2", "Zhejiang has 24 services in batch 1.", "浙江第一批有24项服务。", 0.75, 0.79),
        ("C1", "Beijing has 63 services in batch 1.", "北京第一批有63项服务。", 0.70, 0.83),
        ("C3", "Shanghai has 19 services.", "上海有19项服务。", 0.76, 0.78),
    ]
    table = pd.DataFrame(rows, columns=["id", "words_en", "words_zh", "low", "high"])
    what = {"what_en": "the leaders' share", "what_zh": "前四名份额"}
    return table.assign(**what, base_low=0.76, base_high=0.78)


TABLES = {
    "concentration": concentration,
    "control": control,
    "coverage": cells,
    "decomposition": decomposition,
    "drop_one": dropped,
    "facts_that_help": facts,
    "gap": gap,
    "location_quotient": quotients,
    "lorenz": lorenz,
    "place_in_context": context,
    "promised_verified": promises,
    "rank_slope": ranks,
    "ranking": lambda: one("1-5"),
    "shares_over_batches": shares,
    "small_multiples": lambda: pd.concat([one(batches) for batches in BATCHES]),
    "tile_map": lambda: one("1-3"),
    "timeline": timeline,
    "verdicts": verdicts,
}
"""For every builder a function that makes its table."""
