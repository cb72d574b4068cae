"""Figures that can be printed as they are: one style, one builder a figure, one ``save``.

A builder turns a tidy table into a matplotlib figure, in English or Chinese, at any width; its
docstring lists the columns it reads. ``save`` writes a figure's pictures, its numbers and its
entry in the manifest; ``show`` does the same and displays it in a notebook; ``redraw`` makes any
figure again from its numbers. Nothing is changed on import.
"""

from filings.figures.audit import verdicts
from filings.figures.cases import place_in_context, promised_verified, timeline
from filings.figures.change import control, decomposition, gap, rank_slope, shares_over_batches
from filings.figures.check import faults
from filings.figures.concentration import concentration, location_quotient, lorenz, ranking
from filings.figures.evidence import coverage, drop_one, facts_that_help
from filings.figures.maps import small_multiples, tile_map, touching
from filings.figures.output import PRESETS, export, gallery, manifest, redraw, rendered, save, show
from filings.figures.page import BUILDERS, Page

__all__ = [
    "BUILDERS",
    "PRESETS",
    "Page",
    "concentration",
    "control",
    "coverage",
    "decomposition",
    "drop_one",
    "export",
    "facts_that_help",
    "faults",
    "gallery",
    "gap",
    "location_quotient",
    "lorenz",
    "manifest",
    "place_in_context",
    "promised_verified",
    "rank_slope",
    "ranking",
    "redraw",
    "rendered",
    "save",
    "shares_over_batches",
    "show",
    "small_multiples",
    "tile_map",
    "timeline",
    "touching",
    "verdicts",
]
