"""The one way out for a figure: pictures, numbers and manifest entry, written together.

For a figure NAME: ``NAME.en.svg``, ``.pdf``, ``.png``, the same in Chinese (``NAME.zh.…``), the
drawn numbers as ``NAME.csv`` and one entry of ``manifest.json``, from which the gallery
(``README.md``) is written. The same numbers give the same bytes in one set of versions. The part
of NAME before its first hyphen names the builder: ``timeline-loudi`` is drawn by ``timeline``.
"""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import BinaryIO, TypedDict

import pandas as pd

from filings import paths
from filings.figures.page import BUILDERS, COLUMNS, OUTLETS, TEXTS, WIDE, Outlet, Page, TooTallError
from filings.figures.sources import source_line
from filings.notebook.outputs import LANGUAGES, SHOWN

FORMATS = ("svg", "pdf", "png")
INLINE_DPI = 110

# Everything that would put a date or a version into the file.
_BLANK = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
_NAME = re.compile(r"[a-z0-9_]+(?:-[a-z0-9_-]+)?")


class Entry(TypedDict):
    """What the manifest says of a figure: words by language, and a sum of each file."""

    title: dict[str, str]
    caption: dict[str, str]
    alt: dict[str, str]
    sources: list[str]
    notebook: str
    sha256: dict[str, str]


class IncompleteError(ValueError):
    """A figure without a source, a caption or an alt text in both languages."""


class UnknownFigureError(ValueError):
    """A name that no figure of the manifest bears, or that names no builder."""


def builder_of(name: str) -> str:
    """The builder that draws the figure of this name. Raises ``UnknownFigureError``."""
    first = name.split("-")[0]
    if not _NAME.fullmatch(name) or first not in BUILDERS:
        raise UnknownFigureError(
            f"figure {name!r}: a name is a builder, or a builder with -word behind it; builders: "
            + ", ".join(sorted(BUILDERS))
        )
    return first


def save(
    name: str,
    table: pd.DataFrame,
    *,
    sources: Iterable[str],
    notebook: str,
    caption: Mapping[str, str] | None = None,
    alt: Mapping[str, str] | None = None,
) -> dict[str, Page]:
    """Write the figure NAME in both languages and three formats, with its numbers and its entry.

    Parameters
    ----------
    name
        A builder's name, or one with a hyphen and a word behind it.
    table
        What the builder draws; its docstring names the columns.
    sources
        Ids of sources.csv and names of data files.
    notebook
        Stem of the notebook that draws it.
    caption, alt
        ``{"en": …, "zh": …}`` in place of the builder's own words.

    Returns
    -------
    dict
        The page in each language.

    Raises
    ------
    IncompleteError
        Without a source, a caption or an alt text in both languages.
    """
    builder, sources = builder_of(name), tuple(sources)
    if not sources:
        raise IncompleteError(f"{name}: a figure needs at least one source")
    numbers = numbers_of(table, builder)
    drawn = read_numbers(io.BytesIO(numbers))
    pages = {lang: BUILDERS[builder](drawn, lang, WIDE, sources) for lang in LANGUAGES}
    words = {}
    for part, given in (("title", None), ("caption", caption), ("alt", alt)):
        own = {lang: page.words[part] for lang, page in pages.items()}
        words[part] = own if given is None else {lang: given.get(lang, "") for lang in LANGUAGES}
        if missing := [lang for lang, text in words[part].items() if not text.strip()]:
            raise IncompleteError(f"{name}: {part} missing in {', '.join(missing)}")
    written = {f"{name}.csv": numbers}
    for lang, page in pages.items():
        for kind in FORMATS:
            written[f"{name}.{lang}.{kind}"] = rendered(page, kind, WIDE.dpi)
    for file, content in written.items():
        paths.write(paths.FIGURES / file, content)
    digests = {file: hashlib.sha256(content).hexdigest() for file, content in written.items()}
    entry = Entry(
        title=words["title"],
        caption=words["caption"],
        alt=words["alt"],
        sources=list(sources),
        notebook=notebook,
        sha256=dict(sorted(digests.items())),
    )
    _enter({name: entry})
    return pages


def exhibit(notebook: str, lang: str = "en") -> Callable[..., None]:
    """A function ``show(name, table, sources=[…])`` that saves a figure of that notebook (see
    ``save``) and displays it in that language.

    Notes
    -----
    The output's metadata holds the alt text, where JupyterLab and nbconvert look for it, and the
    figure's name under ``SHOWN``.
    """

    def show(
        name: str, table: pd.DataFrame, *, sources: Iterable[str], **words: Mapping[str, str]
    ) -> None:
        from IPython.display import display

        page = save(name, table, sources=sources, notebook=notebook, **words)[lang]
        picture = base64.b64encode(rendered(page, "png", INLINE_DPI)).decode()
        shown = {"image/png": {"alt": manifest()[name]["alt"][lang]}, SHOWN: name}
        display({"image/png": picture}, metadata=shown, raw=True)

    return show


def numbers_of(table: pd.DataFrame, builder: str) -> bytes:
    """The drawn numbers as csv: the builder's columns first, then any others of the table."""
    first = [column for column in COLUMNS[builder] if column in table.columns]
    text = table[[*first, *table.columns.difference(first, sort=False)]].to_csv(
        index=False, lineterminator="\n", float_format="%.10g"
    )
    return text.encode()


def read_numbers(source: Path | BinaryIO) -> pd.DataFrame:
    """A figure's csv as the table its builder reads; batches stay text (1, 1-3)."""
    return pd.read_csv(source, dtype=dict.fromkeys(TEXTS, str))


def rendered(page: Page, kind: str, dpi: float) -> bytes:
    """The picture's bytes in that format, with the title inside and no date or version."""
    extra = {"Title": page.words["title"]}
    if kind == "svg":
        extra |= {"Description": page.words["alt"], "Language": page.lang}
    buffer = io.BytesIO()
    page.savefig(buffer, format=kind, dpi=dpi, metadata=extra | _BLANK[kind])
    return buffer.getvalue()


def files(names: Iterable[str]) -> list[Path]:
    """Every file of those figures that are on record."""
    entries, wanted = manifest(), set(names)
    known = (entry["sha256"] for name, entry in entries.items() if name in wanted)
    return [paths.FIGURES / file for digests in known for file in digests]


@contextmanager
def kept(names: Iterable[str]) -> Iterator[None]:
    """Put those figures, and their entries, back as they are now if what follows fails."""
    wanted = set(names)
    entries = {name: entry for name, entry in manifest().items() if name in wanted}
    try:
        with paths.kept(files(entries)):
            yield
    except BaseException:
        if entries:
            _enter(entries)
        raise


def manifest() -> dict[str, Entry]:
    """Every figure's entry by its name, sorted; empty where there is no manifest yet."""
    if not paths.MANIFEST.exists():
        return {}
    entries: dict[str, Entry] = json.loads(paths.MANIFEST.read_text(encoding="utf-8"))
    return entries


def _enter(new: Mapping[str, Entry]) -> None:
    """Replace these figures' entries, and write the gallery from all of them.

    A figure whose builder is gone leaves, with its files: nothing could draw it again.
    """
    with paths.lock(paths.CACHE / "figures.lock"):
        entries = dict(sorted({**manifest(), **new}.items()))
        for gone in [each for each in entries if each.split("-")[0] not in BUILDERS]:
            for file in entries.pop(gone)["sha256"]:
                (paths.FIGURES / file).unlink(missing_ok=True)
        text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
        paths.write_changed(paths.MANIFEST, text.encode())
        paths.write_changed(paths.GALLERY, gallery(entries).encode())


def gallery(entries: Mapping[str, Entry]) -> str:
    """The gallery page in Markdown: every figure with its caption, formats, source and data."""
    lines = [
        "# Figures",
        "",
        "Written by the notebooks; the words come from `manifest.json`. Each figure lies here in "
        "English and Chinese as svg, pdf and png, with the numbers it draws as csv. "
        "`filings figures` draws any of them again at another size. Text and figures: CC BY 4.0.",
        "",
    ]
    for name, entry in entries.items():
        links = " · ".join(
            f"[{lang} {kind}]({name}.{lang}.{kind})" for lang in LANGUAGES for kind in FORMATS
        )
        lines += [
            f"## {entry['title']['en']}",
            "",
            f"**{entry['title']['zh']}**",
            "",
            f"![{entry['alt']['en']}]({name}.en.png)",
            "",
            entry["caption"]["en"],
            "",
            entry["caption"]["zh"],
            "",
            f"`{name}`: {links} · [numbers]({name}.csv). Drawn in `{entry['notebook']}`. Source: "
            f"{source_line(entry['sources'], 'en')}.",
            "",
        ]
    return "\n".join(lines)


def export(
    names: Iterable[str],
    langs: Iterable[str],
    formats: Iterable[str],
    width_mm: float | None = None,
    preset: str | None = None,
    dpi: int | None = None,
    out: Path | None = None,
) -> Iterator[Path]:
    """Draw figures from their csv; yields each file.

    Parameters
    ----------
    names
        Figures of the manifest. Without any, all that the outlet has room for.
    langs, formats
        Languages, and some of ``FORMATS``.
    width_mm, preset, dpi
        A width of its own, which wins over a preset of ``OUTLETS``; a resolution, which wins over
        the preset's.
    out
        The folder; without it figures/, or a folder in it named after any other size.

    Raises
    ------
    UnknownFigureError, ValueError
        Before anything is written.
    """
    formats = [kind.strip() for kind in formats]
    if unknown := [kind for kind in formats if kind not in FORMATS]:
        raise ValueError(f"unknown format {', '.join(unknown)}: choose from {', '.join(FORMATS)}")
    names = list(names)
    for name in names:
        _entry(name)
    size = f"{width_mm:g}mm" if width_mm else preset or (f"{dpi}dpi" if dpi else "")
    folder = out or paths.FIGURES / size
    for name, lang in product(names or manifest(), langs):
        try:
            page = redraw(name, lang, width_mm, preset)
        except TooTallError:
            if names:
                raise
            continue
        for kind in formats:
            path = folder / f"{name}.{lang}.{kind}"
            paths.write(path, rendered(page, kind, dpi or page.outlet.dpi))
            yield path


def redraw(name: str, lang: str, width_mm: float | None = None, preset: str | None = None) -> Page:
    """The figure NAME drawn again from its csv, at a width of its own or for a preset of
    ``OUTLETS``. Raises ``UnknownFigureError`` for a name that is not in the manifest."""
    entry, outlet = _entry(name), OUTLETS[preset] if preset else WIDE
    if width_mm:
        outlet = Outlet(width_mm, outlet.dpi)
    table = read_numbers(paths.FIGURES / f"{name}.csv")
    return BUILDERS[builder_of(name)](table, lang, outlet, entry["sources"])


def _entry(name: str) -> Entry:
    entries = manifest()
    if name not in entries:
        known = ", ".join(entries) or "none yet: run the notebooks first"
        raise UnknownFigureError(f"unknown figure {name!r}; there are: {known}")
    return entries[name]
