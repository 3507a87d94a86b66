"""Several role networks that differ by the seed of their training: what one sees by chance, the others outvote.

They are kept in one file, ``models/TIER/network``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import srsly
from numpy.typing import NDArray

from pipeline.context import Context
from pipeline.events.network import RoleNetwork, restored
from pipeline.events.reading import Reading
from pipeline.events.tokens import Signs
from pipeline.recognise.features import CharacterFeatures
from pipeline.recognise.recogniser import ModelError
from pipeline.spans import Mention

LEAST = 1e-9
"""A probability is taken for this much at least when log-odds are averaged."""


class Committee:
    """Role networks of one shape; their log-odds are averaged, and each of them reads its part of a context's vectors."""

    def __init__(self, members: Sequence[RoleNetwork]) -> None:
        self.members = tuple(members)
        signs = Signs()
        for number, member in enumerate(self.members):
            member.block, member.signs = number, signs
        weights, bias = zip(*(member.projection() for member in self.members), strict=True)
        cuts = np.cumsum(self.members[0].shape.streams)[:-1]
        self._weights, self._bias = np.split(np.concatenate(weights), cuts, axis=1), np.concatenate(bias)

    def context(self, features: CharacterFeatures, opens_word: NDArray[np.bool_]) -> Context:
        """What the networks need of a text's features, small enough to keep for the length of a document."""
        total = np.zeros((len(features), len(self._bias)), dtype=np.float32)
        for stream, weights in zip(features.streams, self._weights, strict=False):  # no stream, and none to split
            total += (stream.vectors.astype(np.float32) @ weights.T)[stream.owner]
        return Context(opens_word, (total + self._bias).astype(np.float16))

    def chances(
        self, reading: Reading, anchor: Mention, mentions: Sequence[Mention], event_type: str
    ) -> list[dict[str, float]]:
        """Return the probability of each role that each mention may play for ``anchor``, ``none`` included.

        The reading must have its context; what was read of it is kept until another one comes.
        """
        judged = [member.chances(reading, anchor, mentions, event_type) for member in self.members]
        found = []
        for opinions in zip(*judged, strict=True):
            means = _averaged(np.array([list(opinion.values()) for opinion in opinions]))
            found.append(dict(zip(opinions[0], means.tolist(), strict=True)))
        return found

    def same_chance(self, reading: Reading, earlier: Mention, later: Mention, event_type: str) -> float:
        """Return the probability that two anchors of one type stand for the same occurrence; else as :meth:`chances`."""
        chances = [member.same_chance(reading, earlier, later, event_type) for member in self.members]
        return float(_averaged(np.array([[1 - chance, chance] for chance in chances]))[1])

    def save(self, path: Path) -> None:
        """Write all members into a file."""
        path.write_bytes(srsly.msgpack_dumps([member.stored() for member in self.members]))


def load_committee(path: Path) -> Committee:
    """Read what :meth:`Committee.save` wrote.

    Raises FileNotFoundError, and :class:`ModelError` for networks that were made for other event types or roles.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no role network; run make train or restore the file")
    try:
        return Committee([restored(stored) for stored in srsly.msgpack_loads(path.read_bytes())])
    except ValueError as error:
        raise ModelError(f"{path}: {error}; run make train") from None


def _averaged(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Geometric means over the rows of ``chances`` ``[members, classes]``, made to add up to 1."""
    means = np.exp(np.log(np.maximum(chances, LEAST)).mean(axis=0))
    whole: NDArray[np.float64] = means / means.sum()
    return whole
