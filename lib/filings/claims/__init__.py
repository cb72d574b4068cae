"""An article's claims about the register: find them, judge them, word the verdict."""

from filings.claims.audit import (
    as_json,
    audit,
    audit_listed,
    claim_of,
    claims_of,
    draft,
    in_words,
    listed,
)
from filings.claims.claim import Claim
from filings.claims.extract import extract
from filings.claims.judge import VERDICTS, Verdict, judge, without
from filings.claims.text import TextError, decode

__all__ = [
    "VERDICTS", "Claim", "TextError", "Verdict", "as_json", "audit", "audit_listed", "claim_of",
    "claims_of", "decode", "draft", "extract", "in_words", "judge", "listed", "without",
]  # fmt: skip
