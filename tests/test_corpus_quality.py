"""The corpus as a whole: what it must hold, what training sees of it, and when shipped models no longer fit."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from training.corpus import app, read_batches
from training.coverage import shortfalls, tables
from training.markup import parse_batch
from training.rows import argument_rows, training_rows
from training.train import main, verify

command = typer.Typer()
command.command()(main)

BULLETIN = """=== a-1 genre=village giver=白鹭区 receiver=青禾县 published=2031-03-09
[3月5日|DATE date.1],[白鹭区工商联|ORG donor.1]向[[青禾县|GPE]3所小学|FILLER recipient.1][捐赠|EVENT donation.1][图书500册|ITEM item.1].
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for split in ("train", "dev", "test"):
        folder = tmp_path / "bulletins" / split
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(BULLETIN.replace("a-1", f"{split}-1"), encoding="utf-8")
    (tmp_path / "stock_phrases.txt").write_text("# none\n", encoding="utf-8")
    return tmp_path


def test_every_missed_minimum_is_named(tmp_path: Path) -> None:
    config = tmp_path / "corpus.toml"
    config.write_text("[minimum]\nbulletins = 2\nrecords = 1\nrecords_of_each_type = 1\n", encoding="utf-8")
    assert shortfalls(list(parse_batch(BULLETIN)), config) == [
        "bulletins: 1 of at least 2",
        "records_of_each_type: 0 of at least 1",
    ]


def test_tables_count_labels_types_and_genres() -> None:
    found = tables(list(parse_batch(BULLETIN)))
    assert found["labels"]["ORG"] == 1
    assert found["record types"]["donation"] == 1
    assert found["genres"] == {"village": 1}


def test_building_twice_gives_the_same_files_and_verify_sees_a_change(corpus: Path) -> None:
    CliRunner().invoke(app, ["build", str(corpus)])
    first = (corpus / "train.jsonl").read_bytes()
    CliRunner().invoke(app, ["build", str(corpus)])
    assert (corpus / "train.jsonl").read_bytes() == first
    with (corpus / "bulletins" / "train" / "a.txt").open("a", encoding="utf-8") as batch:
        batch.write("又添了一句。\n")
    result = CliRunner().invoke(app, ["build", str(corpus), "--verify"])
    assert result.exit_code == 1
    assert "train.jsonl: out of date; run make corpus" in result.stdout


def test_a_name_in_train_and_test_is_a_fault(corpus: Path) -> None:
    for split in ("train", "test"):
        batch = corpus / "bulletins" / split / "a.txt"
        batch.write_text(batch.read_text(encoding="utf-8") + "[青桐木业公司|ORG]来了。\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["build", str(corpus)])
    assert "青桐木业公司: invented name in train and in test" in result.stdout


def test_a_broken_batch_file_is_wrong_use(corpus: Path) -> None:
    (corpus / "bulletins" / "dev" / "a.txt").write_text("=== a-1\n[甲公司|ORG", encoding="utf-8")
    assert CliRunner().invoke(app, ["build", str(corpus)]).exit_code == 2


def test_training_sees_text_as_repair_leaves_it_with_offsets_unmoved(corpus: Path) -> None:
    CliRunner().invoke(app, ["build", str(corpus)])
    [row] = training_rows(corpus, "train")
    assert row["text"].startswith("3月5日，")
    donor = row["entities"][1]
    assert row["text"][donor["start_offset"] : donor["end_offset"]] == "白鹭区工商联"


def test_of_overlapping_helper_spans_the_longer_stays() -> None:
    spans = [(0, 4, "FILLER"), (2, 8, "ITEM"), (9, 11, "FILLER"), (0, 2, "ORG")]
    row = {"entities": [{"start_offset": a, "end_offset": b, "label": label} for a, b, label in spans]}
    kept = {(e["start_offset"], e["label"]) for e in argument_rows([row])[0]["entities"]}
    assert kept == {(2, "ITEM"), (9, "FILLER")}


def test_models_made_from_another_corpus_are_named(corpus: Path, tmp_path: Path) -> None:
    config = tmp_path / "recogniser.cfg"
    config.write_text("[nlp]\n", encoding="utf-8")
    models = tmp_path / "models"
    assert verify(models, corpus, config) == [f"{models / 'training.json'}: missing; run make train"]
    models.mkdir()
    (models / "training.json").write_text(json.dumps({"made_from": {"corpus": "0" * 64}}), encoding="utf-8")
    assert all("run make train" in fault for fault in verify(models, corpus, config))


def test_a_broken_training_configuration_is_named(tmp_path: Path) -> None:
    config = tmp_path / "broken.cfg"
    config.write_text("[broken\n", encoding="utf-8")
    result = CliRunner().invoke(command, ["--config", str(config), "--models", str(tmp_path / "models")])
    assert result.exit_code == 2
    assert "broken.cfg: broken configuration" in result.stderr


def test_the_fast_tier_takes_no_event_models_of_another_corpus(corpus: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    result = CliRunner().invoke(command, ["--tier", "fast", "--corpus", str(corpus), "--models", str(models)])
    assert result.exit_code == 2
    assert "run make train: the full tier teaches this one, and its event models serve both" in result.stderr
    assert not models.exists()


def test_bulletins_of_a_folder_are_read(corpus: Path) -> None:
    assert [bulletin.name for bulletin in read_batches([corpus / "bulletins" / "dev"])] == ["dev-1"]
