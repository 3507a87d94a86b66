"""The command ``bangfu export``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

_DONE, _WITH_FAULTS, _WRONG_USE = 0, 1, 2


class Format(StrEnum):
    """What an export writes."""

    csv = "csv"
    parquet = "parquet"
    sqlite = "sqlite"
    jsonld = "jsonld"
    grants = "360giving"


def export(
    events: Annotated[str, typer.Argument(help="events.jsonl of an extraction; - is stdin.")],
    to: Annotated[Format, typer.Option("--to", help="What to write.")],
    output: Annotated[
        str, typer.Option(help="Folder for csv and parquet, file for the others; - is stdout for jsonld and 360giving.")
    ],
    prefix: Annotated[str, typer.Option(help="Publisher prefix of 360Giving identifiers.")] = "360G-bangfu",
) -> None:
    """Write events as tables (csv, parquet, sqlite), linked data (jsonld) or grants (360giving).

    360giving also writes NAME.rejected.jsonl, which says why each other record is no grant; exit code 1 tells that
    donations are among them.
    """
    talk = Console(stderr=True)
    try:
        faults = _export(events, to, output, prefix, talk)
    except (FileNotFoundError, ValueError) as error:
        talk.print(f"bangfu: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(_WRONG_USE) from None
    raise typer.Exit(_WITH_FAULTS if faults else _DONE)


def _export(events: str, to: Format, output: str, prefix: str, talk: Console) -> bool:
    """Write the files and tell whether a donation was rejected."""
    from pipeline.export.events import read_events
    from pipeline.export.jsonld import jsonld_lines
    from pipeline.export.parquet import write_parquet
    from pipeline.export.spreadsheets import write_csv
    from pipeline.export.sqlite import write_sqlite

    if to is Format.grants:
        return _export_grants(events, output, prefix, talk)
    if to is Format.jsonld:
        _write({output: jsonld_lines(read_events(events))})
        return False
    if output == "-":
        raise ValueError(f"--output: {to} is no stream; give a {'file' if to is Format.sqlite else 'folder'}")
    writer = {Format.csv: write_csv, Format.parquet: write_parquet, Format.sqlite: write_sqlite}[to]
    _say(talk, f"{writer(read_events(events), Path(output))} events -> {output}")
    return False


def _export_grants(events: str, output: str, prefix: str, talk: Console) -> bool:
    """Write the grants and the report of the records that are none; a package without grants is not valid and left out."""
    from pipeline.export.events import read_events
    from pipeline.export.grants import grants_of

    grants, rejections = grants_of(read_events(events), prefix)
    package = json.dumps({"version": "1.1", "grants": grants}, ensure_ascii=False, indent=2) + "\n"
    files: dict[str, Iterable[str]] = {output: [package]} if grants else {}
    if output != "-":
        rejected = str(Path(output).with_suffix(".rejected.jsonl"))
        files[rejected] = (json.dumps(asdict(rejection), ensure_ascii=False) + "\n" for rejection in rejections)
    _write(files)
    counts = Counter(rejection.reason for rejection in rejections)
    reasons = ", ".join(f"{reason} {times}" for reason, times in sorted(counts.items()))
    _say(talk, f"{len(grants)} grants; {len(rejections)} records are none ({reasons})")
    return any(rejection.reason != "no_donation" for rejection in rejections)


def _write(files: Mapping[str, Iterable[str]]) -> None:
    """Write each text under its name, all of them whole or none; ``-`` is stdout."""
    from pipeline.export.whole import whole_paths

    for piece in files.get("-", ()):
        sys.stdout.buffer.write(piece.encode())
    named = {Path(name): text for name, text in files.items() if name != "-"}
    with whole_paths(list(named)) as parts:
        for part, text in zip(parts, named.values(), strict=True):
            with part.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(text)


def _say(talk: Console, message: str) -> None:
    talk.print(message, markup=False, highlight=False, soft_wrap=True)
