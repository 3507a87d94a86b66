"""The whole path with the shipped models: what the sample bulletins give, and that offsets and days hold."""

import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.data_folders import Tier, models_of
from pipeline.documents import Document, read_documents
from pipeline.extract import Extraction, Tools, extract, load_tools
from pipeline.normalise.values import date_context
from pipeline.output import entities_record, event_records

SEEDS = Path(__file__).parent.parent / "seeds" / "bulletins"


@pytest.fixture(scope="module")
def tools() -> Tools:
    return load_tools()


@pytest.fixture(scope="module")
def samples(tools: Tools) -> dict[str, Extraction]:
    found = [entry for entry in read_documents([SEEDS]) if isinstance(entry, Document)]
    return {entry.doc_id: extract(entry, tools) for entry in found}


def test_every_span_of_every_sample_quotes_its_source(samples: dict[str, Extraction]) -> None:
    for extraction in samples.values():
        text = extraction.document.text
        spans = [*entities_record(extraction).entities]
        assert spans
        assert all(one.end <= other.start for one, other in pairwise(spans))
        for record in event_records(extraction):
            quoted = [
                *record.anchors,
                *record.places,
                *record.participants,
                *record.amounts,
                *record.items,
                record.evidence,
            ]
            assert all(text[span.start : span.end] == span.text for span in quoted)
        assert all(text[span.start : span.end] == span.text for span in spans)


def test_a_hard_wrapped_newsletter_gives_its_donations(samples: dict[str, Extraction]) -> None:
    amounts = {
        (record.type, amount.value, amount.per)
        for record in event_records(samples["newsletter.txt"])
        for amount in record.amounts
    }
    assert {("donation", "200000", None), ("donation", "45000", None), ("donation", "800", "户")} <= amounts


def test_a_list_without_verbs_gives_a_record_a_line(samples: dict[str, Extraction]) -> None:
    rows = [
        (participant.text, amount.value)
        for record in event_records(samples["donation-list.txt"])
        if not record.anchors
        for participant in record.participants
        if participant.role == "donor"
        for amount in record.amounts
    ]
    assert ("青禾县供销合作社联合社", "30000") in rows


def test_identifiers_are_unique_and_stable(samples: dict[str, Extraction], tools: Tools) -> None:
    for extraction in samples.values():
        ids = [record.event_id for record in event_records(extraction)]
        assert len(set(ids)) == len(ids)
        again = extract(extraction.document, tools)
        assert [record.event_id for record in event_records(again)] == ids


def test_plain_spacy_loads_the_trained_pipeline() -> None:
    program = "import spacy; doc = spacy.load('models/full/recogniser')('捐款20万元。'); print(doc.ents[-1].text, doc.ents[-1].label_)"
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=SEEDS.parent.parent, check=True
    )
    assert shown.stdout.strip() == "20万元 MONEY"


@pytest.mark.parametrize("tier", Tier)
def test_what_ships_stays_small(tier: Tier) -> None:
    size = sum(path.stat().st_size for path in models_of(tier).rglob("*") if path.is_file())
    assert 0 < size <= 8_000_000


@pytest.mark.parametrize(
    ("text", "day", "source"),
    [
        ("白鹭简报\n2031年第4期\n4月21日开班。", date(2031, 12, 31), "year of the issue, 2031"),
        ("4月21日开班。", None, ""),
    ],
)
def test_the_year_of_an_issue_dates_its_days(text: str, day: date | None, source: str) -> None:
    context = date_context(Document("x", text, "0" * 64))
    assert (context.day, context.source) == (day, source)


def test_text_evidence_wins_over_metadata_unless_it_is_the_weakest() -> None:
    dated = Document("x", "发布时间：2031-03-05\n4月21日开班。", "0" * 64, published=date(2029, 1, 1))
    undated = Document("x", "2027年3月5日签约，4月21日开班。", "0" * 64, published=date(2029, 1, 1))
    assert date_context(dated).day == date(2031, 3, 5)
    assert (date_context(undated).day, date_context(undated).source) == (date(2029, 1, 1), "metadata")
