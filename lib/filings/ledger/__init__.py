"""The ledger of published statements about the register: read, validate, say in words."""

from filings.ledger.batches import Batches
from filings.ledger.kinds import (
    KINDS,
    UNITS,
    Counts,
    Kind,
    Rule,
    Value,
    share_limits,
    unit_of,
)
from filings.ledger.statements import (
    COLUMNS,
    RELATIONS,
    LedgerError,
    Statement,
    as_row,
    from_rows,
    known_to_clash,
    parse_places,
    read,
    replace_listed,
    sorted_out,
    sources,
    text_of,
    used,
    witnesses,
)
from filings.ledger.words import words

__all__ = [
    "COLUMNS",
    "KINDS",
    "RELATIONS",
    "UNITS",
    "Batches",
    "Counts",
    "Kind",
    "LedgerError",
    "Rule",
    "Statement",
    "Value",
    "as_row",
    "from_rows",
    "known_to_clash",
    "parse_places",
    "read",
    "replace_listed",
    "share_limits",
    "sorted_out",
    "sources",
    "text_of",
    "unit_of",
    "used",
    "witnesses",
    "words",
]
