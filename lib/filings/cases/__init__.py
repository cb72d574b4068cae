"""Case studies: what the register and the record say of one place.

``ranges`` asks the register, ``record`` gathers what has been said, ``words`` holds labels and the
stories picked by reading. The argument is in notebook 04, which runs for any place on record.
"""

from filings.cases.ranges import (
    SELECTIONS,
    YEAR,
    compared,
    counts,
    in_context,
    per_size,
    rank,
    register,
    services,
    share,
)
from filings.cases.record import (
    CODE_DIGITS,
    PEER_RULE,
    clashes,
    drawn_promises,
    find,
    known,
    lists_covered,
    own,
    peers,
    promises,
    said,
    sister,
    statements_on,
    stem,
    thread_rows,
    threads,
    timeline,
)

__all__ = [
    "CODE_DIGITS",
    "PEER_RULE",
    "SELECTIONS",
    "YEAR",
    "clashes",
    "compared",
    "counts",
    "drawn_promises",
    "find",
    "in_context",
    "known",
    "lists_covered",
    "own",
    "peers",
    "per_size",
    "promises",
    "rank",
    "register",
    "said",
    "services",
    "share",
    "sister",
    "statements_on",
    "stem",
    "thread_rows",
    "threads",
    "timeline",
]
