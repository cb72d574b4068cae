"""What each notebook finds, said first: its opening answer, in English and Chinese.

Every sentence is made from values that the evidence gives; none holds a number of its own, and a
word that evidence could make false (*rose*, *stood still*) is chosen by a test. The first paragraph
of an answer can stand alone: README.md prints it.
"""

from collections.abc import Sequence

import pandas as pd

from filings import cases, claims, convergence, ledger, places, words
from filings.bounds import Evidence, IdentifiedSet, SetAside, Sum
from filings.convergence import LEADERS, NAMED
from filings.words import Text

FIRST_THREE = (1, 2, 3)
"""The batches that the article speaks of."""


# --- 01: what is on file? -----------------------------------------------------------------------


def ingestion(identified: IdentifiedSet, evidence: Evidence) -> tuple[Text, ...]:
    """What notebook 01 finds: how well each batch is known."""
    names = places.province_names()
    known = {}
    for batch in FIRST_THREE:
        found = identified.bounds([Sum("services", (name,), (batch,)) for name in names])
        known[batch] = sum(answer.exact for answer in found)
    says = {source for one in evidence.kept for source in ledger.sources(one)}
    binding, aside = len(evidence.kept), len(evidence.set_aside)
    first, *later = (known[batch] for batch in FIRST_THREE)
    return (
        Text(
            f"**Of the first batch the counts of {first} of {len(names)} provinces are known "
            f"exactly, of the second {later[0]}, of the third {later[1]}; for the others the "
            f"published statements leave a range.**",
            f"**第一批{len(names)}个省（区、市）中{first}个的数字准确，第二批{later[0]}个，"
            f"第三批{later[1]}个；其余只能由公开陈述限定范围。**",
        ),
        Text(
            f"{binding} statements of {len(says)} publications bind the counts; "
            f"{aside or 'none'} {'contradicts' if aside == 1 else 'contradict'} the others and "
            f"{'is' if aside == 1 else 'are'} set aside.",
            f"约束计数的陈述有{binding}条，来自{len(says)}种出版物；与其他陈述矛盾而搁置的有"
            f"{aside}条。",
        ),
    )


def clash(item: SetAside) -> Text:
    """Why a statement is set aside: what it cannot hold with, and who says each."""

    def said(one: ledger.Statement, lang: str) -> str:
        return f"{ledger.words(one, lang)} ({words.publications(ledger.sources(one), most=2)})"

    en, zh = (
        [said(one, lang) for one in (item.statement, *item.clashes_with)] for lang in ("en", "zh")
    )
    return Text(
        f"“{en[0]}” cannot hold with: {'; '.join(en[1:])}.",
        f"“{zh[0]}”与以下说法不能同时成立：{'；'.join(zh[1:])}。",
    )


def tie(out: ledger.Statement, instead: ledger.Statement) -> Text:
    """What could have been set aside at the same weight, and the rule that decided."""
    en, zh = ([ledger.words(one, lang) for one in (out, instead)] for lang in ("en", "zh"))
    return Text(
        f"As many texts would be set aside with “{en[1]}” in the place of “{en[0]}”. The rule: the "
        "vaguer statement yields (a share, an order or a rank before a count), and of two as "
        "precise the one later in the ledger.",
        f"若以“{zh[1]}”代替“{zh[0]}”予以搁置，涉及的文本数相同。规则：较含糊的说法（占比、排序、位次）"
        "先于计数被搁置；同样精确的，取台账中靠后者。",
    )


# --- 02: how concentrated is the register? --------------------------------------------------------


def blocks(identified: IdentifiedSet) -> pd.DataFrame:
    """The first three batches in as few groups as are known exactly, for the picture of the whole.

    Columns ``unit``, ``batches``, ``group`` (places joined by +), ``role`` (leader, article: its
    three examples, rest) and ``filings``. Leaders whose own count is not exact stand together.
    Raises ValueError where even that leaves a range.
    """
    single = {name: identified.sum(Sum("services", (name,), FIRST_THREE)) for name in LEADERS}
    exact = sorted(
        (n for n, found in single.items() if found.exact), key=lambda n: -single[n].whole()[0]
    )
    together = tuple(name for name in LEADERS if name not in exact)
    rest = tuple(name for name in places.province_names() if name not in (*LEADERS, *NAMED))
    groups = [*((name,) for name in exact), *([together] if together else [])]
    rows = []
    for group, role in [*((g, "leader") for g in groups), (NAMED, "article"), (rest, "rest")]:
        found = identified.sum(Sum("services", group, FIRST_THREE))
        if not found.exact:
            raise ValueError(f"the count of {'、'.join(group)} in batches 1-3 is not exact")
        rows.append(("services", "1-3", "+".join(group), role, found.low))
    return pd.DataFrame(rows, columns=["unit", "batches", "group", "role", "filings"])


def cities(identified: IdentifiedSet, selections: Sequence[str] = ("1", "1-3")) -> pd.DataFrame:
    """Cities whose count is exact beside their province's exact count, most first.

    Columns ``unit``, ``batches``, ``place``, ``province``, ``low`` and ``high`` (equal) and ``of``
    (the province's count). A city is asked about where a statement in force names it.
    """
    named = {name for one in identified.statements for name in one.places}
    rows = []
    for name in sorted(name for name in named if places.find(name).level == "city"):
        province = places.province_of(name)
        for written in selections:
            batches = ledger.Batches.parse(written)
            asked = [Sum("services", (at,), batches) for at in (name, str(province))]
            city, whole = identified.bounds(asked)
            if city.exact and whole.exact and city.low:
                rows.append(("services", written, name, province, city.low, city.high, whole.low))
    columns = ["unit", "batches", "place", "province", "low", "high", "of"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["batches", "low"], ascending=[True, False], ignore_index=True)


def concentration(identified: IdentifiedSet) -> tuple[Text, ...]:
    """What notebook 02 finds, paragraph by paragraph."""
    table = blocks(identified)
    whole, held = table["filings"].sum(), table.groupby("role")["filings"].sum()
    others = len(table.loc[table["role"] == "rest", "group"].iloc[0].split("+"))
    leaders = table[table["role"] == "leader"]
    people, output = map(words.percent, convergence.size_of(LEADERS))
    part = words.percent(held["leader"] / whole, digits=1)
    en, zh = [], []
    for group, count in zip(leaders["group"].str.split("+"), leaders["filings"], strict=True):
        en.append(f"{words.named(group)}{' together' if len(group) > 1 else ''} {count}")
        zh.append(f"{words.named(group, 'zh')}{'合计' if len(group) > 1 else ''}{count}个")
    return (
        Text(
            f"**{words.sentence(words.few(len(LEADERS)))} provinces filed {held['leader']} of the "
            f"first {whole} services: {'; '.join(en)}. {words.named(NAMED)} have "
            f"{held['article']} together, the other {others} provinces {held['rest']}.**",
            f"**前三批{whole}个服务中，{len(LEADERS)}个省市占{held['leader']}个：{'，'.join(zh)}。"
            f"{words.named(NAMED, 'zh')}合计{held['article']}个，其余{others}个省（区、市）共"
            f"{held['rest']}个。**",
        ),
        Text(
            f"That is {part} of the filings, with {people} of the people and {output} of the "
            f"output.",
            f"前者占备案的{part}，人口占{people}，地区生产总值占{output}。",
        ),
        _cities(cities(identified, ("1",))),
    )


_BY_ANY_MEASURE = {
    ("low", "high"): Text(
        "one table is the least and one the most concentrated by any such measure, so the range of "
        "each measure runs between the same two",
        "不论用其中何种指标，最不集中与最集中的各是同一张表，各指标的范围都在这两张表之间",
    ),
    ("low",): Text(
        "one table is the least concentrated by any such measure; which is the most depends on the "
        "measure",
        "不论用其中何种指标，最不集中的都是同一张表；何者最集中则因指标而异",
    ),
    ("high",): Text(
        "one table is the most concentrated by any such measure; which is the least depends on the "
        "measure",
        "不论用其中何种指标，最集中的都是同一张表；何者最不集中则因指标而异",
    ),
    (): Text(
        "which table is the least concentrated, and which the most, depends on the measure",
        "何者最不集中、何者最集中，因指标而异",
    ),
}


def by_any_measure(identified: IdentifiedSet, selections: Sequence[str]) -> tuple[Text, ...]:
    """Of which batches the ends of all measures are those of the same tables, a sentence a case.

    Parameters
    ----------
    identified
        The tables that agree with the evidence.
    selections
        Batches, as written.

    Returns
    -------
    tuple of Text
        For tables that majorize, or are majorized by, all others (`IdentifiedSet.majorizing`).
    """
    found: dict[tuple[str, ...], list[str]] = {}
    for selection in selections:
        ends = tuple(identified.majorizing(ledger.Batches.parse(selection)))
        found.setdefault(ends, []).append(selection)
    return tuple(
        Text(
            f"**In {words.joined([words.batches(b) for b in found[ends]])}** {said.en}.",
            f"**{words.joined([words.batches(b, 'zh') for b in found[ends]], 'zh')}**：{said.zh}。",
        )
        for ends, said in _BY_ANY_MEASURE.items()
        if ends in found
    )


def _cities(table: pd.DataFrame) -> Text:
    """How much of a province's first batch is one city's."""
    if table.empty:
        return Text("", "")
    en, zh = [], []
    for row in table.to_dict("records"):
        city, province = (places.english(row[key]) for key in ("place", "province"))
        en.append(f"{city} filed {row['low']} of {province}'s {row['of']}")
        zh.append(f"{row['province']}{row['of']}个中{row['place']}有{row['low']}个")
    return Text(
        f"Within a province it is one city: in the first batch {words.joined(en)}.",
        f"在省内则集中于一座城市：第一批{'，'.join(zh)}。",
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
            f"**原文举出的{words.named(NAMED, 'zh')}{move.zh}：首批{first}个服务中有{early}个，"
            f"其后{then}个中有{later}个（{parts[0]}，其后{parts[1]}）。"
            f"{words.named(LEADERS, 'zh')}则为{ahead[0]}个和{ahead[1]}个。**",
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
    low, high = count.whole()
    share = words.percent(low / whole, high / whole, 1)
    people, output = map(words.percent, convergence.size_of(group))
    return Text(
        f"The {len(group)} provinces of the centre and the west hold {share} of the first {whole} "
        f"services, with {people} of the people and {output} of the output. Whether they were "
        f"catching up is {found.verdict}. {found.reason.en}",
        f"中西部{len(group)}个省（区、市）占前三批{whole}个服务的{share}，而人口占{people}、"
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
            f"{name.zh}（{filings}条）北京{moved[0].zh}（{by[0]}个百分点），"
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
        Text(*(f"**{part}**" for part in _filed(identified, place).then(_algorithms(place)))),
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
    return said.then(
        Text(
            f"It holds {words.counted(len(plans), 'promise')} with a number; our search found a "
            f"report of the outcome for {answered or 'none'}.",
            f"其中有数字的承诺{len(plans)}项，检索到结果报道的有{answered}项。",
        )
    )


def _filed(identified: IdentifiedSet, place: str) -> Text:
    """What is known of the place's filings in the blockchain register, exact counts first."""
    table = cases.counts(identified, place).set_index(["place", "batches"])
    province, english = places.province_of(place), places.english(place)
    named = place == province or cases.names(identified, place)
    en: list[str] = []
    zh: list[str] = []
    for written in ("1-3", "1", "5"):
        low, high = table.loc[(place, written), ["low", "high"]]
        if not (named and words.useful(low, high)) or (written == "1" and en):
            continue
        of, when = table.loc[(places.NATION, written), "low"], words.batches(written)
        en.append(f"{words.span(low, high)} of the {of} of {when}")
        zh.append(f"{words.batches(written, 'zh')}{of}个中有{words.span(low, high)}个")
    if en:
        return Text(
            f"{english} filed {words.joined(en)} in the blockchain register.",
            f"区块链备案：{place}在{'，'.join(zh)}。",
        )
    around = table.loc[(province, "1-3"), ["low", "high"]]
    if place == province or not words.useful(*around):
        return Text(
            f"How many blockchain services {english} filed is not known.",
            f"{place}备案的区块链服务数不详。",
        )
    of = table.loc[(places.NATION, "1-3"), "low"]
    return Text(
        f"How many blockchain services {english} filed is not known; {places.english(province)} "
        f"filed {words.span(*around)} of the first {of}.",
        f"{place}备案的区块链服务数不详；{province}在前三批{of}个中有{words.span(*around)}个。",
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
            f"None of the {words.number(whole)} algorithms filed with the same agency since "
            f"{first} bears its code.",
            f"{first}年以来同一主管部门的{words.number(whole)}条算法备案中，没有一条属于该地。",
        )
    rank, ranked = cases.sister_rank(place)
    level = {"province": ("provinces", "省（区、市）"), "city": ("cities", "市"),
             "district": ("districts and counties", "区县")}[places.find(place).level]  # fmt: skip
    return Text(
        f"Of the {words.number(whole)} algorithms filed with the same agency since {first}, "
        f"{words.number(mine)} bear its code: {words.ordinal(rank)} of {ranked} {level[0]}.",
        f"{first}年以来同一主管部门的{words.number(whole)}条算法备案中有{words.number(mine)}个"
        f"属于该地，在{ranked}个{level[1]}中居第{rank}位。",
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
        f"**2022年以来的{words.number(whole)}条算法备案中，所研究的{len(studied)}地以{first}最多，"
        f"有{words.number(filed[first])}条{rest.zh}。**",
    )


# --- 05: does the article hold? ------------------------------------------------------------------


def audit(table: pd.DataFrame) -> tuple[Text, ...]:
    """What notebook 05 finds; ``table`` is that of `claims.audited`."""
    counts = table["standing"].value_counts().reindex(list(claims.STANDINGS), fill_value=0)
    checkable = int(counts.sum() - counts["outside"])
    confirmed, alone = counts["confirmed"], counts["unconfirmed"]
    undecided, fails = counts["undecided"], counts["not borne out"]
    return (
        Text(
            f"**Of the article's {checkable} claims that can be checked, {confirmed} are confirmed "
            f"by somebody else and {alone} rest on the article alone; {undecided} "
            f"{'is' if undecided == 1 else 'are'} undecided and {fails} "
            f"{'is' if fails == 1 else 'are'} not borne out.**",
            f"**文章可核查的论断有{checkable}条：{confirmed}条有他方佐证，{alone}条仅有文章自述，"
            f"{undecided}条证据不足以判定，{fails}条未获证实。**",
        ),
        *(
            Text(
                f"Not borne out: {row.claim} ({row.phrase}). {row.reason_en}",
                f"未获证实：“{row.phrase}”。{row.reason_zh}",
            )
            for row in table[table["standing"] == "not borne out"].itertuples()
        ),
        _by_itself(table),
        Text(
            f"{counts['outside']} more claims are opinions, events and numbers of other things, "
            f"which no count of filings can check.",
            f"另有{counts['outside']}条为看法、事件或其他数字，备案数无从核查。",
        ),
    )


def _by_itself(table: pd.DataFrame) -> Text:
    """What is left of the article's own headline share where the article is no witness."""
    shares = table[(table["standing"] == "unconfirmed") & table["claim"].str.contains("percent")]
    if shares.empty:
        return Text("", "")
    row = shares.iloc[-1]
    low, high = (words.number(row[f"{end}_alone"], 1) for end in ("low", "high"))
    return Text(
        f"Its headline figure is its own: {row['claim']} by its count; what others published "
        f"leaves {low} to {high} percent.",
        f"其标题数字为自行统计（“{row['phrase']}”）；他方公布的数字只能限定在{low}%至{high}%之间。",
    )
