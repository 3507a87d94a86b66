"""Processes that each load what they need once and then answer one task at a time, within limits of time and memory.

A task that takes too long, too much memory, raises, or kills its process is answered by a :class:`Fault`; its process
is replaced, and the others go on.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, Literal, NamedTuple, TypeVar, cast

from pipeline.recognise.runtime import THREADS_VARIABLE

if sys.platform == "linux":
    import resource

Tag = TypeVar("Tag")
Task = TypeVar("Task")
Answer = TypeVar("Answer")

SPAWN = multiprocessing.get_context("spawn")  # a fork would copy the locks of running threads; spawn works everywhere


FAULTS = ("time_out", "memory", "crashed", "failed")
"""Reasons for giving a task up."""
SECONDS_PER_CHARACTER = 0.01
"""Time beside the limit that a document gets for its length: a thirtieth of the usual speed on one core."""


class Fault(NamedTuple):
    """Why a task has no answer: in one word, and what would help."""

    reason: Literal["time_out", "memory", "crashed", "failed"]
    detail: str


@dataclass(frozen=True)
class Limits:
    """What one task may take: seconds (infinite: no limit), and megabytes beside what its process holds (None: no limit).

    Memory is limited on Linux only: elsewhere the system keeps no such limit.
    """

    seconds: float = 120.0
    megabytes: int | None = 4096


class RunError(Exception):
    """A run cannot go on as it was asked for; the message says why and what would be right."""


class WorkerError(RunError):
    """A process could not start."""


@dataclass
class _Worker:
    """A process and the connection to it; ``at`` is the tag of the task it is at, ``ready`` whether it has loaded."""

    process: BaseProcess
    connection: Connection
    ready: bool = False
    at: tuple[object] | None = None
    seconds: float = math.inf
    deadline: float = math.inf


class Workers(Generic[Task, Answer]):
    """Up to ``count`` processes, started when there are tasks for them; a context manager that ends them on leaving.

    ``load`` is called once in each process, after ``environment`` is set there, and returns what answers a task; both
    must be picklable. A script that uses this needs the guard ``if __name__ == "__main__":``.
    """

    def __init__(
        self,
        load: Callable[[], Callable[[Task], Answer]],
        count: int,
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._load, self._count = load, count
        self._limits, self._environment = limits or Limits(), dict(environment or {})
        self._workers: list[_Worker] = []

    def __enter__(self) -> Workers[Task, Answer]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._workers):
            self._end(worker)

    def answers(self, tasks: Iterable[tuple[Tag, Task, float]]) -> Iterator[tuple[Tag, Answer | Fault]]:
        """Yield the answer of each task with its tag, as they come: in order of the tasks when there is one process.

        The number of a task is added to the limit of seconds. Tasks are taken lazily: memory holds one for each process
        and one ahead. Raises what ``load`` raised, and :class:`WorkerError` when a process ends before it has loaded.
        """
        source, waiting = iter(tasks), deque[tuple[Tag, Task, float]]()
        done: list[tuple[Tag, Answer | Fault]] = []
        more = True
        while True:
            self._give(waiting)
            yield from done
            while more and len(waiting) <= self._count - self._busy():
                task = next(source, None)
                more = task is not None
                if task is not None:
                    waiting.append(task)
                    self._give(waiting)
            if not waiting and not self._busy():
                return
            done = cast("list[tuple[Tag, Answer | Fault]]", list(self._collect()))

    def _busy(self) -> int:
        return sum(worker.at is not None for worker in self._workers)

    def _give(self, waiting: deque[tuple[Tag, Task, float]]) -> None:
        """Hand tasks to the processes that are free, and start as many as there are tasks for."""
        for worker in [worker for worker in self._workers if worker.ready and not worker.at][: len(waiting)]:
            tag, task, seconds = waiting.popleft()
            try:
                worker.connection.send(task)
            except OSError:  # it died while it waited, and the task has nothing to do with it
                self._end(worker)
                waiting.appendleft((tag, task, seconds))
                continue
            worker.at = (tag,)
            worker.seconds = self._limits.seconds + seconds
            worker.deadline = time.monotonic() + worker.seconds
        while len(self._workers) < min(self._count, self._busy() + len(waiting)):
            self._start()

    def _start(self) -> None:
        ours, theirs = SPAWN.Pipe()
        arguments = (theirs, self._load, self._limits.megabytes, self._environment)
        process = SPAWN.Process(target=_serve, args=arguments, daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))

    def _end(self, worker: _Worker) -> int | None:
        """Stop a process, unless it came to an end by itself, and return its exit code."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        code = worker.process.exitcode
        worker.process.close()
        worker.connection.close()
        return code

    def _collect(self) -> Iterator[tuple[object, object]]:
        """Wait until something happens; yield the tags and answers that have come, or the faults of those that end."""
        at_work = {worker.connection: worker for worker in self._workers if worker.at or not worker.ready}
        nearest = min(worker.deadline for worker in at_work.values())
        spoken = wait(at_work, None if nearest == math.inf else max(0.0, nearest - time.monotonic()))
        now = time.monotonic()
        for connection, worker in at_work.items():
            if connection in spoken:
                yield from self._hear(worker)
            elif worker.at and now >= worker.deadline:
                self._end(worker)
                yield worker.at[0], Fault("time_out", f"took more than {worker.seconds:.0f} s; split it")

    def _hear(self, worker: _Worker) -> Iterator[tuple[object, object]]:
        try:
            said = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(5)
            code = self._end(worker)
            if not worker.at:
                raise WorkerError(
                    f"a process ended before it had loaded (exit code {code}); give it more memory"
                ) from None
            yield worker.at[0], Fault("crashed", f"ended the process that read it (exit code {code}); leave it out")
            return
        if not worker.ready:
            if isinstance(said, Exception):
                raise said
            worker.ready = True
            return
        tag, worker.at, worker.deadline = worker.at, None, math.inf
        if isinstance(said, Fault) and said.reason == "memory":  # what else it lacks now is not known
            self._end(worker)
        if tag:
            yield tag[0], said


def _serve(
    connection: Connection,
    load: Callable[[], Callable[[object], object]],
    megabytes: int | None,
    environment: Mapping[str, str],
) -> None:
    """Answer tasks until the other end is closed, which it is when the process behind it dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(environment)
    try:
        answer = load()
    except Exception as fault:
        connection.send(fault)
        return
    limit_memory(megabytes)
    with suppress(EOFError, OSError):
        connection.send(None)
        while True:
            connection.send(_answer(answer, connection.recv()))


def _answer(answer: Callable[[object], object], task: object) -> object:
    try:
        return answer(task)
    except Exception as fault:
        return fault_of(fault)


def fault_of(raised: Exception) -> Fault:
    """Say in a fault what an exception means: want of memory, in Python's words or a library's, or a failure."""
    if isinstance(raised, MemoryError) or "bad_alloc" in str(raised) or "allocate memory" in str(raised):
        return Fault("memory", "took more memory than it may; split it, or raise --memory")
    place = traceback.extract_tb(raised.__traceback__)[-1]
    words = " ".join(str(raised).split())[:200]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return Fault("failed", f"{type(raised).__name__} at {where}: {words}; report it with the input")


def shared_threads(threads: int) -> dict[str, str]:
    """Return the environment that gives a process so many threads, whichever library makes them."""
    return {THREADS_VARIABLE: str(threads), "OMP_NUM_THREADS": str(threads)}


def on_one_core() -> None:
    """Give this process one thread, whichever library makes them: what a new process does before anything else."""
    os.environ.update(shared_threads(1))


def limit_memory(megabytes: int | None) -> None:
    """Let this process take so much address space beside what it has now (None: as much as there is)."""
    if sys.platform == "linux" and megabytes is not None:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
