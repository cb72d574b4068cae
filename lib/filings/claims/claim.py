"""One claim of a text about the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from filings import ledger


@dataclass(frozen=True)
class Claim:
    """What a text asserts about the register.

    ``start`` and ``end`` are offsets in the original text and ``span`` the words between them.
    kind, places, batches, unit, relation, value and of are as in the ledger (``statements``),
    except that a region (中西部) may stand among the places, that ``relation`` may be ``>`` (most)
    and that batches are empty where the text names none. value: a whole number, a Decimal of
    percent, a tuple of places (order, leaders) or None (trend). ``wording``: 近, 超, 余 and the
    like, as written. ``base``: the batches that a change (negative for a fall) or a growth (in
    percent) starts from. A ratio is in times (倍 in its wording) or in percent of ``of``.
    """

    start: int
    end: int
    span: str
    kind: str
    places: tuple[str, ...]
    batches: tuple[int, ...]
    unit: str
    relation: str
    value: int | Decimal | tuple[str, ...] | None
    of: str = ""
    wording: str = ""
    base: tuple[int, ...] = ()

    @property
    def place(self) -> str:
        """The places joined as the ledger writes them (北京+上海)."""
        return "+".join(self.places)

    @property
    def written_batches(self) -> str:
        """The batches as the ledger writes them (a change: ``1;2``); empty if none is named."""
        return ";".join(str(ledger.Batches(one)) for one in (self.base, self.batches) if one)

    @property
    def written_value(self) -> str:
        """The value as the ledger writes it."""
        if isinstance(self.value, tuple):
            return (">" if self.kind == "order" else "+").join(self.value)
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True)
class Unjudged:
    """A number of the text of which no claim was made, and why, as one of `REASONS`."""

    start: int
    end: int
    span: str
    reason: str


REASONS = ("no filing", "no batch", "no place", "not understood")


class Claims(list[Claim]):
    """The claims of a text in its order; ``not_judged`` holds every number that is none."""

    def __init__(self, found: Iterable[Claim] = (), not_judged: Iterable[Unjudged] = ()):
        super().__init__(found)
        self.not_judged = tuple(not_judged)
