"""The source line of a figure, from ids of sources.csv and names of data files."""

import re
from collections.abc import Sequence
from functools import cache

import pandas as pd

from filings import paths

MOST_NAMED = 4

_FILES = {
    paths.STATEMENTS.name: {
        "en": "published reports on China's blockchain filing lists, compiled by this project",
        "zh": "关于国家网信办区块链信息服务备案清单的公开报道，本项目整理",
    },
    paths.PROVINCES.name: {"en": "National Bureau of Statistics of China", "zh": "国家统计局"},
    paths.SISTER_COUNTS.name: {
        "en": "China's algorithm and deep-synthesis filing lists",
        "zh": "国家网信办算法备案清单、深度合成服务算法备案清单",
    },
    paths.EVENTS.name: {
        "en": "events in published reports, compiled by this project",
        "zh": "公开报道中的事件，本项目整理",
    },
    paths.INDICATORS.name: {
        "en": "figures in published reports, compiled by this project",
        "zh": "公开报道中的数字，本项目整理",
    },
    paths.ARTICLE_CLAIMS.name: {
        "en": "claims of the audited article, listed by this project",
        "zh": "所核查文章的论断，本项目整理",
    },
}
_BRACKETS = re.compile(r"\s*[（(][^（()）]*[)）]")


class UnknownSourceError(ValueError):
    """A source that is neither an id of sources.csv nor a data file with a printed name."""


@cache
def _publishers() -> dict[str, str]:
    """Publisher of each source, without what stands in brackets behind its name."""
    table = pd.read_csv(paths.SOURCES, dtype=str, keep_default_na=False)
    names = [_BRACKETS.sub("", name).strip() for name in table["publisher"]]
    return dict(zip(table["source_id"], names, strict=True))


def source_line(sources: Sequence[str], lang: str) -> str:
    """The sources in words: data files by what they hold, publications by publisher.

    Of more than ``MOST_NAMED`` publications the first are named and the others counted; the
    manifest lists them all.

    Raises
    ------
    UnknownSourceError
        For an id that is not on file.
    """
    files = [_FILES[source][lang] for source in sources if source in _FILES]
    ids = [source for source in sources if source not in _FILES]
    unknown = [source for source in ids if source not in _publishers()]
    if unknown:
        raise UnknownSourceError(
            f"unknown source {', '.join(unknown)}: use an id of {paths.SOURCES.name} or one of "
            + ", ".join(sorted(_FILES))
        )
    names = list(dict.fromkeys(_publishers()[source] for source in ids))
    more = len(names) - MOST_NAMED
    words = ("、" if lang == "zh" else ", ").join(names[:MOST_NAMED])
    if more > 0:
        words += f" and {more} more" if lang == "en" else f"等{len(names)}家"
    return ("; " if lang == "en" else "；").join([*files, words] if words else files)
