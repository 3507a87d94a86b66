"""Splits what one anchor tells of several occurrences: donors with sums of their own, pairs that sign."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.events.confidence import giver_role
from pipeline.events.event import Argument, Event
from pipeline.events.reading import Reading

LISTED_TYPES = ("donation", "purchase")
"""Types whose givers are listed, each with a gift of its own."""
_IN_TURN = re.compile(r"分别|依次|先后|各自")
_WITH = re.compile(r"[^，,；;、。\n]{0,6}(?:与|和|同|跟|对)[^，,；;、。\n]{0,6}")
_APART = re.compile(r"[^与和同跟]{0,12}[，,；;、。\n]")
_LISTED = re.compile(r"\s*(?:、|和|与|及|以及)\s*")


def split_event(reading: Reading, event: Event) -> list[Event]:
    """Split what one cluster of anchors tells of several occurrences: pairs, then givers, then sums told in turn."""
    parts = [event]
    for split in (_by_pairs, _by_giver, _by_turns):
        parts = [part for one in parts for part in split(reading, one)]
    return parts


def _by_giver(reading: Reading, event: Event) -> list[Event]:
    """Split a donation or purchase that lists giver, amount, giver, amount into one record a giver.

    甲公司20万元、乙公司10万元 under one 捐赠 are two donations (the guide). What stands before the first giver is a sum of them all and is left
    out, as is a giver behind the last gift.
    """
    if event.type not in LISTED_TYPES:
        return [event]
    giver = giver_role(event.type)
    gifts = [*event.amounts, *event.items]
    givers = [argument for argument in event.participants if argument.role == giver]
    body = [g for g in givers if gifts and g.mention.start > reading.headline_end]
    if len(gifts) < 2 or len(body) < 2:
        return [event]
    groups: list[tuple[list[Argument], list[Argument]]] = []
    for argument in sorted([*body, *gifts], key=lambda argument: argument.mention.start):
        if argument.role == giver:
            if not groups or groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(argument)
        elif groups:
            groups[-1][1].append(argument)
    if len(groups) > 1 and not groups[-1][1]:
        groups.pop()
    if len(groups) < 2:
        return [event]
    others = tuple(argument for argument in event.participants if argument.role != giver)
    return [
        replace(
            event,
            participants=in_order([*others, *some]),
            amounts=tuple(gift for gift in own if gift.role == "amount"),
            items=tuple(gift for gift in own if gift.role == "item"),
        )
        for some, own in groups
    ]


def _by_turns(reading: Reading, event: Event) -> list[Event]:
    """Split what several parties gave in turn into one record a sum: 甲、乙分别捐20万元、10万元.

    The lists must be of one length: givers and sums, or, of one giver, receivers and sums. 甲、乙各捐3万元 stays one (the guide).
    """
    sums = [amount.mention for amount in event.amounts]
    if len(sums) < 2 or not all(_LISTED.fullmatch(reading.between(*pair)) for pair in pairwise(sums)):
        return [event]
    before = reading.text[reading.sentence(sums[0].start).start : sums[0].start]
    by_role: dict[str, list[Argument]] = {}
    for party in event.participants:
        if party.mention.start >= reading.headline_end:
            by_role.setdefault(party.role, []).append(party)
    in_turn = [role for role, parties in by_role.items() if len(parties) == len(sums)]
    if not in_turn or not _IN_TURN.search(before):
        return [event]
    things = event.items if len(event.items) == len(sums) else ()
    return [
        replace(
            event,
            participants=tuple(p for p in event.participants if p.role not in in_turn or p is by_role[p.role][turn]),
            amounts=(amount,),
            items=things[turn : turn + 1] or event.items,
        )
        for turn, amount in enumerate(event.amounts)
    ]


def _by_pairs(reading: Reading, event: Event) -> list[Event]:
    """Split an agreement of several pairs into one record a pair.

    甲与乙、丙与丁结对 tells its pairs; 甲、乙分别与丙、丁结对 pairs two lists of one length, or one party with each.
    """
    parties = [a for a in event.participants if a.mention.start >= reading.headline_end]
    if event.type != "agreement" or len(parties) < 3:
        return [event]
    pairs = _told_pairs(reading, parties) or _respective_pairs(reading, event, parties)
    in_turn = len(event.amounts) == len(pairs)
    return [
        replace(event, participants=pair, amounts=event.amounts[turn : turn + 1] if in_turn else event.amounts)
        for turn, pair in enumerate(pairs)
    ] or [event]


def _told_pairs(reading: Reading, parties: Sequence[Argument]) -> list[tuple[Argument, ...]]:
    if len(parties) < 4 or len(parties) % 2:
        return []
    gaps = [reading.between(one.mention, other.mention) for one, other in pairwise(parties)]
    joined = all(_WITH.fullmatch(gap) for gap in gaps[::2])
    apart = all(_APART.match(gap) for gap in gaps[1::2])
    return list(zip(parties[::2], parties[1::2], strict=True)) if joined and apart else []


def _respective_pairs(reading: Reading, event: Event, parties: Sequence[Argument]) -> list[tuple[Argument, ...]]:
    lists: list[list[Argument]] = []
    for party in parties:
        gap = reading.between(lists[-1][-1].mention, party.mention) if lists else ""
        if lists and _LISTED.fullmatch(gap):
            lists[-1].append(party)
        else:
            lists.append([party])
    last = max(anchor.end for anchor in event.anchors)
    if len(lists) != 2 or "分别" not in reading.text[parties[0].mention.start : max(last, parties[-1].mention.end)]:
        return []
    first, second = lists
    if len(first) == 1:
        return [(first[0], other) for other in second]
    if len(second) == 1:
        return [(one, second[0]) for one in first]
    return list(zip(first, second, strict=True)) if len(first) == len(second) else []


def in_order(arguments: Iterable[Argument]) -> tuple[Argument, ...]:
    """Return arguments in the order of the text."""
    return tuple(sorted(arguments, key=lambda argument: argument.mention.start))
