"""The header of a stay: who it is of and with which diagnoses, all of it as text."""

from playwright.sync_api import expect

from tests.browser.bench import heard, opened, role


def test_diagnoses_stand_beside_the_patient(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    expect(role(page, "who")).to_contain_text("diagnostics I48")
    expect(role(page, "diagnoses")).to_have_attribute("title", "diagnostics I48")


def test_a_stay_without_any_says_nothing_of_them(page, server):
    page.goto(f"{server}/?stay=S2&alert=al3")
    heard(page, "al3")
    expect(role(page, "diagnoses")).to_have_count(0)
