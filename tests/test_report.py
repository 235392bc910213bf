"""The report: one file, without a network, in both languages, that escapes what data say."""

import json
import re

import numpy as np
import pytest

from core.__main__ import main
from core.report import sections, terms
from core.report.digest import OUTSIDE, narrowest, of_workspace
from core.report.doses import drug
from core.report.words import EMPTY, number, percent, section, t, table
from core.schema import SEPARATOR
from core.settings import Workspace


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A workspace with a comparison of two small models and one ablation."""
    path = tmp_path_factory.mktemp("reported")
    assert main(["simulate", "--workspace", str(path), "--stays", "220", "--seed", "6", "--json"]) == 0
    command = ["compare", "--workspace", str(path), "--seeds", "1", "--epochs", "1", "--models"]
    assert main([*command, "rules", "gru", "--without", "time", "--json"]) == 0
    whole = json.loads((path / "models" / "compare" / "gru-whole-s1" / "result.json").read_text("utf-8"))
    lines = next(row["lines"] for row in whole["rows"] if row["population"] == "test")
    outside = {"lines": lines, "model": "pyhealth_rnn", "scope": "several", "population": "test", "seeds": 3, "stay_auprc": 0.2345,
               "stay_base_rate": 0.11, "stay_oracle_ratio": 0.31}  # fmt: skip
    (path / "models" / "compare" / OUTSIDE).write_text(json.dumps([outside, outside | {"model": "of_other_stays", "lines": lines + 1}]), "utf-8")
    return path


@pytest.fixture(scope="module", params=["fr", "en"])
def html(request, compared):
    out = compared / f"report-{request.param}.html"
    assert main(["report", "--workspace", str(compared), "--out", str(out), "--lang", request.param]) == 0
    return out.read_text("utf-8")


def test_the_file_asks_nothing_of_a_network(html):
    outside = re.sub(r"<script>.*?</script>", "", html, count=1, flags=re.DOTALL)  # plotly itself names its makers
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", outside)
    assert html.count("Plotly.newPlot(") >= 6


def test_every_section_is_there(html):
    sections = re.findall(r'<section id="(\w+)">', html)
    assert sections == ["data", "models", "figures", "calibration", "learning", "ablations", "failures", "limits", "again"]


def test_an_ablation_whose_whole_model_was_not_compared_is_told_without_a_difference():
    row = {"variant": "labels-0.125", "auprc": 0.2, "auprc_low": 0.1, "auprc_high": 0.3}
    bars, told = sections.ablated([row], None, "en")
    assert "12.5% of the training patients" in told and told.count(f"<td>{EMPTY}</td>") == 1
    assert f"<td>{EMPTY}</td>" not in sections.ablated([row], 0.4, "en")[1]


def test_invented_data_are_called_invented(html):
    assert 'class="notice"' in html
    assert re.search("hôpital inventé|invented hospital", html)


def test_figures_carry_their_interval_and_base_rate(html):
    assert re.search(r"<td>[01][,.]\d{3} – [01][,.]\d{3}</td>", html)
    assert re.search("Taux de base|Base rate", html)


def test_figures_are_named_and_defined_as_on_the_page(html):
    language = re.search(r'lang="(..)"', html)[1]
    assert all(f"<dt>{terms.name(term, language)}</dt>" in html for term in terms.OF_REPORT)
    assert f'<th scope="col">{terms.name("culprit_first", language)}</th>' in html


def test_a_model_of_others_stands_beside_ours_by_stay(html):
    row = re.search(r"<th[^>]*>[^<]*PyHealth[^<]*</th>(.*?)</tr>", html).group(1)
    assert re.findall(r"<td>([^<]*)</td>", row)[0] in ("0,234", "0.234", "0,235", "0.235")


def test_a_comparison_is_kept_with_the_models_of_others(compared, tmp_path):
    command = ["compare", "--workspace", str(compared), "--seeds", "1", "--epochs", "1", "--models", "rules", "gru"]
    assert main([*command, "--keep", str(tmp_path / "kept.json"), "--json"]) == 0
    kept = json.loads((tmp_path / "kept.json").read_text("utf-8"))
    assert [row["model"] for row in kept["outside"]] == ["pyhealth_rnn"]
    assert of_workspace(Workspace(compared))[0]["outside"] == kept["outside"]


def test_failures_are_real_lines(html, compared):
    from core.data import store

    stays = set(store.read_stays(Workspace(compared))["stay_id"])
    part = html[html.index('<section id="failures">') : html.index('<section id="limits">')]
    named = re.findall(r"<td>(main-6-[\w-]+)</td>", part)
    assert len(named) > 8
    assert set(named) <= stays


def test_what_data_say_is_escaped():
    made = section("x", "<b>", table(["<i>"], [("<script>", "a&b")]))
    assert "<script>" not in made
    assert "&lt;script&gt;" in made
    assert "a&amp;b" in made


def test_numbers_follow_the_language():
    assert number(1234.5, "fr", 1) == "1\u202f234,5"
    assert number(1234.5, "en", 1) == "1,234.5"
    assert percent(0.052, "fr") == "5,2\u202f%"
    assert number(None, "fr") == "–"


def test_french_marks_have_a_narrow_space_that_does_not_break(html):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "|", html, flags=re.DOTALL)
    if 'lang="fr"' in html:
        assert "\u202f:" in text and "«\u202f" in text
        assert re.findall(r".{20}(?: [:;?!%»]|« )", text.replace(" ;|", "").replace(" ; ", "")) == []
    else:
        assert re.findall(r".{20}\s[:;?!%]", text) == []
    assert t("report.scope.single", "en") == "single-line errors"


def test_days_and_drugs_are_written_as_in_the_app(html):
    assert not re.findall(r">[^<]*(?<!rules-)\d{4}-\d\d-\d\d[^<]*</(?:p|td|th)>", html)
    line = {"name": "salbutamol", "dose": 2500.0, "unit": "ug", "route": "inhaled"}
    assert drug(line, "fr") == "salbutamol 2\u202f500 µg, inhalée"
    assert drug(line | {"dose": 2.5, "unit": "mg"}, "en") == "salbutamol 2.5 mg, inhaled"
    assert drug(line | {"dose": None, "route": None}, "fr") == "salbutamol"


def test_every_stay_is_accounted_for(compared):
    from core.report.content import content

    found = content(Workspace(compared))
    assert sum(found.parts.values()) == found.counts["stays"]
    assert found.parts["apart"] > 0


def test_the_report_says_how_to_do_it_again(html):
    part = html[html.index('<section id="again">') :]
    assert "python -m core compare --workspace" in part and "--epochs 1" in part
    assert "simulated-main-6 (220)" in part
    assert re.search(r"PharmIAge.{0,3}: 0\.1\.0", part)
    assert re.search(r"<td>1</td><td>1</td><td>1</td>", part)  # seed, passes made, pass kept


def test_the_curve_of_learning_is_named_for_what_it_is(html):
    """The mean over both kinds of errors, where the table of candidates has several-line errors alone."""
    part = html[html.index('<section id="learning">') : html.index('<section id="ablations">')]
    assert re.search("la moyenne de deux précisions moyennes|the mean of two average precisions", part)
    axis = re.search(r'"yaxis":\{.*?"title":\{"text":"(.*?)"', part).group(1).encode().decode("unicode_escape")
    assert re.search("une et plusieurs lignes|one and several lines", axis)


def test_figures_say_on_how_many_stays_lines_and_errors(html):
    assert re.search(r"<p class=\"\">\d+ (séjours|stays), [\d\u202f,]+ (lignes|lines), (dont|of which) \d+ ", html)
    assert "bien plus nombreux" not in html and "many more" not in html


def test_shares_of_culprits_and_pairs_say_of_how_many(html):
    assert re.search(r"<td>[\d,.]+\u202f?% \(n\u202f=\u202f[\d\u202f,]+\)</td>", html)
    heads = "Annoncé (champion)|Announced (champion)".replace("(", r"\(").replace(")", r"\)")
    assert re.search(heads, html)


def test_a_workspace_that_was_not_compared_is_refused(tmp_path, capsys):
    assert main(["report", "--workspace", str(tmp_path), "--out", str(tmp_path / "r.html"), "--lang", "en"]) == 2
    assert "compare" in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()


def test_only_html_is_written(compared, capsys):
    assert main(["report", "--workspace", str(compared), "--out", str(compared / "r.pdf"), "--lang", "en"]) == 2
    assert ".html" in capsys.readouterr().err


def test_failures_name_what_was_missed_and_what_was_raised(compared):
    from core.report.content import content

    found = content(Workspace(compared)).failures
    missed, raised = ([each for each in found if each["failure"] == kind] for kind in ("missed", "raised"))
    assert np.all(np.diff([each["chance"] for each in missed]) >= 0)
    assert np.all(np.diff([each["chance"] for each in raised]) <= 0)
    assert not any(SEPARATOR in each["drug"]["name"] for each in found)


def test_intervals_are_drawn_where_they_are_narrowest_for_every_model():
    row = {"model": "gru", "population": "test"}
    every = [row, row | {"model": "rules"}, row | {"population": "fresh"}]
    assert narrowest(every) == "test"
    assert narrowest([*every, row | {"model": "rules", "population": "fresh"}]) == "fresh"
    few, many = ({"lines": 100}, {"lines": 700})
    assert narrowest([row | many, row | few | {"population": "fresh"}]) == "test"
    assert narrowest([row | few, row | many | {"population": "fresh"}]) == "fresh"


def test_the_report_says_how_the_rules_stand(html):
    part = html[html.index('<section id="models">') : html.index('<section id="figures">')]
    assert re.search("seul candidat|only candidate", part)
    assert re.search(r"Règles \(pas candidates\)|Rules \(no candidate\)", part)


def test_drugs_of_failures_bear_their_accents():
    line = {"name": "ketoprofene", "dose": 100.0, "unit": "mg", "route": "iv"}
    assert drug(line, "fr").startswith("kétoprofène 100 mg") and drug(line, "en").startswith("ketoprofen 100 mg")
    assert drug(line | {"name": "calcium + colecalciferol"}, "fr").startswith("calcium + cholécalciférol")


def test_the_size_of_the_report_is_told_in_the_language(compared, capsys):
    assert main(["report", "--workspace", str(compared), "--out", str(compared / "size.html")]) == 0
    assert re.search(r"\(\d,\d Mo", capsys.readouterr().out)


def test_a_second_table_has_a_title_of_its_own(html):
    tables = html[html.index('<section id="figures">') : html.index('<section id="calibration">')]
    assert "</table></div><div" not in tables and re.search("<h4>Par séjour|<h4>By stay", tables)


def test_on_paper_no_chart_is_cut_and_no_heading_left_behind(html):
    style = re.search("<style>(.*?)</style>", html, re.DOTALL).group(1)
    paper = style[style.index("@media print") :]
    assert "h2,h3,h4{break-after:avoid-page}" in paper and re.search(r"\.plotly-graph-div[^{]*\{break-inside:avoid-page\}", paper)
