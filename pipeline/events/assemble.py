"""Makes event records of one item of news: candidates, then classification, then constraints.

One readable path: anchors are typed, their arguments linked, anchors of one occurrence joined, records of several donors
split, amounts without an anchor read as lines of a donation list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from pipeline.events.anchor_types import typed_anchors
from pipeline.events.committee import Asked
from pipeline.events.confidence import giver_role, with_confidence
from pipeline.events.consistency import with_flags
from pipeline.events.event import Argument, Event
from pipeline.events.event_dates import date_of
from pipeline.events.givers import own_givers, with_sponsors
from pipeline.events.lists import ListRow, list_rows, listed_event, listed_mentions, who_spent, whom_for
from pipeline.events.models import EventModels
from pipeline.events.occurrences import occurrences
from pipeline.events.parts import with_parts
from pipeline.events.reading import Reading
from pipeline.events.roles import NONE
from pipeline.events.split import in_order, split_event
from pipeline.events.subjects import PARTY_LABELS
from pipeline.events.sums import is_earned, told_once, without_prices
from pipeline.events.told_gifts import give_to_listed
from pipeline.spans import Mention, Money, Span

__all__ = ["REACH", "TOTALLED", "Argument", "Event", "assemble", "before_it"]

REACH = 3
"""Sentences before an anchor in which a party may stand (the guide: givers stand one to three sentences before)."""
KEEP_AT = 0.6
PARTY_AT = 0.45
PLACE_AT = 0.4
"""Probability from which an amount or a thing, a party and a place are kept; fitted on the dev split, which is indifferent to the
first from 0.55 to 0.65, and nearly so to the others from 0.4 to 0.5."""
RESCUE_AT = 0.3
"""The likeliest party of a role is kept from this probability on when the record would otherwise have none; fitted on the
dev split."""
GIVER_RESCUE_AT = 0.15
"""The same for the role that acts: dev and test are indifferent between 0.1 and 0.2, real bulletins lose givers at 0.2."""
AMOUNT_RESCUE_AT = 0.2
"""The likeliest amount is kept from this probability on when the record would otherwise have none; dev is indifferent from 0.1 to
0.4."""
PHRASE_AT = 0.3
"""Probability from which a plain phrase takes the place of a name inside it; dev and real bulletins gain from 0.1 to 0.3."""
MOST_SURE = 0.95
"""Highest probability of a phrase that took such a place."""
SHARED_SUBJECT_AT = 0.35
"""Probability from which who acts for one verb of a sentence acts for a later one too, where nobody else does."""
TOTALLED = ("donation", "purchase")
"""Types whose records may be totals."""
_AMONG = re.compile(r"[^。！？\n]{0,12}[，。；：,;:]\s*其中[^。！？\n]*")
_PLANNED = re.compile(r"将(?!士|军|领|来)|拟|计划(?!书)|预计|即将|准备|有望|将于")


def assemble(reading: Reading, models: EventModels) -> list[Event]:
    """Make the event records of one reading, in order of their evidence."""
    typed = typed_anchors(reading, models)
    rows = list_rows(reading)
    asked = questions(reading, typed, rows)
    judged = models.roles_and_places(reading, asked)
    links: dict[Mention, dict[Mention, tuple[str, float]]] = {}
    places: dict[Mention, dict[Mention, float]] = {}
    for (anchor, _, candidates), answers in zip(asked, judged, strict=True):
        links[anchor] = _links(
            reading, {mention: roles for mention, (roles, _) in zip(candidates, answers, strict=True)}
        )
        places[anchor] = {m: place for m, (_, place) in zip(candidates, answers, strict=True) if m.label == "GPE"}
    give_to_listed(reading, typed, links)
    _give_amounts_to_one_anchor(links)
    _share_subjects(reading, typed, links)
    told = [_event(reading, cluster, typed, links, places) for cluster in occurrences(reading, models, typed, links)]
    events = [event for one in told for event in split_event(reading, one)]
    events = with_parts(reading, [own_givers(event, events) for event in events])
    events = with_sponsors(sorted(events, key=lambda event: (event.evidence, event.type)))
    purpose, spender = whom_for(reading, rows), who_spent(reading, rows)
    events += [listed_event(row, events, purpose, spender) for row in rows]
    events = [replace(event, is_total=_is_total(reading, models, event, events)) for event in events]
    events = with_flags(reading.text, events)
    events = [
        with_confidence(reading, models, event, max((typed[a][1] for a in event.anchors), default=1.0), links)
        for event in events
    ]
    return sorted(events, key=lambda event: (event.evidence, event.type))


def questions(reading: Reading, typed: Mapping[Mention, tuple[str, float]], rows: Sequence[ListRow]) -> list[Asked]:
    """Name for every anchor the mentions that may play a part for it: all are judged together.

    What stands in the ``rows`` of a donation list plays none for an anchor, nor does what people earn.
    """
    idle = listed_mentions(reading, rows) | {mention for mention in reading.mentions if is_earned(reading, mention)}
    return [(anchor, kind, _candidates(reading, anchor, idle)) for anchor, (kind, _) in typed.items()]


def _candidates(reading: Reading, anchor: Mention, idle: Set[Mention]) -> list[Mention]:
    return [
        mention
        for mention in reading.candidates(anchor, REACH)
        if mention not in idle and not mention.span.overlaps(anchor.span)
    ]


def _links(reading: Reading, chances: dict[Mention, dict[str, float]]) -> dict[Mention, tuple[str, float]]:
    """Give each candidate of an anchor its best role and its probability.

    The members of a group (甲、乙和丙) have one role: their chances are averaged.
    """
    best: dict[Mention, tuple[str, float]] = {}
    for mention, own in chances.items():
        group = [chances[m] for m in reading.groups.get(mention, ()) if m in chances]
        shared = {role: sum(c[role] for c in group) / len(group) if group else own[role] for role in own}
        roles = {role: (own[role] + shared[role]) / 2 for role in own if role != NONE}
        if roles:
            best[mention] = max(roles.items(), key=lambda pair: pair[1])
    return best


def _give_amounts_to_one_anchor(links: dict[Mention, dict[Mention, tuple[str, float]]]) -> None:
    """Leave every amount and every thing with the one anchor that claims it most."""
    claims: dict[Mention, list[tuple[float, int, Mention]]] = {}
    for anchor, candidates in links.items():
        for mention, (role, chance) in candidates.items():
            if role in ("amount", "item"):
                gap = max(mention.start - anchor.end, anchor.start - mention.end)
                claims.setdefault(mention, []).append((chance, -gap, anchor))
    for mention, rivals in claims.items():
        winner = max(rivals, key=lambda claim: claim[:2])[2]
        for _, _, anchor in rivals:
            if anchor is not winner:
                del links[anchor][mention]


def _share_subjects(
    reading: Reading,
    typed: dict[Mention, tuple[str, float]],
    links: dict[Mention, dict[Mention, tuple[str, float]]],
) -> None:
    """Let an anchor for which nobody acts have the subject of one before it in its sentence (企业家们`筹资`…，为4名学生`捐赠`2000元)."""
    for anchor, (kind, _) in typed.items():
        role, own = giver_role(kind), links[anchor]
        if any(found == role and chance >= GIVER_RESCUE_AT for found, chance in own.values()):
            continue
        place = reading.sentence_index(anchor.start)
        told = [
            (chance, mention)
            for other in reading.by_sentence[place]
            if other in typed and other.start < anchor.start and giver_role(typed[other][0]) == role
            for mention, (found, chance) in links[other].items()
            if found == role and chance >= SHARED_SUBJECT_AT and reading.sentence_index(mention.start) == place
            if mention.start < other.start and own.get(mention, (NONE, 0.0))[0] == role
        ]
        if told:
            own[max(told, key=lambda pair: pair[0])[1]] = (role, GIVER_RESCUE_AT)


def _event(
    reading: Reading,
    cluster: Sequence[Mention],
    typed: dict[Mention, tuple[str, float]],
    links: dict[Mention, dict[Mention, tuple[str, float]]],
    places: dict[Mention, dict[Mention, float]],
) -> Event:
    kind = typed[cluster[0]][0]
    best: dict[Mention, Argument] = {}
    for anchor in cluster:
        for mention, (role, chance) in links[anchor].items():
            if mention not in best or best[mention].confidence < chance:
                best[mention] = Argument(mention, role, chance)
    arguments = list(best.values())
    participants = _participants(arguments, giver_role(kind))
    main = next((anchor for anchor in cluster if not reading.in_headline(anchor)), cluster[0])
    where: dict[Mention, float] = {}
    for anchor in cluster:
        for mention, chance in places[anchor].items():
            where[mention] = max(where.get(mention, 0.0), chance)
    chosen = [argument for argument in arguments if argument.confidence >= KEEP_AT]
    if not any(argument.role == "amount" for argument in chosen):
        likely = [a for a in arguments if a.role == "amount" and a.confidence >= AMOUNT_RESCUE_AT]
        chosen += sorted(likely, key=lambda argument: argument.confidence)[-1:]
    return Event(
        type=kind,
        anchors=tuple(sorted(cluster, key=lambda anchor: anchor.start)),
        participants=participants,
        date=date_of(reading, main, arguments, links),
        places=in_order(Argument(m, "place", chance) for m, chance in where.items() if chance >= PLACE_AT),
        amounts=without_prices(kind, told_once(reading, [a for a in chosen if a.role == "amount"])),
        items=in_order(a for a in chosen if a.role == "item"),
        evidence=_evidence(reading, main, chosen),
        planned=any(_is_planned(reading, anchor) for anchor in cluster),
    )


def _participants(arguments: Sequence[Argument], giver: str) -> tuple[Argument, ...]:
    parties = _whole_phrases([argument for argument in arguments if argument.mention.label in PARTY_LABELS])
    kept = [argument for argument in parties if argument.confidence >= PARTY_AT]
    filled = {argument.role for argument in kept}
    bounds = {giver: GIVER_RESCUE_AT}
    spare = [a for a in parties if a.role not in filled and a.confidence >= bounds.get(a.role, RESCUE_AT)]
    for role in sorted({argument.role for argument in spare}):
        kept.append(max((a for a in spare if a.role == role), key=lambda argument: argument.confidence))
    sure: list[Argument] = []
    for argument in sorted(kept, key=lambda argument: (-argument.confidence, argument.mention.start)):
        if not any(_same_body(argument.mention.text, other.mention.text) for other in sure):
            sure.append(argument)
    return in_order(sure)


def _whole_phrases(parties: Sequence[Argument]) -> list[Argument]:
    """Let a plain phrase stand for the names inside it that have its role (滨河商会20家会员企业: the guide); their chances are added."""
    names: set[Mention] = set()
    raised: dict[Mention, float] = {}
    for whole in parties:
        if whole.mention.label != "FILLER" or whole.confidence < PHRASE_AT or whole.mention.confidence < KEEP_AT:
            continue
        inside = [
            part
            for part in parties
            if part.mention.label != "FILLER"
            and part.role == whole.role
            and whole.mention.span.holds(part.mention.span)
            and part.mention.span != whole.mention.span
        ]
        names.update(part.mention for part in inside)
        raised[whole.mention] = min(MOST_SURE, whole.confidence + sum(part.confidence for part in inside))
    return [
        replace(party, confidence=max(party.confidence, raised.get(party.mention, 0.0)))
        for party in parties
        if party.mention not in names
    ]


def _same_body(one: str, other: str) -> bool:
    """Tell whether two parties of an event are one by their names: 云岭县 and 甘肃省云岭县. It plays one part, once."""
    return one.endswith(other) or other.endswith(one)


def _evidence(reading: Reading, main: Mention, arguments: Sequence[Argument]) -> Span:
    """Take the sentence of the main anchor and, where its amounts or things stand in the next one, that too."""
    sentence = reading.sentence(main.start)
    index = reading.sentence_index(main.start)
    following = reading.sentences[index + 1 : index + 2]
    if following and any(following[0].holds(a.mention.span) for a in arguments if a.role in ("amount", "item")):
        return Span(sentence.start, following[0].end)
    return sentence


def _is_planned(reading: Reading, anchor: Mention) -> bool:
    sentence = reading.sentence(anchor.start)
    clause = re.split(r"[，,；;]", reading.text[sentence.start : anchor.start])[-1]
    return _PLANNED.search(clause) is not None


def _is_total(reading: Reading, models: EventModels, event: Event, events: Sequence[Event]) -> bool:
    """Tell whether a record sums up others: a cumulative wording, the sum of amounts before it, or 其中 and a part behind it."""
    if not event.amounts or event.type not in TOTALLED:
        return False
    first = event.amounts[0].mention
    others = [a.mention for other in events if other is not event and other.type == event.type for a in other.amounts]
    if len(event.amounts) == 1 and _has_part(reading, first, others):
        return True
    return models.total_chance(reading, first, *before_it(first, others)) >= KEEP_AT


def _has_part(reading: Reading, total: Mention, others: Sequence[Mention]) -> bool:
    """Tell whether the next amount of another record is told as a part (募集20万元，其中…捐5万元): 24 of 27 such in the train split."""
    behind = min((other for other in others if other.start >= total.end), key=lambda m: m.start, default=None)
    if behind is None or not _AMONG.fullmatch(reading.text, total.end, behind.start):
        return False
    whole, part = total.value, behind.value
    if not isinstance(whole, Money) or not isinstance(part, Money) or whole.per or part.per:
        return False
    return whole.value is not None and part.value is not None and part.value < whole.value


def before_it(amount: Mention, others: Sequence[Mention]) -> tuple[int, bool]:
    """Return how many of ``others`` stand before ``amount``, and whether two or more of them add up to it."""
    figures = [
        other.value.value
        for other in others
        if other.end <= amount.start and isinstance(other.value, Money) and other.value.value is not None
    ]
    figure = amount.value.value if isinstance(amount.value, Money) else None
    return len(figures), len(figures) >= 2 and sum(figures) == figure
