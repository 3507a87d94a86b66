"""The record of one occurrence as the event models make it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.spans import Mention, Span


@dataclass(frozen=True, slots=True)
class Argument:
    """A mention in a role of one event, with the probability that it plays it."""

    mention: Mention
    role: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence in one item of news; offsets count in the passage's repaired text."""

    type: str
    anchors: tuple[Mention, ...]
    participants: tuple[Argument, ...]
    date: Argument | None
    places: tuple[Argument, ...]
    amounts: tuple[Argument, ...]
    items: tuple[Argument, ...]
    evidence: Span
    planned: bool = False
    is_total: bool = False
    confidence: float = 0.5
    flags: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    """What the confidence rests on, as features of the record model."""
