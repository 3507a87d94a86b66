"""Features of texts kept in a folder, so that several trainings read every text once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.recognise.encoder import Stream
from pipeline.recognise.features import CharacterFeatures, FeatureReader

TOGETHER = 64
"""Texts that are read at once."""


def store_features(reader: FeatureReader, texts: Iterable[str], folder: Path) -> None:
    """Read ``texts`` and write what was read into ``folder``, a file a text; ``reader`` has no word segmenter.

    A segmenter must not have learnt from the text it reads, which is the trainings' business.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(set(texts), key=lambda text: (len(text), text))
    for first in range(0, len(ordered), TOGETHER):
        chosen = ordered[first : first + TOGETHER]
        for text, features in zip(chosen, reader.read(chosen), strict=True):
            arrays: dict[str, Any] = {"symbols": features.symbols}
            for number, stream in enumerate(features.streams):
                arrays |= {f"vectors{number}": stream.vectors, f"owner{number}": stream.owner}
            np.savez(_file(folder, text), **arrays)


def stored_features(folder: Path, text: str) -> CharacterFeatures:
    """Return what :func:`store_features` kept of a text; raises FileNotFoundError for one that it was not given."""
    with np.load(_file(folder, text)) as arrays:
        count = sum(name.startswith("vectors") for name in arrays)
        streams = tuple(Stream(arrays[f"vectors{number}"], arrays[f"owner{number}"]) for number in range(count))
        return CharacterFeatures(streams, arrays["symbols"])


def _file(folder: Path, text: str) -> Path:
    return folder / f"{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}.npz"
