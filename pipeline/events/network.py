"""A small network that reads the words and mentions of an item of news, and judges the part a mention plays for an anchor.

It stands beside the linear role model, which knows a fixed list of features: the network sees every word around a mention
by the states of the frozen encoders. Its tokens are the mentions and the words between them (:mod:`pipeline.events.tokens`);
residual convolutions look around, and two tokens with the mean of what lies between them are judged together. Built of
thinc layers; :mod:`training.network` fits it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import Dropout, Embed, Gelu, LayerNorm, Linear, Model, chain, clone, expand_window, residual, with_array

from pipeline.event_types import event_scheme
from pipeline.events.reading import Reading
from pipeline.events.roles import NONE, OTHER_ROLES, allowed_roles
from pipeline.events.tokens import LABELS, SIGN_SIZES, Signs
from pipeline.recognise.head import BlockOps, as_ragged, kept

Floats = NDArray[np.float32]
Backward = Callable[[Any], Any]

FORBIDDEN = -1e4
"""Score of a role that the type or the label does not allow."""


def roles() -> tuple[str, ...]:
    """The classes of the network: every role and kind of argument, and :data:`NONE`, in order."""
    named = {role for scheme in event_scheme().types.values() for role in scheme.roles}
    return (*sorted(named | {*OTHER_ROLES.values()}), NONE)


@dataclass(frozen=True)
class Shape:
    """Sizes of a network: widths of the streams of states it reads, of its layers; ``depth`` convolutions of ``window``
    tokens to either side."""

    streams: tuple[int, ...]
    width: int = 64
    depth: int = 3
    window: int = 2


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
        one, other = np.ascontiguousarray(rows[:, :2].T)
        first = np.minimum(one, other) + 1
        last = np.maximum(np.maximum(one, other), first)
        length = np.maximum(last - first, 1)[:, None].astype(np.float32)
        joined = [states[one], states[other], (sums[last] - sums[first]) / length, states[one] * states[other]]
        hidden, back_pair = self.parts["pair"](np.concatenate(joined, axis=1), is_train)
        back_signs = []
        for number in range(len(SIGN_SIZES)):
            sign, back = self.parts[f"sign {number}"](np.ascontiguousarray(rows[:, 2 + number]), is_train)
            hidden = hidden + sign
            back_signs.append(back)
        scores, back_scores = self.parts["scores"](hidden, is_train)

        def backprop(slope: Floats) -> Floats:
            by_hidden = back_scores(slope)
            for back in back_signs:
                back(by_hidden)
            by_one, by_other, by_mean, by_product = np.split(back_pair(by_hidden), 4, axis=1)
            by_token, by_sum = np.zeros_like(states), np.zeros_like(sums)
            ops = BlockOps()
            ops.scatter_add(by_token, one, by_one + by_product * states[other])
            ops.scatter_add(by_token, other, by_other + by_product * states[one])
            ops.scatter_add(by_sum, last, by_mean / length)
            ops.scatter_add(by_sum, first, -by_mean / length)
            return np.asarray(by_token + np.cumsum(by_sum[::-1], axis=0)[::-1][1:])

        return np.asarray(scores), backprop


class RoleNetwork:
    """The network. ``centre`` and ``spread`` ``[states]`` are of the states it was fitted on.

    ``block`` tells which columns of a context's vectors are its own, where several networks read it: the first, second …
    ``width`` of them; ``signs`` makes the tokens, and may be shared by those networks. ``role`` and ``same`` judge pairs: an anchor and a mention, and two anchors of one type. ``parts["type"]`` scores the types of
    anchors; it serves the training alone, whose states get better by it (the linear model types anchors as well).
    """

    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        self.shape, self.dropout, self.block = shape, dropout, 0
        self.roles = roles()
        states, width = sum(shape.streams), shape.width
        self.centre, self.spread = np.zeros(states, np.float32), np.ones(states, np.float32)
        turn: Model[Any, Any] = chain(
            expand_window(shape.window),
            with_array(chain(Gelu(width, width * (2 * shape.window + 1)), LayerNorm(width), Dropout(dropout))),
        )
        self.parts: dict[str, Model[Any, Any]] = {
            "project": Linear(width, states),
            "label": Embed(width, len(LABELS)),
            "headline": Embed(width, 2),
            "settle": chain(LayerNorm(width), Dropout(dropout)),
            "look": clone(residual(turn), shape.depth),
            "type": Linear(len(event_scheme().types), width),
        }
        self.role, self.same = PairJudge(width, len(self.roles), dropout), PairJudge(width, 2, dropout)
        for part in self.layers():
            for node in part.walk():
                node.ops = BlockOps()
            part.initialize()
        self.signs = Signs()
        self._read: tuple[Reading, Floats, Floats] | None = None

    def projection(self) -> tuple[Floats, Floats]:
        """Weights ``[width, states]`` and bias ``[width]`` that project a text's states as :meth:`project` does."""
        weights: Floats = (np.asarray(self.parts["project"].get_param("W")) / self.spread).astype(np.float32)
        bias: Floats = np.asarray(self.parts["project"].get_param("b")) - weights @ self.centre
        return weights, bias

    def role_chances(self, reading: Reading, rows: NDArray[np.int32]) -> Floats:
        """Return the probability of each role ``[pairs, roles]`` for pairs of an anchor and a mention.

        ``rows`` are as of :func:`pipeline.events.tokens.pair_signs`. The reading must have its context; what was read of it is
        kept until another one comes.
        """
        return softmax(self.role(*self._of(reading), rows, False)[0] + forbidden()[rows[:, 2], rows[:, 3]])

    def same_chances(self, reading: Reading, rows: NDArray[np.int32]) -> Floats:
        """Return the probability ``[pairs]`` that two anchors of one type stand for the same occurrence; else as above."""
        same: Floats = softmax(self.same(*self._of(reading), rows, False)[0])[:, 1]
        return same

    def _of(self, reading: Reading) -> tuple[Floats, Floats]:
        if self._read is None or self._read[0] is not reading:
            states = self._states(reading)
            self._read = (reading, states, running_sums(states))
        return self._read[1:]

    def _states(self, reading: Reading) -> Floats:
        assert reading.context is not None
        tokens, width = self.signs.tokens(reading), self.shape.width
        own = reading.context.vectors[:, self.block * width : (self.block + 1) * width]
        sums = np.concatenate([np.zeros((1, width)), np.cumsum(own, 0, dtype=np.float64)])
        starts, ends = tokens.spans.T
        means = ((sums[ends] - sums[starts]) / (ends - starts)[:, None]).astype(np.float32)
        return self.look_around(means, tokens.symbols, [len(tokens)], False)[0]

    def project(self, states: Floats, is_train: bool) -> tuple[Floats, Backward]:
        """Project the mean states of tokens ``[tokens, states]``; a share of them is dropped in training."""
        states = (states - self.centre) / self.spread
        if is_train:
            states *= kept(states.shape, self.dropout)
        projected, back = self.parts["project"](states, is_train)
        return projected, back

    def look_around(
        self, projected: Floats, symbols: NDArray[np.int32], lengths: Sequence[int], is_train: bool
    ) -> tuple[Floats, Backward]:
        """Return the tokens of readings end to end, each as it stands among its neighbours, ``[tokens, width]``."""
        labels, back_labels = self.parts["label"](np.ascontiguousarray(symbols[:, 0]), is_train)
        headline, back_headline = self.parts["headline"](np.ascontiguousarray(symbols[:, 1]), is_train)
        settled, back_settled = self.parts["settle"](projected + labels + headline, is_train)
        seen, back_seen = self.parts["look"](as_ragged(settled, lengths), is_train)

        def backprop(slope: Floats) -> Floats:
            by_token: Floats = back_settled(back_seen(as_ragged(slope, lengths)).dataXd)
            back_labels(by_token)
            back_headline(by_token)
            return by_token

        return np.asarray(seen.dataXd), backprop

    def layers(self) -> list[Model[Any, Any]]:
        """All layers, always in the same order."""
        return [*self.parts.values(), *self.role.parts.values(), *self.same.parts.values()]

    def weights(self) -> Iterator[tuple[Model[Any, Any], str]]:
        """Every layer with the name of a weight that it has, always in the same order."""
        for part in self.layers():
            for node in part.walk():
                yield from ((node, name) for name in node.param_names if node.has_param(name))

    def stored(self) -> dict[str, Any]:
        """Shape and weights (in float16, half the size), as :func:`restored` reads them."""
        weights = [np.asarray(node.get_param(name), dtype=np.float16) for node, name in self.weights()]
        return {"shape": asdict(self.shape), "centre": self.centre, "spread": self.spread, "weights": weights}


def restored(stored: dict[str, Any]) -> RoleNetwork:
    """Make the network of what :meth:`RoleNetwork.stored` gave.

    Raises ValueError for one that was made for other event types or roles.
    """
    shape = stored["shape"] | {"streams": tuple(stored["shape"]["streams"])}
    network = RoleNetwork(Shape(**shape))
    network.centre, network.spread = stored["centre"], stored["spread"]
    for (node, name), weight in zip(network.weights(), stored["weights"], strict=True):
        if weight.shape != np.shape(node.get_param(name)):
            raise ValueError("made for other event types or roles than configs/events.toml has")
        node.set_param(name, weight.astype(np.float32))
    return network


def softmax(scores: Floats) -> Floats:
    """Probabilities ``[rows, classes]`` of scores.

    >>> softmax(np.zeros((1, 2), dtype=np.float32)).tolist()
    [[0.5, 0.5]]
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


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
