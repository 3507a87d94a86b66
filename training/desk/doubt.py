"""Labels of the corpus that a recogniser which has not seen their document would set otherwise: likely mistakes.

The documents are cut into folds; for each a recogniser of the fast tier learns from the others, so that no text is judged
by a model that has learnt its labels. It is weaker than the shipped one: what it doubts is for a second look, no verdict.
Every text is read by LAC once, before the first fold: most of the time of a fold would go there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.recognise.lac import Lac, LacReading
from pipeline.recognise.recogniser import tagger
from pipeline.spans import LABELS, Span
from training.desk.compare import Marked, Meeting, Stretch, Version, describe, disputes

if TYPE_CHECKING:
    from spacy.language import Language

Row = Mapping[str, Any]
EVERY_DEV = 12
"""Of so many documents that a fold learns from, one chooses the best checkpoint instead."""
ROUNDS, MOST_ROUNDS = 5, 30
"""Rounds of a training over its documents; more than five over the whole corpus brought 0.001 F1."""
CHARACTERS_SEEN = 1_400_000
"""What a training sees in all its rounds at least, as far as :data:`MOST_ROUNDS` allow: few documents are read more often."""
STEP = 1_500
"""Characters of a step, as in the configuration."""
READ_TOGETHER = 64
"""Texts that LAC reads at once."""
NAMES = ("语料", "模型")


@dataclass(frozen=True)
class Doubt:
    """A stretch where corpus (first version) and model (second) differ, and the model's probability of its own version.

    ``figure`` lies between 0 and 1 and is for the stretch as a whole, characters without a label included.
    """

    doc_id: str
    stretch: Stretch
    figure: float

    @property
    def kind(self) -> str:
        """``missing`` span, ``spurious`` span, other ``label``, other ``edges``, or ``edges and label``."""
        labelled, read = self.stretch.versions
        return "missing" if not labelled else "spurious" if not read else self.stretch.kind


@dataclass(frozen=True)
class Reading:
    """What a model finds in a text, and its probability of any version of a stretch ``[start, end)``.

    ``probability`` is None for what the model cannot express: a stretch over the end of a line, a label it has not learnt.
    """

    spans: Version
    probability: Callable[[int, int, Version], float | None]


def cut(rows: Sequence[Row], folds: int) -> list[tuple[list[Row], list[Row]]]:
    """Cut rows into ``folds`` pairs (to learn from, held out), spread evenly by ``doc_id``; every row is held out once.

    Raises ValueError unless there are at least two rows a fold and two folds.
    """
    if not 2 <= folds <= len(rows) // 2:
        raise ValueError(
            f"--folds {folds}: {len(rows)} documents cannot be cut so; right would be 2 to {len(rows) // 2}"
        )
    ordered = sorted(rows, key=lambda row: row["doc_id"])
    return [([r for n, r in enumerate(ordered) if n % folds != k], ordered[k::folds]) for k in range(folds)]


def review(
    rows: Sequence[Row],
    folds: int,
    config: Path,
    overrides: Mapping[str, Any],
    say: Callable[[str], None],
) -> list[Doubt]:
    """Train a recogniser for each fold and return all doubts in order of :func:`by_weight`.

    ``rows`` hold folded text (:func:`training.train.training_rows`), ``overrides`` change settings of ``config`` and of
    :func:`schedule`. ``say`` is told of the progress and of the time that is left.
    """
    import spacy

    from training.recogniser import train_recogniser
    from training.rows import write_rows

    parts = cut(rows, folds)
    lac = ReadOnce()
    say(f"reads {len(rows)} documents of {sum(len(row['text']) for row in rows):,} characters")
    lac.read([row["text"] for row in rows])
    began = time.perf_counter()
    doubts: list[Doubt] = []
    for number, (learn, held) in enumerate(parts, start=1):
        say(f"fold {number} of {folds}: learns from {len(learn)} documents, judges {len(held)}")
        dev = learn[::EVERY_DEV]
        train = [row for place, row in enumerate(learn) if place % EVERY_DEV]
        with TemporaryDirectory() as folder:
            data = write_rows(Path(folder) / "data", {"train": _plain(train), "dev": _plain(dev), "test": _plain(held)})
            settings = schedule(sum(len(row["text"]) for row in train)) | dict(overrides) | sharing(lac)
            report = train_recogniser(data, Path(folder) / "model", config, settings)
            nlp = spacy.load(report.output)
        pipe = tagger(nlp)
        doubts += [doubt for row in held for doubt in doubts_of(row, read(nlp, pipe, row["text"]))]
        left = (time.perf_counter() - began) / number * (folds - number)
        say(
            f"fold {number}: F1 {report.scores['test']['all']['f']:.3f} on the documents it has not seen; {left / 60:.0f} min left"
        )
    return sorted(doubts, key=by_weight)


def schedule(characters: int) -> dict[str, Any]:
    """Return how many rounds a training on so many characters takes, and that the best one is chosen among all of them.

    >>> schedule(300_000), schedule(70_000)["training.max_epochs"]
    ({'training.max_epochs': 5, 'training.eval_frequency': 200}, 20)
    """
    rounds = max(ROUNDS, min(MOST_ROUNDS, CHARACTERS_SEEN // max(characters, 1)))
    return {"training.max_epochs": rounds, "training.eval_frequency": max(10, characters // STEP)}


class ReadOnce(Lac):
    """LAC that keeps what it has read, for all folds: 512 bytes a character."""

    def __init__(self) -> None:
        self._kept: dict[str, LacReading] = {}

    def read(self, texts: Sequence[str]) -> list[LacReading]:
        """Return the readings of the texts; only those that are new are read."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        for start in range(0, len(new), READ_TOGETHER):
            some = new[start : start + READ_TOGETHER]
            self._kept.update(zip(some, super().read(some), strict=True))
        return [self._kept[text] for text in texts]


def sharing(lac: Lac) -> dict[str, Any]:
    """Return the setting of a training by which every pipeline, when made or loaded, reads texts by ``lac``."""
    from spacy.util import registry

    def share(nlp: Language) -> Language:
        if tagger(nlp).features.lac:
            tagger(nlp).features.lac = lac
        return nlp

    name = "bangfu.desk.read_once.v1"
    registry.callbacks(name, func=lambda: share)
    return {"nlp.after_pipeline_creation": {"@callbacks": name}}


def by_weight(doubt: Doubt) -> tuple[bool, float, str, int]:
    """Order doubts: what the model reads otherwise first, then what it passes by, each by figure.

    A model passes by much that is rare and right: in the whole corpus 32 of the first 40 doubts of the other kinds were
    mistakes of the labels, of the first 45 ``spurious`` ones no more than 8.
    """
    return doubt.kind == "spurious", -doubt.figure, doubt.doc_id, doubt.stretch.start


def _plain(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the rows with their five labels alone, as the recogniser learns them."""
    return [{"text": row["text"], "entities": [e for e in row["entities"] if e["label"] in LABELS]} for row in rows]


def read(nlp: Any, pipe: Any, text: str) -> Reading:
    """Read a text with a trained pipeline and its component."""
    from pipeline.recognise import crf
    from pipeline.recognise.segments import segment_lengths
    from pipeline.recognise.tags import OUTSIDE

    doc = nlp(text)
    spans = tuple(Marked(span.start_char, span.end_char, span.label_) for span in doc.ents)
    lengths = segment_lengths(text)
    scores = np.asarray(pipe.model.predict((pipe.features.read([text]), lengths)).data)
    belief = crf.posterior(scores, lengths, pipe.transitions)
    ends = np.cumsum(lengths)

    def probability(start: int, end: int, version: Version) -> float | None:
        inside = end <= ends[np.searchsorted(ends, start, side="right")]
        if not inside or any(span.label not in pipe.labels for span in version):
            return None
        tags = np.full(end - start, OUTSIDE)
        for span in version:
            tags[span.start - start : span.end - start] = pipe.scheme.tags_of(span.label, span.end - span.start)
        return crf.path_probability(belief, pipe.transitions, start, tags)

    return Reading(spans, probability)


def doubts_of(row: Row, reading: Reading) -> Iterator[Doubt]:
    """Yield where a reading differs from a row's labels, page furniture left out: it holds no labels by rule."""
    found = [{"start_offset": s.start, "end_offset": s.end, "label": s.label} for s in reading.spans]
    labelled = {"entities": [e for e in row["entities"] if e["label"] in LABELS]}
    furniture = [Span(*pair) for pair in row.get("furniture", ())]
    for stretch in disputes(Meeting(row["doc_id"], row["text"], (labelled, {"entities": found}))):
        if any(line.overlaps(Span(stretch.start, stretch.end)) for line in furniture):
            continue
        figure = reading.probability(stretch.start, stretch.end, stretch.versions[1] or ())
        if figure is not None:
            yield Doubt(row["doc_id"], stretch, figure)


def review_rows(rows: Iterable[Row], doubts: Sequence[Doubt]) -> list[dict[str, Any]]:
    """Return the rows with doubts, labels as they are, and a comment on every doubt; the most doubtful row first."""
    by_name = {row["doc_id"]: row for row in rows}
    comments: dict[str, list[str]] = {}
    for doubt in doubts:
        told = describe(by_name[doubt.doc_id]["text"], NAMES, doubt.stretch)
        comments.setdefault(doubt.doc_id, []).append(f"{told}（存疑 {doubt.figure:.2f}）")
    return [
        {**by_name[name], "comments": [*by_name[name].get("comments", ()), *told]} for name, told in comments.items()
    ]
