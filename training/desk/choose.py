"""Chooses the documents to label next: where the model doubts itself, unlike what is labelled, unlike each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW_CHARACTERS = 300
"""Shorter texts are weighed as if they had so many characters: one doubtful span does not make a note of two lines urgent."""
SAME_TEXT = 0.95
"""Similarity from which two texts count as the same one, laid out or dated anew."""
Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Candidate:
    """A document that might be labelled: its text, and by label how many of the model's spans are likely wrong.

    ``doubts`` are sums of one minus confidence, as it stands after the policy between rules and model. Spans that the model
    passes by are not in them.
    """

    doc_id: str
    text: str
    doubts: Mapping[str, float]

    @property
    def uncertainty(self) -> float:
        """Spans likely wrong in 1,000 characters."""
        return 1000 * sum(self.doubts.values()) / max(len(self.text), FEW_CHARACTERS)


@dataclass(frozen=True)
class Choice:
    """A document to label next and why: the labelled text and the earlier choice most like it, with cosine similarity.

    ``like_chosen`` is None for the first choice, ``like_labelled`` where nothing is labelled yet.
    """

    candidate: Candidate
    score: float
    like_labelled: tuple[str, float] | None
    like_chosen: tuple[str, float] | None

    @property
    def why(self) -> str:
        """The reasons in one line."""
        doubts = sorted(self.candidate.doubts.items(), key=lambda doubt: (-doubt[1], doubt[0]))
        most = ", ".join(f"{name} {value:.1f}" for name, value in doubts[:3] if value >= 0.05)
        reasons = [
            f"{self.candidate.uncertainty:.1f} doubtful spans in 1,000 characters" + (f" ({most})" if most else "")
        ]
        for what, like in (("labelled", self.like_labelled), ("chosen", self.like_chosen)):
            if like:
                reasons.append(f"nearest {what} {like[0]} at {like[1]:.2f}")
        return "; ".join(reasons)


def candidate(row: Mapping[str, Any]) -> Candidate:
    """Weigh a document as the model labels it (:func:`training.desk.push.prelabelled`)."""
    doubts: dict[str, float] = defaultdict(float)
    for entity, confidence in zip(row["entities"], row["confidence"], strict=True):
        doubts[entity["label"]] += 1 - confidence
    return Candidate(row["doc_id"], row["text"], dict(doubts))


def choose(
    candidates: Sequence[Candidate], labelled: Mapping[str, str], count: int, variety: float = 0.5
) -> list[Choice]:
    """Choose ``count`` documents one after the other, the best score first; fewer when no more are left.

    The score is ``1 - variety`` times the rank by uncertainty (0 to 1) plus ``variety`` times the distance to the nearest
    text labelled or chosen (1 is the farthest at the start). ``labelled`` are texts by name. Texts that are labelled or
    chosen already, or as good as, are left out. Likeness is the cosine of TF-IDF over pairs and triples of characters.
    """
    if not candidates:
        return []
    vectors, known = _vectors([c.text for c in candidates], list(labelled.values()))
    names = list(labelled)
    like_labelled = (vectors @ known.T).toarray() if names else np.zeros((len(candidates), 0))
    nearest = like_labelled.max(axis=1, initial=0.0)
    uncertainty = np.array([c.uncertainty for c in candidates])
    rank = np.searchsorted(np.sort(uncertainty), uncertainty) / max(len(candidates) - 1, 1)
    open_ = nearest < SAME_TEXT
    low, high = (nearest[open_].min(), nearest[open_].max()) if open_.any() else (0.0, 1.0)
    like_chosen = np.zeros((len(candidates), 0))
    choices: list[Choice] = []
    while open_.any() and len(choices) < count:
        distance = (high - nearest) / max(high - low, 0.01)
        score = np.where(open_, (1 - variety) * rank + variety * distance, -np.inf)
        best = min(np.flatnonzero(score == score.max()).tolist(), key=lambda place: candidates[place].doc_id)
        chosen_names = [choice.candidate.doc_id for choice in choices]
        choices.append(
            Choice(
                candidates[best],
                float(score[best]),
                _nearest(names, like_labelled[best]),
                _nearest(chosen_names, like_chosen[best]),
            )
        )
        likeness = (vectors @ vectors[best].T).toarray()
        like_chosen = np.hstack([like_chosen, likeness])
        nearest = np.maximum(nearest, likeness[:, 0])
        open_ &= nearest < SAME_TEXT
    return choices


def _vectors(texts: Sequence[str], labelled: Sequence[str]) -> tuple[Any, Any]:
    """Return sparse unit vectors ``[texts, n-grams]`` of the candidates and of the labelled texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 3), sublinear_tf=True, dtype=np.float32, max_features=200_000
    )
    both = vectorizer.fit_transform([*texts, *labelled])
    return both[: len(texts)], both[len(texts) :]


def _nearest(names: Sequence[str], likeness: Floats) -> tuple[str, float] | None:
    if not names:
        return None
    place = int(likeness.argmax())
    return names[place], float(likeness[place])
