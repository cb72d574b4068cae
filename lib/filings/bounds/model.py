"""Statements as rows over whole-number unknowns: one function a kind, each with its formula.

Unknowns, for every *atom* a (a province, or a city or district that some statement names, or what
is left of a place once its named parts are taken out) and every batch b:

- s[a,b], services, and e[a,b], entities: whole numbers, e ≤ s, and s = 0 where e = 0;
- E[a,B], distinct entities over several batches B, where somebody speaks of them:
  max e[a,b] ≤ E[a,B] ≤ Σ e[a,b], and for B ⊂ C: E[a,B] ≤ E[a,C] ≤ E[a,B] + Σ e over C∖B, and
  E[a,B∪C] + E[a,B∩C] ≤ E[a,B] + E[a,C];
- m[a,B], entities with two or more services in B: services of the others number E − m, so
  s − E ≥ m, and s = E where m = 0; and Σ e − E ≤ (n − 1)·m over n batches, as who comes back has
  two or more;
- the most that one entity of some places has in some batches, where somebody says it: never less
  in more places or batches.

- and E[A∪B∪C] ≥ E[A∪B] + E[A∪C] + E[B∪C] − E[A] − E[B] − E[C], as nobody is in all three less
  than not at all.

The laws of distinct entities are those of unions of two and three: complete where the selections
that somebody speaks of lie one in the other, or within three batches. Entities with two or more
services, and the most that one has, are complete within one batch. Elsewhere a range can be wider
than the filers allow, never too narrow, and ``complete`` is False.

The count of a place is the sum over its atoms, so parts never exceed the whole and the 31
provinces add up to the nation. Nothing is taken from the statements but what they say.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np

from filings import places
from filings.bounds.program import Form, Rows, add
from filings.bounds.table import Sum, Table
from filings.ledger import KINDS, Statement, share_limits

_FEW = 3  # batches

Part = str | int
"""A place, or an atom of one."""


class Linear(dict):
    """A form that can be added, subtracted and multiplied: column → weight."""

    def __add__(self, other: Form) -> "Linear":
        return Linear(add((1, self), (1, other)))

    def __sub__(self, other: Form) -> "Linear":
        return Linear(add((1, self), (-1, other)))

    def __rmul__(self, factor: int) -> "Linear":
        return Linear(add((factor, self)))


def _ceiling(statements: Iterable[Statement], batch: int) -> int:
    """More services than a batch needs to have for any statement about it to hold.

    The unknowns need some upper bound. This one is twice the sum of the numbers stated, of the
    largest as the smallest share stated (along chains of shares: as the shares of shares), and of
    as many entities with the most that one has. ``IdentifiedSet`` finds out where it, and no
    statement, is what limits an answer.
    """
    about = {s.fact: s for s in statements if batch in s.batches}.values()
    amounts = [s for s in about if KINDS[s.kind].value == "whole number"]
    stated = [s.value for s in amounts if s.kind not in _NO_AMOUNT]
    shares = [s for s in about if KINDS[s.kind].takes_of and s.value]
    most = max([s.value for s in about if s.kind == "max_per_entity"], default=1)
    entities = sum(s.value for s in about if s.kind == "count" and s.unit == "entities")
    times = max([1, *(100 / s.value for s in shares), *_chains(shares)])
    return 2 * (max(100, sum(stated)) + math.ceil(max([1, *stated]) * times) + most * entities)


_NO_AMOUNT = ("rank", "first_batch", "coverage")
"""Kinds whose whole number is no number of filings."""


def _chains(shares: Iterable[Statement]) -> list:
    """How many times a part the last whole of a chain can be: shares of shares, two or more."""
    step: dict[tuple[str, ...], list[tuple[str, object]]] = {}
    for said in shares:
        scale, low, _ = share_limits(said.value)
        if low > 0:
            step.setdefault(said.places, []).append((said.of, -(-scale // low)))

    def on(whole: str, times: int, seen: frozenset[str]) -> Iterable[int]:
        for further, more in step.get((whole,), []):
            if further not in seen:
                yield times * more
                yield from on(further, times * more, seen | {further})

    starts = ((whole, times) for wholes in step.values() for whole, times in wholes)
    return [found for whole, times in starts for found in on(whole, times, frozenset({whole}))]


class Model:
    """The rows of a ledger's statements, and the way from questions and answers to columns.

    ``statements`` must all bind; row owners are their positions. ``sums`` are questions whose
    entity selections and places must be expressible. ``ceilings`` bounds the services of a batch
    from above (default: beyond what any statement needs). ``about`` are statements that need not
    be true, but must be expressible. ``over_several`` are the columns for
    distinct entities over several batches and for those with two or more services.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        sums: Iterable[Sum] = (),
        ceilings: dict[int, int] | None = None,
        about: Iterable[Statement] = (),
    ):
        self.statements = tuple(statements)
        self._about = (*self.statements, *about)
        sums = tuple(sums)
        said = (b for one in self._about for b in KINDS[one.kind].batches(one))
        self.batches = tuple(sorted({*said, *(b for one in sums for b in one.batches)}))
        given = ceilings or {}
        self.ceilings = {
            b: given[b] if b in given else _ceiling(self.statements, b) for b in self.batches
        }
        self.rows = Rows()
        self._asked: dict[Sum, Form] = {}
        self._grow_tree(sums)
        self._add_cells()
        cells = len(self.rows.lower)
        self._add_selections(sums)
        self.over_several = range(cells, len(self.rows.lower))
        self._switched: dict[tuple, dict[str, int]] = {}
        self._covered: dict[tuple[int, ...], Form] = {}
        self._most: dict[tuple[frozenset[int], frozenset[int]], int] = {}
        # Ranks come first, so that orders and leaders find their switches.
        numbered = sorted(enumerate(self.statements), key=lambda item: item[1].kind != "rank")
        for owner, statement in numbered:
            self.impose(statement, owner)

    def impose(self, statement: Statement, owner: int) -> None:
        """The rows that make the statement true; they bind for that owner."""
        self._owner = owner
        for form, low, high in KINDS[statement.kind].rule(statement, self):
            self.rows.row(form, low, high, owner)

    # --- unknowns ------------------------------------------------------------------------

    def _grow_tree(self, sums: tuple[Sum, ...]) -> None:
        names = [name for item in sums for name in item.places]
        for statement in self._about:
            names += KINDS[statement.kind].speaks_of(statement)
        children: dict[str, list[str]] = {name: [] for name in places.province_names()}
        for name in sorted(set(names), key=lambda name: places.find(name).code):
            place = places.find(name)
            while place.level in ("city", "district"):
                siblings = children.setdefault(place.parent, [])
                children.setdefault(place.name, [])
                if place.name not in siblings:
                    siblings.append(place.name)
                place = places.find(place.parent)
        self.places = (places.NATION, *children)
        atoms: list[str] = []

        def leaves(name: str) -> tuple[int, ...]:
            """Atoms of the place: those of its named parts, then one for what is left of it."""
            own = [atom for child in children[name] for atom in self._place_atoms(child, leaves)]
            atoms.append(name)
            return (*own, len(atoms) - 1)

        self._atoms: dict[str, tuple[int, ...]] = {}
        for name in places.province_names():
            self._place_atoms(name, leaves)
        self._atoms[places.NATION] = tuple(range(len(atoms)))
        self.atom_count = len(atoms)

    def _place_atoms(self, name: str, leaves: Callable) -> tuple[int, ...]:
        self._atoms[name] = leaves(name)
        return self._atoms[name]

    def _add_cells(self) -> None:
        rows, self._forms = self.rows, {}
        for batch in self.batches:
            ceiling = self.ceilings[batch]
            for atom in range(self.atom_count):
                services, repeats = rows.column(upper=ceiling), rows.column(upper=ceiling)
                self._forms["services", (batch,), atom] = {services: 1}
                self._forms["entities", (batch,), atom] = {services: 1, repeats: -1}
                # Somebody filed what was filed: e = 0 only where s = 0.
                rows.row({services: 1 - ceiling, repeats: ceiling}, high=0)
            rows.row(self.form(Sum("services", (places.NATION,), (batch,))), high=ceiling)

    def _add_selections(self, sums: tuple[Sum, ...]) -> None:
        """Distinct entities over several batches, and entities with two or more services."""
        several, multi = set(), set()
        for item in (*self._about, *sums):
            kind = KINDS[item.kind] if isinstance(item, Statement) else None
            if len(item.batches) > 1 and (item.unit == "entities" or (kind and kind.filers)):
                several.add(item.batches)
            if kind and kind.multi:
                multi.add(item.batches)
        self.selections = sorted(several, key=lambda batches: (len(batches), batches))
        self.multi = sorted(multi, key=lambda batches: (len(batches), batches))
        for chosen in self.selections:
            for atom in range(self.atom_count):
                returning = {self.rows.column(upper=sum(self.ceilings[b] for b in chosen)): 1}
                singles = [self._forms["entities", (b,), atom] for b in chosen]
                together = add(*((1, single) for single in singles))
                self._forms["entities", chosen, atom] = add((1, together), (-1, returning))
                for single in singles:
                    self._at_least(self._forms["entities", chosen, atom], single)
        for inner, outer in combinations(self.selections, 2):
            if set(inner) < set(outer):
                for atom in range(self.atom_count):
                    less, more = (self._forms["entities", sel, atom] for sel in (inner, outer))
                    rest = [self._forms["entities", (b,), atom] for b in set(outer) - set(inner)]
                    self._at_least(more, less)
                    self._at_least(add((1, less), *((1, new) for new in rest)), more)
        self._add_laws_of_unions()
        self._add_laws_of_three()
        for chosen in self.multi:
            ceiling = sum(self.ceilings[b] for b in chosen)
            for atom in range(self.atom_count):
                filers = self._atom_form("entities", chosen, atom)
                extra = add((1, self._atom_form("services", chosen, atom)), (-1, filers))
                several = {self.rows.column(upper=ceiling): 1}
                self._forms["multi", chosen, atom] = several
                self._at_least(extra, several)
                self._at_least(add((ceiling, several)), extra)
                self._at_least(filers, several)
                # Who comes back has two services or more, and comes back once a further batch.
                singles = [self._forms["entities", (b,), atom] for b in chosen]
                together = add(*((1, single) for single in singles), (-1, filers))
                self._at_least(add((len(chosen) - 1, several)), together)
        for inner, outer in combinations(self.multi, 2):
            if set(inner) < set(outer):
                for atom in range(self.atom_count):
                    less, more = (self._forms["multi", sel, atom] for sel in (inner, outer))
                    self._at_least(more, less)

    def _add_laws_of_unions(self) -> None:
        """E[A] + E[B] ≥ E[A∪B] + E[A∩B]: who is in both is counted twice on the left, and right."""
        known = {*self.selections, *((batch,) for batch in self.batches)}
        for one, other in combinations(sorted(known), 2):
            union, both = (
                tuple(sorted(found)) for found in ({*one, *other}, {*one}.intersection(other))
            )
            if union not in known or union in (one, other) or (both and both not in known):
                continue
            for atom in range(self.atom_count):
                parts = [(1, self._forms["entities", chosen, atom]) for chosen in (one, other)]
                parts += [(-1, self._forms["entities", both, atom])] if both else []
                self._at_least(add(*parts), self._forms["entities", union, atom])

    def _add_laws_of_three(self) -> None:
        """Who is in all three of A, B and C is nobody at the least: see the formula above."""
        known = sorted({*self.selections, *((batch,) for batch in self.batches)})
        for three in combinations(known, 3):
            pairs = [tuple(sorted({*one, *other})) for one, other in combinations(three, 2)]
            every = tuple(sorted({*three[0], *three[1], *three[2]}))
            apart = len(every) == sum(map(len, three))
            if not apart or not {*pairs, every} <= {*known}:
                continue
            for atom in range(self.atom_count):
                terms = [(1, self._forms["entities", chosen, atom]) for chosen in pairs]
                terms += [(-1, self._forms["entities", chosen, atom]) for chosen in three]
                self._at_least(self._forms["entities", every, atom], add(*terms))

    @cached_property
    def complete(self) -> bool:
        """False where filers may rule out tables that the laws of counts let pass."""
        nested = all(set(one) <= set(other) for one, other in pairwise(self.selections))
        few = len({batch for chosen in self.selections for batch in chosen}) <= _FEW
        filers = [one for one in self._about if KINDS[one.kind].filers]
        largest = [one for one in filers if one.kind == "max_per_entity"]
        return (
            (nested or few)
            and all(len(one.batches) == 1 for one in filers)
            and len({one.batches for one in largest}) == len(largest)
        )

    def _at_least(self, more: Form, less: Form) -> None:
        """A row that holds in any register: more ≥ less."""
        self.rows.row(add((1, more), (-1, less)), low=0)

    # --- questions and answers -----------------------------------------------------------

    def _atom_form(self, unit: str, batches: tuple[int, ...], atom: int) -> Form:
        if unit == "services" and len(batches) != 1:
            return add(*((1, self._forms[unit, (batch,), atom]) for batch in batches))
        return self._forms[unit, batches, atom]

    def form(self, question: Sum) -> Form:
        """The columns whose sum answers the question. Raises KeyError where the model has none."""
        if question not in self._asked:
            self._asked[question] = add(
                *(
                    (1, self._atom_form(question.unit, question.batches, atom))
                    for name in question.places
                    for atom in self._atoms[name]
                )
            )
        return self._asked[question]

    def can_answer(self, question: Sum) -> bool:
        """True if the places and the selection of batches of the question have columns."""
        known = set(question.places) <= set(self._atoms) and set(question.batches) <= set(
            self.batches
        )
        several = question.unit == "entities" and len(question.batches) > 1
        return known and (not several or question.batches in self.selections)

    def table(self, point: np.ndarray) -> Table:
        """The register that a point of the program stands for."""
        keys = [(unit, (b,)) for b in self.batches for unit in ("services", "entities")]
        keys += [("entities", chosen) for chosen in self.selections]
        keys += [("multi", chosen) for chosen in self.multi]
        counts, at = {}, point.tolist()
        for unit, chosen in keys:
            atoms = [
                sum(weight * at[column] for column, weight in form.items())
                for form in (self._forms[unit, chosen, atom] for atom in range(self.atom_count))
            ]
            counts[unit, chosen] = {
                name: round(sum(atoms[a] for a in self._atoms[name])) for name in self.places
            }
        return Table(counts)

    # --- what the rules of `filings.ledger.kinds` ask of counts ---------------------------

    def sum(self, unit: str, names: Sequence[Part], batches: Sequence[int]) -> Linear:
        """The columns whose sum is how many the places, or atoms, have together."""
        atoms = [atom for name in names for atom in self._atoms.get(name, (name,))]
        if not batches:
            return Linear()
        return Linear(add(*((1, self._atom_form(unit, tuple(batches), atom)) for atom in atoms)))

    def named(self) -> Iterable[str]:
        """Every place that has unknowns of its own."""
        return self.places

    def parts(self, names: Sequence[str]) -> Iterable[int]:
        """The atoms of the places."""
        return sorted({atom for name in names for atom in self._atoms[name]})

    def knows(self, unit: str, batches: Sequence[int]) -> bool:
        """Whether there are unknowns for that unit and selection."""
        return (unit, tuple(batches), 0) in self._forms

    def coverage(self, batches: Sequence[int]) -> Linear:
        """The number of provinces with at least one service, as the sum of its switches.

        y[p] ≤ S[p] ≤ M·y[p], y binary.
        """
        batches = tuple(batches)
        if batches not in self._covered:
            most = sum(self.ceilings[b] for b in batches)
            self._covered[batches] = {}
            for name in places.province_names():
                count = self.sum("services", (name,), batches)
                some = Linear({self.rows.binary(): 1})
                self._at_least(count, some)
                self._at_least(most * some, count)
                self._covered[batches] |= some
            # Who is there in some batches is there in more of them.
            for other in list(self._covered):
                inner, outer = sorted((batches, other), key=len)
                if set(inner) < set(outer):
                    pairs = zip(self._covered[outer], self._covered[inner], strict=True)
                    for more, less in pairs:
                        self._at_least({more: 1}, {less: 1})
        return Linear(self._covered[batches])

    def others(self, comparison: str, unit: str, place: str, batches: Sequence[int]) -> Linear:
        """How many other places of the level lie above (>) or not below (>=) that place.

        Each has a switch b that is 1 if it does: with t = 1 for > and 0 for >=,
        t − M(1 − b) ≤ X[q] − X[p] ≤ t − 1 + M·b.
        """
        key = comparison, place, unit, tuple(batches)
        if key not in self._switched:
            level, mine = places.find(place).level, self.sum(unit, (place,), batches)
            most = sum(self.ceilings[b] for b in batches) + 1
            threshold = 1 if comparison == ">" else 0
            self._switched[key] = {}
            for name in self.places:
                if name == place or places.find(name).level != level:
                    continue
                switch = self._switched[key][name] = self.rows.binary()
                form = self.sum(unit, (name,), batches) - mine - Linear({switch: most})
                self.rows.row(form, low=threshold - most)
                self.rows.row(form, high=threshold - 1)
        return Linear(dict.fromkeys(self._switched[key].values(), 1))

    def lead(self, unit: str, more: str, less: str, batches: Sequence[int]) -> Linear:
        """By how much a place that is said not to be below another is above it.

        Whoever is below is not above a third place unless the one above is. This follows from what
        is said, and spares the solver the search for it.
        """
        for (_, _, counted, chosen), switches in self._switched.items():
            same = (counted, chosen) == (unit, tuple(batches))
            if same and more in switches and less in switches:
                form = {switches[more]: 1, switches[less]: -1}
                self.rows.row(form, low=0, owner=self._owner)
        return self.sum(unit, (more,), batches) - self.sum(unit, (less,), batches)

    def most(self, names: Sequence[str], batches: Sequence[int]) -> Linear:
        """The most services that one entity of the places has in the batches."""
        key = frozenset(self.parts(names)), frozenset(batches)
        if key not in self._most:
            ceiling = sum(self.ceilings[b] for b in batches)
            column = self._most[key] = self.rows.column(upper=ceiling)
            for (atoms, chosen), other in self._most.items():
                if atoms <= key[0] and chosen <= key[1]:
                    self._at_least({column: 1}, {other: 1})
                elif key[0] <= atoms and key[1] <= chosen:
                    self._at_least({other: 1}, {column: 1})
        return Linear({self._most[key]: 1})

    def somewhere(self, cases: Iterable[Sequence[tuple[Form, int]]]) -> Iterable[tuple]:
        """Switches, one a case, of which one is on: where it is, each form is its least or more."""
        switches = Linear()
        for case in cases:
            one = Linear({self.rows.binary(): 1})
            switches |= one
            for form, least in case:
                yield form - least * one, 0, None
        yield switches, 1, None
