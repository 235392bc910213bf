"""Doses that the thesaurus allows beside a partner: the table, the list of drugs, the alert."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.knowledge.answer import answer
from core.knowledge.caps import CLASS, capped, caps
from core.knowledge.interactions import between
from core.knowledge.names import own_key
from core.knowledge.substances import key_of, read_facts, substance
from core.knowledge.written import read
from core.review.beside import besides
from pages.review.sentence import sentence
from tests.test_bench import session  # noqa: F401
from tests.test_interactions_page import PAGE
from tests.test_knowledge import ANSM, needs_thesaurus
from tests.test_telling import running


def asked(*drugs: str) -> list[dict]:
    return answer([read(drug) for drug in drugs])["capped"]


def test_every_capped_pair_is_known_and_listed():
    assert len(caps()) > len(read_facts("caps.csv"))  # a class has several members
    for key, partner in caps():
        assert substance(key) and substance(partner)
        assert {"pe", "ad", "ci"} & {level for entry in between(own_key(key), own_key(partner)) for level in entry.levels}


@needs_thesaurus
def test_the_table_says_what_the_thesaurus_does():
    """Each number stands in an entry on the pair, of olaparib and letermovir twice a day or beside other statins."""
    entries = json.loads((ANSM / "thesaurus-2020-10.json").read_text("utf-8"))
    by_pair = {frozenset(map(key_of, (one["main_drug"], one["plus_drug"]))): one["description"] for one in entries}
    classes = {"simvastatine": "inhibiteurs de l'hmg-coa reductase (statines)", "atorvastatine": "inhibiteurs de l'hmg-coa reductase (statines)",
               "bezafibrate": "fibrates", "ciprofibrate": "fibrates"}  # fmt: skip
    for row in read_facts("caps.csv"):
        sides = [row["substance"], row["partner"].removeprefix(CLASS)]
        told = by_pair.get(frozenset(sides)) or by_pair[frozenset(classes.get(side, side) for side in sides)]
        mg = float(row["mg"]) / (2 if row["substance"] == "olaparib" else 1)
        assert re.search(rf"(dépasser|limiter)[^.]*\b{mg:g} ?\n?mg", told, re.IGNORECASE), (sides, told)


def test_the_dose_that_a_list_brings_is_held_to_what_the_partner_leaves():
    [rule] = asked("Simvastatine 40 mg x1", "Amiodarone 200 mg x1")
    assert rule["above"] and (rule["mg_high"], rule["maximum"], rule["partner"]) == (40, 20, "amiodarone")
    assert [(rule["above"], rule["maximum"]) for rule in asked("Simvastatine 20 mg x1", "Amlor 5 mg x1")] == [(False, 20)]
    assert [rule["above"] for rule in asked("Simvastatine", "Amlor 5 mg x1")] == [False]  # no dose, no excess
    assert [rule["above"] for rule in asked("Simvastatine 20 mg x1", "Simvastatine 20 mg x1", "Amlor 5 mg x1")] == [True]
    [rule] = asked("Simvastatine 40 mg x1", "Simvastatine 20 mg", "Amlor 5 mg x1")  # how often the second is taken is not known
    assert rule["above"] and (rule["mg_low"], rule["mg_high"]) == (40, 40)
    assert asked("Simvastatine 40 mg x1", "Bisoprolol 5 mg x1") == asked("Pravastatine 40 mg x1", "Amiodarone 200 mg x1") == []


def test_a_partner_that_does_not_reach_the_blood_leaves_the_dose_as_it_is():
    assert asked("Atorvastatine 20 mg x1", "Ciclosporine 100 mg x2")[0]["above"]
    assert asked("Atorvastatine 20 mg x1", "Ciclosporine collyre 1 goutte x2") == []


def test_the_strictest_of_several_partners_comes_first_and_a_name_goes_before_its_class():
    found = capped({"simvastatine": (15.0, 15.0)}, ["verapamil", "bezafibrate"])
    assert [(rule["partner"], rule["maximum"], rule["above"]) for rule in found] == [("bezafibrate", 10, True), ("verapamil", 20, False)]
    assert caps()["olaparib", "itraconazole"][0] == 300 and caps()["olaparib", "fluconazole"][0] == 400


@pytest.mark.parametrize(("language", "above", "below"), [
    ("fr", "simvastatine : 40 mg par jour, 20 mg au plus avec vérapamil", "Simvastatine avec vérapamil : 20 mg par jour au plus"),
    ("en", "simvastatin: 40 mg a day, 20 mg at most with verapamil", "Simvastatin with verapamil: 20 mg a day at most"),
])  # fmt: skip
def test_the_page_and_the_shell_say_it(language, above, below, capsys):
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["lang"] = language
    app.run().text_area[0].set_value("simvastatine 40 mg/j\nverapamil 240 mg/j").run()
    assert not app.exception and [one.value for one in app.warning if above[1:] in one.value]
    app.text_area[0].set_value("simvastatine 20 mg/j\nverapamil 240 mg/j").run()
    assert any(below in one.value for one in app.caption) and not [one for one in app.warning if "20 mg" in one.value]
    assert main(["interactions", "Simvastatine 40 mg x1", "Verapamil 120 mg x2", "--lang", language]) == 0
    assert above in capsys.readouterr().out


@pytest.mark.parametrize(("mg", "key", "said"), [(40.0, "amlodipine", True), (20.0, "amlodipine", False), (40.0, "bisoprolol", False)])
def test_an_alert_on_the_drug_says_that_its_partner_leaves_less(session, mg, key, said):  # noqa: F811
    """The first line is given once as its dose a day; the partner runs beside."""
    case = running(session, "pe", "6.2", ("simvastatine", mg), (key, 5.0))
    assert (case.lines["times_per_day"] == 1).all()
    told = sentence(session, case)
    assert ("simvastatine : 40 mg par jour, 20 mg au plus avec amlodipine (ANSM" in told) == said
    assert [rule["partner"] for rule in besides(case) if rule["rule"] == "capped"] == ([key] if said else [])
