"""Saved web pages: their main text without menus, with the day and publisher that the page states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from pipeline.formats.content import MAX_DEPTH, MAX_MARKUP, Content, Known, Refusal, bounded, checked, find_day
from pipeline.formats.plain import decode

if TYPE_CHECKING:
    from resiliparse.parse.html import DocumentNode, ElementNode, HTMLTree

_DAYS = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "og:published_time",
    "weibo:article:create_at",
    "datepublished",
    "dc.date.issued",
)
"""Names under which a page's head states the day; the first is that of the rules for government sites."""
_SOURCES = ("contentsource", "og:site_name", "sitename")
_TITLES = ("articletitle", "og:title")

_DATA_DAY = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_STATED_DAY = re.compile(r"(?<![\u4e00-\u9fff])(?:发[布表文]|刊[登发]|更新)?(?:时间|日期)\s*[:：]\s*(.{8,20})")
_STATED_SOURCE = re.compile(r"(?:信息|稿件|文章|新闻)?来源\s*[:：]\s*([\u4e00-\u9fff]{2,30})")
_SITE = re.compile(r"\s*[_|｜—–]+\s*|\s+-+\s+")
"""What parts a page's title from the name of its site."""

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*(big5)", re.IGNORECASE)
_TAG = re.compile(r"<(?:!--|(/?)([A-Za-z][A-Za-z0-9:-]*)[^<>]*>)")
_NEVER_DEEP = re.compile(
    r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
    r"|html|head|body|p|li|d[td]|option|t[rdh]|thead|tbody|tfoot"
)
"""Elements that hold nothing, or whose end people leave out since the next of the kind ends them."""
_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "svg", "math")}
"""The ends of elements in another language than that of pages."""

_NO_TEXT = "script, style, noscript, template, iframe, svg, select, button, textarea, nav, header, footer, aside"
_MENU = "ul, ol, dl, table, div, section, p, center, td"
_MENU_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|foot|footer|header|copyright|crumbs?|breadcrumbs?|share|related|recommend|sidebar|comments?|toolbar|tools|position|location)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MOST_LINKED = 0.6
"""A block with several links that make up a larger share of its characters is a menu or a list of other pages."""
_MOST_NAMED = 0.3
"""A block that is called a menu holds no more of the page's text than this, or the name is believed to be wrong."""
_MAIN = 0.8
"""The main text is in the innermost element that holds so much of what is on the page beside menus and links."""
_HOLDS = frozenset(
    {"div", "section", "article", "main", "table", "tbody", "tr", "td", "center", "form", "font", "span"}
)
"""The elements that may hold a main text."""
_SHORTEST_TITLE = 8

_LINE_START = re.compile(r"^[ \t]*(?:[•◦▪‣][ \t]*)?", re.MULTILINE)
_CELL_BORDER = re.compile(r"[ ]*\t[ \t]*(?=\S)")
_BLANK_LINES = re.compile(r"\n{3,}")


def read_web_page(file: BinaryIO) -> Iterator[Content]:
    """Yield the main text of a web page: its headline, each paragraph a line, each row of a table a line."""
    markup = _decoded(bounded(file, MAX_MARKUP))
    if _depth(markup) > MAX_DEPTH:
        raise Refusal("unsafe", f"is nested deeper than {MAX_DEPTH} elements; save it as text")
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    page = HTMLTree.parse(markup)
    whole = extract_plain_text(page)
    stated = _head(page)
    title = _title(page, stated)
    body = page.body
    text = ""
    if body is not None:
        _prune(body)
        text = extract_plain_text(HTMLTree.parse(_main(body).inner_html), preserve_formatting=True)
    text = _BLANK_LINES.sub("\n\n", _CELL_BORDER.sub("  ", _LINE_START.sub("", text))).strip()
    if "".join(title.split()) not in "".join(text.split()):
        text = f"{title}\n\n{text}"
    yield Content(checked(text), known=Known(_day(markup, stated, whole), _source(stated, whole)))


def _decoded(content: bytes) -> str:
    """Return the markup of a page; the encoding it names is believed where it is neither UTF-8 nor that of China."""
    named = _CHARSET.search(content[:4096])
    if named:
        try:
            return content.decode(named[1].decode())
        except UnicodeDecodeError:
            pass
    return decode(content)


def _depth(markup: str) -> int:
    """Return how deep elements may be nested: a quick count, since the time to parse grows with the square of the depth."""
    depth = deepest = position = 0
    while found := _TAG.search(markup, position):
        position = found.end()
        name = (found[2] or "").lower()
        if not name:
            position = markup.find("-->", position)
        elif name in _ENDS and not found[1]:
            end = _ENDS[name].search(markup, position)
            position = end.start() if end else -1
        elif not _NEVER_DEEP.fullmatch(name):
            depth = max(depth - 1, 0) if found[1] else depth + 1
            deepest = max(deepest, depth)
        if position < 0:
            break
    return deepest


def _head(page: HTMLTree) -> Mapping[str, str]:
    """Return what the page states of itself by name, in lower case: the ``meta`` of its head, and the day of its ``time``."""
    stated: dict[str, str] = {}
    for meta in _all(page.document, "meta[content], [itemprop=datePublished], time[datetime]"):
        name = meta.getattr("name") or meta.getattr("property") or meta.getattr("itemprop")
        content = meta.getattr("content") or meta.getattr("datetime")
        if content and content.strip():
            stated.setdefault((name or ("datepublished" if meta.tag == "time" else "")).lower(), content.strip())
    return stated


def _day(markup: str, stated: Mapping[str, str], whole: str) -> date | None:
    """Return the day the page states: in its head, in its data for search engines, or on a line 发布时间：…"""
    for name in _DAYS:
        if name in stated and (day := find_day(stated[name])):
            return day
    for pattern, text in ((_DATA_DAY, markup), (_STATED_DAY, whole)):
        for found in pattern.finditer(text):
            if day := find_day(found[1]):
                return day
    return None


def _source(stated: Mapping[str, str], whole: str) -> str | None:
    named = next((stated[name] for name in _SOURCES if name in stated), None)
    found = _STATED_SOURCE.search(whole)
    return named or (found[1] if found else None)


def _title(page: HTMLTree, stated: Mapping[str, str]) -> str:
    """Return the page's headline; empty where only a short title of the window could be one."""
    headings = (heading.text or "" for heading in _all(page.document, "h1"))
    for title in (*(stated.get(name, "") for name in _TITLES), *headings):
        if title.strip():
            return " ".join(title.split())
    longest = max(_SITE.split(page.title or ""), key=len).strip()
    return " ".join(longest.split()) if len(longest) >= _SHORTEST_TITLE else ""


def _prune(body: ElementNode) -> None:
    """Take menus, lists of links and what holds no text out of the page."""
    for element in _all(body, _NO_TEXT):
        element.remove()
    size = _size(body)
    for element in _all(body, _MENU):
        own = _size(element)
        linked = [_size(link) for link in _all(element, "a")]
        name = f"{element.getattr('class') or ''} {element.getattr('id') or ''}"
        called = _MENU_NAME.search(name) is not None and own <= _MOST_NAMED * size
        if called or (len(linked) > 1 and sum(linked) > _MOST_LINKED * own):
            element.remove()


def _main(body: ElementNode) -> ElementNode:
    """Return the innermost element that holds most of the text."""
    size = _unlinked(body)
    main = body
    while True:
        inner = [child for child in main.children if child.tag in _HOLDS and _unlinked(child) >= _MAIN * size]
        if not inner:
            return main
        main = inner[0]


def _unlinked(element: ElementNode) -> int:
    return _size(element) - sum(_size(link) for link in _all(element, "a"))


def _size(element: ElementNode) -> int:
    """Count the characters of an element, blanks left out."""
    return len("".join((element.text or "").split()))


def _all(within: ElementNode | DocumentNode | None, selector: str) -> list[ElementNode]:
    return list(within.query_selector_all(selector)) if within is not None else []
