"""A table that a notebook shows, as a page can hold it: its own box, marked for a screen reader."""

import re
from html import escape

from lxml import html

_NUMBER = re.compile(r"[≥≤<>−+-]?[\d,.]+%?(\s?[–-]\s?[−+-]?[\d,.]+%?)?|NaN|")


def boxed(given: str, label: str) -> str:
    """The tables of a piece of HTML, each in a box that scrolls sideways and can take the focus.

    ``label`` names the box. Header cells say what they head; cells of numbers get the class
    ``number``; pandas' own styles go.
    """
    found = html.fragment_fromstring(given, create_parent="div").iter("table")
    opened, closed = box(label)
    return "\n".join(f"{opened}{_marked(table)}{closed}" for table in found)


def box(label: str) -> tuple[str, str]:
    """Begin and end of a box that scrolls sideways and can take the focus, named for a reader."""
    opened = f'<div class="table-box" role="group" tabindex="0" aria-label="{escape(label)}">'
    return opened, "</div>"


def _marked(table) -> str:
    for element in table.iter("table", "tr", "th", "td"):
        for name in ("style", "border", "valign"):
            element.attrib.pop(name, None)
    _merge(table.findall("thead/tr"))
    for cell in table.iterfind("thead//th"):
        _head(cell, "col" if cell.get("colspan", "1") == "1" else "colgroup")
    for cell in table.iterfind("tbody//th"):
        _head(cell, "row" if cell.get("rowspan", "1") == "1" else "rowgroup")
    _align(
        [list(row)[::-1] for row in table.iterfind("thead/tr")],
        [list(row)[::-1] for row in table.iterfind("tbody/tr")],
    )
    table.tail = None
    # A blank line would end the HTML in the Markdown around it.
    return re.sub(r"\n\s*", "\n", html.tostring(table, encoding="unicode"))


def _merge(rows) -> None:
    """Move the names of row headers, which pandas puts in a row of their own, up into the first."""
    if len(rows) != 2 or len(rows[0]) != len(rows[1]):
        return
    pairs = list(zip(*rows, strict=True))
    if not any(above.text and below.text for above, below in pairs):
        for above, below in pairs:
            above.text = above.text or below.text
        rows[1].getparent().remove(rows[1])


def _align(heads, rows) -> None:
    """Mark columns of numbers, heads included. Columns count from the right, where each row has
    all its cells: only row headers span several rows."""
    for column in range(min(map(len, rows), default=0)):
        cells = [row[column] for row in rows]
        if all(
            cell.tag == "td" and _NUMBER.fullmatch(cell.text_content().strip()) for cell in cells
        ):
            for cell in [*cells, *(row[column] for row in heads if column < len(row))]:
                cell.set("class", "number")


def _head(cell, scope: str) -> None:
    """A header cell with its scope; an empty one is no header."""
    if cell.text_content().strip():
        cell.set("scope", scope)
    else:
        cell.tag = "td"
