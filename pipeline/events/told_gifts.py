"""Gifts that prose lists: 甲公司捐赠20万元、乙商会10万元、丙、丁各5万元 names a giver in front of each sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.events.confidence import giver_role
from pipeline.events.reading import Reading
from pipeline.events.split import LISTED_TYPES
from pipeline.events.subjects import PARTY_LABELS
from pipeline.spans import Mention

LISTED_CHANCE = 0.9
"""Probability that the party in front of a sum gave it: 193 of 198 such pairs of the train split."""
_GIVES = re.compile(
    r"\s*(?:分别|现场|当场|共同|联合|共|合计|各|也|又|再|则|还|另|认)*(?:捐赠|捐款|捐资|捐助|捐出|捐|赠送|出资|资助|购|采购|订购|购买|领)?"
    r"(?:了)?(?:现金|善款|资金|款|价值|合计|共计|共|合|达)?"
)
_NEXT = re.compile(r"(?:的[\u4e00-\u9fff0-9]{1,14})?\s*(?:[、，,；;]|[和与及])\s*(?:以及|及|和)?")
_RECEIVES = ("向", "给", "对", "为")
_WIDEST = 10
"""Characters that may stand between a giver and its sum."""


def told_gifts(reading: Reading) -> Iterator[list[tuple[Mention, Mention]]]:
    """Yield each run of two or more pairs of a party and the sum right behind it, in order."""
    run: list[tuple[Mention, Mention]] = []
    for pair in _pairs(reading):
        if run and not _NEXT.fullmatch(reading.text, run[-1][1].end, _first(reading, pair[0]).start):
            if len(run) > 1:
                yield run
            run = []
        run.append(pair)
    if len(run) > 1:
        yield run


def _first(reading: Reading, party: Mention) -> Mention:
    return reading.groups.get(party, (party,))[0]


def _pairs(reading: Reading) -> Iterator[tuple[Mention, Mention]]:
    """Yield every sum with the party in front of it; of two that end at one place the longer is meant."""
    ends: dict[int, Mention] = {}
    for mention in reading.mentions:
        if mention.label in PARTY_LABELS:
            ends.setdefault(mention.end, mention)
        elif mention.label == "MONEY":
            near = (ends[end] for end in range(mention.start, mention.start - _WIDEST, -1) if end in ends)
            party = next(near, None)
            if (
                party
                and _GIVES.fullmatch(reading.text, party.end, mention.start)
                and not reading.text.endswith(_RECEIVES, 0, _first(reading, party).start)
            ):
                yield party, mention


def give_to_listed(
    reading: Reading,
    typed: Mapping[Mention, tuple[str, float]],
    links: Mapping[Mention, dict[Mention, tuple[str, float]]],
) -> None:
    """Let the anchor that claims the sums of a run have all of them, with the parties in front of them as givers."""
    for run in told_gifts(reading):
        claims = {
            anchor: sum(found[amount][1] for _, amount in run if found.get(amount, ("",))[0] == "amount")
            for anchor, found in links.items()
            if typed[anchor][0] in LISTED_TYPES
        }
        anchor = max(claims, key=lambda one: claims[one], default=None)
        if anchor is None or not claims[anchor]:
            continue
        role = giver_role(typed[anchor][0])
        for party, amount in run:
            links[anchor][amount] = ("amount", max(LISTED_CHANCE, links[anchor].get(amount, ("", 0.0))[1]))
            for member in reading.groups.get(party, (party,)):
                links[anchor][member] = (role, LISTED_CHANCE)
