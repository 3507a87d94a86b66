"""A linear-chain conditional random field over a batch of sequences: likelihood, gradients, marginals, best paths.

Everything is numpy, vectorised over the batch: one step of the loop serves every sequence that is still running. Sums
over paths are done with scaled probabilities in float64, which needs no logarithm inside the loop; a forbidden
transition is a true zero.

Shapes: ``T`` characters of all sequences end to end, ``K`` tags, ``B`` sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Transitions:
    """Scores of a path's first tag ``[K]``, of each step ``[K, K]`` (from, to) and of its last tag ``[K]``; -inf forbids."""

    first: Floats
    step: Floats
    last: Floats


@dataclass(frozen=True)
class Posterior:
    """What the model believes of a batch.

    ``tags`` are marginals ``[T, K]``; ``log_partition`` ``[B]``; ``forward`` and ``backward`` ``[T, K]`` are the scaled
    sums of the paths before and after each character, ``scale`` ``[T]`` their divisors, ``emission`` ``[T, K]`` the
    exponentiated scores the sums were made of.
    """

    tags: Floats
    log_partition: Floats
    forward: Floats
    backward: Floats
    scale: Floats
    emission: Floats


@dataclass(frozen=True)
class _Layout:
    """Order of computation: ``rows[t]`` are the positions of the t-th characters, longest sequence first."""

    order: Ints
    starts: Ints
    lengths: Ints

    @classmethod
    def of(cls, lengths: Sequence[int] | Ints) -> _Layout:
        sizes = np.asarray(lengths, dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        order = np.argsort(-sizes, kind="stable")
        return cls(order, starts[order], sizes[order])

    def rows(self, t: int) -> Ints:
        return self.starts[: int(np.searchsorted(-self.lengths, -t, side="left"))] + t

    @property
    def longest(self) -> int:
        return int(self.lengths[0]) if len(self.lengths) else 0


def posterior(scores: Floats, lengths: Sequence[int] | Ints, transitions: Transitions) -> Posterior:
    """Marginals of every tag at every character, by forward and backward sums.

    ``scores`` ``[T, K]`` are log scores; every length must be at least 1 and they must add up to ``T``.
    """
    total, tags = scores.shape
    layout = _Layout.of(lengths)
    peak = scores.max(axis=1, keepdims=True).astype(np.float64)
    emission = np.exp(scores - peak)
    first, step, last = np.exp(transitions.first), np.exp(transitions.step), np.exp(transitions.last)
    forward, backward = np.zeros((total, tags)), np.zeros((total, tags))
    scale = np.ones(total)
    for t in range(layout.longest):
        now = layout.rows(t)
        sums = (forward[now - 1] @ step if t else first) * emission[now]
        scale[now] = sums.sum(axis=1)
        forward[now] = sums / scale[now, None]
    ends = layout.starts + layout.lengths - 1
    closing = forward[ends] @ last
    backward[ends] = last / closing[:, None]
    for t in range(layout.longest - 1, 0, -1):
        now = layout.rows(t)
        backward[now - 1] = (emission[now] * backward[now]) @ step.T / scale[now, None]
    log_partition = np.empty(len(layout.order))
    logs = np.log(scale) + peak[:, 0]
    sums_of_logs = np.add.reduceat(logs, np.sort(layout.starts)) if total else np.zeros(0)
    log_partition[layout.order] = sums_of_logs[layout.order] + np.log(closing)
    return Posterior(forward * backward, log_partition, forward, backward, scale, emission)


def score_paths(scores: Floats, lengths: Sequence[int] | Ints, transitions: Transitions, path: Ints) -> Floats:
    """The score ``[B]`` of one given path ``[T]`` through every sequence."""
    sizes = np.asarray(lengths, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    each = scores[np.arange(len(path)), path].astype(np.float64)
    inner = np.ones(len(path), dtype=bool)
    inner[starts] = False
    here = np.flatnonzero(inner)
    each[here] += transitions.step[path[here - 1], path[here]]
    each[starts] += transitions.first[path[starts]]
    each[starts + sizes - 1] += transitions.last[path[starts + sizes - 1]]
    return np.add.reduceat(each, starts)


def gradient(
    scores: Floats, lengths: Sequence[int] | Ints, transitions: Transitions, path: Ints
) -> tuple[float, Floats, Transitions]:
    """Negative log likelihood of the gold paths, summed over the batch, and its gradients.

    Returns the loss, its gradient by ``scores`` ``[T, K]`` and by each part of ``transitions``.
    """
    belief = posterior(scores, lengths, transitions)
    sizes = np.asarray(lengths, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    ends = starts + sizes - 1
    loss = float((belief.log_partition - score_paths(scores, lengths, transitions, path)).sum())
    by_scores = belief.tags.copy()
    by_scores[np.arange(len(path)), path] -= 1
    inner = np.ones(len(path), dtype=bool)
    inner[starts] = False
    here = np.flatnonzero(inner)
    after = belief.emission[here] * belief.backward[here] / belief.scale[here, None]
    by_step = (belief.forward[here - 1].T @ after) * np.exp(transitions.step)
    np.subtract.at(by_step, (path[here - 1], path[here]), 1)
    by_first, by_last = by_scores[starts].sum(axis=0), by_scores[ends].sum(axis=0)
    return loss, by_scores, Transitions(by_first, by_step, by_last)


def best_paths(scores: Floats, lengths: Sequence[int] | Ints, transitions: Transitions) -> Ints:
    """The best path ``[T]`` of every sequence (Viterbi); of equal ones the one with the lower tag numbers at the end."""
    layout = _Layout.of(lengths)
    total, tags = scores.shape
    came_from = np.zeros((total, tags), dtype=np.int16)
    best = np.zeros((total, tags), dtype=np.float32)
    into = np.ascontiguousarray(transitions.step.T, dtype=np.float32)
    for t in range(layout.longest):
        now = layout.rows(t)
        if t:
            routes = best[now - 1][:, None, :] + into
            origin = routes.argmax(axis=2)
            came_from[now] = origin
            best[now] = np.take_along_axis(routes, origin[:, :, None], axis=2)[:, :, 0] + scores[now]
        else:
            best[now] = transitions.first + scores[now]
    path = np.zeros(total, dtype=np.int64)
    ends = layout.starts + layout.lengths - 1
    path[ends] = (best[ends] + transitions.last).argmax(axis=1)
    for t in range(layout.longest - 1, 0, -1):
        now = layout.rows(t)
        path[now - 1] = came_from[now, path[now]]
    return path


def path_probability(belief: Posterior, transitions: Transitions, start: int, tags: Sequence[int] | Ints) -> float:
    """Probability that the characters from ``start`` on carry exactly ``tags``, whatever stands around them.

    ``start`` counts over the whole batch; the stretch must lie inside one sequence.
    """
    step = np.exp(transitions.step)
    mass = belief.forward[start, tags[0]]
    for offset in range(1, len(tags)):
        here = start + offset
        mass *= step[tags[offset - 1], tags[offset]] * belief.emission[here, tags[offset]] / belief.scale[here]
    return float(min(mass * belief.backward[start + len(tags) - 1, tags[-1]], 1.0))
