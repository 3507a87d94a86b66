"""Documents as they go to doccano and come back: offsets, metadata, and what tells an edited document from a broken import.

Pure functions without a dependency: doccano-client's environment imports them too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from training.desk.offsets import OffsetError, Offsets

Row = dict[str, Any]
KEPT = ("doc_id", "text_sha256", "sent")
"""Metadata of this program: the document, its text, and what labels went up (:func:`sent_mark`)."""


class Refusal(Exception):  # noqa: N818 - what it is to the caller
    """Nothing more is done; the message is the one line for the user."""


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def shape(row: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the spans and the relations of a document without the numbers that doccano gives them."""
    spans = {
        entity["id"]: [entity["start_offset"], entity["end_offset"], entity["label"]] for entity in row["entities"]
    }
    arcs = [[spans[arc["from_id"]], spans[arc["to_id"]], arc["type"]] for arc in row["relations"]]
    return sorted(spans.values()), sorted(arcs)


def sent_mark(row: Mapping[str, Any]) -> str:
    """Return how many spans and relations a document has, and digests of the spans and of both; kept beside it in doccano."""
    spans, arcs = shape(row)
    digests = [hashlib.sha256(json.dumps(part).encode()).hexdigest()[:16] for part in (spans, [spans, arcs])]
    return " ".join([str(len(spans)), str(len(arcs)), *digests])


def for_doccano(document: Mapping[str, Any]) -> Row:
    """Return a document as doccano imports it; raises :class:`Refusal` for what doccano would drop or garble."""
    name, text = document["doc_id"], document["text"]
    if not text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Refusal(f"{name}: the text is empty or holds half a character; push a text that UTF-8 can write")
    offsets = Offsets(text)
    try:
        entities = [
            {
                "id": entity["id"],
                "start_offset": offsets.to_utf16(entity["start_offset"]),
                "end_offset": offsets.to_utf16(entity["end_offset"]),
                "label": entity["label"],
            }
            for entity in document["entities"]
        ]
    except OffsetError as error:
        raise Refusal(f"{name}: {error}") from None
    known = {entity["id"] for entity in entities}
    if len(known) < len(entities) or any(entity["start_offset"] >= entity["end_offset"] for entity in entities):
        raise Refusal(f"{name}: a span is empty or its id stands twice; spans hold text and have an id each")
    relations = [{key: arc[key] for key in ("id", "from_id", "to_id", "type")} for arc in document["relations"]]
    if any(not {arc["from_id"], arc["to_id"]} <= known for arc in relations):
        raise Refusal(f"{name}: a relation names a span that is not there; relations join spans of the document")
    row = {"text": text, "entities": entities, "relations": relations, **document["meta"]}
    return row | {"doc_id": name, "text_sha256": text_digest(text), "sent": sent_mark(row)}


def from_doccano(row: Mapping[str, Any]) -> Row:
    """Return an exported document with offsets in code points and spans numbered in order, or with its ``fault``."""
    found: Row = {"doc_id": row["doc_id"], "text": row["text"]}
    found["meta"] = {key: value for key, value in row.items() if isinstance(value, str) and key not in ("text", *KEPT)}
    if text_digest(row["text"]) != row["text_sha256"]:
        return found | {"fault": "its text was changed in doccano; delete it there and push it again"}
    offsets = Offsets(row["text"])
    entities = sorted(
        row["entities"], key=lambda one: (one["start_offset"], -one["end_offset"], one["label"], one["id"])
    )
    number_of = {entity["id"]: number for number, entity in enumerate(entities)}
    try:
        found["entities"] = [
            {
                "id": number_of[entity["id"]],
                "start_offset": offsets.to_code_points(entity["start_offset"]),
                "end_offset": offsets.to_code_points(entity["end_offset"]),
                "label": entity["label"],
                **({"by": entity["by"]} if "by" in entity else {}),
            }
            for entity in entities
        ]
    except OffsetError as error:
        return found | {"fault": f"{error}; label it anew in doccano"}
    arcs = [
        {"from_id": number_of[arc["from_id"]], "to_id": number_of[arc["to_id"]], "type": arc["type"]}
        | ({"by": arc["by"]} if "by" in arc else {})
        for arc in row["relations"]
    ]
    arcs.sort(key=lambda arc: (arc["from_id"], arc["to_id"], arc["type"]))
    found["relations"] = [{"id": number, **arc} for number, arc in enumerate(arcs)]
    found["confirmed_by"] = row.get("confirmed_by", [])
    return found


def ascii_line(row: Mapping[str, Any]) -> str:
    """Return a line of JSON in ASCII without ``~``: any other makes the server guess an encoding, wrongly at times."""
    return json.dumps(row, ensure_ascii=True).replace("~", "\\u007e") + "\n"


def is_edited(row: Mapping[str, Any]) -> bool:
    """Tell whether somebody worked on a document since it went up."""
    return bool(row["confirmed"] or row["Comments"] or sent_mark(row) != row["sent"])


def is_incomplete(row: Mapping[str, Any]) -> bool:
    """Tell whether an import stopped half-way: doccano saves documents, then all their spans, then all relations."""
    spans, arcs, spans_digest, _ = row["sent"].split()
    if row["confirmed"] or row["Comments"]:
        return False
    no_spans = int(spans) > 0 and not row["entities"]
    return no_spans or (int(arcs) > 0 and not row["relations"] and sent_mark(row).split()[2] == spans_digest)
