"""Plain text files, in the encodings that Chinese texts come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from charset_normalizer import from_bytes

from pipeline.formats.content import MAX_CHARACTERS, Content, Refusal, bounded, checked


def read_plain(file: BinaryIO) -> Iterator[Content]:
    """Yield the text of a text file: UTF-8 with or without a byte order mark, UTF-16 with one, GB18030."""
    content = bounded(file, 4 * MAX_CHARACTERS)
    yield Content(checked(decode(content)), content)


def decode(content: bytes) -> str:
    """Return the text of a file's bytes, line breaks untouched.

    Strict UTF-8 is tried first: a detector guesses badly on short texts, and hardly any other encoding is valid UTF-8.
    Raises :class:`Refusal`: binary or undecodable.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                raise Refusal("undecodable", f"begins like {encoding} but is not; save it as UTF-8") from None
    if b"\0" in content:
        raise Refusal("binary", "holds zero bytes, so it is no text; give a text file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    guess = from_bytes(content, cp_isolation=["gb18030"]).best()
    try:
        return content.decode(guess.encoding if guess else "gb18030")
    except UnicodeDecodeError:
        raise Refusal("undecodable", "is neither UTF-8 nor GB18030; save it as UTF-8") from None
