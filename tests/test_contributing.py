"""The pages for people: every command can be given as it stands, every name leads somewhere."""

import csv
import importlib
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from filings import cli, ledger, paths
from filings.site import readme

PAGES = ("README.md", "CONTRIBUTING.md", "data/README.md", "data/raw/lists/README.md")
SHELL = {"cd", "sha256sum", "source", "uv"}
"""What the commands call that no package of the environment brings."""


@cache
def page(name: str) -> str:
    return (paths.ROOT / name).read_text("utf-8")


def blocks(name: str) -> list[str]:
    """Every line of the page's blocks of code, without what is said behind it."""
    found = re.findall(r"^ *```\n(.*?)^ *```$", page(name), flags=re.M | re.S)
    lines = [line.strip() for block in found for line in block.splitlines()]
    return [re.split(r" {2,}", line)[0] for line in lines if line]


def inline(name: str) -> list[str]:
    """Everything the page's prose sets as code."""
    prose = re.sub(r"^ *```\n.*?^ *```$", "", page(name), flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", prose)


def commands(name: str) -> list[str]:
    starts = ("filings ", "python3 ", "pytest ", "ruff ", "jupyter ", "uv ", "cd ", "source ")
    lines = [line for line in [*blocks(name), *inline(name)] if line.startswith(starts)]
    return [part for line in lines for part in re.split(r" && ", line.partition(" > ")[0])]


COMMANDS = sorted({(name, command) for name in PAGES for command in commands(name)})


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[c for _, c in COMMANDS])
def test_a_command_can_be_given_as_it_stands(name, command):
    program, *arguments = shlex.split(command)
    if program == "filings":
        called = cli.main.commands[arguments[0]]
        called.make_context(arguments[0], arguments[1:])  # refuses unknown options and arguments
    elif program == "python3":
        script, *rest = arguments
        text = (paths.ROOT / script).read_text("utf-8")
        assert not rest or f'"{rest[0]}": [' in text
    else:
        assert program in SHELL or shutil.which(program, path=Path(sys.executable).parent)
        for word in arguments:
            if "/" in word and "*" not in word and not word.startswith(("-", ".venv")):
                assert (paths.ROOT / word).exists(), word


def stands(name: str) -> bool:
    """Whether a name in CONTRIBUTING.md is a thing of this repository."""
    if "/" in name or name.endswith((".md", ".py", ".toml")):
        return (paths.ROOT / name).exists()
    if name.startswith("filings."):
        module, _, attribute = name.rpartition(".")
        try:
            return hasattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError:
            module, _, kind = module.rpartition(".")
            return hasattr(getattr(importlib.import_module(module), kind), attribute)
    fields = {f["name"] for table in readme.resources() for f in table["schema"]["fields"]}
    with paths.SOURCES.open(encoding="utf-8", newline="") as rows:
        sources = {row["source_id"] for row in csv.DictReader(rows)}
    return name in fields | sources | ledger.KINDS.keys() | cli.main.commands.keys()


def test_every_name_in_contributing_is_one_of_this_repository():
    said = set(inline("CONTRIBUTING.md")) - {command for _, command in COMMANDS}
    said -= {
        "git status",
        "python3 run.py",
        "notebooks/cases/苏州.ipynb",
    }  # one a command, one what it makes
    assert len(said) > 20
    assert {name for name in said if not stands(name)} == set()
    assert (
        not stands("filings.figures.unknown") and not stands("data/none") and not stands("nonsense")
    )


def test_the_example_of_a_statement_is_a_row_of_the_ledger():
    rows = [line for line in blocks("CONTRIBUTING.md") if line.count(",") > 5]
    assert rows and {*rows} <= {*paths.STATEMENTS.read_text("utf-8").splitlines()}
    (statement,) = [s for s in ledger.read() if s.id == rows[0].partition(",")[0]]
    said = f"`{statement.source}` counts {statement.value} {statement.unit} in batch 1"
    assert said in page("CONTRIBUTING.md")


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="the command is GNU's")
def test_the_command_that_renews_the_record_gives_what_is_on_file(tmp_path):
    (line,) = [line for line in blocks("CONTRIBUTING.md") if "sha256sum" in line]
    assert line.removesuffix(" && cd ..") in page("data/README.md")
    shutil.copytree(paths.DATA, tmp_path / "data")
    (tmp_path / "data/SHA256SUMS").unlink()
    subprocess.run(
        line, shell=True, check=True, cwd=tmp_path, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    )
    made, recorded = (
        (folder / "data/SHA256SUMS").read_bytes() for folder in (tmp_path, paths.ROOT)
    )
    assert made == recorded


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_the_page_leads_somewhere(name):
    links = [link for link in re.findall(r"\]\(([^)]+)\)", page(name)) if "://" not in link]
    folder = (paths.ROOT / name).parent
    assert [link for link in links if not (folder / link).exists()] == []
