"""A real browser for tests, or the reason why there is none."""

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from filings import paths
from selenium import webdriver

AXE = paths.CACHE / "axe/node_modules/axe-core/axe.min.js"
_CI = (paths.ROOT / ".ci/run").read_text("utf-8")
_FLAGS = (
    "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
    "disable-background-networking", "disable-component-update", "disable-sync",
    "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def missing(what: str, word: str) -> None:
    """Skip, and say how to install it; where .ci/run should have, that is a failure."""
    how = re.search(rf"^.*{word}.*$", _CI, flags=re.M)[0].strip()
    say = pytest.fail if os.environ.get("CI") else pytest.skip
    say(f"{what} is missing; to install it: {how}")


@contextmanager
def browser():
    """Chromium without a window, with an empty profile, that notes what pages ask for and log."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        missing("Chromium or its driver", "chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*_FLAGS, f"user-data-dir={profile}"):
            options.add_argument(f"--{flag}")
        opened = webdriver.Chrome(options, webdriver.ChromeService(driver))
        try:
            opened.get("about:blank")
            for log in ("browser", "performance"):  # of the page it starts with
                opened.get_log(log)
            yield opened
        finally:
            opened.quit()


def axe() -> str:
    """The script of axe-core, which finds what shuts people out."""
    if not AXE.exists():
        missing("axe-core", "axe-core@")
    return Path(AXE).read_text("utf-8")
