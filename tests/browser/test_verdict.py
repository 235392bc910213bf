"""What a pharmacist does, in a real browser: open, judge by keyboard, find it in the register."""

import re

import pandas as pd
from playwright.sync_api import expect

from core.i18n import t
from core.review.desk import draft
from core.review.register import reviews
from core.review.worklist import Filters, worklist
from tests.browser.bench import heard, opened, role, written
from tests.browser.conftest import serving


def test_a_click_in_the_queue_opens_its_alert(page, server):
    opened(page, server)
    page.locator('[data-role=queue] [data-alert="al2"]').click()
    heard(page, "al2")
    assert "alert=al2" in page.url and "stay=S1" in page.url


def test_a_deep_link_opens_its_alert_on_a_fresh_server(page, workspace):
    with serving(workspace.path) as server:
        opened(page, f"{server}/?stay=S1&alert=al1")
        expect(page.get_by_text("Données inventées").first).to_be_visible()
        assert page.get_by_text("Page not found").count() == 0


def test_a_link_to_the_former_page_of_a_stay_still_opens_it(page, server):
    page.goto(f"{server}/sejour?stay=S2&alert=al3")
    heard(page, "al3")
    assert "/sejour" not in page.url and "alert=al3" in page.url


def test_a_link_brings_its_filters_and_its_view(page, server):
    page.goto(f"{server}/?error_type=4.1&view=table")
    heard(page, "al2")
    expect(page.locator("[data-role=queue] [data-alert]")).to_have_count(1)
    expect(role(page, "table").get_by_role("table").first).to_be_visible()


def test_a_verdict_by_keyboard_is_in_the_register_and_in_sqlite(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.keyboard.press("1")
    expect(role(page, "reason-intended")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("x")
    heard(page, "al3")
    expect(role(page, "ack")).to_contain_text("enregistré à")
    assert "alert=al3" in page.url
    row = reviews(workspace).iloc[0]
    assert (row["alert_id"], row["verdict"], row["reason"]) == ("al1", "rejected", "intended")
    page.get_by_role("link", name="Registre").click()
    expect(page.get_by_text(t("register.chain_whole", "fr", rows=1, head="")[:22]).first).to_be_visible()


def test_a_reason_taken_back_with_its_rejection_does_not_go_with_a_confirmation(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    for key, after in (("3", "al1"), ("x", "al3"), ("u", "al1"), ("a", "al3"), ("k", "al1")):
        page.keyboard.press(key)
        heard(page, after)
    written(page)
    found = reviews(workspace)
    assert found["verdict"].iloc[0] == "confirmed" and pd.isna(found["reason"].iloc[0])
    expect(role(page, "reason-adapted")).to_have_attribute("aria-pressed", "false")


def test_one_key_after_another_judges_one_alert_after_another(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    for key, after in (("a", "al3"), ("x", "al2")):
        page.keyboard.press(key)
        heard(page, after)
    page.keyboard.press("i")
    written(page)
    judged = reviews(workspace).set_index("alert_id")["verdict"].to_dict()
    assert judged == {"al1": "confirmed", "al3": "rejected", "al2": "unsure"}


def test_a_held_key_writes_one_verdict(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    for _ in range(30):  # as a keyboard repeats: down again without up
        page.keyboard.down("x")
        page.wait_for_timeout(20)
    page.keyboard.up("x")
    expect(role(page, "ack")).to_contain_text("enregistré à")
    page.wait_for_timeout(500)
    assert list(reviews(workspace)["verdict"]) == ["rejected"]


def test_a_burst_writes_one_verdict_and_none_on_what_nobody_has_read(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.wait_for_timeout(1500)  # the next ones are here
    page.evaluate("""() => { for (let i = 0; i < 6; i += 1) {
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', code: 'KeyA', bubbles: true })); } }""")
    written(page)
    page.wait_for_timeout(300)
    assert list(reviews(workspace)["alert_id"]) == ["al1"]


def test_further_fields_are_counted_as_they_are_filled(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    count = role(page, "more-open").locator(".count")
    expect(count).to_have_count(0)
    role(page, "more-open").click()
    role(page, "clinical_impact").select_option("0")
    expect(count).to_have_text("1")
    role(page, "comment").fill("vu avec le service")
    expect(count).to_have_text("2")
    role(page, "clinical_impact").select_option("")
    role(page, "comment").fill("")
    expect(count).to_have_count(0)


def test_a_letter_typed_in_a_field_is_no_verdict_and_is_kept(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    role(page, "more").locator("summary").click()
    role(page, "comment").click()
    page.keyboard.type("axiu")
    written(page)
    page.wait_for_timeout(700)
    assert reviews(workspace).empty
    assert draft(workspace, "pharmacien-a", "al1")["comment"] == "axiu"


def test_a_draft_survives_a_reload(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.keyboard.press("3")
    page.reload()
    heard(page, "al1")
    expect(role(page, "reason-adapted")).to_have_attribute("aria-pressed", "true")


def test_moving_and_undoing_by_keyboard(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    for key, after in (("j", "al3"), ("k", "al1"), ("i", "al3"), ("u", "al1")):
        page.keyboard.press(key)
        heard(page, after)
    written(page)
    assert "alert=al1" in page.url
    assert list(reviews(workspace)["verdict"]) == ["withdrawn", "unsure"]


def test_each_undo_leaves_queue_bar_card_and_register_of_one_mind(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    row, bar = page.locator('[data-role=queue] [data-alert="al1"]'), role(page, "session")
    for key, after in (("a", "al3"), ("k", "al1"), ("x", "al3"), ("u", "al1")):
        page.keyboard.press(key)
        heard(page, after)
    written(page)
    expect(role(page, "ack")).to_contain_text("« erreur confirmée » compte de nouveau")
    expect(role(page, "sentence")).to_contain_text("Jugée erreur confirmée")
    assert row.get_attribute("data-state") == "confirmed" and worklist(workspace, Filters(state="confirmed"))["alert_id"].tolist() == ["al1"]
    expect(bar).to_contain_text(re.compile(r"^1 jugée\b"))
    page.keyboard.press("u")
    written(page)
    expect(row).to_have_attribute("data-state", "open")
    expect(role(page, "sentence")).not_to_contain_text("Jugée")
    expect(bar).to_contain_text(re.compile(r"^0 jugée\b"))
    assert "al1" in set(worklist(workspace)["alert_id"])


def test_a_correction_is_no_other_alert_judged(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    for key, after in (("a", "al3"), ("k", "al1"), ("x", "al3"), ("i", "al2")):
        page.keyboard.press(key)
        heard(page, after)
    written(page)
    expect(role(page, "session")).to_contain_text(re.compile(r"^2 jugées\b"))
    page.reload()
    heard(page, "al2")
    expect(role(page, "session")).to_contain_text(re.compile(r"^2 jugées\b"))


def test_an_alert_is_put_off_by_keyboard(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.keyboard.press("d")
    role(page, "defer-1").click()
    heard(page, "al3")
    written(page)
    expect(role(page, "ack")).to_contain_text("Reportée au")
    assert list(worklist(workspace)["alert_id"]) == ["al3", "al2"]


def test_a_flag_stands_beside_its_alert(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.keyboard.press("f")
    expect(page.locator('[data-alert="al1"] .flag')).to_be_visible()


def test_help_stands_beside_the_alert_and_hides_no_key(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.keyboard.press("h")
    expect(role(page, "help")).to_contain_text("reporter à une date")
    page.keyboard.press("j")
    heard(page, "al3")


def test_what_a_cut_connection_holds_back_is_kept_and_sent_when_it_is_back(page, server, workspace):
    cut = {"now": False}

    def between(socket):
        there = socket.connect_to_server()
        socket.on_message(lambda message: None if cut["now"] else there.send(message))
        there.on_message(lambda message: None if cut["now"] else socket.send(message))

    page.route_web_socket("**/_stcore/stream", between)
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.wait_for_timeout(1500)
    cut["now"] = True
    page.keyboard.press("x")
    heard(page, "al3")  # what is held here goes on
    expect(role(page, "offline")).to_contain_text("1 geste gardé ici")
    assert reviews(workspace).empty
    cut["now"] = False
    written(page)
    expect(role(page, "offline")).to_be_hidden()
    assert list(reviews(workspace)["verdict"]) == ["rejected"]


def test_a_verdict_held_back_is_sent_from_the_next_page(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    left = [{"token": "left-behind", "name": "verdict", "alert": "al1", "verdict": "rejected", "fields": {}}]
    page.get_by_role("link", name="Registre").click()
    expect(page.get_by_role("heading", name="Registre")).to_be_visible()
    page.evaluate("(left) => sessionStorage.setItem('pharmiage-outbox-pharmacien-a', JSON.stringify(left))", left)
    page.reload()
    page.wait_for_function("sessionStorage.getItem('pharmiage-outbox-pharmacien-a') === '[]'")
    assert list(reviews(workspace)["verdict"]) == ["rejected"]


def test_the_queue_opens_again_after_another_page(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    page.get_by_role("link", name="Registre").click()
    expect(page.get_by_role("heading", name="Registre")).to_be_visible()
    page.get_by_role("link", name="À revoir").click()
    heard(page, "al1")


def test_english_is_one_click_away_and_stays_in_the_address(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    role(page, "language").click()
    expect(page.get_by_role("button", name="False alert")).to_be_visible()
    assert "lang=en" in page.url and "alert=al1" in page.url
    page.goto(f"{server}/?lang=en")
    expect(page.get_by_role("heading", name="To review")).to_be_visible()
