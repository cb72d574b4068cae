"""The static site: every page from what is committed, nothing executed, readable as a file.

Markdown and notebooks become pages, in English and, below ``zh/``, in Chinese; every other file
lies where it lies in the repository. ``pages`` writes the pages, ``figure`` the place where a
figure stands, ``extension`` what Sphinx lacks for it. ``readme`` renews the parts of README.md
that numbers stand in.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from filings import paths

_LEFT_BY_SPHINX = (".buildinfo", "objects.inv", "_sources", "_static/webpack-macros.html")
"""What only Sphinx and its theme read."""

_EDITIONS = {
    "en": {},
    "zh": {"language": "zh_CN", "html_title": "中国区块链备案", "files_up": "../"},
}
"""Sphinx's settings that differ between the languages; Chinese lies one folder deeper."""


class UnbuiltError(ValueError):
    """A site that could not be built; the last good one is where it was."""


def build() -> Path:
    """The folder of the site, built anew from the files of the repository and put in place whole.

    The same files give the same bytes. Raises ``UnbuiltError`` where Sphinx warns or fails; what it
    says goes to stderr.
    """
    with paths.lock(paths.CACHE / "site.lock"):
        for left in paths.CACHE.glob("site-*"):  # by a build that was killed
            shutil.rmtree(left)
        with TemporaryDirectory(dir=paths.CACHE, prefix="site-") as folder:
            _build_in(Path(folder))
    return paths.SITE


def _build_in(folder: Path) -> None:
    """The site, built in that folder and put in place as the last step."""
    from filings.site import figure, pages

    built, names = folder / "site", set()
    for lang, settings in _EDITIONS.items():
        source, edition = folder / f"source-{lang}", built if lang == "en" else built / lang
        names |= set(pages.write(source, lang))
        _run_sphinx(source, edition, folder / f"doctrees-{lang}", settings)
        for name in _LEFT_BY_SPHINX:
            _remove(edition / name)
    shutil.rmtree(built / "jupyter_execute", ignore_errors=True)  # beside the Chinese edition
    for name in sorted(names):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paths.ROOT / name, built / name)
    figure.draw_narrow(built)
    _put_in_place(built, paths.SITE)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _run_sphinx(source: Path, built: Path, doctrees: Path, settings: dict[str, str]) -> None:
    """Sphinx with every warning an error."""
    from sphinx.cmd.build import build_main

    here = str(Path(__file__).parent)
    options = ["-q", "-W", "--keep-going", "-b", "html", "-c", here, "-d", str(doctrees)]
    options += [part for name, value in settings.items() for part in ("-D", f"{name}={value}")]
    if build_main([*options, str(source), str(built)]):
        raise UnbuiltError("the site could not be built (see above); the last one is kept")


def _put_in_place(built: Path, site: Path) -> None:
    """Exchange the site for the one just built; if that fails, the old one comes back."""
    last = built.with_name("last")
    if site.exists():
        site.rename(last)
    try:
        built.rename(site)
    except BaseException:
        if last.exists():
            last.rename(site)
        raise
