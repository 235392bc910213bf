"""The knobs of an invented hospital; one frozen record, two presets."""

from dataclasses import dataclass, field

WARDS = (
    "cardiology", "internal_medicine", "geriatrics", "orthopaedic_surgery", "intensive_care", "psychiatry",
    "nephrology", "pneumology",
)  # fmt: skip


@dataclass(frozen=True)
class Hospital:
    """What may differ between two hospitals. Shares are between 0 and 1, shifts are log-odds.

    ``first_day`` to ``last_day`` is the period of first admissions; who comes back comes later. ``out_of_stock`` items are replaced by
    another of the same family. ``reader_shifts`` are the habits of the pharmacists, equally often on
    duty. ``recoded`` says which SFPC code this hospital writes in place of another.
    """

    name: str = "main"
    ward_shares: tuple[float, ...] = (0.15, 0.20, 0.18, 0.16, 0.07, 0.08, 0.07, 0.09)
    ward_detection: tuple[float, ...] = (0.1, 0.2, 0.4, -0.1, 0.2, -0.4, 0.5, 0.0)  # log-odds, clinical presence
    first_day: str = "2024-01-01"
    last_day: str = "2025-12-31"
    age_shift_years: float = 0.0
    stays_a_patient: float = 1.6
    home_continued: float = 0.92
    keep_duplicate: float = 0.045
    forgets_to_stop: float = 0.03
    dose_errors: float = 0.012
    wrong_routes: float = 0.0025
    adapts: float = 0.65
    laboratory: float = 1.0
    detection: float = 2.3
    reader_shifts: tuple[float, ...] = (-0.9, 0.0, 0.9)
    severity: float = 0.0
    contrast: float = 3.0  # how sharply a context decides
    needless: float = 0.0012
    accepted: float = 0.70
    out_of_stock: tuple[str, ...] = ()
    recoded: dict[str, str] = field(default_factory=dict)


ELSEWHERE = (
    "lisinopril_po", "losartan_po", "nebivolol_po", "fluvastatine_po", "rabeprazole_po", "acenocoumarol_po",
    "dalteparine_prev", "piroxicam_po", "bromazepam_po", "duloxetine_po", "ertapenem_iv", "itraconazole_po",
)  # fmt: skip
MAIN = Hospital(out_of_stock=ELSEWHERE)
OTHER = Hospital(
    name="other",
    ward_shares=(0.12, 0.26, 0.22, 0.12, 0.10, 0.04, 0.05, 0.09),
    ward_detection=(0.3, 0.0, 0.2, 0.1, 0.5, -0.2, 0.2, -0.2),
    age_shift_years=3.0,
    stays_a_patient=1.4,
    home_continued=0.88,
    keep_duplicate=0.055,
    forgets_to_stop=0.04,
    dose_errors=0.016,
    wrong_routes=0.003,
    adapts=0.55,
    laboratory=0.85,
    detection=1.9,
    reader_shifts=(-1.2, 0.0, 0.6, 1.0),
    severity=-0.1,
    needless=0.0018,
    accepted=0.66,
    recoded={"6.5": "6.1", "8.5": "8.2"},
    out_of_stock=(
        "ramipril_po", "apixaban_po", "bisoprolol_po", "pantoprazole_po", "ketoprofene_po", "ketoprofene_iv",
        "sertraline_po", "oxazepam_po", "piperacilline_iv", "tramadol_po", "atorvastatine_po", "enoxaparine_prev",
    ),
)  # fmt: skip
HOSPITALS = {hospital.name: hospital for hospital in (MAIN, OTHER)}
