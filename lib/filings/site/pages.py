"""The pages of the site, as Markdown and notebooks for Sphinx, and the files they link to."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from filings import paths, places
from filings.figures.output import manifest
from filings.run import COMPARISON, TEMPLATE
from filings.site import audit, figure, notebook
from filings.site.figure import download

_HOME = ("Read it", "How a range is proven", "Run it", "Ask it", "Licence")
"""The sections of README.md that the home page has, in its order; the gallery is the rest."""

_DICTIONARY = paths.DATA / "README.md"
_LISTS = paths.LISTS / "README.md"
_LINK = re.compile(r"\]\(([^)#\s]+)\)")
_AUDIT = "notebooks/05_article_audit"
_TEMPLATE = f"notebooks/{TEMPLATE}"


def write(source: Path) -> list[str]:
    """Write every page into that folder, where Sphinx finds it, in the repository's layout.

    Returns the files of the repository that belong to the site beside the pages: what a page
    links to, the figures, the described data, the notebooks themselves. An empty file stands for
    each that is linked to, so that Sphinx knows it for a file.
    """
    entries, books = manifest(), _notebooks()
    pages = {
        "index.md": _home((paths.ROOT / "README.md").read_text("utf-8"), entries),
        "notebooks/index.md": _contents(books),
        "audit.md": audit.page(books[_AUDIT], entries),
        "figures/README.md": _gallery(entries, books),
        "data/README.md": _dictionary(_DICTIONARY.read_text("utf-8")),
        "data/raw/lists/README.md": _LISTS.read_text("utf-8"),
    }
    notebooks = {
        f"{name}.ipynb": nbformat.writes(_chapter(name, book, entries, books))
        for name, book in books.items()
    }
    pages |= notebooks
    linked = set(_linked(pages)) - pages.keys()
    for name, text in {**pages, **dict.fromkeys(linked, "")}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, "utf-8")
    return sorted({*linked, *notebooks, *_downloads(entries)})


def _downloads(entries: Mapping[str, Mapping]) -> Iterator[str]:
    """The files of every figure, and those that the data dictionary describes."""
    for entry in entries.values():
        yield from (f"figures/{file}" for file in entry["sha256"])
    yield from (f"data/{name}" for name in _described(_DICTIONARY.read_text("utf-8")))


def _described(dictionary: str) -> list[str]:
    return ["SHA256SUMS", *re.findall(r"^## (.*\.csv)$", dictionary, flags=re.M)]


def _linked(pages: Mapping[str, str]) -> Iterator[str]:
    """The files of the repository that the pages link to."""
    for page, text in pages.items():
        for link in _LINK.findall(text):
            name = os.path.normpath(Path(page).parent / link)
            if (paths.ROOT / name).is_file():
                yield name


# ---------------------------------------------------------------- home and data


def _home(readme: str, entries: Mapping[str, Mapping]) -> str:
    """The home page: README.md without its list of figures, reading before running."""
    top, *rest = re.split(r"^## ", readme, flags=re.M)
    sections = dict(section.split("\n", 1) for section in rest)
    chosen = [top, *(f"## {name}\n{sections[name]}" for name in _HOME)]
    text = re.sub(r"<!--.*?-->\n*", "", "".join(chosen))
    text = text.replace("](notebooks/cases/)", f"](notebooks/cases/{COMPARISON}.ipynb)")
    text = re.sub(
        r"^!\[.*?\]\(figures/(.*?)\.en\.png\)$",
        lambda found: figure.block(found[1], entries[found[1]], ""),
        text,
        flags=re.M,
    )
    return text + _toctree(
        {
            "Notebooks": "notebooks/index",
            "Case studies": f"notebooks/cases/{COMPARISON}",
            "Audit": "audit",
            "Figures": "figures/README",
            "Data": "data/README",
        },
        hidden=True,
    )


def _toctree(titles: Mapping[str, str], hidden: bool = False) -> str:
    lines = "\n".join(f"{title} <{name}>" for title, name in titles.items())
    return f"\n\n```{{toctree}}\n:maxdepth: 1\n{':hidden:' if hidden else ''}\n\n{lines}\n```\n"


def _dictionary(text: str) -> str:
    """The data dictionary with each file it describes as a download."""
    for name in _described(text):
        path = paths.DATA / name
        link = download(name, f"{path.name} ({path.stat().st_size / 1000:,.0f} kB)")
        text = text.replace(f"\n## {name}\n", f"\n## {name}\n\n{link}\n")
    lists = {"Official lists": _LISTS.relative_to(paths.DATA).with_suffix("").as_posix()}
    return text + _toctree(lists, hidden=True)


# ---------------------------------------------------------------- notebooks


def _notebooks() -> dict[str, NotebookNode]:
    """Every committed notebook by its path without ending, those about a place titled by it.

    Numbered ones come first, then places by their English names.
    """
    found = {}
    for path in sorted(paths.NOTEBOOKS.rglob("*.ipynb"), key=_order):
        book = nbformat.read(path, as_version=4)
        if path.parent == paths.CASES and path.stem != COMPARISON:
            first = book.cells[0]
            first.source = first.source.replace("One place", _place(path.stem), 1)
        found[path.relative_to(paths.ROOT).with_suffix("").as_posix()] = book
    return found


def _order(path: Path) -> tuple[bool, str]:
    is_place = path.parent == paths.CASES and path.stem != COMPARISON
    return is_place, places.english(path.stem) if is_place else path.stem


def _place(name: str) -> str:
    return f"{places.english(name)} ({name})"


def _is_case(name: str) -> bool:
    return "/cases/" in name and not name.endswith(COMPARISON)


def _label(name: str, book: NotebookNode) -> str:
    """What a list of notebooks calls it: the place, or its number (as texts cite it) and title."""
    if _is_case(name):
        return _place(Path(name).name)
    return f"{Path(name).name.partition('_')[0]} {notebook.title(book)}"


def _contents(books: Mapping[str, NotebookNode]) -> str:
    """The page that leads to the notebooks: the question of each, and how it begins."""
    chapters = {name: book for name, book in books.items() if "/cases/" not in name}
    lines, files = ["# Notebooks"], {}
    for name, book in chapters.items():
        label, file = _label(name, book), Path(name).name
        lines += [f"## [{label}]({file}.ipynb)", notebook.opening(book)]
        files[label] = file
    return "\n\n".join(lines) + _toctree(files, hidden=True)


def _chapter(
    name: str,
    book: NotebookNode,
    entries: Mapping[str, Mapping],
    books: Mapping[str, NotebookNode],
) -> NotebookNode:
    """A notebook's page, with the notebook itself as a download."""
    page = notebook.page(book, entries, "../" * name.count("/"))
    file = f"{Path(name).name}.ipynb"
    page.cells[0].source += f"\n\n{download(file, 'this notebook')}"
    if name.endswith(COMPARISON):
        cases = {_label(case, books[case]): Path(case).name for case in books if _is_case(case)}
        page.cells.append(new_markdown_cell(f"## The places{_toctree(cases)}", id="places"))
    return page


# ---------------------------------------------------------------- the gallery


def _gallery(entries: Mapping[str, Mapping], books: Mapping[str, NotebookNode]) -> str:
    """Every figure under the notebook that draws it; the template draws what its case does."""
    drawn = {name: book for name, book in books.items() if name != _TEMPLATE}
    lines = [paths.GALLERY.read_text("utf-8").partition("\n## ")[0].strip()]
    for name, book in drawn.items():
        if figures := notebook.shown(book):
            lines.append(f"## {_label(name, book)}")
            origin = f"Drawn in [{_label(name, book)}](../{name}.ipynb)"
            for one in figures:
                entry = entries[one]
                sources = ", ".join(entry["sources"])
                line = f"{origin}; sources: {sources}."
                lines += [f"### {entry['title']['en']}", figure.block(one, entry, "../", line)]
    return "\n\n".join(lines) + "\n"
