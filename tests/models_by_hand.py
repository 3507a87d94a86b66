"""Models that a person can follow, for tests of what the rules of assembly do with them."""

import numpy as np

from pipeline.event_types import event_scheme
from pipeline.events.assemble import Event, assemble
from pipeline.events.linear import LinearModel
from pipeline.events.models import EventModels
from pipeline.events.reading import Reading
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import gold_readings


def reading_of(marked: str) -> Reading:
    (bulletin,) = parse_batch(f"=== x-001 genre=newsletter\n{marked}\n", "x.txt")
    return next(gold_readings(to_row(bulletin))).reading


def word_model(classes: list[str], *words: tuple[str, str]) -> LinearModel:
    """A model that follows single features: for each (feature, class) a weight no other can outvote."""
    weights = {}
    for feature, name in words:
        weights[feature] = np.array([8.0 if one == name else 0.0 for one in classes])
    return LinearModel(tuple(classes), np.zeros(len(classes)), weights)


def by_hand(**changed: LinearModel) -> EventModels:
    """Models that a person can follow: 捐 is a donation, 结对 an agreement, parties before the verb give."""
    roles = ["none", *event_scheme().roles, "amount", "item", "date"]
    role = word_model(
        roles,
        ("donation&ORG&before&0 sentences", "donor"),
        ("donation&ORG&after&0 sentences", "recipient"),
        ("agreement&ORG&before&0 sentences", "party"),
        ("agreement&ORG&after&0 sentences", "party"),
        ("donation&MONEY&before&0 sentences", "amount"),
        ("donation&MONEY&after&0 sentences", "amount"),
        ("DATE&before&0 sentences", "date"),
        ("visit&ORG&before&0 sentences", "visitor"),
    )
    kinds = [("text=捐赠", "donation"), ("text=签约", "agreement"), ("text=走访", "visit")]
    chosen = {
        "type": word_model(["agreement", "donation", "visit"], *kinds),
        "role": role,
        "place": word_model(["none", "place"]),
        "same": word_model(["none", "same"], ("equal=True&nouns=False-False", "same")),
        "total": LinearModel(("none", "total"), np.array([2.0, 0.0]), {}),
        "record": LinearModel(("right", "wrong"), np.array([2.0, 0.0]), {}),
        "phrase": LinearModel(("FILLER", "ITEM", "none"), np.array([0.0, 0.0, 9.0]), {}),
    }
    return EventModels(**(chosen | changed))


def seeing_no_giver() -> EventModels:
    role = word_model(
        ["none", "donor", "amount"],
        ("donation&ORG&after&0 sentences", "none"),
        ("donation&MONEY&after&0 sentences", "amount"),
    )
    return by_hand(role=role)


def roles_of(event: Event) -> list[tuple[str, str]]:
    return [(argument.role, argument.mention.text) for argument in event.participants]


def amounts_of(event: Event) -> list[str]:
    return [argument.mention.text for argument in event.amounts]


def gifts_of(reading: Reading, models: EventModels) -> list[str]:
    """What the records tell, a line each: parties with their roles in order, then amounts."""
    events = assemble(reading, models)
    return [" ".join([*(f"{role}={party}" for role, party in roles_of(event)), *amounts_of(event)]) for event in events]
