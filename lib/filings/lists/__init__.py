"""Official lists (docx, xlsx, xls, pdf, html, csv) to entries, a quarantine, counts and statements.

Nothing is guessed: a row that can't be read goes to quarantine with the reason, and what a list
counts is exact only if none did. The form of a file is told by its content, its columns by the
words of their header, its batch by its name or title, a filing's place by the code in its number.
"""

from filings.lists.counts import cumulative_entities, evidence, statements
from filings.lists.document import ListError
from filings.lists.entries import (
    COLUMNS,
    QUARANTINE,
    ListRead,
    ListsRead,
    entity_history,
    in_words,
    ingest,
    read,
    read_all,
)

__all__ = [
    "COLUMNS",
    "QUARANTINE",
    "ListError",
    "ListRead",
    "ListsRead",
    "cumulative_entities",
    "entity_history",
    "evidence",
    "in_words",
    "ingest",
    "read",
    "read_all",
    "statements",
]
