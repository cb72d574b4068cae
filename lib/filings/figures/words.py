"""How numbers, places, batches and units are written, in English and in Chinese."""

from filings import places
from filings.words import (
    LANGUAGES,
    batches,
    few,
    joined,
    number,
    percent,
    sentence,
    span,
    useful,
    useful_share,
)

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
    "stood still": {"en": "stood still", "zh": "原地踏步"},
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


class UnknownVerdictError(ValueError):
    """A verdict that is none of ``VERDICTS``."""


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
    return f"the share of the largest {few(int(k))}" if lang == "en" else f"前{k}名的份额"


__all__ = [
    "LANGUAGES",
    "MEASURES",
    "REGISTERS",
    "UNITS",
    "VERDICTS",
    "UnknownVerdictError",
    "batches",
    "few",
    "joined",
    "measure",
    "noun",
    "number",
    "percent",
    "place",
    "sentence",
    "span",
    "together",
    "unit",
    "useful",
    "useful_share",
    "verdict",
]
