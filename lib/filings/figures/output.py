"""The one way out for a figure: pictures, numbers and manifest entry, written together.

For a figure NAME: ``NAME.en.svg``, ``.pdf``, ``.png``, the same in Chinese (``NAME.zh.…``), the
drawn numbers as ``NAME.csv`` and one entry of ``manifest.json``, from which the gallery
(``README.md``) is written. The same numbers give the same bytes in one set of versions.
"""

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from filings import paths
from filings.figures.page import BUILDERS, NARROWEST, WIDEST, Page, TooTallError
from filings.figures.words import LANGUAGES

FORMATS = ("svg", "pdf", "png")
WIDTH, DPI = 180, 200
"""What ``save`` draws: 180 mm wide (two columns of a journal), PNG at 200 dots per inch."""
INLINE_DPI = 110
SHOWN = "filings_figure"
"""The key of an output's metadata that names the figure it shows."""

# Everything that would put a date or a version into the file.
_BLANK = MappingProxyType(
    {
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
        "png": {"Software": None},
    }
)
_NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")


class IncompleteError(ValueError):
    """A figure without a source, a caption or an alt text in both languages."""


class UnknownFigureError(ValueError):
    """A name that no figure of the manifest bears."""


@dataclass(frozen=True)
class Preset:
    """An outlet's size: width in mm, or pixels (width, height) for the screen, and resolution."""

    width: float | None = None
    pixels: tuple[int, int] | None = None
    dpi: int = DPI


PRESETS = MappingProxyType(
    {
        "single-column": Preset(90, dpi=300),
        "double-column": Preset(180, dpi=300),
        "web": Preset(170, dpi=200),
        "slide": Preset(pixels=(1920, 1080)),
        "social": Preset(pixels=(1200, 630)),
    }
)


def save(
    name: str,
    builder: str,
    table: pd.DataFrame,
    *,
    sources: Iterable[str],
    notebook: str,
    data: str,
    caption: Mapping[str, str] | None = None,
    alt: Mapping[str, str] | None = None,
) -> dict[str, Page]:
    """Write the figure NAME in both languages and three formats, with its numbers and its entry.

    ``builder`` is a key of ``BUILDERS`` and ``table`` what it draws; ``sources`` are ids of
    sources.csv and names of data files; ``notebook`` the stem of the notebook that draws it;
    ``data`` the file the numbers come from, as written in data/README.md. ``caption`` and ``alt``
    ({"en": …, "zh": …}) replace the builder's own. Returns the page in each language. Raises
    ``IncompleteError`` for a figure without source, caption or alt text.
    """
    sources = tuple(sources)
    if not _NAME.fullmatch(name):
        raise ValueError(f"figure name {name!r}: use small letters, digits, _ and -")
    if not sources:
        raise IncompleteError(f"{name}: a figure needs at least one source")
    numbers = numbers_of(table, builder)
    drawn = read_numbers(io.BytesIO(numbers))
    pages = {lang: BUILDERS[builder](drawn, lang, WIDTH, sources) for lang in LANGUAGES}
    words = {
        "title": {lang: page.words["title"] for lang, page in pages.items()},
        "caption": _both(name, "caption", caption, pages),
        "alt": _both(name, "alt", alt, pages),
    }
    written = {f"{name}.csv": numbers}
    for lang, page in pages.items():
        for kind in FORMATS:
            written[f"{name}.{lang}.{kind}"] = rendered(page, kind, DPI)
    for file, content in written.items():
        paths.write(paths.FIGURES / file, content)
    digests = {file: hashlib.sha256(content).hexdigest() for file, content in written.items()}
    entry = words | {
        "builder": builder,
        "sources": list(sources),
        "notebook": notebook,
        "data": data,
        "sha256": dict(sorted(digests.items())),
    }
    _enter(name, entry)
    return pages


def show(name: str, builder: str, table: pd.DataFrame, **options) -> None:
    """Save the figure (arguments as for ``save``) and display the English one in a notebook.

    The output's metadata holds the alt text, where JupyterLab and nbconvert look for it, and the
    figure's name under ``SHOWN``.
    """
    from IPython.display import display

    page = save(name, builder, table, **options)["en"]
    picture = base64.b64encode(rendered(page, "png", INLINE_DPI)).decode()
    shown = {"image/png": {"alt": manifest()[name]["alt"]["en"]}, SHOWN: name}
    display({"image/png": picture}, metadata=shown, raw=True)


def numbers_of(table: pd.DataFrame, builder: str) -> bytes:
    """The drawn numbers as csv: the builder's columns first, then any others of the table."""
    needed = list(BUILDERS[builder].columns)
    present = [column for column in needed if column in table.columns]
    others = [column for column in table.columns if column not in needed]
    return (
        table[present + others]
        .to_csv(index=False, lineterminator="\n", float_format="%.10g")
        .encode()
    )


def read_numbers(source) -> pd.DataFrame:
    """A figure's csv as the table its builder reads; batches stay text (1, 1-3)."""
    return pd.read_csv(source, dtype={"batches": str, "date": str, "id": str})


def rendered(page: Page, kind: str, dpi: int) -> bytes:
    """The picture's bytes in that format, with the title inside and no date or version."""
    extra = {"Title": page.words["title"]}
    if kind == "svg":
        extra |= {"Description": page.words["alt"], "Language": page.lang}
    buffer = io.BytesIO()
    page.savefig(buffer, format=kind, dpi=dpi, metadata=extra | _BLANK[kind])
    return buffer.getvalue()


def _both(name: str, what: str, given: Mapping[str, str] | None, pages: dict) -> dict[str, str]:
    """The caption or the alt text in every language: the one given, else the builder's."""
    own = {lang: _caption(p) if what == "caption" else p.words["alt"] for lang, p in pages.items()}
    words = own if given is None else dict(given)
    missing = [lang for lang in LANGUAGES if not words.get(lang, "").strip()]
    if missing:
        raise IncompleteError(f"{name}: {what} missing in {', '.join(missing)}")
    return {lang: words[lang] for lang in LANGUAGES}


def _caption(page: Page) -> str:
    stop = ". " if page.lang == "en" else "。"
    parts = (page.words[part].rstrip(".。 ") for part in ("title", "subtitle", "note"))
    return stop.join(part for part in parts if part) + stop.strip()


def manifest() -> dict[str, dict]:
    """Every figure's entry by its name, sorted; empty where there is no manifest yet."""
    if not paths.MANIFEST.exists():
        return {}
    return json.loads(paths.MANIFEST.read_text(encoding="utf-8"))


def _enter(name: str, entry: dict) -> None:
    """Replace this figure's entry and no other, and write the gallery from all of them."""
    with paths.lock(paths.CACHE / "figures.lock"):
        entries = dict(sorted((manifest() | {name: entry}).items()))
        text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
        _update(paths.MANIFEST, text)
        _update(paths.GALLERY, gallery(entries))


def _update(file: Path, text: str) -> None:
    """Write a file that several notebooks add to. It is read first: that is how the runner of the
    notebooks (``filings.trace``) knows it from a notebook's own."""
    if file.exists():
        file.read_bytes()
    paths.write(file, text.encode())


def gallery(entries: Mapping[str, dict]) -> str:
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
            f"`{name}`: {links} · [numbers]({name}.csv). Drawn in `{entry['notebook']}` from "
            f"`{entry['data']}`; sources: {', '.join(entry['sources'])}.",
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
    """Draw figures (all of the manifest where none is named) from their csv; yields each file.

    ``width_mm`` wins over ``preset``, ``dpi`` over the preset's resolution. Without ``out`` they
    go to figures/ at their own size, and into a folder named after the size at any other. Raises
    ``UnknownFigureError`` and ``ValueError`` before anything is written.
    """
    formats = [kind.strip() for kind in formats]
    unknown = [kind for kind in formats if kind not in FORMATS]
    if unknown:
        raise ValueError(f"unknown format {', '.join(unknown)}: choose from {', '.join(FORMATS)}")
    names = list(names) or list(manifest())
    for name in names:
        _known(name)
    size = f"{width_mm:g}mm" if width_mm else preset or (f"{dpi}dpi" if dpi else "")
    folder = out or paths.FIGURES / size
    for name in names:
        for lang in langs:
            page, resolution = redraw(name, lang, width_mm, preset)
            for kind in formats:
                path = folder / f"{name}.{lang}.{kind}"
                paths.write(path, rendered(page, kind, dpi or resolution))
                yield path


def redraw(
    name: str, lang: str, width_mm: float | None = None, preset: str | None = None
) -> tuple[Page, float]:
    """The figure NAME drawn again from its csv, and the resolution its outlet asks for.

    ``width_mm`` wins over the preset's width. Raises ``UnknownFigureError`` for a name that is not
    in the manifest.
    """
    entry, size = _known(name), PRESETS[preset] if preset else Preset(WIDTH)
    build, sources = BUILDERS[entry["builder"]], tuple(entry["sources"])
    table = read_numbers(paths.FIGURES / f"{name}.csv")
    if width_mm or size.pixels is None:
        return build(table, lang, width_mm or size.width, sources), size.dpi
    across, down = size.pixels
    for width in range(NARROWEST + 20, WIDEST + 1, 10):
        try:  # as narrow, so with type as large, as will fit
            page = build(table, lang, width, sources, aspect=across / down)
        except TooTallError:
            continue
        return page, across / (width / 25.4)
    raise TooTallError(f"{name} is too tall for {across} by {down} pixels: give a width instead")


def _known(name: str) -> dict:
    entries = manifest()
    if name not in entries:
        known = ", ".join(entries) or "none yet: run the notebooks first"
        raise UnknownFigureError(f"unknown figure {name!r}; there are: {known}")
    return entries[name]
