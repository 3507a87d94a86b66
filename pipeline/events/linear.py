"""A multinomial linear model over string features, read from a JSON file that a person can read.

scikit-learn fits it in :mod:`training.events`; here it only multiplies and adds, so nothing is unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


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
        scores = self.scores(features) / self.temperature
        exponent = np.exp(scores - scores.max())
        return dict(zip(self.classes, (exponent / exponent.sum()).tolist(), strict=True))

    def scores(self, features: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return the raw score of each class, shape ``(classes,)``."""
        known = [self.weights[feature] for feature in features if feature in self.weights]
        return self.intercept + np.sum(known, axis=0) if known else self.intercept.copy()

    def reasons(self, features: Sequence[str], name: str, most: int = 5) -> list[tuple[str, float]]:
        """Return the features that speak most for class ``name``, strongest first, with their weight above the mean class."""
        index = self.classes.index(name)
        known = [(f, self.weights[f]) for f in dict.fromkeys(features) if f in self.weights]
        ranked = sorted(((f, float(w[index] - w.mean())) for f, w in known), key=lambda pair: (-pair[1], pair[0]))
        return [pair for pair in ranked[:most] if pair[1] > 0]

    def save(self, path: Path) -> None:
        """Write the model as JSON with sorted features and weights rounded to three decimals; equal models give equal bytes."""
        rows = {name: [round(float(w), 3) for w in row] for name, row in sorted(self.weights.items())}
        head = {
            "classes": list(self.classes),
            "temperature": round(self.temperature, 3),
            "intercept": [round(float(w), 3) for w in self.intercept],
        }
        lines = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
            for name, row in rows.items()
        )
        path.write_text(
            f'{json.dumps(head, ensure_ascii=False)[:-1]}, "weights": {{\n{lines}\n}}}}\n', encoding="utf-8"
        )


def load_model(path: Path) -> LinearModel:
    """Read a model that :meth:`LinearModel.save` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    weights = {name: np.asarray(row, dtype=np.float64) for name, row in data["weights"].items()}
    return LinearModel(tuple(data["classes"]), np.asarray(data["intercept"]), weights, data["temperature"])
