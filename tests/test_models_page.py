"""The page of models: what can be shown is shown, in marks that stand out on both backgrounds."""

import json
import shutil
import tomllib

import pytest

from core.commands.rows import written
from core.detection import metrics, shapes, training, trials
from core.detection.cards import learned_stays, read
from core.detection.shapes import fits
from core.i18n import LANGUAGES
from core.report import figures, palette, terms
from core.report.digest import POPULATIONS, best_first, fresh_stays, shipped
from core.report.words import spread
from core.settings import ROOT, TRAINED
from pages.figures.comparison import comparison
from tests.test_app import opened
from tests.tiny_workspace import make

THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
ROW = {"model": "gru", "scope": "several", "population": "test", "auprc": None, "auprc_low": None, "auprc_high": None}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PHARMIAGE_WORKSPACE", str(tmp_path / "w"))
    return make(tmp_path / "w").models / "compare"


def of_rules() -> dict:
    trial = {"kind": "rules", "variant": "whole", "seed": 0}
    row = ROW | {"model": "rules", "flagged": None, "curve": [], "reliability": [], "lines": 9, "precision_at": {}, "recall_at": {}}
    return {"trial": trial, "rows": [row]}


def of_gru() -> dict:
    trial = {"kind": "gru", "variant": "whole", "seed": 1}
    row = ROW | {"flagged": None, "curve": [], "reliability": [], "lines": 9, "precision_at": {}, "recall_at": {}, "base_rate": 0.05}
    rows = [row, row | {"population": "valid", "auprc": 0.2}]
    return {"trial": trial, "model": "gru-1", "measure_seconds": 1.0, "rows": rows}


@pytest.mark.parametrize("content", [json.dumps(of_rules()), '{"trial"'], ids=["rules alone", "damaged"])
def test_a_comparison_that_names_no_champion_hides_nothing_else(folder, content):
    path = folder / "rules-whole-s0" / trials.RESULT
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    app = opened("models")
    assert not app.exception
    assert len(app.error) == 1
    assert any("LSTM concomitant" in each.value for each in app.info)  # the champion of the shipped race
    assert {each.label for each in app.expander} >= {"Forêt, ligne seule · livré", "GRU concomitant · livré", "LSTM concomitant · livré"}


def test_models_have_one_name_on_the_page(folder):
    app = opened("models")
    first, single, second = (set(app.dataframe[number].value["model"]) for number in (0, 1, 2))
    assert first == single == {"Forêt, ligne seule", "GRU concomitant", "LSTM concomitant"}
    assert first <= second


def test_the_best_comes_first():
    rows = [row for row in shipped()["rows"] if row["population"] in POPULATIONS and row["variant"] == "whole"]
    found = sorted(rows, key=best_first)
    assert (found[0]["model"], found[0]["population"], found[0]["scope"]) == ("lstm", "test", "several")
    assert found[8]["model"] == "rules"  # the last of nine on the same lines


def contrast(one: str, other: str) -> float:
    """Ratio of luminances as WCAG 2.2 defines it."""
    found = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        found.append(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])
    return (max(found) + 0.05) / (min(found) + 0.05)


@pytest.mark.parametrize("tone", palette.TONES)
def test_marks_stand_out_from_the_page(tone):
    page = THEME[tone]["backgroundColor"]
    colours = palette.COLOURS[tone] | {name: getattr(palette, name)[tone] for name in ("INK", "GUIDE", "BAR")}
    assert {name: round(contrast(colour, page), 2) for name, colour in colours.items() if contrast(colour, page) < 3} == {}
    assert contrast(palette.INK[tone], palette.BAR[tone]) >= 3  # an error bar on its bar


@pytest.mark.parametrize("tone", palette.TONES)
def test_error_bars_have_a_colour_of_their_own(tone):
    """Without one plotly takes that of the marks, and cannot where each mark has its own."""
    row = ROW | {"auprc": 0.4, "auprc_low": 0.3, "auprc_high": 0.5}
    drawn = figures.intervals([row], "fr", tone), figures.ablations([("x", 0.4, 0.3, 0.5)], "fr", tone)
    assert [figure.data[0].error_x.color for figure in drawn] == [palette.INK[tone]] * 2


def test_where_nothing_could_be_measured_an_empty_figure_is_drawn():
    assert len(figures.intervals([ROW], "fr").data[0].x) == 0
    known = ROW | {"model": "lstm", "auprc": 0.4, "auprc_low": 0.3, "auprc_high": 0.5}
    assert list(figures.intervals([ROW, known], "fr").data[0].y) == ["LSTM concomitant"]


def test_long_labels_of_bars_have_two_lines():
    figure = figures.ablations([("50\u202f% des patients d'apprentissage", 0.4, 0.3, 0.5)], "fr")
    assert figure.data[0].y[0] == "50\u202f% des patients<br>d'apprentissage"


def test_the_spread_over_seeds_is_told_where_there_are_several():
    assert spread({"auprc_sd": 0.01234, "seeds": 3}, "fr") == "0,012"
    assert spread({"auprc_sd": 0.0, "seeds": 1}, "fr") == "–"


def test_a_row_is_written_in_words():
    row = ROW | {"population": "fresh_unseen_pairs", "auprc": 0.4567, "auprc_low": 0.4, "auprc_high": 0.5, "base_rate": 6e-05,
                 "oracle_ratio": 0.91, "ece": 0.00123}  # fmt: skip
    said = written(row, "fr")
    assert said.startswith("GRU concomitant · erreurs de plusieurs lignes · séjours neufs, paires jamais vues\u202f: AUPRC 0,457 ")
    assert "0,006\u202f%" in said and "91,0\u202f% de l'oracle, qui n'est pas un plafond ici" in said and said.endswith("ECE 0,0012")
    assert "sans le temps · " in written(row | {"variant": "without-time"}, "fr")
    assert "None" not in written(ROW, "en") and "no error" in written(ROW, "en")


@pytest.fixture
def trained(tmp_path, monkeypatch, folder):
    """A copy of what is shipped, to be damaged."""
    place = tmp_path / "trained"
    shutil.copytree(TRAINED, place)
    monkeypatch.setattr("core.detection.cards.TRAINED", place)
    monkeypatch.setattr("core.report.digest.SHIPPED", place / "comparison.json")
    return place


def said_by(app, path) -> list[str]:
    assert not app.exception
    return [each.value for each in app.error if str(path) in each.value]


def cards_shown(app) -> set[str]:
    return {each.label for each in app.expander}


def without(path, *names: str) -> str:
    """The JSON of a file without what the names lead to."""
    found = within = json.loads(path.read_text("utf-8"))
    for name in names[:-1]:
        within = within[name]
    del within[names[-1]]
    return json.dumps(found)


@pytest.mark.parametrize(
    "damage",
    [lambda path: path.read_text("utf-8")[:5000], lambda path: without(path, "curve"), lambda path: "{}", lambda path: "[]",
     lambda path: without(path, "chosen", "candidates"),
     lambda path: path.read_text("utf-8").replace('"transformer"', '"mamba"'), lambda path: None],
    ids=["cut", "no curve", "empty", "list", "no candidates", "unknown model", "absent"],
)  # fmt: skip
def test_a_damaged_shipped_comparison_is_named_and_hides_nothing_else(trained, damage):
    path = trained / "comparison.json"
    content, whole = damage(path), cards_shown(opened("models"))
    path.write_text(content, "utf-8") if content else path.unlink()
    app = opened("models")
    assert len(said_by(app, path)) == 1 == len(app.error)
    assert cards_shown(app) == whole and len(app.dataframe) > 0


@pytest.mark.parametrize(
    "damage",
    [lambda path: "[]", lambda path: path.read_text("utf-8")[:900], lambda path: "{}",
     lambda path: without(path, "threshold", "score"), lambda path: without(path, "metrics", 0, "auprc_low"), lambda path: None],
    ids=["list", "cut", "empty", "no score", "no interval", "absent"],
)  # fmt: skip
def test_a_damaged_card_is_named_and_hides_no_other(trained, damage):
    path = trained / "gru" / "card.json"
    content, whole = damage(path), cards_shown(opened("models"))
    path.write_text(content, "utf-8") if content else path.unlink()
    app = opened("models")
    assert len(said_by(app, path)) == 1 == len(app.error)
    assert len(whole - cards_shown(app)) == 1
    assert any("LSTM concomitant" in each.value for each in app.info)  # the race is there


def test_a_damaged_file_of_others_leaves_the_comparison_of_the_workspace(folder):
    trials.write(folder / "gru-whole-s1" / trials.RESULT, of_gru())
    path = folder / "outside.json"
    path.write_text('[{"a": 1}]', "utf-8")
    app = opened("models")
    assert len(said_by(app, path)) == 1 == len(app.error)
    assert any("GRU concomitant" in each.value for each in app.info)  # the champion of the workspace


def test_the_kinds_of_figures_are_those_that_can_be_trained():
    assert set(shapes.KINDS) == set(training.KINDS) and set(palette.SYMBOLS) == shapes.NAMED - {"pyhealth_rnn"}


def test_every_shipped_file_fits_its_shape():
    assert fits(shipped(), shapes.COMPARISON) and len(shipped()["outside"]) == 2
    assert all(fits(read(path), shapes.CARD) for path in TRAINED.glob("*/card.json"))


def heads(app) -> list[dict]:
    """The columns of each table that are shown: label and help by name."""
    found = [json.loads(table.proto.columns) for table in app.dataframe]
    return [{name: column for name, column in each.items() if not column.get("hidden")} for each in found]


def test_each_model_says_of_what_it_learned_and_that_this_is_no_race(folder):
    app = opened("models")
    said = " ".join(each.value for each in app.markdown)
    assert "Ce n’est pas une course" in said and "60\u202f000 séjours" in said
    labels = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]["y"]
    assert [label.split("<br>")[1] for label in labels] == [
        f"appris sur {count} séjours" for count in ("7\u202f110", "5\u202f360\u202f338", "6\u202f798\u202f127")
    ]


def test_a_card_says_every_model_that_it_went_on_from_and_what_no_model_judges(folder):
    said = [each.value for each in opened("models").markdown]
    for kind in ("gru", "lstm"):
        start, before = read(TRAINED / kind / "card.json")["data"]["start"], []
        while start:
            before, start = [*before, start["model"]], start.get("start")
        told = next(each for each in said if f"Parti du modèle : **{before[0]}" in each.replace("\u202f", " "))
        assert len(before) > 2 and all(name in told for name in before)
    assert sum("ni risque ni alerte" in each for each in said) == 3


def test_stays_of_what_a_model_started_from_are_counted():
    assert learned_stays({"train_stays": 1, "further_stays": 20, "start": {"train_stays": 300, "start": {"train_stays": 4000}}}) == 4321


def test_a_comparison_of_the_workspace_is_told_from_the_shipped_race(folder):
    assert [each.value for each in opened("models").subheader][1].endswith("course livrée avec PharmIAge")
    trials.write(folder / "gru-whole-s1" / trials.RESULT, of_gru())
    assert [each.value for each in opened("models").subheader][1].endswith("comparaison de cet espace")


def test_fresh_stays_are_counted():
    assert fresh_stays([{}, {"elsewhere": {"fresh": "simulated-a-1:400-of-b:60"}}]) == 460
    assert fresh_stays([{}]) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_defined_where_it_stands(folder, language):
    app = opened("models", language)
    columns = [each for table in heads(app) for each in table.values()]
    assert {each["label"] for each in columns if not each.get("help")} <= {terms.name(name, language) for name in ("model", "scope")}
    for page in (app, opened("guide", language)):
        said = " ".join(each.value for each in page.markdown)
        assert all(f"**{terms.name(term, language)}**" in said for term in terms.OF_PAGES)


def test_the_race_can_be_turned_to_other_stays(folder):
    app = opened("models")
    fresh = app.dataframe[2].value
    app.button_group("population").set_value("other_hospital").run()
    other = app.dataframe[2].value
    assert not app.exception and set(other["model"]) == set(fresh["model"])
    assert list(other["auprc_interval"]) != list(fresh["auprc_interval"])


def bin_of(chance: float, share: float, lines: int) -> dict:
    return {"chance": chance, "share": share, "lines": lines}


def test_scarce_bins_of_calibration_are_joined_and_have_an_interval():
    bins = [bin_of(0.1, 0.1, 900), bin_of(0.3, 0.5, 20), bin_of(0.5, 0.5, 60), bin_of(0.7, 1.0, 2), bin_of(0.9, 0.0, 1)]
    found = metrics.gathered(bins)
    assert [each["lines"] for each in found] == [900, 83]
    for name in ("chance", "share"):  # what was announced and what was so add up as before
        total = [sum(each[name] * each["lines"] for each in some) for some in (bins, found)]
        assert total[0] == pytest.approx(total[1])
    assert all(each["low"] < each["share"] < each["high"] for each in found)
    assert metrics.gathered(bins[3:])[0]["lines"] == 3 and metrics.gathered([]) == []
    drawn = figures.reliability({"gru": bins}, "fr").data[0]
    assert len(drawn.x) == len(drawn.error_y.array) == 2


def test_the_interval_of_a_share_is_that_of_wilson():
    """Newcombe 1998, Stat Med 17:857, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):
        assert metrics.wilson(hits / count, count) == pytest.approx((low, high), abs=1e-4)


def test_the_champion_is_the_mark_that_stands_out():
    rows = [ROW | {"model": name, "auprc": 0.4, "auprc_low": 0.3, "auprc_high": 0.5} for name in ("forest", "gru")]
    points = figures.intervals(rows, "fr", champion="forest").data[0]
    assert points.marker.size[0] > points.marker.size[1] and points.y[0] == "<b>Forêt, ligne seule</b>"
    assert contrast(points.marker.line.color, "#ffffff") >= 4.5  # the outline


@pytest.mark.parametrize("tone", palette.TONES)
def test_words_on_bars_can_be_read(tone):
    row = {"model": "GRU", "auprc": 0.5, "base_rate": 0.02}
    for bars in comparison([row | {"scope": scope} for scope in ("single", "several")], "fr", tone).data[:2]:
        assert contrast(bars.insidetextfont.color, bars.marker.color) >= 4.5


def test_what_a_short_bar_cannot_hold_stands_beside_its_interval():
    row = {"model": "Forêt", "auprc": 0.25, "auprc_low": 0.2, "auprc_high": 0.3, "base_rate": 0.026, "scope": "several"}
    _, bars, _, beside = comparison([row], "fr", "light").data
    assert bars.text == ("",) and beside.text == ("0,25 (taux de base 2,6\u202f%)",) and beside.base[0] > 0.3
