"""Composed texts put into every format that is read: what tests and the benchmark of formats compare with plain text.

A text is plain here when each of its lines is a paragraph, a headline, or a row of a list.
"""

from __future__ import annotations

import csv
import html
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.documents import Document
from pipeline.repair import repair

MENU = "".join(
    f'<li><a href="/{number}">{name}</a></li>' for number, name in enumerate(("首页", "新闻中心", "政务公开"))
)
OTHERS = "".join(
    f'<li><a href="/{name}">{name}</a></li>' for name in ("春季开学安排", "柳湾村召开村民大会", "明日天气")
)


def plain(document: Document) -> str:
    """Return the document's text with one paragraph a line, as repair reads it."""
    return "\n".join(passage.text for passage in repair(document))


def as_html(text: str) -> bytes:
    """Make a web page: the text as paragraphs among menus, buttons, links to other pages and a line of copyright."""
    title, _, rest = text.partition("\n")
    body = "\n".join(f"<p>　　{html.escape(line)}</p>" for line in rest.split("\n"))
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{html.escape(title)}_云岭县门户网站</title>
<script>var menu = "<div><ul>";</script></head>
<body><div class="top"><ul class="nav">{MENU}</ul></div>
<div class="place">当前位置：<a href="/">首页</a> &gt; <a href="/1">新闻中心</a></div>
<div class="page"><h1>{html.escape(title)}</h1>
<div class="editor">{body}</div></div>
<div class="share"><a href="#">微信</a> <a href="#">微博</a></div>
<div class="list"><h3>相关文章</h3><ul>{OTHERS}</ul></div>
<div class="footer">版权所有：云岭县门户网站 技术支持：云岭网络</div></body></html>""".encode()


def as_word(text: str) -> bytes:
    """Make a Word file, a paragraph a line; lines with two blanks become rows of tables."""
    import docx

    document = docx.Document()
    for line in text.split("\n"):
        cells = line.split("  ")
        if len(cells) > 1:
            row = document.add_table(rows=1, cols=len(cells)).rows[0]
            for cell, content in zip(row.cells, cells, strict=True):
                cell.text = content
        else:
            document.add_paragraph(line)
    return _saved(document.save)


def as_pdf(text: str, columns: int = 1) -> bytes:
    """Print the text on A4 in columns, the first headline over all of them, with the page's number below."""
    from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import BaseDocTemplate, Frame, FrameBreak, NextPageTemplate, PageTemplate, Paragraph, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    (width, height), edge, head, gap = A4, 60, 70, 24
    shape = (width - 2 * edge - gap * (columns - 1)) / columns

    def frames(top: float) -> list[Frame]:
        return [
            Frame(edge + number * (shape + gap), edge, shape, top - edge, 0, 0, 0, 0, id=f"{top}-{number}")
            for number in range(columns)
        ]

    def number_page(canvas: Any, template: Any) -> None:
        canvas.setFont("STSong-Light", 9)
        canvas.drawCentredString(width / 2, edge / 2, f"- {template.page} -")

    body = ParagraphStyle(
        "body", fontName="STSong-Light", fontSize=10.5, leading=16, wordWrap="CJK", alignment=TA_JUSTIFY
    )
    running = ParagraphStyle("running", body, firstLineIndent=21)
    # Small enough for the headlines of the samples in the narrowest column: reportlab prints no line of one character.
    headline = ParagraphStyle("headline", body, fontSize=12, leading=20, spaceBefore=10, spaceAfter=6)
    title = ParagraphStyle("title", headline, fontSize=18, leading=26, alignment=TA_CENTER)
    first, *rest = text.split("\n")
    story = [Paragraph(html.escape(first), title), NextPageTemplate("later"), FrameBreak()]
    for line in rest:
        style = running if "。" in line else headline if len(line) > 8 and "元" not in line else body
        cells = [Paragraph(html.escape(cell), style) for cell in line.split("  ")]
        story.append(cells[0] if len(cells) == 1 else Table([cells], style=[("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    top = Frame(edge, height - edge - head, width - 2 * edge, head, 0, 0, 0, 0, id="top")
    pages = [
        PageTemplate("first", [top, *frames(height - edge - head)], onPage=number_page),
        PageTemplate("later", frames(height - edge), onPage=number_page),
    ]
    return _saved(lambda file: BaseDocTemplate(file, pagesize=A4, pageTemplates=pages, invariant=1).build(story))


def as_scan(text: str, columns: int = 1, dots: int = 150) -> bytes:
    """Print the text, look at it through a scanner of so many dots an inch that stands a little askew, and save the pictures."""
    import numpy
    import pypdfium2
    from PIL import Image

    document = pypdfium2.PdfDocument(as_pdf(text, columns))
    grain = numpy.random.default_rng(7)
    pictures = []
    for page in document:
        drawn = page.render(scale=dots / 72).to_pil().convert("L").rotate(0.4, fillcolor=255)
        noise = grain.normal(0, 12, (drawn.height, drawn.width))
        pictures.append(Image.fromarray(numpy.clip(numpy.asarray(drawn) * 0.85 + 25 + noise, 0, 255).astype("uint8")))
    return _saved(
        lambda file: pictures[0].save(
            file, "PDF", resolution=dots, save_all=True, append_images=pictures[1:], quality=70
        )
    )


def as_json_lines(text: str) -> bytes:
    """Make a table of one row in JSON Lines."""
    return json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n"


def as_table(text: str) -> bytes:
    """Make a table of one row in CSV, as spreadsheets in China save it."""
    file = io.StringIO()
    csv.writer(file).writerows([["正文"], [text]])
    return file.getvalue().encode("gb18030")


def as_archive(text: str) -> bytes:
    """Pack a text file and nothing else."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("简报/一.txt"), text)
    return file.getvalue()


FORMATS: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    "text": (".txt", str.encode),
    "web page": (".html", as_html),
    "Word": (".docx", as_word),
    "JSON Lines": (".jsonl", as_json_lines),
    "CSV": (".csv", as_table),
    "archive": (".zip", as_archive),
    "PDF": (".pdf", as_pdf),
    "PDF, 2 columns": (".pdf", lambda text: as_pdf(text, 2)),
    "PDF, 3 columns": (".pdf", lambda text: as_pdf(text, 3)),
    "scan": (".pdf", as_scan),
    "scan, 2 columns": (".pdf", lambda text: as_scan(text, 2)),
}
"""For each format its suffix and what makes it of a text."""


def _saved(save: Callable[[io.BytesIO], Any]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()
