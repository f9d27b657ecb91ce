"""Labels of a scan's voxels, from how full they are."""

import torch

from HematomaExpansionLib.labels import Label
from training.simulate.labelling import label_voxels, mask_voxels


def labelled(
    ich: list[float],
    ivh: list[float],
    outside: list[float],
    oedema: list[float],
    voxels: tuple[int, int, int, int],
) -> list[int]:
    classes = (Label.ICH, Label.IVH, Label.EXTRA_AXIAL, Label.OEDEMA)
    shares = {
        label: torch.tensor(values)[None, None]
        for label, values in zip(classes, (ich, ivh, outside, oedema), strict=True)
    }
    return label_voxels(shares, dict(zip(classes, voxels, strict=True)))[0, 0].tolist()


def test_the_fullest_voxels_are_blood_and_the_volume_is_kept():
    none = [0.0] * 4
    # 2 voxels of blood: a cut at a half would label one.
    assert labelled([0.9, 0.4, 0.45, 0.25], none, none, none, (2, 0, 0, 0)) == [1, 0, 1, 0]


def test_of_blood_the_most_ventricular_is_ivh():
    ich, ivh = [1.0, 0.7, 0.3, 0.0], [0.0, 0.3, 0.7, 1.0]
    assert labelled(ich, ivh, [0.0] * 4, [0.0] * 4, (2, 2, 0, 0)) == [1, 1, 2, 2]


def test_a_thin_layer_outside_the_brain_takes_no_voxel_of_the_clot():
    ich, outside = [1.0, 0.5, 0.0, 0.0], [0.0, 0.3, 0.3, 0.2]
    assert labelled(ich, [0.0] * 4, outside, [0.0] * 4, (2, 0, 2, 0)) == [1, 1, 3, 3]


def test_oedema_takes_what_blood_has_left_and_no_more_than_there_is():
    ich, oedema = [1.0, 0.6, 0.0, 0.0], [0.0, 0.4, 0.9, 0.0]
    assert labelled(ich, [0.0] * 4, [0.0] * 4, oedema, (2, 0, 0, 3)) == [1, 1, 4, 0]


def test_a_structure_is_never_lost():
    share = torch.tensor([[[0.0, 0.05, 0.2]]])
    assert mask_voxels(share, 0)[0, 0].tolist() == [False, False, True]
    assert mask_voxels(share, 2)[0, 0].tolist() == [False, True, True]
    assert not mask_voxels(torch.zeros((1, 1, 3)), 0).any()
