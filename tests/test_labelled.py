"""Verdicts beside interventions: each teaches, calibrates or measures, by the part that its stay stands in."""

from dataclasses import replace

import pandas as pd
import pytest

from core.detection import labelled, sources, splits, targets, training
from core.detection.targets import LABEL_COLUMNS
from core.errors import Refusal
from core.i18n import t
from core.review.labels import write
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


def test_labels_of_lines_that_are_not_there_are_counted(hospital, seen, tmp_path):
    labels, told = verdicts(hospital, set(hospital.stays["stay_id"])), []
    labels.iloc[:7, labels.columns.get_loc("line_id")] = "another"
    with pytest.raises(Refusal):
        training.train(training.Order("forest", RECIPE), hospital, None, tmp_path, lambda **more: told.append(more), labels=labels)
    assert {"stage": "labels_unknown", "unknown": 7} in told
    assert t("cli.telling.labels_unknown", "en", unknown=7).startswith("labels left out: 7")


def test_the_card_says_how_many_labels_were_left_out(hospital, tmp_path):
    labels = verdicts(hospital, set(hospital.stays["stay_id"]))
    labels = pd.concat([labels, labels.head(3).assign(line_id="another")])
    made = training.train(training.Order("forest", RECIPE), hospital, None, tmp_path, **SILENT, labels=labels)
    assert made.card["data"]["labels"]["unknown"] == 3


def said_both(hospital, path, error_type) -> pd.DataFrame:
    """A file in which nothing is wrong with each line, and something with four of them; nine rows stand there twice."""
    labels = verdicts(hospital, set(hospital.stays["stay_id"]), 0).assign(error_type=error_type)
    labels = pd.concat([labels, labels.head(4).assign(label=1.0, error_type="6.2"), labels.head(9)])
    labels.to_csv(path, index=False)
    return labels


def test_labels_that_say_both_are_refused(hospital, tmp_path):
    labels = said_both(hospital, tmp_path / "labels.csv", "6.2")
    with pytest.raises(Refusal, match="labels_contradict") as refusal:
        targets.read_labels(tmp_path / "labels.csv")
    assert (refusal.value.values["count"], refusal.value.values["line"]) == (4, labels["line_id"].iloc[0])


def test_labels_of_one_type_and_of_no_other_contradict_nothing(hospital, tmp_path):
    labels = said_both(hospital, tmp_path / "labels.csv", None)
    assert len(targets.read_labels(tmp_path / "labels.csv")) == len(labels)


def test_labels_of_another_stay_than_that_of_their_line_are_refused(hospital, tmp_path):
    labels = verdicts(hospital, set(hospital.stays["stay_id"]))
    labels.iloc[:2, 0] = labels["stay_id"].iloc[5]
    refusal = learn(hospital, labels, tmp_path)
    assert refusal.code == "labels_other_stay" and refusal.values == {"count": 2, "line": labels["line_id"].iloc[0]}


@pytest.mark.parametrize(("column", "shift", "refused"), [
    ("admitted_at", -pd.Timedelta(minutes=1), True), ("admitted_at", pd.Timedelta(0), False),
    ("discharged_at", pd.Timedelta(hours=23), False), ("discharged_at", pd.Timedelta(days=40), True),
])  # fmt: skip
def test_labels_of_an_instant_outside_their_stay_are_refused(hospital, seen, column, shift, refused, tmp_path):
    stays = hospital.stays[hospital.stays["discharged_at"].notna()].set_index("stay_id")
    labels = verdicts(hospital, set(stays.index))
    labels["at"] = [stays.loc[stay, column] + shift for stay in labels["stay_id"]]
    refusal = learn(hospital, labels, tmp_path)
    assert (refusal.code == "labels_outside_stay") == refused
    if refused:
        assert refusal.values["count"] == len(labels)


def test_a_label_where_a_line_began_before_admission_is_inside(hospital, seen, tmp_path):
    """A drug of the emergency ward: models read the instant, and may raise their alert there."""
    early = hospital.lines.assign(started_at=hospital.lines["started_at"] - pd.Timedelta(days=3))
    before = replace(hospital, lines=early)
    assert learn(before, verdicts(before, set(before.stays["stay_id"])), tmp_path).code == "few_to_learn"


def test_a_file_without_labels_says_that_nobody_has_judged(hospital, tmp_path):
    for name in ("labels.csv", "labels.parquet"):
        write(verdicts(hospital, set()), tmp_path / name)
        with pytest.raises(Refusal, match="labels_none"):
            targets.read_labels(tmp_path / name)
