"""The loop closed: what labellers confirmed joins the corpus, the models learn from it, and the card shows before and after."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from spacy.util import load_config
from test_desk_doubt import FAST, TINY

from pipeline.extract import MODELS
from training.corpus import SPLITS, compiled, read_batches, to_row
from training.desk.connection import ROOT
from training.desk.join import join
from training.desk.pull import Pulled, row_of
from training.desk.push import document_of
from training.markup import parse_batch
from training.model_card import CARD, FIGURES, faults, make_card, read_figures
from training.train import MADE_FROM, train, verify

pytestmark = pytest.mark.slow
SPRING = """\
=== 春耕来信.txt genre=desk published=2031-03-20
# 春耕来信
[3月12日|DATE date.1]，[杏坞县农机服务站|ORG donor.1]向[柏岔村|GPE recipient.1][赠送|EVENT donation.1][微耕机6台|ITEM item.1]，价值[4.2万元|MONEY amount.1 kind=valuation]。
"""


def confirmed(source: str) -> dict[str, Any]:
    """A document as a pull brings it back once somebody has confirmed it."""
    row = to_row(next(parse_batch(source)))
    told = {"confirmed": True, "comments": [], "confirmed_by": ["lin"]}
    pulled, wrong = row_of(document_of(row) | told)
    assert not wrong
    return pulled


def build(corpus: Path) -> None:
    for split, lines in compiled(corpus).items():
        (corpus / f"{split}.jsonl").write_text(lines, encoding="utf-8")


def test_what_was_confirmed_is_learnt_and_the_card_shows_before_and_after(tmp_path: Path) -> None:
    corpus, models, config = tmp_path / "corpus", tmp_path / "models", tmp_path / "tiny.cfg"
    for split, (batch, most) in {"train": ("b10", 9), "dev": ("d05", 2), "test": ("t06", 2)}.items():
        (corpus / "bulletins" / split).mkdir(parents=True)
        bulletins = (ROOT / "corpus" / "bulletins" / split / f"{batch}.txt").read_text(encoding="utf-8").split("\n=== ")
        (corpus / "bulletins" / split / "some.txt").write_text("\n=== ".join(bulletins[:most]), encoding="utf-8")
    shutil.copy(ROOT / "corpus" / "stock_phrases.txt", corpus)
    load_config(FAST, overrides=TINY | {"training.max_epochs": 2}, interpolate=False).to_disk(config)
    build(corpus)
    models.mkdir()
    for name in (FIGURES, MADE_FROM):  # what the models of last time left
        shutil.copy(MODELS / name, models)
    before, rows = read_figures(models), len(read_batches([corpus / "bulletins"]))
    assert before is not None

    joined = join(Pulled((confirmed(SPRING),), ()), corpus)
    assert [name for names in joined.added.values() for name in names] == ["春耕来信.txt"]
    build(corpus)
    assert verify(models, corpus, config), "a joined document makes the models out of date"
    train(corpus, config, models)
    make_card(models, corpus)
    assert verify(models, corpus, config) == faults(models) == []
    now = read_figures(models)
    assert now is not None
    assert now["before"]["models"] == before["models"] != now["models"]
    assert sum(now["data"][split]["documents"] for split in SPLITS) == rows + 1
    assert json.loads((models / MADE_FROM).read_text(encoding="utf-8"))["bulletins"] == {
        split: now["data"][split]["documents"] for split in SPLITS
    }
    assert "## Before and now" in (models / CARD).read_text(encoding="utf-8")
