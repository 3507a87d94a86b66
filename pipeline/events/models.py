"""The event models: an anchor's type, a mention's role and place, which anchors are one, which amounts are totals.

They are linear models over the features of :mod:`pipeline.events.features`, kept as JSON in ``models/events``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.event_types import event_scheme
from pipeline.events.arguments import argument_features
from pipeline.events.features import same_features, total_features, type_features
from pipeline.events.linear import LinearModel, load_model
from pipeline.events.reading import PARTY_LABELS, Reading
from pipeline.spans import Mention

NAMES = ("type", "role", "place", "same", "total")
NONE = "none"


@dataclass(frozen=True)
class EventModels:
    """The five models; each method returns probabilities between 0 and 1."""

    type: LinearModel
    role: LinearModel
    place: LinearModel
    same: LinearModel
    total: LinearModel

    def event_type(self, reading: Reading, anchor: Mention) -> tuple[str, float]:
        """Return the most probable type of an anchor and its probability."""
        chances = self.type.probabilities(type_features(reading, anchor))
        return max(chances.items(), key=lambda pair: pair[1])

    def roles(self, reading: Reading, anchor: Mention, mention: Mention, event_type: str) -> dict[str, float]:
        """Return the probability of each role that ``mention`` may play for ``anchor``, ``none`` included."""
        chances = self.role.probabilities(argument_features(reading, anchor, mention, event_type))
        allowed = {*allowed_roles(event_type, mention.label), NONE}
        total = sum(chance for role, chance in chances.items() if role in allowed)
        return {role: chance / total for role, chance in chances.items() if role in allowed}

    def place_chance(self, reading: Reading, anchor: Mention, mention: Mention, event_type: str) -> float:
        """Return the probability that the GPE ``mention`` is where the event of ``anchor`` happens."""
        return self.place.probabilities(argument_features(reading, anchor, mention, event_type)).get("place", 0.0)

    def same_chance(self, reading: Reading, earlier: Mention, later: Mention, event_type: str) -> float:
        """Return the probability that two anchors of one type stand for the same occurrence."""
        return self.same.probabilities(same_features(reading, earlier, later, event_type)).get("same", 0.0)

    def total_chance(self, reading: Reading, amount: Mention, earlier: int, is_sum: bool) -> float:
        """Return the probability that a record with ``amount`` sums up others."""
        return self.total.probabilities(total_features(reading, amount, earlier, is_sum)).get("total", 0.0)


def allowed_roles(event_type: str, label: str) -> tuple[str, ...]:
    """Return the roles and argument kinds that a mention of ``label`` may have in an event of ``event_type``.

    >>> allowed_roles("donation", "MONEY"), allowed_roles("agreement", "ORG")
    (('amount',), ('party',))
    """
    if label in PARTY_LABELS:
        return tuple(event_scheme().types[event_type].roles)
    return {"MONEY": ("amount",), "DATE": ("date",), "ITEM": ("item",)}.get(label, ())


def load_event_models(folder: Path) -> EventModels:
    """Read the five models of ``folder``; raises FileNotFoundError when one is missing."""
    return EventModels(*(load_model(folder / f"{name}.json") for name in NAMES))
