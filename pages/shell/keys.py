"""Keys of the review: one press is one gesture, bound to the alert on the screen."""

import streamlit as st

KEYS = {
    "confirm": "A",
    "reject": "X",
    "unsure": "I",
    "next": "J",
    "previous": "K",
    "undo": "U",
    "flag": "F",
    "help": "H",
    "reason": "1 – 9",
}
VERDICT_OF = {"confirm": "confirmed", "reject": "rejected", "unsure": "unsure"}

# Letters follow the layout of the keyboard (event.key), digits the place of the key (event.code), so that an
# AZERTY row and a numeric pad both work. Capture phase: nothing on the page can take a key first. Repeats of a
# held key, keys with Ctrl, Alt or Meta, keys typed into a field and keys behind an open dialog are left alone.
# A verdict or an undo is sent once for each token that the server has given out.
# One listener a page, set once, reads what the last drawing has put on the window: a component that is drawn again
# with other data is not always taken down first, and a listener left behind would answer with an old token.
JS = """
const TEXT = ['text', 'search', 'email', 'url', 'number', 'password', 'tel', 'date', 'time'];

function typing(event) {
  const at = event.composedPath()[0];
  if (!at || !at.tagName) return false;
  if (at.isContentEditable || at.tagName === 'TEXTAREA' || at.tagName === 'SELECT') return true;
  return at.tagName === 'INPUT' && TEXT.includes(at.type || 'text') && !at.readOnly;
}

function hear(event) {
  const now = window.pharmiageKeys;
  if (!now || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event) || document.querySelector('[role="dialog"][aria-modal="true"]')) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const name = digit && !event.shiftKey ? 'reason' : now.data.letters[event.key.toLowerCase()];
  if (!name) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const once = now.data.once.includes(name);
  if (once && window.pharmiageSent === now.data.token) return;
  if (once) window.pharmiageSent = now.data.token;
  now.send('pressed', { name, digit: digit ? Number(digit[1]) : 0, token: now.data.token });
}

export default function ({ data, setTriggerValue }) {
  const mine = { data, send: setTriggerValue };
  window.pharmiageKeys = mine;
  document.documentElement.dataset.reviewKeys = data.token;  // says that keys are heard, and for which alert
  if (!window.pharmiageHears) window.addEventListener('keydown', hear, true);
  window.pharmiageHears = true;
  return () => {
    if (window.pharmiageKeys !== mine) return;
    window.pharmiageKeys = null;
    delete document.documentElement.dataset.reviewKeys;
  };
}
"""
ONCE = ("confirm", "reject", "unsure", "undo")
_component = st.components.v2.component("pharmiage_keys", js=JS)


def listen(token: str, on_press) -> None:  # noqa: ANN001
    """Listen for the keys; ``on_press(name, digit, token)`` runs before the page is drawn again."""

    def pressed() -> None:
        press = st.session_state["review_keys"].get("pressed")
        if press:
            on_press(press["name"], int(press["digit"]), press["token"])

    letters = {shown.lower(): name for name, shown in KEYS.items() if len(shown) == 1}
    _component(
        key="review_keys",
        data={"token": token, "letters": letters, "once": list(ONCE)},
        on_pressed_change=pressed,
        height=1,
    )
