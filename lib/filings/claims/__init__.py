"""An article's claims about the register: find them, judge them, word the verdict."""

from filings.claims.claim import Claim
from filings.claims.extract import extract
from filings.claims.text import TextError, decode

__all__ = ["Claim", "TextError", "decode", "extract"]
