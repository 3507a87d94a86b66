"""Compares two independent labellings of the same texts: span precision, recall and F1 by label, and agreement of records.

``python -m training.agreement corpus/bulletins corpus/second`` takes the first as the standard; documents meet by their text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.evaluate import Report
from training.corpus import read_batches, to_row
from training.evaluation import as_gold, gold_extraction, score, show


def agreement(first: Path, second: Path) -> tuple[Report, int]:
    """Score the labels below ``second`` against those below ``first``; returns the report and the number of shared texts.

    Raises ValueError when no text stands in both.
    """
    by_text = {bulletin.text: bulletin for bulletin in read_batches([first])}
    pairs = [(by_text[other.text], other) for other in read_batches([second]) if other.text in by_text]
    if not pairs:
        raise ValueError(f"{second}: no text stands in {first} too; give two labellings of the same bulletins")
    gold = [as_gold(gold_extraction(to_row(one))) for one, _ in pairs]
    return score(gold, [gold_extraction(to_row(other)) for _, other in pairs]), len(pairs)


def main(
    first: Annotated[Path, typer.Argument(help="Batch files or folder of the first labelling.")],
    second: Annotated[Path, typer.Argument(help="Batch files or folder of the second labelling.")],
    errors: Annotated[int, typer.Option(help="Show this many disagreements of each kind.")] = 0,
) -> None:
    """Print how far two labellings agree."""
    try:
        report, shared = agreement(first, second)
    except (ValueError, OSError) as error:
        typer.echo(f"agreement: {error}", err=True)
        raise typer.Exit(2) from None
    show(f"{second} against {first}, {shared} bulletins", report, errors, Console(width=110))


if __name__ == "__main__":
    typer.run(main)
