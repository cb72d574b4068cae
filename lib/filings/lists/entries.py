"""Rows of official lists as entries, and those that can't be taken as a quarantine."""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from filings import places
from filings.lists import apart, header, numbers, signs
from filings.lists.batches import batch_of
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
_ONE_NUMBER = 30  # characters: room for no second
_HEADER_WITHIN = 20  # rows of a table among which its header is looked for
_LONGEST_HEADING = 40
_NOTE = re.compile(r"\s*(注|备注|说明)")
_UNREADABLE = re.compile(r"[\0\ufffd]|\(cid:\d+\)")

_LOOK_UP = "look the filing up and correct the number"
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


def read(path: Path) -> ListRead:
    """One official list as entries and a quarantine.

    Raises ListError for a file that can't be read or has no table with the columns of a list, and
    where its name and its title state several batches.
    """
    path = Path(path)
    document = apart.read(path)
    title, headings = [document.title], []
    rows = _list_rows(document.tables, title, headings)
    count, last, headed = 0, 0, False
    taken, refused, further = [], [], []
    while chunk := list(islice(rows, _CHUNK)):
        count += len(chunk)
        last = chunk[-1][0]
        headed = headed or any(known for _, known, _ in chunk)
        good, bad, more = _sorted_out(chunk)
        taken.append(good)
        refused += bad
        further += more
    if not headed:
        problem = "has no table with the header of a list and rows below it"
        raise ListError(path, problem, f"the header must name {header.NEEDED}")
    entries, doubles = _without_doubles(pd.concat(taken, ignore_index=True))
    further += [("above the tables", text) for text in title]
    further += [(each.place, each.text) for each in document.outside]
    lost = _lost(further, {*entries["text"], *(number for *_, number in refused)}, last)
    quarantine = pd.DataFrame(refused + doubles + lost, columns=list(QUARANTINE[1:]))
    quarantine.insert(0, "file", path.name)
    quarantine = quarantine.astype(_QUARANTINE_TYPES)
    quarantine = quarantine.sort_values("row", ignore_index=True, kind="stable")
    count += len(lost)
    assert len(entries) + len(quarantine) == count, f"{path.name}: rows lost"
    headings += [each.text for each in document.outside if each.heading]
    short = (each for each in headings if len(each) <= _LONGEST_HEADING and not _NOTE.match(each))
    batch = batch_of(path, " ".join(title), short)
    return ListRead(path.stem, batch, count, _placed(entries, path.stem, batch), quarantine)


def _lost(texts: Iterable[tuple[str, str]], known: set[str], last: int) -> list[tuple]:
    """What the quarantine says of each filing in these (place, text) that no row holds."""
    lost = []
    for place, text in texts:
        for number in _numbers_in(text):
            if number not in known:
                known.add(number)
                reason = f"a filing outside every table ({place})"
                remedy = "look the filing up and put it in a row of its own"
                at = last + len(lost) + 1
                lost.append(_refusal(at, "row", text, reason, remedy, number))
    return lost


def _numbers_in(text: str) -> list[str]:
    """What looks like filing numbers in a text, in canonical writing."""
    if "备" not in text and "備" not in text:
        return []
    return [numbers.parse(each).text for each in signs.FILING.findall(signs.tight(text))]


def _list_rows(
    all_tables: Iterable[Iterable[signs.Row]], title: list[str], headings: list[str]
) -> Iterator[tuple[int, header.Header | None, signs.Row]]:
    """(number, header it stands under, cells) of each row that isn't blank, header or title.

    Text above the first header is added to ``title``, that above others to ``headings``. A table
    without a header of its own goes on where the one before ended, if it is as wide. A row of a
    list that stands under no header comes with None.
    """
    known: header.Header | None = None
    number = 0
    for table in all_tables:
        rows = iter(table)
        opening = list(islice(rows, _HEADER_WITHIN))
        own = next((at for at, row in enumerate(opening) if header.find(row)), None)
        follows = known and opening and len(opening[0]) == known.cells
        above = own if own is not None else 0 if follows else sys.maxsize
        stray = own is None and any(map(_has_filing, opening))
        for at, row in enumerate(chain(opening, rows)):
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


def _has_filing(row: signs.Row) -> bool:
    return bool(signs.BEGUN.search("|".join(row)))


def _sorted_out(
    chunk: list[tuple[int, header.Header | None, signs.Row]],
) -> tuple[pd.DataFrame, list[tuple], list[tuple[str, str]]]:
    """Rows that can be taken, with their numbers read; what the quarantine says of others; and
    (place, number) of each filing that shares a row of the quarantine with another.
    """
    refused, taken, further = [], [], []
    for at, known, row in chunk:
        fault = _fault(known, row)
        written = row[known.number] if known and known.number < len(row) else ""
        if fault or (len(written) > _ONE_NUMBER and len(_numbers_in(written)) > 1):
            held = list(dict.fromkeys(_numbers_in(written) + _numbers_in(" ".join(row))))
            further += [(f"in row {at}", number) for number in held[1:]]
            fault = fault or ("number", written, "holds several filing numbers", _LOOK_UP)
            refused.append(_refusal(at, *fault, held[0] if held else written))
        else:
            remark = row[known.remark] if 0 <= known.remark < len(row) else ""
            service = _clean(row[known.service])
            # One filer is not to be counted twice for the width of its signs.
            entity = _clean(unicodedata.normalize("NFKC", row[known.entity]))
            entity = entity.translate(_WIDE_BRACKETS)
            number = signs.simple(row[known.number])
            taken.append((at, service, entity, number, _clean(remark)))
    table = pd.DataFrame(taken, columns=["row", "service", "entity", "written", "remark"])
    table = table.join(numbers.parse_column(table["written"]))
    for each in table[~table["valid"]].itertuples():
        said = ("number", each.written, each.reason, _LOOK_UP)
        refused.append(_refusal(each.row, *said, each.written))
    return table[table["valid"]].drop(columns=["written", "valid", "reason"]), refused, further


def _fault(known: header.Header | None, row: signs.Row) -> tuple[str, str, str, str] | None:
    """What keeps a row from being taken, but for its number: field, value, reason, remedy."""
    whole = " | ".join(row)
    if known is None:
        return "row", whole, "stands under no header of a list", f"give it one: {header.NEEDED}"
    if any(_UNREADABLE.search(cell) for cell in row):
        reason = "can't be read for sure (a sign such as NUL, or a missing rule)"
        return "row", whole, reason, _LOOK_UP
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
        if isinstance(value, signs.Shown) and field != "number":
            reason = "is a number or date in the file, and may be shown otherwise"
            return field, value, reason, "write it as text"
        if field != "number" and _numbers_in(value):
            reason = "holds a filing number: more than one row?"
            return field, value, reason, "put each value under its header"
    for one, other in known.twins:
        if other < len(row) and row[one].strip() != row[other].strip():
            reason = f"columns {one + 1} and {other + 1} have one meaning, and differ"
            return "row", whole, reason, "name the one that is not in force 原…"
    if row[known.service].strip() == row[known.entity].strip():
        return "row", whole, "has one value as service and as filer", "undo the merging of cells"
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
