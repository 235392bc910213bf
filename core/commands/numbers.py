"""Numbers that options may not have."""

import argparse

from core.errors import Refusal

SENTENCES = {0: "negative", 1: "not_positive"}


def at_least(least: int, options: argparse.Namespace, *names: str) -> None:
    """Refuse a number below ``least`` (0 or 1); an option that was not given has none."""
    for name in names:
        value = getattr(options, name)
        if value is not None and value < least:
            raise Refusal(SENTENCES[least], option=f"--{name.replace('_', '-')}", value=value)
