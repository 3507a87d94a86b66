"""Layout changes how a text looks; its labels keep standing on the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lookalikes import fold
from pipeline.spans import Span
from training.layout import STYLES, Layout, lay_out, move

TEXT = (
    "云岭县举行助学仪式\n"
    "3月5日，滨河区远帆公司、明德基金会一行8人来到云岭县柳湾乡，向明德小学捐赠20万元和图书5000册，占全年捐赠的50%。副县长出席仪式（见图），并表示感谢。\n"
    "随后，工作组走访了“携手奔小康”项目所在的上寨村，慰问困难群众12户。"
)  # fmt: skip


def page(style: Layout, seed: int = 1) -> str:
    return lay_out(TEXT, style, seed).text


@pytest.mark.parametrize("style", STYLES)
@given(st.integers(0, 1000), st.data())
def test_every_character_keeps_its_place(style: str, seed: int, data: st.DataObject) -> None:
    laid = lay_out(TEXT, STYLES[style], seed)
    assert list(laid.offsets) == sorted(set(laid.offsets))
    if not STYLES[style].cut:
        assert len(laid.offsets) == len(TEXT)
    start = data.draw(st.integers(0, len(TEXT) - 2))
    (moved,) = move([Span(start, start + 2)], laid)
    if moved:
        kept = "".join(laid.text[laid.offsets[place]] for place in (start, start + 1))
        assert (laid.text[moved.start], laid.text[moved.end - 1]) == (kept[0], kept[1])
        if not STYLES[style].traditional and not STYLES[style].narrow_marks:
            assert fold(kept) == TEXT[start : start + 2]


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_gives_the_same_page(style: str) -> None:
    assert lay_out(TEXT, STYLES[style], 7) == lay_out(TEXT, STYLES[style], 7)


def test_clean_style_changes_nothing() -> None:
    laid = lay_out(TEXT, STYLES["clean"], 1)
    assert (laid.text, laid.offsets) == (TEXT, tuple(range(len(TEXT))))


@pytest.mark.parametrize("seed", range(20))
def test_lines_keep_their_width_and_start_with_no_closing_mark(seed: int) -> None:
    lines = page(Layout(columns=(18, 18)), seed).split("\n")
    assert all(len(line.encode("gbk")) / 2 <= 20 for line in lines)
    assert not [line for line in lines if line[:1] in set("，。、）”")]
    assert not [line for line in lines if line[-1:] in set("（“")]


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        (Layout(spaced_figures=True), "捐赠 20 万元和图书 5000 册"),
        (Layout(wide_figures=True), "占全年捐赠的５０％"),
        (Layout(narrow_marks=True), "出席仪式(见图),并表示感谢。"),
        (Layout(traditional=True), "雲嶺縣舉行助學儀式"),
        (Layout(columns=(18, 18), blank_after_line=True), "\n\n"),
        (Layout(furniture=True), "\n相关文章推荐\n"),
        (Layout(columns=(18, 18), lines_a_page=3), "\n- 1 -\n"),
    ],
)
def test_what_each_setting_shows(style: Layout, shown: str) -> None:
    assert any(shown in page(style, seed) for seed in range(9))


def test_masthead_is_doubled() -> None:
    head = page(Layout(masthead=True)).partition("\n")[0]
    assert head.startswith(" ")
    assert head.endswith("··")
    assert head[1:-2:2] == head[2:-2:2]


def test_a_span_that_was_cut_off_is_told() -> None:
    laid = lay_out(TEXT, Layout(cut=True), 1)
    assert move([Span(0, 3), Span(len(TEXT) - 4, len(TEXT) - 1)], laid) == [Span(0, 3), None]
    assert TEXT.startswith(laid.text)


def test_a_span_takes_along_what_the_page_put_inside() -> None:
    laid = lay_out(TEXT, Layout(spaced_figures=True), 1)
    start = TEXT.index("20万元")
    (moved,) = move([Span(start, start + 4)], laid)
    assert moved is not None
    assert laid.text[moved.start : moved.end] == "20 万元"


def test_a_text_shorter_than_a_sentence_is_not_cut() -> None:
    assert lay_out("捐款", Layout(cut=True), 1).text == "捐款"
