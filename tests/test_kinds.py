"""A kind of statement is one class: a made-up one works everywhere without another line."""

import pytest
from filings import ledger
from filings.bounds import IdentifiedSet, Sum, holds, reconcile
from filings.ledger.kinds import Count


class Twice(Count):
    """Σ over the places = 2·v."""

    en = "{place} had twice {value} {unit} in {batches}"
    zh = "{batches}{place}有{value}的两倍{unit}"

    def quantity(self, said, counts):
        return super().quantity(said, counts) - counts.sum("services", (), said.batches)

    def rule(self, said, counts):
        yield self.quantity(said, counts), 2 * said.value, 2 * said.value


@pytest.fixture
def twice(monkeypatch):
    monkeypatch.setitem(ledger.KINDS, "twice", Twice())


def rows(*lines: str):
    columns = ("id", "source", "kind", "place", "batches", "unit", "relation", "value", "of",
               "phrase")  # fmt: skip
    return ledger.from_rows([list(columns), *(line.split("|") for line in lines)], "made up")


def test_a_made_up_kind_is_read_said_bounded_and_reconciled(twice):
    said = rows("A1|S1|twice|北京|1|services|=|4||", "A2|S2|count|全国|1|services|=|9||")
    assert ledger.words(said[0]) == "Beijing had twice 4 services in batch 1"
    found = IdentifiedSet(said)
    asked = Sum.parse("services:北京:1")
    assert found.sum(asked).low == found.sum(asked).high == 8
    assert all(holds(one, found.witness(asked, "high")) for one in said)
    against = rows("A1|S1|twice|北京|1|services|=|4||", "A2|S2|count|全国|1|services|=|7||")
    assert len(reconcile(against).set_aside) == 1


def test_every_kind_says_what_it_is():
    for name, kind in ledger.KINDS.items():
        assert kind.en and kind.zh, name
        assert not kind.binds or type(kind).__doc__, name
