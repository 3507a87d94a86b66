"""Page furniture: the lines that belong to the page and not to the text, such as page numbers, menus, share buttons.

A line is furniture only when the whole of it is: a sentence that begins with 分享 or 编辑 stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from pipeline.lines import Line

_NUMERAL = r"[\d一二三四五六七八九十]+"
_PAGE_NUMBER = re.compile(
    r"[-—–_·•~ ]*(?:\d{1,3}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]{1,4})[-—–_·•~ ]*"
    rf"|[-—–_·•~ ]*第 ?{_NUMERAL} ?页(?: ?[，,/]? ?[(（]?共 ?{_NUMERAL} ?页[)）]?)?[-—–_·•~ ]*"
    r"|\d{1,3} ?/ ?\d{1,3}|[Pp]age ?\d+(?: ?(?:of|/) ?\d+)?"
)
_LONE_NUMBER = re.compile(r"\d{1,3}")

_OTHER_ARTICLES = r"(?:热点|热门|相关|推荐|更多|最新|精彩|延伸|猜你喜欢)(?:文章|新闻|阅读|链接|资讯|信息|报道|专题)?(?:推荐|列表|排行|精选)?"
_BUTTONS = (
    r"(?:打印本页|打印|关闭窗口|关闭本页|关闭|返回顶部|返回首页|返回列表|回到顶部|收藏本页|收藏|我要纠错|分享|复制链接"
    r"|字[号体] ?[:：]?|[大中小] ?[大中小] ?[大中小]|放大 ?缩小|微信|微博|新浪微博|腾讯微博|朋友圈|QQ空间|QQ好友|豆瓣|人人网)"
)
_COUNTERS = r"(?:浏览|阅读|点击|访问)(?:次数|量|数|率)?|字[号体]"
_STAFF = r"(?:责任编辑|责编|编辑|网络编辑|审核|校对|编审|终审|初审|复审|美编|版式|值班编委|一读|二读|三审)"
_RUNNING_TEXT = re.compile(r"[，。；！？,;]")
_TITLES_FOLLOW = re.compile(rf"[【\[]?{_OTHER_ARTICLES}[】\]]? ?[:：>»]*")

_STARTS = frozenset(
    "-—–_·•~ 0123456789ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ第Pp热相推更最精延猜【[(（|上下打关返回收我分复字大中小放微新腾朋Q豆人"
    "责编网审校终初美版值一二三您当现所位首浏阅点访来发信稿作时日技备"
)
"""What furniture starts with: a quick look that spares most lines the patterns above (menus with | are looked at apart)."""


@cache
def _furniture() -> re.Pattern[str]:
    """What is furniture by its wording; compiled on first use, which takes a moment."""
    return re.compile(
        rf"[【\[]?{_OTHER_ARTICLES}[】\]]? ?[:：>»]*"
        r"|[【\[(（]? ?[上下]一[篇条版页] ?[】\])）]?(?: ?[:：].*)?(?: +[上下]一[篇条版页](?: ?[:：].*)?)?"
        rf"|[【\[(（| ]*(?:(?:分享[到至] ?[:：]?|{_BUTTONS})[】\])）|、/ 【\[(（]*)+"
        rf"|[【\[(（]?(?:{_STAFF} ?[:：] ?[\u4e00-\u9fffA-Za-z、 ·]{{0,16}}[;；,， ]*)+[】\])）]?"
        r"|您?(?:(?:当前|现在|所在)的?(?:所在)?)?位置 ?(?:是)? ?[:：].{0,60}"
        r"|首页(?: ?[>»|/·-]+ ?[^ >»|/]{1,16}| +[^ ]{2,6}){1,20}"
        # a menu; what tells a figure is the row of a table
        r"|(?!.*元)(?:[^ |\d]{2,6} ?\| ?){2,}[^ |\d]{2,6}"
        rf"|(?:来源|发布时间|发布日期|发布机构|信息来源|稿件来源|作者|时间|日期).{{0,60}}(?:{_COUNTERS}) ?[:：].{{0,30}}|(?:{_COUNTERS}) ?[:：].{{0,60}}"
        r"|(?:版权所有|技术支持|网站标识码|备案号|[\u4e00-\u9fff]ICP备|[\u4e00-\u9fff]公网安备).{0,80}"
        r"|第 ?[A-Z]?\d{1,3} ?版(?: ?[:：] ?[\u4e00-\u9fff·]{2,10})?"
    )


def find_furniture(lines: Sequence[Line]) -> list[bool]:
    """Tell for each line whether it is page furniture.

    A lone number is a page number only if such numbers rise through the document and lie far apart: in a table pasted
    cell by cell they are amounts. A heading that stands beside page numbers on several pages is furniture as well. Below
    相关文章 and its like short lines are other articles' titles, if nothing but such lines follows to the end.
    """
    numbers = [line.width <= 12 and _PAGE_NUMBER.fullmatch(line.text) is not None for line in lines]
    lone = [place for place, line in enumerate(lines) if numbers[place] and _LONE_NUMBER.fullmatch(line.text)]
    pairs = list(pairwise(lone))
    if any(after - before < 6 or int(lines[after].text) <= int(lines[before].text) for before, after in pairs):
        for place in lone:
            numbers[place] = False
    found = [number or _is_furniture(line) for number, line in zip(numbers, lines, strict=True)]
    for place in _running_heads(lines, numbers):
        found[place] = True
    last = len(lines)
    while last and (found[last - 1] or (lines[last - 1].width <= 40 and not lines[last - 1].finished)):
        last -= 1
    for place in range(last, len(lines)):
        if found[place] and _TITLES_FOLLOW.fullmatch(lines[place].text):
            found[place:] = [True] * (len(lines) - place)
            break
    return found


def _is_furniture(line: Line) -> bool:
    return (
        line.width <= 60
        and (line.text[0] in _STARTS or "|" in line.text)
        and not line.finished
        and _furniture().fullmatch(line.text) is not None
    )


def _running_heads(lines: Sequence[Line], numbers: Sequence[bool]) -> list[int]:
    """Return the places of lines that stand, always the same, beside the page numbers of at least three pages."""
    beside = [
        place
        for place, line in enumerate(lines)
        if not numbers[place]
        and not _RUNNING_TEXT.search(line.text)
        and ((place and numbers[place - 1]) or (place + 1 < len(lines) and numbers[place + 1]))
    ]
    often = Counter(lines[place].text for place in beside)
    return [place for place in beside if often[lines[place].text] >= 3]
