"""Reads lines of ``events.jsonl`` back into records, whatever version wrote them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from pipeline.records import EventRecord


def read_events(path: str) -> Iterator[EventRecord]:
    """Read the records of a file, or of standard input for ``-``, one at a time.

    Raises FileNotFoundError for a missing file and ValueError for a line that is no event, both when it is reached.
    """
    if path == "-":
        yield from _records(sys.stdin.buffer, "stdin")
        return
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file; give the events.jsonl of an extraction")
    with Path(path).open("rb") as lines:
        yield from _records(lines, path)


def _records(lines: Iterable[bytes], where: str) -> Iterator[EventRecord]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield EventRecord.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the line"
            raise ValueError(
                f"{where}:{number}: {place}: {first['msg']}; one event as `bangfu schema` describes it would be right"
            ) from None


def name_of(text: str, canonical: str | None) -> str:
    """Give the name of a party: the full one where it is known, else the words without line breaks and stray spaces.

    >>> name_of("县\\n实验小学", None), name_of("街道", "滨河街道")
    ('县实验小学', '滨河街道')
    """
    return canonical or "".join(text.split())
