"""``explain``: why a line is or is not held to be an error at an instant."""

import argparse

from core.commands.places import place
from core.data.workspace import existing
from core.errors import Refusal
from core.i18n import t
from core.schema import OBSERVATIONS, SEPARATOR
from core.settings import CHAMPION, Workspace, default_workspace


def add(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser, language: str) -> None:
    parser = commands.add_parser("explain", parents=[shared], help=t("cli.explain.help", language))
    parser.add_argument("--workspace", type=place, default=default_workspace().path, help=t("cli.workspace", language))
    parser.add_argument("--model", type=place, default=CHAMPION, help=t("cli.score.model", language))
    parser.add_argument("--stay", required=True, help=t("cli.explain.stay", language))
    parser.add_argument("--line", help=t("cli.explain.line", language))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> dict:
    from core.data.store import read_stay
    from core.detection import model, scoring
    from core.detection.explain import explain

    workspace = existing(Workspace(options.workspace))
    made = model.load(options.model)
    tables = read_stay(workspace, options.stay)
    alerts = scoring.score(tables, made, threshold=0.0).alerts
    if options.line:
        alerts = alerts[alerts["line_id"] == options.line]
    if alerts.empty:
        raise Refusal("nothing_to_explain", stay=options.stay, line=options.line or "")
    alert = alerts.iloc[0].to_dict()
    found = {"alert": alert, "explanation": explain(tables, alert, made)}
    if not options.json:
        show(alert, found["explanation"], tables, options.lang)
    return found


def show(alert: dict, why: dict, tables, language: str) -> None:
    """An explanation in the words of the app: drugs by their names, each with the id that ``--line`` takes."""
    from core.report.words import code, day, number

    at, name = alert["at"], drugs(tables.lines, language)
    told = f"{code('error_type', alert['error_type'], language)} ({alert['error_type']})"
    print(t("cli.explain.alert", language, line=name[alert["line_id"]], type=told, at=f"{day(at, language)} {at:%H:%M}",
            score=number(alert["score"], language)))  # fmt: skip
    stay = tables.stays.iloc[0]
    bars = [(bar["attribution"], name[bar["line_id"]]) for bar in why["lines"]]
    bars += [(bar["attribution"], known(bar, stay, language)) for bar in why["features"]]
    bars += [(pair["effect"], f"{name[pair['a']]} + {name[pair['b']]}") for pair in why["pairs"]]
    for effect, words in bars:
        print(f"{signed(effect, language)}  {words}")
    if not why["trusted"]:
        print(t(f"cli.explain.{why['reason']}", language))


def drugs(lines, language: str) -> dict[str, str]:
    """``warfarine 5 mg, orale (L12)`` by line."""
    from core.report.doses import drug
    from core.review.alerts import of_substances

    rows = lines.assign(name=of_substances(lines).str.replace(SEPARATOR, " + "))[["line_id", "name", "dose", "unit", "route"]]
    rows = rows.astype("object").where(rows.notna(), None)
    return {row["line_id"]: f"{drug(row, language)} ({row['line_id']})" for row in rows.to_dict("records")}


def known(bar: dict, stay, language: str) -> str:
    """A thing that is known and what is known of it: ``Kaliémie 5,9 mmol/L``."""
    from core.report.doses import figure
    from core.report.words import code

    name, value, said = bar["name"], bar.get("value"), ""
    if name == "age" and value is not None:
        said = t("codes.years", language, age=figure(value, language, 0))
    elif value is not None:
        said = f"{figure(value, language)} {code('unit', OBSERVATIONS[name], language)}"
    elif name in ("ward", "sex", "diagnoses") and isinstance(stay[name], str):  # the ward may be that of the line alone
        said = ", ".join(code(name, one, language) for one in stay[name].split(SEPARATOR))
    return f"{code('feature', name, language)} {said}".rstrip()


def signed(effect: float, language: str) -> str:
    from core.report.words import number

    return f"{'' if effect < 0 else '+'}{number(effect, language)}".rjust(9)
