"""The page every figure is drawn on: a headline, the plot, a note and the source.

The page is a matplotlib ``Figure`` made without pyplot: nothing stays behind after drawing. It is
as wide as its outlet asks; its height follows from the words and the plot, or is the outlet's.
Inside the plot matplotlib's constrained layout finds the places.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from filings.figures import style
from filings.figures.sources import source_line
from filings.figures.words import Wording
from filings.notebook.outputs import LANGUAGES

MM = 1 / 25.4
POINT = 25.4 / 72
MARGIN = 3.0
KEY_ROW = 5.0
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
OUTLETS = {
    "single-column": Outlet(90, 300),
    "double-column": Outlet(180, 300),
    "web": Outlet(170),
    "slide": Outlet(140, 1920 * 25.4 / 140, 78.75, brief=True),
    "card": Outlet(110, 1200 * 25.4 / 110, 57.75, brief=True),
}
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


def _block(
    room: float, *texts: tuple[str, float, str, str]
) -> tuple[list[tuple[float, str, dict[str, Any]]], float]:
    """Texts (with size, weight and colour) wrapped one below the other: how far below the top each
    line stands, the line and its look; and the height of all."""
    lines, height = [], 0.0
    for text, size, weight, colour in texts:
        look = {"fontsize": size, "fontweight": weight, "color": colour, "va": "baseline"}
        for line in wrap(text, room, size, weight):
            lines.append((height + size * POINT, line, look))
            height += size * LEADING * POINT
    return lines, height


class Page(Figure, Wording):
    """One figure in one language. ``words`` holds its title, subtitle, note, caption and
    alt text."""

    def __init__(self, lang: str, outlet: Outlet, source: str):
        super().__init__(figsize=(outlet.width * MM, outlet.width * MM), dpi=100)
        Wording.__init__(self, lang)
        FigureCanvasAgg(self)
        self.outlet, self.source = outlet, source
        self.room = outlet.width - 2 * MARGIN
        self.narrow = outlet.width < 130
        self.brief = outlet.brief
        self.words: dict[str, str] = {}

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save as any matplotlib figure, with the house's parameters in force."""
        with style.applied():
            super().savefig(*args, **options)

    def open(
        self,
        plot: float,
        *,
        title: str,
        subtitle: str,
        note: str,
        alt: str,
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

        Raises
        ------
        TooTallError
            Where the words leave no room for the plot.
        """
        stop = self.say(". ", "。")
        sentences = (part.rstrip(".。 ") for part in (title, subtitle, note))
        self.words = {
            "title": title,
            "subtitle": subtitle,
            "note": note,
            "caption": stop.join(part for part in sentences if part) + stop.strip(),
            "alt": title + stop + alt + stop.strip(),
        }
        size = style.LARGE if self.brief and not self.narrow else style.TITLE
        grey = ("normal", style.MUTED)
        source = self.say("Source: ", "来源：") + self.source
        small = [(text, style.SMALL, *grey) for text in ("" if self.brief else note, source)]
        head, above = _block(
            self.room, (title, size, "bold", style.INK), (subtitle, style.TEXT, *grey)
        )
        foot, below = _block(self.room, *small)
        above, below = 4.4 + above + 2.0, 2.0 + below + MARGIN
        rows = self._key_rows(key)
        height = self.outlet.height or above + plot + KEY_ROW * len(rows) + below
        middle = height - above - below
        if middle < min(LEAST, plot):
            raise TooTallError(
                f"{self.outlet.width:g} by {height:g} mm leave no room for the plot below the words"
            )
        self.set_size_inches(self.outlet.width * MM, height * MM)
        self.set_layout_engine("constrained", w_pad=0, h_pad=0.01, wspace=0.03, hspace=0.02)
        spare = MARGIN / self.outlet.width
        top, centre, bottom = self.subfigures(
            3, 1, squeeze=False, height_ratios=(above, middle, below)
        ).ravel()
        mark = Rectangle((spare, 1 - 2.4 / above), 8 / self.outlet.width, 1.0 / above)
        mark.set(facecolor=style.MAIN, linewidth=0)
        top.add_artist(mark)
        for part, lines, start, tall in ((top, head, 4.4, above), (bottom, foot, 2.0, below)):
            for base, line, look in lines:
                part.text(spare, 1 - (start + base) / tall, line, **look)
        widths = (spare, 1 - 2 * spare, spare)
        body: SubFigure = centre.subfigures(1, 3, width_ratios=widths)[1]
        if rows:
            band = KEY_ROW * len(rows)
            over, body = body.subfigures(
                2, 1, squeeze=False, height_ratios=(band, middle - band)
            ).ravel()
            for k, row in enumerate(rows):
                corner = (0, 1 - k / len(rows))
                legend = over.legend(
                    handles=row, ncols=len(row), loc="upper left", bbox_to_anchor=corner,
                    borderaxespad=0,
                )  # fmt: skip
                legend.set_in_layout(False)
        return body

    def _key_rows(self, key: Sequence[Artist]) -> list[list[Artist]]:
        """The marks in rows that fit the page."""
        rows: list[list[Artist]] = []
        used = self.room
        for mark in key:
            width = 8 + style.text_width(str(mark.get_label()), style.SMALL)
            if used + width > self.room:
                rows.append([])
                used = 0.0
            rows[-1].append(mark)
            used += width
        return rows

    def settle(self) -> None:
        """Let the layout find its places once, and keep them rounded.

        The solver's last digits differ from run to run; an SVG's ids would differ with them.
        """
        if engine := self.get_layout_engine():
            engine.execute(self)
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


TEXTS = ("batches", "period", "date")
"""Columns that are text, whatever a table made of them."""

BUILDERS: dict[str, Callable[..., Page]] = {}
"""Every builder by its name."""

COLUMNS: dict[str, tuple[str, ...]] = {}
"""The columns that each builder needs."""


def builder(*columns: str) -> Callable[[Callable[..., None]], Callable[..., Page]]:
    """Make a drawing function a builder: it checks the table and returns a finished page.

    Parameters
    ----------
    *columns
        The columns that the table must have. Those that are parameters of the drawing function,
        behind the page and the table, have one value throughout, which it is given.

    Notes
    -----
    The builder is called as ``name(table, lang="en", outlet=WIDE, sources=())``. It raises
    ``UnknownColumnsError`` and other ``ValueError`` for what cannot be drawn, ``TooTallError``
    where the outlet has no room.
    """

    def decorate(draw: Callable[..., None]) -> Callable[..., Page]:
        name, once = draw.__name__, list(inspect.signature(draw).parameters)[2:]

        def build(
            table: pd.DataFrame,
            lang: str = "en",
            outlet: Outlet = WIDE,
            sources: Sequence[str] = (),
        ) -> Page:
            _check(name, table, columns, once)
            if lang not in LANGUAGES:
                raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
            if not NARROWEST <= outlet.width <= WIDEST:
                raise ValueError(
                    f"a width of {outlet.width:g} mm is out of reach: "
                    f"choose {NARROWEST} to {WIDEST} mm"
                )
            texts = table.columns.intersection(TEXTS)
            table = table.astype(dict.fromkeys(texts, str)).reset_index(drop=True)
            with style.applied():
                page = Page(lang, outlet, source_line(sources, lang))
                draw(page, table, **{column: table[column].iloc[0] for column in once})
                page.settle()
            return page

        build.__name__, build.__doc__, build.__module__ = name, draw.__doc__, draw.__module__
        BUILDERS[name], COLUMNS[name] = build, columns
        return build

    return decorate


def _check(name: str, table: pd.DataFrame, columns: Sequence[str], once: Sequence[str]) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise UnknownColumnsError(
            f"{name}: the table lacks {', '.join(missing)}; it needs {', '.join(columns)}"
        )
    if table.empty:
        raise ValueError(f"{name}: the table has no rows to draw")
    for column in once:
        values = table[column].unique()
        if len(values) > 1:
            raise ValueError(f"{name}: one {column} a figure, got {', '.join(map(str, values))}")
