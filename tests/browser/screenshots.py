"""Pictures of each page for the README: ``python -m tests.browser.screenshots``, on the demo, light, 1440 by 900."""

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from core.review.demo import make_demo
from core.review.register import record
from core.review.worklist import worklist
from core.settings import ROOT, Workspace
from tests.browser.conftest import CHROMIUM, FLAGS, serving

FOLDER = ROOT / "assets" / "screenshots"
PAGES = {
    "queue": "", "whatif": "", "register": "registre", "models": "modeles", "data": "donnees", "guide": "guide",
    "interactions": "interactions",
}  # fmt: skip
BENCH = ("queue", "whatif")
VERDICTS = ("confirmed", "rejected", "confirmed", "unsure", "confirmed", "rejected")
MOST_BYTES = 300_000


def judged(workspace: Workspace) -> None:
    """A few verdicts, so that the register has something to show."""
    found = worklist(workspace, size=40).iloc[4:40:6]
    for alert_id, verdict in zip(found["alert_id"], VERDICTS, strict=True):
        record(workspace, {"alert_id": alert_id, "verdict": verdict, "reviewer": "pharmacien-a", "seconds_spent": 31})


def shown(workspace: Workspace) -> dict[str, str]:
    """A stay worth a picture: several lines at fault, found by model and rule."""
    found = worklist(workspace, size=30)
    several = found["partner_line_ids"].fillna("") != ""
    best = found[several & (found["origin"] == "both") & found["error_type"].str.startswith("6.")]
    return (best if len(best) else found).iloc[0][["stay_id", "alert_id"]].to_dict()


def settled(page: Page) -> None:
    """Nothing is being computed or drawn any more."""
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.locator('[data-testid="stSkeleton"]').first.wait_for(state="detached")
    page.locator('[data-testid="stSpinner"]').first.wait_for(state="detached")
    page.wait_for_timeout(1500)


def tried(page: Page) -> None:
    """A remedy compared with today, and the doses of its substance."""
    page.locator("[data-role=tab-whatif]").click()
    page.locator("[data-role=remedy-stop]").click()
    page.locator("[data-role=compared] table").wait_for()
    page.locator("[data-role=ledger]").select_option(index=1)
    page.locator("[data-role=ledger-panel]").wait_for()


def take(page: Page, server: str, workspace: Workspace, names: list[str]) -> dict[str, int]:
    """One picture a page; bytes by name."""
    sizes = {}
    for name in names:
        at = shown(workspace)
        page.emulate_media(color_scheme="dark" if name == "whatif" else "light")
        page.goto(
            f"{server}/{PAGES[name]}" + (f"?stay={at['stay_id']}&alert={at['alert_id']}" if name in BENCH else "")
        )
        page.get_by_test_id("stMain").wait_for()
        page.wait_for_timeout(3000)
        settled(page)
        if name == "whatif":
            tried(page)
        path = FOLDER / f"{name}.png"
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        sizes[name] = path.stat().st_size
    return sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, help="a demo workspace that is there already")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(options.workspace or Path(folder) / "demo")
        make_demo(workspace)
        judged(workspace)
        with serving(workspace.path) as server, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light", locale="fr-FR")
            page.set_default_timeout(60_000)
            for name, size in take(page, server, workspace, list(PAGES)).items():
                print(f"{name}: {size / 1000:.0f} kB", "" if size < MOST_BYTES else "TOO LARGE")
            chromium.close()


if __name__ == "__main__":
    main()
