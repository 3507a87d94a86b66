"""The labels, event types and roles that ``configs/events.toml`` declares."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.data_folders import data_folder

CONFIGS = data_folder("configs")


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event: its name, its Chinese name, its roles, and which role gives and which receives.

    ``giver`` and ``receiver`` are None for types that never enter the ledger.
    """

    name: str
    chinese: str
    roles: dict[str, str]
    giver: str | None = None
    receiver: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A span label with its Chinese name, its colour (``#rrggbb``) and its short-cut key in doccano."""

    name: str
    chinese: str
    colour: str
    key: str


@dataclass(frozen=True, slots=True)
class EventScheme:
    """Everything the file declares; ``labels`` train the recogniser, ``helper_labels`` only fill roles."""

    labels: dict[str, Label]
    helper_labels: dict[str, Label]
    types: dict[str, EventType]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role name of every type, in the order of the file."""
        return tuple(role for event_type in self.types.values() for role in event_type.roles)


@cache
def event_scheme(path: Path = CONFIGS / "events.toml") -> EventScheme:
    """Read the scheme from ``path``.

    >>> event_scheme().types["donation"].giver
    'donor'
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))

    def labels(section: str) -> dict[str, Label]:
        return {name: Label(name, **entry) for name, entry in table[section].items()}

    types = {name: EventType(name, **entry) for name, entry in table["types"].items()}
    return EventScheme(labels("labels"), labels("helper_labels"), types)
