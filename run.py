#!/usr/bin/env python3
"""Rerun everything, with nothing but Python 3.11 or newer.

python3 run.py        run the notebooks that a change can reach; data and figures follow
python3 run.py test   run every test, the notebooks included
python3 run.py site   build site/, to read without running: open site/index.html

The first call makes the environment in .venv; later calls keep it until the pins change.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "made-by-run.txt"
OLDEST = (3, 11)
CORES = str(os.cpu_count() or 1)
COMMANDS = {
    "": ["filings", "run"],
    "site": ["filings", "site"],
    # A notebook's cells stay with one worker, in order; the longest scopes come first.
    "test": [
        *("pytest", "--nbval", "-q", "-n", CORES),
        *("--dist", "loadscope", "--no-loadscope-reorder"),
    ],
}


def main(arguments):
    """Do what the command line asks."""
    name = " ".join(arguments)
    if name in ("-h", "--help"):
        print(__doc__.strip())
        return
    if name not in COMMANDS:
        known = ", ".join(f"python3 run.py {name}".rstrip() for name in COMMANDS)
        refuse(f"unknown argument {name!r}; there is: {known}")
    if sys.version_info < OLDEST:
        start_again()
    if wanted() != made():
        with alone():
            if wanted() != made():
                make()
    os.chdir(ROOT)
    environment = spelling()
    command = [str(PYTHON), "-m", *COMMANDS[name]]
    if os.name == "nt":
        sys.exit(subprocess.call(command, env=environment))
    # So that Ctrl-C reaches the command and nothing in between.
    os.execve(command[0], command, environment)


def spelling():
    """The environment, in which a folder's name may hold letters that the terminal's lacks."""
    plain = os.environ.get("LC_ALL") in ("C", "POSIX")
    return {**os.environ, "PYTHONUTF8": "1", **({"LC_ALL": "C.UTF-8"} if plain else {})}


def refuse(reason):
    """End with one line and exit code 2."""
    print(f"run.py: {reason}", file=sys.stderr)
    sys.exit(2)


def start_again():
    """Under a Python that is new enough, if one is here or uv can fetch one."""
    here = [f"python3.{minor}" for minor in range(13, OLDEST[1] - 1, -1)]
    found = next(filter(None, map(shutil.which, here)), None)
    uv = shutil.which("uv")
    if uv and not found:
        asked = [uv, "python", "find", ".".join(map(str, OLDEST))]
        subprocess.call([uv, "python", "install", "--quiet", asked[-1]])
        found = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    if not found:
        this, oldest = sys.version.split()[0], ".".join(map(str, OLDEST))
        refuse(f"Python {oldest} or newer is needed; this is {this}, and no newer one is here")
    sys.exit(subprocess.call([found, __file__, *sys.argv[1:]]))


@contextmanager
def alone():
    """Wait until no other process makes the environment; the lock ends with the process."""
    (ROOT / ".cache").mkdir(exist_ok=True)
    path = ROOT / ".cache/environment.lock"
    with closing(sqlite3.connect(path, timeout=3600, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def wanted():
    """What the environment depends on: pins, Python, and the folder, whose name is in it."""
    pins = (ROOT / "requirements.txt").read_bytes()
    return hashlib.sha256(pins + sys.version.encode() + os.fsencode(ROOT)).hexdigest()


def made():
    """What the environment was made from; empty if it is missing or was never finished."""
    return STAMP.read_text() if STAMP.exists() and PYTHON.exists() else ""


def make():
    """Make .venv anew. The stamp comes last, so that an interrupted one is made again."""
    print("run.py: making the environment in .venv (once, about a minute)", flush=True)
    uv = shutil.which("uv")
    call(sys.executable, "-m", "venv", "--clear", *(["--without-pip"] if uv else []), VENV)
    # The folder is named by a dot, as its name may hold what an address must not.
    call(*installer(uv), "-r", "requirements.txt", "-e", ".")
    STAMP.write_text(wanted())


def installer(uv):
    """uv where it can be had (three times as fast), else pip."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not uv and subprocess.call([*pip, "uv"], stderr=subprocess.DEVNULL) == 0:
        uv = PYTHON.with_name("uv")
    if not uv:
        return pip
    return [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON]


def call(*command):
    """Run a command in the repository's folder; if it fails, end here: it has said why."""
    if subprocess.call([str(part) for part in command], cwd=ROOT, env=spelling()) != 0:
        refuse("the environment could not be made; what failed stands above")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, sqlite3.Error) as error:
        refuse(f"{error}; the environment lies in the repository's folder, which must be writable")
    except KeyboardInterrupt:
        sys.exit(130)
