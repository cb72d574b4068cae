"""How fast ranges are found: python tests/benchmarks/bounds.py prints a table of ratios.

All cells of the ledger against solving each bound from scratch with one ``scipy.optimize.milp``
call on the same rows (a sample of cells, their median times the number of bounds); measures with
both ends; a made-up register of twenty batches. Seconds depend on the machine; ratios are measured
in one run.
"""

import time

import numpy as np
from filings import ledger, places
from filings.bounds import IdentifiedSet, Sum, reconcile
from filings.bounds.model import Model
from filings.ledger import Statement
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

BATCHES = tuple((batch,) for batch in range(1, 6))
SELECTIONS = (*BATCHES[:3], (1, 2, 3))
SAMPLE = 20


def timed(work):
    """(seconds, what it gave)."""
    start = time.perf_counter()
    given = work()
    return time.perf_counter() - start, given


def cells(batches=BATCHES, units=ledger.UNITS) -> list[Sum]:
    """Every province in every one of the batches."""
    names = places.province_names()
    return [Sum(unit, (name,), b) for unit in units for b in batches for name in names]


def from_scratch(kept, register: IdentifiedSet, question: Sum, sense: int) -> int:
    """One bound by one call: rows and matrix built anew, as a caller without this room would."""
    model = Model(kept, [question], register.model.ceilings)
    rows, form = model.rows, model.form(question)
    starts = np.concatenate([[0], np.cumsum([len(each) for each in rows.forms])])
    columns = [column for each in rows.forms for column in each]
    values = [value for each in rows.forms for value in each.values()]
    matrix = csr_array((values, columns, starts), shape=(len(rows.forms), len(rows.lower)))
    cost = np.zeros(len(rows.lower))
    for column, weight in form.items():
        cost[column] = sense * weight
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, rows.low, rows.high),
        bounds=Bounds(rows.lower, rows.upper),
        integrality=np.array(rows.integer, int),
    )
    return round(sense * found.fun)


def twenty_batches() -> list[Statement]:
    """A made-up register: the total of each of twenty batches, and 30 % of its cells."""
    random = np.random.default_rng(1)
    names = np.array(places.province_names())
    means = 60 / np.arange(1, 32)
    counts = random.poisson(means[:, None], (31, 20))
    made = [("全国", batch, counts[:, batch].sum()) for batch in range(20)]
    stated = np.argwhere(random.random((31, 20)) < 0.3)
    made += [(names[row], batch, counts[row, batch]) for row, batch in stated]
    return [
        Statement(f"M{n}", f"M{n}", "count", (str(name),), (int(batch) + 1,), "services", "=",
                  int(count))
        for n, (name, batch, count) in enumerate(made)
    ]  # fmt: skip


def row(what: str, value: float, wanted: str) -> None:
    """Print one line of the table."""
    print(f"| {what} | {value:.2g} | {wanted} |", flush=True)


def main() -> None:
    """Measure all and print each row as it comes."""
    print("| what | seconds or ratio | wanted |\n|---|---|---|")
    kept = ledger.used()

    def all_cells():
        register = IdentifiedSet(kept)
        return register, register.bounds(cells())

    seconds, (register, found) = timed(all_cells)
    row("all cells, 31 × batches 1-5 × both units: seconds", seconds, "under 5")
    asked = list(zip(cells(), found, strict=True))
    chosen = [asked[n] for n in np.random.default_rng(2).choice(len(asked), SAMPLE, replace=False)]
    each = []
    for question, answer in chosen:
        for sense, end in ((1, answer.low), (-1, answer.high)):
            taken, value = timed(lambda q=question, s=sense: from_scratch(kept, register, q, s))
            assert value == end, f"{question}: milp says {value}, the register {end}"
            each.append(taken)
    row(
        "one `milp` call a bound / the same", np.mean(each) * 2 * len(asked) / seconds, "at least 5"
    )

    made, batches = twenty_batches(), [(batch,) for batch in range(1, 21)]
    seconds, _ = timed(lambda: IdentifiedSet(made).bounds(cells(batches)))
    row("made-up register of 31 × 20, all cells, both units: seconds", seconds, "under 60")

    def measures():
        names = ("hhi", "cr4", "gini", "theil")
        return [register.measure(name, batches) for name in names for batches in SELECTIONS]

    seconds, found = timed(measures)
    assert all(each.proven for each in found)
    row(
        "HHI, CR4, Gini, Theil for batches 1, 2, 3 and 1-3, all ends proven: seconds",
        seconds,
        "under 60",
    )
    seconds, _ = timed(lambda: reconcile(ledger.read()))
    row("`reconcile` on the ledger, reasons included: seconds", seconds, "")


if __name__ == "__main__":
    main()
