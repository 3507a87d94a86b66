"""Who is being talked of: the subject and the party with a preposition that an anchor goes by, its own or carried over.

Chinese drops what was named before: 静安甲公司帮助乙村修路，翻新老屋；又帮助丙村打井 has one subject for three anchors, and 乙村 goes for two of
them. A sentence is read once from left to right; offsets are half-open code points of the passage's repaired text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.spans import Mention, Span

PARTY_LABELS = frozenset({"ORG", "GPE", "FILLER"})
"""Labels of mentions that can fill a role."""
CLAUSE = re.compile(r"[，,；;：:。！？!?\n]")
"""Marks that end a clause."""
PREPOSITION = re.compile(
    r"(向|为|给|对|由|与|和|同|在|赴|到|来到|走进|前往|让|被|从|于|经|将|把|按|受|帮助|组织|邀请|联合|协同|会同|代表|对口|所在的?|"
    r"深入|走访|慰问|看望|陪同|带领|率领|联手|携手|支持|通过|委托|依托|牵手|进)$"
)
_AGENT = frozenset({"由", "经", "受"})
_FARTHEST = 3
"""Sentences over which a subject is carried (the guide: givers stand one to three sentences before)."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A group of coordinated parties that an anchor goes by, and how many clauses and sentences before it they stand."""

    group: tuple[Mention, ...]
    clauses: int = 0
    sentences: int = 0

    @property
    def way(self) -> str:
        """Tell in a word how far it was carried: ``clause``, ``sentence`` with clauses, or ``before`` with sentences."""
        if self.sentences:
            return f"before {self.sentences}"
        return f"sentence {min(self.clauses, 3)}" if self.clauses else "clause"


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What an anchor goes by: its subject, and the party that a preposition brings in with that preposition."""

    subject: Carried | None
    oblique: Carried | None
    preposition: str = ""


def standpoints(
    text: str,
    sentences: tuple[Span, ...],
    rows: tuple[tuple[Mention, ...], ...],
    groups: Mapping[Mention, tuple[Mention, ...]],
) -> dict[Mention, Standpoint]:
    """Return the standpoint of every anchor.

    ``rows`` are the mentions of each sentence in order, ``groups`` the coordinated run of each party mention.
    """
    now = Standpoint(None, None)
    found = {mention: now for row in rows for mention in row if mention.label == "EVENT"}
    for sentence, row in zip(sentences, rows, strict=False):
        now = Standpoint(_farther(now.subject), None)
        taken = seen_anchor = False
        for step in _steps(text, sentence, row, groups):
            if isinstance(step, int):
                taken = seen_anchor = False
                oblique = None if text[step] in "；;" else now.oblique
                now = replace(now, subject=_next_clause(now.subject), oblique=_next_clause(oblique))
            elif step.label == "EVENT":
                found[step] = now
                seen_anchor = True
            else:
                preposition = PREPOSITION.search(text, max(sentence.start, step.start - 4), step.start)
                group = groups.get(step, (step,))
                if preposition and preposition[1] not in _AGENT:
                    now = Standpoint(now.subject, Carried(group), preposition[1])
                elif preposition or not (taken or seen_anchor or text.startswith("的", group[-1].end)):
                    now = Standpoint(Carried(group), None)
                    taken = True
    return found


def _farther(subject: Carried | None) -> Carried | None:
    if subject is None or subject.sentences >= _FARTHEST:
        return None
    return Carried(subject.group, 0, subject.sentences + 1)


def _next_clause(party: Carried | None) -> Carried | None:
    return replace(party, clauses=party.clauses + 1) if party else None


def _steps(
    text: str, sentence: Span, row: tuple[Mention, ...], groups: Mapping[Mention, tuple[Mention, ...]]
) -> Iterator[Mention | int]:
    """Yield anchors, the first mention of each party group, and the places of the marks that end clauses, in order."""
    steps: list[tuple[int, Mention | int]] = []
    end = sentence.start
    covered: list[tuple[int, int]] = []
    for mention in row:
        if mention.label == "EVENT":  # also one inside a longer phrase (参训学员)
            steps.append((mention.start, mention))
        elif mention.start >= end and mention.label in PARTY_LABELS:
            end = mention.end
            covered.append((mention.start, mention.end))
            if groups.get(mention, (mention,))[0] is mention:
                steps.append((mention.start, mention))
    for mark in CLAUSE.finditer(text, sentence.start, sentence.end):
        if not any(low <= mark.start() < high for low, high in covered):
            steps.append((mark.start(), mark.start()))
    for _, step in sorted(steps, key=lambda pair: pair[0]):
        yield step
