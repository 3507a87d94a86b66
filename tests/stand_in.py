"""A fast stand-in for the models: each sentence with 捐赠 is an event. Some words make it misbehave as real inputs may."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.documents import Document
from pipeline.json_values import json_line
from pipeline.outcome import EventLine, Outcome

ENDLESS, HUNGRY, BROKEN, DEADLY = "没完没了", "贪得无厌", "出错", "同归于尽"


def load(models: Path) -> Callable[[Document], Outcome]:
    """Load nothing; raises what a broken model folder does."""
    if models.name == "broken":
        raise FileNotFoundError(f"{models}: no models; give a folder that has some")
    return read


def read(document: Document) -> Outcome:
    """Read a document, or do what its text asks for."""
    text = document.text
    if ENDLESS in text:
        time.sleep(600)
    if HUNGRY in text:
        bytearray(8_000_000_000)
    if BROKEN in text:
        raise ValueError("never seen before")
    if DEADLY in text:
        os.kill(os.getpid(), signal.SIGKILL)
    events, start = [], 0
    for sentence in text.split("。"):
        at = sentence.find("捐赠")
        if at > 0:
            events.append(_event(document, start, sentence, at))
        start += len(sentence) + 1
    entities = {"doc_id": document.doc_id, "sha256": document.sha256, "entities": [], "blocks": []}
    whole = text if document.extracted else None
    return Outcome(document.doc_id, document.sha256, len(text), json_line(entities), tuple(events), whole)


def _event(document: Document, start: int, sentence: str, at: int) -> EventLine:
    def span(first: int, text: str) -> dict[str, object]:
        return {"text": text, "start": start + first, "end": start + first + len(text)}

    giver, amount = sentence[:at], sentence[at + 2 :] or "捐赠"
    confidence = round(1 / (1 + len(giver)), 4)
    bounds = {"value": str(len(amount)), "lower": None, "upper": None, "currency": "CNY"}
    record = {
        "event_id": f"{document.doc_id}#{start}",
        "doc_id": document.doc_id,
        "sha256": document.sha256,
        "type": "donation",
        "status": "done",
        "anchors": [span(at, "捐赠")],
        "date": None,
        "places": [],
        "participants": [span(0, giver) | {"role": "donor", "label": "ORG", "canonical": giver, "confidence": 0.5}],
        "amounts": [span(at + 2, amount) | bounds | {"approximate": False, "per": None, "kind": "cash"}],
        "items": [],
        "is_total": False,
        "evidence": span(0, sentence),
        "confidence": confidence,
    }
    return EventLine(json_line(record), confidence, f"least sure is donor {giver!r} (0.50)")


def main() -> None:
    """Run as ``bangfu extract`` does, without models."""
    from rich.console import Console  # only here, so that the processes start fast

    from pipeline.run import Settings, run_extraction
    from pipeline.workers import Limits

    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    settings = Settings(resume=arguments.resume, workers=arguments.workers, limits=Limits(60, None))
    sys.exit(run_extraction(arguments.paths, arguments.output, settings, Console(stderr=True), load) > 0)


if __name__ == "__main__":
    main()
