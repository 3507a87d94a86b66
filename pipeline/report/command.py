"""The command ``bangfu report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

_WRONG_USE = 2


def report(
    folder: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder that an extraction wrote.")],
    sources: Annotated[
        Path | None, typer.Option(help="Folder that the extraction read, to show the texts beside the events.")
    ] = None,
    page: Annotated[
        str | None, typer.Option(help="File to write, - for stdout; OUTPUT/report.html by default.")
    ] = None,
) -> None:
    """Write one self-contained HTML page: sums, charts, and a list of events that opens their source text."""
    from pipeline.export.whole import whole_paths
    from pipeline.report.page import report_page

    talk = Console(stderr=True)
    try:
        if sources is not None and not sources.is_dir():
            raise ValueError(f"--sources: {sources} is no folder; give the folder that the extraction read")
        html = report_page(folder, sources)
        if page == "-":
            sys.stdout.buffer.write(html.encode())
            return
        path = Path(page) if page else folder / "report.html"
        with whole_paths([path]) as [part]:
            part.write_text(html, encoding="utf-8", newline="\n")
    except (FileNotFoundError, ValueError) as error:
        talk.print(f"bangfu: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(_WRONG_USE) from None
    talk.print(f"-> {path}", markup=False, highlight=False, soft_wrap=True)
