"""The lines, the reasons and the queue of the workbench, as a person moves through them."""

import pytest
from playwright.sync_api import expect

from core.data.store import Tables, append
from core.review.alerts import keep_alerts
from core.review.desk import enter, views
from core.review.register import record, reviews
from core.settings import TRAINED, Workspace
from tests import small_stays as small
from tests.browser.bench import heard, opened, role, written
from tests.browser.conftest import serving

SOON = 60_000  # ms: the explaining process steps back, and a busy machine keeps it waiting
network = pytest.mark.skipif(not (TRAINED / "gru" / "card.json").exists(), reason="no network is shipped")


@pytest.fixture
def by_network(workspace):
    """The first alert, raised by the shipped network."""
    from core.detection.model import shipped

    raised = small.alerts().iloc[:1].assign(model_id=shipped("gru").id, alert_id="net1", score=0.95)
    keep_alerts(workspace, raised, retire=False)
    return workspace


def running(page) -> int:
    """How many lines run at the instant looked at, as the screen says."""
    return int(role(page, "scope-active").inner_text().split("(")[1].rstrip(")"))


def grip(page) -> list[float]:
    """The middle of the cursor's handle; it is drawn again with each answer, and one taken off the page has no place."""
    middle = """(node) => { const r = node.getBoundingClientRect();
        return node.isConnected ? [r.x + r.width / 2, r.y + r.height / 2] : null; }"""
    for _ in range(50):
        if place := role(page, "cursor").evaluate(middle):
            return place
    raise AssertionError("the cursor is drawn again and again")


def test_everything_stands_on_one_screen(page, server):
    for width, height in ((1440, 900), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        opened(page, f"{server}/?stay=S2&alert=al3", "al3")
        for name in ("queue", "timeline", "biology", "sentence", "form", "verdict-confirm"):
            box = role(page, name).bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, name
            assert box["y"] >= 0 and box["y"] + box["height"] <= height, name
        assert page.evaluate("document.scrollingElement.scrollHeight <= window.innerHeight")


def test_the_cursor_moves_by_arrow_keys_and_the_active_lines_follow(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    before = running(page)
    role(page, "cursor").focus()
    page.keyboard.press("Home")
    assert running(page) < before
    page.keyboard.press("Escape")
    assert running(page) == before


def test_the_cursor_is_dragged(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    x, y = grip(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 160, y, steps=4)
    page.mouse.up()
    expect(role(page, "cursor-back")).to_be_visible()
    assert grip(page)[0] > x + 60


def test_arrows_go_on_from_where_the_axis_was_clicked(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    x, y = grip(page)
    page.mouse.click(x - 60, y)
    expect(role(page, "cursor-back")).to_be_visible()
    clicked = grip(page)[0]
    page.keyboard.press("ArrowRight")
    assert clicked < grip(page)[0] <= x


@network
def test_scores_that_come_while_the_cursor_is_moved_leave_the_keyboard_on_it(page, server, by_network):
    opened(page, f"{server}/?stay=S1&alert=net1", "net1")
    role(page, "cursor").focus()
    page.keyboard.press("Home")
    expect(page.locator(".score").filter(has_text="%").first).to_be_visible(timeout=SOON)  # drawn again with what has come
    expect(role(page, "cursor")).to_be_focused()


@network
def test_the_screen_does_not_fade_while_an_explanation_is_made(page, server, by_network):
    """The first one waits for the explaining process to read its libraries: some seconds, of a screen that is read."""
    opened(page, f"{server}/?stay=S1&alert=net1", "net1")
    faintest = page.evaluate("""async () => {
      const under = (node) => { let all = 1; for (let at = node; at; at = at.parentElement || at.getRootNode().host)
        if (at instanceof Element) all *= Number(getComputedStyle(at).opacity); return all; };
      const find = (root) => root.querySelector('[data-role=sentence]')
        || [...root.querySelectorAll('*')].filter((n) => n.shadowRoot).map((n) => find(n.shadowRoot)).find(Boolean);
      let least = 1;
      for (let i = 0; i < 60; i += 1) {
        least = Math.min(least, under(find(document)));
        await new Promise((done) => setTimeout(done, 50));
      }
      return least;
    }""")
    assert faintest == 1


@network
def test_the_scores_follow_the_cursor(page, server, by_network):
    opened(page, f"{server}/?stay=S1&alert=net1", "net1")
    expect(page.locator(".score").filter(has_text="%").first).to_be_visible(timeout=SOON)
    at_alert = page.locator(".score").all_inner_texts()
    role(page, "cursor").focus()
    page.keyboard.press("Home")
    assert page.locator(".score").all_inner_texts() != at_alert


@network
def test_where_the_alert_stands_its_line_bears_the_probability_of_the_queue(page, server, by_network):
    """Elsewhere it bears what has come up until there, and the other lines do everywhere."""
    opened(page, f"{server}/?stay=S1&alert=net1&lang=en&scope=all", "net1")
    expect(page.locator(".score").filter(has_text="%").first).to_be_visible(timeout=SOON)
    risk = page.locator('[data-alert="net1"] .risk').inner_text()
    assert risk == "95%" and page.locator(".score").all_inner_texts().count(risk) == 1
    role(page, "cursor").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".score").filter(has_text=risk)).to_have_count(0)


def test_the_culprits_are_tied_by_an_arc_with_its_score(page, server):
    opened(page, f"{server}/?stay=S2&alert=al3", "al3")
    assert page.locator("path.arc").count() == 2
    assert page.locator(".label.guilty").count() == 3


def test_dose_changes_of_one_substance_stand_on_one_row(page, server):
    opened(page, f"{server}/?stay=S2&alert=al3&scope=all", "al3")
    rows, bars = page.locator(".rows-of-lines .label").count(), page.locator("rect.bar").count()
    assert bars == 84 and rows < bars


def test_as_needed_lines_are_hatched_and_not_only_coloured(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1&scope=all")
    assert page.locator("rect.bar.prn").count() == int(small.lines().query("stay_id == 'S1'")["prn"].sum())


def test_the_ledger_stands_against_its_maximum(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    role(page, "ledger").select_option("amiodarone")
    expect(role(page, "ledger-panel")).to_contain_text("400")
    expect(role(page, "ledger-panel")).to_contain_text("maximum")


def test_the_table_says_every_line_of_the_stay(page, server):
    opened(page, f"{server}/?stay=S2&alert=al3&scope=all", "al3")
    role(page, "view-table").click()
    assert role(page, "table").locator("tbody").first.locator("tr").count() == 84
    assert "view=table" in page.url
    unknown = role(page, "table").locator("tbody").first.locator("tr", has_text="Remède inconnu au nom vraiment très long")
    expect(unknown.first).to_contain_text("⁇ Remède inconnu au nom vraiment très long : inconnu de nos références")


def test_an_explanation_that_fails_its_checks_shows_a_sentence_and_no_bars(page, server):
    opened(page, f"{server}/?stay=S2&alert=al3", "al3")
    expect(page.get_by_text("aucune barre")).to_be_visible()
    assert page.locator(".bars").count() == 0


def test_no_label_of_a_bar_is_cut(page, server, workspace):
    shares = [{"name": name, "attribution": 1.0, "value": value} for name, value in (("egfr", 16), ("ward", None))]
    why = {"trusted": True, "reason": "", "lines": [{"line_id": "S1-00-0", "attribution": 1.4}], "features": shares, "pairs": []}
    raised = small.alerts().iloc[:1].assign(alert_id="long1", score=0.96)
    keep_alerts(workspace, raised, {"long1": why}, retire=False)
    for width in (1440, 1280):
        page.set_viewport_size({"width": width, "height": 720})
        opened(page, f"{server}/?stay=S1&alert=long1", "long1")
        labels = page.locator(".bars .name")
        expect(labels).to_have_count(3)
        assert "mL/min/1,73" in labels.nth(1).inner_text()
        cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
        assert labels.evaluate_all(cut) == []
        tracks = page.locator(".bars .track").evaluate_all("all => all.map((one) => one.clientWidth)")
        assert min(tracks) >= 60 and len(set(tracks[1:])) == 1


def test_who_else_has_the_stay_open_is_said(page, server, workspace):
    enter(workspace, "pharmacien-b", "S1", "al1")
    opened(page, f"{server}/?stay=S1&alert=al1")
    expect(page.locator(".badges")).to_contain_text("pharmacien-b")


@network
def test_a_remedy_is_compared_and_taken_into_the_verdict(page, server, by_network):
    opened(page, f"{server}/?stay=S1&alert=net1", "net1")
    role(page, "tab-whatif").click()
    role(page, "remedy-stop").click()
    expect(role(page, "compared").get_by_role("table")).to_be_visible()
    role(page, "remedy-keep").click()
    page.keyboard.press("a")
    written(page)
    row = reviews(by_network).iloc[0]
    assert (row["alert_id"], row["intervention_type"]) == ("net1", "2")


@network
def test_no_corrector_is_tried_before_one_is_chosen(page, server, by_network):
    opened(page, f"{server}/?stay=S1&alert=net1", "net1")
    role(page, "tab-whatif").click()
    role(page, "remedy-corrector").click()
    expect(role(page, "remedy-value")).to_have_value("")
    expect(role(page, "compared")).to_contain_text("aucune n’est proposée")
    expect(role(page, "remedy-keep")).to_have_count(0)
    role(page, "remedy-value").select_option("pantoprazole")
    expect(role(page, "compared").get_by_role("table")).to_be_visible()
    role(page, "remedy-stop").click()
    expect(role(page, "remedy-keep")).to_contain_text("2")


def test_a_missed_error_is_entered_on_any_line(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    role(page, "tab-missed").click()
    role(page, "missed-line").select_option("S1-00-3")
    role(page, "missed-type").select_option("4.1")
    role(page, "missed-save").click()
    written(page)
    row = reviews(workspace).iloc[0]
    assert (row["line_id"], row["error_type"], row["verdict"]) == ("S1-00-3", "4.1", "confirmed")
    assert not row["partner_line_ids"]  # none is chosen before anybody has


def test_filters_that_leave_nothing_say_so_where_they_cover_the_list(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    role(page, "filters-open").click()
    role(page, "filter-error_type").select_option("4.1")
    expect(page.locator("[data-role=queue] [data-alert]")).to_have_count(1)
    expect(role(page, "filters")).not_to_contain_text("Aucune alerte")
    role(page, "filter-level").select_option("pe")
    expect(role(page, "filters")).to_contain_text("Aucune alerte à lire avec ces filtres.")


def test_a_filter_narrows_the_queue_and_a_view_brings_it_back(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    rows = page.locator("[data-role=queue] [data-alert]")
    role(page, "filters-open").click()
    role(page, "filter-error_type").select_option("4.1")
    expect(rows).to_have_count(1)
    heard(page, "al2")
    role(page, "view-name").fill("surdosages")
    role(page, "view-keep").click()
    expect(role(page, "view")).to_have_text("surdosages")
    role(page, "filter-error_type").select_option("")
    expect(rows).to_have_count(3)
    role(page, "view").click()
    expect(rows).to_have_count(1)
    assert views(workspace, "pharmacien-a") == {"surdosages": {"error_type": "4.1"}}


def test_a_search_finds_a_stay_and_opens_it(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    role(page, "search").fill("amiodarone")
    expect(page.locator("[data-role=queue] [data-alert]")).to_have_count(2)
    role(page, "search").fill("Doliprane")
    expect(role(page, "queue")).to_contain_text("Rien pour « Doliprane »")
    role(page, "search").fill("Cordarone")
    expect(page.locator("[data-role=queue] [data-alert]")).to_have_count(2)


def test_a_stay_without_alert_is_found_and_a_missed_error_entered(page, browser, tmp_path):
    bare = Workspace(tmp_path / "bare")
    append(bare, Tables(small.stays(), small.lines(), small.observations(), small.interventions()), "hand-made")
    with serving(bare.path) as server:
        page.goto(server)
        expect(role(page, "who")).to_contain_text("Aucune alerte")
        role(page, "search").fill("S1")
        page.locator('[data-stay="S1"]').click()
        heard(page, "stay:S1")
        assert "stay=S1" in page.url
        role(page, "missed-line").select_option("S1-00-0")
        role(page, "missed-with").select_option(["S1-00-1"])
        role(page, "missed-type").select_option("6.2")
        role(page, "missed-save").click()
        written(page)
    assert list(reviews(bare)["partner_line_ids"]) == ["S1-00-1"]


def test_the_minutes_there_are_draw_a_line_in_the_queue(page, server):
    opened(page, f"{server}/?stay=S1&alert=al1")
    role(page, "session").click()
    expect(role(page, "plan-words")).to_contain_text("45 min")
    role(page, "minutes").fill("5")
    expect(role(page, "plan-words")).to_contain_text("5 min")


def turned(page, name: str) -> None:
    """To another page of the frame by its link, until its heading is there."""
    page.locator(f'a[href$="/{name}"]').first.click()
    page.locator('[data-testid="stHeading"]').first.wait_for()


def back(page, server) -> None:
    page.locator(f'a[href="/"], a[href="{server}/"]').first.click()


def test_who_comes_back_from_another_page_finds_the_alert_that_was_read(page, server):
    opened(page, server)
    page.keyboard.press("j")
    second = page.locator("html").get_attribute("data-review-keys").split(":")[0]
    assert second != "al1"
    heard(page, second)
    turned(page, "guide")
    back(page, server)
    heard(page, second)
    assert f"alert={second}" in page.url


def test_what_was_decided_meanwhile_is_seen_by_who_comes_back(page, server, workspace):
    opened(page, server)
    rows = page.locator("[data-role=queue] [data-alert]")
    before = rows.count()
    turned(page, "guide")
    record(workspace, {"alert_id": "al3", "verdict": "confirmed", "reviewer": "another"})
    back(page, server)
    heard(page, "al1")
    expect(rows).to_have_count(before - 1)


def test_an_address_that_names_an_alert_goes_before_what_was_read_last(page, server):
    opened(page, server)
    turned(page, "guide")
    to = "/?stay=S2&alert=al3"
    page.evaluate("to => { history.pushState({}, '', to); window.dispatchEvent(new PopStateEvent('popstate')); }", to)
    heard(page, "al3")


def test_a_verdict_given_at_once_on_coming_back_stays_given(page, server, workspace):
    opened(page, server)
    turned(page, "guide")
    back(page, server)
    heard(page, "al1")
    page.keyboard.press("a")
    written(page)
    page.wait_for_timeout(1500)
    assert list(reviews(workspace)["alert_id"]) == ["al1"]
    expect(page.locator('[data-role=queue] [data-alert="al1"]:not([data-state="confirmed"])')).to_have_count(0)


def test_the_order_of_the_queue_is_chosen_beside_its_title(page, server, workspace):
    keep_alerts(workspace, small.alerts().iloc[[1]].assign(alert_id="never1", error_type="1.3", score=0.2), retire=False)
    opened(page, f"{server}/?stay=S1&alert=al1")
    first, order = page.locator(".row").first, role(page, "by")
    expect(first).to_have_attribute("data-alert", "al1")
    order.select_option("banned")
    expect(first).to_have_attribute("data-alert", "never1")
    expect(role(page, "filters-open").locator(".count")).to_have_count(0)
    page.reload()
    expect(order).to_have_value("banned")
    order.select_option("alert")
    expect(first).to_have_attribute("data-alert", "al1")


def test_an_order_half_chosen_by_keyboard_outlives_what_arrives_for_the_stay(page, server, workspace):
    opened(page, f"{server}/?stay=S1&alert=al1")
    order = role(page, "by")
    node = order.element_handle()
    page.locator('[data-role=queue] [data-alert="al3"]').click()
    heard(page, "al3")
    page.locator('[data-role=queue] [data-alert="al1"]').click()
    heard(page, "al1")
    assert node.evaluate("node => node.isConnected")


def test_who_left_an_empty_queue_finds_what_has_come(page, server, workspace):
    for alert in ("al1", "al2", "al3"):
        record(workspace, {"alert_id": alert, "verdict": "confirmed", "reviewer": "another"})
    page.goto(server)
    role(page, "queue").wait_for()
    expect(page.locator("[data-role=queue] [data-alert]")).to_have_count(0)
    turned(page, "guide")
    keep_alerts(workspace, small.alerts().iloc[:1].assign(alert_id="new1"), retire=False)
    back(page, server)
    heard(page, "new1")


def test_another_language_chosen_elsewhere_is_the_language_of_who_comes_back(page, server):
    opened(page, server)
    turned(page, "guide")
    page.get_by_role("button", name="English").or_(page.get_by_text("English", exact=True)).first.click()
    expect(page.locator('[data-testid="stHeading"]').first).to_contain_text("Guide")
    page.wait_for_timeout(800)
    back(page, server)
    heard(page, "al1")
    expect(role(page, "verdict-confirm")).to_contain_text("Confirm", ignore_case=True)
    expect(role(page, "language")).to_have_text("Français")
