"""Numerals: every number reads back from every way of writing it, exactly; hedged ones read to their bounds."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.normalise.numerals import NUMBER, plain_notation, read_number
from pipeline.normalise.quantities import QUANTITY, read_quantity, short_form

NUMBERS = st.one_of(
    st.integers(1, 10**14).map(lambda cents: Decimal(cents) / 100),
    st.integers(0, 10**12).map(Decimal),
    st.builds(lambda digit, power: Decimal(digit * 10**power), st.integers(1, 9), st.integers(0, 11)),
)
HAN = "零一二三四五六七八九"
CAPITAL = "零壹贰叁肆伍陆柒捌玖"
NUMERAL_TEXT = st.text(
    "0123456789０５,，.．·点零〇○一二两三四五六七八九十百千万亿壹拾佰仟几数余多来把上成个半廿WwKk \n\u200b\u00a0",
    max_size=14,
)


def han(number: int, digits: str = HAN, units: str = "十百千") -> str:
    """Write a whole number up to 10^16 in Han characters."""
    if number >= 10**8:
        return _joined(number, 10**8, "亿", digits, units)
    if number >= 10**4:
        return _joined(number, 10**4, "万", digits, units)
    for power, unit in ((1000, units[2]), (100, units[1]), (10, units[0])):
        if number >= power:
            return _joined(number, power, unit, digits, units)
    return digits[number]


def _joined(number: int, power: int, unit: str, digits: str, units: str) -> str:
    high, low = divmod(number, power)
    zero = digits[0] if low and low < power // 10 else ""
    return han(high, digits, units) + unit + zero + (han(low, digits, units) if low else "")


def with_decimals(number: Decimal, whole: str, point: str, digits: str) -> str:
    fraction = plain_notation(number).partition(".")[2]
    return whole + (point + "".join(digits[int(digit)] for digit in fraction) if fraction else "")


WIDE = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
STYLES = {
    "Arabic": plain_notation,
    "two decimals": lambda n: f"{n:.2f}",
    "full width": lambda n: plain_notation(n).translate(WIDE),
    "comma grouped": lambda n: f"{n:,.2f}",
    "full-width comma grouped": lambda n: f"{n:,.2f}".translate(WIDE),
    "no-break space grouped": lambda n: f"{n:,.2f}".replace(",", "\u00a0"),
    "in ten thousands": lambda n: plain_notation(n / 10**4) + "万",
    "in hundred millions": lambda n: plain_notation(n / 10**8) + "亿",
    "in W": lambda n: plain_notation(n / 10**4) + "W",
    "in k": lambda n: plain_notation(n / 1000) + "k",
    "Han": lambda n: with_decimals(n, han(int(n)), "点", HAN),
    "Han with circle": lambda n: with_decimals(n, han(int(n)), "点", HAN).replace("零", "〇"),
    "Han with liang": lambda n: with_decimals(n, han(int(n)), "点", HAN).replace("二千", "两千"),
    "capital": lambda n: with_decimals(n, han(int(n), CAPITAL, "拾佰仟"), "点", CAPITAL),
    "with page noise": lambda n: "\u200b".join(plain_notation(n)),
}


@pytest.mark.parametrize("style", STYLES)
@given(number=NUMBERS)
@example(number=Decimal("0.01"))
@example(number=Decimal(10**12))
@example(number=Decimal(10010))
@example(number=Decimal(120000000))
def test_any_number_reads_back(style: str, number: Decimal) -> None:
    assert read_number(STYLES[style](number)) == number


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_a_mixed_number_adds_its_parts(high: int, low: int) -> None:
    assert read_number(f"{high}亿{low}万") == high * 10**8 + low * 10**4
    if low > 9:  # 3万5 is short for 35,000, not for 30,005.
        assert read_number(f"{high}万{low}") == high * 10**4 + low


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_last_digit_without_unit_counts_the_next_lower_one(high: int, low: int) -> None:
    assert read_number(f"{HAN[high]}万{HAN[low]}") == high * 10**4 + low * 1000
    assert read_number(f"{high}千{low}") == high * 1000 + low * 100


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4万7千", 47000),
        ("6亿2千万", 620_000_000),
        ("2亿4千6百万", 246_000_000),
        ("2万3500", 23500),
        ("廿五", 25),
        ("卅万", 300_000),
        ("二○万", 200_000),
        ("一个亿", 100_000_000),
        ("半个亿", 50_000_000),
        ("一万亿", 10**12),
        ("1 .2万", 12000),
        ("10\n万", 100_000),
        ("2 千", 2000),
        ("1,0000,0000", 10**8),
        ("萬", 10_000),
        ("〇", 0),
    ],
)
def test_numbers_read(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "三五", "万一", "12十", "1千2千", "5二", "1,2", "第5", "零点", "十三五", "余", "W"]
)
def test_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("两百余", "~200 >=200"),
        ("十多万", "~100000 >=100000"),
        ("1万3千多", "~13000 >=13000"),
        ("五六十万", "~500000..600000"),
        ("一两万", "~10000..20000"),
        ("一百三四十万", "~1300000..1400000"),
        ("十几", "~10..20"),
        ("几十个亿", "~1000000000..10000000000"),
        ("数百", "~100..1000"),
        ("百十来", "~110"),
        ("万把", "~10000"),
        ("1000", "1000"),
    ],
)
def test_quantities_read(text: str, short: str) -> None:
    quantity = read_quantity(text)
    assert quantity is not None
    assert short_form(quantity) == short


@given(NUMERAL_TEXT)
def test_random_numerals_never_raise_and_bounds_hold(text: str) -> None:
    read_number(text)
    quantity = read_quantity(text)
    if quantity and quantity.lower is not None and quantity.upper is not None:
        assert quantity.lower <= quantity.upper


@given(NUMERAL_TEXT)
def test_what_reads_as_a_number_matches_the_pattern(text: str) -> None:
    compact = re.sub(r"[\s\u200b]", "", text)
    if read_number(text) is not None:
        assert re.fullmatch(NUMBER, compact)
        assert re.fullmatch(QUANTITY, compact)


def test_plain_notation_has_no_exponent() -> None:
    assert plain_notation(Decimal("1E+12")) == "1" + "0" * 12
