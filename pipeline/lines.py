"""The printed lines of a source: where they lie, how wide they are, which belong to the page rather than to the text.

All texts here are folded (:mod:`pipeline.lookalikes`): a blank is a space, a break is a newline. Widths count in
full-width characters: a Han character is 1, an ASCII character a half, blanks nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.lookalikes import INVISIBLE

_LINE = re.compile(rf"[ {INVISIBLE}]*([^\n]*[^\n {INVISIBLE}])")
_FINISHED = re.compile(r"[。！？!?…][”’」』）)》】]*$|(?<=[\u4e00-\u9fff”])\.$|[(（](?:完|下转|上接)?[^（()）]{0,12}[)）]$")
_TERMINAL = frozenset("。！？!?….)）”’」』》】")


class Line(NamedTuple):
    """One printed line: ``[start, end)`` without the blanks round it, and how it stands on the page."""

    start: int
    end: int
    text: str
    width: float
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
        wide = len(text.encode()) - len(text)  # two bytes more for each character outside ASCII, nearly always
        width = (len(text) - text.count(" ") + wide / 2) / 2
        finished = text[-1] in _TERMINAL and _FINISHED.search(text) is not None
        lines.append(Line(start, end, text, width, breaks - 1 if lines else 0, start - match.start(), finished))
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

        The default leaves room for punctuation moved to the next line and for kerning; the first line of a
        paragraph, whose indent may be lost, needs two more.
        """
        return any(width - slack <= line.width <= width + 1.5 for width in self.widths)


def find_columns(lines: Sequence[Line]) -> Columns:
    """Return the columns in which a document is set.

    A column is a width that many lines reach and few overstep: last lines of paragraphs, headlines and lines of a
    list end anywhere, broken lines end at the border and mostly in mid-sentence.
    """
    widths: list[float] = []
    left = sorted((line for line in lines if 10 <= line.width <= 60), key=lambda line: -line.width)
    while len(left) >= 3:
        border = left[0].width
        near = [line for line in left if line.width >= 0.6 * border]
        full = [line for line in near if line.width >= border - 2.5]
        edge = sum(line.width >= border - 1 for line in full)
        if edge >= max(2, 0.1 * len(near)) and len(full) >= max(3, 0.5 * len(near)) and _broken(full):
            widths.append(border)
            left = [line for line in left if line.width < 0.75 * border]
        else:
            left = left[1:]
    columns = Columns(tuple(widths), 0)
    gaps = Counter(
        min(below.gap, 1) for line, below in zip(lines, lines[1:], strict=False) if columns.fills(line) and not line.finished
    )
    return Columns(columns.widths, 1 if gaps[1] > 2 * gaps[0] else 0)


def _broken(full: Sequence[Line]) -> bool:
    """Tell whether lines of one width look cut by a border: most in mid-sentence, and not all at the same character.

    The lines of a donation list are alike in width too, but every one ends with 元.
    """
    open_ended = [line for line in full if not line.finished]
    common = max(Counter(line.text[-1] for line in open_ended).values(), default=0)
    return len(open_ended) >= 0.6 * len(full) and (common <= 2 or common < 0.35 * len(open_ended))


_PAGE_NUMBER = re.compile(
    r"[-—–－_·•.~\s]*第?\s*[\dⅠⅡⅢⅣⅤⅥ]{1,4}\s*页?[-—–－_·•~\s]*"
    r"|第\s*[\d一二三四五六七八九十]+\s*页\s*[，,/]?\s*[(（]?共\s*[\d一二三四五六七八九十]+\s*页[)）]?"
    r"|\d{1,3}\s*/\s*\d{1,3}|[Pp]age\s*\d+(?:\s*of\s*\d+)?"
)
_LONE_NUMBER = re.compile(r"\d{1,4}")
_FIELD = r"(?:稿件|信息|文章)?(?:来源|发布时间|发布日期|发布机构|时间|日期|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读|点击数|点击量|点击率|点击|访问量|字号|字体|作者|编辑|责任编辑|责编|审核|校对|编审|打印|分享)"
_FURNITURE = re.compile(
    r"(?:热点|相关|推荐|更多|最新|精彩|延伸)(?:文章|新闻|阅读|链接|资讯|信息|内容|报道|专题|图片)?(?:推荐|列表|排行|精选)?\s*[:：>»]*"
    r"|[【\[(（]?\s*(?:上一篇|下一篇|上一条|下一条|上一版|下一版|上一页|下一页)\s*[】\])）]?(?:\s*[:：].*|\s+.{0,40})?"
    r"|(?:分享到|分享至|一键分享|分享)\s*[:：]?[^。！？]{0,30}"
    r"|[【\[(（]?\s*(?:责任编辑|责编|编辑|网络编辑|审核|校对|编审|终审|初审|复审|美编|版式)\s*[:：]\s*[^。，！？]{0,30}[】\])）]?"
    r"|[【\[(（\s]*(?:打印本页|打印|关闭窗口|关闭本页|关闭|返回顶部|返回首页|返回列表|返回|回到顶部|收藏本页|我要纠错|扫一扫[^。]{0,20}|放大|缩小|默认|大|中|小|[|｜/\s】\])）【\[(（])+"
    r"|(?:您?(?:当前|现在|所在)的?(?:所在)?位置|当前位置|您所在的位置)\s*(?:是)?\s*[:：].{0,60}"
    r"|首页(?:\s*[>»|｜/\-·]+\s*\S{1,12}|\s+\S{2,6}){1,20}"
    r"|(?:\S{2,6}\s*[|｜]\s*){2,}\S{2,6}"
    rf"|{_FIELD}\s*[:：][^。，！？]{{0,60}}"
    r"|(?:版权所有|主办单位|承办单位|技术支持|网站标识码|备案号|[\u4e00-\u9fff]ICP备|[\u4e00-\u9fff]公网安备).{0,80}"
)
_FURNITURE_STARTS = frozenset(
    "-—–_·•.~0123456789ⅠⅡⅢⅣⅤⅥ第Pp热相推更最精延【[(（上下分一责编网审校终初复美版打关返回收我扫放缩默大中小|｜/您当现所首稿信文来发时日浏阅点访字作主承技备"
)
_OTHER_ARTICLES = re.compile(r"(?:热点|相关|推荐|更多|最新|精彩|延伸)(?:文章|新闻|阅读|链接|资讯|报道)?(?:推荐|列表|排行|精选)?\s*[:：>»]*")


def furniture(lines: Sequence[Line]) -> list[bool]:
    """Tell for each line whether it is page furniture: page number, menu, share button, publisher's note.

    A lone number is a page number only if such numbers rise through the document and lie far apart: in a table pasted
    cell by cell they are amounts. Below a heading such as 相关文章 short lines are other articles' titles, if nothing but
    such lines follows to the end.
    """
    found = [
        line.text[0] in _FURNITURE_STARTS
        and line.width <= 60
        and (_PAGE_NUMBER.fullmatch(line.text) is not None or _FURNITURE.fullmatch(line.text) is not None)
        for line in lines
    ]
    lone = [place for place, line in enumerate(lines) if found[place] and _LONE_NUMBER.fullmatch(line.text)]
    pairs = list(zip(lone, lone[1:], strict=False))
    if any(after - before < 6 or int(lines[after].text) <= int(lines[before].text) for before, after in pairs):
        for place in lone:
            found[place] = False
    titles = len(lines)
    while titles and (found[titles - 1] or (lines[titles - 1].width <= 40 and not lines[titles - 1].finished)):
        titles -= 1
    headings = [place for place in range(titles, len(lines)) if _OTHER_ARTICLES.fullmatch(lines[place].text)]
    for place in range(headings[0] if headings else len(lines), len(lines)):
        found[place] = True
    return found
