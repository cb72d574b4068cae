"""The pages of the site, as Markdown and notebooks for Sphinx, and the files they link to."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from filings import ledger, paths, places, words
from filings.figures.output import manifest
from filings.notebook import outputs
from filings.site import audit, figure, notebook
from filings.site.readme import resources
from filings.words import Text

TEMPLATE, COMPARISON = "04_case_study", "00_comparison"
_LISTS = paths.LISTS / "README.md"
_LINK = re.compile(r"\]\(([^)#\s]+)\)")
_AUDIT = "notebooks/05_article_audit"
_README = Text("README.md", "README.zh.md")
_MENU = {
    "notebooks/index": Text("Notebooks", "笔记本"),
    f"notebooks/cases/{COMPARISON}": Text("Case studies", "个案"),
    "audit": Text("Audit", "核查"),
    "figures/README": Text("Figures", "图集"),
    "data/README": Text("Data", "数据"),
    "sources": Text("Sources", "来源"),
}


def write(source: Path, lang: str) -> list[str]:
    """Write every page of an edition into that folder, where Sphinx finds it.

    Returns the files of the repository that belong to the site beside the pages: what a page
    links to, the figures, the described data, the notebooks themselves. An empty file stands for
    each that is linked to, so that Sphinx knows it for a file.
    """
    entries, books = manifest(), _notebooks()
    pages = {
        "index.md": _home(entries, lang),
        "notebooks/index.md": _contents(books, lang),
        "audit.md": audit.page(entries, notebook.said(books[_AUDIT], lang)[0], lang, _up(0, lang)),
        "sources.md": _sources(lang),
        "figures/README.md": _gallery(entries, books, lang),
        "data/README.md": _dictionary(lang),
        "data/raw/lists/README.md": _LISTS.read_text("utf-8"),
    }
    notebooks = {
        f"{name}.ipynb": nbformat.writes(_chapter(name, book, entries, books, lang))
        for name, book in books.items()
    }
    pages |= notebooks
    linked = set(_linked(pages)) - pages.keys()
    for name, text in {**pages, **dict.fromkeys(linked, "")}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, "utf-8")
    return sorted({*linked, *notebooks, *_downloads(entries)})


def _up(depth: int, lang: str) -> str:
    """From a page so many folders deep to the folder of the files."""
    return "../" * (depth + (lang == "zh"))


def _downloads(entries: Mapping[str, Mapping]) -> Iterator[str]:
    """The files of every figure, and those that the data dictionary describes."""
    for entry in entries.values():
        yield from (f"figures/{file}" for file in entry["sha256"])
    yield from (f"data/{resource['path']}" for resource in resources())


def _linked(pages: Mapping[str, str]) -> Iterator[str]:
    """The files of the repository that the pages link to."""
    for page, text in pages.items():
        for link in _LINK.findall(text):
            name = os.path.normpath(Path(page).parent / link)
            if (paths.ROOT / name).is_file():
                yield name


def _toctree(titles: Mapping[str, str], hidden: bool = False) -> str:
    lines = "\n".join(f"{title} <{name}>" for title, name in titles.items())
    return f"\n\n```{{toctree}}\n:maxdepth: 1\n{':hidden:' if hidden else ''}\n\n{lines}\n```\n"


def _pick(text: Text, lang: str) -> str:
    return text[words.LANGUAGES.index(lang)]


# ---------------------------------------------------------------- home, data and sources


def _home(entries: Mapping[str, Mapping], lang: str) -> str:
    """The home page: what README.md, or README.zh.md, says."""
    text = (paths.ROOT / _pick(_README, lang)).read_text("utf-8")
    text = re.sub(r"<!--.*?-->\n*", "", text)
    text = re.sub(r"^## Help, and cite\n.*?(?=^## )", "", text, flags=re.M | re.DOTALL)
    text = re.sub(rf"^\[.*?\]\(({'|'.join(_README)})\)\n+", "", text, flags=re.M)
    text = text.replace("](notebooks/cases/)", f"](notebooks/cases/{COMPARISON}.ipynb)")
    text = re.sub(
        r"^\[?!\[.*?\]\(figures/([\w-]+)\.\w+\.png\)(\]\(.*?\))?$",
        lambda found: figure.block(found[1], entries[found[1]], _up(0, lang), lang),
        text,
        flags=re.M,
    )
    return text + _toctree({_pick(label, lang): name for name, label in _MENU.items()}, True)


def _dictionary(lang: str) -> str:
    """The data dictionary with each file it describes as a download; in Chinese its overview."""
    up = _up(1, lang) + "data/"
    lists = {_pick(Text("Official lists", "官方清单"), lang): "raw/lists/README"}
    if lang == "zh":
        rows = pd.DataFrame(
            {
                "文件": [f"[{one['path']}]({up}{one['path']})" for one in resources()],
                "内容": [one.get("title_zh", one.get("title", "")) for one in resources()],
            }
        )
        table = words.html_table(rows, "数据文件", links={"文件"})
        note = "字段说明见英文版；每个数字均注明来源。"
        return f"# 数据\n\n{note}\n\n{_raw(table)}" + _toctree(lists, hidden=True)
    text = (paths.DATA / "README.md").read_text("utf-8")
    for resource in resources():
        path = paths.DATA / resource["path"]
        link = _download(
            up + resource["path"], f"{path.name} ({path.stat().st_size / 1000:,.0f} kB)", lang
        )
        text = text.replace(f"\n## {resource['path']}\n", f"\n## {resource['path']}\n\n{link}\n")
    return text + _toctree(lists, hidden=True)


def _sources(lang: str) -> str:
    """Every publication by name and link, with the number of statements taken from it."""
    listed = pd.read_csv(paths.SOURCES, dtype=str, keep_default_na=False)
    taken = pd.Series([id for one in ledger.read() for id in ledger.sources(one)]).value_counts()
    rows = pd.DataFrame(
        {
            _pick(Text("publication", "出版物"), lang): map(words.publication, listed["source_id"]),
            _pick(Text("title", "标题"), lang): listed["title"],
            _pick(Text("language", "语言"), lang): listed["language"],
            _pick(Text("statements", "陈述数"), lang): [
                int(taken.get(name, 0)) for name in listed["source_id"]
            ],
        }
    )
    heading = _pick(Text("Sources", "来源"), lang)
    note = Text(
        "Every publication that a number here rests on. The last column counts the statements "
        "about the register that were taken from it; the others give events and figures.",
        "本项目所用数字的全部出版物。末列为取自该出版物的备案陈述数，其余提供事件与行业数字。",
    )
    table = words.html_table(rows, heading, links={rows.columns[0]})
    return f"# {heading}\n\n{_pick(note, lang)}\n\n{_raw(table)}"


def _raw(table: str) -> str:
    return f"```{{raw}} html\n{notebook.boxed(table)}\n```\n"


def _download(file: str, text: str, lang: str) -> str:
    """A line to download that file by."""
    word = _pick(Text("Download: ", "下载："), lang)
    return f'<p class="downloads">{word}<a href="{file}" download>{text}</a></p>'


# ---------------------------------------------------------------- notebooks


def _notebooks() -> dict[str, NotebookNode]:
    """Every committed notebook by its path without ending.

    Numbered ones come first, then places by their English names.
    """
    return {
        path.relative_to(paths.ROOT).with_suffix("").as_posix(): nbformat.read(path, as_version=4)
        for path in sorted(paths.NOTEBOOKS.rglob("*.ipynb"), key=_order)
    }


def _order(path: Path) -> tuple[bool, str]:
    place = path.parent == paths.CASES and path.stem != COMPARISON
    return place, places.english(path.stem) if place else path.stem


def _is_case(name: str) -> bool:
    return "/cases/" in name and not name.endswith(COMPARISON)


def _label(name: str, book: NotebookNode, lang: str) -> str:
    """What a list of notebooks calls it: the place, or its number (as texts cite it) and title."""
    stem = Path(name).name
    if _is_case(name):
        return stem if lang == "zh" else f"{places.english(stem)} ({stem})"
    return f"{stem.partition('_')[0]} {notebook.title(book, lang)}"


def _contents(books: Mapping[str, NotebookNode], lang: str) -> str:
    """The page that leads to the notebooks: the question of each, and its answer."""
    chapters = {name: book for name, book in books.items() if "/cases/" not in name}
    lines, files = [f"# {_pick(_MENU['notebooks/index'], lang)}"], {}
    for name, book in chapters.items():
        label, file = _label(name, book, lang), Path(name).name
        answer = next(iter(notebook.said(book, lang)), "").split("\n\n")
        lines += [f"## [{label}]({file}.ipynb)", next((a for a in answer if a[:1] != "#"), "")]
        files[label] = file
    return "\n\n".join(lines) + _toctree(files, hidden=True)


def _chapter(
    name: str,
    book: NotebookNode,
    entries: Mapping[str, Mapping],
    books: Mapping[str, NotebookNode],
    lang: str,
) -> NotebookNode:
    """A notebook's page, with the notebook itself as a download."""
    up = _up(name.count("/"), lang)
    page = notebook.page(book, entries, up, lang)
    what = _pick(Text("this notebook", "本笔记本"), lang)
    page.cells.append(new_markdown_cell(_download(f"{up}{name}.ipynb", what, lang), id="download"))
    if name.endswith(COMPARISON):
        cases = {_label(n, books[n], lang): Path(n).name for n in books if _is_case(n)}
        heading = _pick(Text("The places", "各地"), lang)
        page.cells.append(new_markdown_cell(f"## {heading}{_toctree(cases)}", id="places"))
    return page


# ---------------------------------------------------------------- the gallery


def _gallery(entries: Mapping[str, Mapping], books: Mapping[str, NotebookNode], lang: str) -> str:
    """Every figure under the notebook that draws it."""
    lines = [f"# {_pick(_MENU['figures/README'], lang)}"]
    seen = set()
    for name, book in books.items():
        drawn = [one for one in outputs.shown(book) if one not in seen]
        seen.update(drawn)
        if drawn:
            lines.append(f"## [{_label(name, book, lang)}](../{name}.ipynb)")
        for one in drawn:
            title = entries[one]["title"][lang]
            lines += [f"### {title}", figure.block(one, entries[one], _up(1, lang), lang)]
    return "\n\n".join(lines) + "\n"
