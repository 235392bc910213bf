"""Import of delimited files: every row is kept or set aside, a refusal leaves everything as it was."""

import gzip
import json
from codecs import BOM_UTF8
from io import StringIO

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.__main__ import main
from core.data import pseudonyms, store
from core.data.describe import set_aside
from core.data.intake.amounts import amount
from core.data.intake.border import Options, bring_in
from core.data.intake.refine import plain_route, routes
from core.data.workspace import create
from core.errors import Refusal
from core.schema import ROUTES
from core.settings import Workspace
from tests.stays import made

UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]  # an import takes too long to look for the smallest example


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "w")


@pytest.fixture
def folder(tmp_path):
    """The four files of six good stays."""
    path = tmp_path / "files"
    path.mkdir()
    for name, frame in vars(made(6)).items():
        frame.to_csv(path / f"{name}.csv", index=False)
    return path


def rewritten(folder, name, change):
    """One file of the folder after ``change`` of its text frame."""
    frame = change(pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False))
    frame.to_csv(folder / f"{name}.csv", index=False)
    return frame


def everything(path):
    return {file.relative_to(path): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def test_good_files_come_in_whole_and_marked_as_invented(workspace, folder):
    report = bring_in(workspace, "csv", folder)
    tables, wanted = store.read_all(workspace), made(6)
    assert report["lines"] == len(wanted.lines) == report["rows"] and report["set_aside"] == 0
    assert store.counts(workspace) == {name: len(frame) for name, frame in vars(wanted).items()}
    assert set(tables.stays["source"]) == {"invented"}
    same = ["drug", "substances", "route", "dose", "prn", "started_at", "ended_at"]
    order = ["started_at", "drug"]
    left, right = (t.lines[same].sort_values(order, ignore_index=True) for t in (tables, wanted))
    pd.testing.assert_frame_equal(left, right)


def test_pseudonyms_hide_identifiers_and_keep_rows_together(workspace, folder):
    bring_in(workspace, "csv", folder)
    tables = store.read_all(workspace)
    assert not any(f"{name}0000" in str(frame) for name in "sp" for frame in vars(tables).values())
    stay = store.read_stay(workspace, pseudonyms.of(workspace, "stay", "s00003"))
    assert len(stay.lines) == (made(6).lines["stay_id"] == "s00003").sum()
    assert (workspace.path / "pseudonym.key").stat().st_mode & 0o077 == 0
    assert set(tables.interventions["line_id"]) <= set(tables.lines["line_id"])


def test_a_number_of_the_hospital_leads_to_its_stay_and_none_does_in_a_workspace_without_a_key(workspace, folder, capsys, monkeypatch):
    numbers = "s00003\n\n s00004 \nS9\n"
    create(workspace)
    monkeypatch.setattr("sys.stdin", StringIO(numbers))
    assert main(["pseudonym", "--workspace", str(workspace.path)]) == 2 and not (workspace.path / "pseudonym.key").exists()
    bring_in(workspace, "csv", folder)
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", StringIO(numbers))
    assert main(["pseudonym", "--workspace", str(workspace.path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(row["number"], row["known"]) for row in found] == [("s00003", True), ("s00004", True), ("S9", False)]
    many = made(6).lines["stay_id"].value_counts()
    for row in found[:2]:
        assert len(store.read_stay(workspace, row["pseudonym"]).lines) == many[row["number"]]
    monkeypatch.setattr("sys.stdin", StringIO(numbers))
    main(["pseudonym", "--workspace", str(workspace.path), "--kind", "patient"])
    assert capsys.readouterr().out.count("inconnu ici") == 3


def test_dates_shift_by_whole_weeks_and_keep_their_distance(tmp_path, folder):
    plain, moved = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    moved.path.mkdir()
    bring_in(plain, "csv", folder)
    (moved.path / "pseudonym.key").write_bytes((plain.path / "pseudonym.key").read_bytes())
    bring_in(moved, "csv", folder, Options(shift_dates=True))
    a, b = (store.read_all(w).lines.set_index("line_id").sort_index() for w in (plain, moved))
    back = a["started_at"] - b["started_at"]
    assert (back.dt.days % 7 == 0).all() and (back >= pd.Timedelta(weeks=1)).all()
    assert (a["ended_at"] - b["ended_at"] == back).all()


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [("started_at", "2024-02-30", "impossible_date"), ("dose", "-5", "negative_value"),
     ("stay_id", "?", "unknown_stay"), ("prn", "maybe", "not_a_flag"),
     ("ended_at", "1999-01-01", "end_before_start"), ("drug", " ", "missing_value")],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(workspace, folder, column, value, reason):
    rows = rewritten(folder, "lines", lambda f: f.assign(**{column: [value, *f[column][1:]]}))
    report = bring_in(workspace, "csv", folder)
    assert report["reasons"] == {reason: 1} and report["lines"] + 1 == report["rows"] == len(rows)
    aside = set_aside(workspace).query("table == 'lines'").iloc[0]
    assert next((workspace.path / "imports").glob("*-set-aside.csv")).read_bytes().startswith(BOM_UTF8)
    assert aside["row"] == 2 and json.loads(aside["content"])[column] == value


def test_a_line_id_seen_twice_is_kept_once(workspace, folder):
    rewritten(folder, "lines", lambda f: pd.concat([f, f.tail(2)]))
    report = bring_in(workspace, "csv", folder)
    assert report["reasons"] == {"duplicate_id": 2} and report["lines"] == len(made(6).lines)


def test_what_hangs_on_a_line_set_aside_goes_with_it(workspace, folder):
    rewritten(folder, "lines", lambda f: f.assign(dose="-1"))
    report = bring_in(workspace, "csv", folder)
    assert report["tables"]["interventions"]["reasons"] == {"unknown_line": 2}


def test_a_row_with_too_many_fields_is_set_aside(workspace, folder):
    with (folder / "lines.csv").open("a") as file:
        file.write("one,two,three\n")
    report = bring_in(workspace, "csv", folder)
    assert report["reasons"] == {"field_count": 1}
    assert set_aside(workspace)["content"].tolist() == ["one,two,three"]


@settings(max_examples=20, deadline=None, phases=UNSHRUNK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=5)] * 6),
        min_size=1,
        max_size=5,
    )
)
def test_no_row_vanishes_whatever_it_holds(tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("f")
    columns = ["line_id", "stay_id", "drug", "route", "dose", "started_at"]
    good = pd.DataFrame([["l", "s", "aspirine", "PO", "1", "2024-01-01"]], columns=columns)
    frame = pd.concat([good, pd.DataFrame(cells, columns=columns)]).assign(prn="non")
    frame.to_csv(folder / "x.csv", index=False)
    report = bring_in(Workspace(folder / "w"), "csv", folder / "x.csv")
    assert report["lines"] + report["set_aside"] == report["rows"] == len(frame)
    assert sum(report["reasons"].values()) == report["set_aside"] and report["lines"] >= 1


# One file, French habits, other names


def test_one_french_file_of_lines_is_enough(workspace, tmp_path):
    text = (
        "ligne;sejour;medicament;voie;dose;si_besoin;debut;fin\n"
        "1;A;Kardégic 75;per os;0,5 g;oui;31/12/2024 08:00;02/01/2025\n"
        "2;A;Remède inconnu;voie lactée;une ampoule;non;31/12/2024;31/12/2024\n"
    )
    (tmp_path / "x.csv").write_bytes(text.encode("cp1252"))
    (tmp_path / "m.toml").write_text(
        '[lines]\nline_id = "ligne"\nstay_id = "sejour"\ndrug = "medicament"\nroute = "voie"\nprn = "si_besoin"\n'
        'started_at = "debut"\nended_at = "fin"\n', "utf-8")  # fmt: skip
    report = bring_in(workspace, "csv", tmp_path / "x.csv", Options("cp1252", tmp_path / "m.toml"))
    lines = store.read_all(workspace).lines.sort_values("drug", ignore_index=True)
    assert (report["lines"], report["stays"]) == (2, 1)
    assert report["notes"] == {"dose_not_understood": 1, "unknown_route": 1, "drug_unknown": 1}
    assert lines.loc[0, ["substances", "route", "dose", "unit", "prn"]].tolist() == [
        "acide acetylsalicylique", "oral", 0.5, "g", True,
    ]  # fmt: skip
    assert lines.loc[0, "started_at"] == pd.Timestamp("2024-12-31 08:00")
    assert lines.loc[1, "ended_at"] - lines.loc[1, "started_at"] == pd.Timedelta(days=1)


def lines_only(folder, rows, header="line_id,stay_id,drug,route,prn,started_at"):
    """One file of lines, all the rest made from it."""
    (folder / "x.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return folder / "x.csv"


def test_a_stay_made_of_lines_begins_with_its_first_start_whatever_the_order_of_the_text(workspace, tmp_path):
    starts = ["28/01/2024", "30/01/2024", "02/02/2024", "", "soon"]
    file = lines_only(tmp_path, [f"{i},A,aspirine,PO,non,{start}" for i, start in enumerate(starts)])
    report = bring_in(workspace, "csv", file)
    assert store.read_stays(workspace)["admitted_at"].tolist() == [pd.Timestamp("2024-01-28")]
    assert report["lines"] == 3 and report["reasons"] == {"missing_value": 1, "impossible_date": 1}


def test_what_the_first_line_of_a_stay_leaves_empty_is_taken_from_the_next(workspace, tmp_path):
    rows = ["1,A,aspirine,PO,non,05/02/2024,,", "2,A,aspirine,PO,non,06/02/2024,F,04/02/2024", "3,B,aspirine,PO,non,05/02/2024,M,?"]
    file = lines_only(tmp_path, rows, "line_id,stay_id,drug,route,prn,started_at,sex,admitted_at")
    bring_in(workspace, "csv", file)
    stays = store.read_stays(workspace).sort_values("sex")
    assert stays["sex"].tolist() == ["F", "M"]
    assert stays["admitted_at"].tolist() == [pd.Timestamp("2024-02-04"), pd.Timestamp("2024-02-05")]


@pytest.mark.parametrize(
    ("text", "decimal", "dose", "unit", "note"),
    [("500", "auto", 500, "", ""), ("1-2", "auto", 2, "", "dose_band"), ("25,000", ".", 25000, "", ""),
     ("25,000", ",", 25, "", ""), ("25,000", "auto", None, "", "dose_ambiguous"), ("0,5", "auto", 0.5, "", ""),
     ("1-2mg", "auto", 2, "mg", "dose_band"), ("1,000,000", "auto", 1e6, "", ""), ("-5", "auto", -5, "", ""),
     ("une ampoule", "auto", None, "", "dose_not_understood"), ("", "auto", None, "", ""),
     ("0.5-2.0", ".", 2, "", "dose_band"),
     ("4000-11000", ".", 11000, "", "dose_band"), ("1 à 2 cp", "auto", 2, "cp", "dose_band"),
     ("1/2 cp", "auto", 0.5, "cp", ""), ("1/4", "auto", 0.25, "", ""), ("½", "auto", 0.5, "", ""),
     ("1½ cp", "auto", 1.5, "cp", ""), ("1 1/2", "auto", 1.5, "", ""), ("1/2-1 cp", "auto", 1, "cp", "dose_band"),
     ("11/2", "auto", None, "", "dose_not_understood"), ("500/125 mg", "auto", None, "", "dose_not_understood"),
     ("2 x 500", "auto", None, "", "dose_not_understood"), ("1000+500", "auto", None, "", "dose_not_understood"),
     ("1 cp de 500 mg", "auto", None, "", "dose_not_understood"), ("10 mg/5 ml", "auto", 10, "mg/5 ml", ""),
     ("300 mg/m2", "auto", 300, "mg/m2", ""), ("1e3", "auto", 1000, "", ""), ("1 000 mg", "auto", 1000, "mg", ""),
     ("1.000", "auto", None, "", "dose_ambiguous"), ("1.250", ".", 1.25, "", ""), ("1.250", ",", None, "", "dose_ambiguous"),
     ("0.500", "auto", 0.5, "", ""), ("1.234,5", "auto", 1234.5, "", "")],
)  # fmt: skip
def test_a_dose_is_read_with_care(text, decimal, dose, unit, note):
    found = amount(text, decimal)
    assert (found.dose, found.unit, found.note) == (dose, unit, note)


DOSED = "line_id,stay_id,drug,route,prn,started_at,dose,unit"


@pytest.mark.parametrize(
    ("dose", "unit", "read", "kept", "note"),
    [("1/2", "cp", 0.5, "cp", {}), ("1/2 cp", "comprimé", 0.5, "comprimé", {}), ("500 mg", "mg", 500, "mg", {}),
     ("1 g", "mg", 1, "g", {"dose_unit_differs": 1}), ("2 x 500", "mg", None, "mg", {"dose_not_understood": 1}),
     ("500 matin", "mg", None, "mg", {"dose_not_understood": 1})],
)  # fmt: skip
def test_a_dose_is_never_read_in_part_beside_a_column_of_units(workspace, tmp_path, dose, unit, read, kept, note):
    report = bring_in(workspace, "csv", lines_only(tmp_path, [f"1,A,aspirine,PO,non,05/02/2024,{dose},{unit}"], DOSED))
    line = store.read_all(workspace).lines.iloc[0]
    assert (line["dose"] if read else None) == read and pd.isna(line["dose"]) == (read is None)
    assert line["unit"] == kept and report["notes"] == note


def test_what_the_decimal_sign_of_a_file_is_decides_its_doses(workspace, tmp_path):
    rows = [f'{i},A,aspirine,PO,non,05/02/2024,"{dose}",mg' for i, dose in enumerate(("1.250", "2.5", "25,000"))]
    report = bring_in(workspace, "csv", lines_only(tmp_path, rows, DOSED))
    assert sorted(store.read_all(workspace).lines["dose"].dropna()) == [1.25, 2.5]
    assert report["notes"] == {"dose_ambiguous": 1}


def test_codes_of_diagnoses_are_joined_however_a_hospital_parts_them(workspace, folder):
    stays = pd.read_csv(folder / "stays.csv", dtype=str)
    stays["diagnoses"] = ["I48.9|N18.4", "i48.9; n18.4", "I48.9,N18.4", "I48.9 / N18.4", "", "I48.9+N18.4"]
    stays.to_csv(folder / "stays.csv", index=False)
    bring_in(workspace, "csv", folder)
    found = store.read_stays(workspace)["diagnoses"].fillna("")
    assert sorted(found) == ["", *["I48.9+N18.4"] * 5]


def test_every_written_route_is_one_of_the_schema():
    for name in ("csv", "mimic3"):
        assert set(routes(name).values()) == set(ROUTES)


@pytest.mark.parametrize(
    ("written", "csv", "mimic3"),
    [("OS", "oral", "ophthalmic"), ("Per os", "oral", "oral"), ("VO", "oral", "oral"), ("P.O.", "oral", "oral"),
     ("sous cutanée", "sc", "sc"), ("Voie sous-cutanée", "sc", "sc"), ("OD", None, "ophthalmic"), ("ad", None, "otic"),
     ("OG", None, "enteral"), ("IV", "iv", "iv"), ("œil gauche", "ophthalmic", "ophthalmic")],
)  # fmt: skip
def test_an_abbreviation_of_english_files_is_not_read_in_french_ones(written, csv, mimic3):
    assert [routes(name).get(plain_route(written)) for name in ("csv", "mimic3")] == [csv, mimic3]


@pytest.mark.parametrize(
    ("route", "written"),
    [("iv", "IVSE; IV-SE; PSE; pousse seringue électrique; IVL; IVD; Voie veineuse centrale; VVP; perfusion intraveineuse"),
     ("sc", "sous-cut; s/c; injection sous-cutanée"), ("enteral", "voie entérale; sonde naso-gastrique; GPE; SNJ"),
     ("sublingual", "voie perlinguale"), ("rectal", "intra rectal"), ("nasal", "voie endonasale"), ("epidural", "épidurale"),
     ("ophthalmic", "ophtalmo"), ("other", "intra-articulaire")],
)  # fmt: skip
def test_routes_are_read_as_french_wards_write_them(route, written):
    assert [routes("csv").get(plain_route(one)) for one in written.split("; ")] == [route] * len(written.split("; "))


def test_a_line_by_mouth_written_os_is_no_line_of_the_eye(workspace, tmp_path):
    bring_in(workspace, "csv", lines_only(tmp_path, ["1,A,aspirine,OS,non,05/02/2024", "2,A,warfarine,OD,non,05/02/2024"]))
    assert store.read_all(workspace).lines.sort_values("drug")["route"].tolist() == ["oral", "other"]


# Refusals


def cut(folder):
    (folder / "lines.csv").write_text("")


def headless(folder):
    (folder / "lines.csv").write_text("line_id,stay_id\n")


def without_drug(folder):
    rewritten(folder, "lines", lambda f: f.drop(columns="drug"))


def in_cp1252(folder):
    rewritten(folder, "lines", lambda f: f.assign(drug="Kardégic"))
    text = (folder / "lines.csv").read_text("utf-8")
    (folder / "lines.csv").write_bytes(text.encode("cp1252"))


def gone(folder):
    (folder / "lines.csv").unlink()


def binary(folder):
    (folder / "lines.csv").write_bytes(gzip.compress(b"x"))


def impossible(folder):
    rewritten(folder, "stays", lambda f: f.assign(admitted_at="2024-13-01"))


def named_twice(folder):
    text = (folder / "lines.csv").read_text()
    (folder / "lines.csv").write_text(text.replace("dose", "drug", 1))


BREAKS = {
    cut: "empty_file", headless: "empty_file", without_drug: "missing_column", in_cp1252: "wrong_encoding",
    gone: "file_missing", binary: "wrong_encoding", impossible: "nothing_usable", named_twice: "column_twice",
}  # fmt: skip


@pytest.mark.parametrize("damage", BREAKS, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_refusal_says_what_to_do_and_leaves_everything_as_it_was(workspace, folder, capsys, damage, language):
    store.append(workspace, made(3, prefix="z"), "before")
    damage(folder)
    before = everything(workspace.path)
    with pytest.raises(Refusal, match=BREAKS[damage]):
        bring_in(workspace, "csv", folder)
    assert main(["import", "csv", str(folder), "--workspace", str(workspace.path), "--lang", language]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()[-1]) > 40
    assert everything(workspace.path) == before


def test_a_refusal_makes_no_workspace(workspace, folder):
    without_drug(folder)
    with pytest.raises(Refusal):
        bring_in(workspace, "csv", folder)
    assert not workspace.path.exists()


def test_utf8_read_as_cp1252_is_noticed(workspace, folder):
    rewritten(folder, "lines", lambda f: f.assign(drug="Kardégic"))
    with pytest.raises(Refusal, match="wrong_encoding"):
        bring_in(workspace, "csv", folder, Options(encoding="cp1252"))


def test_the_same_file_twice_is_refused_under_any_name(workspace, folder, tmp_path):
    bring_in(workspace, "csv", folder)
    before = everything(workspace.path)
    folder.rename(tmp_path / "renamed")
    with pytest.raises(Refusal, match="already_imported"):
        bring_in(workspace, "csv", tmp_path / "renamed")
    assert everything(workspace.path) == before


def test_stays_that_are_there_already_are_refused(workspace, folder):
    bring_in(workspace, "csv", folder)
    before = everything(workspace.path)
    rewritten(folder, "lines", lambda f: f.assign(dose="7"))
    with pytest.raises(Refusal, match="stay_already_stored"):
        bring_in(workspace, "csv", folder)
    assert everything(workspace.path) == before


def test_of_an_export_that_holds_known_stays_the_new_ones_come_in_and_the_others_are_counted(workspace, folder):
    bring_in(workspace, "csv", folder)
    before = store.read_all(workspace)
    for name, frame in vars(made(9)).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    report, wanted = bring_in(workspace, "csv", folder), made(9)
    after = store.read_all(workspace)
    assert report["stays"] == 3 and len(after.stays) == 9 and len(after.lines) == len(wanted.lines)
    known = wanted.lines["stay_id"].isin(made(6).stays["stay_id"])
    assert report["reasons"] == {"stay_known": known.sum()} and report["rows"] == len(wanted.lines)
    assert report["tables"]["stays"]["reasons"] == {"stay_known": 6}
    aside = set_aside(workspace).query("table == 'lines'")
    assert {json.loads(row)["line_id"] for row in aside["content"]} == set(wanted.lines["line_id"][known])
    assert after.lines.head(len(before.lines)).equals(before.lines)


def test_a_workspace_from_a_newer_version_is_refused(workspace, folder):
    create(workspace)
    (workspace.path / "workspace.json").write_text('{"format": 99}')
    with pytest.raises(Refusal, match="workspace_newer"):
        bring_in(workspace, "csv", folder)


def test_a_mapping_that_names_a_column_the_file_has_not_is_refused(workspace, folder, tmp_path):
    (tmp_path / "m.toml").write_text('[lines]\ndrug = "medicament"\n')
    with pytest.raises(Refusal, match="mapping_column"):
        bring_in(workspace, "csv", folder, Options(mapping=tmp_path / "m.toml"))
