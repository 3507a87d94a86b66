"""Records from relations: what doccano's spans and arcs say, and from what went up, what they cannot say.

An arc tells neither an event's type nor whether it is planned or a total, nor which of several records at one anchor it
belongs to. The roles tell the type; the rest stays as it went up, as long as its spans stand where they stood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from pipeline.event_types import event_scheme
from pipeline.normalise.money import read_money
from pipeline.spans import Money
from training.markup import ARGUMENTS

Row = dict[str, Any]
Place = tuple[int, int, str]


def settled_records(
    text: str,
    entities: Sequence[Mapping[str, Any]],
    relations: Sequence[Mapping[str, Any]],
    sent: Mapping[str, Any],
    type_of: Callable[[int], str],
) -> tuple[list[Row], list[str]]:
    """Return the records of a labelled document and what is wrong with its relations.

    ``sent`` holds ``spans`` (``[start, end, label]``) and ``records`` that name them by place; ``type_of`` names the
    type of the EVENT with that id when no role tells it.
    """
    label_of = {entity["id"]: entity["label"] for entity in entities}
    start_of = {entity["id"]: entity["start_offset"] for entity in entities}
    faults = [
        f"{arc['type']} leads from {label_of[arc['from_id']]} to {label_of[arc['to_id']]}; it leads from an EVENT{' to an EVENT' if arc['type'] == 'same' else ''}"
        for arc in relations
        if label_of[arc["from_id"]] != "EVENT" or (arc["type"] == "same" and label_of[arc["to_id"]] != "EVENT")
    ]
    if faults:
        return [], faults
    known = _carried(entities, sent)
    records = [record for record in known if record["listed"] and record["arguments"]]
    for group in _groups([i for i in label_of if label_of[i] == "EVENT"], relations):
        arcs = [(arc["type"], arc["to_id"]) for arc in relations if arc["from_id"] in group and arc["type"] != "same"]
        own = [record for record in known if record["anchors"] and record["anchors"][0] in group]
        made = [_kept(record, group, arcs) for record in own] or [_new(group)]
        told = {(one["role"], one["id"]) for record in own for one in record["arguments"]}
        added = [arc for arc in dict.fromkeys(arcs) if arc not in told]
        extra = [anchor for anchor in group if not any(anchor in record["anchors"] for record in made)]
        made[0]["anchors"] = sorted([*made[0]["anchors"], *extra], key=lambda one: start_of[one])
        for record in made:
            record["arguments"] += [{"role": role, "id": number, "attributes": {}} for role, number in added]
            try:
                record["type"] = _type(record, partial(type_of, group[0]))
            except ValueError as error:
                faults.append(str(error))
        records += made
    for number, record in enumerate(sorted(records, key=lambda one: _first(one, start_of)), 1):
        record["number"] = number
        record["at"] = start_of[record["anchors"][0]] if record["anchors"] else record["at"]
        record.pop("listed", None)
        for argument in record["arguments"]:
            if not argument["attributes"] and label_of[argument["id"]] == "MONEY":
                argument["attributes"] = _of_amount(text, next(e for e in entities if e["id"] == argument["id"]))
    return sorted(records, key=lambda one: int(one["number"])), faults


def _first(record: Row, start_of: Mapping[int, int]) -> tuple[int, int]:
    return (start_of[record["anchors"][0]] if record["anchors"] else record["at"]), record.get("number", 10**6)


def _carried(entities: Sequence[Mapping[str, Any]], sent: Mapping[str, Any]) -> list[Row]:
    """Return the records that went up with the ids that their spans have now; what was deleted is gone from them."""
    now: dict[Place, int] = {(e["start_offset"], e["end_offset"], e["label"]): e["id"] for e in entities}
    places = [now.get((start, end, label)) for start, end, label in sent.get("spans", ())]
    return [
        {
            **record,
            "listed": not record["anchors"],
            "anchors": [places[one] for one in record["anchors"] if places[one] is not None],
            "arguments": [
                {**one, "id": places[one["id"]]} for one in record["arguments"] if places[one["id"]] is not None
            ],
        }
        for record in sent.get("records", ())
    ]


def _groups(anchors: Sequence[int], relations: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return the anchors that ``same`` joins, directly or over others; ids rise along the text."""
    group_of = {anchor: [anchor] for anchor in anchors}
    for arc in relations:
        if arc["type"] == "same" and group_of[arc["from_id"]] is not group_of[arc["to_id"]]:
            joined = sorted([*group_of[arc["from_id"]], *group_of[arc["to_id"]]])
            group_of |= dict.fromkeys(joined, joined)
    return [group for anchor, group in group_of.items() if group[0] == anchor]


def _kept(record: Row, group: Sequence[int], arcs: Sequence[tuple[str, int]]) -> Row:
    anchors = [anchor for anchor in record["anchors"] if anchor in group]
    arguments = [dict(one) for one in record["arguments"] if (one["role"], one["id"]) in arcs]
    return {**record, "anchors": anchors, "arguments": arguments}


def _new(group: Sequence[int]) -> Row:
    return {"type": None, "status": "done", "is_total": False, "anchors": list(group), "arguments": []}


def _type(record: Row, fallback: Callable[[], str]) -> str:
    types = event_scheme().types
    roles = {argument["role"] for argument in record["arguments"]} - set(ARGUMENTS)
    if record["type"] and roles <= types[record["type"]].roles.keys():
        return str(record["type"])
    if not roles:
        return fallback()
    fitting = [name for name, entry in types.items() if roles <= entry.roles.keys()]
    if not fitting:
        raise ValueError(
            f"one event has the roles {', '.join(sorted(roles))}; the roles of an event belong to one type"
        )
    return fitting[0]


def _of_amount(text: str, entity: Mapping[str, Any]) -> dict[str, str]:
    found = read_money(text, entity["start_offset"], entity["end_offset"])
    value = found.value if found else Money(None)
    told = {"per": value.per, "kind": None if value.kind == "cash" else value.kind}
    return {key: one for key, one in sorted(told.items()) if one}
