"""README.md and README.zh.md: what they find is what the notebooks say."""

import re

import pytest
from filings import paths
from filings.site import readme

EACH = pytest.mark.parametrize("lang", ["en", "zh"])


@EACH
def test_the_findings_are_up_to_date(lang):
    text = (paths.ROOT / readme.FILES[lang]).read_text("utf-8")
    assert readme.rendered(text, lang) == text
    assert re.search(r"<!-- findings -->\n\n- .*<!-- /findings -->", text, re.DOTALL)


def test_both_languages_find_the_same_numbers():
    found = {}
    for lang in ("en", "zh"):
        text = readme.findings(lang).replace(",", "")
        # Words for small numbers differ between the languages; digits must not.
        found[lang] = sorted(set(re.findall(r"\d+(?:\.\d+)?", text)))
    assert set(found["en"]) <= set(found["zh"]) and len(found["en"]) > 10


@EACH
def test_every_file_it_links_to_is_there(lang):
    text = (paths.ROOT / readme.FILES[lang]).read_text("utf-8")
    links = [one for one in re.findall(r"\]\(([^)#]+)\)", text) if "//" not in one]
    assert len(links) > 10
    assert [one for one in links if not (paths.ROOT / one).exists()] == []
