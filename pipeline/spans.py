"""The frozen types that travel between the steps: spans of text, mentions, and the values behind them.

Offsets are Unicode code points, half-open (``start`` included, ``end`` excluded). Inside the pipeline they count in a
passage's repaired text; only :mod:`pipeline.output` turns them into offsets of the source file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

LABELS = ("ORG", "GPE", "MONEY", "DATE", "EVENT")
RULE_CONFIDENCE = 0.97
"""Confidence of a span that a rule has found."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch ``[start, end)`` of code points."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two spans share at least one character.

        >>> Span(0, 2).overlaps(Span(2, 3)), Span(0, 3).overlaps(Span(2, 3))
        (False, True)
        """
        return self.start < other.end and other.start < self.end

    def holds(self, other: Span) -> bool:
        """Tell whether ``other`` lies wholly inside this span.

        >>> Span(0, 5).holds(Span(1, 5))
        True
        """
        return self.start <= other.start and other.end <= self.end

    def shares_half(self, other: Span) -> bool:
        """Tell whether the two spans share at least half of the longer one.

        >>> Span(0, 4).shares_half(Span(2, 4)), Span(0, 4).shares_half(Span(3, 4))
        (True, False)
        """
        shared = min(self.end, other.end) - max(self.start, other.start)
        return 2 * shared >= max(self.end - self.start, other.end - other.start)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum of money in the currency's main unit (yuan, dollar).

    ``value`` is the stated figure, or None where the text states none (几万元, a range). ``lower`` and ``upper`` bound the
    true value, inclusive, where the words do. ``per`` is the counted unit (户, 人, 生/学期), 各, or None. ``kind`` is
    cash, valuation or mixed.
    """

    value: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None
    currency: str = "CNY"
    approximate: bool = False
    per: str | None = None
    kind: str = "cash"


@dataclass(frozen=True, slots=True)
class DateRange:
    """A stretch of days on the calendar.

    ``first_day`` and ``last_day`` are inclusive; None means open or unknown (近日 has neither). ``edtf`` is an
    expression of EDTF level 1 or 2, or None where no day is known.
    """

    edtf: str | None
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """An administered area: GB/T 2260 ``code`` of its county-level unit (or its own at county level and above), full ``name``.

    ``code`` is None for what lies right under a city, and for the unknown; both are None for the unknown and the
    ambiguous, whose ``candidates`` list the codes that were left.
    """

    code: str | None
    name: str | None
    candidates: tuple[str, ...] = ()


Value = Money | DateRange | Place
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """A stretch of text that a rule has read: its offsets, its value, and the names of the rules that made it."""

    start: int
    end: int
    text: str
    value: V
    by: str
    why: str = ""
    """What decided the reading where the text alone did not (the source of a year, say); empty otherwise."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One labelled span of a passage's repaired text.

    ``label`` is one of :data:`LABELS`; ``confidence`` lies between 0 and 1; ``by`` names the model or the rule.
    """

    start: int
    end: int
    text: str
    label: str
    confidence: float
    by: str
    value: Value | None = None

    @property
    def span(self) -> Span:
        """The offsets without the rest."""
        return Span(self.start, self.end)

    def moved(self, text: str, start: int, end: int, by: str) -> Mention:
        """Return the mention with other edges in ``text``; ``by`` says which rule moved them."""
        return replace(self, start=start, end=end, text=text[start:end], by=f"{self.by}+{by}")
