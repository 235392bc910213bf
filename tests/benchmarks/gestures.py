"""Gestures of a pharmacist in a real browser, timed inside the page: from the event to the frame that shows its answer.

The clock starts at the event's own time stamp, when the browser took the key or the click, and stops after the frame
in which the answer stands has been painted; so the driver's own time is not in it.
"""

from statistics import median

from playwright.sync_api import Page

LATE_MS = 10_000  # an answer that takes longer counts as this much
CLOCK = """() => {
  window.heard = {};
  for (const type of ['keydown', 'click', 'input']) {
    addEventListener(type, (event) => { window.heard[type] = event.timeStamp; }, true);
  }
  window.deep = (selector, root = document) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const node of root.querySelectorAll('*')) {
      const inside = node.shadowRoot && window.deep(selector, node.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  window.alertHere = () => (document.documentElement.dataset.reviewKeys || '').split(':')[0];
  window.painted = (ready, began = () => 0, late = LATE) => new Promise((done, fail) => {
    const called = performance.now();
    const look = () => {
      const since = began();
      const now = performance.now();
      if (since === null && now - called > late) return fail(new Error('no gesture was heard'));
      if (since !== null && (now - since > late)) return done(late);
      if (since === null || !ready()) return requestAnimationFrame(look);
      const after = new MessageChannel();
      after.port1.onmessage = () => done(performance.now() - since);
      return after.port2.postMessage(0);
    };
    requestAnimationFrame(look);
  });
  window.arm = (type, answers) => {
    const armed = performance.now();
    const began = () => (window.heard[type] > armed ? window.heard[type] : null);
    window.results = Promise.all(answers.map((make) => window.painted(make(), began)));
  };
}""".replace("LATE", str(LATE_MS))
NEXT = "() => { const before = alertHere(); return () => alertHere() && alertHere() !== before; }"
WRITTEN = "() => () => document.documentElement.dataset.reviewUnsaved === '0'"
RANKED = """() => {
  const first = () => deep('[data-role=queue] > *');
  const before = first();
  return () => first() && first() !== before;
}"""
COMPARED = """() => {
  const shown = () => deep('[data-role=compared] table, [data-role=compared] .warning');
  const before = shown();
  return () => shown() && shown() !== before;
}"""
HEADED = """() => {
  const title = () => deep('h1, [data-testid=stHeading]');
  const before = title();
  return () => title() && title() !== before && title().textContent.trim() !== (before ? before.textContent.trim() : '');
}"""


def clock() -> str:
    """Script for every page of a browser: it hears from the start when each event came."""
    return f"({CLOCK})()"


def armed(page: Page, event: str, *answers: str) -> None:
    page.evaluate(f"() => arm('{event}', [{', '.join(answers)}])")


def results(page: Page) -> list[float]:
    return page.evaluate("() => window.results")


def opened(page: Page, address: str) -> float:
    """Milliseconds from the navigation to the first alert painted."""
    page.goto(address, wait_until="commit")
    return page.evaluate("() => painted(() => alertHere(), () => 0, 60000)")


def pressed(page: Page, key: str, *answers: str) -> list[float]:
    armed(page, "keydown", *answers)
    page.keyboard.press(key)
    return results(page)


def chosen(page: Page, role: str, value: str) -> float:
    """A filter set to a value, until the list is another."""
    armed(page, "input", RANKED)  # a change is not heard outside its shadow root
    page.locator(f"[data-role={role}]").select_option(value)
    return results(page)[0]


def clicked(page: Page, selector: str, answer: str) -> float:
    armed(page, "click", answer)
    page.locator(selector).first.click()
    return results(page)[0]


def spread(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(times)
    return {"p50_ms": round(median(ordered), 1), "p95_ms": round(ordered[round(0.95 * (len(ordered) - 1))], 1)}
