"""Training, cards, figures and alerts: the same again, refused when broken, honest about what is not known."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import average_precision_score

from core.data.check import conform
from core.detection import (
    cards,
    devices,
    further,
    metrics,
    model,
    novelty,
    origins,
    scoring,
    sources,
    splits,
    targets,
    training,
    vocabulary,
)
from core.detection.batches import assemble
from core.detection.recipe import Recipe
from core.detection.sequences import prepare
from core.errors import Refusal
from core.knowledge import rules
from core.schema import ALERTS, ERROR_TYPES, SEVERAL_LINE_TYPES
from models import store
from tests.hand_made import DAY, DRUGS, intervened, line, some_stays, stay_row, tables
from tests.test_networks import STAYS, WORDS, network

RECIPE = Recipe(seed=3, epochs=3, partners_a_batch=6000.0, threads=1)
SILENT = {"tell": lambda **_: None}


@pytest.fixture(scope="module")
def hospital():
    return sources.invented("main", 300, 5, SILENT["tell"])


@pytest.fixture(scope="module")
def trained(hospital, tmp_path_factory):
    return made(hospital, tmp_path_factory.mktemp("first"))


def made(hospital, folder, kind="gru", labels=None, stop=None) -> model.Model:
    order = training.Order(kind, RECIPE, width=16, heads=2)
    return training.train(order, *hospital, folder, **SILENT, labels=labels, last_epoch=stop)


def weights(found: model.Model) -> dict:
    return found.network.state_dict()


def equal(a: model.Model, b: model.Model) -> bool:
    return all(torch.equal(weights(a)[name], weights(b)[name]) for name in weights(a))


def test_the_same_seed_makes_the_same_weights(hospital, trained, tmp_path):
    assert equal(trained, made(hospital, tmp_path))


def test_an_interrupted_training_ends_at_the_same_weights(hospital, trained, tmp_path):
    made(hospital, tmp_path, stop=1)
    resumed = made(hospital, tmp_path)
    assert equal(trained, resumed)
    assert resumed.card["metrics"] == trained.card["metrics"]


def test_a_training_is_not_resumed_with_other_settings(hospital, tmp_path):
    made(hospital, tmp_path, stop=1)
    with pytest.raises(Refusal, match="training_differs"):
        training.train(training.Order("gru", replace(RECIPE, seed=4), width=16, heads=2), *hospital, tmp_path, **SILENT)


def test_labels_of_the_register_change_the_model(hospital, trained, tmp_path):
    found = hospital[0]
    learning = splits.split(found.stays).train
    lines = found.lines[found.lines["stay_id"].isin(learning)].head(300)
    verdicts = pd.DataFrame({
        "stay_id": lines["stay_id"], "line_id": lines["line_id"], "at": lines["started_at"], "error_type": "6.2",
        "partner_line_ids": None, "label": 1, "weight": 1.0, "source": "review",
    })  # fmt: skip
    verdicts.to_csv(tmp_path / "labels.csv", index=False)
    other = made(hospital, tmp_path / "run", labels=targets.read_labels(tmp_path / "labels.csv"))
    assert other.card["data"]["labels"] == {"train": 300, "valid": 0, "test": 0, "aside": 0}
    assert not equal(trained, other)
    assert trained.card["metrics"][0]["oracle_ratio"] and {row["oracle_ratio"] for row in other.card["metrics"]} == {None}
    assert model.load(folder_with(other, tmp_path / "model")).id == other_id(other, tmp_path / "model")


def folder_with(found: model.Model, folder):
    model.save(folder, found)
    return folder


def other_id(found: model.Model, folder) -> str:
    return cards.identity(json.loads((folder / store.CARD).read_text("utf-8")))


@pytest.mark.parametrize("kind", ["gru", "forest"])
def test_a_model_read_back_scores_the_same(hospital, kind, trained, tmp_path):
    found = trained if kind == "gru" else made(hospital, tmp_path, kind)
    saved = model.save(tmp_path / kind, found)
    again = model.load(tmp_path / kind)
    few = splits.taken(hospital[0], frozenset(hospital[0].stays["stay_id"].head(40)))
    one, other = (scoring.score(few, each, threshold=0.02).alerts for each in (saved, again))
    assert len(one) > 0
    pd.testing.assert_frame_equal(one, other)


def test_a_damaged_model_is_refused(trained, tmp_path):
    """A byte changed, a file cut short, a file gone, a card that is no JSON: each is named."""
    for number, (name, spoil) in enumerate({
        store.WEIGHTS: lambda p: p.write_bytes(p.read_bytes()[:-1] + b"x"), store.CODES: lambda p: p.unlink(),
        store.CARD: lambda p: p.write_text("{"),
    }.items()):  # fmt: skip
        folder = folder_with(trained, tmp_path / str(number))
        spoil(folder / name)
        with pytest.raises(Refusal, match="model_damaged"):
            model.load(folder)
    with pytest.raises(Refusal, match="model_missing"):
        model.load(tmp_path / "nowhere")


def test_weights_of_another_shape_are_refused(trained, tmp_path):
    folder = folder_with(trained, tmp_path / "m")
    card = json.loads((folder / store.CARD).read_text("utf-8"))
    card["configuration"]["width"] = 24
    (folder / store.CARD).write_text(json.dumps(card), "utf-8")
    with pytest.raises(Refusal, match="model_damaged"):
        model.load(folder)


def test_a_model_made_for_other_features_is_refused(trained, tmp_path, monkeypatch):
    folder = folder_with(trained, tmp_path / "m")
    monkeypatch.setattr("core.detection.features.STATE", ("age",))
    with pytest.raises(Refusal, match="model_other_vocabulary"):
        model.load(folder)


def test_a_loaded_network_is_not_in_training_mode(trained, tmp_path):
    assert not model.load(folder_with(trained, tmp_path / "m")).network.training


def test_no_patient_and_no_moment_stands_on_both_sides_of_the_split(hospital):
    stays = hospital[0].stays.set_index("stay_id")
    parts = splits.split(hospital[0].stays)
    patients = [set(stays.loc[list(part), "patient_id"]) for part in (parts.train, parts.valid, parts.test)]
    assert not (patients[0] & patients[1] | patients[1] & patients[2] | patients[0] & patients[2])
    assert stays.loc[list(parts.train), "admitted_at"].max() < stays.loc[list(parts.valid), "admitted_at"].min()
    assert stays.loc[list(parts.valid), "admitted_at"].max() < stays.loc[list(parts.test), "admitted_at"].min()


def test_alerts_fit_the_schema_and_name_lines_of_their_stay(hospital, trained):
    found = scoring.score(hospital[0], trained, threshold=0.02, rules=False).alerts
    lines = hospital[0].lines.set_index("line_id")
    pd.testing.assert_frame_equal(found, conform(ALERTS, found))
    assert found["score"].is_monotonic_decreasing
    assert found["score"].between(0, 1).all()
    assert set(found["error_type"]) <= set(ERROR_TYPES)
    for row in found.head(50).itertuples():
        partners = row.partner_line_ids.split("+") if row.partner_line_ids else []
        assert set(lines.loc[[row.line_id, *partners], "stay_id"]) == {row.stay_id}
        assert not partners or row.error_type in SEVERAL_LINE_TYPES
        began, ended = lines.loc[row.line_id, ["started_at", "ended_at"]]
        assert began <= row.at and (pd.isna(ended) or row.at < ended)
        assert {"pairs", "types", "logit"} <= json.loads(row.detail).keys()


def test_scoring_in_batches_says_the_same_as_at_once(hospital, trained):
    stays = list(hospital[0].stays["stay_id"])
    halves = [splits.taken(hospital[0], frozenset(part)) for part in (stays[:150], stays[150:])]
    whole, streamed = (scoring.score(source, trained, threshold=0.02) for source in (hospital[0], iter(halves)))
    assert streamed.lines == whole.lines == len(hospital[0].lines)
    assert set(streamed.alerts["alert_id"]) == set(whole.alerts["alert_id"])


def rows_of(frames, label=None):
    seq = prepare(frames, vocabulary.Vocabulary())
    batch, rows, partners = assemble(seq, np.arange(len(seq.stay_ids)))
    wanted = targets.targets(seq, frames.interventions if label is None else label)
    return seq, rows, partners, wanted


def test_an_intervention_is_a_label_at_its_instant_and_unknown_after():
    lines = [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 10, None), line("s", 2, DRUGS[2], 20, None)]
    seq, rows, partners, wanted = rows_of(tables([stay_row("s", "p")], lines, [], intervened("s", lines, 0)))
    values, known = targets.row_labels(wanted, rows, 3)
    kind = ERROR_TYPES.index("6.2")
    hours = {float(seq.hours[k]): (values[r, kind], known[r, kind])
             for r, (i, k) in enumerate(zip(rows.line, rows.instant, strict=True)) if i == 0}  # fmt: skip
    assert hours == {0.0: (0, 1), 10.0: (1, 1), 20.0: (0, 0)}
    near, named = targets.culprits(wanted, rows, partners, 3)
    assert [seq.line_ids[partners.line[q]] for q in near[named.any(1)]] == ["s-1"]
    assert {(int(rows.line[r]), float(seq.hours[rows.instant[r]])) for r in partners.row[near]} == {(0, 10.0)}


def test_a_rejected_alert_is_a_negative_with_its_weight():
    lines = [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 10, None)]
    said = pd.DataFrame([{"stay_id": "s", "line_id": "s-0", "at": DAY + pd.Timedelta(hours=10), "error_type": "6.2",
                          "partner_line_ids": None, "label": 0.0, "weight": 4.0, "source": "review"}])  # fmt: skip
    _, rows, _, wanted = rows_of(tables([stay_row("s", "p")], lines), said)
    values, known = targets.row_labels(wanted, rows, 2)
    assert values.sum() == 0
    assert sorted(known[rows.line == 0][:, ERROR_TYPES.index("6.2")]) == [1.0, 5.0]


def test_average_precision_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, score = rng.random(500) < 0.1, rng.integers(0, 30, 500).astype(float)
    assert metrics.average_precision(truth, score) == pytest.approx(average_precision_score(truth, score))
    ones = np.ones(500)
    order = np.argsort(-score, kind="stable")
    assert metrics.weighted_precision(truth[order], score[order], ones) == pytest.approx(
        average_precision_score(truth, score)
    )


def test_calibration_brings_chances_near_shares():
    rng = np.random.default_rng(1)
    logit = rng.normal(-3, 2, 40000)
    truth = rng.random(40000) < 1 / (1 + np.exp(-(0.5 * logit - 1)))
    knots = metrics.isotonic_knots(truth, logit)
    chance = np.interp(logit, knots["logit"], knots["probability"])
    assert metrics.calibration_error(truth, chance) < 0.01
    assert np.all(np.diff(knots["probability"]) > 0)


def test_few_positives_are_calibrated_by_a_sigmoid():
    """Drawn from a known sigmoid, it comes nearer to the true chances than steps through so few positives do."""
    rng, sigmoid = np.random.default_rng(5), lambda x: 1 / (1 + np.exp(-x))
    logit = rng.normal(-4, 2, (20, 3000))
    truth = rng.random(logit.shape) < sigmoid(0.7 * logit - 0.5)
    far = {name: [] for name in ("sigmoid", "isotonic")}
    for drawn, score in zip(truth, logit, strict=True):
        for name, found in (
            ("sigmoid", metrics.knots(drawn, score)),
            ("isotonic", metrics.isotonic_knots(drawn, score)),
        ):
            assert (np.diff(found["probability"]) >= 0).all()
            chance = np.interp(score, found["logit"], found["probability"])
            far[name].append(np.abs(chance - sigmoid(0.7 * score - 0.5)).mean())
    assert np.mean(far["sigmoid"]) < 0.7 * np.mean(far["isotonic"])


def test_many_positives_and_scores_turned_round_are_calibrated_by_steps():
    logit = np.linspace(-5, 5, 4000)
    for truth in (np.arange(4000) % 3 == 0, logit < -4.5, np.zeros(4000, dtype=bool), np.ones(4000, dtype=bool)):
        assert metrics.knots(truth, logit) == metrics.isotonic_knots(truth, logit)


def test_some_hand_made_stays_hold_what_the_tests_need():
    found = some_stays(40, seed=2)
    assert len(found.interventions) > 0


def test_an_alert_and_a_rule_on_the_same_two_lines_are_one_in_either_order():
    lines = [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 10, None), line("s", 2, DRUGS[7], 20, None)]
    frames = tables([stay_row("s", "p")], lines)
    told = rules.detect(frames)
    assert {(row.line_id, row.partner_line_ids) for row in told.itertuples()} & {("s-0", "s-1"), ("s-1", "s-0")}

    def origin_of(index: str, partner: str, kind: str) -> str:
        row = {"alert_id": "a", "stay_id": "s", "line_id": index, "partner_line_ids": partner, "error_type": kind,
               "at": lines[1]["started_at"], "score": 0.4, "origin": "model", "model_id": "m", "detail": "{}"}  # fmt: skip
        return origins.with_rules(frames, conform(ALERTS, pd.DataFrame([row])))["origin"].iloc[0]

    assert origin_of("s-0", "s-1", "6.2") == origin_of("s-1", "s-0", "6.2") == "both"
    assert origin_of("s-0", "s-2", "6.2") == origin_of("s-2", "", "8.1") == "model"


def test_an_error_counts_as_new_when_training_never_showed_its_pair():
    lines = [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 10, None), line("s", 2, DRUGS[7], 20, None)]
    frames = tables([stay_row("s", "p")], lines, [], intervened("s", lines, 0))
    words = vocabulary.Vocabulary({f"atc5:{a}": i for i, a in enumerate(frames.lines["atc"], 2)} | {"atc5:?": 1})
    seq = prepare(frames, words)
    wanted = targets.targets(seq, frames.interventions)
    shown = replace(words, pairs=novelty.positive_pairs(seq, wanted))
    assert len(shown.pairs) == 1
    for known, counted in ((words, [True, True, True]), (shown, [False, True, True])):
        assert list(novelty.populations(known, seq, wanted)["unseen_pairs"]["several"]) == counted
    other = prepare(frames, vocabulary.Vocabulary({"atc5:?": 1}))
    new = novelty.populations(vocabulary.Vocabulary({"atc5:?": 1}), other, wanted)["unseen_substances"]
    assert (list(new["several"]), list(new["single"])) == ([True, True, True], [False, True, True])


def test_a_drug_whose_code_is_not_written_to_the_fifth_level_is_no_unknown_one():
    lines = [line("s", 0, DRUGS[0], 0, None), line("s", 1, DRUGS[1], 10, None)]
    frames = tables([stay_row("s", "p")], lines, [], intervened("s", lines, 0))
    frames = replace(frames, lines=frames.lines.assign(atc=[frames.lines["atc"][0], "A12AX"]))
    learn = lambda lines: vocabulary.learn(pd.concat([lines] * 3, ignore_index=True), frames.stays)  # noqa: E731
    words = learn(frames.lines)
    seq = prepare(frames, words)
    wanted = targets.targets(seq, frames.interventions)
    assert words.line["atc4:A12AX"] in novelty.positive_pairs(seq, wanted)[0]
    assert not any(counts[wanted.line].any() for counts in novelty.populations(words, seq, wanted)["unseen_substances"].values())
    assert not further.strange(frames.lines, words) and further.strange(frames.lines, learn(frames.lines[1:]))


def test_a_gpu_that_is_not_there_is_refused_and_auto_does_without(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert devices.chosen("auto").type == devices.chosen("cpu").type == "cpu"
    with pytest.raises(Refusal) as refused:
        devices.chosen("cuda")
    assert refused.value.code == "no_gpu"


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_half_the_digits_change_no_score_by_much(cell):
    """What a GPU computes in bfloat16 can be tried here on the processor, where it is as coarse."""
    batch = assemble(prepare(STAYS, WORDS), np.arange(4))[0]
    with torch.inference_mode():
        whole = network(cell)(batch)
        with torch.autocast("cpu", torch.bfloat16):
            half = network(cell)(batch)
    assert not torch.equal(whole.line, half.line.float())
    assert torch.allclose(whole.line, half.line.float(), atol=0.15)
