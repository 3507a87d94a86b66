"""The rules for dates counted from another day: 昨日, 上周五, 三天前, 三年来, 当天, and for those without days: 近日."""

from __future__ import annotations

import re
from datetime import timedelta

from pipeline.normalise.date_calendar import number, shift_months
from pipeline.normalise.date_patterns import HAN, SEPARATOR, spaced
from pipeline.normalise.date_scope import Reading, Scope, antecedent, exact, undated
from pipeline.normalise.rules import Rule

DAY_WORDS = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "前晚": -2,
    "昨": -1,
    "今": 0,
    "即日": 0,
    "本日": 0,
    "明": 1,
    "后天": 2,
    "大后天": 3,
}
DAYS_AFTER = {"次": 1, "翌": 1, "第二天": 1, "隔天": 1, "隔日": 1, "转天": 1, "前一": -1, "后一": 1}
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
UNIT_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7}


def _day_word(match: re.Match[str], scope: Scope) -> Reading | None:
    word = match["word"]
    shift = DAY_WORDS.get(word, DAY_WORDS.get(word[0], 0))
    if scope.day is None:
        return undated("day", "the document's day is unknown")
    found = scope.day + timedelta(days=shift)
    return exact((found, found), "day", why=f"counted from {scope.day} ({scope.source})")


def _week(match: re.Match[str], scope: Scope) -> Reading | None:
    if scope.day is None:
        return undated("day" if match["weekday"] else "days", "the document's day is unknown")
    which = match["which"]
    weeks = which.count("下") - which.count("上")
    monday = scope.day + timedelta(days=7 * weeks - scope.day.weekday())
    why = f"counted from {scope.day} ({scope.source})"
    weekday = match["weekday"]
    if weekday == "末":
        return exact((monday + timedelta(days=5), monday + timedelta(days=6)), "days", why=why)
    if not weekday:
        return exact((monday, monday + timedelta(days=6)), "days", why=why)
    found = monday + timedelta(days=WEEKDAYS[weekday])
    if match["last"]:
        last = monday + timedelta(days=WEEKDAYS[match["last"]])
        return exact((found, last), "days", why=why) if found < last else None
    return exact((found, found), "day", why=why)


def _bare_weekday(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 周五 as the nearest such day, the past one first: at most three days ahead.

    In a list (上周六、周日) it is the first such day after the one before.
    """
    if match["listed"] is not None:
        last = scope.earlier[-1] if scope.earlier else None
        if last is None or last.end != match.start() - 1 or last.reading.last_day is None:
            return None
        before = last.reading.last_day
        found = before + timedelta(days=(WEEKDAYS[match["weekday"]] - before.weekday() - 1) % 7 + 1)
        return exact((found, found), "day", why="after the date before in the list")
    if scope.day is None:
        return undated("day", "the document's day is unknown")
    ahead = (WEEKDAYS[match["weekday"]] - scope.day.weekday()) % 7
    found = scope.day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    return exact((found, found), "day", dated=False, why=f"nearest to {scope.day} ({scope.source})")


def _shift(scope: Scope, count: str, unit: str, sign: int) -> Reading | None:
    """Return the document's day moved by a count of units; only days are exact."""
    if scope.day is None:
        return undated("day", "the document's day is unknown")
    why = f"counted from {scope.day} ({scope.source})"
    half = count.startswith("半")
    n = 0 if half else number(count)
    try:
        if unit in UNIT_DAYS:
            found = scope.day + timedelta(days=sign * n * UNIT_DAYS[unit])
        elif half:
            found = scope.day - timedelta(days=15) if "月" in unit else shift_months(scope.day, sign * 6)
        else:
            found = shift_months(scope.day, sign * n * (12 if unit == "年" else 1))
    except (ValueError, OverflowError):
        return None
    return exact((found, found), "day", why=why, rough=unit not in ("天", "日"))


def _ago(match: re.Match[str], scope: Scope) -> Reading | None:
    return _shift(scope, match["n"], match["unit"], -1)


def _past(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read the stretch of so many days, months or years up to the document's day: 三年来, 过去两个月."""
    start = _shift(scope, match["n"], match["unit"], -1)
    if start is None or start.first_day is None or scope.day is None:
        return undated("era", "the document's day is unknown") if start is not None else None
    return Reading(f"{start.first_day}~/{scope.day}", start.first_day, scope.day, "years", True, start.why)


def _coming(match: re.Match[str], scope: Scope) -> Reading | None:
    end = _shift(scope, match["n"], match["unit"], 1)
    if end is None or end.first_day is None or scope.day is None:
        return undated("era", "the document's day is unknown") if end is not None else None
    return Reading(f"{scope.day}/{end.first_day}~", scope.day, end.first_day, "years", True, end.why)


def _same_day(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 当天, 次日: the nearest day before, moved; unknown where that is a longer stretch."""
    point = antecedent(scope, ("day", "days", "recent"))
    shift = next((days for word, days in DAYS_AFTER.items() if match.group().startswith(word)), 0)
    if point is None or point.first_day is None or point.last_day is None:
        return undated("recent", "no day before to point at")
    if point.first_day != point.last_day and shift != 1:
        return undated("recent", "the date before is more than a day")
    found = point.last_day + timedelta(days=shift)
    return exact((found, found), "day", why="from the date before")


def _same_day_of_year(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 去年今日: the document's day in another year."""
    if scope.day is None:
        return undated("day", "the document's day is unknown")
    found = shift_months(scope.day, {"前": -24, "去": -12, "明": 12}[match["which"][0]])
    return exact((found, found), "day", why=f"counted from {scope.day} ({scope.source})")


def _recent(match: re.Match[str], scope: Scope) -> Reading:
    return undated("recent", "the text does not tell the days")


def _era(match: re.Match[str], scope: Scope) -> Reading:
    return undated("era", "the text does not tell the years")


_COUNT = rf"(?P<n>[0-9]{{1,3}}|[{HAN}两]?十[{HAN}]?|[{HAN}两]|半(?=年|个月))(?:个(?=星期|礼拜))?"
_UNIT = r"(?P<unit>年|个月|天|周|星期|礼拜)"
_UNTOLD = (
    rf"(?:几|数|多|好几|近几|近些|这些|这几|历|前几|十几|几十|数十|十[多余]|百[多余]|百|[0-9]+ ?[多余]|[{HAN}]十[多余])"
)
WEEKDAY = "一二三四五六日"

RULES: list[Rule[Reading, Scope]] = [
    Rule(
        "day-word",
        rf"(?P<word>大前天|大后天|(?<![0-9{HAN}十几数两多以日])前[天晚]|(?<![0-9{HAN}十几数两多以])前日|(?<![0-9{HAN}十几数两])后天(?!努力|因素|[的培])|(?<!如)今(?:[日晚早晨]|天(?!津))(?!头条|说法)"
        r"|昨(?:日|晚|夜|早|晨|天(?!津))|(?<![的创好新黄说声])明(?:日|晚|早|晨|天)(?!会|的)|(?<!不)即日|本日)",
        _day_word,
        {"昨日": "2031-11-15", "今天": "2031-11-16", "明晚": "2031-11-17", "前天": "2031-11-14", "即日": "2031-11-16"},
        ("三天前", "如今天津", "美好的明天", "后天努力"),
    ),
    Rule(
        "week",
        spaced(
            rf"(?<!以)(?<![^截]至)(?P<which>上上|下下|上|下|本|这) ?个?(?:周(?![边围期岁年转密全])|星期|礼拜)"
            rf"(?P<weekday>[{WEEKDAY}天末](?![级等线个名次]))?"
            rf"(?:(?<=[{WEEKDAY}天])(?:{SEPARATOR})(?:周|星期|礼拜)(?P<last>[{WEEKDAY}天]))?"
        ),
        _week,
        {
            "上周五": "2031-11-07",
            "上周三至周五": "2031-11-05/2031-11-07",
            "上周": "2031-11-03/2031-11-09",
            "下周二": "2031-11-18",
            "本周末": "2031-11-15/2031-11-16",
            "上星期日": "2031-11-09",
        },
        ("每周五", "上周边", "周五"),
    ),
    Rule(
        "weekday",
        rf"(?:(?P<listed>(?<=[{WEEKDAY}天]、))|(?<![每逢双单上下本这至到、和（({WEEKDAY}0-9]))(?:周|星期|礼拜)"
        rf"(?P<weekday>[{WEEKDAY}])(?(listed)|(?=[上下中]午|晚上|[，,]))",
        _bare_weekday,
        {"周五上午": "2031-11-14"},
        ("周一鸣", "每周五上午", "周二服务日", "每周六、周日"),
    ),
    Rule(
        "untold-ago",
        spaced(
            rf"(?:(?:{_UNTOLD}|几|数) ?(?:年|个月|月|天|日|周|个星期)|(?<![0-9{HAN}十])[{HAN}两十半](?:年|个)多月?)(?:以|之)?前(?![往来后列沿])|前些年"
        ),
        _recent,
        {"几天前": "undated", "十多年前": "undated"},
        ("几天后",),
    ),
    Rule(
        "ago",
        spaced(
            rf"(?<![0-9.第{HAN}十百])(?:(?P<n>[0-9]{{1,3}}|[{HAN}两]?十[{HAN}]?|[{HAN}两]|半) ?(?:个(?!月))?(?P<unit>年|个月|天|周|星期|礼拜|(?<![0-9])日)) ?(?:以|之)?前(?![往来后列沿]|[{HAN}0-9]+[个季])"
        ),
        _ago,
        {"四天前": "2031-11-12", "六年前": "2025-11-16~", "半年前": "2031-05-16~", "3周前": "2031-10-26~"},
        ("三天后", "第三天前"),
    ),
    Rule(
        "untold-years",
        spaced(
            rf"(?<![0-9{HAN}十])(?:近年来?(?![关底])|近来|{_UNTOLD} ?年(?:以?来)|[0-9{HAN}十两]{{1,3}} ?(?:年|个)多月?以?来|这些年|(?:近|这|前|最近|过去)几年|近些年|过去几个月|(?:过去|最近)的?这?[0-9{HAN}十两]{{1,3}} ?(?:年多|个多月)|长期以来|一直以来|历来(?=，)|连日来|{_UNTOLD}个月来|一段时间以来|近几个月来?|{_UNTOLD}[天日]来)"
        ),
        _era,
        {
            "近年来": "undated",
            "多年来": "undated",
            "几年来": "undated",
            "20多年来": "undated",
            "过去一年多": "undated",
            "长期以来": "undated",
        },
        ("几年", "连续多年", "20多年"),
    ),
    Rule(
        "past-years",
        spaced(rf"(?:过去|最近)的?这? ?{_COUNT} ?{_UNIT}(?! ?多)(?:[里中间]|以?来)?"),
        _past,
        {"过去的三个月里": "2031-08-16~/2031-11-16", "过去一年": "2030-11-16~/2031-11-16"},
        ("过去", "最近", "过去一年多"),
    ),
    Rule(
        "years-up-to-now",
        spaced(rf"(?<![0-9.第{HAN}十百千])近?这? ?{_COUNT} ?{_UNIT}以?来(?![到自信])"),
        _past,
        {"三年来": "2028-11-16~/2031-11-16", "近六年来": "2025-11-16~/2031-11-16"},
        ("连续三年", "历时三年", "三年"),
    ),
    Rule(
        "recent-years",
        spaced(rf"(?:(?<=[，。；,\n])|(?<![^\n]))近 ?{_COUNT} ?{_UNIT}(?=[，,。内中里间]|累计|共|先后|$)"),
        _past,
        {"近三年": "2028-11-16~/2031-11-16"},
        ("用了近三年，", "近三年级"),
    ),
    Rule(
        "years-to-come",
        spaced(rf"(?:未来|今后|接下来)的?这? ?{_COUNT} ?{_UNIT}[里内间]?"),
        _coming,
        {"今后三年": "2031-11-16/2034-11-16~"},
        ("未来", "今后"),
    ),
    Rule(
        "same-day",
        spaced(
            rf"当 ?(?:天(?![津然])|日(?!子)|晚(?!会)|夜)|(?<![不])同[日天](?![而子])|(?<![0-9{HAN}每首初本多届])(?:次|翌)(?:日(?!常)|晨|晚)|第二 ?天|隔[天日]|转天|(?<!最)[前后]一[天日](?![0-9])|[这那]一 ?天|(?<![^，。；：、\s在])[这那]天"
        ),
        _same_day,
        {"当天": "undated", "次日": "undated", "这一天": "undated"},
        ("当天津", "每次日常", "同日而语", "最后一天", "结业那天"),
    ),
    Rule(
        "same-time-of-year",
        "(?:去年|上年|往年|前年|今年)的?(?:同期|同一时期|[此这]时)",
        _recent,
        {"去年同期": "undated", "今年同期": "undated"},
        ("同期", "此时"),
    ),
    Rule(
        "same-day-of-year",
        "(?P<which>前年|去年|明年)的?今[天日]",
        _same_day_of_year,
        {"去年今日": "2030-11-16", "去年的今天": "2030-11-16"},
        ("今日", "去年今后"),
    ),
    Rule(
        "recent",
        rf"(?:近日|(?<![0-9{HAN}十月数今昨明每节假生末旬])日前(?![往来去后])|(?<![距离])最近(?!的[^，]{{0,4}}[村县镇乡家店点]|一段时间|几[天个]|处|距离|的距离)|近期|新近|前不久|不久前|前些[日天]子?|前[几两][天日]|最近一段时间|最近几天|最近几个月|前段时间|近段时间|近一段时间|这段时间|这几[天日]|这两天|近[几两][天日]|早些时候)",
        _recent,
        {
            "近日": "undated",
            "日前": "undated",
            "最近": "undated",
            "近期": "undated",
            "前不久": "undated",
            "近段时间": "undated",
        },
        ("目前", "此前", "10日前往"),
    ),
]
