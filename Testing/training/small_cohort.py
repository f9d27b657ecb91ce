"""A cohort with images small enough to train on in seconds: the sample's scans, shrunk, again and again."""

import csv
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from Testing.conftest import ROOT

SAMPLE = ROOT / "Resources" / "sample"
PIXELS = 56


def write_small_cohort(folder: Path, patients: int = 40, seed: int = 1) -> Path:
    """Write ``cohort.csv``; half of the patients expand, more of them those with the larger bleed."""
    files = {name: _shrunk(name, folder) for name in ("baseline", "followup-1")}
    rng = np.random.default_rng(seed)
    header = ["patient", "age_years", "gcs_total", "fibrinogen_mg_dl", "sbp_mmhg", "onset_to_ct_h"]
    header += ["ich_ml", "ivh_ml", "ivh", "followup_ich_ml", "followup_ivh_ml", "island", "swirl", "location"]
    path = folder / "cohort.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*header, "baseline", "baseline_mask"])
        for number in range(patients):
            name = "followup-1" if number % 2 else "baseline"
            expands = rng.random() < (0.7 if number % 2 else 0.3)
            ml = 20.0 + 10 * (number % 2)
            age, gcs = int(rng.integers(40, 90)), int(rng.integers(3, 16))
            row = [f"p{number:02d}", age, gcs, int(rng.integers(150, 500)), int(rng.integers(120, 220))]
            row += [round(float(rng.uniform(1, 12)), 1), ml, 0, 0, ml + (9 if expands else 1), 0]
            row += [int(rng.integers(2)), int(rng.integers(2)), "deep" if rng.random() < 0.6 else "lobar"]
            writer.writerow([*row, *files[name]])
    path.with_name("cohort-dictionary.json").write_text('{"cohort": {"simulated": true}, "columns": []}')
    return path


def _shrunk(name: str, folder: Path) -> tuple[str, str]:
    written = []
    for part, interpolator in (("", sitk.sitkLinear), ("-labels", sitk.sitkNearestNeighbor)):
        image = sitk.ReadImage(str(SAMPLE / f"{name}{part}.nii.gz"))
        size = [PIXELS, PIXELS, image.GetSize()[2]]
        spacing = [
            step * old / new for step, old, new in zip(image.GetSpacing(), image.GetSize(), size, strict=True)
        ]
        small = sitk.Resample(
            image, size, sitk.Transform(), interpolator, image.GetOrigin(), spacing, image.GetDirection()
        )
        small = small[:, :, ::2]
        sitk.WriteImage(small, str(folder / f"{name}{part}.nii.gz"))
        written.append(f"{name}{part}.nii.gz")
    return written[0], written[1]
