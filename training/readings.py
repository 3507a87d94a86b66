"""Readings with their gold records, made from the labelled corpus: what the event models learn from and are measured on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pipeline.events.reading import Reading, make_reading
from pipeline.normalise.money import read_money
from pipeline.sentences import sentences
from pipeline.spans import Mention, Span


@dataclass(frozen=True)
class GoldRecord:
    """One labelled record of an item of news: its anchors and, for each argument, its mention and role."""

    type: str
    anchors: tuple[Mention, ...]
    arguments: tuple[tuple[Mention, str], ...]
    planned: bool
    is_total: bool


@dataclass(frozen=True)
class GoldReading:
    """An item of news of the bulletin ``name``: its gold mentions and records; ``at`` is its offset in the bulletin."""

    name: str
    at: int
    reading: Reading
    records: tuple[GoldRecord, ...]


def gold_readings(row: Mapping[str, Any]) -> Iterator[GoldReading]:
    """Cut a corpus row into its items of news, gold mentions and records included."""
    text: str = row["text"]
    entities = {entity["id"]: entity for entity in row["entities"]}
    for item, headline_end in item_spans(text, row["headlines"], row["furniture"]):
        mentions: dict[int, Mention] = {}
        for number, entity in entities.items():
            span = Span(entity["start_offset"], entity["end_offset"])
            if item.holds(span):
                start, end = span.start - item.start, span.end - item.start
                form = text[span.start : span.end]
                money = read_money(text, span.start, span.end) if entity["label"] == "MONEY" else None
                mentions[number] = Mention(
                    start, end, form, entity["label"], 1.0, "gold", money.value if money else None
                )
        records = tuple(
            GoldRecord(
                record["type"],
                tuple(mentions[number] for number in record["anchors"] if number in mentions),
                tuple((mentions[a["id"]], a["role"]) for a in record["arguments"] if a["id"] in mentions),
                record["status"] == "planned",
                record["is_total"],
            )
            for record in row["records"]
            if any(number in mentions for number in record["anchors"])
            or (not record["anchors"] and item.start <= record["at"] < item.end)
        )
        plain = text[item.start : item.end]
        reading = make_reading(plain, sentences(plain), list(mentions.values()), headline_end - item.start)
        yield GoldReading(row["doc_id"], item.start, reading, records)


def records_by_anchor(gold: GoldReading) -> dict[Mention, list[GoldRecord]]:
    """The records that each anchor tells."""
    found: dict[Mention, list[GoldRecord]] = {}
    for record in gold.records:
        for anchor in record.anchors:
            found.setdefault(anchor, []).append(record)
    return found


def roles_played(records: Iterable[GoldRecord]) -> dict[Mention, list[str]]:
    """The roles and kinds of argument that each mention has in ``records``, in their order."""
    found: dict[Mention, list[str]] = {}
    for record in records:
        for mention, role in record.arguments:
            found.setdefault(mention, []).append(role)
    return found


def anchor_pairs(of_anchor: Mapping[Mention, Sequence[GoldRecord]]) -> Iterator[tuple[Mention, Mention, str, bool]]:
    """Yield each two anchors of one type in the order of the text, the type, and whether they are one occurrence."""
    for one, other in combinations(of_anchor, 2):
        kinds = {record.type for anchor in (one, other) for record in of_anchor[anchor]}
        if len(kinds) == 1:
            shared = {id(record) for record in of_anchor[one]} & {id(record) for record in of_anchor[other]}
            earlier, later = sorted((one, other), key=lambda anchor: anchor.start)
            yield earlier, later, kinds.pop(), bool(shared)


def item_spans(text: str, headlines: list[list[int]], furniture: list[list[int]]) -> Iterator[tuple[Span, int]]:
    """Yield each item of news with the end of its headline block (the item's start when it has none)."""
    is_headline = {start for start, _ in headlines}
    is_furniture = {start for start, _ in furniture}
    start, headline_end, seen_body = -1, 0, False
    offset, last = 0, 0
    for line in text.split("\n"):
        end = offset + len(line)
        if offset not in is_furniture:
            if offset in is_headline and start >= 0 and seen_body:
                yield Span(start, last), headline_end
                start = -1
            if start < 0:
                start, headline_end, seen_body = offset, offset, False
            if offset in is_headline and not seen_body:
                headline_end = end
            else:
                seen_body = seen_body or offset not in is_headline
            last = end
        offset = end + 1
    if start >= 0:
        yield Span(start, last), headline_end
