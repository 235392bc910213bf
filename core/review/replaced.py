"""What a remedy leaves open: what is not known of a substance or a route that it puts in the place of another, what still has to be
treated, what a raised dose meets."""

from core.detection.remedies import RAISED
from core.knowledge.checks.patient import rules_of
from core.knowledge.doses import Limits, limits
from core.review.beside import interactions
from core.review.case import Case, active, substances_of
from core.review.trial import beside, doubled
from core.schema import OBSERVATIONS

OF_ROUTE = "8"  # error types of the route and how a drug is given
ALIKE = 1.5  # highest usual doses that differ by less are those of one potency: chosen here


def given(case: Case, remedy: dict) -> list[tuple[str, str, str, str]]:
    """Each substance of a line and its route, with those that another substance or route puts in their place."""
    line = case.lines.set_index("line_id").loc[remedy["line_id"]] if remedy["kind"] in ("substance", "route") else None
    keys = substances_of(line) if line is not None else []
    return [(key, line["route"], remedy.get("substance", key), remedy.get("route", line["route"])) for key in keys]


def unruled(case: Case, remedy: dict) -> list[tuple[str, str, list[str]]]:
    """What replaces, its route, and the measured values of this patient that rules look at for what is replaced and not for
    it: there a lower chance says nothing."""
    seen = {*case.observations["kind"][case.observations["observed_at"] <= case.at]}
    found = [(other, by, (rules_of(key, route) - rules_of(other, by)) & seen) for key, route, other, by in given(case, remedy)]
    return [(other, by, [kind for kind in OBSERVATIONS if kind in kinds]) for other, by, kinds in found if kinds]


def of_other_doses(case: Case, remedy: dict) -> list[tuple[str, Limits]]:
    """Substances whose dose another route keeps, with what is usual by it, where that is another: half as much again or less
    than two thirds."""
    found = []
    for key, route, _, by in given(case, remedy) if remedy["kind"] == "route" else []:
        before, after = limits(key, route), limits(key, by)
        if before and after and max(before.usual_high, after.usual_high) >= ALIKE * min(before.usual_high, after.usual_high):
            found.append((key, after))
    return found


def of_the_route(case: Case) -> bool:
    """Whether the route is the problem, so that another may be chosen in advance."""
    return case.alert["error_type"].startswith(OF_ROUTE)


def left_untreated(case: Case, remedy: dict) -> bool:
    """Whether a remedy stops a line of which no other that runs is a double or of its group."""
    if remedy["kind"] != "stop":
        return False
    here = active(case)
    mine, others = (beside(here[(here["line_id"] == remedy["line_id"]) == of_it]) for of_it in (True, False))
    return not (mine and others and doubled(mine, others).any())


def met_by_more(case: Case, remedy: dict, stands: list[dict]) -> list[dict]:
    """Interactions that a raise of the dose meets, from a precaution for use on; those of ``stands`` are told already."""
    if remedy["kind"] not in RAISED:
        return []
    here = active(case)
    said = [set(rule["substances"]) for rule in stands if rule["rule"] == "interaction"]
    found = interactions(case, [line for _, line in here[here["line_id"] == remedy["line_id"]].iterrows()], "", "pe")
    return [rule for rule in found if set(rule["substances"]) not in said]
