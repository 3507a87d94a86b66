"""Names everything beside a document that decides what is read from it: code, knowledge, models, libraries."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from pipeline.data_folders import data_folder

_DISTRIBUTION = "bangfu"
SHIPPED = (Path(__file__).resolve().parent, data_folder("configs"), data_folder("seeds/lists"))
_NAME = re.compile(r"[\w.-]+")


def fingerprint(models: Path, shipped: Sequence[Path] = SHIPPED) -> str:
    """Return a SHA-256 (hex) that changes when a document might be read differently: with a file of ``models``, one that
    ships (code, configurations, word lists), or the version of a library that these depend on.
    """
    digest = hashlib.sha256()
    for folder in (*shipped, models):
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            name = path.relative_to(folder).as_posix()
            digest.update(
                f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode("utf-8", "surrogateescape")
            )
    for line in _libraries():
        digest.update(line.encode())
    return digest.hexdigest()


def _libraries() -> Iterator[str]:
    for requirement in sorted(requires(_DISTRIBUTION) or ()):
        name = _NAME.match(requirement)
        if name:
            try:
                yield f"{name[0]}=={version(name[0])}\n"
            except PackageNotFoundError:
                yield f"{name[0]} is absent\n"
