"""The conditional random field against sums and maxima over every path, written out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pipeline.recognise.crf import (
    Floats,
    Transitions,
    best_paths,
    gradient,
    path_probability,
    posterior,
    score_paths,
)

LENGTHS = [3, 1, 4]
TAGS = 3


@pytest.fixture
def model() -> tuple[Floats, Transitions]:
    """Random scores for eight characters and transitions that forbid 0 to 2 and ending in 1."""
    rng = np.random.default_rng(7)
    step = rng.normal(size=(TAGS, TAGS))
    step[0, 2] = -np.inf
    last = rng.normal(size=TAGS)
    last[1] = -np.inf
    return rng.normal(size=(sum(LENGTHS), TAGS)) * 3, Transitions(rng.normal(size=TAGS), step, last)


def every_path(scores: Floats, transitions: Transitions) -> dict[tuple[int, ...], float]:
    """Score of every path through one sequence."""
    found = {}
    for path in itertools.product(range(TAGS), repeat=len(scores)):
        score = transitions.first[path[0]] + transitions.last[path[-1]]
        score += sum(scores[i, tag] for i, tag in enumerate(path))
        score += sum(transitions.step[a, b] for a, b in itertools.pairwise(path))
        found[path] = float(score)
    return found


def sequences(scores: Floats) -> list[Floats]:
    return np.split(scores, np.cumsum(LENGTHS)[:-1])


def test_the_partition_is_the_sum_over_every_path(model: tuple[Floats, Transitions]) -> None:
    scores, transitions = model
    belief = posterior(scores, LENGTHS, transitions)
    expected = [np.logaddexp.reduce(list(every_path(part, transitions).values())) for part in sequences(scores)]
    np.testing.assert_allclose(belief.log_partition, expected)


def test_marginals_are_sums_over_the_paths_through_a_tag(model: tuple[Floats, Transitions]) -> None:
    scores, transitions = model
    expected = []
    for part in sequences(scores):
        weights = {path: np.exp(score) for path, score in every_path(part, transitions).items()}
        total = sum(weights.values())
        for place in range(len(part)):
            expected.append([sum(w for p, w in weights.items() if p[place] == tag) / total for tag in range(TAGS)])
    np.testing.assert_allclose(posterior(scores, LENGTHS, transitions).tags, expected, atol=1e-12)


def test_best_paths_are_the_best_of_every_path(model: tuple[Floats, Transitions]) -> None:
    scores, transitions = model
    expected: list[int] = []
    for part in sequences(scores):
        paths = every_path(part, transitions)
        expected += max(paths, key=paths.__getitem__)
    assert best_paths(scores, LENGTHS, transitions).tolist() == expected


def test_the_score_of_a_path_is_the_written_out_sum(model: tuple[Floats, Transitions]) -> None:
    scores, transitions = model
    path = np.array([1, 1, 2, 0, 2, 1, 0, 0])
    expected = [
        every_path(part, transitions)[tuple(gold.tolist())]
        for part, gold in zip(sequences(scores), np.split(path, np.cumsum(LENGTHS)[:-1]), strict=True)
    ]
    np.testing.assert_allclose(score_paths(scores, LENGTHS, transitions, path), expected)


def test_gradients_agree_with_small_differences(model: tuple[Floats, Transitions]) -> None:
    scores, transitions = model
    path = np.array([1, 1, 2, 0, 2, 1, 0, 0])
    _, by_scores, by_transitions = gradient(scores, LENGTHS, transitions, path)

    def loss() -> float:
        return gradient(scores, LENGTHS, transitions, path)[0]

    pairs = [
        (scores, by_scores),
        (transitions.first, by_transitions.first),
        (transitions.step, by_transitions.step),
        (transitions.last, by_transitions.last),
    ]
    for values, slope in pairs:
        for place in np.ndindex(values.shape):
            kept = values[place]
            if np.isneginf(kept):
                assert slope[place] == 0
                continue
            values[place] = kept + 1e-5
            above = loss()
            values[place] = kept - 1e-5
            below = loss()
            values[place] = kept
            assert slope[place] == pytest.approx((above - below) / 2e-5, abs=1e-6)


def test_the_probability_of_a_stretch_sums_the_paths_that_hold_it(model: tuple[Floats, Transitions]) -> None:
    scores, transitions = model
    belief = posterior(scores, LENGTHS, transitions)
    weights = {path: np.exp(score) for path, score in every_path(sequences(scores)[2], transitions).items()}
    held = sum(w for path, w in weights.items() if path[1:3] == (2, 1))
    assert path_probability(belief, transitions, 5, [2, 1]) == pytest.approx(held / sum(weights.values()))


def test_forbidden_transitions_never_appear_whatever_the_scores_say() -> None:
    step = np.zeros((2, 2))
    step[0, 1] = -np.inf
    transitions = Transitions(np.array([0.0, -np.inf]), step, np.zeros(2))
    scores = np.tile([[0.0, 50.0]], (4, 1))
    assert best_paths(scores, [4], transitions).tolist() == [0, 0, 0, 0]
    np.testing.assert_allclose(posterior(scores, [4], transitions).tags[:, 1], 0)
