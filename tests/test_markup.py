"""The notation of labelled bulletins: what it reads, what it refuses, and that nothing is lost on the way and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spans import Span
from training.corpus import from_row, to_row
from training.markup import Bulletin, Link, Mark, MarkupError, parse_batch, parse_line, write_bulletin

BATCH = """=== x-1 genre=newsletter published=2031-03-09
~ 白鹭区简报 第3期
# [白鹭区工商联|ORG]赴[青禾县|GPE]开展[助学活动|EVENT donation.1]
[3月5日|DATE date.1]，[白鹭区工商联|ORG donor.1]向[[青禾县|GPE]3所小学|FILLER recipient.1][捐赠|EVENT donation.1][20万元|MONEY amount.1]。
[|donation.2:total]合计 [3万元|MONEY amount.2 per=户 kind=mixed]，另有\\[附表\\|略\\]
=== x-2 genre=village
[柳湾村|GPE]今年人均收入[1.2万元|MONEY free]。
"""


def only(source: str) -> Bulletin:
    (bulletin,) = parse_batch(source)
    return bulletin


def test_marks_quote_the_clean_text() -> None:
    first, second = parse_batch(BATCH)
    quoted = [first.text[mark.start : mark.end] for mark in first.marks if mark.label == "GPE"]
    assert quoted == ["青禾县", "青禾县"]
    assert first.text.endswith("[附表|略]")
    assert second.marks[1].free


def test_headlines_and_furniture_are_lines_of_the_text() -> None:
    first, _ = parse_batch(BATCH)
    assert [first.text[s.start : s.end] for s in first.furniture] == ["白鹭区简报 第3期"]
    assert [first.text[s.start : s.end] for s in first.headlines] == ["白鹭区工商联赴青禾县开展助学活动"]


def test_a_filler_may_hold_other_marks() -> None:
    plain, marks = parse_line("向[[青禾县|GPE]3所小学|FILLER recipient.1]捐赠")
    assert plain == "向青禾县3所小学捐赠"
    assert {(mark.start, mark.end, mark.label) for mark in marks} == {(1, 8, "FILLER"), (1, 4, "GPE")}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[甲公司|ORG", "is not closed"),
        ("[甲公司", "is not closed"),
        ("甲公司]", "']' without '|'"),
        ("[甲公司|COMPANY]", "'COMPANY' is neither a label"),
        ("[甲公司|ORG giver.1]", "unknown role or type 'giver'"),
        ("[捐赠|EVENT donation.1:soon]", "flag 'soon'"),
        ("[甲公司|donor.1]", "needs a label"),
    ],
)
def test_faults_say_what_is_wrong_and_what_would_be_right(line: str, message: str) -> None:
    with pytest.raises(MarkupError, match=r"batch:2: ") as fault:
        list(parse_batch(f"=== x-1\n{line}"))
    assert message in str(fault.value)


def test_text_before_the_first_header_is_refused() -> None:
    with pytest.raises(MarkupError, match="start with '=== name"):
        list(parse_batch("没有题头"))


def test_a_header_field_needs_a_value() -> None:
    with pytest.raises(MarkupError, match="write key=value"):
        list(parse_batch("=== x-1 newsletter\n正文"))


@pytest.mark.parametrize("bulletin", list(parse_batch(BATCH)), ids=lambda b: b.name)
def test_writing_and_json_lines_bring_a_bulletin_back(bulletin: Bulletin) -> None:
    assert only(write_bulletin(bulletin)) == bulletin
    row = json.loads(json.dumps(to_row(bulletin)))
    assert {(m.start, m.end, m.label, m.free) for m in from_row(row).marks} == {
        (m.start, m.end, m.label, m.free) for m in bulletin.marks
    }
    assert to_row(from_row(row)) == row


texts = st.text(alphabet="甲乙丙丁公司捐赠，。[]|\\元 x", min_size=1, max_size=30).filter(
    lambda t: t.strip() and not t.startswith(("# ", "~ ", "==="))
)


@given(texts, st.data())
def test_any_text_with_any_nested_marks_survives(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    inner = data.draw(st.integers(start + 1, end))
    marks = [Mark(start, end, "FILLER", (Link("donor", 1),))]
    if inner < end:
        marks.append(Mark(inner, end, "ORG"))
    bulletin = Bulletin("x-1", {}, text, tuple(marks), (), ())
    assert only(write_bulletin(bulletin)) == bulletin


def test_relations_run_from_the_first_anchor() -> None:
    row = to_row(next(parse_batch(BATCH)))
    text = [row["text"][e["start_offset"] : e["end_offset"]] for e in row["entities"]]
    named = {(text[r["from_id"]], text[r["to_id"]], r["type"]) for r in row["relations"]}
    assert ("助学活动", "捐赠", "same") in named
    assert ("助学活动", "20万元", "amount") in named
    record = row["records"][1]
    assert (record["anchors"], record["is_total"], record["type"]) == ([], True, "donation")


def test_spans_know_what_they_hold() -> None:
    assert Span(0, 4).holds(Span(1, 4))
    assert not Span(0, 4).holds(Span(1, 5))
