"""Records made by models that learnt from the dev bulletins."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.event_types import event_scheme
from pipeline.events.assemble import Event, assemble
from pipeline.events.models import NAMES, EventModels, load_event_models
from pipeline.events.reading import Reading, make_reading
from pipeline.sentences import sentences
from pipeline.spans import Mention
from training.confidence import reliability_of
from training.corpus import read_batches, to_row
from training.events import save_event_models, train_event_models
from training.phrases import learn_phrases
from training.readings import GoldReading, gold_readings

DEV = Path(__file__).parent.parent / "corpus" / "bulletins" / "dev"


@pytest.fixture(scope="session")
def golds() -> list[GoldReading]:
    return [gold for bulletin in read_batches([DEV]) for gold in gold_readings(to_row(bulletin))]


@pytest.fixture(scope="session")
def models(golds: list[GoldReading]) -> EventModels:
    return train_event_models(*learn_phrases(golds)[:2])


def test_trained_models_find_most_records_of_what_they_learnt_from(
    golds: list[GoldReading], models: EventModels
) -> None:
    wanted = found = 0
    for gold in golds:
        events = assemble(gold.reading, models)
        for record in gold.records:
            wanted += 1
            found += any(e.type == record.type and {*e.anchors} & {*record.anchors} for e in events if record.anchors)
    assert found / wanted > 0.85


def test_trained_confidence_tells_right_records_from_wrong_ones(golds: list[GoldReading], models: EventModels) -> None:
    rows = reliability_of(golds, models)
    assert sum(row.records for row in rows) == sum(len(assemble(gold.reading, models)) for gold in golds)
    assert len(rows) > 3
    middle = rows[len(rows) // 2].lower
    shares = [
        sum(row.right * row.records for row in some) / sum(row.records for row in some)
        for some in ([row for row in rows if row.lower < middle], [row for row in rows if row.lower >= middle])
    ]
    assert shares[0] + 0.1 < shares[1]


def test_saved_models_load_and_assemble_the_same(golds: list[GoldReading], models: EventModels, tmp_path: Path) -> None:
    save_event_models(models, tmp_path)
    assert sorted(path.stem for path in tmp_path.glob("*.json")) == sorted(NAMES)
    loaded = load_event_models(tmp_path)
    save_event_models(loaded, tmp_path / "again")
    for name in NAMES:
        assert (tmp_path / f"{name}.json").read_bytes() == (tmp_path / "again" / f"{name}.json").read_bytes()
    assert [e.anchors for e in assemble(golds[0].reading, loaded)] == [
        e.anchors for e in assemble(golds[0].reading, loaded)
    ]


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=re.escape("type.json")):
        load_event_models(tmp_path)


@pytest.fixture(scope="session")
def assembled(models: EventModels) -> Callable[[Reading], list[Event]]:
    return lambda reading: assemble(reading, models)


PIECES = st.sampled_from(
    [
        ("远山公司", "ORG"),
        ("柳湾村", "GPE"),
        ("20万元", "MONEY"),
        ("捐赠", "EVENT"),
        ("签约仪式", "EVENT"),
        ("走访", "EVENT"),
        ("5月6日", "DATE"),
        ("3所小学", "FILLER"),
        ("500", "FILLER"),
        ("图书60册", "ITEM"),
        *((plain, "") for plain in ("向", "、", "，", "。", "\n", "分别", "与", "捐款名单", "其中", "将", "合计")),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=30), headline=st.integers(0, 12))
def test_records_use_nothing_but_mentions_and_text_of_their_reading(
    assembled: Callable[[Reading], list[Event]], pieces: list[tuple[str, str]], headline: int
) -> None:
    text, mentions = "", []
    for piece, label in pieces:
        if label:
            mentions.append(Mention(len(text), len(text) + len(piece), piece, label, 0.9, "test"))
        text += piece
    reading = make_reading(text, sentences(text), mentions, min(headline, len(text)))
    for event in assembled(reading):
        arguments = [*event.participants, *event.amounts, *event.items, *event.places]
        used = [*event.anchors, *(argument.mention for argument in arguments)]
        used += [event.date.mention] if event.date else []
        for mention in used:
            assert mention in mentions or mention.by == "list line"
            assert text[mention.start : mention.end] == mention.text
        assert 0 <= event.evidence.start <= event.evidence.end <= len(text)
        assert 0 <= event.confidence <= 1
        assert {argument.role for argument in event.participants} <= set(event_scheme().types[event.type].roles)
        assert all(0 <= argument.confidence <= 1 for argument in arguments)
