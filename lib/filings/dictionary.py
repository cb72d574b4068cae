"""The data dictionary, ``data/README.md``, as values: what each table holds, field by field."""

import re
from dataclasses import dataclass
from types import MappingProxyType

from filings import paths

TYPES = MappingProxyType(
    {
        "text": r".*",
        "choice": r".*",
        "code": r"\d+",
        "integer": r"-?\d+",
        "number": r"-?\d+(\.\d+)?([eE]-?\d+)?",
        "date": r"\d{4}(-\d{2}(-\d{2})?)?",
        "batches": r"\d+([-+]\d+)*",
    }
)
"""What a type's values look like, as a regular expression for the whole value."""

_FIELD = re.compile(r"\| `(\w+)` \| (\w+)(\??) \| ([^|]+) \| ([^|]+) \|")
_ELSEWHERE = re.compile(r"`(\w+)` in `(\w+/\w+\.csv)`")


class BrokenDictionaryError(ValueError):
    """A section of the dictionary that does not say what it must."""


@dataclass(frozen=True)
class Field:
    """One column. ``optional``: it may be empty. ``unit`` is empty where there is none."""

    name: str
    type: str
    optional: bool
    unit: str
    description: str

    @property
    def choices(self) -> tuple[str, ...]:
        """The only values it may have; empty unless the type is ``choice``."""
        return tuple(re.findall(r"`([^`]+)`", self.description)) if self.type == "choice" else ()

    @property
    def reference(self) -> tuple[str, str] | None:
        """File and field where each of its values stands; None where it refers to no other."""
        match = _ELSEWHERE.fullmatch(self.description)
        return (match[2], match[1]) if match else None


@dataclass(frozen=True)
class Table:
    """One csv file, by its name relative to data/. ``title`` is the description's first sentence;
    ``sources`` are files of data/ (``raw/sources.csv``) and words."""

    file: str
    title: str
    description: str
    key: tuple[str, ...]
    sources: tuple[str, ...]
    fields: tuple[Field, ...]


def tables() -> dict[str, Table]:
    """Every table of the dictionary by its file, in the order of the page.

    Raises BrokenDictionaryError, naming the section, for a line that is missing or of another form.
    """
    sections = re.split(r"^## ", paths.DICTIONARY.read_text(encoding="utf-8"), flags=re.M)[1:]
    parts = (section.partition("\n") for section in sections)
    return {title: _table(title, body) for title, _, body in parts if title.endswith(".csv")}


def introduction() -> str:
    """What holds for all tables: the page's paragraphs on its words and on the licence.

    Raises BrokenDictionaryError where one is missing.
    """
    head = paths.DICTIONARY.read_text(encoding="utf-8").partition("\n## ")[0]
    parts = {part.partition(" ")[0]: part.strip() for part in re.split(r"\n{2,}", head)}
    try:
        return f"{parts['**Words.**']}\n\n{parts['**Licence.**']}"
    except KeyError as missing:
        raise BrokenDictionaryError(f"data/README.md: no paragraph begins with {missing}") from None


def _table(file: str, body: str) -> Table:
    rows = re.findall(r"^\|.*$", body, flags=re.M)
    if rows[:2] != ["| field | type | unit | description |", "|---|---|---|---|"]:
        raise BrokenDictionaryError(f"data/README.md, {file}: no table of fields")
    prose = [part for part in re.split(r"\n{2,}", body.strip()) if part[0] != "|"]
    stated = {name: _stated(file, name, prose) for name in ("Key", "Source")}
    fields = tuple(_field(file, row) for row in rows[2:])
    key = tuple(re.findall(r"`(\w+)`", stated["Key"]))
    if not key or not {*key} <= {field.name for field in fields}:
        raise BrokenDictionaryError(f"data/README.md, {file}: the key is not of its fields")
    return Table(
        file,
        title=re.split(r"(?<=\.)\s", prose[0])[0].rstrip("."),
        description="\n\n".join(p for p in prose if not p.startswith(("Key: ", "Source: "))),
        key=key,
        sources=tuple(source.strip("`") for source in stated["Source"].split("; ")),
        fields=fields,
    )


def _stated(file: str, name: str, prose: list[str]) -> str:
    found = [part.removeprefix(f"{name}: ") for part in prose if part.startswith(f"{name}: ")]
    if len(found) != 1:
        raise BrokenDictionaryError(
            f"data/README.md, {file}: {len(found)} lines '{name}: …', not one"
        )
    return found[0]


def _field(file: str, row: str) -> Field:
    match = _FIELD.fullmatch(row)
    if not match or match[2] not in TYPES:
        raise BrokenDictionaryError(
            f"data/README.md, {file}: not `name` | type | unit | description "
            f"with a type of {', '.join(TYPES)}: {row}"
        )
    name, kind, mark, unit, description = match.groups()
    return Field(name, kind, bool(mark), "" if unit == "–" else unit, description)
