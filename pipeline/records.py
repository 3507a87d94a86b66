"""The closed models of what an extraction writes: the single source of the JSON Schema and of ``bangfu validate``.

Offsets are half-open code points of the source file as decoded, a leading byte order mark not counted. Amounts are
decimal strings in the currency's main unit. Days are ISO 8601, inclusive.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.event_types import event_scheme

SCHEMA_VERSION = "1.1"
DecimalText = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]
Share = Annotated[float, Field(ge=0, le=1)]
EventTypeName = Literal["donation", "agreement", "visit", "purchase", "project", "gathering", "award"]
LabelName = Literal["ORG", "GPE", "MONEY", "DATE", "EVENT"]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SpanRecord(_Closed):
    """A quoted stretch of the source: ``source[start:end] == text``."""

    text: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @model_validator(mode="after")
    def _fits(self) -> SpanRecord:
        if self.end - self.start != len(self.text):
            raise ValueError(f"span [{self.start}, {self.end}) does not fit its text of {len(self.text)} characters")
        return self


class DateRecord(SpanRecord):
    """A date with its EDTF expression and its first and last day; null where the text leaves them open."""

    edtf: str | None
    first_day: date | None
    last_day: date | None


class PlaceRecord(SpanRecord):
    """A place with its county-level GB/T 2260 code and full chain; null where unknown or ambiguous."""

    code: str | None = Field(default=None, pattern=r"^\d{6}$")
    name: str | None = None


class ParticipantRecord(SpanRecord):
    """Who fills a role; ``label`` is null for plain words, ``canonical`` the full name."""

    role: str
    label: Literal["ORG", "GPE"] | None
    canonical: str | None
    confidence: Share


class AmountRecord(SpanRecord):
    """A sum of money with the bounds and the manner in which the text states it."""

    value: DecimalText | None
    lower: DecimalText | None
    upper: DecimalText | None
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    approximate: bool
    per: str | None
    kind: Literal["cash", "valuation", "mixed"]


class ItemRecord(SpanRecord):
    """Goods or works: name, quantity as a decimal string, and unit."""

    name: str | None
    quantity: DecimalText | None
    unit: str | None


class EventRecord(_Closed):
    """One occurrence told in one item of news.

    ``same_as`` holds the ``event_id`` of records of other documents that tell the same occurrence, sorted
    (:mod:`pipeline.same_occurrence`).
    """

    event_id: str
    doc_id: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    type: EventTypeName
    status: Literal["planned", "done"]
    anchors: list[SpanRecord]
    date: DateRecord | None
    places: list[PlaceRecord]
    participants: list[ParticipantRecord]
    amounts: list[AmountRecord]
    items: list[ItemRecord]
    is_total: bool
    flags: list[str] = Field(default_factory=list)
    same_as: list[str] = Field(default_factory=list)
    evidence: SpanRecord
    confidence: Share

    @model_validator(mode="after")
    def _roles_fit(self) -> EventRecord:
        roles = event_scheme().types[self.type].roles
        for participant in self.participants:
            if participant.role not in roles:
                raise ValueError(f"{self.type} has no role {participant.role!r}; it has {', '.join(roles)}")
        return self


class EntityRecord(SpanRecord):
    """One labelled span with its confidence, what made it, and its value in short."""

    label: LabelName
    confidence: Share
    by: str
    value: dict[str, object] | None


class BlockRecord(_Closed):
    """A block of print: its page from 1, its box in points (left, bottom, right, top; null where unknown), its text."""

    page: int = Field(ge=1)
    box: tuple[float, float, float, float] | None
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class EntitiesRecord(_Closed):
    """All entities of one document, in order; ``blocks`` of print for a PDF, whose text stands in ``texts/``."""

    doc_id: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    entities: list[EntityRecord]
    blocks: list[BlockRecord] = Field(default_factory=list)


class ReviewRecord(EventRecord):
    """A record under ``--min-confidence``, with the ``reason``: what its confidence rests on."""

    reason: str


class ErrorRecord(_Closed):
    """An input that could not be read, or whose reading was given up."""

    path: str
    reason: str
    detail: str
