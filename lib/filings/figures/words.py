"""How numbers, places, batches and units are written, in English and in Chinese."""

import pandas as pd

from filings import ledger, places

LANGUAGES = ("en", "zh")

UNITS = {
    "services": {"en": "services", "zh": "个服务"},
    "entities": {"en": "filers", "zh": "家主体"},
}
REGISTERS = {
    "blockchain": {"en": "Blockchain", "zh": "区块链备案"},
    "algorithm": {"en": "Algorithms", "zh": "算法备案"},
    "deep_synthesis": {"en": "Deep synthesis", "zh": "深度合成备案"},
}
MEASURES = {
    "hhi": {"en": "the Herfindahl index (HHI)", "zh": "赫芬达尔指数（HHI）"},
    "gini": {"en": "the Gini coefficient", "zh": "基尼系数"},
}
VERDICTS = {
    "rose": {"en": "rose", "zh": "上升"},
    "fell": {"en": "fell", "zh": "下降"},
    "unclear": {"en": "shows no clear change", "zh": "无明显变化"},
}
"""What the test of a notebook found. No figure says rose or fell of its own."""

_GROUPS = {
    "en": {
        places.NATION: "China",
        "Leaders": "the four leaders",
        "Central+West": "the centre and the west",
    },
    "zh": {**places.REGION_NAMES, "Leaders": "北上广浙", "Central+West": "中西部"},
}
_NARROW = 5
_NARROW_SHARE = 0.1


class UnknownVerdictError(ValueError):
    """A verdict that is none of ``VERDICTS``."""


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


def useful(low: float, high: float) -> bool:
    """Whether a reader can use this range of a count: it is no wider than what is certain of it,
    or than a handful."""
    return not pd.isna(high) and high - low <= max(low, _NARROW)


def useful_share(low: float, high: float) -> bool:
    """The same for a share between 0 and 1: no wider than a tenth of all."""
    return not pd.isna(high) and high - low <= _NARROW_SHARE


def verdict(name: str, lang: str, several: bool = False) -> str:
    """A test's verdict as the verb behind one subject or ``several``.

    Raises ``UnknownVerdictError`` for any word but those of ``VERDICTS``.
    """
    if name not in VERDICTS:
        raise UnknownVerdictError(
            f"verdict {name!r}: the notebook's test says one of {', '.join(VERDICTS)}"
        )
    words = VERDICTS[name][lang]
    return words.replace("shows", "show") if several else words


def place(name: str, lang: str) -> str:
    """A place's or group's name: a province, the nation, a region, or several joined by ``+``.

    A name without an English form on file (a city, a free label) stays as it is.
    """
    if name in _GROUPS[lang]:
        return _GROUPS[lang][name]
    if "+" in name:
        return joined([place(part, lang) for part in name.split("+")], lang)
    if lang == "zh":
        return name
    try:
        return places.english(name)
    except places.UnknownPlaceError:
        return name


def together(group: str, lang: str) -> str:
    """A group of places as the label of one row: by name up to three, else by their number."""
    names = group.split("+")
    if len(names) <= 3 or group in _GROUPS[lang]:
        return place(group, lang)
    return {
        "en": f"the other {len(names)} together",
        "zh": f"其余{len(names)}个省（区、市）合计",
    }[lang]


def joined(names: list[str], lang: str) -> str:
    """A list in running text: A, B and C; 甲、乙和丙."""
    if len(names) == 1:
        return names[0]
    comma, last = (", ", " and ") if lang == "en" else ("、", "和")
    return comma.join(names[:-1]) + last + names[-1]


def batches(selection: str, lang: str) -> str:
    """A batch selection in words: 3 → batch 3, 第三批; 1-3 → batches 1–3, 前三批."""
    return ledger.batches_in_words(ledger.parse_batches(selection), lang, brief=True)


def unit(name: str, lang: str) -> str:
    """A unit of the register behind a number: services, 个服务; filers, 家主体."""
    return UNITS[name][lang]


def noun(name: str, lang: str) -> str:
    """The unit alone: services, 服务; filers, 主体."""
    return unit(name, lang).lstrip("个家")


def measure(name: str, lang: str) -> str:
    """A measure's printed name; CRk is the share of the k largest provinces."""
    if name in MEASURES:
        return MEASURES[name][lang]
    k = name.removeprefix("cr")
    return f"the share of the largest {few(int(k), 'en')}" if lang == "en" else f"前{k}名的份额"


def few(count: int, lang: str) -> str:
    """A small number as a title has it: in English a word up to ten."""
    words = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return words[count] if lang == "en" and count <= 10 else number(count)


def sentence(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
