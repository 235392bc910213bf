"""What a pharmacist does, in a real browser: open, judge by keyboard, find it in the register."""

from playwright.sync_api import expect

from core.i18n import t
from core.review.register import reviews
from tests.browser.conftest import serving


def opened(page, address: str):
    page.goto(address)
    expect(page.get_by_text("Amiodarone + warfarine").first).to_be_visible()
    expect(page.get_by_role("button", name="Confirmer")).to_be_visible()
    page.locator("html[data-review-keys]").wait_for(state="attached")  # the keys are heard
    return page


def test_a_click_in_the_list_opens_the_stay(page, server):
    page.goto(server)
    grid = page.get_by_test_id("stDataFrame")
    expect(grid).to_be_visible()
    page.wait_for_timeout(500)
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 200, box["y"] + 50)
    expect(page.get_by_role("button", name="Confirmer")).to_be_visible()
    assert "alert=al1" in page.url and "/sejour" in page.url


def test_a_deep_link_opens_its_alert_on_a_fresh_server(page, workspace):
    with serving(workspace.path) as server:
        opened(page, f"{server}/sejour?stay=S1&alert=al1")
        expect(page.get_by_text("Données inventées").first).to_be_visible()
        expect(page.get_by_text("Pseudonyme")).to_be_visible()  # the frame stands, so the guard has run
        assert page.get_by_text("Page not found").count() == 0


def test_a_verdict_by_keyboard_is_in_the_register_and_in_sqlite(page, server, workspace):
    opened(page, f"{server}/sejour?stay=S1&alert=al1")
    page.keyboard.press("1")
    expect(page.get_by_text("motif : Association voulue et connue")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("enregistré à")).to_be_visible()
    expect(page).to_have_url(f"{server}/sejour?stay=S2&alert=al3")
    row = reviews(workspace).iloc[0]
    assert (row["alert_id"], row["verdict"], row["reason"]) == ("al1", "confirmed", "intended")
    page.get_by_role("link", name="Registre").click()
    expect(page.get_by_text(t("register.chain_whole", "fr", rows=1, head="")[:22]).first).to_be_visible()


def test_one_key_after_another_judges_one_alert_after_another(page, server, workspace):
    opened(page, f"{server}/sejour?stay=S1&alert=al1")
    for key, after in (("a", "al3"), ("x", "al2")):
        page.keyboard.press(key)
        heard(page, after)
    page.keyboard.press("i")
    page.get_by_text("enregistré à").wait_for()
    page.wait_for_timeout(1500)
    judged = reviews(workspace).set_index("alert_id")["verdict"].to_dict()
    assert judged == {"al1": "confirmed", "al3": "rejected", "al2": "unsure"}


def test_a_held_key_writes_one_verdict(page, server, workspace):
    opened(page, f"{server}/sejour?stay=S1&alert=al1")
    for _ in range(30):  # as a keyboard repeats: down again without up
        page.keyboard.down("x")
    page.keyboard.up("x")
    expect(page.get_by_text("enregistré à")).to_be_visible()
    page.wait_for_timeout(1000)
    assert list(reviews(workspace)["verdict"]) == ["rejected"]


def test_a_burst_judges_each_alert_at_most_once(page, server, workspace):
    opened(page, f"{server}/sejour?stay=S1&alert=al1")
    for _ in range(6):
        page.keyboard.press("a")
        page.wait_for_timeout(30)
    page.wait_for_timeout(2500)
    assert reviews(workspace)["alert_id"].is_unique


def test_a_letter_typed_in_a_field_is_no_verdict(page, server, workspace):
    opened(page, f"{server}/sejour?stay=S1&alert=al1")
    page.get_by_role("tab", name="Verdict détaillé").click()
    page.get_by_text("Intervention, impact, commentaire").click()
    page.get_by_role("textbox", name="Commentaire").last.click()
    page.keyboard.type("axiu")
    page.wait_for_timeout(800)
    assert reviews(workspace).empty


def heard(page, alert_id: str) -> None:
    """Wait until the keys speak of an alert."""
    page.locator(f'html[data-review-keys^="{alert_id}:"]').wait_for(state="attached")


def test_moving_and_undoing_by_keyboard(page, server, workspace):
    opened(page, f"{server}/sejour?stay=S1&alert=al1")
    for key, after in (("j", "al3"), ("k", "al1"), ("i", "al3"), ("u", "al1")):
        page.keyboard.press(key)
        heard(page, after)
    expect(page).to_have_url(f"{server}/sejour?stay=S1&alert=al1")
    assert list(reviews(workspace)["verdict"]) == ["withdrawn", "unsure"]


def test_english_is_one_click_away_and_stays_in_the_address(page, server):
    opened(page, f"{server}/sejour?stay=S1&alert=al1")
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("button", name="False alert")).to_be_visible()
    assert "lang=en" in page.url
    page.goto(f"{server}/?lang=en")
    expect(page.get_by_role("heading", name="To review")).to_be_visible()
