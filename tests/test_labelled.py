"""Verdicts beside interventions: each teaches, calibrates or measures, by the part that its stay stands in."""

from dataclasses import replace

import pandas as pd
import pytest

from core.detection import labelled, sources, splits, targets, training
from core.detection.targets import LABEL_COLUMNS
from core.errors import Refusal
from tests.test_detection import RECIPE, SILENT


@pytest.fixture(scope="module")
def hospital():
    return sources.invented("main", 200, 6, SILENT["tell"])[0]


def verdicts(tables, stays, label: float = 1.0) -> pd.DataFrame:
    """One on the first line of each of these stays."""
    lines = tables.lines[tables.lines["stay_id"].isin(stays)].drop_duplicates("stay_id")
    said = {"error_type": "6.2", "partner_line_ids": None, "label": label, "weight": 1.0, "source": "review"}
    return lines[["stay_id", "line_id"]].assign(at=lines["started_at"], **said)[list(LABEL_COLUMNS)]


@pytest.fixture
def seen(monkeypatch):
    """The parts that a fit is given."""
    found = {}

    def fit(order, words, train_part, valid, *_):
        found.update(learning=train_part, validation=valid)
        raise Refusal("few_to_learn", learned=0, validated=0, stays=0)

    monkeypatch.setattr(training, "fit_forest", fit)
    return found


def learn(tables, labels, folder):
    with pytest.raises(Refusal) as refusal:
        training.train(training.Order("forest", RECIPE), tables, None, folder, **SILENT, labels=labels)
    return refusal.value


def test_a_label_never_brings_a_stay_into_another_part(hospital, seen, tmp_path):
    parts = splits.split(hospital.stays)
    learn(hospital, verdicts(hospital, set(hospital.stays["stay_id"])), tmp_path)
    assert set(seen["learning"].seq.stay_ids) <= parts.train and set(seen["validation"].seq.stay_ids) <= parts.valid
    patients = hospital.stays.set_index("stay_id")["patient_id"]
    assert not set(patients[seen["learning"].seq.stay_ids]) & set(patients[[*parts.valid, *parts.test]])


def test_labels_are_truth_where_it_is_measured(hospital, seen, tmp_path):
    labels = verdicts(hospital, set(hospital.stays["stay_id"]))
    learn(hospital, labels, tmp_path)
    valid = seen["validation"]
    told = labels[labels["stay_id"].isin(valid.seq.stay_ids)]
    positive = {valid.seq.line_ids[line] for line in valid.wanted.line[valid.wanted.value > 0]}
    assert len(told) and set(told["line_id"]) <= positive


def test_labels_that_teach_nothing_are_refused(hospital, tmp_path):
    parts = splits.split(hospital.stays)
    refusal = learn(hospital, verdicts(hospital, parts.test), tmp_path)
    assert refusal.code == "labels_too_late" and refusal.values["test"] == refusal.values["labels"]
    strange = verdicts(hospital, parts.train).assign(line_id="another")
    assert learn(hospital, strange, tmp_path).code == "labels_of_others"


def test_a_hospital_that_brings_lines_alone_learns_from_the_stays_that_were_judged(hospital, seen, tmp_path):
    lines_alone = replace(hospital, interventions=hospital.interventions.iloc[:0])
    judged = set(hospital.stays["stay_id"].sample(100, random_state=1))
    learn(lines_alone, verdicts(hospital, judged), tmp_path)
    assert set(seen["learning"].seq.stay_ids) | set(seen["validation"].seq.stay_ids) <= judged
    assert (seen["validation"].wanted.value > 0).any()


def test_labels_are_counted_by_what_they_are_for(hospital):
    parts = splits.split(hospital.stays)
    told = labelled.parted(verdicts(hospital, set(hospital.stays["stay_id"])), parts)
    assert [told[name] for name in ("train", "valid", "test")] == [len(part) for part in (parts.train, parts.valid, parts.test)]
    assert sum(told.values()) == len(hospital.stays)


@pytest.mark.parametrize(("column", "wrong"), [
    ("label", "oui"), ("label", ""), ("label", "2"), ("weight", ""), ("weight", "-1"), ("weight", "0"), ("error_type", "11.9"),
    ("error_type", ""), ("at", "31.12.25"), ("at", "2025-01-31T08:00:00+01:00"),
])  # fmt: skip
def test_a_labels_file_with_a_cell_that_says_nothing_is_refused(hospital, column, wrong, tmp_path):
    labels = verdicts(hospital, set(hospital.stays["stay_id"])).astype({"label": str, "weight": str, "at": str})
    labels.iloc[3, labels.columns.get_loc(column)] = wrong
    labels.to_csv(tmp_path / "labels.csv", index=False)
    with pytest.raises(Refusal) as refusal:
        targets.read_labels(tmp_path / "labels.csv")
    assert refusal.value.code == "labels_values" and (refusal.value.values["column"], refusal.value.values["row"]) == (column, 4)


def test_labels_without_a_type_may_say_that_nothing_is_wrong(hospital, tmp_path):
    labels = verdicts(hospital, set(hospital.stays["stay_id"]), 0).assign(error_type=None)
    labels.to_parquet(tmp_path / "labels.parquet")
    assert len(targets.read_labels(tmp_path / "labels.parquet")) == len(labels)
