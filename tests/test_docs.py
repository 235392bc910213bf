"""What the README and the requirements say is so."""

import re
import shlex
from pathlib import Path

import pytest

from core.__main__ import build_parser

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = "\n".join(re.findall(r"```(?:sh|bash)\n(.*?)```", README, re.DOTALL))
COMMANDS = sorted({line.split("#")[0].strip() for line in BLOCKS.splitlines() if line.startswith("python -m core ")})
TREES = "".join(re.findall(r"```text\n(.*?)```", README, re.DOTALL))
PLACES = [line.split()[0] for line in TREES.splitlines() if line.strip()]
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_readme_is_one(command):
    build_parser("fr").parse_args(shlex.split(command)[3:])


@pytest.mark.parametrize("place", PLACES)
def test_each_place_of_the_readme_exists(place):
    assert (ROOT / place).exists()


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_each_link_of_the_readme_leads_somewhere(target):
    assert target.startswith("http") or (ROOT / target).exists()


def test_ci_runs_the_test_command_of_the_readme():
    install, test = "pip install -r requirements-dev.txt", "python -m pytest"
    assert install in README and test in README
    assert "install --quiet -r requirements-dev.txt" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_each_requirement_is_pinned_with_a_reason(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith(("-r", "#"))]
    assert [line for line in lines if not re.fullmatch(r"[\w.\[\]-]+==[\w.]+\s+# \S.*", line)] == []


def test_the_changelog_names_the_version():
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
