"""The parts of README.md, README.zh.md and data/README.md that are said elsewhere: what the
notebooks find, and what ``data/datapackage.json`` says of each table. Never typed by hand.
"""

import json
import re
from typing import Any

import nbformat

from filings import paths
from filings.notebook.outputs import LANGUAGES
from filings.site import notebook

FILES = {"en": "README.md", "zh": "README.zh.md"}

FINDINGS = (
    "02_regional_concentration",
    "03_central_western_catch_up",
    "cases/娄底",
    "05_article_audit",
)
"""The notebooks whose first paragraph is a finding, in the order of the page."""

# The types that the standard does not have, by what it holds them to.
_TYPES = {
    r"\d+": "code",
    r"\d{4}(-\d{2}(-\d{2})?)?": "date",
    r"\d+([-+]\d+)*": "batches",
}


def findings(lang: str) -> str:
    """The first paragraph that each of `FINDINGS` says, as a list."""
    lines = []
    for name in FINDINGS:
        book = nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)
        paragraphs = notebook.said(book, lang)[0].split("\n\n")
        first = next(text for text in paragraphs if not text.startswith("#"))
        lines.append(f"- {first.replace('**', '')}")
    return "\n".join(lines)


def resources() -> list[dict[str, Any]]:
    """Every table of data/, as the data package describes it."""
    described: list[dict[str, Any]] = json.loads(paths.DATAPACKAGE.read_text("utf-8"))["resources"]
    return described


def tables() -> str:
    """The data dictionary: a section for each table of the data package."""
    return "\n\n".join(map(_section, resources()))


def _section(resource: dict[str, Any]) -> str:
    schema = resource["schema"]
    (key,) = [schema.get("primaryKey"), *schema.get("uniqueKeys", [])][-1:]
    sources = (
        f"`{source['path']}`" if "path" in source else source["title"]
        for source in resource["sources"]
    )
    lines = [
        f"## {resource['path']}",
        "",
        resource["description"],
        "",
        f"Key: {', '.join(f'`{name}`' for name in key)}",
        "",
        f"Source: {'; '.join(sources)}",
        "",
        "| field | type | unit | description |",
        "|---|---|---|---|",
        *map(_row, schema["fields"]),
    ]
    return "\n".join(lines)


def _row(field: dict[str, Any]) -> str:
    limits = field.get("constraints", {})
    kind = _TYPES.get(limits.get("pattern"), "choice" if "enum" in limits else field["type"])
    mark = "" if limits.get("required") else "?"
    kind = "text" if kind == "string" else kind
    return (
        f"| `{field['name']}` | {kind}{mark} | {field.get('unit', '–')} | {field['description']} |"
    )


def rendered(text: str, lang: str) -> str:
    """The page with its written part renewed, between the marks that name it."""
    return _renewed(text, "findings", findings(lang))


def _renewed(text: str, mark: str, content: str) -> str:
    marked = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return marked.sub(lambda found: f"{found[1]}\n{content}\n\n{found[2]}", text)


def renew() -> None:
    """Write the pages anew where what they repeat has changed."""
    for lang in LANGUAGES:
        path = paths.ROOT / FILES[lang]
        paths.write_changed(path, rendered(path.read_text("utf-8"), lang).encode())
    text = paths.DICTIONARY.read_text("utf-8")
    paths.write_changed(paths.DICTIONARY, _renewed(text, "tables", tables()).encode())
