"""Where the desk's commands put rows: into a file, onto stdout, into a project in doccano; and how they tell what was done."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.export.whole import whole_paths

if TYPE_CHECKING:
    from training.desk.join import Joined

WIDTH = 130
"""Characters in a line of a table."""
PushTo = Annotated[str | None, typer.Option("--push", help="Push them into this project in doccano too.")]
Credentials = Annotated[
    Path | None, typer.Option(help="TOML file with url, user, password; by default that of the local server.")
]
JoinTo = Annotated[Path | None, typer.Option("--join", help="Join what is confirmed to this corpus.")]


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


def told(report: Mapping[str, Any]) -> str:
    """Tell in one line what a push did.

    >>> told({"url": "http://127.0.0.1:8000/projects/1", "sent": 3, "known": 2, "removed": 1})
    'http://127.0.0.1:8000/projects/1: 3 sent, 2 were there already; 1 left by a broken push removed'
    """
    removed = f"; {report['removed']} left by a broken push removed" if report["removed"] else ""
    return f"{report['url']}: {report['sent']} sent, {report['known']} were there already{removed}"


def tell_joined(joined: Joined) -> None:
    """Tell which documents joined the corpus, and where."""
    if not joined.added and not joined.replaced:
        say("nothing new for the corpus")
    for what, names in (("added", joined.added), ("replaced", joined.replaced)):
        for split, some in names.items():
            say(f"{len(some)} {what} in {split}: {', '.join(some[:5])}{' …' if len(some) > 5 else ''}")


def look_ahead(project: str | None, credentials: Path | None) -> None:
    """Where rows are to be pushed, log in before the work that makes them; raises DeskError for what would hinder the push."""
    if project:
        from training.desk.connection import read_connection
        from training.desk.push import look

        look(project, read_connection(credentials))


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
        say(told(report))
