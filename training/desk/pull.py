"""From doccano back to rows of the corpus, checked: records from relations, source offsets, who labelled what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.data_folders import models_of
from pipeline.events.models import EventModels, load_event_models
from training.bulletin_check import problems
from training.corpus import from_row, to_row
from training.desk.connection import Connection, Row, converse
from training.desk.push import source_span, unpacked
from training.desk.records import settled_records
from training.markup import Bulletin, MarkupError, parse_batch, write_bulletin
from training.readings import gold_readings


@dataclass(frozen=True, order=True)
class Fault:
    """A document that cannot be used as it is: its id and what is wrong with it."""

    doc_id: str
    fault: str

    def __str__(self) -> str:
        return f"{self.doc_id}: {self.fault}"


@dataclass(frozen=True)
class Pulled:
    """The documents of a project as rows of the corpus, with ``annotators``, ``confirmed``, ``comments``, and what is wrong.

    A row has ``source`` when its document went up from a file: ``sha256``, and ``spans``, the stretch of the source of
    each entity.
    """

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def pull(project: str, connection: Connection) -> Pulled:
    """Bring the documents of a project back, in order of id. Raises :class:`DeskError` when there is no such project."""
    rows, faults = [], []
    for answer in sorted(converse("pull", connection, project), key=lambda one: str(one["doc_id"])):
        if "fault" in answer:
            faults.append(Fault(answer["doc_id"], answer["fault"]))
            continue
        row, wrong = row_of(answer)
        rows.append(row)
        faults += [Fault(row["doc_id"], one) for one in wrong]
    return Pulled(tuple(rows), tuple(faults))


def row_of(answer: Mapping[str, Any], type_of: Callable[[Row, int], str] | None = None) -> tuple[Row, list[str]]:
    """Return a pulled document as a row of the corpus, and what is wrong with it.

    ``type_of`` names the type of an EVENT that neither its roles nor what went up tell; without one the event models do.
    """
    sent = unpacked(answer["meta"].get("desk", ""))
    row: Row = {
        "text": answer["text"],
        "entities": [{key: one[key] for key in _ENTITY} for one in answer["entities"]],
        "records": [],
        "doc_id": answer["doc_id"],
        "header": sent.get("header", {}),
        "headlines": sent.get("headlines", []),
        "furniture": sent.get("furniture", []),
    }
    judge = type_of or _type_by_model
    records, faults = settled_records(
        row["text"], row["entities"], answer["relations"], sent, lambda anchor: judge(row, anchor)
    )
    filled = {argument["id"] for record in records for argument in record["arguments"]}
    free = [one["id"] for one in row["entities"] if one["label"] == "MONEY" and one["id"] not in filled]
    bulletin = from_row(row | {"records": records, "free": free})
    faults += [f"{problem.fault} (at {problem.offset})" for problem in problems(bulletin)]
    for mark in bulletin.marks:
        if "\n" in (label := row["text"][mark.start : mark.end]):
            faults.append(f"{label!r} ({mark.label}) reaches over the end of a line; label its halves")
    if not faults and ("\r" in row["text"] or _reread(bulletin) != bulletin):
        faults.append(
            "a line is empty, ends in CR or begins as the notation does (=== # ~); leave it out of the corpus"
        )
    found = to_row(bulletin) | {"annotators": _annotators(answer, sent)}
    if "runs" in (source := sent.get("source", {})):
        spans = [source_span(one["start_offset"], one["end_offset"], source["runs"]) for one in found["entities"]]
        found["source"] = source | {"spans": [list(span) for span in spans]}  # runs too: the row may go up again
    return found | {key: answer[key] for key in ("confirmed", "comments")}, faults


_ENTITY = ("id", "start_offset", "end_offset", "label")


def _annotators(answer: Mapping[str, Any], sent: Mapping[str, Any]) -> list[str]:
    """Return who confirmed a document, or set a span or relation that had not gone up."""
    spans = [tuple(span) for span in sent.get("spans", ())]
    place = {one["id"]: (one["start_offset"], one["end_offset"], one["label"]) for one in answer["entities"]}
    arcs = {(spans[start], spans[end], kind) for start, end, kind in sent.get("arcs", ())}
    people = set(answer["confirmed_by"])
    people |= {one["by"] for one in answer["entities"] if "by" in one and place[one["id"]] not in spans}
    people |= {
        arc["by"]
        for arc in answer["relations"]
        if "by" in arc and (place[arc["from_id"]], place[arc["to_id"]], arc["type"]) not in arcs
    }
    return sorted(people)


def _type_by_model(row: Row, anchor: int) -> str:
    entity = next(one for one in row["entities"] if one["id"] == anchor)
    for gold in gold_readings(row):
        for mention in gold.reading.anchors:
            if gold.at + mention.start == entity["start_offset"]:
                return _models().event_type(gold.reading, mention)[0]
    return "gathering"  # in page furniture, which the checker refuses anyway


@cache
def _models() -> EventModels:
    return load_event_models(models_of() / "events")


def _reread(bulletin: Bulletin) -> Bulletin | None:
    try:
        return next(parse_batch(write_bulletin(bulletin)), None)
    except MarkupError:
        return None
