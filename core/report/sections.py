"""The sections of the report, each a piece of HTML from the content."""

from html import escape

from core.detection import metrics, selection
from core.report import champion, figures, populations, terms
from core.report.content import Content
from core.report.digest import POPULATIONS, SCOPES, WHOLE, picked
from core.report.doses import drug
from core.report.words import (
    EMPTY,
    apart,
    between,
    counted,
    day,
    number,
    paragraph,
    percent,
    rate,
    seconds,
    section,
    spread,
    t,
    table,
)

FIVE = "5"
FIGURES = ("model", "auprc", "interval", "auprc_sd", "base_rate", "oracle_ratio", "precision", "recall", "alerts_to_rules", "ece",
           "culprit_first")  # fmt: skip


def data(content: Content, language: str) -> str:
    counts = content.counts
    values = {name: number(counts[name], language, 0) for name in ("stays", "lines", "observations", "interventions")}
    values |= {"share": percent(counts["share"], language), "a_stay": number(counts["lines_a_stay"], language, 1)}
    values |= {name: day(when, language) for name, when in zip(("first", "last"), content.period, strict=True)}
    parts = {name: number(size, language, 0) for name, size in content.parts.items()}
    return section(
        "data",
        t("report.data.title", language),
        paragraph(t("report.data.what", language, **values)),
        paragraph(t("report.data.split", language, **parts)),
        paragraph(t("report.data.labels", language)),
    )


def models(content: Content, language: str) -> str:
    chosen, rows = content.compared["chosen"], content.compared["rows"]
    heads = [t(f"report.models.{name}", language) for name in ("model", "what", "validation", "seeds", "fit", "read")]
    candidates = [each["model"] for each in chosen["candidates"]]
    return section(
        "models",
        t("report.models.title", language),
        paragraph(t(f"report.criterion.{chosen['criterion']}", language)),
        paragraph(champion.why(chosen, language), "lead"),
        *(paragraph(caution, "notice") for caution in champion.cautions(chosen, rows, language)),
        table(heads, candidate_rows(chosen, rows, language), candidates.index(chosen["champion"])),
        paragraph(champion.rules(chosen, rows, language)),
        paragraph(t("report.models.effort", language)),
    )


def candidate_rows(chosen: dict, rows: list[dict], language: str) -> list[tuple[str, ...]]:
    """The candidates from the best, then the rules, which are none."""
    fits = {row["model"]: row["fit_seconds"] for row in picked(rows, variant=WHOLE)}
    told = [
        (
            figures.name_of(each["model"], language),
            t(f"report.model.{each['model']}.what", language),
            number(each["validation_auprc"], language),
            number(each["seeds"], language, 0),
            number(fits.get(each["model"]), language, 0),
            seconds(each["measure_seconds"], language),
        )
        for each in chosen["candidates"]
    ]
    rules = selection.beside(chosen, rows)["rules"]
    if rules is not None:
        name = t("report.models.no_candidate", language, model=figures.name_of("rules", language))
        told.append((name, t("report.model.rules.what", language), number(rules, language), EMPTY, EMPTY, EMPTY))
    return told


def measured(content: Content, language: str) -> str:
    """Intervals, tables and alerts against errors found; several-line errors first."""
    parts, heads = [], [terms.name(name, language) for name in FIGURES]
    for population in POPULATIONS:
        for scope in SCOPES:
            rows = picked(content.compared["rows"], variant=WHOLE, scope=scope, population=population)
            rows = sorted(rows, key=lambda row: -(row["auprc"] or 0))
            if not rows:
                continue
            title = t(f"report.population.{population}", language, scope=t(f"report.scope.{scope}", language))
            counts = populations.told(population, rows[0], content, language)
            marks = figures.intervals(rows, language, champion=content.compared["chosen"]["champion"])
            parts += [f"<h3>{title}</h3>", paragraph(counts) if counts else "", figures.drawn(marks, language)]
            parts.append(table(heads, [figure_row(row, language) for row in rows]))
            others = picked(content.compared.get("outside", []), scope=scope, population=population)
            parts.append(beyond_lines(rows + others, scope, language))
    named = content.compared["curve"]["several"]
    parts += [
        f"<h3>{t('report.figures.alerts', language)}</h3>",
        figures.drawn(figures.found_by_alerts(named, language), language),
    ]
    how = terms.defined(terms.OF_REPORT, language)
    return section("figures", t("report.figures.title", language), how, *parts)


def figure_row(row: dict, language: str) -> tuple[str, ...]:
    return (
        figures.name_of(row["model"], language),
        number(row["auprc"], language),
        between(row, language),
        spread(row, language),
        rate(row["base_rate"], language),
        percent(row["oracle_ratio"], language),
        percent(row["precision_at"][FIVE], language),
        percent(row["recall_at"][FIVE], language),
        percent(row["alerts_to_rules"], language, 0),
        number(row["ece"], language, 4),
        counted(row["culprit_first"], row.get("culprit_first_count"), language),
    )


LEVELS = ("stay_auprc", "stay_base_rate", "stay_oracle_ratio", "pair_auprc", "pair_base_rate", "culprit_first_of_type",
          "culprit_first_oracle", "culprit_first_of_error")  # fmt: skip


def beyond_lines(rows: list[dict], scope: str, language: str) -> str:
    """Stays, pairs and culprits of the models that say something of them; nothing where none does."""
    rows = [row for row in rows if row.get("stay_auprc") is not None]
    names = LEVELS if scope == "several" else LEVELS[:3]
    heads = [terms.name(name, language) for name in ("model", *names)]
    told = [(figures.name_of(row["model"], language), *(level(row, name, language) for name in names)) for row in rows]
    title = t(f"report.figures.beyond_{scope}", language)
    return f"<h4>{escape(title)}</h4>{table(heads, told)}" if told else ""


def level(row: dict, name: str, language: str) -> str:
    """One figure of stays, pairs or culprits, with what it is counted on where that is not the same for all."""
    if name.endswith("auprc"):
        return number(row.get(name), language)
    of = {"pair_base_rate": "pair_count"}.get(name, f"{name}_count")
    return counted(row.get(name), row.get(of), language)


def calibration(content: Content, language: str) -> str:
    parts = []
    for scope in SCOPES:
        named = content.compared["reliability"][scope]
        title = t(f"report.scope.{scope}", language)
        parts += [
            f"<h3>{title[:1].upper()}{title[1:]}</h3>",
            figures.drawn(figures.reliability(named, language), language),
            points(named.get(content.compared["chosen"]["champion"], []), language),
        ]
    how = [paragraph(t("report.calibration.how", language)), paragraph(t("report.calibration.bins", language, least=metrics.LEAST))]
    return section("calibration", t("report.calibration.title", language), *how, *parts)


def points(found: list[dict], language: str) -> str:
    """The champion's points: what was announced, what was so, on how many lines."""
    heads = [t(f"report.calibration.{name}", language) for name in ("chance", "share")]
    heads += [terms.name("interval", language), t("report.calibration.lines", language)]
    rows = [
        (*(percent(p[name], language) for name in ("chance", "share")),
         " – ".join(percent(p[name], language) for name in ("low", "high")), number(p["lines"], language, 0))
        for p in metrics.gathered(found)
    ]  # fmt: skip
    return table(heads, rows)


def learning(content: Content, language: str) -> str:
    named = content.compared["learning"]
    if not named:
        return ""
    drawn = figures.drawn(figures.learning(named, language), language)
    return section("learning", t("report.learning.title", language), paragraph(t("report.learning.how", language)), drawn)


def ablations(content: Content, language: str) -> str:
    """The champion's kind, or another that was tried, without each idea or with fewer labels."""
    tried = [row for row in picked(content.compared["rows"], scope="several", population="test") if row["auprc"]]
    rows = [row for row in tried if row["variant"] != WHOLE]
    if not rows:
        return section(
            "ablations", t("report.ablations.title", language), paragraph(t("report.ablations.none", language))
        )
    parts = [paragraph(t("report.ablations.how", language))]
    for kind in sorted({row["model"] for row in rows}):
        whole = picked(tried, model=kind, variant=WHOLE)
        mine = whole + sorted((row for row in rows if row["model"] == kind), key=lambda row: row["auprc"])
        parts += [f"<h3>{figures.name_of(kind, language)}</h3>", *ablated(mine, whole[0]["auprc"] if whole else None, language)]
    return section("ablations", t("report.ablations.title", language), *parts)


def ablated(rows: list[dict], whole: float | None, language: str) -> list[str]:
    """Bars and a table; no difference where the whole model was not compared."""
    named = [(variant(row["variant"], language), row) for row in rows]
    bars = figures.ablations(
        [(name, row["auprc"], row["auprc_low"], row["auprc_high"]) for name, row in named], language
    )
    heads = [t(f"report.ablations.{name}", language) for name in ("variant", "auprc", "interval", "lost")]
    lines = [
        (
            name,
            number(row["auprc"], language),
            between(row, language),
            number(None if whole is None else row["auprc"] - whole, language),
        )
        for name, row in named
    ]
    return [figures.drawn(bars, language, height=120 + 36 * len(rows)), table(heads, lines, 0)]


def variant(code: str, language: str) -> str:
    """Words for 'without-time', 'labels-0.5' or 'missing-0.3'."""
    kind, _, value = code.partition("-")
    if kind in ("labels", "missing"):
        return t(f"report.variant.{kind}", language, share=percent(float(value), language, decimals(100 * float(value))))
    return t(f"report.variant.{code}", language)


def decimals(value: float) -> int:
    """How many a number needs, of four figures at most: two shares that differ are not told alike."""
    return len(f"{value:.4g}".partition(".")[2])


def failed(content: Content, language: str) -> str:
    parts = [paragraph(t("report.failures.how", language))]
    heads = [
        t(f"report.failures.{name}", language) for name in ("line", "partners", "type", "chance", "oracle", "stay")
    ]
    for kind in ("missed", "raised"):
        rows = [
            (
                drug(each["drug"], language),
                apart((drug(other, language) for other in each["partners"]), language) or EMPTY,
                f"{each['error_type']} {t('codes.error_type.' + each['error_type'], language)}",
                percent(each["chance"], language),
                percent(each["oracle"], language),
                each["stay_id"],
            )
            for each in content.failures
            if each["failure"] == kind
        ]
        told = table(heads, rows) if rows else paragraph(t("report.failures.none", language))
        parts += [f"<h3>{t(f'report.failures.{kind}', language)}</h3>", told]
    return section("failures", t("report.failures.title", language), *parts)


def limits(content: Content, language: str) -> str:
    items = "".join(paragraph(t(f"report.limits.{name}", language)) for name in ("data", "interval", "seeds", "use"))
    return section("limits", t("report.limits.title", language), items)


def reproduced(content: Content, language: str) -> str:
    """What one needs to do it again, and how many passes each trial took."""
    made, recipe = content.made, content.made["fingerprint"].get("recipe", {})
    told = [t("report.again.stays", language, imports=populations.listed(made["imports"], language))]
    told += [t(f"report.again.{name}", language, imports=populations.listed(stays, language)) for name, stays in made["elsewhere"].items()]
    if recipe:
        print_ = content.made["fingerprint"]
        told.append(t("report.again.fingerprint", language, stays=print_["stays"], rules=print_["rules"]))
        told.append(t("report.again.recipe", language, epochs=recipe["epochs"], patience=recipe["patience"],
                      rate=number(recipe["learning_rate"], language, 4), batch=number(recipe["partners_a_batch"], language, 0)))  # fmt: skip
        told.append(t("report.again.commands", language, version=", ".join(made["versions"])))
    else:
        told.append(t("report.again.unknown", language))
    heads = [t(f"report.again.{name}", language) for name in ("model", "seed", "epoch", "best_epoch")]
    rows = [(figures.name_of(each["model"], language), *(number(each[name], language, 0) for name in ("seed", "epoch", "best_epoch")))
            for each in made["trials"] if each["seed"]]  # fmt: skip
    commands = "".join(f"<p><code>{escape(command)}</code></p>" for command in made["commands"])
    return section("again", t("report.again.title", language), *map(paragraph, told), commands, table(heads, rows))


SECTIONS = (data, models, measured, calibration, learning, ablations, failed, limits, reproduced)
