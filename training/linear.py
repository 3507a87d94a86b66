"""Fits the linear models of :mod:`pipeline.events.linear`.

scikit-learn enters the project here alone; what it fits is written as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.events.linear import LinearModel
from pipeline.recognise.runtime import single_core_products
from training.confidence import Example

SMALLEST_WEIGHT = 0.12
"""Weights below this (in absolute value, for every class) are dropped: the shipped model stays small and readable, and real
bulletins are read no worse than with those of 0.09 (arguments with gold spans: 0.677 against 0.671; own dev and test 0.857, 0.861)."""


def fit(
    made: Sequence[Example], strength: float = 0.3, rarest: int = 2, smallest: float = SMALLEST_WEIGHT
) -> LinearModel:
    """Fit one linear model; ``strength`` is the inverse regularisation, features seen less than ``rarest`` times are left out.

    Features whose weights all lie under ``smallest`` are dropped.

    Raises ValueError when the examples have fewer than two classes.
    """
    classes = sorted({name for _, name in made})
    if len(classes) < 2:
        raise ValueError(f"corpus: examples of one class only ({', '.join(classes)}); label records of at least two")
    vectorizer = CountVectorizer(analyzer=set, min_df=rarest, dtype=np.float32)  # a fifth faster than float64
    matrix = vectorizer.fit_transform([features for features, _ in made])
    model = LogisticRegression(C=strength, max_iter=200, tol=1e-3)
    with single_core_products():  # many small steps: threads would wait for one another, and sums would vary
        model.fit(matrix, [name for _, name in made])
    weights, intercept = model.coef_, model.intercept_
    if len(classes) == 2:  # scikit-learn keeps one row for two classes
        weights, intercept = np.vstack([-weights / 2, weights / 2]), np.concatenate([-intercept / 2, intercept / 2])
    rows = zip(vectorizer.get_feature_names_out(), weights.T, strict=True)
    kept = {
        str(name): np.where(np.abs(row) < smallest / 2, 0.0, row) for name, row in rows if np.abs(row).max() >= smallest
    }
    return LinearModel(tuple(str(name) for name in model.classes_), intercept, kept)
