"""What the readers of files hand on, and the error of a list that can't be taken as a whole."""

from dataclasses import dataclass, field
from pathlib import Path

_MOST_BYTES = 2**30
_SMALL_BYTES = 2**26  # 64 MiB: below this, however well packed, no harm is done
_MOST_RATIO = 200

Row = list[str]
"""The cells of a row of a table."""


class Shown(str):
    """A number, date or Boolean of a spreadsheet as text: its sheet may show it otherwise."""


@dataclass(frozen=True)
class Outside:
    """A text outside every table, the place where it stands, and whether it may head one."""

    place: str
    text: str
    heading: bool = False


@dataclass
class Document:
    """A list as its file has it. ``title`` is the text above the tables."""

    title: str = ""
    tables: list[list[Row]] = field(default_factory=list)
    outside: list[Outside] = field(default_factory=list)


class ListError(ValueError):
    """A list that can't be read, or used: which one, what is wrong with it, what to do."""

    def __init__(self, path: Path, problem: str, remedy: str):
        self._said = (path, problem, remedy)
        super().__init__(f"{path.name}: {problem}; {remedy}")

    def __reduce__(self) -> tuple[type["ListError"], tuple[Path, str, str]]:
        return type(self), self._said


def check_unpacked(path: Path, packed: int, unpacked: int) -> None:
    """Raise ListError where so many packed bytes hold so many that no list can be meant."""
    if unpacked > _MOST_BYTES or (unpacked > _SMALL_BYTES and unpacked > _MOST_RATIO * packed):
        problem = f"would unpack from {packed:,} to {unpacked:,} bytes"
        raise ListError(path, problem, "don't open it")
