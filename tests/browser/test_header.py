"""The header of a stay and the foot of the workbench, in words."""

import re

from playwright.sync_api import expect

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
