"""Tables as one SQLite file with keys, so that a join finds its rows at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipeline.export.tables import Cell, Kind, Table, tables
from pipeline.export.whole import whole_paths
from pipeline.json_values import plain
from pipeline.records import EventRecord

_TYPES: dict[Kind, str] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "REAL",
    "decimal": "NUMERIC",  # whole numbers stay exact to 18 digits, fractions become doubles
    "boolean": "INTEGER",
    "day": "TEXT",
}


def write_sqlite(records: Iterable[EventRecord], path: Path) -> int:
    """Write the tables into the file ``path`` and return the number of events.

    Days are ISO 8601 texts, booleans 0 and 1. Raises ValueError when two records have the same ``event_id``.
    """
    count = 0
    with whole_paths([path]) as [part], closing(sqlite3.connect(part)) as database:
        # The file counts only once it is renamed: no journal is needed while it grows.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        for table in tables():
            database.execute(_create(table))
        for record in records:
            count += 1
            try:
                for table in tables():
                    marks = ", ".join("?" * len(table.columns))
                    rows = ([_stored(cell) for cell in row] for row in table.rows(record))
                    database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
            except sqlite3.IntegrityError:
                raise ValueError(
                    f"event_id {record.event_id!r} stands twice; give the events of one extraction"
                ) from None
        database.commit()
    return count


def _create(table: Table) -> str:
    lines = [f'"{column.name}" {_TYPES[column.kind]}' for column in table.columns]
    lines.append(f"PRIMARY KEY ({', '.join(table.keys)})")
    if table.source is not None:
        lines.append("FOREIGN KEY (event_id) REFERENCES events (event_id)")
    return f'CREATE TABLE "{table.name}" ({", ".join(lines)}) WITHOUT ROWID'


def _stored(cell: Cell) -> str | int | float | None:
    if isinstance(cell, Decimal):
        return plain(cell)
    return cell.isoformat() if isinstance(cell, date) else cell
