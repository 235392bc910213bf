"""What the thesaurus asks to watch: read from its words, and missed only when nothing has come since."""

from dataclasses import replace

import pandas as pd
import pytest

from core.data.store import Tables, append
from core.knowledge.controls import asked_in, asked_of, controls_of_json
from core.knowledge.interactions import between
from core.knowledge.substances import read_facts
from core.review.alerts import keep_alerts
from core.review.case import open_case
from core.review.monitoring import Missing, missing
from core.settings import Workspace
from pages.review.sentence import sentence
from pages.shell.session import Session
from tests import small_stays as small
from tests.test_knowledge import ANSM, needs_thesaurus


@pytest.mark.parametrize(("text", "kinds"), [
    ("Contrôle plus fréquent de l'INR. Augmentation du risque hémorragique.", {"inr"}),
    ("Surveiller la kaliémie et l'ECG.", {"potassium", "qtc"}),
    ("Surveillance clinique. Risque d'hyperkaliémie.", set()),
    ("Contrôle strict de la \nfonction rénale.", {"creatinine"}),
    ("A prendre en compte.", set()),
    ("Surveiller la kaliémie et, s'il y a lieu, l'ECG.", set()),
    ("Surveillance accrue en cas d'altération de la fonction rénale.", set()),
    ("Dès 500 mg par prise : surveiller la fonction rénale.", set()),
    ("Risque de surdosage et de torsades, ECG modifié.", set()),
    ("Dosage des concentrations sanguines de l'immunosuppresseur, contrôle de la \nfonction rénale.", {"concentration", "creatinine"}),
    ("Surveillance clinique, contrôle des concentrations plasmatiques de phénytoïne et adaptation éventuelle.", {"concentration"}),
    ("Contrôle renforcé des dosages sanguins de ciclosporine.", {"concentration"}),
    ("Surveillance clinique, ECG et éventuellement contrôle des concentrations plasmatiques de lidocaïne.", set()),
    ("Augmentation des concentrations plasmatiques, avec signes de surdosage.", set()),
    ("Surveillance clinique et adaptation. Diminution des concentrations de clozapine.", set()),
    ("Surveillance clinique et adaptation posologique Diminution des concentrations de clozapine.", set()),
    ("Si possible, dosages plasmatiques du posaconazole.", set()),
])  # fmt: skip
def test_a_sentence_asks_for_what_it_names_beside_the_act(text, kinds):
    assert asked_in(text) == kinds


@needs_thesaurus
def test_the_table_is_what_the_edition_says():
    assert controls_of_json(ANSM / "thesaurus-2020-10.json") == read_facts("remedies/controls.csv")


def test_an_entry_is_found_whichever_way_it_is_asked():
    assert {kind for entry in between("amiodarone", "warfarine") for kind in asked_of(entry)} == {"inr"}
    assert {kind for entry in between("warfarine", "amiodarone") for kind in asked_of(entry)} == {"inr"}


@pytest.fixture
def case(tmp_path):
    workspace = Workspace(tmp_path / "w")
    append(workspace, Tables(small.stays(), small.lines(), small.observations(), small.interventions()), "hand-made")
    keep_alerts(workspace, small.alerts())
    found = open_case(workspace, "S1", "al1")
    assert {"warfarine", "amiodarone"} <= set(
        found.lines.loc[found.lines["line_id"].isin(found.culprits), "substances"]
    )
    return found


def inr(case, *hours_after_meeting: float):
    """The case with these results of INR alone, seen a day after the lines have met."""
    met = case.lines.loc[case.lines["line_id"].isin(case.culprits), "started_at"].max()
    rows = [
        {"observation_id": f"i{n}", "stay_id": "S1", "kind": "inr", "value": 2.0 + n, "observed_at": met + pd.Timedelta(hours=h)}
        for n, h in enumerate(hours_after_meeting)
    ]  # fmt: skip
    seen = pd.DataFrame(rows, columns=case.observations.columns)
    return replace(case, observations=seen, alert=case.alert | {"at": str(met + pd.Timedelta(hours=24))}), met


def test_a_result_since_the_lines_are_together_is_a_control(case):
    assert missing(inr(case, -5, 12)[0]) == []


def test_a_result_from_before_is_none_and_is_told(case):
    found, met = inr(case, -30, -5)
    assert missing(found) == [Missing("inr", 24.0, 3.0, met - pd.Timedelta(hours=5))]


def test_no_result_at_all_is_told(case):
    assert missing(inr(case)[0]) == [Missing("inr", 24.0, None, None)]


def test_a_result_that_comes_after_the_alert_is_not_known_yet(case):
    assert missing(inr(case, 30)[0]) == [Missing("inr", 24.0, None, None)]


def test_where_the_lines_meet_at_the_alert_the_control_is_to_be_planned(case):
    found, met = inr(case, -5)
    found = replace(found, alert=found.alert | {"at": str(met)})
    assert missing(found) == [Missing("inr", 0.0, 2.0, met - pd.Timedelta(hours=5))]
    said = {language: sentence(Session(Workspace("unused"), language, "a"), found) for language in ("fr", "en")}
    assert "Contrôle à prévoir" in said["fr"]
    assert "Control to plan" in said["en"]


def test_a_third_line_that_comes_later_does_not_make_the_two_meet_anew(case):
    found, met = inr(case, 12)
    others = case.lines[~case.lines["line_id"].isin(found.culprits)].iloc[:1]
    late = others.assign(started_at=met + pd.Timedelta(hours=20))
    lines = pd.concat([case.lines[case.lines["line_id"] != others["line_id"].iloc[0]], late])
    named = f"{found.alert['partner_line_ids']}+{others['line_id'].iloc[0]}"
    assert missing(replace(found, lines=lines, alert=found.alert | {"partner_line_ids": named})) == []


def test_the_blood_levels_of_a_drug_are_told_before_anything_else_to_control(case):
    lines = case.lines.assign(substances=case.lines["substances"].replace({"warfarine": "ciclosporine", "amiodarone": "fluconazole"}))
    case = replace(case, lines=lines, observations=case.observations.iloc[:0])
    assert [one.kind for one in missing(case)] == ["concentration", "creatinine"]
    told = {language: sentence(Session(Workspace("unused"), language, "a"), case) for language in ("fr", "en")}
    assert told["fr"].index("dosage des concentrations sanguines") < told["fr"].index("créatinine")
    assert told["en"].index("blood levels of the drug") < told["en"].index("creatinine")
