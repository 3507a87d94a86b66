"""``bangfu annotate …``: the labelling desk's commands; each is thin over plain functions that it imports itself.

Exit codes: 0 done, 1 done with faults found, 2 wrong use, missing input, or a server that cannot be used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.desk.commands_labellings import app as commands_labellings
from training.desk.commands_models import app as commands_models
from training.desk.deliver import Credentials, JoinTo, fail, say, tell_joined, told, write_rows

app = typer.Typer(
    name="annotate",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Label documents in doccano: serve, push, pull; read exports, compare labellers, choose what to label next.",
)
app.add_typer(commands_labellings)
app.add_typer(commands_models)


@app.callback()
def annotate() -> None:
    """Label documents in doccano: serve, push, pull; read exports, compare labellers, choose what to label next."""


Project = Annotated[str, typer.Option(help="Name of the project in doccano.")]


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8000,
    home: Annotated[Path, typer.Option(help="Folder of data base, uploads, logs and secrets.")] = Path(".desk/server"),
    environment: Annotated[Path, typer.Option(help="The environment that doccano is installed in.")] = Path(
        ".venv-doccano"
    ),
) -> None:
    """Run a doccano server for this machine alone, until Ctrl-C."""
    import signal
    import threading

    from training.desk.server import Home, ServerError, running

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    place = Home(home)
    try:
        say("starting doccano (about half a minute)")
        with running(environment, place, port, ended) as url:
            if not ended.is_set():
                typer.echo(
                    f"doccano runs at {url}; user admin, password in {place.folder / 'password'}; Ctrl-C ends it"
                )
            ended.wait()
            say("stopping")
    except ServerError as error:
        raise fail(str(error)) from None


@app.command()
def push(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Documents, or folders of them, to label by the model.")
    ] = None,
    rows: Annotated[Path | None, typer.Option(help="JSON Lines of the corpus to push as they are labelled.")] = None,
    project: Project = "bangfu",
    credentials: Credentials = None,
    models: Annotated[Path | None, typer.Option(help="Folder of trained models.")] = None,
) -> None:
    """Bring documents with the model's suggestions into doccano; what is there already stays as it is."""
    from pipeline.recognise.recogniser import ModelError
    from pipeline.recognise.runtime import WeightsError
    from training.corpus import read_rows
    from training.desk.connection import DeskError, read_connection
    from training.desk.push import look, read_and_label
    from training.desk.push import push as push_rows

    try:
        connection = read_connection(credentials)
        if paths:
            look(project, connection)  # before the model reads them: that may take long
        found = read_rows(rows) if rows else []
        labelled, rejected = read_and_label(paths, models) if paths else ([], [])
        report = push_rows([*found, *labelled], project, connection)
    except (DeskError, ModelError, WeightsError, OSError, ValueError) as error:
        raise fail(str(error)) from None
    for one in rejected:
        say(one)
    typer.echo(told(report))
    raise typer.Exit(1 if rejected else 0)


@app.command()
def pull(
    output: Annotated[Path | None, typer.Option(help="Write all rows here as JSON Lines; - is stdout.")] = None,
    project: Project = "bangfu",
    credentials: Credentials = None,
    corpus: JoinTo = None,
) -> None:
    """Bring labels back from doccano as rows of the corpus; with --join, confirmed documents become part of the corpus."""
    from training.desk.connection import DeskError, read_connection
    from training.desk.join import join
    from training.desk.pull import pull as pull_rows

    try:
        pulled = pull_rows(project, read_connection(credentials))
        if output:
            write_rows(None if str(output) == "-" else output, pulled.rows)
        joined = join(pulled, corpus) if corpus else None
    except (DeskError, OSError, ValueError) as error:
        raise fail(str(error)) from None
    faults = joined.left_out if joined else pulled.faults
    for fault in faults:
        say(str(fault))
    done = sum(row["confirmed"] for row in pulled.rows)
    say(f"{len(pulled.rows)} documents, {done} confirmed, {len(faults)} faults")
    if joined:
        tell_joined(joined)
    raise typer.Exit(1 if faults else 0)
