"""Records of invented events for tests: one donation by default, with some fields changed."""

from typing import Any

from pipeline.records import EventRecord

WORDS = "3月5日，青桐公司向青禾县明德小学捐赠20万元用于修缮校舍。"


def party(role: str, name: str, label: str | None = "ORG", canonical: str | None = None) -> dict[str, Any]:
    quote = {"text": name, "start": 0, "end": len(name)}
    return quote | {"role": role, "label": label, "canonical": canonical or name, "confidence": 0.9}


def amount(value: str | None, per: str | None = None, **bounds: str | None) -> dict[str, Any]:
    money = {"value": value, "lower": None, "upper": None, "currency": "CNY", "approximate": False} | bounds
    return {"text": "钱", "start": 0, "end": 1, "per": per, "kind": "cash"} | money


def item(name: str | None, quantity: str | None) -> dict[str, Any]:
    return {"text": "物", "start": 0, "end": 1, "name": name, "quantity": quantity, "unit": "册"}


def day(first: str | None, last: str | None = None) -> dict[str, Any]:
    return {"text": "日", "start": 0, "end": 1, "edtf": None, "first_day": first, "last_day": last or first}


def telling(doc: str, **changed: Any) -> dict[str, Any]:
    """A full record of one donation in ``doc``, with some fields changed."""
    evidence = f"{WORDS}（{doc}报道）"
    record = {
        "event_id": f"{doc}#0",
        "doc_id": doc,
        "sha256": "0" * 64,
        "type": "donation",
        "status": "done",
        "anchors": [],
        "date": day("2031-03-05"),
        "places": [],
        "participants": [party("donor", "青桐公司"), party("recipient", "明德小学")],
        "amounts": [amount("200000")],
        "items": [],
        "is_total": False,
        "flags": [],
        "same_as": [],
        "evidence": {"text": evidence, "start": 0, "end": len(evidence)},
        "confidence": 0.9,
    } | changed
    EventRecord.model_validate(record)
    return record
