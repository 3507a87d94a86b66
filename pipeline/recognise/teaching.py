"""What a trained tagger believes of texts, for another one to learn from beside the labels (distillation with soft targets)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise import crf
from pipeline.recognise.recogniser import tagger

TRUST = 0.5
"""The teacher's part of what a tag should be; the labels have the rest."""
WARMTH = 2.0
"""The teacher's scores are divided by this, so that what it nearly believes is seen as well."""
TOGETHER = 8
"""Texts that the teacher reads at once."""


def beliefs(teacher: Path, texts: Sequence[str], labels: Sequence[str]) -> Iterator[tuple[str, NDArray[np.float16]]]:
    """Yield each text with the probabilities ``[characters, tags]`` that the recogniser in ``teacher`` gives the tags of its characters.

    Raises ValueError for one that was trained for other ``labels``.
    """
    import spacy

    nlp = spacy.load(teacher)
    component = tagger(nlp)
    if list(component.labels) != list(labels):
        raise ValueError(f"{teacher}: a teacher of {', '.join(component.labels)}; give one of {', '.join(labels)}")
    warm = crf.Transitions(*(getattr(component.transitions, part) / WARMTH for part in ("first", "step", "last")))
    for first in range(0, len(texts), TOGETHER):
        docs = [nlp.make_doc(text) for text in texts[first : first + TOGETHER]]
        features, segments = component.batch(docs)
        scores = np.asarray(component.model.predict((features, segments)).data)
        tags = crf.posterior(scores / WARMTH, segments, warm).tags.astype(np.float16)
        cuts = np.cumsum([len(doc) for doc in docs])[:-1]
        yield from zip(texts[first : first + TOGETHER], np.split(tags, cuts), strict=True)
