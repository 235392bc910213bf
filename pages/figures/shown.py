"""What the person has asked to see on the timeline."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Shown:
    """The instant, the culprits and the choices; the index line stands first among the culprits."""

    at: pd.Timestamp | None = None
    culprits: tuple[str, ...] = ()
    pair_scores: dict[str, float] = field(default_factory=dict)  # by partner line
    order: str = "class"
    scope: str = "active"
    kinds: tuple[str, ...] = ()  # observations, the first four that exist when empty
    sex: str = "U"
    language: str = "fr"
    tone: str = "light"
