"""An article's claims about the register: find them, judge them, word the verdict."""

from filings.claims.audit import (
    as_json,
    audit,
    audit_listed,
    audited,
    claim_of,
    claims_of,
    draft,
    in_words,
    listed,
    with_and_without,
)
from filings.claims.claim import Claim
from filings.claims.extract import extract
from filings.claims.judge import STANDINGS, VERDICTS, Verdict, judge, standing, without
from filings.claims.text import TextError, decode

__all__ = [
    "STANDINGS", "VERDICTS", "Claim", "TextError", "Verdict", "as_json", "audit", "audit_listed",
    "audited", "claim_of", "claims_of", "decode", "draft", "extract", "in_words", "judge",
    "listed", "standing", "with_and_without", "without",
]  # fmt: skip
