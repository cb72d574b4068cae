"""Official lists (docx, xlsx, xls, pdf, html, csv) to entries, a quarantine, counts and statements.

Nothing is guessed: a row that can't be read goes to quarantine with the reason, and what a list
counts is exact only if none did. The form of a file is told by its content, its columns by the
words of their header, its batch by its name or title, a filing's place by the code in its number.
"""

from filings.lists.batches import batch_in
from filings.lists.counts import (
    counts,
    counts_by_code,
    cumulative_entities,
    evidence,
    listed_batches,
    statements,
)
from filings.lists.entries import (
    COLUMNS,
    QUARANTINE,
    ListRead,
    ListsRead,
    entity_history,
    read,
    read_all,
)
from filings.lists.errors import ListError
from filings.lists.output import in_words, ingest

__all__ = [
    "COLUMNS",
    "QUARANTINE",
    "ListError",
    "ListRead",
    "ListsRead",
    "batch_in",
    "counts",
    "counts_by_code",
    "cumulative_entities",
    "entity_history",
    "evidence",
    "in_words",
    "ingest",
    "listed_batches",
    "read",
    "read_all",
    "statements",
]
