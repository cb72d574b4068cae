"""What Sphinx lacks for this site: formulas without scripts, Chinese search, plain downloads."""

import re

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.writers.html5 import HTML5Translator

_CHINESE = re.compile(r"[\u3400-\u9fff]+")


class EnglishAndChinese(SearchEnglish):
    """English words by their stem; runs of Chinese by each character and each pair.

    Chinese is written without spaces. A query's pairs must all be on the page, so 区块链 is asked
    for as 区块 and 块链; single characters are asked for only where the query is one.
    """

    lang = "en-zh"
    js_splitter_code = r"""
function splitQuery(query) {
  const words = query.match(/[\u3400-\u9fff]+|[\p{Letter}\p{Number}_]/gu) === null ? [] :
    query.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{Letter}\p{Number}_])+/gu);
  return words.flatMap((word) => {
    if (!/^[\u3400-\u9fff]{3}/.test(word)) return [word];
    return Array.from(word.slice(1), (_, i) => word.slice(i, i + 2));
  });
}
"""

    def split(self, text: str) -> list[str]:
        """The words of a text, as the index keeps them."""
        found = super().split(_CHINESE.sub(" ", text))
        for run in _CHINESE.findall(text):
            found += [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
        return found


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(tex2mathml(node.astext(), as_block=False))
    raise nodes.SkipNode


def _block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def _open_toggle(writer: HTML5Translator, _node: nodes.Node) -> None:
    """Hidden code: a native toggle named by what it shows (MyST-NB gives it another name)."""
    word = "代码" if writer.config.language.startswith("zh") else "Code"
    writer.body.append(f'<details class="code"><summary>{word}</summary>')


def _close_toggle(writer: HTML5Translator, _node: nodes.Node) -> None:
    writer.body.append("</details>")


def _link_plainly(app: Sphinx, doctree: nodes.document) -> None:
    """Make a link to a file a link to its place in the site, which is that in the repository.

    Sphinx would copy the file to a folder whose name is a checksum.
    """
    for node in list(doctree.findall(addnodes.download_reference)):
        target = app.config.files_up + node["reftarget"]
        link = nodes.reference("", "", *node.children, refuri=target)
        node.replace_self(link)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("files_up", "", "env")
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.add_search_language(EnglishAndChinese)
    app.add_node(HideCodeCellNode, override=True, html=(_open_toggle, _close_toggle))
    app.connect("doctree-read", _link_plainly, priority=0)  # before Sphinx collects the files
    return {"parallel_read_safe": True, "parallel_write_safe": True}
