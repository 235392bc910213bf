"""Import of interventions as hospitals write them: their outcomes, and the lines of their own stay that they name."""

import re

import pandas as pd
import pytest

from core.data import store
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
