"""Rows of whole-number programs, against every point of small ones."""

from itertools import product

from filings.bounds.program import INF, Rows
from hypothesis import given
from hypothesis import strategies as st

WEIGHTS = st.integers(-3, 3)
BOUNDS = st.one_of(st.integers(-6, 6), st.just(None))


@st.composite
def small_rows(draw):
    """Up to three columns and four rows, with zero weights and open sides among them."""
    rows = Rows()
    for _ in range(draw(st.integers(1, 3))):
        lower = draw(st.integers(-2, 1))
        rows.column(lower, lower + draw(st.integers(0, 4)))
    for _ in range(draw(st.integers(0, 4))):
        form = {column: draw(WEIGHTS) for column in range(len(rows.lower))}
        low, high = draw(BOUNDS), draw(BOUNDS)
        rows.row(form, -INF if low is None else low, INF if high is None else high)
    return rows


def points(rows):
    """Every whole-number point within the columns' bounds that meets the rows."""
    columns = [
        range(int(low), int(high) + 1) for low, high in zip(rows.lower, rows.upper, strict=True)
    ]
    return {point for point in product(*columns) if not rows.broken(point)}


@given(small_rows())
def test_narrowed_rows_have_the_same_points(rows):
    before = points(rows)
    fewer = rows.narrowed()
    assert points(fewer) == before
    assert points(rows) == before, "the rows themselves are left as they are"
    assert len(fewer.forms) <= len(rows.forms)


def test_what_one_row_says_of_its_columns_needs_no_row():
    rows = Rows()
    x, y = rows.column(0, 9), rows.column(0, 9)
    rows.row({x: 2, y: 1}, high=5)
    rows.row({x: 1}, low=2)
    fewer = rows.narrowed()
    assert (fewer.lower, fewer.upper) == ([2, 0], [2, 1])
    assert fewer.forms == []
