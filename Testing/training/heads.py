"""Simulated heads of two dozen coarse slices, made in milliseconds, and the cohort that they are of."""

import csv
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label

SIZE = (24, 64, 64)
SPACING_MM = (6.0, 3.5, 3.5)


def write_head(folder: Path, name: str, radius_mm: float, off_mm: float, seed: int) -> tuple[Path, Path]:
    """A skull round brain of 35 HU, with a ball of blood of 65 HU to the left of the middle.

    Args:
        folder: where ``NAME.nii.gz`` and ``NAME-labels.nii.gz`` are written.
        name: of the patient.
        radius_mm: of the blood.
        off_mm: from the middle to the blood's centre.
        seed: of the noise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    z, y, x = np.meshgrid(
        *((np.arange(n) - (n - 1) / 2) * step for n, step in zip(SIZE, SPACING_MM, strict=True)),
        indexing="ij",
    )
    outer = (z / 90) ** 2 + (y / 95) ** 2 + (x / 75) ** 2
    hu = np.full(SIZE, -1000.0)
    hu[outer < 1.12] = 20
    hu[outer < 1] = 900
    hu[outer < 0.8] = 35
    blood = z**2 + y**2 + (x - off_mm) ** 2 < radius_mm**2
    hu[blood] = 65
    hu += np.random.default_rng(seed).normal(0, 3, SIZE)
    files = folder / f"{name}.nii.gz", folder / f"{name}-labels.nii.gz"
    for file, voxels in zip(files, (hu.astype(np.int16), blood.astype(np.uint8) * Label.ICH), strict=True):
        image = sitk.GetImageFromArray(voxels)
        image.SetSpacing(SPACING_MM[::-1])
        image.SetOrigin([-(n - 1) / 2 * step for n, step in zip(SIZE, SPACING_MM, strict=True)][::-1])
        sitk.WriteImage(image, str(file))
    return files


def write_cohort(folder: Path, patients: int) -> Path:
    """Patients of whom each second one's bleed is large and expands; ``cohort.csv``."""
    table = folder / "cohort.csv"
    rows = []
    for number in range(patients):
        expands = number % 2 == 1
        name = f"p{number}"
        files = write_head(folder / "scans", name, 26 if expands else 14, 20 + number, number)
        paths = [file.relative_to(folder) for file in files]
        rows.append([name, *paths, 30, 0, 40 if expands else 31, 0])
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["patient", "baseline", "baseline_mask", "ich_ml", "ivh_ml", "followup_ich_ml", "followup_ivh_ml"]
        )
        writer.writerows(rows)
    (folder / "cohort-dictionary.json").write_text('{"cohort": {"simulated": true}}')
    return table
