"""Small made-up registers whose every table can be listed, and statements that are true of one.

All filings lie in a few atoms (provinces, 深圳, the rest of 广东); one statement empties the
other provinces and one a batch bounds its total. So the tables that agree with any further
statements can be enumerated, in arrays with one row a table, without the program under test.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import chain, combinations, pairwise, product
from random import Random

import numpy as np
from filings import measures, places
from filings.bounds import Sum, Table
from filings.ledger import Statement

NATION = "全国"
ATOMS = ("北京", "上海", "湖南", "深圳", "广东 without 深圳")
HOME = {"北京": (0,), "上海": (1,), "湖南": (2,), "深圳": (3,), "广东": (3, 4), NATION: range(5)}
"""Place → its atoms. 西藏 stands for the 27 provinces that have nothing."""
PROVINCES = ("北京", "上海", "湖南", "广东")
EMPTY = tuple(name for name in places.province_names() if name not in PROVINCES)
BOTH = (1, 2)
_NO_ATOMS = np.zeros(len(ATOMS), int)
_ATOMS_OF = {name: np.isin(range(len(ATOMS)), atoms).astype(int) for name, atoms in HOME.items()}


def statement(kind, where, batches, value, relation="=", unit="services", of="", **more):
    """A statement; ``where`` joins places by +."""
    fields = {"id": "M", "source": "S01", **more}
    return Statement(
        fields["id"], fields["source"], kind, tuple(where.split("+")), tuple(batches), unit,
        relation, value, of, also=fields.get("also", ()),
        note=fields.get("note", ""),
    )  # fmt: skip


def numbered(statements, letter="M"):
    """The statements with ids and sources of their own, in their order."""
    return [
        replace(each, id=f"{letter}{n:03}", source=f"{letter}{n:02}")
        for n, each in enumerate(statements, start=1)
    ]


# --- every table of a frame ---


@dataclass(frozen=True)
class Tables:
    """Tables of counts: (unit, batches) → array of one row a table and one column an atom."""

    counts: dict[tuple[str, tuple[int, ...]], np.ndarray]

    def __len__(self) -> int:
        return len(self.counts["services", (1,)])

    def __getitem__(self, chosen) -> "Tables":
        return Tables({key: array[chosen] for key, array in self.counts.items()})

    def atoms(self, unit, batches) -> np.ndarray:
        if unit == "services":
            return sum(self.counts[unit, (batch,)] for batch in batches)
        return self.counts[unit, tuple(batches)]

    def value(self, unit, names, batches) -> np.ndarray:
        """Each table's count of the places in the batches together."""
        return self.atoms(unit, batches) @ _makes_up(names).sum(axis=1)

    def over_provinces(self, unit, batches) -> np.ndarray:
        """One row a table, one column each of the 31 provinces."""
        return self.atoms(unit, batches) @ _makes_up(places.province_names())

    def table(self, number: int) -> Table:
        """One of them as the library's own kind of table."""
        known = (NATION, *places.province_names(), "深圳")
        counts = {}
        for key, array in self.counts.items():
            if key[0] == "most":
                continue
            row = array[number] @ _makes_up(known)
            counts[key] = dict(zip(known, row.tolist(), strict=True))
        return Table(counts)


def _makes_up(names) -> np.ndarray:
    """One row an atom, one column a place: 1 where the atom is of the place."""
    return np.stack([_ATOMS_OF.get(name, _NO_ATOMS) for name in names], axis=1)


def _up_to(total: int, parts: int):
    return [counts for counts in product(range(total + 1), repeat=parts) if sum(counts) <= total]


@cache
def services_tables(totals: tuple[int, ...], atoms: int = 5) -> Tables:
    """Every table of services with at most so many in batches 1, 2, … (entities left out).

    With fewer than five ``atoms`` the last ones are empty.
    """
    each = [_up_to(total, atoms) for total in totals]
    rows = np.array(list(product(*each)), dtype=int).reshape(-1, len(totals), atoms)
    full = np.zeros((len(rows), len(totals), len(ATOMS)), int)
    full[:, :, :atoms] = rows
    return Tables({("services", (b + 1,)): full[:, b] for b in range(len(totals))})


def _filers(services: int) -> list[tuple[int, int]]:
    """(entities, those with two or more) that can hold so many services."""
    found = {(0, 0)} if services == 0 else set()
    for entities in range(1, services + 1):
        extra = services - entities
        found |= {(entities, m) for m in range(min(entities, extra) + 1) if (m > 0) == (extra > 0)}
    return sorted(found)


@cache
def filer_tables(total: int) -> Tables:
    """Every table of services, entities and multi-filers of batch 1 with at most so many."""
    rows = []
    for services in _up_to(total, 5):
        for filers in product(*map(_filers, services)):
            rows.append((services, *zip(*filers, strict=True)))
    array = np.array(rows)
    units = ("services", "entities", "multi")
    return Tables({(unit, (1,)): array[:, n] for n, unit in enumerate(units)})


@cache
def returning_tables(totals: tuple[int, int], atoms: int = 3) -> Tables:
    """Every table of services and entities of batches 1 and 2, and of distinct entities of both."""
    rows = []
    for one, two in product(*(_up_to(total, atoms) for total in totals)):
        cells = [
            [
                (e1, e2, both)
                for e1 in range(min(s1, 1), s1 + 1)
                for e2 in range(min(s2, 1), s2 + 1)
                for both in range(max(e1, e2), e1 + e2 + 1)
            ]
            for s1, s2 in zip(one, two, strict=True)
        ]
        rows += [(one, two, *zip(*chosen, strict=True)) for chosen in product(*cells)]
    array = np.zeros((len(rows), 5, len(ATOMS)), int)
    array[:, :, :atoms] = np.array(rows)
    keys = [(unit, (b,)) for unit in ("services", "entities") for b in BOTH] + [("entities", BOTH)]
    return Tables({key: array[:, n] for n, key in enumerate(keys)})


@cache
def registers_of_filers(totals: tuple[int, ...], atoms: int = 2) -> Tables:
    """Every register of filers with at most so many services in batches 1, 2, …, as counts.

    A filer is of one atom and has so many services in each batch. ``most`` is what the largest
    filer of the atom has. Registers with the same counts are one.
    """
    batches = range(1, len(totals) + 1)
    chosen = [c for size in batches for c in combinations(batches, size)]
    every = [f for f in product(*(range(t + 1) for t in totals)) if any(f)]

    def rosters(start: int, left: tuple[int, ...]):
        """All ways to take filers, from a type on, that fit."""
        yield ()
        for n in range(start, len(every)):
            rest = tuple(a - b for a, b in zip(left, every[n], strict=True))
            if min(rest) >= 0:
                yield from ((every[n], *more) for more in rosters(n, rest))

    rows = set()
    for roster in rosters(0, totals):
        held = [[sum(f[b - 1] for b in c) for f in roster] for c in chosen]
        counts = [[sum(h), sum(n > 0 for n in h), sum(n > 1 for n in h), max(h, default=0)]
                  for h in held]  # fmt: skip
        rows.add(tuple(chain.from_iterable(counts)))
    one = np.array(sorted(rows)).reshape(len(rows), len(chosen), 4)
    joint = _side_by_side(one, atoms, totals)
    units = ("services", "entities", "multi", "most")
    return Tables({
        (unit, c): joint[:, :, n, u]
        for n, c in enumerate(chosen) for u, unit in enumerate(units)
        if unit != "services" or len(c) == 1
    })  # fmt: skip


def _side_by_side(one: np.ndarray, atoms: int, totals: tuple[int, ...]) -> np.ndarray:
    """Every way to put one row in each atom, the others empty, within the totals.

    ``one`` has a row a register, a column a selection (single batches first) and a unit.
    """
    full = np.zeros((1, len(ATOMS), *one.shape[1:]), int)
    for atom in range(atoms):
        full = np.repeat(full, len(one), axis=0)
        full[:, atom] = np.tile(one, (len(full) // len(one), 1, 1))
        fits = full[:, :, : len(totals), 0].sum(axis=1) <= totals
        full = full[fits.all(axis=1)]
    return full


def frame(totals: tuple[int, ...], atoms: int = 5) -> list[Statement]:
    """The statements that leave just the tables above."""
    batches = tuple(range(1, len(totals) + 1))
    made = [statement("count", "+".join(EMPTY), batches, 0)]
    made += [statement("count", NATION, (b,), totals[b - 1], "<=") for b in batches]
    gone = {3: "广东", 4: "深圳"}
    if atoms < 3:
        made.append(statement("count", "湖南", batches, 0))
    if atoms < 4:
        made.append(statement("count", gone[3], batches, 0))
    made.append(statement("count", "深圳", batches, 0, ">=" if atoms > 3 else "="))
    return numbered(made, "F")


# --- what each statement says, over all tables at once ---


def _compared(numbers, relation, value):
    return {"=": numbers == value, ">=": numbers >= value, "<=": numbers <= value}[relation]


def _printed(part, whole, said: Decimal) -> np.ndarray:
    """True where 100·part/whole, rounded half up or half down or cut, prints as the percentage.

    All is multiplied by the whole and by the power of ten that makes the percentage whole.
    """
    scale = 10 ** max(0, -said.as_tuple().exponent)
    true, shown, step = 100 * scale * part, int(scale * said) * whole, whole
    rounded = 2 * abs(true - shown) <= step
    return (whole > 0) & (rounded | ((shown <= true) & (true < shown + step)))


def agrees(said: Statement, tables: Tables) -> np.ndarray:
    """For each table whether the statement is true of it (of some filers it can have)."""
    unit = "entities" if said.unit == "entities" else "services"
    value, batches, relation = said.value, said.batches, said.relation

    def count(*names, unit=unit):
        return tables.value(unit, names or said.places, batches)

    def others(*names):
        """Counts of the provinces that are not named, one row each."""
        rest = [name not in names for name in places.province_names()]
        return tables.over_provinces(unit, batches)[:, rest].T

    if said.kind == "count":
        return _compared(count(), relation, value)
    if said.kind in ("share", "share_of_multi_filers"):
        part, whole = count(), count(said.of)
        if said.kind == "share_of_multi_filers":
            part = part - count(unit="entities") + count(unit="multi")
        if relation == "=":
            return _printed(part, whole, value)
        exact = Fraction(value)
        percent, least = 100 * exact.denominator * part, exact.numerator * whole
        return percent >= least if relation == ">=" else percent <= least
    if said.kind == "coverage":
        return _compared(
            (tables.over_provinces("services", batches) > 0).sum(axis=1), relation, value
        )
    if said.kind == "order":
        chain = [count(name) for name in value]
        true = np.all([a >= b for a, b in pairwise(chain)], axis=0)
        if any(name in places.province_names() for name in value):
            holders = {*value, *(["广东"] if "深圳" in value else [])}
            true &= chain[-1] >= others(*holders).max(axis=0)
        return true
    if said.kind == "leaders":
        return np.min([count(name) for name in value], axis=0) >= others(*value).max(axis=0)
    if said.kind == "rank":
        mine, rest = count(), others(*said.places)
        if said.places == ("深圳",):  # the library knows no other city
            rest = rest[:0]
        above = (rest > mine).sum(axis=0) <= value - 1
        not_below = (rest >= mine).sum(axis=0) >= value - 1
        if said.places == ("深圳",):
            not_below |= True
        return {"=": above & not_below, "<=": above, ">=": not_below}[relation]
    if said.kind == "first_batch":
        has = [tables.value("services", said.places, (b,)) > 0 for b in range(1, value + 1)]
        before = np.any([*has[:-1], np.zeros(len(tables), bool)], axis=0)
        return {"=": has[-1] & ~before, "<=": has[-1] | before, ">=": ~before}[relation]
    if said.kind == "multi_filers":
        return _compared(count(unit="multi"), relation, value)
    if said.kind == "single_filers":
        return _compared(count(unit="entities") - count(unit="multi"), relation, value)
    if said.kind == "services_of_multi_filers":
        several = count() - count(unit="entities") + count(unit="multi")
        return _compared(several, relation, value)
    assert said.kind == "max_per_entity"
    return _most_is(said, tables)


@cache
def _sizes(services: int, entities: int, most: int) -> frozenset[tuple[int, bool]]:
    """(multi-filers, whether one has exactly ``most``) of all ways to share out the services."""
    if entities == 0:
        return frozenset({(0, False)} if services == 0 else set())
    found = set()
    for first in range(1, min(most, services) + 1):
        for multi, has in _sizes(services - first, entities - 1, most):
            found.add((multi + (first > 1), has or first == most))
    return frozenset(found)


def _most_is(said: Statement, tables: Tables) -> np.ndarray:
    """By sharing out each atom's services among its entities in every way."""
    if ("most", said.batches) in tables.counts:
        inside = sorted({a for name in said.places for a in HOME.get(name, ())})
        largest = tables.counts["most", said.batches][:, inside]
        return (largest.max(axis=1, initial=0) == said.value) & (said.value > 0)
    atoms = sorted({a for name in said.places for a in HOME.get(name, ())})
    services, entities = (tables.atoms(u, said.batches)[:, atoms] for u in ("services", "entities"))
    multi = tables.counts.get(("multi", said.batches))
    true = []
    for row in range(len(tables)):
        has = False
        for n, atom in enumerate(atoms):
            ways = _sizes(int(services[row, n]), int(entities[row, n]), said.value)
            if multi is not None:
                ways = {way for way in ways if way[0] == multi[row, atom]}
            if not ways:
                break
            has = has or any(exactly for _, exactly in ways)
        else:
            true.append(has)
            continue
        true.append(False)
    return np.array(true, dtype=bool)


def agreeing(tables: Tables, said: list[Statement]) -> Tables:
    """The tables of which all statements are true."""
    for each in said:
        tables = tables[agrees(each, tables)]
    return tables


# --- statements drawn from a truth ---

PLACES = ("北京", "上海", "湖南", "深圳", "广东", "北京+上海", "湖南+广东", "西藏")
SERVICE_KINDS = ("count", "count", "share", "coverage", "order", "leaders", "rank", "first_batch")
FILER_KINDS = (
    "count", "share", "order", "rank", "multi_filers", "single_filers", "services_of_multi_filers",
    "share_of_multi_filers", "max_per_entity",
)  # fmt: skip
RETURNING_KINDS = ("count", "count", "share", "order", "rank", "max_per_entity")


def drawn(random: Random, truth: Tables, kinds) -> Statement | None:
    """A random statement of one of the kinds that is true of the one table; None if none is."""
    kind = random.choice(kinds)
    where, relation = random.choice(PLACES), random.choice(("=", "=", ">=", "<="))
    units = [u for u in ("services", "entities") if (u, (1,)) in truth.counts]
    unit = random.choice(units)
    selections = [s for unit, s in truth.counts if unit == "entities"]
    if not selections:
        selections = [s for s in ((1,), (2,), BOTH) if ("services", (s[-1],)) in truth.counts]
    batches, of = random.choice(selections), ""
    values = range(7)
    if kind in ("order", "leaders", "coverage"):
        where, relation = NATION, relation if kind == "coverage" else "="
    match kind:
        case "count" | "services_of_multi_filers" | "multi_filers" | "single_filers":
            where = random.choice((*PLACES, NATION))
        case "share" | "share_of_multi_filers":
            where, of = random.choice(
                [*((p, NATION) for p in PLACES), ("深圳", "广东"), ("北京", "上海")]
            )
            step = Decimal(1).scaleb(-random.randrange(3))
            values = _percentages(truth, kind, unit, where, batches, of, relation, step)
        case "order":
            values = [
                tuple(random.sample(("北京", "上海", "湖南", "广东"), random.randint(2, 3)))
                for _ in range(6)
            ]
            values.append(("上海", "深圳"))
        case "leaders":
            values = [tuple(random.sample(PROVINCES, random.randint(1, 3))) for _ in range(6)]
        case "rank":
            where, values = random.choice((*PROVINCES, "深圳", "西藏")), range(1, 9)
        case "first_batch":
            where, values = random.choice(PLACES[:5]), (1, 2)
            batches, unit = BOTH, "services"
        case "max_per_entity":
            relation = "="
            where = random.choice((*PLACES, NATION))
    unit = {"coverage": "provinces", "multi_filers": "entities", "single_filers": "entities",
            "services_of_multi_filers": "services", "share_of_multi_filers": "services",
            "max_per_entity": "services"}.get(kind, unit)  # fmt: skip
    values = list(values)
    while values:
        value = values.pop(random.randrange(len(values)))
        said = statement(kind, where, batches, value, relation, unit, of)
        if agrees(said, truth)[0]:
            return said
    return None


def _percentages(truth, kind, unit, where, batches, of, relation, step):
    """The percentages, in steps from 0 to 100, that can be true, and hardly any other."""
    unit = "services" if kind == "share_of_multi_filers" else unit
    part = truth.value(unit, where.split("+"), batches)
    if kind == "share_of_multi_filers":
        part = part - truth.value("entities", where.split("+"), batches)
        part = part + truth.value("multi", where.split("+"), batches)
    whole, last = int(truth.value(unit, [of], batches)[0]), int(100 / step)
    if whole:
        at = int(100 * int(part[0]) / step / whole)
        first, end = {"=": (at - 1, at + 1), ">=": (0, at), "<=": (at, last)}[relation]
    else:  # nothing is no percentage of nothing, and neither below nor above any
        first, end = (0, -1) if relation == "=" else (0, last)
    return [step * n for n in range(max(0, first), min(end, last) + 1)]


def told(random: Random, truth: Tables, kinds, most: int) -> list[Statement]:
    """Up to so many different statements that are true of the one table."""
    made = [drawn(random, truth, kinds) for _ in range(random.randint(1, most))]
    return numbered(dict.fromkeys(each for each in made if each is not None))


# --- questions by brute force ---


def ends(values) -> tuple:
    """Lowest and highest of all tables' values."""
    return np.min(values), np.max(values)


def questions(units=("services",), selections=((1,), (2,), BOTH)) -> list[Sum]:
    """Every unit, place (some joined) and selection."""
    return [
        Sum(unit, tuple(where.split("+")), batches)
        for unit in units
        for where in (*PLACES, NATION)
        for batches in selections
    ]


def measured(tables: Tables, name: str, unit: str, batches) -> list[float]:
    """The measure of every table that has anything in the batches, equal tables once."""
    distinct = np.unique(tables.atoms(unit, batches), axis=0)
    rows = np.unique(distinct @ _makes_up(places.province_names()), axis=0)
    region = list(places.provinces()["region_en"])
    function = {
        "theil_between": lambda row: measures.theil_between(row, region),
        "theil_within": lambda row: measures.theil_within(row, region),
    }.get(name) or getattr(measures, name, None)
    if function is None:
        function = lambda row: measures.concentration_ratio(row, int(name[2:]))  # noqa: E731
    return [function(row) for row in rows if row.any()]


def read_back(table: Table) -> Tables:
    """A table of the library as one row of ours. AssertionError if it breaks the frame."""
    found = {}
    for key, counts in table.counts.items():
        assert counts[NATION] == sum(counts[name] for name in places.province_names())
        assert not any(counts[name] for name in EMPTY)
        atoms = [counts[name] for name in ATOMS[:4]] + [counts["广东"] - counts["深圳"]]
        assert min(atoms) >= 0
        found[key] = np.array([atoms])
    return Tables(found)
