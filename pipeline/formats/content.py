"""What readers of files give and refuse, and how much they take: the one place of their types and limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Literal, NamedTuple

MAX_BYTES = 100_000_000
"""Longest file read, in bytes; a newspaper's scanned month has 50 to 80 million. Tables of rows may be longer."""
MAX_CHARACTERS = 2_000_000
"""Longest text of one document, in code points: about 1,500 printed pages, ten minutes of reading."""
MAX_ROW = 4 * MAX_CHARACTERS
"""Longest line of a table of rows, in bytes."""
MAX_MARKUP = 20_000_000
"""Longest web page, in bytes."""
MAX_DEPTH = 400
"""Deepest nesting of a web page or of JSON; pages that people wrote stay under 60."""
MAX_UNPACKED = 500_000_000
"""Most bytes that an archive or a Word file may unpack to."""
MAX_MEMBERS = 10_000
"""Most files in an archive."""
MAX_PAGES = 3_000
"""Most pages of a PDF."""

Reason = Literal[
    "empty", "binary", "too_large", "undecodable", "unreadable", "unsupported", "malformed", "encrypted", "unsafe"
]
"""Why an input was not read, in one word."""


class Refusal(Exception):  # noqa: N818 - named after what it is
    """A reader's word that these bytes, or one ``part`` of them, hold no text it can read.

    ``part`` is what the document's id would have been given after that of the file, such as ``#3``; empty for the file.
    """

    def __init__(self, reason: Reason, detail: str, part: str = "") -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail
        self.part = part


class Block(NamedTuple):
    """A block of print on a page, and where its text lies in the document.

    ``page`` counts from 1; ``box`` is left, bottom, right, top in points from the page's lower left corner, or None
    where it is not known; ``[start, end)`` are code points of the document's text. Blocks rise and do not overlap.
    """

    page: int
    box: tuple[float, float, float, float] | None
    start: int
    end: int


class Known(NamedTuple):
    """What is known of a document beside its text; None where nothing is."""

    published: date | None = None
    source: str | None = None
    region: str | None = None

    def or_else(self, other: Known) -> Known:
        """Return what this knows, and what ``other`` knows where this knows nothing."""
        return Known(self.published or other.published, self.source or other.source, self.region or other.region)


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Content:
    """One document that a reader found in a file.

    ``hashed`` are the bytes whose hash names the version: the file's for text that stands on disk as such, None for
    ``extracted`` text, which is hashed itself. ``part`` goes behind the file's id where a file holds several.
    """

    text: str
    hashed: bytes | None = None
    part: str = ""
    known: Known = NOTHING_KNOWN
    blocks: tuple[Block, ...] = ()

    @property
    def extracted(self) -> bool:
        """Whether the text does not stand on disk as such."""
        return self.hashed is None


Reader = Callable[[BinaryIO], Iterator[Content | Refusal]]
"""A reader of one format: takes a file that can seek, yields its documents one at a time, and a refusal for each part
that cannot be read; raises a refusal where the file as a whole, or the rest of it, cannot."""


def contents(reader: Reader, file: BinaryIO) -> Iterator[Content | Refusal]:
    """Yield what a reader finds in a file, refusals of the whole file among it; at least one in any case."""
    found = False
    try:
        for one in reader(file):
            found = True
            yield one
    except Refusal as fault:
        yield fault
        return
    if not found:
        yield Refusal("empty", "holds no text; give a file with text in it")


_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ID_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f%/\\:*?"<>|\ud800-\udfff]')
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})(?!\d)")


def checked(text: str) -> str:
    """Return the text if it is one that people wrote and not too long; raises :class:`Refusal`."""
    if len(text) > MAX_CHARACTERS:
        raise Refusal("too_large", f"holds {len(text)} characters; at most {MAX_CHARACTERS} are read, so split it")
    if not text.strip():
        raise Refusal("empty", "holds no text; give a file with text in it")
    if "\0" in text:
        raise Refusal("binary", "holds zero bytes, so it is no text; give a text file")
    if len(_CONTROLS.findall(text)) > 0.01 * len(text):
        raise Refusal("binary", "holds control characters, so it is no text; give a text file")
    if _SURROGATE.search(text):
        raise Refusal("undecodable", "holds half a character (a lone surrogate); save it as UTF-8")
    return text


def bounded(file: BinaryIO, most: int) -> bytes:
    """Return the rest of the file, at most ``most`` bytes; raises :class:`Refusal` for more."""
    content = file.read(most + 1)
    if len(content) > most:
        raise Refusal("too_large", f"is longer than {most} bytes; split it")
    return content


def id_part(name: str) -> str:
    """Return a name as it may stand in an id, and so in a file's name: what no file's name may hold is written as %XX.

    >>> id_part("简报/3")
    '简报%2F3'
    """
    return _ID_UNSAFE.sub(lambda sign: f"%{ord(sign[0]):02X}", name.strip())


def find_day(text: str) -> date | None:
    """Return the first day of the calendar written in figures, or None.

    >>> find_day("发布时间：2031年3月5日 10:20")
    datetime.date(2031, 3, 5)
    """
    for match in _DAY.finditer(text):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            continue
    return None
