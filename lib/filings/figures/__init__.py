"""Figures that can be printed as they are: one style, few families, one ``save``.

A builder turns a tidy table into a matplotlib figure, in English or Chinese, for any outlet; its
docstring lists the columns it reads. Rows, panels over batches and years, grids, a time axis:
seaborn draws the marks, matplotlib's layout finds their places. ``save`` writes a figure's
pictures, its numbers and its entry in the manifest; ``exhibit`` gives a notebook its ``show``;
``redraw`` makes any figure again from its numbers. Nothing is changed on import.
"""

from filings.figures.check import faults
from filings.figures.maps import coverage, tile_map, touching
from filings.figures.output import (
    UnknownFigureError,
    builder_of,
    exhibit,
    export,
    files,
    gallery,
    kept,
    manifest,
    redraw,
    rendered,
    save,
)
from filings.figures.page import BUILDERS, OUTLETS, Outlet, Page
from filings.figures.panels import (
    beijing,
    case_counts,
    concentration,
    control,
    lorenz,
    shares,
)
from filings.figures.rows import (
    cities,
    comparison,
    likely,
    location_quotient,
    ranking,
    register_730,
    standing_still,
    verdicts,
)
from filings.figures.timeline import timeline

__all__ = [
    "BUILDERS",
    "OUTLETS",
    "Outlet",
    "Page",
    "UnknownFigureError",
    "beijing",
    "builder_of",
    "case_counts",
    "cities",
    "comparison",
    "concentration",
    "control",
    "coverage",
    "exhibit",
    "export",
    "faults",
    "files",
    "gallery",
    "kept",
    "likely",
    "location_quotient",
    "lorenz",
    "manifest",
    "ranking",
    "redraw",
    "register_730",
    "rendered",
    "save",
    "shares",
    "standing_still",
    "tile_map",
    "timeline",
    "touching",
    "verdicts",
]
