"""Trains the project's word segmenter: spacy-pkuseg on silver words, whose borders never run across a labelled span.

The words are LAC's; where a labelled span begins or ends inside one, the word is cut there. The segmenter thus learns the
borders of names that LAC does not know. Its borders are features of the recogniser, never tokens.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.recognise.lac import Lac
from pipeline.recognise.segmenter import write_model
from pipeline.recognise.segments import segment_lengths
from training.labelled import LabelledText

ITERATIONS = 4
# A feature that fewer places of the training text show is left out: it keeps the model small and loses nothing measurable.
LEAST_SEEN = 2
SEED = 7


def silver_words(texts: Sequence[LabelledText]) -> list[list[str]]:
    """The words of every segment of some labelled texts; white space parts words and is none."""
    lac = Lac()
    lines = []
    for labelled, reading in zip(texts, lac.read([each.text for each in texts]), strict=True):
        opens = lac.opens_word[reading.tags].copy()
        edges = {edge for start, end, _ in labelled.spans for edge in (start, end) if edge < len(labelled.text)}
        opens[sorted(edges)] = True
        place = 0
        for length in segment_lengths(labelled.text):
            opens[place] = True
            borders = [*(np.flatnonzero(opens[place : place + length]) + place).tolist(), place + length]
            pieces = [labelled.text[a:b] for a, b in pairwise(borders)]
            words = [word for piece in pieces for word in piece.split()]
            place += length
            if words:
                lines.append(words)
    return lines


def train_segmenter(texts: Sequence[LabelledText], output: Path) -> None:
    """Train a word segmenter on labelled texts and save its two files into the folder ``output``.

    What pkuseg prints goes to stderr. The same texts give the same model.
    """
    lines = [" ".join(words) for words in silver_words(texts)]
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr), _pkuseg_settings():
        import spacy_pkuseg

        text, sample, model = (Path(folder) / name for name in ("words.txt", "sample.txt", "model"))
        text.write_text("\n".join(lines) + "\n", encoding="utf-8")
        # pkuseg scores a text after each round and does nothing with the score: a few lines are enough.
        sample.write_text("\n".join(lines[:20]) + "\n", encoding="utf-8")
        spacy_pkuseg.train(str(text), str(sample), str(model), train_iter=ITERATIONS)
        write_model(model, output)


@contextlib.contextmanager
def _pkuseg_settings() -> Iterator[None]:
    """Set what pkuseg keeps in globals, and put it back: two tags instead of five, rare features left out, a fixed order."""
    from spacy_pkuseg.config import config

    kept, state = (config.nLabel, config.featureTrim), random.getstate()
    config.nLabel, config.featureTrim = 2, LEAST_SEEN - 1
    random.seed(SEED)
    try:
        yield
    finally:
        config.nLabel, config.featureTrim = kept
        random.setstate(state)
