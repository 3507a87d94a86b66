"""Makes the page of an extraction's output: one HTML file with its styles, its script and its data inside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.event_types import event_scheme
from pipeline.export.events import read_events
from pipeline.ledger import make_ledger
from pipeline.records import EventRecord
from pipeline.report.charts import panels
from pipeline.report.rows import event_row
from pipeline.report.sources import source_text
from pipeline.report.summary import cards, footer, lead, not_counted

HERE = Path(__file__).parent
MOST_EVENTS = 10_000
"""Events that the list holds; of more, the surest."""
MOST_CHARACTERS = 10_000_000
"""Characters of source text that the page carries; of the documents beyond it only the sentences are shown."""


def report_page(output: Path, sources: Path | None = None) -> str:
    """Make the page of the output folder of an extraction.

    ``sources`` is the folder the extraction read, where the texts are looked up; without it, and for texts that have
    changed since, the page shows sentences only. Raises FileNotFoundError when ``output`` holds no ``events.jsonl`` and
    ValueError for a line that is no event.
    """
    records = list(read_events(str(output / "events.jsonl")))
    run = _json(output / "run.json")
    listed = records
    if len(records) > MOST_EVENTS:
        least = sorted((-record.confidence, number) for number, record in enumerate(records))[:MOST_EVENTS]
        listed = [records[number] for number in sorted(number for _, number in least)]
    data = {
        "events": [event_row(record) for record in listed],
        "documents": _documents(listed, output, sources),
        "types": {name: kind.chinese for name, kind in event_scheme().types.items()},
        "labels": {name: label.chinese for name, label in event_scheme().labels.items()},
        "left_out": len(records) - len(listed),
    }
    ledger = make_ledger(records)
    return _render(
        lead=lead(records),
        cards=cards(records, ledger, run),
        panels=panels(ledger),
        not_counted=not_counted(ledger),
        data=data,
        footer=footer(run),
    )


def _render(data: Mapping[str, Any], **words: Any) -> str:
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    style = (HERE / "page.css").read_text(encoding="utf-8") + _label_colours()
    script = (HERE / "page.js").read_text(encoding="utf-8")
    return environment.get_template("page.html.j2").render(
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
        data=embedded(data),
        **words,
    )


def embedded(data: object) -> Markup:
    """Write data as JSON that can stand inside a script element, whatever texts it holds.

    >>> embedded("</script><b>&")
    Markup('"\\\\u003c/script\\\\u003e\\\\u003cb\\\\u003e\\\\u0026"')
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(text.encode("utf-8", "backslashreplace").decode())


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _label_colours() -> str:
    labels = event_scheme().labels.values()
    return "".join(f'.entity[data-label="{label.name}"] {{ --hue: {label.colour}; }}\n' for label in labels)


def _documents(records: Iterable[EventRecord], output: Path, sources: Path | None) -> dict[str, dict[str, Any]]:
    """Give of each document that an event is of its text (None: not found, or too much), spans, and where pages begin."""
    documents: dict[str, dict[str, Any]] = {}
    hashes: dict[str, str] = {}
    room = MOST_CHARACTERS
    for record in records:
        if record.doc_id in documents:
            continue
        text = source_text({"doc_id": record.doc_id, "sha256": record.sha256}, output, sources)
        if text is not None and len(text) > room:
            text = None
        room -= len(text or "")
        documents[record.doc_id] = {"text": text, "entities": [], "pages": []}
        hashes[record.doc_id] = record.sha256
    entities = output / "entities.jsonl"
    if entities.is_file():
        with entities.open(encoding="utf-8") as lines:
            for line in filter(str.strip, lines):
                row = json.loads(line)
                if hashes.get(row["doc_id"]) == row["sha256"]:
                    spans = [[span["start"], span["end"], span["label"]] for span in row["entities"]]
                    pages = {block["page"]: block["start"] for block in reversed(row.get("blocks", []))}
                    documents[row["doc_id"]] |= {"entities": spans, "pages": sorted((at, n) for n, at in pages.items())}
    return documents


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
