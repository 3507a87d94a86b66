"""Documents for the tests of the desk: as they stand on disk, dirty in every way, and as a labeller would label them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from training.corpus import Row, to_row
from training.markup import Bulletin, parse_batch

LABELLED = """\
=== a-emoji.txt
😀𠮷野慈善会来信
[3月5日|DATE date.1]，[滨河区荷风商贸有限公司|ORG donor.1]向[云岭县梨坪小学|ORG recipient.1][捐赠|EVENT donation.1][图书500册|ITEM item.1]。孩子们说👨👩👧👦：谢谢！
随后，[公司职工|FILLER visitor.2]又[看望|EVENT visit.2]了[两位老教师|FILLER host.2]。
=== b-amounts.txt
桥头街区的账目
[9月1日|DATE date.1]，[滨河区松涛纸业有限公司|ORG donor.1][捐款|EVENT donation.1][8万元|MONEY amount.1]，全部用于山村供水。村里人均收入[1.2万元|MONEY free]。
=== c-pairs.txt
𪚥桥两岸成亲家
[滨河区|GPE party.1]与[云岭县|GPE party.1]在江边凉亭里[签约|EVENT agreement.1]，此次[签约|EVENT agreement.1]没有鲜花，只有一壶热茶。
=== d-visit.txt
雨中进山记
[5月6日|DATE date.1]大雨，[滨河区教育局|ORG visitor.1]一行踩着泥水到[梨坪村|GPE host.1 place.1][走访|EVENT visit.1]，鞋里灌满了水。
=== e-nested.txt
一卡车课桌
[[云岭县|GPE]4所幼儿园|FILLER recipient.1]收到了[滨河区竹影家具有限公司|ORG donor.1][赠送|EVENT donation.1]的[课桌70张|ITEM item.1]，价值[3万元|MONEY amount.1 kind=valuation]。
=== f-two.txt
灯下的夜校
[滨河区工商联|ORG organizer.1]办了[电工培训班|EVENT gathering.1]，[二十位村民|FILLER participant.1]报名；[荷风公司|ORG sponsor.2]还替[梨坪村|GPE beneficiary.2][新修|EVENT project.2][蓄水池2座|ITEM item.2]。
"""
OTHERS = 44


def labelled() -> list[Bulletin]:
    """The documents that are labelled anew, as they should be when the labeller is done."""
    return list(parse_batch(LABELLED))


def write_documents(folder: Path) -> None:
    """Write fifty documents: CRLF, leading blanks, full-width spaces, U+2028, emoji, Han outside the BMP."""
    folder.mkdir()
    for number, bulletin in enumerate(labelled()):
        lines = [f"\u3000\u3000{line}" if number % 2 else f"  {line}" for line in bulletin.text.split("\n")]
        ends = "\r\n" if number % 3 else "\n"
        text = (
            (f"{ends}{ends}" if number == 2 else "")
            + ends.join(lines[:2])
            + "".join(f"\u2028{line}" for line in lines[2:])
        )
        (folder / bulletin.name).write_bytes((text + ends).encode())
    for number in range(OTHERS):
        text = f"　　😀第{number}回\r\n　　{number % 12 + 1}月{number % 28 + 1}日，𠮷野合作社向云岭县捐赠{number + 2}万元和大米{number + 1}吨。\r\n"
        (folder / f"z {number:02}.txt").write_bytes(text.encode())


def plain_rows(number: int, spans: int = 5) -> list[Row]:
    """Rows with ``spans`` labels each and a relation, no two texts alike; half hold characters outside the BMP."""
    rows = []
    for index in range(number):
        lead = "😀𠮷" if index % 2 else "　\r\n"
        parts = "".join(f"，[云岭县第{index}村|GPE place.1]来客{n}位" for n in range(spans - 1))
        source = f"=== r-{index:05}\n{lead}第{index}号[座谈会|EVENT gathering.1]{parts}"
        rows.append(to_row(next(parse_batch(source))))
    return rows


def write_rows(path: Path, rows: list[Row]) -> Path:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8", newline="\n")
    return path


def expected(pushed: Row, bulletin: Bulletin) -> Row:
    """The row of a document that was labelled as the bulletin says, with header and headlines as they went up."""
    row = to_row(replace(bulletin, header=pushed["header"], headlines=()))
    return row | {"headlines": pushed["headlines"]}


def strip(row: Row) -> Row:
    """The row without what only a pull or a push tells."""
    return {key: row[key] for key in row if key not in ("annotators", "confirmed", "comments", "source", "confidence")}
