"""What one sign implies of another, on 500 random masks with random densities."""

from collections import Counter

import numpy as np
from scipy import ndimage

from HematomaExpansionLib.markers.clot import Brain, Preparation, prepare
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.parameters import MarkerParameters
from HematomaExpansionLib.markers.read import Markers, read_clot
from Testing.markers.drawing import SUPINE

SHAPE = (3, 32, 32)


def random_clot(seed: int) -> Markers:
    """Blobs of blood of every size, in densities that vary smoothly, jump, and are pierced."""
    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.standard_normal(SHAPE), (0.5, *[rng.uniform(1.5, 5)] * 2))
    distance = np.hypot(*(np.indices(SHAPE)[1:] - 15.5)) / 15.5
    ich = field / field.std() > rng.uniform(0.5, 3) * distance - rng.uniform(-0.5, 1.5)
    ich[:, [0, -1]] = ich[:, :, [0, -1]] = False
    ich[1, 16, 16] = True
    texture = ndimage.gaussian_filter(rng.standard_normal(SHAPE), (0.5, *[rng.uniform(0.5, 3)] * 2))
    hu = 60 + rng.uniform(0, 12) * texture / texture.std()
    for _ in range(rng.integers(0, 5)):
        y, x = rng.uniform(5, 27, 2)
        hole = np.hypot(*(np.indices(SHAPE)[1:] - np.array([y, x])[:, None, None, None])) < rng.uniform(1, 5)
        hu[hole] -= rng.uniform(5, 45)
    if rng.random() < 0.4:
        side = np.indices(SHAPE)[rng.integers(1, 3)] < rng.uniform(8, 24)
        hu[side] -= rng.uniform(8, 35)
    hu = np.where(ich, hu, 33).astype(np.float32)
    brain = Brain(33.0, float(rng.choice([0.0, 4.0, 12.0])))
    clot = prepare(hu, ich, np.zeros(SHAPE, dtype=bool), (5.0, 1.0, 1.0), brain, Preparation())
    return read_clot(clot, SUPINE, MarkerParameters())


def test_all_implications_hold_on_500_random_masks() -> None:
    seen: Counter[str] = Counter()
    for seed in range(500):
        markers = random_clot(seed)
        found = markers.findings
        told = {marker: each.state is not State.ABSENT for marker, each in found.items()}
        seen.update(str(marker) for marker, each in found.items() if each.present)
        if told[Marker.BLACK_HOLE]:
            assert told[Marker.HYPODENSITY], seed
        if found[Marker.BLACK_HOLE].present:
            assert found[Marker.HYPODENSITY].present, seed
            inside = found[Marker.HYPODENSITY].evidence[found[Marker.BLACK_HOLE].evidence > 0]
            assert inside.all(), seed
        if found[Marker.SWIRL].measures.get("encapsulated"):
            seen["encapsulated swirl"] += 1
            assert told[Marker.HYPODENSITY], seed
        heterogeneous = found[Marker.HETEROGENEOUS_DENSITY]
        if told[Marker.HETEROGENEOUS_DENSITY] and heterogeneous.measures["encapsulated"]:
            seen["heterogeneous, encapsulated"] += 1
            assert told[Marker.HYPODENSITY], seed
        largest = markers.record.largest_slice
        apart = found[Marker.IRREGULAR_SHAPE].measures["separate"]
        if found[Marker.ISLAND].present and apart >= 2:
            seen["island, separate on the largest slice"] += 1
            assert found[Marker.IRREGULAR_SHAPE].present, seed
        assert not (found[Marker.BLEND].evidence & found[Marker.BLACK_HOLE].evidence).any(), seed
        assert not (
            found[Marker.BLEND].present
            and found[Marker.FLUID_LEVEL].present
            and (found[Marker.BLEND].evidence & found[Marker.FLUID_LEVEL].evidence).sum() * 2
            > found[Marker.BLEND].evidence.sum()
        ), seed
        assert 0 <= largest < SHAPE[0]
        check_findings(markers)
    # Each premise was met: an implication that is never tried proves nothing.
    for premise in (*Marker, "encapsulated swirl", "heterogeneous, encapsulated"):
        assert seen[str(premise)] >= 5, (premise, seen)
    assert seen["island, separate on the largest slice"] >= 5


def check_findings(markers: Markers) -> None:
    for marker, found in markers.findings.items():
        assert found.marker is marker
        assert found.evidence.shape == SHAPE
        assert found.evidence.dtype == np.uint8
        assert 0.5 <= found.confidence <= 1
        assert found.evidence.any() == (found.state is not State.ABSENT)
        assert (found.slice_index is None) == (found.state is State.ABSENT)
        if found.slice_index is not None:
            assert found.evidence[found.slice_index].any()
