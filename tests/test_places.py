"""Places: the names of one document settled by their chains, by each other and by the document's home."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.places import find_places, place_marks, resolve
from pipeline.spans import Place


def last(*surfaces: str, home: str | None = None, year: int | None = None) -> Place:
    return resolve(surfaces, home, year)[-1]


@pytest.mark.parametrize(
    ("surface", "code", "name"),
    [
        ("湖北省宜昌市夷陵区", "420506", "湖北省宜昌市夷陵区"),
        ("云南文山州广南县", "532627", "云南省文山壮族苗族自治州广南县"),
        ("云 南\n文山州广南县", "532627", "云南省文山壮族苗族自治州广南县"),
        ("贵州黔东南州台江县", "522630", "贵州省黔东南苗族侗族自治州台江县"),
        ("广南县坝美镇柳塘村", "532627", "云南省文山壮族苗族自治州广南县坝美镇柳塘村"),
        ("广东省东莞市石碣镇", "441900", "广东省东莞市石碣镇"),
        ("湖北省仙桃市", "429004", "湖北省仙桃市"),
        ("甘肃定西", "621100", "甘肃省定西市"),
    ],
)
def test_a_chain_gives_code_and_full_name(surface: str, code: str, name: str) -> None:
    assert last(surface) == Place(code, name)


def test_a_village_keeps_the_county_of_its_chain() -> None:
    assert last("夷陵区新槐村") == Place("420506", "湖北省宜昌市夷陵区新槐村")


def test_a_county_that_no_list_knows_has_no_code() -> None:
    assert last("云岭县") == Place(None, None)
    assert last("云南省云岭县柳湾乡").code is None


def test_a_village_right_under_a_city_has_a_name_and_no_code() -> None:
    assert last("宜昌市新槐村") == Place(None, "湖北省宜昌市新槐村")


def test_namesakes_without_evidence_stay_open() -> None:
    assert last("朝阳区") == Place(None, None, ("110105", "220104"))


@pytest.mark.parametrize(
    ("before", "home", "code"),
    [
        (("北京市",), None, "110105"),
        (("长春市",), None, "220104"),
        ((), "北京市海淀区", "110105"),
        ((), "220000", "220104"),
    ],
)
def test_namesakes_are_settled_by_the_document_and_its_home(
    before: tuple[str, ...], home: str | None, code: str
) -> None:
    assert last(*before, "朝阳区", home=home).code == code


def test_a_township_is_settled_by_the_county_named_in_the_document() -> None:
    assert last("陕西省旬阳市", "城关镇").code == "610981"
    assert last("甘肃省", "临潭县", "城关镇") == Place("623021", "甘肃省甘南藏族自治州临潭县城关镇")


def test_a_township_from_a_region_never_named_is_no_answer() -> None:
    # 坝美镇 lies in Yunnan alone, but the document speaks of Gansu.
    assert last("甘肃省临潭县", "坝美镇").code != "532627"


@pytest.mark.parametrize(
    ("surfaces", "code"),
    [
        (("文山州", "文山"), "532600"),
        (("云南省文山市", "文山"), "532601"),
        (("文山",), "532600"),
        (("吉林",), "220000"),
        (("吉林市", "吉林"), "220200"),
        (("海南",), "460000"),
        (("青海省海南州", "海南"), "632500"),
    ],
)
def test_a_bare_name_means_the_one_named_or_the_widest(surfaces: tuple[str, ...], code: str) -> None:
    assert last(*surfaces).code == code


def test_a_village_takes_the_township_named_directly_before() -> None:
    assert last("广南县", "坝美镇", "者兔乡", "柳塘村").name == "云南省文山壮族苗族自治州广南县者兔乡柳塘村"


def test_a_village_takes_the_county_when_the_township_is_unsure() -> None:
    assert last("坝美镇", "者兔乡", "广南县", "柳塘村").name == "云南省文山壮族苗族自治州广南县柳塘村"
    assert last("坝美镇", "者兔乡上柳村", "柳塘村").name == "云南省文山壮族苗族自治州广南县柳塘村"


def test_a_village_is_not_put_into_the_visitors_street_office() -> None:
    assert last("静安寺街道", "崇明区", "江宁路街道", "柳塘村").name == "上海市崇明区柳塘村"


def test_villages_of_a_list_lie_together() -> None:
    places = resolve(["广南县", "坝美镇", "柳塘村", "上柳村", "上柳村小组"])
    assert [place.name for place in places[3:]] == [
        "云南省文山壮族苗族自治州广南县坝美镇上柳村",
        "云南省文山壮族苗族自治州广南县坝美镇上柳村小组",
    ]


def test_a_village_without_a_place_in_its_own_passage_is_unknown() -> None:
    assert resolve(["广南县", "柳塘村"], passages=[0, 1])[1] == Place(None, None)
    assert resolve(["广南县", "柳塘村"], passages=[0, 0])[1].code == "532627"


def test_a_short_form_is_the_longer_name_of_the_document() -> None:
    assert last("广南县坝美镇柳塘村", "柳塘村").name == "云南省文山壮族苗族自治州广南县坝美镇柳塘村"
    assert (
        last("广南县坝美镇柳塘", "广南县坝美镇柳塘村").name
        == resolve(["广南县坝美镇柳塘", "广南县坝美镇柳塘村"])[0].name
    )
    assert last("广南县坝美镇", "坝美").name == "云南省文山壮族苗族自治州广南县坝美镇"


@pytest.mark.parametrize(
    ("before", "word", "home", "name"),
    [
        (("朱泾镇",), "我镇", None, "上海市金山区朱泾镇"),
        (("广南县",), "我区", "上海市静安区", "上海市静安区"),
        (("静安区", "广南县坝美镇"), "该县", "上海市静安区", "云南省文山壮族苗族自治州广南县"),
        (("静安区",), "本市", None, "上海市"),
        ((), "该县", None, None),
    ],
)
def test_deictic_words_mean_home_or_the_nearest_fitting(
    before: tuple[str, ...], word: str, home: str | None, name: str | None
) -> None:
    assert last(*before, word, home=home).name == name


def test_former_names_give_the_code_of_the_year() -> None:
    assert [last("南宁市横县", year=year).code for year in (2018, None)] == ["450127", "450181"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("工作组到云南省文山州广南县坝美镇柳塘村走访", ["云南省文山州广南县坝美镇柳塘村"]),
        ("静安区与广南县签约", ["静安区", "广南县"]),
        ("静安寺街道帮助红柳村修路", ["静安寺街道"]),
        ("上海援滇干部", ["上海"]),
        ("广南县贫困村", ["广南县"]),
        ("白水县扶贫开发局", []),
        ("上海市第一人民医院", []),
        ("广南县坝美镇柳塘村委会", []),
        ("云南省委、静安区政府", []),
        ("加强合作，建设和平美好家园", []),
        ("南京路上的好八连", []),
        ("更高水平城乡一体化", []),
    ],
)
def test_places_are_found_in_running_text_but_not_inside_bodies(text: str, found: list[str]) -> None:
    assert [place.text for place in find_places(text)] == found


def test_the_bare_name_of_a_county_needs_its_region_in_the_text() -> None:
    assert [place.text for place in find_places("两地干部在夷陵座谈")] == []
    assert [place.text for place in find_places("湖北宜昌的干部在夷陵座谈")] == ["湖北宜昌", "夷陵"]
    assert [place.value.code for place in find_places("夷陵")] == ["420506"]


def test_an_open_place_says_between_which() -> None:
    (found,) = find_places("朝阳区")
    assert (found.value.code, found.why) == (None, "several places of this name: 110105, 220104")


@given(st.text(alphabet="云南省文山州广县静安区坝美镇柳塘村我该队社 \n，a1", max_size=40))
def test_finding_keeps_offsets_and_never_fails(text: str) -> None:
    for found in find_places(text):
        assert text[found.start : found.end] == found.text


@given(st.lists(st.text(alphabet="云南文山州广县静安区坝美镇柳塘村我该队社小组街道", max_size=8), max_size=8))
def test_resolving_answers_every_name(surfaces: list[str]) -> None:
    places = resolve(surfaces, home="上海市静安区")
    assert len(places) == len(surfaces)
    assert all(place.name is not None for place in places if place.code)


def test_marks_are_offered_for_the_recogniser() -> None:
    assert [(mark.start, mark.end) for mark in place_marks("赴云南省广南县")] == [(1, 4), (4, 7)]


@pytest.mark.parametrize(
    ("names", "home", "year", "code"),
    [
        (("横县",), None, 2018, "450127"),
        (("横县",), None, 2023, "450181"),
        (("鼓楼区",), None, None, None),
        (("鼓楼区",), "江苏省南京市", None, "320106"),
        (("福州市", "鼓楼区"), None, None, "350102"),
        (("南京市", "徐州市", "鼓楼区"), None, None, None),
        (("城关镇",), None, None, None),
        (("城关镇",), "云南省", None, None),
        (("陕西省紫阳县", "城关镇"), None, None, "610924"),
        (("四川省", "市中区"), None, None, None),
        (("乐山市", "市中区"), None, None, "511102"),
        (("闸北区",), None, 2010, "310108"),
        (("闸北区",), None, 2020, "310106"),
        (("新区",), None, None, None),
    ],
)
def test_namesakes_and_former_names(
    names: tuple[str, ...], home: str | None, year: int | None, code: str | None
) -> None:
    assert resolve(list(names), home, year)[-1].code == code
