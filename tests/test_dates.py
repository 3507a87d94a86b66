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
    ("text", "expected"),
    [
        ("8月21日抵达。当天走访，次日返回。", ["2031-08-21", "2031-08-21", "2031-08-22"]),
        ("2028年4月启动，同年8月竣工，次年5月验收。", ["2028-04", "2028-08", "2029-05"]),
        ("2029年3月立项，12月动工。", ["2029-03", "2029-12"]),
        ("2029年6月7日到账，当月用完。", ["2029-06-07", "2029-06"]),
        ("近日，协议签订。当天举行座谈会。", [None, None]),
        ("4月28日至5月3日考察。当天返回。", ["2031-04-28/2031-05-03", None]),
        ("10月3日开工，5日完工。", ["2031-10-03", "2031-10-05"]),
        ("当天走访。", [None]),
    ],
)
def test_words_that_point_back_read_the_nearest_date_before(text: str, expected: list[str | None]) -> None:
    assert edtfs(text) == expected


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("12月28日", date(2032, 1, 9), "2031-12-28"),
        ("5月20日", date(2031, 12, 20), "2031-05-20"),
        ("将于5月20日", date(2031, 12, 20), "2032-05-20"),
        ("30日", date(2032, 1, 9), "2031-12-30"),
        ("26日至29日", date(2031, 12, 2), "2031-11-26/2031-11-29"),
        ("12月30日至1月5日", date(2032, 1, 10), "2031-12-30/2032-01-05"),
        ("1月至11月", date(2031, 12, 20), "2031-01/2031-11"),
        ("元旦春节", date(2031, 12, 20), "2032-01-01/2032-02-11"),
        ("春节", date(2031, 2, 10), "2031-01-23"),
        ("98年8月", date(2031, 2, 10), "1998-08"),
        ("2029下半年", date(2031, 2, 10), "2029-41"),
        ("2030年前", date(2031, 2, 10), "../2029"),
        ("三季度以来", date(2031, 11, 10), "2031-07/.."),
        ("一季度至三季度", date(2031, 11, 10), "2031-01/2031-09"),
        ("二O三一年三月五日", date(2030, 1, 1), "2031-03-05"),
    ],
)
def test_year_and_month_come_from_the_documents_day(text: str, day: date, expected: str) -> None:
    assert edtfs(text, DateContext(day, "byline")) == [expected]


def test_without_a_document_day_the_year_comes_from_the_text() -> None:
    text = "2029年，柳湾村通了公路。\n\n9月14日，江城远帆公司来访。去年底，协议签订。"
    found = find_dates(text, UNKNOWN)
    assert [f.value.edtf for f in found] == ["2029", "2029-09-14", "2028-12~"]
    assert "named in the text" in found[1].why


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10月29日", "XXXX-10-29"),
        ("10月", "XXXX-10"),
        ("七一", "XXXX-07-01"),
        ("去年", None),
        ("昨日", None),
        ("10月29日前", None),
    ],
)
def test_without_any_year_no_day_is_given(text: str, expected: str | None) -> None:
    (found,) = find_dates(text, UNKNOWN)
    assert found.value == DateRange(expected, None, None)


def test_given_span_needs_a_reading_of_just_that_span() -> None:
    text = "3月5日下午，柳湾村"
    assert read_date(text, 0, 6, GIVEN, None) == find_dates(text, GIVEN)[0]
    shorter = read_date(text, 0, 4, GIVEN, None)
    assert shorter is not None
    assert shorter.value.edtf == "2031-03-05"
    assert read_date(text, 1, 4, GIVEN, None) is None
    assert read_date(text, 7, 10, GIVEN, None) is None


def test_given_span_takes_the_date_before() -> None:
    before = DateRange("2031-03-31", date(2031, 3, 31), date(2031, 3, 31))
    found = read_date("次日返回", 0, 2, GIVEN, before)
    assert found is not None
    assert found.value.first_day == date(2031, 4, 1)
    assert find_dates("次日返回", GIVEN)[0].value.first_day is None


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("江城日报\n2031年10月16日 星期四\n正文", "", (date(2031, 10, 16), "masthead")),
        ("云岭通讯 第12期\n2031年10月16日\n正文", "", (date(2031, 10, 16), "masthead")),
        ("捐赠仪式\n发布时间：2031-03-18 10:05\n2030年1月1日启动", "", (date(2031, 3, 18), "byline")),
        ("决定如下，2031年1月1日起施行。\n滨河区人民政府\n2030年12月16日\n", "", (date(2030, 12, 16), "signature")),
        ("正文没有日期", "简报/20310316_03.txt", (date(2031, 3, 16), "file name")),
        ("2031年3月5日启动，2031年4月2日竣工。", "", (date(2031, 4, 2), "latest date in the text")),
        ("2030年2月28日，捐献者出院。2031年、2031年的表彰", "", None),
        ("正文没有日期", "t20310316_1234.html", (date(2031, 3, 16), "file name")),
        ("正文没有日期", "a20310316.txt", None),
        ("正文没有日期", "第3期.txt", None),
    ],
)
def test_documents_own_day(text: str, name: str, expected: tuple[date, str] | None) -> None:
    assert document_day(text, name) == expected


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
