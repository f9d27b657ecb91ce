"""The back-end of BLAST-CT: its grid and tiles, what is blood, what is refused, a bleed of known volume."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.errors import Cancelled, ModelError, UsageError
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.blast_ct import BlastCtSegmenter, haemorrhages, one_millimetre
from HematomaExpansionLib.segmentation.deepmedic import class_probabilities, load_network

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra: deep)")
pytest.importorskip("blast_ct", reason="blast-ct is not installed (extra: deep)")


@pytest.fixture(scope="module")
def untrained() -> "torch.nn.Module":
    """The network with random weights: enough for everything but finding blood."""
    from blast_ct.models import DeepMedic

    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = DeepMedic(1, 5, fully_connected=[250, 250], feature_maps=[30, 30, 40, 40, 40, 40, 50, 50])
    return network.eval()


def _volume() -> np.ndarray:
    return np.random.default_rng(5).normal(40, 30, (40, 35, 50)).astype(np.float32)


def test_tiles_give_what_the_network_gives_for_the_whole(untrained: "torch.nn.Module") -> None:
    hu = _volume()
    wanted = np.ones(hu.shape, dtype=bool)
    found = class_probabilities([untrained], hu, wanted, "cpu", Progress(), tile=30)
    # The whole volume as one tile of 45 x 45 x 60, through the authors' own forward pass.
    scaled = np.clip((2 * hu - 85) / 115, -1, 1)
    padded = np.pad(scaled, [(40, 45), (40, 50), (40, 50)], mode="edge")
    with torch.inference_mode():
        scores, _ = untrained(torch.from_numpy(padded)[None, None])
    expected = torch.softmax(scores, dim=1)[0].numpy()[:, :40, :35, :50]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_what_is_not_wanted_changes_nothing_else(untrained: "torch.nn.Module") -> None:
    hu = _volume()
    wanted = np.zeros(hu.shape, dtype=bool)
    wanted[17:31, 3:20, 44:50] = True
    whole = class_probabilities([untrained], hu, np.ones_like(wanted), "cpu", Progress())
    part = class_probabilities([untrained], hu, wanted, "cpu", Progress())
    np.testing.assert_allclose(part[:, wanted], whole[:, wanted], atol=1e-5)
    assert (part[0, ~wanted] == 1).all()
    assert (part[1:, ~wanted] == 0).all()


def test_networks_are_averaged(untrained: "torch.nn.Module") -> None:
    from blast_ct.models import DeepMedic

    with torch.random.fork_rng():
        torch.manual_seed(4)
        other = DeepMedic(1, 5, fully_connected=[250, 250], feature_maps=[30, 30, 40, 40, 40, 40, 50, 50])
    other.eval()
    hu = _volume()[:15, :15, :15]
    wanted = np.ones(hu.shape, dtype=bool)
    first, second, both = (
        class_probabilities(networks, hu, wanted, "cpu", Progress())
        for networks in ([untrained], [other], [untrained, other])
    )
    assert np.abs(first - second).max() > 1e-3
    np.testing.assert_allclose(both, (first + second) / 2, atol=1e-6)


def test_each_tile_is_reported_and_may_be_the_last(untrained: "torch.nn.Module") -> None:
    hu = _volume()[:30, :30, :45]
    wanted = np.ones(hu.shape, dtype=bool)
    messages: list[str] = []
    progress = Progress(
        report=lambda _stage, _fraction, message: messages.append(message),
        cancelled=lambda: len(messages) == 2,
    )
    with pytest.raises(Cancelled):
        class_probabilities([untrained], hu, wanted, "cpu", progress, tile=15)
    assert messages == ["tile 1 of 12", "tile 2 of 12"]


def _scan(values: np.ndarray, spacing: tuple[float, float, float]) -> HeadCT:
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(spacing)
    image.SetOrigin((-20.0, 13.0, 70.0))
    return HeadCT(image, "CT", "NIfTI", Geometry(SliceGeometry.REGULAR, len(values), (spacing[2],)))


@pytest.mark.parametrize(
    "spacing", [(0.957, 0.957, 1.5), (0.49, 0.49, 5.0), (1.0, 1.0, 1.0), (1.2, 1.1, 0.6)]
)
def test_the_millimetre_grid_is_the_one_of_the_authors(spacing: tuple[float, float, float]) -> None:
    from blast_ct.nifti.rescale import rescale

    values = np.random.default_rng(1).normal(0, 300, (12, 20, 24)).astype(np.float32)
    image = _scan(values, spacing).image
    ours, theirs = one_millimetre(image), rescale([1.0, 1.0, 1.0], image)
    assert ours.GetSize() == theirs.GetSize()
    assert ours.GetOrigin() == theirs.GetOrigin()
    first, second = sitk.GetArrayFromImage(ours), sitk.GetArrayFromImage(theirs)
    # Where rounding puts the last voxels outside the scan they are air here, the least value there.
    outside = first == -1024.0
    np.testing.assert_array_equal(first[~outside], second[~outside])
    assert (second[outside] == values.min()).all()


def test_pieces_of_blood_are_named_by_the_larger_part_of_their_probability() -> None:
    scan = _scan(np.zeros((20, 20, 60), dtype=np.int16), (1.0, 1.0, 1.0))
    probabilities = np.zeros((5, 20, 20, 60), dtype=np.float32)
    probabilities[0] = 1.0

    def put(region: tuple[slice, slice, slice], *classes: float) -> None:
        probabilities[(slice(None), *region)] = np.array(classes).reshape(5, 1, 1, 1)

    # 6 x 6 x 6 voxels of blood: 0.216 mL. One end of the first piece alone would be extra-axial.
    put(np.s_[2:8, 2:8, 2:6], 0.3, 0.5, 0.1, 0.0, 0.1)
    put(np.s_[2:8, 2:8, 6:8], 0.3, 0.2, 0.4, 0.1, 0.0)
    put(np.s_[2:8, 2:8, 12:18], 0.4, 0.1, 0.5, 0.0, 0.0)
    # The kinds of blood only outweigh the background together.
    put(np.s_[2:8, 2:8, 22:28], 0.4, 0.2, 0.15, 0.0, 0.25)
    put(np.s_[2:8, 2:8, 32:38], 0.1, 0.4, 0.0, 0.5, 0.0)
    # 4 x 4 x 6 voxels are 0.096 mL.
    put(np.s_[2:6, 2:6, 42:48], 0.0, 1.0, 0.0, 0.0, 0.0)
    put(np.s_[2:8, 2:8, 52:58], 0.0, 1.0, 0.0, 0.0, 0.0)
    brain = np.ones((20, 20, 60), dtype=bool)
    brain[:, :, 50:] = False

    inside, outside = haemorrhages(probabilities, scan.image, scan, brain, min_piece_ml=0.1)
    expected = np.zeros_like(brain)
    expected[2:8, 2:8, 2:8] = expected[2:8, 2:8, 22:28] = True
    np.testing.assert_array_equal(inside, expected)
    expected[:] = False
    expected[2:8, 2:8, 12:18] = True
    np.testing.assert_array_equal(outside, expected)


def test_no_brain_no_blood() -> None:
    scan = _scan(np.zeros((4, 5, 6), dtype=np.int16), (1.0, 1.0, 1.0))
    inside, outside = haemorrhages(
        np.ones((5, 4, 5, 6), dtype=np.float32), scan.image, scan, np.zeros((4, 5, 6), dtype=bool), 0.0
    )
    assert not inside.any()
    assert not outside.any()


@pytest.mark.parametrize("chosen", [(), (0,), (13,), (1, 1)])
def test_model_numbers_are_checked(chosen: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="give different numbers from 1 to 12"):
        BlastCtSegmenter(models=chosen)


def test_it_says_which_weights_it_needs() -> None:
    capabilities = BlastCtSegmenter(models=(2, 11)).capabilities
    assert capabilities.needs_weights == ("blast-ct-2", "blast-ct-11")
    assert Label.OEDEMA not in capabilities.classes


@pytest.mark.parametrize("package", ["torch", "blast_ct.models"])
def test_a_missing_package_says_what_to_install(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError, match=rf"needs {package}: pip install hematoma-expansion\[deep\]"):
        load_network(tmp_path / "model_1.pt", "cpu")


class _Attack:
    """What a hostile pickle holds: unpickled without care, it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.mkdir, (self.folder,)


def test_a_file_that_is_not_the_networks_weights_is_refused_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "model_1.pt"
    torch.save({"weight": torch.zeros(3)}, path)
    with pytest.raises(ModelError, match=r"model_1\.pt: not weights of BLAST-CT"):
        load_network(path, "cpu")
    torch.save(_Attack(tmp_path / "made"), path)
    with pytest.raises(ModelError, match=r"model_1\.pt: not weights of BLAST-CT"):
        load_network(path, "cpu")
    assert not (tmp_path / "made").exists()
    path.write_bytes(b"")
    with pytest.raises(ModelError, match=r"model_1\.pt: not weights of BLAST-CT"):
        load_network(path, "cpu")


def test_no_weight_is_too_small_for_a_normal_float(blast_ct_weights: Path):
    """Where they are, some processors take twenty times as long; each moves by less than that to 0."""
    file = blast_ct_weights / "model_2.pt"
    smallest = torch.finfo(torch.float32).tiny
    original = torch.load(file, map_location="cpu", weights_only=True)
    changed = 0
    for name, weights in load_network(file, "cpu").named_parameters():
        assert ((weights == 0) | (weights.abs() >= smallest)).all(), name
        assert (weights - original[name]).abs().max() < smallest, name
        changed += int((weights != original[name]).sum())
    assert changed > 300_000
