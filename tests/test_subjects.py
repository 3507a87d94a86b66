from pipeline.events.reading import Reading, make_reading
from pipeline.spans import Mention, Span
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import gold_readings


def reading_of(marked: str) -> Reading:
    (bulletin,) = parse_batch(f"=== x-001 genre=newsletter\n{marked}\n", "x.txt")
    return next(gold_readings(to_row(bulletin))).reading


def told(marked: str) -> dict[str, tuple[list[str], str, list[str], str]]:
    """For each anchor the subject and how it was carried, and the prepositional party with its preposition."""
    found = {}
    for anchor, point in reading_of(marked).standpoints.items():
        subject = [m.text for m in point.subject.group] if point.subject else []
        oblique = [m.text for m in point.oblique.group] if point.oblique else []
        found[anchor.text] = (subject, point.subject.way if point.subject else "", oblique, point.preposition)
    return found


def test_one_subject_serves_the_verbs_that_follow_until_another_comes() -> None:
    found = told(
        "[青禾街道|GPE sponsor.1]帮助[柳湾村|GPE]重新[铺设|EVENT project.1][管线|ITEM item.1]，[翻修|EVENT project.2]老屋；"
        "帮助[上寨村|GPE]新[打|EVENT project.3]水井。[远山公司|ORG]也[捐|EVENT donation.4]了款。"
    )
    assert found["铺设"] == (["青禾街道"], "clause", ["柳湾村"], "帮助")
    assert found["翻修"] == (["青禾街道"], "sentence 1", ["柳湾村"], "帮助")
    assert found["打"] == (["青禾街道"], "sentence 2", ["上寨村"], "帮助")
    assert found["捐"] == (["远山公司"], "clause", [], "")


def test_a_subject_is_carried_over_three_sentences_and_no_farther() -> None:
    body = "[远山公司|ORG]来了。" + "大家都很高兴。" * 2 + "随后[捐|EVENT donation.1]了款。"
    assert told(body)["捐"][:2] == (["远山公司"], "before 3")
    assert told(body.replace("大家", "大家都说好。大家"))["捐"][0] == []


def test_a_possessor_and_a_party_after_the_verb_are_no_subjects_but_the_agent_of_a_passive_is() -> None:
    assert told("[云岭县|GPE]的干部[捐|EVENT donation.1]了款。")["捐"][0] == []
    assert told("[捐|EVENT donation.1]了款，[远山公司|ORG]。")["捐"][0] == []
    assert told("新校舍由[远山公司|ORG sponsor.1][援建|EVENT project.1]。")["援建"][0] == ["远山公司"]


def test_coordinated_parties_are_one_subject() -> None:
    assert told("[远山公司|ORG]、[青禾公司|ORG]和[澜水公司|ORG][捐|EVENT donation.1]了款。")["捐"][0] == [
        "远山公司",
        "青禾公司",
        "澜水公司",
    ]


def test_an_anchor_inside_a_longer_phrase_has_a_standpoint_too() -> None:
    text = "远山公司看望参训学员。"
    party, phrase = Mention(0, 4, "远山公司", "ORG", 1.0, "test"), Mention(6, 10, "参训学员", "FILLER", 1.0, "test")
    inner = Mention(6, 8, "参训", "EVENT", 0.5, "test")
    reading = make_reading(text, [Span(0, len(text))], [party, phrase, inner])
    point = reading.standpoints[inner]
    assert point.subject is not None
    assert point.subject.group == (party,)
