"""All tables of counts that agree with the statements.

``reconcile`` finds the lightest set of statements to set aside where they contradict each other;
``IdentifiedSet`` gives the lowest and highest value of any sum, ratio, rank or measure
over all tables that agree with the rest, with a witness table for each end; ``why`` says which
statements force an end.
"""

from filings.bounds.explain import Evidence, Reason, SetAside, reconcile, why, why_measure
from filings.bounds.identified import ContradictionError, IdentifiedSet
from filings.bounds.measures import MEASURES, parse_measure, proven_before
from filings.bounds.table import Bounds, Sum, Table, holds

__all__ = [
    "MEASURES",
    "Bounds",
    "ContradictionError",
    "Evidence",
    "IdentifiedSet",
    "Reason",
    "SetAside",
    "Sum",
    "Table",
    "holds",
    "parse_measure",
    "proven_before",
    "reconcile",
    "why",
    "why_measure",
]
