"""What the pieces of a typed line say together: one dose, how often, or why that cannot be told."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.knowledge.clocks import hours_of, unclear_hours
from core.knowledge.pieces import Piece, of_kind
from core.knowledge.units import PERIODS, UNITS, mass_in_mg, parse_dose, periods_of

DROPS = ("gtt", "goutte", "gouttes", "drop")  # a mass beside them is no weight of one
RHYTHMS = ("times", "hours", "every", "days", "period", "whole_day", "weekday", "moment", "clocks", "clock", "worn", "shares", "split")
AMOUNTS = ("count", "mass", "volume", "multiple")
NOT_SAID = math.nan


@dataclass(frozen=True)
class Dosage:
    """``dose`` in ``unit`` is the largest administration, ``times_per_day`` how many of it make a day's amount.

    ``units`` of ``amount`` make one; ``portions`` are those of a day in ``unit`` where they differ, or in pieces where
    ``dose`` is NaN. ``reason`` says what could not be read: then ``dose`` or ``times_per_day`` is NaN, unless ``more``:
    doses if needed are written beside this fixed one.
    """

    dose: float = math.nan
    unit: str = ""
    times_per_day: float = math.nan
    amount: float = math.nan
    units: float = 1.0
    portions: tuple[float, ...] = ()
    reason: str = ""
    more: bool = False


@dataclass(frozen=True)
class Size:
    """What is given: an amount, how many of it at each administration, and whether that is for a whole day."""

    amount: float = math.nan
    unit: str = ""
    each: tuple[float, ...] = (1.0,)
    daily: bool = False
    reason: str = ""


def share(text: str) -> float:
    """'1 1/2' is 1.5."""
    parts = [part.partition("/") for part in text.replace(",", ".").split()]
    return sum(float(over) / float(under or 1) if float(under or 1) else math.nan for over, _, under in parts)


def amount_of(text: str) -> tuple[float, str]:
    """(the highest that is written, reason when it cannot be read): '100.000' is thousands, as '100,000' is."""
    whole = text.replace(".", ",") if text.count(".") and all(len(part) == 3 for part in text.split(".")[1:]) else text
    read = parse_dose(whole if text[:1] != "0" else text)
    return (math.nan, read.reason) if read.high is None else (read.high, "")


def count_of(piece: Piece) -> float:
    """How many pieces: the higher of a band, a half more where it is said."""
    if piece.kind != "count":
        return share(piece.parts[0])
    low, high, _, half = piece.parts
    return share(high or low) + (0.5 if half else 0.0)


def counts_in(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces that say how many: '2 cp', '2 x', the 1 of '1 matin'."""
    return [piece for piece in pieces if piece.kind in ("count", "multiple") or piece.kind == "moment" and piece.parts[0]]


def moments_of(pieces: Sequence[Piece]) -> list[Piece | None]:
    """For each moment of the day the quantity that stands last before it."""
    found, last = [], None
    for piece in pieces:
        if piece.kind in AMOUNTS or piece.kind == "moment" and piece.parts[0]:
            last = piece
        if piece.kind == "moment":
            found.append(last)
        found += [last] * len(hours_of(piece))
    return found


def size_of(pieces: Sequence[Piece]) -> Size:
    """The quantities together; a reason where several are written and none is said to be the dose."""
    bases, kept, counts = bases_of(pieces), of_kind(pieces, "shares"), of_kind(pieces, "count")
    if unclear(bases, counts, pieces):
        return Size(reason="several_doses")
    if len({piece.text for piece in bases}) > 1:
        return sizes_by_moment(bases, pieces)
    each, reason = shares_of(kept, pieces) if kept else each_of(pieces)
    if reason:
        return Size(reason=reason)
    if not bases or counts and counts[0].parts[2] in DROPS and bases[0].kind == "strength":
        unit = next((piece.parts[-2] for piece in counts), kept[0].parts[-1] if kept else "")
        return Size(1.0 if unit else NOT_SAID, unit or "", each, reason="" if unit else "dose_missing")
    amount, reason = amount_of(bases[0].parts[0])
    unit = bases[0].parts[1].replace(" ", "")
    return Size(amount, unit.removesuffix("/j"), each, unit.endswith("/j"), reason)


def unclear(bases: Sequence[Piece], counts: Sequence[Piece], pieces: Sequence[Piece]) -> bool:
    """'1 g (2 cp)' is two of 1 g or two of 500 mg; '160/800 mg' of which substance; '20 mg 5 gouttes' of which strength."""
    drops = any(piece.parts[2] in DROPS for piece in counts) and any(piece.kind == "mass" for piece in bases)
    return bool(of_kind(pieces, "pair")) or bool(bases) and (drops or bool(of_kind(pieces, "beside") and counts))


def bases_of(pieces: Sequence[Piece]) -> list[Piece]:
    """The amounts that may be the dose: masses, else volumes, else the content of a syringe ('4000 ui/0,4 ml')."""
    rates = [piece for piece in of_kind(pieces, "volume") if "/" in piece.parts[1]]
    filled = [piece for piece in of_kind(pieces, "strength") if piece.parts[2]]
    return of_kind(pieces, "mass") or rates or of_kind(pieces, "volume") or filled


def sizes_by_moment(bases: Sequence[Piece], pieces: Sequence[Piece]) -> Size:
    """'20 ui matin 24 ui soir': several amounts of one unit, each with its moments."""
    given = moments_of(pieces)
    units = {piece.parts[1] for piece in bases}
    if len(units) > 1 or "/" in "".join(units) or counts_in(pieces) or {*given} != {*bases}:
        return Size(reason="several_doses")
    amounts = [amount_of(piece.parts[0]) for piece in given]
    reason = next((why for _, why in amounts if why), "")
    return Size(reason=reason) if reason else Size(1.0, units.pop(), tuple(amount for amount, _ in amounts))


def each_of(pieces: Sequence[Piece]) -> tuple[tuple[float, ...], str]:
    """How many units at each administration of a day, or once where no moment is said."""
    counts, given = counts_in(pieces), moments_of(pieces)
    if len({count_of(piece) for piece in counts}) < 2:
        one = count_of(counts[0]) if counts else 1.0
        return (one,) * max(len(given), 1), ""
    if not {*counts} <= {*given} or not {*given} <= {*counts}:
        return (), "several_doses"
    return tuple(count_of(piece) for piece in given), ""


def shares_of(kept: Sequence[Piece], pieces: Sequence[Piece]) -> tuple[tuple[float, ...], str]:
    """'1-0-1': units in the morning, at noon, in the evening, at night."""
    first, _, *others, unit = kept[0].parts
    each = tuple(share(part) for part in (first, *others) if part)
    several = len(kept) > 1 or any(count_of(piece) != 1 for piece in counts_in(pieces)) or max(each) > 9 and not unit
    return tuple(one for one in each if one), "several_doses" if several or not any(each) else ""


def a_day(period: str) -> float:
    """Periods in a day: 1/7 of 'semaine' or 'semaines'."""
    name = "year" if period in ("an", "ans") else PERIODS.get(period) or PERIODS[period[:-1]]
    return UNITS.Quantity(1, f"1/{name}").to("1/day").magnitude


def rhythm(piece: Piece) -> tuple[float, float]:
    """(administrations of a day, share of the days) that a piece says; NaN where it does not say, 0 where it makes no sense."""
    first, last = (piece.parts[0], piece.parts[-1]) if piece.parts else ("", "")
    if piece.kind == "times":
        often = float(piece.parts[1] or first)
        return (often, NOT_SAID) if (last or "j") == "j" else (NOT_SAID, often * a_day(last))
    if piece.kind == "hours":
        every = 24 / float(first) if float(first) else 0.0
        return (every, NOT_SAID) if every >= 1 else (NOT_SAID, every)
    if piece.kind == "every":
        return NOT_SAID, a_day(last) / float(first or 1) if float(first or 1) else 0.0
    if piece.kind == "days":
        return NOT_SAID, float(first) / float(last or 7) if float(last or 7) else 0.0
    if piece.kind == "period" and first != "j":
        return NOT_SAID, a_day(first)
    return (1.0, NOT_SAID) if piece.kind in ("period", "whole_day", "worn") else (NOT_SAID, NOT_SAID)


def by_week(found: Dosage) -> bool:
    """Whether a dose is said by the week: '15 mg/semaine', 10 mg on Mondays, 5 days of 7."""
    _, periods = periods_of(found.unit)
    times = found.times_per_day / a_day("semaine")
    weekly = found.times_per_day < 1 and abs(times - round(times)) < 1e-6
    return weekly or any(PERIODS.get(period) == "week" for period in periods)


def said(values: Sequence[float]) -> list[float]:
    """The values that differ, without those that are not said."""
    return [*{round(value, 9): value for value in values if not math.isnan(value)}.values()]


def often(pieces: Sequence[Piece], size: Size) -> float:
    """Administrations a day, NaN where nothing says it; 0 where what is written does not agree with itself."""
    moments, kept = len(moments_of(pieces)), of_kind(pieces, "shares")
    parts = [int(piece.parts[0]) for piece in of_kind(pieces, "split")]
    found = [rhythm(piece) for piece in pieces]
    times = [one for one, _ in found] + [float(n) for n in (moments, len(size.each) if kept else 0) if n]
    times += [1.0] if size.daily or 1 in parts else []
    week = len(of_kind(pieces, "weekday")) * a_day("semaine")
    times, days = said(times), said([*(share for _, share in found), week or NOT_SAID])
    if len(times) > 1 or len(days) > 1 or 0 in (*times, *days) or (parts not in ([], [1]) and not size.daily):
        return 0.0
    return NOT_SAID if not (times or days) else (times or [1.0])[0] * (days or [1.0])[0]


def fixed_of(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces of the fixed dose beside which one if needed is written ('1 g x 3 + 1 g si besoin'); all where there is none."""
    end = next((place for place, piece in enumerate(pieces) if piece.kind == "prn"), 0)
    plus = [place for place, piece in enumerate(pieces[:end]) if piece.kind == "plus"]
    often = [place for place, piece in enumerate(pieces[:end]) if piece.kind in RHYTHMS]
    fixed = pieces[: plus[0] if plus else often[-1] + 1 if often else 0]
    given = counts_in(fixed) or of_kind(fixed, *AMOUNTS, "shares")
    return fixed if given and (plus or of_kind(pieces[len(fixed) : end], *AMOUNTS)) else pieces


def dosage_of(pieces: Sequence[Piece], left: str) -> Dosage:
    """What is given whatever happens; where more is written if needed, its sum has no bound."""
    fixed = fixed_of(pieces)
    if len(fixed) == len(pieces):
        return at_most(dosage_of_all(pieces, left), pieces)
    found = dosage_of_all(fixed, left)
    return replace(found, reason=found.reason or "more_if_needed", more=True)


def times_allowed(found: Dosage, pieces: Sequence[Piece]) -> float:
    """How many of a dose the most of a day that is written beside ('max 3 g/j') allows; NaN where none is, or not of its mass."""
    highest = [piece.parts for piece in of_kind(pieces, "most") if piece.parts[2].strip() == "/j"]
    one = (mass_in_mg(found.unit) or math.nan) * found.dose
    if len(highest) != 1 or not one > 0:
        return math.nan
    return amount_of(highest[0][0])[0] * (mass_in_mg(highest[0][1]) or math.nan) / one


def at_most(found: Dosage, pieces: Sequence[Piece]) -> Dosage:
    """No more a day than is written beside ('1 g/6 h, max 3 g/j') of what is taken by need or by interval; '1 g x 6' stays six."""
    times, needed = times_allowed(found, pieces), bool(of_kind(pieces, "prn"))
    free = needed or bool(of_kind(pieces, "hours")) and found.times_per_day > 0
    if not times >= 1 or not free or found.portions or found.reason:
        return found
    return replace(found, times_per_day=min(times, found.times_per_day) if found.times_per_day > 0 else times)


def dosage_of_all(pieces: Sequence[Piece], left: str) -> Dosage:
    """All pieces together; ``left`` is what none of them took."""
    size = size_of(pieces)
    times = often(pieces, size)
    days = of_kind(pieces, "cycle") and math.isnan(times)  # 'J1-J8' alone may be two days or eight
    unread = bool(left or days) or times == 0 or unclear_hours(pieces) or bool(of_kind(pieces, "unread")) or of_another_period(size.unit, times)
    most = max(size.each)
    if not most > 0:
        return Dosage(reason="dose_not_a_number")
    same = len({*size.each}) == 1
    one = 1.0 if math.isnan(size.amount) else size.amount  # '1-0-1/2' of a strength that nobody wrote
    reason = size.reason if size.reason and size.reason != "dose_missing" else "frequency_unread" if unread else size.reason
    return Dosage(
        size.amount * most, size.unit, NOT_SAID if unread else times * sum(size.each) / most / len(size.each), size.amount,
        most if same else 1.0, () if same or not one else tuple(one * each for each in size.each), reason,
    )  # fmt: skip


def of_another_period(unit: str, times: float) -> bool:
    """'10 mg/semaine' twice a week: for the week or each time?"""
    period = next((name for name in ("semaine", "mois") if unit.endswith("/" + name)), "")
    return bool(period) and not math.isnan(times) and min(abs(times - 1), abs(times - a_day(period))) > 1e-3
