"""The path with rules alone: amounts, dates and places of the gazetteer, no bodies and no events, and no model to load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.data_folders import data_folder
from pipeline.documents import Document
from pipeline.extract import Extraction, Page
from pipeline.normalise.places import find_places
from pipeline.normalise.values import date_context
from pipeline.outcome import Outcome
from pipeline.output import entities_record, to_line
from pipeline.policy import settle
from pipeline.repair import repair
from pipeline.spans import RULE_CONFIDENCE, Mention, Span

NO_MODELS = data_folder("configs")
"""The folder that stands for the models in a run without any: what the rules are tuned by."""


def extract_by_rules(document: Document) -> Extraction:
    """Read one document by rules alone: repair, spans of the rules, values.

    An amount or a date that shares characters with a place wins over it. The extraction has no events.
    """
    context = date_context(document)
    year = context.day.year if context.day else None
    pages = []
    for passage in repair(document):
        values = settle(passage.text, [], context)
        mentions = sorted([*values, *_places(passage.text, document.region, year, values)], key=lambda m: m.start)
        pages.append(Page(passage, tuple(mentions), (), {}))
    return Extraction(document, tuple(pages), context)


def _places(text: str, home: str | None, year: int | None, values: Sequence[Mention]) -> list[Mention]:
    return [
        Mention(place.start, place.end, place.text, "GPE", RULE_CONFIDENCE, place.by, place.value)
        for place in find_places(text, home, year)
        if not any(value.span.overlaps(Span(place.start, place.end)) for value in values)
    ]


def read_outcome(document: Document) -> Outcome:
    """Read one document by rules alone and write its line of entities."""
    line = to_line(entities_record(extract_by_rules(document)))
    text = document.text if document.extracted else None
    return Outcome(document.doc_id, document.sha256, len(document.text), line, (), text)


def load_rules(models: Path) -> Callable[[Document], Outcome]:
    """Return :func:`read_outcome`, which needs nothing of ``models``."""
    return read_outcome
