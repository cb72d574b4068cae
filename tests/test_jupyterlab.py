"""JupyterLab as a person uses it: open a notebook in a browser, run all cells by the menu."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import browser
import pytest
from filings import check
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TOKEN = "read-only-by-this-test"
NOTEBOOK = "cases/00_comparison.ipynb"


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
    with (root / "lab.log").open("wb") as log:
        lab = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
                *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"),
                "--LabApp.news_url=None",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
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
    wait = WebDriverWait(chromium, 60)
    wait.until(lambda _: idle(chromium))
    for selector, text in [
        (".lm-MenuBar-itemLabel", "Run"),
        (".lm-Menu-itemLabel", "Run All Cells"),
    ]:
        wait.until(lambda _, at=(selector, text): labelled(chromium, *at)).click()


def idle(chromium) -> bool:
    lights = chromium.find_elements(By.CSS_SELECTOR, ".jp-Notebook-ExecutionIndicator")
    return [light.get_attribute("data-status") for light in lights] == ["idle"]


def labelled(chromium, selector: str, text: str):
    """The element of that kind with that text; None until there is one."""
    elements = chromium.find_elements(By.CSS_SELECTOR, selector)
    return next((element for element in elements if element.text == text), None)


def finished(chromium, notebook: Path) -> list[dict]:
    """The code cells as Ctrl+S stores them, if each was run, or one failed and so ended the run."""
    chromium.find_element(By.TAG_NAME, "body").send_keys(Keys.CONTROL, "s")
    try:
        cells = code_cells(json.loads(notebook.read_text("utf-8")))
    except json.JSONDecodeError:  # it is just being written
        return []
    failed = any(output["output_type"] == "error" for cell in cells for output in cell["outputs"])
    ended = failed or all(cell["execution_count"] for cell in cells)
    return cells if ended and idle(chromium) else []


def code_cells(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def clear(notebook: Path) -> None:
    """Leave the notebook as if it had never been run."""
    content = json.loads(notebook.read_text("utf-8"))
    for cell in code_cells(content):
        cell.update(outputs=[], execution_count=None)
    notebook.write_text(json.dumps(content), "utf-8")


@pytest.mark.skipif(os.name == "nt", reason="it ends processes as Linux and macOS do")
def test_run_all_cells_works_in_jupyterlab(tmp_path):
    root = check.copy_into(tmp_path)
    notebook = root / "notebooks" / NOTEBOOK
    clear(notebook)
    with browser.browser() as chromium, jupyterlab(root) as address:
        until(lambda: answers(address), 60, "JupyterLab did not start")
        chromium.set_window_size(1400, 1000)
        chromium.get(f"{address}/lab/tree/notebooks/{NOTEBOOK}?token={TOKEN}")
        run_all(chromium)
        cells = until(lambda: finished(chromium, notebook), 180, "not every cell was run")
        kinds = {output["output_type"] for cell in cells for output in cell["outputs"]}
        assert kinds and "error" not in kinds
        numbers = [cell["execution_count"] for cell in cells]
        assert numbers == list(range(1, len(numbers) + 1))
    assert not answers(address)
