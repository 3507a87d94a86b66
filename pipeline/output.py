"""Turns extractions into lines of JSON: offsets of the source, stable identifiers, files that appear whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TextIO, cast

from pydantic import BaseModel

from pipeline.events.assemble import Argument, Event
from pipeline.events.goods import read_item
from pipeline.extract import Extraction, Page
from pipeline.json_values import plain, short_value
from pipeline.records import (
    AmountRecord,
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
    return EntitiesRecord(doc_id=document.doc_id, sha256=document.sha256, entities=entities)


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


def to_line(record: BaseModel | Mapping[str, object]) -> str:
    """Write one record as a line of JSON; a lone surrogate is escaped, so that every text can be written."""
    data = record.model_dump(mode="json") if isinstance(record, BaseModel) else record
    line = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


@contextmanager
def whole_files(folder: Path, names: Iterable[str]) -> Iterator[dict[str, TextIO]]:
    """Open files of ``folder`` that appear under their names together at the end, or not at all.

    They are written beside their place under ``NAME.part`` and renamed when the block ends; an exception removes them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: folder / f"{name}.part" for name in names}
    files: dict[str, TextIO] = {}
    try:
        for name, path in parts.items():
            files[name] = path.open("w", encoding="utf-8", newline="\n")
        yield files
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
            file.close()
        for name, path in parts.items():
            path.replace(folder / name)
    finally:
        for file in files.values():
            file.close()
        for path in parts.values():
            path.unlink(missing_ok=True)
