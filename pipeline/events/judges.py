"""What judges two tokens together: whether two anchors are one occurrence, and which role a mention plays for an anchor.

Roles are judged twice. The second look knows what the first one gave the rivals of a pair: the other mentions of its anchor
(an anchor has seldom two recipients far apart) and the other anchors of its mention (an amount belongs to one).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import Dropout, Embed, Gelu, Linear, Model, chain

from pipeline.event_types import event_scheme
from pipeline.events.roles import NONE, OTHER_ROLES, allowed_roles
from pipeline.events.tokens import LABELS, SIGN_SIZES
from pipeline.recognise.head import BlockOps

Floats = NDArray[np.float32]
Backward = Callable[[Any], Any]

FORBIDDEN = -1e4
"""Score of a role that the type or the label does not allow."""
MOST_RIVALS = 3.0
"""The chances of rivals for a role are added up to so many."""


def roles() -> tuple[str, ...]:
    """The classes of roles: every role and kind of argument, and :data:`NONE`, in order."""
    named = {role for scheme in event_scheme().types.values() for role in scheme.roles}
    return (*sorted(named | {*OTHER_ROLES.values()}), NONE)


@cache
def forbidden() -> Floats:
    """Scores ``[types, labels, roles]`` to add: nought for what is allowed."""
    types, classes = list(event_scheme().types), roles()
    table = np.full((len(types), len(LABELS), len(classes)), FORBIDDEN, dtype=np.float32)
    for kind, name in enumerate(types):
        for number, label in enumerate(LABELS):
            for role in (*allowed_roles(name, label), NONE):
                table[kind, number, classes.index(role)] = 0.0
    return table


def softmax(scores: Floats) -> Floats:
    """Probabilities ``[rows, classes]`` of scores.

    >>> softmax(np.zeros((1, 2), dtype=np.float32)).tolist()
    [[0.5, 0.5]]
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def running_sums(states: Floats) -> Floats:
    """Sums of the first rows, none of them first: ``[rows + 1, width]``; two of them tell the mean of what lies between."""
    return np.concatenate([np.zeros_like(states[:1]), np.cumsum(states, axis=0)])


class PairJudge:
    """Layers that score ``classes`` for pairs of tokens by both, by the mean of what lies between them, and by their signs."""

    def __init__(self, width: int, classes: int, dropout: float) -> None:
        self.parts: dict[str, Model[Any, Any]] = {
            "pair": Linear(width, 4 * width),
            **{f"sign {number}": Embed(width, size) for number, size in enumerate(SIGN_SIZES)},
            "scores": chain(Gelu(width, width), Dropout(dropout), Linear(classes, width)),
        }

    def __call__(
        self, states: Floats, sums: Floats, rows: NDArray[np.int32], is_train: bool
    ) -> tuple[Floats, Backward]:
        """Return scores ``[pairs, classes]``; ``states`` ``[tokens, width]`` with their sums, ``rows`` as of :func:`pair_signs`."""
        seen, back_seen = self.see(states, sums, rows, is_train)
        scores, back_scores = self.parts["scores"](seen, is_train)
        return np.asarray(scores), lambda slope: back_seen(back_scores(slope))

    def see(self, states: Floats, sums: Floats, rows: NDArray[np.int32], is_train: bool) -> tuple[Floats, Backward]:
        """Return what is known of each pair, ``[pairs, width]``; else as :meth:`__call__`."""
        one, other = np.ascontiguousarray(rows[:, :2].T)
        first = np.minimum(one, other) + 1
        last = np.maximum(np.maximum(one, other), first)
        length = np.maximum(last - first, 1)[:, None].astype(np.float32)
        joined = [states[one], states[other], (sums[last] - sums[first]) / length, states[one] * states[other]]
        seen, back_pair = self.parts["pair"](np.concatenate(joined, axis=1), is_train)
        back_signs = []
        for number in range(len(SIGN_SIZES)):
            sign, back = self.parts[f"sign {number}"](np.ascontiguousarray(rows[:, 2 + number]), is_train)
            seen = seen + sign
            back_signs.append(back)

        def backprop(by_seen: Floats) -> Floats:
            for back in back_signs:
                back(by_seen)
            by_one, by_other, by_mean, by_product = np.split(back_pair(by_seen), 4, axis=1)
            by_token, by_sum = np.zeros_like(states), np.zeros_like(sums)
            ops = BlockOps()
            ops.scatter_add(by_token, one, by_one + by_product * states[other])
            ops.scatter_add(by_token, other, by_other + by_product * states[one])
            ops.scatter_add(by_sum, last, by_mean / length)
            ops.scatter_add(by_sum, first, -by_mean / length)
            return np.asarray(by_token + np.cumsum(by_sum[::-1], axis=0)[::-1][1:])

        return np.asarray(seen), backprop


class RoleJudge:
    """Judges the roles of pairs of an anchor and a mention twice, the second time by what the first look gave their rivals."""

    def __init__(self, width: int, dropout: float) -> None:
        classes = len(roles())
        self.first = PairJudge(width, classes, dropout)
        self.parts: dict[str, Model[Any, Any]] = {
            **self.first.parts,
            "rivals": Linear(width, 5 * classes),
            "own": Linear(width, width),
            "again": chain(Gelu(width, width), Dropout(dropout), Linear(classes, width)),
        }

    def __call__(
        self, states: Floats, sums: Floats, rows: NDArray[np.int32], is_train: bool
    ) -> tuple[Floats, Floats, Callable[[Floats, Floats], Floats]]:
        """Return the scores ``[pairs, roles]`` of the second look and of the first, and what takes the slopes of both back.

        ``rows`` hold all pairs that are asked about. The rivals' chances are taken as they are: no slope goes through them.
        """
        seen, back_seen = self.first.see(states, sums, rows, is_train)
        scores, back_scores = self.parts["scores"](seen, is_train)
        before = np.asarray(scores) + forbidden()[rows[:, 2], rows[:, 3]]
        by_rivals, back_rivals = self.parts["rivals"](with_rivals(softmax(before), rows), is_train)
        own, back_own = self.parts["own"](seen, is_train)
        change, back_change = self.parts["again"](by_rivals + own, is_train)

        def backprop(slope: Floats, slope_before: Floats) -> Floats:
            by_joined = back_change(slope)
            back_rivals(by_joined)
            return np.asarray(back_seen(back_scores(slope + slope_before) + back_own(by_joined)))

        return before + np.asarray(change), before, backprop


def with_rivals(chances: Floats, rows: NDArray[np.int32]) -> Floats:
    """Return ``[pairs, 5 * roles]``: a pair's own ``chances`` ``[pairs, roles]``, then the highest and the sum of its rivals'.

    Rivals are the other pairs of the same anchor, and then the other pairs of the same mention (the first two columns of
    ``rows``). Sums end at :data:`MOST_RIVALS`.
    """
    parts = [chances]
    for column in (0, 1):
        _, group = np.unique(rows[:, column], return_inverse=True)
        shape = (int(group.max(initial=-1)) + 1, chances.shape[1])
        best, total, count, second = (np.zeros(shape, dtype=np.float32) for _ in range(4))
        np.maximum.at(best, group, chances)
        np.add.at(total, group, chances)
        leads = chances >= best[group]
        np.add.at(count, group, leads.astype(np.float32))
        np.maximum.at(second, group, np.where(leads, np.float32(0), chances))
        parts.append(np.where(leads & (count[group] < 2), second[group], best[group]))
        parts.append(np.clip(total[group] - chances, 0, np.float32(MOST_RIVALS)))
    return np.concatenate(parts, axis=1)
