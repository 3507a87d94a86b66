"""How answers of other packages are judged: by value and days where the marked span is touched."""

import pytest

from benchmarks.peers import OWN, Question, compare, is_right, numerals, own_answers, questions

MONEY = Question("money", "共捐近20万元", None, ((2, 7, ("~200000 <=200000 CNY",)),), False)
RANGE = Question("money", "捐2万至5万元", None, ((1, 7, ("20000..50000 CNY",)),), False)
DATE = Question("date", "昨日签约", "2031-03-09", ((0, 2, ("2031-03-08",)),), False)
NOTHING = Question("money", "在三元桥", None, (), False)


@pytest.mark.parametrize(
    ("question", "answers", "right"),
    [
        (MONEY, [[3, 7, "200000", None, None, "CNY"]], True),
        (MONEY, [[3, 7, "200000", None, None, "USD"]], False),
        (MONEY, [[0, 2, "200000", None, None, "CNY"]], False),
        (RANGE, [[1, 7, None, "20000", "50000", "CNY"]], True),
        (RANGE, [[4, 7, "50000", None, None, "CNY"]], False),
        (DATE, [[0, 2, [["2031-03-08", "2031-03-08"]]]], True),
        (DATE, [[0, 2, [None, ["2031-03-09", "2031-03-09"]]]], False),
        (NOTHING, [], True),
        (NOTHING, [[1, 3, "3", None, None, "CNY"]], False),
    ],
)
def test_an_answer_is_right_by_its_value(question: Question, answers: list[list[object]], right: bool) -> None:
    assert is_right(question, answers) is right


def test_this_project_answers_in_the_same_form() -> None:
    assert all(is_right(question, own_answers(question)) for question in (MONEY, RANGE, DATE, NOTHING))


def test_what_is_known_to_be_read_wrong_is_still_wrong() -> None:
    asked = [*questions("money", ["money-open.tsv"]), *questions("date", ["dates-open.tsv"])]
    assert not all(is_right(question, own_answers(question)) for question in asked)


def test_differences_stand_in_a_table() -> None:
    page = compare([MONEY], {OWN: [own_answers(MONEY)], "peer": [[]]})
    assert f"1 texts. Right: {OWN} 1, peer 0." in page
    assert "| 共捐近20万元 | ~200000 <=200000 CNY | ✓ | nothing |" in page


def test_exact_amounts_are_asked_of_readers_of_numbers() -> None:
    asked = Question("money", "捐1万2千元", None, ((1, 6, ("12000 CNY",)),), False)
    assert [question.text for question in numerals([asked, MONEY])] == ["1万2千元"]
