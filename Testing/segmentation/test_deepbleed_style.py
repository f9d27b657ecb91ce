"""The DeepBleed-style back-end: its grid by hand, and from a training by the command to a mask."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import torch

from HematomaExpansionLib.bundle import METADATA, read_bundle
from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.atlas import atlas, fit_affine
from HematomaExpansionLib.ct.brain import brain_mask
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.deepbleed_style import DeepBleedSegmenter, is_installed
from HematomaExpansionLib.segmentation.template_grid import TemplateGrid, affine_part
from Testing.conftest import Command
from Testing.training.small_cohort import write_small_cohort
from training import deepbleed_style


def moved(mm: float) -> sitk.AffineTransform:
    transform = sitk.AffineTransform(3)
    transform.SetTranslation((mm, 0.0, 0.0))
    return transform


@pytest.fixture(scope="module")
def cube() -> tuple[sitk.Image, sitk.Image]:
    """60 HU in a cube of 30 mm about the template's middle, 20 HU around it, in 3 mm voxels; all is brain."""
    template = atlas("template")
    middle = template.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in template.GetSize()])
    hu = np.full((64, 64, 64), 20.0, np.float32)
    hu[27:37, 27:37, 27:37] = 60.0
    image = sitk.GetImageFromArray(hu)
    image.SetSpacing((3.0,) * 3)
    image.SetOrigin([place - 31.5 * 3 for place in middle])
    return image, sitk.Cast(image > 0, sitk.sitkUInt8)


def test_the_grid_is_deepbleeds_and_the_template_is_in_its_middle(cube: tuple[sitk.Image, sitk.Image]):
    """20 voxels of 1.5 mm in the middle of 128; 3 mm to the right in the template is 2 voxels."""
    image, brain = cube
    found = TemplateGrid().brain_of(image, brain, moved(0.0))
    assert found.shape == (128, 128, 128)
    dense = np.argwhere(found > 40)
    np.testing.assert_array_equal(dense.min(axis=0), [54] * 3)
    np.testing.assert_array_equal(dense.max(axis=0), [73] * 3)
    shifted = np.argwhere(TemplateGrid().brain_of(image, brain, moved(3.0)) > 40)
    np.testing.assert_array_equal(shifted.min(axis=0), [54, 54, 56])


def test_outside_the_brain_and_beyond_the_window_there_is_nothing(cube: tuple[sitk.Image, sitk.Image]):
    image, brain = cube
    grid = TemplateGrid(32, 6.0)
    assert grid.brain_of(image * 10, brain, moved(0.0)).max() == pytest.approx(100.0)
    assert not grid.brain_of(image, brain * 0, moved(0.0)).any()


def test_a_mask_keeps_its_volume_there_and_back(cube: tuple[sitk.Image, sitk.Image]):
    image, _ = cube
    mask = sitk.Cast(image > 40, sitk.sitkUInt8)
    grid, turned = TemplateGrid(), moved(7.0)
    turned.Rotate(0, 1, 0.2)
    share = grid.share_of(mask, turned)
    assert share.sum() * 1.5**3 == pytest.approx(30**3, rel=0.01)
    back = grid.back(share, image, turned)
    assert back.sum() * 3**3 == pytest.approx(30**3, rel=0.02)
    assert (back[28:36, 28:36, 28:36] > 0.5).all()


def test_only_the_affine_part_is_used():
    affine, other = moved(2.0), moved(5.0)
    both = sitk.CompositeTransform([affine, other])
    assert affine_part(both).TransformPoint((0.0, 0.0, 0.0)) == (2.0, 0.0, 0.0)
    assert affine_part(affine).TransformPoint((0.0, 0.0, 0.0)) == (2.0, 0.0, 0.0)


def test_without_weights_the_shell_says_how_to_get_them(tmp_path: Path, sample: Path, command: Command):
    """Before any work is done, and `models list` says so too."""
    empty = {"HEMATOMA_EXPANSION_MODELS": str(tmp_path)}
    out = tmp_path / "out.nii.gz"
    ended = command(
        "segment", sample / "baseline.nii.gz", "--segmenter", "deepbleed-style", "--out", out, **empty
    )
    assert ended.code == 4
    assert "train them with `python -m training.deepbleed_style`" in ended.err
    assert "deepbleed-style: not installed" in command("models", "list", **empty).err


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample's scans, and a bundle that the command trained on them for a moment."""
    folder = tmp_path_factory.mktemp("deepbleed")
    write_small_cohort(folder, 8)
    threads = torch.get_num_threads()
    assert deepbleed_style.main(training_of(folder)) == 0
    torch.set_num_threads(threads)
    return folder / "baseline.nii.gz", folder / "deepbleed-style"


def training_of(folder: Path) -> list[str]:
    tiny = "--voxels 32 --spacing-mm 6 --width 2 --epochs 1 --batch 2 --threads 1 --device cpu"
    return ["--cohort", f"{folder}/cohort.csv", "--out", f"{folder}/deepbleed-style", *tiny.split()]


def test_from_a_training_to_a_mask(trained: tuple[Path, Path]):
    """A network trained for a moment is no good; its mask lies in the brain, and says where it came from."""
    file, bundle = trained
    assert is_installed(bundle)
    scan = read_ct(file)
    brain = brain_mask(scan)
    to_atlas = fit_affine(scan.image, brain, Progress())
    backend = DeepBleedSegmenter("cpu", bundle)
    assert backend.capabilities.classes == {Label.ICH}
    found = backend.segment(scan, Anatomy(brain, brain, brain, to_atlas, 1.0), Progress())
    assert found.labels.GetSize() == scan.image.GetSize()
    labels = sitk.GetArrayFromImage(found.labels)
    assert set(np.unique(labels)) <= {0, Label.ICH}
    assert not labels[sitk.GetArrayFromImage(brain) == 0].any()
    metadata = read_bundle(bundle).metadata
    assert found.weights_sha256 == {"deepbleed-style": metadata.weights_sha256}
    assert found.parameters["voxels"] == 32
    assert "simulated" in found.warnings[0]
    assert (bundle.with_name("deepbleed-style-run") / "curves.png").is_file()


@pytest.mark.parametrize("other", ["--width 4", "--batch 1", "--epochs 2", "--patience 1"])
def test_a_training_is_not_resumed_with_another_option(trained: tuple[Path, Path], other: str, capsys):
    words = [*training_of(trained[0].parent), "--resume", *other.split()]
    assert deepbleed_style.main(words) == 2
    assert "cannot be resumed" in capsys.readouterr().err


def test_a_bundle_of_another_network_is_refused(trained: tuple[Path, Path], tmp_path: Path):
    other = tmp_path / "other"
    shutil.copytree(trained[1], other)
    text = (other / METADATA).read_text()
    (other / METADATA).write_text(text.replace('"DeepBleedVNet"', '"VNet"'))
    scan = read_ct(trained[0])
    brain = brain_mask(scan)
    with pytest.raises(ModelError, match="architecture is 'VNet'; known is DeepBleedVNet"):
        DeepBleedSegmenter("cpu", other).segment(
            scan, Anatomy(brain, brain, brain, sitk.AffineTransform(3), 1.0), Progress()
        )
    (other / METADATA).write_text(text.replace('"width": 2', '"width": 4').replace('"width":2', '"width":4'))
    with pytest.raises(ModelError, match="not weights of DeepBleedVNet"):
        DeepBleedSegmenter("cpu", other).segment(
            scan, Anatomy(brain, brain, brain, sitk.AffineTransform(3), 1.0), Progress()
        )
