"""Source text repaired to passages, one for each item of news, with the source offset of every character.

Repair only drops characters (stray blanks, broken lines, page furniture) and folds one to one (look-alikes), so each
repaired character stands for exactly one of the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.documents import Document
from pipeline.furniture import find_furniture
from pipeline.items import headline_size, split_items
from pipeline.lines import Line, find_columns, split_lines
from pipeline.lookalikes import INVISIBLE, fold
from pipeline.paragraphs import Paragraph, join_lines
from pipeline.spans import Span

_BLANKS = re.compile(rf"[ {INVISIBLE}]+")
_HAN_BEFORE = re.compile(r"[\u3400-\u9fff]+$")
_HAN_AFTER = re.compile(r"[\u3400-\u9fff]*")
_DATELINE_END = re.compile(r"(?:讯|电|记者|通讯员)$")
_CELL = re.compile(r"[\d,.]+ ?[万亿千百]?(?:元|美元|港元)?整?$|[\u4e00-\u9fff]{2,6}[:：]")
_NO_PHRASE = frozenset("，。、；：！？,;:!?（）()《》·%.~-/+0123456789")


@dataclass(frozen=True)
class Passage:
    """One item of news, repaired.

    ``text`` is its headline and paragraphs, each ended by a newline but the last. ``offsets[i]`` is the offset in the
    source of the character that ``text[i]`` stands for; offsets rise. ``headline_end`` is where the headline ends in
    ``text``, 0 when there is none; ``index`` counts the passages of the document from 0.
    """

    doc_id: str
    index: int
    text: str
    offsets: tuple[int, ...]
    headline_end: int

    def source_span(self, start: int, end: int) -> Span:
        """Return the stretch of the source for ``text[start:end]``, which must not be empty.

        What repair dropped inside the stretch (a line break, a page number) lies in the span, what it dropped at the
        borders does not.
        """
        return Span(self.offsets[start], self.offsets[end - 1] + 1)


def repair(document: Document) -> list[Passage]:
    """Return the document's items of news in order; a document of nothing but page furniture has none."""
    folded = fold(document.text)
    lines = split_lines(folded)
    printed = [line for line, dropped in zip(lines, find_furniture(lines), strict=True) if not dropped]
    columns = find_columns(printed)
    items = split_items(list(join_lines(printed, columns)), columns)
    return [_passage(document.doc_id, index, item, folded) for index, item in enumerate(items)]


def furniture(document: Document) -> list[Span]:
    """Return where the document's lines of page furniture lie, which no passage holds (a publisher's date among them)."""
    lines = split_lines(fold(document.text))
    return [Span(line.start, line.end) for line, dropped in zip(lines, find_furniture(lines), strict=True) if dropped]


def _passage(doc_id: str, index: int, item: Sequence[Paragraph], folded: str) -> Passage:
    texts: list[str] = []
    offsets: list[int] = []
    headline_end = 0
    heading = headline_size(item)
    for place, paragraph in enumerate(item):
        if place:
            texts.append("\n")
            offsets.append(folded.index("\n", offsets[-1]))
        for start, end in _pieces(paragraph, folded):
            texts.append(folded[start:end].replace("\n", " "))
            offsets.extend(range(start, end))
        if place + 1 == heading:
            headline_end = len(offsets)
    return Passage(doc_id, index, "".join(texts), tuple(offsets), headline_end)


def _pieces(paragraph: Paragraph, folded: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the folded source that make up the paragraph; a single newline stands for a blank."""
    above: Line | None = None
    for place, line in enumerate(paragraph.lines):
        if above and _latin_words(above.text[-1], line.text[0]):
            line_break = folded.index("\n", above.end)
            yield line_break, line_break + 1
        start = line.start
        if " " in line.text or INVISIBLE in line.text:
            for blanks in _BLANKS.finditer(folded, line.start, line.end):
                kept = _kept_blank(paragraph, place, blanks.start() - line.start, blanks.end() - line.start)
                yield start, blanks.start()
                if kept >= 0:
                    yield blanks.start() + kept, blanks.start() + kept + 1
                start = blanks.end()
        yield start, line.end
        above = line


def _latin_words(left: str, right: str) -> bool:
    """Tell whether two characters need a blank between them: Latin letters do, two halves of a number do not."""
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum() and not (left + right).isdigit()


def _kept_blank(paragraph: Paragraph, place: int, start: int, end: int) -> int:
    """Return which character of a run of blanks is a separator, counted from its start; -1 when the run is a stray.

    The run is ``text[start:end]`` of the paragraph's line ``place``. Separators stand between Latin words, between two
    phrases of a headline, between the cells of a table, and before the figure that ends a line of a list. In running text
    only phrases of one length are a couplet (``学党史 知党情``), and a dateline keeps its blank.
    """
    text = paragraph.lines[place].text
    kept = text.find(" ", start, end)
    if kept < 0:
        return -1
    kept -= start
    if paragraph.kind == "row":
        return kept
    left, right = text[start - 1], text[end]
    if left.isascii() and right.isascii():
        words = left.isalnum() and (right.isalnum() or right in "&(")
        return kept if words or (right.isalpha() and text[start - 2 : start - 1].isascii() and left in ".,;:&)") else -1
    if paragraph.kind != "body" and (end - start > 1 or (len(paragraph.lines) == 1 and _CELL.match(text, end))):
        return kept
    if left in _NO_PHRASE or right in _NO_PHRASE:
        return -1
    if paragraph.kind != "body":
        return -1 if _alone(text, start - 1) and _alone(text, end) else kept
    above = paragraph.lines[place - 1].text if place else ""
    below = paragraph.lines[place + 1].text if place + 1 < len(paragraph.lines) else ""
    before, behind = _HAN_BEFORE.search(above[-20:] + text[:start]), _HAN_AFTER.match(text[end:] + below[:20])
    if before is None or behind is None:
        return -1
    couplet = len(before[0]) == len(behind[0]) >= 3
    return kept if couplet or (before.start() == 0 and _DATELINE_END.search(before[0])) else -1


def _alone(text: str, place: int) -> bool:
    """Tell whether the character has blanks or the border of the text on both sides, as in letter-spaced 云 岭 县."""
    return text[place - 1 : place] in ("", " ") and text[place + 1 : place + 2] in ("", " ")
