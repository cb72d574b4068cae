"""data/README.md is a contract: files, fields, types and keys, held in both directions."""

import hashlib

import pandas as pd
import pytest
from filings import dictionary, ledger, paths


def read(name: str) -> pd.DataFrame:
    """Every field as text, empty fields as empty text."""
    return pd.read_csv(paths.DATA / name, dtype=str, keep_default_na=False)


def on_disk(*folders) -> list[str]:
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    lists = (path.relative_to(paths.DATA).as_posix() for path in found)
    return sorted(name for name in lists if not name.startswith("raw/lists/"))


TABLES = dictionary.tables()


def test_every_file_is_described_and_every_description_has_its_file():
    assert sorted(TABLES) == on_disk(paths.RAW, paths.REFERENCE, paths.PROCESSED)


@pytest.mark.parametrize("name", TABLES)
def test_every_field_is_described_in_the_order_of_the_file(name):
    assert [field.name for field in TABLES[name].fields] == list(read(name).columns)


@pytest.mark.parametrize("name", TABLES)
def test_every_value_is_of_its_type(name):
    table = read(name)
    for field in TABLES[name].fields:
        values = table[field.name]
        if field.optional:
            assert (values == "").any(), f"{field.name} is never empty: take its ? away"
            values = values[values != ""]
        right = values.str.fullmatch(dictionary.TYPES[field.type]) & (values != "")
        if field.choices:
            right &= values.isin(field.choices)
        assert right.all(), f"{field.name} is not {field.type}: {values[~right].to_dict()}"


@pytest.mark.parametrize("name", TABLES)
def test_the_key_names_one_row(name):
    table = read(name)
    assert not table.duplicated(list(TABLES[name].key)).any()


def test_raw_and_reference_files_are_as_recorded_and_nothing_is_unlisted():
    lines = (paths.DATA / "SHA256SUMS").read_text("utf-8").splitlines()
    recorded = {name: digest for digest, name in (line.split("  ") for line in lines)}
    held = {
        name: hashlib.sha256((paths.DATA / name).read_bytes()).hexdigest()
        for name in on_disk(paths.RAW, paths.REFERENCE)
    }
    assert held == recorded


@pytest.mark.parametrize("name", TABLES)
def test_a_field_that_is_one_of_another_file_holds_only_what_stands_there(name):
    for field in TABLES[name].fields:
        if field.reference:
            file, target = field.reference
            assert {*read(name)[field.name]} - {""} <= {*read(file)[target]}, field.name


@pytest.mark.parametrize("name", TABLES)
def test_the_sources_of_a_table_are_files_or_words(name):
    for source in TABLES[name].sources:
        assert source in TABLES or "/" not in source


def test_every_source_of_a_statement_is_on_file():
    known = set(read("raw/sources.csv")["source_id"])
    cited = read("raw/register_statements.csv")["source"].str.split(";").explode()
    assert set(cited) <= known


def test_the_dictionary_names_every_kind_of_statement():
    kind = TABLES["raw/register_statements.csv"].fields[2]
    assert kind.name == "kind"
    assert sorted(kind.choices) == sorted(ledger.BINDING_KINDS + ledger.CONTEXT_KINDS)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Key: `id`", "", "raw/register_statements.csv: 0 lines 'Key: …', not one"),
        ("Source: `raw/sources.csv`", "Source:", "0 lines 'Source: …', not one"),
        ("Key: `id`", "Key: `ident`", "the key is not of its fields"),
        ("| `id` | text |", "| `id` | word |", "with a type of text, choice, code"),
        ("| `id` | text | – |", "| `id` | text |", "not `name` | type | unit | description"),
        ("| field | type |", "| field | kind |", "no table of fields"),
        ("**Licence.**", "Licence:", "no paragraph begins with '**Licence.**'"),
    ],
)
def test_a_broken_dictionary_is_refused_with_its_section(old, new, says, tmp_path, monkeypatch):
    text = paths.DICTIONARY.read_text("utf-8")
    monkeypatch.setattr(paths, "DICTIONARY", tmp_path / "README.md")
    paths.DICTIONARY.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(dictionary.BrokenDictionaryError) as refused:
        dictionary.tables()
        dictionary.introduction()
    assert says in str(refused.value) and "\n" not in str(refused.value)


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
