"""A made-up register, and from it one table for every figure: for tests of drawing, not of facts.

The counts are drawn at random (fixed seed); every third province is given as a range around its
count, every eleventh as open above.
"""

from functools import cache
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from filings import figures, measures, places
from filings.figures.page import Page

PROVINCES = places.province_names()
BATCHES = ("1", "2", "3", "4", "5")
LEADERS, ARTICLE = ("北京", "广东", "上海", "浙江"), ("四川", "湖南", "重庆")
ARTICLE_GROUP = "+".join(ARTICLE)
SELECTIONS = {b: (k,) for k, b in enumerate(BATCHES)} | {"2-3": (1, 2), "1-3": (0, 1, 2)}


@cache
def counts() -> np.ndarray:
    """Services by batch (5) and province (31)."""
    generator = np.random.default_rng(7)
    heavy = {"北京": 30.0, "广东": 20.0, "上海": 10.0, "浙江": 10.0}
    weight = np.array([heavy.get(name, 1.0) for name in PROVINCES])
    totals = (180, 300, 220, 260, 210)
    return np.array([generator.multinomial(n, weight / weight.sum()) for n in totals])


def total(selection: str) -> np.ndarray:
    """Services by province in a batch selection."""
    return counts()[list(SELECTIONS[selection])].sum(axis=0)


def of(names, selection: str) -> int:
    """Services of these provinces in a batch selection."""
    return int(total(selection)[[PROVINCES.index(name) for name in names]].sum())


def cells(selection: str) -> pd.DataFrame:
    """Every province and the nation, some as ranges."""
    rows = [("services", selection, places.NATION, total(selection).sum(), total(selection).sum())]
    for k, (place, value) in enumerate(zip(PROVINCES, total(selection), strict=True)):
        low, high = int(value), float(value)
        if k % 3 == 1:
            low, high = max(0, low - 2), low + 3.0 * k
        elif k % 11 == 5:
            low, high = 0, np.nan
        rows.append(("services", selection, place, low, high))
    return pd.DataFrame(rows, columns=["unit", "batches", "place", "low", "high"])


def register() -> pd.DataFrame:
    rest = [name for name in PROVINCES if name not in LEADERS + ARTICLE]
    rows = [
        (("北京",), "leader"),
        (("广东",), "leader"),
        (("上海", "浙江"), "leader"),
        (ARTICLE, "article"),
        (rest, "rest"),
    ]
    table = [("services", "1-3", "+".join(names), role, of(names, "1-3")) for names, role in rows]
    return pd.DataFrame(table, columns=["unit", "batches", "group", "role", "filings"])


def standing() -> pd.DataFrame:
    rows = [
        ("services", "+".join(names), b, of(names, b) - spare, of(names, b) + spare,
         total(b).sum(), people, verdict)
        for names, spare, people, verdict in (
            (ARTICLE, 1, 0.13, "unclear"), (LEADERS, 0, 0.17, "fell"),
        )
        for b in ("1", "2-3")
    ]  # fmt: skip
    columns = ["unit", "group", "batches", "low", "high", "total", "people", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def ranking() -> pd.DataFrame:
    table = cells("1-3")
    known = LEADERS[:2] + ARTICLE
    loose = [name for name in PROVINCES if name not in known]
    rest = [name for name in loose if name not in LEADERS]
    for name in loose:
        table.loc[table["place"] == name, ["low", "high"]] = 0, of(rest, "1-3") / 2
    for name in known:
        table.loc[table["place"] == name, ["low", "high"]] = of([name], "1-3")
    table.loc[table["place"] == "云南", ["low", "high"]] = 0, 5
    sums = [("+".join(g), of(g, "1-3")) for g in (LEADERS[2:], rest)]
    more = pd.DataFrame([("services", "1-3", g, n, n) for g, n in sums], columns=table.columns)
    return pd.concat([table, more], ignore_index=True)


def series(start: float, step: float, register: str, count: int, **more) -> pd.DataFrame:
    """A share by batch or year, in a straight line."""
    blockchain = register == "blockchain"
    periods = [str(k + 1 if blockchain else 2022 + k) for k in range(count)]
    share = [start + k * step for k in range(count)]
    table = pd.DataFrame({"register": register, "period": periods, "low": share, "high": share})
    return table.assign(**more)


def beijing() -> pd.DataFrame:
    parts = [
        series(0.35, -0.04, "blockchain", 5, verdict="fell"),
        series(0.45, -0.07, "algorithm", 5, verdict="fell"),
        series(0.4, -0.04, "deep_synthesis", 4, verdict="unclear"),
    ]
    gains = pd.DataFrame(
        {
            "panel": "gain",
            "register": "blockchain",
            "period": "3-5",
            "place": ["江苏", "云南", "山东"],
            "low": [0.086, 0.06, 0.0],
            "high": [0.102, 0.08, 0.03],
            "verdict": "",
        }
    )
    return pd.concat([pd.concat(parts).assign(panel="share", place="北京"), gains])


def control() -> pd.DataFrame:
    parts = [
        series(0.1, 0.01, "blockchain", 5, verdict="unclear"),
        series(0.08, 0.01, "algorithm", 5, verdict="unclear"),
        series(0.12, -0.01, "deep_synthesis", 4, verdict="fell"),
    ]
    table = pd.concat(parts).assign(group="Central+West")
    loose = (table["register"] == "blockchain") & table["period"].isin(["2", "5"])
    table.loc[loose, ["low", "high"]] = 0.02, 0.5
    return table


def shares() -> pd.DataFrame:
    rows = []
    groups = (("北京", 0.3), ("Leaders", 0.7), (ARTICLE_GROUP, 0.12), ("Central+West", 0.1))
    for group, start in groups:
        for k, batch in enumerate(BATCHES):
            low = high = start - 0.02 * k
            if k == 3 and group == "Central+West":
                low, high = 0.0, 0.4
            rows.append(("services", group, batch, low, high, "unclear"))
    columns = ["unit", "group", "batches", "low", "high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def concentration() -> pd.DataFrame:
    functions = {
        "cr4": lambda values: measures.concentration_ratio(values, 4),
        "hhi": measures.hhi,
    }
    verdict = {"cr4": "fell", "hhi": "unclear"}
    rows = [
        (
            name,
            "services",
            batch,
            value,
            value * (1.1 if int(batch) > 2 else 1),
            True,
            verdict[name],
        )
        for name, function in functions.items()
        for batch in BATCHES
        for value in [function(total(batch))]
    ]
    columns = ["measure", "unit", "batches", "low", "high", "proven", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def lorenz() -> pd.DataFrame:
    rows = []
    for curve, values in (("low", total("1-3")), ("high", total("1-3") ** 1.3)):
        heights = np.cumsum(np.sort(values)) / values.sum()
        for k, height in enumerate([0.0, *heights]):
            rows.append(("services", "1-3", "北京", curve, k / 31, height))
    columns = ["unit", "batches", "leader", "curve", "provinces", "share"]
    return pd.DataFrame(rows, columns=columns)


def quotients() -> pd.DataFrame:
    rows = []
    for base, column in (("population", "population_10k_2020"), ("gdp", "gdp_100m_yuan_2020")):
        size = places.provinces()[column].to_numpy()
        values = measures.location_quotient(total("1-3"), size)
        for k, (place, value) in enumerate(zip(PROVINCES, values, strict=True)):
            low = 0 if k % 7 == 3 else value * (0.7 if k % 3 == 1 else 1)
            high = value * (2 if k > 12 else 1)
            rows.append((place, base, low, high, "services", "1-3"))
    return pd.DataFrame(rows, columns=["place", "base", "low", "high", "unit", "batches"])


def likely() -> pd.DataFrame:
    rows = [
        ("every table of counts alike", "各种备案数表等可能", 60, 110, 84),
        ("every filing drawn as in the first batch", "每个备案的分布与第一批相同", 70, 100, 82),
        ("provinces in proportion to their output", "各省（区、市）与其产出成比例", 90, 125, 108),
    ]
    table = pd.DataFrame(
        rows, columns=["model_en", "model_zh", "likely_low", "likely_high", "middle"]
    )
    what = {"what_en": "services of the centre and the west", "what_zh": "中西部备案服务数"}
    return table.assign(**what, unit="count", low=50, high=132)


def verdicts() -> pd.DataFrame:
    numbers = {"confirmed": 9, "unconfirmed": 8, "undecided": 5, "not borne out": 1, "outside": 14}
    return pd.DataFrame(numbers.items(), columns=["verdict", "claims"])


def cities() -> pd.DataFrame:
    rows = [("深圳", "广东", 37, 37, 47), ("杭州", "浙江", 22, 22, 24), ("广州", "广东", 5, 9, 47)]
    columns = ["place", "province", "low", "high", "of"]
    return pd.DataFrame(rows, columns=columns).assign(unit="services", batches="1")


def comparison() -> pd.DataFrame:
    rows = [("广东", 1500, 1), ("四川", 240, 6), ("长沙", 60, 11), ("娄底", 0, 300)]
    return pd.DataFrame(rows, columns=["place", "filings", "rank"]).assign(of=7900)


def timeline() -> pd.DataFrame:
    rows = [
        ("2014", "quoted", "Raised $5 million, then $3 million", "先募资$5百万，再募$3百万", True),
        ("2018-05", "event", "A park opens", "产业园开园", True),
        ("2018-06", "event", "A meeting", "召开会议", False),
        (
            "2018-11-28",
            "planned",
            "A plan to bring many firms to the park within three years and to set up a fund for "
            "them, with offices free of rent and a school",
            "计划三年内引进多家企业，设立基金，提供免租办公场地并开办学校，形成完整的产业生态体系",
            True,
        ),
        ("2019-03-30", "counted", "One filing of the place is found", "清单中有一个备案", True),
        ("2019-11", "planned", "A second park", "第二个园区", False),
        ("2020", "quoted", "Firms in the park, as a paper has it", "报道引述的企业数", True),
        ("2021-01", "event", "A title", "获得称号", False),
    ]
    table = pd.DataFrame(rows, columns=["date", "kind", "label_en", "label_zh", "main"])
    what = {"filings": 0, "of": 7900, "since": 2022, "until": 2026}
    return table.assign(name_en="Loudi", name_zh="娄底", **what)


def case_counts() -> pd.DataFrame:
    ranges = [(0, 0), (0, 90), (0, 4), (0, 120), (17, 17)]
    rows = [("services", b, *pair) for b, pair in zip(BATCHES, ranges, strict=True)]
    table = pd.DataFrame(rows, columns=["unit", "batches", "low", "high"])
    return table.assign(name_en="Yunnan", name_zh="云南")


TABLES = {
    "beijing": beijing,
    "case_counts": case_counts,
    "cities": cities,
    "comparison": comparison,
    "concentration": concentration,
    "control": control,
    "coverage": lambda: pd.concat([cells(batch) for batch in BATCHES]),
    "likely": likely,
    "location_quotient": quotients,
    "lorenz": lorenz,
    "ranking": ranking,
    "register_730": register,
    "shares": shares,
    "standing_still": standing,
    "tile_map": lambda: cells("1-3"),
    "timeline": timeline,
    "verdicts": verdicts,
}
"""For every builder a function that makes its table."""


def said(name: str, lang: str, table: pd.DataFrame) -> dict[str, str]:
    """What the figure says of that table, without drawing it: a builder draws on an open page."""
    open_page = Page.open

    class Opened(Exception):
        pass

    def stop(page, *args, **words):
        open_page(page, *args, **words)
        raise Opened

    patched = mock.patch.object(Page, "open", autospec=True, side_effect=stop)
    with patched as opened, pytest.raises(Opened):
        figures.BUILDERS[name](table, lang)
    return opened.call_args.args[0].words
