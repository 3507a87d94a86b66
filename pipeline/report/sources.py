"""Finds the source text behind a record, and gives it only where its hash says that it is the very text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.documents import Document, read_documents
from pipeline.files import text_path

_PLAIN = ("", ".txt", ".md")


def source_text(record: Mapping[str, Any], output: Path, sources: Path | None) -> str | None:
    """Give the text that the offsets of ``record`` (a line with ``doc_id`` and ``sha256``) count in, None if it is not there.

    Text that was extracted from another format stands below ``output`` in ``texts/``; plain text is looked up below
    ``sources``. A ``doc_id`` that leads out of these folders finds nothing.
    """
    extracted = _below(output, text_path(record["doc_id"]).as_posix())
    if extracted:
        content = extracted.read_bytes()
        if hashlib.sha256(content).hexdigest() == record["sha256"]:
            return content.decode("utf-8", "surrogatepass")
    plain = _below(sources, record["doc_id"]) if sources else None
    if plain and plain.suffix.lower() in _PLAIN:
        document = next(iter(read_documents([plain])))
        if isinstance(document, Document) and document.sha256 == record["sha256"]:
            return document.text
    return None


def _below(folder: Path, name: str) -> Path | None:
    path = (folder / name).resolve()
    return path if path.is_file() and path.is_relative_to(folder.resolve()) else None
