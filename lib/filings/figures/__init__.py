"""Figures that can be printed as they are: one style, few families, one ``save``.

A builder turns a tidy table into a matplotlib figure, in English or Chinese, for any outlet; its
docstring lists the columns it reads. Rows, panels over batches and years, grids, a time axis:
seaborn draws the marks, matplotlib's layout finds their places. ``BUILDERS`` holds all by name.
``save`` writes a figure's pictures, its numbers and its entry in the manifest; ``exhibit`` gives a
notebook its ``show``; ``redraw`` makes any figure again from its numbers. Nothing is changed on
import.
"""

from filings.figures import maps, panels, rows, timeline
from filings.figures.check import faults
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

__all__ = [
    "BUILDERS",
    "OUTLETS",
    "Outlet",
    "Page",
    "UnknownFigureError",
    "builder_of",
    "exhibit",
    "export",
    "faults",
    "files",
    "gallery",
    "kept",
    "manifest",
    "maps",
    "panels",
    "redraw",
    "rendered",
    "rows",
    "save",
    "timeline",
]
