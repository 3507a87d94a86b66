"""Gives the mentions of a document their values: money, days and places, read with what the document says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.documents import Document
from pipeline.normalise.dates import DateContext, document_day
from pipeline.normalise.places import resolve
from pipeline.spans import Mention


def date_context(document: Document) -> DateContext:
    """Find the document's day: its own text first, then what is known of it (metadata, ``--published``), never the clock."""
    if found := document_day(document.text, document.doc_id):
        return DateContext(*found)
    if document.published:
        return DateContext(document.published, "metadata")
    return DateContext(None, "")


def with_places(pages: Sequence[Sequence[Mention]], home: str | None) -> list[list[Mention]]:
    """Return the mentions with a Place behind every GPE, resolved over the whole document.

    ``home`` is the region the document comes from, where it is known.
    """
    places = iter(resolve([m.text for page in pages for m in page if m.label == "GPE"], home))
    return [[replace(m, value=next(places)) if m.label == "GPE" else m for m in page] for page in pages]
