"""What a file of figures must hold to be shown: checked once where it is read, so that pages may rely on it."""

from dataclasses import dataclass
from types import NoneType

KINDS = ("gru", "lstm", "plain_gru", "plain_lstm", "transformer", "forest", "forest_context", "boosting_context")
NAMED = frozenset({*KINDS, "rules", "pyhealth_rnn"})  # whatever figures may be of
SCOPES = frozenset({"single", "several"})
NUMBER, MAYBE = int | float, int | float | None


@dataclass(frozen=True)
class May:
    """What may be absent or null."""

    be: object


@dataclass(frozen=True)
class Each:
    """A mapping whose keys are among ``keys`` (any, where None) and whose values all have one shape."""

    be: object
    keys: frozenset | None = None


@dataclass(frozen=True)
class Some:
    """A list of one thing at least."""

    be: object


def fits(value: object, shape: object) -> bool:
    """True where what JSON holds has a shape: a type, one of a set, a truth value, one of several, a dict with these keys.

    A list of one shape is any number of it, a list of several is these in order.
    """
    return FITS.get(type(shape), isinstance)(value, shape)


def fits_each(value: object, shape: Each) -> bool:
    known = isinstance(value, dict) and (shape.keys is None or value.keys() <= shape.keys)
    return known and all(fits(each, shape.be) for each in value.values())


def fits_keys(value: object, shape: dict) -> bool:
    return isinstance(value, dict) and all(
        (name in value or isinstance(each, May)) and fits(value.get(name), each) for name, each in shape.items()
    )


def fits_items(value: object, shape: list) -> bool:
    if not isinstance(value, list | tuple) or len(shape) not in (1, len(value)):
        return False
    return all(map(fits, value, shape * len(value) if len(shape) == 1 else shape))


def fits_some(value: object, shape: Some) -> bool:
    return fits(value, [shape.be]) and len(value) > 0


FITS = {
    May: lambda value, shape: value is None or fits(value, shape.be), Each: fits_each, Some: fits_some, dict: fits_keys, list: fits_items,
    tuple: lambda value, shape: any(fits(value, each) for each in shape), bool: lambda value, shape: value is shape,
    frozenset: lambda value, shape: isinstance(value, str) and value in shape,
}  # fmt: skip


def measured(more: dict) -> tuple[dict, dict]:
    """Rows of figures: with an average precision and its interval, or without for want of an error."""
    row = {"scope": SCOPES} | more
    interval = dict.fromkeys(("auprc", "auprc_low", "auprc_high", "base_rate"), NUMBER)
    return row | interval, row | {"auprc": NoneType}


LEARNED = {name: May(NUMBER) for name in ("train_stays", "train_lines", "further_stays")}
STEPS = LEARNED | {name: May(str) for name in ("source", "model", "from", "to")}
STEPS["start"] = May(STEPS)  # what a model started from, and what that one did
HOME = {"from": May(str), "drugs": May(NUMBER), "lines": May(NUMBER), "lowered": May(bool)}
WORDS = May((str, [str], Each((str, [str]))))
CARD = {
    "model": frozenset(KINDS),
    "weights_sha256": str,
    "codes_sha256": str,
    "seed": May(int),
    "command": May(str),
    "size_bytes": May(NUMBER),
    "intended_use": WORDS,
    "limits": WORDS,
    "threshold": May({"score": NUMBER, "alerts_per_100_lines": May(NUMBER)}),
    "data": May(STEPS),
    "adapted": May((HOME | {"lowered": False}, HOME | {"announced": {"any": NUMBER}, "expected": {"any": NUMBER}})),
    "metrics": May([measured(
        {"population": May(str), "precision_at": May(Each(MAYBE)), "recall_at": May(Each(MAYBE)), "lines": May(int),
         **{name: May(NUMBER) for name in ("oracle_ratio", "culprit_first", "culprit_first_count", "ece")}}
    )]),
}  # fmt: skip
CURVES = Each([[NUMBER, NUMBER, NUMBER]], NAMED)
RELIABILITY = Each([{"chance": NUMBER, "share": NUMBER, "lines": int}], NAMED)
COMPARED = ("oracle_auprc", "oracle_ratio", "ece", "culprit_first", "stay_auprc", "stay_base_rate", "stay_oracle_ratio",
            "auprc_sd", "alerts_to_rules")  # fmt: skip
COMPARISON = {
    "rows": [measured({"model": NAMED, "variant": str, "population": str, "seeds": int, "base_rate": NUMBER,
                       **dict.fromkeys(COMPARED, MAYBE), "culprit_first_count": May(NUMBER)})],
    "chosen": {"criterion": frozenset({"valid_several_auprc"}), "champion": NAMED, "margin": NUMBER, "equals": [NAMED],
               "reason": frozenset({"alone", "fastest_of_equals", "only_candidate"}),
               "candidates": Some({"model": NAMED, "validation_auprc": NUMBER, "seeds": May(int)})},
    "learning": Each([[NUMBER, MAYBE]], NAMED),
    "curve": dict.fromkeys(SCOPES, CURVES),
    "reliability": dict.fromkeys(SCOPES, RELIABILITY),
    "made_by": {"stays": int},
    "fresh_stays": May(int),
}  # fmt: skip
BY_STAY = {"model": NAMED, "scope": SCOPES, "population": str, "seeds": int,
           **dict.fromkeys(("stay_auprc", "stay_base_rate"), NUMBER), "stay_oracle_ratio": May(NUMBER)}  # fmt: skip
RESULT = {
    "trial": {"kind": May(NAMED), "variant": May(str), "seed": May(int)},
    "rows": May([{"model": NAMED, "scope": SCOPES, "population": str, "auprc": MAYBE, "precision_at": dict, "recall_at": dict}]),
}
