"""The rows of the labelled corpus as trainings see them, and the files they read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.lookalikes import fold
from pipeline.recognise.seen import shown
from pipeline.spans import Mention
from training.corpus import Row, read_rows

HELPERS = ("FILLER", "ITEM")
"""The helper labels: plain words that fill roles, and things; no entities of the output."""
Found = Mapping[str, Iterable[Mention]]
"""The mentions that were found in each bulletin, by its name; offsets count in its text."""


def training_rows(corpus: Path, split: str) -> list[Row]:
    """Return the rows of a split as training sees them: look-alikes folded as repair does, so that offsets stay."""
    return [row | {"text": fold(row["text"])} for row in read_rows(corpus / f"{split}.jsonl")]


def argument_rows(rows: Iterable[Row], found: Found | None = None) -> list[Row]:
    """Return rows with FILLER and ITEM spans alone; where two overlap the longer one stays.

    With ``found``, each row holds what is shown of it to the second recogniser as ``seen``.
    """
    kept = []
    for row in rows:
        spans: list[dict[str, Any]] = []
        helpers = [entity for entity in row["entities"] if entity["label"] in HELPERS]
        for entity in sorted(helpers, key=lambda e: (e["start_offset"] - e["end_offset"], e["start_offset"])):
            if all(
                e["end_offset"] <= entity["start_offset"] or entity["end_offset"] <= e["start_offset"] for e in spans
            ):
                spans.append(entity)
        seen = {"seen": shown(found[row["doc_id"]])} if found else {}
        kept.append(row | {"entities": spans} | seen)
    return kept


def write_rows(folder: Path, rows: Mapping[str, Iterable[Row]]) -> Path:
    """Write rows by split as JSON Lines into ``folder`` and return it."""
    folder.mkdir()
    for split, lines in rows.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{split}.jsonl").write_text(text, encoding="utf-8")
    return folder
