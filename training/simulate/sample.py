"""The sample study of the repository: a deep left bleed that grows and breaks into the ventricle.

``python -m training.simulate.sample --out Resources/sample``
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.markers.marker import Marker

from .bleed import BleedSettings
from .case import Case, simulate
from .files import write_scans
from .followup import TimePoint
from .host import HostSettings
from .pose import Pose
from .protocol import Protocol
from .simulated_scan import SimulatedScan

SAMPLE = Case(
    seed=20240711,
    host=HostSettings(scale=(0.92, 0.90, 0.91), widening_mm=3.0),
    bleed=BleedSettings(
        centre_mni_mm=(6.0, -10.0, -27.0),
        reach_ml=14.0,
        lobes=5,
        irregularity=0.6,
        blood_hu=67.0,
        yielding=0.3,
        markers=frozenset({Marker.BLACK_HOLE, Marker.SWIRL, Marker.SATELLITE}),
    ),
    time_points=(
        TimePoint(0.0, 14.0, 0.0, pose=Pose((2.0, -1.0, 2.0), (1.0, 2.0, 0.0)), protocol=Protocol()),
        TimePoint(20.0, 24.0, 5.0, pose=Pose((-2.0, 2.0, -3.0), (-6.0, 5.0, 3.0)), protocol=Protocol()),
    ),
)


def sample_scans() -> list[SimulatedScan]:
    """The two scans, with the blood alone in their labels: they serve as a reader's masks.

    The oedema is in the images; its volume on the fine grid is in the truth.
    """
    return [
        replace(
            scan,
            labels=np.where(scan.labels == Label.OEDEMA, 0, scan.labels).astype(np.uint8),
            truth_ml={name: scan.truth_ml[name] for name in ("ich", "ivh")},
        )
        for scan in simulate(SAMPLE)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the sample study."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate.sample", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    torch.set_num_threads(1)
    write_scans(SAMPLE, sample_scans(), parser.parse_args(arguments).out)


if __name__ == "__main__":
    main()
