"""The library's types, and that its docstrings say what its signatures have."""

import importlib
import inspect
import subprocess
import sys

import pytest
from filings import paths
from numpydoc.validate import validate

ROOMS = ("bounds", "claims", "figures", "ledger", "likely", "lists")
ALONE = ("answers", "cases", "convergence", "measures", "places", "words")


def public():
    """Functions that rooms export, and those of modules that are rooms of their own."""
    for room in (*ROOMS, *ALONE):
        module = importlib.import_module(f"filings.{room}")
        for name in getattr(module, "__all__", [n for n in vars(module) if n[0] != "_"]):
            found = getattr(module, name)
            if inspect.isfunction(found) and found.__module__.startswith("filings."):
                yield f"filings.{room}.{name}"


def test_the_type_checker_has_nothing_to_say():
    cache = ("--cache-dir", str(paths.CACHE / "mypy"))
    asked = [sys.executable, "-m", "mypy", "--no-error-summary", *cache]
    said = subprocess.run(asked, cwd=paths.ROOT, capture_output=True, text=True)
    assert said.stdout + said.stderr == ""


@pytest.mark.parametrize("name", list(public()))
def test_parameters_in_a_docstring_are_those_of_the_function(name):
    found = validate(name)
    # PR02, PR03: parameters that it does not have, or in another order; PR01: some left out.
    refused = {"PR02", "PR03"} | ({"PR01"} if "Parameters\n" in found["docstring"] else set())
    assert not refused & {code for code, _ in found["errors"]}
