"""A statement in words: English and Chinese."""

from filings import places
from filings.ledger.batches import Batches
from filings.ledger.kinds import KINDS
from filings.ledger.statements import Statement

RELATION_ZH = {"=": "", ">=": "至少", "<=": "至多", "~": "约", ">": "多于", "<": "少于"}
RELATION_EN = {"=": "", ">=": "at least ", "<=": "at most ", "~": "about ",
               ">": "more than ", "<": "less than "}  # fmt: skip
"""The words of a relation before its number. The ledger has no > and <; claims of a text do."""

_RANK_ZH = {"=": "居第", ">=": "不高于第", "<=": "不低于第", "~": "约居第"}
_RANK_EN = {
    "=": "number ",
    ">=": "no higher than number ",
    "<=": "among the first ",
    "~": "about number ",
}
_DATE_ZH = {">=": "不早于", "<=": "不晚于"}
_DATE_EN = {">=": "not before ", "<=": "not after "}
_UNIT_ZH = {"services": "个服务", "entities": "家主体"}


def _joined(names: tuple[str, ...], lang: str, mark: str = "") -> str:
    if lang == "zh":
        return (mark or "、").join(names)
    english = [places.english(name) for name in names]
    if mark:
        return f" {mark} ".join(english)
    return english[0] if len(english) == 1 else f"{', '.join(english[:-1])} and {english[-1]}"


def words(statement: Statement, lang: str = "en") -> str:
    """The statement as one sentence without a full stop.

    Parameters
    ----------
    statement
        Of any kind, binding or not.
    lang
        ``en`` or ``zh``.
    """
    template = getattr(KINDS[statement.kind], lang)
    about = (RELATION_ZH if lang == "zh" else RELATION_EN)[statement.relation]
    if statement.kind == "published" and statement.relation in _DATE_ZH:
        about = (_DATE_ZH if lang == "zh" else _DATE_EN)[statement.relation]
    value, unit, one = statement.value, statement.unit, statement.value == 1
    if statement.names:
        value = _joined(statement.names, lang, ">" if statement.kind == "order" else "")
    elif statement.kind == "first_batch":
        value = Batches([statement.number]).words(lang)
    text = template.format(
        batches=statement.batches.words(lang),
        place=_joined(statement.places, lang),
        of=_joined((statement.of,), lang) if statement.of else "",
        unit=_UNIT_ZH.get(unit, unit) if lang == "zh"
        else {"services": "service", "entities": "entity"}.get(unit, unit) if one else unit,
        noun={"services": "服务", "entities": "主体"}.get(unit, unit) if lang == "zh" else unit,
        about=about,
        rank=(_RANK_ZH if lang == "zh" else _RANK_EN).get(statement.relation, ""),
        value=value,
        category=statement.category or ("某类服务" if lang == "zh" else "one category"),
        phrase=statement.phrase,
    )  # fmt: skip
    return text[0].upper() + text[1:]
