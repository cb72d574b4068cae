"""README.md: its numbers are the tables'."""

import re

from filings import paths, readme


def test_the_written_parts_are_up_to_date():
    text = paths.README.read_text(encoding="utf-8")
    assert readme.rendered(text) == text


def test_both_parts_are_there_and_filled():
    text = paths.README.read_text(encoding="utf-8")
    for name in ("finding", "exhibits"):
        part = re.search(rf"<!-- {name} -->(.*)<!-- /{name} -->", text, re.DOTALL)
        assert part[1].strip()
