"""The model card: figures in, page out; compared with the card before; verified against the models."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluate import evaluate
from pipeline.score_tables import figures as as_figures
from training.card_page import render
from training.model_card import (
    CARD,
    FIGURES,
    digest,
    faults,
    main,
    measure,
    page,
    read_variants,
    with_before,
    write_card,
)

ROOT = Path(__file__).parent.parent


def scores(hits: int) -> dict[str, Any]:
    spans = [{"label": "ORG", "start": place, "end": place + 1, "text": "甲"} for place in range(4)]
    gold = {"a": {"sha256": "a", "entities": spans, "records": []}}
    whole = as_figures(evaluate(gold, [{"sha256": "a", "entities": spans[:hits]}], []))
    return {"documents": 1, "whole": whole, "sources": {"model alone": whole}, "stages": {"gold spans, rules": whole}}


def made_up_figures(models: str = "0" * 64, hits: int = 3) -> dict[str, Any]:
    judged = {"judged": 4, "before": 0.0512, "after": 0.0213}
    test = judged | {"table": [[0.9, 1.0, 4, 0.95, 0.75]], "abstention": [[0.0, 1.0, 0.75]]}
    calibration = {"temperature": 1.65, "dev": judged, "test": test}
    part = {"sha256": "f" * 64, "documents": 1, "characters": 1234, "spans": {"ORG": 4}, "records": 0}
    return {
        "models": models,
        "bytes": 7_100_000,
        "made_from": {"corpus": "c" * 64, "configuration": "d" * 64},
        "data": {"train": part, "dev": part, "test": part},
        "scores": {"dev": scores(hits), "test": scores(hits)},
        "calibration": {"recogniser": calibration},
        "before": None,
    }


def test_the_page_tells_every_figure() -> None:
    variants = [{"name": "layers 0, 4, 8", "dev": [0.92, 0.94], "real": [0.8], "seconds": 640, "shipped": True}]
    speeds = [{"candidate": "recogniser", "characters a second": 3456, "load seconds": 2.5, "peak MiB": 700}]
    text = render(made_up_figures(), variants, speeds, "- Persons are not labelled.\n")
    for line in (
        "Models `000000000000`, 7.1 MB; made from corpus `cccccccccccc` and configuration `dddddddddddd`",
        "| dev | `ffffffffffff` | 1 | 1,234 | 4 | 0 |",
        "| ORG | 1.000 | 0.750 | 0.857 (0.86 to 0.86) | 3 | 4 |",
        "| model alone | 0.857 | - | - | - | - | 0.857 |",
        "| spans of the five labels, the model's own | 1.65 | 4 | 0.051 | 0.021 | 4 | 0.051 | 0.021 |",
        "| 0.9 to 1.0 | 4 | 0.950 | 0.750 |",
        "| 0.0 | 100% | 0.750 |",
        "| **layers 0, 4, 8** | 0.930 (2 seeds, 0.920 to 0.940) | 0.800 | 640 |  |",
        "| recogniser | 3456 | 2.5 | 700 |",
        "- Persons are not labelled.",
    ):
        assert line in text, line
    assert "Before and now" not in text


def test_dev_and_test_are_measured_with_the_models_that_are_there(tmp_path: Path) -> None:
    for split in ("train", "dev", "test"):
        rows = (ROOT / "corpus" / f"{split}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / f"{split}.jsonl").write_text("".join(rows[:2]), encoding="utf-8")
    figures = measure(ROOT / "models" / "fast", tmp_path)
    for split in ("dev", "test"):
        assert figures["data"][split]["documents"] == figures["scores"][split]["documents"] == 2
        assert figures["scores"][split]["whole"]["entities"]["all"]["f"] > 0.5
        assert figures["calibration"]["recogniser"][split]["judged"] > 10
    assert "| dev |" in page(ROOT / "models" / "fast", with_before(figures, None))


def test_what_was_not_measured_is_no_section() -> None:
    text = render(made_up_figures(), [], [], "")
    for section in ("## Speed", "## Architecture", "## Limits", "## Before"):
        assert section not in text


def test_a_card_is_compared_with_that_of_the_models_before() -> None:
    first, second = made_up_figures("1" * 64, hits=2), made_up_figures("2" * 64, hits=3)
    now = with_before(second, with_before(first, None))
    assert "| dev | ORG | 0.667 | 0.857 | +0.190 |" in render(now, [], [], "")
    # the same models measured again are compared with what they were compared with before
    assert with_before(copy.deepcopy(second), now)["before"] == now["before"]


def a_folder(tmp_path: Path) -> Path:
    models = tmp_path / "models"
    models.mkdir()
    (models / "weights").write_bytes(b"1")
    return models


def test_a_card_must_be_of_the_models_beside_it(tmp_path: Path) -> None:
    models = a_folder(tmp_path)
    assert faults(models) == [f"{models / CARD}: missing; run make card"]
    write_card(models, made_up_figures(digest(models)))
    assert faults(models) == []
    (models / CARD).write_text("F1 0.99", encoding="utf-8")
    assert faults(models) == [f"{models / CARD}: is not what its figures say; run make card"]
    (models / "weights").write_bytes(b"2")
    assert faults(models) == [f"{models / CARD}: is about other models; run make card"]


def test_rendering_needs_no_measuring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = a_folder(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        run("--models", str(models), "--render")
    assert stopped.value.code == 2
    assert f"{models / FIGURES}: missing; run make card" in capsys.readouterr().err
    (models / FIGURES).write_text(json.dumps(made_up_figures(digest(models))), encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        run("--models", str(models), "--render")
    assert stopped.value.code == 0
    assert (models / CARD).read_text(encoding="utf-8") == page(models, made_up_figures(digest(models)))


def run(*arguments: str) -> None:
    import typer

    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app(list(arguments))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[variant]]\nname = 'a'\n", r"variant 1 \(a\): give name and dev, and of \['dev', 'name'"),
        ("[[variant]]\nname = 'a'\ndev = [0.9]\nf1 = 1\n", r"variant 1 \(a\): give name and dev"),
        ("[[variant", "broken table .*; write \\[\\[variant\\]\\] tables"),
    ],
)
def test_a_broken_table_of_variants_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "architecture.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_variants(path)


def test_the_shipped_table_of_variants_can_be_read() -> None:
    assert all(row["name"] for row in read_variants(Path("docs/architecture.toml")))
    assert read_variants(Path("docs/none.toml")) == []
