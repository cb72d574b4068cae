"""One claim of a text about the register."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from filings.claims import lexicon
from filings.ledger import KINDS, Batches, Statement


@dataclass(frozen=True)
class Claim(Statement):
    """What a text asserts about the register: a statement and where in the text it stands.

    ``phrase`` holds the words from ``start`` to ``end`` in the original text. Beside what the
    ledger knows, a region (中西部) may stand among the places, ``relation`` may be ``>`` (most) or
    ``<``, batches are empty where the text names none, and ``kind`` may be change, growth (in
    percent) or ratio (in times, with 倍 in its wording, or in percent of ``of``). The value of a
    trend is empty text.

    Parameters
    ----------
    start, end
        Offsets in the original text.
    wording
        近, 超, 余 and the like, as written.
    base
        The batches from which a change (negative for a fall) or a growth starts.
    """

    start: int = 0
    end: int = 0
    wording: str = ""
    base: Batches = field(default_factory=Batches)

    @property
    def amount(self) -> Decimal:
        """The number claimed, whole or not. Raises TypeError where the value is none."""
        if isinstance(self.value, int | Decimal):
            return Decimal(self.value)
        raise TypeError(f"the value of {self.kind} is no number: {self.value!r}")

    @property
    def members(self) -> tuple[str, ...]:
        """The places, a region opened into its provinces."""
        opened = (lexicon.region_members(name) or (name,) for name in self.places)
        return tuple(member for members in opened for member in members)

    @property
    def written_batches(self) -> str:
        """The batches as the ledger writes them (a change: ``1;2``); empty if none is named."""
        return ";".join(str(one) for one in (self.base, self.batches) if one)

    @property
    def written_value(self) -> str:
        """The value as the ledger writes it."""
        return KINDS[self.kind].write(self) if self.kind in KINDS else str(self.value)


@dataclass(frozen=True)
class Unjudged:
    """A number of the text of which no claim was made, and why, as one of `WHY_NOT`."""

    start: int
    end: int
    phrase: str
    reason: str


class Claims(list[Claim]):
    """The claims of a text in its order; ``not_judged`` holds every number that is none."""

    def __init__(self, found: Iterable[Claim] = (), not_judged: Iterable[Unjudged] = ()):
        super().__init__(found)
        self.not_judged = tuple(not_judged)
