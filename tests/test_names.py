"""A name as a hospital writes it comes to its substances, or says that it does not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.intake.refine import how_known
from core.errors import Refusal
from core.knowledge import codes
from core.knowledge.answer import answer
from core.knowledge.bdpm import brand_of, import_bdpm, products_of
from core.knowledge.names import own_key, resolve, resolve_many
from core.knowledge.substances import all_substances, key_of, read_facts, substance
from core.knowledge.written import read
from core.report.doses import known_by
from core.settings import ROOT

BDPM = ROOT.parent / "shared" / "data" / "bdpm"


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("aspirine", "acide acetylsalicylique"),
        ("ACIDE ACÉTYLSALICYLIQUE", "acide acetylsalicylique"),
        ("Kardégic 75", "acide acetylsalicylique"),
        ("WARFARIN SODIUM 5 MG PO TABS", "warfarine"),
        ("chlorhydrate de tramadol", "tramadol"),
        ("HYDROmorphone (Dilaudid)", "hydromorphone"),
        ("Piperacillin-Tazobactam Na", "piperacilline+tazobactam"),
        ("Potassium Chl 20 mEq / 1000 mL NS", "potassium+sodium (chlorure de)"),
        ("DOLIPRANE 1000 mg, comprimé", "paracetamol"),
        ("Levothyroxine Sodium 75 µg", "levothyroxine"),
        ("oxycodone/naloxone", "oxycodone+naloxone"),
        ("HYDROmorphone-HP", "hydromorphone"),
        ("Hémigoxine 0,125 mg", "digoxine"),
        ("Nitriderm 5 mg/24 h", "trinitrine"),
        ("5-FU", "fluorouracile"),
        ("5FU", "fluorouracile"),
        ("Vitamine B12 250 µg", "cyanocobalamine"),
        ("vit. B6 250 mg", "pyridoxine"),
        ("Vitamine B9 5 mg", "acide folique"),
        ("Vitamin K1", "phytomenadione"),
        ("VITAMINE D3 100 000 UI", "cholecalciferol"),
        ("CALCIUM VITAMINE D3 500MG/400UI CPR", "calcium+cholecalciferol"),
        ("Orocal D3 500 mg/200 UI", "calcium+cholecalciferol"),
        ("Phocytan 0,66 mmol/mL", "phosphate"),
        ("GLUCOSE-1 PHOSPHATE DISODIQUE TÉTRAHYDRATÉ", "phosphate"),
        ("Glucose 5 %", "glucose"),
        ("Bionolyte G5", "glucose+potassium+sodium (chlorure de)"),
        ("Polyionique G5 500 mL", "glucose+potassium+sodium (chlorure de)"),
        ("Paxlovid", "nirmatrelvir+ritonavir"),
        ("Pylera", "bismuth+metronidazole+tetracycline"),
        ("Nifluril 250 mg", "acide niflumique"),
        ("Nifluril enfants 400 mg", "morniflumate"),
        ("Extencilline 2,4 MUI", "benzylpenicilline"),
        ("benzathine benzylpénicilline", "benzylpenicilline"),
        ("Granudoxy 100 mg", "doxycycline"),
        ("DOXYCYCLINE MONOHYDRATÉE", "doxycycline"),
        ("Magné B6", "magnesium+pyridoxine"),
        ("Tardyferon B9", "acide folique+fer"),
        ("Prostine E2", "dinoprostone"),
    ],
)
def test_a_written_name_comes_to_its_substances(written, keys):
    assert "+".join(resolve(written).substances) == keys


@pytest.mark.parametrize("written", ["zzyzx", "", "warfrin", "Vitamine Z 500 mg", "vitamine", "une ampoule", "60002283"])
def test_what_is_not_known_says_so(written):
    match = resolve(written)
    assert match.substances == () and match.how in ("unknown", "empty", "no_drug", "codes_not_imported")


def test_a_misspelt_name_has_the_right_one_among_its_candidates():
    assert "warfarine" in resolve("warfrine").candidates


def test_a_guess_says_that_it_is_one():
    assert resolve("amlodipine blabla").how == "partial"


def test_every_key_and_every_name_comes_back_to_itself():
    for item in all_substances():
        assert resolve(item.key).substances == (item.key,)
        assert resolve(item.name_fr).substances == (item.key,)


def test_every_substance_that_a_name_comes_to_is_known():
    for match in resolve_many(["Maalox/Diphenhydramine/Lidocaine", "Sarna Lotion", "Unasyn", "D5 1/2NS"]).values():
        assert match.substances and all(substance(key) for key in match.substances)


def test_food_is_told_from_drugs():
    assert resolve("pamplemousse").how == "no_drug"


@pytest.mark.skipif(not BDPM.exists(), reason="the official files lie in ../shared/data/bdpm")
def test_codes_are_known_once_the_official_files_are_imported(tmp_path, monkeypatch):
    monkeypatch.setattr(codes, "folder_of_products", lambda: tmp_path)
    counts = import_bdpm(BDPM, tmp_path)
    assert counts["substances_known"] / counts["specialities"] > 0.85
    resolve.cache_clear()
    assert resolve("60004487").substances == resolve("tramadol").substances
    assert resolve("CIP 3400949497294").substances == ("anastrozole",)
    assert resolve("00000001").how == "unknown_code"
    resolve.cache_clear()


@pytest.fixture
def official(tmp_path):
    """The official files cut to one speciality each, invented, in their own encodings, with the hospital's UCD table."""
    row = "69999991\tINVENTOL 5 mg, comprimé\tcomprimé\torale\tAutorisation active\t\tCommercialisée\t\t\t\t\t\n"
    (tmp_path / "CIS_bdpm.txt").write_text(row, "cp1252")
    (tmp_path / "CIS_COMPO_bdpm.txt").write_text(
        "69999991\tcomprimé\t01345\tWARFARINE\t5 mg\tun comprimé\tSA\t1\n", "cp1252"
    )
    (tmp_path / "CIS_MITM.txt").write_text("69999991\tB01AA03\tINVENTOL\t\n", "cp1252")
    (tmp_path / "CIS_CIP_bdpm.txt").write_text("69999991\t9999991\tboîte\t\t\t\t3400999999911\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize("code", ["9234567", "UCD 9234567", "3400892345678"])
def test_a_ucd_code_comes_to_its_substance_through_the_table_of_the_hospital(official, monkeypatch, code):
    (official / "ucd.csv").write_text("code,cis\n9234567,69999991\n3400892345678,69999991\n", "utf-8-sig")
    target = official / "target"
    import_bdpm(official, target)
    monkeypatch.setattr(codes, "folder_of_products", lambda: target)
    resolve.cache_clear()
    match = resolve(code)
    assert (match.substances, match.atc, match.how) == (("warfarine",), "B01AA03", "code")
    resolve.cache_clear()


def test_a_ucd_table_without_its_columns_is_refused_and_nothing_is_written(official):
    (official / "ucd.csv").write_text("ucd;cis\n9234567;69999991\n", "utf-8")
    with pytest.raises(Refusal) as refused:
        import_bdpm(official, official / "target")
    assert refused.value.code == "ucd_columns" and not (official / "target").exists()


def test_a_folder_without_the_official_files_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(Refusal) as refused:
        import_bdpm(tmp_path, tmp_path / "target")
    assert refused.value.code == "bdpm_file_missing" and not Path(tmp_path / "target").exists()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=40))
def test_no_text_raises_and_nothing_comes_without_a_word_on_how(text):
    match = resolve(text)
    assert match.how and (
        match.substances or match.how not in ("key", "inn", "synonym", "brand", "stripped", "partial")
    )
    assert read(text).match.how


@pytest.mark.parametrize(
    ("written", "brand"),
    [("VITAMINE D3 BON 200 000 UI/1 ml, solution", "vitamine d3 bon"), ("DOLIPRANE 1000 mg, comprimé", "doliprane"),
     ("CACIT VITAMINE D3 500 mg", "cacit vitamine d3"), ("BIONOLYTE G10, solution pour perfusion", "bionolyte g10")],
)  # fmt: skip
def test_a_figure_that_follows_a_letter_is_of_the_brand(written, brand):
    assert brand_of(written) == brand


PARTLY = {"Eurartesim 320 mg/40 mg": (("piperaquine",), ("artenimol",)), "Basdène 25 mg": ((), ("benzylthiouracile",)),
          "Quinimax 500 mg": (("quinidine", "quinine"), ("cinchonidine", "cinchonine")),
          "flucloxacilline": ((), ("flucloxacilline",))}  # fmt: skip


@pytest.mark.parametrize("typed", PARTLY)
def test_a_substance_that_the_reference_does_not_have_is_said_and_those_beside_it_are_checked(typed):
    known, missing = PARTLY[typed]
    drug = read(f"{typed} 2 cp x3")
    found = answer([drug])
    assert (drug.match.substances, drug.match.missing, resolve(typed).missing) == (known, missing, missing)
    assert found["unknown"][0]["missing"] == [*missing] and all(name in known_by(found["drugs"][0], "fr") for name in missing)
    assert drug.match.how == ("partly_known" if known else "not_in_reference")
    assert how_known(resolve(typed)) == ("drug_partly_known" if known else "drug_unknown")
    assert own_key(key_of(typed)) == key_of(typed)


def test_what_is_known_of_a_product_is_checked_beside_other_drugs():
    [pair] = answer([read("Eurartesim 320 mg/40 mg 3 cp x1"), read("citalopram 20 mg x1")])["pairs"]
    assert pair["levels"][0] == "ci"


MENDED = ("bionolyte g5", "bionolyte g10", "phocytan", "paxlovid", "pylera", "extencilline", "granudoxy", "quinimax", "magne b6",
          "eurartesim", "basdene", "tardyferon b9", "prostine e2", "magnevie b6", "calperos", "calperos d3",
          "hemosol b0")  # fmt: skip


@pytest.mark.skipif(not BDPM.exists(), reason="the official files lie in ../shared/data/bdpm")
def test_a_brand_written_by_hand_holds_what_the_official_files_say():
    brands = {row["brand"]: {*row["substances"].split("+")} for row in read_facts("brands.csv")}
    held: dict[str, list[set]] = {brand: [] for brand in MENDED}
    products = products_of(BDPM)
    assert {one["substances"] for one in products if one["name"].startswith("NIFLURIL 250")} == brands["nifluril"]
    assert {one["substances"] for one in products if one["name"].startswith("NIFLURIL ENFANTS")} == brands["nifluril enfants"]
    for product in products:
        held.get(brand_of(product["name"]), []).append({*filter(None, product["substances"].split("+"))})
    for brand, contents in held.items():
        known = {key for key in brands[brand] if substance(key)}
        assert contents and all(known == content for content in contents), brand


@pytest.mark.parametrize(
    ("name", "substances", "atc", "how"),
    [("Amoxicilline acide clavulanique 1 g", {"amoxicilline", "acide clavulanique"}, "J01CR02", "combination"),
     ("amoxicilline + acide clavulanique", {"amoxicilline", "acide clavulanique"}, "J01CR02", "combination"),
     ("Tramadol paracétamol", {"tramadol", "paracetamol"}, "", "combination"),
     ("Héparine calcique préventif", {"heparine calcique"}, "B01AB01", "partial"),
     ("Calcium vitamine D", {"calcium", "cholecalciferol"}, "A12AX", "synonym"),
     ("Warfarine daily", {"warfarine"}, "B01AA03", "partial")],
)  # fmt: skip
def test_several_substances_one_after_the_other_are_all_read_with_the_code_of_their_products(name, substances, atc, how):
    found = resolve(name)
    assert (set(found.substances), found.atc, found.how) == (substances, atc, how)
