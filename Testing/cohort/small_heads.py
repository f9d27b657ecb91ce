"""A cohort of small heads with masks, to analyse in seconds."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from Testing.ct.phantom import Head

BAD = "not a scan"
SIZE_XYZ = (64, 64, 34)
SPACING_XYZ = (3.2, 3.4, 4.5)


def write_head(folder: Path, name: str, radius_mm: float) -> tuple[str, str]:
    """Write a head with a ball of blood and its mask; the names of the two files."""
    points = [(np.arange(n) - (n - 1) / 2) * step for n, step in zip(SIZE_XYZ, SPACING_XYZ, strict=True)]
    z, y, x = np.meshgrid(*points[::-1], indexing="ij")
    head = Head(radius_mm=radius_mm)
    hu = head(x, y, z)
    # Noise of its own for each head, without which the markers would be read in a perfectly even clot.
    hu += np.random.default_rng(round(radius_mm * 1000)).normal(0, 3, hu.shape)
    cx, cy, cz = head.centre_mm
    inside = (x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 <= radius_mm**2
    files = (f"{name}.nii.gz", f"{name}-mask.nii.gz")
    for file, array in zip(files, (hu.astype(np.int16), inside.astype(np.uint8)), strict=True):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(SPACING_XYZ)
        image.SetOrigin([float(axis[0]) for axis in points])
        sitk.WriteImage(image, str(folder / file))
    return files


def write_cohort(folder: Path, radii_mm: Mapping[str, Sequence[float]], broken: Sequence[str] = ()) -> Path:
    """Write ``cohort.csv``: the radius of the bleed at the baseline and the follow-up, if there is one.

    The baseline of those who are ``broken`` is a file that cannot be read.
    """
    rows = []
    for number, (patient, radii) in enumerate(radii_mm.items()):
        row = {"patient": patient, "age_years": 50 + number, "gcs_total": 3 + number % 13}
        for scan, radius in zip(("baseline", "followup"), radii, strict=False):
            row[scan], row[f"{scan}_mask"] = write_head(folder, f"{patient}-{scan}", radius)
        if len(radii) > 1:
            row["ct_to_followup_h"] = 24
        if patient in broken:
            (folder / row["baseline"]).write_text(BAD)
        rows.append(row)
    path = folder / "cohort.csv"
    columns = ("patient", "age_years", "gcs_total", "baseline", "baseline_mask", "followup", "followup_mask")
    with path.open("w", newline="") as stream:
        table = csv.DictWriter(stream, (*columns, "ct_to_followup_h"))
        table.writeheader()
        table.writerows(rows)
    return path
