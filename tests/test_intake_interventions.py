"""Import of interventions as hospitals write them: their outcomes, and the lines of their own stay that they name."""

import re

import pandas as pd
import pytest

from core.data import pseudonyms, store
from core.data.intake.border import bring_in
from core.i18n import LANGUAGES, t
from core.schema import OUTCOMES
from core.settings import Workspace

STAYS = "stay_id,patient_id,ward,admitted_at,sex\nA,P,cardiology,2024-02-05,F\nB,Q,cardiology,2024-02-05,M\n"
HEADER = "line_id,stay_id,drug,route,prn,started_at"
LINES = [f"{name},{name[0]},{drug},PO,non,2024-02-05" for name, drug in
         (("A1", "warfarine"), ("A2", "aspirine"), ("A3", "ibuprofene"), ("B1", "warfarine"))]  # fmt: skip
ACT = {"stay_id": "A", "line_id": "A1", "partner_line_ids": "", "at": "2024-02-06", "error_type": "6.1", "outcome": "accepted"}


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "w")


def imported(workspace, *changes, lines=LINES):
    """Report on the interventions of a folder, and these: a good one with each of the changes."""
    folder = workspace.path.parent / "files"
    folder.mkdir()
    (folder / "stays.csv").write_text(STAYS, "utf-8")
    (folder / "lines.csv").write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    acts = [{"intervention_id": i} | ACT | change for i, change in enumerate(changes)]
    pd.DataFrame(acts).to_csv(folder / "interventions.csv", index=False)
    report = bring_in(workspace, "csv", folder)
    return report["tables"]["interventions"], store.read_all(workspace).interventions


@pytest.mark.parametrize(
    ("outcome", "written"),
    [("accepted", "Accepted; acceptée; ACCEPTEE; accepté; Acceptation"), ("refused", "Refused; refusée; Refus; non acceptée"),
     ("unknown", "Unknown; non renseigné; Non renseignee; en attente; NR; ")],
)  # fmt: skip
def test_an_outcome_is_read_as_it_is_written(workspace, outcome, written):
    report, acts = imported(workspace, *({"outcome": word} for word in written.split("; ")))
    assert set(acts["outcome"]) == {outcome} and report["set_aside"] == 0


def test_an_outcome_that_is_not_known_is_told_and_never_guessed(workspace):
    report, acts = imported(workspace, {"outcome": "acceptée mais"}, {"outcome": "Acceptée"})
    assert report["reasons"] == {"unknown_code": 1} and acts["outcome"].tolist() == ["accepted"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_names_every_outcome(language):
    told = next(line for line in t("cli.import.columns", language).splitlines() if line.strip().startswith("outcome"))
    assert set(OUTCOMES) <= set(re.findall(r"\w+", told))


# Links


def partners(workspace, acts):
    """Partners of each intervention, by the names that the file gave its lines."""
    names = {pseudonyms.of(workspace, "line", name): name for name in ("A1", "A2", "A3", "B1", "A 2", "A;3")}
    return ["+".join(names[one] for one in ids.split("+") if one) for ids in acts["partner_line_ids"].fillna("")]


def test_an_intervention_on_a_line_of_another_stay_is_set_aside(workspace):
    report, acts = imported(workspace, {}, {"line_id": "B1"}, {"line_id": "Z9"})
    assert report["reasons"] == {"line_of_other_stay": 1, "unknown_line": 1} and len(acts) == 1


@pytest.mark.parametrize("written", ["A2+A3", "A2,A3", "A2;A3", "A2 | A3", "A2 A3", " A2 ; A3;", "A2, A2, A3"])
def test_partners_are_read_however_they_are_parted(workspace, written):
    report, acts = imported(workspace, {"partner_line_ids": written})
    assert partners(workspace, acts) == ["A2+A3"] and report["noted"] == []


def test_a_separator_within_an_identifier_parts_nothing(workspace):
    named = [line.replace("A2", "A 2").replace("A3", "A;3") for line in LINES]
    report, acts = imported(workspace, *({"partner_line_ids": text} for text in ("A 2+A;3", "A 2", "A 2|A;3", "A 2, Z9")), lines=named)
    assert partners(workspace, acts) == ["A 2+A;3", "A 2", "A 2+A;3", "A 2"]
    assert [note["rows"] for note in report["noted"]] == [1]


@pytest.mark.parametrize(("written", "kept"), [("Z9", ""), ("B1", ""), ("A2+B1", "A2"), ("A2;Z9,A3", "A2+A3"), ("A1", "")])
def test_a_partner_that_is_no_other_line_of_the_stay_is_left_out_with_a_note(workspace, written, kept):
    report, acts = imported(workspace, {"partner_line_ids": written})
    assert partners(workspace, acts) == [kept] and report["set_aside"] == 0
    assert report["noted"] == [{"reason": "partner_left_out", "column": "partner_line_ids", "rows": 1}]


def test_an_intervention_before_its_line_is_kept_and_noted(workspace):
    later = [line.replace("2024-02-05", "2024-02-05 10:00") for line in LINES]
    acts = ({"at": "2024-02-05 09:00"}, {"at": "2024-02-04"}, {"at": "2024-02-05"}, {"at": "2024-02-05 10:00"})
    report, kept = imported(workspace, *acts, lines=later)
    assert len(kept) == 4 and report["noted"] == [{"reason": "before_line", "column": "at", "rows": 2}]
