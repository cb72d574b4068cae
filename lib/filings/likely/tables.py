"""What the notebooks print of likely values, each beside what is proven and on its assumption.

The notebook on what is likely writes the tables; others read them and say of them what
`interior` and `three` say.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from filings import convergence, paths, places, words
from filings.bounds import Sum
from filings.convergence import NAMED
from filings.ledger import Batches, Statement
from filings.likely import ASSUMPTIONS, Draws, Feasible, MixingError, draws, summary
from filings.words import Text

SHARES, CHANCES, TESTED = (
    paths.PROCESSED / f"{name}.csv" for name in ("likely", "chances", "calibration")
)

GROUPS = {"Central+West": next(iter(convergence.interiors().values())), "+".join(NAMED): NAMED}
"""Name → provinces: the centre and the west, and the article's three examples."""

SELECTIONS = ("1", "2-3", "1-3", "4", "5")


def on_each_assumption(
    statements: Iterable[Statement], batches: Sequence[int] = (1, 2, 3, 4, 5)
) -> list[Draws]:
    """Draws on every assumption, in the order of `ASSUMPTIONS`."""
    return draws(Feasible(statements, batches))


def shares(drawn: Sequence[Draws]) -> pd.DataFrame:
    """Likely and proven values: the share of each of `GROUPS`, and what provinces filed.

    Columns ``what`` (``share`` of all services, or ``services`` of a province that is not known
    exactly), ``group`` (a key of `GROUPS`, or a province), ``batches`` (as written) and those of
    `summary`. Provinces that the draws do not tell well enough are left out.
    """
    rows = []
    for name, group in GROUPS.items():
        for selection in SELECTIONS:
            table = summary(drawn, group, Batches.parse(selection))
            rows.append(table.assign(what="share", group=name, batches=selection))
    for name in places.province_names():
        first = (1, 2, 3)
        if not drawn[0].feasible.identified.sum(Sum("services", (name,), first)).exact:
            try:
                table = summary(drawn, (name,), first, share=False)
            except MixingError:
                continue
            rows.append(table.assign(what="services", group=name, batches="1-3"))
    table = pd.concat(rows, ignore_index=True)
    return table[["what", "group", "batches", *(c for c in table.columns[:-3])]]


EVENTS = {
    "rose": "the share of batches 2 and 3 is above that of batch 1",
    "noticed": "it is above, and a test would notice (p < 0.05)",
    "each step": "the gap to the leaders narrows at each step",
    "at the end": "the gap is smaller after batch 3 than after batch 1",
}
"""What may be true of a table, and how it is read."""


def chances(drawn: Sequence[Draws]) -> pd.DataFrame:
    """In which part of the tables something is true, on each assumption.

    Columns ``event`` (a key of `EVENTS`), ``group`` (a key of `GROUPS`), ``assumption``, ``chance``
    (a fraction) and ``proven`` (``supported``: true of every table, ``contradicted``: of none,
    ``undecided``).
    """
    identified = drawn[0].feasible.identified
    totals = convergence.totals_of(identified, (1,), (2, 3))
    found = convergence.narrowing(identified).readings
    rows = []
    for name, group in GROUPS.items():
        early, later = (Sum("services", group, batches) for batches in ((1,), (2, 3)))
        headline = convergence.headline(identified, group)
        rose = convergence.verdict(
            identified, [early, later], lambda hits: hits[1] * totals[0] > hits[0] * totals[1], True
        )
        for one in drawn:
            hits, counts = np.unique(
                np.stack([one.sum(early), one.sum(later)], 1), axis=0, return_counts=True
            )
            risen = [convergence.rises(pair, totals) for pair in hits.tolist()]
            chance = {
                "rose": np.average([r is not False for r in risen], weights=counts),
                "noticed": np.average([r is True for r in risen], weights=counts),
            }
            proven = {"rose": rose, "noticed": headline.verdict}
            if group == NAMED:
                by_batch = [one.sum(convergence.services(g, b))
                            for g in (NAMED, convergence.LEADERS) for b in (1, 2, 3)]  # fmt: skip
                chance["each step"] = np.mean(convergence.each_step(by_batch))
                chance["at the end"] = np.mean(convergence.at_end(by_batch))
                proven |= {
                    "each step": found["at each step"], "at the end": found["smaller at the end"]
                }  # fmt: skip
            rows += [(e, name, one.assumption, float(c), proven[e]) for e, c in chance.items()]
    return pd.DataFrame(rows, columns=["event", "group", "assumption", "chance", "proven"])


def read() -> tuple[pd.DataFrame, pd.DataFrame]:
    """`shares` and `chances` as the notebook on what is likely wrote them."""
    return tuple(pd.read_csv(path, dtype={"batches": str}) for path in (SHARES, CHANCES))


# --- in words -------------------------------------------------------------------------------------


def brief(assumption: str, lang: str = "en") -> str:
    """An assumption in few words, for the head of a column or the label of a row."""
    said = getattr(ASSUMPTIONS[assumption].words, lang)
    for lead in ("new filings outside the leaders ", "领先省市以外的新增备案"):
        said = said.removeprefix(lead)
    return said


def failed(parts: pd.DataFrame) -> set[str]:
    """Selections of batches for which every assumption tested fails (`verdicts` by part)."""
    every = parts.groupby("withheld")["fails"].all()
    return {_BATCHES[part] for part in every.index[every] if part in _BATCHES}


_BATCHES = {"batch 1": "1", "batches 2-3": "2-3", "batch 5": "5"}
"""The parts withheld that are batches of the register, as a selection is written."""


def name_of(group: str) -> str:
    """A key of `GROUPS` as a reader says it."""
    names = {"Central+West": "the centre and the west"}
    return names.get(group) or words.named(group.split("+"))


def of(table: pd.DataFrame, group: str, batches: str) -> pd.DataFrame:
    """The rows of `shares` on a group in some batches, one an assumption."""
    return table[(table["group"] == group) & (table["batches"] == batches)]


def interior(shares: pd.DataFrame, chances: pd.DataFrame) -> tuple[Text, ...]:
    """What is likely of the centre and the west in batches 2 and 3, and of a rise since batch 1."""
    first, later = (of(shares, "Central+West", batches) for batches in ("1", "2-3"))
    proven = words.percent(later["proven_low"].min(), later["proven_high"].max(), 1)
    before = words.percent(first["proven_low"].min(), first["proven_high"].max(), 1)
    middle = words.percent(later["median"].min(), later["median"].max(), 1)
    ends = words.percent(later["low"].min(), later["high"].max(), 1)
    rose, noticed = (_chance(chances, "Central+West", event) for event in ("rose", "noticed"))
    count = len(later)
    return (
        Text(
            f"**{words.few(count).capitalize()} models, each on an assumption of its own, put the "
            f"share of the centre and the west in batches 2 and 3 at {middle} in the middle and at "
            f"{ends} in nine of ten tables. Proven is only {proven}; in batch 1 it was {before}.**",
            f"**{count}个模型各据一种假设，中西部占第二、三批的中位数为{middle}，九成的表在{ends}之间。"
            f"可证者仅为{proven}；第一批为{before}。**",
        ),
        Text(
            f"Proven, a rise since batch 1 is possible and so is a fall. It rose in {rose} of a "
            f"model's tables, and so much that a test would notice (p < 0.05) in {noticed}.",
            f"就可证者而言，自第一批以来升降皆有可能。在各模型的表中，{rose}有所上升，"
            f"升幅大到检验能够察觉（p<0.05）的占{noticed}。",
        )
        if set(chances.loc[chances["group"] == "Central+West", "proven"]) == {"undecided"}
        else Text(
            f"It rose in {rose} of a model's tables, and noticeably (p < 0.05) in {noticed}.",
            f"在各模型的表中，{rose}有所上升，显著上升（p<0.05）的占{noticed}。",
        ),
        _on_assumptions(),
    )


def three(chances: pd.DataFrame) -> Text:
    """How often the gap of the article's examples narrows, step by step and at the end."""
    name = "+".join(NAMED)
    step, end = (_chance(chances, name, event) for event in ("each step", "at the end"))
    return Text(
        f"Likely, on one assumption or another: the gap of {words.named(NAMED)} to the leaders "
        f"narrows at each step in {step} of the tables, and is smaller at the end in {end}.",
        f"可能（视假设而定）：{words.named(NAMED, 'zh')}与领先省市的差距，"
        f"逐步缩小者占各表的{step}，期末较小者占{end}。",
    )


def rise(chances: pd.DataFrame) -> Text:
    """The second line under a verdict on the centre and the west."""
    rose, noticed = (_chance(chances, "Central+West", event) for event in ("rose", "noticed"))
    return Text(
        f"Likely, on one assumption or another: the share rose after batch 1 in {rose} of the "
        f"tables, noticeably in {noticed}.",
        f"可能（视假设而定）：份额在第一批之后上升的表占{rose}，显著上升的占{noticed}。",
    )


def _on_assumptions() -> Text:
    names = [one.words for one in ASSUMPTIONS.values()]
    return Text(
        "A model is no evidence. The assumptions: " + "; ".join(name.en for name in names) + ".",
        "模型不是证据。所据假设：" + "；".join(name.zh for name in names) + "。",
    )


def _chance(chances: pd.DataFrame, group: str, event: str) -> str:
    found = chances[(chances["group"] == group) & (chances["event"] == event)]["chance"]
    return words.percent(found.min(), found.max())


def tested(parts: pd.DataFrame) -> Text:
    """Which assumptions fail where, from `verdicts` by part and assumption."""
    en, zh = [], []
    for part, rows in parts.groupby("withheld", sort=False):
        failed = rows[rows["fails"]]
        if len(failed):
            held = words.span(failed["held"].min(), failed["held"].max())
            facts = words.span(failed["facts"].min(), failed["facts"].max())
            en.append(
                f"**{part} fails under {len(failed)} of {len(rows)} assumptions**: their intervals "
                f"held {held} of {facts} facts"
            )
            name = words.batches(_BATCHES[part], "zh") if part in _BATCHES else "算法备案"
            zh.append(
                f"**{name}有{len(failed)}/{len(rows)}种假设未通过**：区间命中{facts}个中的{held}个"
            )
    every = parts.groupby("assumption", sort=False)[["facts", "held"]].sum()
    share = (every["held"] / every["facts"]).agg(["min", "max"])
    kept = words.percent(*share)
    return Text(
        f"Over all parts the 90 % intervals held {kept} of the facts withheld, by assumption. "
        + ("; ".join(en) if en else "No part fails its test")
        + ".",
        f"总体上，90%区间命中所隐去事实的{kept}（依假设而异）。"
        + ("；".join(zh) if zh else "各部分均通过检验")
        + "。",
    )
