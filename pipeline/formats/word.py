"""Word files (.docx): paragraphs as lines, rows of tables as lines.

The part that holds the text is read as a stream by Python's own XML parser: text boxes and tracked insertions are read
too, and files whose other parts are damaged, as some office programs write them, do no harm.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree

from pipeline.formats.archive import open_archive, unpacked
from pipeline.formats.content import MAX_CHARACTERS, Content, Refusal, checked

_OLE = b"\xd0\xcf\x11\xe0"
"""How locked files and those of old versions begin."""
_RELATIONS = "_rels/.rels"
_MAIN_PART = re.compile(rb"<Relationship\s[^>]*?/officeDocument\"[^>]*>")
_TARGET = re.compile(rb"\sTarget=\"([^\"]+)\"")
_USUAL_PART = "word/document.xml"
_NOT_READ = frozenset({"pPr", "Fallback", "del", "moveFrom"})
"""Elements that hold settings, or text that stands elsewhere or no longer does."""
_SIGNS = {"tab": "  ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_LONGEST_CELL = 60
"""A cell with more characters holds running text: the table only arranges the page."""


def read_word(file: BinaryIO) -> Iterator[Content]:
    """Yield the text of a Word file; raises :class:`Refusal` for one that is locked, broken or defines XML entities."""
    start = file.read(4)
    file.seek(0)
    if start == _OLE:
        raise Refusal("encrypted", "is locked with a password, or of an old version; save it as .docx without one")
    with open_archive(file) as archive:
        part = _text_part(archive)
    if b"\0" in part or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise Refusal("unsafe", "defines XML entities, which no office program does; save it again")
    lines: list[str] = []
    size = 0
    try:
        for line in _lines(part):
            size += len(line) + 1
            if size > MAX_CHARACTERS:
                raise Refusal("too_large", f"holds more than {MAX_CHARACTERS} characters; split it")
            if line.strip() or (lines and lines[-1]):
                lines.append(line.rstrip())
    except (ElementTree.ParseError, LookupError, ValueError) as fault:
        raise Refusal("malformed", f"is no whole Word file ({fault}); save it again") from None
    yield Content(checked("\n".join(lines).strip("\n")))


def _text_part(archive: zipfile.ZipFile) -> bytes:
    """Return the XML of the text, whose name the archive tells."""
    parts = {member.filename: member for member in archive.infolist()}
    name = _USUAL_PART
    if _RELATIONS in parts and (main := _MAIN_PART.search(unpacked(archive, parts[_RELATIONS]))):
        target = _TARGET.search(main[0])
        name = posixpath.normpath(target[1].decode("utf-8", "replace").lstrip("/")) if target else name
    if name not in parts:
        raise Refusal("malformed", f"is no Word file: it holds no {name}; save it again as .docx")
    return unpacked(archive, parts[name])


def _lines(part: bytes) -> Iterator[str]:
    """Yield the lines of the text as they end: paragraphs, and rows of tables whose cells are short."""
    paragraphs: list[list[str]] = []  # those open, the inner ones in text boxes
    rows: list[list[list[str]]] = []  # the rows open, each a list of cells, each a list of lines
    unread = 0
    for event, element in ElementTree.iterparse(io.BytesIO(part), ("start", "end")):
        name = element.tag.rpartition("}")[2]
        if name in _NOT_READ:
            unread += 1 if event == "start" else -1
        if event == "start":
            if name == "p":
                paragraphs.append([])
            elif name == "tr":
                rows.append([])
            elif name == "tc" and rows:
                rows[-1].append([])
            continue
        done: list[str] = []
        if name == "t" and paragraphs and not unread:
            paragraphs[-1].append(element.text or "")
        elif name in _SIGNS and paragraphs and not unread:
            paragraphs[-1].append(_SIGNS[name])
        elif name == "p":
            done = "".join(paragraphs.pop()).split("\n")
        elif name == "tr":
            done = list(_row(rows.pop()))
        element.clear()
        if rows and rows[-1]:
            rows[-1][-1].extend(done)
        else:
            yield from done


def _row(cells: list[list[str]]) -> Iterator[str]:
    """Yield a row as one line, its cells parted by two blanks, or cell after cell where they hold running text."""
    filled = [[line.strip() for line in cell if line.strip()] for cell in cells]
    if any(len(cell) > 1 or len("".join(cell)) > _LONGEST_CELL for cell in filled):
        yield from (line for cell in filled for line in cell)
    elif any(filled):
        yield "  ".join(cell[0] for cell in filled if cell)
