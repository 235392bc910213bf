"""A remedy tried on the alert: what may be chosen, and today beside tomorrow in words."""

from core.detection.remedies import ADDED, ON_A_LINE, Remedy, fits, kinds_for
from core.knowledge.doses import ROUNDING
from core.report.words import apart
from core.review import replaced
from core.review.alerts import alert
from core.review.case import Case, active, open_case
from core.review.trial import alternatives, breaks, correctors, parted, routes, tried
from core.schema import OBSERVATIONS
from pages.review.bounds import bound_words
from pages.review.reference import rule_words
from pages.review.sentence import aside
from pages.shell.session import Session
from pages.wording.drugs import drug, line_name, whole_line
from pages.wording.words import amount, amounts_between, capital, chance, dose, word

LEAST_MG = 1e-4  # a tenth of a microgram: under every daily dose that is written
PARAMETER = {"route": "route", "substance": "substance", "corrector": "substance", "monitor": "observation"}


def remedies(session: Session, asked: dict) -> dict:
    """Remedies that can mend the problem, with what each may be given: the lines that it fits, at least one of them in
    question, the values of its parameter (by line where it is of a line), and which of them is chosen in advance ('' for none).
    Last what would break a rule."""
    case = open_case(session.workspace, asked["stay"], asked["alert"])
    here = active(case).set_index("line_id")
    order = [line_id for line_id in dict.fromkeys([*case.culprits, *here.index]) if line_id in here.index]
    offers = {"corrector": corrector(session, case), "monitor": measure(session)}
    for kind in ("route", "substance"):
        offers[kind] = {line_id: of_line(session, case, kind, line_id) for line_id in order}
    kinds = [kind for kind in kinds_for(case.alert["error_type"]) if kind != "corrector" or offers[kind]["of"]]
    kinds = [kind for kind in kinds if kind != "shift" or not case.alert["error_type"].startswith("6") or parted(case)]
    possible = lambda kind, name: fits(kind, here.loc[name]) and (kind != "route" or offers[kind][name]["of"])  # noqa: E731
    lines = {kind: [[name, whole_line(here.loc[name], session.language)] for name in order if possible(kind, name)]
             for kind in kinds if kind in ON_A_LINE}  # fmt: skip
    kinds = [kind for kind in kinds if kind not in lines or not set(case.culprits).isdisjoint(dict(lines[kind]))]
    kinds.sort(key=lambda kind: kind in lines and breaks(session.workspace, case.alert, kind, lines[kind][0][0]))
    return {
        "kinds": [[kind, session.t(f"whatif.kind.{kind}")] for kind in kinds],
        "lines": lines,
        "values": offers,
        "labels": {kind: session.t(f"whatif.{'corrector' if kind == 'corrector' else name}")
                   for kind, name in PARAMETER.items()},
        "parameter": PARAMETER,
    }  # fmt: skip


def called(session: Session, keys: list[str]) -> list[list[str]]:
    return [[key, capital(line_name(key, session.language))] for key in keys]


def corrector(session: Session, case: Case) -> dict:
    found, named = correctors(case)
    return {"of": called(session, found), "preset": named}


def measure(session: Session) -> dict:
    found = [[code, word("observation", code, session.language)] for code in OBSERVATIONS]
    return {"of": found, "preset": found[0][0]}


def of_line(session: Session, case: Case, kind: str, line_id: str) -> dict:
    if kind == "substance":
        found, named = alternatives(case, line_id)
        return {"of": called(session, found), "preset": named}
    others, known = routes(case.lines.set_index("line_id").loc[line_id])
    asked = known if replaced.of_the_route(case) else ""
    return {"of": [[code, word("route", code, session.language)] for code in others], "preset": asked}


def compared(session: Session, asked: dict) -> dict:
    """Risk, types, pairs and mg a day side by side, what rises elsewhere, and the intervention that it stands for."""
    sent = {name: value for name, value in asked["remedy"].items() if value}
    raised = alert(session.workspace, asked["alert"])
    case = open_case(session.workspace, raised["stay_id"], asked["alert"])
    found = tried(session.workspace, raised, Remedy(**sent))
    code = found["intervention_type"]
    named = {"code": code, "intervention": word("intervention", code, session.language)}
    return {
        "rows": [*risks(session, found), *pairs(session, case, found), *doses(session, found)],
        "warnings": [*stands(session, found), *above(session, found), *below(session, found), *unruled(session, case, sent),
                     *kept(session, case, sent), *met(session, case, sent, found["stands"]),
                     *(rise(session, case, row) for row in found["rises"])],
        "notes": [*treated(session, case, sent), *notes(session, found, raised)],
        "intervention": code,
        "choose": session.t("whatif.choose", **named),
        "chosen": session.t("whatif.chosen", **named),
    }  # fmt: skip


def notes(session: Session, found: dict, raised: dict) -> list[str]:
    said = [] if found["seen_by_model"] else [session.t("whatif.unseen")]
    told, here = (chance(score, session.language) for score in (raised["score"], found["risk"]["today"]))
    said += [session.t("whatif.of_instant", risk=told)] if raised["origin"] != "rule" and told != here else []
    said += [session.t("whatif.assumed")] if found["remedy"] == "monitor" else []
    return [*said, session.t("whatif.of_model", model=found["model_id"])]


def rise(session: Session, case: Case, row: dict) -> str:
    values = {day: chance(row[day], session.language) for day in ("today", "tomorrow")}
    return session.t("whatif.rises", drug=label(session, case, row["line_id"]), **values)


def above(session: Session, found: dict) -> list[str]:
    """Substances that tomorrow has more of than this patient should have, whether the remedy raises or lowers them."""
    return [exceeding(session, row) for row in found["ledger"] if over(row["tomorrow"], row)]


def over(mg: dict | None, row: dict) -> bool:
    """More than the maximum, or anything at all of what should not be given."""
    return bool(mg) and (row["stop"] or bool(row["maximum"]) and mg["high"] > row["maximum"] * ROUNDING)


def exceeding(session: Session, row: dict) -> str:
    called = capital(line_name(row["substance"], session.language))
    key = "whatif.never" if row["stop"] else "whatif.above"
    return session.t(key, drug=called, dose=daily(session, row["tomorrow"]), maximum=bound_words(session, row))


def stands(session: Session, found: dict) -> list[str]:
    """Pairs that must not be and what a disease forbids, which the remedy leaves as they are, whatever becomes of the chance; ``above``
    tells of doses and of what values of the patient forbid."""
    told = [said for rule in found["stands"] if rule["rule"] in ("interaction", "diagnosed") for said in rule_words(session, rule)]
    return [session.t("whatif.stands", said=said) for said in dict.fromkeys(told)] if found["remedy"] else []


def below(session: Session, found: dict) -> list[str]:
    """Substances that the remedy lowers below the lowest usual dose."""
    return [session.t("whatif.below", drug=capital(line_name(row["substance"], session.language)), dose=amount(row["high"], session.language),
                      usual=amount(row["usual_low"], session.language)) for row in found["below"]]  # fmt: skip


def unruled(session: Session, case: Case, remedy: dict) -> list[str]:
    """Values of the patient that no rule looks at for what replaces a line."""
    said = []
    for key, by, kinds in replaced.unruled(case, remedy):
        names = apart([word("observation", kind, session.language) for kind in kinds], session.language)
        named = {"drug": capital(line_name(key, session.language)), "route": word("route", by, session.language), "values": names}
        said.append(session.t("whatif.unruled", **named))
    return list(dict.fromkeys(said))


def kept(session: Session, case: Case, remedy: dict) -> list[str]:
    """Doses that another route keeps as they are, where other ones are usual by it."""
    return [session.t("whatif.kept", drug=capital(line_name(key, session.language)),
                      usual=amounts_between(usual.usual_low, usual.usual_high, session.language))
            for key, usual in replaced.of_other_doses(case, remedy)]  # fmt: skip


def met(session: Session, case: Case, remedy: dict, stands: list[dict]) -> list[str]:
    """Interactions of a drug whose dose is raised, short as beside an alert."""
    said = aside(session, replaced.met_by_more(case, remedy, stands))
    return [session.t("whatif.met", said=apart(said, session.language))] if said else []


def treated(session: Session, case: Case, remedy: dict) -> list[str]:
    """That what is stopped was given for something."""
    return [session.t("whatif.untreated")] if replaced.left_untreated(case, remedy) else []


def line_of(title: str, row: dict, told: list[str], step: float = 0.01) -> dict:
    """One row of the table; ``way`` is where the number goes: down, up or same, steps being what it is told in."""
    before, after = row["today"], row["tomorrow"]
    way = "same" if round(before / step) == round(after / step) else "down" if after < before else "up"
    return {"title": title, "today": told[0], "tomorrow": told[1], "way": way}


def risks(session: Session, found: dict) -> list[dict]:
    named = [(session.t("whatif.risk"), found["risk"])]
    named += [(session.t("whatif.type", type=word("error_type", row["error_type"], session.language)), row)
              for row in found["types"][:2]]  # fmt: skip
    say = lambda row: [chance(row[day], session.language) for day in ("today", "tomorrow")]  # noqa: E731
    return [line_of(title, row, say(row)) for title, row in named]


def pairs(session: Session, case: Case, found: dict) -> list[dict]:
    """A pair with its score, and its level in the thesaurus where it is listed."""

    def told(row: dict, day: str) -> str:
        level = row[f"level_{day}"]
        words = f" · {word('level_short', level, session.language)}" if level else ""
        return chance(row[day], session.language) + words

    title = lambda row: session.t("whatif.pair", **{side: label(session, case, row[side]) for side in "ab"})  # noqa: E731
    return [line_of(title(row), row, [told(row, "today"), told(row, "tomorrow")]) for row in found["pairs"][:3]]


def label(session: Session, case: Case, line_id: str) -> str:
    if line_id == ADDED:
        return session.t("whatif.added")
    names = case.lines.set_index("line_id").apply(drug, axis=1, language=session.language)
    alone = (names == names[line_id]).sum() == 1  # else its dose tells it from the others
    written = dose(case.lines.set_index("line_id").loc[line_id], session.language)
    return names[line_id] if alone else f"{names[line_id]} {written}".rstrip()


def doses(session: Session, found: dict) -> list[dict]:
    """mg a day of each substance, with its maximum in the title where one is fixed; none where neither day says any."""
    rows = []
    for row in found["ledger"]:
        if not any(row[day] and (row[day]["known"] or row[day]["low"]) for day in ("today", "tomorrow")):
            continue
        fixed = row["maximum"] or row["stop"]
        key, called = ("whatif.ledger_maximum" if fixed else "whatif.ledger"), capital(line_name(row["substance"], session.language))
        title = session.t(key, drug=called, maximum=bound_words(session, row))
        most = {day: (row[day] or {"high": 0.0})["high"] for day in ("today", "tomorrow")}
        rows.append(line_of(title, most, [daily(session, row["today"]), daily(session, row["tomorrow"])], LEAST_MG))
    return rows


def daily(session: Session, mg: dict | None) -> str:
    """mg a day as a band; a line whose dose cannot be said makes it a least."""
    if mg is None:
        return session.t("whatif.nothing")
    if not mg["known"]:
        return session.t("whatif.at_least", low=amount(mg["low"], session.language))
    return amounts_between(mg["low"], mg["high"], session.language)
