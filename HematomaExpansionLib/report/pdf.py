"""The report as PDF on A4: the same content in the same order as the HTML."""

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from .content import Answer, Block, Bullets, Content, Figure, Table, Text
from .pdf_style import BOLD, CELL_GAP, CELL_SIZE, REGULAR, SOFT, TINT, TONES, styles, table_rules

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate, Flowable

_MARGIN_MM = 15
_FOOT_MM = 19
_FRAME_PADDING = 6  # points that reportlab leaves at either side of a frame
_FIGURE_HEIGHT_MM = 92  # two scans fit on a page, to be compared
_ROWS_KEPT_TOGETHER = 14
_NAMES_SHARE = 0.36  # of the width, for the names of the rows in a table of facts


def pdf_report(content: Content) -> bytes:
    """Render the content; the same bytes each time.

    It is laid out twice: the first time counts the pages, so that each says "page 1 of 4".
    """
    pages, _ = _render(content, 0)
    return _render(content, pages)[1]


def _render(content: Content, pages: int) -> tuple[int, bytes]:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    buffer = BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin"), _MARGIN_MM * mm)
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        **margins,
        bottomMargin=_FOOT_MM * mm,
        title=content.title,
        author="HematomaExpansion",
        subject=content.headline,
        lang="en",
        invariant=1,
    )
    foot = _footer(content.disclaimer, pages)
    document.build(_story(content, document.width - 2 * _FRAME_PADDING), onFirstPage=foot, onLaterPages=foot)
    return document.page, buffer.getvalue()


def _footer(disclaimer: str, pages: int) -> "Callable[[Canvas, BaseDocTemplate], None]":
    """Draws the disclaimer and the page number at the bottom of a page."""

    def draw(canvas: "Canvas", document: "BaseDocTemplate") -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph

        number_mm = 28
        text = Paragraph(escape(disclaimer), styles()["note"])
        text.wrap(document.width - number_mm * mm, _FOOT_MM * mm)
        text.drawOn(canvas, document.leftMargin + _FRAME_PADDING, (_FOOT_MM - 3) * mm - text.height)
        canvas.setFont(REGULAR, 7.5)
        canvas.setFillColor(HexColor(SOFT))
        right = document.leftMargin + document.width - _FRAME_PADDING
        canvas.drawRightString(right, (_FOOT_MM - 5.5) * mm, f"page {document.page} of {pages}")

    return draw


def _story(content: Content, width: float) -> "list[Flowable]":
    from reportlab.platypus import KeepTogether, PageBreak, Spacer

    story: list[Flowable] = [
        _paragraph(content.title, "title"),
        _paragraph(content.subtitle, "subtitle"),
        _paragraph(content.disclaimer, "disclaimer"),
        _paragraph(content.headline, "headline"),
        _answers(content.answers, width),
    ]
    if content.notice:
        story.append(_paragraph(content.notice, "notice"))
    previous = False
    for section in content.sections:
        if section.own_page or previous:
            story.append(PageBreak())
        previous = section.own_page
        first, *rest = section.blocks
        title = _paragraph(section.title, "section")
        story.append(KeepTogether([title, *_flowables(first, width)]))
        for block in rest:
            drawn = _flowables(block, width)
            long = isinstance(block, Table) and len(block.rows) > _ROWS_KEPT_TOGETHER
            story += drawn if long else [KeepTogether(drawn)]
    return [*story, Spacer(0, 10), _paragraph(content.disclaimer, "disclaimer")]


def _paragraph(text: str, style: str) -> "Flowable":
    from reportlab.platypus import Paragraph

    return Paragraph(escape(text).replace("\n", "<br/>"), styles()[style])


def _answers(answers: tuple[Answer, ...], width: float) -> "Flowable":
    """The answers side by side, each under a bar in its tone."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Grid

    cells = []
    for each in answers:
        colour = f'<font color="{TONES[each.tone]}">{escape(each.answer)}</font>'
        said = Paragraph(colour if each.tone in ("yes", "no") else escape(each.answer), styles()["answer"])
        cells.append([_paragraph(each.question, "question"), said, _paragraph(each.detail, "detail")])
    gap = 6.0
    column = (width - gap * (len(cells) - 1)) / len(cells)
    row: list[object] = []
    widths: list[float] = []
    rules: list[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
    ]
    for index, cell in enumerate(cells):
        if index:
            row.append("")
            widths.append(gap)
        at = (len(row), 0)
        rules += [
            ("BACKGROUND", at, at, HexColor(TINT)),
            ("LINEABOVE", at, at, 3, HexColor(TONES[answers[index].tone])),
        ]
        row.append(cell)
        widths.append(column)
    return Grid([row], colWidths=widths, style=rules)


def _flowables(block: Block, width: float) -> "list[Flowable]":
    from reportlab.lib.units import mm
    from reportlab.platypus import Image

    if isinstance(block, Text):
        return [_paragraph(block.text, "text")]
    if isinstance(block, Bullets):
        title = [_paragraph(block.title, "caption")] if block.title else []
        return [*title, *(_paragraph(f"•  {item}", "text") for item in block.items)]
    if isinstance(block, Figure):
        height = _FIGURE_HEIGHT_MM * mm
        picture = Image(BytesIO(block.png), width, height, kind="proportional", hAlign="LEFT")
        return [picture, _paragraph(block.caption, "note")]
    title = [_paragraph(block.title, "caption")] if block.title else []
    note = [_paragraph(block.note, "note")] if block.note else []
    return [*title, _grid(block, width), *note]


def _grid(table: Table, width: float) -> "Flowable":
    from reportlab.platypus import Table as Grid

    header = [_paragraph(name, "header") for name in table.header]
    rows = [
        [_paragraph(cell, "cell" if column else "row") for column, cell in enumerate(row)]
        for row in table.rows
    ]
    # A row of parameters can be longer than a page; those of a laid out table are kept whole.
    split = 0 if table.shares else 1
    return Grid(
        [header, *rows], colWidths=_widths(table, width), repeatRows=1, splitInRow=split, style=table_rules()
    )


def _widths(table: Table, width: float) -> list[float]:
    """Each column its longest word; what is left goes where lines would have to be broken.

    Tables of facts, whose first column has no name, share one layout so that they line up.
    """
    from reportlab.pdfbase.pdfmetrics import stringWidth

    if table.shares:
        return [share * width for share in table.shares]
    styles()
    words, lacks = [], []
    for column in zip(table.header, *table.rows, strict=True):
        lines = [line for cell in column for line in cell.split("\n")]
        word = max(stringWidth(part, BOLD, CELL_SIZE) for line in lines for part in line.split() or [""])
        words.append(word + CELL_GAP)
        lacks.append(max(stringWidth(line, BOLD, CELL_SIZE) for line in lines) - word)
    equal = (1 - _NAMES_SHARE) * width / (len(words) - 1)
    if not table.header[0] and max(words[1:]) <= equal:
        return [_NAMES_SHARE * width, *[equal] * (len(words) - 1)]
    spare = width - sum(words)
    if spare < 0:
        return [width * word / sum(words) for word in words]
    filled = min(1.0, spare / sum(lacks)) if sum(lacks) else 0.0
    rest = (spare - filled * sum(lacks)) / len(words)
    return [word + filled * lack + rest for word, lack in zip(words, lacks, strict=True)]
