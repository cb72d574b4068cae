"""All tables of counts that agree with the statements.

``reconcile`` finds the lightest set of statements to set aside where they contradict each other;
``Register`` gives the lowest and highest value of any sum, ratio, rank or measure over all tables
that agree with the rest, with a witness table for each end.
"""

from filings.feasible.conflicts import Evidence, SetAside, reconcile
from filings.feasible.influence import left_open, without_each
from filings.feasible.register import Contradiction, Register
from filings.feasible.shapes import MEASURES, parse_measure
from filings.feasible.table import Range, Sum, Table, holds

__all__ = [
    "MEASURES",
    "Contradiction",
    "Evidence",
    "Range",
    "Register",
    "SetAside",
    "Sum",
    "Table",
    "holds",
    "left_open",
    "parse_measure",
    "reconcile",
    "without_each",
]
