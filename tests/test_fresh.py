"""Stays measured on beside the test part: how many, and of which hospital, as far as the workspace knows."""

import json
from types import SimpleNamespace

import pytest

from core.__main__ import main
from core.detection import hospitals, trials
from core.report import populations


@pytest.mark.parametrize(("own", "others", "found"), [
    (["simulated-main-4"], ["simulated-main-22", "simulated-main-23"], "same"),
    (["simulated-main-4"], ["simulated-other-22"], "another"),
    (["simulated-main-4"], ["csv-2025"], "another"),
    (["csv-2024"], ["csv-2025"], "unknown"),
    (["simulated-main-4"], ["simulated-main-5", "simulated-other-5"], "unknown"),
    (["simulated-main-4"], [], "unknown"),
])  # fmt: skip
def test_the_hospital_is_told_as_far_as_imports_tell_it(own, others, found):
    assert hospitals.origin(own, others) == found


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory):
    """One of the main hospital, few stays of it and few of the other."""
    found = {}
    for name, stays, seed, hospital in (("own", 120, 4, "main"), ("same", 20, 5, "main"), ("another", 20, 5, "other")):
        found[name] = tmp_path_factory.mktemp(name)
        command = ["simulate", "--workspace", str(found[name]), "--stays", str(stays), "--seed", str(seed), "--hospital", hospital]
        assert main([*command, "--json"]) == 0
    return found


@pytest.mark.parametrize(("fresh", "warned"), [("same", False), ("another", True)])
def test_fresh_stays_of_another_hospital_are_named(workspaces, capsys, fresh, warned):
    command = ["compare", "--workspace", str(workspaces["own"]), "--models", "rules", "--fresh", str(workspaces[fresh])]
    capsys.readouterr()
    assert main([*command, "--json"]) == 0
    printed = capsys.readouterr()
    assert ("viennent d’un autre hôpital" in printed.err) == warned
    hospital = "other" if warned else "main"
    result = trials.read(workspaces["own"] / "models" / "compare" / "rules-whole-s0" / trials.RESULT)
    assert result["imports"] == {"fresh": {f"simulated-{hospital}-5": 20}}
    rows = [row for row in json.loads(printed.out.splitlines()[-1]) if row["population"] in ("test", "fresh")]
    assert all(row["errors"] == pytest.approx(row["base_rate"] * row["lines"], abs=0.1) for row in rows)


def told(imports: dict, row: dict, population: str = "fresh") -> str:
    content = SimpleNamespace(parts={"test": 36}, made={"imports": {"simulated-main-4": 120}, "elsewhere": {"fresh": imports}})
    return populations.told(population, row, content, "fr")


def test_the_report_counts_what_figures_are_made_of():
    row = {"lines": 1722, "errors": 22}
    said = told({"simulated-other-77": 60}, row)
    assert said.startswith("60 séjours, 1\u202f722 lignes, dont 22 ") and "d'un autre hôpital" in said and "simulated-other-77" in said
    assert "du même hôpital inventé" in told({"simulated-main-77": 60}, row)
    assert "36 séjours" in told({}, row, "test")
    assert told({}, row, "unseen_pairs").startswith("1\u202f722 lignes")
    assert told({}, {"lines": 1722}, "fresh") == ""  # of an earlier version
