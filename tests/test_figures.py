"""Every figure, in both languages and at the narrowest printed width; and what finds its faults."""

import re
import subprocess
import sys
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from filings import figures, paths, places
from filings.figures import maps, marks, style, words
from filings.figures.check import faults
from filings.figures.page import Page, TooTallError, UnknownColumnsError, wrap
from filings.figures.sources import UnknownSourceError, source_line
from hypothesis import given
from hypothesis import strategies as st
from made_figures import TABLES, one, total

SOURCES = ("register_statements.csv",)


def draw(name, lang="en", width=180, table=None):
    table = TABLES[name]() if table is None else table
    return figures.BUILDERS[name](table, lang, width, SOURCES)


def test_every_figure_has_a_made_up_table():
    assert set(TABLES) == set(figures.BUILDERS)


@pytest.mark.parametrize("width", [90, 180])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_missing_cut_off_or_overlapping(name, lang, width):
    page = draw(name, lang, width)
    assert faults(page) == []
    said = page.words
    assert all(said[part].strip() for part in ("title", "subtitle", "note", "alt"))
    chinese = re.findall("[\u4e00-\u9fff]", said["title"])
    assert bool(chinese) == (lang == "zh"), said["title"]
    # Chinese punctuation in Chinese, English in English.
    assert ("，" in said["note"] + said["alt"]) <= (lang == "zh")


def test_drawing_leaves_no_trace():
    # Asking for the backend alone would load pyplot.
    names = [name for name in mpl.rcParams if name != "backend"]
    before, table = [mpl.rcParams[name] for name in names], one("1-5")
    kept = table.copy(deep=True)
    figures.ranking(table)
    assert [mpl.rcParams[name] for name in names] == before
    pd.testing.assert_frame_equal(table, kept)
    assert "matplotlib.pyplot" not in sys.modules or not mpl.pyplot.get_fignums()


def test_importing_changes_nothing():
    code = (
        "import matplotlib as m; from matplotlib import font_manager as f;"
        "a = dict(m.rcParams), len(f.fontManager.ttflist); import filings.figures;"
        "assert a == (dict(m.rcParams), len(f.fontManager.ttflist))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("draw_badly", "fault"),
    [
        (lambda page: page.write(1, 1, "a \u1200"), "no glyph"),
        (lambda page: page.write(page.plot_width - 2, 1, "too long to fit"), "leaves the canvas"),
        (lambda page: [page.write(1, 1, "one"), page.write(2, 1.5, "two")], "overlaps"),
        (lambda page: page.write(1, 1, "tiny", fontsize=5), "5 pt"),
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_faults_are_found(draw_badly, fault):
    with style.applied():
        page = Page("en", 90, "made up")
        page.open(title="A title", subtitle="What", note="How", alt="Alt", plot=20)
        assert faults(page) == []
        draw_badly(page)
    assert [found for found in faults(page) if fault in found]


def test_a_table_that_cannot_be_drawn_is_refused():
    table = one("1-5")
    with pytest.raises(UnknownColumnsError, match="lacks basis"):
        figures.ranking(table.drop(columns="basis"))
    with pytest.raises(ValueError, match="no rows"):
        figures.ranking(table.iloc[:0])
    with pytest.raises(ValueError, match="language 'fr'"):
        figures.ranking(table, lang="fr")
    with pytest.raises(ValueError, match="80 to 500 mm"):
        figures.ranking(table, width_mm=20)
    with pytest.raises(ValueError, match="one batches a figure, got 1-5, 1"):
        figures.ranking(pd.concat([table, one("1")]))
    with pytest.raises(UnknownSourceError, match="S9999"):
        figures.ranking(table, sources=("S9999",))
    with pytest.raises(TooTallError):
        figures.ranking(table, aspect=4)


def test_a_figure_fills_the_height_its_outlet_gives():
    page = figures.verdicts(TABLES["verdicts"](), "en", 160, SOURCES, aspect=16 / 9)
    width, height = page.get_size_inches()
    assert width / height == pytest.approx(16 / 9)


# Titles say what the numbers say.


def test_the_ranking_names_the_leader_and_says_when_it_is_not_certain():
    table = one("1-5").assign(low=1, high=3, basis="range")
    table.loc[table["place"] == "湖南", ["low", "high"]] = 5, 6
    assert "Hunan leads with 5–6 services" in draw("ranking", table=table).words["title"]
    table.loc[table["place"] == "四川", "high"] = 5
    assert "leads or shares the lead" in draw("ranking", table=table).words["title"]


def test_the_lorenz_title_is_the_share_of_the_first_four():
    counts = np.sort(total("1-3"))
    table = TABLES["lorenz"]()
    same = table[table["curve"] == "low"]
    both = pd.concat([same, same.assign(curve="high")])
    expected = f"{100 * counts[-4:].sum() / counts.sum():.0f}%"
    assert expected in draw("lorenz", table=both).words["title"]


def test_a_change_is_named_only_where_the_ranges_part():
    table = TABLES["shares_over_batches"]()
    lead = table["group"] == "Central+West"
    for (low, high), verb in (((0.5, 0.6), "rose"), ((0, 0.01), "fell"), ((0, 0.9), "no certain")):
        table.loc[lead & (table["batches"] == "5"), ["low", "high"]] = low, high
        assert verb in draw("shares_over_batches", table=table).words["title"]


def test_the_map_counts_provinces_by_what_is_certain():
    table = one("1-3").assign(low=0, high=50)
    table.iloc[:3, table.columns.get_loc("low")] = 30
    table.iloc[10:15, table.columns.get_loc("high")] = 9
    title = draw("tile_map", table=table).words["title"]
    assert title.startswith("3 provinces certainly have 30 or more")
    assert title.endswith("5 certainly fewer than 10")


def test_ranges_are_bars_and_exact_values_points():
    exact = one("1").assign(low=4, high=4.0, basis="exact")
    ranges = exact.assign(high=7.0, basis="range")
    quoted = exact.assign(basis="quoted")

    def drawn(table):
        page = draw("ranking", table=table)
        lines = [line for ax in page.axes for line in ax.lines if line.get_zorder() >= 3]
        bars = [line for line in lines if len(line.get_xdata()) == 2 and line.get_ydata()[0] < 31]
        hollow = [line for line in lines if line.get_markerfacecolor() == style.PAPER]
        return sum(tuple(bar.get_xdata()) == (4, 7) for bar in bars), len(hollow)

    assert drawn(exact) == (0, 0)
    assert drawn(ranges) == (31, 0)
    assert drawn(quoted) == (0, 31 + 1)  # and one in the key


# Colours for grey print and colour-blind readers.

# Viénot, Brettel and Mollon (1999): what a person without M or L cones sees, on linear RGB.
DICHROMATS = {
    "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}


def seen(colour, matrix):
    linear = np.array(mpl.colors.to_rgb(colour)) ** 2.2
    return mpl.colors.to_hex(np.clip(np.array(matrix) @ linear, 0, 1) ** (1 / 2.2))


@pytest.mark.parametrize("eye", [np.eye(3), *DICHROMATS.values()], ids=["all", *DICHROMATS])
def test_regions_differ_in_lightness(eye):
    colours = [seen(colour, eye) for colour in style.REGION_COLOURS.values()]
    assert set(style.REGION_COLOURS) == set(places.REGIONS) == set(style.REGION_MARKERS)
    assert len(set(style.REGION_MARKERS.values())) == 4
    for one_colour, other in combinations(colours, 2):
        assert abs(style.luminance(one_colour) - style.luminance(other)) > 8


def test_shades_darken_evenly_and_text_reads_on_each():
    light = [style.luminance(colour) for colour in style.SEQUENTIAL]
    assert all(before - after > 5 for before, after in pairwise(light))
    for colour in (*style.SEQUENTIAL, style.PAPER):
        assert contrast(style.ink_on(colour), colour) >= 4.5
    assert contrast(style.MUTED, style.PAPER) >= 4.5


def contrast(one_colour, other):
    """WCAG contrast ratio, from L*: Y = ((L + 16) / 116)³."""
    y = sorted(((style.luminance(c) + 16) / 116) ** 3 for c in (one_colour, other))
    return (y[1] + 0.05) / (y[0] + 0.05)


@pytest.mark.parametrize(("colour", "value"), [("#000000", 0), ("#FFFFFF", 100), ("#777777", 50.0)])
def test_luminance_of_known_greys(colour, value):
    assert style.luminance(colour) == pytest.approx(value, abs=0.1)


# The tile grid.


def test_the_grid_holds_each_province_once_and_keeps_its_place_in_the_country():
    grid = maps.tiles()
    assert sorted(grid.index) == sorted(places.province_names())
    assert not grid.duplicated(["row", "column"]).any() and grid["code"].is_unique
    # No two squares overlap: in a row they are whole squares apart, rows are set off by half.
    for _, row in grid.groupby("row"):
        assert (row["column"] % 1).nunique() == 1
    assert grid["row"].idxmin() == "黑龙江" and grid["row"].idxmax() == "海南"
    assert grid["column"].idxmin() == "新疆" and grid["column"].idxmax() == "黑龙江"
    assert grid.at["西藏", "column"] < grid.at["四川", "column"] < grid.at["上海", "column"]
    assert grid.at["北京", "row"] < grid.at["河南", "row"] < grid.at["广东", "row"]


def test_borders_kept_are_shared_edges_of_squares():
    grid = maps.tiles()

    def shared_edge(a, b):
        """Length of the edge two unit squares share, by geometry."""
        (ra, ca), (rb, cb) = (grid.loc[p, ["row", "column"]].astype(float) for p in (a, b))
        across = min(ca, cb) + 1 - max(ca, cb)
        down = min(ra, rb) + 1 - max(ra, rb)
        return max(across, 0) if down == 0 else max(down, 0) if across == 0 else 0

    kept = [pair for pair in places.neighbours() if shared_edge(*pair) > 0]
    print(f"{len(kept)} of {len(places.neighbours())} borders touch")
    assert sorted(figures.touching()) == sorted(kept)
    assert len(kept) >= 59


def test_shades_follow_their_classes():
    assert maps.shade(0) != maps.shade(1) == maps.shade(2) != maps.shade(3)
    assert maps.shade(299) != maps.shade(300) == maps.shade(float("nan"))


# Words and layout.


def test_numbers_places_and_batches_in_words():
    assert words.span(9, 12) == "9–12" and words.span(9, 9) == "9"
    assert words.span(9, float("nan")) == "≥9" and words.span(-2, 3, 1) == "−2.0 – 3.0"
    assert words.percent(0.281, 0.279) == "28%" and words.span(1238, 1238) == "1,238"
    assert words.batches("1-3", "zh") == "前三批" and words.batches("2-3", "zh") == "第二至三批"
    assert words.batches("12", "zh") == "第十二批" and words.batches("2+4", "en") == "batches 2 + 4"
    assert words.batches("2+3", "en") == words.batches("2-3", "en") == "batches 2–3"
    assert words.batches("1-2", "zh") == "前两批" and words.batches("2+4", "zh") == "第二、四批"
    assert words.place("湖南", "en") == "Hunan" and words.place("四川+湖南", "zh") == "四川、湖南"
    assert words.place("全国", "en") == "China" and words.place("Central+West", "zh") == "中西部"


def test_the_source_line_names_what_it_can():
    assert source_line(("provinces.csv",), "en") == "National Bureau of Statistics of China"
    known = pd.read_csv(paths.SOURCES)["source_id"]
    assert "publications" in source_line(tuple(known), "en")
    assert source_line(tuple(known[:1]), "zh")


text = st.text(st.sampled_from("省份中文，。（）abc de-f12% "), min_size=1, max_size=80)


@given(text, st.sampled_from(["normal", "bold"]))
def test_a_line_is_as_wide_as_the_font_sets_it(words_given, weight):
    face = style.font(weight)
    face.set_size(200, 72)
    face.set_text(words_given)
    whole = face.get_width_height()[0] / 64 / 72 * 25.4
    assert style.text_width(words_given, 200, weight) == pytest.approx(whole)


@given(text, st.floats(8, 60))
def test_wrapped_lines_fit_and_lose_nothing(words_given, width):
    lines = wrap(words_given, width, 8)
    assert "".join("".join(lines).split()) == "".join(words_given.split())
    for line in lines:
        pieces = re.findall(r"[\u2e80-\u9fff]|[a-z]", line)
        assert style.text_width(line, 8) <= width or len(pieces) < 15


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_labels_keep_their_distance_and_their_order(wanted):
    found = marks.spread(wanted, 4, -20, 120)
    order = np.argsort(wanted, kind="stable")
    steps = np.diff(np.array(found)[order])
    assert (steps > 4 - 1e-9).all()
    assert min(found) >= -20 - 1e-9 and max(found) <= 120 + 1e-9
    apart = np.diff(np.sort(wanted))
    if (apart >= 4).all():
        assert found == pytest.approx(wanted)
