"""Writes sums of money as a Chinese reader expects them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def short(amount: Decimal, currency: str = "CNY") -> tuple[str, str]:
    """Give a sum in few digits, and its unit.

    >>> short(Decimal(860)), short(Decimal(94860)), short(Decimal("3250000000"), "USD")
    (('860', '元'), ('9.49', '万元'), ('32.5', '亿 USD'))
    """
    size, word = next((pair for pair in ((10**8, "亿"), (10**4, "万")) if abs(amount) >= pair[0]), (1, ""))
    number = (amount / size).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _digits(number), f"{word}元" if currency == "CNY" else f"{word} {currency}"


def exact(amount: Decimal, currency: str = "CNY") -> str:
    """Give a sum in full.

    >>> exact(Decimal("94860.50")), exact(Decimal(3000), "USD")
    ('94,860.5 元', '3,000 USD')
    """
    return f"{_digits(amount)} {'元' if currency == 'CNY' else currency}"


def _digits(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
