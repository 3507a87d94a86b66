"""Features that a person can read, for the models that type anchors and join mentions of one occurrence.

A feature set is a list of strings such as ``before=向`` or ``type=donation&label=ORG&side=before``; each counts one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.events.arguments import is_noun_anchor
from pipeline.events.reading import Reading
from pipeline.events.subjects import CLAUSE, PARTY_LABELS
from pipeline.spans import Mention

_BARE = frozenset({"仪式", "活动", "会议", "座谈会", "会", "培训", "项目", "工程", "捐赠仪式", "签约仪式"})
"""Nouns that name no occasion by themselves; which one is meant stands before."""
_HEAD = re.compile(r"(?:仪式|活动|会议|座谈会|工程|项目|典礼|培训班?|讲座|演出|展览?|会|节|班|赛)?$")
_BACK_REFERENCE = re.compile(r"(此次|本次|这次|该|此|这场|这一|活动中|当天的?)$")


def type_features(reading: Reading, anchor: Mention) -> list[str]:
    """Features for the type of an anchor: its characters, its head, what stands around it and in its sentence."""
    text = anchor.text
    sentence = reading.sentence(anchor.start)
    around = reading.by_sentence[reading.sentence_index(anchor.start)]
    labels = {mention.label for mention in around if mention is not anchor}
    features = [
        f"text={text}",
        f"head={text[-2:]}",
        f"last={text[-1]}",
        f"first={text[:2]}",
        f"length={min(len(text), 6)}",
    ]
    features += [f"bigram={text[i : i + 2]}" for i in range(len(text) - 1)]
    features += [f"character={character}" for character in dict.fromkeys(text)]
    features += [f"sentence has {label}" for label in sorted(labels)]
    features += [f"head={text[-2:]}&{label}" for label in sorted(labels & {"MONEY", "ITEM"})]
    features += [f"after={reading.text[anchor.end : anchor.end + size]}" for size in (1, 2)]
    features += [f"before={reading.text[max(0, anchor.start - size) : anchor.start]}" for size in (1, 2)]
    window = reading.text[max(sentence.start, anchor.start - 12) : min(sentence.end, anchor.end + 12)]
    features += [f"near={window[i : i + 2]}" for i in range(len(window) - 1)]
    features.append(f"noun={is_noun_anchor(anchor)}")
    if (named := _antecedent(reading, anchor)) is not None:
        features.append(f"antecedent head={named.text[-4:]}")
        features += [f"antecedent bigram={named.text[i : i + 2]}" for i in range(len(named.text) - 1)]
    return features


def _antecedent(reading: Reading, anchor: Mention) -> Mention | None:
    """The occasion that a bare noun points back at: 仪式 at the 救助金发放仪式 before, 活动 at the 义诊活动."""
    if anchor.text not in _BARE:
        return None
    named = [
        m for m in reading.anchors if m.end <= anchor.start and m.text.endswith(anchor.text) and m.text not in _BARE
    ]
    return named[-1] if named else None


def same_features(reading: Reading, earlier: Mention, later: Mention, event_type: str) -> list[str]:
    """Features for the question whether two anchors of one type stand for the same occurrence."""
    distance = reading.sentence_index(later.start) - reading.sentence_index(earlier.start)
    between = [m for m in reading.anchors if earlier.start < m.start < later.start]
    headline = reading.in_headline(earlier)
    both_headline = headline and reading.in_headline(later)
    lead = reading.text[max(0, later.start - 4) : later.start]
    nouns = f"{is_noun_anchor(earlier)}-{is_noun_anchor(later)}"
    money = [
        any(m.label == "MONEY" for m in reading.by_sentence[reading.sentence_index(anchor.start)])
        for anchor in (earlier, later)
    ]
    shared = len(set(earlier.text) & set(later.text)) / max(1, min(len(set(earlier.text)), len(set(later.text))))
    back = _BACK_REFERENCE.search(lead)
    base = [
        f"distance={min(distance, 6)}&headline={headline}-{both_headline}",
        f"equal={earlier.text == later.text}&nouns={nouns}",
        f"equal={earlier.text == later.text}&distance={min(distance, 4)}",
        f"shared={round(shared * 4)}&nouns={nouns}",
        f"back={bool(back)}&nouns={nouns}",
        f"between={min(len(between), 4)}&headline={headline}",
        f"money={money[0]}-{money[1]}&distance={min(distance, 2)}",
        f"heads={earlier.text[-2:]}-{later.text[-2:]}",
        f"nouns={nouns}&headline={headline}",
    ]
    base += _differences(reading, earlier, later, headline)
    own = _own_parties(reading, later)
    if distance == 0:
        text = reading.text[earlier.end : later.start]
        base.append(
            f"same sentence&clauses={min(len(CLAUSE.findall(text)), 3)}&parties={_parties_between(reading, earlier, later)}"
        )
        base.append(f"same sentence&semicolon={'；' in text or ';' in text}")
    else:
        base.append(f"later has own party={own}&headline={headline}")
        base.append(f"later has own party={own}&nouns={nouns}")
    return [*base, *(f"{event_type}&{feature}" for feature in base)]


def _differences(reading: Reading, earlier: Mention, later: Mention, headline: bool) -> Iterator[str]:
    """What sets two anchors apart, or not: parties, days and sums of their own, the paragraph, the wording."""
    one, other = (_clause_mentions(reading, anchor) for anchor in (earlier, later))
    nouns = f"{is_noun_anchor(earlier)}-{is_noun_anchor(later)}"
    for name, labels in (("parties", PARTY_LABELS), ("days", {"DATE"}), ("sums", {"MONEY"}), ("goods", {"ITEM"})):
        texts = [{m.text for m in row if m.label in labels} for row in (one, other)]
        alike = "none" if not all(texts) else "shared" if texts[0] & texts[1] else "different"
        side = f"{bool(texts[0])}-{bool(texts[1])}" if alike == "none" else alike
        yield f"{name} {side}&headline={headline}"
        yield f"{name} {side}&nouns={nouns}"
        yield f"{name} {side}&equal={earlier.text == later.text}"
    subjects = [next((m.text for m in row if m.label in PARTY_LABELS), "") for row in (one, other)]
    subject = "none" if not all(subjects) else "same" if subjects[0] == subjects[1] else "different"
    yield f"subject {subject}&nouns={nouns}&headline={headline}"
    points = [reading.standpoints[anchor] for anchor in (earlier, later)]
    for part in ("subject", "oblique"):
        carried = [getattr(point, part) for point in points]
        forms = [{m.text for m in party.group} if party else set() for party in carried]
        relation = "none" if not all(forms) else "same" if forms[0] & forms[1] else "different"
        ways = f"{carried[1].way if carried[1] else 'none'}"
        yield f"going by {part} {relation}&{ways}"
        yield f"going by {part} {relation}&headline={headline}&nouns={nouns}"
        yield f"going by {part} {relation}&equal={earlier.text == later.text}"
    own, others = ({*_HEAD.sub("", anchor.text)} for anchor in (earlier, later))
    likeness = round(4 * len(own & others) / min(len(own), len(others))) if own and others else -1
    yield f"modifiers={likeness}&nouns={nouns}"
    yield f"modifiers={likeness}&headline={headline}&later={later.text[-2:]}"
    paragraphs = min(reading.text.count("\n", earlier.end, later.start), 3)
    yield f"paragraphs={paragraphs}&headline={headline}&nouns={nouns}"
    yield f"inside={later.text in earlier.text or earlier.text in later.text}&nouns={nouns}"
    yield f"inside={later.text in earlier.text or earlier.text in later.text}&paragraphs={paragraphs}&subject {subject}"
    yield f"later={later.text[-2:]}&lead={reading.text[max(0, later.start - 2) : later.start]}"
    tail = reading.text[later.end : later.end + 2]
    yield f"nouns={nouns}&tail={tail}"
    yield f"nouns={nouns}&path={reading.path(earlier, later)[:6]}"
    yield f"later={later.text}"
    yield f"texts={earlier.text}-{later.text}"


def _clause_mentions(reading: Reading, anchor: Mention) -> list[Mention]:
    """The mentions of the anchor's sentence between the anchors before and after it."""
    row = reading.by_sentence[reading.sentence_index(anchor.start)]
    ends = [m.end for m in row if m.label == "EVENT" and m.end <= anchor.start]
    starts = [m.start for m in row if m.label == "EVENT" and m.start >= anchor.end]
    low, high = max(ends, default=-1), min(starts, default=len(reading.text))
    return [m for m in row if low <= m.start < high and m.label != "EVENT"]


def _own_parties(reading: Reading, anchor: Mention) -> bool:
    row = reading.by_sentence[reading.sentence_index(anchor.start)]
    return any(m.label in ("ORG", "GPE") and m.start < anchor.start for m in row)


def _parties_between(reading: Reading, earlier: Mention, later: Mention) -> int:
    return min(2, sum(m.label == "ORG" and earlier.end <= m.start < later.start for m in reading.mentions))


_TOTAL_WORDS = re.compile(
    r"累计|先后|历年|截至|截止|以来|年来|全年|年度|总计|合计|共计|总额|小计|以上|其中|各界|募集|共|达|"
    r"今年|[一二三两四五六\d]年[里间]|[上下]半年"
)


def total_features(reading: Reading, amount: Mention, earlier: int, is_sum: bool) -> list[str]:
    """Features for the question whether an amount sums up others.

    ``earlier`` is the number of amounts of the same type before it in the item, ``is_sum`` tells that it equals their sum.
    """
    sentence = reading.sentence(amount.start)
    lead = reading.text[sentence.start : amount.start]
    clause = CLAUSE.split(lead)[-1]
    tail = reading.text[amount.end : min(sentence.end, amount.end + 8)]
    row = reading.by_sentence[reading.sentence_index(amount.start)]
    clause_start = amount.start - len(clause)
    givers = sum(m.label == "ORG" and clause_start <= m.start < amount.start for m in row)
    features = [f"clause has {word}" for word in sorted(set(_TOTAL_WORDS.findall(clause)))]
    features += [f"lead has {word}" for word in sorted(set(_TOTAL_WORDS.findall(lead)))]
    features += [f"then {word}" for word in sorted(set(_TOTAL_WORDS.findall(tail)))]
    features += [f"before={clause[-size:]}" for size in (1, 2)]
    features.append(f"earlier={min(earlier, 3)}&sum={is_sum}")
    features.append(f"earlier={min(earlier, 3)}&line starts={clause[:2] if len(lead) == len(clause) else '-'}")
    features.append(f"givers={min(givers, 2)}")
    features.append(f"large={len(amount.text) > 5}")
    return features
