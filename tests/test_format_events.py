"""A folder that holds a text in each format gives the same events as the plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.formats import BULLETINS, events, spans
from benchmarks.printing import FORMATS, plain
from pipeline.documents import Document, read_documents
from pipeline.extract import Tools, extract, load_tools

TOO_NARROW = ("donation-list.txt", "PDF, 3 columns")
"""Rows of the list do not fit the column: a broken row is read as two."""
PRINTED = {name: made for name, made in FORMATS.items() if not name.startswith("scan")}


@pytest.fixture(scope="module")
def tools() -> Tools:
    return load_tools()


@pytest.mark.parametrize("bulletin", ["donation-list.txt", "newsletter.txt", "web-news.txt"])
def test_each_format_gives_the_events_of_the_plain_text(tmp_path: Path, tools: Tools, bulletin: str) -> None:
    (source,) = read_documents([BULLETINS / bulletin])
    assert isinstance(source, Document)
    text = plain(source)
    wanted = extract(Document("x.txt", text, "0" * 64), tools)
    assert events(wanted)
    for name, (suffix, make) in PRINTED.items():
        if (bulletin, name) != TOO_NARROW:
            (tmp_path / f"{name}{suffix}").write_bytes(make(text))
    for document in read_documents([tmp_path]):
        assert isinstance(document, Document), document
        found = extract(document, tools)
        assert events(found) == events(wanted), document.doc_id
        assert spans(found) == spans(wanted), document.doc_id
