"""What the record holds about a place: rows about it, plans and what became of them, its peers."""

import difflib
import re
from functools import cache
from types import MappingProxyType

import pandas as pd

from filings import ledger, paths, places
from filings.cases.words import (
    EVENTS_ZH,
    METRICS,
    THREADS,
    Thread,
    listed_in_words,
    value_in_words,
)
from filings.figures.words import joined, sentence

SCOPES = ("the place", "inside it", "around it", "a national list")
"""Where a row's place lies: it is the place, lies in it, the place lies in it; or a list of places
of the whole country names it."""

KINDS = ("counted", "quoted", "planned", "event")
"""How far a row can be trusted to be a count: see ``said``."""

PEER_RULE = (
    "A province: the two of its region whose GDP (2020) is nearest to its own, as a ratio. A city "
    "or district: the two of its level on record (if there are fewer, of the other) that lie "
    "nearest (same province, else same region, else both on the coast or both in the interior, "
    "else anywhere); among equally near ones those with the most rows on record, then in order of "
    "their division codes."
)

ARTICLE = "S01"
"""The audited article in sources.csv."""

CODE_DIGITS = MappingProxyType({"province": 2, "city": 4, "district": 6})
"""How many digits of a division code say which place of the level it is."""

_PLANS = re.compile(r"target_|investment_plan|fund_|subsidy_")
_MEASURABLE = re.compile(r"target_|investment_plan|fund_")
_UNSAFE = re.compile("CONFLICT|UNRELIABLE")
# Events that each are one unit of a target; a name on record, so a count from below.
_CONFIRMED_BY = {"C307": ("C295", "C315")}


def _read(path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@cache
def _rows() -> pd.DataFrame:
    """Events and indicators of places that the place tables know, in file order."""
    both = pd.concat(
        [
            _read(paths.EVENTS).assign(file=paths.EVENTS.name),
            _read(paths.INDICATORS).assign(file=paths.INDICATORS.name),
        ]
    )
    known = [name in places.names() for name in both["place"]]
    both = both[known]
    return both.assign(place=[places.find(name).name for name in both["place"]])


@cache
def _ledger() -> tuple[ledger.Statement, ...]:
    return ledger.read()


@cache
def known() -> tuple[str, ...]:
    """Every place that can be studied: the 31 provinces, then the cities and districts on record.

    Cities and districts come in order of their division codes.
    """
    named = set(_rows()["place"])
    for statement in _ledger():
        named.update(statement.places)
        if statement.of:
            named.add(statement.of)
        if isinstance(statement.value, tuple):
            named.update(statement.value)
    below = [places.find(name) for name in named]
    below = sorted((at.code, at.name) for at in below if at.level in ("city", "district"))
    return (*places.province_names(), *(name for _, name in below))


@cache
def _choices() -> dict[str, str]:
    """Every name of a place that can be studied, English ones in small letters, with its own."""
    chinese = {each: at.name for each, at in places.names().items() if at.name in known()}
    return chinese | {places.english(name).lower(): name for name in reversed(known())}


def find(name: str) -> places.Place:
    """The place of that name, Chinese or English, if it can be studied.

    Raises UnknownPlaceError, with near matches among the places on record, for any other.
    """
    asked = name.strip()
    if found := _choices().get(asked) or _choices().get(asked.lower()):
        return places.find(found)
    near = difflib.get_close_matches(asked.lower(), _choices(), n=8, cutoff=0.5)
    near = [_choices()[each] for each in near]
    if elsewhere := places.names().get(asked):
        province = places.province_of(elsewhere.name)
        near = [each for each in known() if places.province_of(each) == province] or near
    raise places.UnknownPlaceError(name, tuple(dict.fromkeys(near)) or places.province_names())


def stem(name: str) -> str:
    """The beginning of the names of a place's figures, in ASCII: case-loudi."""
    letters = re.sub("[^a-z ]", "", places.english(name).lower())
    return f"case-{letters.replace(' ', '-')}"


def _above(name: str) -> tuple[str, ...]:
    """The places that a place lies in, nearest first, without the nation."""
    found = []
    parent = places.find(name).parent
    while parent not in (None, places.NATION):
        found.append(parent)
        parent = places.find(parent).parent
    return tuple(found)


def _scope(name: str, of: str) -> str:
    """Where a place lies as seen from another: one of ``SCOPES``, or empty."""
    if name == of:
        return SCOPES[0]
    if of in _above(name):
        return SCOPES[1]
    return SCOPES[2] if name in _above(of) else ""


def _words(row) -> tuple[str, str]:
    if row.file == paths.EVENTS.name:
        return sentence(row.value), EVENTS_ZH.get(row.id, row.phrase or row.value)
    english, chinese = METRICS[row.metric]
    english, chinese = (
        f"{english}: {value_in_words(row, 'en')}",
        f"{chinese}：{value_in_words(row, 'zh')}",
    )
    if row.metric.startswith("target_"):
        return f"Target for {row.date}: {english}", f"{row.date}年目标：{chinese}"
    return sentence(english), chinese


def _batch_dates() -> dict[int, str]:
    """When each batch was published: the most exact date given, the earliest if several are."""
    dates: dict[int, str] = {}
    given = [s for s in _ledger() if s.kind == "published" and s.relation == "=" and s.batches]
    for statement in sorted(given, key=lambda s: (-len(s.value), s.value)):
        dates.setdefault(statement.batches[-1], statement.value)
    return dates


@cache
def said(place: str) -> pd.DataFrame:
    """What has been said of a place, of places in it and of those it lies in, by date.

    One row a statement on counts, an event or an indicator; nothing is merged. Columns: ``id``,
    ``source``, ``date`` (of a count: when its last batch was published; empty: not dated),
    ``place``, ``scope`` (one of ``SCOPES``), ``kind``, ``metric``, ``what_en``, ``what_zh``,
    ``value``, ``relation``, ``unit``, ``phrase``, ``note``. ``kind``: *counted* is a count in named
    batches of the register, not said to be about; *planned* a target, a fund, an investment or a
    subsidy on offer; every other figure is somebody's word, *quoted*; what happened is an *event*.
    """
    found = []
    for row in _rows().itertuples():
        scope = _scope(row.place, place)
        if row.place == places.NATION and (listed := listed_in_words(row, place)):
            scope, (english, chinese) = SCOPES[3], listed
        elif scope:
            english, chinese = _words(row)
        else:
            continue
        plan = _PLANS.match(row.metric)
        kind = "event" if row.file == paths.EVENTS.name else "planned" if plan else "quoted"
        if row.metric == "filing_entities_list":
            kind = "counted"
        found.append(
            (row.id, row.source, row.date, row.place, scope, kind, row.metric,
             english, chinese, row.value, row.relation, row.unit, row.phrase, row.note)
        )  # fmt: skip
    dates = _batch_dates()
    for s in _ledger():
        if s.kind == "count" and len(s.places) == 1 and _scope(s.place, place):
            date = dates.get(s.batches[-1], "") if s.batches else ""
            found.append(
                (s.id, s.source, date, s.place, _scope(s.place, place),
                 "counted" if s.binds else "quoted", "filings",
                 ledger.words(s, "en"), ledger.words(s, "zh"), str(s.value), s.relation,
                 s.unit, s.phrase, s.note)
            )  # fmt: skip
    columns = ["id", "source", "date", "place", "scope", "kind", "metric", "what_en", "what_zh",
               "value", "relation", "unit", "phrase", "note"]  # fmt: skip
    table = pd.DataFrame(found, columns=columns)
    assert table["id"].is_unique, "one row of the record is one row here"
    assert (table["source"] != "").all(), "no row without a source"
    return table.sort_values(["date", "id"], kind="stable").set_index("id")


def timeline(place: str) -> pd.DataFrame:
    """The dated rows of a place and of places in it, as the figure ``timeline`` takes them.

    Counts of firms are left out: their definitions differ, and in one line they would read as a
    series. Empty if nothing is dated.
    """
    rows = said(place)
    rows = rows[(rows["scope"] != SCOPES[2]) & (rows["date"] != "")]
    rows = rows[~rows["metric"].str.match("firms")]
    # A count names its place itself.
    elsewhere = (rows["scope"] == SCOPES[1]) & (rows["metric"] != "filings")
    english = rows["place"].map(places.english) + ": " + rows["what_en"]
    chinese = rows["place"] + "：" + rows["what_zh"]
    return rows[["date", "kind", "source"]].assign(
        label_en=rows["what_en"].where(~elsewhere, english),
        label_zh=rows["what_zh"].where(~elsewhere, chinese),
        name_en=places.english(place),
        name_zh=place,
    )


def clashes(place: str) -> pd.DataFrame:
    """Rows that do not agree, side by side: the columns of ``said`` with ``why`` in front.

    Rows of one place on one metric of which several sources speak; rows whose note names a
    conflict or calls the source unreliable, and those on the same metric whose source it cites;
    statements on counts that the reconciliation set aside.
    """
    rows = said(place)
    several = rows.groupby(["place", "metric"])["source"].transform("nunique") > 1
    several &= (rows["kind"] != "event") & (rows["metric"] != "filings")
    aside = statement_outcomes()
    aside = rows.index.isin(aside.index[aside["status"] == "set aside"])
    flagged = rows["note"].str.contains(_UNSAFE)
    doubted = {
        (source, row.metric)
        for row in rows[flagged].itertuples()
        for source in re.findall(r"[A-Z]\d+", row.note)
    }
    keys = zip(rows["source"], rows["metric"], strict=True)
    cited = pd.Series([key in doubted for key in keys], index=rows.index, dtype=bool)
    why = pd.Series("several sources", index=rows.index)
    why[cited] = "another row's note says so"
    why[flagged] = "the note says so"
    why[aside] = "set aside in notebook 01"
    found = rows.assign(why=why)[several | flagged | cited | aside]
    return found.sort_values(["metric", "place", "date"], kind="stable")


@cache
def statement_outcomes() -> pd.DataFrame:
    """What notebook 01 did with each statement: ``status``, ``reason``, words; by id."""
    return _read(paths.PROCESSED / "statements.csv").set_index("id")


def statements_on(place: str) -> pd.DataFrame:
    """Every statement of the ledger that names the place, by id: source, words, status, reason."""
    naming = [s for s in _ledger() if place in _named(s)]
    outcome = statement_outcomes()
    return pd.DataFrame(
        {
            "source": [", ".join(ledger.sources(s)) for s in naming],
            "statement": [ledger.words(s) for s in naming],
            "status": [outcome.at[s.id, "status"] for s in naming],
            "reason": [outcome.at[s.id, "reason"] for s in naming],
        },
        index=pd.Index([s.id for s in naming], name="id"),
    )


def _named(statement: ledger.Statement) -> tuple[str, ...]:
    value = statement.value if isinstance(statement.value, tuple) else ()
    return (*statement.places, *value)


def promises(place: str) -> pd.DataFrame:
    """What was promised for a place, for places in it and around it, and what is verified of it.

    One row a target, fund or planned investment, by id: ``source``, ``place``, ``due`` (empty:
    not said), ``what_en``, ``what_zh`` (the thing), ``unit_en``, ``unit_zh``, ``promised``, ``low``
    and ``high`` (the verified number; both missing: nothing on record), ``by`` (ids that verify).
    Verified means: a figure of the same place and metric from another source, of the due year or
    later and not called unreliable, or events that each are one unit of the target.
    """
    rows = said(place)
    plans = rows[rows["metric"].str.match(_MEASURABLE)]
    found = []
    for row in plans.itertuples():
        low, high, by = _verified(row, rows)
        english, chinese = METRICS[row.metric]
        money = row.unit in ("CNY", "USD")
        units = {"CNY": ("million yuan", "百万元"), "USD": ("million US dollars", "百万美元")}
        due = row.date if row.metric.startswith("target_") else ""
        found.append(
            (row.Index, row.source, row.place, due, english, chinese,
             *units.get(row.unit, (row.unit, "家" if "firms" in row.metric else "个")),
             float(row.value) / (1e6 if money else 1), low, high, by)
        )  # fmt: skip
    columns = ["id", "source", "place", "due", "what_en", "what_zh", "unit_en", "unit_zh",
               "promised", "low", "high", "by"]  # fmt: skip
    table = pd.DataFrame(found, columns=columns).set_index("id")
    return table.astype({"promised": float, "low": float, "high": float})


def _verified(plan, rows: pd.DataFrame) -> tuple[float, float, str]:
    """Lowest and highest verified number of a plan, and the ids that verify it."""
    nothing = float("nan")
    if plan.Index in _CONFIRMED_BY:
        by = _CONFIRMED_BY[plan.Index]
        return len(by), nothing, ", ".join(by)
    outcome = rows[
        (rows["metric"] == plan.metric.removeprefix("target_"))
        & (rows["place"] == plan.place)
        & (rows["kind"] == "quoted")
        & (rows["source"] != plan.source)
        & (rows["date"].str[:4] >= plan.date[:4])
        & ~rows["note"].str.contains("UNRELIABLE")
    ]
    if outcome.empty:
        return nothing, nothing, ""
    values = outcome["value"].astype(float)
    open_above = (outcome["relation"] == ">=").any()
    return values.min(), nothing if open_above else values.max(), ", ".join(outcome.index)


def drawn_promises(place: str) -> pd.DataFrame:
    """``promises`` as the figure ``promised_verified`` takes them; the source in the label.

    It is headed by the places that promised, which need not be the one studied. There must be a
    promise.
    """
    table = promises(place)
    labels = {"label_en": [], "label_zh": []}
    for row in table.itertuples():
        due_en, due_zh = (f" by {row.due}", f"{row.due}年") if row.due else ("", "")
        labels["label_en"].append(
            f"{places.english(row.place)}, {row.what_en}{due_en} [{row.source}]"
        )
        labels["label_zh"].append(f"{row.place}{due_zh}{row.what_zh} [{row.source}]")
    promisers = sorted(set(table["place"]), key=lambda name: (name != place, name))
    english = joined([places.english(name) for name in promisers], "en")
    return table.assign(**labels, name_en=english, name_zh=joined(promisers, "zh"))


def sister(place: str) -> pd.DataFrame:
    """New algorithm filings whose division code lies in the place: a row a register and year.

    Columns ``register`` (algorithm, deep_synthesis), ``year``, ``filings`` (first appearances) and
    ``country`` (all filings of that year, with codes or without). The code says where the filer
    sat when it filed. Raises ValueError for a place without a division code.
    """
    code = places.find(place).code
    if not code:
        raise ValueError(f"{place} has no division code of its own")
    prefix = code[: CODE_DIGITS[places.find(place).level]]
    counts = _read(paths.SISTER_COUNTS).astype({"first_appearances": int})
    parts = counts["list"].str.extract(r"^(?P<register>\w+)-(?P<year>\d{4})")
    counts = counts.join(parts)
    here = counts["division_code"].str.startswith(prefix)
    counts["filings"] = counts["first_appearances"].where(here, 0)
    counts["country"] = counts["first_appearances"]
    keys = ["register", "year"]
    return counts.groupby(keys, as_index=False)[["filings", "country"]].sum()


def lists_covered() -> str:
    """What the sister register's counts cover, in words printed from the file."""
    counts = _read(paths.SISTER_COUNTS).astype({"first_appearances": int})
    parts = counts["list"].str.extract(r"^(?P<register>\w+)-(?P<month>\d{4}-\d{2})$")
    spans = []
    for register, months in parts.groupby("register")["month"]:
        new = counts.loc[months.index, "first_appearances"].sum()
        spans.append(
            f"{register.replace('_', ' ')}: {months.nunique()} lists from {months.min()} to "
            f"{months.max()}, {new:,} filings"
        )
    blank = counts.loc[counts["division_code"] == "", "first_appearances"].sum()
    return f"{'; '.join(spans)}; numbers among them from which no code can be read: {blank}"


def peers(place: str) -> tuple[str, str]:
    """The two places to compare with, by ``PEER_RULE``, nearest first."""
    at, province = places.find(place), places.province_of(place)
    table = places.provinces()
    region = table["region_en"]
    if at.level == "province":
        gdp = table["gdp_100m_yuan_2020"]
        ratio = (gdp / gdp[place]).map(lambda value: max(value, 1 / value))
        nearest = ratio[(region == region[place]) & (ratio.index != place)].sort_values()
        return tuple(nearest.index[:2])

    def order(other: str):
        home = places.province_of(other)
        coast = (region[home] == "East") == (region[province] == "East")
        level = places.find(other).level == at.level
        steps = (level, home == province, region[home] == region[province], coast)
        return (*(not step for step in steps), -len(own(other)), known().index(other))

    below = [name for name in known() if name not in table.index and name != place]
    return tuple(sorted(below, key=order)[:2])


def own(place: str) -> tuple[str, ...]:
    """Ids of the rows about the place itself: events, indicators, statements that name it."""
    naming = [statement.id for statement in _ledger() if place in _named(statement)]
    rows = _rows()
    return (*rows["id"][rows["place"] == place], *naming)


def threads(place: str) -> tuple[Thread, ...]:
    """The stories told of a place; none where nobody has picked rows by reading."""
    return THREADS.get(place, ())


def thread_rows(thread: Thread) -> pd.DataFrame:
    """The rows of a thread by id, in order of date; a row that gives a year only comes first in it.

    Columns ``source``, ``date``, ``place``, ``kind``, ``what``, ``phrase`` (key words of the
    source), ``note``. A *claim* is one of the audited article.
    """
    claims = _read(paths.ARTICLE_CLAIMS).set_index("id")
    found = []
    for name in thread.rows:
        if name in claims.index:
            row = claims.loc[name]
            what = row[["place", "claim_in_english", "phrase"]]
            found.append((name, ARTICLE, "", what.iloc[0], "claim", *what.iloc[1:], ""))
            continue
        row = _anywhere().loc[name]
        found.append((name, *row[["source", "date", "place", "kind", "what_en", "phrase", "note"]]))
    columns = ["id", "source", "date", "place", "kind", "what", "phrase", "note"]
    return pd.DataFrame(found, columns=columns).sort_values("date", kind="stable").set_index("id")


@cache
def _anywhere() -> pd.DataFrame:
    """The rows of ``said`` for all provinces, and the ledger's other statements on them."""
    rows = pd.concat([said(name) for name in places.province_names()])
    rows = rows[rows["scope"] != SCOPES[3]]  # such a row is worded for one place at a time
    dates = _batch_dates()
    others = [s for s in _ledger() if s.kind != "count" and len(s.places) == 1]
    extra = pd.DataFrame(
        [
            (s.id, s.source, dates.get(s.batches[-1], "") if s.batches else "", s.place,
             "counted", ledger.words(s), s.phrase, s.note)
            for s in others
        ],
        columns=["id", "source", "date", "place", "kind", "what_en", "phrase", "note"],
    ).set_index("id")  # fmt: skip
    return pd.concat([rows, extra])
