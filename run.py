#!/usr/bin/env python3
"""Rerun everything, with nothing but Python 3.11.

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
    if wanted() != made():
        with alone():
            if wanted() != made():
                make()
    os.chdir(ROOT)
    command = [str(PYTHON), "-m", *COMMANDS[name]]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)  # so that Ctrl-C reaches the command and nothing in between


def refuse(reason):
    """End with one line and exit code 2."""
    print(f"run.py: {reason}", file=sys.stderr)
    sys.exit(2)


@contextmanager
def alone():
    """Wait until no other process makes the environment; the lock ends with the process."""
    (ROOT / ".cache").mkdir(exist_ok=True)
    with closing(sqlite3.connect(ROOT / ".cache/environment.lock", 3600, 0, None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def wanted():
    """What the environment depends on: the pins, and the folder, whose name is written into it."""
    return hashlib.sha256((ROOT / "requirements.txt").read_bytes() + bytes(ROOT)).hexdigest()


def made():
    """What the environment was made from; empty if it is missing or was never finished."""
    return STAMP.read_text() if STAMP.exists() and PYTHON.exists() else ""


def make():
    """Make .venv anew. The stamp comes last, so that an interrupted one is made again."""
    base = sys.executable if sys.version_info[:2] == (3, 11) else shutil.which("python3.11")
    if not base:
        refuse(f"Python 3.11 is needed; this is {sys.version.split()[0]} and no python3.11 is here")
    print("run.py: making the environment in .venv (once, about a minute)", flush=True)
    uv = shutil.which("uv")
    call(base, "-m", "venv", "--clear", *(["--without-pip"] if uv else []), VENV)
    call(*installer(uv), "-r", ROOT / "requirements.txt", "-e", ROOT)
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
    """Run a command; if it fails, end here: it has said why."""
    if subprocess.call([str(part) for part in command]) != 0:
        refuse("the environment could not be made (see above); is the network there?")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
