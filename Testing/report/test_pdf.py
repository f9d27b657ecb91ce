from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from HematomaExpansionLib.report.build import build_content
from HematomaExpansionLib.report.content import Bullets, Content, Figure, Table, Text
from HematomaExpansionLib.report.pdf import pdf_report
from HematomaExpansionLib.result import DISCLAIMER
from HematomaExpansionLib.study import Study
from Testing.report.conftest import SERIES, WARNING
from Testing.report.phantom import Bleed, study


def joined(text: str) -> str:
    """Text without spaces: where a line is broken is of no matter."""
    return "".join(text.split())


def said(content: Content) -> list[str]:
    """Every string of the content in reading order."""
    strings = [content.title, content.subtitle, content.disclaimer, content.headline]
    strings += [each.question for each in content.answers]
    for section in content.sections:
        strings.append(section.title)
        for block in section.blocks:
            match block:
                case Text(text):
                    strings.append(text)
                case Bullets(items, title):
                    strings += [title, *items]
                case Table(title, header, rows, note):
                    strings += [title, *header, *(cell for row in rows for cell in row), note]
                case Figure():
                    strings.append(block.caption)
    return [string for string in strings if string]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


@pytest.fixture(scope="module")
def pair_pages(written: Path) -> list[str]:
    return pages((written / "report.pdf").read_bytes())


def test_every_page_has_the_disclaimer_and_its_number(pair_pages: list[str]):
    for index, text in enumerate(pair_pages, start=1):
        assert joined(DISCLAIMER) in joined(text)
        assert f"page {index} of {len(pair_pages)}" in text


def test_first_page_answers(pair_pages: list[str]):
    first = joined(pair_pages[0])
    assert joined("ICH 14.2 → 24.6 mL (+10.4 mL, +73 %), IVH 0 → 5.6 mL, right deep:") in first
    assert joined("expansion by all four definitions (definite).") in first
    assert joined("Expansion at follow-up 1 by each definition") in first


def test_a4_with_a_title_and_the_pictures(written: Path):
    pdf = PdfReader(written / "report.pdf")
    assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].mediabox[2:]] == [210, 297]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Intracerebral haemorrhage on head CT"
    assert sum(len(page.images) for page in pdf.pages) == 4


@pytest.mark.parametrize(
    "bleeds",
    [
        [Bleed(15, series=SERIES, warnings=(WARNING,))],
        [Bleed(), Bleed(hours=24.0)],
        [Bleed(15), Bleed(17, 6, hours=3), Bleed(19, 10, hours=6), Bleed(18, 9, hours=24)],
        [Bleed(15, hours=hour) for hour in range(9)],
    ],
)
def test_it_says_all_that_the_content_says_in_the_same_order(bleeds: list[Bleed]):
    content = build_content(study(*bleeds).result, ())
    text = joined("".join(pages(pdf_report(content))))
    at = 0
    for string in said(content):
        assert joined(string) in text
    for section in content.sections:
        at = text.index(joined(section.title), at)


def test_a_row_taller_than_a_page_is_no_end(pair: Study):
    first = pair.result.scans[0]
    segmentation = first.segmentation.model_copy(
        update={"parameters": {f"parameter_{i}": i for i in range(150)}}
    )
    result = pair.result.model_copy(
        update={"scans": [first.model_copy(update={"segmentation": segmentation}), *pair.result.scans[1:]]}
    )
    text = joined("".join(pages(pdf_report(build_content(result, ())))))
    assert "parameter_149=149" in text


def test_same_content_same_bytes(pair: Study):
    content = build_content(pair.result, ())
    assert pdf_report(content) == pdf_report(content)
