"""Tells which records of two labellings stand for the same occurrence, and which of their arguments agree.

Records are plain objects as in a line of ``events.jsonl`` or in a gold document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.event_types import event_scheme

Row = Mapping[str, Any]
KINDS = ("participant", "date", "place", "amount", "item")
"""The kinds of arguments, in the order of reports."""


@dataclass(frozen=True)
class LedgerRow:
    """An amount that was given: type of the record, stated figure (or its bounds), and every name of its givers."""

    type: str
    figure: object
    givers: frozenset[str]


def overlap(one: Row, other: Row) -> int:
    """Return how many characters two spans share.

    >>> overlap({"start": 0, "end": 4}, {"start": 3, "end": 9})
    1
    """
    return max(0, min(int(one["end"]), int(other["end"])) - max(int(one["start"]), int(other["start"])))


def plain(text: str | None) -> str:
    """Return a text without white space, for comparing names across line breaks; nothing for None."""
    return "".join((text or "").split())


def link(one: Row, other: Row) -> int:
    """Return how strongly two records belong together: shared anchor characters, else shared fillers."""
    names = ("anchors",) if one.get("anchors") else ("amounts", "participants", "items")
    return sum(overlap(a, b) for name in names for a in one.get(name) or [] for b in other.get(name) or [])


def pair_records(wanted: Sequence[Row], given: Sequence[Row]) -> dict[int, int]:
    """Pair gold records with predicted ones of their type, one to one, the strongest link first: gold number to predicted."""
    pairs = [(link(g, p), i, j) for i, g in enumerate(wanted) for j, p in enumerate(given) if g["type"] == p["type"]]
    mates: dict[int, int] = {}
    for shared, i, j in sorted(pairs, reverse=True):
        if shared and i not in mates and j not in mates.values():
            mates[i] = j
    return mates


def slots(record: Row, kind: str) -> list[Row]:
    """List the arguments of one kind; a date without a day, and what gold marks as optional, count for nothing."""
    if kind == "date":
        date = record.get("date")
        return [date] if date and (date.get("first_day") or date.get("last_day")) else []
    return [slot for slot in record.get(f"{kind}s") or [] if not slot.get("optional")]


def pair_slots(kind: str, gold: Sequence[Row], predicted: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Pair the arguments of one kind that agree, one to one, in order of gold."""
    left, pairs = list(predicted), []
    for wanted in gold:
        match = next((slot for slot in left if _SAME[kind](wanted, slot)), None)
        if match is not None:
            left.remove(match)
            pairs.append((wanted, match))
    return pairs


def ledger(records: Iterable[Row]) -> list[LedgerRow]:
    """List every amount that is not part of a total, of the types that have a giver."""
    rows = []
    for record in records:
        giver = event_scheme().types[record["type"]].giver
        if giver is None or record.get("is_total"):
            continue
        givers = [_names(slot) for slot in record.get("participants") or [] if slot["role"] == giver]
        for amount in record.get("amounts") or []:
            value, lower, upper, _ = _figures(amount)
            figure = value if value is not None else (lower, upper)
            rows.append(LedgerRow(record["type"], figure, frozenset().union(*givers)))
    return rows


def ledger_hits(gold: Sequence[LedgerRow], rows: Sequence[LedgerRow], with_giver: bool) -> int:
    """Count the rows of gold that a predicted row agrees with, one to one."""
    left, hits = list(rows), 0
    for wanted in gold:
        for row in left:
            # two names more than gold are forgiven: a record may name a giver by text and by full name
            same_giver = not wanted.givers or (wanted.givers & row.givers and len(row.givers) <= len(wanted.givers) + 2)
            if (row.type, row.figure) == (wanted.type, wanted.figure) and (not with_giver or same_giver):
                left.remove(row)
                hits += 1
                break
    return hits


def _same_stretch(one: Row, other: Row) -> bool:
    longer: int = max(one["end"] - one["start"], other["end"] - other["start"])
    return 2 * overlap(one, other) >= longer


def _names(slot: Row) -> set[str]:
    return {plain(slot.get("text")), plain(slot.get("canonical"))} - {""}


def _same_party(gold: Row, slot: Row) -> bool:
    roles = {gold["role"], gold.get("role_alt")}
    return slot["role"] in roles and (_same_stretch(gold, slot) or bool(_names(gold) & _names(slot)))


def _figures(amount: Row) -> tuple[object, ...]:
    numbers = (amount.get(name) for name in ("value", "lower", "upper"))
    return (*(None if x is None else Decimal(x).normalize() for x in numbers), amount.get("currency") or "CNY")


_SAME: dict[str, Callable[[Row, Row], bool]] = {
    "participant": _same_party,
    "date": lambda gold, slot: (gold["first_day"], gold["last_day"]) == (slot["first_day"], slot["last_day"]),
    "place": lambda gold, slot: _same_stretch(gold, slot) or plain(gold["text"]) == plain(slot["text"]),
    "amount": lambda gold, slot: _figures(gold) == _figures(slot),
    "item": _same_stretch,
}
