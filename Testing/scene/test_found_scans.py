"""Which volumes are scans of one patient, in time order."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.scene.dicom_slices import copy_series
from HematomaExpansionLib.scene.found_scans import MADE, find_patients, hours_after
from HematomaExpansionLib.scene.volumes import volume_from_image
from Testing.ct.phantom import REGULAR, Head
from Testing.scene.conftest import load, put_under
from training.simulate.dicom_series import Slices, Tags, write_series

SLICES = Slices(REGULAR, pixel_mm=6.0, rows=32, columns=32, depth_samples=1)


def names(found: Any) -> list[list[str]]:
    return [[scan.volume.GetName() for scan in scans] for scans in found]


def small(name: str) -> Any:
    return volume_from_image(sitk.Image(16, 16, 16, sitk.sitkInt16), name)


def series(scene: Any, folder: Path, name: str, tags: Tags, study: int = 0) -> Any:
    return load(scene, *write_series(folder / name, Head(), SLICES, tags, seed=study), name=name)


def test_by_patient_and_date(scene: Any, tmp_path: Path) -> None:
    """The bone series of the first study is not taken for another scan."""
    first = Tags(patient_id="A", acquired=datetime(2031, 1, 1, 22, 30))
    series(scene, tmp_path, "later", replace(first, acquired=datetime(2031, 1, 2, 3, 42)), study=2)
    series(scene, tmp_path, "other", replace(first, patient_id="B"), study=3)
    bone = replace(first, number=9, description="Head bone", kernel="BONEPLUS")
    series(scene, tmp_path, "bone", bone, study=1)
    series(scene, tmp_path, "first", first, study=1)
    found = find_patients()
    assert names(found) == [["first", "later"], ["other"]]
    assert hours_after(found[0]) == [0.0, 5.2]


def test_what_is_no_scan(scene: Any) -> None:
    """Results of an analysis, volumes with too few slices, label maps and hidden volumes."""
    small("CT")
    small("result").SetAttribute(MADE, "1")
    small("hidden").SetHideFromEditors(True)
    volume_from_image(sitk.Image(16, 16, 3, sitk.sitkInt16), "localiser")
    scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    assert names(find_patients()) == [["CT"]]


def test_without_dates_in_the_order_of_loading(scene: Any) -> None:
    for name in ("second", "first"):
        small(name)
    found = find_patients()
    assert names(found) == [["second", "first"]]
    assert hours_after(found[0]) == [None, None]


def test_series_is_copied_unless_it_was_changed(scene: Any, tmp_path: Path) -> None:
    volume = series(scene, tmp_path, "CT", Tags())
    copied = copy_series(volume, tmp_path)
    assert copied is not None
    assert len(list(copied.iterdir())) == len(REGULAR)
    put_under(scene, volume, np.eye(4))
    assert copy_series(volume, tmp_path) is None
    assert copy_series(small("made here"), tmp_path) is None
