"""The written rule for rounding and wording (`RULE`): what a claim must be true of to be true."""

from dataclasses import dataclass
from decimal import Decimal

from filings.claims.claim import Claim
from filings.words import Text

RULE = (
    ("a plain count", "the count is that number"),
    (
        "a plain percentage",
        "it is the true share rounded, or cut, at the decimals printed: 28.15 for a share from "
        "28.145 up to, but not with, 28.16",
    ),
    ("N成 (tenths)", "the same at tens of percent: 四成 for 35 % up to, but not with, 50 %"),
    ("a fraction (三分之一)", "the share is within a twentieth of it, as for 约"),
    ("近, 将近, 接近 N", "below N, and at least nine tenths of N"),
    ("约, 大约, 左右 N", "within a twentieth of N, either way"),
    ("超, 逾, 突破 N", "more than N"),
    (
        "N 余, N 多",
        "more than N, and less than N and one more unit of its last figure (二百余: 201 to 299)",
    ),
    ("至少, 以上", "N or more"),
    ("不足, 不到 N", "less than N"),
    ("至多, 不超过, 以下", "N or less"),
    ("过半, 半数以上", "more than half"),
    ("大多数 (省市)", "more than half of the 31"),
    ("绝对优势, 遥遥领先", "first, with at least half as many again as any other province"),
    ("第 N", "no more than N - 1 places are above it, and N - 1 others not below"),
    ("前 N", "no more than N - 1 places are above it"),
    ("A、B、C 依次", "none is below the next, and no other place is above the last (ties allowed)"),
)
"""Words of a claim, and when a claim so worded holds."""

NEARLY = Decimal("0.9")
"""近 N: at least this part of N."""

ABOUT = Decimal("0.05")
"""约 N: N give or take this part of it."""

MARGIN = Decimal("1.5")
"""绝对优势: at least so many times what any other province has."""

_SENSES = {
    "at most": ("不超过 至多 以下", Text("that or less", "不大于该数")),
    "more than": ("过半 多数 突破 超 逾", Text("more than that", "大于该数")),
    "less than": ("不足 不到 未及 弱", Text("less than that", "小于该数")),
    "at least": ("至少 不少于 不低于 以上 上", Text("that or more", "不小于该数")),
    "nearly": (
        "将近 接近 近",
        Text(f"below that, and at least {NEARLY:.0%} of it", f"小于该数，且不少于其{NEARLY:.0%}"),
    ),
    "about": (
        "约 大概 左右 上下 来 分之",
        Text(f"within {ABOUT:.0%} of it", f"与该数相差不超过{ABOUT:.0%}"),
    ),
    "and some": (
        "余 多 强",
        Text(
            "more than that, by less than one unit of its last figure", "大于该数，不足末位一个单位"
        ),
    ),
    "tenths": ("成", Text("rounded or cut at tens of percent", "按十分位舍入或截断")),
}
"""Each sense of an amount: the words that tell it, sought in this order, and how it is read."""

_UNWORDED = {">=": "at least", "<=": "at most", "<": "less than", ">": "more than", "~": "about"}


@dataclass(frozen=True)
class Limits:
    """Lowest and highest number a claim allows (None: no limit); open ends are not allowed."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False

    def allows(self, number: Decimal | int) -> bool:
        """True if the claim holds of the number."""
        above = self.low is None or number > self.low or (number == self.low and not self.low_open)
        below = (
            self.high is None or number < self.high or (number == self.high and not self.high_open)
        )
        return above and below


def sense(claim: Claim) -> str:
    """Which line of the rule applies to an amount: "exactly", "nearly", "more than" and so on."""
    if claim.relation == "=":
        return "tenths" if claim.wording == "成" else "exactly"
    for meaning, (words, _) in _SENSES.items():
        if any(word in claim.wording for word in words.split()):
            return meaning
    return _UNWORDED[claim.relation]


def limits(claim: Claim) -> Limits:
    """The numbers for which an amount (a share: in percent) is as the claim says.

    A change, a growth or a ratio is measured without its sign. Raises TypeError for a claim whose
    value is no number.
    """
    value = abs(claim.amount)
    match sense(claim):
        case "more than":
            return Limits(value, None, low_open=True)
        case "at most":
            return Limits(None, value)
        case "less than":
            return Limits(None, value, high_open=True)
        case "at least":
            return Limits(value, None)
        case "nearly":
            return Limits(value * NEARLY, value, high_open=True)
        case "about":
            return Limits(value * (1 - ABOUT), value * (1 + ABOUT))
        case "and some":
            more = value + _last_figure(value.normalize())
            return Limits(value, more, low_open=True, high_open=True)
        case "tenths":
            printed = Decimal(10)
        case _ if claim.kind in ("share", "growth", "ratio", "share_of_multi_filers"):
            printed = _last_figure(value)
        case _:
            return Limits(value, value)
    return Limits(value - printed / 2, value + printed, high_open=True)  # rounded or cut


def _last_figure(value: Decimal) -> Decimal:
    """The unit of the last figure: 28.15 → 0.01, and without its zeros 200 → 100."""
    return Decimal(1).scaleb(value.adjusted() + 1 - len(value.as_tuple().digits))


def rule(claim: Claim) -> Text:
    """How the claim's words were read, as a sentence; empty for a plain count."""
    meaning = sense(claim) if claim.kind in ("count", "share", "coverage") else "exactly"
    if meaning != "exactly":
        said, (_, rule) = claim.wording or claim.relation, _SENSES[meaning]
        return Text(f"“{said}” is read as {rule.en}.", f"“{said}”读作：{rule.zh}。")
    if claim.kind != "share":
        return Text("", "")
    return Text(
        "The percentage may be rounded or cut at the decimals printed.",
        "百分数按所印小数位舍入或截断均可。",
    )
