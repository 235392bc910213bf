"""Doses as they are written, in mg a day, and the ledger over time."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.knowledge.doses import daily_doses
from core.knowledge.ledger import ledger
from core.knowledge.units import factor_of, parse_dose
from core.settings import ROOT

DAY = pd.Timestamp("2024-03-01")


def line(
    number=1, drug="Paracétamol", keys="paracetamol", dose=1.0, unit="g", times=4.0, prn=False, start=0, end=3, **more
):
    row = {
        "line_id": f"L{number}", "stay_id": "S1", "drug": drug, "substances": keys, "atc": "", "route": "oral", "dose": dose,
        "unit": unit, "times_per_day": times, "prn": prn, "started_at": DAY + pd.Timedelta(days=start),
        "ended_at": DAY + pd.Timedelta(days=end), "ward": "",
    }  # fmt: skip
    return row | more


def doses_of(*rows):
    return daily_doses(pd.DataFrame(rows)).set_index("substance")


def test_prn_is_a_band_from_never_to_always_taken():
    found = doses_of(line(prn=True)).loc["paracetamol"]
    assert (found.mg_per_day_low, found.mg_per_day_high) == (0, 4000)


@pytest.mark.parametrize(
    ("row", "mg"),
    [
        (line(dose=500, unit="mg", times=3), 1500),
        (line(dose=2, unit="comprimé", drug="Doliprane 500 mg, comprimé", times=3), 3000),
        (line(dose=25, unit="µg/h", keys="fentanyl", drug="Durogesic", route="transdermal", times=0.33), 0.6),
        (line(dose=25, unit="mg/semaine", keys="methotrexate", times=None), 25 / 7),
        (line(dose=10, unit="mL", drug="Paracétamol 10 mg/mL", times=2), 200),
        (line(dose=4000, unit="UI", keys="enoxaparine", times=1), 40),
    ],
)
def test_a_written_dose_comes_to_mg_a_day(row, mg):
    assert doses_of(row).mg_per_day_high.iloc[0] == pytest.approx(mg)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line(dose=10, unit="mL/h", times=None), "rate_without_concentration"),
        (line(dose=1, unit="ampoule"), "form_without_strength"),
        (line(unit="louche"), "unit_unknown"),
        (line(unit=None), "unit_missing"),
        (line(dose=None), "dose_missing"),
        (line(keys=""), "unknown_substance"),
        (line(keys=None), "unknown_substance"),
        (line(dose=5, unit="mg/kg"), "weight_needed"),
        (line(dose=5000, unit="UI", keys="heparine sodique"), "unit_without_mass"),
    ],
)
def test_what_cannot_be_said_has_a_reason_and_no_number(row, reason):
    found = daily_doses(pd.DataFrame([row]))
    assert found.reason.tolist() == [reason] and found.mg_per_day_high.isna().all()


def test_a_line_without_frequency_is_at_least_one_dose():
    found = doses_of(line(times=None)).loc["paracetamol"]
    assert found.mg_per_day_low == 1000 and pd.isna(found.mg_per_day_high) and found.reason == "frequency_missing"


def test_weight_serves_a_dose_per_kg():
    found = daily_doses(pd.DataFrame([line(dose=15, unit="mg/kg")]), pd.Series({"L1": 70.0}))
    assert found.mg_per_day_high.tolist() == [4200]


def test_a_product_of_several_substances_is_split():
    found = doses_of(line(keys="paracetamol+codeine", drug="Dafalgan codéine", dose=1000, unit="mg", times=3))
    assert found.mg_per_day_high.to_dict() == pytest.approx({"paracetamol": 3000, "codeine": 180})
    named = doses_of(line(keys="paracetamol+codeine", drug="Klipal 300 mg/25 mg", dose=2, unit="comprimé", times=3))
    assert named.mg_per_day_high.to_dict() == pytest.approx({"paracetamol": 1800, "codeine": 150})


COTRIMOXAZOLE, ENTRESTO = "sulfamethoxazole+trimethoprime", "sacubitril+valsartan"


@pytest.mark.parametrize(
    ("keys", "dose", "mg"),
    [
        (COTRIMOXAZOLE, 960, (800, 160)), (COTRIMOXAZOLE, 480, (400, 80)), (COTRIMOXAZOLE, 1920, (1600, 320)),
        (COTRIMOXAZOLE, 800, (800, 160)), (COTRIMOXAZOLE, 400, (400, 80)), (COTRIMOXAZOLE, 2400, (2400, 480)),
        (ENTRESTO, 100, (49, 51)), (ENTRESTO, 50, (24, 26)), (ENTRESTO, 200, (97, 103)), (ENTRESTO, 51, (49, 51)),
        ("benserazide+levodopa", 125, (25, 100)), ("benserazide+levodopa", 200, (50, 200)),
    ],
)  # fmt: skip
def test_a_dose_is_the_total_of_a_strength_or_one_of_its_parts(keys, dose, mg):
    found = doses_of(line(drug="", keys=keys, dose=dose, unit="mg", times=1)).mg_per_day_high
    assert found[keys.split("+")].tolist() == pytest.approx(mg, abs=1)


def test_a_total_in_the_name_of_a_tablet_is_read_as_a_total_whatever_the_order_of_its_substances():
    tablet = line(drug="Cotrimoxazole 960 mg", keys="trimethoprime+sulfamethoxazole", dose=2, unit="comprimé", times=1)
    assert doses_of(tablet).mg_per_day_high.to_dict() == pytest.approx({"sulfamethoxazole": 1600, "trimethoprime": 320})
    infused = line(drug="", keys="piperacilline+tazobactam", dose=4.5, unit="g", times=4, route="iv")
    assert doses_of(infused).mg_per_day_high["piperacilline"] == pytest.approx(16000)


@pytest.mark.parametrize(("grams", "mg"), [(18, 16000), (13.5, 12000), (16, 16000), (12, 12000)])
def test_a_day_of_a_continuous_infusion_is_a_total_too(grams, mg):
    infused = line(drug="", keys="piperacilline+tazobactam", dose=grams, unit="g/24h", times=1, route="iv")
    assert doses_of(infused).mg_per_day_high["piperacilline"] == pytest.approx(mg)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("1-2", 1, 2), ("25,000", 25000, 25000), ("0,5", 0.5, 0.5), ("une ampoule", None, None), ("1,250", None, None)]
)  # fmt: skip
def test_a_written_number_is_read_or_said_not_to_be(text, low, high):
    assert (parse_dose(text).low, parse_dose(text).high) == (low, high)
    assert low is not None or parse_dose(text).reason


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_text_raises_and_no_silence(unit, name):
    factor = factor_of(unit, name, "paracetamol")
    assert factor.mg is not None or factor.reason
    assert parse_dose(unit).low is not None or parse_dose(unit).reason


def test_the_ledger_adds_overlapping_lines_and_only_while_they_overlap():
    table = ledger(pd.DataFrame([line(1), line(2, dose=500, unit="mg", times=2, start=1, end=5, route="iv")]))
    assert table.mg_high.tolist() == [4000, 5000, 1000] and table.lines.tolist() == [1, 2, 1]
    assert table.since.tolist() == [DAY, DAY + pd.Timedelta(days=1), DAY + pd.Timedelta(days=3)]


def test_the_ledger_leaves_local_routes_out_and_keeps_what_it_does_not_know():
    table = ledger(pd.DataFrame([line(1, route="ophthalmic"), line(2, dose=1, unit="ampoule")]))
    assert table.unknown_lines.tolist() == [1] and table.mg_high.tolist() == [0]


@pytest.mark.skipif(
    not (ROOT.parent / "shared" / "data" / "mimic3-demo").exists(), reason="MIMIC-III demo lies in ../shared/data"
)
def test_no_line_of_the_demo_is_dropped():
    raw = pd.read_csv(ROOT.parent / "shared/data/mimic3-demo/PRESCRIPTIONS.csv.gz", dtype=str)
    rows = [
        line(i, drug=d, keys="", unit=u, times=None)
        for i, (d, u) in enumerate(zip(raw.drug, raw.dose_unit_rx, strict=True))
    ]
    found = daily_doses(pd.DataFrame(rows))
    assert found.line_id.nunique() == len(raw)
