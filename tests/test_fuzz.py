"""Whatever bytes or text come in: no exception but the declared refusal, and every offset holds.

``make fuzz`` draws many more examples (``EXAMPLES``) than the tests do.
"""

from __future__ import annotations

import io
import json
import os
from datetime import date
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.printing import FORMATS
from pipeline.documents import READERS, Document
from pipeline.formats.content import Content, Refusal, checked, contents
from pipeline.formats.layout import Piece, columns, set_text
from pipeline.lookalikes import fold
from pipeline.normalise.lines import KEYS, answer_line
from pipeline.repair import repair

EXAMPLES = int(os.environ.get("EXAMPLES", "40"))
many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)

TEXT = "滨河区赴云岭县开展帮扶\n3月5日，远帆公司向明德小学捐赠20万元，走访12户困难群众。\n滨河商会  3万元\n"
SUFFIXES = sorted(suffix for suffix in READERS if suffix)
ALPHABET = st.one_of(
    st.sampled_from(
        "0123456789０９一二三十百千万亿元角分年月日年底至、，。：；（）《》“”…—-~/% 　\t\r\n约近余多几数每户人"
    ),
    st.sampled_from("\0\x1c\x85\u2028\u200b\u200f\u202e\u2066\ufeff\ufe0f⻄⼤𠀀○〇\ud800"),
    st.characters(),
)
PHRASES = st.sampled_from(
    "2031年3月5日|3月5日至9日|去年底|近日|云岭县|滨河区|远帆公司|捐赠|20万元|约3.5万元|人民币伍万元整|1.2亿|每户800元|百余万元"
    "|第 3 页|- 2 -|相关文章|发布时间：|本报讯|【动态】|（通讯员）|一、|1.|☆|来源：云岭".split("|")
)
TEXTS = st.lists(st.one_of(PHRASES, st.text(ALPHABET, max_size=6)), max_size=40).map("".join)


@cache
def sample(suffix: str) -> bytes:
    """A good file of the format."""
    if suffix in (".md", ".htm", ".xhtml"):
        suffix = {".md": ".txt"}.get(suffix, ".html")
    return next(make(TEXT) for ending, make in FORMATS.values() if ending == suffix)


@st.composite
def damaged(draw: st.DrawFn, suffix: str) -> bytes:
    """A good file of the format with stretches replaced, taken out, doubled or cut off; or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    content = sample(suffix)
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(content)))
        end = start + draw(st.sampled_from([0, 1, 1, 4, 30, 1000]))
        put = draw(
            st.one_of(
                st.binary(max_size=8), st.sampled_from([b"", b"\0", b"\xff", content[start:end] * 3, b"<div>" * 30])
            )
        )
        content = content[:start] + put + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 5)) == 0 else content


def check_content(found: Content) -> None:
    assert checked(found.text) == found.text
    found.text.encode()
    last = 0
    for block in found.blocks:
        assert last <= block.start < block.end <= len(found.text)
        assert found.text[block.start : block.end].strip()
        last = block.end


def check_repair(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    last = -1
    for passage in repair(Document("样.txt", text, "0" * 64)):
        assert len(passage.offsets) == len(passage.text)
        for sign, offset in zip(passage.text, passage.offsets, strict=True):
            assert last < offset < len(text)
            assert sign in (folded[offset], " ", "\n")
            last = offset


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(st.data())
@many
def test_readers_give_a_text_or_a_refusal(suffix: str, data: st.DataObject) -> None:
    found = list(contents(READERS[suffix], io.BytesIO(data.draw(damaged(suffix)))))
    assert found
    for one in found:
        if isinstance(one, Refusal):
            assert "; " in one.detail
        else:
            check_content(one)
            check_repair(one.text)


@given(TEXTS)
@example("\ud800")
@many
def test_repair_takes_any_text(text: str) -> None:
    check_repair(text)


@pytest.mark.parametrize("kind", sorted(KEYS))
@given(TEXTS, st.none() | st.dates(date(1950, 1, 1), date(2099, 12, 31)))
@many
def test_rules_take_any_text(kind: str, text: str, day: date | None) -> None:
    answer = json.loads(answer_line(kind, json.dumps({"text": text}), day))
    assert answer["text"] == text
    last = 0
    for row in answer[KEYS[kind]]:
        assert last <= row["start"] < row["end"] <= len(text)
        assert text[row["start"] : row["end"]] == row["text"]
        last = row["end"]


def pieces() -> st.SearchStrategy[list[Piece]]:
    place = st.floats(0, 800)
    piece = st.builds(
        lambda text, left, bottom, size: Piece(text, left, bottom, left + size * len(text), bottom + size, size),
        st.text("捐赠20万元", min_size=1, max_size=20),
        place,
        place,
        st.sampled_from([8.0, 10.5, 10.5, 18.0]),
    )
    return st.lists(piece, max_size=40)


@given(pieces())
@many
def test_pieces_of_print_anywhere_are_each_read_once(page: list[Piece]) -> None:
    assert sorted(piece for column in columns(page) for piece in column) == sorted(page)
    text, blocks = set_text([(1, page)])
    assert sorted("".join(text.split())) == sorted("".join(piece.text for piece in page))
    held = "".join(text[block.start : block.end] for block in blocks)
    assert "".join(held.split()) == "".join(text.split())
