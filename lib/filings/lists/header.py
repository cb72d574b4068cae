"""Which column of a table is which, by the words of its header."""

import re
from dataclasses import dataclass

# Words of each column, the most telling first. A column is given away once, in this order.
_WORDS = {
    "number": (r"备案编号", r"备案号", r"编号"),
    "entity": (r"主体名称", r"主体", r"(单位|企业|公司|机构)名称", r"(单位|企业|公司)$"),
    "service": (r"服务名称", r"算法名称", r"名称"),
    "remark": (r"备注",),
    "order": (r"序号", r"^序$"),
}
REQUIRED = ("service", "entity", "number")
NEEDED = "服务名称 (or 算法名称), 主体名称, 备案编号"
_LONGEST = 20  # characters of a header cell; a service's name may hold such words too
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Header:
    """Positions of the columns, counted from 0; ``remark`` and ``order`` are -1 if missing.

    ``width`` counts the columns up to the last that has a name, ``cells`` all of them.
    """

    service: int
    entity: int
    number: int
    remark: int
    order: int
    width: int
    cells: int


def find(cells: list[str]) -> Header | None:
    """The header these cells are, or None. Order, spaces and line breaks do not matter."""
    words = [_BLANK.sub("", cell) for cell in cells]
    words = [word if len(word) <= _LONGEST else "" for word in words]
    place = {}
    for column, patterns in _WORDS.items():
        free = [at for at in range(len(words)) if at not in place.values()]
        hits = (at for pattern in patterns for at in free if re.search(pattern, words[at]))
        place[column] = next(hits, -1)
    if any(place[column] < 0 for column in REQUIRED):
        return None
    named = max(at for at, word in enumerate(words) if word)
    return Header(**place, width=named + 1, cells=len(cells))
