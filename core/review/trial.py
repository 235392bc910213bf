"""A remedy tried on an alert that is open: what may be chosen, and what it would change."""

import re
from itertools import permutations

import numpy as np
import pandas as pd

from core.data.store import read_stay
from core.knowledge.doses import limits
from core.knowledge.interactions import level_matrix
from core.knowledge.matrix import substance_index
from core.knowledge.properties import property_names, strengths
from core.knowledge.redundancy import dense_never, dense_same_class
from core.knowledge.substances import all_substances, key_of, read_facts, substance
from core.review.case import Case, abnormal, active, listed, substances_of
from core.review.database import connect
from core.review.explaining import NETWORKS, folder_of, network
from core.schema import ROUTES, SEPARATOR
from core.settings import CHAMPION, Workspace

SAME_CLASS = 5  # characters of the ATC: chemical subgroup
ALTERNATIVES = 12
APART = (("chelated", "chelator"), ("iv_calcium", "iv_calcium_binding"))  # whose interaction hours keep apart


def network_for(workspace: Workspace, alert: dict):  # noqa: ANN201
    """The network that raised the alert; for an alert of a rule or of a forest the one that read in the same scoring, else the
    shipped one."""
    name = alert["model_id"] if is_network(alert["model_id"]) else reader(workspace, alert.get("run"))
    return network(folder_of(workspace, name) if name else CHAMPION)


def is_network(model_id: str) -> bool:
    return str(model_id).split("-", maxsplit=1)[0] in NETWORKS


def reader(workspace: Workspace, run: str | None) -> str:
    """The network that raised alerts in a scoring; empty where none did."""
    told = " OR ".join(f"model_id LIKE '{kind}-%'" for kind in NETWORKS)
    with connect(workspace) as db:
        row = db.execute(f"SELECT model_id FROM alerts WHERE run = ? AND ({told}) LIMIT 1", [run]).fetchone()
    return row[0] if row else ""


def tried(workspace: Workspace, alert: dict, remedy) -> dict:  # noqa: ANN001
    """Today beside tomorrow for one alert and one Remedy (core.detection.whatif); Refusal when it cannot be tried."""
    from core.detection.whatif import try_out

    return try_out(read_stay(workspace, alert["stay_id"]), alert, remedy, network_for(workspace, alert))


def breaks(workspace: Workspace, alert: dict, kind: str, line_id: str) -> bool:
    """Whether a raise would give what the rules are sure that the patient must not have, or more than the maximum."""
    from core.detection.remedies import RAISED, Remedy, applied
    from core.detection.standing import of_patient

    if kind not in RAISED:
        return False
    at = pd.Timestamp(alert["at"])
    return of_patient(applied(read_stay(workspace, alert["stay_id"]), Remedy(kind, line_id), at), at, line_id)


def alternatives(case: Case, line_id: str) -> tuple[list[str], str]:
    """Substances of the same chemical subgroup with a known dose by the same route, none that runs already, those that the
    thesaurus lists least beside the others first. Beside them the first, where it can mend the problem: where what is listed
    between the lines in question is listed less strongly, and where it doubles no group of another line. What is too much or
    forbidden for the patient is so of a neighbour too, as far as anything here can tell."""
    here = active(case)
    line = here.set_index("line_id").loc[line_id]
    mine, group, others = substances_of(line), group_of(line), beside(here[here["line_id"] != line_id])
    alike = [each.key for each in all_substances() if group and each.atc[:SAME_CLASS] == group]
    known = [key for key in alike if key not in {*mine, *others} and limits(key, line["route"])]
    found = [known[i] for i in np.argsort(strongest(known, others), kind="stable")][:ALTERNATIVES]
    partners = beside(here[here["line_id"].isin(set(case.culprits) - {line_id})])
    now, then = strongest(mine, partners).max(initial=0), strongest(found[:1], partners).max(initial=0)
    mends = then < now and not doubled(found[:1], others).any()
    return found, found[0] if found and mends else ""


def beside(lines: pd.DataFrame) -> list[str]:
    """Substances of lines, each once."""
    return sorted({key for _, line in lines.iterrows() for key in substances_of(line)})


def doubled(keys: list[str], others: list[str]) -> np.ndarray:
    """(keys,) bool: whether each is one of the others, or of a group of one effect with one (redundancy.csv), or
    must never run beside one (never_together.csv)."""
    a, b = substance_index(keys)[:, None], substance_index(others)
    return (dense_same_class()[a, b] | dense_never()[a, b] | (a == b)).any(1)


def group_of(line: pd.Series) -> str:
    keys = substances_of(line)
    known = substance(keys[0]) if len(keys) == 1 else None
    return known.atc[:SAME_CLASS] if known and len(known.atc) >= SAME_CLASS else ""


def strongest(keys: list[str], others: list[str]) -> np.ndarray:
    """Rank of the strongest listed level of each key with any of the others; 0 is none."""
    if not keys or not others:
        return np.zeros(len(keys))
    return np.asarray(level_matrix([*keys, *others]))[: len(keys), len(keys) :].max(1)


def routes(line: pd.Series) -> tuple[list[str], str]:
    """Other routes that the reference knows for every substance of the line (doses.csv, formulary.csv), and the first of them
    by which each has a known dose.

    Never a tube: its doses are those by mouth, but that does not say that the drug may be crushed. None where the drug is
    released slowly: its doses hold for that form alone, nor of what acts in the gut alone by mouth (remedies/in_the_gut.csv).
    """
    keys = substances_of(line)
    in_the_gut = {row["substance"] for row in read_facts("remedies/in_the_gut.csv")}
    if prolonged(line["drug"]) or not in_the_gut.isdisjoint(keys):
        return [], ""
    dosed = [route for route in ROUTES if keys and all(limits(key, route) for key in keys)]
    stocked = {row["route"] for row in read_facts("formulary.csv") if set(row["substances"].split(SEPARATOR)) == set(keys)}
    others = [route for route in ROUTES if route != line["route"] and (route in dosed or route in stocked)]
    return others, next((route for route in others if route in dosed and route != "enteral"), "")


def prolonged(drug: str) -> bool:
    """Whether a drug is written as one that is released slowly (words/prolonged.csv)."""
    words = re.findall(r"[a-z]+", key_of(drug).replace("l.p", "lp"))  # LP100, (LP), L.P.
    return not {row["word"] for row in read_facts("words/prolonged.csv")}.isdisjoint(words)


def parted(case: Case) -> bool:
    """Whether hours between two drugs in question can mend an interaction: where one keeps the other from being absorbed or falls
    out with it (mechanisms.csv; remedies/apart.csv names classes of the thesaurus)."""
    lines = [line for _, line in active(case).iterrows() if line["line_id"] in case.culprits]
    held = [{name for name, strength in known_of(line).items() if strength} for line in lines]
    meet = any(a in mine and b in other for a, b in APART for mine, other in permutations(held, 2))
    return meet or any(hours_between(entry.a, entry.b) for _, _, entry in listed(case))


def hours_between(a: str, b: str) -> bool:
    """Whether the thesaurus asks for hours between two labels of an entry."""
    rows = read_facts("remedies/apart.csv")
    return any(mine == row["label"] and other not in row["except"].split(SEPARATOR) for row in rows for mine, other in ((a, b), (b, a)))


def known_of(line: pd.Series) -> dict[str, float]:
    """Strength of each pharmacological property of a line."""
    return dict(zip(property_names(), strengths(tuple(substances_of(line)), str(line["atc"] or ""), False), strict=True))


def correctors(case: Case) -> tuple[list[str], str]:
    """Correctors that the lines in question call for (remedies/correctors.csv) and that the patient does not have yet, nor another
    of their group (redundancy.csv).

    Beside them the one of them, where the problem is that one is missing (SFPC 2.4).
    """
    here = active(case)
    rows = read_facts("remedies/correctors.csv")
    there = doubled([row["substance"] for row in rows], beside(here))
    rows = [row for row, known in zip(rows, there, strict=True) if not known]
    found = called_for(case, here[here["line_id"].isin(case.culprits)], rows)
    missing = bool(case.alert) and case.alert["error_type"] == "2.4"
    return found, found[0] if missing and len(found) == 1 else ""


def called_for(case: Case, lines: pd.DataFrame, rows: list[dict]) -> list[str]:
    """Substances of the rows that a property of the lines calls for, and a low result where the row asks for one."""
    known = {name for _, line in lines.iterrows() for name, strength in known_of(line).items() if strength}
    low = {each.kind for each in abnormal(case) if each.side == "below"} if case.alert else set()
    return [row["substance"] for row in rows if row["asked_by"] in known and {row["low"]} <= {*low, ""}]
