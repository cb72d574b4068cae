"""One look for all figures: type, colours, line widths. Nothing is changed on import.

Builders run inside ``applied()``, which sets matplotlib's parameters for their time only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from filings import paths

# A name of its own, so that no other cut of the same font on the machine is drawn instead.
FAMILY = "filings Noto Sans SC"
FONT_FILES = MappingProxyType(
    {
        "normal": paths.FONTS / "NotoSansSC-Regular-gb2312-places.ttf",
        "bold": paths.FONTS / "NotoSansSC-Bold-gb2312-places.ttf",
    }
)

SMALL, TEXT, TITLE = 7.0, 7.5, 10.0
"""Type sizes in points; nothing is set smaller than SMALL."""

INK, MUTED, RULE, FAINT, PAPER = "#1D2125", "#5A6068", "#D5D8DC", "#EEF0F2", "#FFFFFF"
ACCENT = "#14284B"

REGION_COLOURS = MappingProxyType(
    {"East": "#14284B", "Central": "#A8322D", "Northeast": "#2F8F88", "West": "#D99A2B"}
)
"""Four hues that also differ in lightness, for greyscale print and colour-blind readers."""
REGION_MARKERS = MappingProxyType({"East": "o", "Central": "s", "Northeast": "D", "West": "^"})

SERIES = ("#14284B", "#A8322D", "#D99A2B", "#2F8F88", "#7A7F87")
"""Colours for series that are not regions, in order of use."""

SEQUENTIAL = ("#F3F5F7", "#DCE6EE", "#B9CFDF", "#8DB1CB", "#5F8FB3", "#366C97", "#14406B")
"""Seven steps from nothing to most, evenly spaced in lightness."""

_MEASURED_AT = 200

_PARAMETERS = {
    "font.family": [FAMILY],
    "font.size": TEXT,
    "text.hinting": "no_hinting",  # widths do not depend on the resolution
    "text.color": INK,
    "axes.unicode_minus": True,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.titlesize": TEXT,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 0.5,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "path",
    "svg.hashsalt": "filings",
    "pdf.fonttype": 42,
}


@cache
def _register_fonts() -> None:
    """Tell matplotlib where the two font files lie, under the family name above."""
    for weight, file in FONT_FILES.items():
        entry = font_manager.FontEntry(
            fname=str(file),
            name=FAMILY,
            weight={"normal": 400, "bold": 700}[weight],
            size="scalable",
        )
        font_manager.fontManager.ttflist.insert(0, entry)


@contextmanager
def applied() -> Iterator[None]:
    """Draw in the house style; matplotlib's own parameters come back afterwards."""
    _register_fonts()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_PARAMETERS)
        yield


@cache
def font(weight: str) -> FT2Font:
    """The font itself ("normal" or "bold"), for measuring text and looking up its glyphs."""
    return FT2Font(str(FONT_FILES[weight]))


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line of text in millimetres at that size in points.

    The fonts have no kerning, so a line is as long as its characters one after another.
    """
    length = sum(_advance(character, weight) for character in text)
    return length / 64 / 72 * 25.4 * size / _MEASURED_AT


@cache
def _advance(character: str, weight: str) -> int:
    """Width of a character in 64ths of a point at the size where all are measured."""
    face = font(weight)
    face.set_size(_MEASURED_AT, 72)  # large, so that no rounding to whole pixels shows
    face.set_text(character)
    return face.get_width_height()[0]


def luminance(colour: str) -> float:
    """Perceived lightness L* of a colour, from 0 (black) to 100 (white): CIE 1976, D65."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
    y = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def _rgb(colour: str) -> tuple[float, float, float]:
    return mpl.colors.to_rgb(colour)


def ink_on(colour: str) -> str:
    """The text colour, dark or white, that reads best on that background."""
    return INK if luminance(colour) > 55 else PAPER
