"""Which of the anchors that the model puts forward are kept, and the nouns of gifts that it has not seen.

1. An anchor that the model doubts is kept where its sentence tells an amount and no sure anchor: somebody gave, bought or built for it.
2. An anchor whose clause says before it that this is done again and again or ought to be (定期开展走访, 进一步推进培训) is none (the
   guide: policy and habit are not labelled). In the train split no EVENT stands so.
3. The noun behind an amount that somebody gave (给予15万元的扶持) is an anchor where the model has none (the guide: of a support
   verb and its noun, the noun). Rates and bounds (给予每人500元的补助, 不低于5万元的支持) tell of policy.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from pipeline.spans import Mention, Money

SURE_AT, DOUBTED_AT = 0.5, 0.2
"""Confidence from which an anchor of the model is sure, and from which one is kept that an amount asks for; chosen on the dev
split, which is nearly indifferent from 0.5 to 0.55 and from 0.15 to 0.25."""
GIVEN_CONFIDENCE = 0.8
"""Confidence of an anchor that stands behind an amount and a support verb."""
_STATEMENT = re.compile(r"[^。；！？\n]+")
"""Here ； parts as well (in :mod:`pipeline.sentences` it does not): of several deeds told in a row each has an amount of its own."""
_HABIT = re.compile(
    r"(?:定期|经常|常态化|进一步|更多|每季度|每学期|每逢|鼓励|不断|长期|日常|平时|逐步)[^，。；;,.:：！？!?、“”\n]{0,30}\Z"
)
_GIVING = re.compile(r"(?:给予|予以|提供)[^，,。；;！？\n每凡符]{0,40}$")
_GIVEN = re.compile(r"的(扶持|支持|资助|补助|援助|捐助)(?![力度金款的政])")


def kept_anchors(text: str, proposed: Sequence[Mention]) -> list[Mention]:
    """Return the EVENT mentions of ``proposed`` that are kept, in order; offsets count in ``text``."""
    starts = [statement.start() for statement in _STATEMENT.finditer(text)]
    statements: dict[int, list[Mention]] = {}
    for mention in proposed:
        statements.setdefault(bisect_right(starts, mention.start), []).append(mention)
    kept: list[Mention] = []
    for _, inside in sorted(statements.items()):
        anchors = [m for m in inside if m.label == "EVENT" and not _is_habit(text, m)]
        sure = [m for m in anchors if m.confidence >= SURE_AT]
        if not sure and any(m.label == "MONEY" for m in inside):
            sure = [m for m in anchors if m.confidence >= DOUBTED_AT]
        kept += sure
    return kept


def _is_habit(text: str, anchor: Mention) -> bool:
    return _HABIT.search(text, max(0, anchor.start - 40), anchor.start) is not None


def given_nouns(text: str, money: Sequence[Mention], names: Sequence[Mention]) -> list[Mention]:
    """Find the nouns that stand for a gift behind its amount, where no name or anchor stands."""
    found = []
    for amount in money:
        noun = _GIVEN.match(text, amount.end)
        is_rate = isinstance(amount.value, Money) and amount.value.per is not None
        if (
            noun
            and not is_rate
            and not amount.text.startswith(("不", "最", "至少"))
            and _GIVING.search(text, max(0, amount.start - 48), amount.start)
        ):
            found.append(Mention(noun.start(1), noun.end(1), noun[1], "EVENT", GIVEN_CONFIDENCE, "given noun"))
    return [noun for noun in found if not any(noun.span.overlaps(name.span) for name in names)]
