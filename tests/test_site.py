"""The static site: built whole and alike, complete, and usable in a real browser without network.

One file, so that one worker builds it once. Every page is opened once, and so is a bad page, on
which each check must find something.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import browser
import nbformat
import pandas as pd
import pytest
from filings import figures, paths, site
from filings.site import figure, notebook, pages
from lxml import html
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

BAD = """<!doctype html><title>Bad</title><article><h1>Bad</h1><h3>Worse</h3>
<img src="missing.png"><a href="nowhere.html">x</a><a href="#nowhere">y</a>
<p style="color: #bbb; background: #fff; width: 900px">Hardly to be seen</p>
<script>console.error("bad"); fetch("https://example.org/").catch(() => {})</script>"""


# Figures drawn once more for narrow screens have a test of their own: here the wide ones stand in.
BUILD = """
import shutil, sys
from pathlib import Path
from filings import paths, site
from filings.site import figure

def copy(site):
    folder = site / "figures" / figure.NARROW
    folder.mkdir()
    for picture in paths.FIGURES.glob("*.svg"):
        shutil.copy(picture, folder)

paths.SITE, figure.draw_narrow = Path(sys.argv[1]), copy
site.build()
"""


def build(folder: Path, seed: str) -> Path:
    """The site built in that folder by a process of its own, with that order of sets."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], check=True, env=environment)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The site of this repository."""
    return build(tmp_path_factory.mktemp("site") / "site", "1")


# Among many good rows, one has a cell that is hardly to be seen; axe-core judges no lone letter.
BAD_ROW = """<!doctype html><title>Bad row</title><article><h1>Bad row</h1><table><tbody>
<tr><td>11</td></tr><tr><td>12</td></tr><tr><td>13</td></tr><tr><td>14</td></tr>
<tr><td style="color: #bbb; background: #fff">5</td></tr>
<tr><td>16</td></tr>
<tr><td style="color: #bbb; background: #fff">17</td></tr></tbody></table>"""

# axe-core's time grows with the number of elements, and most are like one that it has seen, here
# or on another page: a row or a word of code in the same place, with the same tags, classes and
# styles inside, whatever its words. Those are taken off the page; what is new stays.
ONLY_NEW = """
const [known] = arguments, seen = new Set(known), fresh = [];
const above = (one) => one ? `${above(one.parentElement)} ${one.tagName}.${one.className}` : '';
const own =
  / (id|for|name|href|src|srcset|alt|title|width|height|aria-label|data-[a-z-]+)="[^"]+"/g;
// axe-core passes no judgement on a single letter or a sign: such a text stands for itself alone.
const word = (text) => /[\\p{L}\\p{N}]{2}/u.test(text) ? '>word' : text.trim();
const kinds =
  'header > *, nav, dialog > *, footer, figure, h1, h2, h3, tr, li, article p, pre span, math';
for (const one of document.querySelectorAll(kinds)) {
  const inside = one.outerHTML.replace(own, ' $1="x"').replace(/>[^<]+/g, word);
  const kind = `${above(one.parentElement)} ${one.rowIndex % 2} ${inside}`;
  if (seen.has(kind)) one.remove(); else { seen.add(kind); fresh.push(kind); }
}
for (const code of document.querySelectorAll('details.code')) code.open = true;
return fresh;
"""


BAD_PAGES = {"bad.html": BAD, "bad_row.html": BAD_ROW}

# How far the page, or anything on it but what scrolls in its own box, goes beyond 360 pixels.
TOO_WIDE = """
const boxes = '.table-box, .pst-scrollable-table-container, .highlight, .visually-hidden, math';
const inside = Array.from(document.querySelectorAll('article *, footer *, header *'))
  .filter((one) => one.checkVisibility() && !one.closest(boxes))
  .map((one) => one.getBoundingClientRect().right);
return Math.max(document.documentElement.scrollWidth, ...inside) - 360;
"""


@pytest.fixture(scope="module")
def documents(built):
    """Every page by its place in the site, parsed."""
    found = {path.relative_to(built).as_posix(): path for path in built.rglob("*.html")}
    return {name: html.fromstring(path.read_bytes()) for name, path in sorted(found.items())}


# ---------------------------------------------------------------- the build


def test_the_same_files_give_the_same_site(built, tmp_path):
    """In another process, where sets have another order."""
    ours, again = content(built), content(build(tmp_path / "again", "7"))
    assert ours.keys() == again.keys()
    assert [name for name in again if again[name] != ours[name]] == []


def test_every_figure_is_drawn_for_a_narrow_screen(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(figure, "ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(figure, "export", lambda *asking, **how: asked.append((asking, how)) or ())
    figure.draw_narrow(tmp_path)
    how = {"preset": "single-column", "out": tmp_path / "figures/single-column"}
    assert [one for one, _ in asked] == [((n,), ("en", "zh"), ("svg",)) for n in figures.manifest()]
    assert all(one == how for _, one in asked)
    monkeypatch.undo()
    monkeypatch.setattr(figure, "manifest", lambda: ["verdicts"])
    figure.draw_narrow(tmp_path)
    for lang in ("en", "zh"):
        page = figures.redraw("verdicts", lang, preset="single-column")
        drawn = tmp_path / f"figures/single-column/verdicts.{lang}.svg"
        assert drawn.read_bytes() == figures.rendered(page, "svg", page.outlet.dpi)


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def one_page(tmp_path, monkeypatch):
    """A function that builds a site of one page with that text where a good site stands."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("good")
    monkeypatch.setattr(paths, "SITE", tmp_path / "site")
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(figure, "draw_narrow", lambda site: None)
    (tmp_path / "cache/site-killed").mkdir(parents=True)

    def run(text: str) -> dict[str, bytes]:
        def write(source, lang):
            source.mkdir()
            (source / "index.md").write_text(text)
            return []

        monkeypatch.setattr(pages, "write", write)
        try:
            site.build()
        finally:
            assert [path.name for path in paths.CACHE.iterdir()] == ["site.lock"]
        return content(tmp_path / "site")

    return run


# The tools' own, which a reader never sees.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_a_flaw_in_a_page_ends_the_build_and_keeps_the_last_site(one_page, capfd):
    for flaw, said in [
        ("[a](nowhere.md)", "nowhere.md"),
        ("![](nowhere.png)", "image file not readable"),
        ("## Two\n\n#### Four", "header level"),
    ]:
        with pytest.raises(site.UnbuiltError):
            one_page(f"# Home\n\n{flaw}\n")
        assert said in capfd.readouterr().err
        assert content(paths.SITE) == {"index.html": b"good"}
    assert b"All is well" in one_page("# Home\n\nAll is well\n")["index.html"]


def test_no_notebook_runs_and_no_list_of_a_reader_gets_in(built):
    names = content(built).keys()
    assert [name for name in names if "jupyter_execute" in name or name.endswith(".doctree")] == []
    assert [name for name in names if name.startswith("data/raw/lists/")] == [
        "data/raw/lists/README.html"
    ]


# ---------------------------------------------------------------- what is there


def test_every_notebook_is_a_page_with_its_own_title(documents):
    books = [path.relative_to(paths.ROOT) for path in paths.NOTEBOOKS.rglob("*.ipynb")]
    assert books
    titles = [document.findtext(".//title") for document in documents.values()]
    assert len(set(titles)) == len(titles)
    assert {book.with_suffix(".html").as_posix() for book in books} <= documents.keys()


@pytest.mark.parametrize(("lang", "up"), [("en", "../"), ("zh", "../../")])
def test_every_figure_stands_in_the_gallery_with_its_files(documents, lang, up):
    entries = figures.manifest()
    page = documents["figures/README.html" if lang == "en" else "zh/figures/README.html"]
    shown = [
        (Path(image.get("src")).stem, image.get("alt")) for image in page.xpath("//figure//img")
    ]
    assert sorted(shown) == sorted((f"{n}.{lang}", e["alt"][lang]) for n, e in entries.items())
    links = {
        link.removeprefix(f"{up}figures/") for link in page.xpath("//figure//a[@download]/@href")
    }
    own = (file for entry in entries.values() for file in entry["sha256"])
    assert links == {file for file in own if f".{lang}." in file or file.endswith(".csv")}
    captions = {p.text for p in page.xpath("//figcaption/p") if p.get("class") != "downloads"}
    assert captions == {entry["caption"][lang] for entry in entries.values()}


def test_every_page_leads_to_itself_in_the_other_language(documents):
    for name, document in documents.items():
        chinese = name.startswith("zh/")
        other = name.removeprefix("zh/") if chinese else f"zh/{name}"
        (link,) = {*document.xpath("//a[contains(@class, 'language')]/@href")}  # bar and drawer
        assert os.path.normpath(Path(name).parent / unquote(link)) == other
        assert document.get("lang") == ("zh-CN" if chinese else "en")


def test_a_chinese_page_says_the_numbers_of_the_english_one(documents):
    for name in ("02_regional_concentration", "03_central_western_catch_up", "05_article_audit"):
        book = nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)
        english, chinese = (notebook.said(book, lang) for lang in ("en", "zh"))
        assert len(english) == len(chinese) and english != chinese
        shown = documents[f"zh/notebooks/{name}.html"].text_content()
        assert re.sub(r"[*\s]", "", chinese[0].split("\n")[0]) in re.sub(r"\s", "", shown)


def test_every_file_of_the_data_dictionary_can_be_downloaded(documents):
    text = (paths.DATA / "README.md").read_text("utf-8")
    files = {f"../data/{name}" for name in re.findall(r"^## (.*\.csv)$", text, flags=re.M)}
    assert files and files <= set(documents["data/README.html"].xpath("//a[@download]/@href"))


def test_the_home_page_says_what_the_readme_says(documents):
    readme = (paths.ROOT / "README.md").read_text("utf-8")
    findings = re.search(r"<!-- findings -->\s+- (.*?)\n", readme)[1]
    text = " ".join(documents["index.html"].text_content().split())
    assert findings in text
    assert "python3 run.py site" in text


def test_the_audit_has_every_claim_in_the_articles_own_words(documents):
    judged = pd.read_csv(paths.AUDIT, dtype=str, keep_default_na=False)
    for name in ("audit.html", "zh/audit.html"):
        rows = documents[name].xpath("//table[contains(@class, 'audit')]/tbody/tr")
        shown = [(r.get("id"), r.findtext("th"), r.xpath("td/@data-verdict")[0]) for r in rows]
        assert shown == list(
            judged[["id", "phrase", "standing"]].itertuples(index=False, name=None)
        )


def test_every_publication_is_named_with_its_link(documents):
    listed = pd.read_csv(paths.SOURCES, dtype=str, keep_default_na=False)
    links = set(documents["sources.html"].xpath("//main//table//a/@href"))
    assert {url for url in listed["url"] if url.startswith("http")} <= links


def test_every_link_leads_to_a_file_and_every_anchor_to_a_place(documents, built):
    lost = [link for name in documents for link in lost_links(built, name, documents)]
    assert lost == []


def lost_links(folder: Path, name: str, documents: dict) -> list[str]:
    """Links and sources of that page that lead nowhere in the folder."""
    lost = []
    for _, attribute, link, _ in documents[name].iterlinks():
        parts = urlsplit(link)
        if parts.scheme or attribute == "action":
            continue
        target = (folder / name).parent / unquote(parts.path) if parts.path else folder / name
        place = os.path.relpath(target, folder)
        anchors = documents[place].xpath("//@id") if place in documents else []
        if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors):
            lost.append(f"{name}: {link}")
    return lost


def test_lost_links_are_found(tmp_path):
    (tmp_path / "bad.html").write_text(BAD)
    lost = lost_links(tmp_path, "bad.html", {"bad.html": html.fromstring(BAD)})
    assert lost == [f"bad.html: {link}" for link in ("missing.png", "nowhere.html", "#nowhere")]


def test_nothing_is_loaded_from_elsewhere_and_headings_are_in_order(documents):
    for name, document in documents.items():
        sources = document.xpath("//@src | //link[@rel!='search']/@href | //@srcset")
        assert [source for source in sources if "//" in source] == [], name
        levels = [
            int(tag.tag[1])
            for tag in document.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")
        ]
        assert levels[0] == 1 and levels.count(1) == 1, name
        assert all(b <= a + 1 for a, b in pairwise(levels)), name


def test_formulas_are_markup_and_need_no_script(documents):
    page = documents["notebooks/02_regional_concentration.html"]
    assert page.xpath("//*[local-name()='math']") and "$" not in page.xpath("string(//main)")
    assert not [s for s in page.xpath("//script/@src") if re.search("mathjax|katex", s, re.I)]


# ---------------------------------------------------------------- in a browser


@dataclass
class Visit:
    """What one page did and showed when it was opened."""

    errors: list[str]
    failed: list[str]
    outside: list[str]
    without_alt: int
    shut_out: dict[str, list[str]]
    overflow: int


@pytest.fixture(scope="module")
def opened():
    with browser.browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def visits(opened, documents, built, tmp_path_factory):
    """Every page opened once, and the bad ones."""
    # Loaded by every page itself, which is quicker than to send it to each.
    axe = {"source": browser.axe()}
    opened.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", axe)
    folder = tmp_path_factory.mktemp("bad")
    for name, text in BAD_PAGES.items():
        (folder / name).write_text(text)
    pages = {name: built / name for name in documents} | {name: folder / name for name in BAD_PAGES}
    known = []
    return {name: visit(opened, path, known) for name, path in pages.items()}


def visit(chromium, page: Path, known: list[str]) -> Visit:
    """Open the page as on a phone, then widen it; ``known`` are the kinds of things seen so far."""
    wide(chromium, 360)
    colours(chromium, "light")
    chromium.get(page.as_uri())
    overflow = chromium.execute_script(TOO_WIDE)
    wide(chromium, 1280)
    without_alt = len(chromium.find_elements(By.CSS_SELECTOR, "img:not([alt]), img[alt='']"))
    known += chromium.execute_script(ONLY_NEW, known)
    shut_out = {"light": barriers(chromium)}
    colours(chromium, "dark")
    shut_out["dark"] = barriers(chromium, "color-contrast", "link-in-text-block")
    log = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]
    asked = [
        e["params"]["request"]["url"] for e in log if e["method"] == "Network.requestWillBeSent"
    ]
    return Visit(
        errors=[e["message"] for e in chromium.get_log("browser") if e["level"] == "SEVERE"],
        failed=[e["params"]["errorText"] for e in log if e["method"] == "Network.loadingFailed"],
        outside=[url for url in asked if urlsplit(url).scheme not in ("file", "data", "blob")],
        without_alt=without_alt,
        shut_out=shut_out,
        overflow=overflow,
    )


def wide(chromium, pixels: int) -> None:
    size = {"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": pixels < 600}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def colours(chromium, scheme: str) -> None:
    prefers = [{"name": "prefers-color-scheme", "value": scheme}]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": prefers})


def barriers(chromium, *rules: str) -> list[str]:
    """What axe-core calls serious or critical, by all rules or those named."""
    # With preload it would ask for style sheets once more, which a page opened as a file must not.
    options = {"resultTypes": ["violations"], "preload": False} | (
        {"runOnly": rules} if rules else {}
    )
    found = chromium.execute_async_script(
        "for (const one of document.getAnimations()) one.finish();"
        "const [options, done] = arguments; axe.run(document, options).then((r) => done("
        "r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) =>"
        "`${v.id}: ${v.nodes.length} × ${v.nodes[0].html}`)))",
        options,
    )
    return found


def good(visits) -> dict[str, Visit]:
    return {name: seen for name, seen in visits.items() if name not in BAD_PAGES}


@pytest.mark.parametrize("what", ["errors", "failed", "outside", "without_alt"])
def test_every_page_opens_without_error_network_or_picture_without_alt(visits, what):
    assert getattr(visits["bad.html"], what), "the check finds what is wrong"
    assert {
        name: found for name, one in good(visits).items() if (found := getattr(one, what))
    } == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visits, scheme):
    assert all("color-contrast" in str(visits[bad].shut_out[scheme]) for bad in BAD_PAGES)
    found = {name: one.shut_out[scheme] for name, one in good(visits).items()}
    assert {name: barriers for name, barriers in found.items() if barriers} == {}


def test_no_page_scrolls_sideways_on_a_phone(visits):
    assert visits["bad.html"].overflow > 0
    assert {name: one.overflow for name, one in good(visits).items() if one.overflow > 0} == {}


def wait(chromium, condition):
    return WebDriverWait(chromium, 20, 0.05).until(lambda _: condition())


def results(chromium) -> list[str]:
    links = chromium.find_elements(By.CSS_SELECTOR, "#search-results li a")
    return [unquote(link.get_attribute("href")) for link in links]


@pytest.mark.parametrize(
    ("words", "page"),
    [("备案", "index.html"), ("区块链", "index.html"), ("Loudi", "notebooks/cases/娄底.html")],
)
def test_search_finds_english_and_chinese(opened, built, words, page):
    wide(opened, 1280)
    opened.get((built / "index.html").as_uri())
    opened.find_element(By.TAG_NAME, "body").send_keys(Keys.CONTROL, "k")
    field = wait(opened, lambda: opened.switch_to.active_element)
    assert field.get_attribute("type") == "search"
    field.send_keys(words, Keys.ENTER)
    wait(opened, lambda: any(urlsplit(link).path.endswith(page) for link in results(opened)))


def test_search_finds_nothing_where_there_is_nothing(opened, built):
    opened.get(f"{(built / 'search.html').as_uri()}?q=京北区")
    wait(opened, lambda: "did not match" in opened.find_element(By.TAG_NAME, "main").text)
    assert results(opened) == []


def focused(chromium):
    return chromium.switch_to.active_element


def press(chromium, *keys: str) -> None:
    focused(chromium).send_keys(*keys)


def test_a_page_can_be_used_by_keyboard(opened, built):
    wide(opened, 1280)
    opened.get((built / "notebooks/02_regional_concentration.html").as_uri())
    opened.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert "Skip" in focused(opened).get_property("textContent")
    press(opened, Keys.ENTER)
    assert opened.execute_script("return location.hash") == "#main-content"
    until(opened, "summary")
    code = focused(opened).find_element(By.XPATH, "..")
    assert not code.get_attribute("open")
    press(opened, Keys.ENTER)
    assert code.get_attribute("open")
    link = opened.find_element(By.CSS_SELECTOR, "a.language")
    link.send_keys(Keys.ENTER)
    wait(opened, lambda: "/zh/notebooks/02_" in opened.current_url)
    assert opened.find_elements(By.CSS_SELECTOR, "figure img[src$='.zh.svg']")


def until(chromium, tag: str) -> None:
    """Go on with the tab key until such an element has the focus."""
    for _ in range(60):
        press(chromium, Keys.TAB)
        if focused(chromium).tag_name == tag and focused(chromium).is_enabled():
            return
    raise AssertionError(f"no {tag} can be reached by the tab key")


def test_a_wide_table_can_be_scrolled_by_keyboard(opened, built):
    wide(opened, 360)
    opened.get((built / "notebooks/05_article_audit.html").as_uri())
    for box in opened.find_elements(By.CSS_SELECTOR, ".table-box"):
        assert box.get_attribute("tabindex") == "0" and box.get_attribute("aria-label")
    opened.execute_script("arguments[0].focus()", box)
    press(opened, Keys.ARROW_RIGHT)
    wait(opened, lambda: box.get_property("scrollLeft") > 0)


def test_claims_can_be_sorted_and_filtered(opened, built):
    wide(opened, 1280)
    opened.get((built / "audit.html").as_uri())

    def verdicts(column: int) -> list[str]:
        return opened.execute_script(
            "const cells = `.audit tbody tr > :nth-child(${arguments[0]})`;"
            "return Array.from(document.querySelectorAll(cells))"
            ".filter((cell) => cell.checkVisibility()).map((cell) => cell.dataset.verdict)",
            column,
        )

    everything = verdicts(3)
    button = opened.find_element(By.CSS_SELECTOR, ".audit th:nth-child(3) button")
    button.send_keys(Keys.ENTER)
    assert verdicts(3) == sorted(everything) != everything
    assert button.find_element(By.XPATH, "..").get_attribute("aria-sort") == "ascending"
    button.send_keys(Keys.ENTER)
    assert verdicts(3) == sorted(everything, reverse=True)
    opened.find_element(By.CSS_SELECTOR, ".filters select[data-column='2']").send_keys(
        "not borne out"
    )
    assert verdicts(3) == ["not borne out"] * everything.count("not borne out") != []
    opened.find_element(By.CSS_SELECTOR, ".filters input").send_keys("no such claim")
    assert verdicts(3) == []
    assert opened.find_element(By.CSS_SELECTOR, ".filters output").text.startswith("0 / ")
