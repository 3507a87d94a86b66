"""The ledger: every figure here was computed by hand."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_records import amount, day, item, party, telling

from pipeline.ledger import Ledger, make_ledger
from pipeline.ledger_amounts import read_amounts
from pipeline.records import EventRecord
from pipeline.same_occurrence import link

SCHOOL = party("recipient", "明德小学")


def ledger(*rows: dict[str, Any], planned: bool = False) -> Ledger:
    return make_ledger(map(EventRecord.model_validate, rows), planned)


def figures(found: Ledger, by: str) -> dict[Any, tuple[int, int]]:
    """The number of records and the sum behind each key (and kind, where it is not cash)."""
    rows = [row for row in found.rows if row.by == by]
    return {row.key if row.kind == "cash" else (row.key, row.kind): (row.records, int(row.stated)) for row in rows}


def reasons(found: Ledger) -> list[tuple[str, str]]:
    return [(left.event_id, left.reason) for left in found.left_out]


def test_totals_go_by_giver_receiver_county_year_and_type() -> None:
    found = ledger(
        telling("a"),
        telling(
            "b", amounts=[amount("30000")], date=day("2030-12-01"), participants=[party("donor", "白鹭公司"), SCHOOL]
        ),
        telling(
            "c",
            amounts=[amount("5000")],
            date=day("2030-12-30", "2031-01-02"),
            participants=[party("donor", "青桐公司"), party("recipient", "云南省文山壮族苗族自治州广南县", "GPE")],
        ),
    )
    assert figures(found, "type") == {"donation": (3, 235000)}
    assert figures(found, "giver") == {"青桐公司": (2, 205000), "白鹭公司": (1, 30000)}
    assert figures(found, "receiver") == {"明德小学": (2, 230000), "云南省文山壮族苗族自治州广南县": (1, 5000)}
    assert figures(found, "county") == {"云南省文山壮族苗族自治州广南县": (1, 5000), None: (2, 230000)}
    assert figures(found, "year") == {"2030": (1, 30000), "2031": (1, 200000), None: (1, 5000)}
    assert (found.read, found.counted, found.left_out) == (3, 3, ())


@pytest.mark.parametrize(
    ("receiver", "places", "county"),
    [
        ("广南县教育局", [], "云南省文山壮族苗族自治州广南县"),
        ("上海长宁第九希望小学", [], None),
        ("云南省", [("532627", "广南县")], "云南省文山壮族苗族自治州广南县"),
        ("明德小学", [("532627", "广南县"), ("532628", "富宁县")], None),
        ("明德小学", [("532600", "文山州")], None),
        ("东莞市", [], "广东省东莞市"),
    ],
)
def test_the_county_is_the_receivers_or_that_of_the_places(
    receiver: str, places: list[tuple[str, str]], county: str | None
) -> None:
    quotes = [{"text": name, "start": 0, "end": len(name), "code": code, "name": name} for code, name in places]
    record = telling("a", participants=[party("recipient", receiver)], places=quotes)
    assert list(figures(ledger(record), "county")) == [county]


def test_types_currencies_and_kinds_are_never_added() -> None:
    found = ledger(
        telling("a", amounts=[amount("200000"), amount("50000") | {"kind": "valuation"}]),
        telling("b", amounts=[amount("100") | {"currency": "USD"}]),
        telling("c", type="purchase", participants=[party("buyer", "青桐公司")], amounts=[amount("96000")]),
    )
    assert [(r.type, r.currency, r.kind, int(r.stated)) for r in found.rows if r.key == "青桐公司"] == [
        ("donation", "CNY", "cash", 200000),
        ("donation", "CNY", "valuation", 50000),
        ("donation", "USD", "cash", 100),
        ("purchase", "CNY", "cash", 96000),
    ]


def test_bounds_and_hedges_are_kept() -> None:
    found = ledger(
        telling("a", amounts=[amount("100000")]),
        telling("b", amounts=[amount("200000", upper="200000") | {"approximate": True}]),
        telling("c", amounts=[amount("50000") | {"approximate": True}]),
        telling("d", amounts=[amount(None, lower="20000", upper="50000")]),
        telling("e", amounts=[amount(None)]),
    )
    [row] = [row for row in found.rows if row.by == "type"]
    assert (row.stated, row.at_least, row.at_most) == (370000, 170000, 400000)
    assert (row.records, row.approximate) == (4, 2)
    assert reasons(found) == [("e#0", "no figure")]
    [row] = [row for row in ledger(telling("a", amounts=[amount("320000", lower="320000")])).rows if row.by == "type"]
    assert (row.stated, row.at_least, row.at_most) == (320000, 320000, None)


def test_a_donation_told_in_several_documents_counts_once_by_its_surest_record() -> None:
    told = [
        telling("a", confidence=0.5),
        telling("b", participants=[party("donor", "青桐公司")]),
        telling("c", confidence=0.8),
    ]
    links = link(told)
    linked = [record | {"same_as": list(links[record["event_id"]])} for record in told]
    found = ledger(*linked)
    assert figures(found, "type") == {"donation": (1, 200000)}
    assert figures(found, "receiver") == {None: (1, 200000)}
    assert reasons(found) == [("a#0", "told in another document"), ("c#0", "told in another document")]
    assert figures(ledger(*told), "type") == {"donation": (3, 600000)}


def test_planned_events_count_only_when_asked_for() -> None:
    rows = [telling("a", status="planned"), telling("b")]
    assert figures(ledger(*rows), "type") == {"donation": (1, 200000)}
    assert reasons(ledger(*rows)) == [("a#0", "planned")]
    assert figures(ledger(*rows, planned=True), "type") == {"donation": (2, 400000)}


def test_types_that_give_nothing_are_no_part_of_it() -> None:
    visit = telling("a", type="visit", participants=[party("visitor", "青桐公司")])
    assert (ledger(visit).rows, ledger(visit).read, ledger(visit).counted) == ((), 1, 0)


OWN, OTHER, ALL = party("donor", "青桐公司"), party("donor", "白鹭公司"), party("donor", "各爱心企业", None)


def total(doc: str, *donors: dict[str, Any], value: str = "500000", number: int = 9) -> dict[str, Any]:
    return telling(doc, is_total=True, participants=list(donors), amounts=[amount(value)], event_id=f"{doc}#{number}")


@pytest.mark.parametrize(
    ("rows", "sum_", "left"),
    [
        pytest.param([total("a", OWN)], 500000, [], id="nothing listed"),
        pytest.param([total("a", OWN), telling("a")], 200000, [("a#9", "parts are listed")], id="part behind it"),
        pytest.param([telling("b"), total("a", OWN)], 200000, [("a#9", "parts are listed")], id="part elsewhere"),
        pytest.param(
            [telling("a"), telling("a", participants=[OTHER], event_id="a#1"), total("a", ALL)],
            400000,
            [("a#9", "parts are listed")],
            id="total of all in the list",
        ),
        pytest.param([telling("a"), total("a", OTHER)], 700000, [], id="another body's total"),
        pytest.param([telling("a"), total("b", ALL)], 700000, [], id="nameless total elsewhere"),
        pytest.param(
            [telling("a"), total("b", SCHOOL)], 200000, [("b#9", "parts are listed")], id="total of what one received"
        ),
        pytest.param(
            [total("a", OWN), total("b", OWN, value="600000")],
            600000,
            [("a#9", "another total is counted")],
            id="a later total",
        ),
        pytest.param(
            [total("a", OWN), telling("a", amounts=[amount("7") | {"currency": "USD"}])],
            500000,
            [],
            id="other currency",
        ),
        pytest.param(
            [total("a", OWN), telling("a", status="planned")], 500000, [("a#0", "planned")], id="planned part"
        ),
    ],
)
def test_parts_count_or_their_total_but_never_both(
    rows: list[dict[str, Any]], sum_: int, left: list[tuple[str, str]]
) -> None:
    found = ledger(*rows)
    assert sum(int(row.stated) for row in found.rows if row.by == "type" and row.currency == "CNY") == sum_
    assert reasons(found) == left


def quoting(text: str, *amounts: tuple[str, str], **changed: Any) -> EventRecord:
    """A record whose evidence is ``text``, with the amounts at their places in it."""
    spans = [
        amount(value) | {"text": words, "start": text.index(words), "end": text.index(words) + len(words)}
        for words, value in amounts
    ]
    evidence = {"text": text, "start": 0, "end": len(text)}
    return EventRecord.model_validate(telling("a", evidence=evidence, amounts=spans, **changed))


@pytest.mark.parametrize(
    ("text", "amounts", "counted"),
    [
        ("总投资320万元，其中县财政支持260万元。", [("320万元", "3200000"), ("260万元", "2600000")], [3200000]),
        ("捐5万元，其中书3万元、笔1万元。", [("5万元", "50000"), ("3万元", "30000"), ("1万元", "10000")], [50000]),
        (
            "共5万元。其中书3万元。另捐2万元。",
            [("5万元", "50000"), ("3万元", "30000"), ("2万元", "20000")],
            [50000, 20000],
        ),
        (
            "捐款10万元和价值5万元的书，共15万元。",
            [("10万元", "100000"), ("5万元", "50000"), ("15万元", "150000")],
            [100000, 50000],
        ),
        ("捐款10万元和10万元。", [("10万元", "100000")], [100000]),
    ],
)
def test_an_amount_and_its_parts_in_one_record_count_once(
    text: str, amounts: list[tuple[str, str]], counted: list[int]
) -> None:
    sums, left = read_amounts(quoting(text, *amounts))
    assert [int(found.stated) for found in sums] == counted
    assert len(left) == len(amounts) - len(counted)


@pytest.mark.parametrize(
    ("per", "participants", "items", "sums"),
    [
        ("各", [OWN, OTHER, SCHOOL], [], [("白鹭公司", 300), ("青桐公司", 300)]),
        ("各", [OWN, SCHOOL, party("recipient", "白水小学")], [], [("青桐公司", 300), ("青桐公司", 300)]),
        ("各", [OWN, party("recipient", "云岭县3所小学", None)], [], [("青桐公司", 900)]),
        ("各", [party("donor", "20家会员企业", None), SCHOOL], [], [("20家会员企业", 6000)]),
        ("各", [OWN, OTHER, SCHOOL, party("recipient", "白水小学")], [], []),
        ("各", [OWN, party("donor", "3家企业", None)], [], []),
        ("各", [OWN, SCHOOL], [], []),
        ("户", [OWN, party("recipient", "26户困难村民", None)], [], [("青桐公司", 7800)]),
        ("人", [OWN, party("recipient", "学生30名", None)], [], [("青桐公司", 9000)]),
        ("人", [OWN, party("recipient", "优秀学子86人", None)], [], [("青桐公司", 25800)]),
        ("名", [party("donor", "33家企业及346名职工", None)], [], [("33家企业及346名职工", 103800)]),
        ("各", [OWN, party("recipient", "八位老人", None)], [], [("青桐公司", 2400)]),
        ("人", [OWN, party("recipient", "3个村", None)], [], []),
        ("人", [OWN, party("recipient", "30名学生和5名教师", None)], [], []),
        ("户", [OWN, party("recipient", "村里第3户", None)], [], []),
        ("盏", [OWN], [item("路灯", "40") | {"unit": "盏"}], [("青桐公司", 12000)]),
        ("户", [OWN, party("recipient", "困难村民", None)], [], []),
        ("人/月", [OWN, party("recipient", "30名学生", None)], [], []),
        ("人", [OWN, party("recipient", "30名学生", None), party("recipient", "5名教师", None)], [], []),
    ],
)
def test_a_figure_for_each_is_multiplied_where_the_record_says_by_how_many(
    per: str, participants: list[dict[str, Any]], items: list[dict[str, Any]], sums: list[tuple[str, int]]
) -> None:
    record = telling("a", participants=participants, items=items, amounts=[amount("300", per=per)])
    found, left = read_amounts(EventRecord.model_validate(record))
    assert sorted((*one.givers, int(one.stated)) for one in found) == sums
    assert [one.reason for one in left] == ([] if sums else ["number of heads not told"])


def test_a_figure_for_each_that_explains_the_sum_beside_it_is_no_second_sum() -> None:
    families = party("recipient", "近26户困难村民", None)
    record = telling("a", participants=[OWN, families], amounts=[amount("500", per="户"), amount("13000")])
    assert figures(ledger(record), "type") == {"donation": (1, 13000)}
    alone = telling("a", participants=[OWN, families], amounts=[amount("500", per="户")])
    [row] = [row for row in ledger(alone).rows if row.by == "type"]
    assert (row.stated, row.approximate) == (13000, 1)


AMOUNTS = st.builds(
    lambda value, lower, upper, kind: amount(value, lower=lower, upper=upper) | {"kind": kind},
    st.sampled_from([None, "200", "300.5"]),
    st.sampled_from([None, "100"]),
    st.sampled_from([None, "400"]),
    st.sampled_from(["cash", "valuation"]),
)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.lists(AMOUNTS, max_size=3),
        st.lists(st.sampled_from([OWN, OTHER, ALL, SCHOOL]), max_size=3),
        st.booleans(),
    ),
    max_size=8,
).map(
    lambda rows: [
        telling(doc, amounts=amounts, participants=participants, is_total=is_total, event_id=f"{doc}#{number}")
        for number, (doc, amounts, participants, is_total) in enumerate(sorted(rows, key=lambda row: row[0]))
    ]
)


@given(RECORDS)
def test_every_dimension_adds_up_to_the_same_and_bounds_hold(records: list[dict[str, Any]]) -> None:
    found = ledger(*records)
    sums: dict[str, Decimal] = {}
    for row in found.rows:
        sums[row.by] = sums.get(row.by, Decimal(0)) + row.stated
        assert row.at_least <= row.stated
        assert row.at_most is None or row.stated <= row.at_most
        assert 0 <= row.approximate <= row.records >= 1
    assert len(set(sums.values())) <= 1
    assert {left.event_id for left in found.left_out} <= {record["event_id"] for record in records}
