"""Noun phrases of the corpus, labelled by what they are in it: what the phrase model learns from.

The role models learn beside the phrases that such a model puts forward, as it does in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.events.linear import LinearModel
from pipeline.events.phrases import free_phrases, phrase_features, with_phrases
from pipeline.recognise.lac import Lac
from pipeline.recognise.phrases import noun_phrases, words
from pipeline.spans import Mention
from training.linear import fit
from training.readings import GoldReading
from training.rows import HELPERS
from training.unseen import halves

BATCH = 32
SMALLEST_WEIGHT = 0.175
"""Weights below this are dropped (:data:`training.linear.SMALLEST_WEIGHT`): the many head words would take the most room."""
CANDIDATE_AT = 0.1
"""Probability from which a phrase is shown to the role models as they learn: more than in use, so that they see enough of them."""


class LearntPhrases(NamedTuple):
    """The model of plain phrases, the readings as an extraction would see them, and the models that did not see a half.

    The readings hold the phrases that play no part and yet would be put forward, by the model of ``others`` that has not seen their
    bulletin (:func:`training.unseen.halves`).
    """

    model: LinearModel
    readings: list[GoldReading]
    others: list[LinearModel]


def learn_phrases(readings: Sequence[GoldReading]) -> LearntPhrases:
    """Fit the model of plain phrases, and with it what the role models learn from.

    Raises ValueError when the readings hold too little to learn from.
    """
    phrases = find_phrases([gold.reading.text for gold in readings])
    half = halves(gold.name for gold in readings)
    pairs = list(zip(readings, phrases, strict=True))
    others = [_fitted([pair for pair in pairs if half[pair[0].name] != number]) for number in (0, 1)]
    shown = [_with_candidates(gold, found, others[half[gold.name]]) for gold, found in pairs]
    return LearntPhrases(_fitted(pairs), shown, others)


def _fitted(pairs: Sequence[tuple[GoldReading, Sequence[Mention]]]) -> LinearModel:
    made = phrase_examples([gold for gold, _ in pairs], [found for _, found in pairs])
    return fit(list(made), smallest=SMALLEST_WEIGHT)


def _with_candidates(gold: GoldReading, phrases: Sequence[Mention], model: LinearModel) -> GoldReading:
    helpers = [mention for mention in gold.reading.mentions if mention.label in HELPERS]
    free = free_phrases([*gold.reading.mentions, *phrases])
    idle = [phrase for phrase in free if not any(helper.span.shares_half(phrase.span) for helper in helpers)]
    mentions = with_phrases(gold.reading, idle, model, CANDIDATE_AT)
    return replace(gold, reading=replace(gold.reading, mentions=tuple(mentions)))


def find_phrases(texts: Sequence[str]) -> list[list[Mention]]:
    """Return the noun phrases of every text."""
    lac = Lac()
    found = []
    for first in range(0, len(texts), BATCH):
        batch = texts[first : first + BATCH]
        for text, reading in zip(batch, lac.read(batch), strict=True):
            found.append(list(noun_phrases(text, words(text, reading.tags, lac.tag_names))))
    return found


def phrase_examples(
    readings: Sequence[GoldReading], phrases: Sequence[Sequence[Mention]]
) -> Iterator[tuple[list[str], str]]:
    """Yield features and class of every phrase: FILLER or ITEM where it shares half of one, else ``none``."""
    for gold, found in zip(readings, phrases, strict=True):
        helpers = [mention for mention in gold.reading.mentions if mention.label in HELPERS]
        others = [mention for mention in gold.reading.mentions if mention.label not in HELPERS]
        for phrase in free_phrases([*others, *found]):
            label = next((h.label for h in helpers if h.span.shares_half(phrase.span)), "none")
            yield phrase_features(gold.reading, phrase), label
