"""Fonts, paragraph styles and table rules of the PDF."""

from functools import cache
from pathlib import Path
from typing import Any

INK, SOFT, LINE, TINT = "#1b1f24", "#57606a", "#d8dee4", "#f6f8fa"
TONES = {"plain": LINE, "yes": "#b34700", "no": "#00568a", "unknown": "#6e7781"}
CELL_SIZE, CELL_GAP = 7.8, 8.0
REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"


@cache
def styles() -> dict[str, Any]:
    """Paragraph styles by name; registers the fonts on the first call.

    DejaVu Sans comes with matplotlib and has every sign used here (arrows, ≥, the minus sign, Greek); the
    fonts built into PDF do not.
    """
    import matplotlib
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))

    def style(name: str, size: float, font: str = REGULAR, colour: str = INK, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(
            name, fontName=font, fontSize=size, leading=size * 1.32, textColor=colour, **more
        )

    box: dict[str, Any] = {
        "borderColor": INK,
        "borderWidth": 0.6,
        "borderPadding": 4,
        "leftIndent": 4,
        "rightIndent": 4,
    }
    made = [
        style("title", 10.5, BOLD),
        style("subtitle", 8, colour=SOFT),
        style("disclaimer", 8, spaceBefore=9, spaceAfter=11, **box),
        style("headline", 14.5, BOLD, spaceAfter=9),
        style("question", 8, colour=SOFT),
        style("answer", 9.8, BOLD, spaceBefore=1, spaceAfter=3),
        style("detail", 8),
        style("notice", 8.5, BOLD, spaceBefore=7),
        style("section", 12, BOLD, spaceBefore=11, spaceAfter=4),
        style("caption", 8.5, BOLD, spaceBefore=8, spaceAfter=3),
        style("text", 8.5, spaceBefore=3, spaceAfter=3),
        style("note", 7.5, colour=SOFT, spaceBefore=3, spaceAfter=4),
        style("header", CELL_SIZE, BOLD, SOFT),
        style("row", CELL_SIZE, BOLD),
        style("cell", CELL_SIZE),
    ]
    return {each.name: each for each in made}


def table_rules() -> list[tuple[object, ...]]:
    """Hairlines under the rows, a dark one under the header, text at the top of its cell."""
    from reportlab.lib.colors import HexColor

    return [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), CELL_GAP - 1),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, HexColor(LINE)),
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, HexColor(INK)),
    ]
