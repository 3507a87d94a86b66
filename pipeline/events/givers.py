"""Who gave, seen over all records of an item of news: nobody gives what another verb tells, and who pays is named once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.events.confidence import giver_role
from pipeline.events.event import Argument, Event
from pipeline.events.split import LISTED_TYPES, in_order
from pipeline.spans import Mention

CARRIED_CHANCE = 0.3
"""Confidence of a sponsor that was named for what stands before."""


def own_givers(event: Event, events: Sequence[Event]) -> Event:
    """Leave out the givers of another gift that ends between them and the own one (甲`捐赠`3万元、乙`捐赠`2万元, on one 捐赠仪式)."""
    role = giver_role(event.type)
    givers = {argument.mention for argument in event.participants if argument.role == role}
    if event.type not in LISTED_TYPES or not event.amounts or not event.anchors or len(givers) < 2:
        return event
    foreign: set[Mention] = set()
    for other in events:
        if other is event or other.type != event.type or not other.anchors or not other.amounts:
            continue
        theirs = {argument.mention for argument in other.participants if argument.role == role}
        told, verb = other.amounts[-1].mention.end, event.anchors[-1].start
        if any(told <= giver.start < verb for giver in givers):  # the own one stands behind that gift
            foreign |= {giver for giver in givers & theirs if giver.start < told}
        told, verb = event.amounts[-1].mention.end, other.anchors[-1].start
        foreign |= {giver for giver in givers & theirs if told <= giver.start < verb}
    kept = tuple(a for a in event.participants if a.role != role or a.mention not in foreign)
    return replace(event, participants=kept) if givers - foreign else event


def with_sponsors(events: Sequence[Event]) -> list[Event]:
    """Let works with a sum and no sponsor have the named giver of the money or the works before them, in order of the text.

    Reports name once who pays for the works that they go through (甲区安排资金900万元，项目如下).
    """
    told: list[Event] = []
    payer: Argument | None = None
    for event in events:
        role = giver_role(event.type)
        own = [argument for argument in event.participants if argument.role == role]
        if event.type == "project" and event.amounts and not own and payer:
            carried = replace(payer, role=role, confidence=CARRIED_CHANCE)
            event = replace(event, participants=in_order([*event.participants, carried]))
        if event.type in ("donation", "project") and own and own[0].mention.label in ("ORG", "GPE"):
            payer = own[0]
        told.append(event)
    return told
