"""The tags of characters: outside, and begin, inside, end or single for every label (BIOES)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise.crf import Ints, Transitions

OUTSIDE = 0
_BEGIN, _INSIDE, _END, _SINGLE = 1, 2, 3, 4


@dataclass(frozen=True)
class TagScheme:
    """Tag numbers for ``labels``: 0 is outside, the n-th label takes the four numbers from ``1 + 4 n`` on."""

    labels: tuple[str, ...]

    def __len__(self) -> int:
        return 1 + 4 * len(self.labels)

    def tags_of(self, label: str, length: int) -> NDArray[np.int64]:
        """The tags of one span of ``length`` characters.

        >>> TagScheme(("GPE", "ORG")).tags_of("ORG", 4).tolist()
        [5, 6, 6, 7]
        """
        base = 4 * self.labels.index(label)
        if length == 1:
            return np.array([base + _SINGLE])
        return np.array([base + _BEGIN] + [base + _INSIDE] * (length - 2) + [base + _END])

    def spans(self, tags: Ints) -> list[tuple[int, int, str]]:
        """The spans ``(start, end, label)`` that valid tags stand for, in order.

        >>> TagScheme(("GPE", "ORG")).spans(np.array([4, 0, 5, 6, 7]))
        [(0, 1, 'GPE'), (2, 5, 'ORG')]
        """
        found, start = [], 0
        for place in np.flatnonzero(tags).tolist():
            kind = (int(tags[place]) - 1) % 4 + 1
            if kind in (_BEGIN, _SINGLE):
                start = place
            if kind in (_END, _SINGLE):
                found.append((start, place + 1, self.labels[(int(tags[place]) - 1) // 4]))
        return found

    def opening_bonus(self, lean: Mapping[str, float]) -> NDArray[np.float32]:
        """What to add to the score of every tag so that spans of a label open more readily; unknown labels do not count.

        >>> TagScheme(("EVENT",)).opening_bonus({"EVENT": 0.5, "ORG": 1}).tolist()
        [0.0, 0.5, 0.0, 0.0, 0.5]
        """
        bonus = np.zeros(len(self), dtype=np.float32)
        for number, label in enumerate(self.labels):
            bonus[[4 * number + _BEGIN, 4 * number + _SINGLE]] = lean.get(label, 0.0)
        return bonus

    @cached_property
    def valid(self) -> Transitions:
        """Zero for what may follow what, -inf for the rest: a span once begun goes on to its end within its label."""
        count = len(self)
        opens = np.array([True] + [True, False, False, True] * len(self.labels))
        closes = np.array([True] + [False, False, True, True] * len(self.labels))
        label = np.array([-1, *(n for n in range(len(self.labels)) for _ in range(4))])
        allowed = (closes[:, None] & opens) | (~closes[:, None] & ~opens & (label[:, None] == label))

        def scores(flags: NDArray[np.bool_]) -> NDArray[np.float32]:
            return np.where(flags, 0.0, -np.inf).astype(np.float32)

        assert allowed.shape == (count, count)
        return Transitions(scores(opens), scores(allowed), scores(closes))


def add_scores(left: Transitions, right: Transitions) -> Transitions:
    """The sum of two sets of transition scores."""
    return Transitions(left.first + right.first, left.step + right.step, left.last + right.last)


def scheme_for(labels: Sequence[str]) -> TagScheme:
    """The scheme of some labels, in alphabetical order."""
    return TagScheme(tuple(sorted(set(labels))))
