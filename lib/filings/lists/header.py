"""Which column of a table is which, by the words of its header."""

import re
from dataclasses import dataclass

from filings.lists import signs

# Words of each column, the most telling first; the word alone goes before longer ones with it. A
# column is given away once, in this order.
_WORDS = {
    "number": (r"备案编号", r"备案号", r"编号"),
    "entity": (r"主体名称", r"主体", r"(单位|企业|公司|机构)名称", r"(单位|企业|公司)$"),
    "service": (r"服务名称", r"算法名称", r"名称"),
    "remark": (r"备注",),
    "order": (r"序号", r"^序$"),
}
_ALONE = re.compile(r"序号|(?:服务|算法)名称|主体名称|备案编号|备案号|备注")  # never two in a cell
REQUIRED = ("service", "entity", "number")
NEEDED = "服务名称 (or 算法名称), 主体名称, 备案编号"
_LONGEST = 20  # characters of a header cell; a service's name may hold such words too
# A column of what holds no longer is none; one of what holds now goes before all others.
_FORMER = re.compile(r"^(原|旧|历史)|曾用|[变變]更前|更名前|[（(](原|旧)[）)]")
_NOW = re.compile(r"^现|[变變]更[后後]|更名[后後]|[（(]现[）)]")


@dataclass(frozen=True)
class Header:
    """Positions of the columns, counted from 0; ``remark`` and ``order`` are -1 if missing.

    ``width`` counts the columns up to the last that has a name, ``cells`` all of them. ``twins``
    are pairs of columns that can't be told apart: only rows in which they agree can be read.
    """

    service: int
    entity: int
    number: int
    remark: int
    order: int
    width: int
    cells: int
    twins: tuple[tuple[int, int], ...] = ()


def find(cells: list[str]) -> Header | None:
    """The header these cells are, or None. Order, spaces and line breaks do not matter."""
    words = [signs.tight(cell).strip(signs.DOUBT) for cell in cells]
    words = [word if len(word) <= _LONGEST else "" for word in words]
    free = {at for at, word in enumerate(words) if not _FORMER.search(word)}
    if any(len(_ALONE.findall(word)) > 1 for word in words):
        return None  # a rule between columns is missing
    place, twins = {}, []
    for column, patterns in _WORDS.items():
        hits = _best([(at, words[at]) for at in sorted(free)], patterns)
        place[column] = hits[0] if hits else -1
        free -= set(hits)
        if column != "order":
            twins += [(hits[0], other) for other in hits[1:]]
    if any(place[column] < 0 for column in REQUIRED):
        return None
    named = max(at for at, word in enumerate(words) if word)
    return Header(**place, width=named + 1, cells=len(cells), twins=tuple(twins))


def _best(words: list[tuple[int, str]], patterns: tuple[str, ...]) -> list[int]:
    """Where the words stand that name a column best; more than one if they do so equally."""
    hits = [each for each in words if any(re.search(pattern, each[1]) for pattern in patterns)]
    hits = [each for each in hits if _NOW.search(each[1])] or hits
    for pattern in patterns:
        for match in (re.fullmatch, re.search):
            if best := [at for at, word in hits if match(pattern, word)]:
                return best
    return []
