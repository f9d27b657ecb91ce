"""The committed atlas: that its command makes it, and that it agrees with one drawn by others."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Region
from HematomaExpansionLib.resources import resource
from training.atlas import build

# Labels of the BLAST-CT atlas (blast_atlas_labels.csv).
STEM_AND_CEREBELLUM = (1, 2, 7, 21)
DEEP_GREY = (3, 4, 5, 6, 16, 17, 18, 19, 20, 30)
VENTRICLE = 31


@pytest.fixture(scope="module")
def built() -> dict[str, sitk.Image]:
    return build()


@pytest.mark.parametrize("name", ["template", "ventricles", "regions"])
def test_the_command_makes_the_committed_files(built: dict[str, sitk.Image], name: str):
    committed = sitk.ReadImage(str(resource("atlas", f"{name}.nii.gz")))
    assert built[name].GetSpacing() == committed.GetSpacing()
    assert built[name].GetOrigin() == pytest.approx(committed.GetOrigin())
    made, kept = (sitk.GetArrayFromImage(image).astype(int) for image in (built[name], committed))
    # Rounding of a Gaussian differs by one grey value between library versions; labels must not differ.
    assert np.max(np.abs(made - kept)) <= (0 if name == "regions" else 1)


def test_tissues_have_the_densities_of_ct(built: dict[str, sitk.Image]):
    template = sitk.GetArrayFromImage(built["template"])
    regions = sitk.GetArrayFromImage(built["regions"])
    ventricles = sitk.GetArrayFromImage(built["ventricles"]) > 230
    assert np.percentile(template[regions > 0], 99) == pytest.approx(37, abs=1)
    assert np.median(template[ventricles]) == pytest.approx(9, abs=3)


def test_it_agrees_with_an_independent_atlas(shared_data: Path, built: dict[str, sitk.Image]):
    folder = shared_data / "templates"
    other, mask = (
        sitk.Resample(
            sitk.ReadImage(str(folder / name)), built["regions"], sitk.Transform(), sitk.sitkNearestNeighbor
        )
        for name in ("blast_atlas_template_space.nii.gz", "blast_ct_template_mask.nii.gz")
    )
    labels = sitk.GetArrayFromImage(other) * (sitk.GetArrayFromImage(mask) > 0)
    regions = sitk.GetArrayFromImage(built["regions"])
    both = (regions > 0) & (labels > 0)
    ours, theirs = (
        np.isin(regions, (Region.BRAINSTEM, Region.CEREBELLUM)),
        np.isin(labels, STEM_AND_CEREBELLUM),
    )
    assert _dice(ours & both, theirs & both) > 0.88
    assert _dice((regions == Region.DEEP) & both, np.isin(labels, DEEP_GREY) & both) > 0.65
    # Theirs is drawn wide, round the ventricles of many patients; ours must lie inside it.
    ventricles = sitk.GetArrayFromImage(built["ventricles"]) > 127
    assert np.mean(labels[ventricles] == VENTRICLE) > 0.75


def _dice(first: np.ndarray, second: np.ndarray) -> float:
    return float(2 * np.count_nonzero(first & second) / (np.count_nonzero(first) + np.count_nonzero(second)))
