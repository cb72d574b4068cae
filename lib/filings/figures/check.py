"""What is wrong with a drawn figure: missing glyphs, text off the canvas, text upon text."""

from collections.abc import Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

from filings.figures import style

# Half a pixel at 100 dpi: boxes that merely touch are not an overlap.
TOUCH = 0.5


def faults(figure: Figure) -> list[str]:
    """Everything a reader would stumble over, one line each; empty for a good figure."""
    with style.applied():
        figure.draw_without_rendering()
        texts = [text for text in _texts(figure) if _seen(text)]
        found = [fault for text in texts for fault in _alone(text, figure)]
        boxes = np.array([text.get_window_extent().extents for text in texts]).reshape(-1, 4)
    low, high = boxes[:, :2], boxes[:, 2:]
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    pairs = np.triu((shared > TOUCH).all(axis=2), k=1)
    for one, two in np.argwhere(pairs):
        found.append(f"{texts[one].get_text()!r} overlaps {texts[two].get_text()!r}")
    return found


def _texts(artist: Artist) -> Iterator[Text]:
    """Every text that is drawn; an axis that is not drawn would make its ticks for the asking."""
    if isinstance(artist, Text):
        yield artist
    for child in artist.get_children():
        if not (isinstance(child, Axis) and not (child.axes.axison and child.get_visible())):
            yield from _texts(child)


def _seen(text: Text) -> bool:
    if not text.get_text().strip() or not text.get_visible():
        return False
    return text.axes is None or text.axes.get_visible()


def _alone(text: Text, figure: Figure) -> list[str]:
    words, found = text.get_text(), []
    weight = "bold" if text.get_fontweight() in ("bold", 700) else "normal"
    face = style.font(weight)
    missing = sorted({c for c in words if c != "\n" and not face.get_char_index(ord(c))})
    if missing:
        found.append(f"{words!r} has no glyph for {' '.join(missing)}")
    size = float(text.get_fontsize())
    if size < style.SMALL:
        found.append(f"{words!r} is set in {size:g} pt")
    box, canvas = text.get_window_extent(), figure.bbox.padded(TOUCH)
    if not (canvas.contains(box.x0, box.y0) and canvas.contains(box.x1, box.y1)):
        found.append(f"{words!r} leaves the canvas")
    return found
