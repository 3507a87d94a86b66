"""Finds mentions in passages with the trained pipeline: the door of this package to the rest of the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.calibration import cooled
from pipeline.context import Context
from pipeline.data_folders import models_of
from pipeline.recognise.phrases import noun_phrases, words
from pipeline.recognise.runtime import single_core_products
from pipeline.spans import Mention

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from pipeline.recognise.component import SpanCrf
    from pipeline.recognise.features import CharacterFeatures

MODEL = models_of() / "recogniser"
BY_MODEL = "model"
BATCH = 16
"""Texts that are read together: all pipelines must see the same batches for the readers to be shared."""
DOUBTFUL = {"EVENT": 1.5}
"""Log odds for opening a span in an extraction, in the place of the configuration's ``lean``, by which a training chooses its best
round: anchors in doubt are put forward as well, and :mod:`pipeline.anchors` tells which are kept."""

ReadContext = Callable[["CharacterFeatures", NDArray[np.bool_]], Context]
"""What makes the context of a text of its features and of the flags at the characters that open words."""


class Recognised(NamedTuple):
    """What was found in a text, and its context; None where none was asked for."""

    mentions: list[Mention]
    context: Context | None = None


class ModelError(Exception):
    """A trained pipeline is missing; the message says how to make one."""


class Recogniser:
    """Trained spaCy pipelines as a finder of mentions: one for the five labels, and one for the words that fill roles.

    ``spans`` finds mentions that never overlap; ``arguments`` (FILLER, ITEM) may be None; it is shown what ``spans`` is sure
    of, and its mentions may overlap the others. The pipelines share the frozen readers of their features, so that a text is
    read once. The confidence of a mention is the CRF's probability, cooled by the ``temperature`` in the pipeline's meta
    data. ``context`` makes of a text's features what the events need of them.
    """

    def __init__(self, spans: Language, arguments: Language | None = None, context: ReadContext | None = None) -> None:
        self.context = context
        self.pipelines = [spans] if arguments is None else [spans, arguments]
        if arguments is not None:
            own, other = (tagger(nlp).features for nlp in self.pipelines)
            other.encoder, other.lac = own.encoder, own.lac

    def with_context(self, context: ReadContext | None) -> Recogniser:
        """The same recogniser, which makes the context of every text as well."""
        spans, *arguments = self.pipelines
        return Recogniser(spans, arguments[0] if arguments else None, context)

    def recognise(self, texts: Sequence[str]) -> list[Recognised]:
        """The mentions of every text, in order of their start, and its noun phrases (PHRASE) as LAC's words make them.

        Offsets are half-open code points of the text.
        """
        found: list[Recognised] = []
        features = tagger(self.pipelines[0]).features
        batches = list(_batches(texts))
        # The taggers run on one core: meanwhile the next batch is read.
        with single_core_products(), ThreadPoolExecutor(1) as ahead:
            readings = [ahead.submit(features.read, batch) for batch in batches[:1]]
            for batch, following in zip_longest(batches, batches[1:]):
                features_of = readings.pop().result()
                readings += [ahead.submit(features.read, following)] if following else []
                found += map(Recognised, self._mentions(batch), self._contexts(features_of))
        return found

    def remember(self, features: Path) -> None:
        """Take what the readers say of a text from a folder of :func:`pipeline.recognise.stored.store_features` in :meth:`mentions`."""
        for nlp in self.pipelines:
            tagger(nlp).remember(features)

    def mentions(self, texts: Sequence[str]) -> list[list[Mention]]:
        """The mentions of every text alone, else as :meth:`recognise` gives them."""
        return [mentions for batch in _batches(texts) for mentions in self._mentions(batch)]

    def contexts(self, texts: Sequence[str]) -> list[Context | None]:
        """The context of every text, without its mentions; None where the recogniser was given nothing to make it."""
        return [
            one for batch in _batches(texts) for one in self._contexts(tagger(self.pipelines[0]).features.read(batch))
        ]

    def _mentions(self, texts: Sequence[str]) -> list[list[Mention]]:
        rows = [*_found(self.pipelines, texts), self._phrases(texts)]
        return [sorted(chain(*row), key=lambda m: (m.start, -m.end)) for row in zip(*rows, strict=True)]

    def _contexts(self, read: Sequence[CharacterFeatures]) -> list[Context | None]:
        features = tagger(self.pipelines[0]).features
        if self.context is None:
            return [None for _ in read]
        return [self.context(own, features.opens_word(own)) for own in read]

    def _phrases(self, texts: Sequence[str]) -> Iterator[Iterable[Mention]]:
        lac = tagger(self.pipelines[0]).features.lac
        if lac is None:
            yield from ([] for _ in texts)
            return
        for text, reading in zip(texts, lac.read(texts), strict=True):
            yield noun_phrases(text, words(text, reading.tags, lac.tag_names))


def tagger(nlp: Language) -> SpanCrf:
    """Return the component of a pipeline that finds spans; raises :class:`ModelError` where it is none of ours."""
    from pipeline.recognise.component import SpanCrf

    pipe = nlp.get_pipe("span_crf") if nlp.has_pipe("span_crf") else None
    if not isinstance(pipe, SpanCrf):
        raise ModelError(
            f"{nlp.path or 'pipeline'}: has no component span_crf; give the folder of a trained recogniser"
        )
    return pipe


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Cut texts as the pipelines do, so that what one of them has read is not read again."""
    from pipeline.recognise.component import BATCH_CHARACTERS

    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH or sum(map(len, batch)) >= BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch


def _found(pipelines: Sequence[Language], texts: Sequence[str]) -> Iterator[list[list[Mention]]]:
    """Yield the mentions of every text by each pipeline; what the first one is sure of is shown to the others."""
    from pipeline.recognise.seen import show, shown

    sure: list[list[tuple[int, int, str]]] = []
    for nlp in pipelines:
        docs = [nlp.make_doc(text) for text in texts]
        for doc, spans in zip(docs, sure, strict=False):  # the first one is shown nothing
            show(doc, spans)
        found = list(_mentions(nlp, docs))
        sure = sure or [shown(mentions) for mentions in found]
        yield found


def _mentions(nlp: Language, docs: Sequence[Doc]) -> Iterator[list[Mention]]:
    from pipeline.recognise.component import SPANS_KEY

    temperature = nlp.meta.get("temperature", 1.0)
    for doc in nlp.pipe(docs, batch_size=BATCH):
        group = doc.spans.get(SPANS_KEY, ())
        confidences = group.attrs["scores"] if group else ()
        yield [
            Mention(span.start, span.end, span.text, span.label_, cooled(confidence, temperature), BY_MODEL)
            for span, confidence in zip(group, confidences, strict=True)
        ]


def load_recogniser(path: Path | None = None, arguments: Path | None = None) -> Recogniser:
    """Load the pipeline in a folder, by default the one that ships, and that for ``arguments`` where a folder is given.

    Raises :class:`ModelError` where there is none or where one is broken. Pretrained weights are loaded beside, and waited for
    at the first text.
    """
    spans = _load(path or MODEL)
    tagger(spans).lean = {**tagger(spans).lean, **DOUBTFUL}
    tagger(spans).features.open_beside()
    return Recogniser(spans, _load(arguments) if arguments else None)


def _load(folder: Path) -> Language:
    import spacy

    import pipeline.recognise.component  # noqa: F401 - registers what the pipeline is made of

    config = folder / "config.cfg"
    if not config.is_file():
        raise ModelError(f"{folder}: no trained recogniser; run make train or give the folder of one")
    try:
        return spacy.load(folder)
    except (ValueError, OSError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{config}: the pipeline cannot be loaded ({reason}); run make train or restore the file"
        ) from None
