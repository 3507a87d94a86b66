"""Turns extractions into lines of JSON: offsets of the source, stable identifiers."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, cast

from pydantic import BaseModel

from pipeline.documents import Document
from pipeline.events.assemble import Argument, Event
from pipeline.events.goods import read_item
from pipeline.events.models import EventModels
from pipeline.extract import Extraction, Page, Tools, extract
from pipeline.json_values import json_line, plain, short_value
from pipeline.outcome import EventLine, Outcome
from pipeline.records import (
    AmountRecord,
    BlockRecord,
    DateRecord,
    EntitiesRecord,
    EntityRecord,
    EventRecord,
    EventTypeName,
    ItemRecord,
    LabelName,
    ParticipantRecord,
    PlaceRecord,
    SpanRecord,
)
from pipeline.spans import DateRange, Money, Place, Span

_MOST_SIGNS = 3


def read_outcome(document: Document, tools: Tools) -> Outcome:
    """Read one document and write its lines."""
    extraction = extract(document, tools)
    return Outcome(
        document.doc_id,
        document.sha256,
        len(document.text),
        to_line(entities_record(extraction)),
        _event_lines(extraction, tools.events),
        document.text if document.extracted else None,
    )


def _event_lines(extraction: Extraction, models: EventModels) -> tuple[EventLine, ...]:
    events = [event for page in extraction.pages for event in page.events]
    return tuple(
        EventLine(to_line(record), record.confidence, doubt(event, models))
        for event, record in zip(events, event_records(extraction), strict=True)
    )


def doubt(event: Event, models: EventModels) -> str:
    """Say what lowers the confidence of a record: its least sure argument, and the signs that speak most against it."""
    arguments = (*event.participants, *event.amounts)
    weakest = min(arguments, key=lambda argument: argument.confidence, default=None)
    said = [f"least sure is {weakest.role} {weakest.mention.text!r} ({weakest.confidence:.2f})"] if weakest else []
    against = [sign for sign, _ in models.record.reasons(event.signs, "wrong", _MOST_SIGNS)]
    if against:
        said.append(f"against it speak {', '.join(against)}")
    return "; ".join(said) or "no sign speaks for it"


def entities_record(extraction: Extraction) -> EntitiesRecord:
    """Make the line of ``entities.jsonl`` of one document."""
    entities = [
        EntityRecord(
            label=cast(LabelName, mention.label),
            **_quote(extraction, page, mention.span),
            confidence=round(mention.confidence, 4),
            by=mention.by,
            value=short_value(mention.value),
        )
        for page in extraction.pages
        for mention in page.entities
    ]
    document = extraction.document
    blocks = [BlockRecord(page=b.page, box=b.box, start=b.start, end=b.end) for b in document.blocks]
    return EntitiesRecord(doc_id=document.doc_id, sha256=document.sha256, entities=entities, blocks=blocks)


def event_records(extraction: Extraction) -> list[EventRecord]:
    """Make the lines of ``events.jsonl`` of one document, in order of their evidence."""
    seen: dict[str, int] = {}
    records = []
    for page in extraction.pages:
        for event in page.events:
            record = event_record(extraction, page, event)
            times = seen[record.event_id] = seen.get(record.event_id, 0) + 1
            if times > 1:  # one 签约 of several pairs: same type, anchors and amounts, other parties
                digest = _digest([record.event_id, *([p.start, p.end] for p in record.participants), times])
                record = record.model_copy(update={"event_id": f"{record.doc_id}#{digest}"})
            records.append(record)
    return records


def _digest(key: object) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:12]


def event_record(extraction: Extraction, page: Page, event: Event) -> EventRecord:
    """Make the record of one event of a page."""
    document = extraction.document
    anchors = [SpanRecord(**_quote(extraction, page, anchor.span)) for anchor in event.anchors]
    amounts = [_amount(extraction, page, argument) for argument in event.amounts]
    evidence = SpanRecord(**_quote(extraction, page, event.evidence))
    key = [[a.start, a.end] for a in anchors], [[a.start, a.end, a.value, a.lower, a.upper] for a in amounts]
    where: Any = key if any(key) else [evidence.start, evidence.end]
    return EventRecord(
        event_id=f"{document.doc_id}#{_digest([event.type, where])}",
        doc_id=document.doc_id,
        sha256=document.sha256,
        type=cast(EventTypeName, event.type),
        status="planned" if event.planned else "done",
        anchors=anchors,
        date=_date(extraction, page, event.date) if event.date else None,
        places=[_place(extraction, page, argument) for argument in event.places],
        participants=[_participant(extraction, page, argument) for argument in event.participants],
        amounts=amounts,
        items=[_item(extraction, page, argument) for argument in event.items],
        is_total=event.is_total,
        flags=list(event.flags),
        evidence=evidence,
        confidence=event.confidence,
    )


def _quote(extraction: Extraction, page: Page, span: Span) -> dict[str, Any]:
    """Quote the source behind a span of the repaired text."""
    source = page.passage.source_span(span.start, span.end)
    return {"text": extraction.document.text[source.start : source.end], "start": source.start, "end": source.end}


def _date(extraction: Extraction, page: Page, argument: Argument) -> DateRecord:
    value = argument.mention.value
    known = value if isinstance(value, DateRange) else DateRange(None, None, None)
    quote = _quote(extraction, page, argument.mention.span)
    return DateRecord(**quote, edtf=known.edtf, first_day=known.first_day, last_day=known.last_day)


def _place(extraction: Extraction, page: Page, argument: Argument) -> PlaceRecord:
    value = argument.mention.value
    known = value if isinstance(value, Place) else Place(None, None)
    return PlaceRecord(**_quote(extraction, page, argument.mention.span), code=known.code, name=known.name)


def _participant(extraction: Extraction, page: Page, argument: Argument) -> ParticipantRecord:
    mention = argument.mention
    label = cast(Literal["ORG", "GPE"], mention.label) if mention.label in ("ORG", "GPE") else None
    return ParticipantRecord(
        role=argument.role,
        **_quote(extraction, page, mention.span),
        label=label,
        canonical=page.canonical.get(mention),
        confidence=round(argument.confidence, 4),
    )


def _amount(extraction: Extraction, page: Page, argument: Argument) -> AmountRecord:
    value = argument.mention.value
    known = value if isinstance(value, Money) else Money(None)
    return AmountRecord(
        **_quote(extraction, page, argument.mention.span),
        value=plain(known.value),
        lower=plain(known.lower),
        upper=plain(known.upper),
        currency=known.currency,
        approximate=known.approximate,
        per=known.per,
        kind=cast(Literal["cash", "valuation", "mixed"], known.kind),
    )


def _item(extraction: Extraction, page: Page, argument: Argument) -> ItemRecord:
    item = read_item(argument.mention.text)
    quote = _quote(extraction, page, argument.mention.span)
    return ItemRecord(**quote, name=item.name, quantity=plain(item.quantity), unit=item.unit)


def to_line(record: BaseModel) -> str:
    """Write one record as a line of JSON."""
    return json_line(record.model_dump(mode="json"))
