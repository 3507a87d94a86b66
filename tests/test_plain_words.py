"""Plain words and things: where they begin and end, which give way to names, and which are put forward by rule."""

from __future__ import annotations

import pytest
from test_policy import CONTEXT, mention, settled

from pipeline.policy import settle


@pytest.mark.parametrize(
    ("thing", "left"),
    [
        ("价值5万元的图书900册", "图书900册"),
        ("总价值约3.2万元图书", "图书"),
        ("图书900册", "图书900册"),
        ("共需5万元的路", "共需5万元的路"),
        ("价值3万元", "价值3万元"),
    ],
)
def test_a_thing_begins_behind_the_price_with_which_it_opens(thing: str, left: str) -> None:
    found = settled(f"送来{thing}。", (thing, "ITEM"))
    assert [text for text, label, _ in found if label == "ITEM"] == [left]


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("帮助结对村老年活动室修缮。", "村老年活动室", [("结对村", "FILLER"), ("老年活动室", "PHRASE")]),
        ("帮助结对村修路。", "结对村", [("结对村", "FILLER")]),
        ("帮助结对村委会修路。", "村委会", [("村委会", "PHRASE")]),
        ("向受援县捐款。", None, [("受援县", "FILLER")]),
    ],
)
def test_a_word_for_the_other_side_of_a_pairing_is_put_forward(
    text: str, phrase: str | None, found: list[tuple[str, str]]
) -> None:
    proposed = [mention(text, phrase, "PHRASE")] if phrase else []
    assert [(m.text, m.label) for m in settle(text, proposed, CONTEXT)] == found


def test_the_models_longer_plain_words_stand_alone() -> None:
    assert settled("三个结对村的书记来访。", ("三个结对村的书记", "FILLER")) == [
        ("三个结对村的书记", "FILLER", "model")
    ]


def test_a_plain_phrase_that_ends_in_a_name_gives_way_to_the_name() -> None:
    text = "子公司远山酒店采购山货，远山酒店职工前来帮忙。"
    found = settled(text, ("远山酒店", "ORG"), ("子公司远山酒店", "FILLER"), ("远山酒店职工", "FILLER"))
    assert found == [("远山酒店", "ORG", "model"), ("远山酒店职工", "FILLER", "model")]


@pytest.mark.parametrize(
    "office",
    [
        "负责人",
        "主要领导",
        "党政代表团",
        "书记",
        "考察团一行",
        "一行",
        "现场",
        "党委副书记何松",
        "考察团一行12人",
        "班子成员",
        "职工食堂",
    ],
)
def test_a_name_with_a_title_or_a_delegation_is_the_name_alone(office: str) -> None:
    text = f"荷塘镇{office}来访。"
    assert settled(text, ("荷塘镇", "GPE"), (f"荷塘镇{office}", "FILLER")) == [("荷塘镇", "GPE", "model")]


def test_persons_and_parts_of_a_named_body_are_phrases_of_their_own() -> None:
    for whole in ("荷塘镇干部", "荷塘镇工作组", "荷塘镇3名代表", "荷塘镇小学食堂"):
        assert (whole, "FILLER", "model") in settled(f"{whole}来访。", ("荷塘镇", "GPE"), (whole, "FILLER"))


@pytest.mark.parametrize(
    ("phrase", "kept"),
    [
        ("困难老人家里", "困难老人"),
        ("几位乡友一口气", "几位乡友"),
        ("两位校友出资", "两位校友"),
        ("老师们", "老师们"),
        ("另有两位老人", "两位老人"),
        ("随行的企业家们", "企业家们"),
        ("动员三家商户", "三家商户"),
        ("共动员三家商户", "三家商户"),
        ("何松代表全体职工", "全体职工"),
        ("村民代表何松", "村民代表何松"),
        ("另有", "另有"),
    ],
)
def test_what_brings_a_phrase_in_speaks_for_it_or_tells_how_and_where_is_no_part_of_it(phrase: str, kept: str) -> None:
    found = settled(f"{phrase}送来书本。", (phrase, "FILLER"))
    assert [(text, label) for text, label, _ in found] == [(kept, "FILLER")]


@pytest.mark.parametrize(
    ("text", "whole"),
    [("校友总会资助", "校友总会"), ("校友会员资助", "校友"), ("校友听说后资助", "校友"), ("慈善会拨款", "慈善会")],
)
def test_a_plain_phrase_goes_on_to_the_end_of_a_society(text: str, whole: str) -> None:
    (found,) = settled(f"{text}。", (text[:2], "FILLER"))
    assert found[0] == whole


@pytest.mark.parametrize(
    ("text", "proposed", "left"),
    [
        ("校友何松、许兰夫妇捐款。", ("校友何松", "许兰夫妇"), ["校友何松、许兰夫妇"]),
        ("何松和许兰夫妇捐款。", ("何松", "许兰夫妇"), ["何松", "许兰夫妇"]),
        ("何松、许兰捐款。", ("何松", "许兰"), ["何松", "许兰"]),
        ("方竹、何松、许兰夫妇捐款。", ("方竹", "何松", "许兰夫妇"), ["方竹", "何松", "许兰夫妇"]),
    ],
)
def test_two_who_are_told_as_a_couple_are_one_party(text: str, proposed: tuple[str, ...], left: list[str]) -> None:
    found = settled(text, *((form, "FILLER") for form in proposed))
    assert sorted(form for form, label, _ in found if label == "FILLER") == sorted(left)
