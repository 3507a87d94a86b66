"""A small network that reads the words and mentions of an item of news, and judges the part a mention plays for an anchor.

It stands beside the linear role model, which knows a fixed list of features: the network sees every word around a mention
by the states of the frozen encoders. Its tokens are the mentions and the words between them (:mod:`pipeline.events.tokens`);
residual convolutions look around, and two tokens are judged together (:mod:`pipeline.events.judges`). Built of thinc layers;
:mod:`training.network` fits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import Dropout, Embed, Gelu, LayerNorm, Linear, Model, chain, clone, expand_window, residual, with_array

from pipeline.event_types import event_scheme
from pipeline.events.judges import Backward, Floats, PairJudge, RoleJudge, roles, running_sums, softmax
from pipeline.events.reading import Reading
from pipeline.events.tokens import LABELS, Signs
from pipeline.recognise.head import BlockOps, as_ragged, kept


@dataclass(frozen=True)
class Shape:
    """Sizes of a network: widths of the streams of states it reads, of its layers; ``depth`` convolutions of ``window``
    tokens to either side."""

    streams: tuple[int, ...]
    width: int = 64
    depth: int = 3
    window: int = 2


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
        self.role, self.same = RoleJudge(width, dropout), PairJudge(width, 2, dropout)
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
        """Return the probability of each role ``[pairs, roles]`` for all pairs of an anchor and a mention that are asked about.

        ``rows`` are as of :func:`pipeline.events.tokens.pair_signs`; pairs that share an anchor or a mention are rivals. The reading
        must have its context; what was read of it is kept until another one comes.
        """
        return softmax(self.role(*self._of(reading), rows, False)[0])

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
