"""The notation in which people write labelled bulletins, and its way to and from marks with offsets.

A batch file holds bulletins, each under a header line::

    === by-007 genre=newsletter giver=滨河区 receiver=云岭县 published=2031-03-09
    ~ 滨河对口帮扶简报 第3期
    # [滨河区工商联|ORG]赴[云岭县|GPE]开展助学活动
    [3月5日|DATE date.1]，[滨河区工商联|ORG donor.1]向[[云岭县|GPE]3所小学|FILLER recipient.1][捐赠|EVENT donation.1][20万元|MONEY amount.1]。

``[text|LABEL words]`` labels text; FILLER and ITEM may hold other marks. ``role.N``, ``date.N``, ``place.N``,
``amount.N`` and ``item.N`` tie the text to record N of the bulletin; ``TYPE.N`` makes an EVENT an anchor of it, with
``:planned`` and ``:total`` behind. ``[|TYPE.N]`` opens a record without an anchor. ``free`` says that an amount
belongs to no record on purpose; ``per=``, ``kind=`` and ``canonical=`` are what no span can carry. ``# `` opens a headline line,
``~ `` a line of page furniture; a headline after a body line starts a new item of news. A backslash quotes ``[ | ]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.event_types import event_scheme
from pipeline.spans import Span

ATTRIBUTES = ("per", "kind", "canonical")
FLAGS = ("planned", "total")
ARGUMENTS = ("date", "place", "amount", "item")
_LINK = re.compile(r"([a-z]+)\.(\d+)((?::[a-z]+)*)")
_QUOTED = re.compile(r"[\[\]|\\]")


class MarkupError(ValueError):
    """A fault in a batch file; the message names file, line, what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Link:
    """Ties a mark to record ``number``: ``name`` is a role, an argument kind or an event type; ``flags`` go with a type."""

    name: str
    number: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled stretch ``[start, end)`` of a bulletin's text; ``label`` is None for a record without an anchor."""

    start: int
    end: int
    label: str | None
    links: tuple[Link, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    free: bool = False

    @property
    def span(self) -> Span:
        """The offsets without the rest."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One labelled document: clean text, what its header says, marks in order of start, and its special lines."""

    name: str
    header: Mapping[str, str]
    text: str
    marks: tuple[Mark, ...]
    headlines: tuple[Span, ...]
    furniture: tuple[Span, ...]


def parse_batch(source: str, where: str = "batch") -> Iterator[Bulletin]:
    """Read the bulletins of one batch file; ``where`` names it in errors.

    Raises MarkupError at the first fault.
    """
    header: tuple[str, dict[str, str]] | None = None
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(source.split("\n"), 1):
        if line.startswith("=== "):
            if header:
                yield _bulletin(header, lines, where)
            name, *fields = line[4:].split()
            if any("=" not in field for field in fields):
                raise MarkupError(f"{where}:{number}: header field without '='; write key=value")
            header, lines = (name, dict(field.split("=", 1) for field in fields)), []
        elif line.strip():
            if header is None:
                raise MarkupError(f"{where}:{number}: text before the first header; start with '=== name key=value'")
            lines.append((number, line))
    if header:
        yield _bulletin(header, lines, where)


def _bulletin(header: tuple[str, dict[str, str]], lines: Sequence[tuple[int, str]], where: str) -> Bulletin:
    text = ""
    marks: list[Mark] = []
    special: dict[str, list[Span]] = {"# ": [], "~ ": []}
    for number, line in lines:
        if text:
            text += "\n"
        kind = line[:2] if line[:2] in special else ""
        start = len(text)
        try:
            plain, found = parse_line(line[len(kind) :], start)
        except MarkupError as fault:
            raise MarkupError(f"{where}:{number}: {fault}") from None
        text += plain
        marks += found
        if kind:
            special[kind].append(Span(start, len(text)))
    marks.sort(key=lambda mark: (mark.start, -mark.end))
    return Bulletin(header[0], header[1], text, tuple(marks), tuple(special["# "]), tuple(special["~ "]))


def parse_line(line: str, offset: int = 0) -> tuple[str, list[Mark]]:
    """Split one marked line into its plain text and its marks, whose offsets count from ``offset``.

    >>> parse_line("[甲公司|ORG donor.1]捐赠")
    ('甲公司捐赠', [Mark(start=0, end=3, label='ORG', links=(Link(name='donor', number=1, flags=()),), attributes=(), free=False)])
    """
    plain: list[str] = []
    marks: list[Mark] = []
    open_at: list[int] = []
    position = 0
    while position < len(line):
        character = line[position]
        if character == "\\" and position + 1 < len(line):
            plain.append(line[position + 1])
            position += 2
        elif character == "[":
            open_at.append(len(plain))
            position += 1
        elif character == "|" and open_at:
            close = line.find("]", position)
            if close < 0:
                raise MarkupError(f"mark {line[position : position + 20]!r} is not closed; write [text|LABEL …]")
            start = open_at.pop()
            marks.append(_mark(line[position + 1 : close], offset + start, offset + len(plain)))
            position = close + 1
        elif character == "]":
            raise MarkupError(
                f"']' without '|' near {line[max(0, position - 15) : position + 1]!r}; write [text|LABEL …] or quote it as \\]"
            )
        else:
            plain.append(character)
            position += 1
    if open_at:
        raise MarkupError(
            f"'[' at character {open_at[-1]} of the text is not closed; write [text|LABEL …] or quote it as \\["
        )
    return "".join(plain), marks


def _mark(words: str, start: int, end: int) -> Mark:
    scheme = event_scheme()
    label: str | None = None
    links: list[Link] = []
    attributes: list[tuple[str, str]] = []
    free = False
    known = {*scheme.roles, *ARGUMENTS, *scheme.types}
    for word in words.split():
        key, equals, value = word.partition("=")
        if match := _LINK.fullmatch(word):
            flags = tuple(flag for flag in match[3].split(":") if flag)
            if match[1] not in known:
                raise MarkupError(f"unknown role or type {match[1]!r}; known are {', '.join(sorted(known))}")
            if bad := [flag for flag in flags if flag not in FLAGS or match[1] not in scheme.types]:
                raise MarkupError(f"flag {bad[0]!r} on {match[1]!r}; an event type takes {' and '.join(FLAGS)}")
            links.append(Link(match[1], int(match[2]), flags))
        elif equals and key in ATTRIBUTES:
            attributes.append((key, value))
        elif word == "free":
            free = True
        elif label is None and (word in scheme.labels or word in scheme.helper_labels):
            label = word
        else:
            raise MarkupError(f"{word!r} is neither a label, role.N, TYPE.N, free nor {'=, '.join(ATTRIBUTES)}=")
    if label is None and start != end:
        raise MarkupError(
            f"a mark over text needs a label; one of {', '.join([*scheme.labels, *scheme.helper_labels])}"
        )
    return Mark(start, end, label, tuple(links), tuple(attributes), free)


def write_bulletin(bulletin: Bulletin) -> str:
    """Write a bulletin in the notation; parsing the result gives an equal bulletin."""
    header = " ".join([f"=== {bulletin.name}", *(f"{key}={value}" for key, value in bulletin.header.items())])
    lines = [header]
    start = 0
    prefixes = {span.start: "# " for span in bulletin.headlines} | {span.start: "~ " for span in bulletin.furniture}
    for plain in bulletin.text.split("\n"):
        marks = [mark for mark in bulletin.marks if start <= mark.start and mark.end <= start + len(plain)]
        lines.append(prefixes.get(start, "") + _write_line(plain, start, marks))
        start += len(plain) + 1
    return "\n".join(lines) + "\n"


def _write_line(plain: str, offset: int, marks: Sequence[Mark]) -> str:
    pieces: list[str] = []
    open_marks: list[Mark] = []
    waiting = list(marks)
    for position in range(offset, offset + len(plain) + 1):
        while open_marks and open_marks[-1].end == position:
            pieces.append(f"|{_words(open_marks.pop())}]")
        while waiting and waiting[0].start == position:
            mark = waiting.pop(0)
            pieces.append("[")
            if mark.end == position:
                pieces.append(f"|{_words(mark)}]")
            else:
                open_marks.append(mark)
        if position < offset + len(plain):
            pieces.append(_QUOTED.sub(r"\\\g<0>", plain[position - offset]))
    return "".join(pieces)


def _words(mark: Mark) -> str:
    words = [mark.label] if mark.label else []
    words += [":".join([f"{link.name}.{link.number}", *link.flags]) for link in mark.links]
    words += [f"{key}={value}" for key, value in mark.attributes]
    return " ".join([*words, "free"] if mark.free else words)
