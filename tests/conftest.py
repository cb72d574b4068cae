"""What all tests share."""

import os
import sys
from pathlib import Path

import pytest
from filings import nursery, paths, run
from hypothesis import settings
from nbval.plugin import IPyNbCell

# The same examples every time, and no deadline: a busy machine is no failure.
settings.register_profile("filings", deadline=None, derandomize=True, database=None)
settings.load_profile("filings")
# nbval's kernels inherit it, and a backend chosen for scripts would keep their pictures back.
os.environ.pop("MPLBACKEND", None)


LONGEST = (
    *("01_ingestion", "02_regional_concentration", "03_central_western_catch_up"),
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


class _Kept(nursery.Nursery):
    """It serves the next run as well: a run does not end it."""

    def close(self):
        pass


@pytest.fixture(scope="session")
def toys():
    """One process that forks the kernels of all toys, with little loaded: for each run to start
    its own takes longer than most toys do.
    """
    if sys.platform != "linux":
        yield None
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nursery, "LOADED", nursery.LOADED[:1])
        kept = _Kept()
    yield kept
    super(_Kept, kept).close()


@pytest.fixture
def project(tmp_path, monkeypatch, toys):
    """An empty toy repository (see toy.py) that ``filings.paths`` and ``filings.run`` work on."""
    for name in ("notebooks/cases", "data/raw", "data/processed", "figures", "lib"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("pins\n")
    (tmp_path / "data/raw/numbers.txt").write_text("1 2")
    root = paths.ROOT
    for name, path in list(vars(paths).items()):
        if isinstance(path, Path) and path.is_relative_to(root):
            monkeypatch.setattr(paths, name, tmp_path / path.relative_to(root))
    monkeypatch.setattr(run, "AFTER", {"02_use": ("01_make",)})
    monkeypatch.setattr(nursery, "Nursery", lambda: toys)
    return tmp_path
