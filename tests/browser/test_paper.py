"""The report on paper: a heading, its words and its chart are not parted by the end of a page."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from core.report.page import STYLE
from core.report.words import paragraph, section

CHART = '<div><div class="plotly-graph-div" style="height:380px">chart</div></div>'


@pytest.mark.parametrize("between", ["", "<h3>smaller heading</h3>"])
def test_a_heading_its_words_and_its_chart_stand_on_one_sheet(page, between):
    part = section("learning", "heading", paragraph("word " * 60), between, CHART)
    parted = []
    for above in (700, 850, 900, 950, 1000):
        page.set_content(f'<style>{STYLE}</style><div style="height:{above}px"></div>{part}')
        sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A4"))).pages]
        if sum(any(one in text for one in ("heading", "word", "chart")) for text in sheets) != 1:
            parted.append(above)
    assert parted == []
