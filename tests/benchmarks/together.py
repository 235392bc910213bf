"""Ten people at once: nine judge, the tenth opens alerts that have no explanation yet, and each is worked out for it.

Then the tenth goes back over the same alerts, now explained: what differs between the two is what explanations cost the nine.
"""

import asyncio
import sqlite3

from playwright.async_api import BrowserContext, Page, async_playwright

from core.detection.model import shipped
from core.review.worklist import choices
from core.settings import Workspace
from pages.shell.session import COOKIE
from tests.benchmarks.gestures import NEXT, WRITTEN, clock, spread
from tests.browser.conftest import CHROMIUM, FLAGS

PEOPLE = 10
EACH = 15  # verdicts of each of the nine, once without and once beside explanations
EVERY_S = 2.0  # one verdict a person: twenty times as fast as anybody reads


def unexplained(workspace: Workspace) -> tuple[str, str]:
    """Two wards, the first with all its explanations taken away.

    Alerts of an earlier network become those of the shipped one: nothing can explain what a network that is gone has raised.
    """
    wards = choices(workspace)["ward"]
    with sqlite3.connect(workspace.register) as db:
        sizes = dict(db.execute("SELECT ward, count(*) FROM alerts WHERE state = 'open' GROUP BY ward"))
        one, other = sorted(wards, key=lambda ward: -sizes[ward])[:2]
        guard = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%alerts are kept as they were%'"
        for (name,) in db.execute(guard).fetchall():  # the register is a copy of its own
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE alerts SET model_id = ? WHERE origin <> 'rule'", [shipped().id])
        db.execute("DELETE FROM explanations WHERE alert_id IN (SELECT alert_id FROM alerts WHERE ward = ?)", [one])
    return one, other


async def person(browser, server: str, name: str, ward: str) -> Page:  # noqa: ANN001
    context: BrowserContext = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    await context.add_cookies([{"name": COOKIE, "value": name, "url": server}])
    await context.add_init_script(clock())
    page = await context.new_page()
    page.set_default_timeout(60_000)
    await page.goto(f"{server}/?ward={ward}", wait_until="commit")
    await page.evaluate("() => painted(() => alertHere(), () => 0, 60000)")
    return page


async def pressed(page: Page, key: str, *answers: str) -> list[float]:
    await page.evaluate(f"() => arm('keydown', [{', '.join(answers)}])")
    await page.keyboard.press(key)
    return await page.evaluate("() => window.results")


async def judging(page: Page, start: float, into: dict[str, list[float]]) -> None:
    await asyncio.sleep(start)
    for turn in range(EACH):
        seen, written = await pressed(page, "axi"[turn % 3], NEXT, WRITTEN)
        into["verdict"].append(seen)
        into["verdict_written"].append(written)
        await asyncio.sleep(EVERY_S)


async def turning(page: Page, key: str, stop: asyncio.Event) -> None:
    """From alert to alert by a key, until told to stop."""
    while not stop.is_set():
        await pressed(page, key, NEXT)
        await asyncio.sleep(0.7)


async def at_once(server: str, wards: tuple[str, str], workspace: Workspace) -> dict:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        asker = await person(chromium, server, "asks", wards[0])
        others = [await person(chromium, server, f"reads-{n}", wards[1]) for n in range(PEOPLE - 1)]
        await asyncio.sleep(8)
        found = {"nine_alone": await nine(others), "explanations_before": explanations(workspace)}
        found["nine_beside_explanations"] = await beside(others, asker, "j")
        found["explanations_made"] = explanations(workspace) - found.pop("explanations_before")
        found["nine_beside_reading"] = await beside(others, asker, "k")
        await chromium.close()
    return found


async def beside(others: list[Page], tenth: Page, key: str) -> dict:
    """What nine wait while a tenth goes from alert to alert."""
    stop = asyncio.Event()
    busy = asyncio.create_task(turning(tenth, key, stop))
    found = await nine(others)
    stop.set()
    await busy
    return found


async def nine(others: list[Page]) -> dict:
    into: dict[str, list[float]] = {"verdict": [], "verdict_written": []}
    await asyncio.gather(*(judging(page, EVERY_S * n / PEOPLE, into) for n, page in enumerate(others)))
    return {name: spread(times) for name, times in into.items()}


def explanations(workspace: Workspace) -> int:
    with sqlite3.connect(workspace.register) as db:
        return db.execute("SELECT count(*) FROM explanations").fetchone()[0]


def ten_at_once(workspace: Workspace, server: str) -> dict:
    return {"ten_at_once": asyncio.run(at_once(server, unexplained(workspace), workspace))}
