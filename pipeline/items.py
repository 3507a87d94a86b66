"""Paragraphs told apart into items of news: headline, text, signature. When unsure, an item is left whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.lines import Columns
from pipeline.paragraphs import DATELINE, OPENER, Paragraph

_BODY_NOUN = re.compile(
    r"[省市州县镇局委办院]|(?<![社小山地片景灾库老特校厂园])区(?![域块别间])|乡(?![村亲土愁])|街道|公司|集团|银行|[中小]学|大学|学校|协会|商会|基金会|支部|工会"
)
"""A word that names a place or body: headlines of items tell who does something, headings inside one rarely do."""
_BRIEFS = re.compile(r"动态|简讯|短讯|快讯|要闻|集锦|点击")
_LEAD = re.compile(r"引言|导语|编者按|编者的话|核心提示|阅读提示")
_SIGNED = re.compile(r"[（(][^（()）]{1,20}[）)]$")


def split_items(paragraphs: Sequence[Paragraph], columns: Columns) -> list[list[Paragraph]]:
    """Return the items of news in order; every paragraph is in one of them."""
    cuts: list[int] = []
    bodies = [place for place, paragraph in enumerate(paragraphs) if paragraph.kind in ("body", "row")]
    briefs = False
    for last, following in zip([-1, *bodies], bodies, strict=False):
        between = paragraphs[last + 1 : following]
        marks = [paragraph for paragraph in between if paragraph.kind == "column"]
        if marks:
            briefs = _BRIEFS.search(marks[-1].lines[0].text) is not None and between[-1] is marks[-1]
        elif between:
            briefs = False
        if last < 0:
            continue
        lead = (
            not between
            and not briefs
            and (last == 0 or paragraphs[last - 1].kind != "body")
            and not DATELINE.match(paragraphs[last].lines[0].text)
        )
        if not lead and (cut := _cut(paragraphs[last], between, paragraphs[following], columns, briefs)) is not None:
            cuts.append(last + 1 + cut)
    borders = [0, *cuts, len(paragraphs)]
    return [list(paragraphs[start:end]) for start, end in pairwise(borders) if start < end]


def headline_size(item: Sequence[Paragraph]) -> int:
    """Return how many of the item's first paragraphs are its column mark and headline; 0 where there is none.

    Of more than six such lines, and of lines below one that ends with a colon, only the first is: they are a list.
    """
    size = next(
        (place for place, paragraph in enumerate(item) if paragraph.kind not in ("column", "headline")), len(item)
    )
    listed = any(paragraph.lines[-1].text[-1] in "：:" for paragraph in item[:size])
    return min(size, 1) if size > 6 or listed else size


def _cut(
    before: Paragraph, between: Sequence[Paragraph], after: Paragraph, columns: Columns, briefs: bool
) -> int | None:
    """Return before which paragraph of ``between`` a new item starts (its length: before ``after``), or None for no cut.

    ``before`` and ``after`` are two neighbouring paragraphs of running text, or lines of a table: what stands above a table is
    its heading, and what stands below belongs to it unless a signature or a dateline parts them.
    """
    for place, paragraph in enumerate(between):
        if paragraph.kind == "column":
            return place
    opening = after.lines[0].text
    if not between:
        return 0 if DATELINE.match(opening) or (briefs and OPENER.match(opening)) else None
    if before.lines[-1].text[-1] in "：:" or after.kind == "row":
        return None
    signed = _signature_end(between)
    if before.kind == "row" and not signed and not DATELINE.match(opening):
        return None
    rest = between[signed:]
    heads = [paragraph for paragraph in rest if paragraph.kind in ("headline", "numbered")]
    closed = signed > 0 or _SIGNED.search(before.lines[-1].text) is not None
    if len(heads) > 3 or (heads and all(head.kind == "numbered" for head in heads)):
        return None
    title = "".join(line.text for head in heads for line in head.lines)
    width = sum(head.width for head in heads)
    signs = (
        2 * closed
        + 2 * (DATELINE.match(opening) is not None or _LEAD.match(opening) is not None)
        + 2 * (bool(heads) and rest[-1].kind == "byline")
        + (_BODY_NOUN.search(title) is not None)
        + (width >= 18)
        + (width >= 28)
        + (bool(heads) and OPENER.match(opening) is not None)
    )
    return signed + _captions(rest, closed, columns) if signs >= 2 else None


def _signature_end(between: Sequence[Paragraph]) -> int:
    """Return how many paragraphs after a text sign it: （某某办）, 通讯员 某某, or the body and the day below an order."""
    for place in range(min(4, len(between)) - 1, -1, -1):
        kind = between[place].kind
        closing_byline = kind == "byline" and place == 0 and between[0].lines[0].text[0] not in "□■◇◆○●▲"
        if kind == "signature" or closing_byline:
            return place + 1
    return 0


def _captions(rest: Sequence[Paragraph], closed: bool, columns: Columns) -> int:
    """Return how many of the lines before a headline are captions or strays of the item above, not the headline's own.

    On a page whose lines follow without blanks, a block after the signature and before the headline's block is a
    caption. Where a line holds a whole headline of several phrases, a second such line starts the item.
    """
    heads = [place for place, paragraph in enumerate(rest) if paragraph.kind == "headline"]
    if closed and columns.widths and columns.gap == 0:
        return max((place for place in heads if rest[place].lines[0].gap > 0), default=0)
    whole = [place for place in heads if " " in rest[place].lines[0].text and rest[place].width >= 20]
    return whole[-1] if len(whole) > 1 else 0
