"""PDF files: their text layer in reading order, and scanned pages by recognition where that is installed."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO, NamedTuple

from pipeline.formats.content import MAX_BYTES, MAX_CHARACTERS, MAX_PAGES, Content, Refusal, bounded, checked
from pipeline.formats.layout import Piece, set_text
from pipeline.formats.scan import recognise_page

_FEWEST_CHARACTERS = 16
"""A page with fewer characters under a picture is a scan, perhaps with its number stamped on it."""
_LEAST_COVERED = 0.4
"""The share of a page that the picture of a scan covers at least."""
_NEEDS_PASSWORD = 4
"""PDFium's number of that error."""


def read_pdf(file: BinaryIO) -> Iterator[Content | Refusal]:
    """Yield the text of a PDF with its blocks, after a refusal for each scanned page that could not be recognised.

    Raises :class:`Refusal` for a file that is locked, broken or all scans that cannot be recognised.
    """
    import pypdfium2  # not safe for threads: one file at a time in a process

    content = bounded(file, MAX_BYTES)
    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
    except pypdfium2.PdfiumError as fault:
        if fault.err_code == _NEEDS_PASSWORD:
            raise Refusal("encrypted", "is locked with a password; save it without one") from None
        raise Refusal("malformed", f"is no whole PDF ({fault}); save it again") from None
    try:
        if count > MAX_PAGES:
            raise Refusal("too_large", f"has {count} pages; at most {MAX_PAGES} are read, so split it")
        pages: list[tuple[int, list[Piece]]] = []
        refused: list[Refusal] = []
        left = MAX_CHARACTERS
        for index in range(count):
            try:
                pieces = _page(document, index)
            except Refusal as fault:
                refused.append(Refusal(fault.reason, fault.detail, f"#page{index + 1}"))
                continue
            left -= sum(len(piece.text) for piece in pieces)
            if left < 0:
                raise Refusal("too_large", f"holds more than {MAX_CHARACTERS} characters; split it")
            pages.append((index + 1, pieces))
    finally:
        document.close()
    text, blocks = set_text(pages)
    if refused and not text.strip():
        raise Refusal(refused[0].reason, refused[0].detail)
    yield from refused
    yield Content(checked(text), blocks=blocks)


def _page(document: Any, index: int) -> list[Piece]:
    """Return the pieces of print on a page; raises :class:`Refusal` for a scan that cannot be recognised, or a broken page."""
    from pypdfium2 import PdfiumError

    try:
        page = document[index]
        with_text = page.get_textpage()
    except PdfiumError as fault:
        raise Refusal("malformed", f"is no whole page ({fault}); save the file again") from None
    try:
        characters = list(_characters(with_text))
        if len(characters) < _FEWEST_CHARACTERS and _covered(page) >= _LEAST_COVERED:
            return recognise_page(page)
        return list(_pieces(characters))
    finally:
        with_text.close()
        page.close()


def _covered(page: Any) -> float:
    """Return how much of the page its largest picture covers, from 0 to 1."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    area = page.get_width() * page.get_height()
    boxes = [picture.get_bounds() for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE])]
    return (
        max(((right - left) * (top - bottom) / area for left, bottom, right, top in boxes), default=0.0)
        if area
        else 0.0
    )


class _Character(NamedTuple):
    sign: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    blank: bool
    """Whether the file has a blank before it."""


def _characters(page: Any) -> Iterator[_Character]:
    """Yield the characters of a page but its blanks, in the order of the file; half a surrogate pair is replaced."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    high = 0
    blank = False
    for index in range(page.count_chars()):
        code = raw.FPDFText_GetUnicode(page.raw, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if raw.FPDFText_IsGenerated(page.raw, index) or code < 0x20 or 0x7F <= code < 0xA0 or code in (0xFFFE, 0xFFFF):
            continue
        if chr(code).isspace():
            blank = True
        elif raw.FPDFText_GetLooseCharBox(page.raw, index, ctypes.byref(box)):
            yield _Character(chr(code), box.left, box.bottom, box.right, box.top, abs(box.top - box.bottom), blank)
            blank = False


def _pieces(characters: list[_Character]) -> Iterator[Piece]:
    """Yield the stretches of characters that follow each other on one line, without a gap wider than a character."""
    stretch: list[_Character] = []
    for character in characters:
        if stretch and not _follows(stretch[-1], character):
            yield _piece(stretch)
            stretch = []
        stretch.append(character)
    if stretch:
        yield _piece(stretch)


def _follows(before: _Character, after: _Character) -> bool:
    size = max(before.size, after.size)
    level = abs(before.bottom + before.top - after.bottom - after.top) / 2 < 0.3 * size
    return level and -0.3 * size <= after.left - before.right <= 1.2 * size


def _piece(stretch: list[_Character]) -> Piece:
    """Return the piece that a stretch makes; a gap in it, or several blanks, is one blank."""
    text = stretch[0].sign
    for before, after in pairwise(stretch):
        gap = after.left - before.right
        text += " " + after.sign if after.blank or gap > 0.22 * max(before.size, after.size) else after.sign
    bottom, top = min(character.bottom for character in stretch), max(character.top for character in stretch)
    size = sorted(character.size for character in stretch)[len(stretch) // 2]
    return Piece(text, stretch[0].left, bottom, stretch[-1].right, top, size)
