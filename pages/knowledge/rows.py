"""The answer of core as rows that the page shows, in the language of the page."""

import pandas as pd
import streamlit as st

from core.knowledge.answer import ABOVE, MOST_TIMES, order_of
from core.knowledge.phrases import branches, label, source, suggested
from core.knowledge.several import parted
from core.report.doses import cap, dosage, known_by, mg_a_day, most_a_day, unread
from core.report.words import apart
from pages.shell.session import Session
from pages.wording.words import capital, word

WIDTHS = {"substance": 160, "mg": 150, "maximum": 110, "above": 270}  # pixels: a table wraps no text, the longest alert fits


def columns(rows: pd.DataFrame, session: Session) -> dict:
    """The words of each column, and its width where it is fixed."""
    words = {name: session.t(f"interactions.column.{name}") for name in rows}
    return {name: st.column_config.Column(word, width=WIDTHS.get(name)) for name, word in words.items()}


def levels(codes: list[str], session: Session) -> str:
    return " / ".join(word("level", code, session.language) for code in codes)


def joined(keys: list[str], between: str, session: Session) -> str:
    """Substances and labels by their names."""
    return between.join(label(key, session.language) for key in keys)


def pairs(found: dict, session: Session) -> pd.DataFrame:
    """One row a pair and level, strongest first, with how many lines bring it where any pair has more than two."""
    listed = [(pair, entry) for pair in found["pairs"] for entry in pair["entries"]]
    rows = [
        {
            "level": levels(entry["levels"], session), "a": joined([pair["a"]], "", session),
            "b": joined([pair["b"]], "", session), "depends": entry["depends"], "lines": lines_of(pair, found),
        }
        for pair, entry in sorted(listed, key=lambda both: order_of(both[1]["levels"]))
    ]  # fmt: skip
    shown = pd.DataFrame(rows).drop_duplicates(ignore_index=True)
    return shown if rows and shown["lines"].max() > 2 else shown.drop(columns="lines", errors="ignore")


def lines_of(pair: dict, found: dict) -> int:
    """How many of the lines bring a side of a pair."""
    return sum(not {pair["a"], pair["b"]}.isdisjoint(drug["substances"]) for drug in found["drugs"])


def conditions(found: dict, session: Session) -> list[str]:
    """What the level of a pair depends on, a sentence an entry; tables wrap no text and would cut it."""
    told = [
        session.t("interactions.hangs_on", pair=joined([pair["a"], pair["b"]], " × ", session), told=apart(told, session.language))
        for pair in found["pairs"] for entry in pair["entries"] if (told := branches(entry, session.language))
    ]  # fmt: skip
    allowed = [capital(cap(rule, session.language)) for rule in found["capped"] if not rule["above"]]
    return list(dict.fromkeys(told + allowed + assumed(found, session)))


def assumed(found: dict, session: Session) -> list[str]:
    """Pairs whose level rests on how often a drug may be taken at most, its frequency not being read."""
    pairs = [joined([pair["a"], pair["b"]], " × ", session) for pair in found["pairs"] if pair["assumed"]]
    return [session.t("interactions.assumed", pair=pair, times=MOST_TIMES) for pair in pairs]


def entries(found: dict, session: Session) -> list[str]:
    """By which entry of the thesaurus pairs are listed, a sentence an entry."""
    by_labels: dict[str, list[str]] = {}
    for pair in found["pairs"]:
        for entry in pair["entries"]:
            told = f"{joined(entry['labels'], ' × ', session)} ({levels(entry['levels'], session)})"
            by_labels.setdefault(told, []).append(joined([pair["a"], pair["b"]], " × ", session))
    told = {entry: apart(dict.fromkeys(sides), session.language) for entry, sides in by_labels.items()}
    return [session.t("interactions.hangs_on", pair=entry, told=sides) for entry, sides in told.items()]


def alert(row: dict, session: Session) -> str:
    told = next((name for name in ("contra_indicated", *ABOVE) if row[name]), "")
    route = word("route", row["supposed_route"], session.language)
    return session.t(f"interactions.{told}", route=route) if told else ""


def caveats(found: dict, session: Session) -> list[str]:
    """What is not sure of the dose of each substance, a sentence each."""
    told = [(label(row["substance"], session.language), unread(row, session.language)) for row in found["doses"]]
    return [session.t("interactions.not_sure", substance=name, told=why) for name, why in told if why]


def sources(found: dict, session: Session) -> list[str]:
    """Where the maxima come from, one sentence."""
    rows = [row for row in found["doses"] if row["source"]]
    told = [f"{label(row['substance'], session.language)} {source(row['source'], session.language)}" for row in rows]
    return [session.t("interactions.sources", sources=apart(told, session.language))] if told else []


def unknown(found: dict, session: Session) -> str:
    """Drugs that nothing is known of, with the nearest names; values of the patient with where they go."""
    return ", ".join(f"{drug['text']} ({why})" if (why := besides(drug, session)) else drug["text"] for drug in found["unknown"])


def besides(drug: dict, session: Session) -> str:
    if drug["how"].startswith("value_") or drug["missing"]:
        return known_by(drug, session.language)
    return f"≈ {', '.join(suggested(drug['candidates'], session.language))}" if drug["candidates"] else ""


def repeated(row: dict, session: Session) -> str:
    """That several of the drugs bring one substance, in words."""
    substance, drugs = capital(label(row["substance"], session.language)), apart(row["drugs"], session.language)
    return session.t("interactions.repeated", substance=substance, drugs=drugs)


def redundant(pair: dict, session: Session) -> str:
    """That two drugs do the same, in words."""
    sides = {side: label(pair[side], session.language) for side in ("a", "b")}
    group = word("group", pair["group"], session.language)
    key = "never_together" if pair["never"] else "redundant"
    return session.t(f"interactions.{key}", **sides, group=group, source=source(pair["source"], session.language))


def doses(found: dict, session: Session) -> pd.DataFrame:
    """One row a substance: what a day brings against the maximum."""
    rows = [
        {
            "substance": label(row["substance"], session.language),
            "mg": mg_a_day(row, session.language),
            "maximum": most_a_day(row, session.language), "above": alert(row, session),
        }
        for row in found["doses"]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def parted_lines(typed: str, session: Session) -> list[str]:
    """Which of the typed lines were read as several, one sentence."""
    lines = [line.strip() for line in typed.splitlines() if line.strip() and len(parted(line)) > 1]
    return [session.t("interactions.parted", lines=apart(lines, session.language))] if lines else []


def drugs(found: dict, session: Session) -> pd.DataFrame:
    """One row a typed drug: what it and its dose were understood as."""
    rows = [
        {
            "text": drug["text"], "substances": joined(drug["substances"], " + ", session), "atc": drug["atc"],
            "dosage": dosage(drug, session.language), "how": known_by(drug, session.language),
        }
        for drug in found["drugs"]
    ]  # fmt: skip
    return pd.DataFrame(rows)
