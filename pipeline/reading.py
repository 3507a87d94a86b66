"""Reads inputs in a process of its own, so that a file which hangs, floods or kills its reader costs that file alone."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from multiprocessing.connection import Connection

from pipeline.documents import Document, Input, Rejected, read_input
from pipeline.outcome import Failure
from pipeline.workers import SPAWN, Fault, Limits, fault_of, limit_memory

SECONDS_PER_BYTE = 2e-5
"""Time beside the limit that a file gets for its length: two seconds for 100 kB, which a scanned page may need."""
AHEAD = 2
"""Inputs that the process is asked for at once: it reads one while what it read before is worked on."""


def read_apart(
    inputs: Iterable[Input], published: date | None = None, limits: Limits | None = None
) -> Iterator[Document | Failure]:
    """Yield the documents of the inputs in order, and an error for each input or part that cannot be read.

    What kills the process that reads it, or takes longer than the limits from one document to the next, is an error too;
    what stood before in the same file stays. Standard input is read by this process.
    """
    source, asked, limits = iter(inputs), deque[Input](), limits or Limits()
    reader: _Reader | None = None
    try:
        while True:
            while len(asked) < AHEAD and (entry := next(source, None)):
                asked.append(entry)
                if reader:
                    reader.ask(entry)
            if not asked:
                return
            if asked[0].path is None:
                yield from map(_plain, read_input(asked.popleft(), published=published))
                continue
            if reader is None:
                reader = _Reader(published, limits)
                for entry in asked:
                    reader.ask(entry)
            heard = reader.hear(asked[0])
            if heard is None:
                asked.popleft()
            elif isinstance(heard, Fault):
                reader.end()
                reader = None
                yield Failure(path=asked.popleft().doc_id, reason=heard.reason, detail=heard.detail)
            else:
                yield _plain(heard)
    finally:
        if reader:
            reader.end()


class _Reader:
    """The process that reads, and the connection to it."""

    def __init__(self, published: date | None, limits: Limits) -> None:
        self._limits = limits
        self._connection, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(theirs, published, limits.megabytes), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, entry: Input) -> None:
        """Ask for an input; standard input is not for this process."""
        if entry.path is not None:
            with suppress(OSError):  # it has died, which the next hearing tells
                self._connection.send(entry)

    def hear(self, entry: Input) -> Document | Rejected | Fault | None:
        """Return the next that was read of the input, a fault which ends it, or None at its end."""
        seconds = self._limits.seconds + SECONDS_PER_BYTE * _length(entry)
        try:
            if not self._connection.poll(seconds):
                return Fault("time_out", f"took more than {seconds:.0f} s to read; split it")
            heard: Document | Rejected | Fault | None = self._connection.recv()
            return heard
        except (EOFError, OSError):
            self._process.join(5)
            return Fault(
                "crashed", f"ended the process that read it (exit code {self._process.exitcode}); leave it out"
            )

    def end(self) -> None:
        """Stop the process."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._connection.close()


def _serve(connection: Connection, published: date | None, megabytes: int | None) -> None:
    """Read inputs and send what they hold, None at the end of each, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(megabytes)
    with suppress(EOFError, OSError):
        while True:
            entry = connection.recv()
            try:
                for found in read_input(entry, published=published):
                    connection.send(found)
                connection.send(None)
            except (BrokenPipeError, ConnectionResetError):
                return
            except Exception as fault:
                connection.send(fault_of(fault))


def _plain(found: Document | Rejected) -> Document | Failure:
    if isinstance(found, Rejected):
        return Failure(path=found.path, reason=found.reason, detail=found.detail)
    return found


def _length(entry: Input) -> int:
    with suppress(OSError):
        if entry.path is not None:
            return entry.path.stat().st_size
    return 0
