"""Numbers with a hedge inside (47万余, 几十万, 三五千, 上百万, 50来万): one flat list of rules over the exact numerals.

:data:`QUANTITY` is the source of a regular expression, without groups, for any number, hedged or exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.normalise.numerals import (
    GAP,
    HAN_DIGIT,
    HAN_UNIT,
    chain,
    compact,
    evaluate,
    is_pair,
    plain_digits,
    plain_notation,
    read_number,
    without_gaps,
)
from pipeline.normalise.rules import Rule

QUANTITY = f"(?:[数數](?={GAP}[{HAN_UNIT}])|成{GAP}[百千]{GAP}上(?={GAP}[千万萬])|上(?={GAP}[{HAN_UNIT}]))?" + chain(
    HAN_DIGIT + "几幾",
    f"|[余餘](?![额款下地])|多(?!元[化素])|[来來](?![自到源往访宾])|把(?={GAP}[{HAN_UNIT}元块塊]|{GAP}$)"
    f"|儿(?={GAP}[八百])|上(?={GAP}[{HAN_UNIT}])",
)
"""A number with or without a hedge inside: ``47万余``, ``几十万``, ``三五千``, ``上百万``, ``50来万``, ``百万``."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as text states it: ``value``, or None where it states none; inclusive bounds where the words set them.

    ``rounded`` marks a bare power of ten (百万元善款), whose approximation a bound beside it takes away (逾百万元).
    """

    value: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None
    approximate: bool = False
    rounded: bool = False

    def times(self, factor: Decimal) -> Quantity:
        """Return the quantity counted in another unit: 5 times 10,000 where 万 stood only once."""

        def scaled(number: Decimal | None) -> Decimal | None:
            return None if number is None else number * factor

        return Quantity(scaled(self.value), scaled(self.lower), scaled(self.upper), self.approximate, self.rounded)


_HEDGE_INSIDE = re.compile("[余多来把]")


def _read_few(match: re.Match[str], _: None) -> Quantity | None:
    """Read 几 and 数: one to ten of their unit, after 十 none to ten (十几: 10 to 20)."""
    head, _few, tail = _HEDGE_INSIDE.sub("", plain_digits(match[0])).replace("数", "几").partition("几")
    one, two = evaluate(f"{head}1{tail}"), evaluate(f"{head}2{tail}")
    if one is None or two is None:
        return None
    lower = one - (two - one) if head.endswith("十") else one
    return Quantity(None, lower, one + 9 * (two - one), approximate=True)


def _read_pair(match: re.Match[str], _: None) -> Quantity | None:
    """Read two neighbouring digits as "low or high" of what follows them."""
    head, low, high, tail = match.groups()
    if not is_pair(low, high) or (head and (low, high) == ("三", "五")):
        return None
    head, tail = plain_digits(head), _HEDGE_INSIDE.sub("", plain_digits(tail))
    lower, upper = (evaluate(head + plain_digits(digit) + tail) for digit in (low, high))
    return None if lower is None or upper is None else Quantity(None, lower, upper, approximate=True)


def _read_hedged(match: re.Match[str], _: None) -> Quantity | None:
    """Read a number with 余 or 多 (at least that) or 来 or 把 (about that) inside or behind."""
    value = evaluate(plain_digits(match["before"] + match["after"]))
    if value is None:
        return None
    return Quantity(value, lower=value if match["hedge"] in "余餘多" else None, approximate=True)


def _read_round(match: re.Match[str], _: None) -> Quantity | None:
    """Read a bare power of ten, which no one means to the digit."""
    value = evaluate(plain_digits(match[0]))
    return None if value is None else Quantity(value, approximate=True, rounded=True)


def _read_at_least(match: re.Match[str], _: None) -> Quantity | None:
    """Read a power of ten that is reached or passed: 上万, 成千上万."""
    value = evaluate(plain_digits(match["round"]))
    return None if value is None else Quantity(value, lower=value, approximate=True)


def _read_some_to_more(match: re.Match[str], _: None) -> Quantity | None:
    """Read 几百上千: some hundreds and more, without an end."""
    few = read_quantity(match["few"])
    return None if few is None else Quantity(None, few.lower, approximate=True)


def _read_few_to_next(match: re.Match[str], _: None) -> Quantity | None:
    """Read 十几二十万: the same as 十几万, said twice."""
    return read_quantity(match["few"] + match["tail"])


def _read_four_fifths(match: re.Match[str], _: None) -> Quantity | None:
    """Read the idioms 百八十, 千儿八百, 万儿八千: four fifths of the power of ten up to the whole."""
    size = evaluate(plain_digits(match["round"] + match["tail"]))
    return None if size is None else Quantity(None, size * Decimal("0.8"), size, approximate=True)


def _read_figures(match: re.Match[str], _: None) -> Quantity:
    """Read the commonest form, Arabic digits with or without 万 or 亿."""
    return Quantity(Decimal(match["figures"]) * {"": 1, "万": 10**4, "亿": 10**8}[match["unit"]])


def _read_exact(match: re.Match[str], _: None) -> Quantity | None:
    """Read a number that means what it says."""
    value = read_number(match[0])
    return None if value is None else Quantity(value)


_ANY = "[^几幾数數余多餘来來把上儿]"
RULES: list[Rule[Quantity, None]] = [
    Rule(
        "number/figures",
        r"(?P<figures>[0-9]{1,15}(?:\.[0-9]{1,8})?)(?P<unit>[万亿]?)",
        _read_figures,
        {"5000": "5000", "20万": "200000", "1.25亿": "125000000"},
        ("1,000", "2千万"),
    ),
    Rule(
        "number/hundreds upon thousands",
        r"成(?P<round>[百千])上[千万萬]",
        _read_at_least,
        {"成千上万": "~1000 >=1000", "成百上千": "~100 >=100"},
        ("成十上百", "成千"),
    ),
    Rule(
        "number/some to more",
        r"(?P<few>[几幾数數][十百千万]+)上[百千万亿]+",
        _read_some_to_more,
        {"几百上千": "~100..", "几十上百万": "~10.."},
        ("几百上",),
    ),
    Rule(
        "number/round at least",
        f"上(?P<round>[{HAN_UNIT}]+)",
        _read_at_least,
        {"上万": "~10000 >=10000", "上百万": "~1000000 >=1000000", "上亿": "~100000000 >=100000000"},
        ("上5万", "以上"),
    ),
    Rule(
        "number/four fifths",
        r"(?P<round>百(?=儿?八十)|千(?=儿?八百)|万(?=儿?八千))儿?八[十百千](?P<tail>万?)",
        _read_four_fifths,
        {"百八十": "~80..100", "千儿八百": "~800..1000", "万儿八千": "~8000..10000", "百八十万": "~800000..1000000"},
        ("百儿八", "千儿八十"),
    ),
    Rule(
        "number/few to next ten",
        r"(?P<few>[二三四五六七八]?十几)[二三四五六七八九]十(?P<tail>[百千万亿]*)",
        _read_few_to_next,
        {"十几二十万": "~100000..200000", "二十几三十": "~20..30"},
        ("十几万", "十几二"),
    ),
    Rule(
        "number/few",
        f"[数數](?=[{HAN_UNIT}])[{HAN_UNIT}余餘多]+|[^数數几幾]*[几幾][^数數几幾]*",
        _read_few,
        {"几万": "~10000..100000", "数十万": "~100000..1000000", "十几万": "~100000..200000", "二十几": "~20..30"},
        ("数", "几几"),
    ),
    Rule(
        "number/pair",
        f"(|.*[{HAN_UNIT}])([一二两三四五六七八])([二两三四五六七八九])(|[{HAN_UNIT}].*)",
        _read_pair,
        {"三五万": "~30000..50000", "十七八": "~17..18", "三四十万": "~300000..400000", "两三千": "~2000..3000"},
        ("5三五", "五三"),
    ),
    Rule(
        "number/hedge inside",
        f"(?P<before>{_ANY}+)(?P<hedge>[余餘多来來把])(?P<after>[{HAN_UNIT}]*)",
        _read_hedged,
        {"47万余": "~470000 >=470000", "百余": "~100 >=100", "3个多亿": "~300000000 >=300000000", "50来万": "~500000"},
        ("余多", "多万"),
    ),
    Rule(
        "number/round",
        r"[百佰千仟万萬亿億]+",
        _read_round,
        {"百万": "~1000000", "千": "~1000"},
        ("百千", "万百"),
    ),
    Rule(
        "number/exact",
        r".+",
        _read_exact,
        {
            "2亿4千6百万": "246000000",
            "３０万": "300000",
            "2，460，000": "2460000",
            "柒仟零叁拾": "7030",
            "三点五": "3.5",
            "一个半亿": "150000000",
            "两万半": "25000",
        },
        ("5二", "1千2千", "第5"),
    ),
]


_QUANTITY = re.compile(QUANTITY)


def read_quantity(text: str) -> Quantity | None:
    """Read a number that may carry a hedge inside, or return None when ``text`` as a whole is none.

    >>> read_quantity("两百余")
    Quantity(value=Decimal('200'), lower=Decimal('200'), upper=None, approximate=True, rounded=False)
    """
    text = without_gaps(text)
    if not _QUANTITY.fullmatch(text):
        return None
    number = compact(text)
    for rule in RULES:
        match = rule.compiled.fullmatch(number)
        quantity = match and rule.read(match, None)
        if quantity:
            return quantity
    return None


def short_form(quantity: Quantity) -> str:
    """Write a quantity in one canonical way.

    ``~`` when approximate, then the value with its bounds (``~470000 >=470000``), or ``lower..upper`` where no value is
    stated; an open side stays empty.

    >>> short_form(Quantity(Decimal(200), lower=Decimal(200), approximate=True))
    '~200 >=200'
    >>> short_form(Quantity(None, Decimal(20), Decimal(30)))
    '20..30'
    """
    lower, upper = (None if bound is None else plain_notation(bound) for bound in (quantity.lower, quantity.upper))
    mark = "~" if quantity.approximate else ""
    if quantity.value is None:
        return f"{mark}{lower or ''}..{upper or ''}"
    bounds = (f" >={lower}" if lower else "") + (f" <={upper}" if upper else "")
    return mark + plain_notation(quantity.value) + bounds


def read_example(rule: Rule[Quantity, None], text: str) -> str | None:
    """Read an example of a quantity rule and return its short form, or None unless ``rule`` is the one that reads it.

    >>> read_example(RULES[-1], "1万2千")
    '12000'
    """
    for candidate in RULES:
        match = candidate.compiled.fullmatch(text)
        if quantity := match and candidate.read(match, None):
            return short_form(quantity) if candidate is rule else None
    return None
