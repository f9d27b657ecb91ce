"""The sample study of the project: a deep left bleed that grows and breaks into the lateral ventricle."""

import argparse
from pathlib import Path

from .bleed import BleedSettings
from .case import Case, write
from .followup import TimePoint
from .host import HostSettings
from .scanner import Pose, Protocol

# Growth of 10 mL and 71 % and 5 mL of new IVH are far from the limits of every definition of expansion.
SAMPLE = Case(
    seed=20240711,
    host=HostSettings(scale=(0.92, 0.90, 0.91), widening_mm=3.0, atrophy=1.0),
    bleed=BleedSettings(
        centre_mni_mm=(6.0, -10.0, -27.0), reach_ml=14.0, lobes=5, irregularity=0.6, blood_hu=67.0
    ),
    time_points=(
        TimePoint(0.0, 14.0, 0.0, Pose((2.0, -1.0, 2.0), (1.0, 2.0, 0.0)), Protocol()),
        TimePoint(20.0, 24.0, 5.0, Pose((-2.0, 2.0, -3.0), (-6.0, 5.0, 3.0)), Protocol()),
    ),
)


def main() -> None:
    """Write the sample study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write the study into")
    folder = parser.parse_args().out
    for name, scan in zip(("baseline", "followup-1"), write(SAMPLE, folder), strict=True):
        print(f"{folder / name}.nii.gz: {scan.truth_ml} mL, on voxels {scan.labels_ml} mL")


if __name__ == "__main__":
    main()
