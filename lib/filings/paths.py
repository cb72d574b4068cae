"""The one module that knows where things lie. Every other path is built from these."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository: the folder that holds README.md, notebooks/, data/ and figures/."""

README = ROOT / "README.md"
DATA = ROOT / "data"
RAW = DATA / "raw"
LISTS = RAW / "lists"
REFERENCE = DATA / "reference"
PROCESSED = DATA / "processed"
DICTIONARY = DATA / "README.md"
DATAPACKAGE = DATA / "datapackage.json"
NOTEBOOKS = ROOT / "notebooks"
CASES = NOTEBOOKS / "cases"
FIGURES = ROOT / "figures"
MANIFEST = FIGURES / "manifest.json"
GALLERY = FIGURES / "README.md"
SITE = ROOT / "site"
LIBRARY = ROOT / "lib" / "filings"
PINS = ROOT / "requirements.txt"

CACHE = ROOT / ".cache"
RUNS = CACHE / "runs"
UNDERWAY = CACHE / "underway"
FAILED = CACHE / "failed"

FONTS = Path(__file__).resolve().parent / "fonts"

STATEMENTS = RAW / "register_statements.csv"
USED_STATEMENTS = PROCESSED / "statements.csv"
AUDIT = PROCESSED / "audit.csv"
SOURCES = RAW / "sources.csv"
INDICATORS = RAW / "indicators.csv"
EVENTS = RAW / "events.csv"
ARTICLE_CLAIMS = RAW / "article_claims.csv"

PROVINCES = REFERENCE / "provinces.csv"
NEIGHBOURS = REFERENCE / "province_neighbours.csv"
COUNTIES = REFERENCE / "divisions_county_2015_2024.csv"
SISTER_COUNTS = REFERENCE / "sister_register_counts.csv"
TILE_GRID = REFERENCE / "tile_grid.csv"

SHARED = ROOT.parent / "shared"
"""Material kept outside the repository (the official lists of the sister register).

It may be missing: whatever uses it must work, or say that it was skipped, without it.
"""
