"""What came in of each table, what was set aside and what was noted, in words: for ``import`` and ``describe``."""

from core.i18n import t


def show_tables(report: dict, language: str) -> None:
    """Counts of every table, each reason and note with its column and its rows."""
    for name, table in report["tables"].items():
        print("  " + t("cli.import.table", language, table=t(f"data.{name}", language), **table))
        whole = [{"reason": reason, "column": "", "rows": rows} for reason, rows in table["reasons"].items()]
        for kind, found in (("reason", table.get("why", whole)), ("note", table.get("noted", []))):
            for one in found:
                where = f" ({one['column']})" if one["column"] else ""
                print(f"    {one['rows']:>8}  {t('quality.' + kind + '.' + one['reason'], language)}{where}")
