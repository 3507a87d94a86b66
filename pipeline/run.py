"""Runs an extraction from paths to a folder of output files, with progress on a terminal."""

from __future__ import annotations

import json
import platform
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from pipeline.documents import Document, Rejected, read_documents
from pipeline.extract import MODELS, Tools, extract, load_tools
from pipeline.output import entities_record, event_records, to_line, whole_files
from pipeline.records import SCHEMA_VERSION, ErrorRecord

FILES = ("events.jsonl", "entities.jsonl", "errors.jsonl", "run.json")


def run_extraction(
    paths: Sequence[str], output: Path, models: Path | None, published: date | None, talk: Console
) -> int:
    """Read ``paths``, write the four files into ``output`` and return the number of rejected inputs.

    ``models`` is the folder of trained models (None: the one that ships); ``published`` the day of documents that do
    not tell their own. Raises MissingInput for a path that does not exist, before anything is read, and
    FileNotFoundError for missing models. Files appear together at the end or not at all.
    """
    started = time.perf_counter()
    inputs = list(read_documents([path if path == "-" else Path(path) for path in paths], published=published))
    folder = models or MODELS
    tools = load_tools(folder)
    loaded = time.perf_counter()
    counts: Counter[str] = Counter()
    sources = []
    with (
        whole_files(output, FILES) as files,
        Progress(console=talk, transient=True, disable=not talk.is_terminal) as bar,
    ):
        task = bar.add_task("reading", total=len(inputs))
        for entry in inputs:
            if isinstance(entry, Rejected):
                counts["rejected"] += 1
                talk.print(
                    f"{entry.path}: {entry.reason}: {entry.detail}", markup=False, highlight=False, soft_wrap=True
                )
                files["errors.jsonl"].write(
                    to_line(ErrorRecord(path=entry.path, reason=entry.reason, detail=entry.detail))
                )
            else:
                entities, events = _lines(entry, tools)
                files["entities.jsonl"].write(entities)
                files["events.jsonl"].write("".join(events))
                counts.update(documents=1, events=len(events), characters=len(entry.text))
                sources.append({"doc_id": entry.doc_id, "sha256": entry.sha256, "events": len(events)})
            bar.advance(task)
        seconds = time.perf_counter() - loaded
        summary = {
            "version": version("bangfu"),
            "schema": SCHEMA_VERSION,
            "python": platform.python_version(),
            "models": model_hashes(folder),
            "inputs": sources,
            "counts": {name: counts[name] for name in ("documents", "rejected", "events", "characters")},
            "seconds": {"load": round(loaded - started, 2), "read": round(seconds, 2)},
        }
        files["run.json"].write(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    speed = counts["characters"] / seconds if seconds else 0
    talk.print(
        f"{counts['documents']} documents, {counts['events']} events, {counts['rejected']} rejected in "
        f"{seconds:.1f} s ({speed:,.0f} characters a second) -> {output}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return counts["rejected"]


def _lines(document: Document, tools: Tools) -> tuple[str, list[str]]:
    extraction = extract(document, tools)
    return to_line(entities_record(extraction)), [to_line(record) for record in event_records(extraction)]


def model_hashes(folder: Path) -> dict[str, object]:
    """Return what the model folder says it was made from (``training.json``); empty when it says nothing."""
    path = folder / "training.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
