"""Sentences of a repaired text."""

from __future__ import annotations

import re

from pipeline.spans import Span

_END = re.compile(
    r"(?P<quote>“[^“”\n]{0,300}”|「[^「」\n]{0,300}」|『[^『』\n]{0,300}』)"
    r"|《[^《》\n]{0,100}》|（[^（）\n]{0,200}）|\([^()\n]{0,200}\)"
    r"|(?P<stop>[。！？!?]+[”’」』）)》]*)|(?P<line>\n+)"
)
_STOPPED_QUOTE = re.compile(r"[。！？!?][’』」]*[”」』]$")
_GOES_ON = frozenset("，、；：,;:的。！？!?")


def sentences(text: str) -> list[Span]:
    """Return the sentences of a repaired text in order, blanks at their borders left out.

    A sentence ends at 。！？ with the closing marks behind it, or at the end of a line; ； does not end one. Inside
    titles, brackets and quotes nothing ends, but a quote that itself ends as a sentence ends the one it stands in,
    unless that goes on behind it.

    >>> text = "他说：“好。我来。”众人笑了。《谁来？》一书"
    >>> [text[span.start:span.end] for span in sentences(text)]
    ['他说：“好。我来。”', '众人笑了。', '《谁来？》一书']
    """
    found: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if match["quote"]:
            ends = _STOPPED_QUOTE.search(match["quote"]) is not None and text[end : end + 1] not in _GOES_ON
        else:
            ends = match["stop"] is not None or match["line"] is not None
        if ends:
            _add(found, text, start, end)
            start = end
    _add(found, text, start, len(text))
    return found


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start] in " \n":
        start += 1
    while start < end and text[end - 1] in " \n":
        end -= 1
    if start < end:
        found.append(Span(start, end))
