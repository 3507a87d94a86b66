"""The command: what it prints, its exit codes, and one clear line for each wrong use."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("command", ["extract", "explain", "normalize", "evaluate", "schema", "validate"])
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_money_is_read_line_by_line() -> None:
    result = run("normalize", "money", stdin="捐款近20万元。\n没有金额\n")
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["amounts"][0]["value"], first["amounts"][0]["upper"]) == ("200000", "200000")
    assert second["amounts"] == []


def test_a_date_takes_its_year_from_the_line_or_the_option() -> None:
    own = json.dumps({"text": "3月\n5日", "date": "2031-04-01"}, ensure_ascii=False)
    result = run("normalize", "date", "--date", "2029-12-01", stdin=f"{own}\n11月2日\n")
    days = [json.loads(line)["dates"][0]["first_day"] for line in result.stdout.splitlines()]
    assert days == ["2031-03-05", "2029-11-02"]


def test_places_get_codes() -> None:
    result = run("normalize", "place", stdin="云南省文山州广南县\n")
    assert json.loads(result.stdout)["places"][0]["code"] == "532627"


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (("normalize", "date", "--date", "3月"), "x\n", "'3月' is not a day; write YYYY-MM-DD"),
        (("normalize", "date"), '{"date": "2031-01-01"}\n', 'stdin:1: object without "text"'),
        (("normalize", "date"), '{"text": "x", "date": "soon"}\n', "date 'soon' is not a day"),
        (("extract", "no-such-file"), None, "no-such-file"),
        (("explain", "no-such-file"), None, "no-such-file"),
        (("validate", "no-such-file"), None, "no such file"),
        (("evaluate", "--gold", "no-such-file"), None, "no such file"),
    ],
)
def test_wrong_use_gets_one_line_and_exit_code_2(arguments: tuple[str, ...], stdin: str | None, message: str) -> None:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", "")
    assert "Traceback" not in result.stderr


def test_an_extraction_writes_its_files_and_rejects_what_it_cannot_read(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("2031年3月5日，青桐公司向青禾县捐赠20万元。", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.txt").write_bytes(PNG)
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere")
    result = run("extract", str(folder), "--output", str(output))
    assert result.exit_code == 1
    assert {row["path"]: row["reason"] for row in lines(output / "errors.jsonl")} == {
        "empty.txt": "empty",
        "picture.txt": "binary",
        "gone.txt": "unreadable",
    }
    [event] = lines(output / "events.jsonl")
    assert event["type"] == "donation"
    assert [amount["value"] for amount in event["amounts"]] == ["200000"]
    assert sorted(path.name for path in output.iterdir() if not path.name.startswith(".")) == [
        "entities.jsonl",
        "errors.jsonl",
        "events.jsonl",
        "run.json",
    ]
    for name in ("events.jsonl", "entities.jsonl", "errors.jsonl"):
        assert run("validate", str(output / name)).exit_code == 0


def test_two_runs_give_the_same_bytes_and_every_span_quotes_its_source(tmp_path: Path) -> None:
    source = "２０３１年３月５日，青桐公司\r\n向青禾县捐赠 20 万\r\n元，用于修缮校舍。\r\n"
    path = tmp_path / "a.txt"
    path.write_bytes(source.encode("gb18030"))
    for name in ("one", "two"):
        assert run("extract", str(path), "--output", str(tmp_path / name)).exit_code == 0
    for name in ("events.jsonl", "entities.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    [row] = lines(tmp_path / "one" / "entities.jsonl")
    entities = row["entities"]
    assert isinstance(entities, list)
    assert "20 万\r\n元" in [entity["text"] for entity in entities]
    assert all(source[e["start"] : e["end"]] == e["text"] for e in entities)


def test_a_broken_record_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"type": "gift"}\n', encoding="utf-8")
    result = run("validate", str(path))
    assert result.exit_code == 1
    assert f"{path}:1:" in result.stderr.replace("\n", "")


def test_the_schema_names_every_file() -> None:
    schema = json.loads(run("schema").stdout)
    assert set(schema["files"]) == {"events.jsonl", "review.jsonl", "entities.jsonl", "errors.jsonl"}


def test_stdin_is_a_document_named_dash(tmp_path: Path) -> None:
    result = run("extract", "-", "--output", str(tmp_path / "out"), stdin="2031年3月5日，青桐公司向青禾县捐赠20万元。")
    assert result.exit_code == 0
    assert lines(tmp_path / "out" / "entities.jsonl")[0]["doc_id"] == "-"


def test_explain_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("2031年3月5日，青桐公司向青禾县捐赠20万元。", encoding="utf-8")
    result = run("explain", str(path))
    assert result.exit_code == 0
    assert "donor: '青桐公司'" in result.stdout
    assert "because" in result.stdout


def test_a_broken_model_configuration_is_named_in_one_line(tmp_path: Path) -> None:
    for name in ("recogniser", "arguments"):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "config.cfg").write_text("[broken\n", encoding="utf-8")
    document = tmp_path / "a.txt"
    document.write_text("捐款5万元。", encoding="utf-8")
    result = run("extract", str(document), "--models", str(tmp_path / "models"), "--output", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "config.cfg: the pipeline cannot be loaded" in result.stderr
    assert not (tmp_path / "out").exists()
