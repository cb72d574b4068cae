"""Every figure, in both languages and at every size; and what finds its faults."""

import re
import subprocess
import sys
from functools import cache
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from filings import figures, paths, places
from filings.figures import maps, marks, style, words
from filings.figures.check import faults
from filings.figures.page import (
    OUTLETS,
    WIDE,
    Outlet,
    Page,
    TooTallError,
    UnknownColumnsError,
    wrap,
)
from filings.figures.sources import UnknownSourceError, source_line
from filings.words import percent, span, useful
from hypothesis import given
from hypothesis import strategies as st
from made_figures import LEADERS, TABLES, cells, of, said, total

SOURCES = ("register_statements.csv",)
SIZES = {"wide": WIDE} | {name: OUTLETS[name] for name in ("single-column", "slide", "card")}
PRINT_ONLY = {("coverage", "slide"), ("coverage", "card"), ("tile_map", "card")}


def draw(name, lang="en", outlet=WIDE, table=None):
    if table is None:
        return drawn(name, lang, outlet)
    return figures.BUILDERS[name](table, lang, outlet, SOURCES)


@cache
def drawn(name, lang, outlet):
    """The figure of the made-up table; to be looked at, not changed."""
    return figures.BUILDERS[name](TABLES[name](), lang, outlet, SOURCES)


def test_every_figure_has_a_made_up_table():
    assert set(TABLES) == set(figures.BUILDERS)
    assert len(TABLES) <= 24


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_missing_cut_off_or_overlapping(name, lang, size):
    if (name, size) in PRINT_ONLY:
        with pytest.raises(TooTallError, match=r"print|choose a slide"):
            draw(name, lang, SIZES[size])
        return
    page = draw(name, lang, SIZES[size])
    assert faults(page) == []
    texts = page.words
    assert all(text.strip() for text in texts.values())
    chinese = re.findall("[\u4e00-\u9fff]", texts["title"])
    assert bool(chinese) == (lang == "zh"), texts["title"]
    assert texts["alt"].startswith(texts["title"])
    # Chinese punctuation in Chinese, English in English.
    assert ("，" in texts["note"] + texts["alt"]) <= (lang == "zh")
    assert not re.search("31个省份|百万元|[CS]\\d\\d+", " ".join(texts.values()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", TABLES)
def test_bars_and_lines_begin_at_zero(name, size):
    if (name, size) in PRINT_ONLY or name in ("location_quotient", "timeline", "coverage"):
        return  # a logarithmic scale, a calendar and a grid: no length stands for a number
    for ax in draw(name, "en", SIZES[size]).axes:
        for container in ax.containers:
            across = container.orientation == "horizontal"
            assert (ax.get_xlim() if across else ax.get_ylim())[0] == 0
        if not ax.containers and ax.lines and name != "likely":
            assert ax.get_ylim()[0] == 0


def test_panels_that_are_compared_share_their_scale():
    for name in ("beijing", "control", "shares"):
        scales = {ax.get_ylim() for ax in draw(name).axes if ax.lines and not ax.containers}
        assert len(scales) == 1, name
    for name in ("standing_still", "location_quotient"):
        assert len({ax.get_xlim() for ax in draw(name).axes}) == 1, name


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("found", words.VERDICTS)
@pytest.mark.parametrize(
    "name", [name for name in TABLES if "verdict" in TABLES[name]() and name != "verdicts"]
)
def test_titles_say_of_a_change_what_the_test_found_and_nothing_else(name, found, lang):
    table = TABLES[name]()
    table["verdict"] = table["verdict"].where(table["verdict"] == "", found)
    title = said(name, lang, table)["title"]
    verbs = {"rose": "rose|上升", "fell": "fell|下降", "unclear": "no clear change|无明显变化"}
    for verdict, pattern in verbs.items():
        assert bool(re.search(pattern, title)) == (verdict == found), title
    table["verdict"] = "grew"
    with pytest.raises(words.UnknownVerdictError, match="'grew'"):
        draw(name, lang, table=table)


@pytest.mark.parametrize("name", [name for name in TABLES if "verdict" not in TABLES[name]()])
def test_no_title_without_a_verdict_tells_of_a_change(name):
    for lang in ("en", "zh"):
        title = draw(name, lang).words["title"]
        assert not re.search("rose|fell|grew|上升|下降|增长|change|变化", title), title


def test_panels_without_any_known_share_are_still_drawn():
    table = TABLES["control"]().assign(low=0.1, high=0.6)
    assert faults(draw("control", table=table)) == []


def test_drawing_leaves_no_trace():
    # Asking for the backend alone would load pyplot.
    names = [name for name in mpl.rcParams if name != "backend"]
    before, table = [mpl.rcParams[name] for name in names], TABLES["ranking"]()
    kept = table.copy(deep=True)
    figures.rows.ranking(table)
    assert [mpl.rcParams[name] for name in names] == before
    pd.testing.assert_frame_equal(table, kept)
    assert "matplotlib.pyplot" not in sys.modules or not mpl.pyplot.get_fignums()


def test_importing_changes_nothing():
    code = (
        "import matplotlib as m; from matplotlib import font_manager as f;"
        "names = [n for n in m.rcParams if n != 'backend'];"
        "a = [m.rcParams[n] for n in names], len(f.fontManager.ttflist); import filings.figures;"
        "assert a == ([m.rcParams[n] for n in names], len(f.fontManager.ttflist))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("draw_badly", "fault"),
    [
        (lambda body: body.text(0.1, 0.5, "a \u1200"), "no glyph"),
        (lambda body: body.text(0.9, 0.5, "too long to fit"), "leaves the canvas"),
        (lambda body: [body.text(0.1, 0.5, "one"), body.text(0.11, 0.5, "two")], "overlaps"),
        (lambda body: body.text(0.1, 0.5, "tiny", fontsize=5), "5 pt"),
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_faults_are_found(draw_badly, fault):
    with style.applied():
        page = Page("en", Outlet(90), "made up")
        body = page.open(20, title="A title", subtitle="What", note="How", alt="Alt")
        assert faults(page) == []
        draw_badly(body)
    assert [found for found in faults(page) if fault in found]


def test_a_table_that_cannot_be_drawn_is_refused():
    table = TABLES["ranking"]()
    with pytest.raises(UnknownColumnsError, match="lacks high"):
        figures.rows.ranking(table.drop(columns="high"))
    with pytest.raises(ValueError, match="no rows"):
        figures.rows.ranking(table.iloc[:0])
    with pytest.raises(ValueError, match="language 'fr'"):
        figures.rows.ranking(table, lang="fr")
    with pytest.raises(ValueError, match="80 to 500 mm"):
        figures.rows.ranking(table, outlet=Outlet(20))
    with pytest.raises(ValueError, match="one batches a figure, got 1-3, 1"):
        figures.rows.ranking(pd.concat([table, cells("1")]))
    with pytest.raises(UnknownSourceError, match="S9999"):
        figures.rows.ranking(table, sources=("S9999",))
    with pytest.raises(TooTallError, match="leave no room"):
        figures.rows.ranking(table, outlet=Outlet(100, height=20))
    with pytest.raises(ValueError, match="at most two measures"):
        made = TABLES["concentration"]()
        figures.panels.concentration(pd.concat([made, made.assign(measure="gini")]))
    with pytest.raises(ValueError, match="supported is none of"):
        figures.rows.verdicts(pd.DataFrame({"verdict": ["supported"], "claims": [1]}))
    with pytest.raises(ValueError, match="fewer than two batches are known"):
        figures.panels.case_counts(TABLES["case_counts"]().assign(low=0, high=90))


def test_dollar_signs_and_backslashes_are_text():
    table = TABLES["timeline"]()
    odd = "raised $5 million, then $3 million; $\\unknown{x}$ math"
    table.loc[0, "label_en"] = odd
    page = draw("timeline", table=table)
    figures.rendered(page, "svg", 100)
    texts = [text for ax in page.axes for text in ax.texts]
    assert any(odd in text.get_text() and not text.get_parse_math() for text in texts)


def test_no_last_line_of_one_character():
    text = "两条曲线为与公开报道相符的两张表：基尼系数最低者与最高者；其他相符的表可能在两线之外。"
    for width in range(30, 120):
        lines = wrap(text, width, 7)
        assert len(lines) == 1 or len(lines[-1]) >= 4, (width, lines)


# What the figures say is what the tables say.


def bars_of(page):
    """Width of each bar by its row's label."""
    found = {}
    for ax in page.axes:
        names = [label.get_text() for label in ax.get_yticklabels()]
        for container in ax.containers:
            for bar in container:
                found[names[round(bar.get_y() + bar.get_height() / 2)]] = bar.get_width()
    return found


def test_the_ranking_draws_what_is_known_and_names_the_rest():
    table = TABLES["ranking"]()
    drawn = bars_of(draw("ranking"))
    rest = of(
        [p for p in places.province_names() if p not in (*LEADERS, "四川", "湖南", "重庆")], "1-3"
    )
    assert drawn["The other 24 together"] == rest
    assert drawn["Beijing 北京"] == of(["北京"], "1-3")
    assert drawn["Shanghai and Zhejiang"] == of(["上海", "浙江"], "1-3")
    assert not any("Tibet" in name for name in drawn)
    note = draw("ranking").words["note"]
    assert "Tibet" in note and "Beijing" not in note
    # Nothing unknown is drawn longer than what is certain of it, or than a handful.
    for low, high in zip(table["low"], table["high"], strict=True):
        assert useful(low, high) == (high - low <= max(low, 5))


def test_with_every_number_known_all_provinces_stand_in_the_ranking():
    table = cells("1-3")
    table["low"] = table["high"] = np.where(
        table["place"] == places.NATION, total("1-3").sum(), [0, *total("1-3")]
    )
    drawn = bars_of(draw("ranking", table=table))
    assert len(drawn) == 31 and sum(drawn.values()) == total("1-3").sum()
    card = bars_of(draw("ranking", "en", OUTLETS["card"], table))
    assert len(card) == 9 and sum(card.values()) == total("1-3").sum()
    assert "The other 23 together" in card


def test_every_filing_is_one_square():
    page = draw("register_730")
    squares = [len(c.get_paths()) for ax in page.axes for c in ax.collections]
    assert sum(squares) == total("1-3").sum()
    assert squares == TABLES["register_730"]()["filings"].tolist()


def test_the_title_counts_independent_witnesses_first():
    title = draw("verdicts").words["title"]
    assert title.startswith("Of 23 claims that can be checked, 9 are confirmed by somebody else")


def test_the_lorenz_title_is_the_share_of_the_first_four():
    counts = np.sort(total("1-3"))
    table = TABLES["lorenz"]()
    same = table[table["curve"] == "low"]
    both = pd.concat([same, same.assign(curve="high")])
    expected = f"{100 * counts[-4:].sum() / counts.sum():.0f}%"
    assert expected in draw("lorenz", table=both).words["title"]


def test_the_quotient_shows_only_settled_provinces():
    table = TABLES["location_quotient"]()
    settled = table[(table["low"] > 1) | (table["high"] < 1)]
    rows = sum(len(ax.get_yticklabels()) for ax in draw("location_quotient").axes)
    assert rows == len(settled) < len(table)


def test_the_map_hatches_what_the_register_does_not_cover():
    (ax,) = draw("tile_map").axes
    hatched = [patch for patch in ax.patches if patch.get_hatch()]
    assert len(ax.patches) == 34 and len(hatched) == 3
    blank = [p for p in ax.patches if mpl.colors.to_hex(p.get_facecolor()).upper() == style.PAPER]
    table = cells("1-3")
    table = table[table["place"] != places.NATION]
    hidden = sum(not useful(*p) for p in zip(table["low"], table["high"], strict=True))
    assert len(blank) == hidden + 3
    assert f"Not known: {hidden}." in draw("tile_map").words["note"]


def test_the_time_axis_is_a_time_axis():
    table = TABLES["timeline"]()
    page = draw("timeline", table=table)
    (ax,) = page.axes
    marks_at = sorted(y for c in ax.collections for _, y in c.get_offsets())
    assert len(marks_at) == len(table)
    assert marks_at[0] == 2014.5 and 2018.3 < marks_at[1] < 2018.5
    assert ax.get_ylim() == (2027, 2014)
    assert "of 7,900 algorithm filings since 2022, none" in page.words["title"]


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
def test_marks_of_one_figure_differ_in_lightness(eye):
    colours = [seen(colour, eye) for colour in (style.MAIN, style.SECOND, style.PALE)]
    for one_colour, other in combinations(colours, 2):
        assert abs(style.luminance(one_colour) - style.luminance(other)) > 8
    # Ignorance is paler than anything that is known.
    known = (style.MAIN, style.FOCUS, style.SECOND, style.OTHER)
    pale = style.luminance(seen(style.PALE, eye))
    assert all(style.luminance(seen(colour, eye)) < pale - 8 for colour in known)


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
    assert sorted(maps.touching()) == sorted(kept)
    assert len(kept) >= 59


def test_shades_follow_their_classes():
    assert maps.shade(0) != maps.shade(1) == maps.shade(4) != maps.shade(5)
    assert maps.shade(199) != maps.shade(200) == maps.shade(900)


# Words and layout.


def test_numbers_places_and_batches_in_words():
    assert span(9, 12) == "9–12" and span(9, 9) == "9"
    assert span(9, float("nan")) == "≥9" and span(-2, 3, 1) == "−2.0 – 3.0"
    assert percent(0.281, 0.279) == "28%" and span(1238, 1238) == "1,238"
    english, chinese = words.Wording("en"), words.Wording("zh")
    assert chinese.batches("1-3") == "前三批" and chinese.batches("2-3") == "第二至三批"
    assert chinese.batches("12") == "第十二批" and english.batches("2+4") == "batches 2 + 4"
    assert english.batches("2+3") == english.batches("2-3") == "batches 2–3"
    assert chinese.batches("1-2") == "前两批" and chinese.batches("2+4") == "第二、四批"
    assert english.place("湖南") == "Hunan" and chinese.place("四川+湖南") == "四川和湖南"
    assert english.place("全国") == "China" and chinese.place("Central+West") == "中西部"


def test_the_source_line_names_publications():
    assert source_line(("provinces.csv",), "en") == "National Bureau of Statistics of China"
    known = pd.read_csv(paths.SOURCES)
    many = source_line(tuple(known["source_id"]), "en")
    assert re.search(r" and \d+ more$", many) and "S01" not in many
    assert source_line(tuple(known["source_id"][:1]), "zh") == "证券日报"


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


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 5)), min_size=1, max_size=20))
def test_labels_keep_their_distance_and_their_order(labels):
    wanted = sorted(at for at, _ in labels)
    heights = [height for _, height in labels]
    found = marks.spread(wanted, heights[:-1], 200)
    assert (np.diff(found) >= np.array(heights[:-1]) - 1e-9).all()
    assert min(found) >= -1e-9 and max(found) <= 200 + 1e-9
    if (np.diff(wanted) >= np.array(heights[:-1])).all():
        assert found == pytest.approx(wanted)
