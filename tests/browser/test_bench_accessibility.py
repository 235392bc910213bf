"""The workbench under axe-core in each of its states, light and dark."""

import pytest

from tests.browser.bench import opened, role
from tests.browser.test_accessibility import findings, tab  # noqa: F401  (a fixture)

STATES = {
    "missed": lambda page: role(page, "tab-missed").click(),
    "unchecked": lambda page: role(page, "tab-unchecked").click(),
    "table": lambda page: role(page, "view-table").click(),
    "filters": lambda page: role(page, "filters-open").click(),
    "plan": lambda page: role(page, "session").click(),
    "defer": lambda page: page.keyboard.press("d"),
    "help": lambda page: page.keyboard.press("h"),
    "more": lambda page: role(page, "more").locator("summary").click(),
    "ledger": lambda page: role(page, "ledger").select_option("amiodarone"),
    "judged": lambda page: page.keyboard.press("a"),
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_grave_in_any_state(state, tab, server):  # noqa: F811
    page = opened(tab, f"{server}/?stay=S1&alert=al1")
    STATES[state](page)
    page.wait_for_timeout(500)
    assert not findings(page)
