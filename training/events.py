"""Trains the event models on the relations of the corpus: anchor types, roles, places, and anchors of one occurrence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from pipeline.events.arguments import argument_features
from pipeline.events.assemble import REACH, TOTALLED, before_it
from pipeline.events.features import same_features, total_features, type_features
from pipeline.events.linear import LinearModel
from pipeline.events.models import NAMES, EventModels, event_models
from pipeline.events.roles import NONE, allowed_roles
from pipeline.recognise.runtime import threads
from pipeline.spans import Mention
from training.confidence import RIGHT, WRONG, Example, calibrated, folds
from training.linear import fit
from training.readings import (
    GoldReading,
    GoldRecord,
    anchor_pairs,
    records_by_anchor,
    roles_played,
)

STRENGTH = {"type": 1.0, "role": 0.3, "place": 0.3, "same": 1.0, "total": 0.3, "record": 0.1}
"""Inverse regularisation of each model, chosen by cross-validation over documents of train."""


def examples(readings: Iterable[GoldReading]) -> dict[str, list[Example]]:
    """Make the training examples of each model (features, class) from gold readings."""
    made: dict[str, list[Example]] = {name: [] for name in NAMES if name not in ("record", "phrase")}
    for gold in readings:
        of_anchor = records_by_anchor(gold)
        for anchor, records in of_anchor.items():
            kind = Counter(record.type for record in records).most_common(1)[0][0]
            made["type"].append((type_features(gold.reading, anchor), kind))
            for name, example in _links(gold, anchor, kind, records):
                made[name].append(example)
        made["total"] += _totals(gold)
        for earlier, later, kind, one in anchor_pairs(of_anchor):
            made["same"].append((same_features(gold.reading, earlier, later, kind), "same" if one else NONE))
    return made


def _links(
    gold: GoldReading, anchor: Mention, kind: str, records: Sequence[GoldRecord]
) -> Iterator[tuple[str, Example]]:
    """Yield the examples of the role and place models for one anchor."""
    roles = roles_played(records)
    for mention in gold.reading.candidates(anchor, REACH):
        if mention.span.overlaps(anchor.span):
            continue
        features = argument_features(gold.reading, anchor, mention, kind)
        allowed = allowed_roles(kind, mention.label)
        if allowed:
            played = [role for role in roles.get(mention, []) if role in allowed]
            yield "role", (features, played[0] if played else NONE)
        if mention.label == "GPE":
            yield "place", (features, "place" if "place" in roles.get(mention, []) else NONE)


def _totals(gold: GoldReading) -> Iterator[Example]:
    """Yield the examples of the total model: the first amount of every record that may be a total."""
    amounts = [
        (record, [mention for mention, role in record.arguments if role == "amount"])
        for record in gold.records
        if record.type in TOTALLED
    ]
    for record, own in amounts:
        if own:
            same = [mention for other, mentions in amounts if other.type == record.type for mention in mentions]
            features = total_features(gold.reading, own[0], *before_it(own[0], same))
            yield features, "total" if record.is_total else NONE


def train_event_models(phrase: LinearModel, readings: Sequence[GoldReading]) -> EventModels:
    """Fit the models on gold readings; temperatures and the record model on cross-validation by bulletin.

    ``phrase`` is the model of plain phrases, ``readings`` have the phrases that it would put forward
    (:func:`training.phrases.learn_phrases`). Raises ValueError when the readings hold too little to learn from.
    """
    parts = list(folds(readings))
    with ProcessPoolExecutor(min(len(parts) + 1, threads()), get_context("spawn")) as pool:  # each fits on one core
        jobs = [pool.submit(_fitted, phrase, some) for some in (readings, *(some for some, _ in parts))]
        models, *others = (job.result() for job in jobs)
    held_out = [(other, rest) for other, (_, rest) in zip(others, parts, strict=True)]
    return calibrated(models, held_out, examples, lambda made: fit(made, STRENGTH["record"]))


def _fitted(phrase: LinearModel, readings: Sequence[GoldReading]) -> EventModels:
    made = examples(readings)
    unsure = LinearModel((RIGHT, WRONG), np.zeros(2), {})
    return event_models({name: fit(made[name], STRENGTH[name]) for name in made} | {"record": unsure, "phrase": phrase})


def save_event_models(models: EventModels, folder: Path) -> None:
    """Write the seven models as JSON files into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        getattr(models, name).save(folder / f"{name}.json")


def accuracy(model: LinearModel, made: Sequence[Example]) -> dict[str, float]:
    """Return accuracy, and precision, recall and F1 over the classes other than ``none``."""
    right = wanted = given = hits = 0
    for features, name in made:
        chances = model.probabilities(features)
        guess = max(chances.items(), key=lambda pair: pair[1])[0]
        right += guess == name
        wanted += name != NONE
        given += guess != NONE
        hits += guess == name != NONE
    precision, recall = hits / max(1, given), hits / max(1, wanted)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"accuracy": right / max(1, len(made)), "precision": precision, "recall": recall, "f1": f1}
