"""A place's facts as the figures take them: its time line, its counts, its algorithm filings."""

import pandas as pd

from filings import paths, places
from filings.cases.record import CODE_DIGITS, sister, timeline


def algorithm_ranks(place: str) -> tuple[int, int, int]:
    """A place's algorithm filings since 2022, its rank, and how many places of its level have any.

    Two places with as many filings share the better rank.
    """
    at = places.find(place)
    digits = CODE_DIGITS[at.level]
    counts = pd.read_csv(paths.SISTER_COUNTS, dtype=str, keep_default_na=False)
    filings = counts["first_appearances"].astype(int)
    sums = filings.groupby(counts["division_code"].str[:digits]).sum()
    known = sums.index.str[:2].isin(list(places.province_by_code()))  # a few codes are of no place
    sums = sums[(sums > 0) & (sums.index.str.len() == digits) & known]
    own = int(sums.get(at.code[:digits], 0))
    return own, 1 + int((sums > own).sum()), len(sums)


def drawn_timeline(place: str, main: tuple[str, ...] = ()) -> pd.DataFrame:
    """``timeline`` as the figure of that name takes it.

    Parameters
    ----------
    place
        A place on record with at least one dated row.
    main
        Ids of the rows that a slide or a card shows too; without any, the events.
    """
    rows, own = timeline(place), sister(place)
    chosen = rows.index.isin(main) if main else rows["kind"] == "event"
    return rows.assign(
        main=chosen,
        filings=own["filings"].sum(),
        of=own["country"].sum(),
        since=own["year"].min(),
        until=own["year"].max(),
    )


def drawn_algorithm(place: str) -> pd.DataFrame:
    """A place's algorithm filings by year as the figure ``case_algorithm`` takes them."""
    own = sister(place)
    _, rank, ranked = algorithm_ranks(place)
    by_year = own.groupby("year", as_index=False)["filings"].sum()
    name = {"name_en": places.english(place), "name_zh": place}
    return by_year.assign(**name, rank=rank, places=ranked, of=own["country"].sum())


def drawn_comparison(names: tuple[str, ...]) -> pd.DataFrame:
    """Places side by side as the figure ``comparison`` takes them."""
    total = sister(names[0])["country"].sum()
    rows = [(name, *algorithm_ranks(name)[:2], total) for name in names]
    return pd.DataFrame(rows, columns=["place", "filings", "rank", "of"])
