"""Says an event in the words of the page: what the list shows of it, what can be searched, and which spans are its own."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from pipeline.event_types import event_scheme
from pipeline.export.events import name_of
from pipeline.normalise.gazetteer import Unit, gazetteer
from pipeline.records import AmountRecord, DateRecord, EventRecord, ItemRecord, ParticipantRecord, SpanRecord

Fact = tuple[str, list[tuple[str, str]]]
"""A name and its lines; each line is a text and a note, which may be empty."""
_KINDS = {"cash": "", "valuation": "折价", "mixed": "款物"}


def event_row(record: EventRecord) -> dict[str, Any]:
    """Make what the page holds of one event: texts, numbers and code points of the source, no markup."""
    kind = event_scheme().types[record.type]
    facts = _facts(record)
    return {
        "id": record.event_id,
        "doc": record.doc_id,
        "type": record.type,
        "kind": kind.chinese,
        "title": _title(record),
        "tags": [*(["合计"] if record.is_total else []), *(["计划中"] if record.status == "planned" else [])],
        "day": _day(record.date),
        "years": _years(record.date),
        "places": list(dict.fromkeys(_words(place) for place in record.places)),
        "counties": _counties(record),
        "amount": "，".join(_words(amount) for amount in record.amounts),
        "size": max((size for amount in record.amounts if (size := _size(amount)) is not None), default=None),
        "quote": _words(record.evidence),
        "words": [word for _, lines in facts for line in lines for word in line if word],
        "evidence": [record.evidence.start, record.evidence.end],
        "evidence_text": record.evidence.text,
        "arguments": _arguments(record),
        "confidence": record.confidence,
        "facts": facts,
    }


def _words(span: SpanRecord) -> str:
    return name_of(span.text, None)


def _title(record: EventRecord) -> str:
    """Say who did it to whom in the words of the text; what is missing is said where money goes from one to the other."""
    kind, sides = event_scheme().types[record.type], []
    for role in kind.roles:
        names = dict.fromkeys(_words(party) for party in record.participants if party.role == role)
        sides.append("、".join(names))
    if any(sides):
        return " → ".join(side or "（未写明）" for side in sides if side or kind.giver)
    return "、".join(dict.fromkeys(_words(anchor) for anchor in record.anchors)) or _words(record.evidence)[:20]


def _day(date: DateRecord | None) -> str:
    """Write the first day as far as the text tells it.

    >>> _day(DateRecord(text="4月", start=0, end=2, edtf="2031-04~", first_day="2031-04-01", last_day="2031-04-30"))
    '2031-04'
    """
    if date is None or date.first_day is None:
        return ""
    first = re.match(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?(?![\dX-])", date.edtf or "")
    return first[0] if first else date.first_day.isoformat()


def _years(date: DateRecord | None) -> list[str]:
    known = [day.year for day in (date.first_day, date.last_day) if day] if date else []
    return [str(year) for year in sorted(set(known))]


def _counties(record: EventRecord) -> list[str]:
    """Name the counties of the places and of the receivers: under these the list's filter finds the event."""
    receiver = event_scheme().types[record.type].receiver
    codes = [place.code for place in record.places if place.code]
    for party in record.participants:
        if party.role == receiver and party.label:
            codes += [unit.code for unit in gazetteer().chain(name_of(party.text, party.canonical))[0]]
    units = [unit for code in dict.fromkeys(codes) if (unit := gazetteer().at(code))]
    return list(dict.fromkeys(gazetteer().full_name(Unit(unit)) for unit in units))


def _size(amount: AmountRecord) -> float | None:
    stated = amount.value or amount.lower or amount.upper
    return float(Decimal(stated)) if stated else None


def _arguments(record: EventRecord) -> list[tuple[int, int, str]]:
    roles = event_scheme().types[record.type].roles
    spans: list[tuple[SpanRecord, str]] = [(anchor, "事件") for anchor in record.anchors]
    spans += [(party, roles[party.role]) for party in record.participants]
    spans += [(amount, "金额") for amount in record.amounts]
    spans += [(item, "物品") for item in record.items]
    spans += [(place, "地点") for place in record.places]
    spans += [(record.date, "日期")] if record.date else []
    return [(span.start, span.end, name) for span, name in spans]


def _facts(record: EventRecord) -> list[Fact]:
    roles = event_scheme().types[record.type].roles
    facts: list[Fact] = []
    if record.date:
        known = [day.isoformat() if day else "未知" for day in (record.date.first_day, record.date.last_day)]
        days = " 至 ".join(dict.fromkeys(known)) if any((record.date.first_day, record.date.last_day)) else ""
        facts.append(("日期", [(_words(record.date), days)]))
    for role, name in roles.items():
        facts.append((name, [_party(party) for party in record.participants if party.role == role]))
    facts.append(("金额", [_amount(amount) for amount in record.amounts]))
    facts.append(("物品", [_item(item) for item in record.items]))
    facts.append(("地点", [(name_of(place.text, place.name), place.code or "") for place in record.places]))
    facts.append(("事件词", [("、".join(dict.fromkeys(_words(anchor) for anchor in record.anchors)), "")]))
    state = "计划中" if record.status == "planned" else "已发生"
    facts.append(("状态", [(state, "累计或合计数" if record.is_total else "")]))
    facts.append(("可信度", [(f"{record.confidence:.0%}", "、".join(record.flags))]))
    facts.append(("其他文件的同一事件", [(other, "") for other in record.same_as]))
    return [(name, lines) for name, lines in facts if any(text for text, _ in lines)]


def _party(party: ParticipantRecord) -> tuple[str, str]:
    name = name_of(party.text, party.canonical)
    written = f"原文作“{_words(party)}”" if name != _words(party) else ""
    return name, "，".join(filter(None, [written, f"{party.confidence:.0%}"]))


def _amount(amount: AmountRecord) -> tuple[str, str]:
    figures = [figure and f"{Decimal(figure):,f}" for figure in (amount.value, amount.lower, amount.upper)]
    value, lower, upper = figures
    stated = value or "至".join(filter(None, [lower or "", upper or ""]))
    notes = [f"{stated} {amount.currency}", "约数" if amount.approximate else "", _KINDS[amount.kind]]
    notes.append("" if amount.per is None else "各方各计" if amount.per == "各" else f"每{amount.per}")
    return _words(amount), "，".join(filter(None, notes))


def _item(item: ItemRecord) -> tuple[str, str]:
    return _words(item), " × ".join(filter(None, [item.name, f"{item.quantity or ''}{item.unit or ''}"]))
