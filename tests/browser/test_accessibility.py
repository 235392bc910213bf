"""Every page under axe-core, in light and in dark: nothing serious, nothing critical."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from pages.shell.frame import PAGES
from tests.browser.screenshots import settled

OF_A_STAY = {"queue": "", "stay": "sejour?stay=S1&alert=al1"}
ADDRESSES = {name: OF_A_STAY.get(name, url) for name, _, url, _ in PAGES}
GRAVE = ("serious", "critical")


def findings(page) -> list[str]:
    """Rule, element and reason of each grave finding; shadow roots are read too."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} ({checks(node)})"
        for rule in found if rule["impact"] in GRAVE for node in rule["nodes"]
    ]  # fmt: skip


def checks(node: dict) -> str:
    return "; ".join(check["message"] for part in ("any", "all", "none") for check in node[part])[:300]


@pytest.fixture(params=["light", "dark"])
def tab(request, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=request.param, locale="fr-FR")
    page.set_default_timeout(20_000)
    yield page
    page.close()


@pytest.mark.parametrize("name", ADDRESSES)
def test_axe_finds_nothing_grave_on(name, tab, server):
    tab.goto(f"{server}/{ADDRESSES[name]}")
    tab.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
    settled(tab)
    assert not findings(tab)


def test_axe_would_see_a_pale_word_in_a_shadow_root(tab, server):
    """What is looked with does look inside components, where most of the workbench stands."""
    tab.goto(f"{server}/guide")
    tab.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
    tab.evaluate("""() => {
      const host = document.createElement('div');
      document.querySelector('[data-testid=stMainBlockContainer]').prepend(host);
      const word = host.attachShadow({mode: 'open'}).appendChild(document.createElement('p'));
      word.textContent = 'pale';
      word.style = 'color: #999; background: #aaa';
    }""")
    assert any("pale" in found for found in findings(tab))
