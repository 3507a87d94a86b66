"""Labels of the corpus that a recogniser which has not seen their document would set otherwise: likely mistakes.

The documents are cut into folds; for each a recogniser of the fast tier learns from the others, so that no text is judged
by a model that has learnt its labels. It is weaker than the shipped one: what it doubts is for a second look, no verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from pipeline.recognise.recogniser import tagger
from pipeline.spans import LABELS, Span
from training.desk.compare import Marked, Meeting, Stretch, Version, describe, disputes

Row = Mapping[str, Any]
EVERY_DEV = 12
"""Of so many documents that a fold learns from, one chooses the best checkpoint instead."""
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

    ``rows`` hold folded text (:func:`training.train.training_rows`), ``overrides`` change settings of ``config``. ``say``
    is told of the progress.
    """
    import spacy

    from training.recogniser import train_recogniser
    from training.train import write_rows

    doubts: list[Doubt] = []
    for number, (learn, held) in enumerate(cut(rows, folds), start=1):
        say(f"fold {number} of {folds}: learns from {len(learn)} documents, reads {len(held)}")
        dev = learn[::EVERY_DEV]
        train = [row for place, row in enumerate(learn) if place % EVERY_DEV]
        with TemporaryDirectory() as folder:
            data = write_rows(Path(folder) / "data", {"train": _plain(train), "dev": _plain(dev), "test": _plain(held)})
            report = train_recogniser(data, Path(folder) / "model", config, dict(overrides))
            say(f"fold {number}: F1 {report.scores['test']['all']['f']:.3f} on the documents it has not seen")
            nlp = spacy.load(report.output)
        pipe = tagger(nlp)
        doubts += [doubt for row in held for doubt in doubts_of(row, read(nlp, pipe, row["text"]))]
    return sorted(doubts, key=by_weight)


def by_weight(doubt: Doubt) -> tuple[bool, float, str, int]:
    """Order doubts: what the model reads otherwise first, then what it passes by, each by figure.

    A model passes by much that is rare and right: in dev and test, read by the shipped recogniser, 5 of the first 17 doubts
    of the other kinds were mistakes of the labels, none of the first 23 ``spurious`` ones.
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
