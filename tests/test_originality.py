"""Text that stands twice is found: templates with other names, and sentences of real documents."""

from pathlib import Path

import pytest

from training.markup import Bulletin, parse_batch
from training.originality import copied_windows, excused_phrases, read_stock, shared_windows


def bulletins(*lines: str) -> list[Bulletin]:
    return list(parse_batch("\n".join(f"=== x-{number}\n{line}" for number, line in enumerate(lines))))


def test_a_template_with_other_names_is_found() -> None:
    one = "[青桐公司|ORG]向山里的孩子们送去了崭新的书包和[5万元|MONEY free]"
    other = "[白杨公司|ORG]向山里的孩子们送去了崭新的书包和[80万元|MONEY free]"
    different = "[3月5日|DATE]清晨，雾还没散，村口已经排起了长队等着量血压"
    shares = shared_windows(bulletins(one, other, different), [])
    assert [shares[f"x-{n}"][0] for n in range(3)] == [1.0, 1.0, 0.0]


def test_stock_phrases_do_not_count() -> None:
    lines = ("甲乙丙丁戊己庚辛壬癸子丑寅卯", "前甲乙丙丁戊己庚辛壬癸子丑寅卯后")
    assert shared_windows(bulletins(*lines), [])["x-0"][0] == 1.0
    assert shared_windows(bulletins(*lines), ["乙丙丁戊己庚辛壬癸"])["x-0"][0] == 0.0


def test_a_copied_sentence_is_found_across_line_breaks(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("……山高路远，但再远的路也挡\n不住送教上门的脚步。", encoding="utf-8")
    copied = bulletins("再远的路也挡不住送教上门的脚步。", "完全是另外一句话，一个字也没有照抄。")
    assert {name for name, _ in copied_windows(copied, tmp_path, [])} == {"x-0"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [("一" * 17, "at most 16 are"), ("\n".join(f"短语{n}" for n in range(201)), "at most 200")],
)
def test_the_list_of_stock_phrases_is_short(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "stock.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=fault):
        read_stock(path)


def test_a_stock_phrase_that_a_real_document_holds_too_is_no_fault_but_is_listed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("某区东西部协作和对口支援工作座谈会昨日举行", encoding="utf-8")
    stock = ["东西部协作和对口支援工作", "签约仪式"]
    made = bulletins("东西部协作和对口支援工作座谈会昨日开过了。")
    assert not list(copied_windows(made, tmp_path, stock))
    assert excused_phrases(made, tmp_path, stock) == {"东西部协作和对口支援工作": ["x-0"]}
