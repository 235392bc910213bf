"""Two invented stays made by hand for the tests of the pages: one of 6 lines, one of 80."""

import pandas as pd

from core.schema import ALERTS, INTERVENTIONS, LINES, OBSERVATION_TABLE, STAYS

DAY = pd.Timestamp("2025-03-10 08:00")
DRUGS = (
    ("Warfarine", "warfarine", "B01AA03", "oral", 5.0, "mg", 1, False, 0, None),
    ("Amiodarone", "amiodarone", "C01BD01", "oral", 200.0, "mg", 2, False, 26, None),
    ("Paracétamol", "paracetamol", "N02BE01", "oral", 1000.0, "mg", 4, True, 0, 60),
    ("Furosémide", "furosemide", "C03CA01", "iv", 40.0, "mg", 2, False, 10, 72),
    ("Kaléorid", "potassium chlorure", "A12BA01", "oral", 1000.0, "mg", 3, False, 30, None),
    ("Remède inconnu au nom vraiment très long", "", "", "oral", None, "", None, False, 40, 50),
)


def hour(hours: float) -> pd.Timestamp:
    return DAY + pd.Timedelta(hours=hours)


def typed(frame: pd.DataFrame, table) -> pd.DataFrame:
    """Columns of the schema with its kinds."""
    kinds = {"number": "float64", "integer": "Int64", "flag": "bool", "time": "datetime64[us]"}
    frame = frame.reindex(columns=table.names)
    return frame.astype({c.name: kinds[c.kind] for c in table.columns if c.kind in kinds})


def stays() -> pd.DataFrame:
    rows = [
        ("S1", "P1", "cardiology", hour(-2), hour(120), 81, "F", "I48", "invented"),
        ("S2", "P2", "intensive care", hour(-2), pd.NaT, 64, "M", "", "invented"),
    ]
    return typed(pd.DataFrame(rows, columns=STAYS.names), STAYS)


def lines() -> pd.DataFrame:
    rows = []
    for stay_id, times in (("S1", 1), ("S2", 14)):
        for turn in range(times):
            for n, (drug, key, atc, route, dose, unit, per_day, prn, start, end) in enumerate(DRUGS):
                stop = hour(end + 6 * turn) if end is not None else pd.NaT
                identity = f"{stay_id}-{turn:02d}-{n}"
                rows.append(
                    (
                        identity,
                        stay_id,
                        drug,
                        key,
                        atc,
                        route,
                        dose,
                        unit,
                        per_day,
                        prn,
                        hour(start + 5 * turn),
                        stop,
                        "a",
                    )
                )
    return typed(pd.DataFrame(rows, columns=LINES.names), LINES)


def observations() -> pd.DataFrame:
    rows = []
    for stay_id in ("S1", "S2"):
        for n, value in enumerate((2.3, 2.9, 4.2)):
            rows.append((f"{stay_id}-inr{n}", stay_id, "inr", value, hour(20 * n)))
        for n, value in enumerate((4.1, 3.3, 5.6)):
            rows.append((f"{stay_id}-k{n}", stay_id, "potassium", value, hour(24 * n)))
        rows.append((f"{stay_id}-cr", stay_id, "creatinine", 140.0, hour(1)))
    return typed(pd.DataFrame(rows, columns=OBSERVATION_TABLE.names), OBSERVATION_TABLE)


def alerts() -> pd.DataFrame:
    detail = '{"pairs": [{"line_id": "S1-00-1", "score": 0.83}]}'
    rows = [
        ("al1", "S1", "S1-00-1", "S1-00-0", hour(26), "6.2", 0.91, "both", "gru-test", "pe", detail),
        ("al2", "S1", "S1-00-4", "", hour(30), "4.1", 0.41, "model", "gru-test", None, "{}"),
        ("al3", "S2", "S2-03-1", "S2-00-0+S2-01-3", hour(41), "6.3", 0.77, "model", "gru-test", None, "{}"),
    ]
    return typed(pd.DataFrame(rows, columns=ALERTS.names), ALERTS)


def interventions() -> pd.DataFrame:
    return typed(pd.DataFrame([], columns=INTERVENTIONS.names), INTERVENTIONS)
