"""A labeller with a mouse: characters behind an emoji are selected on doccano's own page, labelled, pulled, and are the same."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_fixtures import Doccano, Person
from playwright.sync_api import Page, sync_playwright

from training.corpus import Row, to_row
from training.desk.pull import pull
from training.desk.push import push
from training.markup import parse_batch

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
SUGGESTED = """\
=== 荷风助学.txt genre=desk published=2031-03-09
# 😀𠮷野山下的新书包👨‍👩‍👧‍👦
[3月5日|DATE date.1]，[滨河区荷风商贸有限公司|ORG donor.1]向[云岭县梨坪小学|ORG recipient.1][捐赠|EVENT donation.1][书包120个|ITEM item.1]，价值[1.8万元|MONEY amount.1 kind=valuation]。
随后，公司职工走访了梨坪村，在操场上同孩子们一起升旗。
"""
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


@pytest.fixture
def page(doccano: Doccano) -> Iterator[Page]:
    if not CHROMIUM:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium; apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1400, "height": 800}, locale="en-GB")
        login = {"username": doccano.connection.user, "password": doccano.connection.password}
        assert context.request.post(f"{doccano.connection.url}/v1/auth/login/", data=login).ok
        yield context.new_page()
        browser.close()


def select(page: Page, form: str) -> None:
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


def test_characters_selected_behind_an_emoji_are_the_ones_pulled(doccano: Doccano, page: Page, tmp_path: Path) -> None:
    pictures = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    row: dict[str, Any] = to_row(next(parse_batch(SUGGESTED)))
    push(
        [row | {"confidence": [0.97, 0.91, 0.88, 0.95, 0.74, 0.99][: len(row["entities"])]}], "荷风", doccano.connection
    )
    admin = Person(doccano.connection.url, doccano.connection.user, doccano.connection.password)
    project = admin.project("荷风")

    page.goto(f"{doccano.connection.url}/projects/{project}/sequence-labeling?page=1")
    page.wait_for_selector("svg text")
    page.wait_for_timeout(1500)
    page.screenshot(path=pictures / "labelling-suggestions.png")
    select(page, "梨坪村")
    menu = page.locator(".v-menu__content.menuable__content__active")
    menu.wait_for()
    page.screenshot(path=pictures / "labelling-choice.png")
    menu.locator(".v-list-item", has_text="GPE").first.click()
    page.wait_for_timeout(800)
    select(page, "走访")
    menu.wait_for()
    menu.locator(".v-list-item", has_text="EVENT").first.click()
    page.wait_for_timeout(800)
    page.screenshot(path=pictures / "labelling-done.png")

    found = pull("荷风", doccano.connection).rows[0]
    assert found["text"] == row["text"]
    assert sorted({*spans(row), ("梨坪村", "GPE"), ("走访", "EVENT")}) == sorted(set(spans(found)))
