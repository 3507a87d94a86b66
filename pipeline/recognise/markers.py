"""Cheap markers of text for the recogniser: known places, endings of organisations' names, amounts and dates of the grammar.

Each is a function from a text to spans, registered under the name by which a configuration asks for it. A marker is a
hint among others; the tagger learns how far to trust it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from spacy.util import registry

from pipeline.data_folders import data_folder
from pipeline.spans import Span

REMEMBERED = 64
"""Texts whose spans each marker keeps: both taggers ask for those of a batch, and the next batch is read meanwhile."""
ENDINGS_FILE = data_folder("seeds/lists") / "organisation_endings.txt"


def organisation_endings(text: str) -> list[Span]:
    """Find the endings of organisations' names, the longest at each place, from left to right.

    >>> organisation_endings("白水县财政局向明德小学")
    [Span(start=5, end=6), Span(start=9, end=11)]
    """
    return [Span(*match.span()) for match in _endings().finditer(text)]


@cache
def _endings() -> re.Pattern[str]:
    lines = ENDINGS_FILE.read_text(encoding="utf-8").split("\n")
    words = sorted((line for line in lines if line and not line.startswith("#")), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words)))


def known_places(text: str) -> list[Span]:
    """Find the known names of places (see :func:`pipeline.normalise.places.place_marks`)."""
    from pipeline.normalise.places import place_marks

    return place_marks(text)


def amounts(text: str) -> list[Span]:
    """Find the amounts of money that the grammar reads."""
    from pipeline.normalise.money import find_money

    return [Span(found.start, found.end) for found in find_money(text)]


def dates(text: str) -> list[Span]:
    """Find the dates that the grammar reads, whatever year they fall in."""
    from pipeline.normalise.dates import DateContext, find_dates

    return [Span(found.start, found.end) for found in find_dates(text, DateContext(None, ""))]


for _name, _marker in (
    ("organisation_endings", organisation_endings),
    ("known_places", known_places),
    ("amounts", amounts),
    ("dates", dates),
):
    registry.misc(f"bangfu.{_name}.v1", func=lru_cache(REMEMBERED)(_marker))
