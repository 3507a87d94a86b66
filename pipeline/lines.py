"""The printed lines of a source: where they lie, how wide they are, which belong to the page rather than to the text.

All texts here are folded (:mod:`pipeline.lookalikes`): a blank is a space, a break is a newline. Widths count in
full-width characters: a Han character is 1, an ASCII character a half, blanks nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from pipeline.lookalikes import INVISIBLE

_LINE = re.compile(rf"[ {INVISIBLE}]*([^\n]*[^\n {INVISIBLE}])")
_FINISHED = re.compile(
    r"[。！？!?…][ ”’」』）)》】]*(?:[ ]*[（(][^（()）]{1,20}[）)])?$|[（(](?:完|[下上]?[转接].{1,8}|未完待续)[）)]$"
)
NARROWEST, WIDEST = 10, 60
"""The widths a column of print may have, in full-width characters; newspapers and PDFs have 15 to 45."""
_TERMINAL = frozenset("。！？!?…)）”’」』》】")


class Line(NamedTuple):
    """One printed line: ``[start, end)`` without the blanks round it, and how it stands on the page."""

    start: int
    end: int
    text: str
    width: float
    room: float
    """The width with the blanks inside, a half each."""
    gap: int
    """Number of blank lines above."""
    indent: int
    """Number of blank characters in front."""
    finished: bool
    """Whether it ends as a sentence ends."""


def split_lines(folded: str) -> list[Line]:
    """Return the lines of a folded text that hold more than blanks.

    >>> [(line.text, line.gap, line.width) for line in split_lines("甲乙。\\n\\n 丙 20\\n")]
    [('甲乙。', 0, 3.0), ('丙 20', 1, 2.0)]
    """
    lines: list[Line] = []
    before = 0
    for match in _LINE.finditer(folded):
        start, end = match.span(1)
        text = match[1]
        breaks = folded.count("\n", before, start)
        # Two bytes more for each character outside ASCII, nearly always; half a surrogate pair counts as three bytes.
        wide = len(text.encode("utf-8", "surrogatepass")) - len(text)
        room = (len(text) + wide / 2) / 2
        width = room - text.count(" ") / 2
        finished = text[-1] in _TERMINAL and _FINISHED.search(text) is not None
        lines.append(Line(start, end, text, width, room, breaks - 1 if lines else 0, start - match.start(), finished))
        before = end
    return lines


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths at which the lines of a document are broken; none when its lines are whole paragraphs."""

    widths: tuple[float, ...]
    gap: int
    """Blank lines between two lines of one paragraph: 1 in some PDFs, else 0."""

    def fills(self, line: Line, slack: float = 2.5) -> bool:
        """Tell whether the line reaches the right border of a column, ``slack`` full-width characters allowed.

        The default leaves room for punctuation moved to the next line and for kerning; two more leave room for the
        lost indent of a first line and for narrow figures.
        """
        return any(width - slack <= line.room and line.width <= width + 1.5 for width in self.widths)


def find_columns(lines: Sequence[Line]) -> Columns:
    """Return the columns in which a document is set.

    A column is a width that many lines reach and few overstep: last lines of paragraphs, headlines and lines of a
    list end anywhere, broken lines end at the border and mostly in mid-sentence.
    """
    size = sum(line.width for line in lines)
    if sum(line.width for line in lines if line.width > WIDEST) > size / 2:
        return Columns((), 0)
    by_width: dict[float, list[Line]] = {}
    for line in lines:
        if NARROWEST <= line.width <= WIDEST:
            by_width.setdefault(line.width, []).append(line)
    widths: list[float] = []
    for border in sorted(by_width, reverse=True):
        if widths and border >= 0.75 * widths[-1]:
            continue
        full = [line for width in by_width if border - 3 <= width <= border for line in by_width[width]]
        near = sum(len(by_width[width]) for width in by_width if 0.6 * border <= width <= border)
        edge = sum(line.width >= border - 1 for line in full)
        least = 5 if widths else 2 if len(lines) <= 8 else 3
        crowded = edge >= max(2, 0.1 * near) and len(full) >= max(least, 0.5 * near)
        if crowded and sum(line.width for line in full) >= 0.05 * size and _broken(full):
            widths.append(border)
    columns = Columns(tuple(widths), 0)
    gaps = Counter(min(below.gap, 1) for line, below in pairwise(lines) if columns.fills(line) and not line.finished)
    return Columns(columns.widths, 1 if gaps[1] > 2 * gaps[0] else 0)


def _broken(full: Sequence[Line]) -> bool:
    """Tell whether lines of one width look cut by a border: half of them in mid-sentence, and not all at the same character.

    The lines of a donation list are alike in width too, but every one ends with 元.
    """
    open_ended = [line for line in full if not line.finished]
    common = max(Counter(line.text[-1] for line in open_ended if line.text[-1] not in "，、,").values(), default=0)
    return len(open_ended) >= 0.5 * len(full) and (common <= 2 or common < 0.35 * len(open_ended))
