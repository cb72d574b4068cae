"""Which batch a list is of, by its file's name or its own title."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from filings.lists import signs
from filings.lists.document import ListError

_NUMBER = r"(?:[一二三四五六七八九十]+|\d{1,2}(?!\d))"
_FURTHER = rf"(?:\s*(?:[、,和及与至到~—–-]|to)\s*第?\s*{_NUMBER})*"
_STATED = re.compile(
    rf"(?P<all>截至第|前)\s*(?P<last>{_NUMBER})\s*批|第\s*(?P<chinese>{_NUMBER}{_FURTHER})\s*批"
    r"|batch(?:es)?[-_ ]?(?P<first>\d{1,2})(?!\d)"
    r"(?:\s*(?:[-–~_&]|to|and)\s*(?P<second>\d{1,2})(?!\d))?",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:继|自|此前)[^,。;]*?(?:之后|以来|后|(?=[,。;])|$)")
_COUNTED = re.compile(r"\d+|([二三四五六七八九])?十([一二三四五六七八九])?|[一二三四五六七八九]")
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}
_REMEDY = "put its one batch in the name of the file: batch-5 or 第五批"


def batch_of(path: Path, title: str, headings: Iterable[str]) -> int | None:
    """The batch that a list's name or title states, None if neither states any.

    >>> batch_of(Path("第五批.pdf"), "继第一批之后，发布第五批", [])
    5

    Raises
    ------
    ListError
        Where they differ, or name several, or only others than the list's own, or the headings
        between its tables do.
    """
    named, titled = _stated(_plain(path.stem)), _stated(_OTHERS.sub("", _plain(title)))
    below = set().union(*(_stated(_OTHERS.sub("", _plain(each))) for each in headings))
    own = named or titled or below
    if len(own) > 1:
        said = "、".join(map(str, sorted(own)))
        raise ListError(
            path, f"{'is named' if named else 'names'} several batches ({said})", _REMEDY
        )
    if named and titled and not named <= titled:
        problem = f"is named batch {min(named)} but titled batch {min(titled)}"
        raise ListError(path, problem, "rename the file, or correct the title")
    if below - own:
        said = "、".join(map(str, sorted(below | own)))
        raise ListError(path, f"holds lists of several batches ({said})", "make a file of each")
    if not own and _stated(_plain(title)):
        raise ListError(path, "names no batch but those before it", _REMEDY)
    return min(own, default=None)


def _plain(text: str) -> str:
    return signs.simple(unicodedata.normalize("NFKC", text))


def _stated(text: str) -> set[int]:
    """All batches stated; of a range its ends."""
    found: set[int] = set()
    for each in _STATED.finditer(text):
        if each["all"]:
            last = _counted(each["last"])
            found |= {1, *last} if last != {1} else set()
        for part in ("chinese", "first", "second"):
            for written in re.findall(_NUMBER, each[part] or ""):
                found |= _counted(written)
    return found


def _counted(written: str) -> set[int]:
    """The number written (十三, 13), or several where it is none (三四)."""
    whole = _COUNTED.fullmatch(written)
    if not whole:
        return {_DIGITS.get(sign, 10) for sign in written}
    if written.isdigit():
        return {int(written)}
    if "十" in written:
        return {_DIGITS.get(whole[1], 1) * 10 + _DIGITS.get(whole[2], 0)}
    return {_DIGITS[written]}
