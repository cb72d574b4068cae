"""Running notebooks: order, what a change reaches, failures, interruptions. Toy notebooks."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from filings import cli, notebook, nursery, paths, run, trace
from toy import Nursery, content, copy_library, write_notebook

TOTAL = "from pathlib import Path\ndata = Path('../data')\n"


def make_three(root: Path) -> None:
    """01 sums the raw numbers, 02 reads the sum, 03 uses a library module and nothing else."""
    write_notebook(
        root,
        "01_make",
        TOTAL + "total = sum(map(int, (data / 'raw/numbers.txt').read_text().split()))",
        "_ = (data / 'processed/total.txt').write_text(str(total))",
    )
    write_notebook(root, "02_use", TOTAL + "print((data / 'processed/total.txt').read_text())")
    write_notebook(root, "03_alone", "import sys\nsys.path.insert(0, '../lib')\nimport toy")
    (root / "lib/toy.py").write_text("VALUE = 1\n")
    (root / "lib/idle.py").write_text("VALUE = 1\n")


def ran(capsys) -> set[str]:
    """The notebooks that the run printed a time for."""
    lines = capsys.readouterr().out.splitlines()
    return {line.split()[0][:2] for line in lines if line.endswith(" s")}


def test_only_what_a_change_reaches_runs_again(project, capsys):
    make_three(project)
    assert run.run()
    assert ran(capsys) == {"01", "02", "03"}
    first = content(project)
    assert first["data/processed/total.txt"] == b"3"

    assert run.run()
    assert ran(capsys) == set()

    (project / "data/raw/numbers.txt").write_text("2 1")  # the same sum: 02 need not know
    (project / "lib/idle.py").write_text("VALUE = 2\n")
    assert run.run()
    assert ran(capsys) == {"01"}

    (project / "data/raw/numbers.txt").write_text("2 5")
    (project / "lib/toy.py").write_text("VALUE = 2\n")
    assert run.run()
    assert ran(capsys) == {"01", "02", "03"}
    assert (project / "data/processed/total.txt").read_text() == "7"

    (project / "data/processed/total.txt").unlink()
    assert run.run(["02"])
    assert ran(capsys) == {"01"}

    (project / "data/raw/numbers.txt").write_text("1 2")
    (project / "lib/idle.py").write_text("VALUE = 1\n")
    (project / "lib/toy.py").write_text("VALUE = 1\n")
    assert run.run(force=True)
    assert ran(capsys) == {"01", "02", "03"}
    assert content(project) == first


def test_a_failure_shows_its_cell_and_leaves_the_last_good_files(project, capsys):
    make_three(project)
    assert run.run()
    good = content(project)
    path = write_notebook(
        project,
        "01_make",
        "print('so far')",
        TOTAL + "_ = (data / 'processed/total.txt').write_text('half')\n"
        "_ = (data / 'processed/new.txt').write_text('half')",
        "1 / 0",
    )
    edited = path.read_bytes()
    (project / "lib/toy.py").write_text("VALUE = 3\n")
    capsys.readouterr()
    assert not run.run()
    said = capsys.readouterr().out
    assert "failed in cell [3]:\n\n1 / 0" in said and "ZeroDivisionError" in said
    assert "02_use    not run: it needs 01_make" in said
    assert path.read_bytes() == edited
    after = content(project)
    unaffected = set(good) - {"notebooks/01_make.ipynb", "lib/toy.py"}
    assert set(after) == set(good)
    assert all(after[name] == good[name] for name in unaffected)
    partial = nbformat.read(paths.FAILED / "01_make.ipynb", as_version=4)
    (begun,) = [cell for cell in partial.cells if cell.source == "print('so far')"]
    assert begun.outputs[0].text == "so far\n"
    assert json.loads((paths.RUNS / "03_alone.json").read_text())["inputs"][
        "lib/toy.py"
    ] == paths.fingerprint(project / "lib/toy.py")


def test_cases_come_from_the_template_by_parameter(project, monkeypatch, capsys):
    monkeypatch.setattr(run, "TEMPLATE", "04_place")
    write_notebook(project, "04_place", "place = '娄底'", "print(place)", parameters=True)
    assert run.run(["cases/成都"], places=["成都"])
    case = project / "notebooks/cases/成都.ipynb"
    first = case.read_bytes()
    cells = nbformat.reads(first.decode(), as_version=4).cells
    assert [cell.id for cell in cells].count("injected-parameters") == 1
    assert cells[-1].outputs[0].text == "成都\n"
    assert run.run(force=True)
    assert case.read_bytes() == first
    assert len(run.jobs()) == 2


def test_a_misspelt_parameter_is_refused(project):
    path = write_notebook(project, "04_place", "place = '娄底'", parameters=True)
    before = content(project)
    with pytest.raises(notebook.UnknownParameterError, match="no parameter 'palce'; it has: place"):
        notebook.execute(path, path, {"palce": "成都"})
    assert content(project) == before


def test_reading_what_another_writes_must_be_declared(project, monkeypatch):
    monkeypatch.setattr(run, "AFTER", {})
    (project / "data/processed/total.txt").write_text("0")
    make_three(project)
    with pytest.raises(run.WrongOrderError, match=r"02_use reads data/processed/total\.txt"):
        run.run(["01", "02"])


def test_a_file_several_notebooks_add_to_stays_current(project, monkeypatch, capsys):
    add = (
        "from pathlib import Path\nfile = Path('../data/processed/list.txt')\n"
        "old = file.read_text() if file.exists() else ''\n"
        "new = ''.join(sorted({*old, LETTER}))\n"
        "if new != old:\n    _ = file.write_text(new)"
    )
    monkeypatch.setattr(run, "AFTER", {"02_b": ("01_a",)})
    write_notebook(project, "01_a", "LETTER = 'a'", add)
    write_notebook(project, "02_b", "LETTER = 'b'", add)
    assert run.run()
    assert (project / "data/processed/list.txt").read_text() == "ab"
    capsys.readouterr()
    assert run.run()
    assert ran(capsys) == set()
    assert run.run(force=True)  # now neither writes
    assert ran(capsys) == {"01", "02"}
    write_notebook(project, "02_b", "LETTER = 'c'", add)
    assert run.run()
    assert ran(capsys) == {"02"}
    assert (project / "data/processed/list.txt").read_text() == "abc"
    assert run.run()
    assert ran(capsys) == set()


def test_notebooks_hold_nothing_that_passes(project):
    path = write_notebook(project, "01_a", "print(1)", "print(2, end='')\nprint(3)")
    record = notebook.execute(path, path)
    written = nbformat.read(path, as_version=4)
    assert set(written.metadata) == {"kernelspec", "language_info"}
    assert written.metadata.kernelspec.name == "python3"
    assert "version" not in written.metadata.language_info
    assert all(cell.metadata == {} for cell in written.cells)
    assert [cell.execution_count for cell in written.cells[1:]] == [1, 2]
    assert record["outputs"] == {"notebooks/01_a.ipynb": paths.fingerprint(path)}


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_forked_kernels_give_the_same_bytes_as_ordinary_ones(project, monkeypatch, capsys):
    write_notebook(
        project,
        "01_a",
        "import os, sys\nimport pandas as pd\nimport matplotlib.pyplot as plt",
        "print(sys.argv[0], os.getcwd(), sys.path, sorted(globals()))",
        "print(plt.get_backend(), plt.rcParams['figure.figsize'], plt.rcParams['figure.dpi'])\n"
        "plt.plot([1, 3, 2])\nplt.show()",
        "pd.DataFrame({'a': [1, 2]})",
        "import subprocess\nprint(subprocess.run(['echo', 'child'], capture_output=True).stdout)",
        "os.system('echo from below')\n_ = os.write(1, b'straight out\\n')",
        "import numpy as np\nnp.linalg.svd(np.arange(250_000.0).reshape(500, 500))[1][:2].round(6)",
        "from ipykernel.connect import get_connection_info\n"
        "print('sockets that are files:', 'ipc' in get_connection_info())",
    )
    monkeypatch.setattr(nursery, "Nursery", Nursery)
    monkeypatch.setenv("MPLBACKEND", "agg")  # as where scripts draw without a screen
    assert run.run()
    forked = content(project)
    monkeypatch.setattr(run._Runner, "_open", lambda self: None)
    assert run.run(force=True)
    assert content(project) == forked
    assert b"image/png" in forked["notebooks/01_a.ipynb"]
    assert b"sockets that are files: True" in forked["notebooks/01_a.ipynb"]


# ------------------------------------------------- whole processes: signals, two runs at once


def start_run(root: Path) -> subprocess.Popen:
    """``filings run`` on a copy of the library, as a process of its own."""
    copy_library()
    return subprocess.Popen(
        [sys.executable, "-m", "filings", "run"],
        env={**os.environ, "PYTHONPATH": str(root / "lib")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell that starts the tests in the background lets them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.fixture
def slow(project):
    """A project whose only notebook overwrites a file, tells its process, and takes its time."""
    (project / "data/processed/total.txt").write_text("good")
    write_notebook(
        project,
        "01_slow",
        "import os, time\nfrom pathlib import Path",
        "_ = Path('../data/processed/total.txt').write_text('half')",
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


@pytest.mark.skipif(os.name == "nt", reason="signals as Linux and macOS have them")
@pytest.mark.parametrize("sign", ["SIGINT", "SIGTERM"])
def test_breaking_off_leaves_nothing_half_written_and_no_kernel(slow, sign):
    before = content(slow)
    running = start_run(slow)
    kernel = kernel_of(slow)
    assert (slow / "data/processed/total.txt").read_text() == "half"
    running.send_signal(getattr(signal, sign))
    running.communicate(timeout=20)
    assert running.returncode not in (0, None)
    assert not lives(kernel)
    (slow / ".pid").unlink()
    shutil.rmtree(slow / "lib/filings")
    assert content(slow) == before


@pytest.mark.skipif(os.name == "nt", reason="signals as Linux and macOS have them")
def test_a_killed_run_is_put_right_by_the_next(slow):
    running = start_run(slow)
    kernel = kernel_of(slow)
    running.kill()
    running.communicate()
    for _ in range(100):  # a kernel looks for its parent once a second
        if not lives(kernel):
            break
        time.sleep(0.1)
    assert not lives(kernel)
    trace.restore(slow, slow / ".cache/underway/01_slow")
    assert (slow / "data/processed/total.txt").read_text() == "good"


def test_two_runs_at_once_do_not_harm_each_other(slow):
    (slow / "quick").write_text("")
    said = [running.communicate(timeout=60)[0] for running in (start_run(slow), start_run(slow))]
    assert sorted(line.split()[-1] for line in said) == ["s", "unchanged"]


# ------------------------------------------------- the journal and the files, without a kernel


def test_the_journal_tells_reads_from_writes_and_undoes(tmp_path):
    root, folder = tmp_path / "root", tmp_path / "journal"
    (root / "data/raw").mkdir(parents=True)
    folder.mkdir()
    for name in ("read", "changed", "removed", "both"):
        (root / name).write_text("old")
    journal = trace.Journal(root, folder)
    reading, writing = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    journal.event("open", (str(root / "read"), "r", reading))
    journal.event("open", (str(root / "both"), "r", reading))
    journal.event("open", (str(root / "absent"), "r", reading))
    journal.event("open", (3, "r", reading))
    journal.event("open", (str(tmp_path / "elsewhere"), "w", writing))
    journal.event("open", (str(root / ".cache/x"), "w", writing))
    for name in ("changed", "both", "made"):
        journal.event("open", (bytes(root / name), "w", writing))
        (root / name).write_text("new")
    journal.event("os.remove", (str(root / "removed"), -1))
    (root / "removed").unlink()
    journal.event("open", (str(root / "made"), "r", reading))
    journal.event("os.listdir", (str(root / "data/raw"),))
    journal.event("os.listdir", (str(root),))
    assert set(journal.reads) == {"read", "absent", "data/raw"}
    assert journal.reads["absent"] == "missing"
    assert journal.writes == {"changed": False, "both": True, "made": False, "removed": False}
    trace.restore(root, folder)
    now = {path.name: path.read_text() for path in root.iterdir() if path.is_file()}
    assert now == {"read": "old", "changed": "old", "removed": "old", "both": "new"}
    assert not folder.exists()


def test_a_folder_counts_with_the_content_of_its_files(tmp_path):
    (tmp_path / "a").write_text("1")
    (tmp_path / "inner").mkdir()
    first = paths.fingerprint(tmp_path)
    (tmp_path / "inner/deep").write_text("1")
    assert paths.fingerprint(tmp_path) == first
    (tmp_path / "a").write_text("2")
    assert paths.fingerprint(tmp_path) != first
    (tmp_path / "a").write_text("1")
    assert paths.fingerprint(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "b")
    assert paths.fingerprint(tmp_path) != first


def test_a_file_that_cannot_be_written_keeps_its_content(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    paths.write(path, b"old")

    def break_off(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", break_off)
    with pytest.raises(KeyboardInterrupt):
        paths.write(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == b"old"


# ------------------------------------------------- the command line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "99"], "no notebook '99'; there are: 01_make"),
        (["run", "--fast"], "No such option"),
        (["nonsense"], "No such command"),
        (["--nonsense"], "No such option"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(project, arguments, says):
    write_notebook(project, "01_make", "1")
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 2
    assert says in result.stderr and result.stderr.count("\n") == 1 and not result.stdout
