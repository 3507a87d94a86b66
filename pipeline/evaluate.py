"""Scores an extraction against gold documents: entities by exact span, events by type and anchor, arguments, and the ledger.

A gold document is an object ``{"sha256", "entities", "records"}`` whose records look like lines of ``events.jsonl``;
``ignore`` lists stretches that count for nothing, ``optional`` entities and records likewise, ``scope: "money"`` limits a
document to amounts. Documents are matched by hash.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.bootstrap import f1_interval
from pipeline.event_types import event_scheme
from pipeline.matching import KINDS, Row, ledger, ledger_hits, link, overlap, pair_records, pair_slots, slots
from pipeline.mistakes import entity_mistakes, record_mistakes
from pipeline.spans import LABELS, Span


@dataclass
class Score:
    """Counts behind precision, recall and F1."""

    hits: int = 0
    predicted: int = 0
    gold: int = 0

    def add(self, hits: int, predicted: int, gold: int) -> None:
        """Count some more."""
        self.hits += hits
        self.predicted += predicted
        self.gold += gold

    @property
    def precision(self) -> float:
        """Share of the predicted that is right; 0 when nothing was predicted."""
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 when there is none."""
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_row(self) -> dict[str, float]:
        """Return the figures rounded to four digits."""
        rounded = {"p": self.precision, "r": self.recall, "f": self.f1}
        return {**{name: round(x, 4) for name, x in rounded.items()}, "predicted": self.predicted, "gold": self.gold}


@dataclass
class Report:
    """Scores by part and name, the errors behind them by kind, and the reports of the single documents."""

    scores: dict[str, dict[str, Score]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Score)))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    documents: list[Report] = field(default_factory=list)

    def as_table(self) -> list[tuple[str, str, Score]]:
        """List (part, name, score) in a fixed order."""
        return [(part, name, score) for part, rows in self.scores.items() for name, score in sorted(rows.items())]

    def interval(self, part: str, name: str) -> tuple[float, float]:
        """Return the 95 % interval of an F1, by drawing documents with replacement."""
        each = [document.scores[part][name] for document in self.documents if name in document.scores.get(part, {})]
        return f1_interval([(score.hits, score.predicted, score.gold) for score in each])


def merged(reports: Iterable[Report]) -> Report:
    """Add up the reports of single documents."""
    whole = Report()
    for report in reports:
        whole.documents.append(report)
        for part, name, score in report.as_table():
            whole.scores[part][name].add(score.hits, score.predicted, score.gold)
        for kind, texts in report.errors.items():
            whole.errors[kind] += texts
    return whole


def read_gold(paths: Iterable[Path]) -> dict[str, Row]:
    """Read gold documents by hash from JSON or JSON Lines files; raises ValueError naming the faulty file."""
    documents = {}
    for path in paths:
        text = path.read_text(encoding="utf-8")
        try:
            rows = (
                [json.loads(x) for x in text.split("\n") if x.strip()]
                if path.suffix == ".jsonl"
                else [json.loads(text)]
            )
            documents.update({row["sha256"]: row for row in rows})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path}: not a gold document ({error!r}); write objects with sha256, entities, records"
            ) from None
    return documents


def evaluate(gold: Mapping[str, Row], entities: Iterable[Row], events: Iterable[Row]) -> Report:
    """Compare an extraction's lines with gold documents; lines of documents without gold are left out."""
    found_entities = {row["sha256"]: row["entities"] for row in entities}
    found_events: dict[str, list[Row]] = defaultdict(list)
    for row in events:
        found_events[row["sha256"]].append(row)
    return merged(
        evaluate_document(document, found_entities.get(key, []), found_events.get(key, []))
        for key, document in gold.items()
    )


def evaluate_document(document: Row, entities: Sequence[Row], events: Sequence[Row]) -> Report:
    """Score what was found in one document."""
    report = Report()
    _score_entities(report, document, entities)
    given = scored_records(document, events)
    wanted = [record for record in document["records"] if not record.get("optional")]
    if document.get("scope", "full") == "full":
        _score_records(report, wanted, given)
    gold_rows, rows = ledger(wanted), ledger(given)
    for name, with_giver in (("type+amount", False), ("type+amount+giver", True)):
        report.scores["ledger"][name].add(ledger_hits(gold_rows, rows, with_giver), len(rows), len(gold_rows))
    return report


def scored_records(document: Row, found: Sequence[Row]) -> list[Row]:
    """Return the found records that count: what lies in ``ignore`` or belongs to an optional record does not."""
    wanted = [record for record in document["records"] if not record.get("optional")]
    free: list[Row] = [record for record in document["records"] if record.get("optional")]
    free.append({"anchors": [{"start": a, "end": b} for a, b in document.get("ignore") or []]})
    return [p for p in found if not any(link(f, p) for f in free) or any(link(g, p) for g in wanted)]


def scored_entities(document: Row, found: Sequence[Row]) -> list[Row]:
    """Return the found entities that count: what touches ``ignore`` or an optional entity does not."""
    free = [Span(*pair) for pair in document.get("ignore") or []]
    free += [Span(e["start"], e["end"]) for e in document["entities"] if e.get("optional")]
    labels = LABELS if document.get("scope", "full") == "full" else ("MONEY",)
    return [
        e for e in found if e["label"] in labels and not any(Span(e["start"], e["end"]).overlaps(span) for span in free)
    ]


def _score_entities(report: Report, document: Row, found: Sequence[Row]) -> None:
    labels = LABELS if document.get("scope", "full") == "full" else ("MONEY",)
    wanted = [e for e in document["entities"] if not e.get("optional") and e["label"] in labels]
    given = scored_entities(document, found)
    gold_keys, keys = ({(e["start"], e["end"], e["label"]) for e in rows} for rows in (wanted, given))
    for label in labels:
        own_gold, own = ({key for key in some if key[2] == label} for some in (gold_keys, keys))
        for name in (label, "all"):
            report.scores["entities"][name].add(len(own_gold & own), len(own), len(own_gold))
    for kind, text in entity_mistakes(wanted, given):
        report.errors[kind].append(text)


def _score_records(report: Report, wanted: Sequence[Row], given: Sequence[Row]) -> None:
    mates = pair_records(wanted, given)
    for kind, text in record_mistakes(wanted, given, mates):
        report.errors[kind].append(text)
    anchors = [[a for row in rows for a in row.get("anchors") or []] for rows in (wanted, given)]
    unique = [{(a["start"], a["end"]): a for a in each}.values() for each in anchors]
    touched = [sum(any(overlap(a, b) for b in unique[1 - side]) for a in unique[side]) for side in (0, 1)]
    report.scores["anchors"]["all"].add(min(touched), len(unique[1]), len(unique[0]))
    for name in event_scheme().types:
        hits = sum(wanted[i]["type"] == name for i in mates)
        counts = [sum(row["type"] == name for row in rows) for rows in (given, wanted)]
        report.scores["events by type"][name].add(hits, *counts)
    report.scores["events"]["all"].add(len(mates), len(given), len(wanted))
    for i, record in enumerate(wanted):
        for kind in KINDS:
            gold_slots = slots(record, kind)
            found = slots(given[mates[i]], kind) if i in mates else []
            if gold_slots or kind != "date":
                _add_arguments(report, kind, gold_slots, found)
    for j, row in enumerate(given):
        if j not in mates.values():
            for kind in KINDS:
                _add_arguments(report, kind, [], slots(row, kind))


def _add_arguments(report: Report, kind: str, gold: Sequence[Row], found: Sequence[Row]) -> None:
    pairs = pair_slots(kind, gold, found)
    for name in (kind,) if kind == "place" else (kind, "all"):  # two people agree on places least: not part of "all"
        report.scores["arguments"][name].add(len(pairs), len(found), len(gold))
    if kind == "participant":
        for role in sorted({slot["role"] for slot in (*gold, *found)}):
            # a pair counts for the role that was found, which gold may allow beside its own
            hits = sum(slot["role"] == role for _, slot in pairs)
            wanted = sum(slot["role"] == role for slot in gold)
            wanted += sum(slot["role"] == role != own["role"] for own, slot in pairs)
            wanted -= sum(own["role"] == role != slot["role"] for own, slot in pairs)
            report.scores["roles"][role].add(hits, sum(slot["role"] == role for slot in found), wanted)
