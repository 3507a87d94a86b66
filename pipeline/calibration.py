"""Confidence that keeps its word: one number, the temperature, cools the log-odds of a model that is too sure.

Temperatures are fitted on the dev split by :mod:`training.calibration` and ship with the models: in ``meta.json`` of a
recogniser, in ``calibration.json`` of the event models.
"""

from __future__ import annotations

import json
from math import exp, log
from pathlib import Path

CALIBRATION = "calibration.json"
_NEAREST = 1e-6
"""Confidences nearer to 0 or 1 are moved this far away: log-odds are finite."""


def cooled(confidence: float, temperature: float) -> float:
    """Return a confidence with its log-odds divided by ``temperature``; 1 leaves it alone.

    Half stays half, the order of confidences stays, and the reciprocal temperature undoes it.

    >>> round(cooled(0.99, 2.0), 3), cooled(0.5, 2.0), cooled(0.7, 1.0)
    (0.909, 0.5, 0.7)
    """
    if temperature == 1.0:
        return confidence
    inside = min(max(confidence, _NEAREST), 1 - _NEAREST)
    return 1 / (1 + exp(-log(inside / (1 - inside)) / temperature))


def load_temperatures(folder: Path) -> dict[str, float]:
    """Read the temperatures of ``parties`` and ``records`` of the event models in ``folder``; 1 where none was fitted."""
    path = folder / CALIBRATION
    found: dict[str, float] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {name: float(found.get(name, 1.0)) for name in ("parties", "records")}
