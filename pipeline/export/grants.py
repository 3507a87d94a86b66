"""Donations as grants of the 360Giving Data Standard 1.1 (a package of ``grants``), and why the other records are none.

The standard asks for an identifier, a title, a description, a currency, one amount, one day, and a name and an identifier
of the bodies that give and receive. What a record does not state is never made up: such a record is rejected.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.export.events import name_of
from pipeline.ledger_amounts import Sum, read_amounts
from pipeline.records import EventRecord, ParticipantRecord
from pipeline.same_occurrence import occurrence

Reason = Literal[
    "no_donation",
    "total",
    "planned",
    "no_donor",
    "donor_unnamed",
    "no_recipient",
    "recipient_unnamed",
    "no_amount",
    "amount_open",
    "amount_per_unit",
    "several_currencies",
    "no_date",
    "told_before",
]
_LONGEST_TITLE = 139  # "under 140 characters"
_PREFIX = re.compile(r"360G-[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that the standard cannot hold: which, why in one word, and why in a sentence."""

    event_id: str
    reason: Reason
    detail: str


def grants_of(
    records: Iterable[EventRecord], prefix: str = "360G-bangfu"
) -> tuple[list[dict[str, Any]], list[Rejection]]:
    """Turn records into grants and rejections, each in the order of the records.

    ``prefix`` is the publisher's own as 360Giving hands it out. A record in which each of several givers or receivers has
    a sum of its own (各) is a grant for each, numbered behind its identifier. Of the records of one occurrence (``same_as``) the first
    that the standard can hold becomes the grant. Raises ValueError for a prefix of another form.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"--prefix: {prefix!r} is no publisher prefix; 360G- and letters or digits would be right")
    grants, rejections, told = [], [], set()
    for record in records:
        key = occurrence({"event_id": record.event_id, "same_as": record.same_as})
        rejection = _rejection(record)
        if rejection is None and key in told:
            detail = f"the same donation as another record of the package ({', '.join(record.same_as)})"
            rejection = Rejection(record.event_id, "told_before", detail)
        if rejection:
            rejections.append(rejection)
        else:
            told.add(key)
            grants += _grants(record, prefix)
    return grants, rejections


def _rejection(record: EventRecord) -> Rejection | None:
    donors, recipients = _parties(record, "donor"), _parties(record, "recipient")
    amounts, (sums, _) = record.amounts, read_amounts(record)
    faults: list[tuple[bool, Reason, str]] = [
        (record.type != "donation", "no_donation", f"is of type {record.type}; only donations are grants"),
        (record.is_total, "total", "sums up donations that have records of their own, or a stretch of years"),
        (record.status == "planned", "planned", "is announced, not awarded yet"),
        (not donors, "no_donor", "names nobody who gives"),
        (_unnamed(donors), "donor_unnamed", "the giver is no named body, perhaps a private person"),
        (not recipients, "no_recipient", "names nobody who receives"),
        (_unnamed(recipients), "recipient_unnamed", "the receiver is no named body but people or a class of bodies"),
        (not amounts, "no_amount", "states no amount of money"),
        (any(a.value is None for a in amounts), "amount_open", "states only bounds of an amount"),
        (not sums, "amount_per_unit", "states an amount for each of a number that it does not tell"),
        (len({s.currency for s in sums}) > 1, "several_currencies", "states amounts of several currencies"),
        (not (record.date and record.date.first_day), "no_date", "states no day, or none that the calendar knows"),
    ]
    for at_fault, reason, detail in faults:
        if at_fault:
            return Rejection(record.event_id, reason, detail)
    return None


def _parties(record: EventRecord, role: str) -> list[ParticipantRecord]:
    return [party for party in record.participants if party.role == role]


def _unnamed(parties: list[ParticipantRecord]) -> bool:
    return any(party.label is None for party in parties)


def _grants(record: EventRecord, prefix: str) -> list[dict[str, Any]]:
    """Make a grant for each set of givers and receivers of a record, mostly one."""
    sums, _ = read_amounts(record)
    sides: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Sum]] = {}
    for part in sums:
        sides.setdefault((part.givers, part.receivers), []).append(part)
    several = len(sides) > 1
    return [
        _grant(record, f"{prefix}-{record.event_id}{f'-{number}' if several else ''}", prefix, givers, receivers, parts)
        for number, ((givers, receivers), parts) in enumerate(sides.items(), 1)
    ]


def _grant(
    record: EventRecord, identifier: str, prefix: str, givers: Iterable[str], receivers: Iterable[str], sums: list[Sum]
) -> dict[str, Any]:
    title = f"{'、'.join(givers)}向{'、'.join(receivers)}捐赠"
    day = record.date.first_day if record.date else None
    amount = sum(part.stated for part in sums)
    grant: dict[str, Any] = {
        "id": identifier,
        "title": title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…",
        "description": record.evidence.text,
        "currency": sums[0].currency,
        "amountAwarded": int(amount) if amount == int(amount) else float(amount),
        "awardDate": day.isoformat() if day else "",
        "recipientOrganization": [_organization(name, prefix) for name in receivers],
        "fundingOrganization": [_organization(name, prefix) for name in givers],
    }
    places = [
        {"name": name_of(place.text, place.name), "countryCode": "CN"}
        | ({"geoCode": place.code, "geoCodeType": "GB/T 2260"} if place.code else {})
        for place in record.places
    ]
    return grant | ({"beneficiaryLocation": places} if places else {})


def _organization(name: str, prefix: str) -> dict[str, str]:
    # The bulletins give no register number: the identifier is the publisher's own and follows from the name alone.
    return {"id": f"{prefix}-org-{hashlib.sha256(name.encode()).hexdigest()[:12]}", "name": name}
