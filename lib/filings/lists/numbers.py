"""Filing numbers: what one says, whether it can be real, and why not.

Two registers of the Cyberspace Administration of China are known.

- ``blockchain``: province abbreviation, 网信备, 6-digit division code, 2-digit year, 8-digit filer,
  3-digit sequence, check character (ISO/IEC 7064 MOD 11-2, X for ten), 号.
- ``algorithm`` (recommendation and deep-synthesis algorithms): 网信算备, 6-digit division code,
  7-digit filer, 2-digit class, 2-digit year, 3-digit sequence, check digit (the pure recipe of
  ISO/IEC 7064 with modulus 10), 号.

Source of both rules: the numbers themselves. MOD 11-2 holds for every real blockchain number seen;
modulus 10 for every well-formed number of the algorithm register but one. A wrong digit, and a
swap of two neighbours that differ, always breaks MOD 11-2; modulus 10 misses some of both.
"""

import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from stdnum.iso7064 import mod_37_2

from filings import places
from filings.lists import signs

_DIGITS = "0123456789"


@dataclass(frozen=True)
class Form:
    """How the numbers of one register are built."""

    register: str
    parts: re.Pattern[str]
    """The fields between 备 and 号."""
    length: int
    """Characters between 备 and 号."""
    checks: str
    """The check characters, from zero: as many as the modulus."""
    since: int
    """Year of the register's first filings; no number is older."""

    def check_for(self, digits: str) -> str:
        """The check character that belongs behind these digits."""
        # The recipe of MOD 37-2 is that of all pure systems of radix 2; the modulus is that of
        # the alphabet.
        return mod_37_2.calc_check_digit(digits, self.checks)


BLOCKCHAIN = Form(
    "blockchain",
    re.compile(
        r"(?P<division_code>\d{6})(?P<year>\d\d)(?P<filer>\d{8})(?P<sequence>\d{3})(?P<check>[\dX])",
        re.ASCII,
    ),
    20,
    _DIGITS + "X",
    2019,
)
ALGORITHM = Form(
    "algorithm",
    re.compile(
        r"(?P<division_code>\d{6})(?P<filer>\d{7})(?P<class_code>\d\d)(?P<year>\d\d)"
        r"(?P<sequence>\d{3})(?P<check>\d)",
        re.ASCII,
    ),
    21,
    _DIGITS,
    2022,
)

# Provinces with two abbreviations in use; the reference table holds the first of each pair.
_SECOND_ABBREVIATION = {"蜀": "川", "贵": "黔", "云": "滇", "秦": "陕", "陇": "甘"}
_SHAPE = re.compile(r"(?:(\w)网信备|网信算备)(.*)号")


@dataclass(frozen=True)
class Number:
    """One filing number, read.

    Attributes
    ----------
    text
        Its canonical writing; without the right form what was given less its blanks, and all
        fields below are empty.
    reason
        What is wrong first with a number that is not valid, in plain words.
    year
        All four digits; 0 if unknown.
    class_code
        In the algorithm register only.
    """

    text: str
    valid: bool
    reason: str = ""
    register: str = ""
    division_code: str = ""
    year: int = 0
    filer: str = ""
    class_code: str = ""
    sequence: str = ""
    check: str = ""


@cache
def province_codes() -> dict[str, str]:
    """Two-digit province code by abbreviation: 粤 → 44."""
    table = places.provinces()
    codes = dict(zip(table["abbreviation"], table["adcode"].str[:2], strict=True))
    return codes | {second: codes[first] for second, first in _SECOND_ABBREVIATION.items()}


def parse(text: str) -> Number:
    """What a filing number says, or the first reason why it can't be one.

    Blanks, full-width digits, a small x and a missing 号 are tolerated.

    >>> parse("粤网信备 44030520701478930010 号").sequence
    '001'
    >>> parse("粤网信备44030520701478930011号").reason
    'the check character should be 0, not 1, if all other digits are right'
    """
    tidy = signs.narrow(text)
    bare = tidy.removesuffix("号")
    if not tidy:
        return Number("", False, "empty")
    found = _SHAPE.fullmatch(bare + "号")
    if not found:
        begin = "does not begin with one province's abbreviation and 网信备, nor with 网信算备"
        return Number(bare, False, begin)
    abbreviation, body = found.groups()
    form = BLOCKCHAIN if abbreviation else ALGORITHM
    said = form.parts.fullmatch(body)
    if not said:
        return Number(bare, False, _form_fault(form, body), form.register)
    values = said.groupdict()
    year = 2000 + int(values.pop("year"))
    reason = _meaning_fault(form, abbreviation, values["division_code"], year, body)
    return Number(bare + "号", not reason, reason, form.register, year=year, **values)


def _form_fault(form: Form, body: str) -> str:
    """What keeps all that stands between 备 and 号 from having the form."""
    strange = [sign for sign in body[:-1] if sign not in _DIGITS]
    strange += [sign for sign in body[-1:] if sign not in form.checks]
    if strange:
        return f"holds {strange[0]!r} where a digit belongs"
    return f"has {len(body)} digits where {form.length} belong"


def _meaning_fault(form: Form, abbreviation: str | None, code: str, year: int, body: str) -> str:
    """What is wrong with a number of the right form; empty if nothing is."""
    province = places.province_by_code().get(code[:2])
    if abbreviation and abbreviation not in province_codes():
        return f"{abbreviation!r} is no province's abbreviation"
    if province is None:
        return f"division code {code} lies in no province: none begins with {code[:2]}"
    if abbreviation and province_codes()[abbreviation] != code[:2]:
        stated = places.province_by_code()[province_codes()[abbreviation]]
        return f"{abbreviation} stands for {stated}, but division code {code} lies in {province}"
    if year < form.since:
        return f"the year reads {year}, but the register began in {form.since}"
    due = form.check_for(body[:-1])
    if body[-1] != due:
        return f"the check character should be {due}, not {body[-1]}, if all other digits are right"
    return ""


def describe(text: str) -> dict[str, Any]:
    """A number as given with the fields of `Number` and the place of its code, for output."""
    number = parse(text)
    where = places.locate(number.division_code, number.year)
    return {"number": text} | asdict(number) | asdict(where)


def in_words(said: dict[str, Any]) -> str:
    """What `describe` says, on one line."""
    if not said["valid"]:
        return f"{said['number']}: not valid: {said['reason']}"
    place = " ".join(filter(None, (said["province"], said["prefecture"], said["county"])))
    return f"{said['text']}: valid, filed {said['year']} from {place} ({said['division_code']})"
