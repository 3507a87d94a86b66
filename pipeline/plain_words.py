"""Plain words that may fill a role, and things: what becomes of those that the model puts forward, and which rules add.

1. A thing that opens with its price (价值5万元的图书) begins behind it (the guide: a valuation stands outside).
2. A plain phrase that ends in a name (子公司远山酒店) is none: the name fills the role (of 11,000 plain words of the train split one ends
   so). Nor is one that is a name and a title, with or without who has it, a delegation or a canteen (荷塘镇党政代表团,
   岭东公司董事长何松, 海棠集团职工食堂: the guide ends the span at the body; 10 of 1,807 plain words of the train split that begin
   with a name are one).
3. What tells how or where behind a plain phrase (几位乡友一口气, 老人家里) is no part of it, nor is what brings it in (另有两位老人), where
   those are (随行的企业家: point 18 of corpus/GUIDE.md; in train 25 stand outside and none inside), or who speaks for it
   (何松代表全体职工) or is said to bring it (动员三家商户). It goes on to the end of a society (校友总会).
4. A word for the other side of a pairing (结对村, 受援县) is put forward for a role where the model has found nothing, and a noun
   phrase that a word segmenter began inside it (结对|村老年活动室) begins behind it.
5. Two who are told as a couple (教师何松、许兰夫妇) are one party (the guide, point 19; six of six in the train split).
6. The sums of a table whose unit stands above them (单位：万元) are put forward for a role: bare numbers, and no MONEY (the guide).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.normalise.cells import find_cells
from pipeline.recognise.phrases import PHRASE
from pipeline.spans import RULE_CONFIDENCE, Mention, Span

_VALUED = re.compile(r"(?:总?价值?|总值|市值|估值|折合|折价|为|达|约|近|超)*")
_PRICED = re.compile(r"(?:左右|上下)?的?")
_TITLE = (
    r"(?:党工委|党委|党组|党总支|党支部|支部|工会)?(?:副|总|第一)?"
    r"(?:书记|主席|理事长|董事长|总经理|副总|经理|总裁|会长|局长|部长|处长|科长|行长|院长|校长|主任|负责人|[镇县区市]长)"
)
_PARTY = r"一行(?:[0-9一二三四五六七八九十百余多]+人|人)?"
_OFFICE = re.compile(
    rf"(?:的?(?:党政)?代表团|考察团|访问团)?(?:班子成员|(?:主要|相关|有关|班子)?(?:负责人|领导)|代表|{_TITLE}(?:[\u4e00-\u9fff]{{2,3}})?)?(?:{_PARTY})?"
    r"|的?职工食堂|现场|组织"
)
_LEAD = re.compile(
    r"(?:另有|还有|共?(?:动员|发动|组织|号召|邀请|带领|率领))(?=[^的])|(?:随行|同行|随队|同来|与会|到会|在场|到场|前来)的"
    r"|(?!村民|居民|人大|师生|党员|职工|学生|家长|群众|会员|企业|员工|捐赠|队员|学员|老人|教师|干部)[\u4e00-\u9fff]{2,3}代表"
    r"(?=全体|会员|院里|学校|公司|联合会|企业|街道|社区|商会|村里|村委|党|我|本|该)"
)
"""What brings a plain phrase in, or speaks for it."""
_REST = re.compile(r"(?:首次|一口气|第一时间|家里|家中|手里|一道|线上|三方|两地|托人|出资|合办|协办)+\Z")
"""What no FILLER of the train split ends in."""
_SOCIETY = re.compile(r"(?<=基金|慈善|校友|同乡|联谊)(?:总会|分会|会)(?![员长])")
"""What a FILLER that is cut before it goes on over (校友|总会); none of the train split ends in front of it."""
_COUPLE = re.compile(r"[\u4e00-\u9fff]{2,4}(?:夫妇|夫妻|伉俪|姐妹|兄弟|父子|父女|母女|母子)")
_PAIRED_SIDE = re.compile(r"(?:结对|受援|帮扶)(?:村|乡镇|镇|乡|县)(?![委民级党务支庄长干落])")
PAIRED_CONFIDENCE = 0.5
"""Confidence of a word for the other side of a pairing; whether it has a role is for the event models to say."""


def plain_words(
    text: str, proposed: Sequence[Mention], names: Sequence[Mention], values: Sequence[Mention]
) -> list[Mention]:
    """Return the plain words and things of a passage: what is kept of ``proposed``, with its edges, and what rules add.

    ``names`` are the ORG, GPE and EVENT mentions beside them, ``values`` the amounts and dates.
    """
    bodies = [name for name in names if name.label in ("ORG", "GPE")]
    ends, starts = {name.end: name.start for name in bodies}, {name.start: name.end for name in bodies}
    money = [value for value in values if value.label == "MONEY"]
    kept = []
    for mention in proposed:
        found = mention if mention.label == "ITEM" else _phrase_alone(text, mention)
        if found.label == "ITEM" or not (_ends_in_name(found, ends) or _is_office(text, found, starts)):
            kept.append(found if found.label == "FILLER" else _without_price(text, found, money))
    return _with_paired_sides(text, [*names, *values], _with_cells(text, _with_couples(text, kept)))


def _ends_in_name(phrase: Mention, ends: Mapping[int, int]) -> bool:
    """Tell whether a phrase ends in a name; ``ends`` are the ends of the names with their starts."""
    return ends.get(phrase.end, -1) > phrase.start


def _is_office(text: str, phrase: Mention, starts: Mapping[int, int]) -> bool:
    """Tell whether a phrase is a name with a title or a delegation; ``starts`` are the starts of the names with their ends."""
    name_end = starts.get(phrase.start, phrase.end)
    return name_end < phrase.end and _OFFICE.fullmatch(text, name_end, phrase.end) is not None


def _phrase_alone(text: str, phrase: Mention) -> Mention:
    """Cut off what brings a plain phrase in or speaks for it, and what tells how or where; go on to the end of a society."""
    lead = _LEAD.match(text, phrase.start, phrase.end)
    start = lead.end() if lead and phrase.end - lead.end() > 1 else phrase.start
    rest, society = _REST.search(text, start + 2, phrase.end), _SOCIETY.match(text, phrase.end)
    end = rest.start() if rest else society.end() if society else phrase.end
    return phrase.moved(text, start, end, "edges") if (start, end) != (phrase.start, phrase.end) else phrase


def _with_couples(text: str, words: Sequence[Mention]) -> list[Mention]:
    """Put one phrase in the place of the two that tell a couple; of three in a row nobody knows who belongs together."""
    fillers = {word.end: word for word in words if word.label == "FILLER"}
    couples = [
        (first, second)
        for second in words
        if second.label == "FILLER" and text[second.start - 1 : second.start] == "、" and _COUPLE.fullmatch(second.text)
        if (first := fillers.get(second.start - 1)) and text[: first.start][-1:] != "、"
    ]
    taken = {word for couple in couples for word in couple}
    joined = [first.moved(text, first.start, second.end, "couple") for first, second in couples]
    return [*(word for word in words if word not in taken), *joined]


def _with_cells(text: str, others: Sequence[Mention]) -> list[Mention]:
    """Put the sums of tables in the place of the plain words and things that overlap them."""
    cells = [Mention(c.start, c.end, c.text, "FILLER", RULE_CONFIDENCE, c.by, c.value) for c in find_cells(text)]
    starts, ends = [cell.start for cell in cells], [cell.end for cell in cells]
    # A mention is free of all cells where as many begin before its end as end before its start.
    return [*(m for m in others if bisect_left(starts, m.end) == bisect_right(ends, m.start)), *cells]


def _with_paired_sides(text: str, names: Sequence[Mention], others: Sequence[Mention]) -> list[Mention]:
    """Add the words for the other side of a pairing to plain words and things, and move phrases behind those that cut them."""
    taken = [mention for mention in (*names, *others) if mention.label != PHRASE]
    sides = [
        Mention(match.start(), match.end(), match[0], "FILLER", PAIRED_CONFIDENCE, "paired side")
        for match in _PAIRED_SIDE.finditer(text)
        if not any(mention.span.overlaps(Span(*match.span())) for mention in taken)
    ]
    kept = []
    for mention in others:
        ends = [side.end for side in sides if mention.label == PHRASE and mention.span.overlaps(side.span)]
        start = max([mention.start, *ends])
        if start == mention.start or mention.end - start > 1:
            kept.append(replace(mention, start=start, text=text[start : mention.end]))
    return [*kept, *sides]


def _without_price(text: str, thing: Mention, money: Sequence[Mention]) -> Mention:
    """Move the start of a thing behind an amount with which it opens."""
    for amount in money:
        if thing.span.holds(amount.span) and _VALUED.fullmatch(text, thing.start, amount.start):
            match = _PRICED.match(text, amount.end, thing.end)
            start = match.end() if match else amount.end
            return thing.moved(text, start, thing.end, "price") if thing.end - start > 1 else thing
    return thing
