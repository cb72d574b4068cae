"""data/README.md is a contract: files, fields, types and keys, held in both directions."""

import hashlib
import re

import pandas as pd
import pytest
from filings import paths, statements

TYPES = {
    "text": r".*",
    "code": r"\d+",
    "integer": r"-?\d+",
    "number": r"-?\d+(\.\d+)?([eE]-?\d+)?",
    "date": r"\d{4}(-\d{2}(-\d{2})?)?",
    "batches": r"\d+([-+]\d+)*",
}


def dictionary() -> dict[str, dict]:
    """File (relative to data/) to its key and its fields (name to type), as README.md has them."""
    sections = re.split(r"^## ", (paths.DATA / "README.md").read_text("utf-8"), flags=re.M)[1:]
    described = {}
    for section in sections:
        title, _, body = section.partition("\n")
        if title.endswith(".csv"):
            key = re.search(r"^Key: (.*)$", body, flags=re.M)[1]
            fields = re.findall(r"^\| `(\w+)` \| ([\w?]+) \| [^|]+ \| [^|]+ \|$", body, flags=re.M)
            described[title] = {"key": re.findall(r"`(\w+)`", key), "fields": dict(fields)}
    return described


def read(name: str) -> pd.DataFrame:
    """Every field as text, empty fields as empty text."""
    return pd.read_csv(paths.DATA / name, dtype=str, keep_default_na=False)


def on_disk(*folders) -> list[str]:
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    lists = (path.relative_to(paths.DATA).as_posix() for path in found)
    return sorted(name for name in lists if not name.startswith("raw/lists/"))


DICTIONARY = dictionary()


def test_every_file_is_described_and_every_description_has_its_file():
    assert sorted(DICTIONARY) == on_disk(paths.RAW, paths.REFERENCE, paths.PROCESSED)


@pytest.mark.parametrize("name", DICTIONARY)
def test_every_field_is_described_in_the_order_of_the_file(name):
    assert list(DICTIONARY[name]["fields"]) == list(read(name).columns)


@pytest.mark.parametrize("name", DICTIONARY)
def test_every_value_is_of_its_type(name):
    table = read(name)
    for field, kind in DICTIONARY[name]["fields"].items():
        values = table[field]
        if kind.endswith("?"):
            assert (values == "").any(), f"{field} is never empty: its type is {kind[:-1]}"
            values = values[values != ""]
        wrong = values[~values.str.fullmatch(TYPES[kind.rstrip("?")]) | (values == "")]
        assert wrong.empty, f"{field} is not {kind}: {wrong.to_dict()}"


@pytest.mark.parametrize("name", DICTIONARY)
def test_the_key_names_one_row(name):
    table = read(name)
    assert not table.duplicated(DICTIONARY[name]["key"]).any()


def test_raw_and_reference_files_are_as_recorded_and_nothing_is_unlisted():
    lines = (paths.DATA / "SHA256SUMS").read_text("utf-8").splitlines()
    recorded = {name: digest for digest, name in (line.split("  ") for line in lines)}
    held = {
        name: hashlib.sha256((paths.DATA / name).read_bytes()).hexdigest()
        for name in on_disk(paths.RAW, paths.REFERENCE)
    }
    assert held == recorded


@pytest.mark.parametrize("name", ["register_statements", "indicators", "events"])
def test_every_source_is_on_file(name):
    known = set(read("raw/sources.csv")["source_id"])
    cited = read(f"raw/{name}.csv")["source"].str.split(";").explode()
    assert set(cited) <= known


def test_the_dictionary_names_every_kind_of_statement():
    text = (paths.DATA / "README.md").read_text("utf-8")
    kinds = {*statements.BINDING_KINDS, *statements.CONTEXT_KINDS}
    assert kinds <= set(re.findall(r"`(\w+)`", text))


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
