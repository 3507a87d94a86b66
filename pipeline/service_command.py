"""The command ``bangfu serve``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

_WRONG_USE = 2
WARM_UP = "2031年3月5日，青桐公司向青禾县捐赠20万元。"
STOP_SECONDS = 60
"""Seconds that running requests have to finish when the service is told to stop."""


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is reached from this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one and tells it.")] = 8000,
    queue: Annotated[int, typer.Option(min=1, help="Requests at hand at most; others get 503 and Retry-After.")] = 8,
    max_bytes: Annotated[int, typer.Option(min=1, help="Bytes of a request's body; larger ones get 413.")] = 1_000_000,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds for one document, beside 0.01 for each character.")
    ] = 60.0,
    memory: Annotated[int, typer.Option(min=64, help="Megabytes for one document, beside the models (Linux).")] = 4096,
    models: Annotated[
        Path | None, typer.Option(help="Folder of trained models; the one that ships by default.")
    ] = None,
) -> None:
    """Answer programs over HTTP: documents in, events and entities out (POST /extract, GET /health, /openapi.json).

    Needs the extra: pip install 'bangfu[serve]'. Ctrl-C or SIGTERM ends it when the running requests are answered.
    """
    talk = Console(stderr=True)
    try:
        import uvicorn

        from pipeline.service import make_service, within_limits
    except ModuleNotFoundError as error:
        raise _fail(talk, f"serve: {error}; pip install 'bangfu[serve]' brings it") from None
    from pipeline.documents import Document
    from pipeline.extract import MODELS
    from pipeline.outcome import Outcome
    from pipeline.recognise.recogniser import ModelError
    from pipeline.recognise.runtime import WeightsError
    from pipeline.run import load_reader
    from pipeline.workers import Limits, RunError, Workers

    # The model lives in a process of its own, which is replaced when a text takes too long or breaks it.
    with Workers[Document, Outcome](partial(load_reader, models or MODELS), 1, Limits(timeout, memory)) as workers:
        read = within_limits(workers)
        try:
            read(Document("-", WARM_UP, ""))
        except (FileNotFoundError, ValueError, ModelError, WeightsError, RunError) as error:
            raise _fail(talk, str(error)) from None
        service = make_service(read, queue, max_bytes)
        uvicorn.run(service, host=host, port=port, access_log=False, timeout_graceful_shutdown=STOP_SECONDS)


def _fail(talk: Console, message: str) -> typer.Exit:
    talk.print(f"bangfu: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(_WRONG_USE)
