"""Rows of official lists as entries, and those that can't be taken as a quarantine."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from filings import numbers, places
from filings.lists import header, tables
from filings.lists.errors import ListError

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

_CHUNK = 20_000
_LONGEST = 500  # characters; no service, filer or remark comes near
_LONGEST_VALUE = 200
_HEADER_WITHIN = 20  # rows of a table among which its header is looked for
_MARKER = "网信"  # in every filing number
_FILING = re.compile(r"网信算?备\s*\d{6}")

SAME_ROW = "the same filing"
OTHER_ROW = "the same number, but another service or filer,"

_NARROW = str.maketrans(
    {chr(0xFF01 + at - 0x21): chr(at) for at in range(0x21, 0x7F) if chr(at).isalnum()}
)
_WIDE_BRACKETS = str.maketrans("()", "（）")
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_NEAR_HAN = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) | (?=[\u3000-\u9fff\uff00-\uffef])")
_CANCELLED = re.compile("注销|撤销")
_FORMER = re.compile(
    r"主体名称由?[“\"]?(.+?)[”\"]?(?:变更|更名)为[“\"]?(.+?)[”\"]?(?=[，。；,;\s]|$)"
)

_BATCH = re.compile(
    r"第\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*批|batch[-_ ]?(\d{1,2})(?!\d)", re.IGNORECASE
)
_HAN_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}


@dataclass(frozen=True)
class ListRead:
    """One official list, read. ``len(entries) + len(quarantine) == rows``, always.

    ``name`` is the file's name without its ending; ``batch`` the batch of the blockchain register
    that its name or title states, else None. ``entries`` has ``COLUMNS`` and ``quarantine`` has
    ``QUARANTINE``, both with rows counted from 1 over all tables of the file, header included.
    """

    name: str
    batch: int | None
    rows: int
    entries: pd.DataFrame
    quarantine: pd.DataFrame

    @property
    def summary(self) -> dict:
        """{list, rows, accepted, quarantined, by_province}; provinces in code order, if any."""
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


@dataclass(frozen=True)
class ListsRead:
    """Several lists, read. ``errors`` holds one error for each that can't be read at all.

    A filing that several lists hold is one filing: ``entries`` has a row for each appearance,
    numbered from 1 in ``appearance``, by batch and name of the lists.
    """

    lists: tuple[ListRead, ...]
    errors: tuple[ListError, ...]
    entries: pd.DataFrame
    quarantine: pd.DataFrame


def read_all(source: Path | Iterable[Path], progress: bool = False) -> ListsRead:
    """All lists of a folder, or those named. Nothing in the folder but lists and a README.md.

    ``progress`` shows a bar where standard error is a terminal.
    """
    files = _files_of(source) if isinstance(source, Path) else [Path(file) for file in source]
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


def _files_of(folder: Path) -> list[Path]:
    """The lists in a folder. Hidden files, and those of an open Word (~$…), are none."""
    if not folder.is_dir():
        return [folder]
    files = (file for file in folder.iterdir() if file.is_file())
    return sorted(f for f in files if f.name != "README.md" and not f.name.startswith((".", "~$")))


def _stacked(frames: list[pd.DataFrame], types: dict[str, str]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(types)).astype(types)
    return pd.concat(frames, ignore_index=True)


def batch_in(text: str) -> int | None:
    """The batch a name or title states (第五批, 第5批, batch-5), else None.

    >>> batch_in("第十三批境内区块链信息服务备案清单"), batch_in("batch-05"), batch_in("2024年4月")
    (13, 5, None)
    """
    found = _BATCH.search(text)
    if not found:
        return None
    digits = found[1] or found[2]
    if digits.isdigit():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    return (_HAN_DIGITS.get(tens, 1) * 10 if ten else 0) + _HAN_DIGITS.get(ones, 0)


def read(path: Path) -> ListRead:
    """One official list as entries and a quarantine.

    Raises ListError for a file that can't be read or has no table with the columns of a list, and
    where its name and its title state different batches.
    """
    path = Path(path)
    document = tables.read(path)
    title = [document.title]
    rows = _list_rows(document.tables, title)
    count, headed, taken, refused = 0, False, [], []
    while chunk := list(islice(rows, _CHUNK)):
        count += len(chunk)
        headed = headed or any(known for _, known, _ in chunk)
        good, bad = _sorted_out(chunk)
        taken.append(good)
        refused += bad
    if not headed:
        problem = "has no table with the header of a list and rows below it"
        raise ListError(path, problem, f"the header must name {header.NEEDED}")
    entries, doubles = _without_doubles(pd.concat(taken, ignore_index=True))
    quarantine = pd.DataFrame(refused + doubles, columns=list(QUARANTINE[1:]))
    quarantine.insert(0, "file", path.name)
    quarantine = quarantine.astype(_QUARANTINE_TYPES)
    quarantine = quarantine.sort_values("row", ignore_index=True, kind="stable")
    assert len(entries) + len(quarantine) == count, f"{path.name}: rows lost"
    batch = _batch_of(path, " ".join(title))
    return ListRead(path.stem, batch, count, _placed(entries, path.stem, batch), quarantine)


def _batch_of(path: Path, title: str) -> int | None:
    named, titled = batch_in(path.stem), batch_in(title)
    if named and titled and named != titled:
        problem = f"is named batch {named} but titled batch {titled}"
        raise ListError(path, problem, "rename the file, or correct the title")
    return named or titled


def _list_rows(
    all_tables: Iterable[Iterable[tables.Row]], title: list[str]
) -> Iterator[tuple[int, header.Header | None, tables.Row]]:
    """(number, header it stands under, cells) of each row that isn't blank, header or title.

    Text above the first header is added to ``title``. A table without a header of its own goes on
    where the one before ended, if it is as wide. A row with a filing number that stands under no
    header comes with None.
    """
    known: header.Header | None = None
    number = 0
    for table in all_tables:
        rows = iter(table)
        opening = list(islice(rows, _HEADER_WITHIN))
        own = next((at for at, row in enumerate(opening) if header.find(row)), None)
        follows = known and opening and len(opening[0]) == known.cells
        above = own if own is not None else 0 if follows else sys.maxsize
        for at, row in enumerate(chain(opening, rows)):
            number += 1
            filing = any(_MARKER in cell for cell in row)
            if at < above:
                if filing:
                    yield number, None, row
                elif known is None and len(title) < _HEADER_WITHIN:
                    title.append(" ".join(row))
            elif not filing and (again := header.find(row)):
                known = again
            elif filing or any(cell.strip() for cell in row):
                yield number, known, row


def _sorted_out(
    chunk: list[tuple[int, header.Header | None, tables.Row]],
) -> tuple[pd.DataFrame, list[tuple]]:
    """Rows that can be taken, with their numbers read, and what the quarantine says of others."""
    refused, taken = [], []
    for at, known, row in chunk:
        fault = _fault(known, row)
        if fault:
            written = row[known.number] if known and known.number < len(row) else ""
            refused.append(_refusal(at, *fault, written))
        else:
            remark = row[known.remark] if 0 <= known.remark < len(row) else ""
            service, entity = _clean(row[known.service]), _clean(row[known.entity])
            entity = entity.translate(_WIDE_BRACKETS)
            taken.append((at, service, entity, row[known.number], _clean(remark)))
    table = pd.DataFrame(taken, columns=["row", "service", "entity", "written", "remark"])
    table = table.join(numbers.parse_column(table["written"]))
    for each in table[~table["valid"]].itertuples():
        remedy = "look the filing up and correct the number"
        refused.append(
            _refusal(each.row, "number", each.written, each.reason, remedy, each.written)
        )
    return table[table["valid"]].drop(columns=["written", "valid", "reason"]), refused


def _fault(known: header.Header | None, row: tables.Row) -> tuple[str, str, str, str] | None:
    """What keeps a row from being taken, but for its number: field, value, reason, remedy."""
    whole = " | ".join(row)
    if known is None:
        return "row", whole, "stands under no header of a list", f"give it one: {header.NEEDED}"
    beyond = [cell for cell in row[known.width :] if cell.strip()]
    if beyond or len(row) <= max(known.service, known.entity, known.number):
        reason = f"has {len(row)} cells where the header has {known.width}"
        return "row", whole, reason, "put each value under its header"
    for field in header.REQUIRED:
        value = row[getattr(known, field)]
        if not value.strip():
            return field, value, "empty", "look the filing up and fill it in"
        if len(value) > _LONGEST:
            reason = f"is {len(value):,} characters long: more than one value?"
            return field, value, reason, "check that no quote or cell border is missing"
        if field != "number" and _FILING.search(value):
            reason = "holds a filing number: more than one row?"
            return field, value, reason, "put each value under its header"
    return None


def _refusal(
    at: int, field: str, value: str, reason: str, remedy: str, written: str
) -> tuple[int, str, str, str, str, str]:
    return at, field, _cut(value), reason, remedy, _cut(written)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _clean(text: str) -> str:
    """The text on one line, with narrow letters and digits, and no blanks beside Chinese."""
    text = _BLANKS.sub(" ", text.translate(_NARROW)).strip()
    return _NEAR_HAN.sub("", text) if " " in text else text


def _without_doubles(table: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple]]:
    """The table with each number once, and what the quarantine says of the other rows."""
    double = table["text"].duplicated()
    first = table[~double].set_index("text")
    refused = []
    for each in table[double].itertuples():
        original = first.loc[each.text]
        same = (each.service, each.entity) == (original["service"], original["entity"])
        what = SAME_ROW if same else OTHER_ROW
        remedy = "none: it is counted once" if same else "look both filings up"
        reason = f"{what} as row {original['row']}"
        refused.append(_refusal(each.row, "number", each.text, reason, remedy, each.text))
    return table[~double].reset_index(drop=True), refused


def _placed(table: pd.DataFrame, name: str, batch: int | None) -> pd.DataFrame:
    """The entries of a list in their final columns, with places from the numbers' codes."""
    region = {each: region for region, inside in places.regions().items() for each in inside}
    where = places.locate_column(table["division_code"], table["year"])
    table = table.rename(columns={"text": "number"}).join(where)
    table["list"] = name
    table["batch"] = pd.array([batch], dtype="Int64").repeat(len(table))
    table["region"] = table["province"].map(region)
    table["cancelled"] = table["remark"].astype("str").str.contains(_CANCELLED)
    table["appearance"] = 1
    return table[list(COLUMNS)].astype(_TYPES)


def entity_history(entries: pd.DataFrame) -> pd.DataFrame:
    """Changes of filers' names that remarks report: list, row, number, before, after.

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
