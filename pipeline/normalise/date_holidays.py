"""The rules for holidays, lunar dates and events that text counts from (党的二十大以来).

The table of holidays is ``configs/holidays.toml``: a new holiday is one entry there. It is read once, on import,
because the names are part of the patterns.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.data_folders import data_folder
from pipeline.normalise.date_calendar import (
    Days,
    lunar_day,
    lunar_day_in,
    lunar_month_days,
    nth_weekday,
    number,
    solar_term,
)
from pipeline.normalise.date_patterns import (
    CLOSE,
    HAN,
    NUMBER_START,
    OPEN,
    SEXAGENARY_YEAR,
    TO_SPRING,
    Y4,
    YEAR,
    YEAR_WORD,
    in_year,
    spaced,
)
from pipeline.normalise.date_scope import Reading, Scope
from pipeline.normalise.rules import Rule

HOLIDAYS_FILE = data_folder("configs") / "holidays.toml"


@dataclass(frozen=True)
class Holiday:
    """One entry of the table: its full name and when it is (see the head of ``configs/holidays.toml``)."""

    name: str
    solar: tuple[int, int] | None
    lunar: tuple[int, int] | None
    weekday: tuple[int, int, int] | None
    term: str | None
    days: int

    def days_in(self, year: int) -> Days | None:
        """Return its first and last day in a solar year, or None where it has none (or the calendar ends)."""
        first: date | None = None
        if self.solar is not None:
            first = date(year, *self.solar)
        elif self.lunar is not None:
            first = lunar_day_in(year, *self.lunar)
        elif self.weekday is not None:
            first = nth_weekday(year, *self.weekday)
        elif self.term is not None:
            first = solar_term(year, self.term)
        return None if first is None else (first, first + timedelta(days=self.days - 1))


def _holiday(entry: dict[str, Any]) -> Holiday:
    """Make a holiday of a table entry."""
    solar, lunar, weekday = entry.get("solar"), entry.get("lunar"), entry.get("weekday")
    return Holiday(
        entry["name"],
        (solar[0], solar[1]) if solar else None,
        (lunar[0], lunar[1]) if lunar else None,
        (weekday[0], weekday[1], weekday[2]) if weekday else None,
        entry.get("term"),
        entry.get("days", 1),
    )


_TABLE = tomllib.loads(HOLIDAYS_FILE.read_text(encoding="utf-8"))
_BY_FORM: dict[str, Holiday] = {}
_FULL: list[str] = []
_BARE: list[str] = []
_SHORT: list[str] = []
for _entry in _TABLE["holiday"]:
    _made = _holiday(_entry)
    _FULL += [_entry["name"], *_entry.get("aliases", [])]
    _BARE += _entry.get("bare", [])
    _SHORT += _entry.get("short", [])
    for _form in (_entry["name"], *_entry.get("aliases", []), *_entry.get("bare", []), *_entry.get("short", [])):
        _BY_FORM.setdefault(_form, _made)
_ERAS = {form: era for era in _TABLE["era"] for form in (era["name"], *era.get("aliases", []))}


def _any(forms: list[str]) -> str:
    """Return an alternation, the longest form first."""
    return "|".join(re.escape(form) for form in sorted(set(forms), key=lambda form: (-len(form), form)))


STARTS = sorted({form[:3] for form in (*_FULL, *_BARE, *_SHORT, *_ERAS)})
"""The first characters of every form, for finding candidates."""


def _read_holiday(match: re.Match[str], scope: Scope) -> Reading | None:
    holiday = _BY_FORM[match["name"]]

    def days_in(year: int) -> Days | None:
        return holiday.days_in(year) if 1900 <= year <= 2099 else None

    unknown = None
    if holiday.solar is not None and holiday.days == 1:
        unknown = f"XXXX-{holiday.solar[0]:02}-{holiday.solar[1]:02}"
    return in_year(match, scope, days_in, "day" if holiday.days == 1 else "days", unknown=unknown)


def _read_lunar(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read a lunar date; the year is the lunar one, so its last month falls in January or February."""
    months = {"正": 1, "腊": 12, "冬": 11, "大年": 1, "年": 1}
    word = match["month"]
    month = months[word] if word in months else number(word)
    day_word = match["day"] or match.groupdict().get("short")

    def days_in(year: int) -> Days | None:
        if not day_word:
            return lunar_month_days(year, month)
        found = lunar_day(
            year, month, 15 if day_word == "半" else number(day_word.removeprefix("初")), bool(match["leap"])
        )
        return None if found is None else (found, found)

    return in_year(match, scope, days_in, "day" if day_word else "month")


def _read_era(match: re.Match[str], scope: Scope) -> Reading | None:
    first: date = _ERAS[match["era"]]["first"]
    return Reading(f"{first}/..", first, None, "years", True)


# Roads, schools, villages and people that bear a holiday's name.
_NOT_AFTER = (
    r"(?! ?(?:路|街|村|镇|乡(?!村)|巷|桥|小学|中学|学校|希望|幼儿园|大道|广场|大厦|公园|社区|居委|厂|队|同志|先生|女士|小姐"
    r"|书记|主任|老人|老师|医生|奶奶|爷爷|大爷|阿姨|上河|运动(?:时期|的|中)|劳动(?!节)|[0-9一二三四五六七八九十百]+ ?周年|月饼|粽|饼|糕|杯|晚报|礼包|大礼包|(?<=青年节)目|[^，。、\s]{0,2}(?:晚会|联欢会|团拜会|灯会|庙会|文化节)|水库|勋章|军旗|电影|大学|起义|年级|班))"
)
_NAME_SAKES = frozenset(("春节", "国庆", "中秋", "元旦", "重阳", "端午", "清明", "七夕", "立春", "立秋", "冬至"))
_SURNAMES = frozenset(
    "王李张刘陈杨赵吴徐孙胡朱郭何罗宋谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾魏薛叶阎余潘杜戴钟汪田任姜范石姚谭廖邹熊金陆郝"
    "孔崔康毛邱秦史顾侯邵孟钱汤尹黎易武乔贺赖龚"
)
_TIME_WORD = "期间|前夕|前后|之际|来临|将至|到来|当 ?[天日]|假期|长假|小长假|前(?![往来])|后(?!勤)|以来"
_TIME_AFTER = re.compile(rf"\s*(?:{_TIME_WORD})")
_YEAR = rf"(?:(?:(?<![0-9])(?P<y>{Y4}) 年?|(?<![0-9.])(?P<yy>[0-9]{{2}}) 年|{SEXAGENARY_YEAR}|{YEAR_WORD}) ?的?)"
_FIGURE_START = rf"(?<![0-9〇十百千万亿第每{HAN}·.])"
_SHORT_NOT_AFTER = (
    rf"(?![0-9{HAN}十百千万亿年月日人个路街村镇乡中大学校场厂社区桥巷弄号楼队幼希国旗湖南北东西农职奖次级家只元户班"
    r"勋水电制片师军分式多几点折岁届位名项条块度倍]|小(?!长假)|儿童(?!节))"
)


def _read_named(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read a full name; a short one after a surname (王国庆) is a person unless a word of time follows."""
    start = match.start("name")
    bare = match["name"] in _NAME_SAKES and 0 < start == match.start()
    if bare and match.string[start - 1] in _SURNAMES and not _TIME_AFTER.match(match.string, match.end()):
        return None
    return _read_holiday(match, scope)


def _read_in_context(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read a word that is a date only in quotes, after a year or before a word of time (清明, 十一)."""
    text, start, end = match.string, match.start(), match.end()
    quoted = text[start - 1 : start] in tuple('“"‘') and text[end : end + 1] in tuple('”"’')
    if match["y"] or match["yy"] or match["ry"] or quoted or re.match(rf"\s*(?:{_TIME_WORD})", text[end : end + 8]):
        return _read_holiday(match, scope)
    return None


_FIGURES = r"[0-9]{1,2}[.·][0-9]{1,2}"
_LUNAR_DAY = rf"(?P<day>初[{HAN}十]|半(?![年月])|[二廿]?十[{HAN}]?|廿[{HAN}]?|三十)"

RULES: list[Rule[Reading, Scope]] = [
    Rule(
        "holiday",
        spaced(
            rf"{_YEAR}?(?:{OPEN}(?:{_any(_SHORT)}|{_FIGURES}){CLOSE} ?|{_FIGURE_START}(?:{_any(_SHORT)}|{_FIGURES}) ?)?"
            rf"(?P<name>{_any([form for form in _FULL if form not in _SHORT])}){_NOT_AFTER}(?!(?<=冬至){TO_SPRING})"
        ),
        _read_named,
        {
            "2031年端午节": "2031-06-24",
            "今年春节": "2031-01-23",
            "“八一”建军节": "2031-08-01",
            "三八妇女节": "2031-03-08",
            "清明节": "2031-04-05",
            "全国助残日": "2031-05-18",
            "元旦": "2032-01-01",
            "99公益日": "2031-09-07/2031-09-09",
        },
        ("王国庆同志", "国庆路", "重阳小学", "中秋月饼厂"),
    ),
    Rule(
        "quoted-holiday",
        spaced(
            rf"(?:{_YEAR} ?(?={OPEN})|(?={OPEN}[^”]{{1,12}}{CLOSE} ?(?:{_TIME_WORD})))"
            rf"{OPEN}(?P<name>{_any([*_FULL, *_BARE])}){CLOSE}{_NOT_AFTER}"
        ),
        _read_holiday,
        {"“七一”期间": "2031-07-01~", "2030年“十一”": "2030-10-01", "“全国助残日”当天": "2031-05-18"},
        ("“八一”小学",),
    ),
    Rule(
        "short-holiday",
        spaced(
            rf"(?:{_YEAR}|{_FIGURE_START})(?P<name>{_any([form for form in _FULL if form in _SHORT])})"
            rf"{_SHORT_NOT_AFTER}(?!{CLOSE}(?:路|街|村|希望|[小中大]?学|大楼|大道|勋章|奖章)){_NOT_AFTER}"
        ),
        _read_holiday,
        {"七一": "2031-07-01", "五一": "2031-05-01", "去年八一": "2030-08-01"},
        ("五一路", "八一中学", "七一镇", "二十七一", "八一幼儿园", "“八一”学校"),
    ),
    Rule(
        "holiday-in-context",
        spaced(
            rf"{_YEAR}?{_FIGURE_START}(?P<name>{_any(_BARE)})(?! ?[0-9{HAN}十百年月日号个届·.])(?!{CLOSE}(?:路|街|村|[小中大]?学|运动|红旗|奖章))"
        ),
        _read_in_context,
        {"清明期间": "2031-04-05~", "十一前夕": "2031-09-30~", "去年清明": "2030-04-05"},
        ("政治清明", "十一幼儿园", "二十一期间", "送元宵"),
    ),
    Rule(
        "lunar",
        spaced(
            rf"(?:{YEAR} )?(?:农历|阴历|旧历) ?(?:{SEXAGENARY_YEAR} )?(?P<leap>闰)?(?P<month>[正冬腊{HAN}]|十[一二]?) 月(?: (?:{_LUNAR_DAY} ?日?|(?P<short>[{HAN}])(?![{HAN}十个月日号、至到~-])))?"
        ),
        _read_lunar,
        {
            "农历九月初八": "2031-10-23",
            "2031年农历正月十五": "2031-02-06",
            "农历七月半": "2031-09-01",
            "农历三月三": "2031-03-25",
        },
        ("农历",),
    ),
    Rule(
        "lunar-by-word",
        spaced(
            rf"(?:(?:{YEAR}|{SEXAGENARY_YEAR}) )?(?P<leap>闰)?(?P<month>(?<!寒)[正冬](?!冬)|(?<!冬)腊|{NUMBER_START}(?:十[一二]?|[{HAN}])(?= 月 (?:初[{HAN}十]|十五 ?中秋))) 月"
            rf"(?: {_LUNAR_DAY})?(?![底末球])"
        ),
        _read_lunar,
        {
            "正月十五": "2031-02-06",
            "辛亥年腊月廿三": "2032-02-04",
            "腊月二十三": "2032-02-04",
            "五月初五": "2031-06-24",
            "正月": "2031-01-23/2031-02-20",
        },
        ("正月球",),
    ),
    Rule(
        "days-of-new-year",
        rf"(?P<leap>闰)?(?P<month>大年|(?<![0-9〇{HAN}十今去明前后当同每])年)(?P<day>初[{HAN}十])(?![次批个季期月年])",
        _read_lunar,
        {"大年初三": "2031-01-25", "年初一": "2031-01-23"},
        ("大年",),
    ),
    Rule(
        "era",
        rf"(?P<era>{_any(list(_ERAS))})(?:胜利)?(?:召开|闭幕)?以来",
        _read_era,
        {"党的二十大以来": "2022-10-16/..", "改革开放以来": "1978-12-18/.."},
        ("党的二十大", "成立以来"),
    ),
]
