"""A typed line cut into pieces: quantities, moments, rhythms, each taken out of the text before the next is sought."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.knowledge.substances import key_of
from core.knowledge.units import AMOUNTS, COUNTED, MASSES, VOLUMES

TAKEN = "|"  # stands where a piece was: neither a word nor a digit
SIGNS = str.maketrans({"×": "x", "*": "x", "–": "-", "—": "-", "‑": "-", "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "≥": ">=", "≤": "<="})
WORDS = (  # other words for what the pieces below are written with
    (r"\bonce\b", "1 fois"), (r"\btwice\b", "2 fois"), (r"\btimes\b", "fois"), (r"\bevery other day\b", "1 j sur 2"),
    (r"\bevery\b", "toutes les"), (r"\bhours?\b|\bheures?\b|\bhrs?\b", "h"), 
    (r"\b(?:bid|bd)\b", "2 fois /j"), (r"\btid\b", "3 fois /j"), (r"\bqid\b", "4 fois /j"), (r"\b(?:od|qd)\b", "1 fois /j"),
    (r"\b(?:par|per|a|each)\s+(?:jour|j|day)\b|\bdaily\b|\bquotidien(?:ne)?(?:ment)?\b|(?:/|\bpar)\s*24\s*h\b|/\s*(?:jour|day|d)\b", "/j"),
    (r"\b(?:par|per|a)\s+(?:semaine|sem|week)\b|\bweekly\b|\bhebdo(?:madaire)?(?:ment)?\b|/\s*(?:sem|week|wk)\b", "/semaine"),
    (r"\b(?:par|per|a)\s+(?:mois|month)\b|\bmonthly\b|\bmensuel(?:le)?(?:ment)?\b|/\s*month\b", "/mois"),
    (r"\bdays?\b", "jours"), (r"\bweeks?\b", "semaines"), (r"\bmonths?\b", "mois"),
    (r"\b(?:par|per|a)\s+(?:an|year)\b|\byearly\b|\bannuel(?:le)?(?:ment)?\b", "/an"),
    (r"(?<=\d)\s*gels?\b", " gelule"), (r"\bgttes?\b", "gtt"), (r"\bchaque oeil\b", "oeil"), (r"\binj(?:ections?)?\b", "dose"),
    (r"\bpar\s+(?=h\b|kg\b|min\b)", "/"), (r"\b(?:un |une )?demi(?:e|-)?(?=\s*[a-z])", "1/2"), (r"\bune?\b", "1"),
    (r"\bdeux\b", "2"), (r"\btrois\b", "3"), (r"\bquatre\b", "4"), (r"\bcinq\b", "5"), (r"\bsix\b", "6"),
    (r"\b(?:iv|sc|im)\s+(?:puis|relais)\s+(?=po\b|per os\b)", ""),  # the same doses, by mouth later
    (r"\b(?:aux|(?:avant|apres|pendant) les) 3 (?:principaux )?repas\b", "3 fois /j"),
)  # fmt: skip


def either(words) -> str:
    """The words as alternatives, longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


MASS = either({*MASSES, *AMOUNTS} - {"kg"})
VOLUME = either(VOLUMES)
FORM = either(COUNTED - {"in"})
UNIT = f"{MASS}|{VOLUME}|{FORM}"
DECIMAL = r"\d+(?:[.,]\d+)?"
NUMBERED = "(?<!novomix )(?<!\\bmix )(?<!mixtard )(?<!glucose )(?<!omega )(?<!\\bmag )(?<!facteur )"  # Mix 25 100 UI is no 25 100
AMOUNT = rf"{DECIMAL}(?:-{DECIMAL})?|{NUMBERED}\d{{1,3}}(?: \d{{3}})+"
ALONE = r"(?<![\d.,/])(?<!\b[a-wyz])(?<!\b[a-z]{2})(?<!\b[a-z]{3})"  # a figure after few letters is of the name: D3, B12, Mix25
SECOND = r"(?!(?:12|24|48|72)\b)\d{2,3}(?![\d.,/]|\s*(?:h|min|j|semaine|mois|ml|l)\b)"  # strength without its unit: 1 g/125; 12 may be hours
SHARE = rf"\d+ \d/\d|\d/\d|{DECIMAL}"  # 2, 1/2, 1 1/2
RATE = r"(?:\s*/\s*(?:kg|m2))?(?:\s*/\s*(?:h|min|j|semaine|mois)\b)?"
OFTEN = r"(?<![\d.,/])(1?\d|2[0-4])(?:\s*(?:a|-)\s*(1?\d|2[0-4]))?"  # more than 24 times a day is no frequency
PERIOD = r"\s*/\s*(j|semaine|mois|an)\b"
MOMENT = (
    r"petit[ -]dejeuner|apres[ -]midi|matin|midi|soir|coucher|nuit|gouter|diner|dejeuner|reveil|morning|noon|evening|bedtime|night"
)
THE = "(?:tous les|toutes les|chaque|les?|la|au|a|at|l')"
DAY = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
CLOCK = r"(?:[01]?\d|2[0-4])\s*h(?:\d\d)?\b"
PATCH = re.compile(r"\b(?:\w*patch\w*|transdermique|nitriderm|epinitril|discotrine|diafusor)\b")
THEN = r"\W+(?:et\s+)?(?:a\s+)?"
UNITS_EACH = r"(?:\d/\d|\d{1,2})"
SHARES = rf"(?<![\d/.,-])({UNITS_EACH})\s*([-+])\s*({UNITS_EACH})\s*\2\s*({UNITS_EACH})(?:\s*\2\s*({UNITS_EACH}))?(?![\d/.,])"
SYMPTOM = (
    r"(?:douleur|dlr|algie|agitation|fievre|nausee|vomissement|insomnie|anxiete|angoisse|constipation|diarrhee|dyspnee|encombrement|prurit|"
    r"demangeaison|toux|hyperthermie|temperature|crise|spasme|hoquet|cephalee|migraine|brulure|reflux|pain|fever|nausea|vomiting|"
    r"anxiety|cough|itching)(?:\(s\)|s?\b)"
)
MEASURED = rf"(?:(?:(?:eva|evs)\s*[<>]?=?|en\s*[<>]=?)\s*{DECIMAL}|t\s*[<>]=?\s*\d\d(?:[.,]\d)?(?:\s*c\b)?)"  # 'EVA > 3', 'T° > 38,5'
ABOVE = rf"(?:\s*(?:(?:eva|evs|en)\b\s*[<>]?=?|[<>]=?)\s*{DECIMAL}(?:\s*c\b)?)?"  # 'douleur EVA > 4', 'fièvre > 38,5 °C'
CASE = rf"(?:{SYMPTOM}{ABOVE}|{MEASURED})"
IN_CASE = rf"(?:si|if|en cas d(?:e|'))\s*{CASE}(?:\s*(?:,|/|et/ou|ou|et|or|and)\s*(?:(?:si|if|de|d')\s*)?{CASE})*"
ACT = (
    r"\b(?:arret(?:er?|ez)?|stop(?:per)?|suspendre|suspension|interrompre|cesser|diminuer|reduire|augmenter|majorer|doubler|"
    r"prevenir|appeler|alerter|avertir|ne pas (?:donner|administrer)|hold|reduce|increase|call|do not give)\b"
)
PIECES = tuple((kind, re.compile(pattern)) for kind, pattern in (
    ("unread", rf"\b(?:sauf|except)\s+{IN_CASE}"),
    ("warning", rf"{ACT}[^\d,;|]*?\b{IN_CASE}"),  # what to do of a dose that is given otherwise
    ("prn", rf"\b{IN_CASE}"),
    ("prn", r"\b(?:si|en cas de) (?:besoin|necessaire)\b|\b(?:if|as|when) (?:needed|required)\b|\ba la demande\b|\bprn\b|\bsb\b"),
    ("strength", rf"({AMOUNT})\s*({MASS})\s*/\s*({DECIMAL})?\s*(?:ml|l|dl)\b"),
    ("percent", rf"{DECIMAL}\s*%"),
    ("cycle", r"(?:\bd[eu]\s+)?\bj\d{1,2}\s*(?:-|a|au)\s*j?\d{1,2}\b(?!-)"),  # days on which it is given
    ("unread", r"\bdu \w+ au \w+|\bsauf\b|\bexcept\b"),
    ("beside", r"\bsoit\b(?=\s*\d)|\((?=\s*\d[^)]*\))"),
    ("most", rf"\b(?:max(?:imum|i)?|sans depasser|jusqu'a)\W*(?:de\s+)?({AMOUNT})\s*({MASS})\b({RATE})"),
    ("whole_day", r"\b(?:sur|en)\s*24\s*h\b"),
    ("worn", rf"\bde\s*{CLOCK}\s*(?:a|-)\s*{CLOCK}"),  # a patch, or what runs: one a day
    ("infusion", rf"\b(?:en|sur|pendant|de)\s*{DECIMAL}\s*(?:min|mn|minutes?|h)\b(?:\d\d)?|\b\d+\s*(?:min|mn|minutes?)\b"),
    ("duration", r"\b(?:pendant|durant|pdt|pour|x|for)\s*\d+\s*(?:jours?|j|semaines?|sem|mois)\b"),
    ("pair", rf"(?<![\d.,/]){DECIMAL}\s*/\s*{DECIMAL}\s*(?:{MASS})\b"),
    ("shares", rf"{SHARES}\s*({MASS}|{FORM})?\b"),
    ("shares", r"(?<![\d/.,-])(\d)(/)(\d)/(\d)()()(?![\d/.,])"),
    ("days", r"\b(\d{1,3})\s*(?:jours?|j)\s*(?:sur|/)\s*(\d{1,3})(?:\s*(?:jours?|j))?\b"),
    ("days", r"\b(\d)\s*(?:jours?|j)\s*/\s*semaine()\b"),
    ("hours", r"(?:\b(?:toutes?|ttes?|tous)\s*(?:les)?|\bq|/)\s*(\d{1,3})(?:\s*(?:a|-)\s*\d+)?\s*h\b"),
    ("every", r"(?:\b(?:toutes?|ttes?|tous|ts)\s*les|/)\s*(\d{1,3})\s*(jours?|j|semaines?|sem|mois|ans?)\b"),
    ("every", r"\b(?:toutes?|ttes?|tous|ts|chaque)\s*(?:les\s*)?()(jours?|semaines?|mois|ans)\b"),
    ("weekday", rf"(?:\b(?:tous les|toutes les|chaque|les?)\s+)?\b(?:{DAY})s?\b"),
    ("split", r"\ben\s*(\d{1,2})\s*(?:prises?|fois|doses?)\b(?:\s*/\s*j\b)?"),
    ("times", rf"{OFTEN}\s*(?:fois|prises?|x)?{PERIOD}"),
    ("times", rf"\bx\s*{OFTEN}\b(?:\s*(?:fois|prises?))?(?:{PERIOD})?(?!\s*(?:(?:{UNIT})\b|[.,]\d))"),
    ("times", rf"{OFTEN}\s*(?:fois|prises?)\b()"),
    ("times", rf"{OFTEN}\s*x\b(?!\s*[\d{TAKEN}])()"),
    ("count", rf"(?<![\d.,/])({SHARE})(?:\s*(?:a|-)\s*({SHARE}))?\s*({FORM})\b(\s*et 1/2|\s*et demie?)?"),
    ("mass", rf"{ALONE}({AMOUNT})\s*((?:{MASS})\b{RATE})(?:\s*/\s*(?:{DECIMAL}\s*(?:{MASS})\b|{SECOND}))*"),
    ("volume", rf"{ALONE}({AMOUNT})\s*((?:{VOLUME})\b{RATE})"),
    ("multiple", rf"(?<![a-z\d.,/])(\d{{1,2}})\s*x\s*(?=[{TAKEN}])"),
    ("moment", rf"(?:(?<![\d.,/])(\d/\d|\d)\s*)?(?:\b{THE}\s*)?\b({MOMENT})s?\b(?:\s*[(:{TAKEN}-]?\s*(?:a |vers )?({CLOCK}))?"),
    ("clocks", rf"\ba\s*{CLOCK}(?:{THEN}{CLOCK})*|\b{CLOCK}(?:{THEN}{CLOCK})+"),
    ("clock", rf"(?:[,;+-]\s*|\b(?:et|and)\s+)(?:a |vers )?{CLOCK}"),  # of a list: 'matin, 14h et coucher'
    ("period", PERIOD),
    ("plus", rf"(?<=[{TAKEN}])[\s(,;]*(?:\+|\bplus\b)\s*(?:(?:bolus|interdoses?|doses?)\s*(?:de\s*)?)?(?=[{TAKEN}])"),
))  # fmt: skip
BARE_PAIR = re.compile(rf"(?<![\d.,/])(?!\d/\d(?!\d)){DECIMAL}\s*/\s*{DECIMAL}(?![\d.,/]|\s*(?:{UNIT}|h|j|semaine|mois|an)\b)")  # 49/51
INTO = re.compile(r"\b(?:dans|de) g ?(?:5|10)\b")  # a solvent that a figure names
UNSURE = re.compile(
    r"\d|/\s*[a-z]|\bp[ae]r (?!voie|os|sng|sonde|perf)"
    r"|\b(?:ou|or|selon|puis|then|alterne\w*|alternance|schema|protocole|fois|chaque|tous|toutes|semaines?|mois)\b"
)


@dataclass(frozen=True)
class Piece:
    """One piece of the text: what kind, where it begins, and its parts."""

    kind: str
    start: int
    text: str
    parts: tuple[str | None, ...]


def of_kind(pieces: Sequence[Piece], *kinds: str) -> list[Piece]:
    return [piece for piece in pieces if piece.kind in kinds]


def plain_of(text: str) -> str:
    """The line in the letters and words that the pieces are written with."""
    text = re.sub(r"(?<=\d)°(?=\d)", ",", text.translate(SIGNS))  # 38°5
    plain = key_of(re.sub(r"\bgél(s?)\b", r"gelule\1", text, flags=re.IGNORECASE))  # its accent alone tells it from a gel
    for pattern, word in WORDS:
        plain = re.sub(pattern, word, plain)
    if PATCH.search(plain):
        plain = re.sub(rf"(?<!\bde )\b({CLOCK})\s*(?:-|a)\s*(?={CLOCK})", r"de \1 a ", plain)  # worn from then to then
        plain = re.sub(r"/\s*16\s*h\b", "/j", plain)  # of nicotine: by day alone
    plain = re.sub(rf"(?<![\d/])(\d/\d)\s*x\s*(?=\d)(?!{DECIMAL}\s*(?:{UNIT})\b)", r"\1 dose x ", plain)  # a share of what is given
    return re.sub(rf"(\d\s*(?:{UNIT}))x(?=\s*\d)", r"\1 x", plain)


def pieces_of(plain: str) -> tuple[list[Piece], str]:
    """The pieces in the order of the text, and what is left with ``TAKEN`` in their places."""
    found: list[Piece] = []
    for kind, pattern in PIECES:
        found += [Piece(kind, one.start(), one[0], one.groups()) for one in pattern.finditer(plain)]
        plain = pattern.sub(lambda one: TAKEN * len(one[0]), plain)
    return sorted(found, key=lambda piece: piece.start), plain


def not_read(pieces: list[Piece], left: str) -> str:
    """What stands after the first piece, was taken by none and may change the dose; empty when nothing does."""
    rest = INTO.sub(" ", left[pieces[0].start :]) if pieces else ""
    return " ".join(re.sub(r"[|\s,;.()]+", " ", rest).split()) if UNSURE.search(rest) else ""
