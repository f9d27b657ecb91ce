import json
from base64 import b64decode
from pathlib import Path

import pytest

from HematomaExpansionLib.report.build import build_content
from HematomaExpansionLib.report.html import html_report
from HematomaExpansionLib.report.wording import number
from HematomaExpansionLib.result import DISCLAIMER
from Testing.report.conftest import SERIES, WARNING
from Testing.report.phantom import Bleed, study
from Testing.report.reading import Page


@pytest.fixture(scope="module")
def page(written: Path) -> Page:
    return Page((written / "report.html").read_text(encoding="utf-8"))


def test_the_disclaimer_stands_at_the_top_and_at_the_bottom(page: Page):
    assert page.words.count(DISCLAIMER) == 2
    assert page.words.index(DISCLAIMER) < page.words.index("ICH 14.2 → 24.6 mL")
    assert page.words.endswith(DISCLAIMER)


def test_the_numbers_are_those_of_the_result(page: Page, written: Path):
    result = json.loads((written / "result.json").read_text(encoding="utf-8"))
    volumes = [scan["volumes"] for scan in result["scans"]]
    for key, name in (
        ("ich", "Intraparenchymal haemorrhage (ICH)"),
        ("ivh", "Intraventricular haemorrhage (IVH)"),
        ("oedema", "Perihaematomal oedema"),
    ):
        assert page.row(name) == [f"{number(each[key]['ml'])} mL" for each in volumes]
    assert page.row("ICH + IVH") == [f"{number(scan['total_ml'])} mL" for scan in result["scans"]]
    assert page.row("ICH by ABC/2") == [f"{number(each['ich']['abc2_ml'])} mL" for each in volumes]
    assert page.row("Location of the ICH") == ["Right deep (82 % deep, 18 % lobar)"] * 2
    for answer in result["changes"][0]["expansion"]:
        said, probability, certainty, rule = page.row(answer["name"])
        assert (said, certainty) == ("Yes", "Definite")
        assert rule == answer["rule"]
        assert probability == (
            "> 99 %" if answer["probability"] > 0.99 else f"{100 * answer['probability']:.0f} %"
        )
        assert all(reason in page.words for reason in answer["reasons"])


def test_the_change_has_its_error_band(page: Page):
    # 712 and 1232 voxels of 0.02 mL; SEM 3.82 / 2.77 mL on either scan: 10.4 +- 1.96 sqrt(2) 1.379.
    change = [cells for cells in page.rows if cells and cells[0] == "ICH"]
    assert change == [["ICH", "14.2", "24.6", "+10.4, +73 %", "+6.6 to +14.2"]]


def test_one_file_without_script_or_anything_from_outside(page: Page, written: Path):
    html = (written / "report.html").read_text(encoding="utf-8")
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe", "object")]
    assert not [value for _, attributes in page.tags for value in attributes if value.startswith("on")]
    sources = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert all(source and source.startswith("data:image/png;base64,") for source in sources)
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_pictures_are_those_on_disk_and_are_described(page: Page, written: Path):
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    scans = ["figure-baseline.png", "figure-followup-1.png", "figure-growth-1.png"]
    names = ["figure-markers-baseline.png", *scans]
    assert [b64decode(str(each["src"]).split(",")[1]) for each in pictures] == [
        (written / name).read_bytes() for name in names
    ]
    markers, baseline, followup, growth = (str(each["alt"]) for each in pictures)
    assert baseline.startswith("Baseline: 8 axial slices of the head CT at W80 L40, R = patient's right")
    assert baseline.endswith("outlined: ICH, perihaematomal oedema.")
    assert followup.endswith("outlined: ICH, IVH, perihaematomal oedema.")
    assert markers.startswith("Baseline: one axial slice for each marker that is present")
    assert "new, stable and resolved" in growth


def test_what_the_input_says_is_shown_as_text(page: Page, written: Path):
    assert page.row("Series") == [SERIES, SERIES]
    assert f"Follow-up 1: {WARNING}" in page.words
    html = (written / "report.html").read_text(encoding="utf-8")
    assert "<i>vessels" not in html
    assert "<b>5.0" not in html


def test_provenance(page: Page):
    assert page.row("SHA-256 of the voxels") == ["ab12ab12ab12…"] * 2
    assert page.row("Weights, SHA-256") == ["model-1 = cd34cd34cd34…"]
    assert page.row("Parameters") == ["mapping = 1: ich; 2: ivh\ngrow = yes"]
    assert page.row("Slices as read") == ["28, regular", "28, gantry tilt"]
    assert page.row("Gantry tilt") == ["0°", "15.0°"]
    assert page.row("Geometry corrections") == ["none", "Tilt of 15° removed by shear."]
    assert page.row("Seconds") == ["read 0.4, segment 12.3; together 12.7"]
    assert page.row("Back-end") == ["mask"]


@pytest.mark.parametrize(
    ("bleeds", "row", "cells"),
    [
        ([Bleed(15)], "Midline shift", ["4.2 mm to the left"]),
        ([Bleed()], "Location of the ICH", ["— no ICH"]),
        ([Bleed()], "ICH by ABC/2", ["— no ICH"]),
        ([Bleed()], "Midline shift", ["— not measured"]),
        ([Bleed(15), Bleed(16, hours=None)], "Time after baseline", ["0 h", "— acquisition time not known"]),
    ],
)
def test_what_is_missing_says_why(bleeds: list[Bleed], row: str, cells: list[str]):
    page = Page(html_report(build_content(study(*bleeds).result, ())))
    assert page.row(row) == cells
