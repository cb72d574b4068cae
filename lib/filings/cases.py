"""Case studies: what the register, its sister registers and the record say of one place.

The record is ``data/raw/events.csv`` and ``indicators.csv``: what somebody said, each row with its
publication. Nothing is merged or preferred. The argument is in notebook 04.
"""

import difflib
import re
from functools import cache
from pathlib import Path

import pandas as pd

from filings import ledger, paths, places, words
from filings.bounds import Bounds, IdentifiedSet, Sum
from filings.words import Text

SELECTIONS = ("1", "2", "3", "1-3", "4", "5", "1-5")
"""Selections of batches with a known total, as a case shows them."""

CODE_DIGITS = {"province": 2, "city": 4, "district": 6}
"""How many digits of a division code say which place of the level it is."""

_PLANS = re.compile(r"target_|investment_plan|fund_|subsidy_")
_PROMISES = re.compile(r"target_|investment_plan|fund_")


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


# --- which place? ---------------------------------------------------------------------------------


def find(name: str) -> places.Place:
    """The place of that name, Chinese or English: a province, a city or a county of the tables.

    Raises UnknownPlaceError for any other name, with near matches where there are any.
    """
    asked = name.strip()
    known = {each: at.name for each, at in places.names().items() if at.name != places.NATION}
    if asked in known:
        return places.find(known[asked])
    english = {places.english(at).lower(): at for at in reversed(list(known.values()))}
    if found := english.get(asked.lower()):
        return places.find(found)
    alike = difflib.get_close_matches(asked.lower(), [*known, *english], n=5, cutoff=0.75)
    near = dict.fromkeys(known.get(each) or english[each] for each in alike)
    raise places.UnknownPlaceError(name, tuple(near))


def studied() -> tuple[str, ...]:
    """The places that have a case study in ``notebooks/cases/``, by their English names."""
    found = (path.stem for path in paths.CASES.glob("*.ipynb"))
    return tuple(sorted((name for name in found if name in places.names()), key=places.english))


def stem(name: str) -> str:
    """The word for a place in the names of its figures, in ASCII: loudi."""
    return re.sub("[^a-z ]", "", places.english(name).lower()).replace(" ", "-")


# --- the registers --------------------------------------------------------------------------------


def counts(identified: IdentifiedSet, place: str) -> pd.DataFrame:
    """Services of a place, its province and the country, one row each and selection of batches.

    The columns are those of `IdentifiedSet.table`.
    """
    around = dict.fromkeys([place, places.province_of(place) or place, places.NATION])
    chosen = [ledger.Batches.parse(written) for written in SELECTIONS]
    return identified.table(Sum("services", (at,), b) for at in around for b in chosen)


def rank(identified: IdentifiedSet, place: str, selection: str) -> Bounds:
    """Bounds of a province's rank by services among the 31."""
    return identified.rank(place, ledger.Batches.parse(selection))


@cache
def _sister() -> pd.DataFrame:
    table = _read(paths.SISTER_COUNTS).astype({"first_appearances": int})
    parts = table["list"].str.extract(r"^(?P<register>\w+)-(?P<year>\d{4})")
    return table.join(parts)


def sister(place: str) -> pd.DataFrame:
    """New filings of the sister registers whose division code lies in the place, by year.

    Columns ``register`` (algorithm, deep_synthesis), ``year``, ``filings`` (first appearances) and
    ``country`` (all filings of that year, with codes or without). The code says where the filer
    sat when it filed. Raises ValueError for a place without a division code.
    """
    at = places.find(place)
    if not at.code:
        raise ValueError(f"{place} has no division code of its own")
    table = _sister()
    here = table["division_code"].str.startswith(at.code[: CODE_DIGITS[at.level]])
    table = table.assign(filings=table["first_appearances"].where(here, 0))
    table = table.rename(columns={"first_appearances": "country"})
    return table.groupby(["register", "year"], as_index=False)[["filings", "country"]].sum()


def sister_rank(place: str) -> tuple[int, int]:
    """The place's rank by filings in both sister registers, and the number of places ranked.

    Of a province among the 31, of a city among those with a code of four digits (the districts of
    the four municipalities make one city each), of a district among all with six.
    """
    at = places.find(place)
    digits = CODE_DIGITS[at.level]
    table = _sister()
    table = table[table["division_code"].str.len() >= digits]
    by_code = table.groupby(table["division_code"].str[:digits])["first_appearances"].sum()
    mine = by_code.get(at.code[:digits], 0)
    ranked = len(places.province_names()) if at.level == "province" else int((by_code > 0).sum())
    return int((by_code > mine).sum()) + 1, ranked


# --- the record -----------------------------------------------------------------------------------


@cache
def _words() -> dict[tuple[str, str], Text]:
    table = _read(paths.WORDS)
    keys = zip(table["kind"], table["name"], strict=True)
    texts = map(Text, table["en"], table["zh"])
    return dict(zip(keys, texts, strict=True))


@cache
def _rows() -> pd.DataFrame:
    """Events and indicators of places that the place tables know, by id; see `record`."""
    events = _read(paths.EVENTS).assign(event=True)
    both = pd.concat([events, _read(paths.INDICATORS).assign(event=False)]).fillna("")
    both = both[[name in places.names() for name in both["place"]]]
    both = both.assign(place=[places.find(name).name for name in both["place"]])
    return both.set_index("id")


def value_in_words(row: pd.Series) -> Text:
    """An indicator's value with its relation and unit: at least 10 companies, 至少10家."""
    about = {">=": Text("at least ", "至少"), "~": Text("about ", "约")}.get(
        row["relation"], Text("", "")
    )
    if row["unit"] == "rank":
        return Text(f"number {row['value']}", f"第{row['value']}位")
    value = float(row["value"])
    money = {"CNY": Text("yuan", "元"), "USD": Text("US dollars", "美元")}.get(row["unit"])
    if money:
        en = f"{value / 1e9:g} billion" if value >= 1e9 else f"{value / 1e6:g} million"
        zh = f"{value / 1e8:g}亿" if value >= 1e8 else f"{value / 1e4:g}万"
        return Text(f"{about.en}{en} {money.en}", f"{about.zh}{zh}{money.zh}")
    digits = words.number(value, len(row["value"].partition(".")[2]))
    unit = _words()["unit", row["unit"]]
    return Text(f"{about.en}{digits} {unit.en}", f"{about.zh}{digits}{unit.zh}")


def _what(row: pd.Series) -> Text:
    """What a row of the record says, in words."""
    if row["event"]:
        return Text(row["value"][:1].upper() + row["value"][1:], row["zh"] or row["phrase"])
    metric, value = _words()["metric", row["metric"]], value_in_words(row)
    said = Text(f"{metric.en}: {value.en}", f"{metric.zh}：{value.zh}")
    if row["metric"].startswith("target_"):
        return Text(f"Target for {row['date']}: {said.en}", f"{row['date']}年目标：{said.zh}")
    return Text(said.en[:1].upper() + said.en[1:], said.zh)


def _kind(row: pd.Series) -> str:
    if row["event"]:
        return "event"
    return "planned" if _PLANS.match(row["metric"]) else "quoted"


def record(place: str, around: bool = False) -> pd.DataFrame:
    """What is on record of a place and of places in it, by date; with ``around`` of those it lies
    in as well. By id, with columns ``date`` (empty: not dated), ``place``, ``kind`` (*event*,
    *planned*: a target, fund, investment or subsidy; *quoted*: somebody's figure), ``metric``,
    ``what`` (a Text), ``source``, ``flag`` (conflict, unreliable) and ``note``.
    """
    rows = _rows()
    rows = rows[rows["place"] != places.NATION]
    wanted = [
        at == place or place in places.ancestors(at) or (around and at in places.ancestors(place))
        for at in rows["place"]
    ]
    rows = rows[wanted]
    table = rows[["date", "place", "metric", "source", "flag", "note"]].assign(
        kind=[_kind(row) for _, row in rows.iterrows()],
        what=[_what(row) for _, row in rows.iterrows()],
    )
    return table.sort_values(["date"], kind="stable")


def names(identified: IdentifiedSet, place: str) -> tuple[ledger.Statement, ...]:
    """The statements in force that name the place."""
    return tuple(
        one
        for one in identified.statements
        if place in one.places or (isinstance(one.value, tuple) and place in one.value)
    )


def disagreements(place: str) -> pd.DataFrame:
    """Rows of `record` that do not agree: figures of one place and metric from several sources,
    and those flagged as in conflict with another source.
    """
    rows = record(place)
    figures = rows[rows["kind"] != "event"]
    several = figures.groupby(["place", "metric"])["source"].transform("nunique") > 1
    return figures[several | (figures["flag"] != "")].sort_values(
        ["metric", "place", "date"], kind="stable"
    )


def promises(place: str) -> pd.DataFrame:
    """What was promised for a place and places in it, and what our search found of the outcome.

    One row a target, fund or planned investment, by id: ``place``, ``due`` (empty: not said),
    ``what`` (a Text), ``found`` (ids of rows of the same place and metric from another source, of
    the due year or later and not unreliable, or of events that each are one unit of the target)
    and ``source``.
    """
    rows, every = record(place), _rows()
    found = []
    for name, row in rows[rows["metric"].str.match(_PROMISES)].iterrows():
        plan = every.loc[name]
        due = row["date"] if row["metric"].startswith("target_") else ""
        same = every[
            (every["metric"] == plan["metric"].removeprefix("target_"))
            & (every["place"] == plan["place"])
            & (every["source"] != plan["source"])
            & (every["date"].str[:4] >= plan["date"][:4])
            & (every["flag"] != "unreliable")
        ]
        outcome = [*filter(None, plan["confirmed_by"].split(";")), *same.index]
        found.append((name, row["place"], due, row["what"], tuple(outcome), row["source"]))
    columns = ["id", "place", "due", "what", "found", "source"]
    return pd.DataFrame(found, columns=columns).set_index("id")


# --- the story ------------------------------------------------------------------------------------


def stories(place: str) -> pd.DataFrame:
    """What the rows of a place tell, picked by reading (``data/raw/stories.csv``).

    Columns ``title`` and ``text`` (Text) and ``sources`` (ids of publications). A text names rows
    in braces, ``{C286}`` or ``{C286.date}`` (its month), and their words are put in: it holds no
    number itself.
    """
    table = _read(paths.STORIES)
    rows = []
    for story in table[table["place"] == place].itertuples():
        filled = Text(*(_filled(text, lang) for text, lang in ((story.en, 0), (story.zh, 1))))
        known = [name for name in story.rows.split(";") if name in _rows().index]
        sources = dict.fromkeys(
            one for name in known for one in _rows().at[name, "source"].split(";")
        )
        rows.append((Text(story.title_en, story.title_zh), filled, tuple(sources)))
    return pd.DataFrame(rows, columns=["title", "text", "sources"])


def _filled(text: str, lang: int) -> str:
    def put(found: re.Match[str]) -> str:
        row = _rows().loc[found[1]]
        if found[2]:
            return day(row["date"][:7])[lang]
        return _what(row)[lang] if row["event"] else value_in_words(row)[lang]

    return re.sub(r"\{([A-Z]\d+)(\.date)?\}", put, text)


def day(date: str) -> Text:
    """A date as written in running text: 2018-05 → May 2018, 2018年5月."""
    parts = [int(part) for part in date.split("-")]
    if len(parts) == 1:
        return Text(date, f"{date}年")
    month = pd.Timestamp(year=parts[0], month=parts[1], day=1).month_name()
    zh = f"{parts[0]}年{parts[1]}月"
    if len(parts) == 2:
        return Text(f"{month} {parts[0]}", zh)
    return Text(f"{parts[2]} {month} {parts[0]}", f"{zh}{parts[2]}日")


# --- peers ----------------------------------------------------------------------------------------


def peers(place: str) -> tuple[str, ...]:
    """Two places to compare with: the two of its region whose output (2020) is nearest, of a
    province; the other cities of its province that filed most algorithms, of a city or district.
    """
    at, province = places.find(place), places.province_of(place)
    if at.level == "province":
        table = places.provinces()
        output = table["gdp_100m_yuan_2020"]
        ratio = (output / output[place]).map(lambda value: max(value, 1 / value))
        same = (table["region_en"] == table.at[place, "region_en"]) & (table.index != place)
        return tuple(ratio[same].sort_values(kind="stable").index[:2])
    own = place if at.level == "city" else at.parent
    inside = {
        name: sister(name)["filings"].sum()
        for name in {one.name for one in places.names().values()}
        if places.find(name).level == "city"
        and places.province_of(name) == province
        and places.find(name).code
    }
    return tuple(sorted((n for n in inside if n != own), key=lambda n: (-inside[n], n))[:2])
