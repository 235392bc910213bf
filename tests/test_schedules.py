"""How often and how much of a typed line: schedules by piece, hours beside named moments, fixed doses beside those if needed."""

import pytest

from core.commands.interactions import show
from core.i18n import LANGUAGES
from core.knowledge.answer import answer
from core.knowledge.written import read
from core.report.doses import dosage


def day_of(*typed: str) -> dict:
    return answer([read(one) for one in typed])["doses"][0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("Temesta 1-0-1/2", "(1 + 0,5) × ? × 1/j"), ("Xanax 1/2-1/2-1", "(0,5 + 0,5 + 1) × ? × 1/j"),
     ("Seresta 10 ½-½-1", "(0,5 + 0,5 + 1) × ? × 1/j"),
     ("Haldol ½-0-1", "(0,5 + 1) × ? × 1/j"), ("Valium 10 ½-0-1", "(0,5 + 1) × ? × 1/j"), ("Temesta 1-0-1", "? × 2/j"),
     ("Temesta 1,250 mg 1-0-1/2", "(1 + 0,5) × ? × 1/j"), ("Lantus 1,250 UI matin 24 UI soir", "? × 2/j")],
)  # fmt: skip
def test_a_schedule_of_pieces_whose_strength_is_not_known_is_told_as_pieces(typed, said):
    drug = answer([read(typed)])["drugs"][0]
    assert dosage(drug, "fr") == said and drug["dose"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_schedule_without_a_strength_leaves_the_interactions_told(language, capsys):
    found = answer([read("Haldol ½-0-1"), read("citalopram 20 mg x1")])
    show(found, language)
    assert found["pairs"][0]["levels"] == ["ci", "apec"] and "(0" in capsys.readouterr().out
