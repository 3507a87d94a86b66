"""Span scoring, which was measured against the CRF: every stretch of a segment is scored as a whole, for each label or none.

A stretch's score for a label is the product of two vectors, one of its first and one of its last character, and a score of each
(the biaffine way). It is a variant of :mod:`training.variants` and ships in no model.
"""

# spaCy reads the annotations of a factory at run time: no postponed ones in this module.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from pipeline.recognise.component import Found, SpanCrf
from pipeline.recognise.features import FeatureReader
from pipeline.recognise.head import Tagger

RANK = 16
"""Width of the two vectors of a label."""
LONGEST = 60
"""Characters of the longest stretch that is scored; no labelled span of train is longer."""

Floats = NDArray[np.float32]


@Language.factory("span_pairs", default_config={"lean": {}})
def make_span_pairs(
    nlp: Language, name: str, model: Tagger, features: FeatureReader, lean: dict[str, float]
) -> "SpanPairs":
    """The component; its settings are those of ``span_crf``."""
    return SpanPairs(nlp.vocab, model, features, name, lean)


class SpanPairs(SpanCrf):
    """Finds spans by scoring stretches; else as :class:`pipeline.recognise.component.SpanCrf`."""

    @property
    def outputs(self) -> int:
        """Scores a character: for each label two vectors, and one score as first and one as last character."""
        return len(self.labels) * 2 * (RANK + 1)

    def predict(self, docs: Iterable[Doc]) -> list[Found]:
        """Spans ``(start, end, label, confidence)`` of every document, in order: the surest first, none over another."""
        docs = list(docs)
        if not any(map(len, docs)):
            return [[] for _ in docs]
        batch = self.batch(docs)
        scores = np.asarray(self.model.predict(batch).data)
        bonus = np.array([self.lean.get(label, 0.0) for label in self.labels])
        rated: list[tuple[float, int, int, int]] = []
        for length, stretches in self._stretches(scores, batch[1]):
            sure = stretches.chances[:, 1:] * np.exp(bonus)
            best = sure.argmax(axis=1)
            chosen = np.flatnonzero(sure.max(axis=1) > stretches.chances[:, 0])
            rated += [(float(stretches.chances[n, best[n] + 1]), stretches.starts[n], length, best[n]) for n in chosen]
        taken = np.zeros(len(scores), dtype=bool)
        kept: list[tuple[int, int, str, float]] = []
        for chance, start, length, label in sorted(rated, key=lambda one: (-one[0], one[1])):
            if not taken[start : start + length].any():
                taken[start : start + length] = True
                kept.append((int(start), int(start + length), self.labels[label], chance))
        firsts = np.cumsum([0, *map(len, docs)])
        return [
            [
                (start - first, end - first, *rest)
                for start, end, *rest in sorted(kept)
                if first <= start < first + len(doc)
            ]
            for first, doc in zip(firsts.tolist(), docs, strict=False)
        ]

    def loss(self, scores: Any, segments: Sequence[int], examples: Sequence[Example]) -> tuple[float, Any]:
        """Return the negative log likelihood of every stretch's label, or none, and its slope by the scores."""
        gold = self._gold(examples)
        slope, loss = np.zeros(scores.shape, dtype=np.float32), 0.0
        for length, stretches in self._stretches(scores, segments):
            right = np.array([gold.get((int(start), length), 0) for start in stretches.starts])
            each = np.arange(len(right))
            loss -= float(np.log(stretches.chances[each, right] + 1e-9).sum())
            by_score = stretches.chances.copy()
            by_score[each, right] -= 1
            self._back(scores, slope, stretches.starts, length, by_score[:, 1:])
        return loss, slope

    def _gold(self, examples: Iterable[Example]) -> Mapping[tuple[int, int], int]:
        found, first = {}, 0
        for example in examples:
            for span in example.reference.ents:
                if span.label_ in self.labels:
                    found[first + span.start, span.end - span.start] = self.labels.index(span.label_) + 1
            first += len(example.reference)
        return found

    def _stretches(self, scores: Floats, segments: Iterable[int]) -> Iterator[tuple[int, "Stretches"]]:
        """Yield for each length all stretches inside a segment with their probabilities ``[stretches, none and labels]``."""
        segments = list(segments)
        rest = np.concatenate([np.arange(size, 0, -1) for size in segments])
        heads, tails, alone = self._parts(scores)
        for length in range(1, min(LONGEST, max(segments)) + 1):
            starts = np.flatnonzero(rest >= length)
            ends = starts + length - 1
            values = (heads[starts] * tails[ends]).sum(axis=2) + alone[starts, :, 0] + alone[ends, :, 1]
            whole = np.concatenate([np.zeros((len(starts), 1), np.float32), values], axis=1)
            powers = np.exp(whole - whole.max(axis=1, keepdims=True))
            yield length, Stretches(starts, powers / powers.sum(axis=1, keepdims=True))

    def _parts(self, scores: Floats) -> tuple[Floats, Floats, Floats]:
        """The vectors of each character as first and as last one ``[n, labels, RANK]``, and its scores ``[n, labels, 2]``."""
        shaped = scores.reshape(len(scores), len(self.labels), 2 * (RANK + 1))
        return shaped[:, :, :RANK], shaped[:, :, RANK : 2 * RANK], shaped[:, :, 2 * RANK :]

    def _back(self, scores: Floats, slope: Floats, starts: NDArray[np.int64], length: int, by_score: Floats) -> None:
        """Add to ``slope`` what the scores of one length's stretches ask for; no two of them have the same start or end."""
        heads, tails, _ = self._parts(scores)
        to_heads, to_tails, to_alone = self._parts(slope)
        ends = starts + length - 1
        to_heads[starts] += by_score[:, :, None] * tails[ends]
        to_tails[ends] += by_score[:, :, None] * heads[starts]
        to_alone[starts, :, 0] += by_score
        to_alone[ends, :, 1] += by_score


class Stretches:
    """Stretches of one length: where each begins, and its probabilities."""

    def __init__(self, starts: NDArray[np.int64], chances: Any) -> None:
        self.starts, self.chances = starts, chances
