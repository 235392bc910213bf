"""One alert of one stay as plain data, in the words of the language: what the workbench paints without asking again."""

import pandas as pd

from core.knowledge.bands import Band, bands_over
from core.review.case import Case, active, atcs_of, open_case, substances_of
from core.review.desk import draft, flags
from core.review.gaps import gap_of
from core.schema import OBSERVATIONS, SEPARATOR
from pages.review.reference import gap_words, reference, unchecked_words
from pages.review.sentence import sentence
from pages.review.why import why_words
from pages.shell.session import Session
from pages.wording.drugs import drug, line_name, names
from pages.wording.words import capital, chance, day, diagnoses, dosage, instant, single_dose, word

SHOWN_FIRST = ("inr", "potassium", "egfr", "qtc", "sodium", "glucose", "creatinine", "temperature", "weight")

FEW = 4  # diagnoses of the header; all of them in its title


def ms(when: object) -> int | None:
    """Milliseconds of an instant without zone, None where it is not known."""
    return None if pd.isna(when) else round(pd.Timestamp(when).timestamp() * 1000)


def key_of(stay_id: str, alert_id: str | None) -> str:
    """The name of a card: its alert, or its stay where there is none."""
    return alert_id or f"stay:{stay_id}"


def card(session: Session, stay_id: str, alert_id: str | None = None) -> dict:
    """Everything of one alert, the riskiest of the stay when none is named; Refusal when unknown."""
    case = open_case(session.workspace, stay_id, alert_id)
    stay = stay_part(session, case)
    return stay | alert_part(session, case) if case.alert else stay


def stay_part(session: Session, case: Case) -> dict:
    stay_id = case.stay["stay_id"]
    return {
        "key": key_of(stay_id, case.alert and case.alert["alert_id"]),
        "alert": "",
        "stay": stay_id,
        "who": who(session, case),
        "diagnoses": coded(session, case, FEW),
        "all_diagnoses": coded(session, case),
        "span": span(case),
        "lines": [line_part(session, case, line) for _, line in case.lines.iterrows()],
        "names": {
            key: capital(line_name(key, session.language))
            for _, line in case.lines.iterrows()
            for key in substances_of(line)
        },
        "biology": biology(session, case),
        "unchecked": unchecked_words(session, case),
        "alerts": [choice(session, case, alert) for alert in case.alerts],
        "draft": draft(session.workspace, session.reviewer, stay_id),
    }


def alert_part(session: Session, case: Case) -> dict:
    alert, language = case.alert, session.language
    return {
        "alert": alert["alert_id"],
        "at": ms(case.at),
        "at_words": instant(case.at, language),
        "state": alert["state"],
        "sentence": sentence(session, case),
        "score": None if alert["origin"] == "rule" else alert["score"],
        "risk": "–" if alert["origin"] == "rule" else chance(alert["score"], language),
        "culprits": list(case.culprits),
        "pairs": [pair for pair in alert["detail"].get("pairs", []) if "line_id" in pair],
        "concerned": list(dict.fromkeys([*case.culprits, *active(case)["line_id"]])),
        "type": alert["error_type"],
        "why": why_words(session, case),
        "reference": reference(session, case),
        "judged": judged(session, case),
        "mine": bool((standing(case)["reviewer"] == session.reviewer).any()),
        "draft": draft(session.workspace, session.reviewer, alert["alert_id"]),
        "flagged": alert["alert_id"] in flags(session.workspace),
        "deferred": instant(alert["deferred_until"], language) if alert["deferred_until"] else "",
    }


def line_part(session: Session, case: Case, line: pd.Series) -> dict:
    """One line; ``row`` is what consecutive lines share when they stand on one row of the timeline."""
    keys, language = substances_of(line), session.language
    letter = line["atc"][:1] if pd.notna(line["atc"]) and line["atc"] else "unknown"
    return {
        "id": line["line_id"],
        "name": drug(line, language),
        "dosage": dosage(line, language),
        "dose": single_dose(line, language) or "–",
        "letter": letter,
        "class": word("atc", letter, language),
        "atc": line["atc"] if pd.notna(line["atc"]) else "",
        "row": f"{SEPARATOR.join(sorted(keys)) or line['drug']}|{line['route']}",
        "keys": keys,
        "gap": gap_words(session, drug(line, language), gap) if (gap := gap_of(line)) else "",
        "prn": bool(line["prn"]),
        "start": ms(line["started_at"]),
        "end": ms(line["ended_at"]),
        "from": instant(line["started_at"], language),
        "to": instant(line["ended_at"], language),
    }


def span(case: Case) -> list[int | None]:
    """First and last instant that the stay knows."""
    stay, lines, seen = case.stay, case.lines, case.observations
    starts = [stay["admitted_at"], lines["started_at"].min(), seen["observed_at"].min()]
    ends = [stay["discharged_at"], lines["started_at"].max(), lines["ended_at"].max(), seen["observed_at"].max()]
    return [ms(min(x for x in starts if pd.notna(x))), ms(max(x for x in [*starts, *ends] if pd.notna(x)))]


def biology(session: Session, case: Case) -> list[dict]:
    """One curve a kind, those that pharmacists read first at the top, each with its usual bands and their sources: from
    when on, the low and the high of each, since a drug that runs may change them."""
    taken = [(ms(line["started_at"]), ms(line["ended_at"]), atc) for _, line in case.lines.iterrows() for atc in atcs_of(line)]
    found = []
    for kind in (kind for kind in SHOWN_FIRST if (case.observations["kind"] == kind).any()):
        values = case.observations[case.observations["kind"] == kind].sort_values("observed_at")
        usual = bands_over(kind, case.stay["sex"], taken)
        found.append({
            "kind": kind,
            "name": word("observation", kind, session.language),
            "unit": word("unit", OBSERVATIONS[kind], session.language).replace("–", ""),
            "bands": [[since, band.low, band.high] for since, band in usual if band],
            "source": session.t("bench.and_source").join(dict.fromkeys(band.source(session.language) for _, band in usual if band)),
            "points": [[ms(at), float(value), int(outside(usual, ms(at), value))]
                       for at, value in zip(values["observed_at"], values["value"], strict=True)],
        })  # fmt: skip
    return found


def outside(usual: list[tuple[int | None, Band | None]], at: int, value: float) -> bool:
    """Whether a value lies outside the band that held when it was measured."""
    band = [band for since, band in usual if since is None or since <= at][-1]
    return bool(band) and not band.holds(value)


def who(session: Session, case: Case) -> str:
    """``Femme, 81 ans · cardiologie · entrée le 12 mars 2025 · jour 3 du séjour``."""
    stay, language = case.stay, session.language
    sex, age = word("sex", stay["sex"], language), stay["age_years"]
    unknown = session.t("stay.who_age_unknown", sex=sex)
    person = unknown if pd.isna(age) else session.t("stay.who", sex=sex, age=f"{age:.0f}")
    since = session.t("stay.admitted", day=day(stay["admitted_at"], language))
    number_of_day = (case.at.normalize() - stay["admitted_at"].normalize()).days + 1 if case.at is not None else 0
    parts = [person, word("ward", stay["ward"], language), since]
    return " · ".join(parts + ([session.t("stay.day_of_stay", day=number_of_day)] if number_of_day > 0 else []))


def coded(session: Session, case: Case, most: int | None = None) -> str:
    """``diagnostics I50.9, N18.3``; empty where none is coded."""
    codes = diagnoses(case.stay["diagnoses"], most)
    return session.t("stay.diagnoses", codes=codes) if codes else ""


def choice(session: Session, case: Case, alert: dict) -> dict:
    """An alert of the stay, short: its risk, its drugs, its type and what was decided."""
    lines = [alert["line_id"], *(alert["partner_line_ids"] or "").split(SEPARATOR)]
    score = "–" if alert["origin"] == "rule" else chance(alert["score"], session.language)
    kind = word("error_type", alert["error_type"], session.language)
    state = "" if alert["state"] in ("open", "retired") else f" · {word('state', alert['state'], session.language)}"
    return {"key": alert["alert_id"], "words": f"{score} · {names(lines, case.lines, session.language)} · {kind}{state}"}


def judged(session: Session, case: Case) -> list[str]:
    """What was decided on this alert so far, one sentence a verdict that counts."""
    return [
        session.t(
            "stay.judged",
            verdict=word("verdict", row["verdict"], session.language),
            who=row["reviewer"],
            at=capital(f"{row['reviewed_at']:%d/%m/%Y %H:%M} UTC"),
        )
        for _, row in standing(case).iterrows()
    ]


def standing(case: Case) -> pd.DataFrame:
    """The verdicts on the alert that count."""
    found = case.reviews
    return found[(found["alert_id"] == case.alert["alert_id"]) & found["counts"]]
