"""Keys of the review: one press is one gesture (pages/review/client/keys.js hears them)."""

KEYS = {
    "confirm": "A",
    "reject": "X",
    "unsure": "I",
    "next": "J",
    "previous": "K",
    "undo": "U",
    "flag": "F",
    "defer": "D",
    "help": "H",
    "reason": "1 – 9",
}
