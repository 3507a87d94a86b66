"""Files that appear whole or not at all, for writers that want a path of their own (SQLite, Parquet, a page)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_paths(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Give a path beside each of ``paths`` to write to; they take the names of ``paths`` together when the block ends.

    An exception removes what was written and leaves what stood there before. Raises ValueError for a path that is a
    folder, or whose folder cannot be made.
    """
    for path in paths:
        if path.is_dir():
            raise ValueError(f"{path}: is a folder; give the name of a file")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"{path}: its folder cannot be made ({error.strerror}); give another place") from None
    parts = [path.with_name(f"{path.name}.part") for path in paths]
    for part in parts:
        part.unlink(missing_ok=True)  # what a killed run left behind
    try:
        yield parts
        for part in parts:
            with part.open("rb") as file:
                os.fsync(file.fileno())
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
