"""Where grammar and model meet: the one declared policy that decides between spans of rules and spans of the model.

1. An amount or a date that stands inside a longer ORG, GPE or EVENT of the model gives way (the longest entity wins).
2. Where a rule and the model overlap on MONEY or DATE, the rule's edges and value are taken: it follows the guide to the character.
3. What only a rule finds is kept. What only the model finds is kept when the grammar can read it, or when the
   model is sure of a date that names no days.
4. A GPE goes on to the end of the chain that the gazetteer reads (文山市薄竹镇 to …薄竹镇 and its village).
   Two places that stand side by side, neither inside the other (延安宁波), are two; and a GPE that ends as a venue or a region
   does (云岭景区, 柳湾小区, 青山库区) is none (the guide: venues, scenic spots and regions are not labelled).
5. A name that the model finds at least as often as it passes it by is found everywhere in the document (``same form, same
   label``), where nothing else stands. A company's name in front of a bracket (维朗诗（中国）有限公司) is an ORG standing alone.
   A short ORG behind a number (15个居委会) is a class noun, and none. What a company is called beside its name (全资子公司岭东管业有限公司)
   stands outside of it.
6. An ORG goes on over the part of a body that follows it at once (江城银行 to 江城银行党委, 供销合作社 to 供销合作社联合社), where no other
   mention stands in the way.
7. A name that holds one of a pair of quotes or brackets goes on to the other, where that stands near and nothing is between.
8. Which of the model's anchors are kept, and which nouns are anchors that it has not seen, is told in :mod:`pipeline.anchors`;
   what becomes of plain words and things in :mod:`pipeline.plain_words`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import TypeVar

from pipeline.anchors import given_nouns, kept_anchors
from pipeline.normalise.dates import DateContext, find_dates, read_date
from pipeline.normalise.money import find_money, read_money
from pipeline.normalise.places import find_places
from pipeline.plain_words import plain_words
from pipeline.spans import LABELS, RULE_CONFIDENCE, DateRange, Found, Mention, Money, Span

V = TypeVar("V", bound=Money | DateRange)
SURE_DATE = 0.7
"""Model confidence from which a date that the grammar cannot read is kept; chosen on the dev split."""
REPEATED_FROM = 3
"""Shortest name in characters that is looked for in the rest of the document; shorter ones stand inside other words."""
PAIR_REACH = 20
"""Characters outside a name in which the missing mark of a pair is looked for."""
_PAIRS = {"“": "”", "‘": "’", "「": "」", "《": "》", "（": "）"}
_NO_ADMINISTERED_AREA = re.compile(
    r"(?:景区|陵园|寺|小区|花苑|家苑|广场|公寓|大厦|商场|坝区|库区|牧区|灾区|[A-Za-z]区)$"
)
COUNTED_TO = 4
"""Longest class noun in characters that is taken for one behind a number; what is longer tells whose bodies they are."""
_COUNT = re.compile(r"[0-9一二三四五六七八九十百两几多余]\s*[个家所支]\s*$")
BODY_PART = re.compile(
    r"(?:机关)?(?:党支部(?!建设|示范)|党总支|党委|党组(?!成员)织?|工会|团委|团支部|纪委|党工委|妇联(?![系合络])|商会|校友会|办事处|分公司|支行|分行|联合社(?!区))"
)
"""Parts of a body that belong to its name when they stand directly behind it (the guide's ORG)."""
_KIND = re.compile(
    r"[\u4e00-\u9fff]{0,4}(?:爱心|民营|会员|校友|龙头|骨干|国有|知名|本土|本地|全资|控股|下属)*(?:企业|央企|国企|民企|子公司)"
    r"(?=[\u4e00-\u9fffA-Za-z]{2,}(?:公司|集团|厂|合作社|银行)$)"
)
"""What kind of company one is, before its name; no ORG of the train split begins so."""
_NO_BREAK = re.compile(r"[^。！？；\n]*")
_BRAND_CONFIDENCE = 0.8
_BRAND = re.compile(r"([\u3400-\u9fffA-Za-z]{2,8})（[\u3400-\u9fff]{2,4}）[^（）]*(?:公司|集团)")


def settle(text: str, proposed: Sequence[Mention], context: DateContext) -> list[Mention]:
    """Return the mentions of one passage after the policy, in order, with values behind MONEY and DATE.

    ``proposed`` are the model's mentions; offsets count in ``text``.
    """
    names = [m for m in proposed if m.label in ("ORG", "GPE") and not _is_counted(text, m)]
    names = sorted([*(_without_kind(text, m) for m in names), *kept_anchors(text, proposed)], key=lambda m: m.start)
    names = _whole_pairs(text, _whole_bodies(text, _whole_chains(text, names)))
    money = _meet("MONEY", find_money(text), proposed, names, lambda m, _: read_money(text, m.start, m.end))
    blocked = [*names, *money]
    dates = _meet(
        "DATE",
        find_dates(text, context),
        proposed,
        blocked,
        lambda m, kept: read_date(text, m.start, m.end, context, _nearest_before(m, kept)),
    )
    values = [*money, *dates]
    kept = [m for m in names if not any(m.span.overlaps(v.span) and v.span.holds(m.span) for v in values)]
    others = plain_words(text, [m for m in proposed if m.label not in LABELS], kept, values)
    return sorted([*kept, *given_nouns(text, money, kept), *values, *others], key=lambda m: (m.start, -m.end))


def _nearest_before(mention: Mention, kept: Sequence[Mention]) -> DateRange | None:
    """Return the days of the date that stands nearest before a mention: what 同日 and 次日 point at."""
    before = max((m for m in kept if m.end <= mention.start), key=lambda m: m.end, default=None)
    return before.value if before and isinstance(before.value, DateRange) else None


def _is_counted(text: str, name: Mention) -> bool:
    """Tell whether an ORG is a class noun behind a number (15个居委会): no particular body."""
    short = name.label == "ORG" and len(name.text) <= COUNTED_TO
    return short and _COUNT.search(text, max(0, name.start - 6), name.start) is not None


def _without_kind(text: str, name: Mention) -> Mention:
    """Cut off what kind of company an ORG is, in front of its name."""
    kind = _KIND.match(name.text) if name.label == "ORG" else None
    return name.moved(text, name.start + kind.end(), name.end, "kind") if kind else name


def _whole_chains(text: str, names: Sequence[Mention]) -> list[Mention]:
    """Give a GPE of the model the edges that the gazetteer reads from its first character on; leave out what is no area."""
    if not names:
        return []
    chains = {place.start: place.end for place in find_places(text)}
    whole: list[Mention] = []
    for index, name in enumerate(names):
        if name.label != "GPE":
            whole.append(name)
        elif not _NO_ADMINISTERED_AREA.search(name.text):
            ends = [chains.get(name.start, name.start)]
            while ends[-1] < name.end and ends[-1] in chains:
                ends.append(chains[ends[-1]])
            if len(ends) > 1 and ends[-1] == name.end:
                starts = [name.start, *ends[:-1]]
                whole += [name.moved(text, start, end, "chain") for start, end in zip(starts, ends, strict=True)]
                continue
            free = index + 1 == len(names) or names[index + 1].start >= ends[0]
            whole.append(name.moved(text, name.start, ends[0], "chain") if ends[0] > name.end and free else name)
    return whole


def _whole_bodies(text: str, names: Sequence[Mention]) -> list[Mention]:
    """Give an ORG the parts of its body that follow it directly."""
    whole: list[Mention] = []
    for index, name in enumerate(names):
        ceiling = names[index + 1].start if index + 1 < len(names) else len(text)
        end = name.end
        while name.label == "ORG" and (part := BODY_PART.match(text, end, ceiling)):
            end = part.end()
        whole.append(name.moved(text, name.start, end, "part") if end > name.end else name)
    return whole


def _whole_pairs(text: str, names: Sequence[Mention]) -> list[Mention]:
    """Move an edge of a name that cuts a pair of quotes or brackets in two to the missing mark."""
    whole: list[Mention] = []
    for index, name in enumerate(names):
        floor = whole[-1].end if whole else 0
        ceiling = names[index + 1].start if index + 1 < len(names) else len(text)
        start, end = name.start, name.end
        for opening, closing in _PAIRS.items():
            lacking = name.text.count(opening) - name.text.count(closing)
            if lacking == 1:
                reach = _NO_BREAK.match(text, end, min(ceiling, end + PAIR_REACH))
                place = text.find(closing, end, reach.end() if reach else end)
                end = place + 1 if place >= 0 else end
            elif lacking == -1:
                place = text.rfind(opening, max(floor, start - PAIR_REACH), start)
                start = place if place >= 0 and _NO_BREAK.fullmatch(text, place, start) else start
        is_cut = (start, end) != (name.start, name.end)
        whole.append(name.moved(text, start, end, "pair") if is_cut else name)
    return whole


def _meet(
    label: str,
    found: Iterable[Found[V]],
    proposed: Sequence[Mention],
    blocked: Sequence[Mention],
    read: Callable[[Mention, Sequence[Mention]], Found[V] | None],
) -> list[Mention]:
    """Return the mentions of one label: the rules', and of the model's those that overlap none and can be read.

    ``read`` takes a mention and those kept so far.
    """
    own = [m for m in proposed if m.label == label]
    kept: list[Mention] = []
    for hit in found:
        span = Span(hit.start, hit.end)
        if any(b.span.overlaps(span) and not (span.holds(b.span) and span != b.span) for b in blocked):
            continue
        same = [m.confidence for m in own if m.span.overlaps(span)]
        confidence = max([RULE_CONFIDENCE, *same])
        kept.append(Mention(hit.start, hit.end, hit.text, label, confidence, hit.by, hit.value))
    for mention in own:
        if any(mention.span.overlaps(other.span) for other in (*blocked, *kept)):
            continue
        if (own_reading := read(mention, kept)) is not None:
            kept.append(replace(mention, value=own_reading.value))
        elif label == "DATE" and mention.confidence >= SURE_DATE:
            kept.append(mention)
    return kept


def repeat_names(texts: Sequence[str], pages: Sequence[Sequence[Mention]]) -> list[list[Mention]]:
    """Give further occurrences of a name found in the document the same label, where no mention stands yet.

    A name is repeated when the model found it at least as often as it passed it by (结对村 taken for a name once in ten
    times is no name), or when a company's full name defines it.
    """
    found: dict[str, list[Mention]] = {}
    for page in pages:
        for mention in page:
            if mention.label in ("ORG", "GPE") and len(mention.text) >= REPEATED_FROM:
                found.setdefault(mention.text, []).append(mention)
    brands = {match[1] for name in found if (match := _BRAND.match(name))}
    pages = [[replace(m, label="ORG") if m.text in brands and m.label in LABELS else m for m in page] for page in pages]
    sought = sorted({*found, *brands}, key=len, reverse=True)
    if not sought:
        return [list(page) for page in pages]
    names = re.compile("|".join(re.escape(name) for name in sought))
    passed_by = [_free(names, text, page) for text, page in zip(texts, pages, strict=True)]
    times = Counter(match[0] for matches in passed_by for match in matches)
    repeated = {name for name in times if name in brands or times[name] <= len(found[name])}
    return [
        sorted([*page, *(_repeated(m, found, brands) for m in matches if m[0] in repeated)], key=_order)
        for page, matches in zip(pages, passed_by, strict=True)
    ]


def _free(names: re.Pattern[str], text: str, page: Sequence[Mention]) -> list[re.Match[str]]:
    taken = [mention.span for mention in page if mention.label in LABELS]
    return [m for m in names.finditer(text) if not any(span.overlaps(Span(m.start(), m.end())) for span in taken)]


def _repeated(match: re.Match[str], found: Mapping[str, Sequence[Mention]], brands: Set[str]) -> Mention:
    if match[0] in brands:
        return Mention(match.start(), match.end(), match[0], "ORG", _BRAND_CONFIDENCE, "brand of a company")
    label = Counter(mention.label for mention in found[match[0]]).most_common(1)[0][0]
    confidence = max(mention.confidence for mention in found[match[0]]) * 0.9
    return Mention(match.start(), match.end(), match[0], label, confidence, "repeated name")


def _order(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end
