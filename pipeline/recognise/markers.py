"""Cheap markers of text for the recogniser: known places, endings of organisations' names, amounts and dates of the grammar,
and what a text says again.

Each is a function from a text to spans, registered under the name by which a configuration asks for it. A marker is a
hint among others; the tagger learns how far to trust it.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

from spacy.util import registry

from pipeline.data_folders import data_folder
from pipeline.spans import Span

REMEMBERED = 64
"""Texts whose spans each marker keeps: both taggers ask for those of a batch, and the next batch is read meanwhile."""
SAID_AGAIN = 4
"""Shortest stretch in characters that counts as said again; shorter ones are mostly words."""
ENDINGS_FILE = data_folder("seeds/lists") / "organisation_endings.txt"


_MARKED = re.compile(rb"\x01+")


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


def said_again(text: str) -> list[Span]:
    """Find the stretches of four characters and more that stand elsewhere in the text as well: names come back, most phrases do not.

    >>> said_again("远山公司到访。次日，远山公司捐款。")
    [Span(start=0, end=4), Span(start=10, end=14)]
    """
    stretches = [text[place : place + SAID_AGAIN] for place in range(len(text) - SAID_AGAIN + 1)]
    times = Counter(stretch for stretch in stretches if stretch.isalnum())
    marked = bytearray(len(text))
    for place, stretch in enumerate(stretches):
        if times[stretch] > 1:
            marked[place : place + SAID_AGAIN] = b"\x01" * SAID_AGAIN
    return [Span(*match.span()) for match in _MARKED.finditer(marked)]


for _name, _marker in (
    ("organisation_endings", organisation_endings),
    ("known_places", known_places),
    ("amounts", amounts),
    ("dates", dates),
    ("said_again", said_again),
):
    registry.misc(f"bangfu.{_name}.v1", func=lru_cache(REMEMBERED)(_marker))
