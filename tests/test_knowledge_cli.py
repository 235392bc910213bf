"""The command line answers a person and a program: interactions, coverage, a newer edition."""

import json
import re

import pytest

from core.__main__ import main
from core.i18n import t
from core.knowledge.ansm import Entry, compared, entries_of, entries_of_json, index_of, levels_of
from core.knowledge.answer import answer, pair_answer
from core.knowledge.editions import classes_with_others
from core.knowledge.interactions import Patient
from core.knowledge.substances import classes_of
from core.knowledge.written import read
from core.settings import ROOT
from tests.test_knowledge import levels_printed

ANSM = ROOT.parent / "shared" / "data" / "ansm"
needs_thesaurus = pytest.mark.skipif(not ANSM.exists(), reason="the thesaurus lies in ../shared/data/ansm")


def asked(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_list_of_drugs_is_answered_with_its_pairs_and_doses(capsys):
    found = asked(
        capsys, "interactions", "warfarine", "acide acétylsalicylique", "zzz", "--dose", "5 mg/j", "1 g x3", "-"
    )
    assert found["pairs"][0]["levels"][0] == "ci" and not found["pairs"][0]["entries"][0]["depends"]
    assert [drug["text"] for drug in found["unknown"]] == ["zzz"]
    assert {row["substance"]: row["mg_high"] for row in found["doses"]} == {
        "warfarine": 5,
        "acide acetylsalicylique": 3000,
    }


def test_a_file_of_pairs_is_answered_pair_by_pair_and_unknown_is_not_nothing(capsys, tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text("a,b\ncolchicine,clarithromycine\nparacetamol,macrogol\nzzz,aspirine\n", "utf-8")
    rows = asked(capsys, "interactions", "--pairs", str(file))
    assert [(row["known_a"], row["known_b"], row["levels"], row["depends"]) for row in rows] == [
        (True, True, ["ci"], False), (True, True, [], False), (False, True, [], False),
    ]  # fmt: skip


@needs_thesaurus
def test_every_pair_of_the_thesaurus_by_its_printed_names_both_ways_round():
    for row in json.loads((ANSM / "thesaurus-2020-10.json").read_text("utf-8")):
        levels = levels_printed(row)
        for a, b in ((row["main_drug"], row["plus_drug"]), (row["plus_drug"], row["main_drug"])):
            found = pair_answer(a, b, (read(a), read(b)))
            assert (set(found["levels"]), found["depends"]) == (levels, len(levels) > 1), (a, b)
            assert found["known_a"] and found["known_b"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["interactions"], "--pairs"),
        (["interactions", "--pairs", "/nowhere.csv"], "CSV"),
        (["interactions", "warfarine", "--route", "sky"], "oral"),
        (["interactions", "warfarine", "--age", "-5"], "--age -5"),
        (["interactions", "warfarine", "--age", "121"], "120"),
        (["interactions", "warfarine", "--egfr", "-3"], "--egfr -3"),
        (["interactions", "warfarine", "--potassium", "900"], "--potassium 900"),
        (["interactions", "warfarine", "--diagnoses", "I50.9, zut"], ": ZUT."),
        (["interactions", "warfarine", "--dose", "1 mg", "2 mg"], "2 mg"),
        (["knowledge", "coverage", "--prescriptions", "/nowhere.csv"], "--column"),
        (["knowledge", "import-bdpm", "/nowhere"], "CIS"),
        (["knowledge", "import-ansm", "README.md"], "PDF"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(capsys, tmp_path, arguments, says):
    more = ["--workspace", str(tmp_path)] if "import" in " ".join(arguments) else []
    for language in ("fr", "en"):
        assert main([*arguments, *more, "--lang", language]) == 2
        assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_values_that_a_patient_can_have_are_taken(capsys):
    for options in (["--age", "0", "--egfr", "200", "--potassium", "9"], ["--age", "nan"], ["--diagnoses", "I50.9;K25 c4a|S72.010"]):
        assert main(["interactions", "warfarine", *options]) == 0


@pytest.mark.parametrize("where", ["none.csv", "."])
def test_a_file_of_pairs_that_is_not_there_is_not_called_badly_encoded(where, capsys, tmp_path):
    assert main(["interactions", "--pairs", str(tmp_path / where), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "is no file that exists" in said and "UTF-8" not in said


@pytest.mark.parametrize(("language", "words"), [("fr", "entre les médicaments reconnus"), ("en", "between the drugs that are known")])
def test_nothing_listed_is_said_of_the_known_drugs_only(language, words, capsys):
    assert main(["interactions", "warfarine", "zorglub", "--lang", language]) == 0
    told = capsys.readouterr().out.splitlines()
    assert any(words in line and line.endswith("zorglub.") for line in told)
    assert main(["interactions", "paracétamol", "macrogol", "--lang", language]) == 0
    assert t("cli.interactions.none_listed", language) in capsys.readouterr().out.splitlines()


def test_the_answer_for_a_person_shows_levels_in_words(capsys):
    assert main(["interactions", "colchicine", "clarithromycine", "--lang", "en"]) == 0
    assert "CONTRA-INDICATED" in capsys.readouterr().out


def test_the_answer_in_french_holds_no_code_and_french_figures(capsys):
    typed = ("Kardégic 75 mg x1", "warfarine 5 mg", "apixaban 5 mg x1", "éplérénone 12,5 mg x1", "Lovenox 6000 UI SC x1", "zzz")
    assert main(["interactions", *typed, "--potassium", "6.2", "--egfr", "25"]) == 0
    told = capsys.readouterr().out
    for words in (
        "acide acétylsalicylique B01AC06 (autre nom) : 75 mg × 1/j", "zzz → inconnu\n", "éplérénone 12,5 ; contre-indication", "(ici 6,2)",
        "(anticoagulants oraux, ", "fréquence absente : une prise par jour comptée, règles en attente : INR",
        "(RCP LOVENOX (1 mg/kg une fois par jour))", "ANSM, thésaurus",
    ):  # fmt: skip
        assert words in told
    assert not [code for code in ("_", "[]", "synonym", "acetyl", "6.2", "12.5 ") if code in told]


@pytest.mark.parametrize(("language", "foreign"), [("fr", r"\S;"), ("en", r"\s;")])
def test_parts_are_set_apart_as_the_language_does(capsys, language, foreign):
    assert main(["interactions", "warfarine 5 mg x1", "aspirine 1 g x3", "--lang", language]) == 0
    said = capsys.readouterr().out
    assert ";" in said and not re.search(foreign, said)


def test_coverage_counts_the_whole_thesaurus(capsys):
    found = asked(capsys, "knowledge", "coverage")["references"]
    assert (found["thesaurus_substances"], found["pairs"], found["pairs_curated"]) == (1081, 1584, 67)
    assert found["thesaurus_with_atc"] == 1081


def test_what_cannot_be_read_of_a_drug_is_said():
    drugs = [read("Doliprane 1 g x 6"), read("Noradrénaline 5 mL/h"), read("paracétamol une ampoule")]
    rows = {row["substance"]: row for row in answer(drugs, Patient())["doses"]}
    assert rows["paracetamol"]["above"] and rows["paracetamol"]["reasons"]
    assert rows["noradrenaline"]["reasons"] == ["rate_without_concentration"]


@pytest.mark.parametrize(
    ("printed", "codes"),
    [("CI - ASDEC - APEC", {"ci", "ad", "apec"}), ("Précaution d'emploi", {"pe"}), ("Autre chose", set())],
)  # fmt: skip
def test_a_printed_level_comes_to_its_codes(printed, codes):
    assert levels_of(printed) == codes


def test_editions_are_compared_entry_by_entry():
    one, other = Entry("a", "b", ("ci",)), Entry("a", "b", ("ad",))
    assert compared([one, one], [one, other])["equal"] == 1


@needs_thesaurus
def test_the_first_pages_of_the_official_document_are_read_as_the_json_says(tmp_path):
    from pypdf import PdfReader, PdfWriter

    part = PdfWriter()
    for page in PdfReader(ANSM / "thesaurus-2020-10.pdf").pages[:6]:
        part.add_page(page)
    part.write(tmp_path / "part.pdf")
    read_here = entries_of(tmp_path / "part.pdf")[:-1]  # the last may go on over the page
    known = entries_of_json(ANSM / "thesaurus-2020-10.json")
    assert len(read_here) > 30 and read_here == known[: len(read_here)]


@needs_thesaurus
def test_a_level_that_begins_a_line_of_the_text_counts_beside_that_of_the_heading(tmp_path):
    from pypdf import PdfReader, PdfWriter

    part = PdfWriter()
    part.add_page(PdfReader(ANSM / "thesaurus-2020-10.pdf").pages[68])
    part.write(tmp_path / "part.pdf")
    found = {(entry.main, entry.plus): entry.levels for entry in entries_of(tmp_path / "part.pdf")}
    torsades = "substances susceptibles de donner des torsades de pointes"
    assert found["crizotinib", torsades] == ("ci", "ad") and found["crizotinib", "ibrutinib"] == ("ad",)


@needs_thesaurus
def test_the_index_gives_each_substance_its_classes():
    index = index_of(ANSM / "substances-2020-10.pdf")
    entries = entries_of_json(ANSM / "thesaurus-2020-10.json")
    assert {key: set(classes_of().get(key, ())) for key in index} == classes_with_others(index, entries)


def test_a_substance_of_two_lines_is_told_once_a_pair():
    pairs = answer([read("warfarine 5 mg/j"), read("Doliprane 1 g x4"), read("Dafalgan codéine 1 g x3")], Patient())[
        "pairs"
    ]
    assert [(pair["a"], pair["b"]) for pair in pairs].count(("warfarine", "paracetamol")) == 1


def test_a_pair_is_one_whatever_the_order_of_its_lines():
    typed = ("warfarine 5 mg/j", "Kardégic 75 mg x1", "Coumadine 5 mg/j")
    assert [(pair["a"], pair["b"]) for pair in answer([read(one) for one in typed])["pairs"]] == [("warfarine", "acide acetylsalicylique")]


@pytest.mark.parametrize("text", ["a;b\ncolchicine;clarithromycine\n", "\ufeffa,b\r\ncolchicine,clarithromycine\r\n"])
def test_a_file_of_a_french_spreadsheet_is_read_as_well(capsys, tmp_path, text):
    (tmp_path / "pairs.csv").write_text(text, "utf-8")
    assert asked(capsys, "interactions", "--pairs", str(tmp_path / "pairs.csv"))[0]["levels"] == ["ci"]


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"x,y\n1,2\n", b"a,b\n\xff\xfe,x\n", b"a,b\nwarfarine\n,\n"])
def test_no_file_of_pairs_raises(capsys, tmp_path, content):
    (tmp_path / "pairs.csv").write_bytes(content)
    assert main(["interactions", "--pairs", str(tmp_path / "pairs.csv"), "--json"]) in (0, 2)


def test_an_overdose_is_told_before_the_doses(capsys):
    assert main(["interactions", "Doliprane 1 g x6", "Doliprane 1 g", "Uvedose 100 000 UI"]) == 0
    told = capsys.readouterr().out
    assert told.index("TROP : paracétamol : au moins 6\u202f000 mg par jour") < told.index("Dose par jour")
    assert "À vérifier : cholécalciférol : 2,5 mg" in told
