"""The answer of core as rows that the page shows, in the language of the page."""

import pandas as pd

from core.knowledge.phrases import branches, label
from pages.shell.session import Session
from pages.wording.words import amount, word


def levels(codes: list[str], session: Session) -> str:
    return " / ".join(word("level", code, session.language) for code in codes)


def joined(keys: list[str], between: str, session: Session) -> str:
    """Substances and labels by their names."""
    return between.join(label(key, session.language) for key in keys)


def pairs(found: dict, session: Session) -> pd.DataFrame:
    """One row an entry of a pair, strongest pairs first."""
    rows = [
        {
            "level": levels(entry["levels"], session), "a": joined([pair["a"]], "", session),
            "b": joined([pair["b"]], "", session), "depends": entry["depends"],
            "entry": joined(entry["labels"], " × ", session),
        }
        for pair in found["pairs"] for entry in pair["entries"]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def conditions(found: dict, session: Session) -> list[str]:
    """What the level of a pair depends on, a sentence an entry; tables wrap no text and would cut it."""
    return [
        session.t("interactions.hangs_on", pair=joined([pair["a"], pair["b"]], " × ", session), told=" ; ".join(told))
        for pair in found["pairs"] for entry in pair["entries"] if (told := branches(entry, session.language))
    ]  # fmt: skip


def alert(row: dict, session: Session) -> str:
    told = next((name for name in ("contra_indicated", "above", "above_if_daily") if row[name]), "")
    return session.t(f"interactions.{told}") if told else ""


def unread(row: dict, session: Session) -> str:
    """What could not be read of the doses, and the values that a rule of the substance waits for."""
    told = [session.t(f"interactions.reason.{reason}") for reason in row["reasons"]]
    kinds = ", ".join(word("feature", kind, session.language) for kind in row["lacking"])
    return ", ".join(told + ([session.t("interactions.lacking", kinds=kinds)] if kinds else []))


def redundant(pair: dict, session: Session) -> str:
    """That two drugs do the same, in words."""
    sides = {side: label(pair[side], session.language) for side in ("a", "b")}
    group = word("group", pair["group"], session.language).replace("_", " ")
    return session.t("interactions.redundant", **sides, group=group, source=pair["source"])


def doses(found: dict, session: Session) -> pd.DataFrame:
    """One row a substance: what a day brings against the maximum, and what could not be read."""
    rows = [
        {
            "substance": label(row["substance"], session.language), "low": amount(row["mg_low"], session.language),
            "high": amount(row["mg_high"], session.language), "maximum": amount(row["maximum"], session.language),
            "above": alert(row, session), "source": row["source"], "reasons": unread(row, session),
        }
        for row in found["doses"]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def drugs(found: dict, session: Session) -> pd.DataFrame:
    """One row a typed drug: what it was understood as, or the nearest names."""
    rows = [
        {
            "text": drug["text"], "substances": joined(drug["substances"], " + ", session), "atc": drug["atc"],
            "how": session.t(f"interactions.how.{drug['how']}"), "candidates": ", ".join(drug["candidates"]),
        }
        for drug in found["drugs"]
    ]  # fmt: skip
    return pd.DataFrame(rows)
