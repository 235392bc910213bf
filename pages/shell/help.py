"""The keys, as a table."""

from pages.shell.keys import KEYS
from pages.shell.session import Session


def key_table(session: Session) -> str:
    rows = "".join(f"| **{shown}** | {session.t(f'guide.keys.{name}')} |\n" for name, shown in KEYS.items())
    return f"| {session.t('guide.key')} | {session.t('guide.effect')} |\n|---|---|\n{rows}"
