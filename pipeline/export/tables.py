"""The tables that hold events for spreadsheets and databases, read off the models of :mod:`pipeline.records`.

``events`` has a row an event; every list of a record is a table of its own (``participants``, ``amounts`` …) whose rows
begin with the ``event_id`` they belong to and their ``position`` in the list, counted from 1. A field that is a record
itself lies flat in its row: ``date`` becomes ``date_text``, ``date_first_day`` … A new field of a model is a new column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from pipeline.records import DecimalText, EventRecord

Kind = Literal["text", "integer", "real", "decimal", "boolean", "day"]
Cell = str | int | float | bool | date | Decimal | None
_KINDS: dict[type, Kind] = {str: "text", int: "integer", float: "real", bool: "boolean", date: "day"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what its cells are, and the steps from the record to the cell."""

    name: str
    kind: Kind
    path: tuple[str, ...]

    def cell(self, record: Any) -> Cell:
        """Read the cell off a record; None where a step on the way is null."""
        for step in self.path:
            if record is None:
                return None
            record = getattr(record, step)
        value: Cell = record
        return Decimal(value) if self.kind == "decimal" and isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its columns in order, and the list of the record its rows come from (None: the record)."""

    name: str
    columns: tuple[Column, ...]
    source: str | None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that together tell a row from all others."""
        return ("event_id",) if self.source is None else ("event_id", "position")

    def rows(self, record: EventRecord) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows of one event."""
        if self.source is None:
            yield tuple(column.cell(record) for column in self.columns)
            return
        for position, part in enumerate(getattr(record, self.source), 1):
            cells = (column.cell(part) for column in self.columns[2:])
            yield (record.event_id, position, *cells)


@cache
def tables() -> tuple[Table, ...]:
    """List the tables, ``events`` first.

    >>> [table.name for table in tables()][:6]
    ['events', 'anchors', 'places', 'participants', 'amounts', 'items']
    """
    flat: list[Column] = []
    parts: list[Table] = []
    key = (Column("event_id", "text", ()), Column("position", "integer", ()))
    for name, field in EventRecord.model_fields.items():
        inner = _bare(field.annotation)
        if get_origin(inner) is list:
            (item,) = get_args(inner)
            columns = _columns(item) if _is_record(item) else (Column("value", _kind(item), ()),)
            parts.append(Table(name, (*key, *columns), name))
        elif _is_record(inner):
            flat += _columns(inner, name)
        else:
            flat.append(Column(name, _kind(inner), (name,)))
    return (Table("events", tuple(flat), None), *parts)


def _columns(model: type[BaseModel], prefix: str = "") -> tuple[Column, ...]:
    begin, steps = (f"{prefix}_", (prefix,)) if prefix else ("", ())
    return tuple(
        Column(begin + name, _kind(_bare(field.annotation)), (*steps, name))
        for name, field in model.model_fields.items()
    )


def _is_record(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _bare(annotation: Any) -> Any:
    """Strip ``| None`` off a type."""
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (kind for kind in get_args(annotation) if kind is not type(None))
    return annotation


def _kind(annotation: Any) -> Kind:
    if annotation == DecimalText:
        return "decimal"
    if get_origin(annotation) is Literal:
        return "text"
    if get_origin(annotation) is not None:  # Annotated[float, …]
        annotation = get_args(annotation)[0]
    return _KINDS[annotation]
