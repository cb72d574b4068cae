"""A selection of the register's batches: one value, read from text and written as text here."""

import re
from collections.abc import Iterable


class Batches(tuple[int, ...]):
    """The numbers of some batches in rising order, each once; none where a source names none.

    It compares, sorts and counts as the tuple of its numbers does.

    >>> str(Batches.parse("3+1-2")), Batches([2]) == (2,)
    ('1-3', True)
    """

    __slots__ = ()

    def __new__(cls, numbers: Iterable[int] = ()) -> "Batches":
        """The selection of these numbers, in whatever order. Raises ValueError for one twice."""
        if type(numbers) is cls:
            return numbers
        ordered = sorted(numbers)
        if len(set(ordered)) < len(ordered):
            raise ValueError(f"batches {'+'.join(map(str, ordered))!r} name a batch twice")
        return super().__new__(cls, ordered)

    @classmethod
    def parse(cls, text: str) -> "Batches":
        """The selection written ``3``, as a run ``1-3`` or as a sum ``2+3``.

        Raises
        ------
        ValueError
            Anything else, a falling run or a batch named twice.
        """
        numbers: list[int] = []
        for part in text.split("+"):
            match = re.fullmatch(r"([1-9]\d?)(?:-([1-9]\d?))?", part.strip())
            if not match:
                raise ValueError(f"batches {text!r} are not of the form 3, 1-3 or 2+3")
            first, last = int(match[1]), int(match[2] or match[1])
            if last < first:
                raise ValueError(f"batches {text!r} run backwards; write {last}-{first}")
            numbers.extend(range(first, last + 1))
        return cls(numbers)

    @property
    def run(self) -> bool:
        """True for two or more that follow each other."""
        return len(self) > 1 and self[-1] - self[0] == len(self) - 1

    def __str__(self) -> str:
        return f"{self[0]}-{self[-1]}" if self.run else "+".join(map(str, self))

    def words(self, lang: str, brief: bool = False) -> str:
        """The selection as a reader says it: 第三批, 前三批, batches 1-3 together.

        Parameters
        ----------
        lang
            ``en`` or ``zh``.
        brief
            As titles and labels have it: batches 1–3, 第二至三批.
        """
        if lang == "zh":
            if not self:
                return "（未注明批次）"
            if self.run and self[0] == 1:
                return f"前{'两' if self[-1] == 2 else _numeral(self[-1])}批"
            if self.run and brief:
                return f"第{_numeral(self[0])}至{_numeral(self[-1])}批"
            joined = "、".join(map(_numeral, self))
            return f"第{joined}批" + ("合计" if len(self) > 1 and not brief else "")
        if not self:
            return "batches that are not stated"
        if len(self) == 1:
            return f"batch {self[0]}"
        if brief:
            return f"batches {str(self).replace('-', '–').replace('+', ' + ')}"
        return f"batches {str(self).replace('+', ' and ')} together"


def _numeral(number: int) -> str:
    from cn2an import an2cn  # slow to load, and English does without

    return str(an2cn(number))
