"""Names what is wrong with an extraction, one kind of mistake at a time: what a person wants to see listed together.

Each function yields pairs of a kind and a line that shows the mistake; every mistake has one kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.event_types import event_scheme
from pipeline.matching import Row, link, pair_slots, plain, slots

Mistake = tuple[str, str]


def entity_mistakes(gold: Sequence[Row], found: Sequence[Row]) -> Iterator[Mistake]:
    """Yield the mistakes of entities: missing, spurious, other label, edge too short, edge too long, edge shifted.

    An entity of gold that a wrong one overlaps is told with it; what is right (same span and label) is left out.

    >>> span = lambda label, start, end, text: {"label": label, "start": start, "end": end, "text": text}
    >>> gold = [span("ORG", 0, 5, "滨河区政府"), span("GPE", 6, 9, "云岭县")]
    >>> list(entity_mistakes(gold, [span("ORG", 3, 5, "政府"), span("ORG", 6, 9, "云岭县")]))
    [('ORG edge too short', '滨河区政府, found 政府'), ('GPE other label', '云岭县, found as ORG')]
    """
    right = {_key(e) for e in gold} & {_key(e) for e in found}
    left = [e for e in found if _key(e) not in right]
    told: set[tuple[int, int, str]] = set()
    for wanted in gold:
        if _key(wanted) in right:
            continue
        touching = [e for e in left if e["start"] < wanted["end"] and wanted["start"] < e["end"]]
        # one of the same label tells more than one of another
        match = min(touching, key=lambda e: (e["label"] != wanted["label"], e["start"]), default=None)
        text = plain(wanted["text"])
        if match is None:
            yield f"{wanted['label']} missing", text
            continue
        told.add(_key(match))
        other = plain(match["text"])
        if match["label"] != wanted["label"]:
            yield f"{wanted['label']} other label", f"{text}, found {'as' if other == text else other} {match['label']}"
        else:
            yield f"{wanted['label']} edge {_edge(wanted, match)}", f"{text}, found {other}"
    for extra in left:
        near = any(e["start"] < extra["end"] and extra["start"] < e["end"] and _key(e) not in right for e in gold)
        if _key(extra) not in told and not near:
            yield f"{extra['label']} spurious", plain(extra["text"])


def _key(entity: Row) -> tuple[int, int, str]:
    return entity["start"], entity["end"], entity["label"]


def _edge(wanted: Row, match: Row) -> str:
    if wanted["start"] <= match["start"] and match["end"] <= wanted["end"]:
        return "too short"
    return "too long" if match["start"] <= wanted["start"] and wanted["end"] <= match["end"] else "shifted"


def record_mistakes(wanted: Sequence[Row], given: Sequence[Row], mates: Mapping[int, int]) -> Iterator[Mistake]:
    """Yield the mistakes of records: wrong type, merged, missed anchor, missed row, split, spurious, wrong arguments.

    ``mates`` pairs numbers of gold records with those of predicted ones. A gold record whose predicted one belongs to
    another gold record is merged with that; a predicted record whose gold one has another is split off.
    """
    told: set[int] = set()
    taken = set(mates.values())
    for i, record in enumerate(wanted):
        if i in mates:
            yield from _wrong_arguments(record, given[mates[i]])
            continue
        touching = [j for j, other in enumerate(given) if link(record, other)]
        retyped = next((j for j in touching if given[j]["type"] != record["type"] and j not in taken | told), None)
        if any(given[j]["type"] == record["type"] for j in touching):
            yield "event merged", _title(record)
        elif retyped is not None:
            told.add(retyped)
            yield "event wrong type", f"{_title(record)}, found {given[retyped]['type']}"
        elif touching:  # the anchor serves another type, which is right for another record
            yield "event merged", _title(record)
        else:
            yield f"event missed {'anchor' if record.get('anchors') else 'row'}", _title(record)
    for j, extra in enumerate(given):
        if j not in taken | told:
            of_gold = any(link(record, extra) and record["type"] == extra["type"] for record in wanted)
            yield f"event {'split' if of_gold else 'spurious'}", _title(extra)


def _wrong_arguments(gold: Row, record: Row) -> Iterator[Mistake]:
    scheme = event_scheme().types[gold["type"]]
    giver = scheme.giver or next(iter(scheme.roles))
    others = {role for role in scheme.roles if role != giver}
    parts = [("giver", "participant", {giver}), ("other party", "participant", others)]
    parts += [(kind, kind, set()) for kind in ("date", "place", "amount", "item")]
    for name, kind, roles in parts:
        want, have = ([s for s in slots(row, kind) if not roles or s["role"] in roles] for row in (gold, record))
        if kind == "date" and not want:  # where gold tells no day, nothing is scored
            continue
        if not len(want) == len(have) == len(pair_slots(kind, want, have)):
            yield f"event wrong {name}", f"{_title(gold)}: {_listed(want)}, found {_listed(have)}"


def _listed(found: Sequence[Row]) -> str:
    return "、".join(plain(slot.get("text")) for slot in found) or "none"


def _title(record: Row) -> str:
    anchors = "、".join(plain(anchor["text"]) for anchor in record.get("anchors") or [])
    fillers = "、".join(plain(slot.get("text")) for kind in ("participant", "amount") for slot in slots(record, kind))
    return f"{record['type']} {anchors or f'({fillers})'}"
