"""CIS, CIP and UCD codes, known once the official files have been imported into the workspace."""

import csv
import re
from functools import cache
from pathlib import Path

from core.settings import default_workspace

CODE = re.compile(r"(?:cis|cip|ucd)?[\s:]*(\d{13}|\d{7,8})")


def folder_of_products() -> Path:
    """Where import-bdpm keeps the products of this workspace."""
    return default_workspace().path / "knowledge"


@cache
def table(path: Path, column: str) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {row[column]: row for row in csv.DictReader(lines)}


def substances_of_code(text: str) -> tuple[tuple[str, ...], str, str]:
    """(substances, ATC, how) of a code; how is no_product when the files were not imported or lack it."""
    digits = CODE.fullmatch(text).group(1)
    folder = folder_of_products()
    if not (folder / "products.csv").exists():
        return (), "", "codes_not_imported"
    cis = digits if len(digits) == 8 else table(folder / "codes.csv", "code").get(digits, {}).get("cis", "")
    product = table(folder / "products.csv", "cis").get(cis)
    if product is None or not product["substances"]:
        return (), "", "unknown_code"
    return tuple(product["substances"].split("+")), product["atc"], "code"
