"""An article's claims about the register: find them, judge them, word the verdict."""

from filings.claims.audit import (
    audit,
    audit_listed,
    audited,
    claim_of,
    draft,
    listed,
    with_and_without,
)
from filings.claims.claim import Claim
from filings.claims.extract import extract
from filings.claims.judge import STANDINGS, VERDICTS, Verdict, judge, standing, without
from filings.claims.report import Audited, reading
from filings.claims.text import TextError, decode

__all__ = [
    "STANDINGS", "VERDICTS", "Audited", "Claim", "TextError", "Verdict", "audit", "audit_listed",
    "audited", "claim_of", "decode", "draft", "extract", "judge",
    "listed", "reading", "standing", "with_and_without", "without",
]  # fmt: skip
