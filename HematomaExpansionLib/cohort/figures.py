"""The pictures of a cohort: how large the bleeds are, and how much each of them changed."""

from collections.abc import Sequence

from ..report.content import Figure
from ..report.headline import decisive_change
from ..report.montage import png
from ..result import StudyResult
from ..statistics.figures.style import BLUE, VERMILION
from .summary import ml_of

_UNKNOWN_GREY = "0.6"
_SIZE_INCHES, _DPI = (5.8, 2.6), 220
"""Small inches, so that the words are still read on a telephone."""
_LEAST_BARS = 20
"""Room for so many, that the bars of a few patients are no blocks."""


def volume_figure(studies: Sequence[StudyResult]) -> Figure | None:
    """Histogram of the ICH at the baseline; None where no volume is known."""
    from matplotlib.figure import Figure as Sheet
    from matplotlib.ticker import MaxNLocator

    volumes = [ml for ml in (ml_of(study.scans[0], "ich") for study in studies) if ml is not None]
    if not volumes:
        return None
    sheet = Sheet(figsize=_SIZE_INCHES, dpi=_DPI, layout="constrained")
    axes = sheet.add_subplot()
    width = next(step for step in (1, 2, 5, 10, 20, 50) if max(volumes) / step <= 20 or step == 50)
    edges = [width * number for number in range(int(max(volumes) // width) + 2)]
    axes.hist(volumes, edges, color=BLUE, edgecolor="white")
    axes.set_xlim(0, edges[-1])
    axes.set_xlabel("ICH at the baseline, mL")
    axes.set_ylabel("patients")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    return Figure(
        file="figure-volumes.png",
        png=png(sheet),
        alt=f"Histogram of the ICH at the baseline of {len(volumes)} patients.",
        caption=f"Parenchymal blood at the baseline, {len(volumes)} patients, in steps of {width} mL.",
    )


def change_figure(studies: Sequence[StudyResult]) -> Figure | None:
    """Change of the ICH, one bar a patient from the largest; None where no change is known."""
    from matplotlib.figure import Figure as Sheet
    from matplotlib.ticker import MaxNLocator

    changes = [change for change in map(decisive_change, studies) if change is not None]
    known = [(change.ich_ml, change.expansion) for change in changes if change.ich_ml is not None]
    if not known:
        return None
    bars = sorted(
        ((ml, next((a.expanded for a in answers if a.definition == "che"), None)) for ml, answers in known),
        key=lambda bar: -bar[0],
    )
    looks = {
        True: (VERMILION, "//", "cHE"),
        False: (BLUE, "", "no cHE"),
        None: (_UNKNOWN_GREY, "..", "not known"),
    }
    sheet = Sheet(figsize=_SIZE_INCHES, dpi=_DPI, layout="constrained")
    axes = sheet.add_subplot()
    for answer, (colour, hatch, name) in looks.items():
        chosen = [(place, ml) for place, (ml, said) in enumerate(bars, start=1) if said is answer]
        if chosen:
            places, heights = zip(*chosen, strict=True)
            axes.bar(places, heights, width=0.8, color=colour, hatch=hatch, edgecolor="white", label=name)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xlim(0, max(len(bars), _LEAST_BARS) + 1)
    axes.axhline(6, color="0.4", linewidth=0.8, linestyle="--")
    axes.annotate("6 mL", (1, 6), (2, 2), ("axes fraction", "data"), "offset points", color="0.3", ha="left")
    axes.set_xlabel("patients, by change")
    axes.set_ylabel("change of ICH, mL")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    return Figure(
        file="figure-changes.png",
        png=png(sheet),
        alt=f"Change of the ICH of {len(bars)} patients, from the largest growth to the largest shrinkage.",
        caption="Change of the parenchymal blood to the follow-up that has the most of it, one bar a "
        "patient. The dashed line is the absolute limit of cHE; smaller growth counts from 33 % on.",
    )
