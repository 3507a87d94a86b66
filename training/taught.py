"""A tagger that learns from a teacher beside the labels: what the full tier believes of every character is its target too.

Of the slope by a character's scores, a part pulls towards the labelled tag and a part towards the teacher's probabilities of all
tags (knowledge distillation with soft targets); steps between tags are learnt from the labels.
"""

# spaCy reads the annotations of a factory at run time: no postponed ones in this module.

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.training import Example
from spacy.vocab import Vocab

from pipeline.recognise import crf
from pipeline.recognise.component import SpanCrf, context_of
from pipeline.recognise.features import FeatureReader
from pipeline.recognise.head import Tagger
from pipeline.recognise.recogniser import tagger

TOGETHER = 8
"""Texts that the teacher reads at once."""


@Language.factory(
    "taught_crf", default_config={"lean": {}, "teacher": "models/full/recogniser", "trust": 0.5, "warmth": 2.0}
)
def make_taught_crf(
    nlp: Language,
    name: str,
    model: Tagger,
    features: FeatureReader,
    lean: dict[str, float],
    teacher: str,
    trust: float,
    warmth: float,
) -> "TaughtCrf":
    """The component; ``teacher`` is the folder of a trained recogniser with the same labels, the rest as in :class:`TaughtCrf`."""
    return TaughtCrf(nlp.vocab, model, features, name, lean, teacher, trust, warmth)


class TaughtCrf(SpanCrf):
    """Finds spans as :class:`pipeline.recognise.component.SpanCrf` does.

    ``trust`` is the teacher's part of the slope, from 0 to 1; its scores are divided by ``warmth``, so that what it nearly
    believes is seen as well.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Tagger,
        features: FeatureReader,
        name: str,
        lean: Mapping[str, float],
        teacher: str,
        trust: float,
        warmth: float,
    ) -> None:
        super().__init__(vocab, model, features, name, lean)
        self.teacher, self.trust, self.warmth = teacher, trust, warmth
        self._beliefs: dict[str, NDArray[np.float16]] = {}

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
        segmenters: Sequence[str] = (),
        features: str | None = None,
    ) -> None:
        """Let the teacher read all texts; else as the parent does."""
        super().initialize(get_examples, nlp=nlp, labels=labels, segmenters=segmenters, features=features)
        texts = sorted({context_of(example.reference)[0] for example in get_examples()}, key=len)
        self._beliefs = dict(beliefs(spacy.load(self.teacher), texts, self.warmth))

    def loss(self, scores: Any, segments: Sequence[int], examples: Sequence[Example]) -> tuple[float, Any]:
        """Return the loss by the labels, and the slope towards labels and teacher."""
        loss, by_scores = super().loss(scores, segments, examples)
        path = np.concatenate([self.gold_tags(example) for example in examples])
        taught = np.concatenate([self._belief(example) for example in examples]).astype(by_scores.dtype)
        taught[np.arange(len(path)), path] -= 1
        return loss, by_scores - self.trust * taught

    def _belief(self, example: Example) -> NDArray[np.float16]:
        text, start = context_of(example.reference)
        return self._beliefs[text][start : start + len(example.reference)]


def beliefs(teacher: Language, texts: Sequence[str], warmth: float) -> Iterator[tuple[str, NDArray[np.float16]]]:
    """Yield each text with the probabilities ``[characters, tags]`` that the teacher gives the tags of its characters."""
    component = tagger(teacher)
    step = component.transitions
    warm = crf.Transitions(*(getattr(step, part) / warmth for part in ("first", "step", "last")))
    for first in range(0, len(texts), TOGETHER):
        docs = [teacher.make_doc(text) for text in texts[first : first + TOGETHER]]
        batch = component.batch(docs)
        scores = np.asarray(component.model.predict(batch).data)
        tags = crf.posterior(scores / warmth, batch[1], warm).tags.astype(np.float16)
        yield from zip(
            (doc.text for doc in docs), np.split(tags, np.cumsum([len(doc) for doc in docs])[:-1]), strict=True
        )
