"""Runs an extraction from paths to a folder of output files, with progress on a terminal.

Every input ends in exactly one of three: a document with events, a document without, an error. What is finished is kept in the
journal (:mod:`pipeline.journal`), from which the files are written whole at the end.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.data_folders import models_of
from pipeline.documents import Document, Input, list_inputs
from pipeline.files import Finished, write_files
from pipeline.fingerprint import fingerprint
from pipeline.journal import Journal
from pipeline.outcome import Failure, Outcome
from pipeline.reading import read_apart
from pipeline.recognise.runtime import threads
from pipeline.records import SCHEMA_VERSION
from pipeline.workers import SECONDS_PER_CHARACTER, Fault, Limits, Workers, shared_threads

WARM_UP = "2031年3月5日，青桐公司向青禾县捐赠20万元。"

_COLUMNS = (SpinnerColumn(), TextColumn("{task.completed:.0f} inputs read"), TimeElapsedColumn())

Read = Callable[[Document], Outcome]
"""What a process does with a document."""


@dataclass(frozen=True)
class Settings:
    """How to run: ``models`` None are the ones that ship; ``published`` is the day of documents that tell none.

    ``workers`` None is one process for two cores, each with its share of the threads. Records under ``min_confidence``
    (0 to 1) go to review. ``resume`` keeps what an earlier run of the same ``engine`` into the same folder came to, where
    nothing has changed.
    """

    models: Path | None = None
    published: date | None = None
    resume: bool = False
    workers: int | None = None
    min_confidence: float = 0.0
    engine: Literal["processes", "ray"] = "processes"
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class _Job:
    """A run as it was asked for, its inputs listed."""

    inputs: Sequence[Input]
    output: Path
    models: Path
    settings: Settings
    talk: Console
    load: Callable[[Path], Read]

    @property
    def base(self) -> str:
        """Digest of all that decides what is read, documents apart."""
        return f"{fingerprint(self.models)} {self.load.__module__}.{self.load.__qualname__}"


def load_reader(models: Path) -> Read:
    """Load the tools of ``models`` and return what reads a document with them; all of it is in memory then."""
    from pipeline.extract import load_tools
    from pipeline.output import read_outcome

    tools = load_tools(models)
    read_outcome(Document("", WARM_UP, hashlib.sha256(WARM_UP.encode()).hexdigest()), tools)
    return partial(read_outcome, tools=tools)


def run_extraction(
    paths: Sequence[str],
    output: Path,
    settings: Settings,
    talk: Console,
    load: Callable[[Path], Read] = load_reader,
) -> int:
    """Read ``paths``, write the files into ``output`` and return the number of rejected inputs.

    ``load`` is called in each worker process with the folder of models. Raises MissingInput for a path that does not
    exist and JournalError for a folder in use, before anything is read; FileNotFoundError or ModelError for missing models.
    """
    started = time.perf_counter()
    inputs = list_inputs([path if path == "-" else Path(path) for path in paths])
    models = settings.models or models_of()
    engine = _on_ray if settings.engine == "ray" else _here
    with engine(_Job(inputs, output, models, settings, talk, load)) as (finished, kept):
        about = {
            "version": version("bangfu"),
            "schema": SCHEMA_VERSION,
            "python": platform.python_version(),
            "models": model_hashes(models),
            "min_confidence": settings.min_confidence,
            "seconds": round(time.perf_counter() - started, 2),
        }
        counts = write_files(finished, output, settings.min_confidence, about)
    review = f", {counts['review']} to review" if settings.min_confidence else ""
    seconds = time.perf_counter() - started
    _say(
        talk,
        f"{counts['documents']} documents ({kept}), {counts['events']} events{review}, "
        f"{counts['rejected']} rejected in {seconds:.1f} s -> {output}",
    )
    return counts["rejected"]


@contextmanager
def _here(job: _Job) -> Iterator[tuple[Finished, str]]:
    """Read the inputs with the processes of this machine, into a journal."""
    with Journal(job.output, resume=job.settings.resume) as journal:
        kept = _read(job, journal)
        journal.forget_others()
        yield journal, f"{kept} kept"


@contextmanager
def _on_ray(job: _Job) -> Iterator[tuple[Finished, str]]:
    """Read the inputs with Ray, into shards."""
    from pipeline.ray_engine import SHARDS, Plan, read_on_ray

    settings = job.settings
    _, share = shares(settings.workers)
    folder, read = job.output.absolute() / SHARDS, partial(job.load, job.models.absolute())
    plan = Plan(folder, job.base, read, settings.published, settings.limits, share, settings.resume)
    shards, kept = read_on_ray(job.inputs, plan, settings.workers)
    for outcome in shards.outcomes():
        if isinstance(outcome, Failure):
            _say(job.talk, f"{outcome.path}: {outcome.reason}: {outcome.detail}")
    yield shards, f"{kept} of {len(shards.names)} shards kept"
    shards.forget_others()


def _read(job: _Job, journal: Journal) -> int:
    """Bring every input to its outcome in the journal; return how many documents were kept from an earlier run."""
    settings, base, kept = job.settings, job.base, 0
    count, share = shares(settings.workers)

    def unread() -> Iterator[tuple[tuple[str, int, str], Document, float]]:
        nonlocal kept
        for position, entry in enumerate(read_apart(job.inputs, settings.published, settings.limits)):
            key = input_key(entry, base)
            if isinstance(entry, Failure):
                reject(key, position, entry)
            elif journal.claim(key, position):
                kept += 1
                bar.advance(task)
            else:
                yield (key, position, entry.doc_id), entry, SECONDS_PER_CHARACTER * len(entry.text)

    def reject(key: str, position: int, error: Failure) -> None:
        journal.add(key, position, error)
        _say(job.talk, f"{error.path}: {error.reason}: {error.detail}")
        bar.advance(task)

    with (
        Workers(partial(job.load, job.models), count, settings.limits, shared_threads(share)) as workers,
        Progress(*_COLUMNS, console=job.talk, transient=True, disable=not job.talk.is_terminal) as bar,
    ):
        task = bar.add_task("reading", total=None)
        for (key, position, doc_id), answer in workers.answers(unread()):
            if isinstance(answer, Fault):
                reject(key, position, Failure(path=doc_id, reason=answer.reason, detail=answer.detail))
            else:
                journal.add(key, position, answer)
                bar.advance(task)
    return kept


def shares(workers: int | None) -> tuple[int, int]:
    """Return the number of processes, by default one for two cores, and the threads of each.

    >>> shares(10_000)[1]
    1
    """
    cores = threads()
    count = workers or max(1, cores // 2)
    return count, max(1, cores // count)


def input_key(entry: Document | Failure, base: str) -> str:
    """Return a digest of all that decides what is read from an input: ``base``, its bytes, what is known of it."""
    if isinstance(entry, Document):
        known = [entry.published and entry.published.isoformat(), entry.source, entry.region]
        own: list[object] = [entry.doc_id, entry.sha256, *known, entry.extracted, entry.blocks]
    else:
        own = [entry.path, entry.reason, entry.detail]
    return hashlib.sha256(json.dumps([base, *own]).encode()).hexdigest()


def model_hashes(folder: Path) -> dict[str, object]:
    """Return what the model folder says it was made from (``training.json``); empty when it says nothing."""
    path = folder / "training.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _say(talk: Console, message: str) -> None:
    talk.print(message, markup=False, highlight=False, soft_wrap=True)
