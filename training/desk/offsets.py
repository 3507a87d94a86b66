"""Offsets in Unicode code points (this project) and in UTF-16 units (doccano's pages), and the way between them.

They differ behind every character outside the Basic Multilingual Plane (emoji, 𠮷): one code point, two units.
"""

from __future__ import annotations

from bisect import bisect_left


class OffsetError(ValueError):
    """An offset lies outside its text or splits a character in two; the message says which."""


class Offsets:
    """Turns offsets of one text from code points into UTF-16 units and back.

    >>> offsets = Offsets("😀云岭")
    >>> offsets.to_utf16(1), offsets.to_code_points(2), offsets.units
    (2, 1, 4)
    """

    def __init__(self, text: str) -> None:
        self.code_points = len(text)
        self._wide = [place for place, character in enumerate(text) if ord(character) > 0xFFFF]
        self._wide_units = [place + number for number, place in enumerate(self._wide)]

    @property
    def units(self) -> int:
        """Length of the text in UTF-16 units."""
        return self.code_points + len(self._wide)

    @property
    def first_wide(self) -> int | None:
        """Code point offset of the first character that takes two units; None when both ways of counting are the same."""
        return self._wide[0] if self._wide else None

    def to_utf16(self, offset: int) -> int:
        """Return the UTF-16 offset of a code point offset; raises :class:`OffsetError` outside the text."""
        if not 0 <= offset <= self.code_points:
            raise OffsetError(f"offset {offset} lies outside the text; it has {self.code_points} characters")
        return offset + bisect_left(self._wide, offset)

    def to_code_points(self, offset: int) -> int:
        """Return the code point offset of a UTF-16 offset; raises :class:`OffsetError` outside the text or inside a pair."""
        if not 0 <= offset <= self.units:
            raise OffsetError(f"offset {offset} lies outside the text; it has {self.units} UTF-16 units")
        before = bisect_left(self._wide_units, offset)
        if before and self._wide_units[before - 1] + 1 == offset:
            raise OffsetError(f"offset {offset} splits a character of two UTF-16 units; count to one of its sides")
        return offset - before
