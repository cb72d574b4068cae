"""Ledgers read by CP-SAT, rule by rule as data/README.md words them: an oracle for the tests.

A process of its own, as OR-Tools and HiGHS do not load together, and nothing of the library is
imported. Reads JSON from stdin: ledgers, each with ``places`` (those that may have anything),
``most`` (of a cell), ``statements`` and ``queries``; writes the lowest and highest value of each.
"""

import json
import sys
from itertools import pairwise

from ortools.sat.python import cp_model

NATION = "全国"


class Ledger:
    """One ledger as a constraint program over services and entities of each place and batch."""

    def __init__(self, places, most, statements):
        self.model, self.places = cp_model.CpModel(), places
        self.batches = sorted({b for said in statements for b in said["batches"]})
        self.cells = {}
        for place in places:
            for batch in self.batches:
                services = self.model.new_int_var(0, most, "")
                entities = self.model.new_int_var(0, most, "")
                some = self.model.new_bool_var("")
                self.model.add(entities <= services)
                for count in (services, entities):
                    self.model.add(count >= 1).only_enforce_if(some)
                    self.model.add(count == 0).only_enforce_if(some.negated())
                self.cells["services", place, batch] = services
                self.cells["entities", place, batch] = entities
        for said in statements:
            getattr(self, said["kind"])(said)

    def sum(self, unit, places, batches):
        """How many the places have together."""
        named = self.places if NATION in places else [p for p in places if p in self.places]
        return sum(self.cells[unit, place, batch] for place in named for batch in batches)

    def of(self, said, places):
        """The number of one statement's unit and batches."""
        return self.sum(said["unit"], places, said["batches"])

    def compared(self, number, relation, value):
        """The number is, is at least or is at most the value."""
        if relation in "=>=":
            self.model.add(number >= value)
        if relation in "=<=":
            self.model.add(number <= value)

    def is_true(self, condition, otherwise):
        """A switch that is on where the condition holds, and off where the other does."""
        switch = self.model.new_bool_var("")
        self.model.add(condition).only_enforce_if(switch)
        self.model.add(otherwise).only_enforce_if(switch.negated())
        return switch

    def count(self, said):
        self.compared(self.of(said, said["places"]), said["relation"], said["value"])

    def share(self, said):
        """In hundredths of a percent, rounded or cut: from half below to one above."""
        part, whole, value = (
            self.of(said, said["places"]),
            self.of(said, [said["of"]]),
            said["value"],
        )
        self.model.add(20_000 * part >= (2 * value - 1) * whole)
        self.model.add(20_000 * part < (2 * value + 2) * whole)

    def coverage(self, said):
        sums = [self.sum("services", [p], said["batches"]) for p in self.places]
        self.compared(
            sum(self.is_true(one >= 1, one == 0) for one in sums), said["relation"], said["value"]
        )

    def order(self, said):
        for more, less in pairwise(said["value"]):
            self.model.add(self.of(said, [more]) >= self.of(said, [less]))
        for other in self.places:
            if other not in said["value"]:
                self.model.add(self.of(said, said["value"][-1:]) >= self.of(said, [other]))

    def leaders(self, said):
        for leader in said["value"]:
            for other in self.places:
                if other not in said["value"]:
                    self.model.add(self.of(said, [leader]) >= self.of(said, [other]))

    def rank(self, said):
        mine = self.of(said, said["places"])
        others = [self.of(said, [p]) for p in self.places if p not in said["places"]]
        above = sum(self.is_true(one > mine, one <= mine) for one in others)
        beside = sum(self.is_true(one >= mine, one < mine) for one in others)
        empty = 31 - len(self.places)  # those that have nothing
        nothing = self.is_true(mine == 0, mine >= 1)
        if said["relation"] != ">=":
            self.model.add(above <= said["value"] - 1)
        if said["relation"] != "<=":
            self.model.add(beside + empty * nothing >= said["value"] - 1)

    def first_batch(self, said):
        first, before = said["value"], [b for b in self.batches if b < said["value"]]
        then = self.sum("services", said["places"], [first])
        earlier = self.sum("services", said["places"], before)
        if said["relation"] == "<=":
            self.model.add(earlier + then >= 1)
            return
        self.model.add(earlier == 0)
        if said["relation"] == "=":
            self.model.add(then >= 1)

    def ends(self, unit, places, batches):
        """The lowest and the highest value of a sum."""
        found = []
        for sense in (self.model.minimize, self.model.maximize):
            sense(self.sum(unit, places, batches))
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            assert solver.solve(self.model) == cp_model.OPTIMAL
            found.append(round(solver.objective_value))
        return found


def main():
    """Answer every query of every ledger."""
    answers = []
    for asked in json.load(sys.stdin):
        ledger = Ledger(asked["places"], asked["most"], asked["statements"])
        answers.append([ledger.ends(*query) for query in asked["queries"]])
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
