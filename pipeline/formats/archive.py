"""Zip archives of documents, whose members are read one at a time and never written to disk."""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import BinaryIO

from pipeline.formats.content import (
    MAX_BYTES,
    MAX_MEMBERS,
    MAX_UNPACKED,
    Content,
    Known,
    Reader,
    Refusal,
    bounded,
    contents,
    id_part,
)
from pipeline.metadata import METADATA, BadMetadata, read_metadata

BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, OSError, ValueError)
"""What Python's zip reader raises on bytes that are no whole archive."""
_ENCRYPTED, _NAME_IS_UTF8 = 0x1, 0x800
_LEADS_OUT = re.compile(r"/|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)|\\", re.DOTALL)


def read_archive(packed: BinaryIO, readers: Mapping[str, Reader]) -> Iterator[Content | Refusal]:
    """Yield the documents of the members that ``readers`` (by suffix) can read, in order of their names.

    A ``metadata.csv`` at the top speaks of the members; hidden ones are passed over. A member that cannot be read is
    refused by itself. Names that lead out of the archive, links and archives inside are refused.
    """
    with open_archive(packed) as archive:
        members = sorted(_members(archive.infolist()), key=lambda member: member[0])
        known = _metadata(archive, members)
        taken = {METADATA}
        for name, member in members:
            if name == METADATA:
                continue
            part = "/" + "/".join(map(id_part, name.split("/")))
            try:
                if name in taken:
                    raise Refusal("malformed", "stands twice in the archive; pack it again")
                taken.add(name)
                reader = _reader(name, member, readers)
                file = io.BytesIO(unpacked(archive, member))
            except Refusal as fault:
                yield Refusal(fault.reason, fault.detail, part)
                continue
            for found in contents(reader, file):
                if isinstance(found, Refusal):
                    yield Refusal(found.reason, found.detail, part + found.part)
                else:
                    about = known.get(name, Known()).or_else(found.known)
                    yield Content(found.text, part=part + found.part, known=about, blocks=found.blocks)


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """Open a zip archive whose members are not too many and do not unpack to too much; raises :class:`Refusal`.

    A size in the archive that is too small does no harm: no more is unpacked than it says.
    """
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as fault:
        raise Refusal("malformed", f"is no whole zip archive ({fault}); save it again") from None
    members = archive.infolist()
    size = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or size > MAX_UNPACKED:
        most = f"at most {MAX_MEMBERS} files of {MAX_UNPACKED} bytes are unpacked"
        raise Refusal("unsafe", f"would unpack to {len(members)} files of {size} bytes; {most}, so split it")
    return archive


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the bytes of one member; raises :class:`Refusal`."""
    if member.flag_bits & _ENCRYPTED:
        raise Refusal("encrypted", "is locked with a password; pack it without one")
    try:
        with archive.open(member) as opened:
            content = opened.read(MAX_BYTES + 1)
    except NotImplementedError as fault:
        raise Refusal("unsupported", f"is packed in an unusual way ({fault}); pack it with deflate") from None
    except BROKEN as fault:
        raise Refusal("malformed", f"cannot be unpacked ({fault}); pack it again") from None
    return bounded(io.BytesIO(content), MAX_BYTES)


def _members(members: Sequence[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Yield the members that are files and not hidden, each with its name decoded.

    Names without the mark of UTF-8 come from old Windows in its own encoding, or from Unix in UTF-8 all the same.
    """
    for member in members:
        name = member.orig_filename
        if not member.flag_bits & _NAME_IS_UTF8:
            raw = name.encode("cp437", "replace")
            for encoding in ("utf-8", "gb18030"):
                try:
                    name = raw.decode(encoding)
                    break
                except UnicodeDecodeError:
                    continue
        hidden = any(step.startswith(".") and step != ".." for step in name.split("/")) or name.startswith("__MACOSX/")
        if not name.endswith("/") and not hidden:
            yield name, member


def _reader(name: str, member: zipfile.ZipInfo, readers: Mapping[str, Reader]) -> Reader:
    """Return what reads the member; raises :class:`Refusal` for one that should not be touched."""
    suffix = PurePosixPath(name).suffix.lower()
    if _LEADS_OUT.match(name) or "\0" in name:
        raise Refusal("unsafe", "has a name that leads out of the archive; pack it with a plain relative name")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refusal("unsafe", "is a link; pack the file itself")
    if suffix == ".zip":
        raise Refusal("unsafe", "is an archive in an archive; unpack it first")
    if suffix not in readers:
        readable = ", ".join(known for known in readers if known)
        raise Refusal("unsupported", f"suffix {suffix!r} has no reader; readable are {readable}")
    return readers[suffix]


def _metadata(archive: zipfile.ZipFile, members: Sequence[tuple[str, zipfile.ZipInfo]]) -> Mapping[str, Known]:
    names = {name for name, _ in members}
    for name, member in members:
        if name == METADATA:
            try:
                return read_metadata(unpacked(archive, member), METADATA, names)
            except BadMetadata as fault:
                raise Refusal("malformed", str(fault)) from None
    return {}
