"""Cuts a text into segments: the stretches that the taggers read as one sequence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

# A line end always cuts; a full stop, question or exclamation mark cuts unless a closing mark follows, so that
# “共建家园！”主题活动 stays whole.
_END = re.compile(r"\n+|[。！？](?![。！？”’」』》）)\]】\n])")


def segment_lengths(text: str) -> list[int]:
    """Lengths in characters of the segments that make up ``text``, in order; the end mark belongs to its segment.

    >>> segment_lengths("捐款5万元。签约\\n“加油！”活动")
    [6, 3, 7]
    """
    ends = [match.end() for match in _END.finditer(text)]
    if text and (not ends or ends[-1] != len(text)):
        ends.append(len(text))
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def fits(start: int, end: int, lengths: Sequence[int]) -> bool:
    """Tell whether ``[start, end)`` lies inside one segment of a text with segments of these ``lengths``.

    >>> fits(1, 3, [3, 2]), fits(2, 4, [3, 2])
    (True, False)
    """
    ends = list(accumulate(lengths))
    return end <= ends[bisect_right(ends, start)]
