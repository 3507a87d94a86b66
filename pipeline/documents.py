"""Documents read from files, folders and standard input; what cannot be read is rejected with a reason and the run goes on."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipeline.formats.archive import read_archive
from pipeline.formats.content import MAX_BYTES, Block, Content, Known, Reader, Reason, Refusal, bounded, contents
from pipeline.formats.pdf import read_pdf
from pipeline.formats.plain import read_plain
from pipeline.formats.rows import read_json_lines, read_table
from pipeline.formats.web_page import read_web_page
from pipeline.formats.word import read_word
from pipeline.metadata import METADATA, BadMetadata, WrongInput, read_metadata

_SINGLE: Mapping[str, Reader] = {
    "": read_plain,
    ".txt": read_plain,
    ".md": read_plain,
    ".html": read_web_page,
    ".htm": read_web_page,
    ".xhtml": read_web_page,
    ".docx": read_word,
    ".pdf": read_pdf,
    ".jsonl": read_json_lines,
    ".csv": read_table,
}
READERS: Mapping[str, Reader] = {**_SINGLE, ".zip": partial(read_archive, readers=_SINGLE)}
"""The reader for each suffix of a file's name, in lower case: the one place where a format plugs in."""
_ROW_BY_ROW = frozenset({".jsonl", ".csv"})
"""Formats of any length, since their rows are read one at a time."""


class MissingInput(WrongInput):
    """A path that was named does not exist."""


@dataclass(frozen=True)
class Document:
    """A source text exactly as on disk after decoding: a leading byte order mark not counted, CRLF untranslated.

    ``doc_id`` is the path below the input folder with ``/``, the file's name for a single file, ``-`` for standard
    input. ``sha256`` is of the file's bytes, or of the text's UTF-8 bytes where the text was ``extracted``: it does not
    stand on disk as such. ``blocks`` are those of a PDF. What is not known of day, publisher and home region is None.
    """

    doc_id: str
    text: str
    sha256: str
    published: date | None = None
    source: str | None = None
    region: str | None = None
    extracted: bool = False
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """An input that could not be read: where, why in one word, and what would be right."""

    path: str
    reason: Reason
    detail: str


class Input(NamedTuple):
    """A file to read, or standard input (``path`` is None): the id of what it holds, and what is known of it."""

    doc_id: str
    path: Path | None
    known: Known


class _Planned(NamedTuple):
    """A file that will be read: its path (None for standard input), its id, its id should that one be taken, what is known."""

    path: Path | None
    short: str
    full: str
    known: Known


def read_documents(
    paths: Sequence[Path | str], *, published: date | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Document | Rejected]:
    """Read files, folders (walked in sorted order, hidden files left out) and standard input (``-``), one at a time.

    A file may hold several documents or rejected parts; each counts as one input. What ``metadata.csv`` says of a file
    goes before what the file says itself; ``published`` is the day where neither tells one. Where two inputs would
    have the same id (``a/x.txt`` and ``b/x.txt`` given singly), each has its path as given instead; a file named twice
    is read once.
    Raises :class:`MissingInput` or :class:`BadMetadata` before anything is read.
    """
    inputs = list_inputs(paths)
    return chain.from_iterable(read_input(entry, published=published, max_bytes=max_bytes) for entry in inputs)


def list_inputs(paths: Sequence[Path | str]) -> list[Input]:
    """List what :func:`read_documents` will read, in order, without reading it; raises as it does."""
    planned = _plan(paths)
    names = [plan.short for plan in planned]
    while clashes := {name for name, times in Counter(names).items() if times > 1}:
        names = [plan.full if name in clashes else name for name, plan in zip(names, planned, strict=True)]
    return [Input(name, plan.path, plan.known) for name, plan in zip(names, planned, strict=True)]


def read_input(
    entry: Input, *, published: date | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Document | Rejected]:
    """Read one input: its documents and what of it cannot be read, at least one of either, one at a time."""
    try:
        with _opened(entry.path, max_bytes) as (file, reader):
            for found in contents(reader, file):
                if isinstance(found, Refusal):
                    yield Rejected(entry.doc_id + found.part, found.reason, found.detail)
                else:
                    yield _document(entry.doc_id, found, entry.known.or_else(found.known), published)
    except Refusal as fault:
        yield Rejected(entry.doc_id + fault.part, fault.reason, fault.detail)
    except OSError as fault:
        yield Rejected(entry.doc_id, "unreadable", f"{fault.strerror or 'cannot be opened'}; make it a readable file")


def _plan(paths: Sequence[Path | str]) -> list[_Planned]:
    """List the files to read, each once, in the order of ``paths`` and sorted within a folder."""
    planned: list[_Planned] = []
    seen: set[Path | None] = set()
    for given in paths:
        if str(given) == "-":
            found = [_Planned(None, "-", "-", Known())]
        elif Path(given).is_dir():
            found = _folder(Path(given))
        elif os.path.lexists(given):
            found = [_Planned(Path(given), Path(given).name, Path(given).as_posix(), Known())]
        else:
            raise MissingInput(f"{given}: no such file or folder; give a path that exists, or - for standard input")
        for plan in found:
            place = plan.path and plan.path.absolute()
            if place not in seen:
                seen.add(place)
                planned.append(plan)
    return planned


def _folder(folder: Path) -> list[_Planned]:
    below = sorted(
        (Path(parent, name).relative_to(folder) for parent, name in _walk(folder)), key=lambda path: path.as_posix()
    )
    known = _metadata(folder / METADATA, {path.as_posix() for path in below}) if Path(METADATA) in below else {}
    return [
        _Planned(folder / path, path.as_posix(), (folder / path).as_posix(), known.get(path.as_posix(), Known()))
        for path in below
        if path != Path(METADATA)
    ]


def _metadata(path: Path, files: Set[str]) -> dict[str, Known]:
    try:
        return read_metadata(path.read_bytes(), str(path), files)
    except OSError as fault:
        raise BadMetadata(f"{path}: cannot be read ({fault.strerror}); make it readable") from None


def _walk(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the folder and name of every file below that is not hidden; a folder that cannot be opened counts as a file.

    The pictures and scripts that a browser saves beside a web page (``page_files/`` of ``page.html``) are left out.
    """
    closed: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=lambda fault: closed.append(str(fault.filename))):
        pages = {Path(name).stem for name in files if Path(name).suffix.lower() in (".html", ".htm")}
        saved = {f"{page}{end}" for page in pages for end in ("_files", ".files")}
        folders[:] = [name for name in folders if not name.startswith(".") and name not in saved]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from ((parent, name) for name in (*files, *links) if not name.startswith("."))
    yield from ((str(Path(path).parent), Path(path).name) for path in closed)


def _document(doc_id: str, content: Content, known: Known, published: date | None) -> Document:
    hashed = content.text.encode() if content.hashed is None else content.hashed
    return Document(
        doc_id=doc_id + content.part,
        text=content.text,
        sha256=hashlib.sha256(hashed).hexdigest(),
        published=known.published or published,
        source=known.source,
        region=known.region,
        extracted=content.extracted,
        blocks=content.blocks,
    )


@contextmanager
def _opened(path: Path | None, max_bytes: int) -> Iterator[tuple[BinaryIO, Reader]]:
    """Open one file, or standard input for None, and say what reads it."""
    if path is None:
        yield io.BytesIO(bounded(sys.stdin.buffer, max_bytes)), read_plain
        return
    if path.is_dir():
        raise Refusal("unreadable", "is a folder that cannot be walked, or a link to one; give the folder itself")
    suffix = path.suffix.lower()
    if suffix not in READERS:
        readable = ", ".join(known for known in READERS if known)
        raise Refusal("unsupported", f"suffix {path.suffix!r} has no reader; readable are {readable}")
    with path.open("rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # a pipe or device: no end, no length, no way back
            yield io.BytesIO(bounded(file, max_bytes)), READERS[suffix]
            return
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes and suffix not in _ROW_BY_ROW:
            raise Refusal("too_large", f"is {size} bytes long; at most {max_bytes} are read, so split it")
        yield file, READERS[suffix]
