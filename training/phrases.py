"""Noun phrases of the corpus, labelled by what they are in it: what the phrase model learns from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.events.phrases import free_phrases, phrase_features
from pipeline.recognise.lac import Lac
from pipeline.recognise.phrases import noun_phrases, words
from pipeline.spans import Mention
from training.readings import GoldReading

BATCH = 32
HELPERS = ("FILLER", "ITEM")


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
