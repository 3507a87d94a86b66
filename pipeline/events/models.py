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
from pipeline.events.committee import Asked, Committee, load_committee
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

    def roles_and_places(self, reading: Reading, asked: Sequence[Asked]) -> list[list[tuple[dict[str, float], float]]]:
        """Return for each mention of each anchor the probability of each role, and that the event happens there.

        The latter is 0 unless the mention is a GPE. Where the reading has its context, the network's word weighs as much as
        the linear model's: their log-odds are averaged.
        """
        network = self.network if self.network and reading.context else None
        others = network.chances(reading, asked) if network else [[{}] * len(mentions) for *_, mentions in asked]
        return [self._judged(reading, *one, other) for one, other in zip(asked, others, strict=True)]

    def _judged(
        self,
        reading: Reading,
        anchor: Mention,
        event_type: str,
        mentions: Sequence[Mention],
        others: Sequence[Mapping[str, float]],
    ) -> list[tuple[dict[str, float], float]]:
        if not mentions:
            return []
        features = [argument_features(reading, anchor, mention, event_type) for mention in mentions]
        own = [dict(zip(self.role.classes, row, strict=True)) for row in self.role.chances(features).tolist()]
        named = [signs for mention, signs in zip(mentions, features, strict=True) if mention.label == "GPE"]
        places = iter(_of_class(self.place, "place", named))
        found = []
        for mention, linear, other in zip(mentions, own, others, strict=True):
            allowed = [name for name in (*allowed_roles(event_type, mention.label), NONE) if name in linear]
            chances = {name: sqrt(linear[name] * other.get(name, linear[name])) for name in allowed}
            total = sum(chances.values())
            place = next(places) if mention.label == "GPE" else 0.0
            found.append(({name: chance / total for name, chance in chances.items()}, place))
        return found

    def same_chances(
        self, reading: Reading, earlier: Sequence[Mention], later: Mention, event_type: str
    ) -> list[float]:
        """Return for each earlier anchor the probability that it stands for the same occurrence as a later one of its type.

        The network has its say as for roles.
        """
        own = _of_class(self.same, "same", [same_features(reading, one, later, event_type) for one in earlier])
        if self.network is None or reading.context is None:
            return own
        others = self.network.same_chances(reading, earlier, later, event_type)
        return [_agreed(one, other) for one, other in zip(own, others, strict=True)]

    def total_chance(self, reading: Reading, amount: Mention, earlier: int, is_sum: bool) -> float:
        """Return the probability that a record with ``amount`` sums up others."""
        return self.total.probabilities(total_features(reading, amount, earlier, is_sum)).get("total", 0.0)

    def record_chance(self, signs: Iterable[str]) -> float:
        """Return the probability that a record with these signs is right in type, giver and amounts."""
        return self.record.probabilities(signs).get("right", 0.0)


def _of_class(model: LinearModel, name: str, many: Sequence[Sequence[str]]) -> list[float]:
    """The probability of one class for many sets of features; 0 where the model does not know it."""
    if not many or name not in model.classes:
        return [0.0] * len(many)
    chances: list[float] = model.chances(many)[:, model.classes.index(name)].tolist()
    return chances


def _agreed(one: float, other: float) -> float:
    """Average the log-odds of two probabilities."""
    yes, no = sqrt(one * other), sqrt((1 - one) * (1 - other))
    return yes / (yes + no) if yes + no else one


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
