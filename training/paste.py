"""Bleeds pasted into a real head CT without blood: for evaluation only, no training ever uses them.

``python -m training.paste HOST --cases 12 --seed 1 --out DIR`` writes case folders with their truth.

The paste model shares nothing with the simulator's: a bleed is an ellipsoid whose radius waves with
direction, with a soft rim, an eccentric core and a texture of plane waves, and it keeps the noise of the scan
it is put into; blood in the ventricles replaces the scan's own CSF, as a cast round a place or layered at the
back, with the partial volume of the real wall. Nothing is pushed aside and there is no oedema. So figures
measured on these cases say how a method does on pasted bleeds in a real head, not on real haemorrhage.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.ct.anatomy import Anatomy, locate_anatomy
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.errors import HematomaExpansionError
from HematomaExpansionLib.labels import Label

from .host_anatomy import HostAnatomy, host_anatomy
from .paste_blood import intraventricular, parenchymal, texture

if TYPE_CHECKING:
    import SimpleITK as sitk

LABEL_VALUES = {"ich": int(Label.ICH), "ivh": int(Label.IVH)}
LARGEST_IVH_SHARE = 0.7
"""Of the ventricles' volume; more than that would enlarge them."""


@dataclass(frozen=True)
class Plan:
    """One kind of bleed.

    Attributes:
        site: its name.
        mni_mm: middle, template coordinates (superior, anterior, right).
        ich_ml: parenchymal blood; 0 for blood in the ventricles alone.
        ivh_ml: blood in the ventricles.
        cast_share: share of it that clots round the place nearest to the bleed; the rest is layered.
    """

    site: str
    mni_mm: tuple[float, float, float]
    ich_ml: float
    ivh_ml: float = 0.0
    cast_share: float = 0.0


PLANS = (
    Plan("left putamen", (4, -2, -28), 12),
    Plan("right thalamus", (8, -18, 15), 8, 4, 0.5),
    Plan("left frontal lobe", (28, 30, -30), 30),
    Plan("left thalamus", (10, -16, -17), 18, 10, 0.8),
    Plan("right parietal lobe", (34, -48, 34), 42, 2, 0.0),
    Plan("ventricles", (14, -12, 12), 0, 6, 0.3),
    Plan("right cerebellum", (-36, -62, 26), 10, 1.5, 1.0),
    Plan("right putamen", (6, -2, 30), 52, 14, 0.7),
    Plan("left temporal lobe", (-12, -24, -50), 5),
    Plan("left occipital lobe", (6, -78, -26), 3, 1.2, 0.0),
    Plan("right caudate", (12, 8, 16), 2, 3, 0.6),
    Plan("pons", (-28, -26, 2), 1.2),
)


@dataclass(frozen=True)
class Pasted:
    """One pasted case.

    Attributes:
        name: ``01-left-putamen`` and so on.
        image: int16 CT with the geometry of the host.
        labels: uint8, 1 ICH and 2 IVH, on the same grid.
        truth_ml: volumes of the two labels by key: voxels x voxel volume.
    """

    name: str
    image: "sitk.Image"
    labels: "sitk.Image"
    truth_ml: dict[str, float]


def paste(scan: HeadCT, anatomy: Anatomy, seed: int, cases: int = len(PLANS)) -> Iterator[Pasted]:
    """Paste bleeds into a head, one case after the other.

    Args:
        scan: a head CT without blood.
        anatomy: its anatomy.
        seed: the same seed gives the same cases; a case does not depend on how many there are.
        cases: how many; the plans are gone through in order, and again on the other side.
    """
    host = host_anatomy(scan, anatomy)
    for number in range(cases):
        plan = PLANS[number % len(PLANS)]
        mirrored = number // len(PLANS) % 2 == 1
        superior, anterior, right = plan.mni_mm
        rng = np.random.default_rng([seed, number])
        middle = np.array([superior, anterior, -right if mirrored else right]) + rng.normal(0, 2.5, 3)
        more, or_less = rng.uniform(0.85, 1.15, 2)
        drawn = replace(plan, mni_mm=tuple(middle), ich_ml=plan.ich_ml * more, ivh_ml=plan.ivh_ml * or_less)
        name = f"{number + 1:02d}-{plan.site.replace(' ', '-')}{'-mirrored' if mirrored else ''}"
        yield _paste_one(name, scan, host, drawn, rng)


def _paste_one(name: str, scan: HeadCT, host: HostAnatomy, plan: Plan, rng: np.random.Generator) -> Pasted:
    import SimpleITK as sitk

    wanted = np.array(plan.mni_mm, dtype=np.float32)[:, None, None, None]
    away = np.where(host.brain, ((host.mni_mm - wanted) ** 2).sum(axis=0), np.inf)
    middle = np.unravel_index(int(np.argmin(away)), away.shape)
    # Clots are this much denser than brain; the scan's HU may be off, so the brain is measured.
    contrast = float(rng.uniform(28, 44))
    hu, labels = scan.hu, np.zeros(away.shape, dtype=np.uint8)
    if plan.ich_ml > 0:
        share, ich = parenchymal(scan, host, middle, round(plan.ich_ml / scan.voxel_ml), rng)
        density = host.brain_hu + contrast - texture(scan, middle, rng)
        hu += share * (density - host.quiet)
        labels[ich] = Label.ICH
    if plan.ivh_ml > 0:
        room = np.count_nonzero((host.ventricles > 0) & (labels == 0))
        count = min(round(plan.ivh_ml / scan.voxel_ml), int(LARGEST_IVH_SHARE * room))
        ivh, share = intraventricular(scan, host, middle, labels == 0, count, plan.cast_share)
        hu += share * (host.brain_hu + contrast - 4 - host.csf_hu)
        labels[ivh] = Label.IVH
    image = sitk.GetImageFromArray(np.rint(hu).astype(np.int16))
    truth = sitk.GetImageFromArray(labels)
    for made in (image, truth):
        made.CopyInformation(scan.image)
    counts = {key: np.count_nonzero(labels == value) for key, value in LABEL_VALUES.items()}
    return Pasted(name, image, truth, {key: float(count * scan.voxel_ml) for key, count in counts.items()})


def write(pasted: Pasted, folder: Path) -> None:
    """Write a case folder: ``baseline.nii.gz``, ``baseline-labels.nii.gz`` and ``truth.json``."""
    import SimpleITK as sitk

    folder.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(pasted.image, str(folder / "baseline.nii.gz"), useCompression=True)
    sitk.WriteImage(pasted.labels, str(folder / "baseline-labels.nii.gz"), useCompression=True)
    scan = {
        "name": "baseline",
        "image": "baseline.nii.gz",
        "labels": "baseline-labels.nii.gz",
        "label_volume_ml": pasted.truth_ml,
    }
    truth = {"version": 1, "kind": "pasted bleeds", "label_values": LABEL_VALUES, "scans": [scan]}
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n")


def main() -> None:
    """Write the cases of one host."""
    parser = argparse.ArgumentParser(
        prog="python -m training.paste",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("host", type=Path, help="head CT without blood: DICOM folder, NIfTI or NRRD")
    parser.add_argument("--cases", type=int, default=len(PLANS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    options = parser.parse_args()
    if options.cases < 1 or options.seed < 0:
        parser.error("--cases must be at least 1 and --seed at least 0")
    try:
        scan = read_ct(options.host)
        for pasted in paste(scan, locate_anatomy(scan), options.seed, options.cases):
            write(pasted, options.out / f"pasted-{pasted.name}")
            print(f"{pasted.name}: ICH {pasted.truth_ml['ich']:.1f} mL, IVH {pasted.truth_ml['ivh']:.1f} mL")
    except HematomaExpansionError as error:
        parser.exit(error.exit_code, f"python -m training.paste: {error}\n")


if __name__ == "__main__":
    main()
