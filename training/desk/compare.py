"""Where labellers of the same texts differ, stretch by stretch, and the rows with which a third person settles it.

A stretch is a piece of text in which spans of any labeller hang together by overlapping; the five labels are compared
with each other, FILLER and ITEM each by itself, since they may overlap the five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pipeline.event_types import event_scheme
from pipeline.spans import LABELS
from training.desk.flavours import Labelling, renumbered

Row = Mapping[str, Any]
AROUND = 15
"""Characters shown on either side of a stretch."""


class Marked(NamedTuple):
    """A labelled span: half-open code points and the label."""

    start: int
    end: int
    label: str


Version = tuple[Marked, ...]


@dataclass(frozen=True)
class Meeting:
    """One text that at least two labellings hold; ``rows`` follow their order, None where a labelling lacks the text."""

    doc_id: str
    text: str
    rows: tuple[Row | None, ...]

    @cached_property
    def versions(self) -> tuple[Version | None, ...]:
        """What each labelling marks in the text, in order; None where it lacks the text."""
        return tuple(None if row is None else marked(row) for row in self.rows)


@dataclass(frozen=True)
class Stretch:
    """``[start, end)`` of a text with every labelling's spans in it; a version is None where the labelling lacks the text."""

    start: int
    end: int
    versions: tuple[Version | None, ...]

    @property
    def agreed(self) -> bool:
        """Tell whether all who labelled the text marked the same."""
        return len(set(self.given)) == 1

    @property
    def given(self) -> list[Version]:
        """The versions of those who labelled the text."""
        return [version for version in self.versions if version is not None]

    @property
    def kind(self) -> str:
        """What the versions differ in: ``span`` (somebody marked nothing), ``label``, ``edges``, or ``edges and label``."""
        labels = {tuple(span.label for span in version) for version in self.given}
        edges = {tuple((span.start, span.end) for span in version) for version in self.given}
        if () in edges:
            return "span"
        return "label" if len(edges) == 1 else "edges" if len(labels) == 1 else "edges and label"

    @property
    def winner(self) -> Version:
        """The version most labellers gave; of equals that of the labeller named first."""
        return Counter(self.given).most_common(1)[0][0]


def marked(row: Row) -> Version:
    """Return the spans of a row in order of place."""
    return tuple(sorted(Marked(e["start_offset"], e["end_offset"], e["label"]) for e in row["entities"]))


def meet(labellings: Sequence[Labelling]) -> list[Meeting]:
    """Bring together the texts that at least two labellings hold, in order of the first that holds them.

    Texts meet by their characters, whatever their ``doc_id``. Raises ValueError when none does.
    """
    by_text: dict[str, list[Row | None]] = {}
    for number, labelling in enumerate(labellings):
        for row in labelling.rows:
            by_text.setdefault(row["text"], [None] * len(labellings))[number] = row
    meetings = []
    for text, rows in by_text.items():
        held = [row for row in rows if row is not None]
        if len(held) > 1:
            meetings.append(Meeting(held[0]["doc_id"], text, tuple(rows)))
    if not meetings:
        names = ", ".join(labelling.name for labelling in labellings)
        raise ValueError(f"{names}: no text stands in two of them; give labellings of the same texts")
    return meetings


def stretches(versions: Sequence[Version | None]) -> list[Stretch]:
    """Cut a text's versions into stretches, in order; see the module's docstring for what hangs together.

    >>> one, other = (Marked(0, 3, "ORG"),), (Marked(1, 3, "GPE"), Marked(5, 6, "DATE"))
    >>> [(stretch.start, stretch.end, stretch.kind) for stretch in stretches([one, other])]
    [(0, 3, 'edges and label'), (5, 6, 'span')]
    """
    layers = [LABELS, *((label,) for label in event_scheme().helper_labels)]
    return sorted((s for layer in layers for s in _layer(versions, layer)), key=lambda s: (s.start, -s.end))


def _layer(versions: Sequence[Version | None], labels: Sequence[str]) -> Iterator[Stretch]:
    chosen = [None if v is None else [span for span in v if span.label in labels] for v in versions]
    bounds: list[list[int]] = []
    for span in sorted(span for version in chosen if version for span in version):
        if bounds and span.start < bounds[-1][1]:
            bounds[-1][1] = max(bounds[-1][1], span.end)
        else:
            bounds.append([span.start, span.end])
    for start, end in bounds:
        inside = [None if v is None else tuple(s for s in v if start <= s.start < end) for v in chosen]
        yield Stretch(start, end, tuple(inside))


def disputes(meeting: Meeting) -> list[Stretch]:
    """Return the stretches of a text on which its labellers differ."""
    return [stretch for stretch in stretches(meeting.versions) if not stretch.agreed]


def describe(text: str, names: Sequence[str], stretch: Stretch) -> str:
    """Tell a labeller in one line of Chinese who marked what in a stretch.

    >>> describe("滨河区财政局", ["甲", "乙"], Stretch(0, 6, ((Marked(0, 6, "ORG"),), ())))
    '[0,6)「滨河区财政局」甲：ORG；乙：未标'
    """
    told = []
    for name, version in zip(names, stretch.versions, strict=True):
        if version is not None:
            whole = len(version) == 1 and version[0][:2] == (stretch.start, stretch.end)
            spans = [s.label if whole else f"{s.label}「{_plain(text[s.start : s.end])}」" for s in version]
            told.append(f"{name}：{'、'.join(spans) or '未标'}")
    return f"[{stretch.start},{stretch.end})「{_plain(text[stretch.start : stretch.end])}」{'；'.join(told)}"


def in_context(text: str, stretch: Stretch) -> str:
    """Return a stretch in 【】 with up to :data:`AROUND` characters of its line on either side.

    >>> in_context("简讯\\n财政局到访", Stretch(3, 6, ()))
    '【财政局】到访'
    """
    before = text[max(0, stretch.start - AROUND) : stretch.start].rpartition("\n")[2]
    after = text[stretch.end : stretch.end + AROUND].partition("\n")[0]
    return f"{before}【{_plain(text[stretch.start : stretch.end])}】{after}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def adjudication_row(meeting: Meeting, names: Sequence[str], record_disputes: Sequence[str] = ()) -> dict[str, Any]:
    """Return a text's row for a third person: each stretch as most labelled it, and a comment on each that is disputed.

    Relations and records are those of the first labeller, as far as their spans are still there; ``record_disputes`` and
    what the labellers remarked are further comments.
    """
    found = stretches(meeting.versions)
    spans = sorted((span for stretch in found for span in stretch.winner), key=lambda s: (s.start, -s.end, s.label))
    number_of = {span: number for number, span in enumerate(spans)}
    first = next(row for row in meeting.rows if row is not None)
    kept = {
        entity["id"]: number_of[span]
        for entity in first["entities"]
        if (span := Marked(entity["start_offset"], entity["end_offset"], entity["label"])) in number_of
    }
    relations = [r for r in first["relations"] if r["from_id"] in kept and r["to_id"] in kept]
    entities = [
        {"id": number, "start_offset": span.start, "end_offset": span.end, "label": span.label}
        for span, number in number_of.items()
    ]
    comments = [describe(meeting.text, names, stretch) for stretch in found if not stretch.agreed]
    return {
        **{key: value for key, value in first.items() if key not in ("annotators", "confirmed")},
        "entities": entities,
        "relations": [
            {"id": number, "from_id": kept[r["from_id"]], "to_id": kept[r["to_id"]], "type": r["type"]}
            for number, r in enumerate(relations)
        ],
        "records": renumbered(first["records"], kept),
        "free": sorted(kept[number] for number in first["free"] if number in kept),
        "comments": [*comments, *record_disputes, *_remarks(meeting, names)],
    }


def _remarks(meeting: Meeting, names: Sequence[str]) -> Iterator[str]:
    for name, row in zip(names, meeting.rows, strict=True):
        for remark in (row or {}).get("comments", ()):
            yield f"{name}：{remark['text'] if isinstance(remark, Mapping) else remark}"
