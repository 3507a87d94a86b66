"""What one recogniser found in a text, shown to the next one: columns of symbols for its spans and for what stands beside them.

Whether a plain word fills a role shows in the anchors and names around it, which the recogniser of the five labels has found:
who stands at the beginning of a sentence whose anchor is 捐赠 gives, however many words lie between. The convolutions see a few
characters to either side; the columns tell each character what the nearest spans of its sentence are, and how far away.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, SpanGroup
from spacy.tokens import Span as DocSpan

from pipeline.recognise.features import PLACES, CharacterFeatures, SymbolColumn, marks
from pipeline.recognise.segments import segment_lengths
from pipeline.spans import LABELS, Mention, Span

SEEN_KEY = "seen"
"""Key in ``doc.spans`` of the spans that another recogniser found."""
SEEN_AT = 0.5
"""Confidence from which a span is shown to the next recogniser; a temperature moves no confidence over it."""
GAPS = (0, 1, 2, 3, 5, 8, 12, 18, 26, 40)
"""Upper ends, in characters between, of the steps in which the distance of a span is told; what is farther is one more step."""
FORMS = 256
"""Anchors are told apart by their last two characters (捐赠, 走访), numbered so far by a hash; 0 is no anchor."""

_STEPS = len(GAPS) + 1
_SIDES = ("before", "behind")
_BESIDE = ("nearest span", "nearest anchor", "form of the nearest anchor")


def shown(mentions: Iterable[Mention]) -> list[tuple[int, int, str]]:
    """Return what is shown of the mentions that a recogniser found: the sure ones of the five labels."""
    return [(m.start, m.end, m.label) for m in mentions if m.label in LABELS and m.confidence >= SEEN_AT]


def show(doc: Doc, spans: Iterable[tuple[int, int, str]]) -> None:
    """Show spans ``(start, end, label)`` to a recogniser that reads ``doc``; they may reach over its ends."""
    inside = ((max(0, start), min(end, len(doc)), label) for start, end, label in spans)
    found = [DocSpan(doc, start, end, label=label) for start, end, label in inside if start < end]
    doc.spans[SEEN_KEY] = SpanGroup(doc, name=SEEN_KEY, spans=found)


def seen_columns(labels: Sequence[str]) -> list[SymbolColumn]:
    """The columns that :func:`with_seen` adds for ``labels``."""
    if not labels:
        return []
    sizes = (1 + len(labels) * _STEPS, 1 + _STEPS, FORMS)
    beside = [
        SymbolColumn(f"{name} {side}", size) for side in _SIDES for name, size in zip(_BESIDE, sizes, strict=True)
    ]
    return [*(SymbolColumn(f"seen {label}", PLACES) for label in labels), *beside]


def with_seen(features: CharacterFeatures, doc: Doc, labels: Sequence[str]) -> CharacterFeatures:
    """Add what ``doc`` was shown of ``labels`` to the features of its characters.

    A column for each label holds the places of the characters inside its spans. For either side of a character, one column tells
    label and distance of the nearest span of its segment, two more the distance and the form of the nearest anchor there.
    """
    if not labels:
        return features
    spans = [_Seen(s.start, s.end, s.label_, s.text[-2:]) for s in doc.spans.get(SEEN_KEY, ()) if s.label_ in labels]
    size, borders = len(doc), [*accumulate(segment_lengths(doc.text))]
    columns: list[NDArray[Any]] = [
        marks(size, [Span(s.start, s.end) for s in spans if s.label == label]) for label in labels
    ]
    columns += _before(size, spans, borders, labels)
    # What stands behind a character stands before it in the text read backwards.
    backwards = [s._replace(start=size - s.end, end=size - s.start) for s in spans]
    turned = [size - border for border in reversed([0, *borders[:-1]])]
    columns += [column[::-1] for column in _before(size, backwards, turned, labels)]
    return CharacterFeatures(features.streams, np.column_stack([features.symbols, *columns]).astype(np.uint64))


class _Seen(NamedTuple):
    start: int
    end: int
    label: str
    form: str


def _before(size: int, spans: Sequence[_Seen], borders: Sequence[int], labels: Sequence[str]) -> list[NDArray[Any]]:
    """Return the columns of :data:`_BESIDE` for what stands before each of ``size`` characters; ``borders`` end the segments."""
    span, anchor, form = (np.zeros(size, dtype=np.int64) for _ in _BESIDE)
    for one in sorted(spans, key=lambda s: s.end):  # later ones are nearer
        if one.end < size:
            reached = slice(one.end, borders[bisect_left(borders, one.end)])
            steps = np.searchsorted(GAPS, np.arange(reached.stop - reached.start))
            span[reached] = 1 + labels.index(one.label) * _STEPS + steps
            if one.label == "EVENT":
                anchor[reached] = 1 + steps
                form[reached] = 1 + crc32(one.form.encode()) % (FORMS - 1)
    return [span, anchor, form]
