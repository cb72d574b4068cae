"""The kinds of statement, one class each: value, units, what it says of counts, its words.

A rule is written once, over `Counts`: a table of whole numbers, of which it is true or false, or
the unknowns of a program, of which it makes rows. To add a kind, add a class to `KINDS`.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from filings import places

if TYPE_CHECKING:
    from filings.ledger.statements import Statement

UNITS = ("services", "entities")

Value = int | Decimal | tuple[str, ...] | str
"""What a statement says: a whole number, a percentage, names of places or text, by its kind."""


class Number(Protocol):
    """A whole number, many at once, or a linear form of unknowns."""

    def __add__(self, other: Self, /) -> Self: ...

    def __sub__(self, other: Self, /) -> Self: ...

    def __rmul__(self, factor: int, /) -> Self: ...


N = TypeVar("N", bound=Number)

Limit = tuple[N, int | None, int | None]
"""A number with the lowest and the highest value that it may have (None: no end)."""

Rule = Iterable[Limit[N]]
"""What must be so for a statement to be true."""


class Counts(Protocol[N]):
    """What rules speak of. Units are services, entities, and multi: entities with two or more."""

    def sum(self, unit: str, names: Sequence[str], batches: Sequence[int]) -> N:
        """How many the places have together; entities over several batches are distinct."""

    def coverage(self, batches: Sequence[int]) -> N:
        """How many provinces have a service."""

    def others(self, comparison: str, unit: str, place: str, batches: Sequence[int]) -> N:
        """How many other places of its level are above it (>), or not below it (>=)."""

    def lead(self, unit: str, more: str, less: str, batches: Sequence[int]) -> N:
        """By how much a place that is said not to be below another is above it."""

    def named(self) -> Iterable[str]:
        """Every place that has a count of its own."""

    def parts(self, names: Sequence[str]) -> Iterable[Any]:
        """The smallest places known within those, each as its own ``sum`` takes it."""

    def knows(self, unit: str, batches: Sequence[int]) -> bool:
        """Whether it counts that unit for the selection of batches."""

    def most(self, names: Sequence[str], batches: Sequence[int]) -> N | None:
        """The most services that one entity has there; None where counts do not show it."""

    def somewhere(self, cases: Iterable[Sequence[tuple[N, int]]]) -> Rule[N]:
        """In one case at least, each number is its least value or more."""


class Kind:
    """One kind of statement: how it is read, what it says of counts, its words.

    Attributes
    ----------
    value, units, relations
        How its value is written, what it may count, which relations go with it.
    vague
        It yields first where statements contradict each other.
    filers, multi
        It speaks of what single filers hold; of filers with two or more services.
    takes_of
        It has a whole, which the statement names in ``of``.
    binds
        It constrains counts by place.
    en, zh
        Templates of its sentence, as ``words`` fills them.
    """

    value: ClassVar[str] = "whole number"
    units: ClassVar[tuple[str, ...]] = UNITS
    vague: ClassVar[bool] = False
    filers: ClassVar[bool] = False
    multi: ClassVar[bool] = False
    takes_of: ClassVar[bool] = False
    relations: ClassVar[tuple[str, ...]] = ("=", ">=", "<=", "~")
    binds: ClassVar[bool] = True
    en: str
    zh: str

    def read(self, text: str) -> Value:
        """The value that a text gives. Raises ValueError, which says the remedy."""
        return _whole_number(text)

    def write(self, said: "Statement") -> str:
        """The statement's value as the ledger writes it."""
        return str(said.value)

    def check(self, said: "Statement") -> None:
        """Refuse what does not go together; the ValueError says the remedy."""
        if said.relation not in self.relations:
            raise ValueError(
                f"relation {said.relation!r} does not go with {said.kind}; "
                f"use {' or '.join(self.relations[:-1])} (or ~)"
            )

    def speaks_of(self, said: "Statement") -> tuple[str, ...]:
        """The places that it names."""
        return (*said.places, *((said.of,) if said.of else ()))

    def batches(self, said: "Statement") -> Sequence[int]:
        """The batches that it says something of."""
        return said.batches

    def rule(self, said: "Statement", counts: Counts[N]) -> Rule[N]:
        """What must be true of the counts for the statement to be true."""
        raise NotImplementedError


_DIGITS = 7


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"\d+", text, re.ASCII):
        raise ValueError(f"value {text!r} is not a whole number; write digits only")
    if len(text) > _DIGITS:
        raise ValueError(f"value {text!r} is too large; no count has more than {_DIGITS} digits")
    return int(text)


def _between(number: N, relation: str, value: int) -> Limit[N]:
    """The number is the value, at least the value (>=) or at most it (<=)."""
    return number, None if relation == "<=" else value, None if relation == ">=" else value


def _one_place(said: "Statement") -> None:
    if len(said.places) > 1 or said.places == (places.NATION,):
        raise ValueError(f"{said.kind} speaks of one place below the nation")


def _the_nation(said: "Statement") -> None:
    if said.places != (places.NATION,):
        raise ValueError(
            f"{said.kind} speaks of the whole country; write {places.NATION} as its place"
        )


def unit_of(said: "Statement") -> str:
    """Services or entities: provinces with services, for one, are counted by their services."""
    return "entities" if said.unit == "entities" else "services"


# --- amounts -------------------------------------------------------------------------------------


class Amount(Kind):
    """A number of the register is v (at least, at most v)."""

    def quantity(self, said: "Statement", counts: Counts[N]) -> N:
        """The number that it speaks of."""
        return counts.sum(unit_of(said), said.places, said.batches)

    def rule(self, said: "Statement", counts: Counts[N]) -> Rule[N]:
        yield _between(self.quantity(said, counts), said.relation, said.number)


class Count(Amount):
    """Σ over the places = v."""

    zh = "{batches}{place}共有{about}{value}{unit}"
    en = "{place} had {about}{value} {unit} in {batches}"


class Coverage(Amount):
    """So many provinces have a service."""

    units = ("provinces", *UNITS)
    zh = "{batches}的服务分布于{about}{value}个省份"
    en = "the services of {batches} came from {about}{value} provinces"

    def check(self, said: "Statement") -> None:
        super().check(said)
        _the_nation(said)

    def quantity(self, said: "Statement", counts: Counts[N]) -> N:
        return counts.coverage(said.batches)


class MultiFilers(Amount):
    """Σ m = v."""

    units, filers, multi = ("entities",), True, True
    zh = "{batches}{place}有{about}{value}家主体备案两个以上服务"
    en = "{place} had {about}{value} {unit} with two or more services in {batches}"

    def quantity(self, said: "Statement", counts: Counts[N]) -> N:
        return counts.sum("multi", said.places, said.batches)


class SingleFilers(Amount):
    """Σ (E − m) = v."""

    units, filers, multi = ("entities",), True, True
    zh = "{batches}{place}有{about}{value}家主体只备案一个服务"
    en = "{place} had {about}{value} {unit} with exactly one service in {batches}"

    def quantity(self, said: "Statement", counts: Counts[N]) -> N:
        entities, multi = (counts.sum(u, said.places, said.batches) for u in ("entities", "multi"))
        return entities - multi


def _of_multi(said: "Statement", counts: Counts[N]) -> N:
    """Services of the entities with two or more: s − (E − m)."""
    services, entities, multi = (
        counts.sum(u, said.places, said.batches) for u in ("services", "entities", "multi")
    )
    return services - entities + multi


class ServicesOfMultiFilers(Amount):
    """Σ (s − E + m) = v."""

    units, filers, multi = ("services",), True, True
    zh = "{batches}{place}备案两个以上服务的主体共有{about}{value}个服务"
    en = "entities with two or more services held {about}{value} services of {place} in {batches}"

    def quantity(self, said: "Statement", counts: Counts[N]) -> N:
        return _of_multi(said, counts)


# --- shares --------------------------------------------------------------------------------------


def share_limits(value: Decimal) -> tuple[int, int, int]:
    """Scale, low, high: a count x of a whole X is that percentage if low·X ≤ scale·x < high·X.

    Parameters
    ----------
    value
        The percentage as its author prints it, decimals included.

    Notes
    -----
    Who prints v with d decimals has rounded (v − ½ unit to v + ½ unit of the last decimal) or cut
    (v to v + 1 unit). Both readings are honoured: the share lies in [v − ½ unit, v + 1 unit).
    """
    scale = _scale(value)
    shown = int(value * scale)
    return 200 * scale, 2 * shown - 1, 2 * shown + 2


def _scale(value: Decimal) -> int:
    """The power of ten that makes a number whole, as many decimals as it is printed with."""
    return 10 ** len(f"{value:f}".partition(".")[2])


class Share(Kind):
    """The places hold p percent of the whole, printed with d decimals, rounded or cut."""

    value, vague, takes_of = "percent", True, True
    zh = "{batches}{place}的{noun}占{of}的{about}{value}%"
    en = "{place} held {about}{value} % of the {noun} of {of} in {batches}"

    def read(self, text: str) -> Decimal:
        if not re.fullmatch(r"\d+(\.\d{1,4})?", text, re.ASCII) or Decimal(text) > 100:
            raise ValueError(
                f"value {text!r} is not a percentage; write 28.15 for 28.15 %, "
                "with no more than four decimals"
            )
        return Decimal(text)

    def part(self, said: "Statement", counts: Counts[N]) -> N:
        """What is divided by the whole."""
        return counts.sum(unit_of(said), said.places, said.batches)

    def whole(self, said: "Statement", counts: Counts[N]) -> N:
        """What it is divided by."""
        return counts.sum(unit_of(said), (said.of,), said.batches)

    def rule(self, said: "Statement", counts: Counts[N]) -> Rule[N]:
        part, whole = self.part(said, counts), self.whole(said, counts)
        if said.relation == "=":
            scale, low, high = share_limits(said.percent)
            yield scale * part - low * whole, 0, None
            yield scale * part - high * whole, None, -1
        else:
            scale = _scale(said.percent)
            form = 100 * scale * part - int(said.percent * scale) * whole
            yield _between(form, said.relation, 0)


class ShareOfMultiFilers(Share):
    """The services of entities with two or more, as a percentage."""

    units, filers, multi = ("services",), True, True
    zh = "{batches}{place}备案两个以上服务的主体占{of}服务的{about}{value}%"
    en = (
        "entities with two or more services held {about}{value} % of the services of {of} "
        "in {batches}"
    )

    def part(self, said: "Statement", counts: Counts[N]) -> N:
        return _of_multi(said, counts)


# --- places against each other -------------------------------------------------------------------


class Order(Kind):
    """X[1] ≥ X[2] ≥ … ≥ X[k] ≥ X[q] for every other place q of the levels named."""

    value, vague, relations = "places in falling order (A>B>C)", True, ("=", "~")
    joint: ClassVar[str] = ">"
    zh = "{batches}{noun}数由多到少依次为{value}"
    en = "by {noun} in {batches} the order was {value}"

    def read(self, text: str) -> tuple[str, ...]:
        names = tuple(places.find(name).name for name in text.split(self.joint))
        if len(set(names)) < len(names):
            raise ValueError(f"value {text!r} names a place twice")
        return names

    def write(self, said: "Statement") -> str:
        return self.joint.join(said.names)

    def check(self, said: "Statement") -> None:
        super().check(said)
        _the_nation(said)
        if len(said.names) < 2:
            raise ValueError("an order names two places or more, joined by >")

    def speaks_of(self, said: "Statement") -> tuple[str, ...]:
        return (*said.places, *said.names)

    def pairs(self, said: "Statement", counts: Counts[N]) -> Iterable[tuple[str, str]]:
        """Who is not below whom."""
        last = said.names[-1]
        return [*pairwise(said.names), *((last, name) for name in _rivals(said.names, counts))]

    def rule(self, said: "Statement", counts: Counts[N]) -> Rule[N]:
        for more, less in self.pairs(said, counts):
            yield counts.lead(unit_of(said), more, less, said.batches), 0, None


def _rivals(chain: Sequence[str], counts: Counts[N]) -> list[str]:
    """Places that an order puts below those it names: of a level it names, and holding none."""
    levels = {places.find(name).level for name in chain}
    holders = {*chain, *(above for name in chain for above in places.ancestors(name))}
    known = (name for name in counts.named() if name not in holders)
    return [name for name in known if places.find(name).level in levels]


class Leaders(Order):
    """X[l] ≥ X[q] for every leader l and every other province q."""

    value, joint = "places (A+B)", "+"
    zh = "{batches}{noun}数居前的是{value}"
    en = "{value} held the first places by {noun} in {batches}"

    def check(self, said: "Statement") -> None:
        Kind.check(self, said)
        _the_nation(said)
        if {places.find(name).level for name in said.names} != {"province"}:
            raise ValueError("leaders are provinces; use order or rank for cities")

    def pairs(self, said: "Statement", counts: Counts[N]) -> Iterable[tuple[str, str]]:
        return product(said.names, (p for p in places.province_names() if p not in said.names))


class Rank(Kind):
    """At least r − 1 others are not below the place, and at most r − 1 are above it.

    "r or better" keeps the second half, "r or worse" the first. Not every city has a count of its
    own, so for cities only the second half binds.
    """

    vague = True
    zh = "{batches}{place}的{noun}数{rank}{value}位"
    en = "{place} ranked {rank}{value} by {noun} in {batches}"

    def check(self, said: "Statement") -> None:
        super().check(said)
        _one_place(said)
        if said.number < 1:
            raise ValueError("value 0 is not a rank; ranks start at 1")

    def rule(self, said: "Statement", counts: Counts[N]) -> Rule[N]:
        (place,) = said.places
        if said.relation != ">=":
            yield counts.others(">", unit_of(said), place, said.batches), None, said.number - 1
        if said.relation != "<=" and places.find(place).level == "province":
            yield counts.others(">=", unit_of(said), place, said.batches), said.number - 1, None


class FirstBatch(Kind):
    """s[p,b] = 0 for b < k and s[p,k] ≥ 1.

    "By batch k" is Σ over b ≤ k of s[p,b] ≥ 1; "not before batch k" the zeros alone.
    """

    zh = "{place}首次出现于{value}"
    en = "{place} first appeared in {value}"

    def read(self, text: str) -> int:
        value = _whole_number(text)
        if not 1 <= value <= LAST_BATCH:
            raise ValueError(f"value {text!r} is not a batch; batches are 1 to {LAST_BATCH}")
        return value

    def check(self, said: "Statement") -> None:
        super().check(said)
        _one_place(said)

    def batches(self, said: "Statement") -> Sequence[int]:
        return (*said.batches, *range(1, said.number + 1))

    def rule(self, said: "Statement", counts: Counts[N]) -> Rule[N]:
        first = said.number
        before = counts.sum("services", said.places, tuple(range(1, first)))
        if said.relation == "<=":
            yield before + counts.sum("services", said.places, (first,)), 1, None
            return
        yield before, None, 0
        if said.relation == "=":
            yield counts.sum("services", said.places, (first,)), 1, None


LAST_BATCH = 99
"""No batch has a higher number: they are written with two digits at most."""


# --- what single filers hold ---------------------------------------------------------------------


class MaxPerEntity(Kind):
    """No entity has more than k services: s ≤ k·E, and s − E + m ≤ k·m; one has exactly k.

    In some place s − E ≥ k − 1, and with m: m ≥ 1, s − E − m ≥ k − 2 (an entity of k, the others
    with two or more each).
    """

    units, relations, filers = ("services",), ("=", "~"), True
    zh = "{batches}{place}单个主体最多备案{value}个服务"
    en = "no entity of {place} had more than {value} services in {batches}, and one had as many"

    def rule(self, said: "Statement", counts: Counts[N]) -> Rule[N]:
        most, chosen, cases = said.number, said.batches, []
        for part in counts.parts(said.places):
            for batch in chosen if len(chosen) > 1 else ():  # nor in one batch of several
                services, entities = (counts.sum(u, (part,), (batch,)) for u in UNITS)
                yield services - most * entities, None, 0
            services, entities = (counts.sum(u, (part,), chosen) for u in UNITS)
            extra = services - entities
            yield services - most * entities, None, 0
            case = [(entities, 1), (extra, most - 1)]
            if counts.knows("multi", chosen):
                multi = counts.sum("multi", (part,), chosen)
                yield extra - (most - 1) * multi, None, 0
                if most >= 2:
                    case += [(multi, 1), (extra - multi, most - 2)]
            cases.append(case)
        yield from counts.somewhere(cases)
        largest = counts.most(said.places, chosen)
        if largest is not None:
            yield largest, most, most


# --- kept for the reader -------------------------------------------------------------------------


class Context(Kind):
    """Puts no constraint on counts by place; its value is text."""

    value, binds = "text", False

    def __init__(self, en: str, zh: str):
        self.en, self.zh = en, zh

    def read(self, text: str) -> str:
        return text

    def check(self, said: "Statement") -> None:
        pass


KINDS: dict[str, Kind] = {
    "count": Count(),
    "share": Share(),
    "coverage": Coverage(),
    "order": Order(),
    "leaders": Leaders(),
    "rank": Rank(),
    "first_batch": FirstBatch(),
    "multi_filers": MultiFilers(),
    "single_filers": SingleFilers(),
    "max_per_entity": MaxPerEntity(),
    "services_of_multi_filers": ServicesOfMultiFilers(),
    "share_of_multi_filers": ShareOfMultiFilers(),
    "published": Context(
        "publication of {batches}: {about}{value}", "{batches}公布日期：{about}{value}"
    ),
    "category": Context(
        "{category} in {batches}: {about}{value}", "{batches}{category}：{about}{value}"
    ),
    "category_share": Context(
        "{category} in {batches}: {about}{value} %", "{batches}{category}：{about}{value}%"
    ),
    "bank_filers": Context(
        "banks that filed in {batches}: {about}{value}", "{batches}备案的银行：{about}{value}家"
    ),
    "bank_services": Context(
        "services filed by banks in {batches}: {about}{value}",
        "{batches}银行备案的服务：{about}{value}个",
    ),
    "listed_filers": Context(
        "listed companies that filed in {batches}: {about}{value}",
        "{batches}备案的上市公司：{about}{value}家",
    ),
    "trend": Context(
        "a change said of {place} in {batches} (in the source: {phrase})",
        "{batches}{place}的变化（原文：{phrase}）",
    ),
    "lists_released": Context(
        "lists released so far: {about}{value}", "已公布的清单：{about}{value}份"
    ),
}
"""Every kind by the name that the ledger gives it."""
