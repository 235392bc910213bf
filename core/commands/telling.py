"""Progress of long stations on stderr: stage, share done, time left."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.i18n import t

EVERY_SECONDS = 2.0


def teller(language: str) -> Callable[..., None]:
    """A function that detection tells where it stands; it writes one line every other second at most."""
    from core.report.words import number

    began: dict[object, tuple[float, int]] = {}  # when each stage began, and how far it is
    last = [0.0]

    def tell(stage: str = "fit", done: int = 0, total: int = 0, epoch: int | None = None, **more: float) -> None:
        now = time.monotonic()
        start, before = began.get((stage, epoch), (now, 0))
        start = now if done < before else start  # the same stage of another model
        began[stage, epoch] = start, done
        if "validation" in more:
            name = "epoch" if "loss" in more else "begun"
            write(t(f"cli.telling.{name}", language, epoch=epoch, **{k: number(v, language, 4) for k, v in more.items()}))
        elif not total:
            write(t(f"cli.telling.{stage}", language, **more))
        elif done and (now - last[0] > EVERY_SECONDS or done == total):
            last[0] = now
            left = (now - start) / done * (total - done)
            write(t("cli.telling.share", language, stage=t(f"cli.telling.{stage}", language), done=done, total=total,
                    left=round(left)))  # fmt: skip

    return tell


def tell_aside(folder: Path | None, language: str) -> None:
    """Say where the model is kept that stood where a new one was written."""
    if folder:
        print(t("cli.telling.aside", language, folder=folder))


def write(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
