"""Pairs with several levels: decided where the data can tell, both levels where they cannot."""

import numpy as np
import pytest

from core.knowledge.conditions import rows_of_pairs
from core.knowledge.dense import dense_levels
from core.knowledge.firing import entries
from core.knowledge.interactions import Patient, Taken, between
from core.knowledge.phrases import branches

ASPIRIN = "acide acetylsalicylique"


def strongest(a, b, patient=None):
    """Levels of the entry with the most or strongest levels."""
    order = ("ci", "ad", "pe", "apec")
    return min(
        (entry.levels for entry in between(a, b, patient)), key=lambda levels: order.index(levels[0]), default=()
    )


def test_every_pair_with_several_levels_is_curated_with_just_its_levels():
    several = {(entry.a, entry.b): set(entry.levels) for entry in entries() if len(entry.levels) > 1}
    curated = {pair: {row.level for row in rows} - {"none"} for pair, rows in rows_of_pairs().items()}
    assert len(several) == 67 and curated == several
    assert all(row.source for rows in rows_of_pairs().values() for row in rows)


@pytest.mark.parametrize(
    ("a", "b", "patient", "levels"),
    [
        (Taken(ASPIRIN, "oral", 1000, 3000), "warfarine", None, ("ci",)),
        (Taken(ASPIRIN, "oral", 75, 75), "warfarine", Patient(diagnoses="K25.4"), ("ad",)),
        (Taken(ASPIRIN, "oral", 75, 75), "warfarine", None, ("ad", "apec")),
        ("doxazosine", "sildenafil", None, ("ad",)),
        ("tamsulosine", "sildenafil", None, ("pe",)),
        (Taken("midazolam", "oral"), "clarithromycine", None, ("ad",)),
        (Taken("midazolam", "iv"), "clarithromycine", None, ("pe",)),
        ("midazolam", "clarithromycine", None, ("ad", "pe")),
        (Taken("verapamil", "iv"), "amiodarone", None, ("ad",)),
        (Taken("eplerenone", "oral", 25, 25), "enalapril", Patient(diagnoses="I10+I50.1"), ("pe",)),
        ("amiloride", "enalapril", Patient(potassium=4.5), ("ad",)),
        ("amiloride", "enalapril", Patient(potassium=3.0), ("pe",)),
        (Taken("methotrexate", "oral", 25, 25 / 7), "ketoprofene", None, ("ad",)),
        (Taken("methotrexate", "oral", 15, 15 / 7), "ketoprofene", None, ("pe",)),
        ("gemfibrozil", "simvastatine", None, ("ci",)),
        (Taken("rosuvastatine", "oral", 40, 40), "fenofibrate", None, ("ci",)),
        (Taken("rosuvastatine", "oral", 10, 10), "fenofibrate", None, ("ad",)),
        ("colchicine", "clarithromycine", None, ("ci",)),
        ("colchicine", "itraconazole", None, ("ad",)),
        ("nimodipine", "rifampicine", None, ("ad",)),
        ("sulfamethoxazole", "citalopram", None, ("ci",)),
        ("sulfamethoxazole", "amiodarone", None, ("ad",)),
        ("gentamicine", "amikacine", None, ("ci",)),
        ("oxybutynine", "voriconazole", None, ("apec",)),
        ("solifenacine", "voriconazole", Patient(egfr=40), ("ci",)),
    ],
)  # fmt: skip
def test_a_condition_decides_where_it_can(a, b, patient, levels):
    assert strongest(a, b, patient) == levels and strongest(b, a, patient) == levels


def words_of(a, b):
    return [branches(entry.as_row(), "fr") for entry in between(a, b) if ASPIRIN in (entry.a, entry.b)]


def test_a_branch_that_is_known_to_be_false_is_not_told():
    found = next(entry for entry in between(Taken(ASPIRIN, "oral", 75, 75), "warfarine") if entry.a == ASPIRIN)
    assert found.condition == "a.day<=375" and found.undecided == ("a.day<=375 & icd=K25|K26|K27|K28",)
    [(first, last)] = words_of(Taken(ASPIRIN, "oral", 75, 75), "warfarine")
    assert first.startswith("association déconseillée si") and last.startswith("sinon à prendre en compte")


def test_a_branch_bears_its_level_where_nothing_is_known():
    [told] = words_of(ASPIRIN, "warfarine")
    assert len(told) == 6 and told[0].startswith("contre-indication si") and told[-1].startswith("à prendre en compte si")


def test_a_dose_between_the_branches_is_in_none():
    assert words_of(Taken(ASPIRIN, "oral", 400, 400), "warfarine") == [["hors des cas que le thésaurus distingue"]]


@pytest.mark.parametrize("sides", [(0, 1), (1, 0)])
def test_what_is_left_open_comes_before_what_holds(sides):
    """A row that is neither true nor unknown is told nowhere, whichever way round the pair stands."""
    pair = (Taken("clarithromycine", "oral", 500, 1000), Taken("midazolam", "iv", 5, 5))
    found = [entry for entry in between(*(pair[i] for i in sides)) if "midazolam" in (entry.a, entry.b)]
    assert [(entry.levels, entry.undecided) for entry in found] == [(("pe",), ())]
    assert found[0].condition.startswith("b.route=iv")


@pytest.mark.parametrize(
    ("mg", "label"), [(40, "heparines (doses preventives)"), (160, "heparines (doses curatives et/ou sujet age)")]
)
def test_a_heparin_is_preventive_or_curative_and_never_both(mg, label):
    found = {entry.b for entry in between(Taken("enoxaparine", "sc", mg, mg), Taken("ketoprofene", "oral", 100, 200))}
    assert {name for name in found if "dose" in name} == {label}


def test_a_substance_that_the_text_leaves_out_does_not_fire():
    named = lambda key: [entry for entry in between(key, "clarithromycine") if "tyrosine" in entry.a + entry.b]  # noqa: E731
    assert named("sunitinib") and not named("osimertinib")


def test_an_unknown_heparin_dose_leaves_both_entries_as_possible():
    found = [entry for entry in between("enoxaparine", "ketoprofene") if "dose" in entry.b]
    assert len(found) == 2 and all(entry.may_not_apply for entry in found)


def test_an_eye_drop_interacts_only_where_the_thesaurus_says_so():
    assert between(Taken("prednisolone", "ophthalmic"), Taken(ASPIRIN, "oral")) == ()
    assert between(Taken("timolol", "ophthalmic"), Taken("amiodarone", "oral"))


def test_an_oral_erythromycin_gives_no_torsades():
    torsades = lambda route: [e for e in between(Taken("erythromycine", route), "sotalol") if "torsades" in e.a + e.b]  # noqa: E731
    assert torsades("iv") and not torsades("oral")


def test_the_dense_matrix_says_what_between_says():
    from core.knowledge.substances import all_substances

    keys, levels = [item.key for item in all_substances()], dense_levels()
    order = {"": 0, "apec": 1, "pe": 2, "ad": 3, "ci": 4}
    picks = np.random.default_rng(1).choice(np.argwhere(np.triu(levels[:-1, :-1]) > 0), 60)
    for i, j in picks:
        found = between(keys[i], keys[j])
        assert max(order[entry.levels[0]] for entry in found) == levels[i, j]
