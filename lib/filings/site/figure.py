"""Where a figure stands on a page: one language, with caption and downloads."""

from concurrent.futures import ProcessPoolExecutor
from html import escape
from itertools import repeat
from pathlib import Path

from lxml import etree

from filings import paths
from filings.figures.output import FORMATS, Entry, export, manifest
from filings.notebook.outputs import LANGUAGES

NARROW = "single-column"
"""The preset of the figures that a phone gets, and their folder below figures/."""

_DOWNLOAD = {"en": "Download", "zh": "下载"}
_NUMBERS = {"en": "numbers (csv)", "zh": "数据（csv）"}


def block(name: str, entry: Entry, up: str, lang: str) -> str:
    """The figure as MyST Markdown, for a page from which ``up`` leads to the files' folder."""
    files = f"{up}figures/{name}"
    links = [
        *((kind.upper(), f"{files}.{lang}.{kind}") for kind in FORMATS),
        (_NUMBERS[lang], f"{files}.csv"),
    ]
    downloads = " ".join(f'<a href="{file}" download>{text}</a>' for text, file in links)
    width, height = _size(name, lang)
    return (
        "```{raw} html\n"
        f'<figure class="drawn">'
        f'<a href="{files}.{lang}.svg"><picture><source media="(max-width: 30rem)" '
        f'srcset="{up}figures/{NARROW}/{name}.{lang}.svg"><img src="{files}.{lang}.svg" '
        f'alt="{escape(entry["alt"][lang])}" width="{width}" height="{height}" loading="lazy">'
        f"</picture></a>"
        f"<figcaption><p>{escape(entry['caption'][lang])}</p>"
        f'<p class="downloads">{_DOWNLOAD[lang]}: {downloads}</p></figcaption></figure>\n```'
    )


def _size(name: str, lang: str) -> tuple[int, int]:
    """Width and height of the picture, so that the page does not jump when it comes."""
    with (paths.FIGURES / f"{name}.{lang}.svg").open("rb") as file:
        _, svg = next(etree.iterparse(file, events=["start"]))
    box = svg.get("viewBox").split()
    return round(float(box[2])), round(float(box[3]))


def draw_narrow(site: Path) -> None:
    """Draw every figure once more for narrow screens, so that its words stay readable there.

    It is half of the work for a site, so all cores share it.
    """
    folder = site / paths.FIGURES.relative_to(paths.ROOT) / NARROW
    with ProcessPoolExecutor() as pool:
        list(pool.map(_draw, manifest(), repeat(folder)))


def _draw(name: str, folder: Path) -> None:
    for _ in export((name,), LANGUAGES, ("svg",), preset=NARROW, out=folder):
        pass
