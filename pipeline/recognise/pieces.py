"""Cuts Chinese text into the encoder's unigram pieces, and remembers which piece each character went to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise.weights import EncoderWeights

SPACE = "▁"
# Han and kana-free CJK punctuation, general punctuation, Latin of at most four letters, digits, symbols.
_CHINESE = re.compile(r"▁?(?:[㐀-鿿豈-﫿]+|[^\w\s]*[0-9]*[^\w\s]*|[A-Za-z]{1,4})")


@dataclass(frozen=True)
class PieceTable:
    """The cut table of pieces: the row of each in it, their scores by row, and what characters are read as."""

    numbers: dict[str, int]
    scores: list[float]
    replacements: dict[str, str]
    begin: int
    end: int
    unknown: int

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """Every beginning of every piece."""
        return frozenset(piece[:n] for piece in self.numbers for n in range(1, len(piece) + 1))

    @cached_property
    def unknown_score(self) -> float:
        """Score of a character that no piece begins with: ten below the worst piece, as in SentencePiece."""
        return min(self.scores) - 10

    def cut(self, text: str) -> tuple[list[int], NDArray[np.int32]]:
        """The best pieces of a text (rows, without begin and end marks) and the piece of each character ``[n]``.

        A character that vanishes (the second of two spaces) goes with the piece before it.
        """
        written, owner = self._written(text)
        numbers, ends = self._best(written)
        piece_of = np.repeat(np.arange(len(ends)), np.diff([0, *ends]))
        # The leading space is a piece or a part of one; nobody owns it, the first character takes its piece if alone.
        return numbers, piece_of[owner].astype(np.int32) if len(owner) else np.zeros(0, np.int32)

    def _written(self, text: str) -> tuple[str, list[int]]:
        """The text as the pieces spell it, and for each character of ``text`` its place in there."""
        written = [] if text[:1] and self._read_as(text[0]).startswith(" ") else [SPACE]
        owner = []
        for character in text:
            owner.append(len(written))
            for letter in self._read_as(character):
                if letter != " ":
                    written.append(letter)
                elif not written or written[-1] != SPACE or len(owner) == 1:
                    written.append(SPACE)
        last = len(written) - 1
        return "".join(written), [min(place, last) for place in owner]

    def _read_as(self, character: str) -> str:
        return self.replacements.get(character, character)

    def _best(self, written: str) -> tuple[list[int], list[int]]:
        """Viterbi search for the pieces of the highest total score: their rows and where each of them ends."""
        numbers, scores, prefixes, lost = self.numbers, self.scores, self.prefixes, self.unknown_score
        length = len(written)
        best = [0.0] + [-1e30] * length
        came_from, by = [0] * (length + 1), [self.unknown] * (length + 1)
        for start in range(length):
            here = best[start]
            if here + lost > best[start + 1]:
                best[start + 1], came_from[start + 1], by[start + 1] = here + lost, start, self.unknown
            for end in range(start + 1, length + 1):
                part = written[start:end]
                if part not in prefixes:
                    break
                number = numbers.get(part)
                if number is not None and here + scores[number] > best[end]:
                    best[end], came_from[end], by[end] = here + scores[number], start, number
        found, ends = [], []
        place = length
        while place:
            found.append(by[place])
            ends.append(place)
            place = came_from[place]
        return found[::-1], ends[::-1]


def cut_table(weights: EncoderWeights) -> tuple[PieceTable, NDArray[np.int64]]:
    """The part of the piece table that Chinese text uses, and the number in the whole table of each of its rows."""
    special = [weights.begin, weights.end, weights.unknown]
    kept = [number for number, piece in enumerate(weights.pieces) if number > 3 and _CHINESE.fullmatch(piece)]
    rows = np.array([*special, *kept], dtype=np.int64)
    scores = [0.0, 0.0, 0.0, *(float(weights.scores[number]) for number in kept)]
    numbers = {weights.pieces[number]: row for row, number in enumerate(kept, start=len(special))}
    return PieceTable(numbers, scores, weights.replacements, begin=0, end=1, unknown=2), rows
