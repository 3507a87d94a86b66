"""An item of news as a row of tokens: its mentions, and the words between them. The role network reads these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.event_types import event_scheme
from pipeline.events.reading import Reading
from pipeline.spans import Mention

WORD = "word"
LABELS = (WORD, "ORG", "GPE", "MONEY", "DATE", "EVENT", "FILLER", "ITEM")
GAPS = (1, 2, 3, 4, 6, 9, 13, 20, 30, 50, 80)
"""Upper ends of the steps in which the distance of two tokens is told; what is farther is one more step."""
FARTHEST = 5
"""Sentences between a mention and an anchor after it that are told apart; the other way round it is two."""

SIGN_SIZES = (len(event_scheme().types), len(LABELS), 2 * (len(GAPS) + 1), FARTHEST + 3, 2)
"""How many values each of the signs of :func:`pair_signs` has."""


@dataclass(frozen=True, eq=False)
class Tokens:
    """``spans`` ``[tokens, 2]`` in the text, ``symbols`` ``[tokens, 2]`` (number of the label, in the headline or not).

    ``of_mention`` tells where each mention stands. Mentions may overlap; words never do.
    """

    spans: NDArray[np.int64]
    symbols: NDArray[np.int32]
    of_mention: dict[Mention, int]

    def __len__(self) -> int:
        return len(self.spans)


def make_tokens(reading: Reading, opens_word: NDArray[np.bool_]) -> Tokens:
    """Make the tokens of a reading, in order; ``opens_word`` tells for each of its characters whether it opens a word.

    White space ends a word and is left out, line ends apart; a word ends where a mention begins.
    """
    found: list[tuple[int, int, Mention | None]] = [(m.start, m.end, m) for m in reading.mentions]
    covered = np.zeros(len(reading.text) + 1, dtype=bool)
    for mention in reading.mentions:
        covered[mention.start : mention.end] = True
    ends = covered.copy()
    ends[:-1] |= opens_word
    ends[-1] = True
    for place, character in enumerate(reading.text):
        if character.isspace():
            ends[place : place + 2] = True
    start = 0
    while start < len(reading.text):
        end = start + 1
        if not covered[start]:
            while not ends[end]:
                end += 1
            if reading.text[start] == "\n" or not reading.text[start].isspace():
                found.append((start, end, None))
        start = end
    found.sort(key=lambda token: (token[0], -token[1]))
    spans = np.array([token[:2] for token in found], dtype=np.int64).reshape(-1, 2)
    labels = np.array([LABELS.index(token[2].label if token[2] else WORD) for token in found], dtype=np.int32)
    symbols = np.stack([labels, (spans[:, 1] <= reading.headline_end).astype(np.int32)], axis=1)
    return Tokens(spans, symbols, {token[2]: place for place, token in enumerate(found) if token[2]})


def pair_signs(
    reading: Reading, tokens: Tokens, anchor: Mention, mentions: Sequence[Mention], event_type: str
) -> NDArray[np.int32]:
    """Return a row of numbers for ``anchor`` with each of ``mentions``: their tokens, and the signs of :data:`SIGN_SIZES`.

    Those are the type, the mention's label, their distance in tokens (and on which side the mention stands), their
    distance in sentences, and whether the anchor stands in the headline.
    """
    kind = list(event_scheme().types).index(event_type)
    here, own = tokens.of_mention[anchor], reading.sentence_index(anchor.start)
    headline = int(reading.in_headline(anchor))
    rows = []
    for mention in mentions:
        there = tokens.of_mention[mention]
        step = sum(abs(there - here) > gap for gap in GAPS) + (len(GAPS) + 1) * (there > here)
        sentences = max(-2, min(own - reading.sentence_index(mention.start), FARTHEST)) + 2
        rows.append((here, there, kind, LABELS.index(mention.label), step, sentences, headline))
    return np.array(rows, dtype=np.int32).reshape(-1, 2 + len(SIGN_SIZES))


class Signs:
    """Makes tokens of readings, and keeps the last ones: several networks ask for the same in turn."""

    def __init__(self) -> None:
        self._tokens: tuple[Reading, Tokens] | None = None

    def tokens(self, reading: Reading) -> Tokens:
        """Return the tokens of a reading, which must have its context."""
        if self._tokens is None or self._tokens[0] is not reading:
            assert reading.context is not None
            self._tokens = (reading, make_tokens(reading, reading.context.opens_word))
        return self._tokens[1]
