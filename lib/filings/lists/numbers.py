"""Filing numbers: what one says, whether it can be real, and why not; one or a column at once.

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
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
import pandas as pd
from stdnum.iso7064 import mod_11_2

from filings import places


@dataclass(frozen=True, eq=False)
class Form:
    """How the numbers of one register are built. Fields are slices of the string of digits."""

    register: str
    marker: str
    length: int
    """Characters between 备 and 号: the digits and the check character."""
    modulus: int
    since: int
    """Year of the register's first filings; no number is older."""
    fields: Mapping[str, slice]

    @property
    def width(self) -> int:
        """Characters of a number, and one more, to notice longer texts."""
        return _HEAD + self.length + len("号") + 1

    def check_for(self, digits: str) -> str:
        """The check character that belongs behind these digits."""
        if self.modulus == 11:
            return mod_11_2.calc_check_digit(digits)
        remainder = 0
        for digit in digits:
            remainder = 2 * (remainder + int(digit)) % self.modulus
        return str((1 - remainder) % self.modulus)


BLOCKCHAIN = Form(
    "blockchain",
    "网信备",
    20,
    11,
    2019,
    {
        "division_code": slice(0, 6),
        "year": slice(6, 8),
        "filer": slice(8, 16),
        "sequence": slice(16, 19),
        "check": slice(19, 20),
    },
)
ALGORITHM = Form(
    "algorithm",
    "网信算备",
    21,
    10,
    2022,
    {
        "division_code": slice(0, 6),
        "filer": slice(6, 13),
        "class_code": slice(13, 15),
        "year": slice(15, 17),
        "sequence": slice(17, 20),
        "check": slice(20, 21),
    },
)
FORMS = (BLOCKCHAIN, ALGORITHM)
# Both forms have four characters before the digits: 粤网信备, 网信算备.
_HEAD = 4
FIELDS = ("division_code", "year", "filer", "class_code", "sequence", "check")

# Provinces with two abbreviations in use; the reference table holds the first of each pair.
_SECOND_ABBREVIATION = {"蜀": "川", "贵": "黔", "云": "滇", "秦": "陕", "陇": "甘"}

_NARROW = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")
_SPACES = re.compile(r"[\s\x00\u200b-\u200f\u2060\ufeff]+")
_SHAPE = re.compile(r"(?:(\w)网信备|网信算备)(.*)号")


@dataclass(frozen=True)
class Number:
    """One filing number, read. ``text`` is its canonical writing when it has the right form.

    Of an invalid number ``reason`` says in plain words what is wrong first. Without the right form
    ``text`` is what was given less its spaces, and the fields are empty. ``year`` is the full year
    (2020; 0 if unknown). ``class_code`` exists in the algorithm register only.
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


def _tidy(text: str) -> str:
    """The text without spaces, with narrow digits, capital X and a closing 号."""
    text = _SPACES.sub("", text).translate(_NARROW)
    return text if text.endswith("号") or not text else text + "号"


def _form_fault(form: Form, body: str) -> str:
    """What keeps ``body`` (all between 备 and 号) from having the form; empty if nothing does."""
    last = "0123456789X" if form.modulus == 11 else "0123456789"
    for place, sign in enumerate(body):
        allowed = last if place == len(body) - 1 else "0123456789"
        if sign not in allowed:
            return f"holds {sign!r} where a digit belongs"
    if len(body) != form.length:
        return f"has {len(body)} digits where {form.length} belong"
    return ""


def _meaning_fault(form: Form, abbreviation: str | None, body: str) -> str:
    """What is wrong with a number of the right form; empty if nothing is."""
    code = body[form.fields["division_code"]]
    province = places.province_by_code().get(code[:2])
    if abbreviation and abbreviation not in province_codes():
        return f"{abbreviation!r} is no province's abbreviation"
    if province is None:
        return f"division code {code} lies in no province: none begins with {code[:2]}"
    if abbreviation and province_codes()[abbreviation] != code[:2]:
        stated = places.province_by_code()[province_codes()[abbreviation]]
        return f"{abbreviation} stands for {stated}, but division code {code} lies in {province}"
    year = 2000 + int(body[form.fields["year"]])
    if year < form.since:
        return f"the year reads {year}, but the register began in {form.since}"
    due = form.check_for(body[:-1])
    if body[-1] != due:
        return f"the check character should be {due}, not {body[-1]}, if all other digits are right"
    return ""


def parse(text: str) -> Number:
    """What a filing number says, or the first reason why it can't be one.

    Spaces, full-width digits, a small x and a missing 号 are tolerated.

    >>> parse("粤网信备 44030520701478930010 号").sequence
    '001'
    >>> parse("粤网信备44030520701478930011号").reason
    'the check character should be 0, not 1, if all other digits are right'
    """
    tidy = _tidy(text)
    if not tidy:
        return Number("", False, "empty")
    found = _SHAPE.fullmatch(tidy)
    if not found:
        begin = "does not begin with one province's abbreviation and 网信备, nor with 网信算备"
        return Number(tidy.removesuffix("号"), False, begin)
    abbreviation, body = found.groups()
    form = BLOCKCHAIN if abbreviation else ALGORITHM
    if _form_fault(form, body):
        return Number(tidy.removesuffix("号"), False, _form_fault(form, body), form.register)
    values = {name: body[part] for name, part in form.fields.items()}
    values["year"] = 2000 + int(values["year"])
    reason = _meaning_fault(form, abbreviation, body)
    return Number(tidy, not reason, reason, form.register, **values)


# The column version works on the characters' code points, a fixed number of them a row, and on
# so many rows at a time that they stay in the processor's cache.
_CHUNK = 8192
_X = ord("X") - ord("0")
_CHECK_UNIT = 2048  # more than any sum of weighted digits


@cache
def _lowest_and_reach(form: Form) -> tuple[np.ndarray, np.ndarray]:
    """For each place of a chunk of rows, the lowest code point allowed and how far one may go."""
    prefix = [(ord(sign), 0) for sign in form.marker]
    if len(prefix) < _HEAD:
        prefix.insert(0, (0, 0xFFFF))  # the abbreviation: looked up later
    digits = [(ord("0"), 9)] * (form.length - 1)
    check = [(ord("0"), _X if form.modulus == 11 else 9)]
    row = prefix + digits + check + [(ord("号"), 0)]
    row.append((0, 0))
    lowest, reach = np.array(row, dtype=np.uint32).T
    return np.tile(lowest, (_CHUNK, 1)), np.tile(reach, (_CHUNK, 1))


@cache
def _weights(form: Form) -> np.ndarray:
    """Weights, one column, that take a row to check sum + ``_CHECK_UNIT`` × check character.

    The sum is that of the digits before the check character. A product of matrices is the fastest
    sum there is, and float32 holds these exactly.
    """
    weights = np.zeros((form.width, 1), dtype=np.float32)
    for place in range(form.length - 1):
        weights[_HEAD + place] = pow(2, form.length - 1 - place, form.modulus)
    weights[_HEAD + form.length - 1] = _CHECK_UNIT
    return weights


@cache
def _fits(form: Form) -> np.ndarray:
    """For each value that the weights can give, whether the check character fits the sum.

    Zero, the value of a row without the form, does not fit.
    """
    sums = np.arange(_CHECK_UNIT)
    fits = np.zeros((_X + 1, _CHECK_UNIT), dtype=bool)
    for sign, value in [*((digit, digit) for digit in range(10)), (_X, 10)]:
        fits[sign] = (sums + value) % form.modulus == 1
    return fits.ravel()


@cache
def _province_allowed() -> tuple[np.ndarray, np.ndarray]:
    """Province code by the abbreviation's code point (100: none), and which codes are provinces."""
    by_sign = np.full(0x10000, 100, dtype=np.uint8)
    for sign, code in province_codes().items():
        by_sign[ord(sign)] = int(code)
    known = np.zeros(100, dtype=bool)
    known[[int(code) for code in places.province_by_code()]] = True
    return by_sign, known


def _valid_as_written(texts: np.ndarray, form: Form) -> np.ndarray:
    """Which of up to ``_CHUNK`` texts are canonical, valid numbers of the form."""
    rows = len(texts)
    points = texts.astype(f"U{form.width}").view(np.uint32).reshape(rows, form.width)
    lowest, reach = _lowest_and_reach(form)
    signs = points - lowest[:rows]  # what is too low wraps around and is out of reach as well
    outside = signs > reach[:rows]
    if outside.any():
        signs[outside.any(axis=1)] = 0
    # Signed, because only that converts fast.
    sums = (signs.view(np.int32).astype(np.float32) @ _weights(form))[:, 0].astype(np.intp)
    province = _two_digits(signs, form.fields["division_code"])
    by_sign, known = _province_allowed()
    right_province = by_sign[signs[:, 0]] == province if form is BLOCKCHAIN else known[province]
    recent = _two_digits(signs, form.fields["year"]) >= form.since - 2000
    return _fits(form)[sums] & right_province & recent


def _two_digits(signs: np.ndarray, part: slice) -> np.ndarray:
    """The number in the first two digits of a field, one a row."""
    return signs[:, _HEAD + part.start] * 10 + signs[:, _HEAD + part.start + 1]


def _registers_as_written(texts: np.ndarray) -> np.ndarray:
    """For each text the place in ``FORMS`` of the form it satisfies as it stands, or -1."""
    found = np.full(len(texts), -1, dtype=np.int8)
    for start in range(0, len(texts), _CHUNK):
        chunk = texts[start : start + _CHUNK]
        for index, form in enumerate(FORMS):
            valid = _valid_as_written(chunk, form)
            found[start : start + _CHUNK][valid] = index
            if valid.all():
                break
    return found


def valid_column(values: pd.Series | np.ndarray) -> np.ndarray:
    """Which numbers of a column are valid (Boolean, one a value), written canonically or not.

    The same verdict as ``parse(value).valid``, more than fifty times as fast on clean columns.
    """
    texts = np.asarray(values)
    valid = _registers_as_written(texts) >= 0
    doubtful = np.flatnonzero(~valid)
    tidy = np.array([_tidy(str(text)) for text in texts[doubtful]], dtype=object)
    valid[doubtful] = _registers_as_written(tidy) >= 0
    return valid


def parse_column(values: pd.Series | np.ndarray) -> pd.DataFrame:
    """What each number of a column says: the fields of ``Number``, one row a value.

    Fields are strings but for ``valid`` (Boolean) and ``year`` (integer, 0 if unknown). Rows
    agree with ``parse`` of each value. The index is that of ``values`` where it has one.
    """
    texts = np.array([str(text) for text in values], dtype=object)
    which = _registers_as_written(texts)
    doubtful = np.flatnonzero(which < 0)
    texts[doubtful] = [_tidy(text) for text in texts[doubtful]]
    which[doubtful] = _registers_as_written(texts[doubtful])

    columns = {name: np.full(len(texts), "", dtype=object) for name in ("reason", "register")}
    columns |= {name: np.full(len(texts), "", dtype=object) for name in FIELDS}
    columns["year"] = np.zeros(len(texts), dtype=np.int16)
    for index, form in enumerate(FORMS):
        rows = np.flatnonzero(which == index)
        columns["register"][rows] = form.register
        fixed = texts[rows].astype(f"U{form.width}")
        texts[rows] = fixed  # without the NULs that may have followed 号
        signs = fixed.view("U1").reshape(len(rows), form.width)
        for name, part in form.fields.items():
            digits = np.ascontiguousarray(signs[:, _HEAD + part.start : _HEAD + part.stop])
            field = digits.view(f"U{part.stop - part.start}")[:, 0]
            columns[name][rows] = 2000 + field.astype(np.int16) if name == "year" else field
    for row in np.flatnonzero(which < 0):
        number = parse(texts[row])
        texts[row] = number.text
        for name in columns:
            columns[name][row] = getattr(number, name)
    index = values.index if isinstance(values, pd.Series) else None
    table = pd.DataFrame({"text": texts, "valid": which >= 0} | columns, index=index)
    return table[["text", "valid", "reason", "register", *FIELDS]]


def describe(text: str) -> dict:
    """A number as given with the fields of ``Number`` and the place of its code, for output."""
    number = parse(text)
    where = places.locate(number.division_code, number.year)
    return {"number": text} | asdict(number) | asdict(where)


def in_words(said: dict) -> str:
    """What ``describe`` says, on one line."""
    if not said["valid"]:
        return f"{said['number']}: not valid: {said['reason']}"
    place = " ".join(filter(None, (said["province"], said["prefecture"], said["county"])))
    return f"{said['text']}: valid, filed {said['year']} from {place} ({said['division_code']})"
