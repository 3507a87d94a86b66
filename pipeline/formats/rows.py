"""Tables of texts, one document a row: JSON Lines and CSV with a column for the text and columns of what is known of it."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from pipeline.formats.content import MAX_CHARACTERS, MAX_ROW, Content, Known, Refusal, checked, find_day, id_part
from pipeline.formats.plain import decode

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "content", "正文", "内容"),
    "title": ("title", "标题"),
    "published": ("published", "date", "发布日期", "发布时间", "日期"),
    "source": ("source", "来源"),
    "region": ("region", "地区"),
    "id": ("id", "doc_id", "编号"),
}
"""What each column may be called; case does not count, and the first that a row fills is taken."""


def read_json_lines(file: BinaryIO) -> Iterator[Content | Refusal]:
    """Yield one document for each line that holds a JSON object with a text; blank lines are passed over.

    A row is called by its ``id`` or else by the number of its line, from 1.
    """
    ids: set[str] = set()
    for number, line in enumerate(iter(lambda: file.readline(MAX_ROW + 1), b""), 1):
        if len(line) > MAX_ROW:
            raise Refusal("too_large", f"is a line of more than {MAX_ROW} bytes; give one text a line", f"#{number}")
        if not line.strip(b"\xef\xbb\xbf \t\r\n"):
            continue
        try:
            row = json.loads(decode(line))
            if not isinstance(row, dict):
                raise Refusal("malformed", 'is no JSON object; right would be {"text": "…"}')
            yield _document(row, number, ids)
        except Refusal as fault:
            yield Refusal(fault.reason, fault.detail, f"#{number}")
        except RecursionError:
            yield Refusal("unsafe", "is JSON nested too deep; give one flat object a line", f"#{number}")
        except ValueError as fault:  # JSONDecodeError, and numbers of more than 4,300 digits
            yield Refusal("malformed", f"is no JSON ({fault}); give one object a line", f"#{number}")


def read_table(file: BinaryIO) -> Iterator[Content | Refusal]:
    """Yield one document for each row of a CSV whose first line names its columns: UTF-8, UTF-16 with a mark, GB18030.

    A row is called by its ``id`` or else by its number, the first below the names being 1.
    """
    csv.field_size_limit(MAX_CHARACTERS)
    start = file.read(1 << 20)
    file.seek(0)
    lines = io.TextIOWrapper(file, _encoding(start), newline="")
    number = 0
    try:
        rows = csv.DictReader(_bounded_lines(lines), strict=True)
        if not {name.strip().lower() for name in rows.fieldnames or ()} & set(COLUMNS["text"]):
            right = ", ".join(COLUMNS["text"])
            raise Refusal("malformed", f"its first line names no column of texts; right would be one of {right}")
        ids: set[str] = set()
        for number, row in enumerate(rows, 1):
            try:
                if None in row or None in row.values():
                    raise Refusal("malformed", "has not as many fields as there are columns; quote texts with commas")
                yield _document(row, number, ids)
            except Refusal as fault:
                yield Refusal(fault.reason, fault.detail, f"#{number}")
    except csv.Error as fault:
        raise Refusal("malformed", f"is no row of a CSV ({fault}); quote texts with commas", f"#{number + 1}") from None
    except UnicodeDecodeError:
        raise Refusal("undecodable", "is neither UTF-8 nor GB18030; save it as UTF-8", f"#{number + 1}") from None
    finally:
        lines.detach()  # else the file would be closed with it


def _document(row: Mapping[str, object], number: int, ids: set[str]) -> Content:
    """Make the document of a row; ``ids`` are those taken so far, and its own is added."""
    cells = {name.strip().lower(): value for name, value in row.items() if value not in (None, "")}
    found = {kind: next((cells[name] for name in names if name in cells), None) for kind, names in COLUMNS.items()}
    text = found["text"]
    if not isinstance(text, str):
        raise Refusal("empty" if text is None else "malformed", "holds no text; give one in its column text")
    title = found["title"]
    if isinstance(title, str) and title.strip() and not text.lstrip().startswith(title.strip()):
        text = f"{title.strip()}\n{text}"
    day = None if found["published"] is None else find_day(str(found["published"]))
    if found["published"] is not None and day is None:
        raise Refusal("malformed", f"published {str(found['published'])[:40]!r} is no day; right would be 2031-03-05")
    name = id_part(str(found["id"]))[:200] if found["id"] is not None else str(number)
    if name in ids:
        raise Refusal("malformed", f"id {name!r} stands twice; give each row its own")
    ids.add(name)
    source, region = (str(found[kind]).strip() if found[kind] is not None else None for kind in ("source", "region"))
    return Content(checked(text), part=f"#{name}", known=Known(day, source, region))


def _encoding(start: bytes) -> str:
    """Name the encoding of a file that begins with these bytes."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # the last character may be cut
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _bounded_lines(file: io.TextIOWrapper) -> Iterator[str]:
    for line in iter(lambda: file.readline(MAX_ROW + 1), ""):
        if len(line) > MAX_ROW:
            raise Refusal("too_large", f"holds a line of more than {MAX_ROW} characters; give one text a row")
        yield line
