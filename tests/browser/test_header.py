"""The header of a stay and the foot of the workbench, in words."""

import re

import pytest
from playwright.sync_api import expect

from core.review.desk import enter
from tests.browser.bench import heard, opened, role, written


def test_diagnoses_stand_beside_the_patient(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    expect(role(page, "who")).to_contain_text("diagnostics I48")
    expect(role(page, "diagnoses")).to_have_attribute("title", "diagnostics I48")


def test_a_stay_without_any_says_nothing_of_them(page, server):
    page.goto(f"{server}/?stay=S2&alert=al3")
    heard(page, "al3")
    expect(role(page, "diagnoses")).to_have_count(0)


def test_one_alert_judged_is_said_in_the_singular(page, server):
    opened(page, server)
    expect(role(page, "session")).to_have_text("0 jugée")
    page.keyboard.press("x")
    written(page)
    expect(role(page, "ack")).to_contain_text("verdict enregistré à")
    expect(role(page, "session")).to_contain_text(re.compile(r"^1 jugée\b"))


def tall(page, what):
    return page.locator(what).bounding_box()["height"]


@pytest.mark.parametrize("size", [(800, 900), (800, 600), (960, 600), (1280, 720)])
def test_the_title_of_a_patient_leaves_the_lines_their_room(page, server, workspace, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    enter(workspace, "pharmacienne-au-nom-tout-de-meme-assez-long", "S1", "al1")
    opened(page, f"{server}/?stay=S1&alert=al1")
    expect(page.locator(".badges")).to_contain_text("Ouvert aussi par")
    assert tall(page, ".lines h2") < 70 and page.locator(".lines h2").bounding_box()["width"] > 200
    who, badges, tools, lines = (page.locator(f".lines {name}").first.bounding_box() for name in ("h2", ".badges", ".tools", ".gantt"))
    beside = badges["x"] >= who["x"] + who["width"] or badges["y"] >= who["y"] + who["height"]
    assert beside and tools["y"] >= badges["y"] + badges["height"] and lines["y"] > tools["y"] + tools["height"]
    assert lines["height"] >= 60 and tall(page, ".chart") > 200
    foot = page.locator(".buttons button").last.bounding_box()
    assert foot["x"] + foot["width"] <= size[0]


def test_an_open_sidebar_leaves_the_title_its_room(page, server, workspace):
    enter(workspace, "pharmacien-b", "S1", "al1")
    opened(page, f"{server}/?stay=S1&alert=al1")
    expect(page.locator(".badges")).to_contain_text("pharmacien-b")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_timeout(800)
    assert tall(page, ".lines h2") < 70


def test_the_language_chosen_is_that_of_an_address_that_says_none(page, server):
    opened(page, server)
    role(page, "language").click()
    expect(page.get_by_role("heading", name="To review")).to_be_visible()
    page.wait_for_function("document.cookie.includes('language=en')")
    page.goto(f"{server}/interactions")
    expect(page.get_by_role("link", name="To review").first).to_be_visible()


def test_turning_the_language_leaves_the_sidebar_closed(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    wide = "() => document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right"
    for language in ("To review", "À revoir", "To review"):
        role(page, "language").click()
        expect(page.get_by_role("heading", name=language)).to_be_visible()
        heard(page, "al1")
        page.wait_for_timeout(2500)  # it opened late, with what came after the page
        assert page.evaluate(wide) <= 0
