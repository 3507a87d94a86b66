"""Trains the role networks (:mod:`pipeline.events.network`) on the records of the corpus."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray
from thinc.api import Adam, fix_random_seed, set_dropout_rate

from pipeline.event_types import event_scheme
from pipeline.events.assemble import REACH
from pipeline.events.judges import Floats, roles, running_sums, softmax
from pipeline.events.network import RoleNetwork, Shape
from pipeline.events.roles import NONE, allowed_roles
from pipeline.events.tokens import make_tokens, pair_signs
from pipeline.recognise.features import CharacterFeatures, FeatureReader
from pipeline.recognise.head import BlockOps
from pipeline.recognise.runtime import single_core_products
from training.readings import GoldReading, anchor_pairs, records_by_anchor, roles_played

EPOCHS = 10
TOKENS_TOGETHER = 1_000
"""Tokens of the readings that share an update."""
DROPOUT = 0.2
LEARN_RATE = 0.001
FIRST_LOOK = np.float32(0.5)
"""Share of the first look's loss beside the second one's."""
SEEDS = (7, 11, 19)
"""One for each member of the committee."""


@dataclass(frozen=True, eq=False)
class NetworkExample:
    """A reading as the network learns it: mean states ``[tokens, states]`` and symbols of its tokens, and its pairs.

    ``rows`` are pairs of an anchor and a mention (:func:`pipeline.events.tokens.pair_signs`), ``right`` the number of the role that
    the mention plays; ``anchor_rows`` are pairs of two anchors of one type, ``same`` is 1 where they are one occurrence;
    ``types`` ``[anchors, 2]`` are the tokens of all anchors with the number of their type.
    """

    states: NDArray[np.float16]
    symbols: NDArray[np.int32]
    rows: NDArray[np.int32]
    right: NDArray[np.int64]
    anchor_rows: NDArray[np.int32]
    same: NDArray[np.int64]
    types: NDArray[np.int64]


def network_examples(
    readings: Iterable[GoldReading], features: FeatureReader, read: Callable[[str], CharacterFeatures]
) -> Iterator[NetworkExample]:
    """Make the examples of gold readings; ``read`` gives the features of the bulletin of that name."""
    classes, kinds = roles(), list(event_scheme().types)
    for gold in readings:
        own = read(gold.name).part(gold.at, gold.at + len(gold.reading.text))
        tokens = make_tokens(gold.reading, features.opens_word(own))
        rows, right, types = [], [], []
        of_anchor = records_by_anchor(gold)
        for anchor, records in of_anchor.items():
            kind = Counter(record.type for record in records).most_common(1)[0][0]
            types.append((tokens.of_mention[anchor], kinds.index(kind)))
            played = roles_played(records)
            candidates = [
                mention
                for mention in gold.reading.candidates(anchor, REACH)
                if not mention.span.overlaps(anchor.span) and allowed_roles(kind, mention.label)
            ]
            rows.append(pair_signs(gold.reading, tokens, anchor, candidates, kind))
            for mention in candidates:
                allowed = allowed_roles(kind, mention.label)
                right.append(classes.index(next((r for r in played.get(mention, ()) if r in allowed), NONE)))
        if right:
            pairs = list(anchor_pairs(of_anchor))
            anchor_rows = [pair_signs(gold.reading, tokens, one, [other], kind) for one, other, kind, _ in pairs]
            yield NetworkExample(
                _mean_states(own, tokens.spans),
                tokens.symbols,
                np.concatenate(rows),
                np.array(right),
                np.concatenate(anchor_rows or [rows[0][:0]]),
                np.array([int(one) for *_, one in pairs], dtype=np.int64),
                np.array(types),
            )


def train_network(
    examples: Sequence[NetworkExample],
    streams: Sequence[int],
    seed: int = SEEDS[0],
    epochs: int = EPOCHS,
    say: TextIO = sys.stderr,
) -> RoleNetwork:
    """Fit a network on ``examples``; ``streams`` are the widths of the states they hold. The same examples give the same one."""
    fix_random_seed(seed)
    draw = np.random.default_rng(seed)
    network = RoleNetwork(Shape(tuple(streams)), DROPOUT)
    sample = np.concatenate([example.states[:50] for example in examples]).astype(np.float32)
    network.centre, network.spread = sample.mean(axis=0), sample.std(axis=0) + 1e-3
    optimizer = Adam(LEARN_RATE, L2=0.01, L2_is_weight_decay=True, use_averages=True, grad_clip=1.0)
    with single_core_products():
        for epoch in range(epochs):
            loss = 0.0
            order = [examples[place] for place in draw.permutation(len(examples))]
            for batch in _batches(order):
                loss += _update(network, batch)
                for layer in network.layers():
                    layer.finish_update(optimizer)
            pairs = sum(len(example.right) for example in examples)
            print(f"role network {seed}: round {epoch + 1} of {epochs}, loss a pair {loss / pairs:.4f}", file=say)
    for node, name in network.weights():
        averaged = optimizer.averages.get((node.id, name))
        if averaged is not None:
            node.set_param(name, averaged)
    _set_dropout(network, 0.0)
    return network


def _update(network: RoleNetwork, batch: Sequence[NetworkExample]) -> float:
    """Add the gradient of a batch to the network; returns the loss of its roles."""
    _set_dropout(network, DROPOUT)
    lengths = [len(example.states) for example in batch]
    firsts = np.cumsum([0, *lengths[:-1]], dtype=np.int32)
    rows, anchor_rows, types = (
        _shifted([getattr(e, name) for e in batch], firsts, columns) for name, columns in SHIFTED
    )
    states = np.concatenate([example.states for example in batch]).astype(np.float32)
    projected, back_projected = network.project(states, True)
    symbols = np.concatenate([example.symbols for example in batch])
    seen, back_seen = network.look_around(projected, symbols, lengths, True)
    sums = running_sums(seen)
    right = np.concatenate([example.right for example in batch])
    scores, before, back_role = network.role(seen, sums, rows, True)
    loss, slope = _loss(scores, right)
    share = np.float32(1 / len(batch))
    by_seen = back_role(share * slope, share * FIRST_LOOK * _loss(before, right)[1])
    if len(anchor_rows):
        scores, back_same = network.same(seen, sums, anchor_rows, True)
        by_seen += back_same(_loss(scores, np.concatenate([e.same for e in batch]))[1] / len(batch))
    scores, back_type = network.parts["type"](seen[types[:, 0]], True)
    BlockOps().scatter_add(by_seen, types[:, 0].astype(np.int32), back_type(_loss(scores, types[:, 1])[1] / len(batch)))
    back_projected(back_seen(by_seen))
    return loss


SHIFTED = (("rows", 2), ("anchor_rows", 2), ("types", 1))
"""The parts of an example whose first columns are numbers of tokens."""


def _shifted(parts: Sequence[NDArray[Any]], firsts: NDArray[np.int32], columns: int) -> NDArray[Any]:
    """Put parts of examples together; their tokens are numbered on."""
    whole = np.concatenate(parts)
    whole[:, :columns] += np.repeat(firsts, [len(part) for part in parts])[:, None]
    return whole


def _loss(scores: Floats, right: NDArray[np.int64]) -> tuple[float, Floats]:
    """The negative log likelihood of the right classes, and its slope by the scores."""
    slope, each = softmax(scores), np.arange(len(right))
    loss = -float(np.log(slope[each, right] + 1e-9).sum())
    slope[each, right] -= 1
    return loss, slope


def _batches(examples: Iterable[NetworkExample]) -> Iterator[list[NetworkExample]]:
    batch: list[NetworkExample] = []
    for example in examples:
        batch.append(example)
        if sum(len(one.states) for one in batch) >= TOKENS_TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _mean_states(features: CharacterFeatures, spans: NDArray[np.int64]) -> NDArray[np.float16]:
    """Mean over the characters of each span of all states, ``[spans, states]``."""
    means = [np.zeros((len(spans), 0), dtype=np.float32)]
    for stream in features.streams:
        states = stream.vectors.astype(np.float32)[stream.owner]
        means.append(np.stack([states[start:end].mean(axis=0) for start, end in spans]))
    return np.concatenate(means, axis=1).astype(np.float16)


def _set_dropout(network: RoleNetwork, rate: float) -> None:
    for layer in network.layers():
        set_dropout_rate(layer, rate)
