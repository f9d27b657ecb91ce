"""The sample study of the repository: a deep left bleed that grows and breaks into the ventricle.

``python -m training.simulate.sample --out Resources/sample``
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from .bleed import BleedSettings
from .case import Case
from .files import write
from .followup import TimePoint
from .host import HostSettings
from .pose import Pose
from .protocol import Protocol

SAMPLE = Case(
    seed=20240711,
    host=HostSettings(scale=(0.92, 0.90, 0.91), widening_mm=3.0),
    bleed=BleedSettings(
        centre_mni_mm=(6.0, -10.0, -27.0),
        reach_ml=14.0,
        lobes=5,
        irregularity=0.6,
        blood_hu=67.0,
    ),
    time_points=(
        TimePoint(0.0, 14.0, 0.0, pose=Pose((2.0, -1.0, 2.0), (1.0, 2.0, 0.0)), protocol=Protocol()),
        TimePoint(20.0, 24.0, 5.0, pose=Pose((-2.0, 2.0, -3.0), (-6.0, 5.0, 3.0)), protocol=Protocol()),
    ),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the sample study."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate.sample", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    torch.set_num_threads(1)
    write(SAMPLE, parser.parse_args(arguments).out)


if __name__ == "__main__":
    main()
