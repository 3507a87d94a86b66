"""A multinomial linear model over string features, read from a JSON file that a person can read.

scikit-learn fits it in :mod:`training.events`; here it only multiplies and adds, so nothing is unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

_DIGITS = 9
"""Decimals of a score that count."""


@dataclass(frozen=True)
class LinearModel:
    """``classes``, an intercept per class, and per feature a weight for each class (arrays of shape ``(classes,)``).

    ``temperature`` divides the scores before the softmax; it is fitted on dev so that probabilities are calibrated.
    """

    classes: tuple[str, ...]
    intercept: npt.NDArray[np.float64]
    weights: Mapping[str, npt.NDArray[np.float64]]
    temperature: float = 1.0

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Return the probability of each class for one set of features; unknown features count nothing."""
        return dict(zip(self.classes, self.chances([features])[0].tolist(), strict=True))

    def chances(self, many: Sequence[Iterable[str]]) -> npt.NDArray[np.float64]:
        """Return the probability of each class for many sets of features, shape ``(sets, classes)``."""
        scores = self.scores(many) / self.temperature
        exponent = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: npt.NDArray[np.float64] = exponent / exponent.sum(axis=1, keepdims=True)
        return shares

    @cached_property
    def _rows(self) -> tuple[dict[str, int], npt.NDArray[np.float64]]:
        """The row of each feature in the table of weights, shape ``(features, classes)``."""
        table = np.array(list(self.weights.values())).reshape(len(self.weights), len(self.classes))
        return {name: row for row, name in enumerate(self.weights)}, table

    def scores(self, many: Sequence[Iterable[str]]) -> npt.NDArray[np.float64]:
        """Return the raw score of each class for many sets of features, shape ``(sets, classes)``.

        Weights are hundredths, so that classes may tie: scores are rounded, lest the order of addition decide between them.
        """
        rows, table = self._rows
        known = [[rows[feature] for feature in features if feature in rows] for features in many]
        scores = np.tile(self.intercept, (len(known), 1))
        filled = [number for number, own in enumerate(known) if own]
        if filled:
            firsts = np.cumsum([0, *(len(known[number]) for number in filled[:-1])])
            scores[filled] += np.add.reduceat(table[list(chain.from_iterable(known))], firsts, axis=0)
        return scores.round(_DIGITS)

    def reasons(self, features: Sequence[str], name: str, most: int = 5) -> list[tuple[str, float]]:
        """Return the features that speak most for class ``name``, strongest first, with their weight above the mean class."""
        index = self.classes.index(name)
        known = [(f, self.weights[f]) for f in dict.fromkeys(features) if f in self.weights]
        ranked = sorted(((f, float(w[index] - w.mean())) for f, w in known), key=lambda pair: (-pair[1], pair[0]))
        return [pair for pair in ranked[:most] if pair[1] > 0]

    def save(self, path: Path) -> None:
        """Write the model as JSON: sorted features, each with the weights that are not nought, by number of the class.

        Weights are whole hundredths; equal models give equal bytes.
        """
        head = {
            "classes": list(self.classes),
            "temperature": round(self.temperature, 3),
            "intercept": [round(float(w), 3) for w in self.intercept],
        }
        lines = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(_sparse(row), separators=(',', ':'))}"
            for name, row in sorted(self.weights.items())
        )
        path.write_text(
            f'{json.dumps(head, ensure_ascii=False)[:-1]}, "weights": {{\n{lines}\n}}}}\n', encoding="utf-8"
        )


def _sparse(row: npt.NDArray[np.float64]) -> dict[str, int]:
    """The weights that are not nought, in hundredths: whole numbers take a third less room than decimals."""
    return {str(number): weight for number, w in enumerate(row) if (weight := round(100 * float(w)))}


def load_model(path: Path) -> LinearModel:
    """Read a model that :meth:`LinearModel.save` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    table = np.zeros((len(data["weights"]), len(data["classes"])))
    for row, sparse in zip(table, data["weights"].values(), strict=True):
        for number, weight in sparse.items():
            row[int(number)] = weight / 100
    weights = dict(zip(data["weights"], table, strict=True))
    return LinearModel(tuple(data["classes"]), np.asarray(data["intercept"]), weights, data["temperature"])
