"""Bland-Altman figures: found - true against their mean, a panel for each class and back-end."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from .cases import Kind
from .measures import Class
from .summary import LEAST_ML, Result, accuracy

SHOWN = (Class.ICH, Class.IVH, Class.ANY)


def bland_altman(results: Mapping[str, Sequence[Result]], kind: Kind, path: Path) -> None:
    """Draw and write one figure.

    Args:
        results: of the scans of one kind, by back-end.
        kind: where their truth comes from; it stands in the title.
        path: PNG to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.2 * len(results) + 0.6, 2.8 * len(SHOWN) + 0.6), layout="constrained")
    panels = figure.subplots(len(SHOWN), len(results), squeeze=False, sharex="row", sharey="row")
    for row, class_ in zip(panels, SHOWN, strict=True):
        for panel, (backend, scans) in zip(row, results.items(), strict=True):
            measured = [m for r in scans if (m := r.measures[class_]) is not None]
            measured = [m for m in measured if m.truth_ml >= LEAST_ML]
            means = np.array([(m.truth_ml + m.found_ml) / 2 for m in measured])
            differences = np.array([m.found_ml - m.truth_ml for m in measured])
            panel.axhline(0, color="0.8", linewidth=0.8)
            panel.scatter(means, differences, s=12, alpha=0.6, color="#0072b2", linewidths=0)
            agreement = accuracy(scans, class_)
            if agreement is not None:
                panel.axhline(agreement.bias_ml.value, color="#d55e00", linewidth=1.2)
                for limit in (agreement.lower_limit_ml, agreement.upper_limit_ml):
                    if limit is not None:
                        panel.axhline(limit.value, color="#d55e00", linewidth=1, linestyle="--")
            panel.set_title(
                f"{backend}: {class_.value.upper() if len(class_) == 3 else class_.value}", fontsize=9
            )
            panel.tick_params(labelsize=8)
    for panel in panels[:, 0]:
        panel.set_ylabel("found - true, mL", fontsize=8)
    for panel in panels[-1]:
        panel.set_xlabel("mean of found and true, mL", fontsize=8)
    figure.suptitle(f"Volume agreement, {kind}\nmean difference and 95 % limits", fontsize=10)
    figure.savefig(path, dpi=120)
