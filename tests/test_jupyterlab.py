"""JupyterLab as a person uses it: open a notebook in a browser, run all cells by the menu."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import browser
import nbformat
import pytest
from nbformat.v4 import new_code_cell
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from toy import copy_repository

TOKEN = "read-only-by-this-test"
NOTEBOOK = "cases/云南.ipynb"  # one of the shortest that draws figures
SETTINGS = {
    # Cells out of sight stay on the page too, so that all of them can be looked at.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    # Nothing is asked of the network.
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "fetchNews": "false",
    },
}


@contextmanager
def jupyterlab(root: Path):
    """JupyterLab on a free port of this machine, in that copy of the repository; its address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    config = root / ".jupyter"  # nothing of the person who runs the test
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**os.environ, **{name: str(config / name) for name in folders}}
    environment["PYTHONPATH"] = str(root / "lib")
    settings = config / folders[0] / "labconfig/default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS))
    with (root / "lab.log").open("wb") as log:
        lab = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
                *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"),
            ],
            cwd=root,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            lab.send_signal(signal.SIGTERM)  # it ends its kernels first
            try:
                lab.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(lab.pid, signal.SIGKILL)
                lab.wait()


def answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False


def until(condition, seconds: float, what: str):
    """What the condition gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.2)
    return found


def run_all(chromium) -> None:
    """Run > Run All Cells, by the mouse, once the kernel is there."""
    wait = WebDriverWait(chromium, 60, 0.1)
    wait.until(lambda _: idle(chromium))
    for selector, text in [
        (".lm-MenuBar-itemLabel", "Run"),
        (".lm-Menu-itemLabel", "Run All Cells"),
    ]:
        wait.until(lambda _, at=(selector, text): labelled(chromium, *at)).click()


def idle(chromium) -> bool:
    """Whether a kernel is there and waits, as the bar at the foot of the window says."""
    bars = chromium.find_elements(By.ID, "jp-main-statusbar")
    return any("| Idle" in bar.text for bar in bars)


def labelled(chromium, selector: str, text: str):
    """The element of that kind with that text; None until there is one."""
    elements = chromium.find_elements(By.CSS_SELECTOR, selector)
    return next((element for element in elements if element.text == text), None)


def finished(chromium, cells: int) -> list[str]:
    """The numbers of all code cells as shown, if each was run, or one failed and ended the run."""
    prompts = chromium.find_elements(By.CSS_SELECTOR, ".jp-CodeCell .jp-InputPrompt")
    numbers = [prompt.get_property("textContent") for prompt in prompts]
    ran = len(numbers) == cells and all(re.fullmatch(r"\[\d+\]:", number) for number in numbers)
    ended = idle(chromium) and "[*]:" not in numbers  # a cell's failure shows before its number
    return numbers if ended and (ran or failures(chromium)) else []


def failures(chromium) -> list[str]:
    """The texts of all outputs that are errors or warnings, which JupyterLab marks alike."""
    errors = chromium.find_elements(By.CSS_SELECTOR, "[data-mime-type*='jupyter.stderr']")
    return [error.get_property("textContent") for error in errors]


def prepare(notebook: Path) -> int:
    """Leave the notebook as if it had never been run, with a cell at its end that must fail.

    Says how many cells have code.
    """
    content = nbformat.read(notebook, as_version=4)
    content.cells.append(new_code_cell("1 / 0"))
    cells = [cell for cell in content.cells if cell.cell_type == "code"]
    for cell in cells:
        cell.update(outputs=[], execution_count=None)
    nbformat.write(content, notebook)
    return len(cells)


@pytest.mark.skipif(os.name == "nt", reason="it ends processes as Linux and macOS do")
def test_run_all_cells_works_in_jupyterlab(tmp_path):
    root = copy_repository(tmp_path)
    cells = prepare(root / "notebooks" / NOTEBOOK)
    with browser.browser() as chromium, jupyterlab(root) as address:
        until(lambda: answers(address), 60, "JupyterLab did not start")
        chromium.set_window_size(1400, 1000)
        chromium.get(f"{address}/lab/tree/notebooks/{quote(NOTEBOOK)}?reset&token={TOKEN}")
        run_all(chromium)
        numbers = until(lambda: finished(chromium, cells), 240, "not every cell was run")
        (failure,) = failures(chromium)
        assert "ZeroDivisionError" in failure, "the cell that must fail, and no other"
        assert numbers == [f"[{number}]:" for number in range(1, cells + 1)]
        for shown in ("table", "img"):
            outputs = chromium.find_elements(By.CSS_SELECTOR, f".jp-OutputArea-output {shown}")
            assert outputs, "what the cells give is shown"
    assert not answers(address)
