"""A fresh machine: the first browser sees the demo being made, a second one waits for the same."""

from playwright.sync_api import expect

from core.data.store import parts
from core.review.first_start import beside, watch
from core.settings import Workspace
from tests.browser.conftest import serving

PATIENCE_MS = 240_000  # under a minute on two free cores


def test_two_browsers_watch_one_demo_being_made(browser, tmp_path):
    workspace = Workspace(tmp_path / "w")
    with serving(workspace.path) as server:
        first, second = browser.new_page(), browser.new_page()
        first.goto(server)
        expect(first.get_by_role("heading", name="Premier démarrage")).to_be_visible()
        second.goto(f"{server}/?lang=en")
        expect(second.get_by_role("heading", name="First start")).to_be_visible()
        expect(first.get_by_role("listbox")).to_be_visible(timeout=PATIENCE_MS)
        expect(second.get_by_role("listbox")).to_be_visible(timeout=PATIENCE_MS)
        expect(first.get_by_text("Données inventées").first).to_be_visible()
        first.close()
        second.close()
    assert watch(workspace).ready and not beside(workspace, ".partial").exists()
    assert len({part["import_id"] for part in parts(workspace)}) == 1
