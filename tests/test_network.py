"""The role network: what it reads of an item of news, that its gradient is one, that it learns, and what it is weighed against."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.context import Context
from pipeline.data_folders import Tier, models_of
from pipeline.events.committee import Committee, load_committee
from pipeline.events.judges import forbidden, running_sums, with_rivals
from pipeline.events.linear import LinearModel
from pipeline.events.models import EventModels
from pipeline.events.network import RoleNetwork, Shape
from pipeline.events.reading import Reading, make_reading
from pipeline.events.roles import NONE, allowed_roles
from pipeline.events.tokens import LABELS, SIGN_SIZES, WORD, make_tokens, pair_signs
from pipeline.extract import load_tools
from pipeline.recognise.encoder import Stream
from pipeline.recognise.features import CharacterFeatures
from pipeline.recognise.recogniser import ModelError, tagger
from pipeline.sentences import sentences
from pipeline.spans import Mention, Span
from training.network import SEEDS, NetworkExample, train_network

TEXT = "云岭远帆公司向柳湾村\n捐赠 5万元。"


def found(text: str, form: str, label: str) -> Mention:
    start = text.index(form)
    return Mention(start, start + len(form), form, label, 1.0, "test")


def told() -> Reading:
    mentions = [
        found(TEXT, *pair)
        for pair in (("云岭远帆公司", "ORG"), ("柳湾村", "GPE"), ("捐赠", "EVENT"), ("5万元", "MONEY"))
    ]
    return make_reading(TEXT, sentences(TEXT), mentions)


def test_words_and_mentions_are_tokens_in_the_order_of_the_text() -> None:
    opens = np.array([True] * len(TEXT))
    tokens = make_tokens(told(), opens)
    forms = [TEXT[start:end] for start, end in tokens.spans]
    assert forms == ["云岭远帆公司", "向", "柳湾村", "\n", "捐赠", "5万元", "。"]
    assert [LABELS[label] for label in tokens.symbols[:, 0]] == ["ORG", WORD, "GPE", WORD, "EVENT", "MONEY", WORD]


@given(st.text("甲乙 \n。，丙", max_size=30), st.data())
def test_every_character_stands_in_a_mention_or_in_one_word_but_for_white_space(text: str, data: st.DataObject) -> None:
    opens = np.array(data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text))), dtype=bool)
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=6)) if text else []
    spans = {Span(*sorted(pair)) for pair in zip(places[::2], places[1::2], strict=False) if pair[0] != pair[1]}
    mentions = [Mention(s.start, s.end, text[s.start : s.end], "FILLER", 1.0, "test") for s in spans]
    tokens = make_tokens(make_reading(text, sentences(text), mentions), opens)
    words = [(start, end) for (start, end), (label, _) in zip(tokens.spans, tokens.symbols, strict=True) if label == 0]
    assert all(tuple(tokens.spans[tokens.of_mention[mention]]) == (mention.start, mention.end) for mention in mentions)
    covered = [place for start, end in words for place in range(start, end)]
    assert len(covered) == len(set(covered))
    outside = {place for place in range(len(text)) if not any(s.start <= place < s.end for s in spans)}
    assert set(covered) <= outside
    assert all(text[place].isspace() for place in outside - set(covered))
    assert [*map(tuple, tokens.spans)] == sorted(map(tuple, tokens.spans), key=lambda span: (span[0], -span[1]))


def test_signs_tell_type_label_and_distances() -> None:
    reading = told()
    tokens = make_tokens(reading, np.ones(len(TEXT), dtype=bool))
    giver, receiver, anchor, amount = reading.mentions
    rows = pair_signs(reading, tokens, anchor, [giver, receiver, amount], "donation")
    assert rows[:, :2].tolist() == [[4, 0], [4, 2], [4, 5]]
    assert rows[0, 3] == LABELS.index("ORG")
    assert rows[1, 4] < rows[0, 4] < rows[2, 4]  # nearer is less; after comes behind all before
    assert (rows[:, 2:] < SIGN_SIZES).all()


def examples(count: int = 60) -> list[NetworkExample]:
    """Rows of three tokens: an anchor, and a body before and after it. The state of the anchor tells which of them gives."""
    kinds = RoleNetwork(Shape((4,))).roles
    giver, receiver = kinds.index("donor"), kinds.index("recipient")
    draw = np.random.default_rng(0)
    made = []
    for number in range(count):
        turned = number % 2
        states = draw.normal(size=(3, 4)).astype(np.float16)
        states[1, 0] = 3 if turned else -3
        symbols = np.array([[LABELS.index(label), 0] for label in ("ORG", "EVENT", "ORG")], dtype=np.int32)
        rows = np.array(
            [[1, 0, 0, LABELS.index("ORG"), 0, 2, 0], [1, 2, 0, LABELS.index("ORG"), 12, 2, 0]], dtype=np.int32
        )
        right = np.array([receiver, giver] if turned else [giver, receiver])
        types = np.array([[1, 0]])
        made.append(NetworkExample(states, symbols, rows, right, rows[:0], np.zeros(0, np.int64), types))
    return made


def context_of(network: Committee, example: NetworkExample, text: str) -> Context:
    owner = np.repeat(np.arange(3, dtype=np.int32), len(text) // 3)
    features = CharacterFeatures((Stream(example.states, owner),), np.zeros((len(text), 1), np.uint64))
    return network.context(features, np.ones(len(text), dtype=bool))


def test_the_network_learns_what_the_states_tell_and_is_the_same_again_from_disk(tmp_path: Path) -> None:
    made = examples()
    committee = Committee([train_network(made[10:], [4], epochs=30)])
    committee.save(tmp_path / "network")
    again = load_committee(tmp_path / "network")
    text = "甲甲捐赠乙乙"
    for example in made[:10]:
        mentions = [
            Mention(0, 2, "甲甲", "ORG", 1, "t"),
            Mention(2, 4, "捐赠", "EVENT", 1, "t"),
            Mention(4, 6, "乙乙", "ORG", 1, "t"),
        ]
        reading = make_reading(text, sentences(text), mentions, 0, context_of(committee, example, text))
        chances = committee.chances(reading, [(mentions[1], "donation", [mentions[0], mentions[2]])])[0]
        assert set(chances[0]) == {*allowed_roles("donation", "ORG"), NONE}
        assert [max(one, key=lambda role: one[role]) for one in chances] == [
            committee.members[0].roles[role] for role in example.right
        ]
        stored = again.chances(reading, [(mentions[1], "donation", [mentions[0], mentions[2]])])[0]
        for one, other in zip(chances, stored, strict=True):
            assert one == pytest.approx(other, abs=0.02)  # float16 on disk


def test_a_network_without_any_states_reads_labels_and_distances(tmp_path: Path) -> None:
    bare = [replace(example, states=example.states[:, :0]) for example in examples(10)]
    Committee([train_network(bare, [], epochs=2)]).save(tmp_path / "network")
    text, owner = "甲甲捐赠乙乙", np.zeros((6, 1), np.uint64)
    committee = load_committee(tmp_path / "network")
    context = committee.context(CharacterFeatures((), owner), np.ones(6, dtype=bool))
    assert context.vectors.shape == (len(text), 64 * len(committee.members))


def test_members_differ_read_their_own_columns_and_their_log_odds_are_averaged() -> None:
    committee = Committee([train_network(examples(20), [4], seed, epochs=2) for seed in (1, 2)])
    text = "甲甲捐赠乙乙"
    mentions = [
        Mention(0, 2, "甲甲", "ORG", 1, "t"),
        Mention(2, 4, "捐赠", "EVENT", 1, "t"),
        Mention(4, 6, "捐献", "EVENT", 1, "t"),
    ]
    context = context_of(committee, examples()[0], text)
    reading = make_reading(text, sentences(text), mentions, 0, context)
    both = committee.chances(reading, [(mentions[1], "donation", [mentions[0]])])[0][0]
    together = committee.same_chances(reading, [mentions[1]], mentions[2], "donation")[0]
    alone, odds = [], []
    for number, member in enumerate(committee.members):
        member.block = 0
        own = replace(context, vectors=context.vectors[:, 64 * number : 64 * (number + 1)])
        apart = make_reading(text, sentences(text), mentions, 0, own)
        tokens = member.signs.tokens(apart)
        rows = pair_signs(apart, tokens, mentions[1], [mentions[0]], "donation")
        alone.append(dict(zip(member.roles, member.role_chances(apart, rows)[0].tolist(), strict=True)))
        odds.append(member.same_chances(apart, pair_signs(apart, tokens, mentions[1], [mentions[2]], "donation"))[0])
    assert alone[0] != alone[1]
    assert both["donor"] / both["recipient"] == pytest.approx(
        np.sqrt(np.prod([one["donor"] / one["recipient"] for one in alone]))
    )
    assert together / (1 - together) == pytest.approx(np.sqrt(np.prod([odd / (1 - odd) for odd in odds])))


def test_a_missing_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="network: no role network; run make train"):
        load_committee(tmp_path / "network")


def test_a_network_for_other_roles_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Committee([RoleNetwork(Shape((4,)))]).save(tmp_path / "network")
    monkeypatch.setattr("pipeline.events.judges.roles", lambda: ("donor", "escort", NONE))
    with pytest.raises(ModelError, match=r"network: made for other event types or roles .* run make train"):
        load_committee(tmp_path / "network")


def test_the_same_examples_give_the_same_network() -> None:
    one, other = (train_network(examples(20), [4], epochs=2) for _ in range(2))
    for (node, name), (same, _) in zip(one.weights(), other.weights(), strict=True):
        assert np.array_equal(np.asarray(node.get_param(name)), np.asarray(same.get_param(name)))


@pytest.mark.parametrize("look", [0, 1])
def test_the_slope_is_what_small_steps_find(look: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = RoleNetwork(Shape((4,), width=6, depth=1, window=1))
    draw = np.random.default_rng(1)
    states = draw.normal(size=(5, 6)).astype(np.float32)
    rows = np.array([[1, 4, 0, 1, 3, 2, 0], [1, 0, 2, 2, 5, 1, 0], [3, 4, 0, 6, 1, 2, 1]], dtype=np.int32)
    weights = draw.normal(size=(3, len(network.roles))).astype(np.float32)
    weights[forbidden()[rows[:, 2], rows[:, 3]] < 0] = 0
    rivals = draw.uniform(size=(3, 5 * len(network.roles))).astype(np.float32)
    monkeypatch.setattr("pipeline.events.judges.with_rivals", lambda *_: rivals)  # no slope goes through them
    for node, name in network.weights():
        moved: Any = draw.normal(0, 0.4, np.asarray(node.get_param(name)).shape).astype(np.float32)
        node.set_param(name, moved)

    def value(at: np.ndarray) -> float:
        seen = at.astype(np.float32)
        scores = network.role(seen, running_sums(seen), rows, False)[:2]
        return float((scores[look] * weights).sum())

    backprop = network.role(states, running_sums(states), rows, True)[2]
    slope = backprop(*(weights * (number == look) for number in range(2)))
    for place in [(1, 0), (4, 3), (2, 2), (3, 5), (0, 1)]:
        step = np.zeros_like(states)
        step[place] = 1e-2
        assert slope[place] == pytest.approx((value(states + step) - value(states - step)) / 2e-2, rel=0.05, abs=0.02)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(4, 7), st.sampled_from([0.0, 0.5, 1.0])), max_size=12))
def test_rivals_are_the_other_pairs_of_the_anchor_and_those_of_the_mention(pairs: list[tuple[int, int, float]]) -> None:
    rows = np.array([pair[:2] for pair in pairs], dtype=np.int32).reshape(-1, 2)
    chances = np.array([[chance, 1 - chance] for *_, chance in pairs], dtype=np.float32).reshape(-1, 2)
    found = with_rivals(chances, rows)
    assert found.shape == (len(pairs), 10)
    for number, row in enumerate(found):
        told = [chances[number]]
        for column in (0, 1):
            others = [
                chances[place]
                for place in range(len(pairs))
                if place != number and rows[place, column] == rows[number, column]
            ]
            told += (
                [np.max(others, axis=0, initial=0), np.minimum(np.sum(others, axis=0), 3)] if others else [[0, 0]] * 2
            )
        assert row == pytest.approx(np.concatenate(told))


def test_the_second_look_goes_by_the_rivals_and_the_first_one_does_not() -> None:
    network = RoleNetwork(Shape((4,), width=6, depth=1, window=1))
    draw = np.random.default_rng(1)
    for node, name in network.weights():
        moved: Any = draw.normal(0, 0.4, np.asarray(node.get_param(name)).shape).astype(np.float32)
        node.set_param(name, moved)
    states = draw.normal(size=(5, 6)).astype(np.float32)
    rows = np.array([[1, 4, 0, 1, 3, 2, 0], [1, 0, 0, 1, 5, 1, 0]], dtype=np.int32)
    alone, together = (network.role(states, running_sums(states), part, False) for part in (rows[:1], rows))
    assert alone[1][0] == pytest.approx(together[1][0], rel=1e-4)
    assert alone[0][0] != pytest.approx(together[0][0], rel=1e-4)


def roles_of(models: EventModels, reading: Reading, mentions: list[Mention]) -> dict[str, float]:
    ((answer,),) = models.roles_and_places(reading, [(mentions[1], "donation", [mentions[0]])])
    return answer[0]


def flat(*classes: str) -> LinearModel:
    return LinearModel(classes, np.zeros(len(classes)), {})


def test_linear_model_and_network_are_averaged_where_there_is_a_context_and_the_linear_model_stands_alone_elsewhere() -> (
    None
):
    network = Committee([train_network(examples(), [4], epochs=30)])
    alone = flat("donor", "recipient", NONE)
    models = EventModels(alone, alone, flat("place", NONE), alone, alone, alone, alone, network)
    text = "甲甲捐赠乙乙"
    mentions = [
        Mention(0, 2, "甲甲", "ORG", 1, "t"),
        Mention(2, 4, "捐赠", "EVENT", 1, "t"),
        Mention(4, 6, "乙乙", "ORG", 1, "t"),
    ]
    reading = make_reading(text, sentences(text), mentions)
    assert roles_of(models, reading, mentions) == pytest.approx(dict.fromkeys(alone.classes, 1 / 3))
    example = examples()[0]
    inside = replace(reading, context=context_of(network, example, text))
    own = network.chances(inside, [(mentions[1], "donation", [mentions[0]])])[0][0]
    both = roles_of(models, inside, mentions)
    assert sum(both.values()) == pytest.approx(1)
    assert both["donor"] / both["recipient"] == pytest.approx((own["donor"] / own["recipient"]) ** 0.5, rel=1e-3)


@pytest.mark.parametrize("tier", list(Tier))
def test_every_tier_ships_a_network_for_its_own_readers(tier: Tier) -> None:
    tools = load_tools(models_of(tier))
    assert tools.events.network is not None
    widths = tagger(tools.recogniser.pipelines[0]).features.widths
    assert [list(member.shape.streams) for member in tools.events.network.members] == [widths] * len(SEEDS)
    (found,) = tools.recogniser.recognise([TEXT])
    assert found.context is not None
    assert found.context.vectors.shape == (len(TEXT), 64 * len(SEEDS))
    assert found.context.opens_word.sum() < len(TEXT)
