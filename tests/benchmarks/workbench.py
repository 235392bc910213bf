"""The workbench as it feels, on 100,000 stays and 3,000,000 lines, in headless Chromium, at 1440 by 900.

``python -m tests.benchmarks.workbench --json --workspace FOLDER``: the workspace is made once (``.large``: some minutes,
resumed where it stopped) and kept; its register is copied for each run. Each gesture 30 times, in milliseconds from the
event to the frame that shows its answer; then 1,000 verdicts with the server's memory before and after; then ten people
at once, one of whom asks for an explanation of every alert (``.together``).
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from core.settings import Workspace
from tests.benchmarks.gestures import COMPARED, HEADED, NEXT, WRITTEN, chosen, clicked, clock, opened, pressed, spread
from tests.benchmarks.large import STAYS, fill, lent
from tests.benchmarks.together import ten_at_once
from tests.browser.conftest import CHROMIUM, FLAGS, launched

TIMES = 30
VERDICTS = 1000
SETTLE_MS = 600  # between two gestures: longer than a verdict may not follow, shorter than anybody reads
REMEDIES = ("stop", "monitor")  # each is compared at once on any alert, nothing to be chosen before
PAGES = ("registre", "interactions", "guide", "modeles", "donnees")


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    told = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(told.split()[1]) / 1024


@contextmanager
def tab(chromium: Browser) -> Iterator[Page]:
    """A browser of one's own, its cache empty."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    context.add_init_script(clock())
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def repeated(page: Page, gesture: Callable[[int], float], times: int = TIMES) -> dict[str, float]:
    """The first two warm up and do not count."""
    found = []
    for turn in range(times + 2):
        found.append(gesture(turn))
        page.wait_for_timeout(SETTLE_MS)
    return spread(found[2:])


def filled_values(page: Page, role: str) -> list[str]:
    """Values that a filter offers."""
    return page.locator(f"[data-role={role}] option").evaluate_all("all => all.map(one => one.value)")


def filtering(page: Page) -> Callable[[int], float]:
    values = cycle(filled_values(page, "filter-error_type"))
    next(values)
    return lambda turn: chosen(page, "filter-error_type", next(values))


def trying(page: Page) -> Callable[[int], float]:
    """A remedy on an alert on which none has been tried."""

    def gesture(turn: int) -> float:
        pressed(page, "j", NEXT)
        page.wait_for_timeout(SETTLE_MS)
        page.locator("[data-role=tab-whatif]").click()
        return clicked(page, f"[data-role=remedy-{REMEDIES[turn % len(REMEDIES)]}]", COMPARED)

    return gesture


def turning(page: Page) -> Callable[[int], float]:
    """To another page and back to the workbench by the links of the frame; the way out and the way back count alike."""
    addresses = cycle(address for name in PAGES for address in (name, ""))

    def gesture(turn: int) -> float:
        address = next(addresses)
        target = f'a[href$="/{address}"]' if address else 'a[href="/"], a[href$=":{port}/"]'
        return clicked(page, target.replace("{port}", page.url.split(":")[2].split("/")[0]), HEADED)

    return gesture


def gestures(page: Page, server: str) -> dict[str, dict]:
    """Every gesture named in the promise, one after another in one session."""
    written: list[float] = []

    def verdict(turn: int) -> float:
        seen, acknowledged = pressed(page, "ax"[turn % 2], NEXT, WRITTEN)
        written.append(acknowledged)
        return seen

    found = {"open_warm": repeated(page, lambda turn: opened(page, server), TIMES)}
    found["next_alert"] = repeated(page, lambda turn: pressed(page, "j", NEXT)[0])
    found["previous_alert"] = repeated(page, lambda turn: pressed(page, "k", NEXT)[0])
    found["verdict"] = repeated(page, verdict)
    found["verdict_written"] = spread(written[2:])
    found["click_far_alert"] = repeated(page, lambda turn: far(page, turn))
    opened(page, server)
    page.locator("[data-role=filters-open]").click()
    found["filter"] = repeated(page, filtering(page))
    opened(page, server)
    found["what_if"] = repeated(page, trying(page))
    opened(page, server)
    page.wait_for_timeout(2000)
    found["change_page"] = repeated(page, turning(page))
    return found


def far(page: Page, turn: int) -> float:
    """A row of the list that nothing has asked ahead."""
    return clicked(page, f"[data-role=queue] [data-alert] >> nth={60 + 4 * turn}", NEXT)


def memory(page: Page, server: str, pid: int, wanted: int) -> dict[str, float]:
    """Resident memory of the server before and after so many verdicts; a hundred before them warm it up."""
    judge(page, server, max(wanted // 10, 1))
    before, began = megabytes(pid), time.perf_counter()
    judge(page, server, wanted)
    after, seconds = megabytes(pid), time.perf_counter() - began
    return {
        "verdicts": wanted, "server_memory_mb": round(after, 1), "server_memory_growth_mb": round(after - before, 1),
        "verdicts_per_second": round(wanted / seconds, 2),
    }  # fmt: skip


def judge(page: Page, server: str, wanted: int) -> None:
    """Verdicts by key as fast as they may follow each other, from the top of the list again when it is read."""
    left = 0
    for turn in range(wanted):
        if left == 0:
            opened(page, server)
            page.wait_for_timeout(SETTLE_MS)
            left = page.locator("[data-role=queue] [data-alert]").count() - 2
        pressed(page, "axi"[turn % 3], NEXT, WRITTEN)
        page.wait_for_timeout(520)
        left -= 1


def tell(found: dict) -> dict:
    """What is measured is told as it comes, so that a run that is stopped has not been for nothing."""
    print(json.dumps(found), file=sys.stderr, flush=True)
    return found


def alone(workspace: Workspace, verdicts: int) -> dict:
    """One person: every gesture, then the server's memory over many verdicts."""
    with sync_playwright() as playwright, launched(workspace.path) as (server, process):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with tab(chromium) as page:
            opened(page, server)
            found = tell(gestures(page, server))
        with tab(chromium) as page:
            found |= tell(memory(page, server, process.pid, verdicts))
        chromium.close()
    return found


def measured(kept: Workspace, options: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        workspace = lent(kept, Path(folder) / "w")
        found = alone(workspace, options.verdicts)
        with launched(workspace.path) as (server, _):  # its browser runs an event loop of its own
            return found | tell(ten_at_once(workspace, server))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--workspace", type=Path, default=Path(tempfile.gettempdir()) / "pharmiage-large")
    parser.add_argument("--stays", type=int, default=STAYS)
    parser.add_argument("--verdicts", type=int, default=VERDICTS)
    parser.add_argument("--scratch", type=Path, help="where the register is copied")
    options = parser.parse_args()
    kept = Workspace(options.workspace)
    rows = fill(kept, options.stays, lambda said: print(said, file=sys.stderr, flush=True))
    load = os.getloadavg()[0]
    found = {"stays": rows["stays"], "lines": rows["lines"], "load_before": round(load, 2)} | measured(kept, options)
    found["load_after"] = round(os.getloadavg()[0], 2)
    print(json.dumps(found) if options.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
