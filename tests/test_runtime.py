"""What the readers share: answers that are remembered, products on one core, and operations that are only faster."""

from collections.abc import Sequence

import numpy as np
import pytest
from thinc.api import NumpyOps, set_dropout_rate
from threadpoolctl import threadpool_info

from pipeline.recognise.encoder import Stream
from pipeline.recognise.features import CharacterFeatures, SymbolColumn
from pipeline.recognise.head import Batch, BlockOps, build_tagger, fit_to, set_tags, weigh_layers
from pipeline.recognise.runtime import remembers_batches, single_core_products


class Counting:
    """A reader that notes what it reads."""

    def __init__(self) -> None:
        self.read_so_far: list[tuple[str, ...]] = []

    @remembers_batches
    def read(self, texts: Sequence[str]) -> list[int]:
        """Lengths of the texts."""
        self.read_so_far.append(tuple(texts))
        return [len(text) for text in texts]


def test_a_batch_and_the_next_one_are_read_once_each() -> None:
    reader, other = Counting(), Counting()
    for batch in (["甲"], ["乙丙"], ["甲"], ["乙丙"]):
        assert reader.read(batch) == [len(batch[0])]
    assert reader.read_so_far == [("甲",), ("乙丙",)]
    reader.read(["丁"])
    reader.read(["乙丙"])
    reader.read(["甲"])
    assert reader.read_so_far[2:] == [("丁",), ("甲",)]
    assert other.read(["甲"]) == [1]
    assert other.read_so_far == [("甲",)]


def products() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_products_stay_on_one_core_inside_the_block_alone() -> None:
    before = products()
    with single_core_products():
        assert products() == {1}
    assert products() == before


def test_the_error_function_in_blocks_is_that_of_thinc() -> None:
    values = np.random.default_rng(7).normal(size=(300, 128)).astype(np.float32)
    assert values.size > 2 * BlockOps.BLOCK
    assert np.array_equal(BlockOps().erf(values), NumpyOps(use_blis=False).erf(values))


def test_the_scores_that_are_predicted_are_those_that_were_trained() -> None:
    draw = np.random.default_rng(7)
    states = Stream((5 * draw.normal(size=(6, 4)) + 3).astype(np.float16), np.arange(6, dtype=np.int32))
    batch: Batch = ([CharacterFeatures((states,), draw.integers(0, 90, (6, 1)).astype(np.uint64))], [6])
    tagger = build_tagger(width=8, depth=1, window=1, state_dropout=0.0, hashed_rows=20)
    fit_to(tagger, [SymbolColumn("character", None)], [4], [1])
    set_tags(tagger, 3)
    tagger.initialize(X=batch)
    set_dropout_rate(tagger, 0.0)
    tagger.get_ref("output").set_param("W", draw.normal(size=(3, 8)).astype(np.float32))
    trained, _ = tagger.begin_update(batch)
    assert np.abs(trained.data).max() > 0.1
    assert np.allclose(tagger.predict(batch).data, trained.data, atol=1e-4)


def test_mixed_layers_are_their_mean_by_weights_that_learn() -> None:
    draw = np.random.default_rng(3)
    layer = weigh_layers(3)
    layer.set_param("weights", np.array([0.5, -1.0, 0.2], dtype=np.float32))
    states = draw.normal(size=(5, 12)).astype(np.float32)
    slope = draw.normal(size=(5, 4)).astype(np.float32)
    mixed, backprop = layer.begin_update(states)
    shares = np.exp([0.5, -1.0, 0.2]) / np.exp([0.5, -1.0, 0.2]).sum()
    assert np.allclose(mixed, sum(share * states[:, 4 * i : 4 * i + 4] for i, share in enumerate(shares)), atol=1e-5)
    by_states = backprop(slope)
    assert np.allclose(by_states, np.concatenate([share * slope for share in shares], axis=1), atol=1e-5)
    learnt = np.asarray(layer.get_grad("weights"))
    for place in range(3):
        values = []
        for step in (1e-2, -1e-2):
            weights = np.array([0.5, -1.0, 0.2], dtype=np.float32)
            weights[place] += step
            layer.set_param("weights", weights)
            values.append(float((layer.predict(states) * slope).sum()))
        assert learnt[place] == pytest.approx((values[0] - values[1]) / 2e-2, rel=0.02, abs=1e-3)


@pytest.mark.parametrize(("mixed", "rows"), [(True, 20), (False, 0), (True, 0)])
def test_a_tagger_of_mixed_layers_or_without_tables_of_characters_predicts_what_it_trains(
    mixed: bool, rows: int
) -> None:
    draw = np.random.default_rng(7)
    states = Stream((5 * draw.normal(size=(6, 8)) + 3).astype(np.float16), np.arange(6, dtype=np.int32))
    batch: Batch = ([CharacterFeatures((states,), draw.integers(0, 5, (6, 2)).astype(np.uint64))], [6])
    tagger = build_tagger(width=8, depth=1, window=1, state_dropout=0.0, hashed_rows=rows, mixed=mixed)
    fit_to(tagger, [SymbolColumn("character", None), SymbolColumn("place", 5)], [8], [2])
    set_tags(tagger, 3)
    tagger.initialize(X=batch)
    set_dropout_rate(tagger, 0.0)
    tagger.get_ref("output").set_param("W", draw.normal(size=(3, 8)).astype(np.float32))
    trained, backprop = tagger.begin_update(batch)
    backprop(trained)
    assert np.allclose(tagger.predict(batch).data, trained.data, atol=1e-4)
    assert len(tagger.get_ref("mix").layers) == (3 if rows else 2)
