"""The event models: an anchor's type, a mention's role and place, which anchors are one, which amounts are totals,
how sure a record is, and which plain phrases may fill a role.

They are linear models over the features of :mod:`pipeline.events.features`, kept as JSON in ``models/events``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from types import MappingProxyType

from pipeline.calibration import load_temperatures
from pipeline.events.arguments import argument_features
from pipeline.events.committee import Committee, load_committee
from pipeline.events.features import same_features, total_features, type_features
from pipeline.events.linear import LinearModel, load_model
from pipeline.events.reading import Reading
from pipeline.events.roles import NONE, allowed_roles
from pipeline.spans import Mention

NAMES = ("type", "role", "place", "same", "total", "record", "phrase")


@dataclass(frozen=True)
class EventModels:
    """The seven models; each method returns probabilities between 0 and 1.

    ``network`` (a committee of networks) judges roles, and which anchors are one occurrence, beside the linear models; None
    where there is none.

    The temperatures cool the confidence of finished records and of their parties: spans and anchors may be wrong too.
    """

    type: LinearModel
    role: LinearModel
    place: LinearModel
    same: LinearModel
    total: LinearModel
    record: LinearModel
    phrase: LinearModel
    network: Committee | None = None
    party_temperature: float = 1.0
    record_temperature: float = 1.0

    def event_type(self, reading: Reading, anchor: Mention) -> tuple[str, float]:
        """Return the most probable type of an anchor and its probability."""
        chances = self.type.probabilities(type_features(reading, anchor))
        return max(chances.items(), key=lambda pair: pair[1])

    def roles(self, reading: Reading, anchor: Mention, mention: Mention, event_type: str) -> dict[str, float]:
        """Return the probability of each role that ``mention`` may play for ``anchor``, ``none`` included."""
        return self.roles_and_places(reading, anchor, [mention], event_type)[0][0]

    def roles_and_places(
        self, reading: Reading, anchor: Mention, mentions: Sequence[Mention], event_type: str
    ) -> list[tuple[dict[str, float], float]]:
        """Return for each mention the probability of each role, and that the event happens there (0 unless a GPE).

        Where the reading has its context, the network's word weighs as much as the linear model's: their log-odds are
        averaged.
        """
        network = self.network if self.network and reading.context else None
        others = network.chances(reading, anchor, mentions, event_type) if network else [{}] * len(mentions)
        found = []
        for mention, other in zip(mentions, others, strict=True):
            features = argument_features(reading, anchor, mention, event_type)
            own = self.role.probabilities(features)
            allowed = [name for name in (*allowed_roles(event_type, mention.label), NONE) if name in own]
            chances = {name: sqrt(own[name] * other.get(name, own[name])) for name in allowed}
            total = sum(chances.values())
            place = self.place.probabilities(features).get("place", 0.0) if mention.label == "GPE" else 0.0
            found.append(({name: chance / total for name, chance in chances.items()}, place))
        return found

    def same_chance(self, reading: Reading, earlier: Mention, later: Mention, event_type: str) -> float:
        """Return the probability that two anchors of one type stand for the same occurrence; the network as for roles."""
        own = self.same.probabilities(same_features(reading, earlier, later, event_type)).get("same", 0.0)
        if self.network is None or reading.context is None:
            return own
        other = self.network.same_chance(reading, earlier, later, event_type)
        yes, no = sqrt(own * other), sqrt((1 - own) * (1 - other))
        return yes / (yes + no) if yes + no else own

    def total_chance(self, reading: Reading, amount: Mention, earlier: int, is_sum: bool) -> float:
        """Return the probability that a record with ``amount`` sums up others."""
        return self.total.probabilities(total_features(reading, amount, earlier, is_sum)).get("total", 0.0)

    def record_chance(self, signs: Iterable[str]) -> float:
        """Return the probability that a record with these signs is right in type, giver and amounts."""
        return self.record.probabilities(signs).get("right", 0.0)


def event_models(
    models: Mapping[str, LinearModel], temperatures: Mapping[str, float] = MappingProxyType({})
) -> EventModels:
    """Put the seven models together, by name; ``temperatures`` may name those of ``parties`` and ``records``."""
    return EventModels(
        type=models["type"],
        role=models["role"],
        place=models["place"],
        same=models["same"],
        total=models["total"],
        record=models["record"],
        phrase=models["phrase"],
        party_temperature=temperatures.get("parties", 1.0),
        record_temperature=temperatures.get("records", 1.0),
    )


def load_event_models(folder: Path, network: Path | None = None) -> EventModels:
    """Read the seven models of ``folder`` with their temperatures, and the role networks where a file is given.

    Raises FileNotFoundError when one is missing.
    """
    models = event_models({name: load_model(folder / f"{name}.json") for name in NAMES}, load_temperatures(folder))
    return replace(models, network=load_committee(network)) if network else models
