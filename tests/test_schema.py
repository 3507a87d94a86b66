"""The published JSON Schema: it is what the models say, a change needs a version, and older output stays valid."""

import hashlib
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.event_types import event_scheme
from pipeline.records import SCHEMA_VERSION
from pipeline.schema import FILES

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "docs" / "schema"
SAMPLES = Path(__file__).parent / "output_versions"
VERSIONS = sorted(path.stem.removeprefix("bangfu-") for path in PUBLISHED.glob("bangfu-*.json"))
REMEDY = (
    "a change of pipeline/records.py needs a new SCHEMA_VERSION, a line 'Output schema VERSION' in CHANGELOG.md, "
    f"sample lines in tests/output_versions/VERSION, and `bangfu schema > docs/schema/bangfu-{SCHEMA_VERSION}.json` "
    "with its line in docs/schema/SHA256SUMS"
)
SAMPLE_FILES = sorted(SAMPLES.glob("*/*.jsonl"))


def test_the_published_schema_is_what_the_models_say() -> None:
    path = PUBLISHED / f"bangfu-{SCHEMA_VERSION}.json"
    assert path.is_file(), REMEDY
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(CliRunner().invoke(app, ["schema"]).stdout), (
        REMEDY
    )


def test_what_is_published_never_changes() -> None:
    sums = {line.split()[1]: line.split()[0] for line in (PUBLISHED / "SHA256SUMS").read_text().splitlines()}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in PUBLISHED.glob("bangfu-*.json")}
    assert found == sums, REMEDY


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_stands_in_the_change_log_and_has_samples(version: str) -> None:
    assert f"Output schema {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), REMEDY
    schema = json.loads((PUBLISHED / f"bangfu-{version}.json").read_text(encoding="utf-8"))
    assert schema["version"] == version
    assert {path.name for path in SAMPLE_FILES if path.parent.name == version} == set(schema["files"]), REMEDY


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_lines_of_every_version_are_valid_today(path: Path) -> None:
    assert lines(path)
    for line in lines(path):
        FILES[path.name].model_validate_json(line)


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_lines_are_valid_under_the_schema_published_with_them(path: Path) -> None:
    schema = json.loads((PUBLISHED / f"bangfu-{path.parent.name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator({"$defs": schema["$defs"]} | schema["files"][path.name])
    for line in lines(path):
        assert list(validator.iter_errors(json.loads(line))) == []
    assert list(validator.iter_errors({"anything": "else"}))


@pytest.mark.parametrize("version", VERSIONS)
def test_samples_show_every_type_and_quote_their_text(version: str) -> None:
    text = (SAMPLES / version / "简报.txt").read_text(encoding="utf-8")
    events = [json.loads(line) for line in lines(SAMPLES / version / "events.jsonl")]
    assert {event["type"] for event in events} == set(event_scheme().types)
    for event in events:
        spans = [span for value in event.values() if isinstance(value, list) for span in value if "start" in span]
        for span in [*spans, event["evidence"], *([event["date"]] if event["date"] else [])]:
            assert text[span["start"] : span["end"]] == span["text"]
