"""From documents to doccano: pre-labels of the current model as rows of the corpus, and rows as they go up.

A document goes up as its repaired text, one item of news below the other, with the map that leads back to its source.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.documents import Document
from pipeline.spans import Mention, Money, Span
from training.corpus import to_row
from training.desk.connection import Connection, DeskError, Row, converse
from training.markup import Bulletin, Link, Mark

if TYPE_CHECKING:
    from pipeline.extract import Extraction, Page, Tools


def look(project: str, connection: Connection) -> None:
    """Log in and look at the project; raises :class:`DeskError` for what a push would be refused for. Changes nothing."""
    list(converse("look", connection, project))


def push(rows: Iterable[Mapping[str, Any]], project: str, connection: Connection) -> Row:
    """Bring rows of the corpus up into a project, which is made or brought up to date.

    Rows may have ``source`` and ``confidence`` (:func:`prelabelled`) and ``comments``, shown as a note. A document that is
    there already stays as it is. Returns ``url``, ``sent``, ``known`` (there already) and ``removed`` (rests of a broken
    push). Raises :class:`DeskError`, and nothing is changed or what was is undone.
    """
    documents = [document_of(row) for row in rows]
    if not documents:
        raise DeskError("nothing to push; give documents or rows")
    return next(converse("push", connection, project, documents))


def read_and_label(paths: Sequence[str], models: Path | None = None) -> tuple[list[Row], list[str]]:
    """Read documents and label them; returns their rows, and a line for each input that could not be read."""
    from pipeline.documents import Rejected, read_documents
    from pipeline.extract import MODELS, load_tools

    tools = load_tools(models or MODELS)
    rows, rejected = [], []
    for document in read_documents(paths):
        if isinstance(document, Rejected):
            rejected.append(f"{document.path}: {document.detail}")
            continue
        try:
            rows.append(prelabelled(document, tools))
        except DeskError as error:
            rejected.append(str(error))
    return rows, rejected


def document_of(row: Mapping[str, Any]) -> Row:
    """Return a row as the client's program takes it: text, spans, relations, and the rest as metadata in text form."""
    notes = [one["text"] if isinstance(one, Mapping) else str(one) for one in row.get("comments", ())]
    kept = {key: row[key] for key in ("header", "headlines", "furniture", "records", "free", "source") if row.get(key)}
    kept["spans"] = [[one["start_offset"], one["end_offset"], one["label"]] for one in row["entities"]]
    if row.get("confidence"):
        kept["percent"] = [round(100 * sure) for sure in row["confidence"]]
    arcs = dict.fromkeys((arc["from_id"], arc["to_id"], arc["type"]) for arc in row["relations"])
    place_of = {one["id"]: place for place, one in enumerate(row["entities"])}
    kept["arcs"] = [[place_of[start], place_of[end], kind] for start, end, kind in arcs]
    return {
        "doc_id": row["doc_id"],
        "text": row["text"],
        "entities": [
            {key: one[key] for key in ("id", "start_offset", "end_offset", "label")} for one in row["entities"]
        ],
        "relations": [
            {"id": number, "from_id": start, "to_id": end, "type": kind}
            for number, (start, end, kind) in enumerate(arcs)
        ],
        "meta": {"least_sure": _least_sure(row), "note": "\n".join(notes), "desk": packed(kept)},
    }


def _least_sure(row: Mapping[str, Any]) -> str:
    """Return the suggestion that the model trusts least, with its confidence; empty where it has none."""
    if not row.get("confidence"):
        return ""
    sure, one = min(zip(row["confidence"], row["entities"], strict=True), key=lambda pair: pair[0])
    return f"{sure:.2f} {row['text'][one['start_offset'] : one['end_offset']]}"


def packed(told: Mapping[str, Any]) -> str:
    """Return a value as short text in words, as doccano's pages show metadata in full.

    >>> unpacked(packed({"free": [1]}))
    {'free': [1]}
    """
    content = b64encode(zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 9)).decode()
    return " ".join(content[start : start + 64] for start in range(0, len(content), 64))


def unpacked(text: str) -> Row:
    """Return what :func:`packed` made text of; an empty text is an empty row."""
    row: Row = json.loads(zlib.decompress(b64decode(text))) if text else {}
    return row


def bulletin_name(doc_id: str) -> str:
    """Return a document's name in the corpus: its id without white space.

    >>> bulletin_name("2031/简报 3.txt")
    '2031/简报%203.txt'
    """
    return re.sub(r"\s", lambda match: quote(match[0]), doc_id)


def prelabelled(document: Document, tools: Tools) -> Row:
    """Label a document by the current model: a row of the corpus with two keys more.

    ``source`` is where the text comes from: ``sha256`` of the document and ``runs`` ``[start, start in the source,
    length]`` of characters that follow each other in both; ``confidence`` is the model's for each entity, 0 to 1.
    """
    from pipeline.extract import extract

    extraction = extract(document, tools)
    text, numbers = "", 0
    offsets: list[int] = []
    headlines: list[Span] = []
    marks: list[Mark] = []
    confidence: list[float] = []
    for page in extraction.pages:
        if text:
            text += "\n"
            offsets.append(offsets[-1] + 1)
        at = len(text)
        found, sure = _marks(page, at, numbers)
        marks += found
        confidence += sure
        numbers += len(page.events)
        headlines += _lines(page.passage.text[: page.passage.headline_end], at)
        text += page.passage.text
        offsets += page.passage.offsets
    if not text:
        raise DeskError(f"{document.doc_id}: holds nothing but page furniture; leave it out")
    ordered = sorted(zip(marks, confidence, strict=True), key=lambda pair: (pair[0].start, -pair[0].end))
    bulletin = Bulletin(
        bulletin_name(document.doc_id),
        _header(extraction),
        text,
        tuple(mark for mark, _ in ordered),
        tuple(headlines),
        (),
    )
    source = {"sha256": document.sha256, "runs": runs(offsets)}
    told = {"doc_id": document.doc_id, "source": source}
    return to_row(bulletin) | told | {"confidence": [sure for mark, sure in ordered if mark.label]}


def _header(extraction: Extraction) -> dict[str, str]:
    document = extraction.document
    known = {"giver": document.region, "source": document.source}
    told = {key: bulletin_name(value) for key, value in known.items() if value}
    return {"genre": "desk", **told, "published": str(document.published or "none")}


def _lines(headline: str, at: int) -> Iterable[Span]:
    for line in headline.split("\n"):
        if line:
            yield Span(at, at + len(line))
        at += len(line) + 1


def _marks(page: Page, at: int, numbers: int) -> tuple[list[Mark], list[float]]:
    """Return the marks of one item of news, which begins at ``at``, and the confidence of each.

    FILLER and ITEM mentions that fill nothing are left out; ``numbers`` records came before.
    """
    links: dict[Mention, list[Link]] = defaultdict(list)
    openings: list[Mark] = []
    for number, event in enumerate(page.events, numbers + 1):
        flags = (*(("planned",) if event.planned else ()), *(("total",) if event.is_total else ()))
        for anchor in event.anchors:
            links[anchor].append(Link(event.type, number, flags))
        arguments = (
            *event.participants,
            *([event.date] if event.date else []),
            *event.places,
            *event.amounts,
            *event.items,
        )
        for argument in arguments:
            if (link := Link(argument.role, number)) not in links[argument.mention]:
                links[argument.mention].append(link)
        if not event.anchors:
            start = at + min(argument.mention.start for argument in arguments)
            openings.append(Mark(start, start, None, (Link(event.type, number, flags),)))
    kept = [
        mention for mention in dict.fromkeys([*page.mentions, *links]) if mention in page.entities or links[mention]
    ]
    marks = [
        Mark(
            at + mention.start,
            at + mention.end,
            mention.label,
            tuple(sorted(links[mention], key=lambda link: (link.number, link.name))),
            _attributes(mention, page),
            mention.label == "MONEY" and not links[mention],
        )
        for mention in kept
    ]
    return [*openings, *marks], [*(1.0 for _ in openings), *(mention.confidence for mention in kept)]


def _attributes(mention: Mention, page: Page) -> tuple[tuple[str, str], ...]:
    """Return what no span can carry: the unit and the kind of an amount, the full name behind a plain word."""
    if isinstance(mention.value, Money):
        told = {"per": mention.value.per, "kind": None if mention.value.kind == "cash" else mention.value.kind}
        return tuple((key, value) for key, value in sorted(told.items()) if value)
    full = page.canonical.get(mention) if mention.label == "FILLER" else None
    return (("canonical", bulletin_name(full)),) if full and full != mention.text else ()


def runs(offsets: Sequence[int]) -> list[list[int]]:
    """Return rising offsets as runs ``[place, offset, length]``.

    >>> runs([3, 4, 5, 9, 10])
    [[0, 3, 3], [3, 9, 2]]
    """
    breaks = [0, *(place + 1 for place, (one, other) in enumerate(pairwise(offsets)) if other != one + 1), len(offsets)]
    return [[start, offsets[start], end - start] for start, end in pairwise(breaks) if end > start]


def source_span(start: int, end: int, runs: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return the stretch of the source behind ``text[start:end]``; what repair dropped inside lies in it.

    >>> source_span(2, 4, [[0, 3, 3], [3, 9, 2]])
    (5, 10)
    """

    def offset(place: int) -> int:
        return next(source + place - first for first, source, length in runs if place < first + length)

    return offset(start), offset(end - 1) + 1
