"""Random tables against every table of small registers, and against the evidence on file."""

import csv
import json
from dataclasses import replace
from functools import partial
from random import Random

import made_registers as made
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from filings import cli, ledger, likely
from filings.bounds import Sum, Table, holds
from filings.likely.walk import CONCENTRATIONS, POOL, PROVINCES
from made_registers import NATION, statement
from scipy.special import gammaln
from scipy.stats import chisquare


def counted(tables, batches):
    """Distinct tables of services, one a row: atoms by batch."""
    each = np.stack([tables.counts["services", (b,)] for b in batches], axis=1)
    return np.unique(each.reshape(len(each), -1), axis=0).reshape(-1, len(batches), len(made.ATOMS))


def weights(tables, divided, shares=None):
    """The chance of each table by the law as the documentation states it."""
    logs = np.zeros((len(tables), 1))
    if divided:  # 深圳 is named: the splits of 广东 are equally likely
        logs = logs - np.log(tables[:, :, 3:].sum(axis=2) + 1).sum(axis=1, keepdims=True)
    if shares is not None:  # of the atoms, 湖南 alone lies outside the leaders
        base = np.where(POOL, shares, 0) / np.sum(np.asarray(shares)[POOL])
        a = CONCENTRATIONS * base[PROVINCES.index("湖南")]
        for x in tables[:, :, 2].T[:, :, None]:
            urn = gammaln(x + a) - gammaln(a) - gammaln(x + 1)
            logs = logs + urn + gammaln(x + 1) + gammaln(CONCENTRATIONS)
            logs = logs - gammaln(x + CONCENTRATIONS)
    found = np.exp(logs - logs.max()).sum(axis=1)
    return found / found.sum()


def p_value(drawn, tables, expected):
    """Of the draws' frequencies, over all tables; those rarely expected are taken together."""
    known = drawn.feasible.known
    names = [name for name in ("北京", "上海", "湖南", "深圳", "广东") if name in known]
    seen = drawn.tables[..., [known.index(name) for name in names]][drawn.kept]
    full = np.zeros((*seen.shape[:2], len(made.ATOMS)), int)
    for n, name in enumerate(names):
        full[..., {"广东": 4, "深圳": 3}.get(name, n)] = seen[..., n]
    full[..., 4] -= full[..., 3]
    number = {row.tobytes(): n for n, row in enumerate(tables.astype(int).reshape(len(tables), -1))}
    at = [number[row.tobytes()] for row in full.reshape(len(full), -1)]  # KeyError: not feasible
    frequent = expected * len(at) >= 5
    cells = np.where(frequent, np.arange(len(tables)), -1)
    table = pd.DataFrame({"cell": cells, "expected": expected * len(at)})
    table["seen"] = np.bincount(at, minlength=len(tables))
    table = table.groupby("cell").sum()
    return chisquare(table["seen"], table["expected"] * len(at) / table["expected"].sum()).pvalue


def register(seed, kinds, tables, totals, atoms=5):
    """Statements true of a random table, and all distinct tables of services that agree."""
    random = Random(seed)
    truth = tables[[random.randrange(len(tables))]]
    said = [*made.frame(totals, atoms), *made.told(random, truth, kinds, 4)]
    return said, counted(made.agreeing(tables, said), range(1, len(totals) + 1))


SERVICES = (made.SERVICE_KINDS, made.services_tables, (4, 3), 5)
FILERS = (made.FILER_KINDS, lambda totals: made.filer_tables(*totals), (4,), 5)
RETURNING = (made.RETURNING_KINDS, made.returning_tables, (4, 3), 3)


@pytest.mark.parametrize(
    ("assumption", "made_of", "seed"),
    [
        *(("uniform", SERVICES, seed) for seed in (24, 27, 45, 54, 62, 97, 99)),
        # Of filers some must be completed in no way: those draws do not count.
        *(("uniform", FILERS, seed) for seed in (0, 3, 9, 16, 21)),
        *(("uniform", RETURNING, seed) for seed in (8, 11)),
        *(("alike", SERVICES, seed) for seed in (24, 62)),
        *(("output", SERVICES, seed) for seed in (27, 62)),
    ],
)
def test_draws_are_spread_as_enumeration_says(assumption, made_of, seed):
    kinds, frame, totals, atoms = made_of
    said, left = register(seed, kinds, frame(totals), totals, atoms)
    assert 6 <= len(left) <= 250
    feasible = likely.Feasible(said, range(1, len(totals) + 1))
    law = likely.ASSUMPTIONS[assumption].shares
    (drawn,) = likely.draws(feasible, [assumption], steps=1600, chains=256, check=10)
    apart = replace(drawn, tables=drawn.tables[:, ::4], kept=drawn.kept[:, ::4])
    expected = weights(left, "深圳" in feasible.known, law and law(feasible))
    assert p_value(apart, left, expected) > 1e-4


def test_where_the_walk_gets_stuck_its_answer_is_refused():
    """A rank and a coverage leave two sets of tables with hardly a way between them."""
    said, _ = register(31, made.SERVICE_KINDS, made.services_tables((4, 3)), (4, 3))
    (drawn,) = likely.draws(
        likely.Feasible(said, (1, 2)), ["uniform"], steps=1600, chains=256, check=0
    )
    with pytest.raises(likely.MixingError, match=r"R-hat 1\.[1-9]"):
        drawn.sum(Sum.parse("services:广东:1"))


# --- the evidence on file ---


@pytest.fixture(scope="module")
def on_file():
    return likely.Feasible(ledger.used(), (1, 2, 3))


@pytest.fixture(scope="module")
def few(on_file):
    return likely.draws(on_file, ["population"], steps=400, chains=32, check=60)[0]


def test_every_draw_agrees_with_every_statement(on_file, few):
    # Tables that batches 4 and 5 rule out do not count; the others are literally checked in full.
    assert 0 < few.failed < few.tried and few.kept.sum() == few.kept.size - few.failed
    about = [
        s for s in on_file.identified.statements
        if s.kind in ("count", "share", "coverage", "order", "leaders", "rank", "first_batch")
        and s.unit != "entities" and set(s.batches) <= {1, 2, 3}
    ]  # fmt: skip
    assert len(about) > 40
    for draw in few.tables.reshape(-1, *few.tables.shape[2:])[::16]:
        counts = {
            ("services", (b,)): dict(zip(on_file.known, row.tolist(), strict=True))
            for b, row in zip(on_file.batches, draw, strict=True)
        }
        for said in about:
            assert holds(said, Table(counts)), said.id


def test_the_literal_check_sees_a_false_statement(on_file, monkeypatch):
    """A statement that the walk was not told of."""
    said, false = on_file.identified.statements, statement("count", "江苏", (1, 2, 3), 0)
    monkeypatch.setattr(on_file.identified, "statements", (*said, false))
    with pytest.raises(AssertionError, match="breaks M"):
        likely.draws(on_file, ["uniform"], steps=100, chains=16, check=2)


def test_the_same_seed_gives_the_same_bytes(on_file, few):
    def again(seed):
        return likely.draws(on_file, ["population"], steps=400, chains=32, check=0, seed=seed)[0]

    assert again(likely.SEED).tables.tobytes() == few.tables.tobytes()
    assert again(1).tables.tobytes() != few.tables.tobytes()


def test_what_is_told_badly_is_refused(few):
    with pytest.raises(likely.MixingError, match=r"services:江苏:2-3 on .*population.* R-hat \d"):
        few.sum(Sum.parse("services:江苏:2-3"))
    with pytest.raises(likely.MixingError, match="share of services:江苏:2"):
        few.share(("江苏",), (2,))
    assert set(few.sum(Sum.parse("services:北京:2"))) == {87}


@pytest.mark.parametrize("query", ["entities:江苏:2", "services:江苏:4", "services:南京:2"])
def test_what_is_not_drawn_is_refused(few, query):
    with pytest.raises(ValueError, match="drawn"):
        few.sum(Sum.parse(query))
    with pytest.raises(ValueError, match="batch 6"):
        likely.Feasible([statement("count", "四川", (6,), 5)], (6,))


# --- answers and their test ---

TOY = made.numbered([
    statement("count", NATION, (1,), 60),
    *(statement("count", name, (1,), count) for name, count in
      zip(("北京", "上海", "浙江", "广东"), (12, 6, 4, 8), strict=True)),
])  # fmt: skip


def test_intervals_hold_as_often_as_they_say():
    """Tables dealt by the urn itself, at every concentration, against the interval drawn."""
    (drawn,) = likely.draws(likely.Feasible(TOY, (1,)), ["alike"], steps=2000, chains=64, check=5)
    table = likely.summary([drawn], ("湖南",), (1,), share=False)
    ends = table.loc[0, ["low", "high", "proven_low", "proven_high"]].tolist()
    assert ends[2:] == [0, 30] and ends[0] >= 0 and ends[1] < 30
    rng = np.random.default_rng(1)
    held = []
    for a in rng.choice(CONCENTRATIONS, 2000):
        shares = rng.dirichlet(np.full(27, a / 27))
        held.append(ends[0] <= rng.multinomial(30, np.nan_to_num(shares))[0] <= ends[1])
    assert 0.9 <= np.mean(held) <= 0.99


def test_an_assumption_that_fails_is_said_to_fail():
    rows = [("alike", n < 15, n % 4) for n in range(20)] + [
        ("output", n < 18, 1) for n in range(20)
    ]
    table = pd.DataFrame(rows, columns=["assumption", "holds", "truth"])
    found = likely.verdicts(table).set_index("assumption")
    assert found["fails"].to_dict() == {"alike": True, "output": False}
    assert found.loc["alike", ["facts", "held", "filed", "filed_held"]].tolist() == [20, 15, 15, 11]


def test_withheld_facts_are_no_longer_told():
    parts = {part.name: part for part in likely.withheld(ledger.used())}
    assert parts["batch 5"].facts[Sum.parse("services:江苏:5")] == 34
    assert not any(s.place == "江苏" and 5 in s.batches for s in parts["batch 5"].statements)
    sister = parts["algorithm register"]
    assert sister.facts[Sum.parse("services:湖北:2")] == 11
    assert sum(s.kind == "count" and s.place == "湖北" for s in sister.statements) == 1


def test_the_command(tmp_path, monkeypatch):
    path, short = tmp_path / "ledger.csv", partial(likely.draws, steps=800, chains=48, check=1)
    with path.open("w", newline="") as file:
        said = csv.writer(file)
        said.writerow(ledger.COLUMNS)
        for b in range(1, 6):
            more = [statement("count", NATION, (b,), 9), statement("count", "北京", (b,), 4)]
            more.append(statement("count", "+".join(PROVINCES[2:]), (b,), 0))
            for n, each in enumerate(more):
                said.writerow(ledger.as_row(replace(each, id=f"M{b}{n}", phrase="x")).values())
    monkeypatch.setattr(likely, "draws", short)
    asked = ["likely", "services:天津:1", "share:北京:1", "--statements", str(path)]
    lines = CliRunner().invoke(cli.main, asked).output.splitlines()
    assert lines[0] == "services:天津:1\tproven 5"
    assert lines[1] == "  likely, every table equally likely: 5 (90 %: 5)"
    assert lines[7] == "share:北京:1\tproven 44.4%"
    rows = json.loads(CliRunner().invoke(cli.main, [*asked, "--json"]).output)
    assert [row["assumption"] for row in rows] == 2 * list(likely.ASSUMPTIONS)
    assert CliRunner().invoke(cli.main, ["likely", "entities:北京:1"]).exit_code == 2
