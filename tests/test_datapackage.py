"""data/datapackage.json: up to date, and what it says holds for every row of every file."""

import hashlib
import json
import shutil

import frictionless
import pytest
from filings import datapackage, dictionary, paths, run
from toy import write_notebook

PROFILES = "https://datapackage.org/profiles/2.0"


README, DATA = paths.README, paths.DATA


@pytest.fixture
def copy(project):
    """README.md and data/, without a reader's lists, where a test may spoil them."""
    shutil.copy(README, project)
    lists = shutil.ignore_patterns("lists")
    shutil.copytree(DATA, project / "data", ignore=lists, dirs_exist_ok=True)
    return project


def spoil(file, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def faults(where) -> set[tuple[str, str]]:
    """What frictionless finds wrong, as kind of fault and field, once a file's digest is left out.

    A changed file never has the digest on record; here the question is what its rows say.
    """
    text = json.loads(where.read_text("utf-8"))
    for resource in text["resources"]:
        del resource["bytes"], resource["hash"]
    where.write_text(json.dumps(text), "utf-8")
    report = frictionless.validate(str(where))
    return {tuple(found) for found in report.flatten(["type", "fieldName"])}


def test_it_is_up_to_date():
    assert paths.DATAPACKAGE.read_bytes() == datapackage.rendered()


def test_frictionless_finds_nothing_wrong_with_any_row_key_or_reference():
    report = frictionless.validate(str(paths.DATAPACKAGE))
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "message"])
    assert [task.place for task in report.tasks] == list(dictionary.tables())
    assert all(task.stats["rows"] for task in report.tasks)


def test_it_says_of_each_file_what_the_file_is():
    held = json.loads(paths.DATAPACKAGE.read_text("utf-8"))
    assert held["$schema"] == f"{PROFILES}/datapackage.json"
    recorded = (paths.DATA / "SHA256SUMS").read_text("utf-8")
    for resource in held["resources"]:
        content = (paths.DATA / resource["path"]).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{digest}"
        assert resource["path"].startswith("processed/") or digest in recorded
        assert resource["title"] and resource["description"] and resource["sources"]


def test_it_names_the_licences_that_the_dictionary_names():
    held = json.loads(paths.DATAPACKAGE.read_text("utf-8"))
    assert "CC BY 4.0" in held["description"]
    assert [licence["name"] for licence in held["licenses"]] == ["CC-BY-4.0"]
    for each in held["resources"]:
        names = [licence["name"] for licence in each["licenses"]]
        county = each["name"] == "divisions_county_2015_2024"
        assert names == (["CC-BY-4.0", "MIT"] if county else ["CC-BY-4.0"])


def test_no_two_resources_share_a_name():
    names = [resource["name"] for resource in datapackage.descriptor()["resources"]]
    assert len({*names}) == len(names)


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
    spoil(copy / "data" / file, old, new)
    assert fault in faults(paths.DATAPACKAGE)


def test_a_changed_file_does_not_have_its_digest(copy):
    spoil(copy / "data/raw/events.csv", "S02", "S03")
    report = frictionless.validate(str(paths.DATAPACKAGE))
    assert ["hash-count", "raw/events.csv"] in [
        [error.type, task.place] for task in report.tasks for error in task.errors
    ]


def test_renewing_follows_data_and_dictionary_and_writes_nothing_without_need(copy):
    before = paths.DATAPACKAGE.stat().st_mtime_ns
    datapackage.renew()
    assert paths.DATAPACKAGE.stat().st_mtime_ns == before
    spoil(copy / "data/processed/cells.csv", "exact", "range")
    spoil(copy / "data/README.md", "who may file several services", "who may file one or more")
    datapackage.renew()
    held = json.loads(paths.DATAPACKAGE.read_text("utf-8"))
    content = (copy / "data/processed/cells.csv").read_bytes()
    (cells,) = [each for each in held["resources"] if each["name"] == "cells"]
    assert cells["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert "who may file one or more" in held["description"]


def test_without_its_files_nothing_is_written(copy):
    paths.DATAPACKAGE.unlink()
    (copy / "data/processed/cells.csv").unlink()
    datapackage.renew()
    assert not paths.DATAPACKAGE.exists()


def test_every_run_renews_it_even_one_that_fails(copy):
    cells = "Path('../data/processed/cells.csv')"
    rewrite = f"from pathlib import Path\ntext = {cells}.read_text()\n"
    rewrite += f"_ = {cells}.write_text(text.replace('exact', 'range', 1))"
    write_notebook(copy, "01_make", rewrite)
    write_notebook(copy, "02_use", "1 / 0")
    before = paths.DATAPACKAGE.read_bytes()
    assert not run.run()
    assert before != paths.DATAPACKAGE.read_bytes() == datapackage.rendered()
