"""Inputs made to do harm, and broken ones, are refused within the limits, each with its reason; the run goes on."""

from __future__ import annotations

import io
import json
import stat
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from benchmarks.printing import as_html, as_pdf, as_word
from pipeline.documents import Document, Rejected, read_documents
from pipeline.formats import content as limits
from pipeline.repair import repair

TEXT = "滨河区赴云岭县开展帮扶\n3月5日，远帆公司向明德小学捐赠20万元。\n"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return file.getvalue()


@cache
def bomb() -> bytes:
    """Six hundred megabytes of zeros in six hundred kilobytes, half a second to make."""
    zeros = bytes(1 << 20)
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("a.txt", "w") as member,
    ):
        for _ in range(600):
            member.write(zeros)
    return file.getvalue()


def broken_member() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", TEXT)
    return file.getvalue().replace("远帆".encode(), "近帆".encode(), 1)


def link() -> bytes:
    info = zipfile.ZipInfo("a.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((info, b"/etc/passwd"))


def locked_archive() -> bytes:
    packed = bytearray(zipped(("a.txt", TEXT.encode())))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + place] |= 1
    return bytes(packed)


def locked_pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 100, "text")
    canvas.save()
    return file.getvalue()


def empty_pdf(pages: int = 1) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    for _ in range(pages):
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def word_with(replaced: bytes, by: bytes) -> bytes:
    """A Word file whose text part is changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_word(TEXT))) as source, zipfile.ZipFile(file, "w") as changed:
        for name in source.namelist():
            part = source.read(name)
            changed.writestr(name, part.replace(replaced, by, 1) if name == "word/document.xml" else part)
    return file.getvalue()


LAUGHS = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w:document'
ROW = json.dumps({"text": TEXT}, ensure_ascii=False).encode()

HOSTILE: list[tuple[str, str, Callable[[], bytes], list[tuple[str, str]]]] = [
    ("invalid UTF-8", "a.txt", lambda: "捐赠".encode() + b"\xff\xff\xfe", [("", "undecodable")]),
    ("zero bytes", "a.txt", lambda: "捐赠\0图书".encode(), [("", "binary")]),
    ("zero bytes in UTF-16", "a.txt", lambda: "捐赠\0图书".encode("utf-16"), [("", "binary")]),
    ("lone surrogate in UTF-8", "a.txt", lambda: "捐赠".encode() + b"\xed\xa0\x80", [("", "undecodable")]),
    ("lone surrogate in UTF-16", "a.txt", lambda: "\ufeff捐\ud800赠".encode("utf-16-le", "surrogatepass"), [("", "undecodable")]),
    ("ten million characters", "a.txt", lambda: ("捐" * 9_999_999).encode() + b"\n", [("", "too_large")]),
    ("ten million ASCII characters", "a.txt", lambda: b"x" * 10_000_000, [("", "too_large")]),
    ("two and a half million characters", "a.txt", lambda: ("捐" * 2_500_000).encode(), [("", "too_large")]),
    ("deep page", "a.html", lambda: b"<div>" * 100_000 + TEXT.encode(), [("", "unsafe")]),
    ("deep page of made-up elements", "a.html", lambda: b"<x/>" * 100_000 + b"<p>" * 100_000, [("", "unsafe")]),
    ("page of nothing", "a.html", lambda: b"<html><script>alert(1)</script></html>", [("", "empty")]),
    ("page of zero bytes", "a.html", lambda: as_html(TEXT) + b"\0", [("", "binary")]),
    ("long page", "a.html", lambda: b"<p>" + b"x" * 20_000_001, [("", "too_large")]),
    ("XML entities in Word", "a.docx", lambda: word_with(b"<w:document", LAUGHS), [("", "unsafe")]),
    ("XML of Word in UTF-16", "a.docx", lambda: word_with(b"<w:document", "<!DOCTYPE x>".encode("utf-16")), [("", "unsafe")]),
    ("broken XML in Word", "a.docx", lambda: word_with(b"</w:p>", b""), [("", "malformed")]),
    ("cut Word file", "a.docx", lambda: as_word(TEXT)[:-200], [("", "malformed")]),
    ("locked Word file", "a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), [("", "encrypted")]),
    ("archive called Word file", "a.docx", lambda: zipped(("a.txt", b"x")), [("", "malformed")]),
    ("bomb called Word file", "a.docx", bomb, [("", "unsafe")]),
    ("locked PDF", "a.pdf", locked_pdf, [("", "encrypted")]),
    ("cut PDF", "a.pdf", lambda: as_pdf(TEXT)[:300], [("", "malformed")]),
    ("text called PDF", "a.pdf", TEXT.encode, [("", "malformed")]),
    ("PDF of nothing", "a.pdf", empty_pdf, [("", "empty")]),
    ("PDF of too many pages", "a.pdf", lambda: empty_pdf(limits.MAX_PAGES + 1), [("", "too_large")]),
    ("endless line", "a.jsonl", lambda: ROW + b"\n" + b"[" * (limits.MAX_ROW + 2), [("#2", "too_large")]),
    ("deep JSON", "a.jsonl", lambda: b'{"text":' + b"[" * 100_000 + b"\n" + ROW, [("#1", "unsafe")]),
    ("lone surrogate in JSON", "a.jsonl", lambda: b'{"text":"\\ud800"}\n' + ROW, [("#1", "undecodable")]),
    ("zero in JSON", "a.jsonl", lambda: b'{"text":"a\\u0000"}\n' + ROW, [("#1", "binary")]),
    ("number of a million figures", "a.jsonl", lambda: b'{"text":' + b"9" * 1_000_000 + b"}\n" + ROW, [("#1", "malformed")]),
    ("no JSON", "a.jsonl", lambda: b"text\n" + ROW, [("#1", "malformed")]),
    ("no object", "a.jsonl", lambda: b"[1]\n" + ROW, [("#1", "malformed")]),
    ("text that is a number", "a.jsonl", lambda: b'{"text":5}\n' + ROW, [("#1", "malformed")]),
    ("wrong day", "a.jsonl", lambda: b'{"text":"x","date":"soon"}\n' + ROW, [("#1", "malformed")]),
    ("one id twice", "a.jsonl", lambda: b'{"text":"x","id":5}\n{"text":"y","id":"5"}\n', [("#2", "malformed")]),
    ("table without a text", "a.csv", lambda: b"name,value\na,b\n", [("", "malformed")]),
    ("table without an end", "a.csv", lambda: b'text\n"' + b"x" * 3_000_000, [("#1", "malformed")]),
    ("endless line of a table", "a.csv", lambda: b"text\n" + b"x" * (limits.MAX_ROW + 2), [("", "too_large")]),
    ("row too short", "a.csv", lambda: b"text,source\nx,y\nz\n", [("#2", "malformed")]),
    ("invalid table", "a.csv", lambda: b"text\n" + ("甲捐赠" * 999 + "\n").encode() * 200 + b"\xff\xff\n", [("#200", "undecodable")]),
    ("zip bomb", "a.zip", bomb, [("", "unsafe")]),
    ("zip of too many files", "a.zip", lambda: zipped(*((f"{n}.txt", b"x") for n in range(10_001))), [("", "unsafe")]),
    ("archive in an archive", "a.zip", lambda: zipped(("b.zip", zipped(("a.txt", b"x")))), [("/b.zip", "unsafe")]),
    ("name that leads out", "a.zip", lambda: zipped(("b/../../a.txt", b"x")), [("/b/../../a.txt", "unsafe")]),
    ("absolute name", "a.zip", lambda: zipped(("/etc/a.txt", b"x")), [("//etc/a.txt", "unsafe")]),
    ("name of Windows", "a.zip", lambda: zipped(("C:\\a.txt", b"x")), [("/C%3A%5Ca.txt", "unsafe")]),
    ("link in an archive", "a.zip", link, [("/a.txt", "unsafe")]),
    ("locked archive", "a.zip", locked_archive, [("/a.txt", "encrypted")]),
    ("unknown file in an archive", "a.zip", lambda: zipped(("a.exe", b"MZ")), [("/a.exe", "unsupported")]),
    ("cut archive", "a.zip", lambda: zipped(("a.txt", TEXT.encode()))[:-10], [("", "malformed")]),
    ("archive of nothing", "a.zip", zipped, [("", "empty")]),
    ("broken member", "a.zip", broken_member, [("/a.txt", "malformed")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "refused"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_inputs_are_refused_with_a_reason(
    tmp_path: Path, name: str, make: Callable[[], bytes], refused: list[tuple[str, str]]
) -> None:
    (tmp_path / name).write_bytes(make())
    started = time.process_time()
    entries = list(read_documents([tmp_path]))
    assert time.process_time() - started < 10
    assert [(entry.path, entry.reason) for entry in entries if isinstance(entry, Rejected)] == [
        (name + part, reason) for part, reason in refused
    ]
    assert all("; " in entry.detail for entry in entries if isinstance(entry, Rejected))


def test_marks_of_direction_stay_in_the_text_and_are_unseen_by_what_reads_it(tmp_path: Path) -> None:
    text = "3月5日，\u202e远帆\u200f公司\u2066向\u061c明德小学\u2069捐赠20万元。"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (document,) = read_documents([tmp_path])
    assert isinstance(document, Document)
    assert document.text == text
    (passage,) = repair(document)
    assert passage.text == "3月5日，远帆公司向明德小学捐赠20万元。"
    start = passage.text.index("远帆公司")
    span = passage.source_span(start, start + 4)
    assert text[span.start : span.end] == "远帆\u200f公司"
