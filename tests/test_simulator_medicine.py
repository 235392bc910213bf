"""What the invented hospital does is what medicine and French wards do, within published ranges."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.knowledge.doses import limits
from core.schema import LOCAL_ROUTES, ROUTES, SEVERAL_LINE_TYPES
from core.settings import REFERENCE
from core.simulator import HOSPITALS, MAIN, simulate
from core.simulator.biology import creatinine_of, egfr
from core.simulator.catalogue import FAMILIES, HERE, catalogue, rows_of
from core.simulator.context import instant_features
from core.simulator.features import FEATURES, Moment
from core.simulator.hospital import WARDS
from core.simulator.lines import SLOTS
from core.simulator.output import whole
from core.simulator.patients import COURSE_INDEX
from core.simulator.problems import RULES, weights
from core.simulator.simulate import make_block


@pytest.fixture(scope="module")
def made():
    return whole(list(simulate(MAIN, 3000, seed=21)))


@pytest.mark.parametrize(
    ("mg_dl", "age", "female", "expected"),
    ((1.0, 50, True, 69), (1.0, 50, False, 92), (0.7, 30, True, 119), (0.8, 60, False, 101), (2.0, 70, False, 35)),
)
def test_egfr_follows_ckd_epi_2021(mg_dl, age, female, expected):
    """Values worked out by hand from the coefficients of Inker et al., N Engl J Med 2021;385:1737-49, table 2."""
    assert round(float(egfr(np.array(mg_dl * 88.4), np.array(age), np.array(female)))) == expected


def test_creatinine_turns_egfr_round():
    rate, age = np.linspace(8, 125, 40), np.full(40, 66)
    for female in (np.ones(40, bool), np.zeros(40, bool)):
        assert np.allclose(egfr(creatinine_of(rate, age, female), age, female), rate)


def test_the_laboratory_sends_the_egfr_of_the_creatinine(made):
    seen = made.tables.observations.pivot_table(index=["stay_id", "observed_at"], columns="kind", values="value")
    stays = made.tables.stays.set_index("stay_id").loc[seen.index.get_level_values(0)]
    both = seen["creatinine"].notna().to_numpy()
    again = egfr(seen["creatinine"].to_numpy(), stays["age_years"].to_numpy(), (stays["sex"] == "F").to_numpy())
    assert (np.abs(again - seen["egfr"])[both] <= 0.02 * again[both] + 1).mean() > 0.99


def test_the_formulary_is_real_and_wide():
    substances = {key for item in catalogue().items for key in item["substances"].split("+")}
    assert len(substances) >= 120
    reference = {row["key"]: row["atc"] for row in rows_of(REFERENCE / "substances.csv")}
    assert len(substances & reference.keys()) / len(substances) > 0.97
    assert {item["route"] for item in catalogue().items} <= set(ROUTES)
    assert len(WARDS) >= 6


def test_ordinary_schedules_stay_under_the_maximum():
    """An item whose highest schedule is above the maximum of its own substance would be an error each time."""
    for item in catalogue().items:
        known = limits(item["substances"], item["route"]) if item["unit"] == "mg" else None
        if known and known.maximum and item["route"] not in LOCAL_ROUTES:
            at = catalogue().index[item["item"]]
            lowest = min(float(word.split(":")[0]) for word in item["doses"].split())
            assert lowest <= catalogue().maximum[at], item["item"]


def test_every_course_rule_and_weight_names_something_known():
    items, properties = set(catalogue().index), set(catalogue().properties) | {"*", ""}
    for slot in SLOTS:
        assert slot["course"] in COURSE_INDEX
        assert {word.split(":")[0] for word in (slot["items"] + " " + slot["next"]).split()} <= items
    assert {rule[side] for rule in RULES for side in ("index", "partner")} <= properties
    chunk_features = set(FEATURES) | {"stent", "lung", "palliative", "dementia", "epilepsy", "heart_failure", "alcohol"}
    chunk_features |= {"diarrhoea", "ulcer", "icu", "psychiatry", "surgery"}
    by_instant = {name for name in weights()[1] if name not in chunk_features}
    assert by_instant <= set(instant_features.__code__.co_consts) | NAMED_AT_AN_INSTANT
    assert len(FAMILIES) > 20
    assert Moment.__getitem__


NAMED_AT_AN_INSTANT = {
    "egfr_low", "aki", "k_high", "k_low", "inr_high", "inr_on", "qtc_long", "glucose_low", "na_low", "k_seen",
    "inr_seen", "qtc_seen", "k_supply", "ppi", "raas_on", "diuretic_on", "n_sedatives", "n_qt", "n_platelet", "n_brady",
    "n_lines", "n_oral", "n_iv",
}  # fmt: skip


def test_a_changed_dose_stops_before_the_next_starts(made):
    """Of two lines of one substance and route that follow each other, seldom do both run."""
    lines = made.tables.lines.sort_values(["stay_id", "substances", "route", "started_at"])
    group = lines.groupby(["stay_id", "substances", "route"])
    later = group["ended_at"].shift().notna()
    assert later.sum() > 500
    apart = lines["started_at"] >= group["ended_at"].shift()
    assert apart[later].mean() > 0.8


def test_a_drug_that_is_not_given_at_all_is_not_forgotten_to_be_stopped():
    """Of these 500 stays one has a renal function too low for the tinzaparin planned before an oral anticoagulant."""
    lines = make_block(replace(MAIN, adapts=1.0, forgets_to_stop=1.0), 7, 15, 500).tables.lines
    assert (lines["times_per_day"] > 0).all()


def test_stays_and_lines_look_like_a_french_ward(made):
    lines = made.tables.lines.groupby("stay_id").size()
    days = (made.tables.stays["discharged_at"] - made.tables.stays["admitted_at"]) / pd.Timedelta(days=1)
    assert 10 <= lines.mean() <= 20
    assert 4 <= days.median() <= 6.5
    assert 0.03 < made.tables.lines["prn"].mean() < 0.3


@pytest.mark.parametrize("name", HOSPITALS)
def test_pharmacists_intervene_on_about_five_percent_of_lines(name):
    chunk = whole(list(simulate(HOSPITALS[name], 2000, seed=22)))
    touched = chunk.tables.interventions["line_id"].nunique() / len(chunk.tables.lines)
    assert 0.035 < touched < 0.075


def test_errors_of_several_lines_are_about_half(made):
    assert 0.4 < made.tables.interventions["error_type"].isin(SEVERAL_LINE_TYPES).mean() < 0.65


def test_two_lines_of_one_substance_are_an_overdose_and_no_redundancy_of_their_class(made):
    """SFPC 4.2 as in core.knowledge.checks: two statins are 5.3, one statin twice is not. Local routes count as neither."""
    lines = made.tables.lines.set_index("line_id")
    held = {
        line: set() if route in LOCAL_ROUTES else set(substances.split("+"))
        for line, substances, route in zip(lines.index, lines["substances"], lines["route"], strict=True)
    }
    shared = {"4.2": 0, "5.3": 0}
    for line, kind, partners in made.oracle[["line_id", "error_type", "partner_line_ids"]].to_numpy():
        if kind in shared:
            shared[kind] += sum(bool(held[line] & held[other]) for other in partners.split("+"))
    assert shared["4.2"] > 500
    assert shared["5.3"] == 0


def test_biology_answers_to_drugs(made):
    """A vitamin K antagonist raises the INR; potassium is higher under sparing drugs than under depleting ones."""
    t = made.tables
    on = t.lines[t.lines["atc"].str.startswith("B01AA", na=False)]["stay_id"].unique()
    inr = t.observations[t.observations["kind"] == "inr"]
    assert inr[inr["stay_id"].isin(on)]["value"].mean() > inr[~inr["stay_id"].isin(on)]["value"].mean() + 0.5
    means = [
        t.observations[(t.observations["kind"] == "potassium") & t.observations["stay_id"].isin(stays)]["value"].mean()
        for stays in (t.lines[t.lines["atc"].str.startswith(atc, na=False)]["stay_id"] for atc in ("C03D", "C03C"))
    ]
    assert means[0] > means[1]


def test_a_protector_lowers_the_odds_and_a_danger_raises_them():
    """Signs that the clinic fixes: a PPI protects, age and a failing kidney harm, wanted pairs are left alone."""
    table = {rule["kind"]: dict(word.split(":") for word in rule["weights"].split()) for rule in RULES}
    assert float(table["bleed_nsaid"]["ppi"]) < 0 < float(table["bleed_nsaid"]["age75"])
    assert float(table["bleed_nsaid"]["preventive_j"]) < 0
    assert float(table["two_platelet"]["stent"]) < 0
    assert float(table["sedation"]["icu"]) < 0 < float(table["sedation"]["lung"])
    assert float(table["vka_more"]["inr_seen"]) < 0 < float(table["vka_more"]["inr_high"])
    assert (HERE / "README.md").exists()
