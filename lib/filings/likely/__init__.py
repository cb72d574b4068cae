"""What is likely, beside what is proven: random tables that agree with the evidence.

The statements leave many tables possible. Which of them are likelier is no evidence but an
*assumption*, and each answer here names its own. On one assumption, tables are drawn by a random
walk (see ``walk``) that meets every statement at every step. What is drawn are services by
province and batch, with the cities that statements name; whatever else the statements speak of
(entities, other batches) only has to exist, which is asked of a sample of the draws, or of all if
it fails for one. Under every assumption the splits of a province over its named cities are equally
likely, so that naming one more city makes no province larger.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from arviz_stats.base import array_stats
from scipy.stats import binom

from filings import places, words
from filings.bounds import IdentifiedSet, Sum, holds
from filings.bounds.program import Program
from filings.convergence import SEED, sister_counts
from filings.ledger import Statement
from filings.likely.walk import GROUPS, POOL, PROVINCES, Feasible, Walk
from filings.words import Text

__all__ = [
    "ASSUMPTIONS",
    "PROVINCES",
    "SEED",
    "TAILS",
    "Assumption",
    "Draws",
    "Feasible",
    "MixingError",
    "Withheld",
    "calibration",
    "draws",
    "in_words",
    "summary",
    "verdicts",
    "withheld",
]

RHAT, ESS = 1.05, 400
"""A quantity is refused where groups of chains disagree more, or the draws are worth fewer."""

TAILS = (0.05, 0.95)
"""The ends of a 90 % interval."""


class MixingError(ValueError):
    """The chains do not tell a quantity well enough. Draw longer."""


@dataclass(frozen=True)
class Assumption:
    """What makes one table likelier than another.

    ``shares`` gives the expected shares of the provinces (those outside the leaders count) in each
    batch after batch ``after``; None: every table is as likely as any other. The leaders' own
    counts are as likely as any other everywhere.
    """

    words: Text
    shares: Callable[[Feasible], Sequence[float]] | None = field(default=None, repr=False)
    after: int = 0


def _column(name: str) -> Callable[[Feasible], Sequence[float]]:
    return lambda feasible: places.provinces()[name].to_numpy(float)


def _first(feasible: Feasible) -> Sequence[float]:
    """The middle of each province's proven range in batch 1, and half a filing."""
    asked = [Sum("services", (name,), (1,)) for name in PROVINCES]
    return [(found.low + found.high) / 2 + 0.5 for found in feasible.identified.bounds(asked)]


def _sister(feasible: Feasible) -> Sequence[float]:
    table = sister_counts()
    counts = table[table["register"] == "algorithm"].groupby("place")["count"].sum()
    return counts.reindex(list(PROVINCES), fill_value=0).to_numpy() + 0.5


ASSUMPTIONS: dict[str, Assumption] = {
    "uniform": Assumption(Text("every table equally likely", "每张可能的表机会均等")),
    "population": Assumption(
        Text("new filings outside the leaders by population", "领先省市以外的新增备案按人口分布"),
        _column("population_10k_2020"),
    ),
    "output": Assumption(
        Text(
            "new filings outside the leaders by output", "领先省市以外的新增备案按地区生产总值分布"
        ),
        _column("gdp_100m_yuan_2020"),
    ),
    "alike": Assumption(
        Text("new filings outside the leaders alike", "领先省市以外的新增备案各省机会相同"),
        lambda feasible: np.ones(len(PROVINCES)),
    ),
    "first": Assumption(
        Text("new filings outside the leaders as in batch 1", "领先省市以外的新增备案如第一批分布"),
        _first,
        after=1,
    ),
    "sister": Assumption(
        Text(
            "new filings outside the leaders as in the algorithm register",
            "领先省市以外的新增备案如算法备案分布",
        ),
        _sister,
    ),
}
"""Every assumption by its short name. By all but the first, a batch's filings outside the leaders
are dealt by Pólya's urn: they follow the shares expected, but in lumps, as filings do."""


@dataclass(frozen=True)
class Draws:
    """Random tables on one assumption.

    ``tables`` holds the services by chain, draw, batch and place (those of ``feasible.known``).
    ``tried`` draws were completed to full tables of which every statement was then literally
    checked; ``failed`` of them had no completion and, with all others like them, do not count.
    """

    assumption: str
    feasible: Feasible = field(repr=False)
    tables: np.ndarray = field(repr=False)
    kept: np.ndarray = field(repr=False)
    tried: int
    failed: int

    def sum(self, question: Sum) -> np.ndarray:
        """How many services the places have in the batches together, one number a draw.

        Raises
        ------
        MixingError
            If the chains do not tell it well enough.
        """
        return self._told(self._values(question), str(question))

    def share(self, group: Sequence[str], batches: Sequence[int]) -> np.ndarray:
        """The group's share of all services in the batches (a fraction), one number a draw.

        Raises MixingError as ``sum`` does.
        """
        asked, whole = (
            Sum("services", tuple(p), tuple(batches)) for p in (group, (places.NATION,))
        )
        return self._told(self._values(asked) / self._values(whole), f"share of {asked}")

    def mixing(self, question: Sum) -> tuple[float, float]:
        """R-hat and effective sample size of a sum: see `quality`."""
        return self.quality(self._values(question))

    def quality(self, values: np.ndarray) -> tuple[float, float]:
        """R-hat over the groups of chains, and the number of independent draws they are worth.

        ``values`` has one row a chain. Chains of a group share their starting point, so that R-hat
        tells whether the start still shows (nested R-hat: Margossian et al., Bayesian Analysis,
        2024). The effective sample size is that of all chains.
        """
        if values.min() == values.max():
            return 1.0, np.inf
        draws = values.shape[1]
        # By time inside each group, as R-hat compares the halves as well.
        grouped = values.reshape(GROUPS, -1, draws).swapaxes(1, 2).reshape(GROUPS, -1)
        rhat = array_stats.rhat(grouped, chain_axis=0, draw_axis=1)
        return float(rhat), float(array_stats.ess(values, chain_axis=0, draw_axis=1))

    def _values(self, question: Sum) -> np.ndarray:
        if question.unit != "services":
            raise ValueError(f"{question}: only services are drawn, no entities")
        known, batches = self.feasible.known, self.feasible.batches
        try:
            at = [known.index(name) for name in question.places]
            rows = [batches.index(batch) for batch in question.batches]
        except ValueError:
            raise ValueError(f"{question} is not drawn: no such place or batch") from None
        return self.tables[:, :, rows][..., at].sum(axis=(2, 3))

    def _told(self, values: np.ndarray, name: str) -> np.ndarray:
        rhat, ess = self.quality(values)
        if not (rhat <= RHAT and ess >= ESS):
            raise MixingError(
                f"{name} on assumption {self.assumption!r}: R-hat {rhat:.3f} (at most {RHAT}), "
                f"worth {ess:.0f} independent draws (at least {ESS}); draw longer"
            )
        return values[self.kept]


def draws(
    feasible: Feasible,
    assumptions: Iterable[str] = tuple(ASSUMPTIONS),
    *,
    steps: int = 4000,
    chains: int = 128,
    check: int = 20,
    seed: int = SEED,
) -> list[Draws]:
    """Random tables that agree with the statements, by the weights of each assumption.

    Parameters
    ----------
    feasible
        The tables that agree.
    assumptions
        Names of `ASSUMPTIONS`; the chains of all walk side by side.
    steps
        Moves of each chain that are recorded (at every hundredth), after three quarters as many
        that are not.
    chains
        How many tables walk at once for each assumption: a multiple of `walk.GROUPS`.
    check
        How many draws of each are completed and checked.
    seed
        Start of the random numbers: the same seed gives the same bytes.
    """
    names = tuple(assumptions)
    laws = [
        (law.shares and np.asarray(law.shares(feasible), float), law.after)
        for law in map(ASSUMPTIONS.__getitem__, names)
    ]
    walk = Walk(feasible, laws, chains, seed)
    for _ in range(3):
        walk.run(steps // 8)
        walk.adapt()
    walk.run(3 * steps // 8)
    cells, tables = [], []
    for _ in range(steps // 100):
        walk.run(100)
        cells.append(walk.values[: len(feasible.columns)].T.copy())
        tables.append(feasible.counts(cells[-1].T).transpose(2, 0, 1))
    cells, tables = (
        np.split(np.stack(each, axis=1), len(names), axis=0) for each in (cells, tables)
    )
    complete = _Completion(feasible)
    return [
        Draws(name, feasible, drawn, *complete.of(each, check))
        for name, drawn, each in zip(names, tables, cells, strict=True)
    ]


class _Completion:
    """Whether a draw can be completed to a full table of which every statement is true."""

    def __init__(self, feasible: Feasible):
        self._feasible = feasible
        self._known: dict[bytes, bool] = {}

    @cached_property
    def _program(self) -> Program:
        program = Program(self._feasible.model.rows.narrowed())
        program.branch_early()
        return program

    def of(self, cells: np.ndarray, check: int) -> tuple[np.ndarray, int, int]:
        """Which draws count, how many were completed, and how many could not be."""
        chains, count, _ = cells.shape
        each = cells.reshape(chains * count, -1)
        kept = np.ones(len(each), bool)
        tried = {
            each[n].tobytes(): self._exists(each[n])
            for n in np.linspace(0, len(each) - 1, min(check, len(each))).astype(int)
        }
        if not all(tried.values()):
            kept = np.array([self._exists(draw) for draw in each])
            tried = {draw.tobytes(): good for draw, good in zip(each, kept.tolist(), strict=True)}
        return kept.reshape(chains, count), len(tried), len(tried) - sum(tried.values())

    def _exists(self, draw: np.ndarray) -> bool:
        key = draw.tobytes()
        if key not in self._known:
            feasible, at = self._feasible, draw.astype(float)
            self._program.limit(feasible.columns, at, at)
            # A quick no can be wrong.
            found = self._program.optimise({}, "low", False) or self._program.optimise({}, "low")
            self._known[key] = found is not None
            if found:
                table = feasible.model.table(found.point)
                false = [s.id for s in feasible.identified.statements if not holds(s, table)]
                if false:
                    raise AssertionError(f"a draw breaks {', '.join(false)}")
        return self._known[key]


# --- answers --------------------------------------------------------------------------------------


def summary(
    drawn: Iterable[Draws], group: Sequence[str], batches: Sequence[int], share: bool = True
) -> pd.DataFrame:
    """The middle and the 90 % interval of a group's share, or count, on each assumption.

    Columns ``assumption`` (its short name), ``median``, ``low``, ``high`` (the values below which
    half, 5 % and 95 % of the draws lie) and the proven range, ``proven_low`` and ``proven_high``
    (missing: open above). Raises MixingError as `Draws.sum` does.
    """
    question, rows = Sum("services", tuple(group), tuple(batches)), []
    whole = Sum("services", (places.NATION,), tuple(batches))
    for one in drawn:
        identified = one.feasible.identified
        proven = identified.ratio(question, whole) if share else identified.sum(question)
        values = one.share(group, batches) if share else one.sum(question)
        rows.append((one.assumption, *_middle(values), proven.low, proven.high))
    columns = ["assumption", "median", "low", "high", "proven_low", "proven_high"]
    return pd.DataFrame(rows, columns=columns)


def in_words(rows: Iterable[Mapping], lang: str = "en") -> list[str]:
    """Rows of `summary`, each with its ``query``: a line on what is proven, one an assumption."""
    lines: list[str] = []
    for row in rows:
        share, about = row["query"].startswith("share:"), ASSUMPTIONS[row["assumption"]].words
        ends = [(row[a], row[b]) for a, b in (("proven_low", "proven_high"), ("low", "high"))]
        middle = words.percent(row["median"], digits=1) if share else f"{row['median']}"
        proven, likely = (words.percent(*e, digits=1) if share else words.span(*e) for e in ends)
        heading = Text(f"{row['query']}\tproven {proven}", f"{row['query']}\t可证 {proven}")
        said = Text(
            f"  likely, {about.en}: {middle} (90 %: {likely})",
            f"  可能（假设：{about.zh}）：{middle}（90%：{likely}）",
        )
        if getattr(heading, lang) not in lines:
            lines.append(getattr(heading, lang))
        lines.append(getattr(said, lang))
    return lines


def _middle(values: np.ndarray) -> tuple[float, float, float]:
    """Median, 5 % and 95 % of the values: each is one of them."""
    return tuple(np.quantile(values, (0.5, *TAILS), method="inverted_cdf").tolist())


# --- the test of the assumptions ------------------------------------------------------------------


@dataclass(frozen=True)
class Withheld:
    """Facts on record, and the statements that are left when what tells them is taken away.

    ``untestable`` are assumptions that would be tested on what they are made of.
    """

    name: str
    statements: tuple[Statement, ...]
    facts: Mapping[Sum, int]
    batches: tuple[int, ...]
    untestable: tuple[str, ...] = ()


def withheld(statements: Iterable[Statement]) -> list[Withheld]:
    """What is withheld: of each part of the register what is known exactly, and a sister's counts.

    - batch 1: every count of services or filers of a place outside the leaders;
    - Hunan and Chongqing in batches 2 and 3; Beijing, Jiangsu and Yunnan in batch 5: whatever
      names them there;
    - the algorithm register of 2022 to 2024 as three batches, of which the first is known in full,
      the others by their totals, the leaders' counts and the number of provinces.
    """
    statements = tuple(statements)
    identified = IdentifiedSet(statements)

    def part(name, drop, names, batches, drawn, untestable=()):
        asked = [Sum("services", (place,), batches) for place in names]
        found = zip(asked, identified.bounds(asked), strict=True)
        facts = {question: answer.low for question, answer in found if answer.exact}
        left = tuple(s for s in statements if not drop(s))
        return Withheld(name, left, facts, drawn, untestable)

    def names(statement):
        return {*statement.places, *(statement.value if isinstance(statement.value, tuple) else ())}

    every, first = (1, 2, 3, 4, 5), (1, 2, 3)  # batches 1 to 3 have statements of their own
    outside = tuple(name for name, out in zip(PROVINCES, POOL, strict=True) if out)
    two, three = ("湖南", "重庆"), ("北京", "江苏", "云南")
    return [
        part(
            "batch 1",
            lambda s: s.batches == (1,) and {places.province_of(p) for p in s.places} & {*outside},
            *(outside, (1,), first, ("first",)),
        ),
        part(
            "batches 2-3",
            lambda s: {2, 3} & {*s.batches} and names(s) & {*two},
            *(two, (2, 3), first),
        ),
        part("batch 5", lambda s: 5 in s.batches and names(s) & {*three}, three, (5,), every),
        _sister_thinned(outside),
    ]


def _sister_thinned(outside: Sequence[str]) -> Withheld:
    table = sister_counts()
    table = table[table["register"] == "algorithm"].assign(year=lambda t: t["month"].str[:4])
    table = table.pivot_table(index="place", columns="year", values="count", aggfunc="sum")
    table = table.reindex(list(PROVINCES)).fillna(0).astype(int)[["2022", "2023", "2024"]]
    said, facts = [], {}

    def say(kind, where, batch, value, unit="services"):
        fields = f"sister {len(said)}", "sister", kind, (where,), (batch,), unit, "=", value
        said.append(Statement(*fields))

    for batch, (_, counts) in enumerate(table.items(), start=1):
        say("count", places.NATION, batch, int(counts.sum()))
        say("coverage", places.NATION, batch, int((counts > 0).sum()), "provinces")
        for name, count in counts.items():
            if batch == 1 or name not in outside:
                say("count", name, batch, int(count))
            else:
                facts[Sum("services", (name,), (batch,))] = int(count)
    return Withheld("algorithm register", tuple(said), facts, (1, 2, 3), ("sister",))


def calibration(
    statements: Iterable[Statement], *, steps: int = 1600, chains: int = 64, seed: int = SEED
) -> pd.DataFrame:
    """Whether the 90 % interval of each assumption holds what is on record, once it is withheld.

    One row a fact and assumption: ``withheld`` (which part), ``place``, ``batches``,
    ``assumption``, ``truth``, ``median``, ``low``, ``high``, ``holds``, ``rhat``. Facts that the
    statements left still determine are passed over. The chains are fewer than for answers, and
    nothing is refused: see ``rhat``.
    """
    rows = []
    for part in withheld(statements):
        feasible = Feasible(part.statements, part.batches)
        open_ = feasible.identified.bounds(part.facts)
        facts = [fact for fact, found in zip(part.facts, open_, strict=True) if not found.exact]
        names = [name for name in ASSUMPTIONS if name not in part.untestable]
        for drawn in draws(feasible, names, steps=steps, chains=chains, check=0, seed=seed):
            for fact in facts:
                values, truth = drawn._values(fact), part.facts[fact]
                median, low, high = _middle(values)
                rhat, _ = drawn.quality(values)
                at = part.name, fact.places[0], str(fact.batches), drawn.assumption, truth
                rows.append((*at, median, low, high, low <= truth <= high, rhat))
    columns = ["withheld", "place", "batches", "assumption", "truth", "median", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "holds", "rhat"])


def verdicts(table: pd.DataFrame, by: Sequence[str] = ("assumption",)) -> pd.DataFrame:
    """How each assumption did in `calibration`, one row each (or one each part, if ``by`` says so).

    Columns: those of ``by``; ``facts`` and ``held``, how many the 90 % intervals held; ``chance``
    of so few or fewer if each were held with 90 % and apart from the others; ``fails``, where that
    is below 5 %; ``filed`` and ``filed_held``, the same of facts other than "none", which are easy.
    """
    table = table.assign(filed=table["truth"] > 0)
    table["filed_held"] = table["filed"] & table["holds"]
    grouped = table.groupby(list(by), sort=False)
    found = grouped[["holds", "filed", "filed_held"]].sum().rename(columns={"holds": "held"})
    found.insert(0, "facts", grouped.size())
    chance = binom.cdf(found["held"], found["facts"], TAILS[1] - TAILS[0])
    found.insert(2, "chance", chance)
    found.insert(3, "fails", chance < 0.05)
    return found.reset_index()
