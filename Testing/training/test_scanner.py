"""The scanner, held against figures worked out by hand on a ball."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.simulate.beam_hardening import hardening
from training.simulate.head import Head
from training.simulate.kernel import Kernel, filtered, noise, transfer
from training.simulate.motion import Motion
from training.simulate.pose import Pose
from training.simulate.protocol import Protocol, Surround
from training.simulate.scanner import AIR_HU, PADDING_HU, Scanner

CPU = torch.device("cpu")
CENTRED = Pose((0.0, 0.0, 0.0), (0.0, 14.0, 10.0))
QUIET = Protocol(
    pixel_mm=1.0, slice_mm=5.0, size=(130, 130, 26), noise_hu=0.0, beam_hardening=0.0, surround=Surround.AIR
)


@pytest.mark.parametrize(
    ("angles", "translation", "point", "expected"),
    [
        # The middle of the head, (0, 14, 10), goes to the translation.
        ((0, 0, 90), (1, 2, 3), (0, 14, 10), (1, 2, 3)),
        # A quarter turn about z takes x to y.
        ((0, 0, 90), (1, 2, 3), (1, 14, 10), (1, 3, 3)),
        # A quarter turn about x takes y to z.
        ((90, 0, 0), (0, 0, 0), (0, 15, 10), (0, 0, 1)),
        ((0, 0, 0), (5, -1, 2), (2, 14, 20), (7, -1, 12)),
    ],
)
def test_pose(angles, translation, point, expected):
    assert (Pose(angles, translation).matrix() @ [*point, 1])[:3] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("angles", "down"),
    [
        ((0, 0, 0), (0, 1, 0)),
        # Chin up by a quarter turn: what was the vertex points to the back of the table.
        ((90, 0, 0), (-1, 0, 0)),
        # Turned about z by a quarter: x of the head lies where y was.
        ((0, 0, 90), (0, 0, 1)),
    ],
)
def test_gravity_pulls_to_the_table(angles, down):
    assert Pose(angles).down == pytest.approx(down, abs=1e-9)


def test_a_voxel_shows_the_place_that_the_pose_says(ball_head: Head):
    z, y, x = ball_head.offsets_mm((0.0, 0.0, 0.0))
    fields = torch.stack(torch.broadcast_tensors(x, y, z)).contiguous()
    pose, protocol = Pose((10.0, -5.0, 20.0), (1.0, 2.0, 3.0)), replace(QUIET, size=(5, 7, 3), slice_mm=4.0)
    seen = Scanner(ball_head, pose, protocol).mean_over_slices(fields, 0.0)[:, 2, 6, 4]
    # Voxel (4, 6, 2) of 5 x 7 x 3 about the isocentre; the mean of a linear field is its value in the middle.
    point = protocol.affine @ [4, 6, 2, 1]
    assert point[:3] == pytest.approx((2, 3, 4))
    assert seen.numpy() == pytest.approx((np.linalg.inv(pose.matrix()) @ point)[:3], abs=1e-3)


def test_partial_volume_is_the_mean_over_the_slice(ball_head: Head):
    field = torch.zeros_like(ball_head.hu)
    field[64:66] = 60.0
    # Two layers of 1 mm, at z = 0 and 1, in a slice of 5 mm about z = 0.5: two fifths.
    pose = replace(CENTRED, translation_mm=(0.0, 14.0, 9.5))
    seen = Scanner(ball_head, pose, replace(QUIET, size=(3, 3, 3))).mean_over_slices(field[None], 0.0)
    assert seen[0, :, 1, 1].tolist() == pytest.approx([0.0, 24.0, 0.0], abs=1e-4)


def test_shares_keep_the_volume_and_lie_in_their_box(ball_head: Head):
    z, y, x = ball_head.offsets_mm((3.0, -5.0, 20.0))
    ball = (z**2 + y**2 + x**2) < 12.0**2
    pose, protocol = Pose((6.0, -4.0, 9.0), (3.0, 12.0, 8.0)), replace(QUIET, pixel_mm=0.7, slice_mm=3.0)
    scanner = Scanner(ball_head, pose, protocol)
    box, shares = scanner.shares(torch.stack([ball, ball & (z > 0)]))
    whole = scanner.mean_over_slices(ball[None].float(), 0.0)[0]
    assert torch.allclose(whole[box], shares[0], atol=1e-3)
    assert whole.sum() == pytest.approx(float(shares[0].sum()))
    assert float(shares[0].sum()) * protocol.voxel_ml == pytest.approx(int(ball.sum()) / 1000, rel=2e-3)
    nothing, none = scanner.shares(torch.zeros((2, *ball.shape), dtype=torch.bool))
    assert np.zeros(protocol.shape)[nothing].size == none[0].numel() == 0


@pytest.mark.parametrize("kernel", list(Kernel))
def test_kernels(kernel: Kernel):
    assert float(transfer(kernel, torch.zeros(1))) == 1.0
    stripes = torch.zeros((1, 1, 100))
    stripes[0, 0] = 40 + 10 * torch.cos(2 * torch.pi * torch.arange(100) / 5.0)
    seen = filtered(stripes, 0.5, kernel)
    assert float(seen.mean()) == pytest.approx(40.0, abs=1e-3)
    # Stripes of 2.5 mm are 0.4 cycles a millimetre.
    expected = 10 * float(transfer(kernel, torch.tensor(0.4)))
    assert float(seen.max()) - 40 == pytest.approx(expected, abs=1e-3)


def test_soft_kernels_blur_and_sharp_ones_raise_edges():
    soft, standard, sharp = (float(transfer(kernel, torch.tensor(0.38))) for kernel in Kernel)
    assert soft == pytest.approx(0.5)
    assert soft < standard < 1 < sharp


def power(kernel: Kernel, low: float, high: float) -> float:
    """Mean power of noise between two frequencies, 1/mm; the mean over all is about 1."""
    texture = noise((8, 128, 128), 0.5, kernel, np.random.default_rng(3), CPU)
    spectrum = torch.fft.fft2(texture).abs().square().mean(dim=0) / texture[0].numel()
    along = torch.fft.fftfreq(128, 0.5)
    radius = (along[:, None] ** 2 + along[None, :] ** 2).sqrt()
    return float(spectrum[(radius > low) & (radius <= high)].mean())


def test_noise_is_weak_at_low_frequencies_and_finer_for_sharp_kernels():
    for kernel in Kernel:
        assert power(kernel, 0.0, 0.04) < 0.35 * power(kernel, 0.2, 0.3)
    assert power(Kernel.SOFT, 0.6, 0.9) < 0.1 * power(Kernel.SOFT, 0.2, 0.3)
    assert power(Kernel.SHARP, 0.6, 0.9) > power(Kernel.SHARP, 0.1, 0.2)


def test_noise_of_two_slices_is_independent():
    texture = noise((2, 200, 200), 0.5, Kernel.STANDARD, np.random.default_rng(3), CPU)
    assert float(texture.std()) == pytest.approx(1.0, abs=1e-4)
    assert abs(float((texture[0] * texture[1]).mean())) < 0.02


def petrous() -> torch.Tensor:
    """A disc of brain of 180 mm with two blocks of bone of 30 mm, their middles 35 mm beside its middle."""
    line = torch.arange(-110.0, 111.0)
    y, x = line[:, None], line[None, :]
    image = torch.where(y**2 + x**2 < 90**2, 30.0, AIR_HU)
    image[(y.abs() < 15) & ((x.abs() - 35).abs() < 15)] = 1200.0
    return image[None]


def test_beam_hardening_darkens_between_two_bones():
    image = petrous()
    error, amplitude = hardening(image, 1.0)
    assert error.shape == amplitude.shape == image.shape
    between, above = float(error[0, 110, 110]), float(error[0, 60, 110])
    assert -30 < between < -5
    assert abs(above) < 2
    # There is most noise where rays pass most bone, and least at the rim; the mean in the head is 1.
    assert float(amplitude[0, 110, 110]) > float(amplitude[0, 60, 110]) > float(amplitude[0, 25, 110])
    assert float(amplitude[0][image[0] > -500].mean()) == pytest.approx(1.0, abs=0.03)


def test_without_bone_there_is_no_beam_hardening():
    error, _ = hardening(petrous().clamp(max=40), 1.0)
    assert float(error.abs().max()) == 0.0


def test_a_ring_of_skull_makes_its_inside_bright_near_the_bone():
    line = torch.arange(-110.0, 111.0)
    radius = (line[:, None] ** 2 + line[None, :] ** 2).sqrt()
    image = torch.where(radius < 90, 30.0, AIR_HU)
    image[(radius > 82) & (radius < 90)] = 1100.0
    error, _ = hardening(image[None], 1.0)
    assert 1.0 < float(error[0, 110, 110 + 72] - error[0, 110, 110]) < 8.0


def test_tilt_moves_whole_pixels_along_the_table():
    protocol = Protocol(pixel_mm=1.0, slice_mm=5.0, size=(64, 60, 11), tilt_rows=2)
    assert protocol.tilt_degrees == pytest.approx(21.8014, abs=1e-4)  # arctan(2 / 5)
    assert protocol.shape == (11, 80, 64)
    sin, cos = np.sin(np.arctan(0.4)), np.cos(np.arctan(0.4))
    for slice_ in (0, 5, 10):
        middle = protocol.affine @ [31.5, protocol.first_row(slice_) + 29.5, slice_, 1]
        # Every acquired slice has its middle over the table's; the table moves by 5 mm / cos.
        assert middle[:3] == pytest.approx((0, 0, (slice_ - 5) * 5 / cos))
    assert protocol.affine[:3, 2] == pytest.approx((0, 5 * sin, 5 * cos))
    assert protocol.affine[:3, 1] == pytest.approx((0, cos, -sin))
    other = replace(protocol, tilt_rows=-2)
    assert other.tilt_degrees == -protocol.tilt_degrees
    middle = other.affine @ [31.5, other.first_row(10) + 29.5, 10, 1]
    assert middle[:3] == pytest.approx((0, 0, 25 / cos))


def test_a_tilted_scan_shows_the_same_points(ball_head: Head):
    z, y, x = ball_head.offsets_mm((10.0, 12.0, -20.0))
    ball = (z**2 + y**2 + x**2) < 6.0**2
    protocol = replace(QUIET, tilt_rows=1)
    (slices, rows, columns), shares = Scanner(ball_head, CENTRED, protocol).shares(ball[None])
    weights = shares[0].numpy()
    index = [
        float((np.arange(side.start, side.stop) * weights.sum(axis=others)).sum() / weights.sum())
        for side, others in ((columns, (0, 1)), (rows, (0, 2)), (slices, (1, 2)))
    ]
    assert (protocol.affine @ [*index, 1])[:3] == pytest.approx((-20, 12, 10), abs=0.1)
    hu = Scanner(ball_head, CENTRED, protocol).acquire(np.random.default_rng(1))
    # The rows that the correction has added hold nothing.
    first = protocol.first_row(3)
    assert first == 22
    assert (hu[3, :first] == PADDING_HU).all()
    assert (hu[3, first + 130 :] == PADDING_HU).all()
    assert (hu[3, first : first + 130] > -1010).all()


def test_hu_noise_and_offset_are_the_ones_asked_for(ball_head: Head):
    flat = replace(ball_head, hu=torch.where(ball_head.solid, 30.0, AIR_HU))
    protocol = replace(QUIET, noise_hu=4.0, hu_offset=-3.0)
    hu = Scanner(flat, CENTRED, protocol).acquire(np.random.default_rng(5))
    assert hu.dtype == torch.int16
    middle = hu[9:17, 45:85, 45:85].float()
    assert float(middle.mean()) == pytest.approx(27.0, abs=0.2)
    # The middle of the head is noisier than the mean of it.
    assert 4.0 < float(middle.std()) < 5.5
    again = Scanner(flat, CENTRED, protocol).acquire(np.random.default_rng(5))
    assert torch.equal(hu, again)


@pytest.mark.parametrize(
    ("surround", "corner", "beside"),
    [
        (Surround.AIR, -1000, -1000),
        (Surround.CIRCLE, PADDING_HU, -1000),
        (Surround.PADDED, PADDING_HU, PADDING_HU),
    ],
)
def test_round_the_head(ball_head: Head, surround: Surround, corner: int, beside: int):
    hu = Scanner(ball_head, CENTRED, replace(QUIET, surround=surround)).acquire(np.random.default_rng(5))
    assert int(hu[13, 0, 0]) == pytest.approx(corner, abs=2)
    # At z = 32 the head is 52 mm in radius and the pixel 60 mm from the middle.
    assert int(hu[19, 64, 125]) == pytest.approx(beside, abs=2)
    assert int(hu[13, 64, 100]) == 30


def test_a_start_is_seen_in_its_slices_alone(ball_head: Head):
    still = Scanner(ball_head, CENTRED, QUIET).acquire(np.random.default_rng(5))
    start = Motion(first=10, count=3, turn_deg=0.0, shift_mm=(10.0, 0.0, 0.0))
    moved = Scanner(ball_head, CENTRED, replace(QUIET, motion=start)).acquire(np.random.default_rng(5))
    changed = (still != moved).flatten(1).any(dim=1)
    assert changed.nonzero()[:, 0].tolist() == [10, 11, 12]
    # 63.5 mm to the left of the middle there is air, but for the half shadow of CSF from 53.5 mm.
    assert int(still[12, 64, 128]) < -990
    assert int(moved[12, 64, 128]) == pytest.approx((-1000 + 8) / 2, abs=15)
