"""Exports of doccano in every flavour become the same rows; what cannot be taken is named with file, line and remedy."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.corpus import to_row
from training.desk.flavours import Conventions, one_labelling, read_labellings, with_records
from training.desk.flavours_counting import Counting, counts_utf16
from training.desk.flavours_files import FlavourError, Given, GivenSpan
from training.desk.offsets import Offsets
from training.markup import parse_batch

TEXT = "3月5日，白鹭区工商联向青禾县捐赠20万元。"
SPANS = [(0, 4, "DATE"), (5, 11, "ORG"), (12, 15, "GPE"), (15, 17, "EVENT"), (17, 21, "MONEY")]
LABELS = [list(span) for span in SPANS]
ENTITIES = [
    {"id": 900 + number, "start_offset": start, "end_offset": end, "label": label}
    for number, (start, end, label) in enumerate(SPANS)
]


def put(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def spans(row: dict[str, Any]) -> list[tuple[int, int, str]]:
    return [(entity["start_offset"], entity["end_offset"], entity["label"]) for entity in row["entities"]]


def rows_of(path: Path, conventions: Conventions | None = None) -> list[dict[str, Any]]:
    return list(one_labelling(read_labellings(path, conventions)).rows)


def conll(text: str, tag: str = "BIO") -> str:
    tags = ["O"] * len(text)
    for start, end, label in SPANS:
        tags[start:end] = [f"I-{label}"] * (end - start)
        tags[start] = f"B-{label}"
        if tag == "BIOES":
            tags[end - 1] = f"E-{label}"
    return "".join(f"{character} {tag}\n" for character, tag in zip(text, tags, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"id": 7, "text": TEXT, "label": LABELS, "Comments": []}),
        json.dumps({"id": 7, "data": TEXT, "labels": LABELS}),
        json.dumps([{"id": 7, "text": TEXT, "label": LABELS}]),
        json.dumps({"id": 7, "text": TEXT, "entities": ENTITIES, "relations": [], "Comments": []}),
        "\ufeff" + json.dumps({"id": 7, "text": TEXT, "label": LABELS}) + "\n\n",
        conll(TEXT),
        conll(TEXT, "BIOES"),
        conll(TEXT).replace(" ", "\t").replace("\n", "\r\n"),
        "-DOCSTART- -X- O O\n\n" + conll(TEXT),
        "[3月5日|DATE]，[白鹭区工商联|ORG]向[青禾县|GPE][捐赠|EVENT][20万元|MONEY]。".join(["=== x-1\n", "\n"]),
    ],
    ids=["label", "old keys", "array", "entities", "mark", "BIO", "BIOES", "tabs", "docstart", "notation"],
)
def test_every_flavour_gives_the_same_spans(tmp_path: Path, content: str) -> None:
    path = tmp_path / "export.any"
    path.write_text(content, encoding="utf-8", newline="")
    (row,) = rows_of(path)
    assert (row["text"], spans(row)) == (TEXT, SPANS)


def test_relations_keep_their_ends_whatever_the_numbers(tmp_path: Path) -> None:
    relations = [
        {"id": 3, "from_id": 903, "to_id": 901, "type": "donor"},
        {"from_id": 903, "to_id": 900, "type": "date"},
    ]
    path = put(
        tmp_path / "all.jsonl", {"text": TEXT, "entities": ENTITIES[::-1], "relations": relations, "doc_id": "n-1"}
    )
    (row,) = rows_of(path)
    forms = [row["text"][e["start_offset"] : e["end_offset"]] for e in row["entities"]]
    assert [(forms[r["from_id"]], r["type"], forms[r["to_id"]]) for r in row["relations"]] == [
        ("捐赠", "donor", "白鹭区工商联"),
        ("捐赠", "date", "3月5日"),
    ]


def test_rows_of_the_corpus_come_back_as_they_are(tmp_path: Path) -> None:
    source = "=== x-1 genre=village\n# [青禾县|GPE]\n[捐赠|EVENT donation.1][[青禾县|GPE]小学|FILLER recipient.1][5元|MONEY free]😀[青禾|GPE]"
    row = to_row(next(parse_batch(source)))
    assert rows_of(put(tmp_path / "train.jsonl", row)) == [row]
    way = {"sha256": "0" * 64, "runs": [[0, 3, 9]]}
    pushed = row | {"source": way | {"spans": []}, "confidence": [1.0]}
    assert rows_of(put(tmp_path / "next.jsonl", pushed)) == [row | {"source": way}]
    (tmp_path / "x.txt").write_text(source, encoding="utf-8")
    assert rows_of(tmp_path / "x.txt") == [row]


def test_line_separators_inside_a_text_do_not_cut_its_row(tmp_path: Path) -> None:
    text = "甲\u2028青禾县\u0085\r\n　青禾县"
    path = put(tmp_path / "all.jsonl", {"text": text, "label": [[2, 5, "GPE"], [9, 12, "GPE"]]})
    assert [text[a:b] for a, b, _ in spans(rows_of(path)[0])] == ["青禾县", "青禾县"]


def test_members_of_a_zip_and_of_a_folder_are_labellings_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "members"
    folder.mkdir()
    put(folder / "li.jsonl", {"text": TEXT, "label": LABELS, "doc_id": "n-1", "Comments": ["看不清"]})
    put(folder / "wang.jsonl", {"text": TEXT, "label": LABELS[:2], "doc_id": "n-1"})
    (folder / "unknown.jsonl").write_text("\n", encoding="utf-8")
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in folder.iterdir():
            packed.write(file, file.name)
    for path in (folder, archive):
        li, _unknown, wang = sorted(read_labellings(path), key=lambda labelling: labelling.name)
        assert (li.rows[0]["annotators"], li.rows[0]["comments"]) == (["li"], ["看不清"])
        assert len(wang.rows[0]["entities"]) == 2
        with pytest.raises(FlavourError, match="'n-1' was labelled by li, wang; choose with --member, or settle it"):
            one_labelling([li, wang])
        assert one_labelling([li, wang], "wang").rows == wang.rows
        with pytest.raises(FlavourError, match="--member zhao: labelled nothing here; there are li, wang"):
            one_labelling([li, wang], "zhao")


def test_members_who_export_conll_stay_apart_and_get_records(tmp_path: Path) -> None:
    for name in ("li", "wang"):
        (tmp_path / f"{name}.conll").write_text(f"# doc_id = n-1\n{conll(TEXT)}", encoding="utf-8")
    li, wang = read_labellings(tmp_path)
    assert (li.member, wang.member) == ("li", "wang")
    found, faults = with_records(li, lambda row, anchor: "donation")
    assert [record["type"] for record in found.rows[0]["records"]] == ["donation"]
    assert faults == ()


def test_names_in_chinese_renamed_and_dropped_labels(tmp_path: Path) -> None:
    labels = [[0, 4, "日期"], [5, 11, "单位"], [12, 15, "行政区域"], [15, 17, "备注"]]
    path = put(tmp_path / "all.jsonl", {"text": TEXT, "label": labels})
    conventions = Conventions(rename={"单位": "ORG"}, drop=frozenset(["备注"]))
    assert spans(rows_of(path, conventions)[0]) == SPANS[:3]


def test_words_with_tags_are_joined_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "words.conll"
    words = "青禾县 B-GPE\n与 O\nGreen B-ORG\nHope I-ORG\n签约 S-EVENT\n2031 B-DATE\n年 L-DATE\n"
    path.write_text(f"# doc_id = n-7\n{words}\n青禾 U-GPE\n", encoding="utf-8")
    first, second = rows_of(path)
    assert (first["doc_id"], first["text"]) == ("n-7", "青禾县与Green Hope签约2031年")
    assert [first["text"][a:b] for a, b, _ in spans(first)] == ["青禾县", "Green Hope", "签约", "2031年"]
    assert (second["doc_id"], second["text"]) == ("words-2", "青禾")
    path.write_text(f"-DOCSTART- O\n\n{words}\n青禾 U-GPE\n", encoding="utf-8")
    assert rows_of(path)[0]["text"] == "青禾县与Green Hope签约2031年\n青禾"


WIDE = "😀" + TEXT


@pytest.mark.parametrize("counting", [Counting.utf16, Counting.codepoints])
def test_what_offsets_count_is_found_from_the_text(tmp_path: Path, counting: Counting) -> None:
    shift = 2 if counting is Counting.utf16 else 1
    path = put(tmp_path / "all.jsonl", {"text": WIDE, "label": [[a + shift, b + shift, c] for a, b, c in SPANS]})
    expected = [(a + 1, b + 1, c) for a, b, c in SPANS]
    assert spans(rows_of(path)[0]) == expected
    assert spans(rows_of(path, Conventions(counting))[0]) == expected


@given(st.text(st.sampled_from("😀𠮷\n"), max_size=6), st.booleans())
def test_forms_known_from_plain_texts_tell_what_offsets_count(prefix: str, utf16: bool) -> None:
    """Whatever wide characters come first, the names labelled in texts without them decide."""
    plain = Given("f:1", TEXT, tuple(GivenSpan(*span, key) for key, span in enumerate(SPANS)), (), {})
    text = prefix + TEXT
    offsets = Offsets(text)
    placed = [(a + len(prefix), b + len(prefix), label) for a, b, label in SPANS]
    counted = [(offsets.to_utf16(a), offsets.to_utf16(b), label) if utf16 else (a, b, label) for a, b, label in placed]
    wide = Given("f:2", text, tuple(GivenSpan(*span, key) for key, span in enumerate(counted)), (), {})
    assert counts_utf16([plain, wide]) == (utf16 and offsets.first_wide is not None)


def test_contradiction_and_doubt_about_offsets_are_named(tmp_path: Path) -> None:
    beyond, inside = [[4, 6, "GPE"]], [[1, 3, "GPE"]]
    path = put(tmp_path / "all.jsonl", {"text": "😀😀青禾", "label": beyond}, {"text": "😀青禾", "label": inside})
    with pytest.raises(FlavourError, match=r"all.jsonl:1 .*and .*all.jsonl:2 .*count differently.*import them apart"):
        rows_of(path)
    path = put(tmp_path / "all.jsonl", {"text": "😀青禾青禾青禾", "label": [[2, 4, "GPE"]]})
    with pytest.raises(FlavourError, match=r"all.jsonl:1: offsets behind an emoji may count .*say --offsets utf16"):
        rows_of(path)
    assert spans(rows_of(path, Conventions(Counting.utf16))[0]) == [(1, 3, "GPE")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"text": TEXT, "label": [[0, 4, "PERSON"]]},
            "label 'PERSON' is not one of ORG, .*--rename PERSON=ORG or --drop",
        ),
        (
            {"text": TEXT, "label": [[0, 99, "DATE"]]},
            r"DATE \[0, 99\) lies outside the text .* has 22 characters, correct",
        ),
        ({"text": TEXT, "label": [[4, 4, "DATE"]]}, "holds nothing"),
        (
            {"text": TEXT, "label": [[5, 11, "ORG"], [5, 8, "GPE"]]},
            r"'白鹭区' .* overlaps '白鹭区工商联' .*; keep the longer",
        ),
        ({"text": TEXT, "label": [[5, 11]]}, r"labels of another shape .*; right would be \[start, end, label\]"),
        ({"text": TEXT, "label": [["0", 4, "DATE"]]}, "is not two whole numbers and a name; export it again"),
        ({"text": TEXT}, r"has neither label nor entities; export the project as JSONL or JSONL\(Relation\)"),
        ({"label": []}, "has no text; a row holds text and label"),
        ({"text": TEXT, "label": [], "text_sha256": "0" * 64}, "not the one of its text_sha256; it was changed"),
        (
            {"text": TEXT, "entities": ENTITIES, "relations": [{"from_id": 903, "to_id": 901, "type": "likes"}]},
            "relation 'likes' is neither a role nor date, .*; say --rename likes=party or --drop likes",
        ),
        (
            {"text": TEXT, "entities": ENTITIES, "relations": [{"from_id": 903, "to_id": 5, "type": "donor"}]},
            "relation 'donor' names the span 5 that the row does not hold; export it again",
        ),
        ([1], "no object; a row holds text and label"),
    ],
)
def test_faults_name_file_line_and_remedy(tmp_path: Path, row: Any, message: str) -> None:
    good = {"text": TEXT, "label": LABELS, "doc_id": "good"}
    path = tmp_path / "all.jsonl"
    put(path, good, row)
    with pytest.raises(FlavourError, match=f"all.jsonl:2: .*{message}"):
        rows_of(path)


def test_a_split_pair_and_a_name_used_twice_are_named(tmp_path: Path) -> None:
    path = put(tmp_path / "all.jsonl", {"text": "😀青禾", "label": [[1, 4, "GPE"]]})
    with pytest.raises(FlavourError, match=r"GPE \[1, 4\) splits a character of two UTF-16 units; see --offsets"):
        rows_of(path, Conventions(Counting.utf16))
    row = {"text": TEXT, "label": [], "doc_id": "n-1"}
    with pytest.raises(FlavourError, match=r"all.jsonl:2: 'n-1' stands at .*all.jsonl:1 too; keep one of them"):
        rows_of(put(path, row, row))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = put(tmp_path / "all.jsonl", *({"text": TEXT, "label": [[0, 4, label]]} for label in ("A", "B")))
    with pytest.raises(FlavourError) as fault:
        rows_of(path)
    assert [line.split(": ")[0] for line in str(fault.value).split("\n")] == [f"{path}:1", f"{path}:2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xc4\xe3\xba\xc3", r"not UTF-8 \(byte 0\); export it again, or save it as UTF-8"),
        (b"hello\n", "of no known flavour .*; right would be doccano's JSON Lines, CoNLL or a batch file"),
        (b'{"text": "x"\n', "x.jsonl:1: not JSON .*; one object a line is expected"),
        (b'[{"text": "x"]\n', "x.jsonl:1: not JSON .*; a list of objects is expected"),
        ("云 B-GPE\n岭\n".encode(), "x.jsonl:2: '岭' is no token and tag; right would be 云 B-GPE"),
        ("=== x-1\n[云岭|\n".encode(), "x.jsonl:2: mark .* is not closed"),
        (b"PK\x03\x04broken", "broken zip .*; export it again"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(FlavourError, match=message):
        read_labellings(path)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FlavourError, match=r"holds no labelled files; they end in .jsonl"):
        read_labellings(tmp_path)
