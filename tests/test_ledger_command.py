"""The command ``bangfu ledger``: tables, CSV, JSON, wrong use, and the page about it."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from made_records import amount, party, telling
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.json_values import json_line
from pipeline.ledger import Row

SCHOOL = party("recipient", "明德小学")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["ledger", *arguments], input=stdin)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    rows = [
        telling("a"),
        telling("b", participants=[party("donor", "=白鹭\x1b[31m公司")], amounts=[amount("30000.50")]),
    ]
    path.write_text("".join(map(json_line, rows)), encoding="utf-8")
    return path


def test_a_terminal_gets_tables_and_the_summary_apart(events: Path) -> None:
    result = run(str(events))
    assert result.exit_code == 0
    assert "by county" in result.stdout
    assert "230,000.5" in result.stdout
    assert "\x1b" not in result.stdout
    assert "2 of 2 records have amounts that count" in result.stderr


def test_a_long_table_is_cut_and_says_so(events: Path) -> None:
    result = run(str(events), "--by", "giver", "--top", "1")
    assert "1 more; --top 0 shows all" in result.stdout
    assert "白鹭" not in result.stdout
    assert "by type" not in result.stdout
    assert "白鹭" in run(str(events), "--by", "giver", "--top", "0").stdout


def test_csv_goes_to_a_file_or_stdout_and_is_harmless_to_spreadsheets(events: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(str(events), "--csv", "-").stdout)))
    assert list(rows[0]) == list(Row.__dataclass_fields__)
    assert {"by": "giver", "key": "青桐公司", "records": "1", "stated": "200000", "at_most": "200000"}.items() <= rows[
        -4
    ].items()
    assert rows[-3]["key"].startswith("'=白鹭")
    assert run(str(events), "--csv", str(tmp_path / "ledger.csv")).exit_code == 0
    with (tmp_path / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == rows


def test_json_holds_totals_and_what_was_left_out() -> None:
    rows = [telling("a"), telling("b", status="planned")]
    found = json.loads(run("-", "--json", "--by", "type", stdin="".join(map(json_line, rows))).stdout)
    [row] = found["totals"]
    assert (row["key"], row["stated"], row["records"]) == ("donation", "200000", 1)
    assert found["left_out"] == [{"event_id": "b#0", "text": "钱", "reason": "planned"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-file",), "no-such-file: no such file; give the events.jsonl of an extraction"),
        (("-", "--csv", "-", "--json"), "--csv and --json: two forms at once; give one of them"),
        (("-",), "stdin:1: "),
    ],
)
def test_wrong_use_gets_one_line(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments, stdin="{}\n")
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", "")


def test_the_page_about_it_names_every_column_and_option() -> None:
    page = (Path(__file__).parent.parent / "docs" / "ledger.md").read_text(encoding="utf-8")
    assert all(f"`{column}`" in page for column in Row.__dataclass_fields__)
    options = set(re.findall(r"--(?:by|planned|csv|json|top)\b", run("--help").stdout))
    assert options == {"--by", "--planned", "--csv", "--json", "--top"}
    assert all(option in page for option in options)
