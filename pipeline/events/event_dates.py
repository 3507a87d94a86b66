"""The date of a record: one that is linked to it, or one that is carried on from what was told before.

A section of an item of news begins behind a short line that is no sentence (三、为民办实事); no date is carried over it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.events.event import Argument
from pipeline.events.reading import Reading
from pipeline.spans import DateRange, Mention

DATE_AT = 0.5
"""Probability from which a date is linked; fitted by cross-validation."""
AS_GOOD = 0.2
"""A later date is taken for the likeliest one where it is less likely by so much at most: a report that goes on to its next
days names them nearer. Own dev is indifferent up to 0.5, real reports gain."""
CONTINUED_AT = 0.05
"""Probability from which a record has the date of the record told before it; dev asks for less than 0.1."""
SURE_AT = 0.8
"""A linked date of another sentence stands from this probability on, whatever date the record before has. Real bulletins gain
three points of their dates by it, own dev and test lose half a point."""
CARRIED_AT = 0.1
"""The same for any date before, under which the sentences that follow may be told. Real bulletins that are news ask for less,
reports whose works have no date for more; the dev split is indifferent."""
_HEADING = re.compile(r"\n[^\n]{1,24}[^\n。！？；：”）.!?;:，、 ] *(?=\n)")


def date_of(
    reading: Reading,
    main: Mention,
    arguments: Sequence[Argument],
    links: Mapping[Mention, Mapping[Mention, tuple[str, float]]],
) -> Argument | None:
    """Choose the date of the record whose main anchor is ``main``, among the ``arguments`` of its anchors.

    A linked date goes first, unless it stands far off and the record before has a nearer one; then the date of the nearest
    anchor before that has a linked one (``links`` tells for every anchor the role and probability of each mention); then the
    nearest date before. Only dates that have days are carried on.
    """
    dates = [argument for argument in arguments if argument.role == "date"]
    told = _told_before(main, links)
    continued = next((a for a in dates if a.mention is told and a.confidence >= CONTINUED_AT), None)
    if linked := [argument for argument in dates if argument.confidence >= DATE_AT]:
        chosen = _nearest_as_good(main, linked)
        return continued if continued and _gives_way(reading, main, chosen, continued) else chosen
    carried = [
        argument
        for argument in dates
        if argument.mention.start < main.start
        and _has_days(argument.mention)
        and not _HEADING.search(reading.text, argument.mention.end, main.start)
    ]
    if continued in carried:
        return continued
    nearest = [argument for argument in carried if argument.confidence >= CARRIED_AT]
    return max(nearest, key=lambda argument: argument.mention.start, default=None)


def _nearest_as_good(main: Mention, linked: Sequence[Argument]) -> Argument:
    """The likeliest of the linked dates, or the last one behind it that is nearly as likely and stands before ``main``."""
    best = max(linked, key=lambda argument: argument.confidence)
    later = [
        argument
        for argument in linked
        if best.mention.start < argument.mention.start < main.start
        and _has_days(argument.mention)
        and argument.confidence >= best.confidence - AS_GOOD
    ]
    return max(later, key=lambda argument: argument.mention.start, default=best)


def _gives_way(reading: Reading, main: Mention, chosen: Argument, continued: Argument) -> bool:
    """Tell whether a date of another sentence, not a sure one, has the date of the record told before it nearer to ``main``."""
    return (
        chosen.confidence < SURE_AT
        and chosen.mention.start < continued.mention.start
        and _has_days(continued.mention)
        and reading.sentence_index(chosen.mention.start) != reading.sentence_index(main.start)
    )


def _told_before(main: Mention, links: Mapping[Mention, Mapping[Mention, tuple[str, float]]]) -> Mention | None:
    """The date before ``main`` that is linked to the nearest anchor before it which has one."""
    told = [
        (anchor.start, mention)
        for anchor, candidates in links.items()
        for mention, (role, chance) in candidates.items()
        if role == "date" and chance >= DATE_AT and anchor.start < main.start and mention.start < main.start
    ]
    return max(told, key=lambda pair: pair[0], default=(0, None))[1]


def _has_days(mention: Mention) -> bool:
    return isinstance(mention.value, DateRange) and mention.value.first_day is not None
