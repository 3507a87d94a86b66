"""Reports of scores as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from pipeline.evaluate import Report, Score

PARTS = (
    ("entities", "all"),
    ("entities", "ORG"),
    ("entities", "GPE"),
    ("entities", "MONEY"),
    ("entities", "DATE"),
    ("entities", "EVENT"),
)
"""The scores of entities, in the order of tables."""
RECORD_PARTS = (
    ("anchors", "all"),
    ("events", "all"),
    ("arguments", "all"),
    ("ledger", "type+amount"),
    ("ledger", "type+amount+giver"),
)
"""The scores of records, in the order of tables."""


def show(title: str, report: Report, errors: int, console: Console) -> None:
    """Print a report under ``title`` (may be empty) with the intervals of its F1 (documents drawn with replacement), and so many errors of each kind."""
    heads = ("part", "what", "precision", "recall", "F1", "95 %", "predicted", "gold")
    table = Table(*heads, title=title or None, title_justify="left")
    for part, name, row in report.as_table():
        low, high = report.interval(part, name)
        figures = (f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", f"{low:.2f}-{high:.2f}")
        table.add_row(part, name, *figures, str(row.predicted), str(row.gold))
    console.print(table)
    for line in error_lines(report, errors):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def error_lines(report: Report, most: int) -> list[str]:
    """List the kinds of errors by name, each with its number and the first ``most`` of them; none for 0."""
    kinds = sorted(report.errors.items()) if most else []
    return [f"{kind} ({len(texts)}): {' | '.join(texts[:most])}" for kind, texts in kinds if texts]


def show_beside(title: str, reports: Mapping[str, Report], parts: Sequence[tuple[str, str]], console: Console) -> None:
    """Print the F1 of several reports side by side: a row a report, a column a part."""
    heads = [name if part == "entities" else f"{part} {name}".removesuffix(" all") for part, name in parts]
    table = Table("F1", "documents", *heads, title=title, title_justify="left")
    for name, report in reports.items():
        table.add_row(name, str(len(report.documents)), *(_f1(report, part) for part in parts))
    console.print(table)


def _f1(report: Report, part: tuple[str, str]) -> str:
    score = report.scores.get(part[0], {}).get(part[1], Score())
    return f"{score.f1:.3f}" if score.gold or score.predicted else "-"


def figures(report: Report) -> dict[str, dict[str, dict[str, float | list[float]]]]:
    """Return the scores of a report as plain values, each with its ``interval``; rounded to four digits."""
    return {
        part: {
            name: {**score.as_row(), "interval": [round(edge, 4) for edge in report.interval(part, name)]}
            for name, score in _ordered(rows.items())
        }
        for part, rows in report.scores.items()
    }


def _ordered(rows: Iterable[tuple[str, Score]]) -> list[tuple[str, Score]]:
    return sorted(rows)
