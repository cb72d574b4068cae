"""Ranges against another solver, on ledgers too large to enumerate (see oracle.py)."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from filings import places
from filings.bounds import IdentifiedSet, Sum
from filings.ledger import Statement

NAMED = ("北京", "上海", "广东", "浙江", "江苏", "四川", "湖南", "重庆")
BATCHES, MOST, NATION = (1, 2, 3), 100, places.NATION
SELECTIONS = ((1,), (2,), (3,), (2, 3), (1, 2, 3))


def statement(kind, where, batches, value, relation="=", unit="services", of=""):
    return Statement("M", "S01", kind, tuple(where), tuple(batches), unit, relation, value, of)


class Truth:
    """A random register, and statements that are true of it."""

    def __init__(self, random):
        self.random = random
        self.services = {(p, b): random.choice((0, 0, 1, 2, 3, 5, 9)) for p in NAMED
                         for b in BATCHES}  # fmt: skip
        self.entities = {cell: random.randint(min(1, n), n) for cell, n in self.services.items()}

    def sum(self, unit, where, batches):
        named = NAMED if NATION in where else where
        return sum(getattr(self, unit)[p, b] for p in named for b in batches)

    def frame(self):
        """Nobody else has anything; the totals are known."""
        empty = [name for name in places.province_names() if name not in NAMED]
        yield statement("count", empty, BATCHES, 0)
        for b in BATCHES:
            yield statement("count", [NATION], (b,), self.sum("services", [NATION], (b,)))

    def told(self):
        """One statement of a random kind, or None where that kind says nothing true."""
        random, kinds = self.random, ("count", "count", "share", "rank", "order", "leaders")
        kind = random.choice((*kinds, "coverage", "first_batch"))
        unit, chosen = random.choice(("services", "entities")), random.choice(SELECTIONS)
        if unit == "entities":
            chosen = chosen[:1]
        place, relation = random.choice(NAMED), random.choice(("=", ">=", "<="))
        counts = {name: self.sum(unit, [name], chosen) for name in NAMED}
        ranked = sorted(NAMED, key=lambda name: -counts[name])
        if kind == "count":
            where = random.sample(NAMED, random.randint(1, 3))
            slack = {"=": 0, ">=": -1, "<=": 1}[relation] * random.randint(0, 2)
            value = max(0, self.sum(unit, where, chosen) + slack)
            return statement("count", where, chosen, value, relation, unit)
        if kind == "share":
            whole = self.sum(unit, [NATION], chosen)
            if whole == 0:
                return None
            percent = Decimal(round(10_000 * counts[place] / whole)).scaleb(-2)
            return statement("share", [place], chosen, percent, "=", unit, NATION)
        if kind == "rank":
            above = sum(count > counts[place] for count in counts.values())
            return statement("rank", [place], chosen, above + 1, relation, unit)
        if kind in ("order", "leaders"):
            first = ranked[: random.randint(2, 4)]
            return statement(kind, [NATION], chosen, tuple(first), "=", unit)
        if kind == "coverage":
            covered = sum(self.sum("services", [name], chosen) > 0 for name in NAMED)
            return statement("coverage", [NATION], chosen, covered, relation, "provinces")
        first = next((b for b in BATCHES if self.services[place, b]), None)
        return first and statement("first_batch", [place], BATCHES, first, relation)


def as_json(said):
    """A statement for the oracle; shares in hundredths of a percent."""
    value = int(said.value * 100) if said.kind == "share" else said.value
    return {"kind": said.kind, "places": said.places, "batches": said.batches, "unit": said.unit,
            "relation": said.relation, "value": value, "of": said.of}  # fmt: skip


@pytest.mark.parametrize("block", range(4))
def test_two_hundred_random_ledgers_agree_with_another_solver(block):
    asked, found = [], []
    for seed in range(50 * block, 50 * (block + 1)):
        random = Random(seed)
        truth = Truth(random)
        told = [one for _ in range(random.randint(2, 8)) if (one := truth.told())]
        said = [*truth.frame(), *told]
        queries = [
            Sum("services", tuple(random.sample(NAMED, random.randint(1, 2))), chosen)
            for chosen in random.sample(SELECTIONS, 2)
        ]
        queries.append(Sum("entities", (random.choice(NAMED),), (random.choice(BATCHES),)))
        ranges = IdentifiedSet(said, queries).bounds(queries)
        assert all(one.proven for one in ranges)
        found.append([[one.low, one.high] for one in ranges])
        asked.append({
            "places": NAMED, "most": MOST, "statements": [as_json(one) for one in said],
            "queries": [[q.unit, q.places, q.batches] for q in queries],
        })  # fmt: skip
    oracle = [sys.executable, str(Path(__file__).with_name("oracle.py"))]
    run = subprocess.run(oracle, input=json.dumps(asked), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert found == json.loads(run.stdout)
