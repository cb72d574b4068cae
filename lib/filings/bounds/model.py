"""Statements as rows over whole-number unknowns: one function a kind, each with its formula.

Unknowns, for every *atom* a (a province, or a city or district that some statement names, or what
is left of a place once its named parts are taken out) and every batch b:

- s[a,b], services, and e[a,b], entities: whole numbers, e ≤ s, and s = 0 where e = 0;
- E[a,B], distinct entities over several batches B, where somebody speaks of them:
  max e[a,b] ≤ E[a,B] ≤ Σ e[a,b], and for B ⊂ C: E[a,B] ≤ E[a,C] ≤ E[a,B] + Σ e over C∖B;
- m[a,B], entities with two or more services in B: services of the others number E − m, so
  s − E ≥ m, and s = E where m = 0.

The count of a place is the sum over its atoms, so parts never exceed the whole and the 31
provinces add up to the nation. Nothing is taken from the statements but what they say.
"""

import math
from collections.abc import Callable, Iterable
from itertools import combinations, pairwise, product

import numpy as np

from filings import places
from filings.bounds.program import INF, Form, Rows, add
from filings.bounds.table import Sum, Table, rivals, share_limits
from filings.ledger import Statement

_MULTI_KINDS = (
    "multi_filers", "single_filers", "services_of_multi_filers", "share_of_multi_filers",
)  # fmt: skip


_NUMBER_OF_FILINGS = ("count", *_MULTI_KINDS[:3], "max_per_entity")


def _ceiling(statements: Iterable[Statement], batch: int) -> int:
    """More services than a batch needs to have for any statement about it to hold.

    The unknowns need some upper bound. This one is twice the sum of the numbers stated, of the
    largest as the smallest share stated, and of as many entities with the most that one has.
    ``IdentifiedSet`` finds out where it, and no statement, is what limits an answer.
    """
    about = {s.fact: s for s in statements if batch in s.batches}.values()
    stated = [s.value for s in about if s.kind in _NUMBER_OF_FILINGS]
    shares = [s.value for s in about if s.kind in ("share", "share_of_multi_filers") and s.value]
    most = max([s.value for s in about if s.kind == "max_per_entity"], default=1)
    entities = sum(s.value for s in about if s.kind == "count" and s.unit == "entities")
    whole = math.ceil(100 * max([1, *stated]) / min([100, *shares]))
    return 2 * (max(100, sum(stated)) + whole + most * entities)


class Model:
    """The rows of a ledger's statements, and the way from questions and answers to columns.

    ``statements`` must all bind; row owners are their positions. ``sums`` are questions whose
    entity selections and places must be expressible. ``ceilings`` bounds the services of a batch
    from above (default: beyond what any statement needs). ``over_several`` are the columns for
    distinct entities over several batches and for those with two or more services.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        sums: Iterable[Sum] = (),
        ceilings: dict[int, int] | None = None,
    ):
        self.statements = tuple(statements)
        sums = tuple(sums)
        batches = {b for item in (*self.statements, *sums) for b in item.batches}
        for statement in self.statements:
            if statement.kind == "first_batch":
                batches |= set(range(1, statement.value + 1))
        self.batches = tuple(sorted(batches))
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
        # Ranks come first, so that orders and leaders find their switches.
        numbered = sorted(enumerate(self.statements), key=lambda item: item[1].kind != "rank")
        for owner, statement in numbered:
            _KINDS[statement.kind](self, statement, owner)

    # --- unknowns ------------------------------------------------------------------------

    def _grow_tree(self, sums: tuple[Sum, ...]) -> None:
        names = [name for item in (*self.statements, *sums) for name in item.places]
        for statement in self.statements:
            names += [statement.of] if statement.of else []
            names += statement.value if isinstance(statement.value, tuple) else []
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
        for item in (*self.statements, *sums):
            speaks_of_filers = getattr(item, "kind", "") in (*_MULTI_KINDS, "max_per_entity")
            if len(item.batches) > 1 and (item.unit == "entities" or speaks_of_filers):
                several.add(item.batches)
            if getattr(item, "kind", "") in _MULTI_KINDS:
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
        for inner, outer in combinations(self.multi, 2):
            if set(inner) < set(outer):
                for atom in range(self.atom_count):
                    less, more = (self._forms["multi", sel, atom] for sel in (inner, outer))
                    self._at_least(more, less)

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

    # --- rows of each kind ---------------------------------------------------------------

    def _between(self, form: Form, statement: Statement, owner: int) -> None:
        """form = value, ≥ value or ≤ value, as the statement's relation says."""
        low = -INF if statement.relation == "<=" else statement.value
        high = INF if statement.relation == ">=" else statement.value
        self.rows.row(form, low, high, owner)

    def _unit(self, statement: Statement) -> str:
        return "entities" if statement.unit == "entities" else "services"

    def _of(self, statement: Statement, *names: str, unit: str = "") -> Form:
        unit = unit or self._unit(statement)
        return self.form(Sum(unit, names or statement.places, statement.batches))

    def _count(self, statement: Statement, owner: int) -> None:
        """Σ over the places = v (≥, ≤)."""
        self._between(self._of(statement), statement, owner)

    def _part_of(self, part: Form, statement: Statement, owner: int) -> None:
        """Share p of a whole X, printed with d decimals, rounded or cut.

        (p − ½·10⁻ᵈ)·X ≤ 100·part < (p + 10⁻ᵈ)·X, in whole numbers; ≥ and ≤ without rounding.
        """
        whole = self.form(Sum(self._unit(statement), (statement.of,), statement.batches))
        if statement.relation == "=":
            scale, low, high = share_limits(statement)
            self.rows.row(add((scale, part), (-low, whole)), low=0, owner=owner)
            self.rows.row(add((scale, part), (-high, whole)), high=-1, owner=owner)
        else:
            scale = 10 ** max(0, -statement.value.as_tuple().exponent)
            form = add((100 * scale, part), (-int(statement.value * scale), whole))
            if statement.relation == ">=":
                self.rows.row(form, low=0, owner=owner)
            else:
                self.rows.row(form, high=0, owner=owner)

    def _share(self, statement: Statement, owner: int) -> None:
        self._part_of(self._of(statement), statement, owner)

    def _coverage(self, statement: Statement, owner: int) -> None:
        """Σ y[p] = v over provinces, y[p] ≤ S[p] ≤ M·y[p], y binary."""
        self._between(self.coverage(statement.batches), statement, owner)

    def coverage(self, batches: tuple[int, ...]) -> Form:
        """The number of provinces with at least one service, as the sum of its switches."""
        if batches not in self._covered:
            most = sum(self.ceilings[b] for b in batches)
            self._covered[batches] = {}
            for name in places.province_names():
                count = self.form(Sum("services", (name,), batches))
                some = {self.rows.binary(): 1}
                self._at_least(count, some)
                self._at_least(add((most, some)), count)
                self._covered[batches] |= some
            # Who is there in some batches is there in more of them.
            for other in list(self._covered):
                inner, outer = sorted((batches, other), key=len)
                if set(inner) < set(outer):
                    pairs = zip(self._covered[outer], self._covered[inner], strict=True)
                    for more, less in pairs:
                        self._at_least({more: 1}, {less: 1})
        return self._covered[batches]

    def _order(self, statement: Statement, owner: int) -> None:
        """X[1] ≥ X[2] ≥ … ≥ X[k] ≥ X[q] for every other place q of the levels named."""
        chain = statement.value
        pairs = list(pairwise(chain))
        pairs += [(chain[-1], rival) for rival in rivals(chain, self.places)]
        self._ordered(pairs, statement, owner)

    def _leaders(self, statement: Statement, owner: int) -> None:
        """X[l] ≥ X[q] for every leader l and every other province q."""
        others = [name for name in places.province_names() if name not in statement.value]
        self._ordered(product(statement.value, others), statement, owner)

    def _ordered(self, pairs: Iterable[tuple[str, str]], statement: Statement, owner: int) -> None:
        for more, less in pairs:
            form = add((1, self._of(statement, more)), (-1, self._of(statement, less)))
            self.rows.row(form, low=0, owner=owner)
            # Whoever is below is not above a third place unless the one above is. This follows
            # from the row before, and spares the solver the search for it.
            for (_, _, unit, batches), switches in self._switched.items():
                same = (unit, batches) == (self._unit(statement), statement.batches)
                if same and more in switches and less in switches:
                    form = {switches[more]: 1, switches[less]: -1}
                    self.rows.row(form, low=0, owner=owner)

    def _rank(self, statement: Statement, owner: int) -> None:
        """At least r − 1 others are not below the place, and at most r − 1 are above it.

        Σ over q of [X[q] ≥ X[p]] ≥ r − 1 and Σ over q of [X[q] > X[p]] ≤ r − 1. "r or better"
        keeps the second half, "r or worse" the first. Not every city has an unknown of its own,
        so for cities only the second half binds.
        """
        mine = Sum(self._unit(statement), statement.places, statement.batches)
        if statement.relation != ">=":
            above = self.others(">", mine)
            self.rows.row(above, high=statement.value - 1, owner=owner)
        if statement.relation != "<=" and places.find(statement.place).level == "province":
            not_below = self.others(">=", mine)
            self.rows.row(not_below, low=statement.value - 1, owner=owner)

    def others(self, comparison: str, mine: Sum) -> Form:
        """How many other places of the level lie above (>) or not below (>=) the one place asked.

        Each has a switch b that is 1 if it does: with t = 1 for > and 0 for >=,
        t − M(1 − b) ≤ X[q] − X[p] ≤ t − 1 + M·b.
        """
        (place,) = mine.places
        key = comparison, place, mine.unit, mine.batches
        if key not in self._switched:
            level = places.find(place).level
            most = sum(self.ceilings[b] for b in mine.batches) + 1
            threshold = 1 if comparison == ">" else 0
            self._switched[key] = {}
            for name in self.places:
                if name == place or places.find(name).level != level:
                    continue
                theirs = self.form(Sum(mine.unit, (name,), mine.batches))
                lead = add((1, theirs), (-1, self.form(mine)))
                switch = self._switched[key][name] = self.rows.binary()
                form = add((1, lead), (-most, {switch: 1}))
                self.rows.row(form, low=threshold - most)
                self.rows.row(form, high=threshold - 1)
        return dict.fromkeys(self._switched[key].values(), 1)

    def _first_batch(self, statement: Statement, owner: int) -> None:
        """s[p,b] = 0 for b < k and s[p,k] ≥ 1.

        "By batch k" is Σ over b ≤ k of s[p,b] ≥ 1; "not before batch k" the zeros alone.
        """
        first = statement.value
        before = self.form(Sum("services", statement.places, tuple(range(1, first))))
        at = self.form(Sum("services", statement.places, (first,)))
        if statement.relation == "<=":
            self.rows.row(add((1, before), (1, at)), low=1, owner=owner)
            return
        self.rows.row(before, high=0, owner=owner)
        if statement.relation == "=":
            self.rows.row(at, low=1, owner=owner)

    def _multi_filers(self, statement: Statement, owner: int) -> None:
        """Σ m = v."""
        self._between(self._of(statement, unit="multi"), statement, owner)

    def _single_filers(self, statement: Statement, owner: int) -> None:
        """Σ (E − m) = v."""
        entities, multi = (self._of(statement, unit=unit) for unit in ("entities", "multi"))
        self._between(add((1, entities), (-1, multi)), statement, owner)

    def _several(self, statement: Statement) -> Form:
        """Services of the entities with two or more: s − (E − m)."""
        units = ("services", "entities", "multi")
        services, entities, multi = (self._of(statement, unit=unit) for unit in units)
        return add((1, services), (-1, entities), (1, multi))

    def _services_of_multi_filers(self, statement: Statement, owner: int) -> None:
        """Σ (s − E + m) = v."""
        self._between(self._several(statement), statement, owner)

    def _share_of_multi_filers(self, statement: Statement, owner: int) -> None:
        self._part_of(self._several(statement), statement, owner)

    def _max_per_entity(self, statement: Statement, owner: int) -> None:
        """No entity has more than k services: s ≤ k·E, and s − E + m ≤ k·m; one has exactly k.

        w[a] binary, Σ w ≥ 1: in some atom s − E ≥ (k − 1)·w, with m: s − E − m ≥ (k − 2)·w,
        m ≥ w (an entity of k, the other multi-filers with two or more each).
        """
        most, chosen = statement.value, statement.batches
        where = {}
        for atom in sorted({a for name in statement.places for a in self._atoms[name]}):
            services, entities = (
                self._atom_form(unit, chosen, atom) for unit in ("services", "entities")
            )
            has_it = self.rows.binary()
            where[has_it] = 1
            top = {has_it: 1}
            extra = add((1, services), (-1, entities))
            self.rows.row(add((1, services), (-most, entities)), high=0, owner=owner)
            self.rows.row(add((1, entities), (-1, top)), low=0)
            self.rows.row(add((1, extra), (-(most - 1), top)), low=0, owner=owner)
            if ("multi", chosen, atom) in self._forms:
                multi = self._atom_form("multi", chosen, atom)
                self.rows.row(add((1, extra), (1 - most, multi)), high=0, owner=owner)
                if most >= 2:
                    self.rows.row(add((1, multi), (-1, top)), low=0, owner=owner)
                    form = add((1, extra), (-1, multi), (2 - most, top))
                    self.rows.row(form, low=0, owner=owner)
        self.rows.row(where, low=1, owner=owner)


_KINDS: dict[str, Callable[[Model, Statement, int], None]] = {
    "count": Model._count,
    "share": Model._share,
    "coverage": Model._coverage,
    "order": Model._order,
    "leaders": Model._leaders,
    "rank": Model._rank,
    "first_batch": Model._first_batch,
    "multi_filers": Model._multi_filers,
    "single_filers": Model._single_filers,
    "services_of_multi_filers": Model._services_of_multi_filers,
    "share_of_multi_filers": Model._share_of_multi_filers,
    "max_per_entity": Model._max_per_entity,
}
