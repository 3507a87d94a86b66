"""Calibrates the event models on documents they have not seen, and tells how well confidence keeps its word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.events.assemble import assemble
from pipeline.events.confidence import giver_role
from pipeline.events.event import Event
from pipeline.events.linear import LinearModel
from pipeline.events.models import EventModels
from training.readings import GoldReading

RIGHT, WRONG = "right", "wrong"
Example = tuple[list[str], str]
FOLDS = 2
_TEMPERATURES = tuple(round(0.5 + step * 0.05, 2) for step in range(41))
TOGETHER = 1_000
"""Examples that are scored at once; all of them would take gigabytes."""


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """Records whose confidence lies in ``[lower, upper)``: how many, their mean confidence, the share that is right."""

    lower: float
    upper: float
    records: int
    confidence: float
    right: float


def folds(readings: Sequence[GoldReading], count: int = FOLDS) -> list[tuple[list[GoldReading], list[GoldReading]]]:
    """Cut readings by bulletin into ``count`` pairs (to learn from, held out); items of one bulletin stay together."""
    names = sorted({gold.name for gold in readings})
    pairs = []
    for number in range(count):
        held = set(names[number::count])
        pairs.append(([g for g in readings if g.name not in held], [g for g in readings if g.name in held]))
    return pairs


def fitted_temperature(models: Iterable[tuple[LinearModel, Sequence[Example]]]) -> float:
    """Return the temperature with the least log loss over models and the examples they have not seen."""
    losses = np.zeros(len(_TEMPERATURES))
    for model, examples in models:
        known = [(features, model.classes.index(name)) for features, name in examples if name in model.classes]
        if not known:
            continue
        parts = (known[first : first + TOGETHER] for first in range(0, len(known), TOGETHER))
        scores = np.concatenate([model.scores([features for features, _ in part]) for part in parts])
        right = scores[np.arange(len(known)), [number for _, number in known]]
        for place, temperature in enumerate(_TEMPERATURES):
            losses[place] += (np.logaddexp.reduce(scores / temperature, axis=1) - right / temperature).sum()
    return _TEMPERATURES[int(losses.argmin())]


def is_right(gold: GoldReading, event: Event) -> bool:
    """Tell whether a record of the same type has an anchor in common (or is a list's row too), the givers and the amounts."""
    giver = giver_role(event.type)
    givers = {a.mention.text for a in event.participants if a.role == giver}
    amounts = {a.mention.span for a in event.amounts}
    for record in gold.records:
        if record.type != event.type or (record.anchors and event.anchors and not {*record.anchors} & {*event.anchors}):
            continue
        wanted = {mention.text for mention, role in record.arguments if role == giver}
        sums = {mention.span for mention, role in record.arguments if role == "amount"}
        if wanted == givers and sums == amounts and (record.anchors or event.anchors or wanted):
            return True
    return False


def record_examples(readings: Iterable[GoldReading], models: EventModels) -> list[Example]:
    """Assemble readings that ``models`` have not seen; one example a record: its signs, and whether it is right."""
    return [
        (list(event.signs), RIGHT if is_right(gold, event) else WRONG)
        for gold in readings
        for event in assemble(gold.reading, models)
    ]


def reliability(pairs: Iterable[tuple[float, bool]], bins: int = 10) -> list[ReliabilityRow]:
    """Make the reliability table of (confidence, right) pairs; empty bins are left out.

    >>> [(row.records, row.confidence, row.right) for row in reliability([(0.95, True), (0.91, True), (0.32, False)])]
    [(1, 0.32, 0.0), (2, 0.93, 1.0)]
    """
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        groups.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, right))
    return [
        ReliabilityRow(
            number / bins,
            (number + 1) / bins,
            len(group),
            round(sum(confidence for confidence, _ in group) / len(group), 4),
            round(sum(right for _, right in group) / len(group), 4),
        )
        for number, group in sorted(groups.items())
    ]


def expected_error(rows: Sequence[ReliabilityRow]) -> float:
    """Return the expected calibration error: the mean gap between confidence and share right, weighed by records."""
    total = sum(row.records for row in rows)
    return sum(row.records * abs(row.confidence - row.right) for row in rows) / total if total else 0.0


def reliability_of(readings: Iterable[GoldReading], models: EventModels) -> list[ReliabilityRow]:
    """Make the reliability table of the records that ``models`` assemble from readings with gold spans."""
    pairs = [(event.confidence, is_right(gold, event)) for gold in readings for event in assemble(gold.reading, models)]
    return reliability(pairs)


def calibrated(
    models: EventModels,
    held_out: Sequence[tuple[EventModels, Sequence[GoldReading]]],
    examples: Callable[[Iterable[GoldReading]], dict[str, list[Example]]],
    fit_record: Callable[[Sequence[Example]], LinearModel],
) -> EventModels:
    """Return ``models`` with temperatures and a record model fitted on what ``held_out`` models have not seen.

    ``examples`` makes the examples of each model from readings; ``fit_record`` fits a model on examples of records.
    """
    unseen = [(fold, examples(readings)) for fold, readings in held_out]
    heat = {
        name: fitted_temperature((getattr(fold, name), made[name]) for fold, made in unseen)
        for name in ("type", "role", "place", "same", "total")
    }

    def heated(one: EventModels) -> EventModels:
        return replace(one, **{name: replace(getattr(one, name), temperature=t) for name, t in heat.items()})

    records = [example for fold, readings in held_out for example in record_examples(readings, heated(fold))]
    if len({name for _, name in records}) < 2:
        return heated(models)
    return replace(heated(models), record=fit_record(records))
