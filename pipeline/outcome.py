"""What one input came to, as lines ready to be written: entities and events, or an error; never both, never nothing."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class EventLine:
    """A line of ``events.jsonl``, its confidence, and in words what the confidence rests on."""

    line: str
    confidence: float
    doubt: str


@dataclass(frozen=True)
class Outcome:
    """What was read from one document; ``text`` is None unless the text was extracted, so stands nowhere else."""

    doc_id: str
    sha256: str
    characters: int
    entities: str
    events: tuple[EventLine, ...]
    text: str | None = None


@dataclass(frozen=True)
class Failure:
    """Why an input was not read or its reading was given up: the line of ``errors.jsonl``."""

    path: str
    reason: str
    detail: str


def pack(outcome: Outcome | Failure) -> bytes:
    """Write an outcome as compressed JSON, which :func:`unpack` reads."""
    return zlib.compress(json.dumps(asdict(outcome), separators=(",", ":")).encode())


def unpack(packed: bytes) -> Outcome | Failure:
    """Read what :func:`pack` wrote."""
    return outcome_of(json.loads(zlib.decompress(packed)))


def outcome_of(data: dict[str, Any]) -> Outcome | Failure:
    """Make an outcome of its fields as JSON holds them."""
    if "reason" in data:
        return Failure(**data)
    return Outcome(**data | {"events": tuple(EventLine(**event) for event in data["events"])})
