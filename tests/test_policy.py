"""Where grammar and model meet: who wins, whose edges are taken, and what is kept of each."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.dates import DateContext
from pipeline.policy import repeat_names, settle
from pipeline.spans import LABELS, DateRange, Mention, Money

CONTEXT = DateContext(date(2031, 3, 9), "given")


def mention(text: str, form: str, label: str, confidence: float = 0.9) -> Mention:
    start = text.index(form)
    return Mention(start, start + len(form), form, label, confidence, "model")


def settled(text: str, *forms: tuple[str, str]) -> list[tuple[str, str, str]]:
    proposed = [mention(text, form, label) for form, label in forms]
    return [(m.text, m.label, m.by if m.by == "model" else "rule") for m in settle(text, proposed, CONTEXT)]


def test_the_rules_edges_win_over_the_models() -> None:
    assert settled("3月5日捐款约20万元。", ("20万元", "MONEY"), ("3月5日捐", "DATE")) == [
        ("3月5日", "DATE", "rule"),
        ("约20万元", "MONEY", "rule"),
    ]


def test_what_only_a_rule_finds_is_kept() -> None:
    assert settled("3月5日捐款20万元。") == [("3月5日", "DATE", "rule"), ("20万元", "MONEY", "rule")]


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("举行2031年“暖冬”爱心捐赠仪式。", "2031年“暖冬”爱心捐赠仪式", "EVENT"),
        ("来自三月三村的代表。", "三月三村", "GPE"),
    ],
)
def test_a_date_inside_a_longer_name_gives_way(text: str, name: str, label: str) -> None:
    assert settled(text, (name, label)) == [(name, label, "model")]


def test_an_amount_that_nobody_can_read_is_dropped() -> None:
    assert settled("送上一份心意。", ("一份心意", "MONEY")) == []


def test_values_stand_behind_amounts_and_dates() -> None:
    values = [m.value for m in settle("3月5日捐款20万元。", [], CONTEXT)]
    assert isinstance(values[0], DateRange)
    assert values[0].first_day == date(2031, 3, 5)
    assert isinstance(values[1], Money)
    assert values[1].value == 200000


def test_helper_labels_pass_untouched_and_may_overlap() -> None:
    text = "向青禾县3所小学捐款20万元。"
    found = settled(text, ("青禾县", "GPE"), ("青禾县3所小学", "FILLER"))
    assert ("青禾县3所小学", "FILLER", "model") in found
    assert ("青禾县", "GPE", "model") in found


def test_a_name_found_once_is_found_everywhere_it_stands_alone() -> None:
    texts = ["柳湾村干净了。", "走进柳湾村，柳湾村党支部迎接。"]
    pages = [[mention(texts[0], "柳湾村", "GPE")], [mention(texts[1], "柳湾村党支部", "ORG")]]
    again = repeat_names(texts, pages)
    assert [(m.start, m.text, m.label) for m in again[1]] == [(2, "柳湾村", "GPE"), (6, "柳湾村党支部", "ORG")]


def test_short_names_are_not_repeated() -> None:
    pages = [[mention("云岭", "云岭", "GPE")], []]
    assert repeat_names(["云岭", "白云岭上"], pages)[1] == []


def test_a_companys_name_before_a_bracket_is_a_body_of_its_own() -> None:
    texts = ["维朗诗（中国）有限公司捐款。维朗诗的员工来了，维朗诗很高兴，维朗诗也来了。"]
    pages = [[mention(texts[0], "维朗诗（中国）有限公司", "ORG"), Mention(14, 17, "维朗诗", "GPE", 0.5, "model")]]
    found = [(m.start, m.label) for m in repeat_names(texts, pages)[0] if m.text == "维朗诗"]
    assert found == [(14, "ORG"), (23, "ORG"), (30, "ORG")]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("延安宁波两地", "延安宁波", ["延安", "宁波"]),
        ("甘肃省临洮县来人", "甘肃省临洮县", ["甘肃省临洮县"]),
        ("到临洮县中铺镇走访", "临洮县", ["临洮县中铺镇"]),
        ("参观云岭景区", "云岭景区", []),
        ("在柳湾B区走访", "柳湾B区", []),
        ("福山区来人", "福山区", ["福山区"]),
        ("延安市来人", "安市", ["安市"]),
    ],
)
def test_a_place_has_the_edges_of_its_chain_and_a_venue_is_none(text: str, form: str, expected: list[str]) -> None:
    assert [found for found, label, _ in settled(text, (form, "GPE")) if label == "GPE"] == expected


PAGE = "延安市宝塔区和宁波市鄞州区3月5日在柳湾村签约，维朗诗（中国）有限公司捐款20万元给村委会。"


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(PAGE) - 1), st.integers(1, 14), st.sampled_from(["ORG", "GPE", "MONEY", "DATE", "EVENT"])
        ),
        max_size=6,
    )
)
def test_whatever_the_model_proposes_mentions_hold_text_and_do_not_overlap(spans: list[tuple[int, int, str]]) -> None:
    proposed: list[Mention] = []
    for start, length, label in sorted(spans):
        end = min(start + length, len(PAGE))
        if not proposed or proposed[-1].end <= start:
            proposed.append(Mention(start, end, PAGE[start:end], label, 0.9, "model"))
    found = settle(PAGE, proposed, CONTEXT)
    assert all(m.start < m.end and m.text == PAGE[m.start : m.end] for m in found)
    assert all(a.end <= b.start for a, b in pairwise(m for m in found if m.label in LABELS))


@pytest.mark.parametrize(("text", "bodies"), [("全镇15个居委会", []), ("镇里和居委会商量", ["居委会"])])
def test_a_counted_class_noun_is_no_body(text: str, bodies: list[str]) -> None:
    assert [found for found, label, _ in settled(text, ("居委会", "ORG")) if label == "ORG"] == bodies


def test_a_noun_phrase_is_no_second_name_inside_a_companys_name() -> None:
    texts = ["维朗诗（中国）有限公司捐款。"]
    page = [mention(texts[0], "维朗诗（中国）有限公司", "ORG"), mention(texts[0], "维朗诗", "PHRASE")]
    assert [(m.text, m.label) for m in repeat_names(texts, [page])[0] if m.label == "ORG"] == [(page[0].text, "ORG")]


@pytest.mark.parametrize(
    ("text", "form", "before", "first_day"),
    [
        ("2030年3月5日签约，翌日开工。", "翌日", "2030年3月5日", date(2030, 3, 6)),
        ("2030年3月5日签约，同日开工。", "同日", "2030年3月5日", date(2030, 3, 5)),
        ("2030年3月签约，次年5月完工。", "次年5月", "2030年3月", date(2031, 5, 1)),
    ],
)
def test_a_date_points_at_the_nearest_one_before(text: str, form: str, before: str, first_day: date) -> None:
    dates = {m.text: m.value for m in settle(text, [mention(text, form, "DATE")], CONTEXT)}
    assert before in dates
    value = dates[form]
    assert isinstance(value, DateRange)
    assert value.first_day == first_day


def test_a_models_date_sees_the_nearest_date_before() -> None:
    text = "2030年3月5日签约，次日常务副区长走访。"  # the rules alone take 日常 for a word
    values = {m.text: m.value for m in settle(text, [mention(text, "次日", "DATE")], CONTEXT)}
    assert values["次日"] == DateRange("2030-03-06", date(2030, 3, 6), date(2030, 3, 6))


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("公司举办首届“同乐汇演”。", "首届“同乐汇演", "首届“同乐汇演”"),
        ("开展“同心共建”主题党日活动。", "共建”主题党日活动", "“同心共建”主题党日活动"),
        ("举行“同乐。会”演", "“同乐", "“同乐"),
    ],
)
def test_a_name_that_cuts_a_pair_of_quotes_goes_on_to_the_missing_one(text: str, cut: str, whole: str) -> None:
    start = text.index(cut)
    (event,) = settle(text, [Mention(start, start + len(cut), cut, "EVENT", 0.8, "model")], CONTEXT)
    assert event.text == whole
    assert text[event.start : event.end] == whole


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("远帆银行江城支行机关党委书记出席。", "远帆银行江城支行", "远帆银行江城支行机关党委"),
        ("滨河区供销合作社联合社区居民座谈。", "滨河区供销合作社", "滨河区供销合作社"),
        ("滨河区供销合作社联合社赞助。", "滨河区供销合作社", "滨河区供销合作社联合社"),
        ("滨河区卫健委党支部建设示范点揭晓。", "滨河区卫健委", "滨河区卫健委"),
        ("明德小学妇联系列活动", "明德小学", "明德小学"),
    ],
)
def test_an_organisation_goes_on_over_the_parts_of_its_body(text: str, cut: str, whole: str) -> None:
    (name,) = settle(text, [Mention(0, len(cut), cut, "ORG", 0.8, "model")], CONTEXT)
    assert name.text == whole == text[name.start : name.end]


def test_an_organisation_stops_where_another_name_begins() -> None:
    text = "远帆银行党委工会座谈。"
    found = settle(text, [mention(text, "远帆银行", "ORG"), mention(text, "工会座谈", "EVENT")], CONTEXT)
    assert [m.text for m in found] == ["远帆银行党委", "工会座谈"]


@pytest.mark.parametrize(
    ("text", "anchors"),
    [
        ("并给予云岭镇道路建设资金12万元的扶持。", ["扶持"]),
        ("为学校提供了8万元的资助，解了燃眉之急。", ["资助"]),
        ("给予符合条件的住户5000元的补助。", []),
        ("每户给予不低于2万元的支持。", []),
        ("给予每名学生500元的补助。", []),
        ("投入20万元的支持力度前所未有。", []),
        ("获得5万元的资助。", []),
    ],
)
def test_the_noun_behind_an_amount_that_somebody_gave_is_an_anchor(text: str, anchors: list[str]) -> None:
    assert [m.text for m in settle(text, [], CONTEXT) if m.label == "EVENT"] == anchors


def test_the_models_anchor_behind_an_amount_stays_alone() -> None:
    found = settled("给予云岭镇12万元的扶持。", ("扶持", "EVENT"), ("云岭镇", "GPE"))
    assert [one for one in found if one[1] == "EVENT"] == [("扶持", "EVENT", "model")]


@pytest.mark.parametrize(
    ("cut", "name"),
    [
        ("全资子公司岭东管业有限公司", "岭东管业有限公司"),
        ("爱心企业岭东银行", "岭东银行"),
        ("岭东企业集团", "岭东企业集团"),
    ],
)
def test_what_kind_of_company_one_is_stands_outside_of_its_name(cut: str, name: str) -> None:
    assert [one[0] for one in settled(f"{cut}捐款。", (cut, "ORG"))] == [name]
