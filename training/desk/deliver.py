"""Where the desk's commands put rows: into a file, onto stdout, into a project in doccano; and how they tell of mistakes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.export.whole import whole_paths

PushTo = Annotated[str | None, typer.Option("--push", help="Push them into this project in doccano too.")]
Credentials = Annotated[
    Path | None, typer.Option(help="TOML file with url, user, password; by default that of the local server.")
]


def say(message: str) -> None:
    """Tell something on stderr."""
    typer.echo(message, err=True)


def fail(message: str) -> typer.Exit:
    """Tell of a mistake in one line on stderr and return the exit of wrong use (2)."""
    say(f"annotate: {message}")
    return typer.Exit(2)


def write_rows(path: Path | None, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as JSON Lines into a file, whole or not at all, or to stdout for None."""
    lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    if path is None:
        typer.echo(lines, nl=False)
        return
    with whole_paths([path]) as [part]:
        part.write_bytes(lines.encode("utf-8", "backslashreplace"))


def deliver(
    rows: Sequence[Mapping[str, Any]], file: Path | None, project: str | None, credentials: Path | None
) -> None:
    """Write rows into a file and push them into a project, as far as these are given; tells what was done.

    Raises OSError for a file that cannot be written, DeskError for a server that does not take them.
    """
    if file:
        write_rows(file, rows)
        say(f"{file}: {len(rows)} texts")
    if project and rows:
        from training.desk.connection import read_connection
        from training.desk.push import push

        report = push(rows, project, read_connection(credentials))
        say(f"{report['url']}: {report['sent']} texts sent, {report['known']} were there")
