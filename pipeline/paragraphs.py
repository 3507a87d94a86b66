"""Lines joined to paragraphs: what the typesetter broke is one again, what the writer broke stays apart.

A line that fills its column and does not end a sentence goes on below. Everything else is judged by what a reader would
look at: running text does not end without a full stop, a headline does; after a headline a text begins anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.lines import Columns, Line

Kind = Literal["body", "headline", "numbered", "column", "byline", "signature", "row"]

_SENTENCE_MARK = re.compile(r"[。！？!?]")
_COMMA = re.compile(r"[，,；;]")
_CANNOT_END = re.compile(
    r"[，,、（(《“‘「—至和与及暨的在于由对向把被从自以将等并共为年月赴]$|[（(《“‘「][^）)》”’」]{0,30}$"
)
_CANNOT_START = frozenset("，。、；：！？）》”’」』】,;:!?)%")

_DAY = r"(?:\d{4} ?年 ?)?\d{1,2} ?月 ?(?:\d{1,2} ?[日至—-]|[上中下]旬|初|底)|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
DATELINE = re.compile(
    r"(?:本报|本刊|本网|本台|本站)[\u4e00-\u9fff]{0,3}讯|[\u4e00-\u9fff]{2,6}讯[ (（]|新华社[\u4e00-\u9fff]{2,4}\d"
)
OPENER = re.compile(
    rf"{_DAY}|近日|日前|近期|最近|连日来|昨日|昨天|日前|今年\d|今年以来|去年|为(?:进一步|深入|贯彻|落实|切实|积极|全面|认真|响应|帮助|了)|根据|按照|据悉|各[省市县区乡镇村位部单街]|{DATELINE.pattern}"
)
"""How the first paragraph of an item of news begins: a day, an occasion, those it is addressed to, a dateline."""
_WEAK_OPENER = re.compile(r"在|由|自|随着|通过|截至|此次|本次|会上|当日|作为|一直以来|近年来")

_COLUMN = re.compile(
    r"[【〖［\[『][^】〗］\]』]{2,14}[】〗］\]』]|[□■◆●★☆▲][ ]*(?!.*(?:记者|通讯员|文|图|摄))[\u4e00-\u9fff]{2,6}"
)
_BYLINE = re.compile(
    r"[□■◇◆○●▲]?[ ]*(?:本报|本刊|本网|特约|实习|见习)?(?:记者|通讯员|撰稿|供稿|作者|摄影|摄|文图|图文|文[ /、]图|文|图)[ :：/]+[\u4e00-\u9fff·]{1,4}"
    r"(?:[ 、/]+[\u4e00-\u9fff·]{1,5}){0,6}(?:[ ]*[文图摄/]+)?|□[^，。]{2,24}"
)
_SIGNATURE = re.compile(
    r"[（(][^（()），。]{2,24}[)）]|\d{4} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?|[二〇一○○]{2}[〇一二三四五六七八九十]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_MARK_STARTS = frozenset("【〖［[『□■◇◆○●★☆▲本特实见记通撰供作摄文图（(0123456789二一")
"""What a mark starts with: a quick look that spares most lines the three patterns above."""
_NUMBERED = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、](?!\d)|第[一二三四五六七八九十]+[章节部]"
)


_FIGURE = re.compile(
    r"(?:人民币|[¥￥$])?(?:\d[\d,.十百千万亿]*|[〇零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]{2,}(?=[元圆块]))(?:[元圆块]|美元|港元|港币)?[整正]?"
)
_WORDS = re.compile(r"[\u3400-\u9fff]{2}")
_NO_CELL = re.compile(r"[，,、。；;：:！？!?]")
_COUNTED = re.compile(
    r"[十百千万亿]*(?:元|美元|港元|多|余|几|年|月|日|名|人|户|个|件|家|所|位|次|场|吨|公里|平方|岁|台|套|册|盏|批|亩|斤|%|[十百千万亿])"
)
"""What follows a figure in running text, which may be set with blanks round its figures."""
MOST_CELLS = 8
"""Cells of a line of a table; letter-spaced print has more."""

_ISSUE = re.compile(r"(?:\d{4} ?年 ?)?[（(]?总?第 ?[\d、一二三四五六七八九十 ]{1,8}期")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The lines of one paragraph, headline or mark, and which of these it is."""

    lines: tuple[Line, ...]
    kind: Kind

    @property
    def width(self) -> float:
        """The width of the whole, in full-width characters."""
        return sum(line.width for line in self.lines)


def join_lines(lines: Sequence[Line], columns: Columns) -> Iterator[Paragraph]:
    """Yield the paragraphs that the lines make up, every line in one of them, in order."""
    joined: list[Line] = []
    prose = False
    rows = _table_rows(lines)
    for place, line in enumerate(lines):
        after = lines[place + 1] if place + 1 < len(lines) else None
        if joined and (rows[place] or not _joins(joined, prose, line, after, columns)):
            yield Paragraph(tuple(joined), _kind(joined, prose))
            joined, prose = [], False
        if rows[place]:
            yield Paragraph((line,), "row")
            continue
        joined.append(line)
        prose = prose or line.finished or _SENTENCE_MARK.search(line.text) is not None
    if joined:
        yield Paragraph(tuple(joined), _kind(joined, prose))


def _table_rows(lines: Sequence[Line]) -> list[bool]:
    """Tell for each line whether it is one of a table's: cells between blanks, a figure and words among them, and a neighbour like it."""
    shaped = [
        " " in line.text and _is_row(line.text.split()) and not (below and _COUNTED.match(below.text))
        for line, below in zip(lines, [*lines[1:], None], strict=False)
    ]
    return [
        row and (before or after)
        for before, row, after in zip([False, *shaped], shaped, [*shaped[1:], False], strict=False)
    ]


def _is_row(cells: Sequence[str]) -> bool:
    """Tell whether the cells of a line have a figure that stands for itself, and words that make no sentence."""
    figures = [place for place, cell in enumerate(cells) if _FIGURE.fullmatch(cell)]
    return (
        len(cells) <= MOST_CELLS
        and bool(figures)
        and any(_WORDS.search(cell) for place, cell in enumerate(cells) if place not in figures)
        and not any(_NO_CELL.search(cell) for place, cell in enumerate(cells) if place not in figures)
        and not any(_COUNTED.match(cell) for place in figures for cell in cells[place + 1 : place + 2])
    )


def _joins(joined: Sequence[Line], prose: bool, below: Line, after: Line | None, columns: Columns) -> bool:
    """Tell whether ``below`` goes on with the paragraph of the lines ``joined``; ``prose``: whether that holds a full stop."""
    above = joined[-1]
    first = len(joined) == 1
    if DATELINE.match(below.text) or below.text[0] == "□" or _mark(below) == "column" or (first and _mark(above)):
        return False
    if above.finished:
        ends_below = after is not None and not after.finished and not columns.fills(after, 4.5)
        own_line = not below.finished and (ends_below or not columns.fills(below) or _heads(below, after, columns))
        broken = columns.fills(above, 4.5 if first else 2.5) and below.gap <= columns.gap and below.indent < 2
        return broken and not own_line and not _mark(below)
    if _ISSUE.match(above.text) or _ISSUE.match(below.text) or _next_of_list(above, below, first):
        return False
    if _CANNOT_END.search(above.text) or below.text[0] in _CANNOT_START:
        return True
    if columns.fills(above, 4.5) or (
        OPENER.match(joined[0].text) and _COMMA.search(above.text) and columns.fills(above, 6)
    ):
        return not (first and not prose and _heads(above, below, columns))
    if above.text[-1] in "：:":
        return False
    if prose:
        return not _NUMBERED.match(below.text) and not (below.gap > columns.gap and _heads(below, after, columns))
    return above.width > 30 and _COMMA.search(above.text) is not None


def _next_of_list(above: Line, below: Line, first: bool) -> bool:
    listed = above.text[-1] in "：:；;" or (first and _NUMBERED.match(above.text))
    return bool(listed) and _NUMBERED.match(below.text) is not None


def _heads(line: Line, below: Line | None, columns: Columns) -> bool:
    """Tell whether the line looks like a headline, as wide as a column may be, over a text that begins ``below``."""
    if (
        below is None
        or line.width > 45
        or _SENTENCE_MARK.search(line.text)
        or _CANNOT_END.search(line.text)
        or OPENER.match(line.text)
    ):
        return False
    if (
        OPENER.match(below.text)
        or below.text[:3] == line.text[:3]
        or (below.indent >= 2 and below.indent > line.indent)
    ):
        return True
    return not _COMMA.search(line.text) and (below.gap > columns.gap or _WEAK_OPENER.match(below.text) is not None)


def _mark(line: Line) -> Kind | None:
    """Return what the line is if it is a mark, a whole by itself; else None."""
    if line.width > 30 or line.text[0] not in _MARK_STARTS:
        return None
    if _COLUMN.fullmatch(line.text):
        return "column"
    if _BYLINE.fullmatch(line.text):
        return "byline"
    return "signature" if _SIGNATURE.fullmatch(line.text) else None


def _kind(joined: Sequence[Line], prose: bool) -> Kind:
    """Return the kind of a paragraph; ``prose`` tells whether it holds a full stop."""
    if len(joined) == 1 and (mark := _mark(joined[0])):
        return mark
    if prose or sum(line.width for line in joined) > 60:
        return "body"
    return "numbered" if _NUMBERED.match(joined[0].text) else "headline"
