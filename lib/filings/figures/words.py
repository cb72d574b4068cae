"""How places, batches, units and findings are called, in English and in Chinese."""

from collections.abc import Sequence

from filings import places, words

UNITS = {"services": ("services", "个服务"), "entities": ("filers", "家主体")}
REGISTERS = {
    "blockchain": ("Blockchain", "区块链备案"),
    "algorithm": ("Algorithms", "算法备案"),
    "deep_synthesis": ("Deep synthesis", "深度合成备案"),
}
MEASURES = {
    "hhi": ("the Herfindahl index (HHI)", "赫芬达尔指数（HHI）"),
    "gini": ("the Gini coefficient", "基尼系数"),
}
VERDICTS = {
    "rose": ("rose", "上升"),
    "fell": ("fell", "下降"),
    "stood still": ("stood still", "原地踏步"),
    "unclear": ("shows no clear change", "无明显变化"),
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


class Wording:
    """What things are called in one language, "en" or "zh"."""

    def __init__(self, lang: str):
        self.lang = lang

    def say(self, en: str, zh: str) -> str:
        """The wording in this language.

        Words from the other methods may stand in both: what is put together is used in this
        language only.
        """
        return en if self.lang == "en" else zh

    def verdict(self, name: str, several: bool = False) -> str:
        """A test's verdict as the verb behind one subject or ``several``.

        Raises ``UnknownVerdictError`` for any word but those of ``VERDICTS``.
        """
        if name not in VERDICTS:
            raise UnknownVerdictError(
                f"verdict {name!r}: the notebook's test says one of {', '.join(VERDICTS)}"
            )
        verb = self.say(*VERDICTS[name])
        return verb.replace("shows", "show") if several else verb

    def place(self, name: str) -> str:
        """A place's or group's name: a province, the nation, a region, or several joined by ``+``.

        A name without an English form on file (a city, a free label) stays as it is.
        """
        if name in _GROUPS[self.lang]:
            return _GROUPS[self.lang][name]
        if "+" in name:
            return self.joined([self.place(part) for part in name.split("+")])
        if self.lang == "zh":
            return name
        try:
            return places.english(name)
        except places.UnknownPlaceError:
            return name

    def together(self, group: str) -> str:
        """A group of places as the label of one row: by name up to three, else by their number."""
        count = group.count("+") + 1
        if count <= 3:
            return self.place(group)
        return self.say(f"the other {count} together", f"其余{count}个省（区、市）合计")

    def joined(self, names: Sequence[str]) -> str:
        """A list in running text."""
        return words.joined(names, self.lang)

    def batches(self, selection: str) -> str:
        """A selection of batches: batch 3, 第三批; batches 1–3, 前三批."""
        return words.batches(selection, self.lang)

    def unit(self, name: str) -> str:
        """A unit of the register behind a number: services, 个服务; filers, 家主体."""
        return self.say(*UNITS[name])

    def noun(self, name: str) -> str:
        """The unit alone: services, 服务; filers, 主体."""
        return self.unit(name).lstrip("个家")

    def register(self, name: str) -> str:
        """A register in running text."""
        return self.say(*REGISTERS[name]).lower()

    def measure(self, name: str) -> str:
        """A measure's printed name; CRk is the share of the k largest provinces."""
        if name in MEASURES:
            return self.say(*MEASURES[name])
        k = int(name.removeprefix("cr"))
        return self.say(f"the share of the largest {words.few(k)}", f"前{k}名的份额")
