"""Confirmed documents join the corpus: new ones by the hash of their text, known ones where they stand, none that the checker refuses."""

from pathlib import Path

import pytest

from training.corpus import Row, compiled, read_batches, to_row
from training.desk.join import join, split_of
from training.desk.pull import Fault, Pulled
from training.markup import parse_batch

TRAIN = """\
=== old-1 genre=village published=none
山路修通那天
[滨河区|GPE party.1]与[云岭县|GPE party.1]在茶棚里[结对|EVENT agreement.1]。

=== old-2 genre=village published=none
桥边的磨坊又转起来了，老人们围着石磨说了一上午旧事。
"""
TEST = "=== held-1 genre=village published=none\n冬天里，[滨河区竹影家具有限公司|ORG donor.1]给孩子们[送上|EVENT donation.1][棉衣80件|ITEM item.1]。\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for split, content in (("train", TRAIN), ("dev", ""), ("test", TEST)):
        (tmp_path / "bulletins" / split).mkdir(parents=True)
        (tmp_path / "bulletins" / split / "x01.txt").write_text(content, encoding="utf-8")
    (tmp_path / "stock_phrases.txt").write_text("", encoding="utf-8")
    return tmp_path


def confirmed(source: str, **told: object) -> Row:
    return to_row(next(parse_batch(source))) | {"confirmed": True, "annotators": ["lin"], "comments": [], **told}


def test_new_documents_join_the_split_of_their_hash(corpus: Path) -> None:
    words = ["".join(chr(0x4E00 + (n * 997 + i * 131) % 20000) for i in range(40)) for n in range(30)]
    rows = [
        confirmed(f"=== 新{n}.txt genre=desk published=none\n[荷风{n}村|GPE host.1][迎来|EVENT visit.1]{word}")
        for n, word in enumerate(words)
    ]
    joined = join(Pulled(tuple(rows), ()), corpus)
    assert {name: split for split, names in joined.added.items() for name in names} == {
        row["doc_id"]: split_of(row) for row in rows
    }
    assert joined.added.keys() == {"dev", "train"}
    bare = ("confirmed", "annotators", "comments")
    found = {bulletin.name: to_row(bulletin) for bulletin in read_batches([corpus / "bulletins"])}
    for row in rows:
        assert found[row["doc_id"]] == {key: row[key] for key in row if key not in bare}
    assert compiled(corpus)["train"].count("\n") == 2 + len(joined.added["train"])
    assert join(Pulled(tuple(rows), ()), corpus) == type(joined)({}, {}, ())


def test_a_known_document_is_replaced_where_it_stands_and_nothing_else_changes(corpus: Path) -> None:
    mended = TRAIN.replace("在茶棚里[结对|", "在茶棚里[结对|").replace("=== old-1", "=== old-1").split("\n\n")[0]
    mended = mended.replace("[云岭县|GPE party.1]", "[云岭县|GPE]")
    joined = join(Pulled((confirmed(mended),), ()), corpus)
    assert joined.replaced == {"train": ("old-1",)}
    content = (corpus / "bulletins" / "train" / "x01.txt").read_text(encoding="utf-8")
    assert content == mended + "\n" + TRAIN.split("\n\n")[1]
    assert not (corpus / "bulletins" / "train" / "desk.txt").exists()


def test_a_document_of_the_test_split_stays_there(corpus: Path) -> None:
    joined = join(Pulled((confirmed(TEST.replace("冬天里", "冬天里")),), ()), corpus)
    assert (joined.added, joined.replaced, joined.left_out) == ({}, {}, ())
    mended = TEST.replace("[送上|EVENT donation.1]", "[送上|EVENT donation.1:planned]")
    assert join(Pulled((confirmed(mended),), ()), corpus).replaced == {"test": ("held-1",)}


def test_a_name_with_blanks_becomes_one_word(corpus: Path) -> None:
    row = confirmed("=== x genre=desk published=none\n滩边有人唱歌。") | {"doc_id": "简报 1.txt"}
    joined = join(Pulled((row,), ()), corpus)
    assert list(joined.added.values()) == [("简报%201.txt",)]
    assert join(Pulled((row,), ()), corpus).added == {}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "=== old-2 genre=desk\n另一篇文章。",
            "the corpus has another text called old-2; give the document another id",
        ),
        ("=== n genre=desk\n[滨河区|ORG]来信。", "the same form gets the same label everywhere"),
        ("=== n genre=desk\n桥边的磨坊又转起来了，老人们围着石磨说了一上午旧事。", "of it stands in another bulletin"),
        ("=== n genre=desk\n[竹影家具有限公司|ORG]招工了。", "竹影家具有限公司 is a name of the test split"),
        ("=== n genre=desk\n[荷风村|GPE]，又是荷风村。", "'荷风村' is GPE elsewhere but has no label"),
    ],
)
def test_what_the_checker_would_refuse_is_left_out_with_the_reason(corpus: Path, source: str, reason: str) -> None:
    before = {path: path.read_bytes() for path in corpus.rglob("*.txt")}
    joined = join(Pulled((confirmed(source),), ()), corpus)
    assert (joined.added, joined.replaced) == ({}, {})
    assert reason in joined.left_out[0].fault
    assert {path: path.read_bytes() for path in corpus.rglob("*.txt")} == before


def test_what_is_not_confirmed_or_has_a_fault_stays_out(corpus: Path) -> None:
    rows = (
        confirmed("=== a genre=desk\n滩边有人唱歌。", confirmed=False),
        confirmed("=== b genre=desk\n田里有人插秧。"),
    )
    fault = Fault("b", "one event has the roles donor, visitor")
    joined = join(Pulled(rows, (Fault("a", "is being worked on"), fault)), corpus)
    assert (joined.added, joined.left_out) == ({}, (fault,))
    assert str(fault) == "b: one event has the roles donor, visitor"
