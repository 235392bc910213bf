"""The rules detector: each kind of problem found, what is no problem left alone, what was not checked said."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from core.knowledge.rules import detect, unchecked
from core.knowledge.substances import read_facts
from core.schema import ALERTS, ERROR_TYPES
from tests.test_doses import DAY, line


def tables(*lines, seen=(), age=60.0, diagnoses=""):
    stays = pd.DataFrame([{"stay_id": "S1", "age_years": age, "sex": "F", "diagnoses": diagnoses}])
    columns = ["observation_id", "stay_id", "kind", "value", "observed_at"]
    rows = [(f"O{i}", "S1", kind, value, DAY + pd.Timedelta(days=day)) for i, (kind, value, day) in enumerate(seen)]
    observations = pd.DataFrame(rows, columns=columns).astype({"value": float, "observed_at": "datetime64[us]"})
    return SimpleNamespace(stays=stays, lines=pd.DataFrame(lines), observations=observations)


def drug(number, key, mg=10.0, times=1.0, **more):
    return line(number, drug=key, keys=key, dose=mg, unit="mg", times=times, **more)


def found(*lines, **more):
    alerts = detect(tables(*lines, **more))
    assert list(alerts.columns) == ALERTS.names and set(alerts.error_type) <= set(ERROR_TYPES)
    return {(a.error_type, a.line_id, a.partner_line_ids): json.loads(a.detail) for a in alerts.itertuples()}


def types(*lines, **more):
    return {kind for kind, _, _ in found(*lines, **more)}


def test_an_interaction_names_its_lines_level_condition_source_and_edition():
    answers = found(drug(1, "clarithromycine", 500, 2), drug(2, "colchicine", 1, start=1))
    detail = answers["6.4", "L2", "L1"]
    entry = next(entry for entry in detail["rules"][0]["entries"] if "ci" in entry["levels"])
    assert entry["condition"] and entry["source"] and detail["edition"] == "2020-10-20"


def test_lines_that_never_overlap_do_not_interact():
    assert not types(drug(1, "clarithromycine", 500, 2, end=1), drug(2, "colchicine", 1, start=1))


def test_a_level_that_cannot_be_decided_is_the_weakest_and_says_that_it_depends():
    answers = found(drug(1, "warfarine", 5), line(2, keys="acide acetylsalicylique", unit="sachet", start=1))
    entry = answers["6.1", "L2", "L1"]["rules"][0]["entries"][0]
    assert entry["depends"] and len(entry["levels"]) > 1 and entry["undecided"]


def test_overlap_below_the_maximum_is_no_error_and_above_it_is():
    two = [line(1, dose=500, unit="mg", times=3), line(2, dose=1000, unit="mg", times=1, route="iv", start=1)]
    assert "4.2" not in types(*two)
    detail = found(line(1), line(2, dose=500, unit="mg", times=2, route="iv", start=1))["4.2", "L2", "L1"]
    assert detail["rules"][0]["maximum"] == 4000 and detail["rules"][0]["source"]


def test_a_short_relay_does_not_use_up_the_excess_that_comes_later():
    relay = line(2, dose=1000, unit="mg", times=4, route="iv", start=0.02, end=0.08)
    later = line(3, dose=1000, unit="mg", times=3, start=3, end=13)
    told = found(line(1, end=13), relay, later)
    assert told["4.2", "L2", "L1"]["rules"][0]["mg_low"] == 8000 and told["4.2", "L3", "L1"]["rules"][0]["mg_low"] == 7000


def test_an_excess_is_told_once_for_each_line_that_makes_it():
    """Not again where a line beside it ends, nor where another substance begins."""
    others = [drug(n, "ramipril", 5, start=n, end=n + 1) for n in range(4, 8)]
    told = found(line(1, end=13), line(2, dose=1000, unit="mg", times=3, start=1, end=12), line(3, times=1.0, start=2, end=3), *others)
    assert {key for key in told if key[0] == "4.2"} == {("4.2", "L2", "L1"), ("4.2", "L3", "L2+L1")}


def test_a_prn_line_makes_an_excess_possible_and_not_sure():
    detail = found(line(1), line(2, dose=500, unit="mg", times=2, prn=True, start=1))["4.2", "L2", "L1"]
    assert detail["rules"][0]["sure"] is False


def test_a_combination_counts_for_each_of_its_substances():
    codeine = line(2, drug="Dafalgan codéine", keys="paracetamol+codeine", dose=1000, unit="mg", times=3, start=1)
    assert "4.2" in types(line(1, dose=1000, unit="mg", times=3), codeine)


def test_the_same_line_twice_for_a_day_is_a_mistake_and_a_switch_is_none():
    same = {"keys": "bisoprolol", "drug": "bisoprolol", "dose": 5.0, "unit": "mg", "times": 1.0}
    assert ("4.2", "L2", "L1") in found(line(1, **same), line(2, start=1, end=4, **same))
    assert "4.2" not in types(line(1, **same), line(2, start=2.9, end=6, **same))


def test_what_is_counted_in_sachets_is_seen_twice_too_unless_its_dose_or_frequency_is_not_written():
    same = {"keys": "macrogol", "drug": "macrogol", "dose": 1.0, "unit": "sachet", "times": 2.0}
    assert ("4.2", "L2", "L1") in found(line(1, **same), line(2, start=1, end=4, **same))
    for lacking in ("dose", "times"):
        unsaid = same | {lacking: None}
        assert "4.2" not in types(line(1, **unsaid), line(2, start=1, end=4, **unsaid))


def test_two_drugs_of_one_effect_are_redundant_unless_one_takes_over():
    assert found(drug(1, "omeprazole", 20), drug(2, "pantoprazole", 40, start=1))["5.3", "L2", "L1"]
    assert "5.3" not in types(drug(1, "omeprazole", 20, end=1), drug(2, "pantoprazole", 40, start=0.99))
    eye = drug(1, "timolol", 1, route="ophthalmic")
    assert "5.3" not in types(eye, drug(2, "bisoprolol", 5))


def test_two_vitamin_k_antagonists_are_no_matter_of_the_documents_of_direct_anticoagulants():
    [told] = [detail["rules"][0] for key, detail in found(drug(1, "fluindione", 20), drug(2, "warfarine", 5)).items() if key[0] == "5.3"]
    assert not told["never"] and "4.3" not in told["source"]


def test_two_oral_anticoagulants_are_more_than_redundant():
    four = (drug(1, "fluindione", 20), drug(2, "apixaban", 5, 2, start=1), drug(3, "omeprazole", 20), drug(4, "pantoprazole", 40))
    alerts = detect(tables(*four))
    told = {row.line_id: (row.score, json.loads(row.detail)["rules"][0]) for row in alerts[alerts.error_type == "5.3"].itertuples()}
    assert told["L2"][1]["never"] and "ELIQUIS" in told["L2"][1]["source"] and not told["L4"][1]["never"]
    assert told["L2"][0] > told["L4"][0]


@pytest.mark.parametrize("heparin", ["enoxaparine", "heparine sodique", "fondaparinux"])
def test_a_heparin_beside_a_direct_oral_anticoagulant_must_not_be_but_while_one_takes_over(heparin):
    drugs = drug(1, heparin, 40, route="sc", end=3), drug(2, "apixaban", 5, 2, start=1)
    [told] = [detail["rules"][0] for key, detail in found(*drugs).items() if key[0] == "5.3"]
    assert told["never"] and "ELIQUIS" in told["source"] and told["group"] == "anticoagulants"
    assert "5.3" not in types(drug(1, heparin, 40, route="sc", end=1), drugs[1])
    assert "5.3" not in types(drugs[0], drug(2, "fluindione", 20, start=1))
    assert "5.3" not in types(drug(1, heparin, 40, route="cutaneous"), drugs[1])


@pytest.mark.parametrize(
    ("key", "mg", "kind"), [("ramipril", 10, "4.1"), ("ciprofloxacine", 1500, "4.1"), ("cetirizine", 10, "4.1"), ("glibenclamide", 5, None)]
)
def test_a_kidney_that_fails_in_part_lowers_the_dose(key, mg, kind):
    assert ({"4.1"} & types(drug(1, key, mg), seen=[("egfr", 45, -1)])) == ({kind} if kind else set())
    assert "1.3" in types(drug(1, "glibenclamide", 5), seen=[("egfr", 25, -1)])


@pytest.mark.parametrize(("mg", "egfr", "maximum"), [(40, 25, 20), (40, 35, None), (20, 25, None), (120, 25, 100), (80, 25, None)])
def test_a_dose_that_prevents_is_held_to_what_prevents_in_renal_failure(mg, egfr, maximum):
    alerts = found(drug(1, "enoxaparine", mg, route="sc"), seen=[("egfr", egfr, -1)])
    told = [rule["maximum"] for detail in alerts.values() for rule in detail["rules"] if rule["rule"] == "not_adapted"]
    assert told == ([maximum] if maximum else [])


def test_a_dose_that_prevents_is_too_much_once_the_kidney_fails_and_no_longer_once_it_recovers():
    at = detect(tables(drug(1, "enoxaparine", 40, route="sc"), seen=[("egfr", 60, -1), ("egfr", 20, 1), ("egfr", 18, 2), ("egfr", 50, 3)]))
    assert [(row.error_type, row.at) for row in at.itertuples() if row.error_type == "4.1"] == [("4.1", DAY + pd.Timedelta(days=1))]


def test_one_line_above_the_maximum_and_one_far_below_the_usual():
    assert "4.1" in types(drug(1, "ramipril", 20))
    assert "3.1" in types(drug(1, "amoxicilline", 100, 1))


def test_a_contra_indication_arises_when_the_result_arrives():
    alerts = detect(tables(drug(1, "metformine", 500, 2), seen=[("egfr", 80, -1), ("egfr", 25, 1)]))
    stop = alerts[alerts.error_type == "1.3"].iloc[0]
    assert stop["at"] == DAY + pd.Timedelta(days=1) and "egfr<30" in stop.detail


def test_kidney_function_is_reckoned_from_creatinine():
    assert "1.3" in types(drug(1, "metformine", 500, 2), seen=[("creatinine", 300, -1)])


def test_a_result_after_the_end_of_the_line_says_nothing():
    assert not types(drug(1, "metformine", 500, 2), seen=[("egfr", 20, 5)])


def test_age_lowers_the_maximum():
    assert "4.1" in types(drug(1, "zopiclone", 7.5), age=80.0) and "4.1" not in types(
        drug(1, "zopiclone", 7.5), age=40.0
    )


def test_what_is_said_by_weight_is_said_of_a_rule():
    rules = {(row["substance"], row["route"], row["when"]) for row in read_facts("adjustments.csv")}
    assert {(row["substance"], row["route"], row["when"]) for row in read_facts("by_weight.csv")} <= rules


def told(*lines, **more):
    """(error type, line, rule, maximum) of every rule on a dose or the patient."""
    return {(*key[:2], rule["rule"], rule.get("maximum")) for key, detail in found(*lines, **more).items() for rule in detail["rules"]}


@pytest.mark.parametrize("mg", [1000, 2000])
def test_a_dose_too_high_of_what_must_not_be_given_names_no_step_as_if_it_were_allowed(mg):
    """2,000 mg twice is above the maximum of any adult too."""
    stopped = told(drug(1, "metformine", mg, 2), seen=[("egfr", 16, -1)])
    assert stopped == {("1.3", "L1", "contra_indicated", None), ("4.1", "L1", "contra_indicated", None)}
    assert ("4.1", "L1", "not_adapted", 1000.0) in told(drug(1, "metformine", mg, 2), seen=[("egfr", 40, -1)])


def test_a_step_of_dose_is_told_until_the_result_that_forbids_it():
    rules = told(drug(1, "metformine", 1000, 2), seen=[("egfr", 40, -1), ("egfr", 16, 1)])
    assert rules == {("4.1", "L1", "not_adapted", 1000.0), ("1.3", "L1", "contra_indicated", None)}
    kidneys_recover = detect(tables(drug(1, "metformine", 1000, 2), seen=[("egfr", 16, -1), ("egfr", 40, 1)]))
    said = [(json.loads(alert.detail)["rules"][0]["maximum"], alert.at) for alert in kidneys_recover.itertuples()]
    assert said == [(None, DAY), (None, DAY), (1000.0, DAY + pd.Timedelta(days=1))]


@pytest.mark.parametrize(
    ("row", "seen", "rules"),
    [
        (drug(1, "eplerenone", 50), ("potassium", 5.2), set()),  # only not to be started
        (drug(1, "eplerenone", 50), ("potassium", 5.7), {("4.1", "not_adapted", 25.0)}),
        (drug(1, "eplerenone", 25), ("potassium", 6.0), {("1.3", "contra_indicated", None)}),
        (drug(1, "irbesartan", 150), ("potassium", 6.0), {("1.3", "contra_indicated", None)}),
        (drug(1, "irbesartan", 150), ("potassium", 5.9), set()),
        (drug(1, "polystyrene sulfonate de sodium", 15000), ("potassium", 4.6), {("1.3", "contra_indicated", None)}),
        (drug(1, "polystyrene sulfonate de calcium", 20000, route="rectal"), ("potassium", 4.6), {("1.3", "contra_indicated", None)}),
        (drug(1, "polystyrene sulfonate de sodium", 15000), ("potassium", 5.6), set()),
        (drug(1, "domperidone", 10, 3), ("qtc", 473), {("1.3", "contra_indicated", None)}),
        (drug(1, "domperidone", 10, 3), ("potassium", 2.8), {("1.3", "contra_indicated", None)}),
        (drug(1, "capecitabine", 1500, 2), ("egfr", 25), {("1.3", "contra_indicated", None)}),
    ],
)
def test_a_result_forbids_or_lowers_what_runs(row, seen, rules):
    assert {(kind, rule, maximum) for kind, _, rule, maximum in told(row, seen=[(*seen, 1)])} == rules


def test_lines_together_are_held_to_the_maximum_of_the_patient():
    two = line(dose=0.5, times=3), line(2, dose=500, unit="mg", times=3, route="iv", start=1)
    assert told(*two, seen=[("weight", 38.4, -1)]) == {("4.2", "L2", "not_adapted", 2304.0)}
    assert told(*two, seen=[("weight", 60, -1)]) == set()
    much = told(line(), line(2, route="iv", start=1), seen=[("weight", 38.4, -1)])
    assert {maximum for *_, maximum in much} == {2304.0}


def test_lines_are_held_to_a_maximum_from_the_result_that_lowers_it():
    two = line(dose=0.5, times=3), line(2, dose=500, unit="mg", times=3, route="iv", start=1)
    alerts = detect(tables(*two, seen=[("weight", 52, -1), ("weight", 48, 2)]))
    assert alerts[alerts["error_type"] == "4.2"]["at"].tolist() == [DAY + pd.Timedelta(days=2)]


@pytest.mark.parametrize("route", ["oral", "iv"])
def test_paracetamol_of_a_light_patient_is_so_many_mg_for_each_kg(route):
    rule = found(line(route=route), seen=[("weight", 38, -1)])["4.1", "L1", ""]["rules"][0]
    assert (rule["maximum"], rule["mg_per_kg"], rule["value"]) == (2280.0, 60.0, 38.0)
    assert "4.1" not in types(line(dose=0.75, times=3, route=route), seen=[("weight", 38, -1)])
    assert "4.1" not in types(line(route=route), seen=[("weight", 50, -1)])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line(keys="", drug="zzz"), "unknown_substance"),
        (line(unit="ampoule"), "form_without_strength"),
        (drug(1, "metformine", 500), "no_egfr"),
        (drug(1, "sofosbuvir", 400), "no_limit"),
    ],
)
def test_what_could_not_be_checked_is_said_with_its_reason(row, reason):
    assert reason in set(unchecked(tables(row)).reason)


def test_no_lines_give_no_alerts():
    empty = tables(line(1))
    empty.lines = empty.lines.iloc[:0]
    assert detect(empty).empty


def test_another_name_of_a_substance_is_that_substance():
    assert "unknown_substance" not in set(unchecked(tables(drug(1, "colecalciferol", 0.02))).reason)


def test_the_same_alerts_whatever_the_order_of_the_lines():
    lines = [drug(1, "clarithromycine", 500, 2), drug(2, "colchicine", 1, start=1), drug(3, "amiodarone", 200, start=1)]
    assert found(*lines) == found(*lines[::-1])
