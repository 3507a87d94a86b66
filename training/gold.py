"""Gold documents of the labelled corpus: what an extraction should have found, in the form that scoring reads."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from pipeline.documents import Document
from pipeline.evaluate import Report, evaluate
from pipeline.events.event import Argument, Event
from pipeline.events.reading import Reading
from pipeline.extract import Extraction, Page
from pipeline.normalise.dates import DateContext
from pipeline.normalise.values import date_context, full_names, read_value, with_places
from pipeline.output import entities_record, event_records
from pipeline.repair import Passage
from pipeline.spans import DateRange, Mention, Span
from training.layout import LaidOut, Layout, lay_out, move
from training.readings import GoldReading, gold_readings

Row = Mapping[str, Any]
GoldDocument = dict[str, Any]
MakeEvents = Callable[[Reading], Sequence[Event]]


def document_of(row: Row) -> Document:
    """Make the document of a corpus row."""
    return Document(row["doc_id"], row["text"], row["text_sha256"])


def gold_extraction(row: Row, make_events: MakeEvents | None = None) -> Extraction:
    """Read a corpus row from its labels: with its gold records, or with records that ``make_events`` makes of gold spans."""
    document = document_of(row)
    context = date_context(document)
    golds = list(gold_readings(row))
    valued = [_with_values(gold.reading, context) for gold in golds]
    year = context.day.year if context.day else None
    placed = with_places(valued, None, year)
    names = full_names(placed, document.text, None, year)
    pages = []
    for index, (gold, mentions, canonical) in enumerate(zip(golds, placed, names, strict=True)):
        of_gold = dict(zip(gold.reading.mentions, mentions, strict=True))
        offsets = tuple(range(gold.at, gold.at + len(gold.reading.text)))
        passage = Passage(document.doc_id, index, gold.reading.text, offsets, gold.reading.headline_end)
        reading = replace(gold.reading, mentions=tuple(mentions))
        events = make_events(reading) if make_events else _gold_events(gold, of_gold)
        pages.append(Page(passage, tuple(mentions), tuple(events), canonical))
    return Extraction(document, tuple(pages), context)


def _with_values(reading: Reading, context: DateContext) -> list[Mention]:
    """Give the mentions of a reading their values; each date may point at the one before (同日)."""
    before: DateRange | None = None
    valued = []
    for mention in reading.mentions:
        value = read_value(reading.text, mention, context, before)
        before = value if isinstance(value, DateRange) else before
        valued.append(replace(mention, value=value))
    return valued


def _gold_events(gold: GoldReading, of_gold: Mapping[Mention, Mention]) -> list[Event]:
    events = []
    for record in gold.records:
        slots: dict[str, list[Argument]] = defaultdict(list)
        for mention, role in record.arguments:
            kind = role if role in ("date", "place", "amount", "item") else "party"
            slots[kind].append(Argument(of_gold[mention], role, 1.0))
        first = (record.anchors or tuple(mention for mention, _ in record.arguments))[0]
        sentence = gold.reading.sentence(first.start)
        events.append(
            Event(
                type=record.type,
                anchors=tuple(of_gold[anchor] for anchor in record.anchors),
                participants=tuple(slots["party"]),
                date=slots["date"][0] if slots["date"] else None,
                places=tuple(slots["place"]),
                amounts=tuple(slots["amount"]),
                items=tuple(slots["item"]),
                evidence=Span(sentence.start, sentence.end),
                planned=record.planned,
                is_total=record.is_total,
            )
        )
    return events


def as_gold(extraction: Extraction) -> GoldDocument:
    """Write an extraction as a gold document."""
    entities = entities_record(extraction).model_dump(mode="json")["entities"]
    records = [record.model_dump(mode="json") for record in event_records(extraction)]
    return {"sha256": extraction.document.sha256, "entities": entities, "records": records}


def gold_document(row: Row) -> GoldDocument:
    """Write a corpus row as a gold document; its page furniture counts for nothing."""
    return as_gold(gold_extraction(row)) | {"ignore": row["furniture"]}


def score(gold: Sequence[Row], extractions: Iterable[Extraction]) -> Report:
    """Score extractions against gold documents."""
    return score_found(gold, [as_gold(extraction) for extraction in extractions])


def score_found(gold: Sequence[Row], found: Sequence[Row]) -> Report:
    """Score what was found, written as gold documents are, against gold documents."""
    events = [record for document in found for record in document["records"]]
    return evaluate({document["sha256"]: document for document in gold}, found, events)


def laid_out(document: Document, gold: GoldDocument, style: Layout) -> tuple[Document, GoldDocument]:
    """Put a layout onto a document and move its gold along; what the layout cuts off is gone from both.

    What the layout adds (a menu, a page number) holds no gold, so that whatever is found there counts as wrong.
    """
    page = lay_out(document.text, style, crc32(document.doc_id.encode()))
    digest = hashlib.sha256(page.text.encode()).hexdigest()
    records = [moved for record in gold["records"] if (moved := _moved_record(record, page)) is not None]
    ignore = [[span.start, span.end] for span in move([Span(*pair) for pair in gold.get("ignore", ())], page) if span]
    entities = _moved(gold["entities"], page)
    return (
        replace(document, text=page.text, sha256=digest),
        {"sha256": digest, "entities": entities, "records": records, "ignore": ignore},
    )


def _moved(rows: Sequence[Row], page: LaidOut) -> list[GoldDocument]:
    spans = move([Span(row["start"], row["end"]) for row in rows], page)
    return [
        {**row, "start": span.start, "end": span.end, "text": page.text[span.start : span.end]}
        for row, span in zip(rows, spans, strict=True)
        if span
    ]


def _moved_record(record: Row, page: LaidOut) -> GoldDocument | None:
    lists = {name: _moved(record[name], page) for name in ("anchors", "places", "participants", "amounts", "items")}
    if not lists["anchors" if record["anchors"] else "participants"]:
        return None
    date = _moved([record["date"]] if record["date"] else [], page)
    return {"type": record["type"], "is_total": record["is_total"], "date": date[0] if date else None, **lists}
