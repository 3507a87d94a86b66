"""The command ``bangfu``: thin commands over plain functions; stdout is data, stderr is talk.

Exit codes: 0 done, 1 done with rejected inputs or faults found, 2 wrong use, missing input or configuration.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from pipeline.evaluate import evaluate as score
from pipeline.evaluate import read_gold
from pipeline.normalise.lines import answer_line
from pipeline.recognise.recogniser import ModelError
from pipeline.recognise.runtime import WeightsError
from pipeline.records import EntitiesRecord, ErrorRecord, EventRecord
from pipeline.schema import json_schema

app = typer.Typer(
    name="bangfu",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="帮扶: reads Chinese bulletins about paired assistance and writes one JSON object per event.",
)
talk = Console(stderr=True)
DONE, WITH_FAULTS, WRONG_USE = 0, 1, 2


class Kind(StrEnum):
    """What ``normalize`` reads."""

    money = "money"
    date = "date"
    place = "place"


def _fail(message: str) -> typer.Exit:
    talk.print(f"bangfu: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(WRONG_USE)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _fail(f"{option}: {text!r} is not a day; write YYYY-MM-DD, for example 2031-03-05") from None


@app.callback(invoke_without_command=True)
def main(show_version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Read bulletins, explain records, normalise values, measure results."""
    if show_version:
        typer.echo(version("bangfu"))
        raise typer.Exit(DONE)


@app.command()
def extract(
    paths: Annotated[list[str], typer.Argument(help="Files or folders to read; - is stdin.")],
    output: Annotated[
        Path, typer.Option(help="Folder for events.jsonl, entities.jsonl, errors.jsonl, run.json.")
    ] = Path("out"),
    models: Annotated[
        Path | None, typer.Option(help="Folder of trained models; the one that ships by default.")
    ] = None,
    published: Annotated[
        str | None, typer.Option(help="Day the documents appeared (YYYY-MM-DD), where they do not say.")
    ] = None,
) -> None:
    """Read documents and write their events and entities as JSON Lines.

    Exit code 1 tells that some inputs were rejected; errors.jsonl names them.
    """
    from pipeline.run import run_extraction

    day = _day(published, "--published")
    try:
        rejected = run_extraction(paths, output, models, day, talk)
    except (FileNotFoundError, ValueError, ModelError, WeightsError) as error:
        raise _fail(str(error)) from None
    raise typer.Exit(WITH_FAULTS if rejected else DONE)


@app.command()
def explain(
    file: Annotated[str, typer.Argument(help="File to read; - is stdin.")],
    models: Annotated[
        Path | None, typer.Option(help="Folder of trained models; the one that ships by default.")
    ] = None,
    published: Annotated[str | None, typer.Option(help="Day the document appeared (YYYY-MM-DD).")] = None,
) -> None:
    """Show for each record of one document its sentence with spans marked, and why its type, roles, date and place."""
    from pipeline.explain import explain_file

    try:
        for line in explain_file(file, models, _day(published, "--published")):
            typer.echo(line)
    except (FileNotFoundError, ValueError, ModelError, WeightsError) as error:
        raise _fail(str(error)) from None


@app.command()
def normalize(
    kind: Annotated[Kind, typer.Argument(help="What to read in each line.")],
    day: Annotated[
        str | None, typer.Option("--date", help="Day of the text (YYYY-MM-DD) for dates without a year.")
    ] = None,
) -> None:
    """Read amounts, dates or places from stdin, one answer a line on stdout.

    A line is plain text, or an object {"text", "date"} whose text may hold line breaks.
    """
    context = _day(day, "--date")
    stdin = sys.stdin.buffer.read().decode("utf-8", "replace")
    for number, line in enumerate(stdin.split("\n")[: -1 if stdin.endswith("\n") else None], 1):
        try:
            typer.echo(answer_line(kind.value, line, context))
        except ValueError as error:
            raise _fail(f"stdin:{number}: {error}") from None


@app.command()
def evaluate(
    gold: Annotated[list[Path], typer.Option(help="Gold files (JSON, or JSON Lines); may be given several times.")],
    entities: Annotated[Path, typer.Option(help="entities.jsonl of an extraction of the same files.")] = Path(
        "out/entities.jsonl"
    ),
    events: Annotated[Path, typer.Option(help="events.jsonl of the same extraction.")] = Path("out/events.jsonl"),
    errors: Annotated[int, typer.Option(help="Show this many errors of each kind.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Score an extraction against gold documents: entities, events, arguments, ledger."""
    try:
        lines = [_read_lines(path) for path in (entities, events)]
        wanted = read_gold(gold)
    except (FileNotFoundError, ValueError) as error:
        raise _fail(str(error)) from None
    if not wanted.keys() & {row["sha256"] for row in lines[0]}:
        raise _fail(f"{entities}: no line has the sha256 of a gold document; give an extraction of the same files")
    report = score(wanted, *lines)
    if as_json:
        scores = {part: {name: s.as_row() for name, s in rows.items()} for part, rows in report.scores.items()}
        typer.echo(json.dumps(scores, ensure_ascii=False))
        return
    table = Table("part", "what", "precision", "recall", "F1", "predicted", "gold")
    for part, name, row in report.as_table():
        table.add_row(
            part, name, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", str(row.predicted), str(row.gold)
        )
    Console(width=100).print(table)
    for kind, texts in sorted(report.errors.items()):
        if errors and texts:
            typer.echo(f"{kind} ({len(texts)}): {' | '.join(texts[:errors])}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the lines of events.jsonl, entities.jsonl and errors.jsonl."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(help="events.jsonl, entities.jsonl, errors.jsonl, or gold with --gold.")],
    gold: Annotated[bool, typer.Option("--gold", help="The file holds gold documents.")] = False,
) -> None:
    """Check every line of a file against the schema; exit code 1 and one message a fault when it does not hold."""
    try:
        if gold:
            typer.echo(f"{file}: {len(read_gold([file]))} gold documents")
            return
        rows = list(_numbered_lines(file))
    except (FileNotFoundError, ValueError) as error:
        raise _fail(str(error)) from None
    model = _model_of(file, rows[0][1] if rows else {})
    faults = 0
    for number, row in rows:
        try:
            model.model_validate(row)
        except ValidationError as error:
            faults += 1
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            talk.print(f"{file}:{number}: {place}: {first['msg']}", markup=False, highlight=False)
    typer.echo(f"{file}: {len(rows)} lines, {faults} faults")
    raise typer.Exit(WITH_FAULTS if faults else DONE)


def _model_of(file: Path, row: dict[str, object]) -> type[EventRecord] | type[EntitiesRecord] | type[ErrorRecord]:
    if "entities" in row or file.name == "entities.jsonl":
        return EntitiesRecord
    return ErrorRecord if "reason" in row or file.name == "errors.jsonl" else EventRecord


def _numbered_lines(path: Path) -> Iterable[tuple[int, dict[str, object]]]:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give a file that an extraction wrote")
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line:
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(
                    f"{path}:{number}: not JSON ({error.msg}); one JSON object a line is expected"
                ) from None


def _read_lines(path: Path) -> list[dict[str, object]]:
    return [row for _, row in _numbered_lines(path)]
