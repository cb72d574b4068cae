"""``filings check``: what is on file against what the notebooks give."""

import pytest
from click.testing import CliRunner
from filings import check, cli, run
from toy import content, copy_library, write_notebook

WRITE = "from pathlib import Path\n_ = Path('../data/processed/{0}').write_text('{0}\\n')"


@pytest.fixture
def done(project):
    """A project with the library in it, whose two notebooks have been run."""
    copy_library()
    write_notebook(project, "01_a", WRITE.format("a.txt"), "print(1)")
    write_notebook(project, "02_b", WRITE.format("b.txt"))
    assert run.run()
    return project


def test_nothing_is_named_where_nothing_differs_and_nothing_is_written(done):
    before = content(done)
    result = CliRunner().invoke(cli.main, ["check"])
    assert result.exit_code == 0, result.output
    assert result.stdout == "everything on file is what the notebooks give\n"
    assert content(done) == before


def test_each_difference_is_named(done):
    (done / "data/processed/a.txt").write_text("another\n")
    (done / "data/processed/b.txt").unlink()
    (done / "data/processed/orphan.txt").write_text("")
    (done / "data/datapackage.json").write_text("{}")
    notebook = done / "notebooks/01_a.ipynb"
    stored = notebook.read_text()
    line = [text.strip() for text in stored.split("\n")].index('"1\\n"') + 1
    notebook.write_text(stored.replace('"1\\n"', '"2\\n"'))
    before = content(done)
    result = CliRunner().invoke(cli.main, ["check"])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "data/datapackage.json: nothing makes it any more",
        "data/processed/a.txt: differs from line 1",
        "data/processed/b.txt: is made, but is not on file",
        "data/processed/orphan.txt: nothing makes it any more",
        f"notebooks/01_a.ipynb: differs from line {line}",
    ]
    assert content(done) == before


def test_a_run_that_fails_is_a_difference(done):
    write_notebook(done, "02_b", "1 / 0")
    assert check.check() == [
        "the run failed; what it says stands above",
        "data/processed/b.txt: nothing makes it any more",
    ]
