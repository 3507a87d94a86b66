"""Noun phrases of the corpus, labelled by what they are in it: what the phrase model learns from.

The role models learn beside the phrases that such a model puts forward, as it does in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.events.linear import LinearModel
from pipeline.events.phrases import free_phrases, phrase_features, with_phrases
from pipeline.recognise.lac import Lac
from pipeline.recognise.phrases import noun_phrases, words
from pipeline.spans import Mention
from training.linear import fit
from training.readings import GoldReading

BATCH = 32
HELPERS = ("FILLER", "ITEM")
SMALLEST_WEIGHT = 0.175
"""Weights below this are dropped (:data:`training.linear.SMALLEST_WEIGHT`): the many head words would take the most room."""
CANDIDATE_AT = 0.1
"""Probability from which a phrase is shown to the role models as they learn: more than in use, so that they see enough of them."""


def learn_phrases(readings: Sequence[GoldReading]) -> tuple[LinearModel, list[GoldReading]]:
    """Fit the model of plain phrases, and return with it the readings as an extraction would see them.

    Those hold the phrases that play no part and yet would be put forward, by a model that has not seen their bulletin.
    Raises ValueError when the readings hold too little to learn from.
    """
    phrases = find_phrases([gold.reading.text for gold in readings])
    halves = {name: number % 2 for number, name in enumerate(sorted({gold.name for gold in readings}))}
    pairs = list(zip(readings, phrases, strict=True))
    others = [_fitted([pair for pair in pairs if halves[pair[0].name] != half]) for half in (0, 1)]
    return _fitted(pairs), [_with_candidates(gold, found, others[halves[gold.name]]) for gold, found in pairs]


def _fitted(pairs: Sequence[tuple[GoldReading, Sequence[Mention]]]) -> LinearModel:
    made = phrase_examples([gold for gold, _ in pairs], [found for _, found in pairs])
    return fit(list(made), smallest=SMALLEST_WEIGHT)


def _with_candidates(gold: GoldReading, phrases: Sequence[Mention], model: LinearModel) -> GoldReading:
    helpers = [mention for mention in gold.reading.mentions if mention.label in HELPERS]
    free = free_phrases([*gold.reading.mentions, *phrases])
    idle = [phrase for phrase in free if not any(_shares_half(helper, phrase) for helper in helpers)]
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
            label = next((h.label for h in helpers if _shares_half(h, phrase)), "none")
            yield phrase_features(gold.reading, phrase), label


def _shares_half(one: Mention, other: Mention) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared >= max(one.end - one.start, other.end - other.start)
