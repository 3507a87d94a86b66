"""A passage as the event models see it: its text, sentences, mentions and the groups that commas of enumeration make.

All offsets are half-open code points of the passage's repaired text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.context import Context
from pipeline.events.subjects import PARTY_LABELS, Standpoint, standpoints
from pipeline.spans import Mention, Span

_STEP = re.compile(
    r"[，,；;：:。！？!?、（()）]|以及|及|以|了|的|等|向|为|给|对|由|与|和|同|在|赴|到|来|进|前往|让|被|从|将|把|受|于|经|"
    r"组织|邀请|联合|共同|代表|参加|出席|举行|举办|召开|开展|分别|各|共|累计|其中|获|一行|带领|率|主办|承办|协办|陪同|"
    r"出资|投入|筹|使用|用于|价值|支持|帮助|牵头|负责人|书记|主任|镇长|县长|区长|干部|代表团|考察组"
)
_SYMBOLS = {"ORG": "P", "GPE": "G", "FILLER": "F", "MONEY": "M", "DATE": "D", "ITEM": "I", "EVENT": "E"}
_PLAIN_MARKS = str.maketrans(",;:!?！？()", "，；：。。。。（）")
_TIGHT_JOINER = re.compile(r"\s*(?:、|和|与|及|以及|）、|\)、|）和)\s*")


@dataclass(frozen=True)
class Reading:
    """One item of news with its mentions in order; ``headline_end`` is where the headline block ends (0 for none).

    ``context`` is what the frozen readers make of its characters; None where nobody asked them.
    """

    text: str
    sentences: tuple[Span, ...]
    mentions: tuple[Mention, ...]
    headline_end: int = 0
    context: Context | None = None

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def anchors(self) -> tuple[Mention, ...]:
        """The EVENT mentions."""
        return tuple(mention for mention in self.mentions if mention.label == "EVENT")

    @cached_property
    def groups(self) -> dict[Mention, tuple[Mention, ...]]:
        """For each party mention, the run of coordinated mentions of its kind it stands in (甲、乙和丙)."""
        parties = [mention for mention in self.mentions if mention.label in PARTY_LABELS]
        runs: list[list[Mention]] = []
        for mention in parties:
            if runs and self._coordinated(runs[-1][-1], mention):
                runs[-1].append(mention)
            else:
                runs.append([mention])
        return {mention: tuple(run) for run in runs for mention in run}

    @cached_property
    def standpoints(self) -> dict[Mention, Standpoint]:
        """The subject and the prepositional party that every anchor goes by."""
        return standpoints(self.text, self.sentences, self.by_sentence, self.groups)

    def _coordinated(self, earlier: Mention, later: Mention) -> bool:
        if earlier.end > later.start:
            return False
        return _TIGHT_JOINER.fullmatch(self.text, earlier.end, later.start) is not None

    def sentence_index(self, offset: int) -> int:
        """Return the number of the sentence that holds ``offset``."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def sentence(self, offset: int) -> Span:
        """Return the sentence that holds ``offset``; the whole text when there are none."""
        return self.sentences[self.sentence_index(offset)] if self.sentences else Span(0, len(self.text))

    def between(self, one: Mention, other: Mention) -> str:
        """Return the text between two mentions; empty when they overlap."""
        first, second = sorted((one, other), key=lambda mention: mention.start)
        return self.text[first.end : second.start]

    @cached_property
    def _steps(self) -> tuple[list[int], list[str]]:
        """Starts and symbols of what lies along the text: mentions by label, function words and marks as they are."""
        steps: list[tuple[int, str]] = []
        end = 0
        for mention in (*self.mentions, None):
            if mention and mention.start < end:
                continue
            border = mention.start if mention else len(self.text)
            steps += [(m.start(), m[0].translate(_PLAIN_MARKS)) for m in _STEP.finditer(self.text, end, border)]
            if mention:
                steps.append((mention.start, _SYMBOLS[mention.label]))
                end = mention.end
        return [start for start, _ in steps], [symbol for _, symbol in steps]

    def path(self, one: Mention, other: Mention) -> str:
        """Write what lies between two mentions as symbols: P, G, F, M, D, I, E for mentions, function words and marks.

        Empty when they touch or overlap; at most the first and last 20 symbols.
        """
        first, second = sorted((one, other), key=lambda mention: mention.start)
        starts, symbols = self._steps
        low, high = bisect_left(starts, first.end), bisect_left(starts, second.start)
        found = symbols[low:high]
        return "".join(found if len(found) <= 40 else [*found[:20], *found[-20:]])

    @cached_property
    def named(self) -> dict[str, tuple[Mention, ...]]:
        """The party mentions by their text."""
        found: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            if mention.label in PARTY_LABELS:
                found.setdefault(mention.text, []).append(mention)
        return {text: tuple(mentions) for text, mentions in found.items()}

    def in_headline(self, mention: Mention) -> bool:
        """Tell whether the mention stands in the headline block."""
        return mention.end <= self.headline_end

    @cached_property
    def by_sentence(self) -> tuple[tuple[Mention, ...], ...]:
        """The mentions of each sentence, in order."""
        rows: list[list[Mention]] = [[] for _ in self.sentences] or [[]]
        for mention in self.mentions:
            rows[self.sentence_index(mention.start)].append(mention)
        return tuple(tuple(row) for row in rows)

    def candidates(self, anchor: Mention, reach: int) -> list[Mention]:
        """List the mentions that may be arguments of ``anchor``.

        Those of its sentence, party mentions of up to ``reach`` sentences before and of the one behind, every DATE before, amounts
        and things of the sentences beside it; an anchor in the headline reaches only the headline.
        """
        here = self.sentence_index(anchor.start)
        found: list[Mention] = []
        if self.in_headline(anchor):
            rows = [row for row in self.by_sentence if row and self.in_headline(row[0])]
            return [mention for row in rows for mention in row if mention.label != "EVENT"]
        for index in range(here + 1):
            for mention in self.by_sentence[index]:
                if mention.label == "EVENT":
                    continue
                near = here - index <= reach and mention.label not in ("MONEY", "ITEM")
                if index == here or mention.label == "DATE" or near:
                    found.append(mention)
        # an amount or a thing may follow one sentence later (…捐赠。其中，现金5万元，…), and so may a party (…举行。20名村医参加)
        for index in (here - 1, here + 1):
            if 0 <= index < len(self.by_sentence):
                wanted = ("MONEY", "ITEM") if index < here else ("MONEY", "ITEM", *PARTY_LABELS)
                found += [mention for mention in self.by_sentence[index] if mention.label in wanted]
        return found


def make_reading(
    text: str,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    headline_end: int = 0,
    context: Context | None = None,
) -> Reading:
    """Build a reading; mentions may come in any order."""
    ordered = tuple(sorted(mentions, key=lambda mention: (mention.start, -mention.end, mention.label)))
    return Reading(text, tuple(sentences), ordered, headline_end, context)
