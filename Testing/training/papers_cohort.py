"""A simulated cohort with radiomics features and predictions of networks, made for tests."""

import csv
from pathlib import Path

import numpy as np

from training.simulate.cohort import draw_cohort, write_cohort

FEATURES = [f"original_f{number}" for number in range(8)]


def write_inputs(folder: Path, patients: int, seed: int, split: bool = True) -> Path:
    """Write ``cohort.csv``, ``features.csv`` and ``predictions.csv``, which know the risk a little.

    Args:
        folder: where.
        patients: how many.
        seed: of everything.
        split: give a column with training, test and external patients.
    """
    drawn = draw_cohort(patients, seed)
    path = folder / "cohort.csv"
    write_cohort(drawn, path, seed)
    rng = np.random.default_rng(seed)
    with path.open() as stream:
        header, *rows = list(csv.reader(stream))
    if split:
        header.append("split")
        rows = [[*row, ("train", "train", "train", "test", "external")[n % 5]] for n, row in enumerate(rows)]
        write(path, [header, *rows])
    lines = [["case", "label", "settings", "settings_sha256", "software", "extent", *FEATURES]]
    said = [["patient", "model", "probability", "unlike_paper"]]
    for row, patient in zip(rows, drawn, strict=True):
        for settings in ("ning2025", "lu2024"):
            values = rng.normal(size=len(FEATURES))
            values[0] += 6 * patient.risk
            lines.append([row[0], "ich", settings, "", "", "", *values])
        for model in (
            "lee2024-image",
            "ning2025-cnn",
            "ning2025-3d-resnet101",
            "zhong2021-cnn",
            "lu2024-resnet50",
        ):
            probability = 1 / (1 + np.exp(-(3 * patient.risk - 1.5 + 0.7 * rng.normal())))
            unlike = "size 112, width 16" if model == "ning2025-cnn" else ""
            said.append([row[0], model, f"{probability:.6f}", unlike])
    write(folder / "features.csv", lines)
    write(folder / "predictions.csv", said)
    return path


def write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
