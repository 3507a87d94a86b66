"""Tables as CSV files that spreadsheets open as they should: UTF-8 with a byte order mark, one file a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipeline.export.tables import Cell, tables
from pipeline.export.whole import whole_paths
from pipeline.json_values import plain
from pipeline.records import EventRecord

# A cell that begins so is a formula to Excel, WPS or LibreOffice (OWASP, "CSV Injection"); the full-width forms count
# in East Asian versions.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(records: Iterable[EventRecord], folder: Path) -> int:
    """Write ``events.csv``, ``participants.csv`` … into ``folder`` and return the number of events.

    A text that a spreadsheet would run as a formula gets an apostrophe in front, in every table alike, so that keys
    still join. An empty cell is null. Raises ValueError when ``folder`` is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder}: is a file; CSV is several files, give a folder")
    count = 0
    with ExitStack() as stack:
        parts = stack.enter_context(whole_paths([folder / f"{table.name}.csv" for table in tables()]))
        with ExitStack() as files:
            writers = []
            for table, part in zip(tables(), parts, strict=True):
                file = files.enter_context(part.open("w", encoding="utf-8-sig", newline=""))
                writer = csv.writer(file)
                writer.writerow([column.name for column in table.columns])
                writers.append(writer)
            for record in records:
                count += 1
                for table, writer in zip(tables(), writers, strict=True):
                    writer.writerows([[shown(cell) for cell in row] for row in table.rows(record)])
    return count


def shown(cell: Cell) -> str:
    """Write a cell for a spreadsheet, harmless whatever it holds.

    >>> [shown(cell) for cell in (None, True, Decimal("4.50"), date(2031, 3, 5), "=1+1", "青禾县", -3)]
    ['', 'true', '4.5', '2031-03-05', "'=1+1", '青禾县', '-3']
    """
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" \u3000").startswith(_FORMULA) else cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return plain(cell) or ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)
