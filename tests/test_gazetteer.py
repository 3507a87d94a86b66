"""The gazetteer: look-ups by name, year and chain, and the marks in running text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.gazetteer import LISTS, Division, Gazetteer, Unit, gazetteer
from training import gazetteer as building


def codes(name: str, year: int | None = None) -> list[str]:
    return [unit.code for unit in gazetteer().units(name, year)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("云南省", "530000"),
        ("云南", "530000"),
        ("内蒙古", "150000"),
        ("广西", "450000"),
        ("红河哈尼族彝族自治州", "532500"),
        ("红河州", "532500"),
        ("金平县", "532530"),
        ("积石山县", "622927"),
        ("鄂温克旗", "150724"),
        ("克州", "653000"),
        ("静安", "310106"),
        ("浦东", "310115"),
        ("神农架", "429021"),
        ("六枝", "520203"),
        ("东莞", "441900"),
        ("坝美镇", "532627"),
    ],
)
def test_a_name_in_full_or_short_has_its_code(name: str, code: str) -> None:
    assert codes(name) == [code]


@pytest.mark.parametrize(
    ("former", "code"),
    [
        ("横县", "450181"),
        ("崇明县", "310151"),
        ("闸北区", "310106"),
        ("闸北", "310106"),
        ("襄樊市", "420600"),
        ("南汇县", "310115"),
        ("下城区", "330105"),
        ("思茅市", "530800"),
        ("琼中县", "469030"),
    ],
)
def test_a_former_name_leads_to_what_took_its_place(former: str, code: str) -> None:
    assert codes(former) == [code]


@pytest.mark.parametrize(
    ("name", "year", "code", "full"),
    [
        ("横县", 2018, "450127", "广西壮族自治区南宁市横县"),
        ("横县", 2023, "450181", "广西壮族自治区南宁市横州市"),
        ("崇明", 2012, "310230", "上海市崇明县"),
        ("崇明", 2016, "310151", "上海市崇明区"),
        ("闸北区", 2012, "310108", "上海市闸北区"),
        ("襄樊", 2008, "420600", "湖北省襄樊市"),
        ("堡镇", 2012, "310230", "上海市崇明县堡镇"),
        ("渝北区", 2019, "500112", "重庆市渝北区"),
    ],
)
def test_code_and_chain_are_those_of_the_year(name: str, year: int, code: str, full: str) -> None:
    (unit,) = gazetteer().units(name, year)
    assert (unit.code, gazetteer().full_name(unit, year)) == (code, full)


def test_namesakes_are_all_given() -> None:
    assert codes("朝阳区") == ["110105", "220104"]
    assert len(codes("城关镇")) > 50


@pytest.mark.parametrize(
    ("chain", "township", "ends"),
    [
        ("湖北省宜昌市夷陵区", "", (3, 6, 9)),
        ("云南文山州广南县坝美镇法利村", "坝美镇", (2, 5, 8, 11)),
        ("济南市中区", "", (2, 5)),
        ("福建三明沙县区", "", (2, 4, 7)),
    ],
)
def test_a_chain_is_read_name_by_name(chain: str, township: str, ends: tuple[int, ...]) -> None:
    units, found = gazetteer().chain(chain)
    assert ([unit.township for unit in units], found) == ([township], ends)


@pytest.mark.parametrize("text", ["平安村", "新安居民区", "龙泉社区", "没有地名"])
def test_a_villages_own_name_is_no_district(text: str) -> None:
    assert gazetteer().chain(text) == ((), ())


def test_every_division_in_force_is_found_by_its_full_chain() -> None:
    names = gazetteer()
    rows = (LISTS / "divisions.tsv").read_text(encoding="utf-8").splitlines()[2:]
    present = [Division(code, name) for code, name, _, until, _ in (row.split("\t") for row in rows) if not until]
    assert len(present) > 3200
    for division in present:
        chain = names.full_name(Unit(division))
        units, ends = names.chain(chain)
        assert [unit.code for unit in units] == [division.code]
        assert ends[-1] == len(chain)


def test_marks_are_the_longest_names_without_everyday_words() -> None:
    text = "合作共建：静安寺街道赴云南文山"
    assert [text[mark.start : mark.end] for mark in gazetteer().marks(text)] == ["静安寺街道", "云南", "文山"]


@given(st.text(alphabet="云南省文山州广县静安区合作坝美镇村 ，a1", max_size=30))
def test_marks_never_overlap_and_stay_inside(text: str) -> None:
    marks = gazetteer().marks(text)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert all(one.end <= other.start for one, other in pairwise(marks))


def test_a_gazetteer_of_ones_own_needs_no_files() -> None:
    own = Gazetteer(
        [Division("990000", "江北省"), Division("990101", "云岭土家族自治县")],
        [("990101", ("柳湾乡",))],
        (),
        ["土家族"],
    )
    (unit,) = own.chain("江北云岭县柳湾乡")[0]
    assert (unit.code, own.full_name(unit)) == ("990101", "江北省云岭土家族自治县柳湾乡")


def test_the_lists_name_their_origin_and_stay_small() -> None:
    lists = sorted(LISTS.glob("divisions*"))
    assert len(lists) == 5
    assert all(path.read_text(encoding="utf-8").startswith("# origin:") for path in lists)
    assert sum(path.stat().st_size for path in lists) < 1_000_000


def test_an_ended_unit_is_dated_and_followed() -> None:
    years = {
        2001: {"990000": "江北省", "990121": "云岭县", "990122": "白水县"},
        2002: {"990000": "江北省", "990181": "云岭市", "990122": "清水县"},
    }
    assert building.timeline(years, {}) == [
        ("990000", "江北省", "", "", ""),
        ("990121", "云岭县", "", "2002", "990181"),
        ("990122", "清水县", "2002", "", ""),
        ("990122", "白水县", "", "2002", "990122"),
        ("990181", "云岭市", "2002", "", ""),
    ]


def test_a_merger_follows_the_list_of_changes() -> None:
    years = {2001: {"990101": "东区", "990102": "西城区"}, 2002: {"990102": "西城区"}}
    rows = building.timeline(years, {"990101": [(2002, "990102")]})
    assert rows[0] == ("990101", "东区", "", "2002", "990102")


def test_building_without_two_folders_says_what_is_wanted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert building.main([str(tmp_path)]) == 2
    assert "give the unpacked packages and the lists' folder" in capsys.readouterr().err


def test_the_lists_are_written_as_they_are_read(tmp_path: Path) -> None:
    building.write(tmp_path, [("990101", "云岭县", "", "", "")], {"990101": ["柳湾乡", "上寨镇"]})
    assert (tmp_path / "divisions.tsv").read_text(encoding="utf-8").splitlines()[-1] == "990101\t云岭县\t\t\t"
    assert (tmp_path / "divisions-townships.tsv").read_text(encoding="utf-8").endswith("990101\t柳湾乡 上寨镇\n")
