"""Scanned pages are recognised where the extra is installed, and refused with the remedy where it is not."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import numpy
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.printing import as_pdf, as_scan
from pipeline.documents import Document, Rejected, read_documents

TEXT = """滨河区赴云岭县开展对口帮扶
3月5日，滨河区政府代表团到云岭县考察。远帆公司向明德小学捐赠20万元，用于购买图书和课桌椅。
代表团一行走访慰问了柳湾村12户困难群众，为每户送上慰问金800元。"""
REMEDY = "is a scan without text; install the extra ocr: pip install 'bangfu[ocr]'"


def no_chinese_font() -> bool:
    """Tell whether print in a font of the system comes out blank."""
    drawn = pypdfium2.PdfDocument(as_pdf("捐赠"))[0].render(scale=1).to_numpy()
    return bool((numpy.asarray(drawn)[:100] > 200).all())


def pages(*scanned: bool) -> bytes:
    """A PDF of pages of text and pages that are a grey picture."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(300, 300))
    for scan in scanned:
        if scan:
            canvas.drawImage(ImageReader(Image.new("L", (60, 60), 200)), 0, 0, 300, 300)
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(
            10, 10 if scan else 200, "- 2 -" if scan else "近日，远帆公司来到云岭县，向明德小学捐赠图书。"
        )
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@pytest.fixture
def without_recognition(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "rapidocr" else found(name, *rest)
    )


@pytest.mark.usefixtures("without_recognition")
def test_a_scan_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(pages(True, True))
    assert list(read_documents([tmp_path])) == [Rejected("x.pdf", "unsupported", REMEDY)]


@pytest.mark.usefixtures("without_recognition")
def test_a_scan_among_pages_of_text_is_refused_by_itself(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(pages(False, True, False))
    refused, document = read_documents([tmp_path])
    assert refused == Rejected("x.pdf#page2", "unsupported", REMEDY)
    assert isinstance(document, Document)
    assert [block.page for block in document.blocks] == [1, 3]


@pytest.mark.slow
@pytest.mark.skipif(no_chinese_font(), reason="the system has no Chinese font to print with")
@pytest.mark.parametrize("columns", [1, 2])
def test_a_scan_is_read_as_the_print_it_shows(tmp_path: Path, columns: int) -> None:
    text = (
        TEXT
        + "\n"
        + "\n".join(f"第{number}村的合作社负责人表示，今年收成比往年更好，大家都很高兴。" for number in range(3, 12))
    )
    (tmp_path / "x.pdf").write_bytes(as_scan(text, columns))
    (document,) = read_documents([tmp_path])
    assert isinstance(document, Document)
    assert {block.page for block in document.blocks} == {1}
    read = "".join(document.text.split()).removesuffix("-1-")
    wrong = sum(left != right for left, right in zip(read, "".join(text.split()), strict=False))
    assert wrong <= 6, read
