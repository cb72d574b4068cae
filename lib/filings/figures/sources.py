"""The source line of a figure, from ids of sources.csv and names of data files."""

from functools import cache
from types import MappingProxyType

import pandas as pd

from filings import paths

MOST_NAMED = 4

_FILES = MappingProxyType(
    {
        paths.STATEMENTS.name: {
            "en": "published statements on the blockchain filing lists of the Cyberspace "
            "Administration of China, compiled and reconciled by this project",
            "zh": "关于国家互联网信息办公室区块链信息服务备案清单的公开报道，本项目整理并核对",
        },
        paths.PROVINCES.name: {"en": "National Bureau of Statistics of China", "zh": "国家统计局"},
        paths.SISTER_COUNTS.name: {
            "en": "algorithm and deep-synthesis filing lists of the Cyberspace Administration "
            "of China",
            "zh": "国家互联网信息办公室算法备案清单、深度合成服务算法备案清单",
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
        paths.TILE_GRID.name: {"en": "tile grid by this project", "zh": "格网地图由本项目绘制"},
    }
)


class UnknownSourceError(ValueError):
    """A source that is neither an id of sources.csv nor a data file with a printed name."""


@cache
def _publishers() -> dict[str, str]:
    table = pd.read_csv(paths.SOURCES, dtype=str, keep_default_na=False)
    return dict(zip(table["source_id"], table["publisher"], strict=True))


def source_line(sources: tuple[str, ...], lang: str) -> str:
    """The sources in words: data files by what they hold, publications by publisher.

    More than ``MOST_NAMED`` publications are counted instead; the manifest lists them all.
    Raises ``UnknownSourceError`` for an id that is not on file.
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
    if len(names) > MOST_NAMED:
        names = [f"{len(names)} publications" if lang == "en" else f"{len(names)}家媒体与机构"]
    return ("; " if lang == "en" else "；").join(files + names)
