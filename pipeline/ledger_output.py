"""The command ``bangfu ledger``: the totals of :mod:`pipeline.ledger` as tables on a terminal, as CSV or as JSON."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pipeline.ledger import Ledger, Row

_WRONG_USE = 2
_HEADINGS = ("type", "currency", "kind", "records", "sum", "at least", "at most")


class By(StrEnum):
    """What totals go by."""

    type = "type"
    year = "year"
    county = "county"
    giver = "giver"
    receiver = "receiver"


def ledger(
    events: Annotated[str, typer.Argument(help="events.jsonl of an extraction; - is stdin.")],
    by: Annotated[list[By] | None, typer.Option(help="Only these totals; may be given several times.")] = None,
    planned: Annotated[bool, typer.Option("--planned", help="Count planned events too.")] = False,
    csv_path: Annotated[str | None, typer.Option("--csv", help="Write the totals as CSV; - is stdout.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print totals and what was left out as JSON.")] = False,
    top: Annotated[int, typer.Option(min=0, help="Rows of each table on the terminal; 0 shows all.")] = 20,
) -> None:
    """Add up who gave how much: totals by type, year, county, giver and receiver.

    Sums of different types, currencies and kinds stay apart; an occurrence told in several documents counts once; parts or their
    total count, never both.
    """
    from pipeline.export.events import read_events
    from pipeline.ledger import make_ledger

    talk = Console(stderr=True)
    try:
        if csv_path is not None and as_json:
            raise ValueError("--csv and --json: two forms at once; give one of them")
        found = make_ledger(read_events(events), planned)
        rows = [row for row in found.rows if not by or row.by in by]
        if as_json:
            _print(to_json(found, rows))
        elif csv_path == "-":
            _print(to_csv(rows))
        elif csv_path is not None:
            Path(csv_path).write_text(to_csv(rows), encoding="utf-8-sig", newline="")
        else:
            terminal = Console(width=None if sys.stdout.isatty() else 140, soft_wrap=False)
            for table in tables(rows, top):
                terminal.print(table)
    except (FileNotFoundError, ValueError) as error:
        talk.print(f"bangfu: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(_WRONG_USE) from None
    for line in summary(found):
        talk.print(line, markup=False, highlight=False, soft_wrap=True)


def to_csv(rows: Sequence[Row]) -> str:
    """Write the rows as CSV, a line each; an empty cell is null (an unknown key, a sum without upper bound)."""
    from pipeline.export.spreadsheets import shown
    from pipeline.ledger import Row

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields(Row)])
    writer.writerows([[shown(getattr(row, field.name)) for field in fields(Row)] for row in rows])
    return text.getvalue()


def to_json(ledger: Ledger, rows: Sequence[Row]) -> str:
    """Write the rows and what was left out as one JSON object; sums are decimal strings."""
    from pipeline.json_values import plain

    def written(row: Row) -> dict[str, Any]:
        return {name: plain(value) if isinstance(value, Decimal) else value for name, value in asdict(row).items()}

    whole = {
        "read": ledger.read,
        "counted": ledger.counted,
        "totals": [written(row) for row in rows],
        "left_out": [asdict(left) for left in ledger.left_out],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def tables(rows: Sequence[Row], top: int = 0) -> list[Table]:
    """Make a table for each dimension, of its first ``top`` rows (0: all); ~ marks sums with hedged amounts among them."""
    made = []
    for by, group in groupby(rows, key=lambda row: row.by):
        found = list(group)
        kept = found[:top] if top else found
        more = f"{len(found) - len(kept)} more; --top 0 shows all" if len(kept) < len(found) else None
        table = Table(title=f"by {by}", title_justify="left", caption=more, caption_justify="left")
        for name in _HEADINGS if by == "type" else (by, *_HEADINGS):
            table.add_column(name, justify="right" if name in _HEADINGS[3:] else "left", overflow="fold")
        for row in kept:
            cells = _cells(row)
            shown = cells if by == "type" else (row.key or "(not told)", *cells)
            table.add_row(*(Text("".join(c if c.isprintable() else "\ufffd" for c in cell)) for cell in shown))
        made.append(table)
    return made


def _cells(row: Row) -> tuple[str, ...]:
    at_least = "" if row.at_least == row.stated else _figure(row.at_least)
    at_most = "open" if row.at_most is None else "" if row.at_most == row.stated else _figure(row.at_most)
    stated = ("~" if row.approximate else "") + _figure(row.stated)
    return row.type, row.currency, row.kind, str(row.records), stated, at_least, at_most


def _figure(amount: Decimal) -> str:
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def summary(ledger: Ledger) -> list[str]:
    """Say how many records count and what was left out, by reason."""
    lines = [f"{ledger.counted} of {ledger.read} records have amounts that count"]
    reasons = Counter(left.reason for left in ledger.left_out)
    lines += [
        f"{times} {'amount' if times == 1 else 'amounts'} left out: {reason}"
        for reason, times in sorted(reasons.items())
    ]
    return lines


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
