"""The evaluation of the corpus with the models that ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from rich.console import Console

from pipeline.extract import load_tools
from training.corpus import read_rows
from training.evaluation import as_json, evaluate_documents, evaluate_reference, main, show_evaluation
from training.gold import document_of, gold_document

DEV = Path(__file__).parent.parent / "corpus" / "dev.jsonl"


@pytest.mark.slow
def test_a_few_documents_are_scored_by_source_and_shown() -> None:
    rows = read_rows(DEV)[:3]
    done = evaluate_documents([document_of(r) for r in rows], [gold_document(r) for r in rows], load_tools())
    assert list(done.sources) == ["model alone", "rules alone", "both"]
    both, model, rules = (
        done.sources[name].scores["entities"]["all"].f1 for name in ("both", "model alone", "rules alone")
    )
    assert min(both, model) > rules > 0
    assert done.sources["both"] is done.whole
    console = Console(width=130, record=True, quiet=True)
    show_evaluation("dev", done, 2, console)
    figures = as_json(done)
    assert figures["documents"] == 3
    assert figures["whole"]["entities"]["all"]["f"] == round(both, 4)
    assert json.loads(json.dumps(figures)) == figures


@pytest.mark.slow
def test_a_gold_file_without_its_document_is_told(tmp_path: Path) -> None:
    gold = {"sha256": "0" * 64, "entities": [], "records": []}
    (tmp_path / "a.json").write_text(json.dumps(gold), encoding="utf-8")
    (tmp_path / "b.txt").write_text("捐款。", encoding="utf-8")
    with pytest.raises(ValueError, match="no document for 1 gold files; give their folder with --documents"):
        evaluate_reference(tmp_path, tmp_path, load_tools())


def test_models_that_are_missing_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as stopped:
        main(models=tmp_path)
    assert stopped.value.exit_code == 2
    assert "no trained recogniser; run make train" in capsys.readouterr().err
