"""Files are read as they are, or rejected with a reason; wrong use is told before anything is read."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline.documents import MAX_BYTES, READERS, Document, MissingInput, Reason, Rejected, read_documents
from pipeline.metadata import BadMetadata

READABLE = ", ".join(suffix for suffix in READERS if suffix)
TEXT = "云岭县举行助学仪式\r\n近日，远帆公司向明德小学捐赠２０万元。\n"


def read(*paths: Path | str, published: date | None = None, max_bytes: int = MAX_BYTES) -> list[Document | Rejected]:
    return list(read_documents(paths, published=published, max_bytes=max_bytes))


def ids(entries: list[Document | Rejected]) -> list[str]:
    return [entry.doc_id if isinstance(entry, Document) else entry.path for entry in entries]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
    ],
)
def test_text_is_as_on_disk_in_every_encoding(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "样.txt").write_bytes(content)
    (document,) = read(tmp_path / "样.txt")
    assert document == Document("样.txt", TEXT, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("text", ["捐款", "20万元", "柳湾村镕堃公司㐂"])
def test_short_text_in_gb18030_is_decoded(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode("gb18030"))
    (document,) = read(tmp_path / "a.txt")
    assert isinstance(document, Document)
    assert document.text == text


@pytest.mark.parametrize(
    ("name", "content", "reason", "detail"),
    [
        ("a.txt", b"", "empty", "holds no text; give a file with text in it"),
        ("a.txt", b"\xef\xbb\xbf \r\n", "empty", "holds no text; give a file with text in it"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary", "holds zero bytes, so it is no text; give a text file"),
        ("a.txt", b"%\x01\x02\x03\x04", "binary", "holds control characters, so it is no text; give a text file"),
        ("a.txt", b"\xff\xff\xff", "undecodable", "is neither UTF-8 nor GB18030; save it as UTF-8"),
        ("a.txt", b"\xff\xfe\x00", "undecodable", "begins like utf-16-le but is not; save it as UTF-8"),
        ("a.txt", "文".encode() * 40, "too_large", "is 120 bytes long; at most 100 are read, so split it"),
        ("a.xls", b"x", "unsupported", f"suffix '.xls' has no reader; readable are {READABLE}"),
    ],
)
def test_what_holds_no_text_is_rejected(tmp_path: Path, name: str, content: bytes, reason: Reason, detail: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path / name, max_bytes=100) == [Rejected(name, reason, detail)]


def test_a_dangling_link_is_rejected_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "b.txt").write_text(TEXT)
    first, second = read(tmp_path)
    assert first == Rejected("a.txt", "unreadable", "No such file or directory; make it a readable file")
    assert isinstance(second, Document)
    assert read(tmp_path / "a.txt") == [first]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "a.txt").chmod(0)
    assert read(tmp_path) == [Rejected("a.txt", "unreadable", "Permission denied; make it a readable file")]


def test_a_folder_is_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/B.TXT", ".hidden.txt", ".git/c.txt", "c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    assert ids(read(tmp_path)) == ["a/B.TXT", "a/z.md", "b.txt", "c"]


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    detail = "is a folder that cannot be walked, or a link to one; give the folder itself"
    assert read(tmp_path) == [Rejected("loop", "unreadable", detail)]


def test_missing_path_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"nowhere: no such file or folder; give a path that exists, or - for"):
        read_documents([tmp_path, tmp_path / "nowhere"])


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode("gb18030"))))
    (document,) = read("-")
    assert document == Document("-", TEXT, hashlib.sha256(TEXT.encode("gb18030")).hexdigest())


def test_long_standard_input_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * 11)))
    assert read("-", max_bytes=10) == [Rejected("-", "too_large", "is longer than 10 bytes; split it")]


def test_inputs_of_one_name_keep_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/x.txt", "b/x.txt", "c/y.txt", "d/a/x.txt"):
        Path(name).parent.mkdir(parents=True)
        Path(name).write_text(TEXT)
    assert ids(read(Path("a/x.txt"), Path("b/x.txt"), Path("c/y.txt"))) == ["a/x.txt", "b/x.txt", "y.txt"]
    assert ids(read(Path("a/x.txt"), Path("b/x.txt"), Path("d"))) == ["a/x.txt", "b/x.txt", "d/a/x.txt"]
    assert ids(read(Path("a/x.txt"), Path("./a/x.txt"), Path("a"))) == ["x.txt"]


def test_metadata_tells_day_source_and_region(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT)
    (tmp_path / "metadata.csv").write_bytes(
        "path,published,source,region\na.txt,2031-03-05,云岭周报,云岭县\n".encode("gb18030")
    )
    first, second = read(tmp_path, published=date(2030, 1, 1))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.published, first.source, first.region) == (date(2031, 3, 5), "云岭周报", "云岭县")
    assert (second.published, second.source, second.region) == (date(2030, 1, 1), None, None)


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("file,day\n", r"line 1: columns 'file,day'; right would be 'path,published,source,region'"),
        ("path,published\na.txt,2031-13-05\n", r"line 2: published '2031-13-05' is no day; right would be 2031-03-05"),
        ("path\nc.txt\n", r"line 2: path 'c.txt' is no file of the folder; give a path below it"),
        ("path\na.txt\na.txt\n", r"line 3: path 'a.txt' stands twice; keep one line of it"),
        ("path,source\na.txt\n", r"line 2: not as many fields as columns; right would be 2"),
        ("path\n\"a.txt\n", r"line 2: unexpected end of data; right would be comma-separated values"),
        ("", r"metadata.csv: holds no text; give a file with text in it"),
    ],
)  # fmt: skip
def test_faults_of_metadata_are_told_with_their_line(tmp_path: Path, table: str, fault: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "metadata.csv").write_text(table)
    with pytest.raises(BadMetadata, match=fault):
        read_documents([tmp_path])
