"""What people see: characters are selected with the mouse on doccano's own page and pulled; two labellings stand side by side.

``SCREENSHOTS=docs/images pytest -m slow tests/test_desk_browser.py`` makes the pictures of the documentation anew.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_fixtures import Doccano, Person
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Screen
from typer.testing import CliRunner

from training.corpus import Row, to_row
from training.desk.commands import app
from training.desk.pull import pull
from training.desk.push import push
from training.markup import parse_batch

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
SUGGESTED = """\
=== 荷风助学.txt genre=desk published=2031-03-09
# 😀𠮷野山下的新书包
[3月5日|DATE date.1]，[滨河区荷风商贸有限公司|ORG donor.1]向[云岭县梨坪小学|ORG recipient.1][捐赠|EVENT donation.1][书包120个|ITEM item.1]，价值[1.8万元|MONEY amount.1 kind=valuation]。
随后，公司职工走访了梨坪村，在操场上同孩子们一起升旗。
"""
CROSS = "M19,6.41L17.59,5L12,10.59L6.41,5L5,6.41L10.59,12L5,17.59L6.41,19L12,13.41L17.59,19L19,17.59L13.41,12L19,6.41Z"
TICK = "M21,7L9,19L3.5,13.5L4.91,12.09L9,16.17L19.59,5.59L21,7Z"
"""Drawings on the button that confirms a document: not yet, and done."""
CHARACTER = """
([form, nth]) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const at = node.textContent.indexOf(form);
    if (at < 0 || !node.parentElement.closest('svg text')) continue;
    const range = document.createRange();
    range.setStart(node, at + nth); range.setEnd(node, at + nth + 1);
    const box = range.getBoundingClientRect();
    return [box.left, box.right, (box.top + box.bottom) / 2];
  }
  return null;
}
"""
"""Where on the screen character ``nth`` of a form is; forms here have no characters of two units."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium; apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go."""
    return Path(os.environ.get("SCREENSHOTS") or tmp_path)


@pytest.fixture
def page(doccano: Doccano, browser: Browser) -> Iterator[Screen]:
    """A browser in which the administrator has logged in."""
    context = browser.new_context(viewport={"width": 1400, "height": 800}, locale="en-GB")
    login = {"username": doccano.connection.user, "password": doccano.connection.password}
    assert context.request.post(f"{doccano.connection.url}/v1/auth/login/", data=login).ok
    yield context.new_page()
    context.close()


def select(page: Screen, form: str) -> None:
    """Draw the mouse from the first character of a form to its last."""
    left, _, height = page.evaluate(CHARACTER, [form, 0])
    _, right, _ = page.evaluate(CHARACTER, [form, len(form) - 1])
    page.mouse.move(left + 1, height)
    page.mouse.down()
    page.mouse.move((left + right) / 2, height, steps=5)
    page.mouse.move(right - 1, height, steps=5)
    page.mouse.up()


def spans(row: Row) -> list[tuple[str, str]]:
    """The labelled forms of a row with their labels."""
    return [(row["text"][one["start_offset"] : one["end_offset"]], one["label"]) for one in row["entities"]]


def test_characters_selected_behind_an_emoji_are_the_ones_pulled(
    doccano: Doccano, admin: Person, page: Screen, pictures: Path
) -> None:
    row: dict[str, Any] = to_row(next(parse_batch(SUGGESTED)))
    push([row | {"confidence": [0.97, 0.91, 0.88, 0.95, 0.74, 0.99]}], "荷风", doccano.connection)
    project = admin.project("荷风")

    page.goto(f"{doccano.connection.url}/projects/{project}/sequence-labeling?page=1")
    page.wait_for_selector("svg text")
    page.wait_for_timeout(1500)
    page.screenshot(path=pictures / "labelling-suggestions.png")
    select(page, "梨坪村")
    menu = page.locator(".v-menu__content.menuable__content__active")
    menu.wait_for()
    page.wait_for_timeout(800)  # it fades in
    page.screenshot(path=pictures / "labelling-choice.png")
    menu.locator(".v-list-item", has_text="GPE").first.click()
    page.wait_for_timeout(800)
    select(page, "走访")
    menu.wait_for()
    menu.locator(".v-list-item", has_text="EVENT").first.click()
    page.wait_for_timeout(800)
    page.locator("button", has=page.locator(f"path[d='{CROSS}']")).first.click()
    page.locator("button", has=page.locator(f"path[d='{TICK}']")).first.wait_for()
    page.wait_for_timeout(800)
    page.screenshot(path=pictures / "labelling-done.png")

    found = pull("荷风", doccano.connection).rows[0]
    assert (found["text"], found["confirmed"]) == (row["text"], True)
    assert sorted({*spans(row), ("梨坪村", "GPE"), ("走访", "EVENT")}) == sorted(set(spans(found)))


OTHERWISE = SUGGESTED.replace("[云岭县梨坪小学|ORG recipient.1]", "[云岭县|GPE]梨坪小学").replace(
    "走访了梨坪村", "[走访|EVENT visit.2]了[梨坪村|GPE host.2]"
)


def test_disagreements_stand_side_by_side_at_the_same_height(browser: Browser, pictures: Path, tmp_path: Path) -> None:
    for name, batch in (("li", SUGGESTED), ("wang", OTHERWISE)):
        (tmp_path / f"{name}.txt").write_text(batch, encoding="utf-8")
    file = tmp_path / "disagreements.html"
    result = CliRunner().invoke(
        app, ["agreement", *(str(tmp_path / f"{n}.txt") for n in ("li", "wang")), "--page", str(file)]
    )
    assert result.exit_code == 0, result.output
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.goto(file.as_uri())
    page.screenshot(path=pictures / "disagreements.png", full_page=True)
    sides = [page.locator(f"table.sides td:nth-child({number}) mark.disputed").first for number in (1, 2)]
    assert [side.inner_text().removeprefix("ORG").removeprefix("GPE").strip() for side in sides] == [
        "云岭县梨坪小学",
        "云岭县",
    ]
    boxes = [side.bounding_box() for side in sides]
    left, right = (box for box in boxes if box)
    assert left["x"] + left["width"] < 550 < right["x"]
    assert left["y"] == right["y"]
    assert page.locator("table.sides mark.empty").all_inner_texts() == ["走访", "梨坪村"]
    assert "记录 visit「走访」：wang有，li没有" in page.locator("ul.records").inner_text()
    context.close()
