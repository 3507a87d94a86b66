"""Runs an extraction on Ray Data, on one machine or a cluster: groups of inputs become shards, which are then merged.

An actor reads a group with the same function as :mod:`pipeline.run`, in a process of its own within the same limits, and
writes its shard whole or not at all under a name that is a digest of all that decides it. So a group may be tried any number
of times, on any machine, and a shard that is there already need not be made again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.documents import Document, Input
from pipeline.outcome import Failure, Outcome, outcome_of
from pipeline.reading import read_apart
from pipeline.workers import FAULTS, SECONDS_PER_CHARACTER, Fault, Limits, RunError, Workers, shared_threads

SHARDS = ".shards"
GROUP = 16
"""Inputs of a group on average. A group ends where the name of an input says so, not by count, so that a new input changes one or two."""

Read = Callable[[Document], Outcome]


class EngineError(RunError):
    """Ray cannot be used."""


@dataclass(frozen=True)
class Plan:
    """What every actor is told: where shards go, how documents are read; ``base`` digests all beside the inputs."""

    folder: Path
    base: str
    load: Callable[[], Read]
    published: date | None
    limits: Limits
    threads: int
    resume: bool


@dataclass(frozen=True)
class Shards:
    """The shards of a run, in order of their inputs."""

    folder: Path
    names: Sequence[str]

    def outcomes(self) -> Iterator[Outcome | Failure]:
        """Yield the outcomes of this run in order of their inputs."""
        for name in self.names:
            yield from read_shard(self.folder / name)

    def forget_others(self) -> None:
        """Remove the shards of earlier runs that are none of this one's."""
        names = set(self.names)
        for path in self.folder.iterdir():
            if path.name not in names:
                path.unlink()


def read_on_ray(inputs: Sequence[Input], plan: Plan, workers: int | None) -> tuple[Shards, int]:
    """Read the inputs into shards; return them, and the number of shards that an earlier run had made.

    The cluster is the one that the environment variable ``RAY_ADDRESS`` names, or this machine; inputs and the folder of the
    plan must be on a disk that all its machines share. ``workers`` is the number of actors (None: all processors). Raises
    EngineError where Ray is not installed, or for standard input.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
    try:
        import ray
        import ray.data
    except ImportError:
        raise EngineError("--engine ray: Ray is not installed; pip install 'bangfu[ray]'") from None
    if any(entry.path is None for entry in inputs):
        raise EngineError("--engine ray: standard input is on this machine alone; give files or folders")
    plan.folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"number": number, "inputs": [entry._replace(path=entry.path and entry.path.absolute()) for entry in group]}
        for number, group in enumerate(groups(inputs))
    ]
    if not rows:
        return Shards(plan.folder, ()), 0
    if not ray.is_initialized():
        try:
            ray.init(log_to_driver=False, logging_level="ERROR", include_dashboard=False)
        except Exception as fault:  # Ray raises nothing more special
            reason = " ".join(str(fault).split())
            raise EngineError(
                f"--engine ray: Ray does not start ({reason}); see Ray's own logs, or set RAY_ADDRESS"
            ) from None
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.actor_task_retry_on_errors = [OSError]
    actors = min(workers or max(1, int(ray.cluster_resources()["CPU"]) // plan.threads), len(rows))
    done = (
        ray.data.from_items([{"row": row} for row in rows], override_num_blocks=len(rows))
        .map_batches(
            _Actor,
            fn_constructor_args=(plan,),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=actors),
            num_cpus=plan.threads,
            max_restarts=-1,
            max_task_retries=-1,
        )
        .iter_rows()
    )
    found = sorted((row["number"], row["name"], row["kept"]) for row in done)
    return Shards(plan.folder, [name for _, name, _ in found]), sum(int(kept) for *_, kept in found)


def groups(inputs: Sequence[Input]) -> Iterator[list[Input]]:
    """Yield the inputs in groups of :data:`GROUP` on average, and of four times that at most."""
    group: list[Input] = []
    for entry in inputs:
        group.append(entry)
        ends = hashlib.sha256(entry.doc_id.encode("utf-8", "surrogatepass")).digest()[0] % GROUP == 0
        if ends or len(group) == 4 * GROUP:
            yield group
            group = []
    if group:
        yield group


class _Actor:
    """Makes shards on some machine, with a process that has the models loaded."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._workers: Workers[Document, Outcome] = Workers(plan.load, 1, plan.limits, shared_threads(plan.threads))

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        numbers, names, kept = [], [], []
        for row in batch["row"]:
            name, was_there = self._make(row["inputs"])
            numbers.append(row["number"])
            names.append(name)
            kept.append(was_there)
        return {"number": numbers, "name": names, "kept": kept}

    def _make(self, inputs: Sequence[Input]) -> tuple[str, bool]:
        """Make the shard of a group unless it is there; return its name and whether it was."""
        plan = self._plan
        name = f"{_digest(inputs, plan)}.jsonl.gz"
        path = plan.folder / name
        if plan.resume and path.exists() and not any(_may_pass(outcome) for outcome in read_shard(path)):
            return name, True
        found: dict[int, Outcome | Failure] = {}

        def tasks() -> Iterator[tuple[tuple[int, str], Document, float]]:
            for position, entry in enumerate(read_apart(inputs, plan.published, plan.limits)):
                if isinstance(entry, Failure):
                    found[position] = entry
                else:
                    yield (position, entry.doc_id), entry, SECONDS_PER_CHARACTER * len(entry.text)

        for (position, doc_id), answer in self._workers.answers(tasks()):
            found[position] = Failure(doc_id, *answer) if isinstance(answer, Fault) else answer
        part = path.with_name(f"{name}.{os.getpid()}.part")
        with gzip.open(part, "wt", encoding="ascii") as file:
            file.writelines(json.dumps(asdict(found[position])) + "\n" for position in sorted(found))
        part.replace(path)
        return name, False


def read_shard(path: Path) -> Iterator[Outcome | Failure]:
    """Yield the outcomes of one shard."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        for line in file:
            yield outcome_of(json.loads(line))


def _may_pass(outcome: Outcome | Failure) -> bool:
    return isinstance(outcome, Failure) and outcome.reason in FAULTS


def _digest(inputs: Sequence[Input], plan: Plan) -> str:
    digest = hashlib.sha256(f"{plan.base}\n{plan.published}\n".encode())
    for doc_id, path, known in inputs:
        digest.update(repr((doc_id, *known)).encode("utf-8", "surrogatepass"))
        try:
            if path is not None and path.is_file():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as fault:
            digest.update(str(fault).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]
