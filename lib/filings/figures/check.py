"""What is wrong with a drawn figure: missing glyphs, text off the canvas, text upon text."""

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text

from filings.figures import style

# Half a pixel at 100 dpi: boxes that merely touch are not an overlap.
TOUCH = 0.5


def faults(figure: Figure) -> list[str]:
    """Everything a reader would stumble over, one line each; empty for a good figure."""
    with style.applied():
        return _faults(figure)


def _faults(figure: Figure) -> list[str]:
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if _seen(text)]
    found = [fault for text in texts for fault in _alone(text, figure)]
    boxes = [(text, text.get_window_extent()) for text in texts]
    for (one, a), (two, b) in combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        up = min(a.y1, b.y1) - max(a.y0, b.y0)
        if across > TOUCH and up > TOUCH:
            found.append(f"{one.get_text()!r} overlaps {two.get_text()!r}")
    return found


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
    if text.get_fontsize() < style.SMALL:
        found.append(f"{words!r} is set in {text.get_fontsize():g} pt")
    box, canvas = text.get_window_extent(), figure.bbox
    inside = (
        box.x0 >= canvas.x0 - TOUCH
        and box.x1 <= canvas.x1 + TOUCH
        and box.y0 >= canvas.y0 - TOUCH
        and box.y1 <= canvas.y1 + TOUCH
    )
    if not inside:
        found.append(f"{words!r} leaves the canvas")
    return found
