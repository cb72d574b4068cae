"""What is raised for a list that can't be taken as a whole."""

from pathlib import Path

_MOST_BYTES = 2**30
_SMALL_BYTES = 2**26  # 64 MiB: below this, however well packed, no harm is done
_MOST_RATIO = 200


class ListError(ValueError):
    """A list that can't be read, or used: which one, what is wrong with it, what to do."""

    def __init__(self, path: Path, problem: str, remedy: str):
        self.name = Path(path).name
        self._said = (path, problem, remedy)
        super().__init__(f"{self.name}: {problem}; {remedy}")

    def __reduce__(self):
        return type(self), self._said


def check_unpacked(path: Path, packed: int, unpacked: int) -> None:
    """Raise ListError where so many packed bytes hold so many that no list can be meant."""
    if unpacked > _MOST_BYTES or (unpacked > _SMALL_BYTES and unpacked > _MOST_RATIO * packed):
        problem = f"would unpack from {packed:,} to {unpacked:,} bytes"
        raise ListError(path, problem, "don't open it")
