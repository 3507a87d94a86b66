import pytest

from pipeline.events.event import Argument, Event
from pipeline.events.lists import is_amount, list_rows, listed_event, who_spent, whom_for
from pipeline.events.reading import Reading
from pipeline.spans import Mention, Span
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import gold_readings


def reading_of(marked: str) -> Reading:
    (bulletin,) = parse_batch(f"=== x-001 genre=donation-list\n{marked}\n", "x.txt")
    return next(gold_readings(to_row(bulletin))).reading


def shown(reading: Reading) -> list[tuple[str, list[str]]]:
    return [(row.party.text, [gift.text for gift in row.gifts]) for row in list_rows(reading)]


def test_each_line_with_giver_and_gift_is_a_row() -> None:
    reading = reading_of(
        "# 捐款名单\n[|donation.1]1. [云岭县远山商贸有限公司|ORG donor.1] [3万元|MONEY amount.1]\n"
        "[|donation.2]2. [柳湾小学|ORG donor.2]：现金[860元|MONEY amount.2]，[棉衣40件|ITEM item.2]"
    )
    assert shown(reading) == [("云岭县远山商贸有限公司", ["3万元"]), ("柳湾小学", ["860元", "棉衣40件"])]


def test_a_bare_number_in_a_cell_is_an_amount() -> None:
    reading = reading_of(
        "# 爱心捐款明细（单位：元）\n[|donation.1][柳湾小学|ORG donor.1]　[1,200.50|FILLER amount.1]\n"
        "[|donation.2][远山饭店|ORG donor.2]　[800|FILLER amount.2]"
    )
    assert shown(reading) == [("柳湾小学", ["1,200.50"]), ("远山饭店", ["800"])]


def test_a_line_without_a_recognised_giver_gives_its_first_words() -> None:
    reading = reading_of(
        "# 捐款名单\n[|donation.1][柳湾小学|ORG donor.1] [3万元|MONEY amount.1]\n无名氏 [500元|MONEY amount.1]"
    )
    giver = list_rows(reading)[1].party
    assert (giver.text, giver.label, giver.by) == ("无名氏", "FILLER", "list line")
    assert reading.text[giver.start : giver.end] == "无名氏"


def test_totals_prose_and_lines_with_an_anchor_are_no_rows() -> None:
    rows = (
        "[|donation.1][柳湾小学|ORG donor.1] [3万元|MONEY amount.1]\n"
        "[|donation.2][远山饭店|ORG donor.2] [2万元|MONEY amount.2]\n"
    )
    others = (
        "合计：[5万元|MONEY free]\n[柳湾小学|ORG donor.3][捐赠|EVENT donation.3][100元|MONEY amount.3]\n"
        "[远山饭店|ORG]的老板说，日子好过了也不能忘了山里的孩子们，明年[5000元|MONEY free]照旧"
    )
    assert [giver for giver, _ in shown(reading_of("# 捐款名单\n" + rows + others))] == ["柳湾小学", "远山饭店"]


def test_one_line_alone_and_text_that_speaks_of_no_gift_hold_no_list() -> None:
    row = "[|donation.1][柳湾小学|ORG donor.1] [3万元|MONEY amount.1]\n"
    other = "[|donation.2][远山饭店|ORG donor.2] [2万元|MONEY amount.2]"
    assert shown(reading_of("# 捐款名单\n" + row)) == []
    assert shown(reading_of("# 年度预算\n" + row + other)) == []


def test_words_that_fill_a_role_are_no_amount() -> None:
    def filler(text: str) -> Mention:
        return Mention(0, len(text), text, "FILLER", 1.0, "test")

    assert is_amount(filler("30000"))
    assert not is_amount(filler("3所小学"))


def test_the_lines_of_a_list_of_purchases_are_purchases_from_the_seller_of_the_event_before() -> None:
    reading = reading_of(
        "# 认购榜\n[云岭县|GPE seller.1]的[苹果认购会|EVENT purchase.1]开到傍晚：\n"
        "[|purchase.2][柳湾小学|ORG buyer.2]：[苹果30箱|ITEM item.2]，[2100元|MONEY amount.2]\n"
        "[|purchase.3][远山饭店|ORG buyer.3]：[苹果9箱|ITEM item.3]，[630元|MONEY amount.3]"
    )
    seller, anchor = reading.mentions[:2]
    head = Event("purchase", (anchor,), (Argument(seller, "seller", 0.9),), None, (), (), (), Span(0, 20))
    first, second = (listed_event(row, [head]) for row in list_rows(reading))
    assert [(a.mention.text, a.role) for a in first.participants] == [("云岭县", "seller"), ("柳湾小学", "buyer")]
    assert ([a.mention.text for a in second.amounts], [a.mention.text for a in second.items]) == (
        ["630元"],
        ["苹果9箱"],
    )
    assert first.type == "purchase"


@pytest.mark.parametrize(("title", "kind"), [("认养榜", "purchase"), ("爱心捐款名单", "donation")])
def test_without_an_event_beside_it_the_words_tell_what_a_list_lists(title: str, kind: str) -> None:
    reading = reading_of(
        f"# {title}\n[|donation.2][柳湾小学|ORG donor.2]：[2100元|MONEY amount.2]\n"
        "[|donation.3][远山饭店|ORG donor.3]：[630元|MONEY amount.3]"
    )
    assert [listed_event(row, []).type for row in list_rows(reading)] == [kind, kind]


@pytest.mark.parametrize(
    ("told", "recipients"),
    [
        ("本次募集面向[[上寨村|GPE]3所小学|FILLER recipient.2 recipient.3]。", ["上寨村3所小学"]),
        ("善款全部用于[上寨村|GPE recipient.2 recipient.3]修路。", ["上寨村"]),
        ("街道面向[会员企业|FILLER]募集，共收到两笔。", []),
        ("[上寨村|GPE]路远。", []),
    ],
)
def test_the_lines_of_a_list_are_for_whom_the_words_of_purpose_name(told: str, recipients: list[str]) -> None:
    reading = reading_of(
        f"# 捐款名单\n{told}\n[|donation.2][柳湾小学|ORG donor.2]：[2100元|MONEY amount.2]，用于[图书角|FILLER]\n"
        "[|donation.3][远山饭店|ORG donor.3]：[630元|MONEY amount.3]"
    )
    rows = list_rows(reading)
    events = [listed_event(row, [], whom_for(reading, rows)) for row in rows]
    found = [[a.mention.text for a in event.participants if a.role == "recipient"] for event in events]
    assert found == [recipients, recipients]


def test_the_event_that_a_list_belongs_to_tells_more_surely_whom_it_is_for() -> None:
    reading = reading_of(
        "# 捐款名单\n为[柳湾小学|ORG recipient.1][捐款|EVENT donation.1]，用于[图书角|FILLER]。\n"
        "[|donation.2][上寨村|GPE donor.2]：[2100元|MONEY amount.2]\n[|donation.3][远山饭店|ORG donor.3]：[630元|MONEY amount.3]"
    )
    school, anchor = reading.mentions[:2]
    head = Event("donation", (anchor,), (Argument(school, "recipient", 0.9),), None, (), (), (), Span(0, 20))
    rows = list_rows(reading)
    purpose = whom_for(reading, rows)
    assert purpose is not None
    assert purpose.text == "图书角"
    event = listed_event(rows[0], [head], purpose)
    assert [a.mention.text for a in event.participants if a.role == "recipient"] == ["柳湾小学"]


@pytest.mark.parametrize(
    ("cell", "party"),
    [
        ("[柳湾小学|ORG donor.1]五（3）中队 ", "柳湾小学五（3）中队"),
        ("[上寨村|GPE donor.1]全体村民：", "上寨村全体村民"),
        ("[柳湾小学|ORG donor.1]现金 ", "柳湾小学"),
        ("[柳湾小学|ORG donor.1] 助学 ", "柳湾小学"),
        ("[柳湾小学|ORG donor.1]（含职工） ", "柳湾小学"),
    ],
)
def test_a_party_goes_on_to_the_end_of_its_cell(cell: str, party: str) -> None:
    other = "[|donation.2][远山饭店|ORG donor.2] [2万元|MONEY amount.2]"
    reading = reading_of(f"# 捐款名单\n[|donation.1]{cell}[860元|MONEY amount.1]\n{other}")
    assert shown(reading)[0] == (party, ["860元"])


@pytest.mark.parametrize("head", ["受助单位　金额\n", "捐款去向\n支持"])
def test_a_list_of_those_who_receive_takes_the_giver_from_its_event(head: str) -> None:
    lead = "支持" if head.endswith("支持") else ""
    reading = reading_of(
        f"# 支出明细\n[远山公司|ORG donor.1]的[捐款|EVENT donation.1]用在：\n{head}[柳湾小学|ORG recipient.2]　[2100元|MONEY amount.2]\n"
        f"{lead}[上寨村|GPE recipient.3]　[630元|MONEY amount.3]"
    )
    company, anchor = reading.mentions[:2]
    event = Event("donation", (anchor,), (Argument(company, "donor", 0.9),), None, (), (), (), Span(0, 20))
    events = [listed_event(row, [event]) for row in list_rows(reading)]
    assert [[(a.mention.text, a.role) for a in one.participants] for one in events] == [
        [("远山公司", "donor"), ("柳湾小学", "recipient")],
        [("远山公司", "donor"), ("上寨村", "recipient")],
    ]


@pytest.mark.parametrize(
    ("lead", "giver"),
    [
        ("[滨河慈善会|ORG donor.2 donor.3]上半年支出公开表", "滨河慈善会"),
        ("[滨河慈善会|ORG]的朋友们", "远山公司"),
        ("下列款项从[本会|FILLER donor.2 donor.3]专项基金列支", "本会"),
    ],
)
def test_a_list_of_those_who_receive_has_the_giver_whose_spending_it_accounts_for(lead: str, giver: str) -> None:
    reading = reading_of(
        f"# 公示\n[远山公司|ORG donor.1][捐款|EVENT donation.1]。\n{lead}\n受助单位　金额\n"
        "[柳湾小学|ORG recipient.2]　[2100元|MONEY amount.2]\n[上寨村|GPE recipient.3]　[630元|MONEY amount.3]"
    )
    company, anchor = reading.mentions[:2]
    event = Event("donation", (anchor,), (Argument(company, "donor", 0.9),), None, (), (), (), Span(0, 20))
    rows = list_rows(reading)
    events = [listed_event(row, [event], spender=who_spent(reading, rows)) for row in rows]
    assert [[a.mention.text for a in one.participants if a.role == "donor"] for one in events] == [[giver], [giver]]


def test_the_nearest_words_above_tell_what_a_list_lists() -> None:
    reading = reading_of(
        "# 消费帮扶简报\n各食堂采购、认购、订购山货。\n附：社会捐赠明细\n"
        "[|donation.2][柳湾小学|ORG donor.2]：[2100元|MONEY amount.2]\n[|donation.3][远山饭店|ORG donor.3]：[630元|MONEY amount.3]"
    )
    assert [listed_event(row, []).type for row in list_rows(reading)] == ["donation", "donation"]
