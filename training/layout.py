"""Layout put onto labelled clean text, so that one text serves in the shapes of newspapers, PDFs and web pages.

A text is a list of cells: a character and the offset it has in the clean text, or None for what the layout adds. Each
transformation takes cells and returns cells; in the end the offsets are read off, so labels move along by themselves.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from pipeline.spans import Span

Cell = tuple[str, int | None]


@dataclass(frozen=True)
class Layout:
    """What a page does to a text. All is off by default: a clean page."""

    columns: tuple[int, int] | None = None
    """Narrowest and widest column, in full-width characters, at which lines are broken; one width a page."""
    indent: str = ""
    """Put in front of each paragraph; where it is empty, the first line of a broken paragraph is still two shorter."""
    blank_after_line: bool = False
    """A blank line after every line, as some PDFs come out; else broken paragraphs have one between them."""
    lines_a_page: int | None = None
    """A page number after so many lines."""
    spaced_figures: bool = False
    """Blanks round figures: 捐赠 10 万元."""
    spaced_marks: bool = False
    """Stray blanks after some commas and full stops, from the kerning of print."""
    wide_figures: bool = False
    """Full-width figures and per cent sign."""
    narrow_marks: bool = False
    """Commas, colons, brackets and their like in ASCII, as NFKC leaves them."""
    furniture: bool = False
    """A menu above, buttons and other articles' titles below."""
    masthead: bool = False
    """A masthead line whose characters are doubled."""
    cut: bool = False
    """The text breaks off in mid-sentence."""
    traditional: bool = False
    """Traditional script, where it has as many characters."""


STYLES: dict[str, Layout] = {
    "clean": Layout(),
    "web": Layout(indent="\u3000\u3000", furniture=True),
    "web_narrow_marks": Layout(narrow_marks=True, furniture=True),
    "newspaper": Layout(columns=(18, 22), spaced_figures=True, spaced_marks=True, masthead=True),
    "newspaper_narrow_marks": Layout(columns=(18, 22), narrow_marks=True),
    "newsletter": Layout(columns=(24, 30), blank_after_line=True, lines_a_page=22, spaced_figures=True),
    "printed": Layout(columns=(32, 40), indent="\u3000\u3000", lines_a_page=30),
    "wide_figures": Layout(indent="\u3000\u3000", wide_figures=True),
    "excerpt": Layout(narrow_marks=True, cut=True),
    "traditional": Layout(indent="\u3000\u3000", traditional=True),
}
"""The layouts by name; a corpus says how often each is used."""


@dataclass(frozen=True)
class LaidOut:
    """A text as a page shows it. ``offsets[i]`` is where character ``i`` of the clean text stands in ``text``.

    Offsets rise. They are fewer than the clean text has characters where the layout cuts the text off.
    """

    text: str
    offsets: tuple[int, ...]


def lay_out(text: str, style: Layout, seed: int) -> LaidOut:
    """Lay clean text (a headline or paragraph a line) out in a style; the same seed gives the same page.

    >>> page = lay_out("向云岭县捐赠20万元。", Layout(spaced_figures=True), seed=1)
    >>> page.text, [page.text[span.start : span.end] for span in move([Span(6, 10)], page) if span]
    ('向云岭县捐赠 20 万元。', ['20 万元'])
    """
    chance = random.Random(seed)
    paragraphs = _paragraphs(text)
    if style.cut:
        paragraphs = _cut(paragraphs, chance)
    if style.traditional:
        paragraphs = [_traditional(paragraph) for paragraph in paragraphs]
    if style.narrow_marks:
        paragraphs = [[(_NARROW.get(character, character), at) for character, at in cells] for cells in paragraphs]
    if style.wide_figures:
        paragraphs = [[(_WIDE.get(character, character), at) for character, at in cells] for cells in paragraphs]
    if style.spaced_figures:
        paragraphs = [list(_space_figures(paragraph)) for paragraph in paragraphs]
    if style.spaced_marks:
        paragraphs = [list(_space_marks(paragraph, chance)) for paragraph in paragraphs]
    lines = _lines(paragraphs, style, chance)
    if style.lines_a_page:
        lines = list(_number_pages(lines, style, chance))
    if style.masthead:
        name = chance.choice(_MASTHEADS)
        lines = [_added(" " + "".join(character * 2 for character in name) + "··\n\n"), *lines]
    if style.furniture:
        lines = [_added(chance.choice(_MENUS) + "\n"), *lines, _added(_feet(chance))]
    cells = [cell for line in lines for cell in line]
    places = [place for place, (_, at) in enumerate(cells) if at is not None]
    return LaidOut("".join(character for character, _ in cells), tuple(places))


def move(spans: Sequence[Span], laid_out: LaidOut) -> list[Span | None]:
    """Return where spans of the clean text lie on the page, in the same order; None for one that was cut off."""
    offsets = laid_out.offsets
    return [
        Span(offsets[span.start], offsets[span.end - 1] + 1) if span.end <= len(offsets) else None for span in spans
    ]


_NARROW = {mark: unicodedata.normalize("NFKC", mark) for mark in "，：；！？（）％＋～"}
_WIDE = {chr(code): chr(code + 0xFEE0) for code in (*range(ord("0"), ord("9") + 1), ord("%"))}
_NOT_FIRST = frozenset("，。、；：！？）》”’」』】,.;:!?)%…—")
_NOT_LAST = frozenset("（《“‘「『【(")

_MASTHEADS = ("社区新闻", "民生在线", "综合新闻", "党建专版", "本期导读")
_MENUS = (
    "首页 > 新闻中心 > 工作动态 > 正文",
    "您当前的位置：首页 > 信息公开 > 部门动态",
    "首页 | 政务公开 | 新闻中心 | 办事服务 | 互动交流",
)
_BUTTONS = ("分享到：微信 微博 QQ空间", "【打印本页】 【关闭窗口】", "责任编辑：李文", "上一篇：没有了", "返回顶部")
_TITLES = ("冬季用水安全须知", "图书馆开放时间调整通知", "春运车票开售", "入冬首场降雪将至", "老年人免费体检问答")


def _paragraphs(text: str) -> list[list[Cell]]:
    """Return the paragraphs as cells; the newline that ends one belongs to it."""
    at = 0
    found: list[list[Cell]] = []
    for line in text.splitlines(keepends=True):
        found.append([(character, at + place) for place, character in enumerate(line)])
        at += len(line)
    return found


def _added(text: str) -> list[Cell]:
    return [(character, None) for character in text]


def _cut(paragraphs: list[list[Cell]], chance: random.Random) -> list[list[Cell]]:
    """Break the last paragraph of ten characters or more off in its middle; what follows goes too."""
    place = max((place for place, cells in enumerate(paragraphs) if len(cells) >= 10), default=None)
    if place is None:
        return paragraphs
    kept = paragraphs[place][: chance.randint(len(paragraphs[place]) // 3, len(paragraphs[place]) - 3)]
    return [*paragraphs[:place], kept]


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def _traditional(cells: list[Cell]) -> list[Cell]:
    """Convert a paragraph by phrases where that keeps the number of characters, else character by character."""
    text = "".join(character for character, _ in cells)
    converted = _converter().convert(text)
    if len(converted) != len(text):
        single = [_converter().convert(character) for character in text]
        converted = "".join(new if len(new) == 1 else old for old, new in zip(text, single, strict=True))
    return [(character, at) for character, (_, at) in zip(converted, cells, strict=True)]


def _space_figures(cells: list[Cell]) -> Iterator[Cell]:
    for place, cell in enumerate(cells):
        before = cells[place - 1][0] if place else ""
        figure, after_figure = _is_figure(cell[0]), _is_figure(before)
        if (figure and _is_han(before)) or (after_figure and _is_han(cell[0])):
            yield " ", None
        yield cell


def _space_marks(cells: list[Cell], chance: random.Random) -> Iterator[Cell]:
    for place, cell in enumerate(cells):
        yield cell
        if cell[0] in "，。？" and place + 2 < len(cells) and chance.random() < 0.4:
            yield " ", None


def _is_figure(character: str) -> bool:
    return character.isascii() and character.isdigit()


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _lines(paragraphs: Iterable[list[Cell]], style: Layout, chance: random.Random) -> list[list[Cell]]:
    """Break the paragraphs into lines, each ended by its newline, with blank lines as the style has them."""
    width = chance.randint(*style.columns) if style.columns else None
    lines: list[list[Cell]] = []
    for cells in paragraphs:
        if width is None:
            lines.append([*_added(style.indent), *cells])
            continue
        broken = list(_broken(cells, width))
        broken[0] = [*_added(style.indent), *broken[0]]
        if style.blank_after_line:
            broken = [[*line, *_added("\n")] for line in broken]
        elif cells[-1][0] == "\n":
            broken[-1] = [*broken[-1], *_added("\n")]
        lines.extend(broken)
    return lines


def _broken(cells: list[Cell], width: int) -> Iterator[list[Cell]]:
    """Break one paragraph at ``width``; no line starts with a closing mark or ends with an opening one.

    A Latin word or a number may be broken, as it is in print.
    """
    line: list[Cell] = []
    room = 2.0 * (width - 2)  # in half-width characters; the first line is indented by two full ones
    for cell in cells:
        if room <= 0 and cell[0] != "\n" and cell[0] not in _NOT_FIRST and cell[0] != " ":
            opening = line.pop() if line[-1][0] in _NOT_LAST and len(line) > 1 else None
            yield [*line, ("\n", None)]
            line, room = ([opening], 2.0 * width - 2) if opening else ([], 2.0 * width)
        line.append(cell)
        room -= 1 if cell[0].isascii() else 2
    yield line


def _number_pages(lines: Sequence[list[Cell]], style: Layout, chance: random.Random) -> Iterator[list[Cell]]:
    shape = chance.choice(("- {} -\n", "第{}页\n", "{}\n"))
    for place, line in enumerate(lines, 1):
        yield line
        if style.lines_a_page and place % style.lines_a_page == 0 and line[-1][0] == "\n":
            number = shape.format(place // style.lines_a_page)
            yield _added(f"{number}\n" if style.blank_after_line else number)


def _feet(chance: random.Random) -> str:
    buttons = chance.sample(_BUTTONS, 2)
    return "\n".join(("", *buttons, "相关文章推荐", *chance.sample(_TITLES, 3)))
