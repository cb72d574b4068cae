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
from filings.figures.words import Wording
from filings.notebook import outputs
from filings.site import audit, figure, notebook
from filings.site.readme import FILES, resources

TEMPLATE, COMPARISON = "04_case_study", "00_comparison"
_LINK = re.compile(r"\]\(([^)#\s]+)\)")
_MENU = {
    "notebooks/index": ("Notebooks", "笔记本"),
    f"notebooks/cases/{COMPARISON}": ("Case studies", "个案"),
    "audit": ("Audit", "核查"),
    "figures/README": ("Figures", "图集"),
    "data/README": ("Data", "数据"),
    "sources": ("Sources", "来源"),
}


def write(source: Path, lang: str) -> list[str]:
    """Write every page of an edition into that folder, where Sphinx finds it.

    Parameters
    ----------
    source
        The folder. An empty file stands there for each that a page links to, so that Sphinx knows
        it for a file.
    lang
        The language of the edition.

    Returns
    -------
    list of str
        The files of the repository that belong to the site beside the pages: what a page links
        to, the figures, the described data, the notebooks themselves.
    """
    edition = _Edition(lang)
    pages = edition.pages()
    linked = set(_linked(pages)) - pages.keys()
    for name, text in {**pages, **dict.fromkeys(linked, "")}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, "utf-8")
    pictures = {f"figures/{file}" for one in edition.entries.values() for file in one["sha256"]}
    data = {f"data/{resource['path']}" for resource in resources()}
    return sorted({*linked, *pictures, *data, *(f"{name}.ipynb" for name in edition.books)})


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


class _Edition(Wording):
    """The site in one language."""

    def __init__(self, lang: str):
        super().__init__(lang)
        self.entries, self.books = manifest(), _notebooks()

    def pages(self) -> dict[str, str]:
        """Every page as Sphinx is to read it, by its file."""
        notebooks = {f"{name}.ipynb": nbformat.writes(self.chapter(name)) for name in self.books}
        answer = notebook.said(self.books["notebooks/05_article_audit"], self.lang)[0]
        return {
            "index.md": self.home(),
            "notebooks/index.md": self.contents(),
            "audit.md": audit.page(answer, self.figure("verdicts", 0), self),
            "sources.md": self.sources(),
            "figures/README.md": self.gallery(),
            "data/README.md": self.dictionary(),
            "data/raw/lists/README.md": (paths.LISTS / "README.md").read_text("utf-8"),
            **notebooks,
        }

    def up(self, depth: int) -> str:
        """From a page so many folders deep to the folder of the files."""
        return "../" * (depth + (self.lang == "zh"))

    def figure(self, name: str, depth: int) -> str:
        """That figure on such a page."""
        return figure.block(name, self.entries[name], self.up(depth), self.lang)

    def heading(self, name: str) -> str:
        return f"# {self.say(*_MENU[name])}"

    def download(self, file: str, text: str) -> str:
        """A line to download that file by."""
        word = self.say("Download: ", "下载：")
        return f'<p class="downloads">{word}<a href="{file}" download>{text}</a></p>'

    def home(self) -> str:
        """The home page: what README.md, or README.zh.md, says."""
        text = (paths.ROOT / FILES[self.lang]).read_text("utf-8")
        text = re.sub(r"<!--.*?-->\n*", "", text)
        text = re.sub(r"^## Help, and cite\n.*?(?=^## )", "", text, flags=re.M | re.DOTALL)
        text = re.sub(rf"^\[.*?\]\(({'|'.join(FILES.values())})\)\n+", "", text, flags=re.M)
        text = text.replace("](notebooks/cases/)", f"](notebooks/cases/{COMPARISON}.ipynb)")
        text = re.sub(
            r"^\[?!\[.*?\]\(figures/([\w-]+)\.\w+\.png\)(\]\(.*?\))?$",
            lambda found: self.figure(found[1], 0),
            text,
            flags=re.M,
        )
        return text + _toctree({self.say(*label): name for name, label in _MENU.items()}, True)

    def dictionary(self) -> str:
        """The data dictionary, each file it describes as a download; in Chinese its overview."""
        up = self.up(1) + "data/"
        lists = _toctree({self.say("Official lists", "官方清单"): "raw/lists/README"}, hidden=True)
        if self.lang == "zh":
            rows = pd.DataFrame(
                {
                    "文件": [f"[{one['path']}]({up}{one['path']})" for one in resources()],
                    "内容": [one.get("title_zh", one.get("title", "")) for one in resources()],
                }
            )
            table = notebook.boxed(words.html_table(rows, "数据文件", links={"文件"}))
            note = "字段说明见英文版；每个数字均注明来源。"
            return f"{self.heading('data/README')}\n\n{note}\n\n{table}\n{lists}"
        text = (paths.DATA / "README.md").read_text("utf-8")
        for name in (resource["path"] for resource in resources()):
            path = paths.DATA / name
            size = f"{path.name} ({path.stat().st_size / 1000:,.0f} kB)"
            link = self.download(up + name, size)
            text = text.replace(f"\n## {name}\n", f"\n## {name}\n\n{link}\n")
        return text + lists

    def sources(self) -> str:
        """Every publication by name and link, with the number of statements taken from it."""
        listed = pd.read_csv(paths.SOURCES, dtype=str, keep_default_na=False)
        ids = [source for one in ledger.read() for source in ledger.sources(one)]
        first = self.say("publication", "出版物")
        rows = pd.DataFrame(
            {
                first: map(words.publication, listed["source_id"]),
                self.say("title", "标题"): listed["title"],
                self.say("language", "语言"): listed["language"],
                self.say("statements", "陈述数"): map(ids.count, listed["source_id"]),
            }
        )
        note = self.say(
            "Every publication that a number here rests on. The last column counts the statements "
            "about the register that were taken from it; the others give events and figures.",
            "本项目所用数字的全部出版物。末列为取自该出版物的备案陈述数，其余提供事件与行业数字。",
        )
        table = words.html_table(rows, self.say(*_MENU["sources"]), links={first})
        return f"{self.heading('sources')}\n\n{note}\n\n{notebook.boxed(table)}\n"

    def label(self, name: str) -> str:
        """What a list of notebooks calls it: the place, or its number (as texts cite it) and
        title."""
        stem = Path(name).name
        if _is_case(name):
            return self.say(f"{places.english(stem)} ({stem})", stem)
        return f"{stem.partition('_')[0]} {notebook.title(self.books[name], self.lang)}"

    def contents(self) -> str:
        """The page that leads to the notebooks: the question of each, and its answer."""
        lines, files = [self.heading("notebooks/index")], {}
        for name in (name for name in self.books if "/cases/" not in name):
            label, file = self.label(name), Path(name).name
            answer = next(iter(notebook.said(self.books[name], self.lang)), "").split("\n\n")
            lines += [f"## [{label}]({file}.ipynb)", next((a for a in answer if a[:1] != "#"), "")]
            files[label] = file
        return "\n\n".join(lines) + _toctree(files, hidden=True)

    def chapter(self, name: str) -> NotebookNode:
        """A notebook's page, with the notebook itself as a download."""
        up = self.up(name.count("/"))
        page = notebook.page(self.books[name], self.entries, up, self.lang)
        link = self.download(f"{up}{name}.ipynb", self.say("this notebook", "本笔记本"))
        page.cells.append(new_markdown_cell(link, id="download"))
        if name.endswith(COMPARISON):
            cases = {self.label(name): Path(name).name for name in self.books if _is_case(name)}
            heading = self.say("The places", "各地")
            page.cells.append(new_markdown_cell(f"## {heading}{_toctree(cases)}", id="places"))
        return page

    def gallery(self) -> str:
        """Every figure under the notebook that draws it."""
        lines, seen = [self.heading("figures/README")], set[str]()
        for name, book in self.books.items():
            drawn = [one for one in outputs.shown(book) if one not in seen]
            seen.update(drawn)
            if drawn:
                lines.append(f"## [{self.label(name)}](../{name}.ipynb)")
            for one in drawn:
                lines += [f"### {self.entries[one]['title'][self.lang]}", self.figure(one, 1)]
        return "\n\n".join(lines) + "\n"
