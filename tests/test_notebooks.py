"""Every notebook as committed: executed whole and in order, clean, and free of this machine.

That its outputs are what its cells give is nbval's to say: ``python3 run.py test`` runs it.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from filings import paths
from filings.notebook.outputs import said
from filings.site.notebook import title
from toy import start, write_notebook

NOTEBOOKS = sorted(paths.NOTEBOOKS.rglob("*.ipynb"))
each_notebook = pytest.mark.parametrize(
    "notebook",
    [nbformat.read(path, as_version=4) for path in NOTEBOOKS],
    ids=[path.relative_to(paths.NOTEBOOKS).as_posix() for path in NOTEBOOKS],
)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code(notebook) for output in cell.outputs]


def test_the_notebooks_are_there():
    assert [path.name[:2] for path in NOTEBOOKS if path.parent == paths.NOTEBOOKS] == [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "07",
    ]


@each_notebook
def test_it_is_valid_and_each_cell_has_its_own_id(notebook):
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


@each_notebook
def test_it_opens_with_the_stock_kernel(notebook):
    assert notebook.metadata.kernelspec.name == "python3"


@each_notebook
def test_it_begins_with_its_title(notebook):
    """Its heading comes first, or is what its first cell of code says; in both languages."""
    first = notebook.cells[0]
    if first.cell_type == "markdown":
        assert re.match(r"# \S.* · \S", first.source)
    else:
        assert first.metadata.tags == ["parameters"]
        english, chinese = (title(notebook, lang) for lang in ("en", "zh"))
        assert chinese in english


def shown(notebook):
    """What a reader sees that the code printed: text, tables and their heads."""
    for output in outputs(notebook):
        data = output.get("data", {})
        yield from (data[kind] for kind in ("text/markdown", "text/html") if kind in data)
        if "text" in output:
            yield output["text"]


@each_notebook
def test_nothing_is_a_code_for_a_reader(notebook):
    """No ids of statements or sources, no names of code, no truth values, nothing cut short."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for text in (*texts, *shown(notebook)):
        plain = re.sub(r"`[^`]*`|\$[^$]*\$|https?://[^\s)\"<]+|\]\([^)]*\)|<[^>]*>", " ", text)
        found = re.findall(
            r"\b[CDST]\d{2,3}\b|\b[a-z]+_[a-z_]+\b|\bTrue\b|\bFalse\b|\bNaN\b", plain
        )
        assert found == [], (found, text[:300])


@each_notebook
def test_the_answer_is_on_the_first_screen(notebook):
    """The first cell that computes is short, and says the answer in both languages."""
    first = next(c for c in code(notebook) if "parameters" not in c.metadata.get("tags", []) and
                 "injected-parameters" not in c.metadata.get("tags", []))  # fmt: skip
    assert len(first.source.splitlines()) <= 7
    assert any(said(output.get("data", {}), "zh") for output in first.outputs)


@each_notebook
def test_every_cell_was_executed_in_order(notebook):
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_error_and_no_warning_is_stored(notebook):
    for output in outputs(notebook):
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text


@each_notebook
def test_outputs_hold_nothing_that_changes_from_run_to_run(notebook):
    for output in outputs(notebook):
        shown = str(output.get("text") or output.get("data", {}).get("text/plain", ""))
        assert not re.search(r" at 0x[0-9a-f]+>", shown), shown
        assert "image/svg+xml" not in output.get("data", {})
        assert 'id="T_' not in output.get("data", {}).get("text/html", "")


@each_notebook
def test_it_names_no_folder_of_a_machine(notebook):
    """Paths come from ``filings.paths``: nbval, papermill and JupyterLab start elsewhere."""
    for cell in notebook.cells:
        assert not re.search(
            r"(?<!\]\()\.\./|(?<![\w.])/(home|root|tmp|work|Users|usr)/", cell.source
        )
    for output in outputs(notebook):
        assert str(paths.ROOT) not in str(output)


@each_notebook
def test_it_keeps_out_of_the_network_and_of_global_settings(notebook):
    forbidden = r"filterwarnings|simplefilter|autoreload|urllib|requests|https?\.client|%pip|!pip"
    for cell in code(notebook):
        assert not re.search(forbidden, cell.source), cell.source


@each_notebook
def test_it_holds_no_time_of_its_run(notebook):
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert not {"papermill", "execution", "ExecuteTime"} & set(cell.metadata)


def test_nbval_compares_texts_and_pictures(project):
    """What ``python3 run.py test`` relies on: a changed text fails, and so does a picture."""
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    path = write_notebook(project, "01_made", "print('text')", figure, "print('text')", figure)
    assert start(project, "run").communicate(timeout=60)[0]
    notebook = nbformat.read(path, as_version=4)
    text, picture = (cell.outputs[0] for cell in notebook.cells[3:])
    text.text = "other\n"
    picture.data["image/png"] = picture.data["image/png"].replace("A", "B", 1)
    nbformat.write(notebook, path)
    for name in ("conftest.py", "toy.py"):
        shutil.copy(Path(__file__).with_name(name), project)
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "notebooks"], cwd=project, capture_output=True, text=True)
    failed = re.findall(r"^FAILED notebooks/01_made\.ipynb::(Cell \d)", done.stdout, flags=re.M)
    assert failed == ["Cell 2", "Cell 3"], done.stdout
