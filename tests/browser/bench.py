"""What every test of the workbench in a browser begins with."""

from playwright.sync_api import Page, expect


def heard(page: Page, alert_id: str) -> None:
    """Wait until the screen and its keys speak of an alert, and have for long enough to be read."""
    page.locator(f'html[data-review-keys^="{alert_id}:"]').wait_for(state="attached")
    page.wait_for_timeout(600)


def opened(page: Page, address: str, alert_id: str = "al1") -> Page:
    page.goto(address)
    heard(page, alert_id)
    expect(role(page, "sentence")).to_contain_text("warfarin", ignore_case=True)
    return page


def role(page: Page, name: str):  # noqa: ANN201
    return page.locator(f'[data-role="{name}"]')


def written(page: Page) -> None:
    """Wait until the server has acknowledged everything."""
    page.locator('html[data-review-unsaved="0"]').wait_for(state="attached")
