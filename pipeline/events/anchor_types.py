"""What kind of occurrence every anchor stands for: the type model's word, and what the guide settles.

1. A 慰问 with an amount and no other verb that hands it over is a donation.
2. A verb that brings up money in a sentence that tells works (投入80万元`修建`村道, 桥已`建成`，县交通局补助90万元) is no anchor: the works
   have the amount (point 6 of corpus/GUIDE.md; of 715 such verbs of the train split 29 are anchors).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.events.models import EventModels
from pipeline.events.reading import Reading
from pipeline.spans import Mention

_FUNDING = re.compile(
    "出资?|投[了资入]?|凑了?|援助?|斥资|自筹|筹措|集资|追加|挤出|掏|花费?|整合|配套|承担|解决|落实|安排|列支|拿出|拨[付款出]|划拨|补[助贴]|支持|提供|购置|添置|实施"
)
"""Verbs that bring up money for works; those that say gift (捐, 赠, 资助) are no such verbs."""
_TO_SUM = re.compile(r"[^，。；、！？\n]{0,10}")
"""What may stand between such a verb and its sum."""


def typed_anchors(reading: Reading, models: EventModels) -> dict[Mention, tuple[str, float]]:
    """Give every anchor its event type and the type's probability."""
    typed = {anchor: models.event_type(reading, anchor) for anchor in reading.anchors}
    return _calls_with_money(reading, _without_funding(reading, typed))


def _without_funding(reading: Reading, typed: dict[Mention, tuple[str, float]]) -> dict[Mention, tuple[str, float]]:
    """Leave out the verbs that bring up the money for works of their sentence."""
    works = [a for a, (kind, _) in typed.items() if kind == "project" and not _FUNDING.fullmatch(a.text)]
    return {anchor: found for anchor, found in typed.items() if not _funds(reading, anchor, works)}


def _funds(reading: Reading, anchor: Mention, works: Sequence[Mention]) -> bool:
    if not _FUNDING.fullmatch(anchor.text):
        return False
    row = reading.by_sentence[reading.sentence_index(anchor.start)]
    sums = (mention.start for mention in row if mention.label == "MONEY" and mention.start >= anchor.end)
    return any(work in row for work in works) and any(_TO_SUM.fullmatch(reading.text, anchor.end, at) for at in sums)


def _calls_with_money(reading: Reading, typed: dict[Mention, tuple[str, float]]) -> dict[Mention, tuple[str, float]]:
    """Take a 慰问 for a donation where its sentence tells an amount and no other verb hands it over (the guide)."""
    settled = dict(typed)
    for row in reading.by_sentence:
        kinds = {typed[mention][0] for mention in row if mention in typed}
        if any(mention.label == "MONEY" for mention in row) and "donation" not in kinds:
            calls = [m for m in row if m in typed and typed[m][0] == "visit" and m.text.endswith("慰问")]
            settled |= {call: ("donation", typed[call][1]) for call in calls}
    return settled
