"""All tables of counts that agree with the statements.

``reconcile`` finds the lightest set of statements to set aside where they contradict each other;
``IdentifiedSet`` gives the lowest and highest value of any sum, ratio, rank or measure
over all tables that agree with the rest, with a witness table for each end.
"""

from filings.bounds.conflicts import Evidence, SetAside, reconcile
from filings.bounds.identified import ContradictionError, IdentifiedSet
from filings.bounds.influence import left_open, without_each
from filings.bounds.measures import MEASURES, parse_measure
from filings.bounds.table import Bounds, Sum, Table, holds

__all__ = [
    "MEASURES",
    "Bounds",
    "ContradictionError",
    "Evidence",
    "IdentifiedSet",
    "SetAside",
    "Sum",
    "Table",
    "holds",
    "left_open",
    "parse_measure",
    "reconcile",
    "without_each",
]
