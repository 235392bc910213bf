"""Every name has room or a title: nothing that is cut is lost, from a zoomed screen to a wide one."""

import pytest
from playwright.sync_api import expect

from core.data.store import Tables, append
from core.i18n import LANGUAGES
from core.review.alerts import keep_alerts, keep_explanation
from core.settings import Workspace
from tests import small_stays as small
from tests.browser.bench import heard, opened, role, written
from tests.browser.conftest import serving
from tests.tiny_workspace import EXPLANATIONS

SIZES = ((960, 600), (1280, 720), (1440, 900), (1920, 1080))
LONG = "Remède au nom si long que soixante-dix lettres ne lui suffisent pas encore tout à fait"
CUT = """() => {
  const find = (root) => root.querySelector('.bench')
    || [...root.querySelectorAll('*')].filter((n) => n.shadowRoot).map((n) => find(n.shadowRoot)).find(Boolean);
  const plain = (text) => text.replace(/[◆⁇⚑✓]/g, '').replace(/\\s+/g, ' ').trim();
  const worded = (one) => [...one.childNodes].filter((node) => node.tagName !== 'ABBR').map((node) => node.textContent).join('');
  const shown = (one) => plain(one.tagName === 'SELECT' ? one.selectedOptions[0].textContent : worded(one));
  const cut = (one) => one.tagName === 'SELECT' || one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 2;
  return [...find(document).querySelectorAll('.row .what > span, .label > span, .class, .chips .drug, .ack, select:not([multiple])')]
    .filter((one) => one.checkVisibility() && cut(one))
    .map((one) => [shown(one), one.closest('[title]')?.title || ''])
    .filter(([words, title]) => words && !words.split('·').map(plain).every((part) => plain(title).includes(part)));
}"""


@pytest.fixture(scope="module")
def long_names(browser, tmp_path_factory):
    """A server of its own, of a stay whose drugs and ward have long names."""
    workspace = Workspace(tmp_path_factory.mktemp("long") / "w")
    lines = small.lines()
    lines.loc[lines["line_id"].isin(["S1-00-1", "S1-00-3"]), "drug"] = LONG
    lines["ward"] = "unité de soins intensifs de cardiologie"
    append(workspace, Tables(small.stays(), lines, small.observations(), small.interventions()), "hand-made")
    keep_alerts(workspace, small.alerts(), EXPLANATIONS)  # none has to be made
    with serving(workspace.path) as server:
        yield server


def at(page, server, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    return opened(page, f"{server}/?stay=S1&alert=al1")


@pytest.mark.parametrize("size", SIZES)
def test_what_is_cut_is_whole_in_its_title(page, long_names, size):
    at(page, long_names, size)
    for key, after in (("i", "al3"), ("u", "al1")):  # a long acknowledgement
        page.keyboard.press(key)
        heard(page, after)
    written(page)
    expect(page.locator(".label .name").filter(has_text=LONG).first).to_be_visible()
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("size", SIZES)
def test_how_often_a_line_is_given_is_never_cut(page, long_names, size):
    at(page, long_names, size)
    often = page.locator(".label .often")
    expect(often.filter(has_text="200 mg × 2/j").first).to_be_visible()
    assert often.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)") == []


def test_filters_stand_beside_the_rows_that_they_sift_on_a_low_screen(page, server):
    at(page, server, SIZES[0])
    role(page, "filters-open").click()
    panel, rows = role(page, "filters").bounding_box(), role(page, "queue").bounding_box()
    assert panel["x"] >= rows["x"] + rows["width"]
    assert panel["y"] + panel["height"] <= SIZES[0][1]


@pytest.mark.parametrize("size", SIZES[:2])
def test_tabs_and_risks_stand_whole_on_a_narrow_screen(page, server, size):
    at(page, server, size)
    assert page.locator(".tabs").evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    expect(page.locator(".rows-of-lines .scores")).to_be_visible()  # risks come after the card
    scores = page.locator(".rows-of-lines .scores").bounding_box()
    lines = role(page, "timeline").bounding_box()
    assert scores["x"] + scores["width"] <= lines["x"] + lines["width"]


def test_what_a_remedy_changes_can_be_read_on_a_low_screen(page, server):
    at(page, server, (1024, 600))
    role(page, "tab-whatif").click()
    assert page.locator("#tab-panel").bounding_box()["height"] >= 190


def test_names_beside_the_lines_have_more_room_on_a_wider_screen(page, server):
    wide = []
    for size in SIZES:
        at(page, server, size)
        wide.append(page.locator(".rows-of-lines .labels").bounding_box()["width"])
    assert wide == sorted(set(wide)) and wide[-1] > 350


@pytest.mark.parametrize(("strongest", "full"), [(1.4, 3), (8.0, 8)])
def test_bars_of_lines_and_of_what_is_known_have_one_scale_on_which_what_is_weak_looks_weak(page, server, workspace, strongest, full):
    lines = [{"line_id": "S1-00-0", "attribution": strongest}, {"line_id": "S1-00-2", "attribution": -0.2}]
    keep_explanation(workspace, "al1", EXPLANATIONS["al1"] | {"lines": lines})
    opened(page, f"{server}/?stay=S1&alert=al1")
    expect(page.locator(".bars")).to_have_count(2)
    wide = page.locator(".bars .track span").evaluate_all("all => all.map((one) => parseFloat(one.style.width))")
    assert wide == pytest.approx([50 * share / full for share in (strongest, 0.2, 0.3)], rel=1e-3)


def test_a_server_out_of_reach_is_said_on_a_line_of_its_own_where_the_bar_is_full(page, server):
    at(page, server, SIZES[0])
    role(page, "offline").evaluate("(one) => { one.textContent = 'Serveur injoignable : 3 gestes gardés ici.'; }")
    assert role(page, "offline").bounding_box()["height"] < 40
    session = role(page, "session").bounding_box()
    assert session["x"] + session["width"] <= SIZES[0][0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_of_models_is_wider_than_its_page(page, server, language):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server}/modeles?lang={language}")
    tables = page.get_by_test_id("stDataFrame")
    expect(tables).to_have_count(5, timeout=60_000)  # cards and race by scope, and whole stays
    for table in tables.all():
        table.scroll_into_view_if_needed()
        expect(table.locator(".dvn-scroller")).to_be_visible()
        assert table.locator(".dvn-scroller").evaluate("one => one.scrollWidth - one.clientWidth") == 0
