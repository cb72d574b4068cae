"""Saving, the manifest, the gallery, drawing again; and the figures that are on file."""

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import IPython.display
import numpy as np
import pdfplumber
import pytest
from click.testing import CliRunner
from filings import cli, figures, paths
from filings.figures import output
from filings.figures.check import faults
from filings.figures.page import TooTallError
from filings.notebook.outputs import LANGUAGES
from made_figures import TABLES, said
from PIL import Image

FACTS = {"sources": ["register_statements.csv"], "notebook": "02_made_up"}
PICTURES = [f"{lang}.{kind}" for lang in LANGUAGES for kind in output.FORMATS]


def elsewhere(root, monkeypatch):
    """An empty figures/ in another folder."""
    for name in ("FIGURES", "MANIFEST", "GALLERY", "CACHE"):
        path = getattr(paths, name).relative_to(paths.ROOT)
        monkeypatch.setattr(paths, name, root / path)
    return paths.FIGURES


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty figures/ of its own."""
    return elsewhere(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """What lies in a figures/ where one figure was saved, by file; to be looked at."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = elsewhere(tmp_path_factory.mktemp("saved"), monkeypatch)
        save("tile_map-x")
        return content(folder)


@pytest.fixture
def light(folder, monkeypatch):
    """The same, where saving draws only PNG: for what does not depend on the formats."""
    monkeypatch.setattr(output, "FORMATS", ("png",))
    return folder


def save(name="verdicts", **facts):
    """Save a figure of made-up numbers; its entry in the manifest."""
    figures.save(name, TABLES[figures.builder_of(name)](), **(FACTS | facts))
    return figures.manifest()[name]


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def filings(*words):
    return CliRunner().invoke(cli.main, ["figures", *map(str, words)])


def test_saving_writes_pictures_numbers_and_entry(saved):
    ((name, entry),) = json.loads(saved["manifest.json"]).items()
    assert name == "tile_map-x"
    expected = {"tile_map-x.csv", *(f"tile_map-x.{picture}" for picture in PICTURES)}
    assert set(entry["sha256"]) == expected
    assert saved.keys() == expected | {"manifest.json", "README.md"}
    for file, digest in entry["sha256"].items():
        assert hashlib.sha256(saved[file]).hexdigest() == digest
    assert entry["title"]["en"] in saved["README.md"].decode()
    assert entry["sources"] == ["register_statements.csv"] and entry["notebook"] == "02_made_up"


def test_saving_again_changes_no_byte_and_only_its_own_entry(light):
    save("verdicts-b"), save("cities-a")
    before = content(light)
    assert list(figures.manifest()) == ["cities-a", "verdicts-b"]
    save("verdicts-b")
    assert content(light) == before
    save("verdicts-b", caption={"en": "Other words.", "zh": "别的话。"})
    after = content(light)
    assert {name for name in before if before[name] != after[name]} == {
        "manifest.json",
        "README.md",
    }
    assert figures.manifest()["verdicts-b"]["caption"]["zh"] == "别的话。"


def test_another_process_writes_the_same_bytes(saved, tmp_path):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from filings import figures, paths; from made_figures import TABLES;"
        "root = Path(sys.argv[2]); paths.FIGURES = root; paths.CACHE = root;"
        "paths.MANIFEST = root / 'manifest.json'; paths.GALLERY = root / 'README.md';"
        "figures.save('tile_map-x', TABLES['tile_map'](),"
        " sources=['register_statements.csv'], notebook='02_made_up')"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path)]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": "7"})
    (tmp_path / "figures.lock").unlink()
    assert content(tmp_path) == saved


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"sources": []}, "source"),
        ({"alt": {"en": "Only English"}}, "alt missing in zh"),
        ({"caption": {"en": " ", "zh": "有"}}, "caption missing in en"),
    ],
)
def test_a_figure_without_source_caption_or_alt_text_is_refused(folder, facts, missing):
    with pytest.raises(output.IncompleteError, match=missing):
        save("verdicts", **facts)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["../verdicts", "verdicts-../x", "pie", "Verdicts"])
def test_a_name_that_is_no_file_name_or_names_no_builder_is_refused(folder, name):
    with pytest.raises(figures.UnknownFigureError, match="builders: beijing, case_counts"):
        save(name)
    assert not folder.exists()


@pytest.mark.parametrize("name", TABLES)
def test_the_csv_says_all_that_is_drawn(name):
    table = TABLES[name]()
    numbers = output.numbers_of(table, name)
    again = output.read_numbers(io.BytesIO(numbers))
    assert output.numbers_of(again, name) == numbers
    assert said(name, "en", again) == said(name, "en", table)


def test_a_figure_drawn_again_is_the_figure_saved(light):
    entry = save("beijing")
    page = figures.redraw("beijing", "zh")
    assert page.words["title"] == entry["title"]["zh"]
    for _ in range(2):
        picture = figures.rendered(page, "png", page.outlet.dpi)
        assert hashlib.sha256(picture).hexdigest() == entry["sha256"]["beijing.zh.png"]


def test_in_a_notebook_one_picture_is_displayed_and_nothing_else(light, monkeypatch):
    shown, about = [], []

    def display(data, metadata, raw):
        shown.append(data)
        about.append(metadata)

    monkeypatch.setattr(IPython.display, "display", display)
    for _ in range(2):
        show = figures.exhibit("02_made_up")
        assert show("verdicts", TABLES["verdicts"](), sources=FACTS["sources"]) is None
    assert shown[0] == shown[1] and set(shown[0]) == {"image/png"}
    alt = figures.manifest()["verdicts"]["alt"]["en"]
    assert about[0] == about[1] == {"image/png": {"alt": alt}, output.SHOWN: "verdicts"}
    picture = Image.open(io.BytesIO(base64.b64decode(shown[0]["image/png"])))
    assert picture.width == pytest.approx(180 / 25.4 * output.INLINE_DPI, abs=1)
    assert (light / "verdicts.zh.png").exists()


def test_no_date_no_version_and_no_raster_in_vectors(saved):
    for file, data in saved.items():
        assert b"atplotlib" not in data.replace(b"<!-- Created with matplotlib", b""), file
    svg = saved["tile_map-x.en.svg"].decode()
    assert "<image" not in svg and "<dc:date>" not in svg and "<dc:title>" in svg


def test_pdf_text_can_be_searched_and_its_font_is_truetype(saved):
    raw = saved["tile_map-x.zh.pdf"]
    with pdfplumber.open(io.BytesIO(raw)) as pdf:
        words = pdf.pages[0].extract_text().replace("\n", "")
        assert pdf.pages[0].width == pytest.approx(180 / 25.4 * 72, abs=0.1)
    assert json.loads(saved["manifest.json"])["tile_map-x"]["title"]["zh"] in words
    assert b"/CIDFontType2" in raw and b"/FontFile2" in raw and b"/Type3" not in raw


@pytest.mark.parametrize(("preset", "size"), [("slide", (1920, 1080)), ("card", (1200, 630))])
@pytest.mark.parametrize("name", ["ranking", "timeline-loudi"])
def test_screen_presets_have_their_pixels(name, preset, size):
    page = figures.redraw(name, "en", preset=preset)
    picture = Image.open(io.BytesIO(figures.rendered(page, "png", page.outlet.dpi)))
    assert picture.size == pytest.approx(size, abs=1)


def test_print_presets_have_their_width():
    for preset, width in (("single-column", 90), ("double-column", 180)):
        page = figures.redraw("verdicts", "en", preset=preset)
        assert page.get_size_inches()[0] * 25.4 == pytest.approx(width)
        assert page.outlet.dpi == 300


def test_the_command_draws_what_is_asked_for(folder, tmp_path):
    save("verdicts"), save("cities")
    before = content(folder)
    assert filings().exit_code == 0
    assert content(folder) == before
    out = tmp_path / "here"
    asked = ["--lang", "zh", "--format", "png, svg", "--width", 90, "--dpi", 72, "--out", out]
    result = filings(*asked, "verdicts")
    assert result.exit_code == 0 and len(result.output.split()) == 2
    assert sorted(content(out)) == ["verdicts.zh.png", "verdicts.zh.svg"]
    with Image.open(out / "verdicts.zh.png") as picture:
        assert picture.width == pytest.approx(90 / 25.4 * 72, abs=1)
    assert filings("--preset", "web", "--format", "png", "cities").exit_code == 0
    assert sorted(content(folder / "web")) == ["cities.en.png", "cities.zh.png"]
    (folder / "web" / "cities.en.png").unlink(), (folder / "web" / "cities.zh.png").unlink()
    (folder / "web").rmdir()
    assert content(folder) == before


def test_the_command_refuses_in_one_line(light):
    save("verdicts")
    before = content(light)
    for words, message in [
        (["--format", "png", "nothing"], "unknown figure 'nothing'; there are: verdicts"),
        (["--format", "gif", "verdicts"], "unknown format gif"),
        (["--format", "png", "--width", "9", "verdicts"], "80 to 500 mm"),
        (["--lang", "fr", "verdicts"], "'fr'"),
    ]:
        result = filings(*words)
        assert result.exit_code == 2 and content(light) == before
        assert message in result.output and result.output.count("\n") == 1


def test_what_an_outlet_has_no_room_for_is_left_out_or_said(light):
    save("coverage"), save("verdicts")
    asked = ["--preset", "slide", "--format", "png"]
    assert filings(*asked).exit_code == 0
    assert sorted(content(light / "slide")) == ["verdicts.en.png", "verdicts.zh.png"]
    result = filings(*asked, "coverage")
    assert result.exit_code == 2 and "for print, not for a screen" in result.output


def test_the_command_lists_names_with_titles(light):
    entry = save("verdicts")
    listed = filings("--list")
    assert listed.exit_code == 0 and listed.output.split("  ")[0] == "verdicts"
    assert entry["title"]["en"] in listed.output
    assert entry["title"]["zh"] in filings("--list", "--lang", "zh").output
    assert "verdicts" in filings("--help").output.split("Figures:")[1]


# The figures on file.

# Entries of builders that are gone: they leave with the next figure that is saved.
PINNED = ("matplotlib", "seaborn", "numpy", "pillow", "fonttools")


def same_versions():
    """Whether the packages that draw have the versions the stored pictures were drawn with."""
    pins = dict(re.findall(r"^([\w-]+)==(\S+)", paths.PINS.read_text(), flags=re.M))
    return all(pins[name] == version(name) for name in PINNED)


def test_every_file_has_an_entry_and_every_entry_its_files():
    entered = {file for entry in figures.manifest().values() for file in entry["sha256"]}
    lying = {path.name for path in paths.FIGURES.iterdir() if path.is_file()}
    assert lying - {paths.MANIFEST.name, paths.GALLERY.name} == entered
    for name, entry in figures.manifest().items():
        assert set(entry["sha256"]) == {f"{name}.csv", *(f"{name}.{p}" for p in PICTURES)}
        for file, digest in entry["sha256"].items():
            assert hashlib.sha256((paths.FIGURES / file).read_bytes()).hexdigest() == digest, file


def test_the_gallery_is_made_from_the_manifest():
    if figures.manifest():
        assert paths.GALLERY.read_text(encoding="utf-8") == figures.gallery(figures.manifest())


def test_entries_are_complete_and_their_notebooks_and_data_exist():
    for name, entry in figures.manifest().items():
        assert entry["sources"], name
        assert (paths.NOTEBOOKS / f"{entry['notebook']}.ipynb").exists(), f"{name}: notebook"
        for part in ("title", "caption", "alt"):
            assert all(entry[part][lang].strip() for lang in LANGUAGES), f"{name}: {part}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", list(figures.manifest()))
def test_stored_figures_are_sound_and_drawn_from_their_numbers(name, lang):
    page = figures.redraw(name, lang)
    assert faults(page) == []
    for preset in ("single-column", "slide", "card"):
        try:
            assert faults(figures.redraw(name, lang, preset=preset)) == []
        except TooTallError:
            assert preset in ("slide", "card")
    drawn = figures.rendered(page, "png", page.outlet.dpi)
    stored = (paths.FIGURES / f"{name}.{lang}.png").read_bytes()
    if same_versions():
        assert drawn == stored
        for kind in ("svg", "pdf") if lang == "en" else ():
            file = paths.FIGURES / f"{name}.{lang}.{kind}"
            assert figures.rendered(page, kind, page.outlet.dpi) == file.read_bytes(), kind
        return
    pictures = [Image.open(io.BytesIO(data)).convert("L") for data in (drawn, stored)]
    assert pictures[0].size == pictures[1].size
    difference = np.subtract(*(np.asarray(p.resize((200, 200)), float) for p in pictures))
    assert np.sqrt((difference**2).mean()) < 8  # grey levels of 255: other rasters, same picture
