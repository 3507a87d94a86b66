"""Amounts in the cells of a table whose unit stands above them: 金额（万元） over 12.5, or 单位：元 in a title.

A cell is a bare number, which no grammar of running text may take for money; what stands above the table tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.normalise.money import read_cell
from pipeline.normalise.money_readers import UNIT
from pipeline.spans import Found, Money

BY = "money/cell"
FEWEST_ROWS = 2
"""Rows that make a table."""
_SIZED = rf"[十百千万亿]*(?:{UNIT})"
_UNIT_ABOVE = re.compile(rf"单位[:：]\s*(?P<told>{_SIZED})|[（(](?:人民币|金额)?[:：]?(?P<column>{_SIZED})[)）]")
_CELL = re.compile(r"[^\s|｜]+")
BARE_NUMBER = re.compile(r"\d[\d,，]*(?:[.．]\d+)?")
"""A number without a unit, full-width digits included."""
_ORDINAL = re.compile(r"\d{1,3}")
_SUM_COLUMN = re.compile(r"金额|捐款|款额|资金|数额|捐赠额|款项|现金|善款|货款|投资额")
_PROSE = re.compile(r"[。！？；]")


@dataclass
class _Table:
    """What is known above a row: the unit, and which of how many columns holds the sums (None where the header does not tell)."""

    unit: str
    column: int | None = None
    columns: int = 0


def find_cells(text: str) -> list[Found[Money]]:
    """Find the amounts of the tables of ``text``, in order; offsets are half-open code points.

    A table is a unit, told in a line above or in the head of a column, and two rows or more of cells parted by blanks or bars.
    Of a row's bare numbers the one under the column of sums is taken, or the only one (a running number in front apart); of
    several none.

    >>> [(found.text, str(found.value.value)) for found in find_cells("单位：万元\\n柳湾小学 1.2\\n远山饭店 3")]
    [('1.2', '12000.0'), ('3', '30000')]
    """
    if not _UNIT_ABOVE.search(text):
        return []
    tables: list[list[Found[Money]]] = []
    table: _Table | None = None
    for start, line in _lines(text):
        cells = list(_CELL.finditer(line))
        if table and (cell := _sum_of(cells, table)):
            if value := read_cell(cell[0], f"（{table.unit}）"):
                tables[-1].append(Found(start + cell.start(), start + cell.end(), cell[0], value, BY))
            continue
        if unit := _UNIT_ABOVE.search(line):
            table = _Table(unit["told"] or unit["column"])
            tables.append([])
        elif table and tables[-1] and _PROSE.search(line):
            table = None
        if table and len(cells) > 1:
            heads = [place for place, cell in enumerate(cells) if _SUM_COLUMN.search(cell[0])]
            own = [place for place, cell in enumerate(cells) if _UNIT_ABOVE.search(cell[0])]
            table.column, table.columns = next(iter([*own, *heads]), None), len(cells)
    return [found for rows in tables if len(rows) >= FEWEST_ROWS for found in rows]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _sum_of(cells: list[re.Match[str]], table: _Table) -> re.Match[str] | None:
    """Return the cell of a row that holds its sum; None for a line that is no row, or that leaves it open."""
    numbers = [place for place, cell in enumerate(cells) if BARE_NUMBER.fullmatch(cell[0])]
    if len(cells) < 2 or not numbers or len(numbers) == len(cells):
        return None
    if table.column in numbers and len(cells) == table.columns:
        return cells[table.column]
    if len(numbers) > 1 and numbers[0] == 0 and _ORDINAL.fullmatch(cells[0][0]):
        numbers = numbers[1:]
    return cells[numbers[0]] if len(numbers) == 1 else None
