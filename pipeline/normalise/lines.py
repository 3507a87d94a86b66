"""Answers lines of text with the amounts, dates or places they hold: what ``bangfu normalize`` prints."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from pipeline.json_values import short_value
from pipeline.normalise.dates import DateContext, find_dates
from pipeline.normalise.money import find_money
from pipeline.normalise.places import find_places
from pipeline.spans import Found

KEYS = {"money": "amounts", "date": "dates", "place": "places"}


def answer_line(kind: str, line: str, day: date | None = None) -> str:
    """Return one line of JSON with what ``kind`` finds in ``line``.

    ``line`` is plain text or an object ``{"text", "date"}``; its own date wins over ``day``. Offsets are half-open code
    points of the text. Raises ValueError when the object has no text or its date is not a day.
    """
    text, own_day = _question(line)
    found: list[Found[Any]]
    if kind == "money":
        found = [*find_money(text)]
    elif kind == "date":
        found = [*find_dates(text, DateContext(own_day or day, "given" if own_day or day else ""))]
    else:
        found = [*find_places(text)]
    rows = [{"text": f.text, "start": f.start, "end": f.end, **(short_value(f.value) or {}), "by": f.by} for f in found]
    return json.dumps({"text": text, KEYS[kind]: rows}, ensure_ascii=False)


def _question(line: str) -> tuple[str, date | None]:
    if not line.lstrip().startswith("{"):
        return line, None
    try:
        data = json.loads(line)
    except json.JSONDecodeError:
        return line, None
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise ValueError('object without "text"; write {"text": "…", "date": "YYYY-MM-DD"}')
    if data.get("date") is None:
        return data["text"], None
    try:
        return data["text"], date.fromisoformat(data["date"])
    except (TypeError, ValueError):
        raise ValueError(f"date {data['date']!r} is not a day; write YYYY-MM-DD") from None
