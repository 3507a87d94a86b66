"""Gives the mentions of a document their values: money, days and places, read with what the document says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.documents import Document
from pipeline.normalise.cells import find_cells
from pipeline.normalise.date_document import named_year
from pipeline.normalise.date_patterns import fold
from pipeline.normalise.dates import DateContext, document_day, read_date
from pipeline.normalise.money import read_money
from pipeline.normalise.names import canonical_names, resolve_reference
from pipeline.normalise.places import resolve
from pipeline.spans import DateRange, Mention, Money, Value

_ISSUE = re.compile(r"((?:19|20)\d\d)\s*年\s*第")
MASTHEAD = 300
"""Characters at the head of a document in which the year of an issue (2031年第4期) is looked for; its days all lie in that
year, so its last day stands for the document's."""
WEAKEST = "latest date in the text"
"""The reason that :func:`pipeline.normalise.dates.document_day` gives when nothing dates the document itself."""


def date_context(document: Document) -> DateContext:
    """Find the document's day: masthead, byline, signature or file name, then metadata, then a date of the text.

    Text evidence wins over what is known from outside, but for the weakest kind: a date that merely stands in the text.
    Without any of these, the year that the document names most often stands for its own. The clock is never asked.
    """
    found = document_day(document.text, document.doc_id)
    if document.published and (found is None or found[1] == WEAKEST):
        return DateContext(document.published, "metadata")
    if found is None and (issue := _ISSUE.search(document.text, 0, MASTHEAD)):
        return DateContext(date(int(issue[1]), 12, 31), f"year of the issue, {issue[1]}")
    return DateContext(*found) if found else DateContext(None, "", named_year(fold(document.text)))


def with_places(pages: Sequence[Sequence[Mention]], home: str | None, year: int | None) -> list[list[Mention]]:
    """Return the mentions with a Place behind every GPE, resolved over the whole document.

    ``pages`` are the mentions of each item of news, ``home`` the region the document comes from (a chain or code, None
    where unknown), ``year`` the year whose codes hold (None: those in force).
    """
    surfaces = [(m.text, number) for number, page in enumerate(pages) for m in page if m.label == "GPE"]
    places = iter(resolve([text for text, _ in surfaces], home, year, [number for _, number in surfaces]))
    return [[replace(m, value=next(places)) if m.label == "GPE" else m for m in page] for page in pages]


def full_names(
    pages: Sequence[Sequence[Mention]], text: str, home: str | None, year: int | None
) -> list[dict[Mention, str]]:
    """Return for each item of news the full name of each party mention: bodies, places, and plain words that mean one."""
    named = [(m, number) for number, page in enumerate(pages) for m in page if m.label in ("ORG", "GPE")]
    canonical = canonical_names(
        [(m.text, m.label) for m, _ in named], text, home, year, [number for _, number in named]
    )
    names: list[dict[Mention, str]] = [{} for _ in pages]
    for (mention, number), name in zip(named, canonical, strict=True):
        names[number][mention] = name
    for page, known in zip(pages, names, strict=True):
        for mention in page:
            if mention.label == "FILLER" and not isinstance(mention.value, Money):
                before = [(known[m], m.label) for m in page if m in known and m.start < mention.start]
                known[mention] = resolve_reference(mention.text, before, home)
    return names


def read_value(text: str, mention: Mention, context: DateContext, before: DateRange | None = None) -> Value | None:
    """Read what a mention of ``text`` stands for: a MONEY, a DATE, or the bare number of a table's cell, which is a FILLER.

    None for other labels and for what the grammar cannot read.

    ``before`` is the nearest date before in the text, at which 同日 and 次年 point; None where there is none.
    """
    if mention.label == "MONEY":
        money = read_money(text, mention.start, mention.end)
        return money.value if money else None
    if mention.label == "DATE":
        day = read_date(text, mention.start, mention.end, context, before)
        return day.value if day else None
    if mention.label == "FILLER" and mention.text[:1].isdigit():
        return next(
            (cell.value for cell in find_cells(text) if (cell.start, cell.end) == (mention.start, mention.end)), None
        )
    return None
