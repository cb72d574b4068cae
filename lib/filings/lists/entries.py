"""Rows of official lists as entries, and those that can't be taken as a quarantine."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from filings import paths, places
from filings.lists import apart, header, numbers, signs
from filings.lists.batches import batch_of
from filings.lists.document import ListError, Row, Shown

_TYPES = {
    "register": "str", "list": "str", "batch": "Int64", "row": "int64", "service": "str",
    "entity": "str", "number": "str", "division_code": "str", "county": "str",
    "prefecture": "str", "province": "str", "region": "str", "basis": "str", "year": "int16",
    "filer": "str", "class_code": "str", "sequence": "str", "remark": "str",
    "cancelled": "bool", "appearance": "int64",
}  # fmt: skip
COLUMNS = tuple(_TYPES)
_QUARANTINE_TYPES = {
    "file": "str", "row": "int64", "field": "str", "value": "str", "reason": "str",
    "remedy": "str", "number": "str",
}  # fmt: skip
QUARANTINE = tuple(_QUARANTINE_TYPES)

_LONGEST = 500  # characters; no service, filer or remark comes near
_LONGEST_VALUE = 200
_ONE_NUMBER = 30  # characters: room for no second
_HEADER_WITHIN = 20  # rows of a table among which its header is looked for
_LONGEST_HEADING = 40
_NOTE = re.compile(r"\s*(注|备注|说明)")
_UNREADABLE = re.compile(r"[\0\ufffd]|\(cid:\d+\)")

_NARROW = str.maketrans(
    {chr(0xFF01 + at - 0x21): chr(at) for at in range(0x21, 0x7F) if chr(at).isalnum()}
)
_WIDE_BRACKETS = str.maketrans("()", "（）")
_NEAR_HAN = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) | (?=[\u3000-\u9fff\uff00-\uffef])")
_CANCELLED = re.compile("注销|撤销")
_FORMER = re.compile(
    r"主体名称由?[“\"]?(.+?)[”\"]?(?:变更|更名)为[“\"]?(.+?)[”\"]?(?=[，。；,;\s]|$)"
)


@dataclass(frozen=True)
class ListRead:
    """One official list, read. ``len(entries) + len(quarantine) == rows``, always.

    Attributes
    ----------
    name
        The file's name without its ending.
    batch
        The batch of the blockchain register that its name or title states, else None.
    entries, quarantine
        Tables with ``COLUMNS`` and ``QUARANTINE``; their rows are counted from 1 over all tables
        of the file, header included.
    """

    name: str
    batch: int | None
    rows: int
    entries: pd.DataFrame
    quarantine: pd.DataFrame

    @property
    def summary(self) -> dict[str, Any]:
        """The list's name, its counts of rows, and entries by province in code order, if any."""
        by_province = self.entries["province"].value_counts()
        return {
            "list": self.name,
            "rows": self.rows,
            "accepted": len(self.entries),
            "quarantined": len(self.quarantine),
            "by_province": {
                name: int(by_province[name])
                for name in places.province_names()
                if by_province.get(name, 0)
            },
        }


def in_words(summary: dict[str, Any]) -> str:
    """The summary of a list on one line."""
    said = f"{summary['rows']} rows, {summary['accepted']} accepted"
    if summary["quarantined"]:
        said += f", {summary['quarantined']} in quarantine"
    provinces = "、".join(f"{name} {count}" for name, count in summary["by_province"].items())
    return f"{summary['list']}: {said}" + (f" ({provinces})" if provinces else "")


@dataclass(frozen=True)
class ListsRead:
    """Several lists, read.

    Attributes
    ----------
    errors
        One for each list that can't be read at all.
    entries
        A row for each appearance of a filing, as one that several lists hold is one filing;
        numbered from 1 in ``appearance``, by batch and name of the lists.
    """

    lists: tuple[ListRead, ...]
    errors: tuple[ListError, ...]
    entries: pd.DataFrame
    quarantine: pd.DataFrame


def read_all(source: Path | Iterable[Path], progress: bool = False) -> ListsRead:
    """All lists of a folder, or those named.

    Parameters
    ----------
    source
        A folder with nothing but lists and a README.md, or files.
    progress
        Show a bar where standard error is a terminal.
    """
    files = _files_of(source) if isinstance(source, Path) else list(source)
    done: dict[str, ListRead] = {}
    errors = []
    for file in tqdm(files, unit="list", disable=None if progress else True):
        try:
            if file.stem in done:
                raise ListError(file, "has the name of another list", "rename or remove one")
            done[file.stem] = read(file)
        except ListError as error:
            errors.append(error)
    lists = tuple(sorted(done.values(), key=lambda each: (each.batch or 0, each.name)))
    entries = _stacked([each.entries for each in lists], _TYPES)
    entries["appearance"] = entries.groupby("number", sort=False).cumcount() + 1
    quarantine = _stacked([each.quarantine for each in lists], _QUARANTINE_TYPES)
    return ListsRead(lists, tuple(errors), entries, quarantine)


def ingest(sources: Iterable[Path], folder: Path, progress: bool = False) -> ListsRead:
    """Lists read as `read_all` does, and written to the folder.

    If any can be read, entries.csv, quarantine.csv and entity_history.csv are replaced, each in
    one step; else nothing is written.
    """
    read = read_all(sources, progress)
    if read.lists:
        for name, table in (
            ("entries", read.entries),
            ("quarantine", read.quarantine),
            ("entity_history", entity_history(read.entries)),
        ):
            paths.write_table(folder / f"{name}.csv", table)
    return read


def _files_of(folder: Path) -> list[Path]:
    """The lists in a folder. Hidden files, and those of an open Word (~$…), are none."""
    if not folder.is_dir():
        return [folder]
    files = (file for file in folder.iterdir() if file.is_file())
    return sorted(f for f in files if f.name != "README.md" and not f.name.startswith((".", "~$")))


def _stacked(frames: list[pd.DataFrame], types: dict[str, str]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else _table([], types)


class _Fault(NamedTuple):
    """Why a row can't be taken: the columns of the quarantine."""

    field: str
    value: str
    reason: str
    remedy: str
    number: str = ""


_LOOK_UP = "look the filing up and correct the number"
SAME_ROW = "the same filing"
OTHER_ROW = "the same number, but another service or filer,"


def read(path: Path) -> ListRead:
    """One official list as entries and a quarantine.

    Raises
    ------
    ListError
        For a file that can't be read or has no table with the columns of a list, and where its
        name and its title state several batches.
    """
    document = apart.read(path)
    title, headings = [document.title], list[str]()
    rows = list(_list_rows(document.tables, title, headings))
    if not any(known for _, known, _ in rows):
        problem = "has no table with the header of a list and rows below it"
        raise ListError(path, problem, f"the header must name {header.NEEDED}")
    entries: dict[str, dict[str, Any]] = {}
    refused: list[tuple[int, _Fault]] = []
    further: list[tuple[str, str]] = []  # (place, text) where more filings may be named
    for at, known, row in rows:
        found = _entry(known, row, entries)
        if not isinstance(found, _Fault):
            entries[found["number"]] = found | {"row": at}
            continue
        if not found.number:
            written = row[known.number] if known and known.number < len(row) else ""
            held = list(dict.fromkeys(_numbers_in(written) + _numbers_in(" ".join(row))))
            further += [(f"in row {at}", number) for number in held[1:]]
            found = found._replace(number=held[0] if held else written)
        refused.append((at, found))
    further += [("above the tables", text) for text in title]
    further += [(each.place, each.text) for each in document.outside]
    named = {*entries, *(_cut(fault.number) for _, fault in refused)}
    at = rows[-1][0]
    for place, text in further:
        for number in _numbers_in(text):
            if number not in named:
                at += 1
                reason = f"a filing outside every table ({place})"
                remedy = "look the filing up and put it in a row of its own"
                refused.append((at, _Fault("row", text, reason, remedy, number)))
                named.add(number)
    headings += [each.text for each in document.outside if each.heading]
    short = (each for each in headings if len(each) <= _LONGEST_HEADING and not _NOTE.match(each))
    batch = batch_of(path, " ".join(title), short)
    whole = {"list": path.stem, "batch": batch, "appearance": 1}
    return ListRead(
        path.stem,
        batch,
        len(entries) + len(refused),
        _table([entry | whole for entry in entries.values()], _TYPES),
        _table([(path.name, at, *map(_cut, fault)) for at, fault in refused], _QUARANTINE_TYPES),
    )


def _table(rows: Sequence[Any], types: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _numbers_in(text: str) -> list[str]:
    """What looks like filing numbers in a text, in canonical writing."""
    if "备" not in text and "備" not in text:
        return []
    return [numbers.parse(each).text for each in signs.FILING.findall(signs.tight(text))]


def _list_rows(
    tables: list[list[Row]], title: list[str], headings: list[str]
) -> Iterator[tuple[int, header.Header | None, Row]]:
    """(number, header it stands under, cells) of each row that isn't blank, header or title.

    Text above the first header is added to ``title``, that above others to ``headings``. A table
    without a header of its own goes on where the one before ended, if it is as wide. A row of a
    list that stands under no header comes with None.
    """
    known: header.Header | None = None
    number = 0
    for table in tables:
        opening = table[:_HEADER_WITHIN]
        own = next((at for at, row in enumerate(opening) if header.find(row)), None)
        follows = known and opening and len(opening[0]) == known.cells
        above = own if own is not None else 0 if follows else len(table)
        stray = own is None and any(map(_has_filing, opening))
        for at, row in enumerate(table):
            number += 1
            filing = _has_filing(row)
            if at < above:
                if filing or (stray and sum(map(bool, row)) >= len(header.REQUIRED)):
                    yield number, None, row
                elif len(title) + len(headings) < _HEADER_WITHIN:
                    (headings if known else title).append(" ".join(row))
            elif not filing and (again := header.find(row)):
                known = again
            elif filing or any(cell.strip() for cell in row):
                yield number, known, row


def _has_filing(row: Row) -> bool:
    return bool(signs.BEGUN.search("|".join(row)))


def _entry(
    known: header.Header | None, row: Row, entries: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | _Fault:
    """What a row says, or why it can't be taken; ``entries`` are those of the rows above."""
    if known is None:
        remedy = f"give it one: {header.NEEDED}"
        return _Fault("row", " | ".join(row), "stands under no header of a list", remedy)
    if fault := _fault(known, row):
        return fault
    written = signs.simple(row[known.number])
    number = numbers.parse(written)
    if not number.valid:
        return _Fault("number", written, number.reason, _LOOK_UP, written)
    service = _clean(row[known.service])
    # One filer is not to be counted twice for the width of its signs.
    entity = _clean(unicodedata.normalize("NFKC", row[known.entity])).translate(_WIDE_BRACKETS)
    if first := entries.get(number.text):
        same = (service, entity) == (first["service"], first["entity"])
        reason = f"{SAME_ROW if same else OTHER_ROW} as row {first['row']}"
        remedy = "none: it is counted once" if same else "look both filings up"
        return _Fault("number", number.text, reason, remedy, number.text)
    remark = _clean(row[known.remark]) if 0 <= known.remark < len(row) else ""
    where = places.locate(number.division_code, number.year)
    return (
        asdict(number)
        | asdict(where)
        | {
            "number": number.text,
            "service": service,
            "entity": entity,
            "remark": remark,
            "region": places.provinces().at[where.province, "region_en"],
            "cancelled": bool(_CANCELLED.search(remark)),
        }
    )


def _fault(known: header.Header, row: Row) -> _Fault | None:
    """What keeps a row from being taken, but for what its number says."""
    whole = " | ".join(row)
    if any(_UNREADABLE.search(cell) for cell in row):
        reason = "can't be read for sure (a sign such as NUL, or a missing rule)"
        return _Fault("row", whole, reason, _LOOK_UP)
    beyond = [cell for cell in row[known.width :] if cell.strip()]
    if beyond or len(row) <= max(known.service, known.entity, known.number):
        reason = f"has {len(row)} cells where the header has {known.width}"
        return _Fault("row", whole, reason, "put each value under its header")
    for field in header.REQUIRED:
        value = row[getattr(known, field)]
        if not value.strip():
            return _Fault(field, value, "empty", "look the filing up and fill it in")
        if len(value) > _LONGEST:
            reason = f"is {len(value):,} characters long: more than one value?"
            return _Fault(field, value, reason, "check that no quote or cell border is missing")
        if isinstance(value, Shown) and field != "number":
            reason = "is a number or date in the file, and may be shown otherwise"
            return _Fault(field, value, reason, "write it as text")
        if field != "number" and _numbers_in(value):
            reason = "holds a filing number: more than one row?"
            return _Fault(field, value, reason, "put each value under its header")
    for one, other in known.twins:
        if other < len(row) and row[one].strip() != row[other].strip():
            reason = f"columns {one + 1} and {other + 1} have one meaning, and differ"
            return _Fault("row", whole, reason, "name the one that is not in force 原…")
    if row[known.service].strip() == row[known.entity].strip():
        return _Fault(
            "row", whole, "has one value as service and as filer", "undo the merging of cells"
        )
    written = row[known.number]
    if len(written) > _ONE_NUMBER and len(_numbers_in(written)) > 1:
        return _Fault("number", written, "holds several filing numbers", _LOOK_UP)
    return None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _clean(text: str) -> str:
    """The text on one line, with narrow letters and digits, and no blanks beside Chinese."""
    text = signs.BLANKS.sub(" ", text.translate(_NARROW)).strip()
    return _NEAR_HAN.sub("", text) if " " in text else text


def entity_history(entries: pd.DataFrame) -> pd.DataFrame:
    """Changes of filers' names that remarks report: list, row, number, before, after.

    Notes
    -----
    Entries hold the name their list prints, and the place of the number's code, which is where the
    filer sat when it filed; what changed later stands here and moves no count.
    """
    remarked = entries[entries["remark"].str.contains("主体名称")]
    changes = [
        (each.list, each.row, each.number, *change)
        for each in remarked.itertuples()
        for change in _FORMER.findall(each.remark)
    ]
    return pd.DataFrame(changes, columns=["list", "row", "number", "before", "after"])
