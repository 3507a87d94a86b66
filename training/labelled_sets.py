"""Trains a recogniser on a labelled set that is not ours, with the project's own configuration.

``python -m training.labelled_sets DIR OUTPUT [--labels A,B]``: DIR holds the parts of the set, one file each, whose names say
``train``, ``dev`` and ``test``, in any format of :mod:`training.labelled_formats`; OUTPUT becomes a pipeline for ``spacy.load``.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer
from spacy.language import Language

from pipeline.bootstrap import f1_interval
from pipeline.evaluate import Score
from training.card_page import markdown_table
from training.labelled import CorpusError, LabelledText
from training.labelled_formats import LabelledFile, read_labelled_file
from training.recogniser import train_recogniser
from training.rows import write_rows
from training.train import CONFIG

PARTS = {"train": "train", "dev": "dev", "valid": "dev", "validation": "dev", "val": "dev", "test": "test"}
"""The words in the names of files, and the parts they stand for."""
NO_PARTS = (".md", ".py", ".zip", ".gz", ".tar", ".pkl", ".bin")
HELD_OUT_EVERY = 20
"""Where a set has no part to choose the best epoch by, every so many-th text of train is kept for that."""
CHARACTERS_SEEN = 3_000_000
"""Characters that a training goes through at the least: a small set has more epochs than the configuration says."""
MOST_EPOCHS = 60
SHOWN = 10


@dataclass(frozen=True)
class LabelledSet:
    """A set cut into what is learnt, what chooses the best epoch and what measures the outcome.

    ``files`` are the files it was read from, each with the SHA-256 of its bytes. ``measured`` is the name of the part that
    measures; ``missing`` are spans of that part which overlap longer ones, by the
    number of their text: they count as not found.
    """

    train: tuple[LabelledText, ...]
    chooses: tuple[LabelledText, ...]
    measures: tuple[LabelledText, ...]
    measured: str
    labels: tuple[str, ...]
    missing: tuple[tuple[int, tuple[int, int, str]], ...]
    left_out: tuple[str, ...]
    files: Mapping[str, str]


@dataclass(frozen=True)
class SetScores:
    """Scores by label and for ``all``, each with the 95 % interval of its F1 (texts drawn with replacement)."""

    rows: Mapping[str, tuple[Score, tuple[float, float]]]

    def as_markdown(self) -> str:
        """Write the scores as a Markdown table."""
        rows = [
            (
                label,
                f"{s.precision:.3f}",
                f"{s.recall:.3f}",
                f"{s.f1:.3f}",
                f"{low:.3f}-{high:.3f}",
                s.predicted,
                s.gold,
            )
            for label, (s, (low, high)) in self.rows.items()
        ]
        return markdown_table(["label", "precision", "recall", "F1", "95 %", "found", "gold"], rows)


def find_parts(folder: Path) -> dict[str, Path]:
    """Find the files of a set by the words in their names; raises :class:`CorpusError` when train is missing or a part is twofold."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        words = re.split(r"[^a-z]+", path.name.lower())
        parts = {PARTS[word] for word in words if word in PARTS}
        if not path.is_file() or path.suffix in NO_PARTS or len(parts) != 1:
            continue
        (part,) = parts
        if part in found:
            raise CorpusError(
                f"{folder}: {found[part].name} and {path.name} both are the {part} part; leave one of them"
            )
        found[part] = path
    if "train" not in found:
        raise CorpusError(
            f"{folder}: no file with train in its name; a set holds train, dev and test, such as train.json"
        )
    if len(found) < 2:
        raise CorpusError(f"{folder}: no file with dev or test in its name; the outcome is measured on one of them")
    return found


def read_set(folder: Path, labels: Sequence[str] = ()) -> LabelledSet:
    """Read a set; ``labels`` restricts what is learnt, by default all labels of train.

    The test part measures and dev chooses the best epoch. Where test is missing or its labels are kept back, dev measures;
    then, or where there is no dev, every :data:`HELD_OUT_EVERY`-th text of train chooses.
    """
    paths = find_parts(folder)
    parts = {part: read_labelled_file(path) for part, path in paths.items()}
    counts = Counter(label for text in parts["train"].texts for _, _, label in text.spans)
    unknown = [label for label in labels if label not in counts]
    if unknown or not counts:
        known = ", ".join(sorted(counts)) or "no label at all"
        raise CorpusError(f"{folder}: train has no span labelled {', '.join(unknown) or '(any)'}; it has {known}")
    chosen = tuple(labels or sorted(counts))
    parts = {part: _restricted(file, chosen) for part, file in parts.items()}
    measured = next((part for part in ("test", "dev") if part in parts and parts[part].is_labelled), None)
    if measured is None:
        raise CorpusError(f"{folder}: neither dev nor test is labelled; the outcome is measured on one of them")
    train = parts["train"].texts
    if measured == "test" and "dev" in parts and parts["dev"].is_labelled:
        chooses = parts["dev"].texts
    else:
        chooses = train[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY] or train[-1:]
        train = (
            tuple(text for number, text in enumerate(train, 1) if number % HELD_OUT_EVERY) if len(train) > 1 else train
        )
    left_out = tuple(line for file in parts.values() for line in file.left_out)
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths.values()}
    return LabelledSet(
        train, chooses, parts[measured].texts, measured, chosen, parts[measured].missing, left_out, files
    )


def _restricted(file: LabelledFile, labels: Sequence[str]) -> LabelledFile:
    texts = tuple(LabelledText(t.text, tuple(span for span in t.spans if span[2] in labels)) for t in file.texts)
    missing = tuple(pair for pair in file.missing if pair[1][2] in labels)
    return LabelledFile(texts, file.is_labelled, file.left_out, missing)


def schedule(characters: int, epochs: int, batch: int) -> dict[str, int]:
    """Return epochs and steps between two looks at the dev part for a set of so many characters to learn from.

    ``epochs`` and ``batch`` (characters of a step) are the configuration's. A look is taken about once an epoch.

    >>> schedule(124_000, 5, 1_500), schedule(4_000_000, 5, 1_500)["training.max_epochs"]
    ({'training.max_epochs': 25, 'training.eval_frequency': 83}, 5)
    """
    wanted = min(MOST_EPOCHS, ceil(CHARACTERS_SEEN / max(characters, 1)))
    steps = max(10, round(characters / batch))
    return {"training.max_epochs": max(epochs, wanted), "training.eval_frequency": min(steps, 500)}


def train_set(
    folder: Path,
    output: Path,
    config: Path = CONFIG,
    labels: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
) -> SetScores:
    """Train on a set, save the pipeline into ``output`` and score it; progress goes to stderr.

    ``overrides`` are settings of the configuration by dotted name. Raises :class:`CorpusError` for a set that cannot be read, and for an
    ``output`` that holds something else than a pipeline.
    """
    if output.exists() and not (output / "meta.json").is_file() and (not output.is_dir() or any(output.iterdir())):
        raise CorpusError(f"{output}: holds something else than a trained pipeline; name a new folder")
    data = read_set(folder, labels)
    for line in (*data.left_out[:SHOWN], *([f"... {len(data.left_out)} in all"] if len(data.left_out) > SHOWN else [])):
        typer.echo(f"left out: {line}", err=True)
    plain = spacy.util.load_config(config)["training"]
    characters = sum(len(text.text) for text in data.train)
    times = schedule(characters, plain["max_epochs"], plain["batcher"]["size"])
    typer.echo(
        f"{folder}: {len(data.train)} texts of {characters} characters to learn from, {times['training.max_epochs']} epochs; "
        f"{len(data.chooses)} texts choose the best, {len(data.measures)} of {data.measured} measure it",
        err=True,
    )
    with tempfile.TemporaryDirectory() as made:
        rows = {"train": data.train, "dev": data.chooses, "test": data.measures}
        corpus = write_rows(Path(made) / "corpus", {part: map(_row, texts) for part, texts in rows.items()})
        train_recogniser(
            corpus, output, config, {"corpora.train.labels": list(data.labels)} | times | dict(overrides or {})
        )
    scores = score_texts(spacy.load(output), data.measures, data.missing)
    (output / "MODEL_CARD.md").write_text(set_card(data, scores), encoding="utf-8")
    return scores


def set_card(data: LabelledSet, scores: SetScores) -> str:
    """Write the model card of a pipeline trained on a set: its files, its counts, its scores."""
    parts = {
        "learnt from": data.train,
        "choose the best epoch": data.chooses,
        f"measured on ({data.measured})": data.measures,
    }
    counts = [
        (name, len(texts), f"{sum(len(t.text) for t in texts):,}", f"{sum(len(t.spans) for t in texts):,}")
        for name, texts in parts.items()
    ]
    return "\n\n".join(
        [
            f"# Model card\n\nFinds {', '.join(data.labels)} in Chinese text. Written by the training; do not edit.",
            markdown_table(["file", "SHA-256"], [(name, f"`{digest}`") for name, digest in data.files.items()]),
            markdown_table(["texts", "number", "characters", "spans"], counts),
            f"Spans that cannot be learnt, since they overlap longer ones or lie outside their text: {len(data.left_out)}.",
            "Exact span and label; 95 % of the F1 when texts are drawn with replacement:",
            scores.as_markdown() + "\n",
        ]
    )


def _row(text: LabelledText) -> dict[str, Any]:
    return {
        "text": text.text,
        "entities": [{"start_offset": start, "end_offset": end, "label": label} for start, end, label in text.spans],
    }


def score_texts(
    nlp: Language,
    texts: Sequence[LabelledText],
    missing: Iterable[tuple[int, tuple[int, int, str]]] = (),
) -> SetScores:
    """Score a pipeline on texts by exact span and label; ``missing`` are further gold spans, by the number of their text."""
    gold = [set(text.spans) for text in texts]
    for number, span in missing:
        gold[number].add(span)
    docs = nlp.pipe([text.text for text in texts], batch_size=64)
    found = [{(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents} for doc in docs]
    labels = sorted({label for spans in (*gold, *found) for _, _, label in spans})
    rows = {}
    for name in ("all", *labels):
        counts = []
        for want, have in zip(gold, found, strict=True):
            own, given = ({span for span in spans if name in ("all", span[2])} for spans in (want, have))
            counts.append((len(own & given), len(given), len(own)))
        rows[name] = Score(*map(sum, zip(*counts, strict=True))), f1_interval(counts)
    return SetScores(rows)


def main(
    corpus: Annotated[Path, typer.Argument(help="Folder with the files of the set: train, dev, test.")],
    output: Annotated[Path, typer.Argument(help="Folder for the trained pipeline.")],
    labels: Annotated[str, typer.Option(help="Labels to learn, parted by commas; all of train by default.")] = "",
    config: Annotated[Path, typer.Option(help="Training configuration of spaCy.")] = CONFIG,
) -> None:
    """Train a recogniser on a labelled set and print its scores."""
    try:
        scores = train_set(corpus, output, config, [label.strip() for label in labels.split(",") if label.strip()])
    except (CorpusError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(scores.as_markdown())
    typer.echo(f"{output}: load it with spacy.load({str(output)!r})", err=True)


if __name__ == "__main__":
    typer.run(main)
