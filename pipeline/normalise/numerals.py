"""Numbers in Chinese text: Arabic, full-width, grouped, Han, capital and mixed ones, as exact decimals.

:data:`NUMBER` is the source of a regular expression, without groups, to build larger patterns with.
A number may hold spaces, line breaks, zero-width and no-break spaces where a page put them.
"""

from __future__ import annotations

import re
from decimal import Decimal

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
THIN = "\x1f"
"""Stands for every zero-width character in the text that a grammar sees: a space to a regular expression, found in no page.

One character class less in each of a hundred gaps: the classes would cost 0.1 s whenever the patterns are compiled.
"""
GAP = r"\s{0,4}"
"""What a page may put between two characters of a number: a line break with its indent, or stray spaces."""

DIGIT = "0-9０-９"
HAN_DIGIT = "零〇○◯一二三四五六七八九两俩兩廿卅卌壹贰貳贰弍叁叄參肆伍陆陸柒捌玖"
HAN_UNIT = "十拾百佰千仟万萬亿億"
"""Members of a character class: Arabic digits, Han digits, Han powers of ten."""

# A plain space or line break between groups of three is ambiguous with two cells of a table (1 500元): it groups only
# after a Chinese character or sign, or before a group that begins with 0 and cannot stand alone.
_GROUPED = (
    f"[{DIGIT}]{{1,3}}(?:[,，\u00a0\u2009\u202f]{THIN}*[{DIGIT}]{{3}}){{1,6}}(?![{DIGIT}])"
    f"|[{DIGIT}]{{1,4}}(?:[,，][{DIGIT}]{{4}}){{1,4}}(?![{DIGIT}])"
    f"|(?<=[\u4e00-\u9fff￥¥$])[{DIGIT}]{{1,3}}(?: [{DIGIT}]{{3}})+(?![{DIGIT}])"
    f"|[{DIGIT}]{{1,3}}[ \r\n]{{1,2}}[0０][{DIGIT}]{{2}}(?:[ \r\n]{{1,2}}[{DIGIT}]{{3}})*(?![{DIGIT}])"
    f"|[{DIGIT}]{{1,9}}\r?\n[0０][{DIGIT}]{{0,8}}(?=[万亿元.．])"
    f"|[{DIGIT}]{{1,4}}(?: [{DIGIT}]{{1,3}}){{0,3}} [0０]{{1,3}}(?=[万亿])"
)
_SPACED = (
    f"[{DIGIT}](?: [{DIGIT}]){{2,9}}(?![{DIGIT}])|[{DIGIT}] [{DIGIT}](?= [万亿元] )|[{DIGIT}] [{DIGIT}](?= [万亿] 元)"
)
_FRACTION = f"(?:{GAP}[.．·]{GAP}[{DIGIT}]+)?"
_ARABIC = f"(?:{_GROUPED}|{_SPACED}|[{DIGIT}][{DIGIT}{THIN}]*){_FRACTION}"
# Behind a power of ten (3万5,000) no page groups by blanks; each copy of the long form costs 40 ms to compile.
_ARABIC_AFTER = f"[{DIGIT}](?:[{DIGIT}]{{0,2}}(?:[,，][{DIGIT}]{{3}}){{1,6}}(?![{DIGIT}])|[{DIGIT}{THIN}]*){_FRACTION}"


def chain(digits: str, hedges: str) -> str:
    """Return the source of a chain of digits and powers of ten; ``hedges`` are further links such as 余."""
    han = f"半(?={GAP}个?{GAP}[亿億])|(?<=[万亿])半(?=[，。；！？]|$)|[{digits}](?:{GAP}(?:点{GAP})?[{digits}]){{0,24}}"
    run = f"(?:{_ARABIC}|{han})"
    after_unit = f"(?:{GAP}(?:点{GAP}|零{GAP}(?=[{DIGIT}]))?(?:{_ARABIC_AFTER}|{han}))?"
    link = f"(?:[{HAN_UNIT}]|个(?={GAP}[多半]?{GAP}[亿億])|[WwＷKkＫ](?![A-Za-z]){hedges})"
    return f"(?:{run}|[{HAN_UNIT}]{after_unit})(?:{GAP}{link}{after_unit}){{0,12}}"


NUMBER = chain(HAN_DIGIT, "")
"""An exact number: ``1000``, ``１，０００``, ``1万2千``, ``壹佰零伍万``, ``二〇``, ``3.5W``."""

_PLAIN = {
    ord(written): plain
    for plain, forms in {
        ".": "．·点",
        "0": "０○◯〇零",
        "1": "１一壹",
        "2": "２二两俩兩贰貳弍",
        "3": "３三叁叄參",
        "4": "４四肆",
        "5": "５五伍",
        "6": "６六陆陸",
        "7": "７七柒",
        "8": "８八捌",
        "9": "９九玖",
        "0.5": "半",
        "十": "拾",
        "百": "佰",
        "千": "仟kKＫ",
        "万": "萬wWＷ",
        "亿": "億",
        "余": "餘",
        "来": "來",
        "数": "數",
        "几": "幾",
        "2十": "廿",
        "3十": "卅",
        "4十": "卌",
    }.items()
    for written in forms
}
_GAPS = re.compile(f"[\\s{ZERO_WIDTH}]")
NOISE = re.compile(r"[\s,，个]")
_HALF_MORE = re.compile(r"(?<=[0-9一二三四五六七八九两])半|(?<=[万亿])半")
"""Half of the unit said before or after it: 一个半亿, 两万半."""
_PAIR = re.compile(
    r"(?<![零〇○一二三四五六七八九])([一二两三四五六七八])([二两三四五六七八九])(?![零〇○一二三四五六七八九])"
)
_UNITS = (("万亿", 10**12), ("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10))
_DIGITS_ONLY = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,12})?", re.ASCII)
_NUMBER = re.compile(NUMBER)


def is_pair(low: str, high: str) -> bool:
    """Tell whether two Han digits side by side mean "low or high" (三四, 三五), not a string of digits (一八)."""
    first, second = low.translate(_PLAIN), high.translate(_PLAIN)
    return int(second) - int(first) == 1 or (first, second) == ("3", "5")


def _half_more(match: re.Match[str]) -> str:
    """Write 半 as the digits it adds: a half before its unit, five of the next lower unit after it."""
    before = match.string[match.start() - 1]
    return "五" if before in "万亿" else ".5" if before.isascii() else "点五"


def compact(text: str) -> str:
    """Return the number without gaps, commas and 个, and with the 半 of 一个半亿 and 两万半 written out.

    >>> compact("一个半亿"), compact("3 个半亿"), compact("两万半")
    ('一点五亿', '3.5亿', '两万五')
    """
    return _HALF_MORE.sub(_half_more, NOISE.sub("", text))


def plain_digits(text: str) -> str:
    """Return the number in the alphabet ``0-9 . 十百千万亿`` (hedges stay), without gaps, commas and 个."""
    return compact(text).translate(_PLAIN)


def evaluate(plain: str, leading: bool = True) -> Decimal | None:
    """Work out a number in the plain alphabet; None when it is none. ``leading``: nothing stands before it."""
    for unit, size in _UNITS:
        before, found, after = plain.rpartition(unit)
        if not found:
            continue
        if unit in before and not (unit == "万" and before.endswith("万") and not after):
            return None
        if size <= 1000 and before.strip("0123456789."):
            return None
        count: Decimal | None
        if not before.strip("0"):
            # 百 and 千 open a number (百五), 万 does not: 万一 means "in case".
            if unit != "十" and (not leading or (size >= 10**4 and after.isdigit())):
                return None
            count = Decimal(0) if before and leading else Decimal(1)
        else:
            count = evaluate(before)
        if count is None or (unit == "十" and count > 9) or ("." in before and after):
            return None
        if not after:
            rest: Decimal | None = Decimal(0)
        elif len(after) == 1 and after.isdigit():
            rest = Decimal(after) * size / 10
        else:
            rest = evaluate(after, leading=False)
        return None if rest is None or rest >= size else count * size + rest
    plain = f"0{plain}" if plain.startswith(".") and not leading else plain
    return Decimal(plain) if _DIGITS_ONLY.fullmatch(plain) else None


def without_gaps(text: str) -> str:
    """Return the text without the spaces, line breaks and zero-width characters of its page."""
    return _GAPS.sub("", text)


def read_number(text: str) -> Decimal | None:
    """Read an exact number, or return None when ``text`` as a whole is none.

    Two neighbouring Han digits such as 三五 are no number but a vague one: see :func:`read_quantity`.

    >>> [str(read_number(t)) for t in ("1万2千", "２，０００", "壹佰零伍万", "两万五", "1 .2万", "三五万")]
    ['12000', '2000', '1050000', '25000', '12000.0', 'None']
    """
    text = without_gaps(text)
    if not _NUMBER.fullmatch(text):
        return None
    if any(is_pair(*pair) for pair in _PAIR.findall(compact(text).partition("点")[0])):
        return None
    return evaluate(plain_digits(text))


def plain_notation(number: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros.

    >>> plain_notation(Decimal("35410700.00")), plain_notation(Decimal("1E+3"))
    ('35410700', '1000')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
