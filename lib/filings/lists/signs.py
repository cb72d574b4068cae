"""What the signs of a list stand for: texts as they are meant, and what may be a filing number."""

import re
import unicodedata

BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")
# In numbers and headers; names stay as they are written.
_SIMPLE = str.maketrans(
    "備編號網稱單業機構註務體區塊鏈滬粵蘇魯遼贛晉陝隴貴雲瓊閩寧",
    "备编号网称单业机构注务体区块链沪粤苏鲁辽赣晋陕陇贵云琼闽宁",
)
# Radicals and compatibility forms, as converters put them in the place of characters.
_ODD = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\U0002f800-\U0002fa1f]")
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰",
    "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙",
)

DOUBT = "\ufffd"
"""What marks a text that may not be whole, or not be all of one cell."""
FILING = re.compile(r"(?:网信算备|\w网信备|网信备)[\dX]{3,}号?")
"""What looks like a filing number in a tight text."""
BEGUN = re.compile(r"[网網]\s*信\s*算?\s*[备備](?!案)")
"""What begins a filing number, in a text as written."""
_WHOLE = re.compile(r"(?:网信算备|\w网信备)\d{12,}[\dX]号?")


def odd(row: list[str]) -> bool:
    """Whether a row holds signs that stand for others."""
    return bool(_ODD.search("".join(row)))


def meant(text: str) -> str:
    """The text with the characters that radicals and compatibility forms stand for: ⼤ is 大."""
    return _ODD.sub(lambda sign: unicodedata.normalize("NFKC", sign[0].translate(_RADICALS)), text)


def simple(text: str) -> str:
    """The text with simplified characters, where a number or header has others."""
    return text.translate(_SIMPLE)


def narrow(text: str) -> str:
    """The text without blanks, with narrow digits and a capital X."""
    return BLANKS.sub("", text).translate(_NARROW)


def tight(text: str) -> str:
    """The text without blanks, and with narrow digits and simplified characters."""
    return simple(meant(narrow(text)))


def is_number(text: str) -> bool:
    """Whether a tight text is one filing number with (nearly) all digits, right or wrong."""
    return bool(_WHOLE.fullmatch(text))
