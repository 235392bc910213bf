"""Import of numbers, units, ages, sexes, names and dates as French hospitals write them: read right, or said."""

import re
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from core.data import store
from core.data.intake import times
from core.data.intake.border import Options, bring_in
from core.data.intake.measures import conversions, factor_of
from core.i18n import LANGUAGES, t
from core.schema import OBSERVATIONS
from core.settings import Workspace
from tests.test_app import opened

STAY = {"stay_id": "A", "patient_id": "P", "ward": "cardiology", "admitted_at": "05/02/2024", "age_years": "82", "sex": "F"}
LINE = {"line_id": "1", "stay_id": "A", "drug": "warfarine", "route": "PO", "prn": "non", "started_at": "05/02/2024"}
RESULT = {"observation_id": "1", "stay_id": "A", "kind": "potassium", "value": "4.1", "observed_at": "05/02/2024"}


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "w")


def imported(workspace, lines=({},), stays=({},), observations=({},), **options):
    """Report and tables of a folder whose rows are good ones with what is given instead."""
    folder = workspace.path.parent / "files"
    folder.mkdir()
    for name, good, rows in (("lines", LINE, lines), ("stays", STAY, stays), ("observations", RESULT, observations)):
        numbered = [good | {f"{name[:-1]}_id": str(i)} if name != "stays" else good for i, _ in enumerate(rows)]
        whole = [one | changes for one, changes in zip(numbered, rows, strict=True)]
        pd.DataFrame(whole).to_csv(folder / f"{name}.csv", index=False)
    report = bring_in(workspace, "csv", folder, Options(**options))
    return report, store.read_all(workspace)


# Numbers


@pytest.mark.parametrize("decimal", ["auto", ","])
def test_a_decimal_comma_is_read_in_every_number(workspace, decimal):
    report, tables = imported(
        workspace, [{"times_per_day": "0,5"}], [{"age_years": "82,5"}], [{"value": "6,2"}], decimal=decimal
    )
    assert tables.stays["age_years"].tolist() == [82.5] and tables.lines["times_per_day"].tolist() == [0.5]
    assert tables.observations["value"].tolist() == [6.2] and report["notes"] == {}


def test_three_digits_after_a_mark_are_read_as_the_rest_of_the_file_says(workspace):
    report, tables = imported(workspace, observations=[{"value": "72,500", "kind": "weight"}, {"value": "6,2"}])
    assert sorted(tables.observations["value"]) == [6.2, 72.5]


def test_a_number_that_may_mean_two_things_is_set_aside(workspace):
    report, tables = imported(workspace, observations=[{"value": "72.500", "kind": "weight"}])
    assert report["tables"]["observations"]["reasons"] == {"not_a_number": 1} and not len(tables.observations)


# Units of measurements


@pytest.mark.parametrize(
    ("kind", "value", "unit", "read"),
    [("glucose", "1,1", "g/L", 6.106), ("glucose", "110", "mg/dL", 6.106), ("creatinine", "12", "mg/L", 106.08),
     ("creatinine", "1.2", "mg/dL", 106.08), ("creatinine", "88", "µmol/L", 88), ("potassium", "4.1", "mEq/L", 4.1),
     ("temperature", "98.6", "°F", 37), ("temperature", "37", "°C", 37), ("egfr", "60", "mL/min/1,73 m²", 60),
     ("sodium", "140", "mmol/l", 140), ("inr", "2.5", "", 2.5), ("qtc", "0.45", "s", 450), ("weight", "3200", "g", 3.2)],
)  # fmt: skip
def test_a_measurement_is_brought_to_the_unit_of_the_schema(workspace, kind, value, unit, read):
    report, tables = imported(workspace, observations=[{"kind": kind, "value": value, "unit": unit}])
    assert tables.observations["value"].tolist() == pytest.approx([read], rel=1e-3)


def test_a_measurement_of_an_unknown_unit_is_set_aside(workspace):
    report, tables = imported(workspace, observations=[{"unit": "furlong"}, {"unit": "mmol/L"}, {"kind": "?", "unit": "g"}])
    assert report["tables"]["observations"]["reasons"] == {"unknown_unit": 1, "unknown_code": 1}
    assert len(tables.observations) == 1


@pytest.mark.parametrize(
    ("kind", "written"),
    [("creatinine", "Créatinine; CRÉATININÉMIE; creatininemie; Serum creatinine"), ("egfr", "DFG; DFGe; CKD-EPI; eGFR; DFG (CKD-EPI)"),
     ("potassium", "Kaliémie; Potassium; K+; KALIEMIE"), ("weight", "Poids; Body weight"), ("inr", "INR"), ("qtc", "QTc; QT corrigé"),
     ("sodium", "Natrémie; Sodium; Na+"), ("glucose", "Glycémie; blood glucose"), ("temperature", " Température ")],
)  # fmt: skip
def test_a_measurement_is_known_by_its_usual_name(workspace, kind, written):
    report, tables = imported(workspace, observations=[{"kind": name} for name in written.split("; ")])
    assert set(tables.observations["kind"]) == {kind} and report["tables"]["observations"]["set_aside"] == 0


def test_another_quantity_of_a_like_name_is_not_taken_for_it(workspace):
    others = ("Clairance de la créatinine", "Cockcroft", "Créatinine urinaire", "Kaliurie", "QT", "TP")
    report, tables = imported(workspace, observations=[{"kind": name} for name in (*others, "Kaliémie")])
    assert report["tables"]["observations"]["reasons"] == {"unknown_code": len(others)}
    assert tables.observations["kind"].tolist() == ["potassium"]


def test_a_usual_name_has_the_units_of_its_kind(workspace):
    _, tables = imported(workspace, observations=[{"kind": "Glycémie", "value": "1,1", "unit": "g/L"}])
    assert tables.observations["value"].tolist() == pytest.approx([6.106], rel=1e-3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_names_every_kind(language):
    assert set(OBSERVATIONS) <= set(re.findall(r"\w+", t("cli.import.columns", language)))


def test_every_kind_is_known_in_its_own_unit():
    assert all(factor_of(kind, unit) == (0, 1) for kind, unit in OBSERVATIONS.items())
    assert {kind for kind, _ in conversions()} == set(OBSERVATIONS)


@pytest.mark.parametrize(
    ("written", "kind", "unit", "read"),
    [(">90", "DFG", "", 90), (" > 90 ", "egfr", "mL/min/1,73 m²", 90), (">8", "INR", "", 8), ("<0,5", "inr", "", 0.5),
     ("≥ 12,4", "creatinine", "mg/L", 109.616), ("<= 2.5", "potassium", "", 2.5)],
)  # fmt: skip
def test_a_value_given_by_a_bound_is_that_bound_and_noted(workspace, written, kind, unit, read):
    report, tables = imported(workspace, observations=[{"kind": kind, "value": written, "unit": unit}])
    assert tables.observations["value"].tolist() == pytest.approx([read], rel=1e-5) and report["notes"] == {"value_bound": 1}


@pytest.mark.parametrize(
    ("written", "below", "above"), [("<30", True, False), (">30", False, True), ("<=30", False, False), ("<1000", False, True)]
)
def test_a_rule_on_less_hears_a_strict_bound(workspace, written, below, above):
    _, tables = imported(workspace, observations=[{"kind": "creatinine", "value": written, "unit": ""}])
    [value] = tables.observations["value"]
    assert (value < 30, value > 30) == (below, above) and (written != "<1000" or 999 < value < 1000)


@pytest.mark.parametrize("written", [">", ">?", "> 90 <", "<>5", ">1.250"])
def test_a_sign_without_a_number_that_is_sure_is_set_aside(workspace, written):
    report, _ = imported(workspace, observations=[{"value": written}, {"value": "<5"}])
    assert report["tables"]["observations"]["reasons"] == {"not_a_number": 1} and report["notes"] == {"value_bound": 1}


# Optional values


@pytest.mark.parametrize(
    ("written", "sex"), [("H", "M"), ("homme", "M"), ("Masculin", "M"), ("m", "M"), ("1", "M"), ("Féminin", "F"), ("2", "F"), ("", "U")]
)  # fmt: skip
def test_a_sex_is_read_as_it_is_written(workspace, written, sex):
    report, tables = imported(workspace, stays=[{"sex": written}])
    assert tables.stays["sex"].tolist() == [sex] and report["notes"] == {}


@pytest.mark.parametrize(("written", "age"), [("82 ans", 82), ("82", 82), ("18 mois", 1.5), ("82,5 ans", 82.5), ("1 an", 1)])
def test_an_age_is_read_with_its_unit(workspace, written, age):
    _, tables = imported(workspace, stays=[{"age_years": written}])
    assert tables.stays["age_years"].tolist() == [age]


@pytest.mark.parametrize(
    ("column", "value", "kept"), [("sex", "?", "U"), ("age_years", "old", None), ("age_years", "999", None), ("discharged_at", "soon", None)]
)  # fmt: skip
def test_an_optional_value_that_cannot_be_read_costs_no_stay(workspace, column, value, kept):
    report, tables = imported(workspace, stays=[{column: value}])
    found = tables.stays[column].iloc[0]
    assert (found == kept if kept else pd.isna(found)) and report["notes"] == {"left_empty": 1}
    assert report["lines"] == 1 and report["set_aside"] == 0


def test_an_end_that_cannot_be_read_leaves_no_line_open(workspace):
    report, _ = imported(workspace, [{"ended_at": "soon"}, {}])
    assert report["reasons"] == {"impossible_date": 1} and report["lines"] == 1


@pytest.mark.parametrize(
    ("written", "kept", "notes"),
    [("HTA (I10), E11.9", "I10+E11.9", 1), ("I48.9;hypertension artérielle|n184", "I48.9+N184", 1), ("diabète", "", 1),
     ("4019", "", 1), ("I48.91234", "", 1), ("G30.9† F00.9*", "G30.9+F00.9", 0), ("I48.- / S72.001A", "I48+S72.001A", 0),
     ("I48 - N18", "I48+N18", 0)],
)  # fmt: skip
def test_what_is_no_code_of_a_diagnosis_is_left_out_with_a_note(workspace, written, kept, notes):
    report, tables = imported(workspace, stays=[{"diagnoses": written}])
    assert tables.stays["diagnoses"].fillna("").tolist() == [kept] and report["notes"].get("not_an_icd10", 0) == notes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_says_how_diagnoses_are_parted(language):
    told = next(line for line in t("cli.import.columns", language).splitlines() if line.strip().startswith("diagnoses"))
    assert {"+", ";", ",", "|", "/"} <= set(told.split())


# Dates


@pytest.mark.parametrize(
    ("written", "read"),
    [("2024-01-05T08:00:00+01:00", "2024-01-05 08:00"), ("2024-07-05T06:00:00Z", "2024-07-05 08:00"),
     ("2024-01-05T08:00:00.5+0100", "2024-01-05 08:00:00.5"), ("05/01/2024 24:00", "2024-01-06"),
     ("2024-01-05T08:00", "2024-01-05 08:00"), ("5/1/2024 08:00", "2024-01-05 08:00"),
     ("05/01/2024 08h00", "2024-01-05 08:00"), ("05/01/2024 8H05", "2024-01-05 08:05"), ("5/1/2024 8h", "2024-01-05 08:00"),
     ("05/01/2024 à 20 h 30", "2024-01-05 20:30"), ("2024-01-05 08h00", "2024-01-05 08:00"), ("05/01/2024 24h00", "2024-01-06")],
)  # fmt: skip
def test_a_time_is_that_of_the_hospital_whatever_its_zone(workspace, written, read):
    _, tables = imported(workspace, [{"started_at": written}, {}], [{"admitted_at": written}])
    assert pd.Timestamp(read) in tables.lines["started_at"].tolist()
    assert tables.stays["admitted_at"].tolist() == [pd.Timestamp(read)]


def test_a_year_of_two_digits_is_read_where_the_file_leaves_no_doubt(workspace, monkeypatch):
    monkeypatch.setattr(times, "date", SimpleNamespace(today=lambda: date(2026, 11, 29)))  # as seen before 31 could be a year
    starts = ["03/02/24 08:00", "31/01/24 09:00", "29/02/24"]
    report, tables = imported(workspace, [{"started_at": start} for start in starts])
    wanted = ["2024-01-31 09:00", "2024-02-03 08:00", "2024-02-29"]
    assert sorted(tables.lines["started_at"]) == [pd.Timestamp(time) for time in wanted]


@pytest.mark.parametrize("start", ["03/02/24 08:00", "02/29/24", "24/02/03"])
def test_a_year_of_two_digits_that_may_be_a_day_is_set_aside(workspace, start):
    report, _ = imported(workspace, [{"started_at": start}, {}])
    assert report["reasons"] == {"impossible_date": 1}


# Substances


@pytest.mark.parametrize(
    ("written", "drug", "keys", "notes"),
    [("Warfarine", "Coumadine", "warfarine", {}), ("Acide acétylsalicylique", "?", "acide acetylsalicylique", {}),
     ("WARFARIN+Aspirine", "?", "warfarine+acide acetylsalicylique", {}), ("", "warfarine", "warfarine", {}),
     ("ZZZ unknown", "warfarine", "warfarine", {"substances_unknown": 1}),
     ("warfarine+ZZZ", "warfarine", "warfarine", {"substances_unknown": 1}),
     ("ZZZ", "YYY", "", {"substances_unknown": 1, "drug_unknown": 1})],
)  # fmt: skip
def test_substances_of_a_file_are_brought_to_our_keys(workspace, written, drug, keys, notes):
    report, tables = imported(workspace, [{"substances": written, "drug": drug}])
    assert tables.lines["substances"].fillna("").tolist() == [keys] and report["notes"] == notes


def test_an_atc_code_is_kept_in_upper_case(workspace):
    _, tables = imported(workspace, [{"substances": "warfarine", "atc": " b01aa03"}, {"atc": "b01aa03"}])
    assert tables.lines["atc"].tolist() == ["B01AA03"] * 2


@pytest.mark.parametrize("written", ["-", "NA", "NC", "?", "B01AA3", "XX", "B01AA03/C01"])
def test_what_is_no_atc_code_is_left_empty_with_a_note(workspace, written):
    report, tables = imported(workspace, [{"substances": "", "drug": "YYY", "atc": written}])
    assert tables.lines["atc"].fillna("").tolist() == [""] and report["notes"] == {"drug_unknown": 1, "not_an_atc": 1}


def test_the_page_tells_what_was_set_aside_of_each_table(workspace, monkeypatch):
    imported(workspace, [{}, {"started_at": "soon"}], observations=[{}, {"unit": "furlong"}])
    monkeypatch.setenv("PHARMIAGE_WORKSPACE", str(workspace.path))
    told = opened("data").dataframe[0].value[["table", "reason", "count"]].to_numpy().tolist()
    assert ["Lignes", "Date impossible ou illisible", 1] in told and ["Mesures", "Unité de mesure inconnue", 1] in told
