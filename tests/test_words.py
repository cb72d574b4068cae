"""What a reader sees: numbers, names, tables."""

import pandas as pd
import pytest
from filings import words
from hypothesis import given
from hypothesis import strategies as st
from lxml import html


@pytest.mark.parametrize(
    "low, high, said",
    [(12, 12, "12"), (9, 12, "9–12"), (9, None, "≥9"), (1200, 1200, "1,200"), (-2, 3, "−2 – 3")],
)
def test_a_range_is_printed_as_people_write_it(low, high, said):
    assert words.span(low, high) == said


def test_a_range_too_wide_to_use_is_not_known():
    assert words.known(10, 13) == "10–13"
    assert words.known(1, 170) == "not known"
    assert words.known(1, 170, "zh") == "不详"
    assert words.known(100, 140) == "100–140"
    assert words.known(16, 72) == "not known"
    assert words.known(3, None) == "not known"


@given(st.text(min_size=1, max_size=40))
def test_a_cell_shows_every_character_as_it_is(text):
    shown = html.fromstring(words.html_table(pd.DataFrame({"what": [f"x{text}x"]}), "made up"))
    # HTML folds line ends and drops what no document may hold.
    kept = "".join(c for c in text if c.isprintable())
    found = shown.findtext(".//td")
    assert "".join(c for c in found if c.isprintable()) == f"x{kept}x"
    assert shown.find(".//td/*") is None, "no markup comes from a text"


def test_links_are_links_and_nothing_else_is():
    rows = pd.DataFrame({"said by": [r"[A \<b\>](https://example.org/a) and <i>B</i>"]})
    cell = html.fromstring(words.html_table(rows, "made up", {"said by"})).find(".//td")
    (link,) = cell
    assert (link.get("href"), link.text) == ("https://example.org/a", "A <b>")
    assert cell.text_content() == "A <b> and <i>B</i>"


def test_a_head_that_is_a_name_of_code_is_refused():
    with pytest.raises(ValueError, match="not a word"):
        words.html_table(pd.DataFrame({"what_en": [1]}), "made up")


def test_truth_is_said_in_words_and_what_is_missing_is_empty():
    page = words.html_table(pd.DataFrame({"a": [True, False, None, float("nan")]}), "made up")
    assert [cell.text for cell in html.fromstring(page).iterfind(".//td")] == [
        "yes",
        "no",
        None,
        None,
    ]


def test_two_texts_together_are_both_in_both_languages():
    both = words.Text("One.", "一。").then(words.Text("Two.", "二。"))
    assert both == ("One. Two.", "一。二。")
