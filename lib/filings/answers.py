"""What each notebook finds, said first: its opening answer, in English and Chinese.

Every sentence is made from values that the evidence gives; none holds a number of its own, and a
word that evidence could make false (*rose*, *stood still*) is chosen by a test. The first paragraph
of an answer can stand alone: README.md prints it.
"""

from collections.abc import Sequence

import pandas as pd

from filings import cases, convergence, ledger, places, words
from filings.bounds import IdentifiedSet, Sum
from filings.convergence import LEADERS, NAMED
from filings.words import Text

FIRST_THREE = (1, 2, 3)
"""The batches that the article speaks of."""


# --- 02: how concentrated is the register? --------------------------------------------------------


def blocks(identified: IdentifiedSet) -> pd.DataFrame:
    """The first three batches in as few groups as are known exactly, for the picture of the whole.

    Columns ``group`` (places joined by +, or ``others``), ``provinces``, ``count``. Leaders whose
    own count is not exact stand together. Raises ValueError where even that leaves a range.
    """
    single = {name: identified.sum(Sum("services", (name,), FIRST_THREE)) for name in LEADERS}
    exact = sorted((n for n, found in single.items() if found.exact), key=lambda n: -single[n].low)
    together = tuple(name for name in LEADERS if name not in exact)
    groups = [*((name,) for name in exact), *([together] if together else []), NAMED]
    taken = {name for group in groups for name in group}
    rest = tuple(name for name in places.province_names() if name not in taken)
    rows = []
    for group in (*groups, rest):
        found = identified.sum(Sum("services", group, FIRST_THREE))
        if not found.exact:
            raise ValueError(f"the count of {'、'.join(group)} in batches 1-3 is not exact")
        rows.append(("others" if group is rest else "+".join(group), len(group), found.low))
    return pd.DataFrame(rows, columns=["group", "provinces", "count"])


def cities(identified: IdentifiedSet, selections: Sequence[str] = ("1", "1-3")) -> pd.DataFrame:
    """Cities whose count is exact beside their province's exact count, most first.

    Columns ``city``, ``province``, ``batches``, ``count`` and ``of`` (the province's count). A
    city is asked about where a statement in force names it.
    """
    named = {name for one in identified.statements for name in one.places}
    rows = []
    for name in sorted(name for name in named if places.find(name).level == "city"):
        province = places.province_of(name)
        for written in selections:
            batches = ledger.parse_batches(written)
            asked = [Sum("services", (at,), batches) for at in (name, province)]
            city, whole = identified.bounds(asked)
            if city.exact and whole.exact and city.low:
                rows.append((name, province, written, city.low, whole.low))
    table = pd.DataFrame(rows, columns=["city", "province", "batches", "count", "of"])
    return table.sort_values(["batches", "count"], ascending=[True, False], ignore_index=True)


def concentration(identified: IdentifiedSet) -> tuple[Text, ...]:
    """What notebook 02 finds, paragraph by paragraph."""
    table = blocks(identified)
    leaders, named, others = table.iloc[:-2], table.iloc[-2], table.iloc[-1]
    whole, held = table["count"].sum(), leaders["count"].sum()
    people, output = map(words.percent, convergence.size_of(LEADERS))
    parts = [
        Text(
            f"{words.named(names)}{' together' if len(names) > 1 else ''} {count}",
            f"{words.named(names, 'zh')}{'合计' if len(names) > 1 else ''}{count}项",
        )
        for names, count in zip(
            (group.split("+") for group in leaders["group"]), leaders["count"], strict=True
        )
    ]
    town = cities(identified, ("1",))
    return (
        Text(
            f"**Four provinces hold {held} of the {whole} services of the first three batches: "
            f"{words.joined([part.en for part in parts])}. {words.named(NAMED)} have "
            f"{named['count']} together, the other {others['provinces']} provinces "
            f"{others['count']}.**",
            f"**前三批{whole}项服务中，四个省市占{held}项：{'，'.join(part.zh for part in parts)}。"
            f"{words.named(NAMED, 'zh')}合计{named['count']}项，其余{others['provinces']}个"
            f"省（区、市）共{others['count']}项。**",
        ),
        Text(
            f"That is {words.percent(held / whole, digits=1)} of the filings, with {people} of the "
            f"people and {output} of the output.",
            f"四省市备案占{words.percent(held / whole, digits=1)}，人口占{people}，"
            f"地区生产总值占{output}。",
        ),
        Text(
            "Within a province it is one city: in the first batch "
            + words.joined(
                [
                    f"{places.english(c.city)} filed {c.count_} of {places.english(c.province)}'s "
                    f"{c.of}"
                    for c in town.rename(columns={"count": "count_"}).itertuples()
                ]
            )
            + ".",
            "在省内则集中于一座城市：第一批中"
            + "，".join(
                f"{c.province}{c.of}项里{c.city}有{c.count_}项"
                for c in town.rename(columns={"count": "count_"}).itertuples()
            )
            + "。",
        )
        if len(town)
        else Text("", ""),
    )


# --- 03: are the centre and the west catching up? -------------------------------------------------


def catching_up(identified: IdentifiedSet) -> tuple[Text, ...]:
    """What notebook 03 finds, paragraph by paragraph."""
    three, four = (convergence.headline(identified, group) for group in (NAMED, LEADERS))
    move, (first, then) = convergence.MOVEMENTS[three.movement], three.totals
    early, later = (words.span(*count) for count in three.counts)
    ahead = [words.span(*count) for count in four.counts]
    parts = [words.percent(*share, 1) for share in three.shares]
    return (
        Text(
            f"**{words.named(NAMED)}, the article's examples, {move.en}: {early} of the first "
            f"{first} services, {later} of the next {then} ({parts[0]}, then {parts[1]}). "
            f"{words.named(LEADERS)} filed {ahead[0]}, then {ahead[1]}.**",
            f"**原文举出的{words.named(NAMED, 'zh')}{move.zh}：首批{first}项服务中有{early}项，"
            f"其后{then}项中有{later}项（{parts[0]}，其后{parts[1]}）。"
            f"{words.named(LEADERS, 'zh')}则为{ahead[0]}项和{ahead[1]}项。**",
        ),
        _interior(identified),
        _afterwards(identified),
        _sister_registers(),
    )


def _interior(identified: IdentifiedSet) -> Text:
    """What the centre and the west hold, for their size, and whether that grew."""
    group = next(iter(convergence.interiors().values()))
    found = convergence.catching_up(identified, group)
    (count,) = identified.bounds([convergence.services(group, *FIRST_THREE)])
    (whole,) = convergence.totals_of(identified, FIRST_THREE)
    share = words.percent(count.low / whole, count.high / whole, 1)
    people, output = map(words.percent, convergence.size_of(group))
    return Text(
        f"The {len(group)} provinces of the centre and the west hold {share} of the first {whole} "
        f"services, with {people} of the people and {output} of the output. Whether they were "
        f"catching up is {found.verdict}. {found.reason.en}",
        f"中西部{len(group)}个省（区、市）占前三批{whole}项服务的{share}，而人口占{people}、"
        f"地区生产总值占{output}。是否在追赶：{convergence.VERDICTS_ZH[found.verdict]}。"
        f"{found.reason.zh}",
    )


def _afterwards(identified: IdentifiedSet) -> Text:
    """What happened after the three batches that the article saw."""
    beijing = convergence.headline(identified, ("北京",), (3,), (5,))
    before, after = (words.percent(*share, 1) for share in beijing.shares)
    won = convergence.gains(identified).index
    gained = (
        Text(
            f"those that certainly gained are {words.named(won)}",
            f"份额确定上升的是{words.named(won, 'zh')}",
        )
        if len(won)
        else Text("no province certainly gained", "没有省份的份额确定上升")
    )
    return Text(
        f"After the article Beijing's share went from {before} of batch 3 to {after} of batch 5; "
        f"{gained.en}.",
        f"文章发表之后，北京的份额由第三批的{before}变为第五批的{after}；{gained.zh}。",
    )


def _sister_registers() -> Text:
    """What the agency's later registers, known filing by filing, say on the same question."""
    years = convergence.sister_years()
    changes = convergence.sister_changes(years).set_index(["register", "group"])
    en, zh = [], []
    for register, name in convergence.REGISTERS.items():
        filings = words.number(years.loc[years["register"] == register, "filings"].sum())
        beijing, interior = (changes.loc[(register, g)] for g in ("Beijing", "centre and west"))
        by = words.points(beijing["change"]), words.points(interior["change"])
        moved = [convergence.CHANGES[one["movement"]] for one in (beijing, interior)]
        en.append(
            f"{name.en} ({filings} filings) Beijing {moved[0].en} ({by[0]} points of share), "
            f"centre and west {moved[1].en} ({by[1]})"
        )
        zh.append(
            f"{name.zh}（{filings}项）北京{moved[0].zh}（{by[0]}个百分点），"
            f"中西部{moved[1].zh}（{by[1]}）"
        )
    first, last = years["year"].min(), years["year"].max()
    return Text(
        f"Two later registers of the same agency are known filing by filing, {first} to {last}. "
        f"In that of {'; in that of '.join(en)}.",
        f"同一主管部门其后的两个登记逐项可查（{first}–{last}年）：{'；'.join(zh)}。",
    )


def drawings(identified: IdentifiedSet) -> Text:
    """Whether the answer on the centre and the west depends on how they are drawn."""
    drawn = convergence.interiors().values()
    verdicts = {convergence.headline(identified, group).verdict for group in drawn}
    if len(verdicts) > 1:
        return Text(
            "**Whether the centre and the west were catching up depends on how they are drawn.**",
            "**中西部是否在追赶，取决于中西部的划法。**",
        )
    (same,) = verdicts
    return Text(
        f"**Drawn in {len(drawn)} ways, the centre and the west give one answer: whether they rose "
        f"by more than chance is {same}.**",
        f"**中西部有{len(drawn)}种划法，答案相同：其份额是否超出偶然地上升，"
        f"{convergence.VERDICTS_ZH[same]}。**",
    )


# --- 04: one place --------------------------------------------------------------------------------


def case(identified: IdentifiedSet, place: str) -> tuple[Text, ...]:
    """What a case study finds of a place: its heading, then what is exact, then what is thin."""
    at, english = places.find(place), places.english(place)
    inside = "" if at.level == "province" else f", {places.english(places.province_of(place))}"
    rows = cases.record(place)
    if rows.empty and not cases.names(identified, place):
        known = Text(
            f"No publication on file names {english}. What is known of its province follows.",
            f"在册出版物均未提及{place}。以下为所在省份的情况。",
        )
    else:
        known = _on_record(place, rows)
    return (
        Text(f"# {english} ({place}){inside}", f"# {place}"),
        _filed(identified, place) + _algorithms(place),
        known,
    )


def _on_record(place: str, rows: pd.DataFrame) -> Text:
    """How much the record holds, and what our search found of what was promised."""
    dated = rows.loc[rows["date"] != "", "date"]
    last = cases.day(dated.max()) if len(dated) else None
    said = Text(
        f"The record holds {words.counted(len(rows), 'report')} on it"
        + (f", the last dated {last.en}." if last else "."),
        f"在册报道{len(rows)}条" + (f"，最后一条为{last.zh}。" if last else "。"),
    )
    plans = cases.promises(place)
    if plans.empty:
        return said
    answered = int(plans["found"].map(bool).sum())
    return said + Text(
        f"It holds {words.counted(len(plans), 'promise')} with a number; our search found a report "
        f"of the outcome for {answered or 'none'}.",
        f"其中有数字的承诺{len(plans)}项，检索到结果报道的有{answered}项。",
    )


def _filed(identified: IdentifiedSet, place: str) -> Text:
    """What is known of the place's filings in the blockchain register, exact counts first."""
    table = cases.counts(identified, place).set_index(["place", "batches"])
    province, english = places.province_of(place), places.english(place)
    named = place == province or cases.names(identified, place)
    en, zh = [], []
    for written in ("1-3", "1", "5"):
        low, high = table.loc[(place, written), ["low", "high"]]
        if not (named and words.usable(low, high)) or (written == "1" and en):
            continue
        of, when = table.loc[(places.NATION, written), "low"], words.batches(written)
        en.append(f"{words.span(low, high)} of the {of} of {when}")
        zh.append(f"{words.batches(written, 'zh')}{of}项中有{words.span(low, high)}项")
    if en:
        return Text(
            f"**{english} filed {words.joined(en)} in the blockchain register.**",
            f"**区块链备案：{place}在{'，'.join(zh)}。**",
        )
    around = table.loc[(province, "1-3"), ["low", "high"]]
    if place == province or not words.usable(*around):
        return Text(
            f"**How many blockchain services {english} filed is not known.**",
            f"**{place}备案的区块链服务数不详。**",
        )
    of = table.loc[(places.NATION, "1-3"), "low"]
    return Text(
        f"**How many blockchain services {english} filed is not known; {places.english(province)} "
        f"filed {words.span(*around)} of the first {of}.**",
        f"**{place}备案的区块链服务数不详；{province}在前三批{of}项中有{words.span(*around)}项。**",
    )


def _algorithms(place: str) -> Text:
    """The place's filings in the later registers, which are exact for every place."""
    if not places.find(place).code:
        return Text("", "")
    table = cases.sister(place)
    mine, whole = table["filings"].sum(), table["country"].sum()
    first = table["year"].min()
    if not mine:
        return Text(
            f"**None of the {words.number(whole)} algorithms filed with the same agency since "
            f"{first} bears its code.**",
            f"**{first}年以来同一主管部门的{words.number(whole)}项算法备案中，没有一项属于该地。**",
        )
    rank, ranked = cases.sister_rank(place)
    level = {"province": ("provinces", "省（区、市）"), "city": ("cities", "市"),
             "district": ("districts and counties", "区县")}[places.find(place).level]  # fmt: skip
    return Text(
        f"**Of the {words.number(whole)} algorithms filed with the same agency since {first}, "
        f"{words.number(mine)} bear its code: {words.ordinal(rank)} of {ranked} {level[0]}.**",
        f"**{first}年以来同一主管部门的{words.number(whole)}项算法备案中有{words.number(mine)}项"
        f"属于该地，在{ranked}个{level[1]}中居第{rank}位。**",
    )


def comparison(studied: Sequence[str]) -> Text:
    """What the places studied have in common, by the filings that are exact for each."""
    filed = {name: int(cases.sister(name)["filings"].sum()) for name in studied}
    whole = cases.sister(studied[0])["country"].sum()
    first = max(filed, key=lambda name: (filed[name], name))
    none = [name for name in studied if not filed[name]]
    rest = (
        Text(
            f"; {words.named(none)} {'has' if len(none) == 1 else 'have'} none",
            f"；{words.named(none, 'zh')}没有",
        )
        if none
        else Text("", "")
    )
    return Text(
        f"**Of {words.number(whole)} algorithms filed since 2022, {places.english(first)} has "
        f"{words.number(filed[first])}, most of the {len(studied)} places studied{rest.en}.**",
        f"**2022年以来的{words.number(whole)}项算法备案中，所研究的{len(studied)}地以{first}最多，"
        f"有{words.number(filed[first])}项{rest.zh}。**",
    )
