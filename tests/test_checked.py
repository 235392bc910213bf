"""Doses held against public documents: each row is about a value of ours, and tells the truth about agreeing with it."""

import csv
import re
from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parent.parent / "assets" / "reference"


def rows(name: str) -> list[dict[str, str]]:
    lines = (REFERENCE / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def ours() -> dict[tuple[str, str, str], str]:
    """Our maximum in mg a day by substance, route and condition; empty: none, or contra-indicated."""
    kept = {(row["substance"], row["route"], "maximum"): row["maximum"] for row in rows("doses")}
    return kept | {(row["substance"], row["route"], row["when"]): row["maximum"] for row in rows("adjustments")}


def number(text: str) -> float | None:
    return float(text) if text else None


OURS = ours()
CHECKED = rows("checked/doses")


def key_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["substance"], row["route"], row["what"]


def test_a_value_is_checked_at_most_once():
    assert len({key_of(row) for row in CHECKED}) == len(CHECKED) > 0


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: " ".join(key_of(row)))
def test_a_checked_value_is_one_of_ours_and_its_verdict_holds(row):
    assert key_of(row) in OURS
    equal = number(row["value"]) == number(OURS[key_of(row)])
    assert row["agrees"] in ("yes", "no", "partly")
    assert equal if row["agrees"] == "yes" else row["note"]
    assert not equal or row["agrees"] != "no"


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: " ".join(key_of(row)))
def test_a_checked_value_names_where_it_was_read(row):
    assert row["document"] and row["unit"] == "mg/day"
    assert row["address"].startswith(("https://", "http://")) and " " not in row["address"]


@pytest.mark.parametrize(
    ("substance", "route", "said"), [("enoxaparine", "sc", "déduit"), ("codeine", "oral", "information suisse 52831")]
)
def test_a_stop_that_no_french_text_states_says_what_it_rests_on(substance, route, said):
    """The checked document only implies it, or is another country's: the RCP of the speciality is not named as its source."""
    kept = next(row for row in rows("adjustments") if (row["substance"], row["route"], row["when"]) == (substance, route, "egfr<15"))
    read = next(row for row in CHECKED if key_of(row) == (substance, route, "egfr<15"))
    assert read["agrees"] == "partly" and said in kept["source"] and not kept["source"].startswith("RCP")


NO_FIGURE = [row for row in CHECKED if re.search("no figure|nor? a? ?500 ms|is ours", row["note"]) and not row["value"]]


@pytest.mark.parametrize("row", NO_FIGURE, ids=lambda row: " ".join(key_of(row)))
def test_a_bound_that_no_document_gives_is_said_to_be_ours(row):
    """The documents name the state (hypokalaemia, a long QT) and not from where on."""
    source = next(one["source"] for one in rows("adjustments") if (one["substance"], one["route"], one["when"]) == key_of(row))
    assert "bound" in source or "sans chiffre" in source


def test_no_rcp_is_cited_for_what_another_document_says():
    """The level of potassium at which an ACE inhibitor or a sartan stops is a class advice of NICE, no RCP's."""
    kept = [row for row in rows("adjustments") if row["when"] == "potassium>=6" and row["substance"] != "eplerenone"]
    assert len(kept) == 8 and {row["source"] for row in kept} == {"NICE: ACE inhibitors and ARBs in CKD (stop from 6)"}
