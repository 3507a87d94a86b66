"""The report in a real browser, without a network: search, filter, sort, open the text, by mouse and keyboard, on a phone."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.records import EventRecord
from pipeline.report.page import report_page

sync_api = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SAMPLES = Path(__file__).parent / "output_versions" / "1.0"
# 𠮷 is one code point and two units of JavaScript's strings: marks must not shift behind it.
HOSTILE = '𠮷村"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>青桐公司捐赠80万元。'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine; apt-get install chromium brings it"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the composed sample and of a document that tries to run a script."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "in" / "样例").mkdir(parents=True)
    shutil.copy(SAMPLES / "简报.txt", folder / "in" / "样例")
    (folder / "in" / "乙.txt").write_text(HOSTILE, encoding="utf-8")
    start = HOSTILE.index("青桐公司")
    span = {"text": "青桐公司", "start": start, "end": start + 4}
    amount = {"text": "80万元", "start": start + 6, "end": start + 10, "value": "800000", "lower": None, "upper": None}
    amount |= {"currency": "CNY", "approximate": False, "per": None, "kind": "cash"}
    record = json.loads((SAMPLES / "events.jsonl").read_text(encoding="utf-8").splitlines()[0])
    record |= {"event_id": "乙.txt#1", "doc_id": "乙.txt", "sha256": hashlib.sha256(HOSTILE.encode()).hexdigest()}
    record |= {"anchors": [], "date": None, "places": [], "items": [], "amounts": [amount], "confidence": 0.2}
    record["participants"] = [span | {"role": "donor", "label": "ORG", "canonical": HOSTILE, "confidence": 0.5}]
    record["evidence"] = {"text": HOSTILE, "start": 0, "end": len(HOSTILE)}
    line = json.dumps(EventRecord.model_validate(record).model_dump(mode="json"), ensure_ascii=False)
    (folder / "events.jsonl").write_text(
        (SAMPLES / "events.jsonl").read_text(encoding="utf-8") + line + "\n", encoding="utf-8"
    )
    entities = json.loads((SAMPLES / "entities.jsonl").read_text(encoding="utf-8"))
    entities["blocks"] = [{"page": page, "box": None, "start": at, "end": at + 1} for page, at in ((6, 0), (7, 8))]
    (folder / "entities.jsonl").write_text(json.dumps(entities, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(report_page(folder, folder / "in"), encoding="utf-8")
    return folder / "report.html"


@pytest.fixture(scope="module")
def chromium() -> Iterator["sync_api.Browser"]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, chromium: "sync_api.Browser", report: Path) -> Iterator["sync_api.Page"]:
    """The page as it opens; at the end of each test nothing was fetched, nothing complained and no script got in."""
    size = {"desktop": (1280, 900), "phone": (390, 844)}[request.param]
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
    opened = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    opened.on("request", lambda sent: requests.append(sent.url))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(report.as_uri())
    yield opened
    assert [url for url in requests if not url.startswith("data:")] == [report.as_uri()]
    assert complaints == []
    assert opened.evaluate("window.hacked") is None
    context.close()


def rows(page: "sync_api.Page") -> list[str]:
    return list(page.locator("#rows .open").all_text_contents())


def test_search_finds_words_of_names_amounts_and_text(page: "sync_api.Page") -> None:
    assert len(rows(page)) == 10
    page.fill("#search", "小杂粮")
    assert rows(page) == ["青桐食品有限公司 → （未写明）"]
    page.fill("#search", "盐津 ２０万")  # each word, full-width digits too
    assert rows(page) == ["青桐食品有限公司 → 盐津县云和小学"]
    page.fill("#search", "没有这个词")
    assert page.locator("#rows .none").text_content() == "没有符合条件的事件；放宽条件再试。"
    page.click("#reset")
    assert len(rows(page)) == 10


def test_filters_by_type_year_place_money_and_confidence(page: "sync_api.Page") -> None:
    page.click("#types button[data-type=donation]")
    assert page.locator("#found").text_content() == "共 10 件，符合条件 4 件"
    assert page.locator("#types button[data-type=donation]").get_attribute("aria-pressed") == "true"
    page.click("#types button[data-type='']")
    page.select_option("#year", "2032")
    assert rows(page) == ["松岭区 → （未写明）"]
    page.select_option("#year", "")
    page.select_option("#place", "云南省昭通市盐津县")
    assert rows(page) == ["青桐食品有限公司 → 盐津县云和小学", "白鹭物流有限公司、滩头乡"]
    page.click("#reset")
    page.select_option("#money-only", "0")
    assert len(rows(page)) == 4
    page.select_option("#money-only", "")
    page.locator("#confidence").fill("50")
    assert page.locator("#found").text_content() == "共 10 件，符合条件 8 件"


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_round(page: "sync_api.Page") -> None:
    amounts = page.locator("#rows td.amount")
    page.click("button[data-sort=amount]")
    assert amounts.all_text_contents()[:3] == ["300余万元", "数百万元", "80万元"]
    assert page.locator("th[aria-sort=descending]").text_content() == "金额"
    page.click("button[data-sort=amount]")
    assert amounts.all_text_contents()[:2] == ["800元", "约4.5万元"]
    assert amounts.all_text_contents()[-1] == "—"  # what is not known stays last


def test_a_click_opens_the_text_with_its_marks(page: "sync_api.Page") -> None:
    page.locator("#rows tr").first.click()
    source = page.locator("#source")
    assert source.locator("mark.argument").all_text_contents() == [
        *("2031年3月5日", "青桐食品有限公司", "云南省昭通市盐津县", "捐赠仪式", "盐津县云和小学", "捐赠"),
        *("20万元", "图书500册"),
    ]
    assert source.locator(".role").all_text_contents()[:3] == ["日期", "捐赠方", "地点"]
    labels = {"ORG": "青桐食品有限公司", "GPE": "云南省昭通市盐津县", "MONEY": "20万元", "DATE": "2031年3月5日"}
    for label, text in labels.items():
        assert source.locator(f"mark.entity[data-label={label}]").first.text_content() == text
    colours = {
        mark.evaluate("mark => getComputedStyle(mark).backgroundColor") for mark in source.locator("mark.entity").all()
    }
    assert len(colours) == 5  # one for each label of the sample
    assert source.locator("mark.argument").first.is_visible()
    assert page.locator("#source-name").text_content() == "样例/简报.txt，第 7 页"
    assert "云溪县帮扶简报" in (source.text_content() or "")  # the whole text, not only the sentence
    assert "200,000 CNY" in (page.locator("#facts").text_content() or "")


def test_the_keyboard_is_enough(page: "sync_api.Page") -> None:
    page.keyboard.press("/")
    page.keyboard.type("白鹭")
    assert len(rows(page)) == 2
    page.locator("#rows .open").first.focus()
    page.keyboard.press("Enter")
    title = page.locator("#detail-title")
    assert title.text_content() == "签约结对：白鹭物流有限公司、滩头乡"
    page.keyboard.press("ArrowRight")
    assert title.text_content() == "表彰授予：白鹭物流有限公司"
    assert page.locator("#next").is_disabled()
    page.keyboard.press("Escape")
    assert not page.locator("#detail").is_visible()
    # A dialog tells that it has closed in a task of its own, after it is hidden: the focus moves then.
    page.wait_for_function("document.activeElement.textContent === '白鹭物流有限公司'", timeout=5_000)


def test_a_bar_lists_its_events(page: "sync_api.Page") -> None:
    page.click("#panels button >> text=采购认购")
    bars = page.locator(".panel:not([hidden]) figure button:not([disabled])")
    assert bars.first.locator(".name").text_content() == "青桐食品有限公司"
    bars.first.click()
    assert "青桐食品有限公司 → （未写明）" in rows(page)
    assert page.locator("#search").input_value() == "青桐食品有限公司"


def test_nothing_is_wider_than_the_screen(page: "sync_api.Page") -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#rows tr").first.click()
    assert page.evaluate("document.querySelector('#detail').scrollWidth <= innerWidth")


def test_a_hostile_text_is_shown_and_does_nothing(page: "sync_api.Page") -> None:
    page.fill("#search", "onerror")
    page.locator("#rows tr").first.click()
    source = page.locator("#source")
    assert source.locator("mark.argument").all_text_contents() == ["青桐公司", "80万元"]
    assert (
        "".join(
            source.evaluate("box => [...box.childNodes].filter(n => n.className !== 'role').map(n => n.textContent)")
        )
        == HOSTILE
    )
    assert page.locator("img").count() == 0
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None


def test_dark_and_light(page: "sync_api.Page") -> None:
    def paper() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = paper()
    page.emulate_media(color_scheme="dark")
    dark = paper()
    assert dark != light
    page.click("#theme")
    assert paper() == light
