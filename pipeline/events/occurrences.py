"""Which anchors of an item of news stand for one occurrence."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.events.models import EventModels
from pipeline.events.reading import Reading
from pipeline.events.subjects import PARTY_LABELS
from pipeline.spans import Mention

JOIN_AT = 0.55
"""Probability from which two anchors are one occurrence."""
TELLING = {
    "donation": ("donor", "recipient"),
    "agreement": ("party",),
    "visit": ("visitor",),
    "purchase": ("buyer",),
    "project": ("item", "beneficiary"),
}
"""The roles by which two occurrences of a type are told apart: other fillers, another occurrence."""
WIDEST = 4
"""Characters from the start of 其中 in which a party must begin to have a part of its own."""
SURE_AT = 0.9
"""Probability from which a filler tells occurrences apart; fitted on the dev split."""


def occurrences(
    reading: Reading,
    models: EventModels,
    typed: dict[Mention, tuple[str, float]],
    links: dict[Mention, dict[Mention, tuple[str, float]]],
) -> list[tuple[Mention, ...]]:
    """Join the anchors of one occurrence, given their types and the roles that mentions play for them: each anchor goes to the cluster whose members it resembles most on average.

    No cluster holds two anchors whose parties or things are at odds, nor a sum and a part of it by somebody else.
    """
    clusters: list[list[Mention]] = []
    own = {anchor: _own_fillers(typed[anchor][0], links[anchor]) for anchor in typed}
    for anchor, (kind, _) in typed.items():
        fitting = [
            cluster
            for cluster in clusters
            if typed[cluster[0]][0] == kind
            and not any(_at_odds(own[member], own[anchor]) or _is_part(reading, member, anchor) for member in cluster)
        ]
        members = [member for cluster in fitting for member in cluster]
        chances = (
            dict(zip(members, models.same_chances(reading, members, anchor, kind), strict=True)) if members else {}
        )
        rated = []
        for cluster in fitting:
            of_cluster = [chances[member] for member in cluster]
            rated.append((sum(of_cluster) / len(cluster) * 0.5 + max(of_cluster) * 0.5, cluster))
        if rated and (best := max(rated, key=lambda pair: pair[0]))[0] >= JOIN_AT:
            best[1].append(anchor)
        else:
            clusters.append([anchor])
    return [tuple(cluster) for cluster in clusters]


def _is_part(reading: Reading, one: Mention, other: Mention) -> bool:
    """Tell whether 其中 and a party stand behind a sum between two anchors of a sentence (共`筹得`20万元，其中甲公司`捐款`5万元).

    In the train split none of 22 such pairs is one occurrence.
    """
    first, last = sorted((one, other), key=lambda anchor: anchor.start)
    row = reading.by_sentence[reading.sentence_index(first.start)]
    place = reading.text.find("其中", first.end, last.start) if last in row else -1
    return (
        place >= 0
        and any(m.label == "MONEY" and first.end <= m.start < place for m in row)
        and any(m.label in PARTY_LABELS and place <= m.start <= place + WIDEST for m in row)
    )


def _own_fillers(kind: str, links: dict[Mention, tuple[str, float]]) -> tuple[frozenset[str], ...]:
    """The texts that an anchor surely has in each of the roles by which occurrences of its type are told apart."""
    return tuple(
        frozenset(m.text for m, (found, chance) in links.items() if found == role and chance >= SURE_AT)
        for role in TELLING.get(kind, ())
    )


def _at_odds(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> bool:
    """Tell whether two anchors have fillers in a telling role of which no text is part of another's."""
    return any(
        mine and yours and not any(a in b or b in a for a in mine for b in yours)
        for mine, yours in zip(one, other, strict=True)
    )
