"""Every format is read into the text that people wrote, with the day, publisher and place on the page that it tells."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import get_args

import docx
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.printing import FORMATS, as_html, as_pdf, as_word
from pipeline.documents import READERS, Document, Reason, Rejected, read_documents
from pipeline.formats import content as limits

TEXT = """滨河区赴云岭县开展对口帮扶
3月5日，滨河区政府代表团到云岭县考察。远帆公司向明德小学捐赠20万元，用于购买图书和课桌椅。
代表团一行走访慰问了柳湾村12户困难群众，为每户送上慰问金800元。
"""
PLAIN_FORMATS = [name for name in FORMATS if not name.startswith(("PDF", "scan"))]


def read(folder: Path, name: str, content: bytes) -> list[Document | Rejected]:
    (folder / name).write_bytes(content)
    return list(read_documents([folder / name]))


def one(folder: Path, name: str, content: bytes) -> Document:
    (document,) = read(folder, name, content)
    assert isinstance(document, Document), document
    return document


def squeezed(text: str) -> list[str]:
    return ["".join(line.split()) for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("name", PLAIN_FORMATS)
def test_each_format_holds_the_lines_of_the_text_and_nothing_else(tmp_path: Path, name: str) -> None:
    suffix, make = FORMATS[name]
    document = one(tmp_path, f"x{suffix}", make(TEXT))
    assert squeezed(document.text) == squeezed(TEXT)
    assert document.extracted is (suffix != ".txt")
    if document.extracted:
        assert document.sha256 == hashlib.sha256(document.text.encode()).hexdigest()


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_print_is_read_column_by_column(tmp_path: Path, columns: int) -> None:
    text = TEXT + "\n".join(
        f"第{number}村的合作社负责人表示，今年的收成比往年更好，大家都很高兴。" for number in range(40)
    )
    document = one(tmp_path, "x.pdf", as_pdf(text, columns))
    pages = "".join(squeezed(document.text))
    for number in (3, 2, 1):
        pages = pages.replace(f"-{number}-", "")
    assert pages == "".join(squeezed(text))


def test_blocks_tell_page_and_place_of_the_text(tmp_path: Path) -> None:
    document = one(tmp_path, "x.pdf", as_pdf(TEXT, 2))
    head, *_, last = document.blocks
    assert document.text[head.start : head.end] == "滨河区赴云岭县开展对口帮扶"
    assert document.text[last.start : last.end] == "- 1 -"
    assert head.page == last.page == 1
    assert head.box is not None
    assert last.box is not None
    assert 0 < last.box[1] < last.box[3] < head.box[1] < head.box[3] < 842
    assert 0 < head.box[0] < head.box[2] < 595
    borders = [border for block in document.blocks for border in (block.start, block.end)]
    assert borders == sorted(borders)


def test_rows_of_a_printed_table_stay_together(tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setFont("STSong-Light", 12)
    rows = [
        ("青禾县晨露农业公司", "5万元"),
        ("供销合作社", "30000元"),
        ("县实验小学全体教师", "1万元"),
        ("周先生", "2千元"),
    ]
    for place, (giver, amount) in enumerate(rows):
        canvas.drawString(80, 700 - 20 * place, giver)
        canvas.drawString(350, 700 - 20 * place, amount)
    canvas.save()
    assert one(tmp_path, "x.pdf", file.getvalue()).text.split("\n") == ["  ".join(row) for row in rows]


def test_a_page_states_its_day_and_source(tmp_path: Path) -> None:
    head = '<meta name="PubDate" content="2031-03-06 10:20"><meta name="ContentSource" content="云岭周报">'
    document = one(tmp_path, "x.html", as_html(TEXT).replace(b"<head>", b"<head>" + head.encode()))
    assert (document.published, document.source) == (date(2031, 3, 6), "云岭周报")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("发布时间：2031-03-06 来源：云岭县政府", date(2031, 3, 6)),
        ("日期：2031年3月6日", date(2031, 3, 6)),
        ("活动时间：2031年3月6日", None),
        ("发布时间：今天", None),
        ("发布时间：2031-13-40", None),
    ],
)
def test_a_line_of_a_page_states_its_day(tmp_path: Path, line: str, day: date | None) -> None:
    page = as_html(TEXT).replace(
        b'<div class="editor">', f'<div class="about">{line}</div><div class="editor">'.encode()
    )
    assert one(tmp_path, "x.htm", page).published == day


def test_metadata_goes_before_what_a_page_states(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_bytes(as_html(f"{TEXT}发布时间：2031-03-06"))
    (tmp_path / "metadata.csv").write_text("path,published\nx.html,2031-03-07\n")
    (document,) = read_documents([tmp_path])
    assert isinstance(document, Document)
    assert document.published == date(2031, 3, 7)


def test_a_page_in_the_encoding_of_china_or_taiwan_is_read(tmp_path: Path) -> None:
    assert (
        "捐赠20万元"
        in one(tmp_path, "x.html", as_html(TEXT).decode().replace("utf-8", "gb2312").encode("gb18030")).text
    )
    page = "<meta charset=big5><p>遠帆公司捐贈圖書三百冊，送到雲嶺縣。</p>"
    assert one(tmp_path, "y.html", page.encode("big5")).text == "遠帆公司捐贈圖書三百冊，送到雲嶺縣。"


def test_tables_and_lists_of_a_page_keep_their_rows(tmp_path: Path) -> None:
    page = (
        "<body><h1>捐款名单公示</h1><table><tr><th>单位<th>金额<tr><td>远帆公司<td>5万元</table>"
        "<ul><li>明德基金会捐赠图书300册</li></ul><ol><li>滨河商会3万元</li></ol></body>"
    )
    assert squeezed(one(tmp_path, "x.html", page.encode()).text) == [
        "捐款名单公示",
        "单位金额",
        "远帆公司5万元",
        "明德基金会捐赠图书300册",
        "1.滨河商会3万元",
    ]


def test_pictures_saved_beside_a_page_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x_files").mkdir()
    (tmp_path / "x_files" / "logo.png").write_bytes(b"\x89PNG")
    (tmp_path / "x.html").write_bytes(as_html(TEXT))
    assert [type(entry) for entry in read_documents([tmp_path])] == [Document]


def test_word_text_boxes_insertions_and_tables_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("远帆公司捐赠")
    inserted = paragraph.add_run("20万元")._element
    box = docx.oxml.parse_xml(
        '<w:ins xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><mc:AlternateContent>'
        "<mc:Choice><w:txbxContent><w:p><w:r><w:t>框中的字</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:p><w:r><w:t>框中的字</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:r></w:ins>"
    )
    inserted.addnext(box)
    box.append(inserted)
    paragraph.paragraph_format.tab_stops.add_tab_stop(100)
    cell = document.add_table(1, 2).rows[0].cells
    cell[0].text, cell[1].text = "左栏第一段。\n左栏第二段。", "右栏。"
    cell = document.add_table(1, 2).rows[0].cells
    cell[0].text, cell[1].text = "滨河商会", "3万元"
    file = io.BytesIO()
    document.save(file)
    lines = one(tmp_path, "x.docx", file.getvalue()).text.split("\n")
    assert [line for line in lines if line] == [
        "框中的字", "远帆公司捐赠20万元", "左栏第一段。", "左栏第二段。", "右栏。", "滨河商会  3万元",
    ]  # fmt: skip


def test_rows_are_documents_with_ids_days_and_places(tmp_path: Path) -> None:
    rows = [
        {
            "text": "甲公司捐赠图书。",
            "title": "捐赠",
            "published": "2031-03-05T10:00",
            "source": "云岭周报",
            "region": "云岭县",
        },
        {"正文": "乙公司捐赠大米。", "编号": "简报/2"},
    ]
    lines = "\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    first, second = read(tmp_path, "x.jsonl", b"\xef\xbb\xbf" + lines.encode())
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.doc_id, first.text) == ("x.jsonl#1", "捐赠\n甲公司捐赠图书。")
    assert (first.published, first.source, first.region) == (date(2031, 3, 5), "云岭周报", "云岭县")
    assert (second.doc_id, second.text, second.published) == ("x.jsonl#简报%2F2", "乙公司捐赠大米。", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_table_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    table = 'ID,Text,地区\n7,"甲公司捐赠，\n三百元。",云岭县\n8,,\n9,乙公司来访。,\n'
    first, second, third = read(tmp_path, "x.csv", table.encode(encoding))
    assert isinstance(first, Document)
    assert (first.doc_id, first.text, first.region) == ("x.csv#7", "甲公司捐赠，\n三百元。", "云岭县")
    assert second == Rejected("x.csv#2", "empty", "holds no text; give one in its column text")
    assert isinstance(third, Document)
    assert (third.doc_id, third.region) == ("x.csv#9", None)


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


def test_members_of_an_archive_are_documents(tmp_path: Path) -> None:
    members = {
        "b/简报.docx": as_word(TEXT),
        "a.csv": "text\n甲公司捐赠图书。\n".encode(),
        "metadata.csv": "path,region,published\na.csv,云岭县,2031-03-05\n".encode(),
        ".hidden": b"x",
        "__MACOSX/a.csv": b"x",
    }
    first, second = read(tmp_path, "x.zip", archive(members))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.doc_id, first.region, first.published) == ("x.zip/a.csv#1", "云岭县", date(2031, 3, 5))
    assert (second.doc_id, squeezed(second.text)) == ("x.zip/b/简报.docx", squeezed(TEXT))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_old_archives_are_decoded(tmp_path: Path, encoding: str) -> None:
    name = "简报一.txt".encode(encoding)
    packed = archive({"x" * len(name): TEXT.encode()}).replace(b"x" * len(name), name)
    assert one(tmp_path, "x.zip", packed).doc_id == "x.zip/简报一.txt"


def test_the_page_of_formats_names_every_suffix_reason_and_limit() -> None:
    page = Path("docs/formats.md").read_text(encoding="utf-8")
    assert [suffix for suffix in READERS if suffix and f"`{suffix}`" not in page] == []
    assert [reason for reason in get_args(Reason) if f"`{reason}`" not in page] == []
    for limit in (limits.MAX_CHARACTERS, limits.MAX_MEMBERS, limits.MAX_PAGES, limits.MAX_DEPTH):
        assert f"{limit:,}" in page
    for limit in (limits.MAX_BYTES, limits.MAX_MARKUP, limits.MAX_ROW, limits.MAX_UNPACKED):
        assert f"{limit // 1_000_000} MB" in page
