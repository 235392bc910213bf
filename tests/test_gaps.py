"""What is said not to have been checked: the component that is not known, the result that a drug makes matter."""

from dataclasses import replace

import pandas as pd
import pytest

from core.knowledge.interactions import between
from core.review.case import listed, open_case
from core.review.gaps import gap_of, unmeasured
from pages.review.cards import card
from pages.review.reference import unchecked_words
from pages.shell.session import Session
from tests.tiny_workspace import make, stays_alone


@pytest.fixture
def session(tmp_path):
    return Session(make(tmp_path / "w"), "fr", "pharmacien-a")


@pytest.fixture
def case(session):
    return open_case(session.workspace, "S1", "al1")  # amiodarone beside warfarin


def with_first(case, **changes):
    """The case with other words on its first line."""
    lines = case.lines.copy()
    for name, value in changes.items():
        lines.loc[lines.index[0], name] = value
    return replace(case, lines=lines)


def test_the_component_that_is_not_known_is_named_and_the_other_said_to_be_checked(session, case):
    told = unchecked_words(session, with_first(case, substances="benserazide+levodopa", drug="Lévodopa bensérazide"))
    assert any("bensérazide n’est pas dans le thésaurus" in one and "celles de lévodopa le sont" in one for one in told)
    assert not any("inconnue" in one and "Lévodopa" in one for one in told)


def test_a_line_without_a_known_substance_is_unknown_as_a_whole(case):
    line = case.lines.iloc[0]
    assert gap_of(line) is None
    assert gap_of(line.replace({line["substances"]: ""})).checked == ()
    partly = gap_of(line.replace({line["substances"]: "benserazide+levodopa"}))
    assert (partly.unknown, partly.checked) == (("benserazide",), ("levodopa",))


def test_a_line_that_no_reference_knows_is_told_also_where_there_is_no_alert(session, tmp_path):
    told = card(session, "S2", "al3")["unchecked"]
    assert any("Remède inconnu" in one and "ni risque" in one for one in told)
    assert not any("ni risque" in one for one in card(session, "S1", "al1")["unchecked"])
    quiet = card(Session(stays_alone(tmp_path / "quiet"), "fr", "pharmacien-a"), "S2")
    assert quiet["alert"] == ""
    assert any("Remède inconnu" in one for one in quiet["unchecked"])


def test_a_line_says_its_gap_beside_its_name(session):
    gaps = [line["gap"] for line in card(session, "S2", "al3")["lines"]]
    assert any("Remède inconnu" in gap for gap in gaps) and "" in gaps


def test_an_inr_is_missed_only_where_a_drug_makes_it_matter(case):
    blind = replace(case, observations=case.observations.iloc[:0])
    assert "inr" in unmeasured(blind)  # warfarin
    without = replace(blind, lines=blind.lines[blind.lines["substances"] == "paracetamol"])
    assert "inr" not in unmeasured(without)
    assert "inr" not in unmeasured(case)  # measured before the alert
    later = case.observations.assign(observed_at=case.at + pd.Timedelta(hours=1))
    assert "inr" in unmeasured(replace(case, observations=later))


def test_what_the_thesaurus_says_beside_an_alert_is_decided_by_the_dose(case):
    alert = case.alert | {"line_id": "S1-00-0", "partner_line_ids": "S1-00-1"}
    aspirin = with_first(replace(case, alert=alert), substances="acide acetylsalicylique", dose=75.0)
    lines = aspirin.lines.assign(substances=aspirin.lines["substances"].replace("amiodarone", "warfarine"))
    by_name = next(entry for entry in between("acide acetylsalicylique", "warfarine") if "ci" in entry.levels)
    decided = [entry for _, _, entry in listed(replace(aspirin, lines=lines)) if entry.a == by_name.a]
    assert [entry.levels for entry in decided] == [("ad", "apec")]
