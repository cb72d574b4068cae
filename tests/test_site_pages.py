"""What the pages are made of: notebooks, tables, words of a search; no Sphinx runs here."""

import pytest
from filings import paths, words
from filings.notebook.outputs import SHOWN
from filings.notebook.outputs import shown as figures_shown
from filings.site import notebook, pages
from filings.site.extension import EnglishAndChinese
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

WORDS = {lang: f"<{lang}> & more" for lang in ("en", "zh")}
ENTRIES = {"lorenz": {"alt": WORDS, "caption": WORDS, "title": WORDS}}


def page_of(*outputs, source="code"):
    cells = [new_markdown_cell("# Title\n\nText"), new_code_cell(source, outputs=list(outputs))]
    return notebook.page(new_notebook(cells=cells), ENTRIES, "../", "en").cells[1:]


def rich(kind: str, content: str, **about):
    return new_output("display_data", data={kind: content, "text/plain": "-"}, metadata=about)


def printed(text: str):
    return new_output("stream", name="stdout", text=text)


def test_outputs_keep_their_order_and_the_code_stands_once():
    cells = page_of(
        printed("one"),
        rich("text/markdown", "### Two"),
        printed("three"),
        rich(
            "text/html",
            "<table><caption>Four</caption><tbody><tr><td>four</td></tr></tbody></table>",
        ),
    )
    assert [cell.cell_type for cell in cells] == ["code", "markdown", "code", "markdown"]
    assert [cell.metadata.get("tags") for cell in cells] == [
        ["hide-input"], None, ["remove-input"], None,
    ]  # fmt: skip
    assert [cell.outputs[0].text for cell in cells[::2]] == ["one", "three"]
    assert cells[1].source == "### Two"
    assert "four" in cells[3].source and 'aria-label="Four"' in cells[3].source


def test_a_cell_without_output_shows_its_code():
    (cell,) = page_of()
    assert cell.cell_type == "code" and cell.source == "code" and cell.outputs == []


def test_a_figure_stands_with_its_words_escaped():
    about = {SHOWN: "lorenz", "image/png": {"alt": "x"}}
    code, figure = page_of(rich("image/png", "bytes", **about))
    assert code.outputs == []
    assert 'alt="&lt;en&gt; &amp; more"' in figure.source
    for file in ("lorenz.en.svg", "lorenz.en.pdf", "lorenz.en.png", "lorenz.csv"):
        assert f'href="../figures/{file}" download' in figure.source
    assert (paths.FIGURES / "lorenz.zh.pdf").exists()


def test_a_picture_without_name_is_refused():
    with pytest.raises(notebook.UnnamedError, match=r"figures\.exhibit"):
        page_of(rich("image/png", "bytes"))
    with pytest.raises(notebook.UnnamedError, match="no figure 'other'"):
        page_of(rich("image/png", "bytes", **{SHOWN: "other"}))


def said(monkeypatch, text, shown):
    """The output of a notebook that says the text and shows it in that language."""
    outputs = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: outputs.append(data))
    words.say(text, lang=shown)
    return new_output("display_data", data=outputs[0])


def test_figures_shown_are_those_of_the_outputs():
    cells = [new_code_cell("", outputs=[rich("image/png", "", **{SHOWN: name})]) for name in "ba"]
    assert figures_shown(new_notebook(cells=cells)) == ["b", "a"]


@pytest.mark.parametrize("shown", words.LANGUAGES)
def test_what_is_said_in_both_languages_is_shown_in_the_pages_own(monkeypatch, shown):
    cell = new_code_cell("say", outputs=[said(monkeypatch, words.Text("**Yes**", "**是**"), shown)])
    book = new_notebook(cells=[new_markdown_cell("# Is it? · 是吗？\n\nText"), cell])
    assert notebook.title(book, "en") == "Is it?" and notebook.title(book, "zh") == "是吗？"
    english, chinese = (
        [one.source for one in notebook.page(book, ENTRIES, "", lang).cells]
        for lang in ("en", "zh")
    )
    assert english[0].startswith("# Is it?\n") and english[2] == "**Yes**"
    assert chinese[:2] == ["# 是吗？", "**是**"]
    assert "英文" in chinese[2], "it says that the rest is English"


@pytest.mark.parametrize("shown", words.LANGUAGES)
def test_a_heading_that_is_said_is_the_title(monkeypatch, shown):
    place = words.Text("# Loudi\n\nA", "# 娄底\n\n甲")
    cell = new_code_cell("say", outputs=[said(monkeypatch, place, shown)])
    pages = [notebook.page(new_notebook(cells=[new_code_cell("x"), cell]), ENTRIES, "", lang)
             for lang in words.LANGUAGES]  # fmt: skip
    assert [page.cells[0].source for page in pages] == ["# Loudi\n\nA", "# 娄底\n\n甲"]
    titles = [notebook.title(new_notebook(cells=[cell]), lang) for lang in words.LANGUAGES]
    assert titles == ["Loudi", "娄底"]
    with pytest.raises(notebook.UnnamedError, match="no heading"):
        notebook.title(new_notebook(cells=[new_code_cell("x")]), "en")


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
