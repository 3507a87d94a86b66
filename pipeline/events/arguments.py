"""Features for the role that a mention plays for an anchor, in words that a person can read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.events.reading import Reading
from pipeline.events.subjects import CLAUSE, PARTY_LABELS, PREPOSITION
from pipeline.spans import Mention

_NOUN_HEAD = re.compile(r"(仪式|活动|会|项目|工程|班|典礼|节|赛|论坛|讲座|行动|培训|展|义诊|建设)$")
_COUNTED = re.compile(r"[\d０-９一二三四五六七八九十百千万两几数多余]+(?:余|多)?(?:名|户|所|位|家|个|人|支|村|户人家)")
_SPEAKS_FOR = re.compile(r"[^，,。；;：:\n]{0,16}?(?:代表|受.{2,16}委托|替)(?![团队们性作])")
"""What makes a body or person in front a messenger: 区商务局局长王某代表河东区捐赠 is a gift of the district."""
_BETWEEN = (
    "分别",
    "各",
    "共",
    "由",
    "被",
    "获",
    "向",
    "为",
    "给",
    "与",
    "累计",
    "捐赠给",
    "对",
    "联合",
    "其中",
    "代表",
    "参加",
    "出席",
)
_MOST_STEPS = 7


def is_noun_anchor(anchor: Mention) -> bool:
    """Tell whether an anchor names an occasion rather than being a verb."""
    return len(anchor.text) > 4 or _NOUN_HEAD.search(anchor.text) is not None


def argument_features(reading: Reading, anchor: Mention, mention: Mention, event_type: str) -> list[str]:
    """Features for the role that ``mention`` plays for ``anchor``, an anchor of type ``event_type``."""
    features = list(_pair(reading, anchor, mention))
    features += [f"{event_type}&{feature}" for feature in features]
    if mention.label in PARTY_LABELS:
        features += [f"{event_type}&{feature}" for feature in _wording(reading, anchor, mention)]
    return features


def _kind(mention: Mention) -> str:
    """Bodies, places and plain words that act share most features: they are all parties."""
    return "party" if mention.label in PARTY_LABELS else mention.label


def _pair(reading: Reading, anchor: Mention, mention: Mention) -> Iterator[str]:
    label = _kind(mention)
    side = "before" if mention.start < anchor.start else "after"
    here, there = reading.sentence_index(anchor.start), reading.sentence_index(mention.start)
    where = "headline" if reading.in_headline(anchor) else f"{max(-2, min(here - there, 5))} sentences"
    group = reading.groups.get(mention, (mention,))
    first, last = group[0], group[-1]
    sentence = reading.sentences[there]
    lead = reading.text[max(sentence.start, first.start - 4) : first.start].rstrip()
    tail = reading.text[last.end : min(sentence.end, last.end + 4)].lstrip()
    preposition = match[1] if (match := PREPOSITION.search(lead)) else "-"
    noun = "noun" if is_noun_anchor(anchor) else "verb"
    head = anchor.text[-2:]
    place = f"{label}&{side}&{where}"
    yield place
    yield f"{mention.label}&{side}&{where}"
    yield f"{mention.label}&{side}&{preposition}"
    yield f"{mention.label}&{side}&tail={tail[:1]}"
    yield f"{place}&{noun}"
    yield f"{place}&{preposition}"
    yield f"{label}&{preposition}&{noun}"
    yield f"{label}&{side}&tail={tail[:1]}"
    yield f"{label}&{side}&tail={tail[:2]}"
    yield f"{label}&{side}&lead={lead[-1:]}"
    yield f"{label}&{side}&lead={lead[-2:]}"
    yield f"{label}&{side}&lead={lead[-3:]}"
    yield f"{label}&{side}&kind={mention.text[-2:]}"
    yield f"{label}&{side}&kind={mention.text[-1:]}&{preposition}"
    yield f"{label}&anchor={head}&{side}&{preposition}"
    yield f"{label}&{side}&{preposition}&tail={tail[:2]}"
    if label == "party":
        yield f"{side}&{where}&speaks for another={_SPEAKS_FOR.match(reading.text, last.end) is not None}"
    path = reading.path(anchor, mention)
    clauses = min(sum(path.count(mark) for mark in "，；：。"), 4)
    yield f"{place}&clauses={clauses}"
    yield f"{label}&anchor={head}&{side}&clauses={clauses}"
    if len(path) <= _MOST_STEPS:
        yield f"{label}&{side}&path={path}"
        yield f"{label}&{side}&path={path}&anchor={head}"
    else:
        yield f"{label}&{side}&path={path[:3]}…{path[-3:]}"
    if here == there:
        yield from _within_sentence(reading, anchor, mention, group, side, preposition)
    else:
        yield from _from_afar(reading, anchor, mention, group, where, preposition)
    if label == "party":
        yield from _standpoint(reading, anchor, mention, group, side, noun)
        yield from _standing(reading, anchor, mention, group, side, where)
    if mention.label == "FILLER":
        yield f"FILLER&{side}&counted={_COUNTED.match(mention.text) is not None}&{preposition}"
        yield f"FILLER&{side}&opening={mention.text[:2]}"
    if label == "DATE":
        yield from _dates(reading, anchor, mention, side, where)
    if any(
        m.span.holds(mention.span)
        for m in reading.by_sentence[there]
        if m.label in ("FILLER", "ITEM") and m is not mention
    ):
        yield f"nested&{mention.label}"


def _wording(reading: Reading, anchor: Mention, mention: Mention) -> Iterator[str]:
    """Pairs of characters of the clause around the party's group: 出席, 主持, 送来 tell its part."""
    side = "before" if mention.start < anchor.start else "after"
    here = reading.sentence_index(anchor.start) == reading.sentence_index(mention.start)
    group = reading.groups.get(mention, (mention,))
    sentence = reading.sentence(mention.start)
    then = CLAUSE.split(reading.text[group[-1].end : min(sentence.end, group[-1].end + 24)], maxsplit=1)[0]
    first = CLAUSE.split(reading.text[max(sentence.start, group[0].start - 12) : group[0].start])[-1]
    for name, words in (("then", then), ("first", first)):
        yield from (f"{side}&here={here}&{name} {words[i : i + 2]}" for i in range(len(words) - 1))
    yield f"{side}&here={here}&anchor={anchor.text}"


def _within_sentence(
    reading: Reading, anchor: Mention, mention: Mention, group: Sequence[Mention], side: str, preposition: str
) -> Iterator[str]:
    label = _kind(mention)
    between = reading.between(anchor, mention)
    sentence = reading.sentence(anchor.start)
    yield f"{label}&{side}&length={_bucket(len(between))}"
    if len(between) <= 4:
        yield f"{label}&{side}&between={between}"
    low, high = sorted((anchor.start, mention.start))
    inside = [m for m in reading.by_sentence[reading.sentence_index(anchor.start)] if low < m.start < high]
    same = sum(_kind(m) == label for m in inside if m not in group)
    events = min(sum(m.label == "EVENT" for m in inside), 2)
    yield f"{label}&{side}&same between={min(same, 3)}&events between={events}"
    yield f"{label}&{side}&{preposition}&events between={events}"
    yield f"{label}&{side}&events between={events}&anchor={anchor.text[-2:]}"
    opening = reading.text[sentence.start : group[0].start].strip()
    yield f"{label}&{side}&opens sentence={not opening}"
    yield f"{label}&opens clause={not opening or opening[-1] in '，,；;：:'}&{side}&{preposition}"
    for word in _BETWEEN:
        if word in between:
            yield f"{label}&{side}&has {word}"


def _from_afar(
    reading: Reading, anchor: Mention, mention: Mention, group: Sequence[Mention], where: str, preposition: str
) -> Iterator[str]:
    label = _kind(mention)
    here, there = reading.sentence_index(anchor.start), reading.sentence_index(mention.start)
    rank = [m for m in reading.by_sentence[there] if m.label in PARTY_LABELS]
    opens = not reading.text[reading.sentences[there].start : group[0].start].strip()
    yield f"{label}&{where}&first there={bool(rank) and rank[0] in group}"
    yield f"{label}&{where}&{preposition}&opens={opens}"
    own = {m.label for m in reading.by_sentence[here] if m.start < anchor.start}
    own_party = "party" if own & PARTY_LABELS else "no party"
    yield f"{label}&{where}&own sentence has {own_party}"
    parties = [m for m in reading.by_sentence[here] if m.label in PARTY_LABELS]
    subject = any(m.start < anchor.start and not _preposition(reading, m) for m in parties)
    yield f"{label}&{where}&own subject={subject}&first there={bool(rank) and rank[0] in group}"
    low, high = sorted((here, there))
    events = sum(
        m.label == "EVENT"
        for row in reading.by_sentence[low : high + 1]
        for m in row
        if min(anchor.start, mention.start) < m.start < max(anchor.start, mention.start)
    )
    yield f"{label}&{where}&events between={min(events, 3)}"


def _standing(
    reading: Reading, anchor: Mention, mention: Mention, group: Sequence[Mention], side: str, where: str
) -> Iterator[str]:
    """How the party stands among the others of its sentence and item: its rank, and whether it is named again nearer."""
    label = _kind(mention)
    row = [m for m in reading.by_sentence[reading.sentence_index(mention.start)] if m.label in PARTY_LABELS]
    firsts = list(dict.fromkeys(reading.groups[m][0] for m in row))
    own_side = [m for m in firsts if (m.start < anchor.start) == (side == "before")]
    rank = own_side.index(group[0]) if group[0] in own_side else 0
    nearness = rank if side == "after" else len(own_side) - 1 - rank
    other_side = len(firsts) - len(own_side)
    yield f"{mention.label}&{side}&nearness={min(nearness, 3)}"
    yield f"{label}&{side}&{where}&nearness={min(nearness, 3)}&others={min(other_side, 2)}"
    yield f"{label}&{side}&{where}&rank={min(rank, 3)}&of={min(len(own_side), 4)}"
    yield f"{label}&group={min(len(group), 3)}&{side}"
    kinds = "".join(sorted({m.text[-1] for m in row if m not in group}))[:3]
    yield f"{label}&{side}&kind={mention.text[-1]}&beside={kinds}"
    named = reading.named.get(mention.text, ())
    nearer = any(m is not mention and abs(m.start - anchor.start) < abs(mention.start - anchor.start) for m in named)
    yield f"{label}&{where}&named nearer={nearer}"
    in_headline = any(reading.in_headline(m) for m in named)
    yield f"{label}&{side}&{where}&in headline={in_headline}"
    yield f"{label}&{where}&named={min(len(named), 3)}"


def _standpoint(
    reading: Reading, anchor: Mention, mention: Mention, group: Sequence[Mention], side: str, noun: str
) -> Iterator[str]:
    """Whether the party is the subject that the anchor goes by, its own or carried over, or comes with a preposition."""
    point = reading.standpoints[anchor]
    subject = point.subject.way if point.subject else "none"
    oblique = f"{point.preposition} {point.oblique.way}" if point.oblique else "none"
    if point.subject and mention in point.subject.group:
        part = "subject"
    elif point.oblique and mention in point.oblique.group:
        part = "oblique"
    else:
        part = "other"
    yield f"{part}&subject={subject}"
    yield f"{part}&subject={subject}&{noun}"
    yield f"{part}&subject={subject}&{mention.label}"
    yield f"{part}&subject={subject}&{side}&anchor={anchor.text[-2:]}"
    yield f"{part}&oblique={oblique}"
    yield f"{part}&oblique={point.preposition}&subject={subject}"
    yield f"{part}&oblique={point.preposition}&anchor={anchor.text[-2:]}"
    place = group.index(mention) if mention in group else 0
    joiner = reading.text[group[place - 1].end : mention.start].strip() if place else "-"
    yield f"{part}&joined={joiner}&of={min(len(group), 3)}&{side}"
    yield f"{part}&joined={joiner}&last={mention is group[-1]}&{noun}"


def _dates(reading: Reading, anchor: Mention, mention: Mention, side: str, where: str) -> Iterator[str]:
    later = [m for m in reading.mentions if m.label == "DATE" and mention.start < m.start <= anchor.start]
    own_dates = any(m.label == "DATE" for m in reading.by_sentence[reading.sentence_index(anchor.start)])
    yield f"DATE&{side}&dates between={min(len(later), 3)}&{where}"
    yield f"DATE&{where}&own sentence has date={own_dates}"
    yield f"DATE&dates between={min(len(later), 3)}&own sentence has date={own_dates}&text={mention.text[-1:]}"
    has_day = mention.value is not None
    yield f"DATE&{side}&kind={mention.text[-1:]}&dates between={min(len(later), 3)}&day={has_day}"


def _preposition(reading: Reading, mention: Mention) -> bool:
    first = reading.groups[mention][0]
    return PREPOSITION.search(reading.text[max(0, first.start - 4) : first.start]) is not None


def _bucket(length: int) -> str:
    for limit in (0, 2, 5, 10, 20, 40):
        if length <= limit:
            return f"<={limit}"
    return ">40"
