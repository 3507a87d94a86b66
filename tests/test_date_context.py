"""What dates take from around them: the document's own day, its year, and the dates before."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.normalise.date_rules import EXAMPLE_DAY
from pipeline.normalise.dates import DateContext, document_day, find_dates, read_date
from pipeline.spans import DateRange

GIVEN = DateContext(EXAMPLE_DAY, "given")
UNKNOWN = DateContext(None, "")


def edtfs(text: str, context: DateContext = GIVEN) -> list[str | None]:
    return [found.value.edtf for found in find_dates(text, context)]


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
