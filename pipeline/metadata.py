"""What people say of their documents in a ``metadata.csv`` beside them: day, publisher, home region."""

from __future__ import annotations

import csv
import io
from collections.abc import Set
from datetime import date
from pathlib import PurePosixPath

from pipeline.formats.content import Known, Refusal, checked
from pipeline.formats.plain import decode

METADATA = "metadata.csv"
_COLUMNS = ("path", "published", "source", "region")


class WrongInput(ValueError):  # noqa: N818 - named after the fault, as its children are
    """The inputs as given cannot be used at all: wrong use, exit code 2."""


class BadMetadata(WrongInput):
    """A line of ``metadata.csv`` does not say what it should."""


def read_metadata(content: bytes, name: str, files: Set[str]) -> dict[str, Known]:
    """Read a ``metadata.csv`` (``path,published,source,region``; all but the first may be missing or empty).

    ``name`` is what messages call it; ``files`` are the paths below its folder that it may speak of. Raises
    :class:`BadMetadata` with the line at fault.
    """
    try:
        rows = csv.DictReader(io.StringIO(checked(decode(content))), strict=True)
        columns = list(rows.fieldnames or ())
        if "path" not in columns or not set(columns) <= set(_COLUMNS):
            raise BadMetadata(f"{name}, line 1: columns {','.join(columns)!r}; right would be {','.join(_COLUMNS)!r}")
        known: dict[str, Known] = {}
        for row in rows:
            where = f"{name}, line {rows.line_num}"
            if None in row or None in row.values():
                raise BadMetadata(f"{where}: not as many fields as columns; right would be {len(columns)}")
            path = PurePosixPath(row["path"].strip()).as_posix()
            if path not in files:
                raise BadMetadata(f"{where}: path {path!r} is no file of the folder; give a path below it")
            if path in known:
                raise BadMetadata(f"{where}: path {path!r} stands twice; keep one line of it")
            day = row.get("published", "").strip()
            try:
                published = date.fromisoformat(day) if day else None
            except ValueError:
                raise BadMetadata(f"{where}: published {day!r} is no day; right would be 2031-03-05") from None
            source, region = row.get("source", "").strip(), row.get("region", "").strip()
            known[path] = Known(published, source or None, region or None)
    except csv.Error as fault:
        raise BadMetadata(f"{name}, line {rows.line_num + 1}: {fault}; right would be comma-separated values") from None
    except Refusal as fault:
        raise BadMetadata(f"{name}: {fault.detail}") from None
    return known
