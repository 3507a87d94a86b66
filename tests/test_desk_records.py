"""Rows from what doccano says: records from relations, kept where they went up, typed by roles or the model, checked."""

import json
from typing import Any

import pytest

from pipeline.documents import Document
from training.corpus import Row, to_row
from training.desk.exchange import for_doccano, from_doccano
from training.desk.pull import row_of
from training.desk.push import document_of, source_span
from training.markup import parse_batch

SHARED = (
    "=== d genre=desk published=2031-03-09\n# 账目公开\n[3月5日|DATE date.1 date.2]，[荷风公司|ORG donor.1]"
    "[捐赠|EVENT donation.1:planned donation.2:total][7万元|MONEY amount.1 kind=mixed]，[竹影公司|ORG donor.2][4万元|MONEY amount.2]。\n"
    "[|donation.3][松涛公司|ORG donor.3] [2万元|MONEY amount.3]"
)


def row(source: str) -> Row:
    return to_row(next(parse_batch(source)))


def answer(pushed: Row, **told: Any) -> dict[str, Any]:
    """What a pull says of a row, as if doccano had kept it as it went up."""
    up = json.loads(json.dumps(for_doccano(document_of(pushed))))
    return from_doccano(up | {"id": 1, "Comments": []}) | {"confirmed": True, "comments": [], **told}


def pulled(found: dict[str, Any]) -> tuple[Row, list[str]]:
    return row_of(found, type_of=lambda _row, _anchor: "visit")


def plain(found: Row) -> Row:
    return {key: found[key] for key in found if key not in ("annotators", "confirmed", "comments", "source")}


def number(found: dict[str, Any], form: str) -> int:
    return next(
        one["id"] for one in found["entities"] if found["text"][one["start_offset"] : one["end_offset"]] == form
    )


def without(found: dict[str, Any], form: str) -> dict[str, Any]:
    gone = number(found, form)
    entities = [one for one in found["entities"] if one["id"] != gone]
    arcs = [arc for arc in found["relations"] if gone not in (arc["from_id"], arc["to_id"])]
    return found | {"entities": entities, "relations": arcs}


def test_what_relations_cannot_say_comes_back_as_it_went_up() -> None:
    found, faults = pulled(answer(row(SHARED)))
    assert plain(found) == row(SHARED)
    assert faults == []


def test_a_deleted_span_leaves_its_records() -> None:
    found, faults = pulled(without(answer(row(SHARED)), "竹影公司"))
    records = {one["number"]: {argument["role"] for argument in one["arguments"]} for one in found["records"]}
    assert records == {1: {"date", "donor", "amount"}, 2: {"date", "amount"}, 3: {"donor", "amount"}}
    assert [one["is_total"] for one in found["records"]] == [False, True, False]
    assert faults == []


def test_a_new_event_is_typed_by_its_roles_and_its_amount_read_by_rule() -> None:
    source = "=== d\n[荷风公司|ORG]送来棉被，价值[7万元|MONEY free]；有人[到访|EVENT visit.1]。"
    found = answer(row(source))
    start = found["text"].index("送来")
    entity = {"id": 9, "start_offset": start, "end_offset": start + 2, "label": "EVENT"}
    arcs = [(9, number(found, "荷风公司"), "donor"), (9, number(found, "7万元"), "amount")]
    found["entities"].insert(1, entity)
    found["relations"] = [{"id": n, "from_id": a, "to_id": b, "type": kind} for n, (a, b, kind) in enumerate(arcs)]
    made, faults = pulled(found)
    assert [(one["type"], one["status"]) for one in made["records"]] == [("donation", "done"), ("visit", "done")]
    assert made["records"][0]["arguments"][1]["attributes"] == {"kind": "valuation"}
    assert (made["free"], faults) == ([], [])


def test_an_amount_in_no_relation_belongs_to_no_record_on_purpose() -> None:
    found = answer(row("=== d\n荷风公司[捐赠|EVENT donation.1][7万元|MONEY amount.1]。"))
    made, faults = pulled(found | {"relations": []})
    assert (made["free"], made["records"][0]["arguments"], faults) == ([number(found, "7万元")], [], [])


def test_an_event_without_roles_that_did_not_go_up_is_typed_by_the_model() -> None:
    found = answer(row("=== d\n大家开了一天[座谈会|EVENT gathering.1]。"))
    found["meta"] = {}
    made, _ = row_of(found)
    assert [one["type"] for one in made["records"]] == ["gathering"]


def test_roles_tell_another_type_than_went_up() -> None:
    found = answer(row("=== d\n[荷风公司|ORG visitor.1][慰问|EVENT visit.1]老人。"))
    found["relations"][0]["type"] = "donor"
    assert pulled(found)[0]["records"][0]["type"] == "donation"


@pytest.mark.parametrize(
    ("arc", "fault"),
    [
        (
            ("捐赠", "云岭县", "visitor"),
            "one event has the roles donor, visitor; the roles of an event belong to one type",
        ),
        (("荷风公司", "云岭县", "donor"), "donor leads from ORG to GPE; it leads from an EVENT"),
        (("捐赠", "云岭县", "same"), "same leads from EVENT to GPE; it leads from an EVENT to an EVENT"),
        (("捐赠", "云岭县", "date"), "'云岭县' is GPE but date.1 takes DATE (at 10)"),
    ],
)
def test_relations_that_cannot_be_are_named(arc: tuple[str, str, str], fault: str) -> None:
    found = answer(row("=== d\n[荷风公司|ORG donor.1]一早[捐赠|EVENT donation.1]给了[云岭县|GPE]。"))
    start, end, kind = arc
    found["relations"].append({"id": 9, "from_id": number(found, start), "to_id": number(found, end), "type": kind})
    assert fault in pulled(found)[1]


def test_labels_over_a_line_end_and_overlaps_are_named() -> None:
    found = answer(row("=== d\n[滨河区|GPE]\n来客"))
    found["entities"] += [{"id": 5, "start_offset": 0, "end_offset": 5, "label": "ORG"}]
    faults = pulled(found)[1]
    assert "'滨河区\\n来' (ORG) reaches over the end of a line; label its halves" in faults
    assert any("overlaps" in fault and "FILLER and ITEM alone may overlap" in fault for fault in faults)


def test_who_labelled_is_who_confirmed_or_set_what_had_not_gone_up() -> None:
    found = answer(row("=== d\n[荷风公司|ORG donor.1][捐赠|EVENT donation.1]给了云岭县。"))
    for entity in found["entities"]:
        entity["by"] = "admin"
    new = {"id": 7, "start_offset": 8, "end_offset": 11, "label": "GPE", "by": "lin"}
    assert pulled(found | {"entities": [*found["entities"], new], "confirmed_by": ["wu"]})[0]["annotators"] == [
        "lin",
        "wu",
    ]
    found["relations"][0] |= {"by": "hua", "type": "recipient"}
    assert pulled(found)[0]["annotators"] == ["hua"]


def test_suggestions_of_the_model_lead_back_to_the_source() -> None:
    from pipeline.extract import load_tools
    from training.desk.push import prelabelled

    source = "　　😀荷风助学\r\n　　3月5日，滨河区 荷风商贸有限\r\n公司向云岭县捐赠20万元。\r\n"
    made = prelabelled(Document("简报 1.txt", source, "0" * 64), load_tools())
    assert made["doc_id"] == "简报 1.txt"
    assert len(made["confidence"]) == len(made["entities"])
    forms = {made["text"][one["start_offset"] : one["end_offset"]] for one in made["entities"]}
    assert "20万元" in forms
    for one in made["entities"]:
        start, end = source_span(one["start_offset"], one["end_offset"], made["source"]["runs"])
        quoted = "".join(source[start:end].split())
        assert quoted == made["text"][one["start_offset"] : one["end_offset"]]
    meta = document_of(made)["meta"]
    assert all(isinstance(value, str) for value in meta.values())
    assert meta["least_sure"].startswith(f"{min(made['confidence']):.2f} ")
    found, _ = row_of(
        from_doccano(for_doccano(document_of(made)) | {"id": 1, "Comments": []}) | {"confirmed": False, "comments": []}
    )
    assert plain(found) == {key: made[key] for key in made if key not in ("source", "confidence")}
    assert found["source"]["sha256"] == "0" * 64
    assert found["source"]["runs"] == made["source"]["runs"]  # so that the row may go up again


@pytest.mark.parametrize("text", ["甲\n\n乙", "甲\n=== 乙", "甲\r\n乙", "# 甲"])
def test_a_text_that_the_corpus_cannot_hold_is_named(text: str) -> None:
    found = answer(row("=== d\n甲")) | {"text": text}
    fault = "a line is empty, ends in CR or begins as the notation does (=== # ~); leave it out of the corpus"
    assert pulled(found)[1] == [fault]
