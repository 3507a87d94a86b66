"""How far a score would move with other documents of the same kind: intervals from documents drawn with replacement."""

from __future__ import annotations

from collections.abc import Sequence

DRAWS = 1_000
SEED = 20_310_305
"""Any number would do; it is fixed so that the same counts give the same interval."""


def f1_interval(
    counts: Sequence[tuple[int, int, int]], draws: int = DRAWS, seed: int = SEED, share: float = 0.95
) -> tuple[float, float]:
    """Return the middle ``share`` of the F1 over ``draws`` drawings of as many documents as there are.

    ``counts`` holds, for each document, how many were right, predicted and wanted. Drawings with nothing to score are left
    out; (0, 0) when there is nothing at all.

    >>> f1_interval([(5, 5, 5), (5, 5, 5), (0, 0, 0)])
    (1.0, 1.0)
    """
    import numpy as np  # here, because every command of bangfu imports this module

    table = np.asarray(counts, dtype=np.int64).reshape(-1, 3)
    if not table.any():
        return 0.0, 0.0
    chosen = np.random.default_rng(seed).integers(0, len(table), size=(draws, len(table)))
    hits, predicted, gold = np.moveaxis(table[chosen].sum(axis=1), 1, 0)
    scored = predicted + gold > 0
    low, high = np.quantile(2 * hits[scored] / (predicted + gold)[scored], [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
