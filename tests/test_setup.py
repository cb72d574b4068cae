"""The set-up: one set of packages in three files, and run.py, which installs it."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import yaml
from filings import paths
from packaging.markers import Marker

RUN = paths.ROOT / "run.py"
SETTINGS = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = SETTINGS["project"]


def canonical(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def direct() -> set[str]:
    """The packages that pyproject.toml names."""
    extra = [name for group in SETTINGS["dependency-groups"].values() for name in group]
    return {canonical(re.match(r"[\w.-]+", name)[0]) for name in PROJECT["dependencies"] + extra}


def pins() -> dict[str, str]:
    """Package to version, as requirements.txt pins it for this Python."""
    lines = paths.PINS.read_text("utf-8").splitlines()
    found = {}
    for line in lines:
        pin, _, marker = line.partition(" ; ")
        name, _, version = pin.partition("==")
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin), f"not a plain pin: {line}"
        if not marker or Marker(marker).evaluate():
            found[name] = version
    return found


def test_every_direct_dependency_is_pinned():
    assert direct() <= pins().keys()


def test_conda_installs_the_same():
    environment = yaml.safe_load((paths.ROOT / "environment.yml").read_text("utf-8"))
    assert environment["dependencies"] == [
        "python=3.11",
        "pip",
        {"pip": ["-r requirements.txt", "-e ."]},
    ]
    assert PROJECT["requires-python"].startswith(">=3.11")


def test_binder_takes_environment_yml_at_the_root():
    """repo2docker looks for these first, and then into a folder of its own, if there is one."""
    others = (
        *("Dockerfile", "REQUIRE", "Project.toml", "JuliaProject.toml", "default.nix"),
        *("runtime.txt", "DESCRIPTION", "binder", ".binder"),
    )
    assert [name for name in others if (paths.ROOT / name).exists()] == []
    environment = yaml.safe_load((paths.ROOT / "environment.yml").read_text("utf-8"))
    python, _, pip = environment["dependencies"]
    assert re.fullmatch(r"python=3\.\d+", python)
    # Local references, so the repository is copied before the installer runs at its root.
    assert [line.split() for line in pip["pip"]] == [["-r", paths.PINS.name], ["-e", "."]]
    assert (paths.ROOT / "pyproject.toml").exists()


def test_no_file_of_the_set_up_names_an_address():
    for name in ("requirements.txt", "pyproject.toml", "environment.yml", "run.py", ".ci/run"):
        text = (paths.ROOT / name).read_text("utf-8")
        assert not re.search(r"https?://|--index|--find-links|--hash|@ ", text), name


def test_what_is_installed_is_what_is_pinned():
    installed = {canonical(d.metadata["Name"]): d.version for d in metadata.distributions()}
    here = {name: version for name, version in pins().items() if name in installed}
    assert direct() <= here.keys()
    assert here == {name: installed[name] for name in here}


def imported(code: str) -> set[str]:
    """Top-level modules that a piece of Python imports."""
    tree = ast.parse(code)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def sources() -> dict[str, str]:
    """Every Python file and notebook of the project, with its code."""
    folders = (paths.LIBRARY, paths.ROOT / "tests", paths.NOTEBOOKS)
    files = [path for folder in folders for path in folder.rglob("*.py")]
    code = {path.relative_to(paths.ROOT).as_posix(): path.read_text("utf-8") for path in files}
    for path in paths.NOTEBOOKS.rglob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        code[path.name] = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return code


def test_nothing_is_imported_that_is_not_listed():
    own = {"filings", *(path.stem for path in (paths.ROOT / "tests").rglob("*.py"))}
    provides = metadata.packages_distributions()
    for name, code in sources().items():
        for module in imported(code) - own - sys.stdlib_module_names:
            packages = {canonical(package) for package in provides.get(module, [])}
            assert packages & direct(), f"{name} imports {module}; name it in pyproject.toml"


def test_run_py_needs_nothing_but_the_standard_library():
    assert imported(RUN.read_text("utf-8")) <= sys.stdlib_module_names


# ------------------------------------------------- run.py itself, with a stand-in for uv


@pytest.fixture
def clone(tmp_path):
    """A folder with a space in its name that holds run.py, pins, and a stand-in for uv.

    The stand-in puts a module ``filings`` where the real one would come to lie, which tells how
    it is called, and notes each installation.
    """
    root = tmp_path / "a clone"
    (root / "bin").mkdir(parents=True)
    (root / "run.py").write_text(RUN.read_text("utf-8"), "utf-8")
    (root / "requirements.txt").write_text("click==8.5.1\n")
    uv = root / "bin/uv"
    uv.write_text(
        "#!/bin/sh\n"
        'echo "$@" >> installed.txt\n'
        "[ -e offline ] && exit 1\n"
        "place=$(echo .venv/lib/python3.*/site-packages)/filings\n"
        "mkdir -p $place\n"
        "cat > $place/__main__.py <<'END'\n"
        "import os, sys\n"
        "print('called', sys.argv[1:], os.path.basename(os.getcwd()), flush=True)\n"
        "sys.exit(int(os.environ.get('RESULT', 0)))\n"
        "END\n"
    )
    uv.chmod(0o755)
    return root


def call(root: Path, *arguments: str, cwd: Path | None = None, **environment: str):
    """``python3 run.py`` there, with the stand-in first on the path."""
    return subprocess.run(
        [sys.executable, str(root / "run.py"), *arguments],
        cwd=cwd or root,
        env={**os.environ, "PATH": f"{root / 'bin'}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
    )


def installations(root: Path) -> int:
    record = root / "installed.txt"
    return len(record.read_text().splitlines()) if record.exists() else 0


needs_shell = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@needs_shell
def test_the_environment_is_made_once_and_again_when_pins_or_folder_change(clone, tmp_path):
    first = call(clone)
    assert first.returncode == 0, first.stderr
    assert first.stdout.endswith("called ['run'] a clone\n")
    assert installations(clone) == 1
    (clone / "offline").write_text("")
    assert call(clone, cwd=tmp_path).stdout == "called ['run'] a clone\n"
    (clone / "offline").unlink()
    assert installations(clone) == 1
    (clone / "requirements.txt").write_text("click==8.5.0\n")
    assert call(clone).returncode == 0
    assert installations(clone) == 2
    moved = clone.rename(tmp_path / "moved")
    assert call(moved).stdout.endswith("called ['run'] moved\n")
    assert installations(moved) == 3


@needs_shell
def test_an_interrupted_environment_is_made_again(clone):
    (clone / "offline").write_text("")
    failed = call(clone)
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1 and "Traceback" not in failed.stderr
    (clone / "offline").unlink()
    assert call(clone).returncode == 0
    assert installations(clone) == 2


@needs_shell
def test_two_at_once_make_one_environment(clone):
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(call, [clone, clone]))
    assert [result.returncode for result in results] == [0, 0]
    assert installations(clone) == 1


@needs_shell
def test_the_result_of_the_run_is_the_result_of_run_py(clone):
    assert call(clone, RESULT="1").returncode == 1


@needs_shell
def test_every_command_calls_its_own(clone):
    assert call(clone, "site").stdout.endswith("called ['site'] a clone\n")


def test_an_older_python_says_what_to_do(clone):
    """With a newer one at hand it goes on under that one; with none, one line."""
    text = (clone / "run.py").read_text("utf-8").replace("OLDEST = (3, 11)", "OLDEST = (3, 99)")
    (clone / "run.py").write_text(text, "utf-8")
    (clone / "bin/uv").unlink()
    result = call(clone, PATH=str(clone / "bin"))
    assert result.returncode == 2
    assert re.fullmatch(r"run\.py: Python 3\.99 or newer is needed; this is .*\n", result.stderr)


def test_an_unknown_argument_is_one_line_and_exit_code_2(clone):
    for arguments in (["tset"], ["--fast"], ["test", "now"]):
        result = call(clone, *arguments)
        assert result.returncode == 2 and not result.stdout
        assert result.stderr.count("\n") == 1 and repr(" ".join(arguments)) in result.stderr
    assert not (clone / ".venv").exists()


def test_help_is_shown(clone):
    result = call(clone, "--help")
    assert result.returncode == 0 and "python3 run.py test" in result.stdout
