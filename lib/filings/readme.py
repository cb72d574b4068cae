"""The parts of README.md that numbers stand in: written from the tables, never by hand."""

import json
import re

from filings import paths

_SHARES = paths.FIGURES / "shares_over_batches.csv"
_VERDICTS = paths.FIGURES / "article-verdicts.csv"
_MEASURES = paths.PROCESSED / "measures.csv"
_CELLS = paths.PROCESSED / "cells.csv"
_SEEN = paths.CACHE / "readme"


def finding() -> str:
    """The finding with its ranges, from the numbers the figures draw and the processed tables."""
    import pandas as pd  # here, so that a run with nothing to do starts at once

    from filings.figures.words import percent, span

    shares = pd.read_csv(_SHARES, dtype={"batches": str})
    shares = shares.set_index(["group", "batches"])[["low", "high"]]
    measures = pd.read_csv(_MEASURES, dtype={"batches": str})
    low, high = measures.set_index(["measure", "batches"]).loc[("hhi", "1-3"), ["low", "high"]]
    cells = pd.read_csv(_CELLS, dtype={"batches": str})
    total = cells.set_index(["unit", "batches", "place"]).at[("services", "1-3", "全国"), "low"]
    verdicts = pd.read_csv(_VERDICTS)
    verdicts = verdicts[verdicts["evidence"] == "all"].set_index("verdict")["claims"]

    def share(group: str, batches: str) -> str:
        return percent(*shares.loc[(group, batches)], 1)

    return (
        f"**Beijing (北京), Guangdong (广东), Shanghai (上海) and Zhejiang (浙江) hold "
        f"{share('Leaders', '1-3')} of the {total} services of the first three batches: as if "
        f"{span(1 / high, 1 / low, 1)} provinces of equal size shared the register. The centre "
        f"and the west (中西部) hold {share('Central+West', '1')} of the first batch, "
        f"{share('Central+West', '2')} of the second, {share('Central+West', '3')} of the third "
        f"and {share('Central+West', '5')} of the fifth. Of {verdicts.sum()} claims of the "
        f"article that started this, {verdicts['supported']} are supported, "
        f"{verdicts['contradicted']} contradicted, {verdicts['undecided']} undecided, and "
        f"{verdicts['outside the register']} lie outside the register.**"
    )


def exhibits() -> str:
    """The list of figures, with the finding each states; case studies after the others."""
    entries = json.loads(paths.MANIFEST.read_text(encoding="utf-8"))
    names = sorted(entries, key=lambda name: (entries[name]["notebook"], name))
    return "\n".join(
        f"- [{entries[name]['title']['en']}](figures/{name}.en.png) "
        f"([中文](figures/{name}.zh.png), [numbers](figures/{name}.csv))"
        for name in names
    )


def rendered(text: str) -> str:
    """The page with its written parts renewed, between the marks that name them."""
    parts = {"finding": finding, "exhibits": exhibits}
    marked = re.compile(r"(<!-- (finding|exhibits) -->\n).*?(<!-- /\2 -->)", re.DOTALL)
    return marked.sub(lambda mark: f"{mark[1]}\n{parts[mark[2]]()}\n\n{mark[3]}", text)


def renew() -> None:
    """Write README.md anew if what it tells of is there and has changed."""
    sources = (paths.README, paths.MANIFEST, _SHARES, _VERDICTS, _MEASURES, _CELLS)
    if not all(source.exists() for source in sources):
        return

    def state() -> str:
        return "\n".join(map(paths.fingerprint, sources))

    if _SEEN.exists() and _SEEN.read_text() == state():
        return
    text = paths.README.read_text(encoding="utf-8")
    if (new := rendered(text)) != text:
        paths.write(paths.README, new.encode())
    paths.write(_SEEN, state().encode())
