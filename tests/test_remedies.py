"""What is offered to try on an alert, what is chosen in advance, and what the page says of it."""

from dataclasses import asdict, replace

import pandas as pd
import pytest

from core.detection.remedies import INTERVENTION, kinds_for
from core.knowledge.properties import property_names
from core.knowledge.state import Limit
from core.knowledge.substances import read_facts, substance
from core.review.alerts import alert, keep_alerts
from core.review.case import open_case
from core.review.trial import alternatives, correctors, doubled, routes
from core.schema import OBSERVATIONS
from pages.review.whatif import doses, kept, label, met, treated, unruled
from tests import small_stays as small
from tests.test_bench import asked, network, read_by_network, session  # noqa: F401


@network
@pytest.mark.parametrize("kind", INTERVENTION)
def test_every_remedy_is_compared_or_says_what_it_lacks(read_by_network, kind):  # noqa: F811
    offers = asked(read_by_network, "remedies", stay="S1", alert="nal1")["remedies"]
    if kind not in dict(offers["kinds"]):
        return
    lines = dict(offers["lines"].get(kind, [["", ""]]))
    line, values = next(iter(lines)), offers["values"].get(kind)
    values = values.get(line, values)["of"] if values else None
    if values == []:
        return
    name = offers["parameter"].get(kind)
    remedy = {"kind": kind, "line_id": line} | ({name: values[0][0]} if name else {})
    found = asked(read_by_network, "tryout", alert="nal1", remedy=remedy)
    assert found["ok"] and found["compared"]["rows"] and found["compared"]["intervention"] == INTERVENTION[kind]


def test_what_may_replace_a_line_is_of_its_class_and_not_itself(session):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    for line_id, keys in case.lines.set_index("line_id")["substances"].items():
        if line_id not in set(case.culprits):
            continue
        found, _ = alternatives(case, line_id)
        assert keys not in found
        assert len({substance(key).atc[:5] for key in found}) <= 1


def beside_each_other(session, *keys):  # noqa: F811
    """The alert's stay with these substances alone, all of them in question, all running."""
    case = open_case(session.workspace, "S1", "al1")
    line = case.lines[case.lines["line_id"] == case.culprits[0]]
    named = [substance(key) for key in keys]
    lines = pd.concat([line.assign(substances=each.key, drug=each.name_fr, atc=each.atc, route="oral", line_id=f"l{i}",
                                   started_at=case.at, ended_at=pd.NaT) for i, each in enumerate(named)])  # fmt: skip
    raised = {"line_id": "l0", "partner_line_ids": "+".join(lines["line_id"][1:])}
    return replace(case, lines=lines, alert=case.alert | raised)


def test_what_must_never_run_beside_another_line_is_as_a_double_of_it():
    assert doubled(["apixaban", "fluindione", "omeprazole"], ["enoxaparine", "pantoprazole"]).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("line", "partner", "named"),
    [
        ("simvastatine", "clarithromycine", True),  # another statin is listed less strongly
        ("propranolol", "verapamil", False),  # any beta-blocker is listed as strongly
        ("zopiclone", "oxazepam", False),  # another would be one of the same group
        ("pantoprazole", "omeprazole", False),  # so here, and no list says it
        ("amlodipine", "paracetamol", False),  # nothing is listed: a neighbour is no better known
    ],
)
def test_another_substance_is_proposed_only_where_it_can_mend_the_problem(session, line, partner, named):  # noqa: F811
    case = beside_each_other(session, line, partner)
    found, preset = alternatives(case, "l0")
    assert found and line not in found and partner not in found
    assert preset == (found[0] if named else "")


def test_what_runs_already_is_not_offered_for_another_line(session):  # noqa: F811
    assert "duloxetine" not in alternatives(beside_each_other(session, "mirtazapine", "duloxetine"), "l0")[0]


def test_a_corrector_of_a_group_that_is_there_is_not_offered(session):  # noqa: F811
    """Pantoprazole beside an antithrombotic, but not where omeprazole runs."""
    assert correctors(beside_each_other(session, "acide acetylsalicylique", "ibuprofene"))[0] == ["pantoprazole"]
    assert correctors(beside_each_other(session, "acide acetylsalicylique", "omeprazole"))[0] == []


@pytest.mark.parametrize(
    ("line", "partner", "error_type", "offered"),
    [("ciprofloxacine", "fer", "6.4", True), ("levothyroxine", "sevelamer", "6.4", True), ("ketoprofene", "apixaban", "6.2", False),
     ("ramipril", "lithium", "6.2", False), ("calcium", "digoxine", "6.2", False), ("calcium", "hydrochlorothiazide", "6.2", False),
     ("calcium", "estramustine", "6.2", True), ("ketoprofene", "apixaban", "9.1", True)],
)  # fmt: skip
def test_other_hours_are_offered_only_where_they_can_part_two_drugs(session, monkeypatch, line, partner, error_type, offered):  # noqa: F811
    case = beside_each_other(session, line, partner)
    case = replace(case, alert=case.alert | {"error_type": error_type})
    monkeypatch.setattr("pages.review.whatif.open_case", lambda *_: case)
    monkeypatch.setattr("pages.review.whatif.breaks", lambda *_: False)
    kinds = dict(asked(session, "remedies", stay="S1", alert="al1")["remedies"]["kinds"])
    assert ("shift" in kinds) == offered


@pytest.mark.parametrize("drug", [
    "Morphine LP", "SKENAN LP 30 mg", "Oxycodone L.P.", "morphine à libération prolongée", "Morphine SR", "Morphine (LP) 100 mg",
    "Morphine LP100", "MORPHINE LP, gélule", "Skenan 30 mg", "Moscontin 30 mg",
])  # fmt: skip
def test_what_is_released_slowly_is_given_by_no_other_route(drug):
    line = small.lines().iloc[[0]].assign(route="oral", substances="morphine", drug=drug)
    assert routes(line.iloc[0]) == ([], "")
    assert "iv" in routes(line.assign(drug="Morphine").iloc[0])[0]


def test_a_corrector_that_is_there_already_is_not_offered(session):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    there = set(case.lines["substances"])
    assert not there & set(correctors(case)[0])


def test_correctors_are_those_that_the_lines_in_question_call_for(session):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    opioid = case.lines.iloc[[1]].assign(substances="morphine", atc="N02AA01", started_at=case.at, ended_at=pd.NaT)
    assert correctors(replace(case, lines=opioid))[0] == ["macrogol"]
    assert correctors(replace(case, lines=opioid.assign(line_id="elsewhere")))[0] == []
    assert "corrector" not in dict(asked(session, "remedies", stay="S1", alert="al2")["remedies"]["kinds"])


def test_a_corrector_is_proposed_only_where_one_is_missing(session):  # noqa: F811
    """Beside an opioid, its laxative when the problem is that none is there; nothing for an interaction or without it."""
    case = open_case(session.workspace, "S1", "al1")
    opioid = case.lines.iloc[[1]].assign(substances="morphine", atc="N02AA01", started_at=case.at, ended_at=pd.NaT)
    missing = replace(case, lines=opioid, alert=case.alert | {"error_type": "2.4"})
    assert case.alert["line_id"] == opioid["line_id"].iloc[0]
    assert correctors(missing)[1] == "macrogol"
    assert correctors(replace(case, lines=opioid))[1] == ""
    assert correctors(replace(missing, lines=opioid.assign(line_id="elsewhere")))[1] == ""


@pytest.mark.parametrize(("value", "named"), [(2.9, "potassium"), (4.0, ""), (5.8, "")])
def test_potassium_is_proposed_only_where_it_is_low(session, value, named):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    diuretic = case.lines.iloc[[1]].assign(substances="furosemide", atc="C03CA01", started_at=case.at, ended_at=pd.NaT)
    seen = case.observations.iloc[[0]].assign(kind="potassium", value=value, observed_at=case.at)
    missing = replace(case, lines=diuretic, observations=seen, alert=case.alert | {"error_type": "2.4"})
    assert correctors(missing)[1] == named
    assert correctors(missing)[0] == [named] * bool(named)


def test_a_route_is_proposed_only_where_a_dose_by_it_is_known():
    lines = small.lines().iloc[[0]].assign(route="oral")
    proposed = {key: routes(lines.assign(substances=key).iloc[0]) for key in ("paracetamol", "acide alendronique", "")}
    assert {key: known for key, (_, known) in proposed.items()} == {
        "paracetamol": "iv",
        "acide alendronique": "",
        "": "",
    }
    assert {key: others for key, (others, _) in proposed.items()} == {
        "paracetamol": ["iv", "enteral"], "acide alendronique": ["enteral"], "": [],
    }  # fmt: skip


@pytest.mark.parametrize("route", ["iv", "oral"])
def test_what_acts_in_the_gut_alone_by_mouth_is_given_by_no_other_route_instead(route):
    line = small.lines().iloc[[0]].assign(route=route, substances="vancomycine", drug="Vancomycine")
    assert routes(line.iloc[0]) == ([], "")


@network
def test_a_route_is_chosen_in_advance_only_where_the_route_is_the_problem(read_by_network):  # noqa: F811
    raised = small.alerts().iloc[[1]].assign(line_id="S1-00-0", partner_line_ids=None)
    for kind in ("8.1", "1.3"):
        keep_alerts(read_by_network.workspace, raised.assign(alert_id=f"of{kind}", error_type=kind), retire=False)
    offers = {kind: asked(read_by_network, "remedies", stay="S1", alert=f"of{kind}")["remedies"]["values"]["route"] for kind in ("8.1", "1.3")}
    assert {each["preset"] for each in offers["1.3"].values()} == {""} != {each["preset"] for each in offers["8.1"].values()}


def test_what_no_rule_looks_at_in_the_place_of_what_one_does_is_said(session):  # noqa: F811
    """Digoxin is held to the kidney by mouth, and nothing here says how far by another route; nor of a thiazide for another."""
    case = beside_each_other(session, "digoxine", "indapamide")
    seen = case.observations.iloc[[0]].assign(kind="egfr", value=24.0, observed_at=case.at)
    told = {kinds: [unruled(session, replace(case, observations=seen.assign(kind=kinds)), remedy) for remedy in (
        {"kind": "route", "line_id": "l0", "route": "iv"}, {"kind": "substance", "line_id": "l1", "substance": "chlortalidone"},
        {"kind": "stop", "line_id": "l0"})] for kinds in ("egfr", "inr")}  # fmt: skip
    assert [len(each) for each in told["egfr"]] == [1, 1, 0] and "DFG" in told["egfr"][0][0] and "hlortalidone" in told["egfr"][1][0]
    assert told["inr"] == [[], [], []]


def test_a_route_by_which_other_doses_are_usual_says_them(session):  # noqa: F811
    case = beside_each_other(session, "morphine", "paracetamol")
    [told] = kept(session, case, {"kind": "route", "line_id": "l0", "route": "iv"})
    assert "10 à 60" in told and not kept(session, case, {"kind": "route", "line_id": "l1", "route": "iv"})


def test_no_route_is_offered_that_nothing_knows_the_drug_by():
    line = small.lines().iloc[[0]].assign(route="oral")
    assert routes(line.assign(substances="metformine").iloc[0])[0] == ["enteral"]


@network
def test_what_is_offered_is_what_can_mend_the_problem(read_by_network):  # noqa: F811
    """al2 is an overdose of a drug that calls for no corrector and that the reference does not know, al1 an interaction of an
    anticoagulant; warfarin once a day has no intake to spare."""
    offers = {name: asked(read_by_network, "remedies", stay="S1", alert=name)["remedies"] for name in ("nal1", "nal2")}
    kinds = {name: set(dict(found["kinds"])) for name, found in offers.items()}
    assert kinds["nal1"] - kinds["nal2"] == {"route", "corrector"} and not {"double", "more"} & (kinds["nal1"] | kinds["nal2"])
    assert "S1-00-0" in dict(offers["nal1"]["lines"]["halve"]) and "S1-00-0" not in dict(
        offers["nal1"]["lines"]["space"]
    )
    assert offers["nal1"]["values"]["corrector"]["preset"] == ""


def test_a_remedy_that_fits_no_line_in_question_is_not_offered(session):  # noqa: F811
    """Warfarin once a day has no intake to spare; that amiodarone has one does not help."""
    keep_alerts(session.workspace, small.alerts().iloc[[1]].assign(alert_id="once", line_id="S1-00-0"), retire=False)
    offers = asked(session, "remedies", stay="S1", alert="once")["remedies"]
    assert "halve" in dict(offers["kinds"]) and "space" not in dict(offers["kinds"])


@network
def test_a_dose_raised_above_its_maximum_is_warned_of(read_by_network):  # noqa: F811
    """Paracetamol, up to 4,000 mg a day and no more."""
    tried = lambda kind: asked(read_by_network, "tryout", alert="nal1", remedy={  # noqa: E731
        "kind": kind, "line_id": "S1-00-2"})["compared"]["warnings"]  # fmt: skip
    assert any("maximum" in said and said.startswith("Paracétamol") for said in tried("double"))
    assert not any("maximum" in said for said in tried("halve"))


@network
def test_a_risk_of_the_instant_that_is_not_the_alerts_own_is_said_to_be_another(read_by_network):  # noqa: F811
    """What is tried is read at the alert's instant; the alert counts what follows too."""
    tried = asked(read_by_network, "tryout", alert="nal1", remedy={"kind": "monitor", "observation": "inr"})["compared"]
    today = tried["rows"][0]["today"]
    assert tried["rows"][0]["title"] == "Risque, le plus haut des lignes" and today != "91 %"
    assert any("91 %" in said for said in tried["notes"])
    same = small.alerts().iloc[[0]].assign(
        alert_id="same", score=float(today.split()[0]) / 100, model_id=alert(read_by_network.workspace, "nal1")["model_id"]
    )
    keep_alerts(read_by_network.workspace, same, retire=False)
    tried = asked(read_by_network, "tryout", alert="same", remedy={"kind": "monitor", "observation": "inr"})["compared"]
    assert not any("suite" in said for said in tried["notes"])


@network
def test_a_dose_that_neither_day_can_say_takes_no_row(read_by_network):  # noqa: F811
    """Macrogol has no dose in mg: none, then at least 0, says nothing."""
    remedy = {"kind": "corrector", "substance": "macrogol"}
    rows = asked(read_by_network, "tryout", alert="nal1", remedy=remedy)["compared"]["rows"]
    assert any("Warfarine" in row["title"] for row in rows)
    assert not any(row["title"].startswith("Macrogol") for row in rows)


@pytest.mark.parametrize(("before", "after", "way"), [(0.125, None, "down"), (0.125, 0.25, "up"), (0.125, 0.125, "same"), (5.0, 5.4, "up")])
def test_a_small_dose_goes_where_it_goes(session, before, after, way):  # noqa: F811
    mg = lambda high: high and {"low": high, "high": high, "known": True}  # noqa: E731
    row = {"substance": "digoxine", **asdict(Limit(0.25, "RCP")), "today": mg(before), "tomorrow": mg(after)}
    assert [one["way"] for one in doses(session, {"ledger": [row]})] == [way]


def test_every_corrector_is_a_known_substance_called_for_by_a_known_property_with_its_source():
    rows = read_facts("remedies/correctors.csv")
    assert all(substance(row["substance"]) and row["asked_by"] in property_names() and row["source"] for row in rows)
    assert {row["low"] for row in rows} <= {"", *OBSERVATIONS}


def test_two_lines_of_one_drug_are_told_apart_in_what_may_be_tried(session):  # noqa: F811
    offers = asked(session, "remedies", stay="S2", alert="al3")["remedies"]["lines"]
    for words in (dict(offers[kind]) for kind in offers):
        assert len(set(words.values())) == len(words) > 3
    assert dict(offers["stop"])["S2-00-0"] == "Warfarine · 5 mg × 1/j · orale · 10 mars, 08:00"


def test_a_pair_of_one_drug_says_the_dose_of_each(session):  # noqa: F811
    case = open_case(session.workspace, "S1", "al1")
    assert label(session, case, "S1-00-2") == "Paracétamol"
    case.lines.loc[case.lines["line_id"] == "S1-00-3", ["drug", "substances", "dose"]] = ("Paracétamol", "paracetamol", 500.0)
    assert [label(session, case, f"S1-00-{n}") for n in (2, 3)] == ["Paracétamol 1\u202f000 mg × 4/j", "Paracétamol 500 mg × 2/j"]


@pytest.mark.parametrize(("error_type", "first"), [("3.1", ["double", "more", "stop"]), ("2.4", ["corrector", "stop"]), ("4.1", ["stop"])])
def test_what_mends_the_problem_itself_is_offered_first(error_type, first):
    assert kinds_for(error_type)[: len(first)] == first


@pytest.mark.parametrize(("line", "partner", "kind", "told"), [
    ("ketoprofene", "apixaban", "stop", True), ("ketoprofene", "apixaban", "halve", False),
    ("zopiclone", "diazepam", "stop", False), ("paracetamol", "paracetamol", "stop", False),
])  # fmt: skip
def test_what_is_stopped_has_to_be_treated_otherwise_unless_it_is_a_double(session, line, partner, kind, told):  # noqa: F811
    case = beside_each_other(session, line, partner)
    assert bool(treated(session, case, {"kind": kind, "line_id": "l0"})) == told


@pytest.mark.parametrize(("partner", "kind", "said"), [
    ("apixaban", "double", "kétoprofène + apixaban : **association déconseillée**"), ("apixaban", "halve", ""),
    ("ramipril", "more", "kétoprofène + ramipril : **précaution d’emploi**"), ("paracetamol", "double", ""),
])  # fmt: skip
def test_a_raise_of_a_drug_that_interacts_is_warned_of(session, partner, kind, said):  # noqa: F811
    case, remedy = beside_each_other(session, "ketoprofene", partner), {"kind": kind, "line_id": "l0"}
    told = met(session, case, remedy, [])
    assert (said in told[0]) if said else told == []
    stands = [{"rule": "interaction", "substances": [partner, "ketoprofene"]}]
    assert met(session, case, remedy, stands) == []
