"""``bangfu annotate import``: rows or nothing, records as a pull makes them, and confirmed texts into the corpus."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from training.corpus import to_row
from training.desk.commands import app
from training.desk.exchange import for_doccano
from training.desk.flavours import one_labelling, read_labellings, with_records
from training.desk.push import document_of
from training.markup import parse_batch

TEXT = "3月5日，白鹭区工商联向青禾县捐赠20万元。"
LABELS = [[0, 4, "DATE"], [5, 11, "ORG"], [12, 15, "GPE"], [15, 17, "EVENT"], [17, 21, "MONEY"]]
SENT = """=== n-1 genre=village giver=白鹭区 receiver=青禾县 published=2031-03-09
# 😀[白鹭区|GPE]简讯
[3月5日|DATE date.1]，[白鹭区工商联|ORG donor.1]向[青禾县|GPE recipient.1][捐赠|EVENT donation.1:planned]每户[20万元|MONEY amount.1 per=户]。
[|donation.2][玉砚公司|ORG donor.2]　[500|FILLER amount.2]
"""


@pytest.mark.parametrize("command", ["import", "agreement", "next", "review"])
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def put(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def exported(row: dict[str, Any]) -> dict[str, Any]:
    """What doccano's export holds of a row that was pushed: new numbers, metadata at the top level, an id and comments."""
    sent = for_doccano(document_of(row))
    entities = [entity | {"id": 700 + 3 * entity["id"]} for entity in sent["entities"]]
    relations = [
        arc | {"from_id": 700 + 3 * arc["from_id"], "to_id": 700 + 3 * arc["to_id"]} for arc in sent["relations"]
    ]
    return sent | {"id": 12, "entities": entities[::-1], "relations": relations, "Comments": []}


def test_an_export_of_what_was_pushed_gives_back_its_row(tmp_path: Path) -> None:
    row = to_row(next(parse_batch(SENT)))
    (labelling,) = read_labellings(put(tmp_path / "all.jsonl", exported(row)))
    found, faults = with_records(labelling)
    assert faults == ()
    assert {key: found.rows[0][key] for key in row} == row


def test_records_follow_what_was_relabelled(tmp_path: Path) -> None:
    export = exported(to_row(next(parse_batch(SENT))))
    donor = next(arc for arc in export["relations"] if arc["type"] == "donor")
    donor["type"] = "recipient"
    found, _ = with_records(one_labelling(read_labellings(put(tmp_path / "all.jsonl", export))))
    roles = [argument["role"] for argument in found.rows[0]["records"][0]["arguments"]]
    assert sorted(roles) == ["amount", "date", "recipient", "recipient"]
    assert (found.rows[0]["records"][0]["type"], found.rows[0]["records"][0]["status"]) == ("donation", "planned")


def test_label_lists_get_records_and_what_the_checker_finds_is_told(tmp_path: Path) -> None:
    path = put(tmp_path / "all.jsonl", {"text": TEXT, "label": [*LABELS[:4], [17, 20, "MONEY"]], "doc_id": "n 1"})
    found, faults = with_records(one_labelling(read_labellings(path)), lambda row, anchor: "donation")
    assert [record["type"] for record in found.rows[0]["records"]] == ["donation"]
    assert [fault.doc_id for fault in faults] == ["n%201"] * len(faults)


def test_confirmed_texts_of_an_export_join_the_corpus(tmp_path: Path) -> None:
    for split in ("train", "dev", "test"):
        (tmp_path / "corpus" / "bulletins" / split).mkdir(parents=True)
    (tmp_path / "corpus" / "stock_phrases.txt").write_text("# none\n", encoding="utf-8")
    row = to_row(next(parse_batch(SENT)))
    path = put(tmp_path / "all.jsonl", exported(row))
    joined = ["import", str(path), "--join", str(tmp_path / "corpus")]
    assert CliRunner().invoke(app, joined).exit_code == 0
    assert not list((tmp_path / "corpus").rglob("desk.txt"))
    result = CliRunner().invoke(app, [*joined, "--confirmed"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 added in" in result.stderr
    (file,) = (tmp_path / "corpus").rglob("desk.txt")
    assert [to_row(bulletin) for bulletin in parse_batch(file.read_text(encoding="utf-8"))] == [row]


def test_the_command_writes_rows_or_nothing(tmp_path: Path) -> None:
    path, output = put(tmp_path / "all.jsonl", {"text": TEXT, "label": LABELS}), tmp_path / "rows.jsonl"
    result = CliRunner().invoke(app, ["import", str(path), "--output", str(output)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 texts, 5 spans" in result.stderr
    assert json.loads(output.read_text(encoding="utf-8"))["text"] == TEXT
    printed = CliRunner().invoke(app, ["import", str(path)])
    assert printed.stdout == output.read_text(encoding="utf-8")
    output.unlink()
    put(path, {"text": TEXT, "label": [[0, 1, "X"]]})
    for arguments in ([str(path)], [str(tmp_path / "none")], [str(path), "--rename", "X"]):
        result = CliRunner().invoke(app, ["import", *arguments, "--output", str(output)])
        assert result.exit_code == 2
        assert result.stderr.startswith("annotate: ")
        assert not output.exists()
    assert "--rename X: not OLD=NEW; right would be 单位=ORG" in result.stderr
