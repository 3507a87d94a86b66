"""Finds mentions in passages with the trained pipeline: the door of this package to the rest of the project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.spans import Mention

if TYPE_CHECKING:
    from spacy.language import Language

MODEL = Path(__file__).resolve().parents[2] / "models" / "recogniser"
BY_MODEL = "model"


class ModelError(Exception):
    """A trained pipeline is missing; the message says how to make one."""


class Recogniser:
    """A trained spaCy pipeline as a finder of mentions."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp

    def recognise(self, texts: Sequence[str]) -> list[list[Mention]]:
        """The mentions of every text, in order; they never overlap. Offsets are half-open code points of the text."""
        from pipeline.recognise.component import SPANS_KEY

        found = []
        for doc in self.nlp.pipe(texts):
            group = doc.spans.get(SPANS_KEY, ())
            confidences = group.attrs["scores"] if group else ()
            found.append(
                [
                    Mention(span.start, span.end, span.text, span.label_, confidence, BY_MODEL)
                    for span, confidence in zip(group, confidences, strict=True)
                ]
            )
        return found


def load_recogniser(path: Path | None = None) -> Recogniser:
    """Load the pipeline in a folder, by default the one that ships; raises :class:`ModelError` where there is none.

    Pretrained weights are loaded at the first text.
    """
    folder = path or MODEL
    if not (folder / "config.cfg").is_file():
        raise ModelError(f"{folder}: no trained recogniser; run make train or give the folder of one")
    import spacy

    import pipeline.recognise.component  # noqa: F401 - registers what the pipeline is made of

    return Recogniser(spacy.load(folder))
