"""The page of disagreements: every labeller's spans side by side, one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.event_types import event_scheme
from training.desk.compare import Meeting, Stretch, Version, disputes
from training.desk.compare_measures import Agreement, DocumentAgreement

TEMPLATE = Path(__file__).with_suffix(".html")


@dataclass(frozen=True)
class Piece:
    """A run of characters that carry the same labels in one version; ``opens`` are the labels of spans that begin here."""

    text: str
    classes: str
    opens: tuple[str, ...]


@dataclass(frozen=True)
class SideBySide:
    """One line of a text in every version, or ``skipped`` lines on which all agree."""

    cells: tuple[tuple[Piece, ...], ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class DocumentView:
    """One document of the page; ``records`` tell in words which records only some have."""

    figures: DocumentAgreement
    names: tuple[str, ...]
    lines: tuple[SideBySide, ...]
    records: tuple[str, ...]


def page(
    names: Sequence[str],
    meetings: Sequence[Meeting],
    agreement: Agreement,
    record_disputes: Sequence[Sequence[str]],
) -> str:
    """Write the page; ``record_disputes`` are sentences for each meeting. Documents without any disagreement are only counted."""
    from jinja2 import Environment, FileSystemLoader

    views = []
    for meeting, figures, records in zip(meetings, agreement.documents, record_disputes, strict=True):
        if figures.disputes or records:
            held = tuple(name for name, row in zip(names, meeting.rows, strict=True) if row is not None)
            views.append(DocumentView(figures, held, tuple(side_by_side(meeting)), tuple(records)))
    views.sort(key=lambda view: (-view.figures.disputes, view.figures.doc_id))
    scheme = event_scheme()
    labels = [
        {"name": label.name, "chinese": label.chinese, "colour": label.colour, "helper": name in scheme.helper_labels}
        for name, label in {**scheme.labels, **scheme.helper_labels}.items()
    ]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["figure"] = _figure
    return environment.get_template(TEMPLATE.name).render(
        names=list(names), agreement=agreement, documents=views, labels=labels
    )


def _figure(value: Any) -> str:
    return "–" if not isinstance(value, float) else f"{value:.3f}"


def side_by_side(meeting: Meeting) -> list[SideBySide]:
    """Cut a text into its lines, each with the pieces of every version; lines without disagreement are counted together."""
    found = disputes(meeting)
    numbers = [number for number, row in enumerate(meeting.rows) if row is not None]
    lines: list[SideBySide] = []
    start = skipped = 0
    for line in meeting.text.split("\n"):
        end = start + len(line)
        here = [stretch for stretch in found if stretch.start < end and start < stretch.end]
        if here:
            if skipped:
                lines.append(SideBySide(skipped=skipped))
            skipped = 0
            cells = (tuple(_pieces(meeting.text, start, end, meeting.versions[n] or (), here, n)) for n in numbers)
            lines.append(SideBySide(cells=tuple(cells)))
        elif line.strip():
            skipped += 1
        start = end + 1
    return [*lines, SideBySide(skipped=skipped)] if skipped else lines


def _pieces(text: str, start: int, end: int, version: Version, disputed: Sequence[Stretch], number: int) -> list[Piece]:
    spans = [span for span in version if span.start < end and start < span.end]
    edges = [*(edge for s in spans for edge in s[:2]), *(edge for s in disputed for edge in (s.start, s.end))]
    cuts = {start, end, *(edge for edge in edges if start < edge < end)}
    pieces = []
    for left, right in pairwise(sorted(cuts)):
        labels = [span.label for span in spans if span.start <= left and right <= span.end]
        own = [stretch.versions[number] for stretch in disputed if stretch.start <= left and right <= stretch.end]
        classes = [*labels, *(["disputed"] if own else []), *(["empty"] if own and not any(own) else [])]
        opens = tuple(span.label for span in spans if span.start == left)
        pieces.append(Piece(text[left:right], " ".join(dict.fromkeys(classes)), opens))
    return pieces
