"""What all tests share."""

import gc
import os

import pytest
from hypothesis import settings
from nbval.plugin import IPyNbCell
from toy import make_project

# The same examples every time, and no deadline: a busy machine is no failure.
settings.register_profile("filings", deadline=None, derandomize=True, database=None)
settings.load_profile("filings")
# nbval's kernels inherit it, and a backend chosen for scripts would keep their pictures back.
os.environ.pop("MPLBACKEND", None)


LONGEST = (
    *("07_likely", "01_ingestion", "02_regional_concentration", "03_central_western_catch_up"),
    *("05_article_audit", "test_site", "test_figures_output", "test_run", "test_jupyterlab"),
)


def pytest_collection_modifyitems(items):
    """The longest first, so that no worker is left alone with one of them at the end.

    nbval leaves pictures out of its comparison; here they are the same byte for byte.
    """
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    for notebook in {item.parent for item in items if isinstance(item, IPyNbCell)}:
        notebook.skip_compare = tuple(
            kind for kind in notebook.skip_compare if not kind.startswith("image/")
        )


def pytest_collection_finish(session):
    """What is loaded by now stays: looking through it again and again takes a third of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture
def project(tmp_path):
    """An empty toy repository (see toy.py)."""
    return make_project(tmp_path / "project")
