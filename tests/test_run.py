"""Running notebooks: order, what a change reaches, failures, interruptions. Toy notebooks."""

import importlib.util
import os
import re
import shutil
import signal
import time
from pathlib import Path

import nbformat
import pytest
from filings import paths
from filings.notebook.execute import UnknownParameterError, execute
from toy import content, make_project, start, write_notebook

DATA = "from pathlib import Path\ndata = Path('../data')\n"


def make_three(root: Path) -> None:
    """01 sums the raw numbers, 02 reads the sum, 06 uses a module of the library."""
    write_notebook(
        root,
        "01_ingestion",
        DATA + "total = sum(map(int, (data / 'raw/numbers.txt').read_text().split()))",
        "_ = (data / 'processed/cells.csv').write_text(str(total))\n"
        "_ = (data / 'processed/statements.csv').write_text('')",
    )
    write_notebook(
        root,
        "02_regional_concentration",
        DATA + "print((data / 'processed/cells.csv').read_text())",
        "_ = (data / 'processed/measures.csv').write_text('')",
    )
    write_notebook(root, "06_appendix", "from filings import measures")


def ran(root: Path, *arguments: str) -> set[str]:
    """The notebooks that a run executed, all told by the first two signs of their names."""
    running = start(root, *(arguments if arguments[:1] == ("case",) else ("run", *arguments)))
    said = running.communicate(timeout=120)[0]
    assert running.returncode == 0, said
    told = re.findall(r"^(?:cases/)?(\S\S)\S*  +(.*)$", said, re.MULTILINE)
    return {name for name, what in told if re.fullmatch(r"[\d.]+ s", what)}


def test_only_what_a_change_reaches_runs_again(project):
    make_three(project)
    assert ran(project) == {"01", "02", "06"}
    first = content(project)
    assert first["data/processed/cells.csv"] == b"3"

    (project / "data/processed/cells.csv").unlink()
    assert ran(project, "02") == {"01"}  # the same sum: 02 need not know
    assert ran(project) == set()
    library = project / "lib/filings"
    for module in ("cli.py", "measures.py"):  # no notebook imports the first
        with (library / module).open("a") as file:
            file.write("# changed\n")
    path = project / "notebooks/01_ingestion.ipynb"
    path.write_text(path.read_text() + "\n")
    assert ran(project) == {"01", "06"}
    assert content(project) == first

    (project / "data/raw/numbers.txt").write_text("2 5")
    assert ran(project, "02") == {"01", "02"}
    assert (project / "data/processed/cells.csv").read_text() == "7"


def test_whatever_lies_in_the_cache_a_run_works(project):
    def leave(text: bytes) -> None:
        for name in ("runs.json", "run.lock", "figures.lock"):
            (project / ".cache" / name).write_bytes(text)

    (project / ".cache").mkdir()
    for text in (b"", b"no database"):
        leave(text)
        assert ran(project) == set()
    write_notebook(project, "01_ingestion", "print(1)")
    assert ran(project) == {"01"}
    leave(b'{"notebook:01_in')
    assert ran(project) == {"01"}
    assert ran(project) == set()


def test_copies_are_passed_over_and_pictures_stay_where_scripts_draw_without_a_screen(
    project, monkeypatch
):
    monkeypatch.setenv("MPLBACKEND", "agg")
    write_notebook(project, "01_ingestion", "import matplotlib.pyplot as plt\nplt.plot([1, 3])")
    write_notebook(project, "cases/海南-Copy1", "1 / 0")
    write_notebook(project, "Untitled", "1 / 0")
    running = start(project, "run")
    said = running.communicate(timeout=60)[0]
    assert running.returncode == 0, said
    assert "passed over: notebooks/cases/海南-Copy1.ipynb" in said
    assert "passed over: notebooks/Untitled.ipynb" in said
    assert "image/png" in (project / "notebooks/01_ingestion.ipynb").read_text()


def test_a_failure_shows_its_cell_and_leaves_the_last_good_files(project):
    make_three(project)
    (project / "notebooks/06_appendix.ipynb").unlink()
    assert ran(project) == {"01", "02"}
    good = content(project)
    path = write_notebook(
        project,
        "01_ingestion",
        "print('so far')",
        DATA + "_ = (data / 'processed/cells.csv').write_text('half')\n"
        "_ = (data / 'processed/statements.csv').write_text('half')",
        "1 / 0",
    )
    edited = path.read_bytes()
    running = start(project, "run")
    said = running.communicate(timeout=60)[0]
    assert running.returncode != 0
    assert "failed in cell [3]:\n\n1 / 0" in said and "ZeroDivisionError" in said
    assert "02_regional_concentration  not run: it needs 01_ingestion" in said
    assert content(project) == good | {"notebooks/01_ingestion.ipynb": edited}
    partial = nbformat.read(project / ".cache/failed/01_ingestion.ipynb", as_version=4)
    (begun,) = [cell for cell in partial.cells if cell.source == "print('so far')"]
    assert begun.outputs[0].text == "so far\n"


def test_a_failure_leaves_the_last_good_figure(project):
    """The picture, its numbers and its entry in the manifest."""
    from filings import figures

    name = next(iter(figures.manifest()))
    (csv,) = [path for path in figures.files([name]) if path.suffix == ".csv"]
    before, entries = csv.read_bytes(), figures.manifest()
    with pytest.raises(ZeroDivisionError), figures.kept([name]):
        paths.write(csv, b"half")
        raise ZeroDivisionError
    assert csv.read_bytes() == before and figures.manifest() == entries


def test_cases_come_from_the_template_by_parameter_and_keep_their_language(project):
    write_notebook(project, "04_case_study", "place = '娄底'\nlang = 'en'", "print(place, lang)",
                   parameters=True)  # fmt: skip
    shutil.copytree(paths.REFERENCE, project / "data/reference", dirs_exist_ok=True)
    path, known = project / "notebooks/cases/成都.ipynb", {}
    for arguments, reached, lang in (
        (["case", "成都", "--lang", "zh"], {"04", "成都"}, "zh"),
        (["--force", "cases/成都"], {"成都"}, "zh"),
        (["case", "成都", "--lang", "en"], {"成都"}, "en"),
        ([], set(), "en"),
    ):
        assert ran(project, *arguments) == reached
        cells = nbformat.read(path, as_version=4).cells
        assert [cell.id for cell in cells].count("injected-parameters") == 1
        assert cells[-1].outputs[0].text == f"成都 {lang}\n"
        assert known.setdefault(lang, path.read_bytes()) == path.read_bytes()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A toy repository that ``filings.paths`` names in this process."""
    root = make_project(tmp_path / "project")
    for name, path in list(vars(paths).items()):
        if isinstance(path, Path) and path.is_relative_to(paths.ROOT) and name != "ROOT":
            monkeypatch.setattr(paths, name, root / path.relative_to(paths.ROOT))
    monkeypatch.setattr(paths, "ROOT", root)
    return root


def test_a_misspelt_parameter_is_refused(here):
    path = write_notebook(here, "04_case_study", "place = '娄底'", parameters=True)
    before = content(here)
    with pytest.raises(UnknownParameterError, match="no parameter 'palce'; it has: place"):
        execute(path, path, {"palce": "成都"})
    assert content(here) == before


def test_notebooks_hold_nothing_that_passes(here, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    path = write_notebook(here, "01_a", "print(1)", "print(2, end='')\nprint(3)")
    assert execute(path, path) == [path]
    written = nbformat.read(path, as_version=4)
    assert set(written.metadata) == {"kernelspec", "language_info"}
    assert written.metadata.kernelspec.name == "python3"
    assert "version" not in written.metadata.language_info
    assert all(cell.metadata == {} for cell in written.cells)
    assert [cell.execution_count for cell in written.cells[1:]] == [1, 2]


# ------------------------------------------------- what the real notebooks depend on


@pytest.fixture(scope="module")
def graph():
    spec = importlib.util.spec_from_file_location("dodo", paths.ROOT / "dodo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_a_notebook_reads_and_writes_in_processed_is_declared(graph):
    """Every file there has one writer, and who names a file in a cell is said to read it."""
    made = [file for files in graph.WRITES.values() for file in files]
    assert sorted(made) == sorted(path.name for path in paths.PROCESSED.glob("*.csv"))
    names = {"USED_STATEMENTS": "statements.csv", "AUDIT": "audit.csv"}
    for name, path in graph.notebooks().items():
        cells = nbformat.read(path, as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        for constant, file in names.items():
            code = code.replace(f"paths.{constant}", f'"{file}"')
        named = {file for file in made if f'"{file}"' in code}
        assert named <= {*graph.WRITES.get(name, ()), *graph.READS.get(name, graph.USUAL)}, name


def test_the_modules_a_notebook_depends_on_are_those_python_loads(graph, tmp_path):
    book = write_notebook(make_project(tmp_path / "p"), "01_a", "from filings import lists, words")
    found = {path.relative_to(paths.LIBRARY).as_posix() for path in graph.modules(book)}
    assert {"lists/entries.py", "lists/__init__.py", "words.py", "paths.py"} <= found
    assert not {"cli.py", "notebook/runner.py", "convergence.py"} & found


# ------------------------------------------------- whole processes: signals, two runs at once


def lives(process: int) -> bool:
    """Whether there is such a process, not counting one that only waits to be collected."""
    stat = Path(f"/proc/{process}/stat")
    if stat.parent.parent.joinpath("self").exists():
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def gone(process: int) -> bool:
    """Whether it ends within some seconds: a kernel looks for its parent once a second."""
    for _ in range(100):
        if not lives(process):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def slow(project):
    """A project whose only notebook overwrites a file, tells its process, and takes its time."""
    (project / "data/processed/cells.csv").write_text("good")
    write_notebook(
        project,
        "01_ingestion",
        "import os, time\nfrom pathlib import Path",
        "_ = Path('../data/processed/cells.csv').write_text('half')",
        "if not Path('../quick').exists():\n"
        "    _ = Path('../.pid').write_text(str(os.getpid()))\n"
        "    time.sleep(60)",
    )
    return project


def kernel_of(root: Path) -> int:
    """The process of the kernel, once it has come to the slow cell."""
    for _ in range(600):
        if (root / ".pid").exists() and (root / ".pid").read_text():
            return int((root / ".pid").read_text())
        time.sleep(0.05)
    raise TimeoutError("the kernel never came to its slow cell")


@pytest.mark.skipif(os.name == "nt", reason="signals as Linux and macOS have them")
def test_breaking_off_leaves_nothing_half_written_and_no_kernel(slow):
    before = content(slow)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        running = start(slow, "run")
        kernel = kernel_of(slow)
        assert (slow / "data/processed/cells.csv").read_text() == "half"
        if sign == signal.SIGINT:  # a terminal sends it to the whole group
            os.killpg(running.pid, sign)
        else:
            running.send_signal(sign)
        running.communicate(timeout=20)
        assert running.returncode not in (0, None)
        assert gone(kernel)
        (slow / ".pid").unlink()
        for _ in range(50):
            if content(slow) == before:
                break
            time.sleep(0.1)
        assert content(slow) == before, sign
    (slow / "quick").write_text("")
    assert ran(slow) == {"01"}


def test_two_runs_at_once_do_not_harm_each_other(slow):
    (slow / "quick").write_text("")
    said = [
        running.communicate(timeout=60)[0] for running in (start(slow, "run"), start(slow, "run"))
    ]
    assert sorted(line.split()[-1] for line in said) == ["s", "unchanged"], said


def test_where_nothing_can_be_written_the_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *asked: False)
    with pytest.raises(OSError, match="nothing can be written"), paths.lock(tmp_path / "a.lock"):
        pass
