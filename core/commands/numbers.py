"""Numbers that options may not have."""

import argparse
from collections.abc import Mapping

from core.errors import Refusal

SENTENCES = {0: "negative", 1: "not_positive"}


def at_least(least: int, options: argparse.Namespace, *names: str) -> None:
    """Refuse a number below ``least`` (0 or 1); an option that was not given has none."""
    for name in names:
        value = getattr(options, name)
        if value is not None and value < least:
            raise Refusal(SENTENCES[least], option=f"--{name.replace('_', '-')}", value=value)


def within(bounds: Mapping[str, tuple[float, float]], options: argparse.Namespace) -> None:
    """Refuse a number outside its bounds, by the name of its option; nan is one that was not given."""
    for name, (low, high) in bounds.items():
        value = getattr(options, name)
        if value < low or value > high:
            raise Refusal("out_of_bounds", option=f"--{name}", value=f"{value:g}", low=f"{low:g}", high=f"{high:g}")
