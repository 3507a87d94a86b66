"""The recogniser as a trainable component of a spaCy pipeline: character features, convolutions, a CRF, ``doc.ents``."""

# spaCy reads the annotations of initialize() at run time: no postponed ones in this module.

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import srsly
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example, validate_examples
from spacy.util import from_disk, to_disk
from spacy.vocab import Vocab
from thinc.api import Optimizer, set_dropout_rate

from pipeline.recognise import crf
from pipeline.recognise.features import CharacterFeatures, FeatureReader
from pipeline.recognise.head import (
    Batch,
    Tagger,
    as_ragged,
    fit_to,
    learn_transitions,
    learnt_transitions,
    set_tags,
    with_weights,
)
from pipeline.recognise.seen import seen_columns, with_seen
from pipeline.recognise.segments import fits, segment_lengths
from pipeline.recognise.stored import stored_features
from pipeline.recognise.tags import OUTSIDE, TagScheme, add_scores, scheme_for
from pipeline.recognise.teaching import TRUST, beliefs
from pipeline.recognise.tokenizer import context_of

SPANS_KEY = "recognised"
BATCH_CHARACTERS = 6_000
"""Characters of the documents that share a batch; more would take memory and save no time."""

Found = list[tuple[int, int, str, float]]


@Language.factory(
    "span_crf",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type", "doc.spans"],
    default_config={"lean": {}, "sees": []},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_span_crf(
    nlp: Language, name: str, model: Tagger, features: FeatureReader, lean: dict[str, float], sees: list[str]
) -> "SpanCrf":
    """The component of a pipeline whose tokens are single characters; ``lean`` and ``sees`` as in :class:`SpanCrf`."""
    return SpanCrf(nlp.vocab, model, features, name, lean, sees)


class SpanCrf(TrainablePipe):
    """Finds labelled spans in documents whose every token is one character.

    ``doc.ents`` holds the spans; ``doc.spans["recognised"]`` holds the same spans in the same order, and the group's
    ``attrs["scores"]`` their confidences: the probability, under the CRF, of exactly that span with that label.
    ``lean`` gives labels a bonus (log odds) for opening a span, so that doubtful ones are found; confidences ignore it.
    ``sees`` are labels of another recogniser, whose spans it is shown (:func:`pipeline.recognise.seen.show`).
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Tagger,
        features: FeatureReader,
        name: str,
        lean: Mapping[str, float],
        sees: Sequence[str] = (),
    ) -> None:
        self.vocab, self.model, self.features, self.name = vocab, model, features, name
        self.lean, self.sees = lean, tuple(sees)
        self.scheme = TagScheme(())
        self.unreachable: list[str] = []
        self._remembered: dict[str, CharacterFeatures] | None = None
        self._stored: Path | None = None
        self._beliefs: dict[str, NDArray[np.float16]] = {}
        fit_to(model, [*features.columns, *seen_columns(self.sees)], features.widths, features.layers)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels it can give."""
        return self.scheme.labels

    @property
    def outputs(self) -> int:
        """The number of scores of a character: one a tag."""
        return len(self.scheme)

    @property
    def transitions(self) -> crf.Transitions:
        """Learnt transition scores, with -inf where the tag scheme forbids."""
        return add_scores(learnt_transitions(self.model), self.scheme.valid)

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 32) -> Iterator[Doc]:
        """Recognise a stream of documents in order, ``batch_size`` at a time, fewer where they are long."""
        docs: list[Doc] = []
        for doc in stream:
            docs.append(doc)
            if len(docs) == batch_size or sum(map(len, docs)) >= BATCH_CHARACTERS:
                yield from self._annotated(docs)
                docs = []
        yield from self._annotated(docs)

    def _annotated(self, docs: list[Doc]) -> list[Doc]:
        self.set_annotations(docs, self.predict(docs))
        return docs

    def __call__(self, doc: Doc) -> Doc:
        """Recognise one document."""
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def predict(self, docs: Iterable[Doc]) -> list[Found]:
        """Spans ``(start, end, label, confidence)`` of every document, in order."""
        docs = list(docs)
        if not any(map(len, docs)):
            return [[] for _ in docs]
        batch = self.batch(docs)
        scores, transitions = np.asarray(self.model.predict(batch).data), self.transitions
        paths = crf.best_paths(scores + self.scheme.opening_bonus(self.lean), batch[1], transitions)
        belief = crf.posterior(scores, batch[1], transitions)
        found: list[Found] = []
        first = 0
        for doc in docs:
            spans = self.scheme.spans(paths[first : first + len(doc)])
            found.append(
                [
                    (start, end, label, crf.path_probability(belief, transitions, first + start, tags))
                    for start, end, label in spans
                    for tags in [self.scheme.tags_of(label, end - start)]
                ]
            )
            first += len(doc)
        return found

    def set_annotations(self, docs: Iterable[Doc], scores: list[Found]) -> None:
        """Write the spans and their confidences into the documents; earlier ones are replaced."""
        for doc, found in zip(docs, scores, strict=True):
            spans = [Span(doc, start, end, label=label) for start, end, label, _ in found]
            doc.set_ents(spans)
            doc.spans[SPANS_KEY] = SpanGroup(doc, name=SPANS_KEY, spans=spans, attrs={"scores": [c for *_, c in found]})

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch; the loss is the negative log likelihood of what is labelled, a character."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = [example for example in examples if len(example.predicted)]
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        batch = self.batch([example.predicted for example in examples])
        scores, backprop = self.model.begin_update(batch)
        loss, by_scores = self.loss(np.asarray(scores.data), batch[1], examples)
        backprop(as_ragged(by_scores * (1 / len(examples)), batch[1]))
        if sgd is not None:
            self.finish_update(sgd)
        losses[self.name] += loss / len(by_scores)
        return losses

    def loss(self, scores: Any, segments: Sequence[int], examples: Sequence[Example]) -> tuple[float, Any]:
        """Return the loss of a batch's scores ``[characters, scores]`` and its slope by them; the CRF's own slope is kept.

        The slope pulls to the labelled tags, and where there is a teacher, in part to what it believes.
        """
        path = np.concatenate([self.gold_tags(example) for example in examples])
        loss, by_scores, by_transitions = crf.gradient(scores, segments, self.transitions, path)
        share = 1 / len(examples)
        learn_transitions(
            self.model, crf.Transitions(*(getattr(by_transitions, part) * share for part in ("first", "step", "last")))
        )
        if self._beliefs:
            parts = [(context_of(example.reference), len(example.reference)) for example in examples]
            taught = np.concatenate([self._beliefs[text][start : start + size] for (text, start), size in parts])
            labelled = np.eye(len(self.scheme), dtype=np.float32)[path]
            by_scores = by_scores + TRUST * (labelled - taught)
        return loss, by_scores

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
        segmenters: Sequence[str] = (),
        features: str | None = None,
        teacher: str | None = None,
    ) -> None:
        """Read the labels and the scale of the features off the examples, and remember features from now on.

        ``labels`` restricts what is learnt. ``segmenters`` are folders of word segmenters: the n-th text is read by the one
        whose number is n modulo their number, which must not have seen it; the first is kept. ``features`` is a folder of
        :func:`pipeline.recognise.stored.store_features` with all texts. The features of a text are computed once and kept as
        long as this object lives; a loaded pipeline keeps none. ``teacher`` is the folder of a trained recogniser to learn from
        beside the labels (:mod:`pipeline.recognise.teaching`).
        """
        examples = list(get_examples())
        validate_examples(examples, "SpanCrf.initialize")
        self.scheme = scheme_for(labels or [ent.label_ for example in examples for ent in example.reference.ents])
        set_tags(self.model, self.outputs)
        self._remembered, self._stored = {}, Path(features) if features else None
        texts = list(dict.fromkeys(context_of(example.reference)[0] for example in examples))
        for number, folder in reversed(list(enumerate(segmenters))):
            if self.features.segmenter:
                self.features.segmenter.from_disk(Path(folder))
            self._remember(texts[number :: len(segmenters)])
        self._remember(texts)
        self.unreachable = [
            f"{text[span.start_char : span.end_char]!r} ({span.label_}) at {span.start_char}"
            for example in examples
            for text in [example.reference.text]
            for span in example.reference.ents
            if span.label_ in self.labels and not fits(span.start_char, span.end_char, segment_lengths(text))
        ]
        self._beliefs = dict(beliefs(Path(teacher), sorted(texts, key=len), self.labels)) if teacher else {}
        self.model.initialize(X=self.batch([example.reference for example in examples[:200]]))

    def score(self, examples: Iterable[Example], **_: Any) -> dict[str, Any]:
        """Exact precision, recall and F1 of the spans, in all and by label."""
        return get_ner_prf(examples)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save labels, weights (in float16, half the size) and the word segmenter into a folder."""
        writers: dict[str, Callable[[Path], Any]] = {
            "labels.json": lambda p: srsly.write_json(p, list(self.labels)),
            "model": lambda p: p.write_bytes(srsly.msgpack_dumps(with_weights(self.model.to_dict(), np.float16))),
        }
        if self.features.segmenter:
            writers["segmenter"] = self.features.segmenter.to_disk
        to_disk(Path(path), writers, exclude)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "SpanCrf":
        """Read what :meth:`to_disk` wrote."""

        def read_labels(p: Path) -> None:
            self.scheme = TagScheme(tuple(srsly.read_json(p)))
            set_tags(self.model, self.outputs)

        readers: dict[str, Callable[[Path], Any]] = {
            "labels.json": read_labels,
            "model": lambda p: self.model.from_dict(with_weights(srsly.msgpack_loads(p.read_bytes()), np.float32)),
        }
        if self.features.segmenter:
            readers["segmenter"] = self.features.segmenter.from_disk
        from_disk(Path(path), readers, exclude)
        return self

    def remember(self, features: Path) -> None:
        """Take what the readers say of a text from a folder of :func:`pipeline.recognise.stored.store_features` from now on."""
        self._remembered, self._stored = {}, features

    def gold_tags(self, example: Example) -> crf.Ints:
        """The numbers of the tags ``[characters]`` that the labels of an example ask for."""
        tags = np.full(len(example.reference), OUTSIDE)
        lengths = segment_lengths(example.reference.text)
        for span in example.reference.ents:
            if span.label_ in self.labels and fits(span.start, span.end, lengths):
                tags[span.start : span.end] = self.scheme.tags_of(span.label_, span.end - span.start)
        return tags

    def batch(self, docs: Sequence[Doc]) -> Batch:
        """What the model reads of documents: the features of their characters, and the lengths of their segments."""
        contexts = [context_of(doc) for doc in docs]
        if self._remembered is None:
            whole = self.features.read([text for text, _ in contexts])
        else:
            self._remember([text for text, _ in contexts])
            whole = [self._remembered[text] for text, _ in contexts]
        features = [
            with_seen(found if len(found) == len(doc) else found.part(start, start + len(doc)), doc, self.sees)
            for doc, (_, start), found in zip(docs, contexts, whole, strict=True)
        ]
        parts = [text[start : start + len(doc)] for doc, (text, start) in zip(docs, contexts, strict=True)]
        return features, [length for part in parts for length in segment_lengths(part)]

    def _remember(self, texts: Sequence[str], together: int = 64) -> None:
        assert self._remembered is not None
        new = sorted({text for text in texts if text not in self._remembered}, key=len)
        for first in range(0, len(new), together):
            chosen = new[first : first + together]
            self._remembered.update(zip(chosen, self._read(chosen), strict=True))

    def _read(self, texts: Sequence[str]) -> list[CharacterFeatures]:
        if self._stored is None:
            return self.features.read(texts)
        return [self.features.with_words(text, stored_features(self._stored, text)) for text in texts]
