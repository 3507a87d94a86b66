"""Dates: every rule both ways, every style of writing a day, years from the context, spans, and the document's day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from time import process_time

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise import date_bounds, date_scope
from pipeline.normalise.date_calendar import lunar_day_in, number, solar_term
from pipeline.normalise.date_rules import EXAMPLE_DAY
from pipeline.normalise.date_scope import Reading, Scope
from pipeline.normalise.dates import CORES, REACH, DateContext, document_day, find_dates, read_date, read_example
from pipeline.normalise.rules import Rule
from pipeline.spans import DateRange, Found

GIVEN = DateContext(EXAMPLE_DAY, "given")
UNKNOWN = DateContext(None, "")
ALL_RULES: list[Rule[Reading, Scope] | Rule[Reading, Reading]] = [
    *CORES,
    *date_bounds.RULES,
    *date_bounds.RULES_IN_FRONT,
]
DAYS = st.dates(date(1949, 1, 1), date(2099, 12, 31))
HAN_TEXT = st.text(
    "一二三四五六七八九十〇零百两半几多年月日号天周星期初中底末上下前后来以起至到今去明昨同当次第个旬季度世纪节春夏秋冬元旦庆七八五党大学 \n，。、“”（）-—～./0123456789２０",
    max_size=40,
)


def texts(text: str, context: DateContext = GIVEN) -> list[str]:
    return [found.text for found in find_dates(text, context)]


def edtfs(text: str, context: DateContext = GIVEN) -> list[str | None]:
    return [found.value.edtf for found in find_dates(text, context)]


def han(value: int) -> str:
    """Write a number below 100 in Han digits."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones else "")


def styles(day: date) -> dict[str, str]:
    """Write a day in every style."""
    y, m, d = day.year, day.month, day.day
    han_year = "".join("〇一二三四五六七八九"[int(c)] for c in str(y))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return {
        "plain": f"{y}年{m}月{d}日",
        "padded": f"{y}年{m:02}月{d:02}日",
        "spoken": f"{y}年{m}月{d}号",
        "spaced": f"{y} 年 {m} 月 {d} 日",
        "broken over lines": f"{y}年{m}月\n\n{d}日",
        "full width": f"{y}年{m}月{d}日".translate(wide),
        "Han": f"{han_year}年{han(m)}月{han(d)}日",
        "points": f"{y}.{m}.{d}",
        "strokes": f"{y}/{m:02}/{d:02}",
        "hyphens": f"{y}-{m:02}-{d:02}",
        "middle dots": f"{y}·{m}·{d}",
        "mixed": f"{y}年{m}.{d}",
    }


@pytest.mark.parametrize(
    ("rule", "text", "short"), [(r, text, short) for r in ALL_RULES for text, short in r.examples.items()]
)
def test_example_is_read_as_a_whole_by_its_rule(
    rule: Rule[Reading, Scope] | Rule[Reading, Reading], text: str, short: str
) -> None:
    assert read_example(rule, text) == short


@pytest.mark.parametrize(("rule", "text"), [(r, text) for r in ALL_RULES for text in r.rejects])
def test_reject_is_not_read_by_the_rule(rule: Rule[Reading, Scope] | Rule[Reading, Reading], text: str) -> None:
    assert all(rule.name not in found.by.split("+") for found in find_dates(text, GIVEN))


def test_rule_names_are_unique_and_every_rule_has_examples_and_rejects() -> None:
    names = [rule.name for rule in ALL_RULES]
    assert len(names) == len(set(names))
    assert [rule.name for rule in ALL_RULES if not rule.examples or not rule.rejects] == []


@given(DAYS)
def test_any_day_reads_back_from_every_style(day: date) -> None:
    for style, text in styles(day).items():
        found = find_dates(f"于{text}，", GIVEN)
        assert [(f.text, f.value) for f in found] == [(text, DateRange(day.isoformat(), day, day))], style


@given(st.dates(date(1949, 1, 1), date(2098, 1, 1)), st.integers(1, 400))
def test_any_range_reads_back(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    text = f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"
    assert [f.value for f in find_dates(text, GIVEN)] == [DateRange(f"{first}/{last}", first, last)]


@given(DAYS, st.integers(-150, 45))
def test_a_day_without_year_is_read_near_the_documents_day(document: date, distance: int) -> None:
    day = document + timedelta(days=distance)
    if (day.month, day.day) == (2, 29):
        return
    (found,) = find_dates(f"{day.month}月{day.day}日", DateContext(document, "byline"))
    assert found.value.first_day == day
    assert str(document) in found.why
    assert "byline" in found.why


def check_find(text: str, found: Found[DateRange]) -> None:
    assert text[found.start : found.end] == found.text
    assert found.text == found.text.strip()
    assert found.by
    value = found.value
    if value.edtf is not None:
        parse_edtf(value.edtf)
    if value.first_day is not None and value.last_day is not None:
        assert value.first_day <= value.last_day
    if value.edtf is None:
        assert (value.first_day, value.last_day) == (None, None)


@given(HAN_TEXT, st.sampled_from([GIVEN, UNKNOWN]))
def test_random_text_never_raises_and_every_find_holds(text: str, context: DateContext) -> None:
    end = 0
    for found in find_dates(text, context):
        assert found.start >= end
        end = found.end
        check_find(text, found)
    document_day(text)


@given(HAN_TEXT)
def test_what_is_found_is_what_is_read(text: str) -> None:
    found = find_dates(text, GIVEN)
    if found:
        assert read_date(text, found[0].start, found[0].end, GIVEN, None) == found[0]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_examples_found_in_a_sentence_are_read_the_same(rule: Rule[Reading, Scope] | Rule[Reading, Reading]) -> None:
    for example in rule.examples:
        text = f"，{example}，"
        for found in find_dates(text, GIVEN):
            check_find(text, found)
            assert read_date(text, found.start, found.end, GIVEN, None) == found


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("3月5日下午签约", ["3月5日下午"]),
        ("10月17日国家扶贫日", ["10月17日国家扶贫日"]),
        ("元旦、春节慰问", ["元旦", "春节"]),
        ("元旦春节慰问", ["元旦春节"]),
        ("“十四五”期间建成", ["“十四五”期间"]),
        ("党的二十大以来", ["党的二十大以来"]),
        ("11月10日前完成", ["11月10日前"]),
        ("10月17日前后", ["10月17日前后"]),
        ("11月10日前往云岭县", ["11月10日"]),
        ("自8月20日起施行", ["8月20日"]),
        ("自2028年运行至今", ["2028年"]),
        ("4月28日至\n5月3日到云岭县", ["4月28日至\n5月3日"]),
        ("近日前往柳湾村", ["近日"]),
        ("3月5日晚会开始", ["3月5日"]),
        ("2031年全国脱贫攻坚奖", ["2031年"]),
        ("庆祝“七一”大会", ["七一"]),
        ("2031年11月16日（星期日）上午", ["2031年11月16日"]),
        ("9月5日、6日两天", ["9月5日", "6日"]),
        ("○8月10日来访。\n○3月5日清早签约", ["8月10日", "3月5日清早"]),
    ],
)
def test_spans_follow_the_guide(text: str, spans: list[str]) -> None:
    assert texts(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        *(
            "20年",
            "62天",
            "历时一个月",
            "连续三年",
            "71岁",
            "上午9时",
            "目前",
            "现在",
            "随后",
            "此前",
            "届时",
            "期间",
            "考察期间",
        ),
        *(
            "疫情期间",
            "仲夏时节",
            "几天后",
            "每周五",
            "每年3月5日",
            "每逢春节",
            "第9、10期",
            "第5号",
            "13号楼",
            "五一路",
            "八一中学",
        ),
        *(
            "二十一户",
            "三五年",
            "百日攻坚",
            "1:30",
            "比分2-1",
            "3.5万元",
            "1/3",
            "192.168.1.1",
            "2031元",
            "刘春节说",
            "如今天气",
        ),
        *(
            "美好的明天",
            "十月怀胎",
            "建校90周年",
            "两三年",
            "00后",
            "最后一天",
            "同年级",
            "一年一度",
            "上旬刊",
            "三八红旗手",
        ),
    ],
)
def test_what_the_guide_leaves_out_gives_nothing(text: str) -> None:
    assert texts(text) == []


@pytest.mark.parametrize(
    ("year", "day"), [(2015, 5), (2016, 4), (2019, 5), (2020, 4), (2021, 4), (2022, 5), (2023, 5), (2024, 4), (2025, 4)]
)
def test_qingming_is_on_the_published_day(year: int, day: int) -> None:
    assert solar_term(year, "清明") == date(year, 4, day)


def test_lunar_festivals_fall_in_the_solar_year() -> None:
    assert lunar_day_in(2020, 1, 1) == date(2020, 1, 25)
    assert lunar_day_in(2020, 1, 0) == date(2020, 1, 24)
    assert lunar_day_in(2021, 12, 8) == date(2021, 1, 20)
    assert lunar_day_in(2101, 1, 1) is None


@pytest.mark.parametrize("text", ["", "千", "年"])
def test_number_says_what_would_be_right(text: str) -> None:
    with pytest.raises(
        ValueError, match=re.escape(f"number: {text!r} is no number; Arabic or Han digits would be right")
    ):
        number(text)


class _Searched:
    """Stands in for a compiled pattern and adds up the characters it is asked to look through."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern, self.characters = pattern, 0

    def search(self, text: str, start: int, end: int) -> re.Match[str] | None:
        self.characters += end - start
        return self.pattern.search(text, start, end)


def test_looking_back_costs_no_more_per_date_the_longer_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def characters_per_date(dates: int) -> float:
        searched = _Searched(date_scope.SENTENCE_END)
        monkeypatch.setattr(date_scope, "SENTENCE_END", searched)
        assert len(find_dates("3月5日，" * dates, GIVEN)) == dates
        monkeypatch.undo()
        return searched.characters / dates

    most = REACH * len("3月5日，")
    assert 0 < characters_per_date(2 * REACH) <= characters_per_date(8 * REACH) <= most


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["3月5日，", "2月30日，", "近日，当天，", "春节、", "将于5日，"])
def test_a_long_text_full_of_dates_is_found_and_read_within_seconds(unit: str) -> None:
    text = ("2031年3月5日，" + unit * 20_000)[:20_000]
    began = process_time()
    for found in find_dates(text, UNKNOWN):
        read_date(text, found.start, found.end, UNKNOWN, None)
    assert process_time() - began < 10
