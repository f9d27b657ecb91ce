"""The report as a browser and a PDF viewer show it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from HematomaExpansionLib.report.write import write_study
from Testing.report.phantom import Bleed, study

# A page that shows the report in a frame of a given width and writes down what sticks out of it.
PROBE = """<!doctype html><body style="margin:0">
<iframe src="FOLDER/report.html" style="border:0;width:WIDTHpx;height:900px"></iframe>
<script>
const frame = document.querySelector("iframe");
frame.onload = () => {
  const page = frame.contentDocument;
  const out = [...page.querySelectorAll("main *")].filter(
    (each) => !each.closest("thead") && each.getBoundingClientRect().right > WIDTH + 1);
  document.title = JSON.stringify({
    width: page.documentElement.scrollWidth, height: page.documentElement.scrollHeight,
    out: out.map((each) => each.tagName + " " + each.textContent.slice(0, 40)),
    images: [...page.images].map((each) => each.naturalWidth),
    answers: page.querySelector(".answers").getBoundingClientRect().bottom,
  });
};
</script>"""


def tool(*names: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    pytest.skip(f"{' or '.join(names)} is not installed (debian-packages.txt)")


@pytest.fixture(scope="module")
def chromium() -> list[str]:
    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars"
    return [
        tool("chromium", "chromium-browser", "google-chrome"),
        *flags.split(),
        "--allow-file-access-from-files",
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_and_the_answer_is_on_the_first_screen(
    written: Path, chromium: list[str], tmp_path: Path, width: int
):
    probe = tmp_path / "probe.html"
    probe.write_text(PROBE.replace("FOLDER", str(written)).replace("WIDTH", str(width)), encoding="utf-8")
    ended = subprocess.run(
        [
            *chromium,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            str(probe),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.search(r"<title>(.*?)</title>", ended.stdout)
    assert found, ended.stdout[:500]
    measured = json.loads(found[1].replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))
    assert measured["out"] == []
    assert measured["width"] == width
    assert measured["images"] == [1280, 1280, 1280, 1280]
    assert measured["answers"] < 900


def test_the_browser_paints_the_page_to_its_right_edge(written: Path, chromium: list[str], tmp_path: Path):
    picture = tmp_path / "page.png"
    subprocess.run(
        [
            *chromium,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1280,1600",
            f"--screenshot={picture}",
            str(written / "report.html"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    ink = np.asarray(Image.open(picture).convert("L")) < 128
    assert ink.shape == (1600, 1280)
    columns = np.flatnonzero(ink.any(axis=0))
    # The text column is 60 rem = 960 px, in the middle, with equal margins.
    assert 160 <= columns[0] <= 190
    assert 1090 <= columns[-1] <= 1120


@pytest.mark.parametrize("followups", [1, 3])
def test_pdf_pages_keep_their_margins(tmp_path: Path, followups: int):
    pdftoppm = tool("pdftoppm")
    later = [Bleed(16 + index, 3 * index, hours=6.0 * index) for index in range(1, followups + 1)]
    write_study(study(Bleed(15), *later), tmp_path)
    subprocess.run(
        [pdftoppm, "-r", "50", "-gray", "-png", str(tmp_path / "report.pdf"), str(tmp_path / "page")],
        check=True,
        timeout=120,
    )
    pages = sorted(tmp_path.glob("page-*.png"))
    assert len(pages) >= 3
    margin = round(14 / 25.4 * 50)
    for path in pages:
        ink = np.asarray(Image.open(path).convert("L")) < 200
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        assert columns[0] >= margin
        assert columns[-1] < ink.shape[1] - margin
        assert rows[0] >= margin
        assert rows[-1] > 0.93 * ink.shape[0], f"{path.name}: no footer"
