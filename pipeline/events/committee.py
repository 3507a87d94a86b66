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
from pipeline.events.roles import NONE, allowed_roles
from pipeline.events.tokens import Signs, pair_signs
from pipeline.recognise.features import CharacterFeatures
from pipeline.recognise.recogniser import ModelError
from pipeline.spans import Mention

LEAST = 1e-9
"""A probability is taken for this much at least when log-odds are averaged."""
Asked = tuple[Mention, str, Sequence[Mention]]
"""An anchor, its type, and the mentions whose roles for it are asked for."""


class Committee:
    """Role networks of one shape; their log-odds are averaged, and each of them reads its part of a context's vectors."""

    def __init__(self, members: Sequence[RoleNetwork]) -> None:
        self.members = tuple(members)
        self._signs = Signs()
        for number, member in enumerate(self.members):
            member.block, member.signs = number, self._signs
        weights, bias = zip(*(member.projection() for member in self.members), strict=True)
        cuts = np.cumsum(self.members[0].shape.streams)[:-1]
        self._weights, self._bias = np.split(np.concatenate(weights), cuts, axis=1), np.concatenate(bias)

    def context(self, features: CharacterFeatures, opens_word: NDArray[np.bool_]) -> Context:
        """What the networks need of a text's features, small enough to keep for the length of a document."""
        total = np.zeros((len(features), len(self._bias)), dtype=np.float32)
        for stream, weights in zip(features.streams, self._weights, strict=False):  # no stream, and none to split
            total += (stream.vectors.astype(np.float32) @ weights.T)[stream.owner]
        return Context(opens_word, (total + self._bias).astype(np.float16))

    def chances(self, reading: Reading, asked: Sequence[Asked]) -> list[list[dict[str, float]]]:
        """Return for every anchor the probability of each role that each of its mentions may play, ``none`` included.

        The reading must have its context; what was read of it is kept until another one comes.
        """
        if not any(mentions for *_, mentions in asked):
            return [[] for _ in asked]
        rows = np.concatenate([self._rows(reading, *one) for one in asked])
        means = _averaged([member.role_chances(reading, rows) for member in self.members])
        judged, classes = iter(means.tolist()), self.members[0].roles
        return [
            [_allowed(dict(zip(classes, next(judged), strict=True)), kind, mention.label) for mention in mentions]
            for _, kind, mentions in asked
        ]

    def same_chances(
        self, reading: Reading, earlier: Sequence[Mention], later: Mention, event_type: str
    ) -> list[float]:
        """Return for each earlier anchor the probability that it stands for the same occurrence as a later one of its type."""
        rows = np.concatenate([self._rows(reading, one, event_type, (later,)) for one in earlier])
        chances = [member.same_chances(reading, rows) for member in self.members]
        yes, no = _averaged(chances), _averaged([1 - chance for chance in chances])
        return [float(chance) for chance in yes / (yes + no)]

    def _rows(
        self, reading: Reading, anchor: Mention, event_type: str, mentions: Sequence[Mention]
    ) -> NDArray[np.int32]:
        return pair_signs(reading, self._signs.tokens(reading), anchor, mentions, event_type)

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


def _allowed(chances: dict[str, float], event_type: str, label: str) -> dict[str, float]:
    kept = {role: chances[role] for role in (*allowed_roles(event_type, label), NONE)}
    total = sum(kept.values())
    return {role: chance / total for role, chance in kept.items()}


def _averaged(chances: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Geometric means of what the members give, element by element."""
    whole: NDArray[np.float64] = np.exp(np.log(np.maximum(np.array(chances, dtype=np.float64), LEAST)).mean(axis=0))
    return whole
