"""Groups of one pharmacological effect."""

from core.knowledge.answer import answer
from core.knowledge.matrix import place_of
from core.knowledge.properties import property_names, strengths
from core.knowledge.redundancy import dense_same_class, group_matrix, groups, shared_groups
from core.knowledge.written import read


def test_every_member_written_stands_for_a_known_substance():
    assert all(len(keys) > 1 for keys in groups().values())


def test_two_proton_pump_inhibitors_are_redundant_and_a_statin_beside_one_is_not():
    same, places = dense_same_class(), place_of()
    assert same[places["omeprazole"], places["pantoprazole"]]
    assert not same[places["omeprazole"], places["atorvastatine"]]
    assert shared_groups("diazepam", "zopiclone") == ("benzodiazepines",)


def test_no_substance_is_redundant_with_itself_or_with_an_unknown_one():
    same = dense_same_class()
    assert (same == same.T).all() and not same.diagonal().any() and not same[-1].any() and not group_matrix()[-1].any()


def test_an_enzyme_inhibitor_is_no_second_antibiotic():
    assert shared_groups("amoxicilline", "acide clavulanique") == ()


def test_lithium_is_no_antipsychotic():
    of = lambda key, atc: dict(zip(property_names(), strengths((key,), atc, False), strict=True))["antipsychotic"]  # noqa: E731
    assert of("lithium", "N05AN01") == 0 and of("risperidone", "N05AX08") == of("haloperidol", "N05AD01") == 1
    assert "antipsychotics" not in shared_groups("lithium", "risperidone")


def test_a_gel_is_no_second_drug_of_one_effect():
    """The alerts leave local routes alone too."""
    given = [[read("Profénid 50 mg x 3"), read(f"Voltarène {how} x3")] for how in ("emulgel 1 application", "50 mg")]
    assert [len(answer(drugs)["redundant"]) for drugs in given] == [0, 1]
