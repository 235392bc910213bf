"""Hours of a clock beside the named moments of a day: the same moment, one more, or not to be told."""

import re
from collections.abc import Sequence

from core.knowledge.pieces import Piece, of_kind

HOUR = re.compile(r"(\d{1,2})\s*h")
FIRST_HOUR = 5  # of a list: before it, an hour beside moments may be how long an infusion runs
HOURS = {  # first and last hour that may be said of a moment: 'matin 8h', 'coucher (22h)'
    "reveil": (4, 10), "petit dejeuner": (5, 10), "matin": (4, 11), "morning": (4, 11), "dejeuner": (11, 14), "midi": (11, 14),
    "noon": (11, 14), "apres midi": (13, 18), "gouter": (15, 17), "diner": (17, 21), "soir": (17, 22), "evening": (17, 22),
    "coucher": (20, 24), "bedtime": (20, 24), "nuit": (20, 30), "night": (20, 30),
}  # fmt: skip


def hours_of(piece: Piece) -> list[int]:
    """The hours of a clock at which a dose is given."""
    return [int(hour) for hour in HOUR.findall(piece.text)] if piece.kind in ("clock", "clocks") else []


def may_be(moment: Piece, hour: int) -> bool:
    """Whether an hour may be said of a named moment."""
    first, last = HOURS[moment.parts[1].replace("-", " ")]
    return first <= hour <= last or first <= hour + 24 <= last


def unclear_hours(pieces: Sequence[Piece]) -> bool:
    """An hour that is not of the moment it stands beside ('matin 14h'), or one of a list that may be of a moment named in it
    ('matin, 8h'), or how long an infusion runs."""
    named, listed = of_kind(pieces, "moment"), [hour for piece in pieces for hour in hours_of(piece)]
    apart = any(not may_be(one, int(HOUR.match(one.parts[2])[1])) for one in named if one.parts[2])
    lone = [hour for piece in of_kind(pieces, "clock") for hour in hours_of(piece)]
    return apart or any(may_be(one, hour) for one in named for hour in listed) or any(hour < FIRST_HOUR or not named for hour in lone)
