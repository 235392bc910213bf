"""Names on the screen bear the accents that keys do not."""

import json
import re

import pandas as pd
import pytest

from core.knowledge.names import own_key
from core.knowledge.phrases import branches, label, labels, named_orders, phrases_of_sources, source
from core.knowledge.substances import key_of, members_of, read_facts, substance, substances_by_key
from core.review.trial import hours_between
from core.settings import ROOT
from pages.review.cards import card
from pages.review.reference import rule_words
from pages.shell.session import Session
from pages.wording.drugs import drug, line_name, names
from tests.tiny_workspace import make

ANSM = ROOT.parent / "shared" / "data" / "ansm"
needs_thesaurus = pytest.mark.skipif(not ANSM.exists(), reason="the official documents are not there")


def official_names() -> dict[str, str]:
    """Name of each label that is no substance: the index's own, else the entries' in lower case."""
    index, entries = (json.loads((ANSM / f"{name}-2020-10.json").read_text("utf-8")) for name in ("substances", "thesaurus"))
    mended = lambda text: re.sub(r"(?<=\w)- ", "-", " ".join(text.split()))  # noqa: E731  (words broken over lines)
    found = {key_of(row[side]): mended(row[side]).lower() for row in entries for side in ("main_drug", "plus_drug")}
    found |= {key_of(name): mended(name) for row in index for name in row["drug_classes"]}
    wanted = {*members_of(), *(row[side] for row in read_facts("pairs.csv") for side in "ab")} - substances_by_key().keys()
    return {key: found[key] for key in sorted(wanted)}


@needs_thesaurus
def test_labels_are_written_as_the_official_index_writes_them():
    assert labels() == official_names()


@needs_thesaurus
def test_hours_are_offered_for_the_entries_that_ask_for_them_alone():
    rows = json.loads((ANSM / "thesaurus-2020-10.json").read_text("utf-8"))
    labels = {row["label"] for row in read_facts("remedies/apart.csv")}
    told = {(key_of(row["main_drug"]), key_of(row["plus_drug"])): key_of(json.dumps(row, ensure_ascii=False)) for row in rows}
    ours = {pair: bool(re.search("distance|heures", text)) for pair, text in told.items() if not labels.isdisjoint(pair)}
    assert len(ours) > 20 and {pair: hours_between(*pair) for pair in ours} == ours


def test_every_label_has_a_name_that_comes_back_to_it():
    wanted = {*members_of(), *(row[side] for row in read_facts("pairs.csv") for side in "ab")} - substances_by_key().keys()
    assert labels().keys() == wanted and all(key_of(name) == key for key, name in labels().items())


def test_every_label_has_an_english_name_of_its_own():
    english = labels("en")
    assert english.keys() == labels().keys() and len({*english.values()}) == len(english)
    assert not [name for name in english.values() if re.search("[éèêôïîç]", name) or name != name.strip()]


@pytest.mark.parametrize(
    ("key", "french", "english"),
    [("ketoprofene", "kétoprofène", "ketoprofen"), ("colecalciferol", "cholécalciférol", "cholecalciferol"), ("zzz", "zzz", "zzz"),
     ("anti-inflammatoires non steroidiens", "anti-inflammatoires non stéroïdiens", "non-steroidal anti-inflammatory drugs")],
)  # fmt: skip
def test_a_key_is_shown_by_its_name(key, french, english):
    assert (label(key, "fr"), label(key, "en")) == (french, english)


SAID_THE_SAME = {"arginine", "constipation", "fluoroquinolones", "hypertension", "mg", "kg"}  # and names of documents
TABLES = ("doses.csv", "adjustments.csv", "redundancy.csv", "conditions.csv", "never_together.csv", "caps.csv", "preventive.csv",
          "remedies/correctors.csv")  # fmt: skip


def test_every_phrase_of_a_source_has_words_in_both_languages():
    written = "\n".join(row["source"] for table in TABLES for row in read_facts(table))
    for phrase in phrases_of_sources("fr"):
        written = written.replace(phrase, "")
    left = {*re.findall(r"(?<![A-Za-z-])[a-z]{2,}", written)}
    assert left <= SAID_THE_SAME
    assert source("RCP LOVENOX (1 mg/kg once a day)", "fr") == "RCP LOVENOX (1 mg/kg une fois par jour)"
    assert source("HAS 2013 diabete de type 2", "en") == "HAS 2013 type 2 diabetes"


def test_a_redundancy_is_told_by_the_name_of_its_group():
    rule = {"rule": "redundancy", "substances": ["apixaban", "warfarine"], "group": "oral_anticoagulants", "source": "HAS"}
    assert "anticoagulants oraux" in rule_words(Session(None, "fr", ""), rule)[0]


def test_another_name_of_a_substance_is_that_substance():
    assert own_key("colecalciferol") == "cholecalciferol" and own_key("zzz") == "zzz" and own_key("warfarine") == "warfarine"


def test_rules_and_branches_are_told_by_names():
    entry = {
        "labels": ["acide acetylsalicylique", "anticoagulants oraux"], "levels": ["apec"], "condition": "a.day<=375",
        "undecided": [], "source": "",
    }  # fmt: skip
    assert branches(entry, "fr") == ["acide acétylsalicylique ≤ 375 mg par jour"]
    rule = {"rule": "interaction", "substances": ["ketoprofene", "warfarine"], "entries": [entry]}
    [told] = rule_words(Session(None, "fr", ""), rule)
    assert told.startswith("Kétoprofène + Warfarine") and "acide acétylsalicylique / anticoagulants oraux" in told


@pytest.mark.parametrize(
    ("written", "keys", "french", "english"),
    [
        ("Kétoprofène", "ketoprofene", "Kétoprofène", "Ketoprofen"),
        ("KETOPROFENE 100 MG", "ketoprofene", "KETOPROFENE 100 MG", "Ketoprofen (KETOPROFENE 100 MG)"),
        ("Paracétamol injectable", "paracetamol", "Paracétamol injectable", "Paracetamol (Paracétamol injectable)"),
        ("warfarin", "warfarine", "Warfarine", "Warfarin"),
        ("Tramadol paracétamol", "paracetamol+tramadol", "Tramadol paracétamol", "Tramadol/paracetamol"),
        ("Doliprane", "paracetamol", "Paracétamol (Doliprane)", "Paracetamol (Doliprane)"),
        ("remède inconnu", "", "Remède inconnu", "Remède inconnu"),
    ],
)  # fmt: skip
def test_a_drug_is_named_by_the_language_beside_a_name_of_its_own(written, keys, french, english):
    line = pd.Series({"drug": written, "substances": keys})
    assert (drug(line, "fr"), drug(line, "en")) == (french, english)


def test_drugs_in_a_sentence_are_named_by_the_language():
    lines = pd.DataFrame([("a", "Kétoprofène", "ketoprofene"), ("b", "Lithium", "lithium")], columns=["line_id", "drug", "substances"])
    assert names(["a", "b", "a"], lines, "en") == "Ketoprofen × 2 + lithium"
    assert names(["b", "a"], lines, "fr") == "Lithium + kétoprofène"


def test_every_part_of_an_english_card_names_a_drug_in_english(tmp_path):
    found = card(Session(make(tmp_path / "w"), "en", "a"), "S1", "al1")
    told = [found["sentence"], found["alerts"][0]["words"], *found["why"]["pairs"], *(name for name, *_ in found["why"]["lines"])]
    assert all("arfarin" not in one or "arfarine" not in one for one in told) and not [one for one in told if " :" in one]
    assert found["why"]["pairs"] == ["Amiodarone + Warfarin: **+1.1**"]
    assert "vitamin K antagonists" in next(one["source"] for one in found["biology"] if one["kind"] == "inr")


@pytest.mark.parametrize(
    ("keys", "shown"),
    [("benserazide+levodopa", "lévodopa/bensérazide"), ("acide clavulanique+amoxicilline", "amoxicilline/acide clavulanique"),
     ("sacubitril+valsartan", "sacubitril/valsartan"), ("warfarine+warfarine", "warfarine")],
)  # fmt: skip
def test_a_product_of_several_substances_is_named_in_their_usual_order(keys, shown):
    assert line_name(keys, "fr") == shown


def test_every_usual_order_names_substances_of_the_reference():
    assert all(substance(key) and own_key(key) == key for keys in named_orders() for key in keys)
