"""What one recogniser found in a text, shown to the next one: a column of symbols for each label.

Whether a plain word fills a role shows in the anchors and names around it, which the recogniser of the five labels has found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.recognise.features import PLACES, CharacterFeatures, SymbolColumn, marks
from pipeline.spans import LABELS, Mention
from pipeline.spans import Span as Stretch

SEEN_KEY = "seen"
"""Key in ``doc.spans`` of the spans that another recogniser found."""
SEEN_AT = 0.5
"""Confidence from which a span is shown to the next recogniser; a temperature moves no confidence over it."""


def shown(mentions: Iterable[Mention]) -> list[tuple[int, int, str]]:
    """Return what is shown of the mentions that a recogniser found: the sure ones of the five labels."""
    return [(m.start, m.end, m.label) for m in mentions if m.label in LABELS and m.confidence >= SEEN_AT]


def show(doc: Doc, spans: Iterable[tuple[int, int, str]]) -> None:
    """Show spans ``(start, end, label)`` to a recogniser that reads ``doc``; they may reach over its ends."""
    inside = ((max(0, start), min(end, len(doc)), label) for start, end, label in spans)
    found = [Span(doc, start, end, label=label) for start, end, label in inside if start < end]
    doc.spans[SEEN_KEY] = SpanGroup(doc, name=SEEN_KEY, spans=found)


def seen_columns(labels: Sequence[str]) -> list[SymbolColumn]:
    """The columns that :func:`with_seen` adds for ``labels``."""
    return [SymbolColumn(f"seen {label}", PLACES) for label in labels]


def with_seen(features: CharacterFeatures, doc: Doc, labels: Sequence[str]) -> CharacterFeatures:
    """Add a column for each of ``labels``: the places of the characters of ``doc`` inside what it was shown."""
    if not labels:
        return features
    spans = list(doc.spans.get(SEEN_KEY, ()))
    columns = [
        marks(len(doc), [Stretch(s.start, s.end) for s in spans if s.label_ == label]).astype(np.uint64)
        for label in labels
    ]
    return CharacterFeatures(features.streams, np.column_stack([features.symbols, *columns]))
