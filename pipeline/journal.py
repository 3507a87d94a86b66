"""The journal of an extraction: what every input came to, kept on disk, so that a killed run goes on where it stopped.

It is an SQLite file in the output folder. SQLite keeps it whole when the process is killed at any moment, and lets one
run at a time write; memory holds none of it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from pipeline.outcome import Failure, Outcome, pack, unpack
from pipeline.workers import RunError

JOURNAL = ".journal"
LAYOUT = 1
"""Version of the tables; a journal of another one is begun anew."""
COMMIT_SECONDS = 1.0
"""What comes within so many seconds of a commit waits for the next; a killed run loses that at most."""


class JournalError(RunError):
    """The journal cannot be used."""


class Journal:
    """The outcomes of a run by key, each with the position of its input; a context manager that commits on leaving.

    ``resume`` keeps what an earlier run came to, failures apart, which are tried again; otherwise it is forgotten.
    Raises :class:`JournalError` when another run is writing into the folder, or the file is no journal.
    """

    def __init__(self, folder: Path, *, resume: bool) -> None:
        self.path = folder / JOURNAL
        self._made = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        self._table = sqlite3.connect(self.path, timeout=0.5)
        try:
            self._begin(resume)
        except sqlite3.OperationalError as fault:
            self._table.close()
            raise JournalError(
                f"{self.path}: {fault}; wait until the other run ends, or give another --output"
            ) from None
        except sqlite3.DatabaseError as fault:
            self._table.close()
            raise JournalError(f"{self.path}: {fault}; remove the file and run without --resume") from None
        self._committed = time.monotonic()

    def _begin(self, resume: bool) -> None:
        self._table.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._table.execute("PRAGMA synchronous = NORMAL")
        self._table.execute("BEGIN IMMEDIATE")
        [layout] = self._table.execute("PRAGMA user_version").fetchone()
        if not resume or layout != LAYOUT:
            self._table.execute("DROP TABLE IF EXISTS inputs")
            self._table.execute("CREATE TABLE inputs (key TEXT, position INTEGER, failed INTEGER, outcome BLOB)")
            self._table.execute("CREATE INDEX by_key ON inputs (key)")
            self._table.execute("CREATE INDEX in_order ON inputs (position)")
            self._table.execute(f"PRAGMA user_version = {LAYOUT}")
        self._table.execute("DELETE FROM inputs WHERE failed")
        self._table.execute("UPDATE inputs SET position = NULL")
        self._table.commit()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._table.commit()
        [nothing] = self._table.execute("SELECT NOT EXISTS (SELECT 1 FROM inputs)").fetchone()
        self._table.close()
        if kind and nothing:  # it stopped before anything was read: leave the folder as it was
            self.path.unlink()
            with suppress(OSError):
                for folder in self._made:
                    folder.rmdir()

    def claim(self, key: str, position: int) -> bool:
        """Tell whether an earlier run came to an outcome for this key; if so, it is now the input's at ``position``."""
        unclaimed = "SELECT rowid FROM inputs WHERE key = ? AND position IS NULL LIMIT 1"
        claimed = self._table.execute(f"UPDATE inputs SET position = ? WHERE rowid = ({unclaimed})", (position, key))
        return claimed.rowcount > 0

    def add(self, key: str, position: int, outcome: Outcome | Failure) -> None:
        """Keep the outcome of the input at ``position``."""
        row = (key, position, isinstance(outcome, Failure), pack(outcome))
        self._table.execute("INSERT INTO inputs VALUES (?, ?, ?, ?)", row)
        if time.monotonic() - self._committed >= COMMIT_SECONDS:
            self._table.commit()
            self._committed = time.monotonic()

    def forget_others(self) -> None:
        """Forget the outcomes that no input of this run has claimed."""
        self._table.execute("DELETE FROM inputs WHERE position IS NULL")
        self._table.commit()

    def outcomes(self) -> Iterator[Outcome | Failure]:
        """Yield the outcomes of this run in order of their inputs."""
        for (packed,) in self._table.execute("SELECT outcome FROM inputs WHERE position NOT NULL ORDER BY position"):
            yield unpack(packed)
