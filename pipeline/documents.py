"""Documents read from files, folders and standard input; what cannot be read is rejected with a reason and the run goes on."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from charset_normalizer import from_bytes

MAX_BYTES = 20_000_000
METADATA = "metadata.csv"
_COLUMNS = ("path", "published", "source", "region")

Reason = Literal["empty", "binary", "too_large", "undecodable", "unreadable", "unsupported"]


class WrongInput(ValueError):  # noqa: N818 - named after the fault, as its children are
    """The inputs as given cannot be used at all: wrong use, exit code 2."""


class MissingInput(WrongInput):
    """A path that was named does not exist."""


class BadMetadata(WrongInput):
    """A line of ``metadata.csv`` does not say what it should."""


@dataclass(frozen=True)
class Document:
    """A source text exactly as on disk after decoding: a leading byte order mark not counted, CRLF untranslated.

    ``doc_id`` is the path below the input folder with ``/``, the file's name for a single file, ``-`` for standard
    input. ``sha256`` is of the file's bytes (of the extracted text for formats whose text is extracted). What is not
    known of day, publisher and home region is None.
    """

    doc_id: str
    text: str
    sha256: str
    published: date | None = None
    source: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Rejected:
    """An input that could not be read: where, why in one word, and what would be right."""

    path: str
    reason: Reason
    detail: str


class _RefusalError(Exception):
    """A reader's word that these bytes hold no text it can read."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


class Content(NamedTuple):
    """What a reader makes of a file: its text, and the bytes whose hash names the version."""

    text: str
    hashed: bytes


def read_plain(content: bytes) -> Content:
    """Decode a text file: UTF-8 with or without a byte order mark, UTF-16 with one, GB18030."""
    return Content(decode(content), content)


READERS: Mapping[str, Callable[[bytes], Content]] = {"": read_plain, ".txt": read_plain, ".md": read_plain}
"""The reader for each suffix of a file's name, in lower case: the one place where a format plugs in."""


class _Known(NamedTuple):
    """What ``metadata.csv`` says of a document."""

    published: date | None = None
    source: str | None = None
    region: str | None = None


class _Planned(NamedTuple):
    """A file that will be read: its path (None for standard input), its id, its id should that one be taken, what is known."""

    path: Path | None
    short: str
    full: str
    known: _Known


def read_documents(
    paths: Sequence[Path | str], *, published: date | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Document | Rejected]:
    """Read files, folders (walked in sorted order, hidden files left out) and standard input (``-``), one at a time.

    ``published`` is the day of documents of which ``metadata.csv`` says none. Where two inputs would have the same id
    (``a/x.txt`` and ``b/x.txt`` given singly), each has its path as given instead; a file named twice is read once.
    Raises :class:`MissingInput` or :class:`BadMetadata` before anything is read.
    """
    planned = _plan(paths)
    names = [plan.short for plan in planned]
    while clashes := {name for name, times in Counter(names).items() if times > 1}:
        names = [plan.full if name in clashes else name for name, plan in zip(names, planned, strict=True)]
    return _read_all(list(zip(names, planned, strict=True)), published, max_bytes)


def decode(content: bytes) -> str:
    """Return the text of a file's bytes, line breaks untouched.

    Strict UTF-8 is tried first: a detector guesses badly on short texts, and hardly any other encoding is valid UTF-8.
    Raises an error that :func:`read_documents` turns into a rejection: empty, binary or undecodable.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            try:
                return _text(content[len(mark) :].decode(encoding))
            except UnicodeDecodeError:
                raise _RefusalError("undecodable", f"begins like {encoding} but is not; save it as UTF-8") from None
    if b"\0" in content:
        raise _RefusalError("binary", "holds zero bytes, so it is no text; give a text file")
    try:
        return _text(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    guess = from_bytes(content, cp_isolation=["gb18030"]).best()
    try:
        text = content.decode(guess.encoding if guess else "gb18030")
    except UnicodeDecodeError:
        raise _RefusalError("undecodable", "is neither UTF-8 nor GB18030; save it as UTF-8") from None
    return _text(text)


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def _text(decoded: str) -> str:
    if not decoded.strip():
        raise _RefusalError("empty", "holds no text; give a file with text in it")
    if len(_CONTROLS.findall(decoded)) > 0.01 * len(decoded):
        raise _RefusalError("binary", "holds control characters, so it is no text; give a text file")
    return decoded


def _plan(paths: Sequence[Path | str]) -> list[_Planned]:
    """List the files to read, each once, in the order of ``paths`` and sorted within a folder."""
    planned: list[_Planned] = []
    seen: set[Path | None] = set()
    for given in paths:
        if str(given) == "-":
            found = [_Planned(None, "-", "-", _Known())]
        elif Path(given).is_dir():
            found = _folder(Path(given))
        elif os.path.lexists(given):
            found = [_Planned(Path(given), Path(given).name, Path(given).as_posix(), _Known())]
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
    known = (
        read_metadata(folder / METADATA, {path.as_posix() for path in below}) if (folder / METADATA).exists() else {}
    )
    return [
        _Planned(folder / path, path.as_posix(), (folder / path).as_posix(), known.get(path.as_posix(), _Known()))
        for path in below
        if path != Path(METADATA)
    ]


def _walk(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the folder and name of every file below that is not hidden; a folder that cannot be opened counts as a file."""
    closed: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=lambda fault: closed.append(str(fault.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from ((parent, name) for name in (*files, *links) if not name.startswith("."))
    yield from ((str(Path(path).parent), Path(path).name) for path in closed)


def read_metadata(path: Path, files: set[str]) -> dict[str, _Known]:
    """Read a ``metadata.csv`` (``path,published,source,region``; all but the first may be missing or empty).

    ``files`` are the paths below its folder that it may speak of. Raises :class:`BadMetadata` with the line at fault.
    """
    try:
        rows = csv.DictReader(io.StringIO(decode(path.read_bytes())), strict=True)
        columns = list(rows.fieldnames or ())
        if "path" not in columns or not set(columns) <= set(_COLUMNS):
            raise BadMetadata(f"{path}, line 1: columns {','.join(columns)!r}; right would be {','.join(_COLUMNS)!r}")
        known: dict[str, _Known] = {}
        for row in rows:
            where = f"{path}, line {rows.line_num}"
            if None in row or None in row.values():
                raise BadMetadata(f"{where}: not as many fields as columns; right would be {len(columns)}")
            name = PurePosixPath(row["path"].strip()).as_posix()
            if name not in files:
                raise BadMetadata(f"{where}: path {name!r} is no file of the folder; give a path below {path.parent}")
            if name in known:
                raise BadMetadata(f"{where}: path {name!r} stands twice; keep one line of it")
            day = row.get("published", "").strip()
            try:
                published = date.fromisoformat(day) if day else None
            except ValueError:
                raise BadMetadata(f"{where}: published {day!r} is no day; right would be 2031-03-05") from None
            known[name] = _Known(
                published, row.get("source", "").strip() or None, row.get("region", "").strip() or None
            )
    except csv.Error as fault:
        raise BadMetadata(f"{path}, line {rows.line_num + 1}: {fault}; right would be comma-separated values") from None
    except _RefusalError as fault:
        raise BadMetadata(f"{path}: {fault.detail}") from None
    except OSError as fault:
        raise BadMetadata(f"{path}: cannot be read ({fault.strerror}); make it readable") from None
    return known


def _read_all(
    planned: Sequence[tuple[str, _Planned]], published: date | None, max_bytes: int
) -> Iterator[Document | Rejected]:
    for doc_id, plan in planned:
        try:
            content = _content(plan.path, max_bytes)
            day = plan.known.published or published
            yield Document(
                doc_id,
                content.text,
                hashlib.sha256(content.hashed).hexdigest(),
                day,
                plan.known.source,
                plan.known.region,
            )
        except _RefusalError as fault:
            yield Rejected(doc_id, fault.reason, fault.detail)
        except OSError as fault:
            yield Rejected(doc_id, "unreadable", f"{fault.strerror or 'cannot be opened'}; make it a readable file")


def _content(path: Path | None, max_bytes: int) -> Content:
    """Read one file or, for None, standard input."""
    if path is None:
        return read_plain(_bounded(sys.stdin.buffer.read(max_bytes + 1), max_bytes))
    if path.is_dir():
        raise _RefusalError("unreadable", "is a folder that cannot be walked, or a link to one; give the folder itself")
    if path.suffix.lower() not in READERS:
        readable = ", ".join(suffix for suffix in READERS if suffix)
        raise _RefusalError("unsupported", f"suffix {path.suffix!r} has no reader; readable are {readable}")
    with path.open("rb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode) and (size := os.fstat(file.fileno()).st_size) > max_bytes:
            raise _RefusalError("too_large", f"is {size} bytes long; at most {max_bytes} are read")
        return READERS[path.suffix.lower()](_bounded(file.read(max_bytes + 1), max_bytes))


def _bounded(content: bytes, max_bytes: int) -> bytes:
    if len(content) > max_bytes:
        raise _RefusalError("too_large", f"is longer than {max_bytes} bytes; split it")
    return content
