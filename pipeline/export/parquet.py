"""Tables as Parquet files, one a table: typed columns for DuckDB, pandas or a data lake. Needs the extra ``parquet``."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from pipeline.export.tables import Table, tables
from pipeline.export.whole import whole_paths
from pipeline.records import EventRecord

EVENTS_A_GROUP = 20_000
"""Events that are held in memory and written as one row group."""
_SCALE = 6  # digits behind the point of amounts and quantities; 32 remain before it


def write_parquet(records: Iterable[EventRecord], folder: Path) -> int:
    """Write ``events.parquet``, ``participants.parquet`` … into ``folder`` and return the number of events.

    Amounts and quantities are decimals with 6 digits behind the point. Raises ValueError where pyarrow is missing,
    ``folder`` is a file, or a number has more digits than the column holds.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise ValueError("parquet: the package pyarrow is missing; pip install 'bangfu[parquet]' brings it") from None
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder}: is a file; Parquet is several files, give a folder")
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "real": pa.float64(),
        "decimal": pa.decimal128(38, _SCALE),
        "boolean": pa.bool_(),
        "day": pa.date32(),
    }

    def schema(table: Table) -> pa.Schema:
        return pa.schema([(column.name, types[column.kind]) for column in table.columns])

    count, rest = 0, iter(records)
    with whole_paths([folder / f"{table.name}.parquet" for table in tables()]) as parts, ExitStack() as files:
        writers = [
            files.enter_context(ParquetWriter(part, schema(table), compression="zstd"))
            for table, part in zip(tables(), parts, strict=True)
        ]
        while group := list(islice(rest, EVENTS_A_GROUP)):
            count += len(group)
            for table, writer in zip(tables(), writers, strict=True):
                rows = [row for record in group for row in table.rows(record)]
                columns = zip(*rows, strict=True) if rows else [()] * len(table.columns)
                try:
                    arrays = [pa.array(cells, field.type) for cells, field in zip(columns, writer.schema, strict=True)]
                except pa.ArrowInvalid as error:
                    raise ValueError(f"{table.name}: {error}; numbers of at most 32 and {_SCALE} digits fit") from None
                writer.write_table(pa.Table.from_arrays(arrays, schema=writer.schema))
    return count
