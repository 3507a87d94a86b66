"""The command ``bangfu``: thin commands over plain functions; stdout is data, stderr is talk.

Exit codes: 0 done, 1 done with rejected inputs or faults found, 2 wrong use, missing input or configuration.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from typer.core import TyperGroup

from pipeline.data_folders import Tier, models_of
from pipeline.evaluate import evaluate as score
from pipeline.evaluate import read_gold
from pipeline.export.command import export
from pipeline.ledger_output import ledger
from pipeline.normalise.lines import answer_line
from pipeline.recognise.recogniser import ModelError
from pipeline.recognise.runtime import WeightsError
from pipeline.records import EntitiesRecord, ErrorRecord, EventRecord, ReviewRecord
from pipeline.report.command import report
from pipeline.schema import json_schema
from pipeline.score_tables import figures, show
from pipeline.service_command import serve

ADDED = "bangfu.commands"
"""The entry-point group by which other packages add commands: ``name = "module:typer_app"``."""


class _Commands(TyperGroup):
    """This module's commands and the added ones, which are imported when one of them or the list is asked for."""

    def main(self, *args: Any, **options: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):  # whatever the system's own encoding and line ends are
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        return super().main(*args, **options)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *sorted(entry_points(group=ADDED).names)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        added = entry_points(group=ADDED, name=cmd_name)
        return typer.main.get_command(added[cmd_name].load()) if added else super().get_command(ctx, cmd_name)


app = typer.Typer(
    name="bangfu",
    cls=_Commands,
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


class Engine(StrEnum):
    """What runs an extraction."""

    processes = "processes"
    ray = "ray"


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
    paths: Annotated[
        list[str], typer.Argument(help="Files or folders to read (formats and limits: docs/formats.md); - is stdin.")
    ],
    output: Annotated[
        Path, typer.Option(help="Folder for events.jsonl, entities.jsonl, errors.jsonl, run.json.")
    ] = Path("out"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what an earlier run came to for inputs that have not changed.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that read; one for two cores by default.")
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Records under this go to review.jsonl, with the reason.")
    ] = 0.0,
    engine: Annotated[
        Engine, typer.Option(help="Processes of this machine, or Ray (a cluster: docs/scale.md).")
    ] = Engine.processes,
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds for one document, beside 10 for 1,000 characters.")
    ] = 120.0,
    memory: Annotated[int, typer.Option(min=64, help="Megabytes for one document, beside the models (Linux).")] = 4096,
    tier: Annotated[Tier, typer.Option(help="Models that ship: full ones, or fast ones that find less.")] = Tier.full,
    models: Annotated[Path | None, typer.Option(help="Folder of trained models, instead of those that ship.")] = None,
    published: Annotated[
        str | None, typer.Option(help="Day the documents appeared (YYYY-MM-DD), where they do not say.")
    ] = None,
    rules_only: Annotated[
        bool, typer.Option("--rules-only", help="Amounts, dates and places by rules: fast, no model, no events.")
    ] = False,
) -> None:
    """Read documents and write their events and entities as JSON Lines.

    Exit code 1 tells that some inputs were rejected; errors.jsonl names them. A run that was stopped or killed goes on
    where it was with --resume.
    """
    from pipeline.rules_only import NO_MODELS, load_rules
    from pipeline.run import Settings, load_reader, run_extraction
    from pipeline.workers import Limits, RunError

    if rules_only and (models or tier is not Tier.full):
        raise _fail("--rules-only: reads without models; leave --models and --tier out")
    if models and tier is not Tier.full:
        raise _fail("--tier: names models that ship; leave out either it or --models")
    limits = Limits(timeout, memory)
    day = _day(published, "--published")
    folder = NO_MODELS if rules_only else models or models_of(tier)
    settings = Settings(folder, day, resume, workers, min_confidence, engine.value, limits)
    try:
        rejected = run_extraction(paths, output, settings, talk, load_rules if rules_only else load_reader)
    except (FileNotFoundError, ValueError, ModelError, WeightsError, RunError) as error:
        raise _fail(str(error)) from None
    except KeyboardInterrupt:
        raise _fail(f"stopped; --resume goes on with what is finished in {output}") from None
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
        typer.echo(json.dumps(figures(report), ensure_ascii=False))
    else:
        show("", report, errors, Console(width=100))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the lines of events.jsonl, entities.jsonl and errors.jsonl."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


app.command()(export)
app.command()(ledger)
app.command()(report)
app.command()(serve)


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
    if ("event_id" in row and "reason" in row) or file.name == "review.jsonl":
        return ReviewRecord
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
