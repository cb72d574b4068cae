"""One look for all figures: type, colours, line widths. Nothing is changed on import.

Builders run inside ``applied()``, which sets matplotlib's parameters for their time only.
"""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from filings import paths

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

# A name of its own, so that no other cut of the same font on the machine is drawn instead.
FAMILY = "filings Noto Sans SC"
FONT_FILES = {
    "normal": paths.FONTS / "NotoSansSC-Regular-gb2312-places.ttf",
    "bold": paths.FONTS / "NotoSansSC-Bold-gb2312-places.ttf",
}

SMALL, TEXT, TITLE, LARGE = 7.0, 7.5, 10.0, 12.0
"""Type sizes in points; nothing is set smaller than SMALL. LARGE is for titles on a screen."""

INK, MUTED, RULE, PAPER = "#1D2125", "#5A6068", "#D5D8DC", "#FFFFFF"
MAIN, FOCUS, SECOND, OTHER = "#14406B", "#B23A2E", "#D99A2B", "#8B929A"
"""What a figure is about, what it points at, what stands beside it, and all the rest; they also
differ in lightness or, where they do not, never stand in one figure without labels."""
PALE = "#CBD6E0"
"""What is not known: lighter than anything that is."""

SEQUENTIAL = ("#F3F5F7", "#DCE6EE", "#B9CFDF", "#8DB1CB", "#5F8FB3", "#366C97", "#14406B")
"""Seven steps from nothing to most, evenly spaced in lightness."""

_MEASURED_AT = 200

_PARAMETERS: "dict[RcKeyType, Any]" = {
    "font.family": [FAMILY],
    "font.size": SMALL,
    "text.hinting": "no_hinting",  # widths do not depend on the resolution
    "text.parse_math": False,  # two dollar signs in a text from data are two dollar signs
    "text.color": INK,
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
    "xtick.color": MUTED,
    "ytick.labelcolor": INK,
    "xtick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.size": 0,
    "lines.linewidth": 1.4,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 0.5,
    "hatch.color": OTHER,
    "legend.frameon": False,
    "legend.borderpad": 0.2,
    "legend.handlelength": 1.4,
    "legend.columnspacing": 1.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "filings",
    "pdf.fonttype": 42,
    **dict.fromkeys(
        ("axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"), SMALL
    ),
}


@cache
def _register_fonts() -> None:
    """Tell matplotlib where the two font files lie, under the family name above."""
    for weight, file in FONT_FILES.items():
        number = {"normal": 400, "bold": 700}[weight]
        entry = font_manager.FontEntry(fname=str(file), name=FAMILY, weight=number, size="scalable")
        font_manager.fontManager.ttflist.insert(0, entry)


# Years and batches are names here, not numbers; matplotlib would remark on each.
logging.getLogger("matplotlib.category").setLevel(logging.WARNING)


@contextmanager
def applied() -> Iterator[None]:
    """Draw in the house style; matplotlib's own parameters come back afterwards."""
    _register_fonts()
    with mpl.rc_context(mpl.rcParamsDefault), mpl.rc_context(_PARAMETERS):
        yield


@cache
def font(weight: str) -> FT2Font:
    """The font itself ("normal" or "bold"), for measuring text and looking up its glyphs."""
    return FT2Font(str(FONT_FILES[weight]))


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line of text in millimetres at that size in points.

    The fonts have no kerning, so a line is as long as its characters one after another.
    """
    length = math.fsum(_advance(character, weight) for character in text)
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
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in mpl.colors.to_rgb(colour)
    )
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def ink_on(colour: str) -> str:
    """The text colour, dark or white, that reads best on that background."""
    return INK if luminance(colour) > 55 else PAPER
