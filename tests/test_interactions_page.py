"""The page of interactions answers a pasted list in both languages."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.i18n import LANGUAGES, sentences, t
from core.knowledge.answer import answer
from core.knowledge.conditions import rows_of_pairs
from core.knowledge.phrases import sentence
from core.knowledge.written import read
from core.schema import LEVELS
from core.settings import ROOT
from tests.test_written import NOT_UNDERSTOOD

PAGE = str(ROOT / "pages" / "knowledge" / "interactions.py")


def opened(language: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["lang"] = language
    return app.run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pasted_list_shows_pairs_doses_and_what_is_unknown(language):
    app = opened(language)
    app.text_area[0].set_value("colchicine 1 mg/j\nclarithromycine 500 mg x2\nDoliprane 1 g x 6\nzzz").run()
    assert not app.exception
    pairs, doses, read = (frame.value for frame in app.dataframe)
    assert t("codes.level.ci", language) in pairs["level"].iloc[0]
    assert (doses["above"] != "").sum() == 1 and len(read) == 4
    assert "zzz" in app.warning[0].value


def test_what_the_patient_tells_decides_a_level():
    app = opened("fr")
    app.text_area[0].set_value("amiloride 5 mg/j\nenalapril 10 mg/j").run()
    app.number_input(key="interactions_potassium").set_value(3.0).run()
    assert t("codes.level.pe", "fr") in set(app.dataframe[0].value["level"])


def test_what_a_level_depends_on_is_told_whole_below_the_pairs():
    app = opened("fr")
    app.text_area[0].set_value("amiloride 5 mg/j\nenalapril 10 mg/j").run()
    told = [one.value for one in app.caption if one.value.startswith("amiloride × énalapril : ")]
    assert len(told) == 1 and "précaution d’emploi si kaliémie < 3,5 mmol/L" in told[0] and "association déconseillée" in told[0]


def test_dose_frequency_and_route_are_shown_as_they_were_read():
    app = opened("fr")
    app.text_area[0].set_value("Dafalgan 1 g 2 cp x4\nMéthotrexate 10 mg SC x1/semaine\nUvedose 100 000 UI\nLantus 20 UI matin 24 UI soir").run()
    read = app.dataframe[-1].value["dosage"].tolist()
    assert read == ["2 × 1 g × 4/j · orale", "10 mg × 1/semaine · SC", "100\u202f000 UI × ?", "(20 + 24) UI × 1/j"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_drugs_on_one_line_are_two_whose_pairs_are_told_and_the_page_says_so(language):
    app = opened(language)
    app.text_area[0].set_value("Valproate 500 mg x2 + Meropenem 1 g x 3\nDoliprane 1g + Ixprim 2cp x4\nLasilix 40 mg x1").run()
    assert app.dataframe[-1].value["text"].tolist() == [
        "Valproate 500 mg x2", "Meropenem 1 g x 3", "Doliprane 1g", "Ixprim 2cp x4", "Lasilix 40 mg x1"]  # fmt: skip
    lines = "Valproate 500 mg x2 + Meropenem 1 g x 3 ; Doliprane 1g + Ixprim 2cp x4"
    said = t("interactions.parted", language, lines=lines if language == "fr" else lines.replace(" ;", ";"))
    assert said in [one.value for one in app.caption] and not app.error
    assert t("codes.level.ad", language) in set(app.dataframe[0].value["level"])


def test_a_schedule_without_a_strength_is_shown_in_pieces_with_the_pairs():
    app = opened("fr")
    app.text_area[0].set_value("Haldol ½-0-1\ncitalopram 20 mg x1").run()
    assert not app.exception and t("codes.level.ci", "fr") in app.dataframe[0].value["level"].iloc[0]
    assert app.dataframe[-1].value["dosage"].tolist() == ["(0,5 + 1) × ? × 1/j", "20 mg × 1/j"]


def test_what_is_too_much_by_mouth_alone_is_to_be_checked_where_no_route_is_written():
    app = opened("fr")
    app.text_area[0].set_value("Amoxicilline 2 g x6").run()
    assert not app.exception and not app.error and "par voie orale, supposée" in app.warning[0].value
    assert app.dataframe[-2].value["above"].tolist() == ["trop par voie orale, supposée"]


def test_caveats_and_sources_stand_whole_below_the_doses():
    app = opened("fr")
    app.text_area[0].set_value("Uvedose 100 000 UI\nCoumadine 2 mg x1 selon INR").run()
    told = [one.value for one in app.caption]
    assert "**Non vérifié**, cholécalciférol : fréquence absente : une prise par jour comptée." in told
    assert any(one.startswith("**Non vérifié**, warfarine : fréquence non comprise") for one in told)
    assert any("cholécalciférol RCP UVEDOSE" in one for one in told)
    doses = app.dataframe[-2].value
    assert list(doses) == ["substance", "mg", "maximum", "above"]
    assert doses.iloc[0][["mg", "above"]].tolist() == ["2,5 si chaque jour", t("interactions.above_if_daily", "fr")]


def test_pairs_and_entries_are_counted_apart():
    app = opened("fr")
    app.text_area[0].set_value("warfarine 5 mg/j\nKardégic 75 mg x1").run()
    assert len(app.dataframe[0].value) == 2 and app.subheader[0].value == "Paires listées : 1, entrées du thésaurus : 2"
    assert any(one.value.startswith("antiagrégants plaquettaires × anticoagulants oraux") for one in app.expander[0].caption)


def test_a_pair_of_one_level_is_one_row_however_many_entries_and_lines_it_has():
    app = opened("fr")
    app.text_area[0].set_value("Tramadol 50 mg x3\nTopalgic LP 100 mg x2\nSeroplex 10 mg x1\nLithium 400 mg x2").run()
    shown = app.dataframe[0].value
    assert len(shown) == len(shown[["level", "a", "b", "depends"]].drop_duplicates())
    assert shown.loc[(shown["a"] == "tramadol") & (shown["b"] == "escitalopram"), "lines"].tolist() == [3]
    app.text_area[0].set_value("Tramadol 50 mg x3\nSeroplex 10 mg x1").run()
    assert len(app.dataframe[0].value) == 1 and "lines" not in app.dataframe[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_of_the_reference_has_words(language):
    for (a, b), rows in rows_of_pairs().items():
        assert all(sentence(row.when, a, b, language) for row in rows)


def test_every_reason_has_words():
    modules = ("answer", "daily", "dosage", "units", "written")
    said = {key.rsplit(".", 1)[1] for key in sentences("fr") if key.startswith("interactions.reason.")}
    source = "".join((ROOT / "core/knowledge" / f"{name}.py").read_text("utf-8") for name in modules)
    given = {reason for found in re.findall(r'reason="(\w+)"|reason = np.where\(.*"(\w+)"', source) for reason in found if reason}
    assert all(f'"{reason}"' in source for reason in said)
    assert given and given <= said and {*NOT_UNDERSTOOD.values()} <= said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_patient_forbids_is_said_with_its_source(language):
    app = opened(language)
    app.text_area[0].set_value("metformine 1000 mg x3\néplérénone 25 mg x1").run()
    assert not app.error
    app.number_input(key="interactions_egfr").set_value(25).run()
    app.number_input(key="interactions_potassium").set_value(6.1).run()
    told = " ".join(one.value for one in app.error)
    assert len(app.error) == 3 and "GLUCOPHAGE" in told and "INSPRA" in told and "mmol/L" in told
    assert set(app.dataframe[-2].value["above"]) == {t("interactions.contra_indicated", language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_than_any_adult_may_have_is_as_visible_as_more_than_this_patient_may(language):
    app = opened(language)
    app.text_area[0].set_value("Doliprane 1 g toutes les 4 heures\nMéthotrexate 15 mg/j\nLevothyrox 75 mg\nLasilix 40 mg/j").run()
    told = [one.value for one in app.error]
    assert len(told) == 2 and "DOLIPRANE" in told[1] and "NOVATREX" in told[0]
    assert told[0].endswith(t("interactions.excess.weekly", language, mg="25"))
    assert len(app.warning) == 1 and "LEVOTHYROX" in app.warning[0].value


def test_an_excess_of_the_patient_is_told_once_and_a_sum_over_lines_as_well():
    app = opened("fr")
    app.text_area[0].set_value("Gabapentine 800 mg x3\nEnoxaparine 80 mg x1 SC\nLovenox 80 mg x1 SC").run()
    app.number_input(key="interactions_egfr").set_value(25).run()
    told = [one.value for one in app.error]
    assert sum("abapentine" in one for one in told) == 1
    assert sum("160 mg par jour, au-dessus du maximum de 100 mg par jour si DFG" in one for one in told) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_assumed_of_a_frequency_is_told_beside_the_pairs(language):
    app = opened(language)
    app.text_area[0].set_value("Kardégic 75 mg\napixaban 5 mg x2").run()
    pair = "acide acétylsalicylique × apixaban" if language == "fr" else "aspirin × apixaban"
    assert t("interactions.assumed", language, pair=pair, times=6) in [one.value for one in app.caption]
    assert not app.dataframe[0].value["level"].str.contains(t("codes.level.ci", language)).any()


def test_rows_stand_strongest_first_within_a_pair_and_over_pairs():
    app = opened("fr")
    app.text_area[0].set_value("capécitabine 1500 mg x2\nwarfarine 5 mg/j\nKardégic 75 mg x1\nLasilix 40 mg x1\nlithium 400 mg x2").run()
    shown = [said.split(" / ")[0] for said in app.dataframe[0].value["level"]]
    levels = [t(f"codes.level.{code}", "fr") for code in LEVELS]
    assert len({*shown}) == 3 and shown == sorted(shown, key=levels.index)
    [pair] = answer([read("capécitabine 1500 mg x2"), read("warfarine 5 mg/j")])["pairs"]
    assert [entry["levels"] for entry in pair["entries"]] == [["ad"], ["pe"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_of_the_patient_among_the_drugs_is_told_where_it_goes(language):
    app = opened(language)
    app.text_area[0].set_value("INR 4,2\nPoids 48 kg\nClairance 22 ml/min\nKaliémie 5,8\n82 ans\nPotassium 600 mg x2").run()
    told = app.warning[0].value
    where = [("INR 4,2", "other"), ("Poids 48 kg", "other"), ("Clairance 22 ml/min", "egfr"), ("Kaliémie 5,8", "potassium"), ("82 ans", "age")]
    assert all(f"{text} ({t(f'interactions.how.value_{kind}', language)})" in told for text, kind in where)
    assert "Potassium" not in told


def test_names_that_are_near_are_told_in_the_language_of_the_page():
    told = []
    for language in LANGUAGES:
        app = opened(language)
        app.text_area[0].set_value("digoxina\nlithiderm").run()
        told.append(app.warning[0].value)
    assert "(≈ digoxine)" in told[0] and "lithioderm" in told[0] and "(≈ digoxin)" in told[1] and "lithioderm" in told[1]


def test_a_drug_typed_twice_and_two_anticoagulants_are_said():
    app = opened("fr")
    app.text_area[0].set_value("Previscan 20 mg 1/j\nEliquis 5 mg x2\nTahor 40 mg 1/j\nAtorvastatine 20 mg le soir").run()
    [never] = [one.value for one in app.error]
    assert never.startswith("À ne pas associer, hors relais de l’un à l’autre : apixaban et fluindione (anticoagulants oraux, RCP ELIQUIS")
    [twice] = [one.value for one in app.warning if "plusieurs fois" in one.value]
    assert twice.startswith("Atorvastatine : ") and "Tahor 40 mg 1/j ; Atorvastatine 20 mg le soir" in twice
