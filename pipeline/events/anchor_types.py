"""What kind of occurrence every anchor stands for: the type model's word, and what the guide settles.

1. A 慰问 with an amount and no other verb that hands it over is a donation.
2. A verb that brings up the money for works told right behind it (投入80万元`修建`村道) is no anchor: the works have the amount (point 6 of
   corpus/GUIDE.md; of 468 such verbs of the train split 13 are anchors).
"""

from __future__ import annotations

import re

from pipeline.events.models import EventModels
from pipeline.events.reading import Reading
from pipeline.spans import Mention

_FUNDING = ("出资", "投资", "投入", "安排", "拿出", "拨付", "拨款", "斥资")
_FUNDED = re.compile(r"[^。；;！？\n]{0,16}(?:元|万|亿)[^。；;！？\n]{0,30}")


def typed_anchors(reading: Reading, models: EventModels) -> dict[Mention, tuple[str, float]]:
    """Give every anchor its event type and the type's probability."""
    typed = {anchor: models.event_type(reading, anchor) for anchor in reading.anchors}
    return _calls_with_money(reading, _without_funding(reading, typed))


def _without_funding(reading: Reading, typed: dict[Mention, tuple[str, float]]) -> dict[Mention, tuple[str, float]]:
    """Leave out the verb that brings up the money for works told right behind (投入80万元`修建`村道: point 6 of corpus/GUIDE.md)."""
    works = [a for a, (kind, _) in typed.items() if kind == "project" and not a.text.endswith(("项目", "工程"))]
    return {
        anchor: found
        for anchor, found in typed.items()
        if not (
            anchor.text in _FUNDING and any(_FUNDED.fullmatch(reading.text, anchor.end, work.start) for work in works)
        )
    }


def _calls_with_money(reading: Reading, typed: dict[Mention, tuple[str, float]]) -> dict[Mention, tuple[str, float]]:
    """Take a 慰问 for a donation where its sentence tells an amount and no other verb hands it over (the guide)."""
    settled = dict(typed)
    for row in reading.by_sentence:
        kinds = {typed[mention][0] for mention in row if mention in typed}
        if any(mention.label == "MONEY" for mention in row) and "donation" not in kinds:
            calls = [m for m in row if m in typed and typed[m][0] == "visit" and m.text.endswith("慰问")]
            settled |= {call: ("donation", typed[call][1]) for call in calls}
    return settled
