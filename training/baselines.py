"""Two simple makers of records that the event models must beat: the most frequent answer, and a table of rules.

Both make one record of every anchor and look no further than its sentence, dates apart.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.event_types import event_scheme
from pipeline.events.event import Argument, Event
from pipeline.events.reading import Reading
from pipeline.events.subjects import PARTY_LABELS
from pipeline.spans import Mention
from training.readings import GoldReading

TABLE = Path("configs/baseline.toml")
NONE = "none"


class Baseline(Protocol):
    """Types an anchor by itself, and gives mentions their roles for it."""

    def type_of(self, anchor: Mention) -> str:
        """Return the type of an anchor."""

    def roles_of(self, reading: Reading, anchor: Mention, kind: str) -> dict[Mention, str]:
        """Return the role of each mention that has one in a record of type ``kind``."""


def baseline_events(baseline: Baseline, reading: Reading) -> list[Event]:
    """Make one record of each anchor of an item of news whose spans are known, in order."""
    return [_event(baseline, reading, anchor) for anchor in reading.anchors]


def _event(baseline: Baseline, reading: Reading, anchor: Mention) -> Event:
    kind = baseline.type_of(anchor)
    filled = [Argument(mention, role, 1.0) for mention, role in baseline.roles_of(reading, anchor, kind).items()]

    def of(*roles: str) -> tuple[Argument, ...]:
        return tuple(argument for argument in filled if argument.role in roles)

    date = next(iter(of("date")), None)
    evidence = reading.sentence(anchor.start)
    parties = of(*event_scheme().types[kind].roles)
    return Event(kind, (anchor,), parties, date, of("place"), of("amount"), of("item"), evidence)


@dataclass(frozen=True)
class Majority:
    """Gives every anchor the most frequent type, and every mention of a label that type's most frequent role."""

    type: str
    roles: Mapping[str, str]

    def type_of(self, anchor: Mention) -> str:
        """Return the one type."""
        return self.type

    def roles_of(self, reading: Reading, anchor: Mention, kind: str) -> dict[Mention, str]:
        """Return the most frequent role of the label of each mention of the sentence."""
        row = reading.by_sentence[reading.sentence_index(anchor.start)]
        found = {mention: self.roles.get(mention.label, NONE) for mention in row if mention is not anchor}
        return {mention: role for mention, role in found.items() if role != NONE}


def majority(golds: Iterable[GoldReading]) -> Majority:
    """Count types, and the roles that each label has in the sentences of anchors, in labelled readings."""
    golds = list(golds)
    types = Counter(record.type for gold in golds for record in gold.records for _ in record.anchors)
    kind = types.most_common(1)[0][0]
    roles: dict[str, Counter[str]] = {}
    for gold in golds:
        for record in gold.records:
            played = dict(record.arguments)
            for anchor in record.anchors if record.type == kind else ():
                for mention in gold.reading.by_sentence[gold.reading.sentence_index(anchor.start)]:
                    roles.setdefault(mention.label, Counter())[played.get(mention, NONE)] += 1
    return Majority(kind, {label: counts.most_common(1)[0][0] for label, counts in sorted(roles.items())})


@dataclass(frozen=True)
class Rules:
    """Types anchors by trigger words, and gives the nearest mention on either side of an anchor its role.

    Before the anchor stands who acts, unless a word such as 向 stands in front of it; after the anchor stands who receives.
    """

    triggers: Mapping[str, Sequence[str]]
    receiver: tuple[str, ...]
    place: tuple[str, ...]

    def type_of(self, anchor: Mention) -> str:
        """Return the type whose longest word the anchor holds; of equally long ones the one nearest to its end."""
        found = [
            (len(word), anchor.text.rfind(word), kind)
            for kind, words in self.triggers.items()
            for word in words
            if word in anchor.text
        ]
        return max(found)[2] if found else "gathering"

    def roles_of(self, reading: Reading, anchor: Mention, kind: str) -> dict[Mention, str]:
        """Return the roles by side, by the word in front and by nearness; the members of a group share a role."""
        row = reading.by_sentence[reading.sentence_index(anchor.start)]
        parties = [m for m in row if m.label in PARTY_LABELS and reading.groups[m][0] is m]
        first, last = (list(event_scheme().types[kind].roles)[place] for place in (0, -1))
        told = {m: self._stands_behind(self.receiver, reading, m) for m in parties}
        acting = [m for m in parties if m.end <= anchor.start and not told[m]]
        receiving = [m for m in parties if m.start >= anchor.end or told[m]]
        found: dict[Mention, str] = {}
        for role, some in ((last, receiving), (first, acting)):
            if some:
                found |= dict.fromkeys(reading.groups[_nearest(anchor, some)], role)
        for label, role in (("MONEY", "amount"), ("ITEM", "item")):
            if some := [m for m in row if m.label == label]:
                found[_nearest(anchor, some)] = role
        for mention in row:
            if mention.label == "GPE" and mention not in found and self._stands_behind(self.place, reading, mention):
                found[mention] = "place"
        if dates := [m for m in reading.mentions if m.label == "DATE" and m.start < anchor.start]:
            found[dates[-1]] = "date"
        return found

    def _stands_behind(self, words: tuple[str, ...], reading: Reading, mention: Mention) -> bool:
        return reading.text[: mention.start].endswith(words)


def _nearest(anchor: Mention, mentions: Sequence[Mention]) -> Mention:
    return min(mentions, key=lambda m: (max(m.start - anchor.end, anchor.start - m.end), m.start))


def load_rules(path: Path = TABLE) -> Rules:
    """Read the table of rules; raises ValueError naming what a broken one lacks."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        before = table["before_a_party"]
        return Rules(table["triggers"], tuple(before["receiver"]), tuple(before["place"]))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(f"{path}: broken table ({error}); it holds triggers and before_a_party") from None
