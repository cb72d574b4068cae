"""The ledger of published statements about the register: read, validate, say in words.

One row is one statement of one publication. Nothing here reconciles statements with each other;
rows are taken whole or the ledger is refused with the file, the row and the remedy.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd

from filings import paths, places
from filings.ledger.batches import Batches
from filings.ledger.kinds import KINDS, Value

COLUMNS = (
    "id", "source", "kind", "place", "batches", "unit", "relation", "value", "of", "phrase",
    "also", "category", "doubt", "reading", "note",
)  # fmt: skip
OPTIONAL = ("also", "category", "doubt", "reading", "note")
"""Columns that a ledger may leave out; they are then empty."""
RELATIONS = ("=", ">=", "<=", "~")


class LedgerError(ValueError):
    """A ledger that cannot be taken: every problem found, each with file, row and remedy."""

    def __init__(self, problems: Iterable[str]):
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Statement:
    """One published statement.

    Attributes
    ----------
    places
        Short names; several are counted together.
    batches
        Empty where the source does not state them.
    value
        As the kind reads it: ask for ``number``, ``percent`` or ``names`` where it is known.
    of
        The place whose count is 100 percent, for shares.
    phrase
        The source's own words.
    also
        Ids of further publications that say the same.
    doubt, reading
        How else the phrase could be read, and why it is taken as it is.
    row
        The line in the ledger's file, for messages.
    """

    id: str
    source: str
    kind: str
    places: tuple[str, ...]
    batches: Batches
    unit: str
    relation: str
    value: Value
    of: str = ""
    phrase: str = ""
    also: tuple[str, ...] = ()
    category: str = ""
    doubt: str = ""
    reading: str = ""
    note: str = ""
    row: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "batches", Batches(self.batches))

    @property
    def place(self) -> str:
        """The places joined as the ledger writes them (北京+上海)."""
        return "+".join(self.places)

    @property
    def number(self) -> int:
        """The value of a kind that has a whole number."""
        assert isinstance(self.value, int), self
        return self.value

    @property
    def percent(self) -> Decimal:
        """The value of a share, with the decimals that its author prints."""
        assert isinstance(self.value, Decimal), self
        return self.value

    @property
    def names(self) -> tuple[str, ...]:
        """The places that an order or leaders put in their places; none for other kinds."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def binds(self) -> bool:
        """True if the statement constrains the counts: a binding kind, exact wording, batches."""
        return KINDS[self.kind].binds and self.relation != "~" and bool(self.batches)

    @property
    def fact(self) -> tuple[object, ...]:
        """What is asserted, whoever says it: equal for two statements of one fact."""
        return self.kind, self.places, self.batches, self.unit, self.relation, self.value, self.of


def parse_places(text: str) -> tuple[str, ...]:
    """Short names of the places in a text that joins them by ``+``.

    Raises
    ------
    UnknownPlaceError
        A name is not known or not unique.
    ValueError
        A place is named twice or lies in another.
    """
    names = tuple(places.find(name).name for name in text.split("+"))
    if len(set(names)) < len(names):
        raise ValueError(f"place {text!r} names a place twice")
    for name in names:
        for parent in places.ancestors(name):
            if parent in names:
                raise ValueError(f"place {text!r} counts {name} twice: it lies in {parent}")
    return names


def read(path: Path = paths.STATEMENTS) -> tuple[Statement, ...]:
    """All statements of a ledger, in file order.

    Raises
    ------
    LedgerError
        Every problem found: a missing file or column, a wrong encoding, an unknown place or kind,
        a malformed number or selection, a duplicate id.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LedgerError(
            [f"{path.name}: cannot be read ({error.strerror}); check the path"]
        ) from None
    except UnicodeDecodeError:
        raise LedgerError([f"{path.name}: not UTF-8 text; save it as CSV UTF-8"]) from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return from_rows(rows, path.name)
    except csv.Error as error:
        raise LedgerError(
            [f"{path.name}, line {rows.line_num}: {error}; check the quotes"]
        ) from None


def from_rows(rows: Iterable[list[str]], name: str) -> tuple[Statement, ...]:
    """Statements of a ledger that is at hand as a header and rows of text.

    Parameters
    ----------
    rows
        The header, then one list of cells a statement; the order of columns is free.
    name
        What stands for the file in messages.

    Raises
    ------
    LedgerError
        As for `read`.
    """
    rows = iter(rows)
    header = [field.strip() for field in next(rows, [])]
    needed = [column for column in COLUMNS if column not in OPTIONAL]
    missing = [column for column in needed if column not in header]
    if missing or len(set(header)) < len(header):
        wrong = f"misses {', '.join(missing)}" if missing else "names a column twice"
        raise LedgerError([f"{name}, row 1: the header {wrong}; it must name {', '.join(needed)}"])
    found: dict[str, Statement] = {}
    problems = []
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{name}, row {number}"
        if len(cells) != len(header):
            problems.append(
                f"{where}: {len(cells)} fields where the header has {len(header)}; "
                "quote fields that hold a comma"
            )
            continue
        fields = dict.fromkeys(OPTIONAL, "")
        fields |= zip(header, (paths.unquoted(cell.strip()) for cell in cells), strict=True)
        try:
            statement = _statement(fields, number)
        except ValueError as error:
            problems.append(f"{where} ({fields['id'] or 'no id'}): {error}")
            continue
        if statement.id in found:
            problems.append(
                f"{where}: id {statement.id!r} is taken by row {found[statement.id].row}; "
                "give each statement its own id"
            )
            continue
        found[statement.id] = statement
    if problems:
        raise LedgerError(problems)
    return tuple(found.values())


def as_row(statement: Statement) -> dict[str, str]:
    """The statement's fields as the ledger writes them: what `from_rows` reads again."""
    written = {
        "place": statement.place,
        "batches": str(statement.batches),
        "value": KINDS[statement.kind].write(statement),
        "also": ";".join(statement.also),
    }
    return {name: written.get(name, getattr(statement, name)) for name in COLUMNS}


def sorted_out(*status: str, path: Path = paths.USED_STATEMENTS) -> tuple[Statement, ...]:
    """Statements by what notebook 01 made of them, in the order of the table that it writes.

    Parameters
    ----------
    *status
        Any of used, set aside, context and replaced. Official lists at hand are in them, in the
        place of what they replace.
    path
        The table.

    Raises
    ------
    LedgerError
        As for `read`.
    """
    found = dict(pd.read_csv(path, dtype=str, keep_default_na=False)[["id", "status"]].to_numpy())
    return tuple(statement for statement in read(path) if found[statement.id] in status)


def used(path: Path = paths.USED_STATEMENTS) -> tuple[Statement, ...]:
    """The statements that notebook 01 found can hold together: what every range rests on."""
    return sorted_out("used", path=path)


def known_to_clash(statements: Iterable[Statement]) -> tuple[str, ...] | None:
    """Ids of those that notebook 01 set aside; None where it sorted other statements than these."""
    if not paths.USED_STATEMENTS.exists():
        return None
    found = pd.read_csv(paths.USED_STATEMENTS, dtype=str, keep_default_na=False)
    found = found[found["status"] != "replaced"]
    sorted_then = set(map(tuple, found[list(COLUMNS)].to_numpy()))
    if sorted_then != {tuple(as_row(statement).values()) for statement in statements}:
        return None
    return tuple(found.loc[found["status"] == "set aside", "id"])


def replace_listed(
    statements: Iterable[Statement], official: Iterable[Statement], listed: Iterable[int]
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The ledger with official lists in the place of what was published about them.

    Parameters
    ----------
    statements
        The ledger.
    official
        The exact counts of the lists at hand.
    listed
        The batches that these lists cover.

    Returns
    -------
    The ledger to use, and the statements replaced: those that bind and speak of listed batches
    only. What is said of more batches stays.
    """
    statements, listed = tuple(statements), set(listed)
    replaced = tuple(s for s in statements if s.binds and set(s.batches) <= listed)
    gone = {statement.id for statement in replaced}
    return (*(s for s in statements if s.id not in gone), *official), replaced


def _statement(fields: dict[str, str], row: int) -> Statement:
    if not fields["id"]:
        raise ValueError("the id is empty; give each statement its own")
    if fields["kind"] not in KINDS:
        raise ValueError(f"unknown kind {fields['kind']!r}; use one of {', '.join(KINDS)}")
    if fields["relation"] not in RELATIONS:
        raise ValueError(
            f"unknown relation {fields['relation']!r}; use one of {' '.join(RELATIONS)}"
        )
    kind, of = KINDS[fields["kind"]], fields["of"]
    if kind.binds and fields["unit"] not in kind.units:
        raise ValueError(
            f"unit {fields['unit']!r} does not go with {fields['kind']}; "
            f"use {' or '.join(kind.units)}"
        )
    where = parse_places(fields["place"])
    batches = Batches.parse(fields["batches"]) if fields["batches"] else Batches()
    value = kind.read(fields["value"])
    if kind.takes_of:
        if not of:
            raise ValueError("column 'of' is empty; name the place whose count is 100 percent")
        of = places.find(of).name
    said = Statement(
        fields["id"], fields["source"], fields["kind"], where, batches, fields["unit"],
        fields["relation"], value, of, fields["phrase"],
        tuple(fields["also"].split(";")) if fields["also"] else (),
        fields["category"], fields["doubt"], fields["reading"], fields["note"], row,
    )  # fmt: skip
    kind.check(said)
    return said


# --- independent sources ---------------------------------------------------------------------


def sources(statement: Statement) -> tuple[str, ...]:
    """Ids of the publications that say it: its own, then the others on file."""
    own = [part.strip() for part in statement.source.split(";") if part.strip()]
    return tuple(dict.fromkeys([*own, *statement.also]))


@cache
def copies() -> dict[str, str]:
    """Source id → id of the publication whose text it copies, from ``data/raw/sources.csv``."""
    table = pd.read_csv(paths.SOURCES, dtype=str, keep_default_na=False)
    copied = table[table["text_of"] != ""]
    return dict(zip(copied["source_id"], copied["text_of"], strict=True))


def text_of(source: str) -> str:
    """The publication that counts as the witness: the source, or the one whose text it copies."""
    return copies().get(source, source)


def witnesses(statements: Iterable[Statement]) -> pd.DataFrame:
    """Every publication that says any of the statements, most statements first.

    Returns
    -------
    Columns ``source``, ``statements`` (how many it makes), ``alone`` (how many facts nobody else
    states) and ``text_of`` (the publication it copies; empty where it counts for itself).
    """
    says: dict[str, set[tuple[object, ...]]] = {}
    for statement in statements:
        for source in sources(statement):
            says.setdefault(source, set()).add(statement.fact)
    texts: dict[tuple[object, ...], set[str]] = {}
    for source, facts in says.items():
        for fact in facts:
            texts.setdefault(fact, set()).add(text_of(source))
    rows = [
        (source, len(facts), sum(len(texts[fact]) == 1 for fact in facts), copies().get(source, ""))
        for source, facts in says.items()
    ]
    table = pd.DataFrame(rows, columns=["source", "statements", "alone", "text_of"])
    return table.sort_values(["statements", "source"], ascending=[False, True], ignore_index=True)
