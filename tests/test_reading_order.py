"""Pieces of print are read as people read a page: headlines, columns, parts of a page, rows of tables."""

from __future__ import annotations

import itertools

import pytest

from pipeline.formats.layout import Piece, columns, set_text

SIZE = 10.0
FULL = "近日公司来到村里慰问困难群众并送上慰问金与大米和油"


def line(text: str, left: float, top: float, size: float = SIZE) -> Piece:
    return Piece(text, left, top - size, left + size * len(text), top, size)


def prose(name: str, left: float, top: float, lines: int, width: int, step: float = 15) -> list[Piece]:
    """A column of running text whose lines begin with a name; the last line is short."""
    return [
        line(f"{name}{number}{FULL}"[: width if number + 1 < lines else 5], left, top - step * number)
        for number in range(lines)
    ]


def order(page: list[Piece]) -> str:
    """The first letters of the pieces in reading order, each letter once a stretch."""
    return "".join(
        letter for letter, _ in itertools.groupby(piece.text[0] for column in columns(page) for piece in column)
    )


@pytest.mark.parametrize(
    ("page", "read"),
    [
        ([*prose("A", 0, 700, 8, 20), *prose("B", 220, 700, 8, 20)], "AB"),
        ([*prose("B", 220, 703, 9, 20), *prose("A", 0, 700, 6, 20)], "AB"),
        ([line("H" * 24, 60, 740, 14), *prose("A", 0, 700, 8, 20), *prose("B", 220, 700, 8, 20)], "HAB"),
        ([*prose("A", 0, 700, 8, 13), *prose("B", 150, 700, 8, 13), *prose("C", 300, 700, 8, 13)], "ABC"),
        (
            [*prose("A", 0, 700, 6, 20), *prose("B", 220, 700, 6, 20), line("M" * 42, 0, 590, 10), *prose("C", 0, 560, 6, 20), *prose("D", 220, 560, 6, 20)],
            "ABMCD",
        ),
        ([*prose("F", 0, 760, 6, 25), *prose("A", 0, 640, 8, 11), *prose("B", 130, 640, 8, 11)], "FAB"),
        (
            [*prose("A", 0, 700, 6, 12), *prose("B", 150, 700, 6, 12), *prose("C", 300, 700, 6, 12), *prose("D", 0, 560, 6, 20), *prose("E", 230, 560, 6, 20)],
            "ABCDE",
        ),
        ([*prose("A", 0, 700, 8, 20), *prose("B", 220, 700, 8, 20), line("-2-", 205, 40)], "AB-"),
        ([line("H" * 9, 190, 740, 14), *prose("A", 0, 700, 9, 13), *prose("B", 150, 700, 9, 13), *prose("C", 300, 700, 2, 13)], "HABC"),
    ],
    ids=["two", "uneven", "headline over both", "three", "line between", "one column above", "three above two", "page number", "short title over three"],
)  # fmt: skip
def test_columns_are_read_one_after_the_other(page: list[Piece], read: str) -> None:
    assert order(page) == read


def test_a_table_is_read_row_by_row() -> None:
    rows = [
        ("晨露农业开发有限公司", "5万元"),
        ("供销社", "三千元整"),
        ("实验小学全体教师", "12,860元"),
        ("周先生", "贰仟元整"),
        ("柳湾村", "800元"),
    ]
    page = [
        line(cell, 300 * place, 700 - 20 * number) for number, row in enumerate(rows) for place, cell in enumerate(row)
    ]
    text, _ = set_text([(1, page)])
    assert text.split("\n") == ["  ".join(row) for row in rows]


def test_text_tells_paragraphs_headlines_and_columns_that_go_on() -> None:
    first = [line(f"　{FULL[:18]}".strip(), 20, 700), line(FULL[:20], 0, 685), line("完。", 0, 670)]
    second = [line("标题一行字", 0, 640, 14), line(FULL[:20], 0, 610)]
    text, blocks = set_text([(3, [*first, *second]), (4, [line(FULL[:20], 0, 700)])])
    assert text == f"　　{FULL[:18]}{FULL[:20]}完。\n\n标题一行字\n\n{FULL[:20]}{FULL[:20]}"
    assert [(block.page, text[block.start : block.end][:2]) for block in blocks] == [
        (3, "　　"),
        (3, "标题"),
        (3, "近日"),
        (4, "近日"),
    ]
    assert blocks[0].box == (0.0, 660.0, 200.0, 700.0)


def test_words_keep_their_blank_and_wide_gaps_two() -> None:
    page = [line("Open", 0, 700), line("Office", 45, 700), line("软件", 107, 700), line("5元", 200, 700)]
    assert set_text([(1, page)])[0] == "Open Office软件  5元"
