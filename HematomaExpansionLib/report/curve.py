"""Volumes over time."""

from collections.abc import Sequence

from ..labels import APPEARANCE, Label
from ..result import ScanResult
from .content import Figure
from .montage import png
from .wording import number

_TOTAL = "ICH + IVH"
_LOOKS = {
    Label.ICH.name: ("o", APPEARANCE[Label.ICH].colour),
    Label.IVH.name: ("s", APPEARANCE[Label.IVH].colour),
    _TOTAL: ("^", (0.25, 0.25, 0.25)),
}
_LEAST_SCANS = 3


def curve_figure(scans: Sequence[ScanResult]) -> Figure | None:
    """ICH, IVH and their sum over the hours since the baseline; None under three scans or without times."""
    hours = [0.0 if scan.timepoint == "baseline" else scan.hours_after_baseline for scan in scans]
    times = [hour for hour in hours if hour is not None]
    if len(scans) < _LEAST_SCANS or len(times) < len(scans):
        return None
    volumes = {
        label.name: [_ml(scan, APPEARANCE[label].key) for scan in scans] for label in (Label.ICH, Label.IVH)
    } | {_TOTAL: [scan.total_ml for scan in scans]}
    known = {name: [ml for ml in values if ml is not None] for name, values in volumes.items()}
    lines = {name: values for name, values in known.items() if len(values) == len(scans)}
    if not lines:
        return None
    said = "; ".join(f"{name} {', '.join(map(number, values))} mL" for name, values in lines.items())
    return Figure(
        file="figure-curve.png",
        png=_draw(times, lines),
        alt=f"Volumes at {', '.join(number(hour) for hour in times)} h: {said}.",
        caption="Volumes over the hours since the baseline CT.",
    )


def _ml(scan: ScanResult, key: str) -> float | None:
    found = scan.volumes.get(key)
    return None if found is None else found.ml


def _draw(times: Sequence[float], lines: dict[str, list[float]]) -> bytes:
    from matplotlib.figure import Figure as Sheet

    sheet = Sheet(figsize=(8.0, 3.2), dpi=160, layout="constrained")
    axes = sheet.add_subplot()
    for name, volumes in lines.items():
        marker, colour = _LOOKS[name]
        axes.plot(times, volumes, marker=marker, color=colour, linewidth=1.8, markersize=6, label=name)
    axes.set_xlabel("hours after the baseline CT")
    axes.set_ylabel("mL")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return png(sheet)
