"""Events as linked data in the vocabulary of schema.org (JSON-LD), its terms given inline so that nothing is fetched.

A donation is a DonateAction; since schema.org 28 that is a TransferAction, whose money stands in ``object``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from pipeline.export.events import name_of
from pipeline.records import AmountRecord, EventRecord, ItemRecord, ParticipantRecord, PlaceRecord

Node = dict[str, Any]
CONTEXT: Node = {
    "@vocab": "https://schema.org/",
    "bangfu": "urn:bangfu:term:",
    "sameAs": {"@type": "@id"},
}
# type of event -> type of schema.org, and the property of each role
_MEANING: dict[str, tuple[str, dict[str, str]]] = {
    "donation": ("DonateAction", {"donor": "agent", "recipient": "recipient"}),
    "agreement": ("AgreeAction", {"party": "agent"}),
    "visit": ("InteractAction", {"visitor": "agent", "host": "participant"}),
    "purchase": ("BuyAction", {"buyer": "agent", "seller": "seller"}),
    "project": ("CreateAction", {"sponsor": "agent", "beneficiary": "participant"}),
    "gathering": ("Event", {"organizer": "organizer", "participant": "attendee"}),
    "award": ("GiveAction", {"awarder": "agent", "awardee": "recipient"}),
}


def jsonld_lines(records: Iterable[EventRecord]) -> Iterator[str]:
    """Yield the pieces of one JSON-LD document, a line an event."""
    yield f'{{"@context":{_json(CONTEXT)},"@graph":['
    mark = "\n"
    for record in records:
        yield mark + _json(node_of(record))
        mark = ",\n"
    yield "\n]}\n"


def node_of(record: EventRecord) -> Node:
    """Say one event in schema.org's words; what the record does not know is left out."""
    kind, roles = _MEANING[record.type]
    occasion = kind == "Event"
    node: Node = {
        "@id": event_urn(record.event_id),
        "@type": kind,
        "identifier": record.event_id,
        "name": " ".join(dict.fromkeys("".join(anchor.text.split()) for anchor in record.anchors)),
        "description": record.evidence.text,
    }
    if record.date:
        first, last = ("startDate", "endDate") if occasion else ("startTime", "endTime")
        node[first] = record.date.first_day and record.date.first_day.isoformat()
        node[last] = record.date.last_day and record.date.last_day.isoformat()
        node["bangfu:edtf"] = record.date.edtf
    done = record.status == "done"
    if occasion:
        node["eventStatus"] = None if done else {"@id": "https://schema.org/EventScheduled"}
    else:
        node["actionStatus"] = {
            "@id": f"https://schema.org/{'CompletedActionStatus' if done else 'PotentialActionStatus'}"
        }
    for role, name in roles.items():
        node[name] = [_party(party) for party in record.participants if party.role == role]
    node["location"] = [_place(place) for place in record.places]
    money = [_price(amount) if kind == "BuyAction" else _money(amount) for amount in record.amounts]
    goods = [_goods(item) for item in record.items]
    if kind == "BuyAction":
        node |= {"priceSpecification": money, "object": goods}
    else:
        node["about" if occasion else "object"] = money + goods
    node["subjectOf"] = {"@type": "MediaObject", "name": record.doc_id, "sha256": record.sha256}
    node["sameAs"] = [event_urn(other) for other in record.same_as]
    node |= {"bangfu:type": record.type, "bangfu:isTotal": record.is_total, "bangfu:confidence": record.confidence}
    return _known(node)


def event_urn(event_id: str) -> str:
    """Name an event as an IRI.

    >>> event_urn("简报/a.txt#0123456789ab")
    'urn:bangfu:event:%E7%AE%80%E6%8A%A5/a.txt:0123456789ab'
    """
    doc_id, _, digest = event_id.rpartition("#")
    return f"urn:bangfu:event:{quote(doc_id)}:{digest}"


def _party(party: ParticipantRecord) -> Node:
    # Plain words (26户困难村民) may be a person, a group or a body: no type is claimed for them.
    kind = {"ORG": "Organization", "GPE": "AdministrativeArea", None: None}[party.label]
    return _known({"@type": kind, "name": name_of(party.text, party.canonical)})


def _place(place: PlaceRecord) -> Node:
    code = place.code and {"@type": "PropertyValue", "propertyID": "GB/T 2260", "value": place.code}
    return _known({"@type": "AdministrativeArea", "name": name_of(place.text, place.name), "identifier": code})


def _money(amount: AmountRecord) -> Node:
    return _known(
        {
            "@type": "MonetaryAmount",
            "value": amount.value,
            "minValue": amount.lower,
            "maxValue": amount.upper,
            "currency": amount.currency,
            "name": name_of(amount.text, None),
            "bangfu:kind": amount.kind,
            "bangfu:per": amount.per,
        }
    )


def _price(amount: AmountRecord) -> Node:
    names = {"value": "price", "minValue": "minPrice", "maxValue": "maxPrice", "currency": "priceCurrency"}
    price = {names.get(name, name): value for name, value in _money(amount).items()}
    return price | {"@type": "PriceSpecification"}


def _goods(item: ItemRecord) -> Node:
    return _known(
        {
            "@type": "TypeAndQuantityNode",
            "amountOfThisGood": item.quantity,
            "unitText": item.unit,
            "typeOfGood": {"@type": "Product", "name": item.name or name_of(item.text, None)},
        }
    )


def _known(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def _json(node: Node) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))
