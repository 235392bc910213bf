"""The vocabulary of the project: tables, columns, units and codes, written once.

Times are hospital local times without zone, except where a column says UTC. A list inside a
cell is written with ``+`` between its items (``"codeine+paracetamol"``), so that every table
is the same in Parquet, CSV and SQLite. Codes of problems, interventions and impacts are those
of the SFPC and of CLEO as HL7 France publishes them.
"""

from dataclasses import dataclass

SEPARATOR = "+"
CSV_ENCODING = "utf-8-sig"  # of what we write: by its mark Excel knows that accents are UTF-8

SEXES = ("F", "M", "U")
ROUTES = (
    "oral", "iv", "sc", "im", "inhaled", "transdermal", "rectal", "sublingual", "nasal",
    "ophthalmic", "otic", "cutaneous", "vaginal", "enteral", "epidural", "other",
)  # fmt: skip
LOCAL_ROUTES = ("inhaled", "nasal", "ophthalmic", "otic", "cutaneous", "vaginal")
OBSERVATIONS = {
    "creatinine": "umol/L",
    "egfr": "mL/min/1.73m2",
    "potassium": "mmol/L",
    "inr": "1",
    "weight": "kg",
    "qtc": "ms",
    "temperature": "degC",
    "glucose": "mmol/L",
    "sodium": "mmol/L",
}
LEVELS = ("ci", "ad", "pe", "apec")  # ANSM, strongest first
# Shapes of a code of the WHO Collaborating Centre: three levels (a letter, two digits, a letter) name a group, one to five are a code.
ATC_GROUP = "[A-DGHJLMNPRSV][0-9]{2}[A-Z]"
ATC = "[A-DGHJLMNPRSV]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?"
ERROR_TYPES = (
    "1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2",
    "5.3", "6.1", "6.2", "6.3", "6.4", "6.5", "7", "8.1", "8.2", "8.3", "8.4", "8.5", "9.1",
    "9.2", "10",
)  # fmt: skip
SEVERAL_LINE_TYPES = ("2.4", "4.2", "5.3", "6.1", "6.2", "6.3", "6.4", "6.5", "9.1")
SINGLE_LINE_TYPES = tuple(code for code in ERROR_TYPES if code not in SEVERAL_LINE_TYPES)
TWICE = "twice"
# What an alert of several lines is about, beyond its type: a pair that asks for a corrector interacts.
KINDS_OF_PROBLEM = {"2.4": "6", "4.2": TWICE, "5.3": TWICE}
INTERVENTION_TYPES = ("1", "2", "3", "4", "5", "6", "7")
OUTCOMES = ("accepted", "refused", "unknown")
CLINICAL_IMPACTS = (-1, 0, 1, 2, 3, 4)
OTHER_IMPACTS = (-1, 0, 1)
ANALYSIS_LEVELS = (1, 2, 3)
VERDICTS = ("confirmed", "rejected", "unsure")
WITHDRAWN = "withdrawn"  # a verdict undone: nothing is decided any more
ORIGINS = ("model", "rule", "both", "pharmacist")
INVENTED = "invented"


@dataclass(frozen=True)
class Column:
    """One column. ``kind`` is text, number, integer, flag or time; ``unit`` is UCUM or empty."""

    name: str
    kind: str
    meaning: str
    unit: str = ""
    required: bool = True
    codes: tuple = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and the columns that name a row."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


STAYS = Table("stays", ("stay_id",), (
    Column("stay_id", "text", "pseudonym of one hospital stay"),
    Column("patient_id", "text", "pseudonym of the patient, the same over all stays"),
    Column("ward", "text", "ward of admission"),
    Column("admitted_at", "time", "admission"),
    Column("discharged_at", "time", "discharge; empty while the patient is there", required=False),
    Column("age_years", "number", "age at admission", "a", required=False, low=0, high=130),
    Column("sex", "text", "sex", codes=SEXES),
    Column("diagnoses", "text", "ICD-10 codes known at admission, joined by +", required=False),
    Column("source", "text", "where the stay comes from: invented, csv, mimic3, …"),
))  # fmt: skip

LINES = Table("lines", ("line_id",), (
    Column("line_id", "text", "one prescription line"),
    Column("stay_id", "text", "stay of the line"),
    Column("drug", "text", "drug as it was written"),
    Column("substances", "text", "substance keys joined by +; empty when unknown", required=False),
    Column("atc", "text", "ATC code, 1 to 7 characters", required=False),
    Column("route", "text", "route of administration", codes=ROUTES),
    Column("dose", "number", "dose of one administration", required=False, low=0),
    Column("unit", "text", "unit of the dose as it was written", required=False),
    Column("times_per_day", "number", "administrations a day; the maximum when PRN", "/d",
           required=False, low=0, high=96),
    Column("prn", "flag", "si besoin: taken only when needed"),
    Column("started_at", "time", "first instant at which the line is active"),
    Column("ended_at", "time", "first instant at which it is not; empty while open", required=False),
    Column("ward", "text", "ward in which the line was written", required=False),
))  # fmt: skip

OBSERVATION_TABLE = Table("observations", ("observation_id",), (
    Column("observation_id", "text", "one dated measurement"),
    Column("stay_id", "text", "stay of the measurement"),
    Column("kind", "text", "what was measured; units in OBSERVATIONS", codes=tuple(OBSERVATIONS)),
    Column("value", "number", "value in the unit of its kind", low=0),
    Column("observed_at", "time", "when the result was known"),
))  # fmt: skip

INTERVENTIONS = Table("interventions", ("intervention_id",), (
    Column("intervention_id", "text", "one pharmaceutical intervention"),
    Column("stay_id", "text", "stay of the intervention"),
    Column("line_id", "text", "line that should change"),
    Column("partner_line_ids", "text", "other lines of the problem, joined by +", required=False),
    Column("at", "time", "when the pharmacist intervened"),
    Column("error_type", "text", "SFPC problem", codes=ERROR_TYPES),
    Column("intervention_type", "text", "SFPC intervention", required=False, codes=INTERVENTION_TYPES),
    Column("outcome", "text", "what became of it", codes=OUTCOMES),
    Column("clinical_impact", "integer", "CLEO, -1 harmful to 4 vital", required=False, codes=CLINICAL_IMPACTS),
))  # fmt: skip

ALERTS = Table("alerts", ("alert_id",), (
    Column("alert_id", "text", "digest of model, line, instant and error type"),
    Column("stay_id", "text", "stay of the alert"),
    Column("line_id", "text", "index line"),
    Column("partner_line_ids", "text", "culprit lines, strongest first, joined by +", required=False),
    Column("at", "time", "instant at which the problem arises"),
    Column("error_type", "text", "most likely SFPC problem", codes=ERROR_TYPES),
    Column("score", "number", "calibrated probability that a pharmacist must intervene", low=0, high=1),
    Column("origin", "text", "which detector says so", codes=ORIGINS),
    Column("model_id", "text", "model, with the digest of its weights"),
    Column("level", "text", "ANSM level of the strongest listed pair", required=False, codes=LEVELS),
    Column("detail", "text", "JSON: pair scores, error type scores, rules", required=False),
))  # fmt: skip

REVIEWS = Table("reviews", ("review_id",), (
    Column("review_id", "integer", "grows by one; a correction is a new row"),
    Column("corrects", "integer", "review that this one replaces", required=False),
    Column("alert_id", "text", "alert judged; empty for an error that nothing flagged", required=False),
    Column("stay_id", "text", "stay of the review"),
    Column("line_id", "text", "index line"),
    Column("partner_line_ids", "text", "lines the pharmacist holds responsible, joined by +", required=False),
    Column("at", "time", "instant of the problem"),
    Column("verdict", "text", "what was decided", codes=(*VERDICTS, WITHDRAWN)),
    Column("error_type", "text", "SFPC problem", required=False, codes=ERROR_TYPES),
    Column("intervention_type", "text", "SFPC intervention", required=False, codes=INTERVENTION_TYPES),
    Column("outcome", "text", "what became of it", required=False, codes=OUTCOMES),
    Column("clinical_impact", "integer", "CLEO clinical", required=False, codes=CLINICAL_IMPACTS),
    Column("economic_impact", "integer", "CLEO economic", required=False, codes=OTHER_IMPACTS),
    Column("organisational_impact", "integer", "CLEO organisational", required=False, codes=OTHER_IMPACTS),
    Column("analysis_level", "integer", "SFPC level of analysis", required=False, codes=ANALYSIS_LEVELS),
    Column("reason", "text", "code of the reason", required=False),
    Column("comment", "text", "free text", required=False),
    Column("reviewer", "text", "pseudonym of the pharmacist"),
    Column("reviewed_at", "time", "UTC"),
    Column("seconds_spent", "number", "time on the alert", "s", required=False, low=0),
    Column("model_id", "text", "model whose score was shown", required=False),
    Column("score_shown", "number", "score as shown", required=False, low=0, high=1),
    Column("explanation_shown", "text", "JSON of the explanation as shown", required=False),
))  # fmt: skip

TABLES = (STAYS, LINES, OBSERVATION_TABLE, INTERVENTIONS)


def kind_of(error_type: str) -> str:
    """What an alert is about, beyond its error type: of one kind, two alerts of the same lines are one problem."""
    return KINDS_OF_PROBLEM.get(error_type, error_type.split(".", maxsplit=1)[0])
