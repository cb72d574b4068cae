"""How answers slow down as a register grows: python tests/benchmarks/growth.py prints a table.

Registers are made up: counts that fall off from place to place, of which a random part is stated,
as counts of one place, of two together and over two batches together. Three statements more are
false, for the search for contradictions. Each question has a process and a time limit of its own.
"""

import argparse
import time
from multiprocessing import get_context

import numpy as np
from filings import places
from filings.bounds import IdentifiedSet, Sum, reconcile
from filings.ledger import Statement

SIZES = (
    # places, batches, statements
    ("provinces", 5, 100),
    ("provinces", 20, 100),
    ("provinces", 60, 100),
    ("provinces", 5, 1000),
    ("provinces", 20, 1000),
    ("provinces", 60, 1000),
    ("provinces", 60, 5000),
    ("prefectures", 5, 500),
    ("prefectures", 20, 2000),
    ("prefectures", 60, 5000),
)
ASKED = ("cells", "a measure", "contradictions")


def names_of(level: str) -> list[str]:
    """The 31 provinces, or every prefecture and prefecture-level city."""
    if level == "provinces":
        return list(places.province_names())
    return sorted({place.name for place in places.names().values() if place.level == "city"})


def made(level: str, batches: int, many: int) -> list[Statement]:
    """A register's true statements: the total of each batch, then others at random."""
    random = np.random.default_rng([batches, many])
    names = names_of(level)
    counts = random.poisson(60 / np.arange(1, len(names) + 1)[:, None], (len(names), batches))
    said = {(("全国",), (b + 1,)): int(counts[:, b].sum()) for b in range(batches)}
    while len(said) < many:
        where = random.choice(len(names), 1 + (random.random() < 0.2), replace=False)
        when = random.choice(batches, 1 + (random.random() < 0.2), replace=False)
        key = tuple(names[n] for n in sorted(where)), tuple(int(b) + 1 for b in sorted(when))
        said[key] = int(counts[np.ix_(where, when)].sum())
    return [count(f"M{n}", *key, value) for n, (key, value) in enumerate(said.items())]


def count(name: str, where: tuple[str, ...], batches: tuple[int, ...], value: int) -> Statement:
    """One statement of the made-up ledger."""
    return Statement(name, name, "count", where, batches, "services", "=", value)


def ask(what: str, level: str, batches: int, many: int) -> None:
    """Put one question to a register of that size."""
    said = made(level, batches, many)
    if what == "contradictions":
        wrong = [
            count(f"F{n}", one.places, one.batches, one.number + 1 + n)
            for n, one in enumerate(said[-3:])
        ]
        assert reconcile([*said, *wrong]).set_aside
    elif what == "cells":
        cells = [Sum("services", (n,), (b + 1,)) for n in names_of(level) for b in range(batches)]
        IdentifiedSet(said, cells).bounds(cells)
    else:
        IdentifiedSet(said).measure("hhi", (1,))


def timed(limit: float, *question: object) -> str:
    """The seconds it takes, in words."""
    process = get_context("spawn").Process(target=ask, args=question)
    started = time.perf_counter()
    process.start()
    process.join(limit)
    seconds = time.perf_counter() - started
    if process.is_alive():
        process.kill()
        process.join()
        return f"over {limit:.0f}"
    return f"{seconds:.1f}" if process.exitcode == 0 else "fails"


def main() -> None:
    """Ask every register and print each row as it comes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, default=300.0, help="seconds a question may take")
    limit = parser.parse_args().limit
    print(f"| places | batches | statements | {' | '.join(f'{a}: seconds' for a in ASKED)} |")
    print("|" + "---|" * (3 + len(ASKED)))
    for size in SIZES:
        found = [timed(limit, what, *size) for what in ASKED]
        print(f"| {' | '.join(map(str, size))} | {' | '.join(found)} |", flush=True)


if __name__ == "__main__":
    main()
