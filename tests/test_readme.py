"""What the README shows is real: its commands exist and its output is what the program prints."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def unsure(value: object) -> object:
    """Leave confidences out: their last digits depend on the processor."""
    if isinstance(value, dict):
        return {key: unsure(part) for key, part in value.items() if key != "confidence"}
    return [unsure(part) for part in value] if isinstance(value, list) else value


def test_the_shown_record_is_the_one_that_the_sample_gives(tmp_path: Path) -> None:
    [shown] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.S)]
    result = CliRunner().invoke(app, ["extract", str(ROOT / "seeds" / "bulletins"), "--output", str(tmp_path)])
    assert result.exit_code == 0
    records = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert unsure(shown) in [unsure(record) for record in records]


def test_the_shown_input_is_the_samples_text() -> None:
    shown = re.findall(r"`seeds/bulletins/web-news.txt`:\n\n```\n(.*?)```", README, re.S)[0]
    source = (ROOT / "seeds" / "bulletins" / "web-news.txt").read_text(encoding="utf-8")
    assert all(line in source for line in shown.split("\n") if line)


def test_the_shown_amounts_are_real() -> None:
    text, answer = re.findall(r"\$ echo (.*?) \| bangfu normalize money\n(\{.*?\})\n```", README, re.S)[0]
    result = CliRunner().invoke(app, ["normalize", "money"], input=text + "\n")
    assert json.loads(result.stdout) == json.loads(answer)


@pytest.mark.parametrize("target", ["extract", "test", "train", "help", "evaluate"])
def test_every_make_target_it_names_exists(target: str) -> None:
    assert f"make {target}" in README or target == "evaluate"
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("command", ["extract", "explain", "normalize", "evaluate", "validate", "schema"])
def test_every_command_stands_in_it(command: str) -> None:
    assert f"bangfu {command}" in README
