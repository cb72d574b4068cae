"""The page every figure is drawn on: a headline, the plot, a note and the source.

The page is a matplotlib ``Figure`` made without pyplot: nothing stays behind after drawing. It is
as wide as its outlet asks; its height follows from the words and the plot, or is the outlet's.
Inside the plot matplotlib's constrained layout finds the places.
"""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from filings.figures import style
from filings.figures.sources import source_line
from filings.figures.words import LANGUAGES

MM = 1 / 25.4
POINT = 25.4 / 72
MARGIN = 3.0
LEADING = 1.32
SLACK = 0.6
"""Room at the right of a line for what the renderer rounds up."""
NARROWEST, WIDEST = 80, 500
_DIGITS = 5
LEAST = 18.0
"""The least height of a plot, in millimetres."""

# Chinese breaks between any two characters, but no line begins with closing punctuation or ends
# with opening punctuation; a number keeps its measure word.
_PIECE = re.compile(
    r"[（《“「]*(?:[\u2e80-\u9fff\uff01-\uff60]|[^\s\u2e80-\u9fff\uff01-\uff60]+"
    r"(?:(?<=\d)[年月日个条家批名])?)"
    r"[，。、；：！？）》”」％,.;:!?)]*\s*"
)


class UnknownColumnsError(ValueError):
    """A table that lacks a column its figure needs."""


class TooTallError(ValueError):
    """A figure whose words leave no room for its plot at that height."""


@dataclass(frozen=True)
class Outlet:
    """A size: width in mm, height too where it is fixed, resolution in dots per inch.

    A screen is drawn on a small page, so that its type is large: it shows the message and no more
    (``brief``), and no note.
    """

    width: float
    dpi: float = 200
    height: float | None = None
    brief: bool = False


WIDE = Outlet(180)
OUTLETS = MappingProxyType(
    {
        "single-column": Outlet(90, 300),
        "double-column": Outlet(180, 300),
        "web": Outlet(170),
        "slide": Outlet(140, 1920 * 25.4 / 140, 78.75, brief=True),
        "card": Outlet(110, 1200 * 25.4 / 110, 57.75, brief=True),
    }
)
"""The sizes by name: columns of a journal, a web page, a slide (1920 × 1080), a card for social
media (1200 × 630)."""


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Lines of the text, each at most ``width`` millimetres long at that size in points.

    Where the last line would hold a word or two characters only, the lines above are shortened.
    """
    lines = _lines(text, width, size, weight)
    least = 4 * size * POINT
    shorter = width
    while len(lines) > 1 and style.text_width(lines[-1], size, weight) < least:
        shorter -= size * POINT / 2
        again = _lines(text, shorter, size, weight)
        if len(again) > len(lines) or shorter < width / 2:
            break
        lines = again
    return lines


def _lines(text: str, width: float, size: float, weight: str) -> list[str]:
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and style.text_width((line + piece).rstrip(), size, weight) > width - SLACK:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line else lines


class Page(Figure):
    """One figure in one language. ``words`` holds its title, subtitle, note and alt text."""

    def __init__(self, lang: str, outlet: Outlet, source: str):
        super().__init__(figsize=(outlet.width * MM, outlet.width * MM), dpi=100)
        FigureCanvasAgg(self)
        self.lang, self.outlet, self.source = lang, outlet, source
        self.room = outlet.width - 2 * MARGIN
        self.narrow = outlet.width < 130
        self.brief = outlet.brief
        self.words: dict[str, str] = {}

    def savefig(self, *args, **options) -> None:
        """Save as any matplotlib figure, with the house's parameters in force."""
        with style.applied():
            super().savefig(*args, **options)

    def say(self, en: str, zh: str) -> str:
        """The wording in the language of this page."""
        return en if self.lang == "en" else zh

    def open(
        self,
        plot: float,
        *,
        title: str,
        subtitle: str,
        note: str = "",
        alt: str = "",
        key: Sequence[Artist] = (),
    ) -> SubFigure:
        """Set the headline and the foot, and give back what lies between them.

        Parameters
        ----------
        plot
            Height of the plot in millimetres, where the outlet does not fix the page's.
        title, subtitle, note, alt
            The finding; measure, unit and sample; how to read the marks; the message and the kind
            of picture for those who cannot see it (``alt`` is put behind the title).
        key
            Marks with labels, set in rows above the plot.
        """
        stop = self.say(". ", "。")
        alt = title + stop + (alt or subtitle) + stop.strip()
        self.words = {"title": title, "subtitle": subtitle, "note": note, "alt": alt}
        size = style.LARGE if self.brief and not self.narrow else style.TITLE
        head = _Block(self.room)
        head.add(title, size, "bold", style.INK)
        head.add(subtitle, style.TEXT, "normal", style.MUTED)
        foot = _Block(self.room)
        if not self.brief:
            foot.add(note, style.SMALL, "normal", style.MUTED)
        source = self.say("Source: ", "来源：") + self.source
        foot.add(source, style.SMALL, "normal", style.MUTED)
        above, below = 4.4 + head.height + 2.0, 2.0 + foot.height + MARGIN
        rows = self._key_rows(key)
        height = self.outlet.height or above + plot + 5 * len(rows) + below
        middle = height - above - below
        if middle < min(LEAST, plot):
            raise TooTallError(
                f"{self.outlet.width:g} by {height:g} mm leave no room for the plot below the words"
            )
        self.set_size_inches(self.outlet.width * MM, height * MM)
        self.set_layout_engine("constrained", w_pad=0, h_pad=0.01, wspace=0.03, hspace=0.02)
        parts = self.subfigures(3, 1, height_ratios=(above, middle, below))
        left = MARGIN / self.outlet.width
        mark = Rectangle((left, 1 - 2.4 / above), 8 / self.outlet.width, 1.0 / above)
        mark.set(facecolor=style.MAIN, linewidth=0)
        parts[0].add_artist(mark)
        head.write(parts[0], left, 4.4, above)
        foot.write(parts[2], left, 2.0, below)
        spare = MARGIN / self.outlet.width
        self.body = parts[1].subfigures(1, 3, width_ratios=(spare, 1 - 2 * spare, spare))[1]
        if key:
            self._key(rows, middle)
        return self.body

    def _key_rows(self, key: Sequence[Artist]) -> list[list[Artist]]:
        """The marks in rows that fit the page."""
        rows, used = [], 0.0
        for mark in key:
            width = 8 + style.text_width(mark.get_label(), style.SMALL)
            if not rows or used + width > self.room:
                rows.append([])
                used = 0.0
            rows[-1].append(mark)
            used += width
        return rows

    def _key(self, rows: list[list[Artist]], height: float) -> None:
        key, rest = self.body.subfigures(
            2, 1, height_ratios=(5 * len(rows), height - 5 * len(rows))
        )
        for k, row in enumerate(rows):
            top = 1 - k / len(rows)
            place = {"loc": "upper left", "bbox_to_anchor": (0, top), "borderaxespad": 0}
            legend = key.legend(handles=row, ncols=len(row), **place)
            legend.set_in_layout(False)
        self.body = rest

    def settle(self) -> None:
        """Let the layout find its places once, and keep them rounded.

        The solver's last digits differ from run to run; an SVG's ids would differ with them.
        """
        self.get_layout_engine().execute(self)
        self.set_layout_engine("none")
        for part in _parts(self):
            box = part.bbox_relative
            box.p0, box.p1 = box.p0.round(_DIGITS), box.p1.round(_DIGITS)
        for ax in self.axes:
            corners = ax.get_position(original=True).get_points().round(_DIGITS)
            ax.set_position(Bbox(corners))


def _parts(figure: Figure | SubFigure) -> Iterator[SubFigure]:
    for part in figure.subfigs:
        yield part
        yield from _parts(part)


class _Block:
    """Wrapped lines one below the other."""

    def __init__(self, room: float):
        self.room, self.height, self.lines = room, 0.0, []

    def add(self, text: str, size: float, weight: str, colour: str) -> None:
        for line in wrap(text, self.room, size, weight):
            self.lines.append((self.height + size * POINT, line, size, weight, colour))
            self.height += size * LEADING * POINT

    def write(self, part: SubFigure, left: float, top: float, height: float) -> None:
        for below, line, size, weight, colour in self.lines:
            look = {"fontsize": size, "fontweight": weight, "color": colour, "va": "baseline"}
            part.text(left, 1 - (top + below) / height, line, **look)


_builders: dict[str, Callable] = {}
BUILDERS = MappingProxyType(_builders)
"""Every builder by its name."""


def builder(*columns: str, once: tuple[str, ...] = ()) -> Callable:
    """Make a drawing function a builder: it checks the table and returns a finished page.

    The builder is called as ``name(table, lang="en", outlet=WIDE, sources=())``. ``columns`` are
    the columns the table must have, ``once`` those with one value throughout.
    """

    def decorate(draw: Callable[[Page, pd.DataFrame], None]) -> Callable[..., Page]:
        @functools.wraps(draw)
        def build(table, lang="en", outlet=WIDE, sources=()) -> Page:
            _check(draw.__name__, columns, once, table, lang, outlet.width)
            with style.applied():
                page = Page(lang, outlet, source_line(sources, lang))
                draw(page, _as_text(table).reset_index(drop=True))
                page.settle()
            return page

        del build.__wrapped__  # help() shows the signature callers use
        build.__annotations__ = {"table": pd.DataFrame, "return": Page}
        build.columns = columns
        _builders[draw.__name__] = build
        return build

    return decorate


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Batches, periods, dates and years are text, whatever the table made of them."""
    names = {"batches", "period", "date"} & set(table.columns)
    return table.astype(dict.fromkeys(names, str))


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
