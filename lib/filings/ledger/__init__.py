"""The ledger of published statements about the register: read, validate, say in words."""

from filings.ledger.kinds import KINDS, UNITS, Counts, Kind, share_limits, unit_of
from filings.ledger.statements import (
    COLUMNS,
    RELATIONS,
    LedgerError,
    Statement,
    as_row,
    from_rows,
    parse_batches,
    parse_places,
    read,
    replace_listed,
    sorted_out,
    sources,
    text_of,
    used,
    witnesses,
    write_batches,
)
from filings.ledger.words import batches_in_words, words

__all__ = [
    "COLUMNS",
    "KINDS",
    "RELATIONS",
    "UNITS",
    "Counts",
    "Kind",
    "LedgerError",
    "Statement",
    "as_row",
    "batches_in_words",
    "from_rows",
    "parse_batches",
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
    "write_batches",
]
