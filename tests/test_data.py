"""data/README.md is a contract: files, fields, types and keys, held in both directions."""

import hashlib

import pandas as pd
from filings import ledger, paths
from filings.site import readme


def read(name: str) -> pd.DataFrame:
    """Every field as text, empty fields as empty text."""
    return pd.read_csv(paths.DATA / name, dtype=str, keep_default_na=False)


def on_disk(*folders) -> list[str]:
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    lists = (path.relative_to(paths.DATA).as_posix() for path in found)
    return sorted(name for name in lists if not name.startswith("raw/lists/"))


def test_raw_and_reference_files_are_as_recorded_and_nothing_is_unlisted():
    lines = (paths.DATA / "SHA256SUMS").read_text("utf-8").splitlines()
    recorded = {name: digest for digest, name in (line.split("  ") for line in lines)}
    held = {
        name: hashlib.sha256((paths.DATA / name).read_bytes()).hexdigest()
        for name in on_disk(paths.RAW, paths.REFERENCE)
    }
    assert held == recorded


def test_every_source_of_a_statement_is_on_file():
    known = set(read("raw/sources.csv")["source_id"])
    cited = read("raw/register_statements.csv")["source"].str.split(";").explode()
    assert set(cited) <= known


def test_the_dictionary_names_every_kind_of_statement():
    (ledger_,) = [r for r in readme.resources() if r["path"] == "raw/register_statements.csv"]
    (kind,) = [field for field in ledger_["schema"]["fields"] if field["name"] == "kind"]
    assert sorted(kind["constraints"]["enum"]) == sorted(ledger.KINDS)


def test_neighbours_and_tiles_are_of_the_provinces():
    provinces = set(read("reference/provinces.csv")["name_zh"])
    pairs = read("reference/province_neighbours.csv")
    assert set(read("reference/tile_grid.csv")["place"]) == provinces
    assert {*pairs["a"], *pairs["b"]} == provinces - {"海南"}
    assert (pairs["a"] != pairs["b"]).all()
    assert len({frozenset(pair) for pair in zip(pairs["a"], pairs["b"], strict=True)}) == len(pairs)


def test_publications_are_cited_not_republished():
    """A phrase finds the place in the source; it is no passage of it."""
    for name in ("register_statements", "indicators", "events", "article_claims"):
        phrases = read(f"raw/{name}.csv")["phrase"]
        assert phrases.str.len().max() <= 80, phrases[phrases.str.len() > 80].tolist()
