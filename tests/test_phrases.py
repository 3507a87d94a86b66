from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.events.linear import LinearModel
from pipeline.events.phrases import free_phrases, phrase_features, with_phrases
from pipeline.events.reading import make_reading
from pipeline.recognise.lac import Lac
from pipeline.recognise.phrases import BY_PERSON, PHRASE, noun_phrases, words
from pipeline.sentences import sentences
from pipeline.spans import Mention
from training.corpus import to_row
from training.markup import parse_batch
from training.phrases import learn_phrases, phrase_examples
from training.readings import gold_readings

LAC = Lac()


def phrases_of(text: str) -> list[Mention]:
    (reading,) = LAC.read([text])
    return list(noun_phrases(text, words(text, reading.tags, LAC.tag_names)))


def test_phrases_of_real_words_hold_quantity_modifiers_and_head() -> None:
    found = [phrase.text for phrase in phrases_of("工作组走访了3户困难村民，为孩子们添置了全新的被褥，买来图书500册。")]
    assert {"工作组", "3户困难村民", "孩子们", "全新的被褥", "图书500册"} <= set(found)


def test_a_person_alone_is_told_from_other_phrases() -> None:
    (person,) = [phrase for phrase in phrases_of("随后，王建国来到村里。") if phrase.by == BY_PERSON]
    assert person.text == "王建国"


@given(st.text(alphabet="县村赠送了的，。 \n3户老人图书", max_size=40))
def test_phrases_lie_in_order_apart_from_each_other_and_on_their_text(text: str) -> None:
    found = phrases_of(text) if text else []
    assert all(text[phrase.start : phrase.end] == phrase.text for phrase in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert not any("\n" in phrase.text for phrase in found)


def mention(text: str, form: str, label: str) -> Mention:
    start = text.index(form)
    return Mention(start, start + len(form), form, label, 0.9, "test")


def test_an_anchor_is_cut_off_and_a_name_inside_a_phrase_is_part_of_it_but_no_phrase_lies_inside_a_name() -> None:
    text = "云岭县3所小学和柳湾小学领到捐赠物资"
    known = [mention(text, "云岭县", "GPE"), mention(text, "柳湾小学", "ORG"), mention(text, "捐赠", "EVENT")]
    phrases = [mention(text, form, PHRASE) for form in ("云岭县3所小学", "捐赠物资")]
    inside = Mention(text.index("柳湾小学") + 2, text.index("柳湾小学") + 4, "小学", PHRASE, 0.5, "noun phrase")
    assert [phrase.text for phrase in free_phrases([*known, *phrases, inside])] == ["云岭县3所小学", "物资"]


def test_what_is_left_of_a_thing_before_its_price_is_no_phrase() -> None:
    text = "捐赠一批价值2万元的书桌"
    amount = Mention(6, 9, "2万元", "MONEY", 1.0, "test")
    phrases = [
        Mention(2, 9, text[2:9], PHRASE, 0.5, "noun phrase"),
        Mention(10, 12, "书桌", PHRASE, 0.5, "noun phrase"),
    ]
    assert [phrase.text for phrase in free_phrases([amount, *phrases])] == ["书桌"]


def test_the_model_decides_which_phrases_become_fillers_and_things() -> None:
    text = "公司为老人送去棉被，老天放晴。"
    reading = make_reading(text, sentences(text), [mention(text, "送去", "EVENT")])
    phrases = [mention(text, form, PHRASE) for form in ("老人", "棉被", "老天")]
    import numpy as np

    model = LinearModel(
        ("FILLER", "ITEM", "none"),
        np.array([0.0, 0.0, 3.0]),
        {"head=老人": np.array([9.0, 0, 0]), "head=棉被": np.array([0, 9.0, 0])},
    )
    taken = [(m.text, m.label) for m in with_phrases(reading, phrases, model)]
    assert taken == [("老人", "FILLER"), ("送去", "EVENT"), ("棉被", "ITEM")]
    assert "anchor before=送去&clauses=0" in phrase_features(reading, phrases[1])


def test_examples_tell_what_a_phrase_is_in_the_labels() -> None:
    marked = "=== x-001 genre=newsletter\n[远山公司|ORG donor.1]向[两名学生|FILLER recipient.1][捐赠|EVENT donation.1][书包|ITEM item.1]。天气很好。\n"
    golds = [gold for bulletin in parse_batch(marked, "x.txt") for gold in gold_readings(to_row(bulletin))]
    classes = [name for _, name in phrase_examples(golds, [phrases_of(gold.reading.text) for gold in golds])]
    assert classes == ["FILLER", "ITEM", "none"]


def test_phrases_that_play_no_part_are_shown_beside_the_labels_by_a_model_that_has_not_seen_their_bulletin() -> None:
    body = "".join(
        f"=== x-{number:03} genre=newsletter\n[爱心企业|FILLER donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]。天气很好。\n"
        for number in range(8)
    )
    idle = "=== x-900 genre=newsletter\n[云岭县|GPE donor.1][捐赠|EVENT donation.1][5万元|MONEY amount.1]。爱心企业很多。\n"
    golds = [gold for bulletin in parse_batch(body + idle, "x.txt") for gold in gold_readings(to_row(bulletin))]
    model, shown, _ = learn_phrases(golds)
    assert set(model.classes) == {"FILLER", "none"}
    for gold, before in zip(shown, golds, strict=True):
        assert gold.records == before.records
        assert {*before.reading.mentions} <= {*gold.reading.mentions}
    added = [mention for mention in shown[-1].reading.mentions if mention not in golds[-1].reading.mentions]
    assert ("爱心企业", "FILLER") in [(mention.text, mention.label) for mention in added]
    assert 0.1 <= added[0].confidence < 1
    assert not any(m.text == "爱心企业" and m.confidence < 1 for gold in shown[:-1] for m in gold.reading.mentions)
