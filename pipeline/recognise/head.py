"""The trained part: a small convolutional tagger over character features, with the parameters of its CRF.

Built of thinc layers. What is known of each piece of text (the states of the frozen encoders) is projected once a piece
and spread over its characters; embeddings of the symbols of each character are added; residual convolutions look around;
a linear layer scores the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from spacy.util import registry
from thinc.api import (
    Dropout,
    Embed,
    Gelu,
    HashEmbed,
    LayerNorm,
    Linear,
    Model,
    NumpyOps,
    chain,
    clone,
    expand_window,
    residual,
    with_array,
)
from thinc.types import Ragged

from pipeline.recognise.crf import Transitions
from pipeline.recognise.features import CharacterFeatures, SymbolColumn

Batch = tuple[list[CharacterFeatures], list[int]]
"""Features of some texts, and the lengths of the segments that make up all of them in order."""

Tagger = Model[Batch, Ragged]
_CRF_PARTS = ("first", "step", "last")


@registry.architectures("bangfu.span_crf.v1")
def build_tagger(
    width: int, depth: int, window: int, state_dropout: float, hashed_rows: int, mixed: bool = False
) -> Tagger:
    """A tagger that scores tags ``[characters, tags]``; :func:`fit_to` tells it what it reads and what it scores.

    ``width`` is the width of every layer; ``depth`` the number of convolutions; ``window`` the characters that each of
    them sees to either side (2 is a window of 5). ``state_dropout`` is the share of the encoders' states that is dropped
    in training; ``hashed_rows`` the size of the tables of characters and of character pairs, which 0 leaves out. The
    layers of the encoder are joined, or ``mixed`` by learnt weights. The training configuration's dropout acts between
    the layers.
    """
    mix: Model[Batch, Ragged] = Model(
        "mix",
        _mix,
        init=_init_mix,
        dims={"nO": width},
        attrs={"hashed_rows": hashed_rows, "state_dropout": state_dropout, "mixed": mixed, "streams": 0, "columns": []},
    )
    block: Model[Ragged, Ragged] = chain(
        expand_window(window),
        with_array(chain(Gelu(nO=width, nI=width * (2 * window + 1)), LayerNorm(nI=width), Dropout())),
    )
    output = Linear(nI=width)
    crf: Model[Ragged, Ragged] = Model("crf", _pass_on, params=dict.fromkeys(_CRF_PARTS))
    model: Tagger = chain(
        mix,
        with_array(chain(LayerNorm(nI=width), Dropout())),
        clone(residual(block), depth),
        with_array(output),
        crf,
    )
    for name, node in (("mix", mix), ("output", output), ("crf", crf)):
        model.set_ref(name, node)
    return model


class BlockOps(NumpyOps):
    """thinc's operations, faster here.

    The matrix product is numpy's: thinc's own has no wide registers. The error function goes block by block.
    """

    BLOCK = 16_384
    """Entries of a block: few enough for its intermediate results to stay in a core's cache."""

    def __init__(self) -> None:
        super().__init__(use_blis=False)

    def erf(self, values: Any) -> Any:
        """The error function of every entry, as thinc approximates it."""
        flat = values.reshape(-1)
        found = np.empty_like(flat)
        for start in range(0, len(flat), self.BLOCK):
            found[start : start + self.BLOCK] = super().erf(flat[start : start + self.BLOCK])
        return found.reshape(values.shape)


def fit_to(model: Tagger, columns: Sequence[SymbolColumn], widths: Sequence[int], layers: Sequence[int]) -> None:
    """Give the tagger a projection for each stream of states and a table for each column of symbols.

    ``layers`` are the numbers of layers that the streams join; only where the tagger mixes them does it matter.
    """
    mix = model.get_ref("mix")
    width, rows = mix.get_dim("nO"), mix.attrs["hashed_rows"]
    mix.attrs["streams"] = len(widths)
    mix.attrs["columns"] = [number for number, column in enumerate(columns) if rows or column.size is not None]
    for states, joined in zip(widths, layers, strict=True):
        mixed = mix.attrs["mixed"] and joined > 1
        plain = Linear(nO=width, nI=states // joined if mixed else states)
        mix.layers.append(chain(weigh_layers(joined), plain) if mixed else plain)
    for number in mix.attrs["columns"]:
        size = columns[number].size
        mix.layers.append(HashEmbed(width, rows, seed=number) if size is None else Embed(width, size))
    for node in model.walk():
        node.ops = BlockOps()


def set_tags(model: Tagger, count: int) -> None:
    """Set the number of tags the tagger scores; its CRF starts with no preference."""
    model.get_ref("output").set_dim("nO", count)
    crf = model.get_ref("crf")
    for name, shape in zip(_CRF_PARTS, [(count,), (count, count), (count,)], strict=True):
        crf.set_param(name, crf.ops.alloc_f(shape))


def learnt_transitions(model: Tagger) -> Transitions:
    """The CRF's learnt scores; what is forbidden is the tag scheme's to say."""
    return Transitions(*(np.asarray(model.get_ref("crf").get_param(name)) for name in _CRF_PARTS))


def learn_transitions(model: Tagger, slope: Transitions) -> None:
    """Add to the gradient of the CRF's scores."""
    for name in _CRF_PARTS:
        model.get_ref("crf").inc_grad(name, getattr(slope, name).astype(np.float32))


def with_weights(model: dict[str, Any], kind: type[np.floating]) -> dict[str, Any]:
    """A serialised model with its weights in another precision."""
    weights = [
        {name: values if values is None else np.asarray(values, dtype=kind) for name, values in node.items()}
        for node in model["params"]
    ]
    return model | {"params": weights}


def as_ragged(rows: Any, lengths: Sequence[int]) -> Ragged:
    """Rows of sequences end to end, with the sequences' lengths, as thinc wants them."""
    data: Any = np.asarray(rows, dtype=np.float32)
    sizes: Any = np.asarray(lengths, dtype=np.int32)
    return Ragged(data, sizes)


def _pass_on(model: Model[Ragged, Ragged], scores: Ragged, is_train: bool) -> tuple[Ragged, Callable[[Ragged], Ragged]]:
    return scores, lambda slope: slope


def _mix(model: Tagger, batch: Batch, is_train: bool) -> tuple[Ragged, Callable[[Ragged], Any]]:
    """Sum of the projected states and of the symbols' embeddings ``[characters, width]``."""
    features, lengths = batch
    streams = model.attrs["streams"]
    symbols = np.concatenate([text.symbols for text in features])
    total = np.zeros((len(symbols), model.get_dim("nO")), dtype=np.float32)
    backward: list[Callable[[Any], Any]] = []
    for number, layer in enumerate(model.layers[:streams]):
        states, owner = _joined(features, number)
        centre, spread = model.get_param(f"centre {number}"), model.get_param(f"spread {number}")
        if not is_train and layer.has_param("W"):  # the same by other weights, which are fewer than the states
            weights = layer.get_param("W") / spread
            total += (states @ weights.T + (layer.get_param("b") - weights @ centre))[owner]
            continue
        states = (states - centre) / spread
        if is_train:
            states *= kept(states.shape, model.attrs["state_dropout"])
        projected, back = layer(states, is_train)
        total += projected[owner]
        backward.append(_through_owner(back, owner, len(states)))
    for column, layer in zip(model.attrs["columns"], model.layers[streams:], strict=True):
        embedded, back = layer(np.ascontiguousarray(symbols[:, column]).astype(layer.attrs.get("keys", "u8")), is_train)
        total += embedded
        backward.append(back)

    def backprop(slope: Ragged) -> list[Any]:
        return [back(slope.data) for back in backward]

    return as_ragged(total, lengths), backprop


def weigh_layers(joined: int) -> Model[Any, Any]:
    """A layer that makes of ``joined`` layers' states side by side their mean by learnt weights, which add up to 1."""
    start: Any = np.zeros(joined, dtype=np.float32)
    return Model("weigh", _weigh, params={"weights": start})


def _weigh(model: Model[Any, Any], states: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    powers = np.exp(np.asarray(model.get_param("weights")))
    weights = powers / powers.sum()
    layers = states.reshape(len(states), len(weights), -1)

    def backprop(slope: Any) -> Any:
        by_weight = np.einsum("nd,nld->l", slope, layers)
        model.inc_grad("weights", weights * (by_weight - (weights * by_weight).sum()))
        return (slope[:, None] * weights[:, None]).reshape(states.shape)

    return np.einsum("nld,l->nd", layers, weights), backprop


def kept(shape: tuple[int, ...], dropped: float) -> Any:
    """A mask that drops a share of the entries (in steps of 1/256: bytes are the cheapest random numbers)."""
    limit = round(256 * dropped)
    return (np.random.randint(0, 256, shape, dtype=np.uint8) >= limit).astype(np.float32) * (256 / (256 - limit))


def _joined(features: list[CharacterFeatures], number: int) -> tuple[Any, Any]:
    """The vectors of one stream of all texts end to end, in float32, and the row of each character."""
    streams = [text.streams[number] for text in features]
    shifts = np.cumsum([0, *(len(stream.vectors) for stream in streams)])
    states = np.concatenate([stream.vectors for stream in streams], dtype=np.float32)
    return states, np.concatenate([s.owner + shift for s, shift in zip(streams, shifts, strict=False)])


def _through_owner(back: Callable[[Any], Any], owner: Any, rows: int) -> Callable[[Any], Any]:
    """Add up the gradients of a piece's characters before they pass to the piece."""

    def backprop(slope: Any) -> Any:
        # Owners never decrease, so the characters of a piece lie side by side.
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        by_piece = np.zeros((rows, slope.shape[1]), dtype=slope.dtype)
        by_piece[owner[starts]] = np.add.reduceat(slope, starts, axis=0)
        return back(by_piece)

    return backprop


def _init_mix(model: Tagger, **sample: Any) -> None:
    """Set up the tables, and centre and spread of every stream from a sample of texts."""
    for number, layer in enumerate(model.layers):
        layer.initialize()
        if number < model.attrs["streams"]:
            states = (
                _joined(sample["X"][0], number)[0]
                if sample.get("X")
                else np.zeros((2, layer.get_dim("nI")), dtype=np.float32)
            )
            model.set_param(f"centre {number}", states.mean(axis=0))
            model.set_param(f"spread {number}", states.std(axis=0) + 1e-3)
