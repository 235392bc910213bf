"""The keyboard stays where it stands, and each control of the workbench can be used with it alone."""

import pytest
from playwright.sync_api import expect

from core.review.register import reviews
from tests.browser.bench import heard, opened, role, written

STAY = "?stay=S1&alert=al1"


def pressed(page, name: str, key: str = "Enter"):
    """A key on a control by its name; gives the control."""
    role(page, name).focus()
    page.keyboard.press(key)
    return role(page, name)


def alert_here(page) -> str:
    return page.locator("html").get_attribute("data-review-keys").split(":")[0]


@pytest.mark.parametrize(("there", "back"), [("next", "previous"), ("verdict-reject", "undo")])
def test_the_keyboard_stays_on_the_button_that_was_pressed(page, server, there, back):
    opened(page, f"{server}/{STAY}")
    for name, after in ((there, "al3"), (back, "al1")):
        button = pressed(page, name)
        heard(page, after)
        written(page)
        expect(button).to_be_focused()


def test_a_verdict_by_mouse_leaves_the_keyboard_on_its_button(page, server):
    opened(page, f"{server}/{STAY}")
    role(page, "verdict-confirm").click()
    heard(page, "al3")
    expect(role(page, "verdict-confirm")).to_be_focused()


def test_the_keyboard_stays_on_a_tab_that_is_opened_and_on_it_from_alert_to_alert(page, server):
    opened(page, f"{server}/{STAY}")
    tab = pressed(page, "tab-whatif")
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(tab).to_be_focused()
    page.keyboard.press("j")
    heard(page, "al3")
    expect(tab).to_be_focused()


def test_a_button_held_by_the_keyboard_or_clicked_twice_writes_one_verdict(page, server, workspace):
    opened(page, f"{server}/{STAY}")
    role(page, "verdict-reject").focus()
    for _ in range(40):  # as a keyboard repeats: down again without up
        page.keyboard.down("Enter")
        page.wait_for_timeout(25)
    page.keyboard.up("Enter")
    heard(page, "al3")
    role(page, "verdict-confirm").dblclick()
    written(page)
    page.wait_for_timeout(300)
    assert list(reviews(workspace)["alert_id"]) == ["al3", "al1"]


def test_lines_are_added_with_arrows_alone(page, server):
    opened(page, f"{server}/{STAY}")
    chosen = page.locator("[data-role^=line-][aria-pressed=true]")
    before = chosen.count()
    adder = pressed(page, "add-line", "ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(100)
    assert chosen.count() == before
    page.keyboard.press("Enter")
    expect(chosen).to_have_count(before + 1)
    expect(chosen.last).to_contain_text("Furosémide")
    expect(adder).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    adder.focus()
    page.wait_for_timeout(100)
    assert chosen.count() == before + 1 and adder.input_value() == ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(chosen.last).to_contain_text("Paracétamol")


def test_another_alert_of_the_stay_is_opened_with_arrows_and_enter(page, server):
    opened(page, f"{server}/{STAY}&error_type=6.2")  # the other is not in this queue: it has to be fetched
    chooser = pressed(page, "alerts-of-stay", "ArrowDown")
    page.wait_for_timeout(300)
    assert alert_here(page) == "al1"
    page.keyboard.press("Enter")
    heard(page, "al2")
    expect(chooser).to_be_focused()
    expect(chooser).to_have_value("al2")


def test_a_list_chosen_from_with_the_mouse_acts_at_once_and_gives_the_keys_back(page, server):
    opened(page, f"{server}/{STAY}")
    chosen = page.locator("[data-role^=line-][aria-pressed=true]")
    before = chosen.count()
    role(page, "add-line").click()
    page.wait_for_timeout(300)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(chosen).to_have_count(before + 1)
    page.keyboard.press("j")
    heard(page, "al3")


def test_escape_leaves_the_comment_then_closes_the_panel_of_keys(page, server):
    opened(page, f"{server}/{STAY}")
    page.keyboard.press("h")
    role(page, "more").locator("summary").click()
    role(page, "comment").focus()
    page.keyboard.press("Escape")
    expect(role(page, "comment")).not_to_be_focused()
    expect(role(page, "help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(role(page, "help")).to_be_hidden()


@pytest.mark.parametrize(
    ("button", "panel"), [("defer", "defer-panel"), ("session", "plan"), ("filters-open", "filters")]
)
def test_escape_closes_a_panel_and_the_keyboard_goes_back_to_its_button(page, server, button, panel):
    opened(page, f"{server}/{STAY}")
    opener = pressed(page, button)
    expect(role(page, panel)).to_be_visible()
    expect(opener).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(role(page, panel)).to_be_hidden()
    expect(opener).to_be_focused()


def test_home_end_and_pages_move_through_the_queue(page, server):
    opened(page, f"{server}/{STAY}")
    for key, after in (("End", "al2"), ("Home", "al1"), ("PageDown", "al2"), ("PageUp", "al1")):
        pressed(page, "queue", key)
        heard(page, after)


def test_a_verdict_in_the_first_moment_of_an_alert_is_not_taken_and_one_after_it_is(page, server, workspace):
    opened(page, f"{server}/{STAY}")
    page.wait_for_timeout(1500)  # the next one is here
    tried = page.evaluate("""async () => {
      const press = (key) => window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      const since = performance.now();
      press('a');
      let tried = 0;
      for (; performance.now() - since < 450; tried += 1) {
        press('x');
        await new Promise((done) => setTimeout(done, 40));
      }
      return tried;
    }""")
    written(page)
    assert tried > 1 and list(reviews(workspace)["alert_id"]) == ["al1"]
    heard(page, "al3")
    page.keyboard.press("x")
    written(page)
    assert list(reviews(workspace)["alert_id"]) == ["al3", "al1"]
