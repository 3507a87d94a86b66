"""How sure a record is: readable signs of the whole record, weighed by the record model.

The record model is fitted on records that cross-validation assembled; its probability is that type, giver and amounts
are right. The recogniser's doubts about the spans themselves come on top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipeline.calibration import cooled
from pipeline.event_types import event_scheme
from pipeline.events.event import Argument, Event
from pipeline.events.models import EventModels
from pipeline.events.reading import Reading
from pipeline.spans import Mention

_STEPS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
_NEAR_MISS = 0.15
"""A candidate for giver that was left out counts as a rival from this probability on."""


def giver_role(event_type: str) -> str:
    """Return the role that acts: the giver of the type, or its first role where nothing is given.

    >>> giver_role("donation"), giver_role("visit")
    ('donor', 'visitor')
    """
    scheme = event_scheme().types[event_type]
    return scheme.giver or next(iter(scheme.roles))


def with_confidence(
    reading: Reading,
    models: EventModels,
    event: Event,
    type_chance: float,
    links: Mapping[Mention, Mapping[Mention, tuple[str, float]]],
) -> Event:
    """Return the event with its signs, the probability that it is right, and those of its parties calibrated.

    ``type_chance`` is the probability of its type, ``links`` the best role of each candidate of each anchor.
    """
    found = tuple(_signs(reading, event, type_chance, links))
    giver = giver_role(event.type)
    spans = [a.mention.confidence for a in (*event.participants, *event.amounts) if a.role in (giver, "amount")]
    anchor = max((anchor.confidence for anchor in event.anchors), default=1.0)
    chance = cooled(models.record_chance(found) * anchor * min(spans, default=1.0), models.record_temperature)
    cool = models.party_temperature
    parties = tuple(replace(a, confidence=cooled(a.confidence, cool)) for a in event.participants)
    return replace(event, participants=parties, signs=found, confidence=round(chance, 4))


def _signs(
    reading: Reading,
    event: Event,
    type_chance: float,
    links: Mapping[Mention, Mapping[Mention, tuple[str, float]]],
) -> Iterator[str]:
    giver = giver_role(event.type)
    givers = [argument for argument in event.participants if argument.role == giver]
    kind = event.type if event.anchors else "row"
    yield f"type={kind}"
    yield f"type chance={_step(type_chance)}"
    yield f"givers={min(len(givers), 3)}"
    yield f"{kind}&givers={min(len(givers), 2)}"
    yield f"giver chance={_weakest(givers)}"
    yield f"{kind}&giver chance={_weakest(givers)}"
    yield f"amounts={min(len(event.amounts), 3)}"
    yield f"{kind}&amounts={min(len(event.amounts), 2)}"
    yield f"amount chance={_weakest(event.amounts)}"
    yield f"anchors={min(len(event.anchors), 3)}"
    yield f"others={min(len(event.participants) - len(givers), 2)}&givers={min(len(givers), 2)}"
    taken = {argument.mention.text for argument in event.participants}
    rivals = [
        chance
        for anchor in event.anchors
        for mention, (role, chance) in links.get(anchor, {}).items()
        if role == giver and mention.text not in taken and chance >= _NEAR_MISS
    ]
    yield f"rival={_step(max(rivals)) if rivals else 'none'}"
    if event.anchors and givers:
        there = reading.sentence_index(givers[0].mention.start)
        yield f"giver {max(0, min(reading.sentence_index(event.anchors[-1].start) - there, 3))} sentences before"
    if event.is_total:
        yield "total"


def _weakest(arguments: tuple[Argument, ...] | list[Argument]) -> str:
    return _step(min(argument.confidence for argument in arguments)) if arguments else "none"


def _step(chance: float) -> str:
    return next((f"<={step}" for step in _STEPS if chance <= step), "high")
