"""The whole page: one file that carries its style and its plots."""

import os
from datetime import date
from html import escape
from pathlib import Path

from plotly.offline import get_plotlyjs

from core.report.champion import named
from core.report.content import Content
from core.report.sections import SECTIONS
from core.report.words import day, paragraph, t

STYLE = """
body{font:16px/1.55 system-ui,sans-serif;color:#1b2a2f;background:#fff;margin:0 auto;
max-width:62rem;padding:2rem 1.2rem}
h1{font-size:1.7rem;margin:0}
h2{margin-top:2.6rem;border-bottom:1px solid #a9bac0;padding-bottom:.3rem}h3{margin-top:1.8rem}
code{font-size:.9rem}.notice{border-left:4px solid #b3461f;padding:.5rem .9rem;background:#fbf3ef}.lead{font-size:1.1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;width:100%}
th,td{padding:.35rem .6rem;border-bottom:1px solid #e3eaec;text-align:left;vertical-align:top}
td{font-variant-numeric:tabular-nums}.strong th,.strong td{font-weight:700;background:#eef6f7}
h4{margin:1.4rem 0 .4rem}
@media print{h2,h3,h4{break-after:avoid-page}p:has(+div,+h3){break-after:avoid-page;break-inside:avoid-page}
.plotly-graph-div,section>div:not(.wide),tr,.notice{break-inside:avoid-page}thead{display:table-header-group}
.wide{overflow:visible}table{font-size:.72rem}th,td{padding:.25rem .3rem}}
"""


def page(content: Content, language: str, today: date) -> str:
    """The HTML of the report; it asks nothing of a network."""
    title = t("report.title", language)
    notice = paragraph(t("report.invented", language), "notice") if content.invented else ""
    chosen = content.compared["chosen"]
    about = t("report.about", language, date=day(today, language), name=named(chosen["champion"], language), model=chosen["model"])
    body = "".join(each(content, language) for each in SECTIONS)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><script>{get_plotlyjs()}</script></head>"
        f"<body><h1>{escape(title)}</h1>{paragraph(about)}{notice}{body}</body></html>"
    )


def write(path: Path, html: str) -> None:
    """The file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(html, "utf-8")
    os.replace(temporary, path)
