"""Seconds from the command to a usable screen, milliseconds from a gesture to its answer, in a real browser.

``python -m tests.benchmarks.app --json``: ``cold_s`` on a machine without a workspace (the demo is made),
``warm_s`` with one, then median and p95 over 20 of opening a stay from the list and of a verdict by key,
from the press to the next alert painted.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, TimeoutError, sync_playwright

from core.review.worklist import worklist
from core.settings import Workspace
from tests.browser.conftest import CHROMIUM, FLAGS, serving

TIMES = 20
PAINTED = """(before) => new Promise((done, fail) => {
  const late = performance.now() + 60000;
  const look = () => {
    const alert = (document.documentElement.dataset.reviewKeys || '').split(':')[0];
    if (alert && alert !== before) return requestAnimationFrame(() => done(alert));
    if (performance.now() > late) return fail(new Error('nothing was painted'));
    requestAnimationFrame(look);
  };
  look();
})"""


def usable(page: Page, server: str) -> None:
    """The list stands and can be clicked."""
    page.goto(server)
    page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()


def started(chromium, folder: Path) -> float:  # noqa: ANN001
    """Seconds from the command to the list."""
    began = time.perf_counter()
    with serving(folder) as server:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(300_000)
        usable(page, server)
        page.close()
        return time.perf_counter() - began


def spread(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(times)
    return {
        "p50_ms": round(1000 * median(ordered), 1),
        "p95_ms": round(1000 * ordered[int(0.95 * (len(ordered) - 1))], 1),
    }


def clicked(page: Page, x: float, y: float) -> float:
    """Seconds from a click to the stay; a click that the grid was not ready to hear is made again."""
    for _ in range(5):
        began = time.perf_counter()
        page.mouse.click(x, y)
        try:
            page.wait_for_url("**/sejour**", timeout=5_000, wait_until="commit")
        except TimeoutError:
            continue
        page.evaluate(PAINTED, "")
        return time.perf_counter() - began
    raise AssertionError("no click was heard")


def opening(page: Page, server: str) -> list[float]:
    """A click on a row of the list until the stay can be judged."""
    times = []
    for turn in range(TIMES):
        usable(page, server)
        page.wait_for_timeout(700)
        box = page.get_by_test_id("stDataFrame").bounding_box()
        times.append(clicked(page, box["x"] + 180, box["y"] + 47 + 31 * (turn % 12)))
    return times


def judging(page: Page, server: str, workspace: Workspace) -> list[float]:
    """A verdict by key until the next alert is painted; the first gesture warms the page."""
    first = worklist(workspace, size=1).iloc[0]
    page.goto(f"{server}/sejour?stay={first['stay_id']}&alert={first['alert_id']}")
    page.evaluate(PAINTED, "")
    page.wait_for_timeout(3000)
    times = []
    for turn in range(TIMES + 1):
        here = page.evaluate(PAINTED, "")
        began = time.perf_counter()
        page.keyboard.press("ax"[turn % 2])
        page.evaluate(PAINTED, here)
        times.append(time.perf_counter() - began)
        page.wait_for_timeout(1200)
    return times[1:]


def measure() -> dict:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = Workspace(Path(folder) / "w")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = {
            "cold_s": round(started(chromium, workspace.path), 2),
            "warm_s": round(started(chromium, workspace.path), 2),
        }
        with serving(workspace.path) as server:
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(60_000)
            found["open_stay"] = spread(opening(page, server))
            found["verdict"] = spread(judging(page, server, workspace))
        chromium.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure()
    print(json.dumps(found) if options.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
