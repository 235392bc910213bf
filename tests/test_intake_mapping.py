"""The mapping of a hospital: what it says is done or refused with a sentence, never passed over."""

import pandas as pd
import pytest

from core.__main__ import main
from core.data import store
from core.data.intake.border import Options, bring_in
from core.errors import Refusal
from core.settings import Workspace

LINES = "ipp,line_id,drug,route,prn,started_at,ward\nA,1,warfarine,PO,non,05/02/2024,cardiology\n"
GOOD = '[lines]\nstay_id = "ipp"\npatient_id = "ipp"\n'


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "files"
    path.mkdir()
    (path / "lines.csv").write_text(LINES, "utf-8")
    return path


def imported(folder, mapping, path=None):
    file = folder.parent / "m.toml"
    file.write_bytes(mapping if isinstance(mapping, bytes) else mapping.encode())
    workspace = Workspace(folder.parent / "w")
    return bring_in(workspace, "csv", path or folder, Options(mapping=file)), workspace


def test_one_column_may_serve_two_names(folder):
    report, workspace = imported(folder, GOOD)
    assert report["lines"] == report["stays"] == 1 and store.read_stays(workspace)["patient_id"].notna().all()


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff# sections\r\n"])
def test_a_mapping_saved_by_a_plain_editor_is_read(folder, mark):
    report, _ = imported(folder, (mark + GOOD.replace("\n", "\r\n")).encode())
    assert report["lines"] == 1


@pytest.mark.parametrize("name", ["glucose", "Glycémie"])
def test_the_unit_of_a_kind_may_be_told_once(folder, name):
    rows = f"observation_id,stay_id,kind,value,observed_at\n1,A,{name},\"1,1\",05/02/2024\n2,A,potassium,4,05/02/2024\n"
    (folder / "observations.csv").write_text(rows, "utf-8")
    _, workspace = imported(folder, GOOD + '[units]\nglucose = "g/L"\n')
    assert sorted(store.read_all(workspace).observations["value"]) == pytest.approx([4, 6.106], rel=1e-3)


MISTAKES = [
    ('[files]\nobservations = "labo_mistyped.csv"\n', "file_missing"), ('[observations]\nkind = "x"\n', "file_missing"),
    ('[ligne]\ndrug = "x"\n', "mapping_unknown"), ('[lines]\ndrugs = "drug"\n', "mapping_unknown"),
    ('[defaults.ligne]\nprn = "non"\n', "mapping_unknown"), ('[defaults.lines]\nprnn = "non"\n', "mapping_unknown"),
    ('[units]\nglycemie = "g/L"\n', "mapping_unknown"), ("[files]\nlines = 3\n", "mapping_value"),
    ('[lines]\ndrug = ["a", "b"]\n', "mapping_value"), ('[defaults.lines]\nprn = ["a"]\n', "mapping_value"),
    ('lines = "lines.csv"\n', "mapping_section"), ('[defaults]\nlines = "x"\n', "mapping_section"),
    ('defaults = "x"\n', "mapping_section"), ('[lines]\nward = "drug"\n', "mapping_taken"), ("[lines\n", "mapping_unreadable"),
    (b"\xff\xfe[\x00l\x00", "mapping_encoding"), ('[lines]\ndrug = "drog"\n', "mapping_column"),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "code"), MISTAKES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_mistake_is_refused_with_a_sentence(folder, capsys, mapping, code, language):
    with pytest.raises(Refusal, match=code):
        imported(folder, mapping)
    words = ["--mapping", str(folder.parent / "m.toml"), "--workspace", str(folder.parent / "w"), "--lang", language]
    assert main(["import", "csv", str(folder), *words]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said) > 40 and "Traceback" not in said and "Invalid" not in said
    assert not (folder.parent / "w").exists()


def test_a_mapping_of_several_files_is_refused_for_a_single_one(folder):
    with pytest.raises(Refusal, match="mapping_of_folder"):
        imported(folder, GOOD + '[stays]\nsex = "x"\n', folder / "lines.csv")


def test_columns_may_change_places(folder):
    frame = pd.read_csv(folder / "lines.csv").rename(columns={"drug": "route", "route": "drug", "ipp": "stay_id"})
    frame.to_csv(folder / "lines.csv", index=False)
    _, workspace = imported(folder, '[lines]\ndrug = "route"\nroute = "drug"\n')
    assert store.read_all(workspace).lines[["drug", "route"]].to_numpy().tolist() == [["warfarine", "oral"]]
