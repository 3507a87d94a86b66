"""Composed records for tests of what is made from an extraction's output: every span fits the composed text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.records import EventRecord

EVERY_TYPE = Path(__file__).parent / "output_versions" / "1.0" / "events.jsonl"
"""Composed events of every type, as a file."""

TEXT = (
    "2031年3月5日，青桐食品有限公司在云南省昭通市盐津县向盐津县云和小学捐赠20万元和图书500册。"
    "白鹭物流有限公司和青桐食品有限公司各捐赠3万元。"
)


def span(words: str, text: str = TEXT) -> dict[str, Any]:
    """Quote the first place of ``words``."""
    start = text.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def party(role: str, words: str, label: str | None = "ORG", text: str = TEXT) -> dict[str, Any]:
    return span(words, text) | {"role": role, "label": label, "canonical": words if label else None, "confidence": 0.9}


def money(words: str, value: str | None, text: str = TEXT, **more: Any) -> dict[str, Any]:
    known = {"lower": None, "upper": None, "currency": "CNY", "approximate": False, "per": None, "kind": "cash"}
    return span(words, text) | {"value": value} | known | more


def donation(number: int = 1, text: str = TEXT, **changes: Any) -> EventRecord:
    """A donation of 20万元 and 500 books, changed where ``changes`` say so."""
    day = "2031-03-05"
    record = {
        "event_id": f"a.txt#{number:012d}",
        "doc_id": "a.txt",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "type": "donation",
        "status": "done",
        "anchors": [],
        "date": None,
        "places": [],
        "participants": [],
        "amounts": [],
        "items": [],
        "is_total": False,
        "evidence": {"text": text, "start": 0, "end": len(text)},
        "confidence": 0.9,
    }
    if text == TEXT:
        record |= {
            "anchors": [span("捐赠")],
            "date": span("2031年3月5日") | {"edtf": day, "first_day": day, "last_day": day},
            "places": [span("云南省昭通市盐津县") | {"code": "530623", "name": "云南省昭通市盐津县"}],
            "participants": [party("donor", "青桐食品有限公司"), party("recipient", "盐津县云和小学")],
            "amounts": [money("20万元", "200000")],
            "items": [span("图书500册") | {"name": "图书", "quantity": "500", "unit": "册"}],
        }
    return EventRecord.model_validate(record | changes)


def write_lines(path: Path, records: Iterable[EventRecord]) -> Path:
    lines = [json.dumps(record.model_dump(mode="json"), ensure_ascii=False) + "\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def every_type() -> list[EventRecord]:
    """The records of :data:`EVERY_TYPE`."""
    return [EventRecord.model_validate_json(line) for line in EVERY_TYPE.read_text(encoding="utf-8").splitlines()]


def export(events: Path | str, to: str, output: Path | str, *more: str, stdin: str | None = None) -> Result:
    """Run ``bangfu export``."""
    return CliRunner().invoke(app, ["export", str(events), "--to", to, "--output", str(output), *more], input=stdin)
