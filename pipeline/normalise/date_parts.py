"""The rules for named parts of a month, year or century: 上旬, 月底, 年初, 季度, 上半年, seasons."""

from __future__ import annotations

import re
from datetime import date

from pipeline.normalise.date_bounds import since
from pipeline.normalise.date_calendar import Days, month_days, number, year_days
from pipeline.normalise.date_patterns import (
    HAN,
    MONTH,
    NUMBER_START,
    TO_SPRING,
    YEAR,
    in_month,
    in_year,
    spaced,
    ten_days,
)
from pipeline.normalise.date_scope import Reading, Scope, antecedent, exact, undated
from pipeline.normalise.rules import Rule

THIRDS = {"上": (1, 1), "中": (2, 2), "下": (3, 3), "初": (1, 1), "底": (3, 3), "末": (3, 3)}
THIRDS |= {"上中": (1, 2), "中下": (2, 3)}
EDGE_MONTHS = {"初": 1, "中": 6, "底": 12, "末": 12, "终": 12, "尾": 12}
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
SEASONS = {"春": (21, 3), "夏": (22, 6), "秋": (23, 9), "冬": (24, 12)}


def _ten_days(year: int, month: int, third: tuple[int, int]) -> Days:
    """Return the days from the first to the second given third of a month."""
    return ten_days(year, month, third[0])[0], ten_days(year, month, third[1])[1]


def _third(match: re.Match[str], scope: Scope) -> Reading | None:
    third = THIRDS[match["part"]]
    if match["m"] or match["rm"]:
        return in_month(match, scope, lambda y, m: _ten_days(y, m, third), "days")
    other = scope.floor or scope.ceiling
    if other is None or other.first_day is None:
        return None
    return exact(_ten_days(other.first_day.year, other.first_day.month, third), "days", why="month of the range")


def _month_edge(match: re.Match[str], scope: Scope) -> Reading | None:
    third = THIRDS[match["part"]]
    if match["m"] or match["rm"]:
        return in_month(match, scope, lambda y, m: _ten_days(y, m, third), "days", rough=True)
    if scope.day is None:
        return undated("days", "no month known")
    days = _ten_days(scope.day.year, scope.day.month, third)
    return exact(days, "days", dated=False, why=f"month of {scope.day} ({scope.source})", rough=True)


def _year_edge(match: re.Match[str], scope: Scope) -> Reading | None:
    month = EDGE_MONTHS[match["part"]]
    if match["yy"] and re.search(r"[的近这那]\s*$", match.string[: match.start()][-3:]):
        return None  # 此后的23年中 is how long, not when
    if match["y"] or match["yy"] or match["ry"]:
        return in_year(match, scope, lambda year: month_days(year, month), "month", rough=True)
    point = scope.floor or antecedent(scope, ("day", "days", "month")) or None
    near = scope.earlier and not re.search(r"[。\n]", match.string[scope.earlier[-1].end : match.start()])
    if point is not None and point.first_day is not None and point.dated and (near or scope.floor):
        return exact(month_days(point.first_day.year, month), "month", why="year of the date before", rough=True)
    if scope.year is None:
        return undated("month", "no year known")
    why = f"year of the document ({scope.source})"
    return exact(month_days(scope.year, month), "month", dated=False, why=why, rough=True)


def _within_year(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 年内, 2031年内; 20年内 is how long, not when."""
    if match["yy"]:
        return None
    if match["y"] or match["ry"]:
        return in_year(match, scope, year_days, "year")
    if scope.year is None:
        return undated("year", "no year known")
    return exact(
        (date(scope.year, 1, 1), date(scope.year, 12, 31)), "year", why=f"year of the document ({scope.source})"
    )


def _coded(match: re.Match[str], scope: Scope, code: int, first_month: int, last_month: int) -> Reading | None:
    """Read a quarter, half or season: its EDTF is year and code."""

    def days_in(year: int) -> Days:
        end = month_days(year + (last_month > 12), (last_month - 1) % 12 + 1)[1]
        return date(year, first_month, 1), end

    reading = in_year(match, scope, days_in, "months")
    if reading is None or reading.first_day is None:
        return undated("months", "no year known")
    return Reading(
        f"{reading.first_day.year}-{code}", reading.first_day, reading.last_day, "months", reading.dated, reading.why
    )


def _quarter(match: re.Match[str], scope: Scope) -> Reading | None:
    quarter = QUARTERS[match["q"]]
    if match["edge"]:
        month = 3 * quarter - (2 if match["edge"] == "初" else 0)
        return in_year(match, scope, lambda year: month_days(year, month), "month", rough=True)
    return _coded(match, scope, 32 + quarter, 3 * quarter - 2, 3 * quarter)


def _quarters(match: re.Match[str], scope: Scope) -> Reading | None:
    first, last = QUARTERS[match["q"]], QUARTERS[match["q2"]]
    if first >= last or ("、" in match.group() and last != first + 1):
        return None

    def days_in(year: int) -> Days:
        return date(year, 3 * first - 2, 1), month_days(year, 3 * last)[1]

    return in_year(match, scope, days_in, "months")


def _quarter_by_word(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 上季度 from the document's day."""
    if scope.day is None:
        return undated("months", "the document's day is unknown")
    index = scope.day.year * 4 + (scope.day.month - 1) // 3 + {"上": -1, "本": 0, "下": 1}[match["which"]]
    year, quarter = divmod(index, 4)
    days = (date(year, 3 * quarter + 1, 1), month_days(year, 3 * quarter + 3)[1])
    return Reading(f"{year}-{33 + quarter}", *days, "months", True, f"counted from {scope.day} ({scope.source})")


def _half(match: re.Match[str], scope: Scope) -> Reading | None:
    return _coded(match, scope, 40, 1, 6) if match["half"] == "上" else _coded(match, scope, 41, 7, 12)


def _first_months(match: re.Match[str], scope: Scope) -> Reading | None:
    count = number(match["n"]) * (3 if match["unit"] == "季度" else 1)
    if not 2 <= count <= 11:
        return None
    return in_year(match, scope, lambda year: (date(year, 1, 1), month_days(year, count)[1]), "months")


def _season(match: re.Match[str], scope: Scope) -> Reading | None:
    code, first = SEASONS[match["season"]]
    return _coded(match, scope, code, first, first + 2)


def _short_season(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 今春, 去冬: the year word has one character."""
    code, first = SEASONS[match["season"]]
    if scope.year is None:
        return undated("months", "no year known")
    year = scope.year + {"去": -1, "今": 0, "明": 1}[match["near"]]
    end = month_days(year + (first == 12), (first + 1) % 12 + 1)[1]
    return Reading(f"{year}-{code}", date(year, first, 1), end, "months", True, f"from {scope.source}")


def _vacation(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read the summer or winter vacation of a named year as its two months, roughly."""
    first = 7 if match["vacation"][0] == "暑" else 1
    return in_year(
        match, scope, lambda year: (date(year, first, 1), month_days(year, first + 1)[1]), "months", rough=True
    )


def _since_season(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 今年入夏以来: open from the season's first month, roughly."""
    month = SEASONS[match["season"]][1]
    start = in_year(match, scope, lambda year: month_days(year, month), "month", rough=True)
    return since(start) if start is not None else None


def _unplaced(match: re.Match[str], scope: Scope) -> Reading | None:
    return undated("era", "the text does not tell the years")


_EDGE_END = r"(?![中国央小学步次级期一二三伏稿心衷审赛线层数片尾的考]|部(?!署))"

RULES: list[Rule[Reading, Scope]] = [
    Rule(
        "ten-days",
        spaced(rf"(?:(?:{YEAR} )?{NUMBER_START}{MONTH}份? )?(?P<part>上中|中下|[上中下])旬"),
        _third,
        {
            "2031年3月上旬": "2031-03-01/2031-03-10",
            "5月下旬": "2031-05-21/2031-05-31",
            "本月中旬": "2031-11-11/2031-11-20",
        },
        ("七旬", "上旬"),
    ),
    Rule(
        "turn-of-year",
        "岁末年初|年末岁初|年底年初|年终岁末|岁尾年初",
        _unplaced,
        {"岁末年初": "undated", "年底年初": "undated"},
        ("年初岁",),
    ),
    Rule(
        "edge-of-month",
        spaced(
            rf"(?:(?:(?:{YEAR} )?{NUMBER_START}{MONTH}份?月?|(?<![0-9{HAN}十个本上下当每])月) (?P<part>[底末]|[初中]{_EDGE_END}))"
        ),
        _month_edge,
        {"2月末": "2031-02-21~/2031-02-28~", "本月初": "2031-11-01~/2031-11-10~", "月底": "2031-11-21~/2031-11-30~"},
        ("3月初中", "每月底", "个月底"),
    ),
    Rule(
        "edge-of-year",
        spaced(
            rf"(?:{YEAR} [年岁]?|(?<![0-9{HAN}十百每多几半整全历当])年|(?<!岁)岁) "
            rf"(?P<part>[底末终尾](?![酬端])(?!总结|奖|考核)|[初中]{_EDGE_END})(?!年初)"
        ),
        _year_edge,
        {
            "去年底": "2030-12~",
            "2030年年初": "2030-01~",
            "今年年中": "2031-06~",
            "年底": "2031-12~",
            "岁末": "2031-12~",
        },
        ("2031年初中", "2031年中国", "每年底", "年终总结", "中考", "在此后的23年中"),
    ),
    Rule(
        "within-year",
        spaced(rf"(?:{YEAR} 年?|(?<![0-9{HAN}十两几半])年)内(?![蒙部地容外需销])"),
        _within_year,
        {"年内": "2031", "2030年内": "2030", "今年年内": "2031"},
        ("三年内", "20年内", "2031年内蒙古"),
    ),
    Rule(
        "first-months",
        spaced(
            rf"(?:{YEAR} )?(?:前|(?<=年)头) (?P<n>1[01]|[2-9]|十一?|[两二三四五六七八九]) 个?(?P<unit>季度|月(?!前))"
        ),
        _first_months,
        {"今年前三季度": "2031-01/2031-09", "2031年前10个月": "2031-01/2031-10"},
        ("前一季度", "前12个月"),
    ),
    Rule(
        "quarters",
        spaced(
            rf"(?:{YEAR} )?第?(?<![前0-9{HAN}])(?P<q>[一二三四1-4])(?:季度)? ?(?:至|到|[-~]|、) ?第?(?P<q2>[一二三四1-4])季度"
        ),
        _quarters,
        {"一至三季度": "2031-01/2031-09", "2030年1-2季度": "2030-01/2030-06"},
        ("三至一季度",),
    ),
    Rule(
        "quarter",
        spaced(
            rf"(?:{YEAR} )?(?:(?<!前)第? ?(?<![前{HAN}])(?:(?<=(?<![0-9])(?:19|20)[0-9]{{2}})|(?<=[度年末]至)|(?<![0-9至到、~-]))(?P<q>[一二三四1-4])季度(?P<edge>[初末底])?)"
        ),
        _quarter,
        {"第三季度": "2031-35", "2030年第一季度": "2030-33", "去年四季度": "2030-36", "三季度末": "2031-09~"},
        ("季度", "第五季度"),
    ),
    Rule(
        "quarter-by-word",
        spaced(r"(?P<which>本|上|下)个?季度"),
        _quarter_by_word,
        {"本季度": "2031-36", "上季度": "2031-35"},
        ("季度",),
    ),
    Rule(
        "half-year",
        spaced(rf"(?:{YEAR} )?(?<!以)(?P<half>[上下])半年度?"),
        _half,
        {"今年上半年": "2031-40", "2031上半年": "2031-40", "2030年下半年": "2030-41"},
        ("半年",),
    ),
    Rule(
        "vacation",
        spaced(rf"{YEAR} 的?(?P<vacation>暑假|暑期|寒假)"),
        _vacation,
        {"今年暑假": "2031-07~/2031-08~", "2030年寒假": "2030-01~/2030-02~"},
        ("暑假", "寒假期间"),
    ),
    Rule(
        "since-season",
        spaced(rf"{YEAR} [入开](?P<season>[春夏秋冬])以来"),
        _since_season,
        {"今年入夏以来": "2031-06~/.."},
        ("入夏以来", "入夏"),
    ),
    Rule(
        "season",
        spaced(rf"{YEAR} 的?(?P<season>[春夏秋冬])(?![节游运晚耕分播灌种衣装储]|至(?!{TO_SPRING}))[季天]?(?:学期)?"),
        _season,
        {"2031年春": "2031-21", "2031春季": "2031-21", "去年冬天": "2030-24", "今年夏季": "2031-22"},
        ("仲夏时节", "2031年春节团拜"),
    ),
    Rule(
        "season-by-word",
        r"(?<![如至当])(?P<near>今|去|明)(?P<season>[春夏秋冬])(?![节游运衣装储])",
        _short_season,
        {"今春": "2031-21", "去冬": "2030-24"},
        ("春天", "如今春天"),
    ),
]
