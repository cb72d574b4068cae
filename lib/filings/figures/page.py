"""The page every figure is drawn on: a headline above, the plot, a note and the source below.

All places on the page are in millimetres, so a figure keeps its proportions at any width. The
page is a matplotlib ``Figure`` made without pyplot: nothing stays behind after drawing.
"""

import functools
import re
from collections.abc import Callable
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from filings.figures import style
from filings.figures.sources import source_line
from filings.figures.words import LANGUAGES

MM = 1 / 25.4
POINT_MM = 25.4 / 72
MARGIN = 3.0
LEADING = 1.32
SLACK = 0.6
"""Room at the right of a line for what the renderer rounds up."""
NARROWEST, WIDEST = 80, 500

# Chinese breaks between any two characters, but no line begins with closing punctuation or ends
# with opening punctuation.
_PIECE = re.compile(
    r"[（《“「]*(?:[\u2e80-\u9fff\uff01-\uff60]|[^\s\u2e80-\u9fff\uff01-\uff60]+)"
    r"[，。、；：！？）》”」％,.;:!?)]*\s*"
)


class UnknownColumnsError(ValueError):
    """A table that lacks a column its figure needs."""


class TooTallError(ValueError):
    """A figure that cannot be drawn that wide at that ratio of width to height."""


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Lines of the text, each at most ``width`` millimetres long at that size in points."""
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and style.text_width((line + piece).rstrip(), size, weight) > width - SLACK:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line else lines


class Page(Figure):
    """One figure in one language. ``words`` holds its title, subtitle, note and alt text.

    ``aspect`` (width over height) fixes the height: the plot is stretched to fill it.
    """

    def __init__(self, lang: str, width_mm: float, source: str, aspect: float | None = None):
        super().__init__(figsize=(width_mm * MM, width_mm * MM), dpi=100)
        FigureCanvasAgg(self)
        self.lang, self.width, self.source, self.aspect = lang, width_mm, source, aspect
        self.narrow = width_mm < 130
        self.plot_width = width_mm - 2 * MARGIN
        self.words: dict[str, str] = {}

    def savefig(self, *args, **options) -> None:
        """Save as any matplotlib figure, with the house's parameters in force."""
        with style.applied():
            super().savefig(*args, **options)

    def say(self, en: str, zh: str) -> str:
        """The wording in the language of this page."""
        return en if self.lang == "en" else zh

    def open(self, *, title: str, subtitle: str, note: str, alt: str, plot: float) -> None:
        """Set the headline and the foot, and leave ``plot`` millimetres of height between them.

        ``title`` states the finding; ``subtitle`` the measure, unit and sample; ``note`` how to
        read the marks; ``alt`` the message for those who cannot see the figure.
        """
        self.words = {"title": title, "subtitle": subtitle, "note": note, "alt": alt}
        room = self.plot_width
        head = [(line, style.TITLE, "bold", style.INK) for line in wrap(title, room, 10, "bold")]
        head += [(line, style.TEXT, "normal", style.MUTED) for line in wrap(subtitle, room, 7.5)]
        foot = [(line, style.SMALL, "normal", style.MUTED) for line in wrap(note, room, 7)]
        source = self.say("Source: ", "来源：") + self.source
        foot += [(line, style.SMALL, "normal", style.MUTED) for line in wrap(source, room, 7)]
        above = 4.4 + _height(head) + 3.0
        below = 2.5 + _height(foot) + MARGIN
        height = above + plot + below
        if self.aspect:
            height = self.width / self.aspect
            if height < above + plot + below:
                raise TooTallError(
                    f"a figure {self.width:g} mm wide needs more height than {height:g}"
                )
        self.height = height
        self.plot_height = height - above - below
        self._plot_top = above
        self.set_size_inches(self.width * MM, height * MM)
        self._bar()
        self._lines(head, 4.4)
        self._lines(foot, height - below + 2.5)

    def panel(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes at that place of the plot: millimetres from its left and upper edge."""
        bottom = self.height - self._plot_top - top - height
        box = (
            (MARGIN + left) / self.width,
            bottom / self.height,
            width / self.width,
            height / self.height,
        )
        return self.add_axes(box)

    def write(self, x: float, y: float, text: str, **options) -> Text:
        """Text at millimetres from the left and upper edge of the plot."""
        options = {"fontsize": style.SMALL, "va": "center", "ha": "left"} | options
        across, up = (MARGIN + x) / self.width, 1 - (self._plot_top + y) / self.height
        return self.text(across, up, text, **options)

    def _bar(self) -> None:
        """The short dark bar at the upper left that marks the figures of this house."""
        box = (MARGIN / self.width, 1 - 2.4 / self.height, 8 / self.width, 1.0 / self.height)
        axes = self.add_axes(box, label="bar")
        axes.set_axis_off()
        axes.fill([0, 1, 1, 0], [0, 0, 1, 1], color=style.ACCENT, linewidth=0)
        axes.set(xlim=(0, 1), ylim=(0, 1))

    def _lines(self, lines: list[tuple[str, float, str, str]], top: float) -> None:
        for text, size, weight, colour in lines:
            y = 1 - (top + size * POINT_MM) / self.height
            self.text(
                MARGIN / self.width,
                y,
                text,
                fontsize=size,
                fontweight=weight,
                color=colour,
                va="baseline",
            )
            top += size * LEADING * POINT_MM


def _height(lines: list[tuple[str, float, str, str]]) -> float:
    return sum(size for _, size, _, _ in lines) * LEADING * POINT_MM


_builders: dict[str, Callable] = {}
BUILDERS = MappingProxyType(_builders)
"""Every builder by its name."""


def builder(*columns: str, once: tuple[str, ...] = ()) -> Callable:
    """Make a drawing function a builder: it checks the table and returns a finished page.

    The builder is called as ``name(table, lang="en", width_mm=180, sources=(), aspect=None)``.
    ``columns`` are the columns the table must have, ``once`` those with one value throughout.
    """

    def decorate(draw: Callable[[Page, pd.DataFrame], None]) -> Callable[..., Page]:
        @functools.wraps(draw)
        def build(table, lang="en", width_mm=180, sources=(), aspect=None) -> Page:
            _check(draw.__name__, columns, once, table, lang, width_mm)
            with style.applied():
                page = Page(lang, width_mm, source_line(sources, lang), aspect)
                draw(page, table.reset_index(drop=True))
            return page

        del build.__wrapped__  # help() shows the signature callers use
        build.__annotations__ = {"table": pd.DataFrame, "return": Page}
        build.columns = columns
        _builders[draw.__name__] = build
        return build

    return decorate


def _check(name: str, columns, once, table: pd.DataFrame, lang: str, width: float) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise UnknownColumnsError(
            f"{name}: the table lacks {', '.join(missing)}; it needs {', '.join(columns)}"
        )
    if table.empty:
        raise ValueError(f"{name}: the table has no rows to draw")
    for column in once:
        if table[column].nunique(dropna=False) > 1:
            raise ValueError(
                f"{name}: one {column} a figure, got {', '.join(map(str, table[column].unique()))}"
            )
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
    if not NARROWEST <= width <= WIDEST:
        raise ValueError(
            f"a width of {width:g} mm is out of reach: choose {NARROWEST} to {WIDEST} mm"
        )
