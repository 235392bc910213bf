"""Figures of stays, pairs and culprits, on scores made by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.detection import features, levels
from core.detection.targets import Targets

LEVEL, REDUNDANT = (features.TYPES.index(code) for code in ("6.2", "5.3"))
SEQ = SimpleNamespace(line_ids=np.array(["a", "b", "c", "d"], dtype=object), stay_lines=np.array([0, 3, 4]))


def stay_figures(*given) -> dict:
    return levels.stay_figures(levels.stay_items(*given))


def pair_figures(*given) -> dict:
    return levels.pair_figures(levels.pair_items(*given))


def culprit_figures(*given, **more) -> dict:
    return levels.culprit_figures(levels.culprit_hits(*given, **more))


def wanted(line: int, kind: int, partners: tuple[int, ...]) -> Targets:
    one = np.array([line])
    return Targets(one, np.array([kind]), one, one, np.ones(1), np.ones(1), (partners,))


def found(pairs: dict[tuple[int, int], dict[int, float]], any_logit: float = 2.0, says: int = LEVEL):
    """Scores of pairs by type, and the type that each alert says; everything else is far below."""
    keys = sorted(pairs)
    pair = np.full((len(keys), len(features.SEVERAL)), -9.0)
    for row, key in enumerate(keys):
        for kind, value in pairs[key].items():
            pair[row, features.SEVERAL.index(kind)] = value
    types = np.full((4, len(features.TYPES)), -9.0)
    types[:, says] = any_logit
    return SimpleNamespace(types=types, any=np.full(4, any_logit), partner_of=np.array([i for i, _ in keys]),
                           partner=np.array([j for _, j in keys]), pair=pair)  # fmt: skip


def test_a_stay_is_wrong_when_one_of_its_lines_is():
    truth = np.array([False, False, True, False])
    right = stay_figures(SEQ, np.array([-9.0, -9.0, 1.0, -2.0]), truth, np.array([0, 0, 0.9, 0.1]))
    assert right == {"stay_auprc": 1.0, "stay_base_rate": 0.5, "stay_oracle_ratio": 1.0}
    wrong = stay_figures(SEQ, np.array([-9.0, -9.0, -9.0, 1.0]), truth, np.array([0, 0, 0.9, 0.1]))
    assert wrong["stay_auprc"] == 0.5 and wrong["stay_oracle_ratio"] == 0.5


def test_a_named_pair_that_is_not_there_counts_as_missed():
    scores = found({(0, 1): {LEVEL: 3.0}, (0, 2): {LEVEL: -1.0}})
    assert pair_figures(scores, wanted(0, LEVEL, (1,)))["pair_auprc"] == 1.0
    both = pair_figures(scores, wanted(0, LEVEL, (1, 3)))
    assert both["pair_base_rate"] == pytest.approx(2 / 3)
    assert both["pair_auprc"] == pytest.approx((1 + 2 / 3) / 2)


def several(*errors: tuple[int, int, tuple[int, ...]]) -> Targets:
    """Errors of lines: (line, type, partners)."""
    line, kind, partners = zip(*errors, strict=True)
    one = np.ones(len(errors))
    return Targets(np.array(line), np.array(kind), one, one, one, one, partners)


TWO = found({(0, 1): {LEVEL: 1.0}, (0, 2): {REDUNDANT: 3.0}}, says=LEVEL)


def test_partners_rank_by_the_type_that_the_alert_says():
    figures = culprit_figures(SEQ, TWO, wanted(0, LEVEL, (1,)), None)
    assert figures["culprit_first"] == figures["culprit_first_of_type"] == 1
    assert np.isnan(figures["culprit_first_oracle"])
    other = found({(0, 1): {LEVEL: 1.0}, (0, 2): {REDUNDANT: 3.0}}, says=REDUNDANT)
    assert culprit_figures(SEQ, other, wanted(0, LEVEL, (1,)), None)["culprit_first"] == 0


def test_a_line_with_two_errors_is_one_alert_and_two_errors():
    figures = culprit_figures(SEQ, TWO, several((0, LEVEL, (1,)), (0, REDUNDANT, (2,))), None)
    assert figures["culprit_first"] == figures["culprit_first_of_type"] == 1
    assert figures["culprit_first_of_error"] == 0.5


def test_an_alert_of_another_type_than_was_found_counts_without_being_of_the_type():
    figures = culprit_figures(SEQ, TWO, wanted(0, REDUNDANT, (2,)), None)
    assert figures["culprit_first"] == 0
    assert np.isnan(figures["culprit_first_of_type"])
    assert culprit_figures(SEQ, TWO, wanted(0, REDUNDANT, (1,)), None)["culprit_first"] == 1


def test_an_alert_of_one_line_shows_no_culprit():
    alone = found({(0, 1): {LEVEL: 1.0}}, says=features.SINGLE[0])
    figures = culprit_figures(SEQ, alone, wanted(0, LEVEL, (1,)), None)
    assert np.isnan(figures["culprit_first"])
    assert figures["culprit_first_of_error"] == 1


def test_the_oracle_is_judged_by_what_it_holds_most_likely():
    rows = [("a", "6.2", "b", 0.2), ("a", "5.3", "c", 0.6), ("d", "6.2", "", 0.9)]
    oracle = pd.DataFrame(rows, columns=["line_id", "error_type", "partner_line_ids", "probability"])
    scores = found({(0, 1): {LEVEL: 1.0}})
    assert culprit_figures(SEQ, scores, wanted(0, LEVEL, (1,)), oracle)["culprit_first_oracle"] == 0
    assert culprit_figures(SEQ, scores, wanted(0, REDUNDANT, (2,)), oracle)["culprit_first_oracle"] == 1


def test_a_line_that_is_not_alerted_is_no_true_alert():
    scores = found({(0, 1): {LEVEL: 1.0}}, any_logit=-3.0)
    assert np.isnan(culprit_figures(SEQ, scores, wanted(0, LEVEL, (1,)), None, threshold=0.0)["culprit_first"])
