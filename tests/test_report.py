"""The report: one page with everything inside, sums as the ledger has them, texts only where they are the very ones."""

import base64
import hashlib
import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sample_events import TEXT, donation, money, party, span, write_lines
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.ledger import make_ledger
from pipeline.records import EventRecord
from pipeline.report import page
from pipeline.report.charts import panels
from pipeline.report.page import report_page
from pipeline.report.rows import event_row
from pipeline.report.sources import source_text
from pipeline.report.summary import cards, lead, not_counted

HOSTILE = (
    '</script><script>window.hacked=1</script><img src=x onerror="hacked=1">{{ 7*7 }}\u2028&amp;青桐公司捐赠20万元。'
)


class Page(HTMLParser):
    """Counts the elements of a page and keeps its scripts, styles and the addresses it names."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[str] = Counter()
        self.inside: list[str] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.addresses: list[str] = []
        self.policy = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.inside = [tag]
        known = dict(attrs)
        self.addresses += [known[name] or "" for name in ("src", "href", "action", "srcset") if name in known]
        if known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known["content"] or ""
        if tag in self.texts:
            self.texts[tag].append("")
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:
        self.inside = []

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] in self.texts:
            self.texts[self.inside[-1]][-1] += data

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.texts["script"][0]))


def output(folder: Path, records: list[EventRecord], entities: list[dict[str, Any]] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    write_lines(folder / "events.jsonl", records)
    if entities is not None:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in entities]
        (folder / "entities.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def entities_row(record: EventRecord) -> dict[str, Any]:
    spans = [span("青桐食品有限公司") | {"label": "ORG"}, span("20万元") | {"label": "MONEY"}]
    return {"doc_id": record.doc_id, "sha256": record.sha256, "entities": spans}


def test_the_page_holds_all_it_needs_and_names_no_address(tmp_path: Path) -> None:
    html = report_page(output(tmp_path / "out", [donation()]))
    found = Page(html)
    assert set(found.addresses) == {"data:,", "#events"}
    assert "default-src 'none'" in found.policy
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in html
    for text in (found.texts["script"][1], found.texts["style"][0]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in found.policy


def test_a_hostile_text_stays_text(tmp_path: Path) -> None:
    plain = Page(report_page(output(tmp_path / "plain", [donation()])))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(HOSTILE, encoding="utf-8")
    names = {"participants": [party("donor", HOSTILE, text=HOSTILE)], "amounts": [money("20万元", "200000", HOSTILE)]}
    record = donation(
        text=HOSTILE, date=span("20万元", HOSTILE) | dict.fromkeys(("edtf", "first_day", "last_day")), **names
    )
    folder = output(tmp_path / "out", [record, donation(2, HOSTILE, doc_id=HOSTILE, **names)])
    found = Page(report_page(folder, tmp_path / "in"))
    assert found.elements["script"] == plain.elements["script"] == 2
    assert found.elements["img"] == 0
    assert found.data["documents"]["a.txt"]["text"] == HOSTILE
    assert found.data["documents"][HOSTILE]["text"] is None
    assert {event["quote"] for event in found.data["events"]} == {"".join(HOSTILE.split())}


def test_an_event_row_says_who_what_when_where() -> None:
    row = event_row(donation())
    assert (row["title"], row["day"], row["amount"]) == ("青桐食品有限公司 → 盐津县云和小学", "2031-03-05", "20万元")
    assert (row["years"], row["counties"], row["size"]) == (["2031"], ["云南省昭通市盐津县"], 200000.0)
    marked = {TEXT[start:end]: role for start, end, role in row["arguments"]}
    assert marked == {
        "捐赠": "事件",
        "青桐食品有限公司": "捐赠方",
        "盐津县云和小学": "受助方",
        "20万元": "金额",
        "图书500册": "物品",
        "云南省昭通市盐津县": "地点",
        "2031年3月5日": "日期",
    }
    facts = dict(row["facts"])
    assert facts["金额"] == [("20万元", "200,000 CNY")]
    assert facts["物品"] == [("图书500册", "图书 × 500册")]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"participants": [party("donor", "青桐食品有限公司")]}, "title", "青桐食品有限公司 → （未写明）"),
        ({"type": "gathering", "participants": [party("organizer", "盐津县", "GPE")]}, "title", "盐津县"),
        ({"participants": []}, "title", "捐赠"),
        ({"participants": [], "anchors": []}, "title", TEXT[:20]),
        ({"status": "planned", "is_total": True}, "tags", ["合计", "计划中"]),
        ({"date": None}, "day", ""),
        ({"date": span("2031年") | {"edtf": "2031/..", "first_day": "2031-01-01", "last_day": None}}, "day", "2031"),
        (
            {"date": span("2031年") | {"edtf": "2031-33", "first_day": "2031-01-01", "last_day": "2031-03-31"}},
            "day",
            "2031-01-01",
        ),
        ({"amounts": [money("20万元", None, lower="100000")]}, "size", 100000.0),
        ({"amounts": []}, "size", None),
    ],
)
def test_what_a_row_shows_when_little_is_known(changes: dict[str, Any], field: str, value: object) -> None:
    assert event_row(donation(**changes))[field] == value


def test_sums_are_those_of_the_ledger() -> None:
    valued = [money("20万元", "45000", kind="valuation", approximate=True)]
    records = [
        donation(1),
        donation(2, doc_id="b.txt", amounts=valued),
        donation(3, doc_id="c.txt", is_total=True, amounts=[money("20万元", "900000")]),
        donation(4, doc_id="d.txt", status="planned"),
    ]
    ledger = make_ledger(records)
    [panel] = panels(ledger)
    assert panel.kinds == (("cash", "现金"), ("valuation", "物资折价"))
    by_title = {chart.title: chart for chart in panel.charts}
    assert list(by_title) == ["按捐赠方", "按受助方", "按县区", "按年份"]
    [bar] = by_title["按捐赠方"].bars
    assert (bar.name, bar.sums, bar.records) == (
        "青桐食品有限公司",
        (("cash", "20万元"), ("valuation", "约4.5万元")),
        "1+1 件",
    )
    assert [segment.length for segment in bar.segments] == [81.63, 18.37]
    assert by_title["按县区"].bars[0].value == "云南省昭通市盐津县"
    assert not_counted(ledger) == [("合计数，分项已经计入", 1), ("计划中的事件", 1)]
    shown = {card.name: (card.shown, card.unit, card.note) for card in cards(records, ledger, {})}
    assert shown["捐赠现金"] == ("20", "万元", "1 件；另有物资折价约4.5万元")
    assert shown["事件"] == ("4", "件", "其中计划中 1 件")


def test_a_long_chart_is_cut_and_says_so_and_the_unknown_comes_last() -> None:
    def given(number: int) -> EventRecord:
        name = party("donor", "青桐食品有限公司") | {"canonical": f"青桐第{number:02}食品有限公司"}
        amounts = [money("20万元", str(10000 * (number + 1)))]
        return donation(number, doc_id=f"{number}.txt", participants=[name] if number else [], amounts=amounts)

    [panel] = panels(make_ledger(given(number) for number in range(15)))
    chart = panel.charts[0]
    assert (len(chart.bars), chart.more) == (11, "前 10 个，共 14 个")
    assert (chart.bars[0].name, chart.bars[-1].name, chart.bars[-1].value) == ("青桐第14食品有限公司", "（未写明）", "")
    assert not [c for c in panel.charts if c.title == "按受助方"]  # nobody is named: no chart


def test_a_page_without_events_or_money_still_opens(tmp_path: Path) -> None:
    html = report_page(output(tmp_path / "out", []))
    assert Page(html).data["events"] == []
    assert "<figure" not in html
    assert lead([]) == "所述事件没有写明日期"


def test_the_text_is_shown_only_when_it_is_the_one_that_was_read(tmp_path: Path) -> None:
    record, folder = donation(), tmp_path / "in"
    folder.mkdir()
    row = {"doc_id": "a.txt", "sha256": record.sha256}
    assert source_text(row, tmp_path, None) is None
    assert source_text(row, tmp_path, folder) is None
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    assert source_text(row, tmp_path, folder) == TEXT
    (folder / "a.txt").write_text(TEXT + "改", encoding="utf-8")
    assert source_text(row, tmp_path, folder) is None
    (folder / "a.pdf").write_bytes(b"%PDF-1.4")
    assert source_text(row | {"doc_id": "a.pdf"}, tmp_path, folder) is None


def test_extracted_text_comes_from_the_output(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.pdf.txt").write_text(TEXT, encoding="utf-8")
    assert source_text({"doc_id": "a.pdf", "sha256": donation().sha256}, tmp_path, None) == TEXT


def test_an_id_that_leads_out_of_the_folder_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    for name in ("../a.txt", str(tmp_path / "a.txt")):
        assert source_text({"doc_id": name, "sha256": donation().sha256}, tmp_path / "out", tmp_path / "in") is None


def test_spans_come_along_for_the_very_text_only(tmp_path: Path) -> None:
    record = donation()
    other = entities_row(record) | {"sha256": "0" * 64}
    blocks = [
        {"page": page, "box": None, "start": at, "end": at + 5} for page, at in ((1, 0), (1, 6), (2, 12), (2, 18))
    ]
    folder = output(tmp_path / "out", [record], [other, entities_row(record) | {"blocks": blocks}])
    [document] = Page(report_page(folder)).data["documents"].values()
    assert [(TEXT[start:end], label) for start, end, label in document["entities"]] == [
        ("青桐食品有限公司", "ORG"),
        ("20万元", "MONEY"),
    ]
    assert document["pages"] == [[0, 1], [12, 2]]


def test_of_too_many_events_the_surest_are_listed_and_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MOST_EVENTS", 2)
    records = [donation(n, doc_id=f"{n}.txt", confidence=c) for n, c in enumerate((0.9, 0.2, 0.8))]
    data = Page(report_page(output(tmp_path / "out", records))).data
    assert [event["confidence"] for event in data["events"]] == [0.9, 0.8]
    assert data["left_out"] == 1


def test_too_much_text_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_CHARACTERS", len(TEXT))
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text(TEXT, encoding="utf-8")
    records = [donation(1), donation(2, doc_id="b.txt")]
    data = Page(report_page(output(tmp_path / "out", records), tmp_path / "in")).data
    assert [document["text"] for document in data["documents"].values()] == [TEXT, None]


def test_the_command_writes_the_same_page_every_time(tmp_path: Path) -> None:
    folder = output(tmp_path / "out", [donation()], [entities_row(donation())])
    assert CliRunner().invoke(app, ["report", str(folder)]).exit_code == 0
    assert CliRunner().invoke(app, ["report", str(folder), "--page", str(tmp_path / "x.html")]).exit_code == 0
    stdout = CliRunner().invoke(app, ["report", str(folder), "--page", "-"]).stdout_bytes
    assert (folder / "report.html").read_bytes() == (tmp_path / "x.html").read_bytes() == stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "events.jsonl: no such file; give the events.jsonl of an extraction"),
        (["out", "--sources", "nowhere"], "is no folder; give the folder that the extraction read"),
        (["out", "--page", "out"], "is a folder; give the name of a file"),
        (["broken"], "events.jsonl:1: the line: Invalid JSON"),
    ],
)
def test_wrong_use_gets_one_line_and_exit_code_2(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output(tmp_path / "out", [])
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "events.jsonl").write_text("{\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["report", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", "")
    assert "Traceback" not in result.stderr
