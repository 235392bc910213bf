"""The official files of French specialities (BDPM) as products, codes and brands, in a folder of the user.

Nothing of these files is shipped but facts: which brand holds which substances.
"""

import csv
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from core.errors import Refusal
from core.knowledge.names import Match, bare, noise, resolve
from core.knowledge.substances import key_of

FILES = {
    "CIS_bdpm.txt": "cp1252",
    "CIS_COMPO_bdpm.txt": "cp1252",
    "CIS_MITM.txt": "cp1252",
    "CIS_CIP_bdpm.txt": "utf-8",
}
HOMEOPATHIC = re.compile(r"hom[ée]o|DILUTION COMPRIS|degré de dilution", re.IGNORECASE)
PRODUCT_COLUMNS = ("cis", "name", "route", "substances", "unknown_components", "atc", "atc_from")


def rows_of(folder: Path, name: str) -> Iterable[list[str]]:
    """Fields of each line of one official file; Refusal when absent or not in its encoding."""
    path = folder / name
    if not path.exists():
        raise Refusal("bdpm_file_missing", file=name, folder=folder)
    try:
        with path.open(encoding=FILES[name]) as lines:
            for line in lines:
                yield [field.strip() for field in line.rstrip("\n").split("\t")]
    except UnicodeDecodeError as error:
        raise Refusal("bdpm_encoding", file=name, encoding=FILES[name], position=error.start) from error


def components_of(folder: Path) -> dict[str, list[str]]:
    """Names of the components of each CIS: the therapeutic fraction where there is one."""
    parts: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in rows_of(folder, "CIS_COMPO_bdpm.txt"):
        parts[row[0]].setdefault(row[7], {})[row[6]] = row[3]
    return {cis: [kinds.get("FT") or kinds["SA"] for kinds in links.values()] for cis, links in parts.items()}


def match_of(component: str) -> Match:
    """A component that only begins with a known name is no match here: facts are not guessed."""
    match = resolve(component)
    return match if match.how != "partial" else Match((), "", "unknown", match.candidates)


def products_of(folder: Path) -> list[dict[str, str]]:
    """One row a speciality that is no homeopathic one, ATC direct or through same substances and route."""
    components, direct = components_of(folder), {row[0]: row[1] for row in rows_of(folder, "CIS_MITM.txt")}
    products = []
    for row in rows_of(folder, "CIS_bdpm.txt"):
        if HOMEOPATHIC.search(" ".join((row[1], row[5], *components.get(row[0], ())))):
            continue
        matches = {name: match_of(name) for name in components.get(row[0], [])}
        keys = sorted({key for match in matches.values() for key in match.substances})
        unknown = sorted(name for name, match in matches.items() if not match.substances)
        values = (row[0], row[1], row[3], "+".join(keys), "+".join(unknown), direct.get(row[0], ""), "")
        products.append(dict(zip(PRODUCT_COLUMNS, values, strict=True)))
    return with_atc(products)


def with_atc(products: list[dict[str, str]]) -> list[dict[str, str]]:
    """ATC lent by the commonest product of the same substances and route."""
    seen: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for product in products:
        if product["atc"]:
            seen[product["substances"], product["route"]][product["atc"]] += 1
    for product in products:
        lenders = seen.get((product["substances"], product["route"]))
        product["atc_from"] = "bdpm" if product["atc"] else ""
        if not product["atc"] and lenders and product["substances"] and not product["unknown_components"]:
            product["atc"], product["atc_from"] = lenders.most_common(1)[0][0], "same_substances_and_route"
    return products


def brand_of(name: str) -> str:
    """First words of a denomination, up to the strength, form or laboratory."""
    head = re.split(r",|(?<![a-z\d])\d", key_of(name))[0]  # figures that follow a letter are of the name: vitamine D3, G10
    return " ".join(word for word in head.split() if word not in noise(False)).strip(" .,-/(")


def brands_of(products: list[dict[str, str]]) -> list[dict[str, str]]:
    """Brand, substances and ATC where every product of a brand holds the same; names of substances left out."""
    held: dict[str, set[str]] = defaultdict(set)
    codes: dict[str, Counter] = defaultdict(Counter)
    for product in products:
        brand = brand_of(product["name"])
        if len(brand) > 2 and not product["unknown_components"] and product["substances"]:
            held[brand].add(product["substances"])
            codes[brand][product["atc"]] += 1
    chosen = [brand for brand, contents in sorted(held.items()) if len(contents) == 1 and is_brand(brand)]
    return [
        {"brand": brand, "substances": next(iter(held[brand])), "atc": codes[brand].most_common(1)[0][0]}
        for brand in chosen
    ]


def is_brand(brand: str) -> bool:
    """A denomination that begins with a name of a substance is generic."""
    words = bare(brand).split()
    return not any(
        resolve(" ".join(words[:size])).how in ("key", "inn", "synonym", "stripped") for size in (1, 2, 3, 4)
    )


def codes_of(folder: Path) -> list[dict[str, str]]:
    """CIP (7 and 13 digits) and CIS of each presentation, and UCD where a table ucd.csv (code, cis) lies beside."""
    found = [
        {"code": code, "cis": row[0]}
        for row in rows_of(folder, "CIS_CIP_bdpm.txt")
        for code in (row[1], row[6])
        if code
    ]
    return found + ucd_of(folder)


def ucd_of(folder: Path) -> list[dict[str, str]]:
    """UCD (7 or 13 digits) and CIS from ucd.csv, which the hospital lays beside: the official files hold no UCD."""
    if not (folder / "ucd.csv").exists():
        return []
    with (folder / "ucd.csv").open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        missing = {"code", "cis"} - set(table.fieldnames or ())
        if missing:
            raise Refusal("ucd_columns", path=folder / "ucd.csv", columns=", ".join(sorted(missing)))
        return [{"code": row["code"].strip(), "cis": row["cis"].strip()} for row in table]


def write_table(path: Path, rows: list[dict[str, str]], head: str = "") -> None:
    """Written beside and then put in place, so that no half file is ever read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    with temporary.open("w", encoding="utf-8", newline="") as lines:
        lines.write(head)
        table = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    os.replace(temporary, path)


def import_bdpm(folder: Path, target: Path) -> dict[str, int]:
    """Read the official files of ``folder`` into ``target``; counts of what was understood."""
    products, codes = products_of(folder), codes_of(folder)
    write_table(target / "products.csv", products)
    write_table(target / "codes.csv", codes)
    write_table(target / "brands.csv", brands_of(products))
    whole = [product for product in products if product["substances"] and not product["unknown_components"]]
    return {
        "specialities": len(products),
        "substances_known": len(whole),
        "substances_partly_known": sum(bool(p["substances"] and p["unknown_components"]) for p in products),
        "atc_direct": sum(product["atc_from"] == "bdpm" for product in products),
        "atc_lent": sum(product["atc_from"] == "same_substances_and_route" for product in products),
        "codes": len(codes),
    }
