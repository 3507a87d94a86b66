"""The same occurrence told in several documents: what is joined, what is not, and that the answer is an equivalence."""

import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_records import WORDS, amount, day, item, party, telling

from pipeline.same_occurrence import MOST_NAMED, link, occurrence


def reprint(doc: str, **changed: Any) -> dict[str, Any]:
    return telling(doc, **{"evidence": {"text": WORDS, "start": 0, "end": len(WORDS)}} | changed)


NO_DONOR = [party("recipient", "明德小学")]
NO_RECIPIENT = [party("donor", "青桐公司")]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"date": None},
        {"date": day("2031-03-01", "2031-03-31")},
        {"participants": NO_DONOR},
        {"participants": NO_RECIPIENT},
        {"participants": [*NO_RECIPIENT, party("recipient", "青禾县明德小学")]},
        {"participants": [*NO_RECIPIENT, party("recipient", "困难学生", None)]},
        {"participants": [party("donor", "青桐", canonical="青桐公司"), party("donor", "白鹭公司")]},
        {"amounts": [amount("200000") | {"approximate": True, "kind": "mixed"}]},
        {"status": "planned"},
    ],
    ids=str,
)
def test_another_telling_of_the_same_donation_is_joined(other: dict[str, Any]) -> None:
    assert link([telling("a"), telling("b", **other)]) == {"a#0": ("b#0",), "b#0": ("a#0",)}


@pytest.mark.parametrize(
    "other",
    [
        {"doc_id": "a"},
        {"type": "project", "participants": [party("sponsor", "青桐公司"), party("beneficiary", "明德小学")]},
        {"date": day("2031-03-06")},
        {"participants": [party("donor", "白鹭公司"), party("recipient", "明德小学")]},
        {"participants": [party("donor", "青桐公司"), party("recipient", "白水县人民医院")]},
        {"participants": [party("donor", "青桐公司", None), party("recipient", "明德小学", None)]},
        {"amounts": [amount("200001")]},
        {"amounts": [amount("200000", per="人")]},
        {"amounts": [amount("200000"), amount("5")]},
        {"amounts": [amount(None, lower="200000")]},
        {"amounts": [amount("200000") | {"currency": "USD"}]},
        {"amounts": [], "items": [item("图书", "200")]},
        {"is_total": True},
        {"participants": NO_RECIPIENT, "date": None},
        {"participants": NO_RECIPIENT, "date": day("2031-01-01", "2031-12-31")},
        {"participants": NO_DONOR, "date": day(None)},
    ],
    ids=str,
)
def test_what_may_be_another_occurrence_stays_apart(other: dict[str, Any]) -> None:
    assert link([telling("a"), telling("b", **other)]) == {}


def test_goods_are_compared_where_no_amount_stands() -> None:
    books, pens = {"amounts": [], "items": [item("图书", "500")]}, {"amounts": [], "items": [item("铅笔", "500")]}
    assert set(link([telling("a", **books), telling("b", **books), telling("c", **pens)])) == {"a#0", "b#0"}
    uncounted = {"amounts": [], "items": [item("图书", None)]}
    assert link([telling("a", **uncounted), telling("b", **uncounted)]) == {}


def test_types_without_a_giver_are_never_joined() -> None:
    visit = {"type": "visit", "participants": [party("visitor", "青桐公司"), party("host", "明德小学")]}
    assert link([telling("a", **visit), telling("b", **visit)]) == {}


def test_a_contract_needs_both_its_parties_or_its_day() -> None:
    both = {"type": "agreement", "participants": [party("party", "青桐公司"), party("party", "青禾县", "GPE")]}
    one = {"type": "agreement", "participants": [party("party", "青桐公司")]}
    assert link([telling("a", **both), telling("b", **both, date=None)])
    assert link([telling("a", **one), telling("b", **one)])
    assert link([telling("a", **one), telling("b", **one, date=None)]) == {}


def test_a_reprint_is_joined_without_a_day_and_each_of_two_alike_with_its_own() -> None:
    undated = {"date": None, "participants": NO_RECIPIENT}
    assert link([reprint("a", **undated), reprint("b", **undated)]) == {"a#0": ("b#0",), "b#0": ("a#0",)}
    twice = [reprint(doc, **undated, event_id=f"{doc}#{n}") for doc in "ab" for n in (1, 2)]
    assert link(twice) == {"a#1": ("b#1",), "b#1": ("a#1",), "a#2": ("b#2",), "b#2": ("a#2",)}


def test_a_telling_that_fits_two_which_are_not_one_is_joined_to_neither() -> None:
    spring, autumn, undated = telling("a"), telling("b", date=day("2031-10-05")), telling("c", date=None)
    assert link([spring, autumn, undated]) == {}
    again = telling("d")
    assert link([spring, autumn, undated, again]) == {"a#0": ("d#0",), "d#0": ("a#0",)}


def test_a_large_group_is_named_by_its_first() -> None:
    found = link(reprint(f"{number:04}") for number in range(MOST_NAMED + 1))
    assert len(found) == MOST_NAMED + 1
    assert found["0000#0"] == ("0001#0",)
    assert set(found.values()) == {("0001#0",), ("0000#0",)}
    assert {occurrence({"event_id": one, "same_as": others}) for one, others in found.items()} == {"0000#0"}


def test_texts_that_utf_8_cannot_hold_do_no_harm() -> None:
    odd = [party("donor", "青\ud800桐"), party("recipient", "明德小学")]
    assert link([telling(doc) | {"participants": odd, "doc_id": f"{doc}\udc80"} for doc in "ab"])


DAYS = (None, day("2031-03-05"), day("2031-03-06"), day("2031-03-01", "2031-03-31"), day("2031-01-01", "2031-12-31"))
PARTIES = st.lists(
    st.builds(
        party,
        st.sampled_from(["donor", "recipient"]),
        st.sampled_from(["青桐公司", "白鹭公司", "青禾县", "青禾县明德小学"]),
        st.sampled_from(["ORG", None]),
    ),
    max_size=4,
)
TELLINGS = st.lists(
    st.builds(
        lambda make, doc, **fields: (make, doc, fields),
        st.sampled_from([telling, reprint]),
        st.sampled_from("abcde"),
        date=st.sampled_from(DAYS),
        participants=PARTIES,
        amounts=st.sampled_from([[amount("200000")], [amount("30000")]]),
    ),
    max_size=12,
).map(lambda rows: [make(doc, **fields, event_id=f"{doc}#{n}") for n, (make, doc, fields) in enumerate(rows)])


@given(TELLINGS, st.integers())
def test_the_answer_is_an_equivalence_between_documents_whatever_the_order(
    records: list[dict[str, Any]], seed: int
) -> None:
    found = link(records)
    shuffled = list(records)
    Random(seed).shuffle(shuffled)
    assert link(shuffled) == found
    documents = {record["event_id"]: record["doc_id"] for record in records}
    kinds = {record["event_id"]: (record["type"], record["amounts"][0]["value"]) for record in records}
    for one, others in found.items():
        group = sorted({one, *others})
        assert len(group) == len(others) + 1 > 1
        assert list(others) == sorted(others)
        assert len({documents[member] for member in group}) == len(group)
        assert len({kinds[member] for member in group}) == 1
        assert all(sorted({member, *found[member]}) == group for member in group)


@given(TELLINGS)
def test_each_record_of_a_copied_document_is_joined_to_its_own_copy(records: list[dict[str, Any]]) -> None:
    own = [reprint("a", **{key: r[key] for key in ("event_id", "date", "participants", "amounts")}) for r in records]
    own = [record for record in own if any(party["label"] for party in record["participants"])]
    copies = [record | {"doc_id": "b", "event_id": f"{record['event_id']}b"} for record in own]
    pairs = {record["event_id"]: (copy["event_id"],) for record, copy in zip(own, copies, strict=True)}
    assert link([*own, *copies]) == pairs | {copy: (one,) for one, (copy,) in pairs.items()}


def test_memory_stays_flat_over_many_records() -> None:
    def peak(count: int) -> int:
        def rows() -> Iterator[dict[str, Any]]:
            base = telling("x")
            for n in range(count):
                yield base | {"doc_id": f"{n}", "event_id": f"{n}#0", "amounts": [amount(str(n + 1))]}

        tracemalloc.start()
        assert link(rows()) == {}
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    small, large = (peak(count) for count in (500, 4000))
    assert large < 1.5 * small


def test_days_that_only_chain_are_not_joined() -> None:
    weeks = [telling(doc, date=day(*days)) for doc, days in zip("abc", pairwise(_mondays()), strict=True)]
    assert link(weeks) == {}


def _mondays() -> list[str]:
    return ["2031-03-03", "2031-03-10", "2031-03-17", "2031-03-24"]
