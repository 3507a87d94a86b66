"""The tables of hand-written amounts and dates in ``tests/cases``: texts with marked spans and the values right for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from edtf import parse_edtf

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
Expected = list[tuple[int, int, list[str]]]
"""Spans, half-open, each with the values that are right for it."""


def rows(name: str) -> Iterator[list[str]]:
    """Yield the cells of each line of a table; an escaped line break or character stands for itself."""
    for line in (CASES / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            cells = line.split("\t")
            cells[0] = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), cells[0]).replace("\\n", "\n")
            yield cells


def marked(text: str, values: str) -> tuple[str, Expected]:
    """Take the square brackets out of a text and return the span of each with the values that are right for it."""
    spans: list[tuple[int, int]] = []
    plain = ""
    for piece in re.split(r"(\[[^\]]*\])", text):
        inner = piece[1:-1] if piece.startswith("[") else piece
        if piece.startswith("["):
            spans.append((len(plain), len(plain) + len(inner)))
        plain += inner
    answers = [] if values == "-" else [value.split(" or ") for value in values.split(" | ")]
    assert len(spans) == len(answers), f"{text}: {len(spans)} spans and {len(answers)} values"
    return plain, [(start, end, right) for (start, end), right in zip(spans, answers, strict=True)]


def covered(expression: str) -> tuple[date | None, date | None]:
    """Return the first and last day of an EDTF expression; None for an open or unknown side.

    Quarters, halves and seasons count as in Chinese bulletins: winter runs into the next year.
    """
    if expression == "undated" or "XXXX" in expression:
        return None, None
    seasons = {"21": (3, 3), "22": (6, 3), "23": (9, 3), "24": (12, 3), "40": (1, 6), "41": (7, 6)}
    seasons |= {str(33 + n): (1 + 3 * n, 3) for n in range(4)}

    def ends(part: str) -> tuple[date | None, date | None]:
        part = part.rstrip("~")
        if part == "..":
            return None, None
        if part[4:5] == "-" and part[5:] in seasons:
            month, length = seasons[part[5:]]
            last = int(part[:4]) * 12 + month - 1 + length
            return date(int(part[:4]), month, 1), date.fromordinal(date(last // 12, last % 12 + 1, 1).toordinal() - 1)
        read = parse_edtf(part)
        low, high = read.lower_strict(), read.upper_strict()
        return date(*low[:3]), date(*high[:3])

    parts = expression.split("/")
    return ends(parts[0])[0], ends(parts[-1])[1]
