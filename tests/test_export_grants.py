"""Exports to 360Giving: a grant that its standard would take, or the reason why not."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sample_events import EVERY_TYPE, donation, every_type, export, money, party, span, write_lines

from pipeline.export.grants import grants_of

_DAY = {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$"}
_BODIES = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string", "pattern": "^360G-"}, "name": {"type": "string", "minLength": 1}},
    },
}
# What the 360Giving Data Standard 1.1 demands of a package, in our own words: the fields that it makes obligatory with
# their types, "title under 140 characters" and "identifiers begin with the publisher's prefix".
PACKAGE: dict[str, Any] = {
    "type": "object",
    "required": ["grants"],
    "properties": {
        "version": {"type": "string", "pattern": r"^\d+\.\d+$"},
        "grants": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": [
                    *("id", "title", "description", "currency", "amountAwarded", "awardDate"),
                    *("recipientOrganization", "fundingOrganization"),
                ],
                "properties": {
                    "id": {"type": "string", "pattern": "^360G-[A-Za-z0-9]+-."},
                    "title": {"type": "string", "maxLength": 139, "minLength": 1},
                    "description": {"type": "string", "minLength": 1},
                    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                    "amountAwarded": {"type": "number"},
                    "awardDate": _DAY,
                    "recipientOrganization": _BODIES,
                    "fundingOrganization": _BODIES,
                    "beneficiaryLocation": {
                        "type": "array",
                        "items": {"properties": {"countryCode": {"const": "CN"}, "geoCode": {"type": "string"}}},
                    },
                },
            },
        },
    },
}


def valid(package: object) -> bool:
    return not list(Draft202012Validator(PACKAGE).iter_errors(package))


def test_a_donation_is_a_grant_and_the_others_say_why_not(tmp_path: Path) -> None:
    result = export(EVERY_TYPE, "360giving", tmp_path / "grants.json")
    assert result.exit_code == 1  # donations are among the rejected
    package = json.loads((tmp_path / "grants.json").read_text(encoding="utf-8"))
    assert valid(package)
    [grant] = package["grants"]
    assert (grant["currency"], grant["amountAwarded"], grant["awardDate"]) == ("CNY", 200000, "2031-03-05")
    assert grant["title"] == "青桐食品有限公司向盐津县云和小学捐赠"
    assert grant["beneficiaryLocation"][0]["geoCode"] == "530623"
    rejected = [json.loads(line) for line in (tmp_path / "grants.rejected.jsonl").read_text("utf-8").splitlines()]
    assert [row["reason"] for row in rejected].count("no_donation") == 6
    assert {row["reason"] for row in rejected} == {"no_donation", "no_donor", "total"}
    assert len(rejected) + len(package["grants"]) == len(every_type())
    assert "1 grants; 8 records are none (no_donation 6, no_donor 1, total 1)" in result.stderr


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "purchase", "participants": []}, "no_donation"),
        ({"is_total": True}, "total"),
        ({"status": "planned"}, "planned"),
        ({"participants": [party("recipient", "盐津县云和小学")]}, "no_donor"),
        ({"participants": [party("donor", "盐津县", None), party("recipient", "盐津县云和小学")]}, "donor_unnamed"),
        ({"participants": [party("donor", "青桐食品有限公司")]}, "no_recipient"),
        (
            {"participants": [party("donor", "青桐食品有限公司"), party("recipient", "盐津县", None)]},
            "recipient_unnamed",
        ),
        ({"amounts": []}, "no_amount"),
        ({"amounts": [money("20万元", None, lower="100000")]}, "amount_open"),
        ({"amounts": [money("20万元", "200000", per="户")]}, "amount_per_unit"),
        (
            {"amounts": [money("20万元", "200000"), money("3万元", "30000", currency="USD")]},
            "several_currencies",
        ),
        ({"date": None}, "no_date"),
        ({"date": span("2031年3月5日") | {"edtf": None, "first_day": None, "last_day": None}}, "no_date"),
    ],
)
def test_what_a_grant_lacks_is_named(changes: dict[str, Any], reason: str) -> None:
    grants, [rejection] = grants_of([donation(**changes)])
    assert (grants, rejection.reason) == ([], reason)
    assert rejection.detail


def test_a_sum_for_each_giver_is_a_grant_for_each() -> None:
    givers = [party("donor", name) for name in ("白鹭物流有限公司", "青桐食品有限公司")]
    record = donation(
        participants=[*givers, party("recipient", "盐津县云和小学")], amounts=[money("3万元", "30000", per="各")]
    )
    grants, rejections = grants_of([record])
    assert rejections == []
    assert valid({"grants": grants})
    assert [(g["fundingOrganization"][0]["name"], g["amountAwarded"]) for g in grants] == [
        ("白鹭物流有限公司", 30000),
        ("青桐食品有限公司", 30000),
    ]
    assert len({g["id"] for g in grants}) == 2


def test_an_occurrence_told_twice_is_one_grant() -> None:
    first = donation(1, same_as=["b.txt#1"], date=None)  # cannot be held, so the other one is
    second = donation(2, event_id="b.txt#1", doc_id="b.txt", same_as=[first.event_id, "c.txt#1"])
    third = donation(3, event_id="c.txt#1", doc_id="c.txt", same_as=[first.event_id, "b.txt#1"])
    grants, rejections = grants_of([first, second, third])
    assert [grant["id"] for grant in grants] == ["360G-bangfu-b.txt#1"]
    assert [rejection.reason for rejection in rejections] == ["no_date", "told_before"]


def test_one_body_has_one_identifier_and_titles_stay_short() -> None:
    names = [f"青桐第{number}食品有限公司" for number in range(40)]
    parties = [party("donor", "青桐食品有限公司") | {"canonical": name} for name in names]
    [grant], _ = grants_of([donation(participants=[*parties, party("recipient", "盐津县云和小学")])], "360G-own")
    [other], _ = grants_of([donation(participants=[parties[0], party("recipient", "盐津县云和小学")])], "360G-own")
    assert valid({"grants": [grant]})
    assert other["fundingOrganization"][0]["id"] in {body["id"] for body in grant["fundingOrganization"]}
    assert other["recipientOrganization"] == grant["recipientOrganization"]


def test_no_package_is_written_when_nothing_is_a_grant(tmp_path: Path) -> None:
    events = write_lines(tmp_path / "e.jsonl", [donation(amounts=[])])
    result = export(events, "360giving", tmp_path / "g.json")
    assert result.exit_code == 1
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["e.jsonl", "g.rejected.jsonl"]


def test_a_wrong_prefix_is_named() -> None:
    result = export(EVERY_TYPE, "360giving", "-", "--prefix", "mine")
    assert result.exit_code == 2
    assert "--prefix: 'mine' is no publisher prefix; 360G- and letters or digits would be right" in result.stderr
