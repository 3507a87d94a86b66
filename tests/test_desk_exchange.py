"""What crosses the border to doccano: offsets, metadata, encodings, and the signs of a broken import or a labeller's work."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.desk.exchange import (
    Refusal,
    ascii_line,
    for_doccano,
    from_doccano,
    is_edited,
    is_incomplete,
)

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


def document(text: str, *spans: tuple[int, int, str], arcs: tuple[tuple[int, int, str], ...] = ()) -> dict[str, Any]:
    entities = [
        {"id": number, "start_offset": start, "end_offset": end, "label": label}
        for number, (start, end, label) in enumerate(spans)
    ]
    relations = [{"id": n, "from_id": a, "to_id": b, "type": kind} for n, (a, b, kind) in enumerate(arcs)]
    return {"doc_id": "d", "text": text, "entities": entities, "relations": relations, "meta": {"note": ""}}


def exported(sent: dict[str, Any]) -> dict[str, Any]:
    """What doccano exports when nobody touched a document: numbers of its own, no comments."""
    entities = [one | {"id": one["id"] + 100} for one in reversed(sent["entities"])]
    relations = [one | {"from_id": one["from_id"] + 100, "to_id": one["to_id"] + 100} for one in sent["relations"]]
    return sent | {"id": 7, "entities": entities, "relations": relations, "Comments": [], "confirmed": False}


@given(TEXTS, st.data())
def test_labels_come_back_as_they_went_up(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    given_ = document(text, (0, len(text), "FILLER"), (start, end, "EVENT"), arcs=((1, 0, "donor"),))
    row = json.loads(ascii_line(for_doccano(given_)))
    wide = text.encode("utf-16-le")
    unit = row["entities"][1]
    assert wide[2 * unit["start_offset"] : 2 * unit["end_offset"]].decode("utf-16-le") == text[start:end]
    found = from_doccano(exported(row))
    labels = [(one["start_offset"], one["end_offset"], one["label"]) for one in found["entities"]]
    assert sorted(labels) == sorted([(0, len(text), "FILLER"), (start, end, "EVENT")])
    arc = found["relations"][0]
    assert (labels[arc["from_id"]][2], labels[arc["to_id"]][2], arc["type"]) == ("EVENT", "FILLER", "donor")
    assert (found["text"], found["meta"]) == (text, {"note": ""})
    assert not is_edited(exported(row))
    assert not is_incomplete(exported(row))


def test_lines_are_ascii_without_the_sign_that_misleads_the_server() -> None:
    line = ascii_line({"text": "云~{😀\u2028"})
    assert line.isascii()
    assert "~" not in line
    assert json.loads(line) == {"text": "云~{😀\u2028"}


def test_a_label_that_splits_a_pair_is_a_fault_of_its_document() -> None:
    row = exported(for_doccano(document("😀云岭县", (1, 4, "GPE"))))
    row["entities"][0]["start_offset"] = 1
    assert from_doccano(row)["fault"].startswith("offset 1 splits a character of two UTF-16 units")
    assert from_doccano(row)["fault"].endswith("label it anew in doccano")


def test_a_text_changed_in_doccano_is_a_fault() -> None:
    row = exported(for_doccano(document("云岭县"))) | {"text": "云岭"}
    assert from_doccano(row)["fault"] == "its text was changed in doccano; delete it there and push it again"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (document(""), "d: the text is empty or holds half a character"),
        (document("\ud83d云"), "d: the text is empty or holds half a character"),
        (document("云岭", (0, 3, "GPE")), "d: offset 3 lies outside the text"),
        (document("云岭", (1, 1, "GPE")), "d: a span is empty or its id stands twice"),
        (document("云岭", (0, 1, "EVENT"), arcs=((0, 5, "donor"),)), "d: a relation names a span that is not there"),
    ],
)
def test_what_doccano_would_drop_or_garble_is_refused_before_anything_goes_up(
    bad: dict[str, Any], message: str
) -> None:
    with pytest.raises(Refusal) as told:
        for_doccano(bad)
    assert str(told.value).startswith(message)
    assert ";" in str(told.value) or "lies outside" in str(told.value)


def test_a_labellers_work_and_a_broken_import_are_told_apart() -> None:
    whole = exported(for_doccano(document("甲向乙捐", (0, 1, "ORG"), (3, 4, "EVENT"), arcs=((1, 0, "donor"),))))
    no_labels = whole | {"entities": [], "relations": []}
    no_relations = whole | {"relations": []}
    fewer = whole | {"entities": whole["entities"][:1], "relations": []}
    assert [is_incomplete(row) for row in (whole, no_labels, no_relations, fewer)] == [False, True, True, False]
    assert not is_incomplete(no_labels | {"confirmed": True})
    assert not is_incomplete(no_labels | {"Comments": ["全删了"]})
    assert is_edited(fewer)
    assert is_edited(whole | {"confirmed": True})
    assert is_edited(whole | {"Comments": ["？"]})
