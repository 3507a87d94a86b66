"""Which amounts of one record can be added up, and which cannot: the first half of the ledger.

Within a record, an amount counts once: what stands behind 其中 is a part of the amount before it, and an amount that is the
sum of the others is left to them. A figure for each (每户800元, 各3万元) is multiplied only where the record says by how many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.event_types import event_scheme
from pipeline.events.goods import read_item
from pipeline.export.events import name_of
from pipeline.normalise.quantities import QUANTITY, read_quantity
from pipeline.records import AmountRecord, EventRecord, ParticipantRecord

Reason = Literal[
    "number of heads not told",
    "no figure",
    "part of another amount",
    "sum of other amounts",
    "parts are listed",
    "another total is counted",
    "told in another document",
    "planned",
]
_PERSONS = ("人", "名", "位", "生")
_HEDGED_COUNT = re.compile(r"[近约逾超余多来几数]|左右|上下|以上|以下")
_AMONG = re.compile(r"其中[^。！？!?]*\Z")


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount as it enters totals, of one giver or of several who share it.

    ``givers`` and ``receivers`` are full names, sorted, or the words of the text; empty where it names none. ``stated`` is the
    figure of the text, or its lower bound where it gives none. The true amount is no less than ``at_least`` (0 where the
    words set no bound: 近20万元) and no more than ``at_most`` (None where they set none: 32万余元). ``approximate``
    tells that the words hedge (约20万元).
    """

    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    currency: str
    kind: str
    stated: Decimal
    at_least: Decimal
    at_most: Decimal | None
    approximate: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An amount that enters no total, and why."""

    event_id: str
    text: str
    reason: Reason


def read_amounts(record: EventRecord) -> tuple[list[Sum], list[LeftOut]]:
    """Return what of a record can be added, and what of it is left out."""
    parts = _behind_among(record)
    whole = [a for a in record.amounts if a.per is None and a not in parts]
    repeated = [a for a in whole if _is_sum_of_others(a, whole)][:1]
    sums: list[Sum] = []
    left: list[LeftOut] = []
    for amount in record.amounts:
        if amount in parts:
            left.append(LeftOut(record.event_id, amount.text, "part of another amount"))
        elif amount in repeated:
            left.append(LeftOut(record.event_id, amount.text, "sum of other amounts"))
        elif amount.value is None and amount.lower is None and amount.upper is None:
            left.append(LeftOut(record.event_id, amount.text, "no figure"))
        elif not (found := _multiplied(record, amount)):
            left.append(LeftOut(record.event_id, amount.text, "number of heads not told"))
        elif amount.per and any(sum(part.stated for part in found) == _stated(other) for other in whole):
            left.append(LeftOut(record.event_id, amount.text, "part of another amount"))
        else:
            sums += found
    return sums, left


def _multiplied(record: EventRecord, amount: AmountRecord) -> list[Sum]:
    """The sums that an amount stands for; none where it is for each of a number that the record does not tell."""
    kind = event_scheme().types[record.type]
    givers = [p for p in record.participants if p.role == kind.giver]
    receivers = [p for p in record.participants if p.role == kind.receiver and kind.receiver != kind.giver]
    if amount.per is None:
        return [_sum(amount, givers, receivers)]
    if amount.per == "各":
        many = [side for side in (givers, receivers) if len(side) > 1 or any(_count(p, None) for p in side)]
        if len(many) != 1:
            return []
        if len(many[0]) == 1:
            return [_sum(amount, givers, receivers, _count(many[0][0], None), _hedged(many[0][0].text))]
        if any(
            _count(p, None) for p in many[0]
        ):  # 甲公司、3家企业各: perhaps four, perhaps the three with 甲 among them
            return []
        each = [([p], receivers) if many[0] is givers else (givers, [p]) for p in many[0]]
        return [_sum(amount, *sides) for sides in each]
    told = {(count, _hedged(p.text)) for p in record.participants if (count := _count(p, amount.per))}
    told |= {
        (Decimal(item.quantity), _hedged(item.text))
        for item in record.items
        if item.quantity and item.unit == amount.per
    }
    return [_sum(amount, givers, receivers, *told.pop())] if len(told) == 1 else []


def _sum(
    amount: AmountRecord,
    givers: Sequence[ParticipantRecord],
    receivers: Sequence[ParticipantRecord],
    count: Decimal | None = None,
    hedged: bool = False,
) -> Sum:
    times = count or Decimal(1)
    lower, upper = (None if bound is None else Decimal(bound) for bound in (amount.lower, amount.upper))
    stated = _stated(amount)
    at_least = lower if lower is not None else Decimal(0) if upper is not None else stated
    at_most = upper if upper is not None else None if lower is not None else stated
    return Sum(
        _names(givers),
        _names(receivers),
        amount.currency,
        amount.kind,
        stated * times,
        at_least * times,
        None if at_most is None else at_most * times,
        amount.approximate or hedged,
    )


def _stated(amount: AmountRecord) -> Decimal:
    return Decimal(amount.value or amount.lower or 0)


def _names(participants: Sequence[ParticipantRecord]) -> tuple[str, ...]:
    return tuple(sorted({name_of(p.text, p.canonical) for p in participants}))


def _count(participant: ParticipantRecord, unit: str | None) -> Decimal | None:
    """The number of ``unit`` in the words for a party (26 of 26户困难村民), of any unit for None; None where no or several stand."""
    text = "".join(participant.text.split())
    if participant.label is not None:
        return None
    if unit is None:
        items = (read_item(text[start:]) for start in range(len(text)))
        counted = next((item for item in items if item.quantity is not None and item.unit is not None), None)
        return counted.quantity if counted else _count(participant, "人")
    words = "|".join(map(re.escape, _PERSONS if unit in _PERSONS else (unit,)))
    numbers = [read_quantity(found[1]) for found in re.finditer(f"(?<!第)({QUANTITY})(?:{words})", text)]
    return numbers[0].value if len(numbers) == 1 and numbers[0] else None


def _hedged(text: str) -> bool:
    return _HEDGED_COUNT.search(text) is not None


def _behind_among(record: EventRecord) -> list[AmountRecord]:
    """The amounts behind 其中, in the sentence of a larger one that is not itself a part."""
    start, end = record.evidence.start, record.evidence.end
    inside = sorted((a for a in record.amounts if start <= a.start and a.end <= end), key=lambda a: a.start)
    parts: list[AmountRecord] = []
    for place, part in enumerate(inside):
        between = (record.evidence.text[a.end - start : part.start - start] for a in inside[:place] if a not in parts)
        wholes = (a for a in inside[:place] if a not in parts)
        if any(
            _AMONG.search(words) and a.currency == part.currency and _stated(a) >= _stated(part)
            for a, words in zip(wholes, between, strict=True)
        ):
            parts.append(part)
    return parts


def _is_sum_of_others(amount: AmountRecord, amounts: Sequence[AmountRecord]) -> bool:
    others = [a for a in amounts if a is not amount and a.currency == amount.currency]
    return len(others) > 1 and sum(map(_stated, others)) == _stated(amount)
