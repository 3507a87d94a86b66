"""Exports: tables that join, nothing a spreadsheet would run, linked data, faults that leave nothing behind."""

import csv
import json
import sqlite3
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_events import EVERY_TYPE, donation, every_type, export, money, write_lines

from pipeline.export.grants import Reason
from pipeline.export.jsonld import jsonld_lines, node_of
from pipeline.export.spreadsheets import shown, write_csv
from pipeline.export.sqlite import write_sqlite
from pipeline.export.tables import tables
from pipeline.export.whole import whole_paths

TABLES = ["amounts", "anchors", "events", "flags", "items", "participants", "places", "same_as"]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ---- tables ------------------------------------------------------------------------------------------------------


def test_every_field_of_a_record_is_a_column_or_a_table() -> None:
    dumped = donation(flags=["unsure"], same_as=["b.txt#1"]).model_dump()
    columns = {column.path[0] for column in tables()[0].columns}
    parts = {table.source for table in tables()[1:]}
    assert columns | parts == set(dumped)
    for table in tables()[1:]:
        [first, *_] = dumped[str(table.source)]
        if isinstance(first, dict):
            assert {column.name for column in table.columns} == {"event_id", "position", *first}


def test_csv_opens_in_a_spreadsheet_and_its_keys_join(tmp_path: Path) -> None:
    assert export(EVERY_TYPE, "csv", tmp_path / "csv").exit_code == 0
    assert sorted(path.stem for path in (tmp_path / "csv").iterdir()) == TABLES
    assert (tmp_path / "csv" / "events.csv").read_bytes().startswith(b"\xef\xbb\xbfevent_id,")
    events = {row["event_id"]: row for row in read_csv(tmp_path / "csv" / "events.csv")}
    amounts = read_csv(tmp_path / "csv" / "amounts.csv")
    given = [(row["text"], row["value"]) for row in amounts if events[row["event_id"]]["type"] == "donation"]
    assert given == [("20万元", "200000"), ("800元", "800"), ("数百万元", "")]
    assert {row["date_first_day"] for row in events.values()} >= {"2031-03-05", "2032-03-01", ""}
    assert {row["is_total"] for row in events.values()} == {"true", "false"}


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "　=1", " =1", "＝1", "－1"])
def test_a_text_that_begins_a_formula_is_made_harmless(text: str) -> None:
    assert shown(text) == f"'{text}"


@given(st.text())
def test_no_text_begins_a_formula_and_none_is_lost(text: str) -> None:
    cell = shown(text)
    assert not cell.lstrip(" \u3000").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert cell in (text, f"'{text}")


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    cells = ["青禾县", "a=1", "20万元", Decimal("-3.50"), -1, 0.25, False]
    assert [shown(cell) for cell in cells] == ["青禾县", "a=1", "20万元", "-3.5", "-1", "0.25", "false"]


def test_a_hostile_file_name_is_harmless_in_every_table_and_still_joins(tmp_path: Path) -> None:
    record = donation(event_id="=cmd|'calc'!A1.txt#1", doc_id="=cmd|'calc'!A1.txt")
    write_csv([record], tmp_path)
    for name in TABLES:
        for row in read_csv(tmp_path / f"{name}.csv"):
            assert row["event_id"] == "'=cmd|'calc'!A1.txt#1"


def test_sqlite_joins_and_sums(tmp_path: Path) -> None:
    path = tmp_path / "out.db"
    assert export(EVERY_TYPE, "sqlite", path).exit_code == 0
    query = """SELECT type, SUM(value), typeof(MAX(value)) FROM events JOIN amounts USING (event_id)
               WHERE NOT is_total GROUP BY type ORDER BY type"""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute(query).fetchall() == [
            ("donation", 200800, "integer"),
            ("project", 3000000, "integer"),
            ("purchase", 45000, "integer"),
        ]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert sorted(names) == TABLES


def test_parquet_keeps_types(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
    assert export(EVERY_TYPE, "parquet", tmp_path / "p").exit_code == 0
    assert sorted(path.stem for path in (tmp_path / "p").iterdir()) == TABLES
    amounts = parquet.read_table(tmp_path / "p" / "amounts.parquet")
    assert str(amounts.schema.field("value").type) == "decimal128(38, 6)"
    assert amounts.column("value").to_pylist()[:2] == [Decimal(200000), Decimal(800)]
    events = parquet.read_table(tmp_path / "p" / "events.parquet")
    assert [str(events.schema.field(name).type) for name in ("date_first_day", "is_total", "confidence")] == [
        "date32[day]",
        "bool",
        "double",
    ]
    assert events.num_rows == len(every_type())


def test_parquet_names_a_number_it_cannot_hold(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    events = write_lines(tmp_path / "e.jsonl", [donation(amounts=[money("20万元", "9" * 40)])])
    result = export(events, "parquet", tmp_path / "p")
    assert result.exit_code == 2
    assert "amounts:" in result.stderr
    assert "numbers of at most 32 and 6 digits fit" in result.stderr.replace("\n", " ")
    assert list((tmp_path / "p").iterdir()) == []


@pytest.mark.parametrize("to", ["csv", "sqlite", "parquet", "jsonld", "360giving"])
def test_the_same_events_give_the_same_bytes(to: str, tmp_path: Path) -> None:
    if to == "parquet":
        pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    written = []
    for name in ("one", "two"):
        export(EVERY_TYPE, to, tmp_path / name / "out")
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert written[0] == written[1]
    assert written[0]


# ---- linked data -------------------------------------------------------------------------------------------------


def test_a_donation_is_a_donate_action() -> None:
    node = node_of(donation())
    assert node["@type"] == "DonateAction"
    assert node["agent"] == [{"@type": "Organization", "name": "青桐食品有限公司"}]
    assert node["recipient"] == [{"@type": "Organization", "name": "盐津县云和小学"}]
    gift, goods = node["object"]
    assert (gift["@type"], gift["value"], gift["currency"]) == ("MonetaryAmount", "200000", "CNY")
    assert (goods["typeOfGood"]["name"], goods["amountOfThisGood"], goods["unitText"]) == ("图书", "500", "册")
    assert node["startTime"] == node["endTime"] == "2031-03-05"
    assert node["location"][0]["identifier"]["value"] == "530623"
    assert node["actionStatus"] == {"@id": "https://schema.org/CompletedActionStatus"}


def test_every_type_has_a_meaning_and_no_empty_property() -> None:
    nodes = {record.type: node_of(record) for record in every_type()}
    assert {name: node["@type"] for name, node in nodes.items()} == {
        "donation": "DonateAction",
        "agreement": "AgreeAction",
        "visit": "InteractAction",
        "purchase": "BuyAction",
        "project": "CreateAction",
        "gathering": "Event",
        "award": "GiveAction",
    }
    assert not [value for node in nodes.values() for value in node.values() if value in (None, "", [])]
    assert nodes["purchase"]["priceSpecification"][0]["price"] == "45000"
    assert nodes["project"]["actionStatus"] == {"@id": "https://schema.org/PotentialActionStatus"}
    assert "@type" not in nodes["visit"]["participant"][0]  # plain words: nobody knows whether a person or a body


def test_the_document_is_json_with_an_inline_context_and_unique_ids() -> None:
    document = json.loads("".join(jsonld_lines(every_type())))
    assert document["@context"]["@vocab"] == "https://schema.org/"
    assert len({node["@id"] for node in document["@graph"]}) == len(every_type())
    assert json.loads("".join(jsonld_lines([])))["@graph"] == []


def test_the_same_occurrence_is_linked() -> None:
    assert node_of(donation(same_as=["b c.txt#1"]))["sameAs"] == ["urn:bangfu:event:b%20c.txt:1"]


# ---- what the documentation says ---------------------------------------------------------------------------------


def test_the_documentation_names_every_type_and_reason_and_its_query_runs(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "outputs.md").read_text(encoding="utf-8")
    assert [reason for reason in get_args(Reason) if f"`{reason}`" not in text] == []
    for record in every_type():
        assert f"| {record.type} | {node_of(record)['@type']} |" in text
    write_sqlite(every_type(), tmp_path / "x.db")
    query = text.split("```sql\n")[1].split("```")[0]
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        assert database.execute(query).fetchall() == [("青桐食品有限公司", 200000)]


# ---- streams, faults, whole files --------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["jsonld", "360giving"])
def test_one_stream_goes_to_stdout_and_comes_from_stdin(to: str) -> None:
    result = export("-", to, "-", stdin=EVERY_TYPE.read_text(encoding="utf-8"))
    assert json.loads(result.stdout)["@graph" if to == "jsonld" else "grants"]


@pytest.mark.parametrize(
    ("to", "output", "message"),
    [
        ("csv", "-", "--output: csv is no stream; give a folder"),
        ("parquet", "-", "--output: parquet is no stream; give a folder"),
        ("sqlite", "-", "--output: sqlite is no stream; give a file"),
        ("csv", "FILE", "is a file; CSV is several files, give a folder"),
        ("parquet", "FILE", "is a file; Parquet is several files, give a folder"),
        ("sqlite", "FOLDER", "is a folder; give the name of a file"),
        ("jsonld", "FILE/below", "its folder cannot be made"),
        ("xml", "x", "'xml' is not one of"),
    ],
)
def test_wrong_use_gets_one_line_and_exit_code_2(to: str, output: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("stays", encoding="utf-8")
    place = output.replace("FILE", str(tmp_path / "file")).replace("FOLDER", str(tmp_path))
    result = export(EVERY_TYPE, to, place)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr
    assert (tmp_path / "file").read_text(encoding="utf-8") == "stays"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (None, "no such file; give the events.jsonl of an extraction"),
        ("{\n", "e.jsonl:1: the line: Invalid JSON"),
        ('{"type": "gift"}\n', "e.jsonl:1: event_id: Field required; one event as `bangfu schema` describes it"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_written(lines: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    if lines is not None:
        path.write_text(lines, encoding="utf-8")
    result = export(path, "sqlite", tmp_path / "out" / "x.db")
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", "")
    assert not list((tmp_path / "out").glob("*"))


def test_an_id_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"event_id 'a.txt#000000000001' stands twice; give the events of one"):
        write_sqlite([donation(), donation()], tmp_path / "x.db")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("old", encoding="utf-8")
    lines = EVERY_TYPE.read_text(encoding="utf-8").splitlines()
    (tmp_path / "e.jsonl").write_text("\n".join([lines[0], "broken"]), encoding="utf-8")
    assert export(tmp_path / "e.jsonl", "csv", tmp_path).exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.jsonl", "events.csv"]
    assert (tmp_path / "events.csv").read_text(encoding="utf-8") == "old"


def test_what_a_killed_run_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.part").write_bytes(b"half")
    with whole_paths([tmp_path / "x"]) as [part]:
        assert not part.exists()
        part.write_bytes(b"whole")
        assert not (tmp_path / "x").exists()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x", b"whole")]


def test_parquet_says_which_package_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = export(EVERY_TYPE, "parquet", tmp_path / "p")
    assert result.exit_code == 2
    assert "parquet: the package pyarrow is missing; pip install 'bangfu[parquet]' brings it" in result.stderr
