"""Fits the temperatures that make confidences keep their word, and measures how well they do.

What is judged is a model's span, a party of a record, or a record, each right or wrong by the labels of a document it has
not learnt from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.calibration import CALIBRATION, cooled, load_temperatures
from pipeline.evaluate import scored_records
from pipeline.event_types import event_scheme
from pipeline.extract import extract, load_tools
from pipeline.matching import Row, pair_records, pair_slots, slots
from pipeline.spans import LABELS, Span
from training.confidence import ReliabilityRow, expected_error, reliability
from training.corpus import read_rows
from training.evaluation import evaluate_documents
from training.gold import as_gold, document_of, gold_document
from training.rows import HELPERS

THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
_TEMPERATURES = tuple(round(0.5 + step * 0.05, 2) for step in range(51))


@dataclass(frozen=True, slots=True)
class Judged:
    """A confidence, whether what it was given to is right, and the document it comes from."""

    document: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class AbstentionRow:
    """What is left when all below ``threshold`` is set aside: its share of all, and the share of it that is right."""

    threshold: float
    kept: float
    precision: float


def judged_spans(rows: Iterable[Row], proposed: Iterable[Row], labels: Sequence[str]) -> Iterator[Judged]:
    """Judge the model's spans of ``labels``, before rules and policy, by rows of the corpus; page furniture counts for nothing."""
    for row, found in zip(rows, proposed, strict=True):
        gold = {(e["start_offset"], e["end_offset"], e["label"]) for e in row["entities"]}
        furniture = [Span(*pair) for pair in row["furniture"]]
        for entity in found["entities"]:
            span = Span(entity["start"], entity["end"])
            if entity["label"] in labels and not any(span.overlaps(other) for other in furniture):
                yield Judged(found["sha256"], entity["confidence"], (span.start, span.end, entity["label"]) in gold)


def judged_parties(gold: Iterable[Row], found: Iterable[Row]) -> Iterator[Judged]:
    """Judge every participant of every found record: right when the gold record it meets has it in that role."""
    for document, own in zip(gold, found, strict=True):
        for record, mate in _met(document, own):
            pairs = pair_slots("participant", slots(mate, "participant"), slots(record, "participant")) if mate else []
            right = {id(slot) for _, slot in pairs}
            for slot in slots(record, "participant"):
                yield Judged(document["sha256"], slot["confidence"], id(slot) in right)


def judged_records(gold: Iterable[Row], found: Iterable[Row]) -> Iterator[Judged]:
    """Judge every found record: right when it meets a gold record of its type with the same givers and amounts."""
    for document, own in zip(gold, found, strict=True):
        for record, mate in _met(document, own):
            yield Judged(document["sha256"], record["confidence"], mate is not None and _agree(mate, record))


def _met(document: Row, found: Row) -> Iterator[tuple[Row, Row | None]]:
    """Yield each found record that counts with the gold record it meets, if any."""
    wanted = [record for record in document["records"] if not record.get("optional")]
    given = scored_records(document, found["records"])
    mates = {j: wanted[i] for i, j in pair_records(wanted, given).items()}
    yield from ((record, mates.get(j)) for j, record in enumerate(given))


def _agree(gold: Row, record: Row) -> bool:
    scheme = event_scheme().types[gold["type"]]
    giver = scheme.giver or next(iter(scheme.roles))
    for kind in ("participant", "amount"):
        want, have = ([s for s in slots(row, kind) if s.get("role", giver) == giver] for row in (gold, record))
        if not len(want) == len(have) == len(pair_slots(kind, want, have)):
            return False
    return True


def cool(judged: Iterable[Judged], temperature: float) -> list[Judged]:
    """Return the same with confidences cooled."""
    return [replace(one, confidence=cooled(one.confidence, temperature)) for one in judged]


def fitted_temperature(judged: Sequence[Judged]) -> float:
    """Return the temperature with the least log loss, in steps of 0.05 from 0.5 to 3; 1 where there is nothing to learn from."""
    if not judged:
        return 1.0
    right = np.array([one.right for one in judged])

    def loss(temperature: float) -> float:
        chances = np.array([cooled(one.confidence, temperature) for one in judged])
        return float(-np.log(np.clip(np.where(right, chances, 1 - chances), 1e-9, 1)).sum())

    return min(_TEMPERATURES, key=loss)


def cross_checked(judged: Sequence[Judged]) -> list[Judged]:
    """Cool each half of the documents by the temperature that the other half asks for: what a fit is worth elsewhere."""
    names = list(dict.fromkeys(one.document for one in judged))
    halves = [[one for one in judged if (names.index(one.document) % 2 == side)] for side in (0, 1)]
    return [one for side in (0, 1) for one in cool(halves[side], fitted_temperature(halves[1 - side]))]


def table(judged: Iterable[Judged]) -> list[ReliabilityRow]:
    """Make the reliability table: a row a tenth of confidence, empty ones left out."""
    return reliability((one.confidence, one.right) for one in judged)


def calibration_error(judged: Iterable[Judged]) -> float:
    """Return the expected calibration error over tenths of confidence."""
    return expected_error(table(judged))


def abstention(judged: Sequence[Judged], thresholds: Sequence[float] = THRESHOLDS) -> list[AbstentionRow]:
    """Tell for each threshold what is kept and how much of it is right; thresholds that keep nothing are left out."""
    rows = []
    for threshold in thresholds:
        kept = [one.right for one in judged if one.confidence >= threshold]
        if kept:
            rows.append(AbstentionRow(threshold, len(kept) / len(judged), sum(kept) / len(kept)))
    return rows


def calibrate(models: Path, corpus: Path, split: str = "dev") -> Mapping[str, float]:
    """Fit the temperatures of all models in ``models`` on a split of the corpus, write them there and return them."""
    temperatures = dict.fromkeys(("recogniser", "arguments", "parties", "records"), 1.0)
    write_temperatures(models, temperatures)
    rows = read_rows(corpus / f"{split}.jsonl")
    documents, gold = [document_of(row) for row in rows], [gold_document(row) for row in rows]
    done = evaluate_documents(documents, gold, load_tools(models))
    for name, labels in (("recogniser", LABELS), ("arguments", HELPERS)):
        temperatures[name] = fitted_temperature(list(judged_spans(rows, done.proposed, labels)))
    temperatures["parties"] = fitted_temperature(list(judged_parties(done.gold, done.found)))
    write_temperatures(models, temperatures)  # records rest on the spans' confidence, so they come last
    cooler = load_tools(models)
    found = [as_gold(extract(document, cooler)) for document in documents]
    temperatures["records"] = fitted_temperature(list(judged_records(done.gold, found)))
    write_temperatures(models, temperatures)
    return temperatures


def write_temperatures(models: Path, temperatures: Mapping[str, float]) -> None:
    """Write the temperatures of the two recognisers into their meta data, those of parties and records beside the event models."""
    for name in ("recogniser", "arguments"):
        path = models / name / "meta.json"
        meta = json.loads(path.read_text(encoding="utf-8")) | {"temperature": temperatures[name]}
        path.write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    path = models / "events" / CALIBRATION
    path.write_text(json.dumps({name: temperatures[name] for name in ("parties", "records")}) + "\n", encoding="utf-8")


def read_temperatures(models: Path) -> dict[str, float]:
    """Read what :func:`write_temperatures` wrote; 1 where nothing was fitted."""
    found = {}
    for name in ("recogniser", "arguments"):
        meta = json.loads((models / name / "meta.json").read_text(encoding="utf-8"))
        found[name] = float(meta.get("temperature", 1.0))
    return found | load_temperatures(models / "events")
