"""How numbers, places, batches and units are written, in English and in Chinese."""

from types import MappingProxyType

import pandas as pd

from filings import ledger, places

LANGUAGES = ("en", "zh")

REGIONS_EN = MappingProxyType({region: region for region in places.REGIONS})
UNITS = MappingProxyType(
    {
        "services": MappingProxyType({"en": "services", "zh": "项服务"}),
        "entities": MappingProxyType({"en": "filers", "zh": "家主体"}),
    }
)
MEASURES = MappingProxyType(
    {
        "hhi": MappingProxyType({"en": "HHI", "zh": "赫芬达尔指数（HHI）"}),
        "effective_number": MappingProxyType(
            {"en": "Effective number of provinces", "zh": "有效省份数"}
        ),
        "gini": MappingProxyType({"en": "Gini", "zh": "基尼系数"}),
        "theil": MappingProxyType({"en": "Theil T", "zh": "泰尔指数"}),
        "theil_between": MappingProxyType(
            {"en": "Theil, between regions", "zh": "泰尔指数（区域间）"}
        ),
        "theil_within": MappingProxyType(
            {"en": "Theil, within regions", "zh": "泰尔指数（区域内）"}
        ),
    }
)
_GROUPS_ZH = MappingProxyType(
    {
        **places.REGION_NAMES,
        "Central+West": "中西部",
        "Leaders": "北上广浙",
    }
)
_GROUPS_EN = MappingProxyType({places.NATION: "China", "Leaders": "Four leaders"})


def number(value: float, digits: int = 0) -> str:
    """A number as printed: thousands apart, a true minus, no decimals unless asked for."""
    return f"{value:,.{digits}f}".replace("-", "−")


def span(low: float, high: float, digits: int = 0, scale: float = 1, suffix: str = "") -> str:
    """A range as printed: 12, 9–12, or ≥9 where it is open above. ``scale`` multiplies first."""
    first = number(low * scale, digits)
    if pd.isna(high):
        return f"≥{first}{suffix}"
    last = number(high * scale, digits)
    if first == last:
        return f"{first}{suffix}"
    joint = " – " if "−" in first + last else "–"
    return f"{first}{joint}{last}{suffix}"


def percent(low: float, high: float, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage or a range of percentages."""
    return span(low, high, digits, scale=100, suffix="%")


def place(name: str, lang: str) -> str:
    """A place's or group's name: a province, the nation, a region, or several joined by ``+``.

    A name without an English form on file (a city, a free label) stays as it is.
    """
    if lang == "zh":
        return _GROUPS_ZH.get(name, name.replace("+", "、"))
    if name in _GROUPS_EN:
        return _GROUPS_EN[name]
    if "+" in name:
        return " + ".join(place(part, lang) for part in name.split("+"))
    known = places.provinces()["name_en"]
    return known.get(name, name)


def joined(names: list[str], lang: str) -> str:
    """A list in running text: A, B and C; 甲、乙和丙."""
    if len(names) == 1:
        return names[0]
    comma, last = (", ", " and ") if lang == "en" else ("、", "和")
    return comma.join(names[:-1]) + last + names[-1]


def batches(selection: str, lang: str) -> str:
    """A batch selection in words: 3 → batch 3, 第三批; 1-3 → batches 1–3, 前三批."""
    return ledger.batches_in_words(ledger.parse_batches(selection), lang, brief=True)


def batch_tick(selection: str, lang: str) -> str:
    """A batch selection as a short axis label: 3, 1–3."""
    return selection.replace("-", "–")


def unit(name: str, lang: str) -> str:
    """A unit of the register in running text: services, 项服务; filers, 家主体."""
    return UNITS[name][lang]


def measure(name: str, lang: str) -> str:
    """A measure's printed name; CRk is the share of the k largest provinces."""
    if name in MEASURES:
        return MEASURES[name][lang]
    k = name.removeprefix("cr")
    return f"Share of the top {k} (CR{k})" if lang == "en" else f"前{k}名份额（CR{k}）"


def sentence(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def movement(first, last) -> str:
    """Whether a range (low, high) certainly rose or fell between two rows: rose, fell, same or
    unclear."""
    if last["high"] < first["low"]:
        return "fell"
    if last["low"] > first["high"]:
        return "rose"
    exact = first["low"] == first["high"] == last["low"] == last["high"]
    return "same" if exact else "unclear"


MOVEMENTS = MappingProxyType(
    {
        "fell": MappingProxyType({"en": "fell", "zh": "下降"}),
        "rose": MappingProxyType({"en": "rose", "zh": "上升"}),
        "same": MappingProxyType({"en": "stayed the same", "zh": "不变"}),
        "unclear": MappingProxyType({"en": "shows no certain change", "zh": "无确定变化"}),
    }
)


def moved(first, last, lang: str) -> str:
    """``movement`` in words."""
    return MOVEMENTS[movement(first, last)][lang]


def decimals(values) -> int:
    """Decimals that tell these values apart: none for whole numbers, else two, or three if all
    are below 0.2."""
    present = [abs(value) for value in values if not pd.isna(value)]
    if all(value == round(value) for value in present):
        return 0
    return 2 if max(present) >= 0.2 else 3
