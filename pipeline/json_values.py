"""Writes values as the JSON objects that output files and ``normalize`` share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from pipeline.spans import DateRange, Money, Place, Value


def json_line(data: Mapping[str, object]) -> str:
    """Write an object as a line of JSON Lines; a lone surrogate is escaped, so that every text can be written."""
    line = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def plain(number: Decimal | None) -> str | None:
    """Write a decimal without exponent and without trailing zeros behind the point.

    >>> plain(Decimal("1E+5")), plain(Decimal("2.50")), plain(None)
    ('100000', '2.5', None)
    """
    if number is None:
        return None
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def short_value(value: Value | None) -> dict[str, object] | None:
    """Write a value as the JSON object that ``entities.jsonl`` and ``normalize`` show."""
    if isinstance(value, Money):
        return {
            "value": plain(value.value),
            "lower": plain(value.lower),
            "upper": plain(value.upper),
            "currency": value.currency,
            "approximate": value.approximate,
            "per": value.per,
            "kind": value.kind,
        }
    if isinstance(value, DateRange):
        first, last = (day.isoformat() if day else None for day in (value.first_day, value.last_day))
        return {"edtf": value.edtf, "first_day": first, "last_day": last}
    if isinstance(value, Place):
        return {"code": value.code, "name": value.name}
    return None
