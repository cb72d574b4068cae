"""What the pages are made of: notebooks, tables, words of a search; no Sphinx runs here."""

import pytest
from filings import paths
from filings.figures.output import SHOWN
from filings.site import notebook, pages, table
from filings.site.extension import EnglishAndChinese
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

WORDS = {lang: f"<{lang}> & more" for lang in ("en", "zh")}
ENTRIES = {"lorenz": {"alt": WORDS, "caption": WORDS, "title": WORDS}}


def page_of(*outputs, source="code"):
    cells = [new_markdown_cell("# Title\n\nText"), new_code_cell(source, outputs=list(outputs))]
    return notebook.page(new_notebook(cells=cells), ENTRIES, "../").cells[1:]


def rich(kind: str, content: str, **about):
    return new_output("display_data", data={kind: content, "text/plain": "-"}, metadata=about)


def printed(text: str):
    return new_output("stream", name="stdout", text=text)


def test_outputs_keep_their_order_and_the_code_stands_once():
    cells = page_of(
        printed("one"),
        rich("text/markdown", "### Two"),
        printed("three"),
        rich("text/html", "<table><tbody><tr><td>four</td></tr></tbody></table>"),
    )
    assert [cell.cell_type for cell in cells] == ["code", "markdown", "code", "markdown"]
    assert [cell.metadata.get("tags") for cell in cells] == [
        ["hide-input"], None, ["remove-input"], None,
    ]  # fmt: skip
    assert [cell.outputs[0].text for cell in cells[::2]] == ["one", "three"]
    assert cells[1].source == "### Two"
    assert "four" in cells[3].source and 'aria-label="Table: Two"' in cells[3].source


def test_a_cell_without_output_shows_its_code():
    (cell,) = page_of()
    assert cell.cell_type == "code" and cell.source == "code" and cell.outputs == []


def test_a_figure_stands_in_both_languages_with_its_words_escaped():
    about = {SHOWN: "lorenz", "image/png": {"alt": "x"}}
    code, figure = page_of(rich("image/png", "bytes", **about))
    assert code.outputs == []
    assert 'alt="&lt;en&gt; &amp; more"' in figure.source and 'lang="zh"' in figure.source
    for file in ("lorenz.en.svg", "lorenz.zh.pdf", "lorenz.en.png", "lorenz.csv"):
        assert f'href="../figures/{file}" download' in figure.source
    assert (paths.FIGURES / "lorenz.zh.pdf").exists()


def test_a_picture_without_name_is_refused():
    with pytest.raises(notebook.UnnamedError, match=r"filings\.figures\.show"):
        page_of(rich("image/png", "bytes"))
    with pytest.raises(notebook.UnnamedError, match="no figure 'other'"):
        page_of(rich("image/png", "bytes", **{SHOWN: "other"}))


def test_figures_shown_are_those_of_the_outputs():
    cells = [new_code_cell("", outputs=[rich("image/png", "", **{SHOWN: name})]) for name in "ba"]
    assert notebook.shown(new_notebook(cells=cells)) == ["b", "a"]


PANDAS = """<div><style>td {color: red}</style><table border="1" class="dataframe">
<thead>
<tr style="text-align: right;"><th></th><th>share</th><th>word</th></tr>
<tr><th>place</th><th></th><th></th></tr>
</thead>
<tbody>
<tr><th>A</th><td>1.5–2.0%</td><td>10 at best</td></tr>
<tr><th>B</th><td></td><td>12</td></tr>
</tbody></table></div>"""


def test_a_table_says_what_its_headers_head_and_keeps_no_style():
    boxed = html.fromstring(table.boxed(PANDAS, 'a "b"'))
    assert boxed.get("tabindex") == "0" and boxed.get("aria-label") == 'a "b"'
    rows = [
        [(cell.get("scope"), cell.get("class"), cell.text) for cell in row]
        for row in boxed.findall(".//tr")
    ]
    assert rows == [
        [("col", None, "place"), ("col", "number", "share"), ("col", None, "word")],
        [("row", None, "A"), (None, "number", "1.5–2.0%"), (None, None, "10 at best")],
        [("row", None, "B"), (None, "number", None), (None, None, "12")],
    ]
    assert boxed.xpath("//@style | //style | //@border") == []


def test_names_of_columns_keep_their_own_row():
    named = PANDAS.replace("<th></th><th>share</th>", "<th>batch</th><th>share</th>")
    assert len(html.fromstring(table.boxed(named, "")).findall(".//thead/tr")) == 2


def test_chinese_is_indexed_by_characters_and_pairs_and_english_by_words():
    language = EnglishAndChinese({})
    assert sorted(language.split("Loudi (娄底), 区块链v2")) == sorted(
        ["Loudi", "v2", *"娄底", "娄底", *"区块链", "区块", "块链"]
    )
    assert language.stem("batches") == language.stem("batch")


def test_a_page_links_only_to_files_of_the_repository():
    texts = {
        "data/a.md": "[x](README.md) [y](../run.py) [z](nowhere.csv) [w](https://e.org/run.py)"
    }
    assert sorted(pages._linked(texts)) == ["data/README.md", "run.py"]
