"""Scores an extraction against gold documents: entities by exact span, events by type and anchor, arguments, and the ledger.

A gold document is an object ``{"sha256", "entities", "records"}`` whose records look like lines of ``events.jsonl``;
``ignore`` lists stretches that count for nothing, ``optional`` entities and records likewise, ``scope: "money"`` limits a
document to amounts. Documents are matched by hash.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.event_types import event_scheme
from pipeline.spans import LABELS, Span

Row = Mapping[str, Any]


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
    """Scores by part and name, and the errors behind them by kind."""

    scores: dict[str, dict[str, Score]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Score)))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def as_table(self) -> list[tuple[str, str, Score]]:
        """List (part, name, score) in a fixed order."""
        return [(part, name, score) for part, rows in self.scores.items() for name, score in sorted(rows.items())]


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
    report = Report()
    found_entities = {row["sha256"]: row["entities"] for row in entities}
    found_events: dict[str, list[Row]] = defaultdict(list)
    for row in events:
        found_events[row["sha256"]].append(row)
    for key, document in gold.items():
        _score_entities(report, document, found_entities.get(key, []))
        _score_events(report, document, found_events.get(key, []))
    return report


def _overlap(one: Row, other: Row) -> int:
    return max(0, min(int(one["end"]), int(other["end"])) - max(int(one["start"]), int(other["start"])))


def _same_stretch(one: Row, other: Row) -> bool:
    longer: int = max(one["end"] - one["start"], other["end"] - other["start"])
    return 2 * _overlap(one, other) >= longer


def _plain(text: str | None) -> str:
    return "".join((text or "").split())


def _score_entities(report: Report, document: Row, found: Sequence[Row]) -> None:
    labels = LABELS if document.get("scope", "full") == "full" else ("MONEY",)
    free = [Span(*pair) for pair in document.get("ignore") or []]
    free += [Span(e["start"], e["end"]) for e in document["entities"] if e.get("optional")]
    gold = {(e["start"], e["end"], e["label"]): e["text"] for e in document["entities"] if not e.get("optional")}
    predicted = {
        (e["start"], e["end"], e["label"]): e["text"]
        for e in found
        if not any(Span(e["start"], e["end"]).overlaps(span) for span in free)
    }
    for label in labels:
        wanted, given = ({k: t for k, t in spans.items() if k[2] == label} for spans in (gold, predicted))
        hits = len(wanted.keys() & given.keys())
        for name in (label, "all"):
            report.scores["entities"][name].add(hits, len(given), len(wanted))
        report.errors[f"{label} missed"] += [_plain(text) for key, text in wanted.items() if key not in given]
        report.errors[f"{label} spurious"] += [_plain(text) for key, text in given.items() if key not in wanted]


def _link(one: Row, other: Row) -> int:
    """Return how strongly two records belong together: shared anchor characters, else shared fillers."""
    names = ("anchors",) if one.get("anchors") else ("amounts", "participants", "items")
    return sum(_overlap(a, b) for name in names for a in one.get(name) or [] for b in other.get(name) or [])


def _score_events(report: Report, document: Row, found: Sequence[Row]) -> None:
    wanted = [record for record in document["records"] if not record.get("optional")]
    free: list[Row] = [record for record in document["records"] if record.get("optional")]
    free.append({"anchors": [{"start": a, "end": b} for a, b in document.get("ignore") or []]})
    given = [p for p in found if not any(_link(f, p) for f in free) or any(_link(g, p) for g in wanted)]
    if document.get("scope", "full") == "full":
        _score_records(report, wanted, given)
    gold_rows, rows = _ledger(wanted), _ledger(given)
    for name, with_giver in (("type+amount", False), ("type+amount+giver", True)):
        report.scores["ledger"][name].add(_ledger_hits(gold_rows, rows, with_giver), len(rows), len(gold_rows))


def _score_records(report: Report, wanted: Sequence[Row], given: Sequence[Row]) -> None:
    pairs = [(_link(g, p), i, j) for i, g in enumerate(wanted) for j, p in enumerate(given) if g["type"] == p["type"]]
    mate: dict[int, int] = {}
    for shared, i, j in sorted(pairs, reverse=True):
        if shared and i not in mate and j not in mate.values():
            mate[i] = j
    for name in event_scheme().types:
        hits = sum(wanted[i]["type"] == name for i in mate)
        counts = (sum(row["type"] == name for row in rows) for rows in (given, wanted))
        report.scores["events by type"][name].add(hits, *counts)
    report.scores["events"]["all"].add(len(mate), len(given), len(wanted))
    for i, record in enumerate(wanted):
        if i not in mate:
            report.errors["event missed"].append(
                f"{record['type']} {[_plain(a['text']) for a in record.get('anchors') or []]}"
            )
        for kind in _SAME:
            gold_slots = _slots(record, kind)
            slots = _slots(given[mate[i]], kind) if i in mate else []
            if kind == "date" and not gold_slots:
                continue
            hits = _pair_up(gold_slots, slots, _SAME[kind])
            _add_argument(report, kind, hits, len(slots), len(gold_slots))
    for j, row in enumerate(given):
        if j not in mate.values():
            report.errors["event spurious"].append(
                f"{row['type']} {[_plain(a['text']) for a in row.get('anchors') or []]}"
            )
            for kind in _SAME:
                _add_argument(report, kind, 0, len(_slots(row, kind)), 0)


def _add_argument(report: Report, kind: str, hits: int, predicted: int, gold: int) -> None:
    for name in (kind,) if kind == "place" else (kind, "all"):  # two people agree on places least: not part of "all"
        report.scores["arguments"][name].add(hits, predicted, gold)


def _slots(record: Row, kind: str) -> list[Row]:
    if kind == "date":
        date = record.get("date")
        return [date] if date and (date.get("first_day") or date.get("last_day")) else []
    name = {"participant": "participants", "place": "places", "amount": "amounts", "item": "items"}[kind]
    return [slot for slot in record.get(name) or [] if not slot.get("optional")]


def _pair_up(gold: Sequence[Row], predicted: Sequence[Row], same: Callable[[Row, Row], bool]) -> int:
    left, hits = list(predicted), 0
    for wanted in gold:
        if (match := next((slot for slot in left if same(wanted, slot)), None)) is not None:
            left.remove(match)
            hits += 1
    return hits


def _names(slot: Row) -> set[str]:
    return {_plain(slot.get("text")), _plain(slot.get("canonical"))} - {""}


def _same_party(gold: Row, slot: Row) -> bool:
    roles = {gold["role"], gold.get("role_alt")}
    return slot["role"] in roles and (_same_stretch(gold, slot) or bool(_names(gold) & _names(slot)))


def _figures(amount: Row) -> tuple[object, ...]:
    numbers = (amount.get(name) for name in ("value", "lower", "upper"))
    return (*(None if x is None else Decimal(x).normalize() for x in numbers), amount.get("currency") or "CNY")


_SAME: dict[str, Callable[[Row, Row], bool]] = {
    "participant": _same_party,
    "date": lambda gold, slot: (gold["first_day"], gold["last_day"]) == (slot["first_day"], slot["last_day"]),
    "place": lambda gold, slot: _same_stretch(gold, slot) or _plain(gold["text"]) == _plain(slot["text"]),
    "amount": lambda gold, slot: _figures(gold) == _figures(slot),
    "item": _same_stretch,
}


def _ledger(records: Iterable[Row]) -> list[tuple[str, object, set[str]]]:
    """List (type, stated figure, givers) of every amount that is not part of a total."""
    rows: list[tuple[str, object, set[str]]] = []
    for record in records:
        giver = event_scheme().types[record["type"]].giver
        if giver is None or record.get("is_total"):
            continue
        givers: set[str] = set()
        for slot in record.get("participants") or []:
            givers |= _names(slot) if slot["role"] == giver else set()
        for amount in record.get("amounts") or []:
            value, lower, upper, _ = _figures(amount)
            rows.append((record["type"], value if value is not None else (lower, upper), givers))
    return rows


def _ledger_hits(gold: Sequence[tuple[str, object, set[str]]], rows: Sequence[Any], with_giver: bool) -> int:
    left, hits = list(rows), 0
    for kind, figure, givers in gold:
        for row in left:
            # two names more than gold are forgiven: a record may name a giver by text and by full name
            same_giver = not givers or (givers & row[2] and len(row[2]) <= len(givers) + 2)
            if (row[0], row[1]) == (kind, figure) and (not with_giver or same_giver):
                left.remove(row)
                hits += 1
                break
    return hits
