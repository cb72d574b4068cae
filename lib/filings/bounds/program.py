"""A mixed-integer program kept in HiGHS, so that many questions can be put to one set of rows."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise

import highspy
import numpy as np
from scipy.sparse import csr_array

Form = Mapping[int, float]
"""A linear form: column → coefficient."""

INF = highspy.kHighsInf


def add(*forms: tuple[float, Form]) -> dict[int, float]:
    """The weighted sum of forms, without zero coefficients."""
    total: dict[int, float] = {}
    for weight, form in forms:
        for column, coefficient in form.items():
            total[column] = total.get(column, 0) + weight * coefficient
    if 0 in total.values():
        return {column: value for column, value in total.items() if value}
    return total


SECONDS = 120.0
"""How long one question about a measure may take the solver."""

_ROUNDS = 20
_NOBODY = -1  # the owner, in an array, of rows that always bind
_EPS = 1e-6


def outermost(low: float, high: float) -> tuple[int, int]:
    """The first and the last whole number between two ends that the solver found."""
    return math.ceil(low - _EPS), math.floor(high + _EPS)


@dataclass
class Rows:
    """Columns with bounds and rows ``low <= form <= high``, in the order they were added.

    ``owner`` tells which statement (by position) a row belongs to; None for the rows that hold in
    any register.
    """

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    owner: list[int | None] = field(default_factory=list)

    def column(self, lower: float = 0, upper: float = INF, integer: bool = True) -> int:
        """A new column; returns its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.lower) - 1

    def binary(self) -> int:
        """A new column that is 0 or 1."""
        return self.column(0, 1)

    def row(
        self,
        form: Form,
        low: float | None = None,
        high: float | None = None,
        owner: int | None = None,
    ) -> None:
        """A new row ``low <= form <= high``; None is no end."""
        self.forms.append(form)
        self.low.append(-INF if low is None else low)
        self.high.append(INF if high is None else high)
        self.owner.append(owner)

    def without(self, columns: Collection[int]) -> "Rows":
        """The rows that mention none of these columns."""
        left_out = set(columns)
        return self._only(n for n, form in enumerate(self.forms) if left_out.isdisjoint(form))

    def _only(self, numbers: Iterable[int]) -> "Rows":
        """These rows alone, in the same columns."""
        numbers = list(numbers)
        said = (self.forms, self.low, self.high, self.owner)
        kept = ([each[number] for number in numbers] for each in said)
        return Rows(list(self.lower), list(self.upper), list(self.integer), *kept)

    def broken(self, point: np.ndarray) -> set[int | None]:
        """Owners of the rows that a point of whole numbers does not meet."""
        values = self.matrix() @ point
        low, high = np.array(self.low, float), np.array(self.high, float)
        met = (low - 0.5 < values) & (values < high + 0.5)
        return {self.owner[number] for number in np.flatnonzero(~met)}

    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All forms in one: where each begins (and the last ends), the columns, the weights."""
        starts = np.cumsum([0, *map(len, self.forms)], dtype=np.int32)
        columns = chain.from_iterable(self.forms)
        weights = chain.from_iterable(form.values() for form in self.forms)
        count = int(starts[-1])
        return starts, np.fromiter(columns, np.int32, count), np.fromiter(weights, float, count)

    def matrix(self) -> csr_array:
        """The weights, one row a form."""
        starts, columns, weights = self.entries()
        return csr_array((weights, columns, starts), shape=(len(self.forms), len(self.lower)))

    def narrowed(self) -> "Rows":
        """The same points, if all columns are integer, with narrower columns and fewer rows.

        Columns are bounded by what each row alone implies, and rows that the bounds then imply are
        left out. The solver would do the same, but anew for every question.
        """
        weights = self.matrix()
        weights.eliminate_zeros()
        more, less = weights.maximum(0), weights.minimum(0)
        entries = weights.tocoo()
        row, column = entries.coords
        steep, rising = np.abs(entries.data), entries.data > 0
        low, high = np.array(self.low, float), np.array(self.high, float)
        lower, upper = np.array(self.lower, float), np.array(self.upper, float)
        for _ in range(_ROUNDS):
            least, most = more @ lower + less @ upper, more @ upper + less @ lower
            # How far an entry can move up from its lower bound, and down from its upper one, before
            # the row breaks.
            up, down = (high - least)[row] / steep, (most - low)[row] / steep
            up, down = np.where(rising, up, down), np.where(rising, down, up)
            last = lower.copy(), upper.copy()
            np.minimum.at(upper, column, np.floor(last[0][column] + up + _EPS))
            np.maximum.at(lower, column, np.ceil(last[1][column] - down - _EPS))
            if (last[0] == lower).all() and (last[1] == upper).all():
                break
        fewer = self._only(np.flatnonzero((least < low) | (most > high)))
        fewer.lower, fewer.upper = list(lower), list(upper)
        return fewer

    def copy(self) -> "Rows":
        """An independent copy, to be extended for one question."""
        return Rows(*(list(getattr(self, name)) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Outcome:
    """What a solve gave: ``value`` at ``point``, and ``bound``, which no point can pass.

    ``proven`` is True if value and bound agree. An infeasible program has no outcome.
    """

    value: float
    bound: float
    point: np.ndarray
    proven: bool


class Program:
    """Rows handed to HiGHS once; objectives and active rows change from call to call.

    Single-threaded, without gaps or random starts: the same calls give the same answers.
    """

    def __init__(self, rows: Rows, relaxed: bool = False, seconds: float = 600.0):
        self.rows = rows
        self._relaxed = relaxed
        self._low, self._high = np.array(rows.low, float), np.array(rows.high, float)
        self._solver = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "parallel": "off",
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 1e-7,
            "time_limit": seconds,
        }.items():
            self._solver.setOptionValue(option, value)
        columns, kinds = len(rows.lower), highspy.HighsVarType
        starts, indices, weights = rows.entries()
        whole = np.array(rows.integer, bool) & (not relaxed)
        whole = np.where(whole, int(kinds.kInteger), int(kinds.kContinuous)).astype(np.int32)
        self._solver.passModel(
            *(columns, len(rows.forms), len(weights)),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,  # added to every value of the objective
            np.zeros(columns),
            *(np.array(rows.lower, float), np.array(rows.upper, float), self._low, self._high),
            *(starts, indices, weights, whole),
        )
        self._costed: tuple[int, ...] = ()

    def optimise(self, form: Form, sense: str, sure: bool = True) -> Outcome | None:
        """Lowest (``sense`` "low") or highest ("high") value of the form; None if no point exists.

        Without ``sure`` None can be wrong, for callers who go on to look elsewhere.
        Raises RuntimeError if the solver stops without a point, or finds no finite optimum.
        """
        solver = self._solver
        columns = tuple(form)
        touched = tuple(dict.fromkeys(self._costed + columns))
        if touched:
            costs = np.array([form.get(column, 0.0) for column in touched], float)
            solver.changeColsCost(len(touched), np.array(touched, np.int32), costs)
        self._costed = columns
        senses = highspy.ObjSense
        solver.changeObjectiveSense(senses.kMinimize if sense == "low" else senses.kMaximize)
        solver.run()
        statuses = highspy.HighsModelStatus
        if solver.getModelStatus() in (statuses.kUnknown, statuses.kNotset, statuses.kSolveError):
            # A basis left by earlier rows can lead the simplex method astray: start without it.
            solver.clearSolver()
            solver.run()
        if solver.getModelStatus() == statuses.kInfeasible and sure and not self._relaxed:
            # Presolve in HiGHS 1.15 calls some whole-number programs infeasible that have a point,
            # so the verdict is sought again without it.
            solver.clearSolver()
            solver.setOptionValue("presolve", "off")
            solver.run()
            solver.setOptionValue("presolve", "choose")
        status, info = solver.getModelStatus(), solver.getInfo()
        if status == statuses.kInfeasible:
            return None
        stopped = status == statuses.kTimeLimit and math.isfinite(info.objective_function_value)
        if status == statuses.kModelEmpty:
            return Outcome(0, 0, np.array([]), True)
        if status != statuses.kOptimal and not stopped:
            raise RuntimeError(f"the solver stopped: {solver.modelStatusToString(status)}")
        point = np.array(solver.getSolution().col_value)
        bound = info.objective_function_value if self._relaxed else info.mip_dual_bound
        return Outcome(info.objective_function_value, bound, point, not stopped)

    def branch_early(self, guess: bool = True) -> None:
        """Spend less on trial branches, and without ``guess`` nothing on heuristics: for programs
        whose relaxation is tight.
        """
        self._solver.setOptionValue("mip_pscost_minreliable", 1)
        self._solver.setOptionValue("mip_allow_restart", False)
        if not guess:
            self._solver.setOptionValue("mip_heuristic_run_feasibility_jump", False)
            self._solver.setOptionValue("mip_heuristic_effort", 0.0)

    def feasible(self) -> bool:
        """True if some point meets all active rows."""
        return self.optimise({}, "low") is not None

    def limit(self, columns: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Bound these columns anew, until the next call."""
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def activate(self, owners: Iterable[int]) -> None:
        """Let only the rows of these owners bind, beside those that always do."""
        binds = np.isin(self._owners, [_NOBODY, *owners])
        low, high = np.where(binds, self._low, -INF), np.where(binds, self._high, INF)
        numbers = np.arange(len(binds), dtype=np.int32)
        self._solver.changeRowsBounds(len(numbers), numbers, low, high)

    @cached_property
    def _owners(self) -> np.ndarray:
        return np.array([_NOBODY if owner is None else owner for owner in self.rows.owner], int)


def solved(rows: Rows, form: Form, sense: str, sure: bool = True) -> Outcome | None:
    """The answer to one question put to rows whose relaxation is tight (see ``optimise``)."""
    program = Program(rows, seconds=SECONDS)
    program.branch_early()
    return program.optimise(form, sense, sure)


def value_at(point: np.ndarray, form: Form) -> float:
    """Value of the form at a point."""
    return float(sum(weight * point[column] for column, weight in form.items()))


def image(
    rows: Rows,
    images: Sequence[float],
    form: Form,
    low: int,
    sense: str,
    present: int | None = None,
) -> Form:
    """The form that stands for a function of a whole-number form in an objective.

    ``images`` are the function's values from ``low`` on; the rows are grown by what it takes.
    ``present``, if given, is a switch that is 1 where the form is not 0.
    """
    if len(images) <= 2:
        slope = images[-1] - images[0]
        return add((slope, form), (images[0] - slope * low, {_one(rows): 1}))
    slopes = [b - a for a, b in pairwise(images)]
    rising, falling = (
        all(b >= a - 1e-9 for a, b in pairwise(way)) for way in (slopes, slopes[::-1])
    )
    if rising if sense == "low" else falling:
        # The best steps are taken first, so none needs a switch.
        steps = [rows.column(0, 1, integer=False) for _ in slopes]
        rows.row(add((1, form), (-1, dict.fromkeys(steps, 1))), low, low)
        if present is not None and images[0] == low == 0:
            # A place that is there in part has but that part of a step: tighter, and as true.
            for step in steps:
                rows.row({present: 1, step: -1}, low=0)
        return add((1, dict(zip(steps, slopes, strict=True))), (images[0], {_one(rows): 1}))
    switches = [rows.binary() for _ in images]
    rows.row(dict.fromkeys(switches, 1), 1, 1)
    chosen = dict(zip(switches, range(low, low + len(images)), strict=True))
    rows.row(add((1, form), (-1, chosen)), 0, 0)
    return {switch: value for switch, value in zip(switches, images, strict=True) if value}


def _one(rows: Rows) -> int:
    """A column that is always 1, for constants in an objective."""
    return rows.column(1, 1)
