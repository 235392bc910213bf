"""What is not known of a substance or a route that a remedy puts in the place of another."""

from core.knowledge.checks.patient import rules_of
from core.knowledge.doses import Limits, limits
from core.review.case import Case, substances_of
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
