"""The random walk over all tables that agree with the evidence, many tables at once.

What is drawn are the *cells*: services of a place or what is left of it (see ``bounds.model``) in
a batch. The model's rows bind them; where a row speaks of more (entities, other batches), the cells
keep what it says at its loosest, and whether the rest exists is asked of each draw at the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import gammaln

from filings import places
from filings.bounds import IdentifiedSet, Sum
from filings.convergence import LEADERS
from filings.ledger import KINDS, Statement

PROVINCES = places.province_names()
POOL = np.array([name not in LEADERS for name in PROVINCES])
"""The provinces outside the leaders."""

CONCENTRATIONS = np.geomspace(2, 300, 20)
"""How closely a batch may follow the expected shares: from hardly to almost as dice would."""

GROUPS = 16
"""Starting points: the chains of a group begin at one of them."""

_FAR = 10**9
_EPS = 1e-6
_STARTS = 16
_LARGEST = 64
_PARTNERS = 60
_RARELY = 50

Law = tuple[np.ndarray | None, int]


class Counts:
    """Services in many tables, as the rules of ``filings.ledger.kinds`` ask for them.

    ``by`` holds for a selection of batches one row a place, one column a table. Other units and
    batches are a KeyError. ``switched``: a rule has asked for what is no sum of counts.
    """

    def __init__(self, known: Sequence[str], batches: Sequence[int], counts: np.ndarray):
        self._row = {name: n for n, name in enumerate(known)}
        self._level = {name: places.find(name).level for name in known}
        rows = {
            level: [n for n, at in enumerate(self._level.values()) if at == level]
            for level in set(self._level.values())
        }
        # Provinces stand side by side: a slice of them is no copy.
        self._at = {
            level: slice(at[0], at[-1] + 1) if at[-1] - at[0] == len(at) - 1 else at
            for level, at in rows.items()
        }
        self.by = {(batch,): counts[n].astype(np.int32) for n, batch in enumerate(batches)}
        self.switched = False

    def _all(self, unit: str, batches: Sequence[int]) -> np.ndarray:
        key = tuple(batches)
        if unit != "services":
            raise KeyError(unit)
        if key not in self.by:
            self.by[key] = sum(self.by[batch,] for batch in key)
        return self.by[key]

    def change(self, batches: Sequence[int], rows, by: np.ndarray) -> None:
        """Add ``by``, one layer a batch, to the rows."""
        for key, counts in self.by.items():
            inside = [n for n, batch in enumerate(batches) if batch in key]
            if inside:
                counts[rows] += by[inside].sum(axis=0) if len(inside) > 1 else by[inside[0]]

    def agree(self, statement: Statement) -> np.ndarray:
        """For each table whether the statement is true of it."""
        true = True
        for number, low, high in KINDS[statement.kind].rule(statement, self):
            true = true & (low is None or number >= low) & (high is None or number <= high)
        return true

    def sum(self, unit, names, batches):
        if not batches:
            return 0
        counts = self._all(unit, batches)
        return sum(counts[self._row[name]] for name in names)

    def coverage(self, batches):
        self.switched = True
        return _number(self._all("services", batches)[self._at["province"]] > 0)

    def others(self, comparison, unit, place, batches):
        self.switched = True
        mine = self.sum(unit, (place,), batches)
        theirs = self._all(unit, batches)[self._at[self._level[place]]]
        if comparison == ">":
            return _number(theirs > mine)
        return _number(theirs >= mine) - 1  # it is not below itself

    def lead(self, unit, more, less, batches):
        return self.sum(unit, (more,), batches) - self.sum(unit, (less,), batches)

    def named(self):
        return self._row

    def parts(self, *_):
        raise KeyError("filers")

    knows = most = somewhere = parts


def _number(true: np.ndarray) -> np.ndarray:
    """How many rows are true of each column (the short type is faster)."""
    return np.add.reduce(true.view(np.int8), axis=0, dtype=np.int16)


# --- moves ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """Whole multiples of a change of a few cells.

    ``rows`` are those that it moves and ``slopes`` by how much; ``places`` the counts that it
    moves, and ``net`` by how much in each of ``batches``. ``law`` and ``pool`` say so of single
    provinces (batch, province, change) and of all outside the leaders (batch, change).
    """

    cells: np.ndarray
    steps: np.ndarray
    rows: np.ndarray
    slopes: np.ndarray
    batches: tuple[int, ...]
    places: np.ndarray
    net: np.ndarray
    law: tuple[tuple[int, int, int], ...]
    pool: tuple[tuple[int, int], ...]

    def reach(self, spread: np.ndarray) -> float:
        """About how far it can go, where the cells spread so far."""
        return (spread[self.cells] / np.abs(self.steps)).min()


@dataclass(frozen=True)
class Jump:
    """What a move of several cells can reach: rows, and counts of places, with the slopes of both.

    One column a cell. Whole numbers this small are exact as floats, and multiplied much faster.
    """

    cells: np.ndarray
    rows: np.ndarray
    slopes: np.ndarray
    batches: tuple[int, ...]
    places: np.ndarray
    net: np.ndarray


@dataclass(frozen=True)
class Swap:
    """Two provinces trade what they have in some batches: what rank and coverage keep apart.

    The first half of the jump's cells is one's, the second the other's.
    """

    jump: Jump
    provinces: tuple[int, int]

    def reach(self, spread: np.ndarray) -> float:
        """As for a line."""
        one, two = spread[self.jump.cells].reshape(2, -1)
        return np.minimum(one, two).sum()


@dataclass(frozen=True)
class Refill:
    """Services of the leaders go to provinces outside as Pólya's urn deals them, and back.

    ``sides`` are the cells of the others and of the leaders in the batch, as positions in the
    jump's, ``provinces`` whose each cell is.
    """

    jump: Jump
    sides: tuple[np.ndarray, np.ndarray]
    provinces: np.ndarray

    def reach(self, spread: np.ndarray) -> float:
        """As for a line."""
        return min(spread[self.jump.cells[side]].sum() for side in self.sides)


class Feasible:
    """All tables of services of some batches that agree with the statements, ready to be drawn.

    Parameters
    ----------
    statements
        What is kept: it must be able to hold together (``bounds.reconcile``).
    batches
        The batches to draw; statements about others bind as far as they bear on these.

    Raises
    ------
    ContradictionError
        If no table agrees.
    ValueError
        If nothing bounds the services of a batch: no draw stands for what has no end.
    """

    def __init__(self, statements: Iterable[Statement], batches: Sequence[int]):
        self.batches = tuple(batches)
        whole = [Sum("services", (places.NATION,), (b,)) for b in self.batches]
        self.identified = IdentifiedSet(statements, whole)
        if open_ := self.identified.open_batches & set(self.batches):
            raise ValueError(
                f"no statement bounds the services of batch {min(open_)}; none are drawn"
            )
        model = self.model = self.identified.model
        self.known, self.atoms = model.places, model.atom_count
        every = [(b, a) for b in self.batches for a in range(self.atoms)]
        self.columns = np.array([next(iter(model.sum("services", [a], (b,)))) for b, a in every])
        parts = [set(model.parts([name])) for name in self.known]
        self.home = np.array([[int(a in part) for a in range(self.atoms)] for part in parts])
        self.province = np.array([self.known.index(name) for name in PROVINCES])
        self._bind()
        self._start()
        self._note_switched()
        self._plan()

    def _bind(self) -> None:
        """Rows of the cells: first the bounds of each, then what is left of the model's rows."""
        rows, cells = self.model.rows, len(self.columns)
        matrix = rows.matrix().tocsc()
        lower, upper = np.array(rows.lower, float), np.array(rows.upper, float)
        rest = np.setdiff1d(np.arange(len(lower)), self.columns)
        more, less = matrix[:, rest].maximum(0), matrix[:, rest].minimum(0)
        low = np.array(rows.low) - (more @ upper[rest] + less @ lower[rest])
        high = np.array(rows.high) - (more @ lower[rest] + less @ upper[rest])
        proven = list(self._bounded_by_filers())
        forms = [np.eye(cells), matrix[:, self.columns].toarray(), *(form for form, _, _ in proven)]
        matrix = np.concatenate(forms)
        low = np.concatenate([lower[self.columns], low, [end for _, end, _ in proven]])
        high = np.concatenate([upper[self.columns], high, [end for _, _, end in proven]])
        for row in np.flatnonzero((matrix != 0).sum(axis=1) == 1):
            (cell,) = np.flatnonzero(matrix[row])
            ends = sorted((low[row] / matrix[row, cell], high[row] / matrix[row, cell]))
            low[cell] = max(low[cell], np.ceil(ends[0] - _EPS))
            high[cell] = min(high[cell], np.floor(ends[1] + _EPS))
        more, less = np.maximum(matrix, 0), np.minimum(matrix, 0)
        least = more @ low[:cells] + less @ high[:cells]
        most = more @ high[:cells] + less @ low[:cells]
        binds = (least < low) | (most > high)
        binds[:cells] = True
        self.matrix = np.rint(matrix[binds]).astype(int)
        self.low = np.ceil(np.clip(low[binds], -_FAR, _FAR) - _EPS).astype(np.int32)
        self.high = np.floor(np.clip(high[binds], -_FAR, _FAR) + _EPS).astype(np.int32)

    def _bounded_by_filers(self):
        """The proven range of each province in batches of which somebody counts the filers."""
        said = (s for s in self.identified.statements if len(s.batches) == 1)
        about = {s.batches[0] for s in said if s.unit == "entities" or KINDS[s.kind].filers}
        for n, batch in enumerate(self.batches):
            if batch in about:
                asked = [Sum("services", (name,), (batch,)) for name in PROVINCES]
                for at, found in zip(self.province, self.identified.bounds(asked), strict=True):
                    form = np.zeros((len(self.batches), self.atoms))
                    form[n] = self.home[at]
                    yield form.reshape(1, -1), found.low, _FAR if found.high is None else found.high

    def _start(self) -> None:
        """Tables far apart: those at the ends of random sums."""
        rng = np.random.default_rng(0)
        for _ in range(_STARTS):
            batch = int(rng.choice(self.batches))
            names = tuple(name for name in PROVINCES if rng.random() < 0.4) or PROVINCES[:1]
            for end in ("low", "high"):
                self.identified.witness(Sum("services", tuple(names), (batch,)), end)
        found = np.rint(np.array(self.identified.points)[:, self.columns])
        self.starts = np.unique(found.astype(int), axis=0)

    def _note_switched(self) -> None:
        """Statements that no row of cells stands for: ranks and coverage, while still open."""
        counts = Counts(self.known, self.batches, self.counts(self.starts.T))
        rows, cells, kept = self.model.rows, set(self.columns), {}
        for owner, statement in enumerate(self.model.statements):
            counts.switched = False
            try:
                counts.agree(statement)
            except KeyError:
                continue
            own = (form for form, by in zip(rows.forms, rows.owner, strict=True) if by == owner)
            switches = {column for form in own for column in form if column not in cells}
            if counts.switched and any(rows.lower[c] < rows.upper[c] for c in switches):
                kept[statement.fact] = statement
        self.switched = tuple(kept.values())

    def counts(self, cells: np.ndarray) -> np.ndarray:
        """Batch × place × table: the counts of every place, from cells × table."""
        return np.einsum("pa,bat->bpt", self.home, cells.reshape(len(self.batches), self.atoms, -1))

    # --- the moves ---

    def _plan(self) -> None:
        """The moves by kind, each kind with how often it is tried."""
        cells, atoms, rng = len(self.columns), self.atoms, np.random.default_rng(0)
        free = np.flatnonzero(self.low[:cells] < self.high[:cells]).tolist()
        batch = [cell // atoms for cell in free]
        singles = self._open([((i,), (1,)) for i in free])
        trades = self._open([(pair, (1, -1)) for pair in combinations(free, 2)])
        stuck = set(free) - {cell for moved, _ in (*singles, *trades) for cell in moved}
        squares = self._open(self._squares(free, stuck, rng))
        needed = [square for square in squares if not stuck.isdisjoint(square[0])]
        spare = [square for square in squares if stuck.isdisjoint(square[0])]
        made = [(singles, 1.0), (needed, 10.0), (spare, 2.0)]
        for b in sorted(set(batch)):
            inside = [t for t in trades if {cell // atoms for cell in t[0]} == {b}]
            made.append((inside, 20 * batch.count(b) / len(free)))
        made.append(([t for t in trades if len({cell // atoms for cell in t[0]}) == 2], 5.0))
        kinds = [([self._line(*line) for line in lines], often) for lines, often in made]
        kinds += [(list(self._swaps(set(free))), 8.0), (list(self._refills(trades)), 12.0)]
        self.kinds = [(moves, often) for moves, often in kinds if moves]

    def _squares(self, free: list[int], stuck: set[int], rng: np.random.Generator) -> Iterable:
        """A trade in one batch and one back in another: between the same two places, and, for a
        cell that can trade with no other of its batch, with any two.
        """
        there = {n: [c for c in free if c // self.atoms == n] for n in range(len(self.batches))}
        for one, two in combinations(free, 2):
            if (one - two) % self.atoms:
                continue
            first, then = (there[cell // self.atoms] for cell in (one, two))
            pairs = [(c, d) for c in first for d in then if (c - d) % self.atoms == 0]
            if {one, two} & stuck:
                pairs += zip(rng.choice(first, _PARTNERS), rng.choice(then, _PARTNERS), strict=True)
            for c, d in pairs:
                if c > one or (c != one and d != two and {one, two} & stuck):
                    yield (one, int(c), two, int(d)), (1, -1, -1, 1)

    def _open(self, lines: list) -> list:
        """The lines that no row of one value forbids."""
        tight = self.matrix[self.low == self.high]
        return [(at, by) for at, by in lines if not (tight[:, list(at)] @ np.array(by)).any()]

    def _line(self, cells: tuple[int, ...], steps: tuple[int, ...]) -> Line:
        change = np.zeros((len(self.batches), self.atoms), int)
        change.ravel()[list(cells)] = steps
        slopes = self.matrix @ change.ravel()
        rows, moved = np.flatnonzero(slopes), change @ self.home.T
        inside = np.flatnonzero(change.any(axis=1))
        at, number = np.flatnonzero(moved.any(axis=0)), np.array(self.batches)
        net = moved[:, self.province]
        law = [
            (int(number[b]), int(p), int(net[b, p])) for b, p in zip(*np.nonzero(net), strict=True)
        ]
        outside = [(int(number[b]), int(net[b, POOL].sum())) for b in inside]
        return Line(
            np.array(cells), np.array(steps), rows, slopes[rows], tuple(number[inside].tolist()),
            at, moved[np.ix_(inside, at)], tuple(law), tuple(each for each in outside if each[1]),
        )  # fmt: skip

    def _jump(self, cells: Sequence[int]) -> Jump:
        cells = np.array(cells)
        of_batch, atom = np.divmod(cells, self.atoms)
        slopes, inside = self.matrix[:, cells], np.unique(of_batch)
        rows, at = (
            np.flatnonzero(slopes.any(axis=1)),
            np.flatnonzero(self.home[:, atom].any(axis=1)),
        )
        net = self.home[np.ix_(at, atom)] * (of_batch == inside[:, None])[:, None]
        return Jump(
            cells, rows, slopes[rows].astype(np.float32),
            tuple(self.batches[n] for n in inside), at, net.astype(np.float32),
        )  # fmt: skip

    def _swaps(self, free: set[int]) -> Iterable[Swap]:
        scopes = {frozenset(statement.batches) for statement in self.switched}
        scopes |= {one - two for one in scopes for two in scopes}
        scopes |= {frozenset((batch,)) for batch in self.batches}
        parts = [np.flatnonzero(self.home[at]) for at in self.province]
        alone = [(int(own[0]), p) for p, own in enumerate(parts) if len(own) == 1]
        made = set()
        for (i, p), (j, q) in combinations(alone, 2):
            if POOL[p] != POOL[q]:
                continue  # the whole outside the leaders has a weight of its own
            for scope in sorted(map(sorted, scopes)):
                at = [n * self.atoms for n, b in enumerate(self.batches) if b in scope]
                at = [n for n in at if {n + i, n + j} <= free]
                if at and (i, j, *at) not in made:
                    made.add((i, j, *at))
                    yield Swap(self._jump([*(n + i for n in at), *(n + j for n in at)]), (p, q))

    def _refills(self, trades: list) -> Iterable[Refill]:
        of = {
            int(a): n for n, at in enumerate(self.province) for a in np.flatnonzero(self.home[at])
        }
        for n in range(len(self.batches)):
            across = [pair for pair, _ in trades if {cell // self.atoms for cell in pair} == {n}]
            across = [pair for pair in across if len({POOL[of[c % self.atoms]] for c in pair}) > 1]
            cells = np.array(sorted({cell for pair in across for cell in pair}), int)
            mine = np.array([of[cell % self.atoms] for cell in cells], int)
            if len(cells):
                sides = np.flatnonzero(POOL[mine]), np.flatnonzero(~POOL[mine])
                yield Refill(self._jump(cells), sides, mine)


# --- the walk -------------------------------------------------------------------------------------


class Walk:
    """Tables, one a chain, that move at random through the feasible ones.

    Each law has as many chains, side by side: all chains try the same moves, which costs little
    more than moving those of one. A law is the ``shares`` (or None) and ``after`` of an
    `Assumption`: with shares a batch's services outside the leaders are dealt by Pólya's urn
    (Dirichlet-multinomial), whose concentration each chain draws as well, all of `CONCENTRATIONS`
    being as likely beforehand.
    """

    def __init__(self, feasible: Feasible, laws: Sequence[Law], chains: int, seed: int):
        self.of, self.chains = feasible, chains * len(laws)
        self.rng = np.random.default_rng(seed)
        first = np.arange(chains) * GROUPS // chains % len(feasible.starts)
        start = feasible.starts[np.tile(first, len(laws))].T
        self.values = (feasible.matrix @ start).astype(np.int32)
        self.counts = Counts(feasible.known, feasible.batches, feasible.counts(start))
        self.lawful = any(shares is not None for shares, _ in laws)
        grid = np.arange(len(CONCENTRATIONS))
        self.grid = grid[:, None] + np.repeat(np.arange(len(laws)), chains) * len(grid)
        self.at = self.grid[self.rng.integers(0, len(grid), self.chains), np.arange(self.chains)]
        self._weigh(laws)
        self._chances = [np.full(len(moves), 1 / len(moves)) for moves, _ in feasible.kinds]

    def _weigh(self, laws: Sequence[Law]) -> None:
        """Log weights by batch: of a province's count, and of the whole outside the leaders.

        The first axis is the laws', each with every concentration.
        """
        of = self.of
        x = np.arange(max(of.model.ceilings[b] for b in of.batches) + 1.0)
        parts = of.home[of.province].sum(axis=1)[:, None]
        splits = gammaln(x + parts) - gammaln(parts) - gammaln(x + 1)
        self.parts = parts[:, 0]
        self.own, self.whole, self.alpha = {}, {}, {}
        made: dict[tuple[bool, ...], tuple[np.ndarray, ...]] = {}
        for b in of.batches:
            dealt = tuple(shares is not None and b > after for shares, after in laws)
            if dealt not in made:
                made[dealt] = self._weights(laws, dealt, x, splits)
            self.own[b], self.whole[b], self.alpha[b] = made[dealt]

    def _weights(self, laws, dealt, x, splits) -> tuple[np.ndarray, ...]:
        size, every = len(CONCENTRATIONS), CONCENTRATIONS[:, None]
        own = np.broadcast_to(-splits, (len(laws), size, *splits.shape)).copy()
        whole = np.zeros((len(laws), size, len(x)))
        alpha = np.ones((len(laws), size, len(PROVINCES)))
        for law in np.flatnonzero(dealt):
            base = np.where(POOL, laws[law][0], 0)
            alpha[law] = np.where(POOL, every * base / base.sum(), 1)
            a = alpha[law][:, POOL, None]
            own[law][:, POOL] += gammaln(x + a) - gammaln(a) - gammaln(x + 1)
            whole[law] = gammaln(x + 1) + gammaln(every) - gammaln(x + every)
        return tuple(each.reshape(-1, *each.shape[2:]) for each in (own, whole, alpha))

    def _mine(self, batch: int, province: int) -> np.ndarray:
        return self.counts.by[batch,][self.of.province[province]]

    def _outside(self, batch: int) -> np.ndarray:
        return self.counts.by[batch,][self.of.province[POOL]].sum(axis=0)

    def run(self, steps: int) -> None:
        """So many moves of every chain."""
        kinds, rng = self.of.kinds, self.rng
        if not kinds:
            return  # one table alone agrees
        often = np.array([share for _, share in kinds])
        heaps = [np.cumsum(chances) for chances in self._chances]
        for n, kind in enumerate(rng.choice(len(kinds), steps, p=often / often.sum())):
            heap = heaps[kind]
            move = kinds[kind][0][min(int(np.searchsorted(heap, rng.random())), len(heap) - 1)]
            _MOVES[type(move)](self, move)
            if self.lawful and n % _RARELY == 0:
                self._concentrate()

    def adapt(self) -> None:
        """From now on try moves as often as they reach far; the walk must still be warming up."""
        spread = self.values[: len(self.of.columns)].std(axis=1)
        for n, (moves, _) in enumerate(self.of.kinds):
            reach = np.array([move.reach(spread) for move in moves]) + 0.5
            self._chances[n] = reach / reach.sum()

    def along(self, line: Line) -> None:
        """Draw from all tables on the line by their weights; stay where a rank would break."""
        of, now, size = self.of, self.values[line.rows], np.abs(line.slopes)[:, None]
        more = (of.high[line.rows, None] - now) // size
        less = (now - of.low[line.rows, None]) // size
        rises = line.slopes[:, None] > 0
        last = np.where(rises, more, less).min(axis=0)
        first = -np.where(rises, less, more).min(axis=0)
        width = last - first
        if not width.any():
            return
        if any(self.lawful or self.parts[p] > 1 for _, p, _ in line.law):
            nth = np.arange(width.max() + 1)[:, None]
            k = np.minimum(first + nth, last)
            log = np.zeros(k.shape)
            for b, p, net in line.law:
                log += self.own[b][self.at, p, self._mine(b, p) + k * net]
            for b, net in line.pool if self.lawful else ():
                log += self.whole[b][self.at, self._outside(b) + k * net]
            log[nth > width] = -np.inf
            k = first + self._drawn(log)
        else:
            k = first + (self.rng.random(self.chains) * (width + 1)).astype(int)
        k = np.minimum(k, last)
        change = line.net[:, :, None] * k
        self.counts.change(line.batches, line.places, change)
        good = self._agree(line.batches)
        if not good.all():
            self.counts.change(line.batches, line.places, np.where(good, 0, -change))
            k = np.where(good, k, 0)
        self.values[line.rows] += line.slopes[:, None] * k

    def _drawn(self, log: np.ndarray) -> np.ndarray:
        """A row for each column, by log weights."""
        heap = np.cumsum(np.exp(log - log.max(axis=0)), axis=0)
        found = (heap <= self.rng.random(self.chains) * heap[-1]).sum(axis=0)
        return np.minimum(found, len(log) - 1)

    def _agree(self, batches: Sequence[int]) -> np.ndarray:
        good = np.ones(self.chains, bool)
        for statement in self.of.switched:
            if not set(batches).isdisjoint(statement.batches):
                good &= self.counts.agree(statement)
        return good

    def _jump(
        self, jump: Jump, change: np.ndarray, log: np.ndarray, at: np.ndarray | slice = slice(None)
    ) -> None:
        """Change the jump's cells ``at`` these positions, with the chance exp(log), where rows and
        ranks allow it.
        """
        of = self.of
        good = np.log(self.rng.random(self.chains)) < log
        change = np.where(good, change, 0).astype(np.float32)
        shift = (jump.slopes[:, at] @ change).astype(np.int32)
        new = self.values[jump.rows] + shift
        low, high = of.low[jump.rows, None], of.high[jump.rows, None]
        good &= ((low <= new) & (new <= high)).all(axis=0)
        if not good.any():
            return
        moved = (jump.net[:, :, at] @ np.where(good, change, 0)).astype(np.int32)
        self.counts.change(jump.batches, jump.places, moved)
        agree = self._agree(jump.batches)
        if not agree.all():
            self.counts.change(jump.batches, jump.places, np.where(agree, 0, -moved))
        self.values[jump.rows] += np.where(good & agree, shift, 0)

    def swap(self, swap: Swap) -> None:
        """Trade what two provinces have (Metropolis)."""
        p, q = swap.provinces
        held = self.values[swap.jump.cells]
        x, y = held.reshape(2, -1, self.chains)
        log = np.zeros(self.chains)
        for n, b in enumerate(swap.jump.batches if self.lawful else ()):
            own = self.own[b]
            log += own[self.at, p, y[n]] - own[self.at, p, x[n]]
            log += own[self.at, q, x[n]] - own[self.at, q, y[n]]
        self._jump(swap.jump, np.concatenate([y - x, x - y]), log)

    def refill(self, move: Refill) -> None:
        """Deal some of the leaders' services to some of the others, or some of theirs to leaders.

        Dealing by Pólya's urn and taking blindly are each other's reverse, so what is left to be
        accepted or not is how the walk's weights differ from those of the urns (Metropolis and
        Hastings).
        """
        rng, (b,) = self.rng, move.jump.batches
        some = [rng.random(len(side)) < rng.random() ** 0.3 for side in move.sides]
        if not all(chosen.any() for chosen in some):
            return
        at = [side[chosen] for side, chosen in zip(move.sides, some, strict=True)]
        mine = [move.provinces[side] for side in at]
        held = [self.values[move.jump.cells[side]] for side in at]
        # Each chain goes its own way: all chains at once one way would not keep to the weights.
        deals, size = rng.random(self.chains) < 0.5, rng.random(self.chains)
        size = np.exp(size * np.log(_LARGEST)).astype(int)
        size[size > np.where(deals, held[1].sum(axis=0), held[0].sum(axis=0))] = 0
        log, changes = np.where(size > 0, 0.0, -np.inf), []
        for now, provinces, gains in zip(held, mine, (deals, ~deals), strict=True):
            alpha = self._urn(b, provinces)
            ones = now + alpha
            # A gamma variable as G(a + 1)·U^(1/a): so small ones vanish in logarithms only.
            odds = np.log(rng.standard_gamma(ones + 1)) + np.log(rng.random(ones.shape)) / ones
            odds = np.exp(odds - odds.max(axis=0))
            gained = rng.multinomial(np.where(gains, size, 0), (odds / odds.sum(axis=0)).T).T
            change = gained - _taken(rng, now, np.where(gains, 0, size))
            log += _dealt(now, alpha) - _dealt(now + change, alpha)
            # A province that is one cell weighs what its urn does.
            parted = self.parts[provinces] > 1
            for sign, counts in ((-1, now[parted]), (1, now[parted] + change[parted])):
                a = alpha[parted]
                rows = gammaln(counts + a) - gammaln(a) - gammaln(counts + 1)
                log -= sign * rows.sum(axis=0)
            for p in np.unique(provinces[parted]):
                has = self._mine(b, p)
                log += self.own[b][self.at, p, has + change[provinces == p].sum(axis=0)]
                log -= self.own[b][self.at, p, has]
            changes.append(change)
        before, moved = self._outside(b), changes[0].sum(axis=0)
        log += self.whole[b][self.at, before + moved] - self.whole[b][self.at, before]
        self._jump(move.jump, np.concatenate(changes), log, np.concatenate(at))

    def _urn(self, batch: int, provinces: np.ndarray) -> np.ndarray:
        """The ones that the urn begins with, by cell and chain."""
        return self.alpha[batch][self.at, provinces[:, None]] / self.parts[provinces][:, None]

    def _concentrate(self) -> None:
        """Draw each chain's concentration from its weights, given the table."""
        log = np.zeros(self.grid.shape)
        for b in self.of.batches:
            log += self.whole[b][self.grid, self._outside(b)]
            for p in np.flatnonzero(POOL):
                log += self.own[b][self.grid, p, self._mine(b, p)]
        self.at = self.grid[self._drawn(log), np.arange(self.chains)]


def _taken(rng: np.random.Generator, held: np.ndarray, due: np.ndarray) -> np.ndarray:
    """Which of the units held are taken blindly, ``due`` of each column: halves, then quarters …"""
    sums = [held]
    while len(sums[-1]) > 1:
        last = sums[-1]
        sums.append(last[::2] + np.concatenate([last[1::2], np.zeros_like(last[: len(last) % 2])]))
    taken = due[None]
    for counts in sums[-2::-1]:
        pairs, both = np.zeros((2, *taken.shape), int), len(counts) // 2
        pairs[0] = taken
        pairs[0, :both] = rng.hypergeometric(counts[: 2 * both : 2], counts[1::2], taken[:both])
        pairs[1] = taken - pairs[0]
        taken = pairs.swapaxes(0, 1).reshape(-1, held.shape[1])[: len(counts)]
    return taken


def _dealt(counts: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """What the sum of each column weighs by Pólya's urn (logarithm)."""
    whole, total = counts.sum(axis=0), alpha.sum(axis=0)
    return gammaln(whole + 1) + gammaln(total) - gammaln(whole + total)


_MOVES = {Line: Walk.along, Swap: Walk.swap, Refill: Walk.refill}
