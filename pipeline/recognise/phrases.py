"""Plain noun phrases by LAC's words and tags: candidates for roles that no name fills (工作组, 3所小学, 困难村民, 图书500册).

A phrase is found, not judged: whether it fills a role is for the event models to say. Offsets are half-open code points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.spans import Mention

PHRASE = "PHRASE"
"""Label of a noun phrase as found; the event models turn it into FILLER or ITEM, or drop it."""
BY_PERSON, BY_PHRASE = "person's name", "noun phrase"
PHRASE_CONFIDENCE = 0.5
_HEADS = frozenset({"n", "nr", "PER", "nz", "nw", "s", "an", "nt", "ORG", "LOC"})
_MODIFIERS = _HEADS | {"m", "q", "a", "vn", "b", "ns"}
_BEFORE_DE = frozenset({"a", "m", "q", "an"})
"""Tags after which 的 goes on with the phrase (全新的被褥, 两吨的大米); after a noun it parts owner and thing (孩子们的书包)."""
_DEICTIC = frozenset({"我", "本", "该", "两", "全"})
_AREAS = frozenset({"镇", "村", "县", "区", "乡", "市", "校", "院", "局", "街道", "社区", "地"})


class Word(NamedTuple):
    """A word of LAC: where it stands, its tag (``n``, ``v``, ``PER`` and so on) and its characters."""

    start: int
    end: int
    tag: str
    text: str


def words(text: str, tags: NDArray[np.uint8], names: Sequence[str]) -> list[Word]:
    """Return LAC's words of a text from the tag number of each character and the tags' names (``n-B``, ``n-I``)."""
    starts: list[int] = []
    kinds: list[str] = []
    for place, tag in enumerate(tags.tolist()):
        kind, _, part = names[tag].rpartition("-")
        if part != "I" or not starts or text[place] == "\n" or text[place - 1] == "\n":
            starts.append(place)
            kinds.append(kind)
    ends = [*starts[1:], len(text)]
    return [Word(a, b, kind, text[a:b]) for a, b, kind in zip(starts, ends, kinds, strict=True)]


def noun_phrases(text: str, found: Sequence[Word]) -> Iterator[Mention]:
    """Yield the longest noun phrases of a text, with a quantity before or behind, in order.

    >>> row = [Word(0, 2, "m", "两台"), Word(2, 4, "n", "电脑"), Word(4, 6, "v", "送到")]
    >>> [mention.text for mention in noun_phrases("两台电脑送到", row)]
    ['两台电脑']
    """
    run: list[Word] = []
    for word in [*found, Word(len(text), len(text), "", "")]:
        if (
            (word.tag in _MODIFIERS and word.text.strip())
            or (word.text == "的" and run and run[-1].tag in _BEFORE_DE)
            or (word.text in _DEICTIC and not run)
        ):
            run.append(word)
        else:
            yield from _phrase(text, run)
            run = [word] if word.text in _DEICTIC else []


def _phrase(text: str, run: list[Word]) -> Iterator[Mention]:
    while run and run[-1].tag not in _HEADS:
        if run[-1].tag == "m" and len(run) > 1 and run[-2].tag in _HEADS:
            break  # a quantity behind its noun
        run.pop()
    if run and run[0].text in _DEICTIC and (len(run) != 2 or run[1].text not in _AREAS):
        run = run[1:]
    if not run:
        return
    start, end = run[0].start, run[-1].end
    by = BY_PERSON if len(run) == 1 and run[0].tag in ("PER", "nr") else BY_PHRASE
    if end - start > 1:
        yield Mention(start, end, text[start:end], PHRASE, PHRASE_CONFIDENCE, by)
