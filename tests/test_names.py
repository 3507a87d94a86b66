"""Canonical names: aliases, short forms and plain words traced to the body or place they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.normalise.names import canonical_names, name_table, resolve_reference


def last(text: str, *mentions: tuple[str, str], home: str | None = None) -> str:
    return canonical_names(mentions, text, home)[-1]


@pytest.mark.parametrize(
    "text",
    [
        "上海远帆信息技术有限公司（以下简称“远帆公司”）捐款。远帆公司表示",
        "上海远帆信息技术有限公司（远帆公司）捐款。远帆公司表示",
        "上海远帆信息技术有限公司(简称远帆公司)捐款。远帆公司表示",
        "上海远帆信息技术有限公司，简称“远帆公司”，捐款。远帆公司表示",
    ],
)
def test_an_alias_defined_in_the_text_is_its_full_name(text: str) -> None:
    assert last(text, ("上海远帆信息技术有限公司", "ORG"), ("远帆公司", "ORG")) == "上海远帆信息技术有限公司"


def test_a_brand_in_brackets_is_its_company() -> None:
    mentions = (("上海远帆信息技术有限公司", "ORG"), ("星橙网", "ORG"))
    assert last("上海远帆信息技术有限公司（星橙网）捐款", *mentions) == "上海远帆信息技术有限公司"


@pytest.mark.parametrize(
    ("place", "short", "full"),
    [
        ("静安区", "区委", "静安区委"),
        ("云岭县", "县政府", "云岭县政府"),
        ("江滨街道", "街道商会", "江滨街道商会"),
        ("朱泾镇", "镇党委", "朱泾镇党委"),
        ("云南省文山州广南县", "县扶贫办", "广南县扶贫办"),
        ("云南省文山州广南县", "州政府", "文山州政府"),
        ("上海市", "市委组织部", "上海市委组织部"),
        ("崇明", "区农业农村委", "崇明区农业农村委"),
    ],
)
def test_a_short_form_takes_the_place_named_before(place: str, short: str, full: str) -> None:
    assert last(f"{place}和{short}", (place, "GPE"), (short, "ORG")) == full


def test_a_short_form_means_the_home_of_the_document_first() -> None:
    mentions = (("崇明区", "GPE"), ("区委", "ORG"))
    assert last("崇明区、区委", *mentions, home="上海市静安区") == "静安区委"


def test_a_short_form_follows_the_nearest_place_further_down() -> None:
    mentions = [("云岭县", "GPE"), ("县委", "ORG"), ("白河县", "GPE"), ("县委", "ORG")]
    assert canonical_names(mentions, "云岭县，县委。白河县，县委。")[1::2] == ["云岭县委", "白河县委"]


def test_a_body_named_before_tells_the_place_too() -> None:
    assert last("夷陵区委、区政府", ("夷陵区委", "ORG"), ("区政府", "ORG")) == "夷陵区政府"


def test_a_list_shares_the_place_of_its_first_body() -> None:
    mentions = [("金山区", "GPE"), ("区水务局", "ORG"), ("司法局", "ORG"), ("环保局", "ORG")]
    assert canonical_names(mentions, "金山区区水务局、司法局、环保局等部门")[1:] == [
        "金山区水务局",
        "金山区司法局",
        "金山区环保局",
    ]


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("上海玫瑰园信息技术有限公司", "玫瑰园公司"),
        ("云岭县明德小学", "明德小学"),
        ("广南县扶贫开发局", "扶贫开发局"),
        ("远帆（中国）有限公司党总支", "远帆党总支"),
        ("远帆银行江城市分行", "远帆银行江城分行"),
    ],
)
def test_the_shorter_form_of_one_longer_name_is_that_name(long: str, short: str) -> None:
    mentions = (("云岭县", "GPE"), (long, "ORG"), (short, "ORG"))
    assert last(f"云岭县{long}{short}", *mentions) == long


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("静安区委组织部机关党支部", "静安区委组织部"),
        ("江城市城管局机关党委", "江城市城管局党委"),
        ("云岭县明德小学", "云岭小学"),
        ("江滨远帆信息有限公司", "云帆公司"),
    ],
)
def test_a_different_body_stays_itself(other: str, name: str) -> None:
    assert last(f"云岭{other}{name}", ("云岭", "GPE"), (other, "ORG"), (name, "ORG")) == name


def test_two_longer_names_decide_nothing() -> None:
    mentions = (("上海远帆物流有限公司", "ORG"), ("上海远帆置业有限公司", "ORG"), ("远帆公司", "ORG"))
    assert last("三家公司", *mentions) == "远帆公司"


def test_a_part_of_a_group_named_before_gets_its_name() -> None:
    assert last("远帆集团、集团本部党支部", ("远帆集团", "ORG"), ("集团本部党支部", "ORG")) == "远帆集团本部党支部"


def test_a_place_has_its_chain_and_an_unknown_one_itself() -> None:
    assert canonical_names([("广南县", "GPE"), ("云岭县", "GPE")], "广南县、云岭县") == [
        "云南省文山壮族苗族自治州广南县",
        "云岭县",
    ]


def test_blanks_inside_a_name_are_dropped() -> None:
    assert last("远帆信息有\n限公司", ("远帆信息有\n限公司", "ORG")) == "远帆信息有限公司"


def test_a_name_of_the_table_is_replaced() -> None:
    assert last("国务院扶贫办", ("国务院扶贫办", "ORG")) == "国务院扶贫开发领导小组办公室"


BEFORE = [
    ("上海市静安区江宁路街道", "GPE"),
    ("江宁路街道商会", "ORG"),
    ("远帆集团", "ORG"),
    ("江宁路街道援滇工作组", "ORG"),
    ("云南省文山壮族苗族自治州广南县", "GPE"),
    ("柳湾小学", "ORG"),
]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("街道", "上海市静安区江宁路街道"),
        ("集团", "远帆集团"),
        ("工作组", "江宁路街道援滇工作组"),
        ("工作 组", "江宁路街道援滇工作组"),
        ("学校", "柳湾小学"),
        ("该县", "云南省文山壮族苗族自治州广南县"),
        ("我区", "上海市静安区"),
        ("商会企业家们", "江宁路街道商会企业家"),
        ("街道商会 20 家会员企业", "江宁路街道商会20家会员企业"),
        ("代表团", "代表团"),
        ("本镇", "本镇"),
        ("困难群众", "困难群众"),
        ("企业家们", "企业家们"),
    ],
)
def test_a_plain_word_means_the_nearest_fitting_name(word: str, meaning: str) -> None:
    assert resolve_reference(word, BEFORE) == meaning


def test_my_district_is_the_home_of_the_document() -> None:
    assert resolve_reference("我区", [("上海市崇明区", "GPE")], home="上海市静安区") == "上海市静安区"


def test_a_table_without_a_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "names.toml"
    path.write_text('ranks = ["区"]\nbodies = []\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"names\.toml: no references, canonical; each of"):
        name_table(path)
