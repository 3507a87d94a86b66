"""The linear model: what it computes, what it gives as reasons, and that saving keeps it to the byte."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.events.linear import LinearModel, load_model
from training.events import accuracy
from training.linear import fit

EXAMPLES = [
    (["word=捐赠", "near=元"], "donation"),
    (["word=捐款"], "donation"),
    (["word=调研"], "visit"),
    (["word=考察"], "visit"),
]


@pytest.fixture
def model() -> LinearModel:
    return fit([*EXAMPLES, *EXAMPLES], strength=10.0, rarest=1)


def test_it_learns_its_examples(model: LinearModel) -> None:
    assert accuracy(model, EXAMPLES)["accuracy"] == 1.0


def test_probabilities_sum_to_one_and_unknown_features_count_nothing(model: LinearModel) -> None:
    chances = model.probabilities(["word=调研", "word=从未见过"])
    assert sum(chances.values()) == pytest.approx(1.0)
    assert chances == model.probabilities(["word=调研"])


def test_reasons_name_what_spoke_for_a_class(model: LinearModel) -> None:
    assert model.reasons(["word=捐赠", "word=从未见过"], "donation")[0][0] == "word=捐赠"
    assert model.reasons(["word=捐赠"], "visit") == []


def test_saving_and_loading_gives_the_same_model_and_the_same_bytes(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path / "a.json")
    loaded = load_model(tmp_path / "a.json")
    loaded.save(tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert loaded.classes == model.classes
    np.testing.assert_allclose(loaded.scores([["word=捐赠"]]), model.scores([["word=捐赠"]]), atol=0.01)


def test_one_class_alone_cannot_be_learnt() -> None:
    with pytest.raises(ValueError, match="one class only"):
        fit([(["a"], "visit")])


def test_classes_that_tie_do_so_in_whatever_order_their_weights_are_added() -> None:
    weights = {"x": np.array([0.1, 0.6]), "y": np.array([0.2, 0.0]), "z": np.array([0.3, 0.0])}
    tied = LinearModel(("first", "second"), np.zeros(2), weights)
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert [tied.probabilities(order) for order in ("xyz", "zyx", "yxz")] == [{"first": 0.5, "second": 0.5}] * 3
