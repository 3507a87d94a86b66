"""Noun phrases that may fill a role without being a name: features that a person can read, for the model that picks them.

What fills a role shows in its head word and in where it stands to the anchors around it (为4个学生`捐赠`, `添置`了被褥).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.events.linear import LinearModel
from pipeline.events.reading import Reading
from pipeline.events.subjects import CLAUSE, PREPOSITION
from pipeline.recognise.phrases import PHRASE
from pipeline.spans import Mention

TAKE_AT = 0.3
"""Probability from which a phrase is put forward for a role; the role models, which know such phrases, have the last
word. Fitted on the dev split, which is indifferent from 0.25 to 0.35."""
_MOST_STEPS = 5


def phrase_features(reading: Reading, phrase: Mention) -> list[str]:
    """Features for the question whether a phrase fills a role (FILLER), is given or built (ITEM), or neither."""
    return list(_features(reading, phrase))


def _features(reading: Reading, phrase: Mention) -> Iterator[str]:
    text = phrase.text
    sentence = reading.sentence(phrase.start)
    lead = reading.text[max(sentence.start, phrase.start - 4) : phrase.start]
    tail = reading.text[phrase.end : min(sentence.end, phrase.end + 4)]
    clause = CLAUSE.split(reading.text[sentence.start : phrase.start])[-1]
    preposition = match[1] if (match := PREPOSITION.search(lead)) else "-"
    counted = text[0].isdigit() or text[0] in "一二三四五六七八九十百千万两几数近约"
    kind = phrase.by if not counted else "counted"
    heads = [f"head={text[-size:]}" for size in (1, 2, 3) if len(text) >= size]
    yield from heads
    yield f"kind={kind}"
    yield f"opening={text[:2]}"
    yield f"length={min(len(text) // 2, 6)}"
    ways = [*_ways(reading, phrase, "before"), *_ways(reading, phrase, "after")]
    row = reading.by_sentence[reading.sentence_index(phrase.start)]
    if not any(mention.label == "EVENT" for mention in row):
        ways.append("no anchor")
    ways.append(f"lead={lead[-1:]}&tail={tail[:1]}")
    ways.append(f"opens clause={len(clause.strip()) <= 2}")
    for way in ways:
        yield way
        yield f"{way}&kind={kind}"
        yield f"{way}&{heads[min(1, len(heads) - 1)]}"
    for size in (1, 2, 3):
        yield f"lead={lead[-size:]}"
        yield f"tail={tail[:size]}"
    yield f"preposition={preposition}&kind={kind}"
    yield f"preposition={preposition}&{heads[min(1, len(heads) - 1)]}"
    yield f"headline={phrase.end <= reading.headline_end}"


def _ways(reading: Reading, phrase: Mention, side: str) -> Iterator[str]:
    """How the nearest anchor of the sentence on one side stands to the phrase."""
    row = reading.by_sentence[reading.sentence_index(phrase.start)]
    anchors = [m for m in row if m.label == "EVENT"]
    if side == "before":
        near = max((m for m in anchors if m.end <= phrase.start), key=lambda m: m.end, default=None)
    else:
        near = min((m for m in anchors if m.start >= phrase.end), key=lambda m: m.start, default=None)
    if near is None:
        return
    between = reading.between(near, phrase)
    path = reading.path(near, phrase)
    clauses = min(sum(path.count(mark) for mark in "，；：。"), 3)
    yield f"anchor {side}&clauses={clauses}"
    yield f"anchor {side}={near.text[-2:]}&clauses={clauses}"
    yield f"anchor {side}&path={path if len(path) <= _MOST_STEPS else path[:2] + '…' + path[-2:]}"
    yield f"anchor {side}={near.text[-2:]}&path={path[:_MOST_STEPS]}"
    if len(between) <= 3:
        yield f"anchor {side}&between={between}"


def free_phrases(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the phrases that are free to fill a role, anchors, amounts and dates cut off their ends (捐赠图书 leaves 图书).

    What is left of a thing before its price (一批价值2万元) is no phrase. No phrase is free that has one of those in its middle,
    overlaps a filler or thing, or lies inside a name.
    """
    found = [mention for mention in mentions if mention.label != PHRASE]
    cut = [_cut(mention, found) for mention in mentions if mention.label == PHRASE]
    return [phrase for phrase in cut if phrase and _is_free(phrase, found)]


def _cut(phrase: Mention, found: Sequence[Mention]) -> Mention | None:
    start, end = phrase.start, phrase.end
    for mention in found:
        if mention.label in ("EVENT", "MONEY", "DATE") and mention.start < end and start < mention.end:
            if mention.start <= start:
                start = mention.end
            elif mention.end >= end:
                end = mention.start
    if end - start < 2 or phrase.text[: end - phrase.start].endswith("价值"):
        return None
    return replace(phrase, start=start, end=end, text=phrase.text[start - phrase.start : end - phrase.start])


def with_phrases(
    reading: Reading, phrases: Sequence[Mention], model: LinearModel, take_at: float = TAKE_AT
) -> list[Mention]:
    """Return the reading's mentions together with the ``phrases`` that the model takes for fillers and things.

    ``take_at`` is the probability from which it does.
    """
    taken = []
    if phrases:
        rows = model.chances([phrase_features(reading, phrase) for phrase in phrases]).tolist()
        for phrase, row in zip(phrases, rows, strict=True):
            chances = dict(zip(model.classes, row, strict=True))
            label = max(("FILLER", "ITEM"), key=lambda name: chances.get(name, 0.0))
            if (chance := chances.get(label, 0.0)) >= take_at:
                taken.append(replace(phrase, label=label, confidence=chance))
    return sorted([*reading.mentions, *taken], key=lambda m: (m.start, -m.end, m.label))


def _is_free(phrase: Mention, found: Sequence[Mention]) -> bool:
    """A name inside a longer phrase is part of it (云岭县的3所小学); whatever else overlaps takes the phrase's place."""
    start, end = phrase.start, phrase.end
    for mention in found:
        if mention.start < end and start < mention.end:
            inside = mention.label in ("ORG", "GPE") and start <= mention.start and mention.end <= end
            if not inside or (mention.start, mention.end) == (start, end):
                return False
    return True
