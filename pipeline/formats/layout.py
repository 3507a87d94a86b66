"""Pieces of print on pages put into reading order and set as text: columns left to right, each from top to bottom.

Coordinates are points from the page's lower left corner, x to the right and y upwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipeline.formats.content import Block

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


class Piece(NamedTuple):
    """A stretch of one printed line without wide gaps; ``size`` is the height of its characters in points."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.bottom + self.top) / 2


_FEWEST = 4
"""A column has at least so many lines."""
_SHORTEST = 7
"""Lines of a column of running text have at least so many characters, those of a table often less."""
_INDENT = (1.4, 3.2)
"""How far, in characters, first lines of paragraphs stand to the right of the others."""
_ENDS = frozenset("。！？!?：:")
"""What paragraphs end with: a full line that does is not joined to the next where no paragraph is indented."""
_FIELD = re.compile(r"[\u4e00-\u9fff]{2,4}[：:]")
"""What opens a field of a byline (来源：), which stands apart by a blank wherever the line before it ends."""
_NUMBERED = re.compile(r"(?:\d{1,2}[.、](?!\d)|[（(]?[一二三四五六七八九十]{1,3}[、）)]|[●■◆▇□○☆★▲*])")
"""What lines of a list begin with."""
_MOST_CUTS = 12
"""So many of the widest gaps between lines are tried as the border of two parts of a page set in different columns."""
_MOST_STRIPS = 60
"""So many of the widest upright strips are tried as the border of two columns."""
_MOST_PIECES = 4_000
"""A page with more pieces is a drawing: it is read from top to bottom."""


def columns(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the pieces of a page column by column, as people read them.

    A border between two columns is a strip that running text reaches on its left and starts from on its right. What
    lies across it, such as a headline, is read before what is below it. A page whose parts are set in different columns
    is cut between them first. A table is no columns: its cells do not fill theirs.
    """
    border = _border(pieces)
    if border is not None:
        yield from _beside(pieces, border)
        return
    if len(pieces) < 2 * _FEWEST:
        if pieces:
            yield list(pieces)
        return
    middles = sorted({round(piece.middle, 1) for piece in pieces}, reverse=True)
    gaps = sorted(((above - below, (above + below) / 2) for above, below in pairwise(middles)), reverse=True)
    for _, height in gaps[:_MOST_CUTS]:
        upper = [piece for piece in pieces if piece.middle > height]
        lower = [piece for piece in pieces if piece.middle <= height]
        if _border(upper) is not None or _border(lower) is not None:
            yield from columns(upper)
            yield from columns(lower)
            return
    if pieces:
        yield list(pieces)


def _beside(pieces: Sequence[Piece], border: float) -> Iterator[list[Piece]]:
    """Yield the columns on both sides of the border, and what lies across it as a column of its own, from top to bottom."""
    across: list[Piece] = []
    left: list[Piece] = []
    right: list[Piece] = []
    top = True
    for piece in sorted(pieces, key=lambda piece: -piece.middle):
        top = top and _stands_alone(piece, pieces)
        if top or piece.left < border < piece.right:
            yield from columns(left)
            yield from columns(right)
            left, right = [], []
            across.append(piece)
        else:
            if across:
                yield across
                across = []
            (left if piece.right <= border else right).append(piece)
    yield from columns(left)
    yield from columns(right)
    if across:
        yield across


def _border(pieces: Sequence[Piece]) -> float | None:
    """Return the x of the border between two columns that the fewest pieces lie across, or None."""
    if len(pieces) > _MOST_PIECES:
        return None
    best: tuple[int, float, float] | None = None
    size = median(piece.size for piece in pieces) if pieces else 0.0
    strips = sorted(_strips(pieces, size), key=lambda strip: strip[0] - strip[1])
    for start, end in strips[:_MOST_STRIPS]:
        border = (start + end) / 2
        left = [piece for piece in pieces if piece.right <= border]
        right = [piece for piece in pieces if piece.left >= border]
        across = [piece for piece in pieces if piece.left < border < piece.right]
        if _are_columns(left, right, size) and _apart(across, [*left, *right]):
            best = min(best or (len(pieces), 0.0, 0.0), (len(across), start - end, border))
    return best[2] if best else None


def _stands_alone(piece: Piece, pieces: Sequence[Piece]) -> bool:
    """Tell whether a piece stands as titles over columns do: alone at its height, in line with no other."""
    near = piece.size / 2
    others = [other for other in pieces if other is not piece]
    if any(abs(other.middle - piece.middle) < near for other in others):
        return False
    large = piece.size > 1.3 * median(other.size for other in pieces)
    return not any(
        abs(other.left - piece.left) < near or (abs(other.right - piece.right) < near and not large) for other in others
    )


def _strips(pieces: Sequence[Piece], size: float) -> Iterator[tuple[float, float]]:
    """Yield the upright strips, half a character wide or more, between the right ends of some pieces and the next left ends."""
    rights = sorted({round(piece.right, 1) for piece in pieces})
    lefts = sorted({round(piece.left, 1) for piece in pieces})
    place = 0
    for right, following in pairwise([*rights, float("inf")]):
        while place < len(lefts) and lefts[place] < right:
            place += 1
        if place < len(lefts) and lefts[place] <= following and lefts[place] - right >= size / 2:
            yield right, lefts[place]


def _are_columns(left: Sequence[Piece], right: Sequence[Piece], size: float) -> bool:
    """Tell whether what stands left and right of a border is text, column by column, and no table, row by row.

    Lines of columns are long. They stand at other heights than their neighbours; or those on the left end at the border
    as lines of running text do and cells of a table do not.
    """
    if len(left) < _FEWEST or not right or _length(left) < _SHORTEST:
        return False
    end = max(piece.right for piece in left) - 1.5 * size
    full = sum(piece.right > end for piece in left) / len(left)
    if full >= 0.7 and len(left) >= 2 * _FEWEST:
        return True
    if len(right) < _FEWEST or _length(right) < _SHORTEST:
        return False
    heights = {round(4 * piece.middle / size) for piece in left}
    level = sum(bool(heights & {round(4 * piece.middle / size) + step for step in (-1, 0, 1)}) for piece in right)
    return full >= 0.5 or level < 0.6 * len(right)


def _length(side: Sequence[Piece]) -> float:
    """Return how many characters a piece of a side usually has."""
    return median(len(piece.text) for piece in side)


def _apart(across: Sequence[Piece], beside: Sequence[Piece]) -> bool:
    """Tell whether nothing stands at the height of the pieces across, a stray one in ten allowed."""
    heights = sorted(piece.middle for piece in beside)
    met = sum(any(abs(height - piece.middle) < piece.size / 2 for height in heights) for piece in across)
    return met <= 0.1 * len(across)


class _Line(NamedTuple):
    """The pieces at one height of a column, joined; two blanks stand for a wide gap."""

    text: str
    box: Box
    size: float
    goes_on: bool = False
    """Whether it reaches the right border of running text in its column, so that its paragraph may go on below."""
    indented: bool = False
    """Whether it starts to the right of others as first lines of paragraphs do."""


def set_text(pages: Iterable[tuple[int, Sequence[Piece]]]) -> tuple[str, tuple[Block, ...]]:
    """Return the text of pages (number, pieces) and its blocks.

    A paragraph is a line as far as the print tells: a full line is joined to the next one, over columns and pages too,
    unless that is indented. A blank line stands where the print leaves one or changes its size, two full-width blanks
    for an indent.
    """
    texts: list[str] = []
    blocks: list[Block] = []
    offset = 0
    above: _Line | None = None
    for number, pieces in pages:
        for column in columns(pieces):
            for place, block in enumerate(_blocks(_lines(column))):
                start = offset
                for line in block:
                    follows = above is not None and (line is not block[0] or not place) and _alike(above, line)
                    between = (_joint(above, line) if follows else "\n\n") if above else ""
                    texts += [between, "　　" * line.indented + line.text]
                    start += len(between) if line is block[0] else 0
                    offset += len(texts[-2]) + len(texts[-1])
                    above = line
                blocks.append(Block(number, _box([line.box for line in block]), start, offset))
    return "".join(texts), tuple(blocks)


def _joint(above: _Line, below: _Line) -> str:
    """Return what parts two lines of a block: nothing or a blank within a paragraph, else a line break."""
    heading = above.text[-1] in _ENDS and below.text[-1] not in _ENDS and not below.goes_on
    if not above.goes_on or below.indented or heading or _NUMBERED.match(below.text):
        return "\n"
    left, right = above.text[-1], below.text[0]
    words = (left + right).isascii() and left.isalnum() and right.isalnum() and not (left + right).isdigit()
    return " " if words or (left.isalnum() and _FIELD.match(below.text)) else ""


def _lines(column: Sequence[Piece]) -> list[_Line]:
    """Return the lines of a column from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(column, key=lambda piece: -piece.middle):
        if rows and abs(rows[-1][0].middle - piece.middle) < max(rows[-1][0].size, piece.size) / 2:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    lines = [_join(sorted(row, key=lambda piece: piece.left)) for row in rows]
    size = median(line.size for line in lines)
    left = min(line.box[0] for line in lines)
    indented = [_INDENT[0] <= (line.box[0] - left) / line.size <= _INDENT[1] for line in lines]
    ends = Counter(line.box[2] // size for line in lines)
    end, often = max(((end, ends[end] + ends[end - 1]) for end in ends), key=lambda both: (both[1], both[0]))
    justified = often >= max(2, 0.25 * len(lines))
    return [
        line._replace(
            indented=starts,
            goes_on=justified
            and line.box[2] >= (end - 1) * size
            and "  " not in line.text
            and (any(indented) or line.text[-1] not in _ENDS),
        )
        for line, starts in zip(lines, indented, strict=True)
    ]


def _join(row: Sequence[Piece]) -> _Line:
    text = row[0].text
    for left, right in pairwise(row):
        gap = right.left - left.right
        words = left.text[-1:].isascii() and right.text[:1].isascii() and gap > 0.15 * right.size
        text += ("  " if gap > 1.2 * right.size else " " if words else "") + right.text
    return _Line(text, _box([piece[1:5] for piece in row]), max(piece.size for piece in row))


def _box(boxes: Sequence[Box]) -> Box:
    """Return the smallest box round all."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return round(min(lefts), 1), round(min(bottoms), 1), round(max(rights), 1), round(max(tops), 1)


def _blocks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Yield the lines in blocks: within one the size of print stays, and so does the space between the lines."""
    steps = [above.box[1] - below.box[1] for above, below in pairwise(lines)]
    usual = median(steps) if steps else 0.0
    block: list[_Line] = []
    for line, step in zip(lines, [0.0, *steps], strict=True):
        if block and (step > 1.4 * usual or not _alike(block[-1], line)):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _alike(above: _Line, below: _Line) -> bool:
    """Tell whether two lines are of one size of print."""
    return 0.8 <= below.size / above.size <= 1.25
