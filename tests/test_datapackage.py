"""data/datapackage.json: what it says holds for every row of every file, and the page of it."""

import json
import shutil

import frictionless
import pytest
from filings import paths
from filings.site import readme


@pytest.fixture
def copy(tmp_path):
    """data/, without a reader's lists, where a test may spoil it."""
    lists = shutil.ignore_patterns("lists")
    return shutil.copytree(paths.DATA, tmp_path / "data", ignore=lists)


def spoil(file, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_frictionless_finds_nothing_wrong_with_any_row_key_or_reference():
    report = frictionless.validate(str(paths.DATAPACKAGE))
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "message"])
    assert all(task.stats["rows"] for task in report.tasks)


def test_every_file_is_described_and_every_description_has_its_file():
    folders = (paths.RAW, paths.REFERENCE, paths.PROCESSED)
    lying = (path for folder in folders for path in folder.glob("*.csv"))
    described = [resource["path"] for resource in readme.resources()]
    assert sorted(described) == sorted(p.relative_to(paths.DATA).as_posix() for p in lying)
    assert len({resource["name"] for resource in readme.resources()}) == len(described)


def test_every_table_says_what_it_is_and_where_it_is_from():
    package = json.loads(paths.DATAPACKAGE.read_text("utf-8"))
    assert [licence["name"] for licence in package["licenses"]] == ["CC-BY-4.0"]
    paths_of = {resource["path"] for resource in package["resources"]}
    for resource in package["resources"]:
        assert resource["title"] and resource["description"]
        for source in resource["sources"]:
            assert source.get("path", source["title"]) in paths_of or "/" not in source["title"]


def test_the_page_is_made_from_it():
    page = paths.DICTIONARY.read_text("utf-8")
    assert readme.tables() in page
    assert page.count("\n## ") > len(readme.resources())


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("reference/provinces.csv", "2190", "many", ("type-error", "population_10k_2019")),
        ("reference/provinces.csv", "东部", "南部", ("constraint-error", "region_zh")),
        ("reference/provinces.csv", "北京,北京市", ",北京市", ("constraint-error", "name_zh")),
        ("reference/provinces.csv", "120000", "110000", ("primary-key", None)),
        ("reference/provinces.csv", "120000", "110000", ("unique-error", "adcode")),
        ("reference/provinces.csv", "adcode,", "code,", ("incorrect-label", "adcode")),
        ("reference/tile_grid.csv", "北京", "伦敦", ("foreign-key", None)),
        ("raw/events.csv", "S02", "S00", ("foreign-key", None)),
        ("raw/events.csv", "2019-03-30", "last March", ("constraint-error", "date")),
        ("raw/article_claims.csv", ",1-3,", ",1 to 3,", ("constraint-error", "batches")),
    ],
)
def test_a_spoilt_row_is_found(copy, file, old, new, fault):
    spoil(copy / file, old, new)
    report = frictionless.validate(str(copy / "datapackage.json"))
    assert fault in map(tuple, report.flatten(["type", "fieldName"]))
